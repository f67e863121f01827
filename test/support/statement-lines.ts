import type { OwnerSegment, Share } from '../../src/core/decision.js';
import type { Month } from '../../src/core/period.js';
import { computeStatement } from '../../src/statement/compute.js';
import type { FunctionRow, LineFact, Statement, StatementInput, StatementLine } from '../../src/statement/types.js';
import { inputOf } from './statement-arbitraries.js';

/** A month of the baseline. */
export const THEN = '2023-02' as Month;
/** A month of the current period. */
export const NOW = '2024-02' as Month;
/** A month between the two. */
export const REORGANISED = '2023-10' as Month;

/** A fact in pounds, in micro-units. */
export function pounds(month: Month, micros: bigint): LineFact {
  return { month, currency: 'GBP', micros, reportingMicros: micros };
}

/** A fact in dollars as charged and as reported. */
export function dollars(month: Month, micros: bigint, reportingMicros: bigint): LineFact {
  return { month, currency: 'USD', micros, reportingMicros };
}

/** A segment with these shares per million, for all time. */
export function owned(shares: Readonly<Record<string, number>>, more: Partial<OwnerSegment> = {}): OwnerSegment {
  const list: Share[] = Object.entries(shares).map(([functionId, perMillion]) => ({ functionId, perMillion }));
  const base = { from: undefined, to: undefined, method: 'cost-center', confidence: 1_000_000 } as const;
  return { ...base, shares: list, evidence: 'a test says so', overruled: [], ...more };
}

/** A segment of one function, for all time. */
export const by = (functionId: string): OwnerSegment => owned({ [functionId]: 1_000_000 });

/** One owner before the reorganisation, another after. */
export function handedOver(before: OwnerSegment, after: OwnerSegment): OwnerSegment[] {
  return [
    { ...before, to: REORGANISED },
    { ...after, from: REORGANISED },
  ];
}

let lineNumber = 0;

/** A line of technology known to IT, alone with its vendor and category unless told otherwise. */
export function line(more: Partial<StatementLine> & Pick<StatementLine, 'segments' | 'facts'>): StatementLine {
  lineNumber += 1;
  return {
    id: `L${lineNumber}`,
    source: 'cards',
    payee: 'PAYEE',
    vendorId: `vendor-${lineNumber}`,
    vendor: 'Vendor',
    category: `category-${lineNumber}`,
    spendClass: 'technology',
    classMethod: 'alias',
    classConfidence: 1_000_000,
    knows: { known: true, evidence: 'a test says so' },
    ...more,
  };
}

/** A line of one function with money then and now. */
export function simple(
  functionId: string,
  then: bigint,
  now: bigint,
  more: Partial<StatementLine> = {},
): StatementLine {
  return line({ segments: [by(functionId)], facts: [pounds(THEN, then), pounds(NOW, now)], ...more });
}

/** The row of a function. */
export function rowOf(statement: Statement, id: string): FunctionRow {
  const row = statement.functions.find((entry) => entry.id === id);
  if (row === undefined) throw new RangeError(`no row ${id}`);
  return row;
}

/** The statement of these lines in the company of the generators. */
export function compute(lines: readonly StatementLine[], more: Partial<StatementInput> = {}): Statement {
  return computeStatement({ ...inputOf(lines), ...more });
}

/** Matches as text. */
export const partsOf = (statement: Statement): string[] =>
  statement.parts.map((part) => `${part.level} ${part.key}: ${part.from} > ${part.to} ${part.amount}`);
