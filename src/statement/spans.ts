import type { OwnershipDecision } from '../core/decision.js';
import type { Month, Period } from '../core/period.js';

/** Months at which some line changes its owner or payer: the starts of its segments. */
export function ownerChanges(decisions: Iterable<OwnershipDecision>): Set<Month> {
  const months = new Set<Month>();
  for (const { owners, payers } of decisions) {
    for (const { from } of owners) if (from !== undefined) months.add(from);
    for (const { from } of payers) if (from !== undefined) months.add(from);
  }
  return months;
}

/**
 * The periods cut at some months: runs of months in which nobody's ownership changes, so that their money can be summed
 * before it is split. In order; together they are the periods.
 *
 * @example spansOf([{ from: '2024-01', to: '2024-07' }], ['2024-04']) // 2024-01..03 and 2024-04..06
 */
export function spansOf(periods: readonly Period[], cuts: Iterable<Month>): Period[] {
  const sorted = [...new Set(cuts)].sort();
  return periods.flatMap((period) => {
    const inside = sorted.filter((month) => month > period.from && month < period.to);
    const starts = [period.from, ...inside];
    return starts.map((from, index) => ({ from, to: starts[index + 1] ?? period.to }));
  });
}
