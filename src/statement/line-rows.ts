import type { Micros } from '../core/money.js';
import type { LineMoney } from './money.js';
import { compareLargestFirst, compareTexts } from './order.js';
import { BASELINE, CURRENT, type Slot } from './period-pair.js';
import type { StatementLineRow } from './types.js';

/** The lines under the statement, largest current money first, then largest baseline, then id. */
export function lineRows(lines: readonly LineMoney[], functionIds: readonly string[]): StatementLineRow[] {
  const keyed = lines.map((money) => {
    const baseline = totalOf(money, BASELINE);
    const current = totalOf(money, CURRENT);
    // Numbers compare much faster than bigints; they decide unless they are equal, where rounding may hide the order.
    return { money, baseline, current, rough: Number(current) };
  });
  keyed.sort(
    (left, right) =>
      right.rough - left.rough ||
      compareLargestFirst(left.current, right.current) ||
      compareLargestFirst(left.baseline, right.baseline) ||
      compareTexts(left.money.line.id, right.money.line.id),
  );
  return keyed.map(({ money }) => rowOf(money, functionIds));
}

function totalOf(money: LineMoney, slot: Slot): Micros {
  const [only] = money.cells;
  if (only !== undefined && money.cells.length === 1) return only.actual[slot];
  let total = 0n;
  for (const cell of money.cells) total += cell.actual[slot];
  return total;
}

function rowOf({ line, cells }: LineMoney, functionIds: readonly string[]): StatementLineRow {
  return {
    id: line.id,
    source: line.source,
    payee: line.payee,
    vendorId: line.vendorId,
    vendor: line.vendor,
    category: line.category,
    spendClass: line.spendClass,
    functions: cells.map(({ functionIndex, actual }) => ({
      functionId: functionIds[functionIndex] ?? '',
      baseline: actual[BASELINE],
      current: actual[CURRENT],
    })),
  };
}
