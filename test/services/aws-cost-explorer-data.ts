import { addDays, daysInMonth, isoDate, type IsoDate } from '../../src/core/date.js';
import { addMonths, firstDay, lastDay, monthIndex, monthOf, type Month } from '../../src/core/period.js';
import { createRandom, type Random } from '../../src/core/random.js';

/** Amounts are whole numbers of this part of a dollar: AWS writes ten decimals. */
export const AMOUNT_DIGITS = 10;
const DOLLAR = 10n ** BigInt(AMOUNT_DIGITS);
/** What is taken off every price by contract, in per cent. */
const DISCOUNT_PERCENT = 6n;

/** One line of the bill before anything is grouped. */
export interface Entry {
  readonly day: IsoDate;
  readonly account: string;
  readonly service: string;
  readonly recordType: string;
  readonly isMarketplace: boolean;
  /** LEGAL_ENTITY_NAME. */
  readonly seller: string;
  /** Value of the tag `team`, and of the cost category `Domain`. */
  readonly team: string;
  readonly domain: string;
  readonly unblended: bigint;
  readonly amortized: bigint;
  readonly netAmortized: bigint;
  /** First day on which Cost Explorer shows it. */
  readonly shownFrom: IsoDate;
}

export interface AwsAccount {
  readonly id: string;
  readonly name: string;
  /** Path of names of organisational units; undefined: it has left the organisation. */
  readonly unit: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Service, dollars a day, and whose it is; an empty team is untagged. */
  readonly services: readonly (readonly [service: string, dollars: number, teams: readonly string[]])[];
}

export const PAYER = '100000000001';
const EC2 = 'Amazon Elastic Compute Cloud - Compute';
const RDS = 'Amazon Relational Database Service';
const S3 = 'Amazon Simple Storage Service';
const KMS = 'AWS Key Management Service';
const CLOUDWATCH = 'AmazonCloudWatch';
const AWS_ENTITY = 'Amazon Web Services EMEA SARL';

const account = (
  number: number,
  name: string,
  unit: string | undefined,
  tags: Readonly<Record<string, string>>,
  services: AwsAccount['services'],
): AwsAccount => ({ id: `1000000000${String(number).padStart(2, '0')}`, name, unit, tags, services });

export const ACCOUNTS: readonly AwsAccount[] = [
  account(1, 'Billing', '', {}, [[S3, 2, ['']]]),
  account(2, 'Shared services', 'Infrastructure', { department: 'IT', environment: 'prod' }, [
    [EC2, 120, ['platform', '']],
    ['Amazon Route 53', 3, ['']],
    [KMS, 0, ['']],
  ]),
  account(3, 'Platform production', 'Workloads/Engineering', { department: 'Engineering' }, [
    [EC2, 900, ['platform', 'search']],
    [RDS, 310, ['platform']],
    ['Amazon Elastic Container Service for Kubernetes', 45, ['platform']],
    [CLOUDWATCH, 38, ['platform', '']],
  ]),
  account(4, 'Platform staging', 'Workloads/Engineering', { department: 'Engineering' }, [
    [EC2, 160, ['platform']],
    [RDS, 40, ['platform']],
  ]),
  account(5, 'Search', 'Workloads/Engineering', { department: 'Engineering' }, [
    ['Amazon OpenSearch Service', 220, ['search']],
    [S3, 26, ['search', '']],
  ]),
  account(6, 'Web shop', 'Workloads/Business', { department: 'Marketing', owner: 'M. Ferrer' }, [
    ['Amazon CloudFront', 75, ['campaigns']],
    ['AWS Lambda', 8, ['campaigns', '$pilot']],
    ['Amazon Simple Email Service', 12, ['campaigns']],
  ]),
  account(7, 'Customer analytics', 'Workloads/Business', { department: 'Marketing' }, [
    ['Amazon Redshift', 190, ['campaigns']],
    ['AWS Glue', 31, ['']],
    ['Amazon SageMaker', 64, ['campaigns', '']],
  ]),
  account(8, 'Sales tools', 'Workloads/Business', { department: 'Sales' }, [
    ['Amazon Connect', 58, ['']],
    ['Amazon Bedrock', 17, ['']],
  ]),
  account(9, 'Finance reporting', 'Workloads/Business', { department: 'Finance' }, [
    ['Amazon QuickSight', 29, ['']],
    [S3, 4, ['']],
  ]),
  account(10, 'Sandbox', 'Infrastructure', {}, [
    [EC2, 22, ['']],
    ['AWS Config', 0, ['']],
  ]),
  account(11, 'Log archive', 'Infrastructure', { department: 'IT' }, [[S3, 41, ['platform']]]),
  account(12, 'Acquired GmbH', undefined, {}, [
    [EC2, 66, ['']],
    [RDS, 24, ['']],
  ]),
];

interface Product {
  readonly account: string;
  readonly name: string;
  readonly sellers: readonly string[];
  readonly dollars: number;
  readonly team: string;
}

export const PRODUCTS: readonly Product[] = [
  {
    account: '100000000003',
    name: 'Datadog Pro (Pay-As-You-Go)',
    sellers: ['Datadog, Inc.'],
    dollars: 130,
    team: 'platform',
  },
  { account: '100000000007', name: 'Snowflake Data Cloud', sellers: ['Snowflake Inc.'], dollars: 240, team: '' },
  {
    account: '100000000006',
    name: 'Fictional Personalisation Suite',
    sellers: ['Acme Martech Ltd', 'Reseller Partners LLC'],
    dollars: 35,
    team: 'campaigns',
  },
  {
    account: '100000000002',
    name: 'Red Hat Enterprise Linux',
    sellers: ['Amazon Web Services, Inc.'],
    dollars: 18,
    team: '',
  },
];
/** Bought once a year, in the month of this number. */
const CONTRACT = {
  account: '100000000008',
  name: 'Gong Revenue Intelligence',
  seller: 'Gong.io Inc.',
  month: 4,
  dollars: 24_000,
};
/** Nothing was bought in the marketplace before. */
export const MARKETPLACE_SINCE = '2023-10' as Month;

const DOMAINS: Readonly<Record<string, string>> = { platform: 'Product', search: 'Product', campaigns: 'Growth' };

/** The bill of a month as it is once everything has arrived, after so many corrections. */
export function entriesOf(seed: number, month: Month, corrections: number): readonly Entry[] {
  const random = createRandom(seed, `aws ${month}`);
  const days = daysInMonth(Number(month.slice(0, 4)), Number(month.slice(5)));
  const entries = Array.from({ length: days }, (_, index) => dayOf(month, index + 1, random)).flat();
  entries.push(...monthly(month, random, entries));
  let corrected: readonly Entry[] = entries;
  for (let correction = 1; correction <= corrections; correction += 1) {
    corrected = correct(corrected, month, createRandom(seed, `aws ${month} correction ${correction}`));
  }
  return corrected;
}

type Draft = Pick<Entry, 'account' | 'service' | 'unblended'> & Partial<Entry>;

function entry(day: IsoDate, draft: Draft, random: Random): Entry {
  const amortized = draft.amortized ?? draft.unblended;
  const team = draft.team ?? '';
  const isLate = random.chance(40);
  return {
    day,
    recordType: 'Usage',
    isMarketplace: false,
    seller: AWS_ENTITY,
    team,
    domain: DOMAINS[team] ?? '',
    amortized,
    netAmortized: amortized,
    shownFrom: addDays(day, 1 + (isLate ? random.integer(2, 12) : 0)),
    ...draft,
  };
}

/** Dollars a day that grow by 1 % a month, give or take 15 %. */
function priceOf(dollars: number, month: Month, random: Random): bigint {
  if (dollars === 0) return random.chance(300) ? BigInt(random.integer(100, 9_000)) : 0n;
  const growth = BigInt(1_000 + 10 * (monthIndex(month) - monthIndex('2023-01' as Month)));
  const noise = BigInt(random.integer(85_000, 115_000));
  return (BigInt(dollars) * DOLLAR * growth * noise) / 100_000_000n + BigInt(random.integer(0, 9_999_999));
}

function dayOf(month: Month, number: number, random: Random): Entry[] {
  const day = isoDate(Number(month.slice(0, 4)), Number(month.slice(5)), number);
  const entries: Entry[] = [];
  for (const { id, services } of ACCOUNTS) {
    // The acquired company came a year after the world began, and its account was closed in 2026.
    if (id === '100000000012' && (month < '2024-06' || month > '2026-09')) continue;
    for (const [service, dollars, teams] of services) {
      for (const team of teams) {
        const price = priceOf(dollars, month, random) / BigInt(teams.length);
        entries.push(...usage(day, { account: id, service, team, unblended: price }, random));
      }
    }
  }
  if (month >= MARKETPLACE_SINCE) entries.push(...marketplaceOf(day, month, random));
  return [...entries, ...discounts(day, entries, random)];
}

/** A day of a service: a part of compute is covered by the savings plan, a part of databases by reservations. */
function usage(day: IsoDate, draft: Draft, random: Random): Entry[] {
  const net = (amount: bigint): bigint => amount - (amount * DISCOUNT_PERCENT) / 100n;
  const whole = entry(day, { ...draft, netAmortized: net(draft.unblended) }, random);
  if (draft.service === EC2) {
    const covered = draft.unblended / 3n;
    const spread = (covered * 7n) / 10n;
    return [
      whole,
      entry(day, { ...draft, recordType: 'SavingsPlanCoveredUsage', unblended: covered, amortized: spread }, random),
      entry(day, { ...draft, recordType: 'SavingsPlanNegation', unblended: -covered, amortized: 0n }, random),
    ];
  }
  if (draft.service !== RDS) return [whole];
  const reserved = draft.unblended / 4n;
  return [whole, entry(day, { ...draft, recordType: 'DiscountedUsage', unblended: 0n, amortized: reserved }, random)];
}

/** The discount by contract stands in lines of its own, which net metrics do not have. */
function discounts(day: IsoDate, entries: readonly Entry[], random: Random): Entry[] {
  return entries
    .filter(({ recordType, isMarketplace, unblended }) => recordType === 'Usage' && !isMarketplace && unblended > 0n)
    .map(({ account: id, service, team, unblended }) => {
      const discount = -(unblended * DISCOUNT_PERCENT) / 100n;
      const recordType = 'Enterprise Discount Program Discount';
      return entry(day, { account: id, service, team, recordType, unblended: discount, netAmortized: 0n }, random);
    });
}

function marketplaceOf(day: IsoDate, month: Month, random: Random): Entry[] {
  return PRODUCTS.flatMap(({ account: id, name, sellers, dollars, team }) => {
    // From some day on a reseller sells the same product; on days between, both do.
    const selling = sellers.length === 1 || day < '2026-10-10' ? [0] : day < '2026-10-20' ? [0, 1] : [1];
    return selling.map((at) =>
      entry(
        day,
        {
          account: id,
          service: name,
          team,
          isMarketplace: true,
          seller: sellers[at] ?? '',
          unblended: priceOf(dollars, month, random) / BigInt(selling.length),
        },
        random,
      ),
    );
  });
}

/** What is billed once a month: fees, support, taxes, credits, refunds. */
function monthly(month: Month, random: Random, daily: readonly Entry[]): Entry[] {
  const first = firstDay(month);
  const last = lastDay(month);
  const make = (day: IsoDate, recordType: string, draft: Draft): Entry => entry(day, { recordType, ...draft }, random);
  const dollars = (amount: number): bigint => BigInt(amount) * DOLLAR + BigInt(random.integer(0, 999_999_999));
  const shared = { account: '100000000002', service: EC2 };
  const found = [
    ...daysOf(month).map((day) =>
      make(day, 'SavingsPlanRecurringFee', { ...shared, unblended: dollars(250), amortized: dollars(9) }),
    ),
    make(first, 'RIFee', { account: PAYER, service: RDS, unblended: dollars(1_150), amortized: dollars(35) }),
    make(first, 'Support', { account: PAYER, service: 'AWS Support (Business)', unblended: dollars(2_900) }),
    make(last, 'Tax', { account: PAYER, service: 'Tax', unblended: dollars(7_411) }),
    make(last, 'Tax', { account: '100000000007', service: 'Tax', unblended: dollars(1_204) }),
  ];
  if (month.endsWith('-03')) {
    found.push(
      make(addDays(first, 8), 'SavingsPlanUpfrontFee', { ...shared, unblended: dollars(36_000), amortized: 0n }),
    );
  }
  if (random.chance(600)) {
    const credit = { account: '100000000005', service: 'Amazon OpenSearch Service', team: 'search' };
    const shownFrom = addDays(last, random.integer(4, 20));
    found.push(make(last, 'Credit', { ...credit, unblended: -dollars(random.integer(40, 900)), shownFrom }));
  }
  if (random.chance(400)) {
    const refunded = random.pick(daily.filter(({ unblended }) => unblended > DOLLAR));
    const { account: id, service, team } = refunded;
    const shownFrom = addDays(refunded.day, random.integer(3, 25));
    found.push(
      make(refunded.day, 'Refund', {
        account: id,
        service,
        team,
        unblended: -refunded.unblended,
        shownFrom,
        isMarketplace: refunded.isMarketplace,
        seller: refunded.seller,
      }),
    );
  }
  return month < MARKETPLACE_SINCE ? found : [...found, ...marketplaceMonthly(month, random)];
}

function marketplaceMonthly(month: Month, random: Random): Entry[] {
  const last = lastDay(month);
  const cents = (amount: number): bigint => (BigInt(amount) * DOLLAR) / 100n;
  const bought = {
    account: '100000000007',
    service: 'Snowflake Data Cloud',
    isMarketplace: true,
    seller: 'Snowflake Inc.',
  };
  const found = [
    entry(last, { ...bought, recordType: 'Tax', unblended: cents(random.integer(90_000, 160_000)) }, random),
  ];
  if (random.chance(300)) {
    found.push(
      entry(last, { ...bought, recordType: 'Refund', unblended: -cents(random.integer(9_000, 70_000)) }, random),
    );
  }
  if (monthIndex(month) % 12 === CONTRACT.month - 1) {
    const { account: id, name: service, seller } = CONTRACT;
    const unblended = BigInt(CONTRACT.dollars) * DOLLAR;
    const recordType = 'Other out-of-cycle charges';
    found.push(
      entry(
        addDays(firstDay(month), 11),
        { account: id, service, seller, recordType, isMarketplace: true, unblended },
        random,
      ),
    );
  }
  return found;
}

/** One amount is corrected, one service of one account vanishes from a day on, one credit is added. */
function correct(entries: readonly Entry[], month: Month, random: Random): Entry[] {
  const wrong = random.integer(0, entries.length - 1);
  const gone = random.pick(entries);
  const kept = entries
    .map((one, index) => (index === wrong ? { ...one, unblended: one.unblended + 5n * DOLLAR } : one))
    .filter(({ day, account: id, service }) => day < gone.day || id !== gone.account || service !== gone.service);
  const credit = {
    account: PAYER,
    service: S3,
    recordType: 'Credit',
    unblended: -BigInt(random.integer(10, 99)) * DOLLAR,
  };
  const day = firstDay(month);
  return [...kept, { ...entry(day, credit, random), shownFrom: addDays(day, 1) }];
}

function daysOf(month: Month): IsoDate[] {
  const first = firstDay(month);
  const count = daysInMonth(Number(month.slice(0, 4)), Number(month.slice(5)));
  return Array.from({ length: count }, (_, index) => addDays(first, index));
}

/** First day on which a month is no estimate any more. */
export function finalOn(day: IsoDate): IsoDate {
  return addDays(firstDay(addMonths(monthOf(day), 1)), 5);
}
