import type { PullEnd, PullWindow, ServiceBatch, ServiceCharge } from '../../src/connector/service.js';
import { dayIn } from '../../src/connector/values.js';
import { addDays, daysBetween, type IsoDate } from '../../src/core/date.js';
import { addDecimals } from '../../src/core/decimal.js';
import { divideRounded, FRACTION_DIGITS_MAX, type DecimalText } from '../../src/core/money.js';
import { addMonths, firstDay, lastDay, monthOf, type Month } from '../../src/core/period.js';
import type { AzureContext } from './client.js';
import { isPublisher, itemDimension, partsOf, typesOf, type Part } from './parts.js';
import { allRows, type CostType, type DaySpan } from './query.js';
import { billingAccountOf } from './settings.js';
import { itemPages, type ItemQuery } from './item-pages.js';
import { lastPastDay, subscriptionsOf, type Subscriptions } from './subscriptions.js';
import { keyOf, toCharge, type DayCost } from './to-charge.js';

/** Azure's days begin at midnight UTC. */
export const TIME_ZONE = 'UTC';
/** Days after a month in which its figures still come in. */
const ESTIMATE_DAYS = 5;
const BATCH_CHARGES = 5_000;
const ZERO: DecimalText = { digits: 0n, scale: 0 };

/** Reads a window, calendar month by calendar month. */
export async function* pull(context: AzureContext, window: PullWindow): AsyncGenerator<ServiceBatch, PullEnd> {
  const today = dayIn(TIME_ZONE, context.now());
  const totals = new Totals();
  const remarks = new Set<string>();
  for (const { month, span } of monthsIn(window, today)) {
    const subscriptions = await subscriptionsOf(context, month, today);
    for (const remark of subscriptions.remarks) remarks.add(remark);
    for (const part of await partsOf(context, span)) yield* readPart(context, span, part, subscriptions);
    for (const type of typesOf(context)) await addTotal(context, span, type, totals);
  }
  return { isFinal: isFinal(window, today), totals: totals.list(), remarks: [...remarks] };
}

/** The months of a window with the days in them that are past: by day the service answers for 31 days at most. */
function monthsIn({ from, to }: PullWindow, today: IsoDate): { readonly month: Month; readonly span: DaySpan }[] {
  const months: { month: Month; span: DaySpan }[] = [];
  const last = lastPastDay(to, today);
  let day = from;
  while (day <= last) {
    const month = monthOf(day);
    const end = lastDay(month);
    months.push({ month, span: { from: day, to: end < last ? end : last } });
    day = firstDay(addMonths(month, 1));
  }
  return months;
}

/** Figures change until the invoice is made, some days after the month. */
function isFinal({ to }: PullWindow, today: IsoDate): boolean {
  const lastMonth = monthOf(addDays(to, -1));
  return daysBetween(firstDay(addMonths(lastMonth, 1)), today) >= ESTIMATE_DAYS;
}

/** The charges of one part: what was billed and what was used, joined by day and keys. */
async function* readPart(
  context: AzureContext,
  span: DaySpan,
  part: Part,
  subscriptions: Subscriptions,
): AsyncGenerator<ServiceBatch> {
  const item = await itemDimension(context, part);
  const costs = new Map<string, DayCost>();
  for (const type of typesOf(context).filter((wanted) => part.types.has(wanted))) {
    const query: ItemQuery = { type, span, part, item };
    for await (const { rows, rejected } of itemPages(context, query)) {
      for (const row of rows) {
        const { publisherType, chargeType } = part;
        const { cost, ...keys } = row;
        const day = { ...keys, publisherType, chargeType, itemIsPublisher: isPublisher(item) };
        addCost(costs, day, type, cost, context.settings.amortized);
      }
      if (rejected.length > 0) yield { charges: [], rejected };
      context.progress({ step: `reading ${part.about}`, rows: costs.size });
    }
  }
  yield* batchesOf(context, costs, subscriptions);
}

/** Adds a row to its charge: a value in two spellings of a tag's key, or absent and empty, comes as two rows. */
function addCost(
  costs: Map<string, DayCost>,
  day: Omit<DayCost, 'cash' | 'accrual'>,
  type: CostType,
  cost: DecimalText,
  amortized: boolean,
): void {
  const key = keyOf(day);
  const known = costs.get(key) ?? { ...day, cash: ZERO, accrual: ZERO };
  const isCash = type === 'ActualCost';
  const isAccrual = !isCash || !amortized;
  costs.set(key, {
    ...known,
    cash: isCash ? addDecimals(known.cash, cost) : known.cash,
    accrual: isAccrual ? addDecimals(known.accrual, cost) : known.accrual,
  });
}

function* batchesOf(
  { settings }: AzureContext,
  costs: ReadonlyMap<string, DayCost>,
  subscriptions: Subscriptions,
): Generator<ServiceBatch> {
  const { ownerTag, scope } = settings;
  const billingAccount = billingAccountOf(scope);
  let charges: ServiceCharge[] = [];
  let skippedCount = 0;
  for (const cost of costs.values()) {
    if (cost.cash.digits === 0n && cost.accrual.digits === 0n) {
      skippedCount += 1;
      continue;
    }
    const subscriptionName = subscriptions.nameOf(cost.subscriptionId);
    const costCenter = subscriptions.costCenterOf(cost.subscriptionId);
    charges.push(toCharge(cost, { billingAccount, subscriptionName, costCenter, ownerTag }));
    if (charges.length === BATCH_CHARGES) {
      yield { charges };
      charges = [];
    }
  }
  yield { charges, skippedCount };
}

/** The service's own total of a span, asked for without any grouping. */
async function addTotal(context: AzureContext, span: DaySpan, type: CostType, totals: Totals): Promise<void> {
  const query = { type, span, daily: false, groups: [], filters: [], about: 'in total' };
  for (const { currency, cost } of await allRows(context, query)) {
    if (type === 'ActualCost') totals.add(currency, cost, context.settings.amortized ? ZERO : cost);
    else totals.add(currency, ZERO, cost);
  }
}

class Totals {
  readonly #sums = new Map<string, { readonly cash: DecimalText; readonly accrual: DecimalText }>();

  add(currency: string, cash: DecimalText, accrual: DecimalText): void {
    const sum = this.#sums.get(currency) ?? { cash: ZERO, accrual: ZERO };
    this.#sums.set(currency, { cash: addDecimals(sum.cash, cash), accrual: addDecimals(sum.accrual, accrual) });
  }

  list(): NonNullable<PullEnd['totals']> {
    return [...this.#sums].map(([currency, { cash, accrual }]) => ({
      currency,
      cash: bounded(cash),
      accrual: bounded(accrual),
    }));
  }
}

/** A total to as many digits as the ledger reads: what is beyond is what floats leave over. */
function bounded({ digits, scale }: DecimalText): DecimalText {
  if (scale <= FRACTION_DIGITS_MAX) return { digits, scale };
  return { digits: divideRounded(digits, 10n ** BigInt(scale - FRACTION_DIGITS_MAX)), scale: FRACTION_DIGITS_MAX };
}
