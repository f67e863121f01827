import { UsageError, type Mistake } from '../core/errors.js';
import { formatPeriod, monthsOf, periodLength, periodsOverlap, type Month, type Period } from '../core/period.js';

/** Index of a period in a pair of amounts: the baseline or the current period. */
export type Slot = 0 | 1;
export const BASELINE: Slot = 0;
export const CURRENT: Slot = 1;

/**
 * Refuses periods that cannot be compared.
 *
 * @throws UsageError when a period has no month, the two differ in length, or share a month.
 */
export function requireComparable(baseline: Period, current: Period): void {
  const mistakes: Mistake[] = [];
  for (const [key, period] of [
    ['baseline', baseline],
    ['current', current],
  ] as const) {
    if (periodLength(period) >= 1) continue;
    mistakes.push({ place: { key }, message: `the period ${period.from} to before ${period.to} has no month` });
  }
  if (mistakes.length > 0) throw new UsageError(mistakes);
  const texts = `baseline ${formatPeriod(baseline)} and current ${formatPeriod(current)}`;
  if (periodLength(baseline) !== periodLength(current)) {
    const lengths = `${periodLength(baseline)} and ${periodLength(current)} months`;
    const hint = 'Compare periods of equally many months, or a longer period would look like a shift.';
    mistakes.push({ place: {}, message: `${texts} have ${lengths}`, hint });
  }
  if (periodsOverlap(baseline, current)) {
    const hint = 'Choose periods without a common month; money of a shared month would be counted on both sides.';
    mistakes.push({ place: {}, message: `${texts} overlap`, hint });
  }
  if (mistakes.length > 0) throw new UsageError(mistakes);
}

/** Which period each month belongs to; months of neither are absent. */
export function slotsOfMonths(baseline: Period, current: Period): ReadonlyMap<Month, Slot> {
  const slots = new Map<Month, Slot>();
  for (const month of monthsOf(baseline)) slots.set(month, BASELINE);
  for (const month of monthsOf(current)) slots.set(month, CURRENT);
  return slots;
}
