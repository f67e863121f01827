import type { OwnerMethod } from '../core/decision.js';
import type { Micros } from '../core/money.js';
import { inPeriod, type Month, type Period } from '../core/period.js';
import { splitAmount } from './cells.js';
import { covers } from './money.js';
import { compareTexts } from './order.js';
import type { StatementLine } from './types.js';

/** What one function has of a line in a period. */
export interface LinePart {
  readonly functionId: string;
  /** In the reporting currency. */
  readonly amount: Micros;
  /** The last fact of the function in the period, and what decided it. */
  readonly lastMonth: Month;
  readonly method: OwnerMethod;
}

/**
 * A line's money of a period by function, in order of their ids; each fact is split exactly as `moneyOfLines` does it for
 * the statement. Functions whose money of the period is nothing are left out, as they are there.
 */
export function partsOfLine(line: StatementLine, period: Period): LinePart[] {
  const parts = new Map<string, LinePart>();
  for (const fact of line.facts) {
    if (!inPeriod(fact.month, period)) continue;
    const segment = line.segments.find((entry) => covers(entry, fact.month));
    if (segment === undefined) throw new Error(`line ${line.id} has no owner in ${fact.month}`);
    const shares = [...segment.shares].sort((left, right) => compareTexts(left.functionId, right.functionId));
    const amounts = splitAmount(
      fact.reportingMicros,
      shares.map(({ perMillion }) => BigInt(perMillion)),
    );
    for (const [at, { functionId }] of shares.entries()) {
      const before = parts.get(functionId);
      const amount = (before?.amount ?? 0n) + (amounts[at] ?? 0n);
      const isLater = before === undefined || fact.month >= before.lastMonth;
      const { lastMonth, method } = isLater ? { lastMonth: fact.month, method: segment.method } : before;
      parts.set(functionId, { functionId, amount, lastMonth, method });
    }
  }
  return [...parts.values()]
    .filter(({ amount }) => amount !== 0n)
    .sort((left, right) => compareTexts(left.functionId, right.functionId));
}
