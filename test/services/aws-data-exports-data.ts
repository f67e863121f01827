import { addDays, daysInMonth, isoDate, type IsoDate } from '../../src/core/date.js';
import { firstDay, lastDay, monthIndex, type Month } from '../../src/core/period.js';
import { createRandom, type Random } from '../../src/core/random.js';
import type { FocusRow } from './focus-http-files.js';

const DOLLAR = 10_000_000_000n;
const PAYER = ['100000000001', 'Standin payer'] as const;
const AWS = 'Amazon Web Services, Inc.';

type Use = readonly [service: string, category: string, dollars: number, teams: readonly string[]];
type Account = readonly [id: string, name: string, uses: readonly Use[]];

const EC2 = 'Amazon Elastic Compute Cloud';
const ACCOUNTS: readonly Account[] = [
  ['100000000001', 'Standin payer', [['AWS Key Management Service', 'Security', 1, ['']]]],
  [
    '100000000002',
    'Shared services',
    [
      [EC2, 'Compute', 140, ['platform', '']],
      ['Amazon CloudWatch', 'Management and Governance', 9, ['']],
    ],
  ],
  [
    '100000000003',
    'Web shop, production',
    [
      [EC2, 'Compute', 310, ['shop', 'search']],
      ['Amazon Relational Database Service', 'Databases', 120, ['shop']],
      ['Amazon Simple Storage Service', 'Storage', 18, ['shop', '']],
    ],
  ],
  ['100000000004', 'Marketing "growth"', [['Amazon SageMaker', 'AI and Machine Learning', 75, ['growth']]]],
  ['100000000005', 'Data lake', [['Amazon Athena', 'Analytics', 40, ['']]]],
];

/** Rows of the bill of a month, whenever they are shown. */
export function awsRows(seed: number, month: Month, corrections: number): FocusRow[] {
  const random = createRandom(seed, `aws-data-exports ${month}`);
  const rows = [...usage(month, random), ...commitments(month, random), ...extras(month, random)];
  // Drawn after all the others, so that a correction leaves them as they were.
  for (let count = 0; count < corrections; count += 1) correct(rows, month, random);
  return rows;
}

const BLANK = {
  issuer: AWS,
  provider: 'AWS',
  publisher: 'Amazon Web Services, Inc.',
  account: PAYER,
  owner: {},
  otherTags: {},
  currency: 'USD',
} as const;

function cents(random: Random, dollars: number): bigint {
  // Ten digits after the point, as AWS computes: a price times a quantity.
  return (DOLLAR * BigInt(dollars * random.integer(700, 1300))) / 1000n + BigInt(random.integer(0, 9_999_999));
}

function usage(month: Month, random: Random): FocusRow[] {
  const rows: FocusRow[] = [];
  const growth = Math.max(1, monthIndex(month) - 24_000) / 300;
  for (let number = 1; number <= daysInMonth(Number(month.slice(0, 4)), Number(month.slice(5, 7))); number += 1) {
    const day = isoDate(Number(month.slice(0, 4)), Number(month.slice(5, 7)), number);
    for (const [id, name, uses] of ACCOUNTS) {
      for (const [service, serviceCategory, dollars, teams] of uses) {
        const team = random.pick(teams);
        const billed = cents(random, Math.max(1, Math.round(dollars * growth)));
        // A savings plan covers some of it: used, but paid for elsewhere.
        const isCovered = service === EC2 && random.chance(300);
        rows.push({
          ...BLANK,
          billingPeriod: month,
          chargedOn: day,
          category: 'Usage',
          // AWS leaves the issuer out for some charges.
          issuer: service === 'Amazon Athena' ? '' : AWS,
          service,
          serviceCategory,
          subAccount: [id, name],
          owner: team === '' ? {} : { team },
          otherTags: { Name: `node-${random.integer(1, 5)}`, environment: 'prod' },
          resource: `arn:aws:standin:${id}/${random.letters(8)}`,
          billed: isCovered ? 0n : billed,
          effective: billed,
          shownFrom: addDays(day, random.chance(60) ? random.integer(2, 5) : 1),
        });
      }
    }
  }
  return rows;
}

function row(month: Month, chargedOn: IsoDate, rest: Partial<FocusRow> & Pick<FocusRow, 'service'>): FocusRow {
  return {
    ...BLANK,
    billingPeriod: month,
    chargedOn,
    category: 'Usage',
    serviceCategory: 'Other',
    subAccount: ['100000000001', 'Standin payer'],
    resource: '',
    billed: 0n,
    effective: 0n,
    shownFrom: addDays(chargedOn, 1),
    ...rest,
  };
}

function commitments(month: Month, random: Random): FocusRow[] {
  const rows = [
    // Paid on the first, used all month.
    row(month, firstDay(month), {
      service: 'Savings Plans for AWS Compute usage',
      serviceCategory: 'Compute',
      category: 'Purchase',
      billed: cents(random, 900),
    }),
  ];
  if (Number(month.slice(5, 7)) === 3) {
    // A year in advance: cash now, accrual with the usage.
    const billed = cents(random, 12_000);
    rows.push(row(month, addDays(firstDay(month), 9), { service: EC2, category: 'Purchase', billed }));
  }
  return rows;
}

function extras(month: Month, random: Random): FocusRow[] {
  const seller = cents(random, 600);
  const tax = cents(random, 150);
  const credit = -cents(random, 80);
  return [
    row(month, addDays(firstDay(month), 4), {
      service: 'Datadog Pro',
      category: 'Purchase',
      publisher: 'Datadog, Inc.',
      subAccount: ['100000000002', 'Shared services'],
      owner: { cost_center: '4711' },
      billed: seller,
      effective: seller,
    }),
    row(month, firstDay(month), {
      service: 'Tax',
      category: 'Tax',
      billed: tax,
      effective: tax,
      shownFrom: addDays(firstDay(month), 2),
    }),
    row(month, lastDay(month), {
      service: EC2,
      category: 'Credit',
      billed: credit,
      effective: credit,
      // Credits come when the month is over.
      shownFrom: addDays(lastDay(month), 6),
    }),
  ];
}

function correct(rows: FocusRow[], month: Month, random: Random): void {
  const at = random.integer(0, rows.length - 1);
  const changed = rows[at];
  if (changed !== undefined)
    rows[at] = { ...changed, billed: changed.billed + DOLLAR / 3n, effective: changed.effective + 7n };
  rows.splice(random.integer(0, rows.length - 1), 1);
  const back = -cents(random, 5);
  rows.push(
    row(month, addDays(firstDay(month), random.integer(0, 9)), {
      service: EC2,
      category: 'Adjustment',
      subAccount: ['100000000003', 'Web shop, production'],
      owner: { team: 'shop' },
      billed: back,
      effective: back,
      shownFrom: firstDay(month),
    }),
  );
}
