import { addDays, type IsoDate } from '../../src/core/date.js';
import { addDecimals } from '../../src/core/decimal.js';
import type { DecimalText } from '../../src/core/money.js';
import { addMonths, firstDay, lastDay, monthIndex, monthOf, type Month } from '../../src/core/period.js';
import { createRandom, type Random } from '../../src/core/random.js';

/** A charge as Azure keeps it, before any grouping. */
export interface AzureRecord {
  readonly day: IsoDate;
  /** When it came into Cost Management. */
  readonly seenAtMs: number;
  readonly publisherType: string;
  readonly chargeType: string;
  /** Empty for charges of the billing account itself. */
  readonly subscription: string;
  readonly subscriptionName: string;
  readonly section: string;
  readonly service: string;
  readonly product: string;
  /** Value of the tag `owner`: absent, empty or a team. */
  readonly owner: string | null;
  readonly currency: string;
  /** Absent where the cost type does not have the charge. */
  readonly actual: DecimalText | undefined;
  readonly amortized: DecimalText | undefined;
}

/** A subscription of the company; name and section may change from a day on. */
export interface Subscription {
  readonly id: string;
  readonly name: (day: IsoDate) => string;
  readonly section: (day: IsoDate) => string;
  readonly currency: string;
  readonly services: readonly string[];
  readonly owner: (service: string) => string | null;
}

const AMOUNT_SCALE = 14;
const HOUR_MS = 3_600_000;
const RESERVATION_DAYS = 365;
const ZERO: DecimalText = { digits: 0n, scale: 0 };

/** All charges of a month. */
export function recordsOf(
  seed: number,
  subscriptions: readonly Subscription[],
  month: Month,
  first: Month,
): AzureRecord[] {
  const random = createRandom(seed, `azure ${month}`);
  const records: AzureRecord[] = [];
  for (let day = firstDay(month); day <= lastDay(month); day = addDays(day, 1)) {
    for (const subscription of subscriptions) records.push(...usageOf(subscription, day, random));
    records.push(...marketplaceOf(subscriptions, day, random), ...reservationOf(subscriptions, day, first, random));
    if (day === lastDay(month)) records.push(...monthEnd(day, random));
  }
  if (random.chance(400)) records.push(refundOf(subscriptions, month, random));
  return records;
}

/** An amount as sums of floats come out: many digits. */
function amount(random: Random, unitsMax: number): DecimalText {
  const fraction = BigInt(random.integer(0, 9_999_999)) * 10_000_000n + BigInt(random.integer(1, 9_999_999));
  return { digits: BigInt(random.integer(0, unitsMax)) * 10n ** BigInt(AMOUNT_SCALE) + fraction, scale: AMOUNT_SCALE };
}

/** Charges come in 8 to 24 hours after their day began, some of them days later. */
function seenAt(day: IsoDate, random: Random): number {
  const lateHours = random.chance(30) ? random.integer(24, 96) : 0;
  return Date.parse(day) + (random.integer(8, 24) + lateHours) * HOUR_MS;
}

function guid(random: Random): string {
  const hex = (count: number): string =>
    Array.from({ length: count }, () => random.integer(0, 15).toString(16)).join('');
  return [8, 4, 4, 4, 12].map(hex).join('-');
}

/** The company's subscriptions, with a new name and a move some months before `start`. */
export function subscriptionsOf(seed: number, start: Month): Subscription[] {
  const random = createRandom(seed, 'azure subscriptions');
  const renamedOn = addDays(firstDay(addMonths(start, -9)), 9);
  const movedOn = addDays(firstDay(addMonths(start, -6)), 14);
  const make = (name: string, section: string, services: string[], more: Partial<Subscription> = {}): Subscription => ({
    id: guid(random),
    name: () => name,
    section: () => section,
    currency: 'EUR',
    services,
    owner: () => null,
    ...more,
  });
  const byService = (service: string): string | null =>
    service === 'Storage' ? null : service === 'Virtual Machines' ? 'platform' : 'web';
  return [
    make('prod-core', 'Engineering', ['Virtual Machines', 'Storage', 'Azure App Service', 'Bandwidth'], {
      owner: byService,
    }),
    make('data-platform', 'Engineering', ['Azure Databricks', 'Storage', 'SQL Database'], { owner: () => 'data' }),
    make('marketing-web', 'Marketing', ['Azure App Service', 'Azure Front Door Service'], {
      owner: () => 'marketing',
      name: (day) => (day < renamedOn ? 'marketing-web' : 'brand-web'),
    }),
    make('sales-crm', 'Sales', ['Power BI Embedded', 'SQL Database'], {
      section: (day) => (day < movedOn ? 'Sales' : 'Revenue'),
    }),
    make('corporate-it', 'IT', ['Azure DevOps', 'Log Analytics', 'Storage']),
    make('uk-office', 'IT', ['Virtual Machines', 'Backup'], { currency: 'GBP', owner: byService }),
  ];
}

function base(subscription: Subscription | undefined, day: IsoDate, random: Random) {
  return {
    day,
    seenAtMs: seenAt(day, random),
    subscription: subscription?.id ?? '',
    subscriptionName: subscription?.name(day) ?? '',
    section: subscription?.section(day) ?? '',
    currency: subscription?.currency ?? 'EUR',
  };
}

function* usageOf(subscription: Subscription, day: IsoDate, random: Random): Generator<AzureRecord> {
  for (const service of subscription.services) {
    // Some charges write the type in lower case.
    const chargeType =
      subscription.services.includes('Azure DevOps') && Number(day.slice(5, 7)) % 2 === 0 ? 'usage' : 'Usage';
    const cost = random.chance(40) ? { digits: BigInt(random.integer(1, 99_999)), scale: 21 } : amount(random, 60);
    const owner = subscription.owner(service);
    const record = {
      publisherType: 'Azure',
      chargeType,
      service,
      product: service,
      owner,
      actual: cost,
      amortized: cost,
    };
    yield { ...base(subscription, day, random), ...record };
    // A tag without a value beside no tag at all: two groups for the service, one for us.
    if (service !== 'Storage' || owner !== null) continue;
    const second = amount(random, 3);
    yield { ...base(subscription, day, random), ...record, owner: '', actual: second, amortized: second };
  }
}

function* marketplaceOf(subscriptions: readonly Subscription[], day: IsoDate, random: Random): Generator<AzureRecord> {
  const sold = [
    { at: 0, product: 'Datadog Pro - Pay as you go', chargeType: 'Usage', isDue: true, unitsMax: 40 },
    { at: 1, product: 'MongoDB Atlas', chargeType: 'Usage', isDue: true, unitsMax: 25 },
    { at: 1, product: 'Snowflake Capacity', chargeType: 'Purchase', isDue: day.endsWith('-02'), unitsMax: 4_000 },
    { at: 2, product: 'SendGrid 100K', chargeType: 'Purchase', isDue: day.endsWith('-03'), unitsMax: 90 },
    { at: 3, product: 'Contoso Dialer Seats', chargeType: 'Purchase', isDue: day.endsWith('-17'), unitsMax: 700 },
  ];
  for (const { at, product, chargeType, isDue, unitsMax } of sold) {
    const subscription = subscriptions[at];
    if (subscription === undefined || !isDue) continue;
    const cost = amount(random, unitsMax);
    const owner = subscription.owner('Marketplace');
    const record = {
      publisherType: 'Marketplace',
      chargeType,
      service: 'SaaS',
      product,
      owner,
      actual: cost,
      amortized: cost,
    };
    yield { ...base(subscription, day, random), ...record };
  }
}

/** A reservation is billed once a year; its cost is spread over the year, what is not used apart. */
function* reservationOf(
  subscriptions: readonly Subscription[],
  day: IsoDate,
  first: Month,
  random: Random,
): Generator<AzureRecord> {
  const [subscription] = subscriptions;
  if (subscription === undefined) return;
  const record = {
    publisherType: 'Azure',
    service: 'Virtual Machines',
    product: 'Reserved VM Instance',
    owner: 'platform',
  };
  const common = { ...base(subscription, day, random), ...record };
  const daily = 30_000_000n;
  if ((monthIndex(monthOf(day)) - monthIndex(first)) % 12 === 4 && day.endsWith('-03')) {
    const price = { digits: daily * BigInt(RESERVATION_DAYS), scale: 6 };
    yield { ...common, chargeType: 'Purchase', actual: price, amortized: undefined };
  }
  const unused = BigInt(random.integer(0, 9)) * 100_000n;
  yield { ...common, chargeType: 'Usage', actual: ZERO, amortized: { digits: daily - unused, scale: 6 } };
  if (unused > 0n) {
    yield {
      ...common,
      chargeType: 'UnusedReservation',
      owner: null,
      actual: undefined,
      amortized: { digits: unused, scale: 6 },
    };
  }
}

function* monthEnd(day: IsoDate, random: Random): Generator<AzureRecord> {
  const common = { ...base(undefined, day, random), publisherType: 'Azure', service: '', product: '', owner: null };
  const tax = amount(random, 900);
  yield { ...common, chargeType: 'Tax', actual: tax, amortized: tax };
  if (!random.chance(500)) return;
  // What is left of sums of floats.
  const dust = { digits: -BigInt(random.integer(1, 9_999)), scale: 23 };
  yield { ...common, chargeType: 'RoundingAdjustment', actual: dust, amortized: dust };
}

function refundOf(subscriptions: readonly Subscription[], month: Month, random: Random): AzureRecord {
  const subscription = random.pick(subscriptions);
  const day = addDays(firstDay(month), random.integer(4, 25));
  const { digits, scale } = amount(random, 200);
  const cost = { digits: -digits, scale };
  const [service = ''] = subscription.services;
  const owner = subscription.owner(service);
  const record = {
    publisherType: 'Azure',
    chargeType: 'Refund',
    service,
    product: service,
    owner,
    actual: cost,
    amortized: cost,
  };
  return { ...base(subscription, day, random), ...record };
}

/** A month after it was changed: an amount is corrected, a charge vanishes, one comes late. */
export function restated(records: AzureRecord[], times: number): AzureRecord[] {
  const changed = [...records];
  for (let time = 1; time <= times; time += 1) {
    const place = (time * 37) % changed.length;
    const corrected = changed[place];
    const vanished = (place + 11) % changed.length;
    const [early] = changed;
    if (corrected === undefined || early === undefined) break;
    const more = { digits: 12_345_678_901n * BigInt(time), scale: 9 };
    const isUsage = corrected.actual !== undefined && corrected.amortized !== undefined;
    if (isUsage)
      changed[place] = {
        ...corrected,
        actual: addDecimals(corrected.actual, more),
        amortized: addDecimals(corrected.amortized, more),
      };
    changed.push({
      ...early,
      service: 'Cognitive Services',
      product: 'Cognitive Services',
      actual: more,
      amortized: more,
    });
    changed.splice(vanished, 1);
  }
  return changed;
}
