import { addDays, type IsoDate } from '../core/date.js';
import type { Share } from '../core/decision.js';
import { addMonths, firstDay } from '../core/period.js';
import { ALL_MONTHS, dayCount, dayIn, monthAt, MONTH_COUNT, SECOND_YEAR } from './calendar.js';
import { CLOUD_ACCOUNTS, PAYER_ACCOUNT, TEAMS, type CloudAccount, type CloudService } from './cloud-data.js';
import { whole } from './organisation.js';
import { createRandom, type Random } from '../core/random.js';
import { writeTable, type DemoTable, type DraftRow } from './table.js';

const ISSUER = 'Amazon Web Services EMEA SARL';
const AWS = 'Amazon Web Services';
const NULL = 'NULL';
const MICROS_PER_DOLLAR = 1_000_000;
/** The savings plan: bought once a year in advance for the shared account; covers part of its compute. */
const SAVINGS_PLAN_DOLLARS = 38_400;
const SAVINGS_PLAN_MONTHS = new Set([2, 2 + SECOND_YEAR]);

/** Days on which a piece of a month's usage begins; each lasts until the next. */
const STEP_DAYS = [1, 5, 9, 13, 16, 20, 24, 28];

/** The columns, in the order in which AWS exports FOCUS 1.2 without the ones nobody here needs. */
const HEADER = (
  'AvailabilityZone BilledCost BillingAccountId BillingAccountName BillingAccountType BillingCurrency BillingPeriodEnd ' +
  'BillingPeriodStart ChargeCategory ChargeClass ChargeDescription ChargeFrequency ChargePeriodEnd ChargePeriodStart ' +
  'CommitmentDiscountCategory CommitmentDiscountId CommitmentDiscountStatus ConsumedQuantity ConsumedUnit ContractedCost ' +
  'EffectiveCost InvoiceId InvoiceIssuerName ListCost PricingCategory PricingQuantity PricingUnit ProviderName ' +
  'PublisherName RegionId RegionName ResourceId ResourceName ResourceType ServiceCategory ServiceName ServiceSubcategory ' +
  'SkuId SubAccountId SubAccountName Tags'
).split(' ');

/** One charge of the bill before it is written. Money in millionths of a dollar. */
interface CloudCharge {
  readonly month: number;
  readonly from: IsoDate;
  readonly until: IsoDate;
  readonly account: CloudAccount;
  readonly chargeCategory: 'Usage' | 'Purchase' | 'Tax' | 'Credit';
  readonly description: string;
  readonly frequency: 'Usage-Based' | 'Recurring' | 'One-Time';
  readonly billed: number;
  readonly effective: number;
  readonly publisher: string;
  readonly vendor: string;
  readonly vendorCategory: string;
  readonly service: Pick<CloudService, 'name' | 'category' | 'subcategory' | 'team'>;
  readonly resource: string;
  readonly commitment: string;
}

/** The cloud bill: a FOCUS file a month. */
export function cloudTables(seed: number): DemoTable[] {
  return ALL_MONTHS.map((month) => {
    const random = createRandom(seed, `cloud ${month}`);
    const charges = CLOUD_ACCOUNTS.flatMap((account) => [
      ...account.services.flatMap((service) => usageOf(account, service, month, random)),
      ...marketplaceOf(account, month, random),
      ...creditsOf(account, month, random),
    ]);
    charges.push(...savingsPlanOf(month), ...taxesOf(charges, month));
    const layout = { source: 'cloud', path: `data/cloud/focus-${monthAt(month)}.csv`, header: HEADER } as const;
    return writeTable(
      { ...layout, delimiter: ',', encoding: 'utf-8' },
      charges.map((charge) => draftOf(charge, random)),
    );
  });
}

/** Money of a month in millionths of a dollar: on the straight line from first to last, give or take 4 %. */
function microDollars(first: number, last: number, month: number, random: Random): number {
  const onLine = first + ((last - first) * month) / (MONTH_COUNT - 1);
  return Math.round((onLine * MICROS_PER_DOLLAR * random.integer(960, 1040)) / 1000);
}

function usageOf(account: CloudAccount, service: CloudService, month: number, random: Random): CloudCharge[] {
  const total = microDollars(service.dollarsFirst, service.dollarsLast, month, random);
  const piece = Math.floor(total / (service.resources * STEP_DAYS.length));
  if (piece === 0) return [];
  return Array.from({ length: service.resources }, (_, resource) =>
    STEP_DAYS.map((day, step): CloudCharge => {
      const nextDay = STEP_DAYS[step + 1];
      const billed = Math.round((piece * random.integer(930, 1070)) / 1000);
      return {
        ...common(account, month),
        from: dayIn(month, day),
        until: nextDay === undefined ? addDays(dayIn(month, dayCount(month)), 1) : dayIn(month, nextDay),
        chargeCategory: 'Usage',
        description: `${service.name} usage in Europe (London)`,
        frequency: 'Usage-Based',
        billed,
        effective: billed,
        service,
        resource: `arn:aws:${slugOf(service.name)}:eu-west-2:${account.id}:${slugOf(service.name)}-${resource + 1}`,
      };
    }),
  ).flat();
}

function marketplaceOf(account: CloudAccount, month: number, random: Random): CloudCharge[] {
  return account.products.map((product) => {
    const billed = microDollars(product.dollarsFirst, product.dollarsLast, month, random);
    return {
      ...common(account, month),
      chargeCategory: 'Purchase',
      description: `AWS Marketplace: ${product.product}`,
      frequency: 'Recurring',
      billed,
      effective: billed,
      publisher: product.publisher,
      vendor: product.vendor,
      vendorCategory: product.vendorCategory,
      service: { name: product.product, category: product.category, subcategory: product.subcategory },
    };
  });
}

function creditsOf(account: CloudAccount, month: number, random: Random): CloudCharge[] {
  const service = account.services[0];
  if (service === undefined || !random.chance(450)) return [];
  const credit = -random.integer(40, 900) * MICROS_PER_DOLLAR;
  return [
    {
      ...common(account, month),
      chargeCategory: 'Credit',
      description: random.pick([
        'AWS Migration Acceleration credit',
        'Enterprise discount programme credit',
        'SLA credit',
      ]),
      frequency: 'One-Time',
      billed: credit,
      effective: credit,
      service: { name: service.name, category: service.category, subcategory: service.subcategory },
    },
  ];
}

/** Bought in June for a year: billed at once, effective nothing; from then on covered usage, billed nothing. */
function savingsPlanOf(month: number): CloudCharge[] {
  const account = CLOUD_ACCOUNTS[0];
  const service = account?.services[0];
  if (account === undefined || service === undefined || month < 2) return [];
  const shared = { ...common(account, month), service, commitment: `savings-plan-${month < 14 ? '2024' : '2025'}` };
  const covered: CloudCharge = {
    ...shared,
    chargeCategory: 'Usage',
    description: 'Compute covered by Compute Savings Plan',
    frequency: 'Usage-Based',
    billed: 0,
    effective: (SAVINGS_PLAN_DOLLARS * MICROS_PER_DOLLAR) / 12,
  };
  if (!SAVINGS_PLAN_MONTHS.has(month)) return [covered];
  const purchase: CloudCharge = {
    ...shared,
    chargeCategory: 'Purchase',
    description: 'Compute Savings Plan, 1 year, all upfront',
    frequency: 'One-Time',
    billed: SAVINGS_PLAN_DOLLARS * MICROS_PER_DOLLAR,
    effective: 0,
  };
  return [purchase, covered];
}

/** Tax on the support plan of two accounts: 20 % of a fee of 3 % of what the account used. */
function taxesOf(charges: readonly CloudCharge[], month: number): CloudCharge[] {
  return CLOUD_ACCOUNTS.slice(0, 2).map((account) => {
    const used = charges.filter((charge) => charge.account === account).reduce((sum, charge) => sum + charge.billed, 0);
    const tax = Math.floor((used * 6) / 1000);
    return {
      ...common(account, month),
      chargeCategory: 'Tax',
      description: 'VAT to be collected on AWS Support at 20%',
      frequency: 'One-Time',
      billed: tax,
      effective: tax,
      service: { name: 'AWS Support', category: 'Other', subcategory: 'Other (Other)' },
    };
  });
}

function common(account: CloudAccount, month: number) {
  return {
    month,
    from: firstDay(monthAt(month)),
    until: firstDay(addMonths(monthAt(month), 1)),
    account,
    publisher: AWS,
    vendor: AWS,
    vendorCategory: 'cloud-infrastructure',
    resource: NULL,
    commitment: NULL,
  };
}

/** A mapped team tag speaks before the account. */
function ownersOf({ account, service, month }: CloudCharge): Share[] {
  const byTeam = TEAMS.find(([team]) => team === service.team);
  return byTeam === undefined ? account.owners(month) : whole(byTeam[1]);
}

function draftOf(charge: CloudCharge, random: Random): DraftRow {
  const { account, service } = charge;
  const cells = cellsOf(charge, random);
  const lineTexts = [account.id, charge.publisher, service.name, service.category, service.team ?? ''].join('|');
  return {
    date: charge.from,
    cells: HEADER.map((column) => cells.get(column) ?? NULL),
    fate: {
      kind: 'charge',
      truth: {
        currency: 'USD',
        cashMicros: BigInt(charge.billed),
        accrualMicros: BigInt(charge.effective),
        payee: ISSUER,
        lineTexts,
        vendor: charge.vendor,
        spendClass: 'technology',
        category: charge.vendorCategory,
        owners: ownersOf(charge),
        obscure: false,
        story: charge.service.team === undefined ? account.story : '',
      },
    },
  };
}

function cellsOf(charge: CloudCharge, random: Random): Map<string, string> {
  const { account, service, month } = charge;
  const usage = charge.chargeCategory === 'Usage';
  const tags = {
    env: account.name.includes('sandbox') ? 'dev' : 'prod',
    ...(service.team === undefined ? {} : { team: service.team }),
  };
  return new Map([
    ['BilledCost', decimalText(charge.billed)],
    ['BillingAccountId', PAYER_ACCOUNT],
    ['BillingAccountName', 'Larkfield Instruments Ltd'],
    ['BillingAccountType', 'Management Account'],
    ['BillingCurrency', 'USD'],
    ['BillingPeriodEnd', timeText(firstDay(addMonths(monthAt(month), 1)))],
    ['BillingPeriodStart', timeText(firstDay(monthAt(month)))],
    ['ChargeCategory', charge.chargeCategory],
    ['ChargeDescription', charge.description],
    ['ChargeFrequency', charge.frequency],
    ['ChargePeriodEnd', timeText(charge.until)],
    ['ChargePeriodStart', timeText(charge.from)],
    ['CommitmentDiscountCategory', charge.commitment === NULL ? NULL : 'Spend'],
    ['CommitmentDiscountId', charge.commitment],
    ['CommitmentDiscountStatus', charge.commitment !== NULL && usage ? 'Used' : NULL],
    ['ConsumedQuantity', usage ? String(random.integer(10, 90_000)) : NULL],
    ['ConsumedUnit', usage ? 'Units' : NULL],
    ['ContractedCost', decimalText(charge.effective)],
    ['EffectiveCost', decimalText(charge.effective)],
    ['InvoiceId', `EUINGB${String(24_000 + month)}`],
    ['InvoiceIssuerName', ISSUER],
    ['ListCost', decimalText(charge.effective)],
    ['PricingCategory', charge.commitment === NULL ? 'Standard' : 'Committed'],
    ['ProviderName', 'AWS'],
    ['PublisherName', charge.publisher],
    ['RegionId', 'eu-west-2'],
    ['RegionName', 'Europe (London)'],
    ['ResourceId', charge.resource],
    ['ServiceCategory', service.category],
    ['ServiceName', service.name],
    ['ServiceSubcategory', service.subcategory],
    ['SubAccountId', account.id],
    ['SubAccountName', account.name],
    ['Tags', charge.resource === NULL ? NULL : JSON.stringify(tags)],
  ]);
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/^(amazon|aws) ?/, '')
    .replace(/[^a-z0-9]+/g, '-');
}

function timeText(date: IsoDate): string {
  return `${date}T00:00:00Z`;
}

/** Millionths as decimal text with ten digits after the point, as AWS writes them. */
function decimalText(micros: number): string {
  const absolute = Math.abs(micros);
  const fraction = String(absolute % MICROS_PER_DOLLAR).padStart(6, '0');
  return `${micros < 0 ? '-' : ''}${Math.floor(absolute / MICROS_PER_DOLLAR)}.${fraction}0000`;
}
