import { addDays } from '../../core/date.js';
import { addDecimals } from '../../core/decimal.js';
import { addMonths, firstDay, lastDay, monthOf, monthsOf, type Month } from '../../core/period.js';
import { dayIn } from '../values.js';
import type { PullEnd, PullWindow, ServiceBatch } from '../service.js';

type Totals = NonNullable<PullEnd['totals']>;

/** What is known of one month when it was read. */
export interface MonthEnd {
  readonly isFinal: boolean;
  /** True where the service has nothing of the month: see `PullEnd`. */
  readonly isAbsent?: boolean;
  readonly totals: Totals;
  readonly remarks: readonly string[];
}

/**
 * Pulls a window month by month, for services that state whole months.
 *
 * @throws RangeError for a window that cuts a month.
 */
export async function* eachMonth(
  window: PullWindow,
  pullMonth: (month: Month) => AsyncGenerator<ServiceBatch, MonthEnd>,
): AsyncGenerator<ServiceBatch, PullEnd> {
  const period = { from: monthOf(window.from), to: monthOf(window.to) };
  if (firstDay(period.from) !== window.from || firstDay(period.to) !== window.to) {
    throw new RangeError(`the window ${window.from} to ${window.to} cuts a month`);
  }
  const sums = new Map<string, Totals[number]>();
  const remarks: string[] = [];
  let isFinal = true;
  let isAbsent = true;
  for (const month of monthsOf(period)) {
    const end = yield* pullMonth(month);
    isFinal &&= end.isFinal;
    isAbsent &&= end.isAbsent === true;
    remarks.push(...end.remarks);
    for (const total of end.totals) sums.set(total.currency, added(sums.get(total.currency), total));
  }
  return { isFinal, isAbsent, totals: [...sums.values()], remarks };
}

function added(sum: Totals[number] | undefined, total: Totals[number]): Totals[number] {
  if (sum === undefined) return total;
  return {
    currency: total.currency,
    cash: addDecimals(sum.cash, total.cash),
    accrual: addDecimals(sum.accrual ?? sum.cash, total.accrual ?? total.cash),
  };
}

/** Whether a service no longer changes a month: some days after its end, in UTC. */
export function isSettled(month: Month, days: number, now: Date): boolean {
  return dayIn('UTC', now) > addDays(lastDay(month), days);
}

/** The latest months that a service may have, for a check: the current one and that before it. */
export function latestMonths(now: Date): readonly [Month, Month] {
  const current = monthOf(dayIn('UTC', now));
  return [current, addMonths(current, -1)];
}
