import { UNASSIGNED, type OwnerMethod, type OwnerSegment } from '../core/decision.js';
import { DataError } from '../core/errors.js';
import type { Month } from '../core/period.js';
import {
  addForeign,
  closeCells,
  hasMoney,
  NO_MONEY,
  note,
  openCell,
  splitAmount,
  type Cell,
  type Context,
  type ForeignMoney,
  type OpenCell,
  type Pair,
} from './cells.js';
import { compareTexts } from './order.js';
import { BASELINE, CURRENT, slotsOfMonths, type Slot } from './period-pair.js';
import type { LineFact, StatementInput, StatementLine } from './types.js';

/** Money of a line whose functions were found in one way. */
export interface MethodMoney {
  readonly method: OwnerMethod;
  readonly actual: Pair;
}

/** A line with its money of both periods, split over functions (in order of their ids; those without money left out). */
export interface LineMoney {
  readonly line: StatementLine;
  readonly cells: readonly Cell[];
  readonly methods: readonly MethodMoney[];
}

/** All lines, in the order of the input, and the currencies that were converted. */
export interface MoneyOfLines {
  readonly moneys: readonly LineMoney[];
  readonly otherCurrencies: ReadonlySet<string>;
}

/** A segment made ready for splitting: functions in order of their ids. */
interface Split {
  readonly segment: OwnerSegment;
  readonly functionIndexes: readonly number[];
  readonly weights: readonly bigint[];
}

/**
 * The money of every line, per function and period: each fact is the sum of a span of months in which no ownership
 * changes, and is apportioned as a whole over the shares of the segment that covers the span (largest remainder, ties to
 * the smaller function id). `functionIds` are in order.
 *
 * @throws DataError naming each currency without a baseline rate, each function a segment names that is not known, and
 * each line with a month that no segment covers.
 */
export function moneyOfLines(input: StatementInput, functionIds: readonly string[]): MoneyOfLines {
  const context: Context = {
    currency: input.currency,
    slots: slotsOfMonths(input.baseline, input.current),
    functionIndexes: new Map(functionIds.map((id, index) => [id, index])),
    rates: input.baselineRates,
    confidenceBar: input.confidenceBar,
    otherCurrencies: new Set(),
    mistakes: new Map(),
  };
  const moneys = input.lines.map((line) => moneyOfLine(line, context));
  if (context.mistakes.size > 0) {
    const sorted = [...context.mistakes].sort(([left], [right]) => compareTexts(left, right));
    throw new DataError(sorted.map(([, mistake]) => mistake));
  }
  return { moneys, otherCurrencies: context.otherCurrencies };
}

function moneyOfLine(line: StatementLine, context: Context): LineMoney {
  const [only] = line.segments;
  if (only !== undefined && line.segments.length === 1 && only.shares.length === 1) {
    return moneyOfOneOwner(line, only, context);
  }
  const splits = line.segments.map((segment) => splitOf(segment, line, context));
  const cells: OpenCell[] = [];
  const methods: MethodMoney[] = [];
  for (const fact of line.facts) {
    const slot = context.slots.get(fact.month);
    if (slot === undefined) continue;
    const split = splits.find(({ segment }) => covers(segment, fact.month));
    if (split === undefined) {
      note(context, `line ${line.id}: no ownership segment covers ${fact.month}`, 'Segments must cover all months.');
      continue;
    }
    addByShares(cells, fact, slot, split, context, isUncertain(line, split.segment, context));
    methodCell(methods, split.segment.method).actual[slot] += fact.reportingMicros;
  }
  return { line, cells: closeCells(cells, context), methods: methods.filter(({ actual }) => hasMoney(actual)) };
}

/** The common case, a line that one function has for all time: no month needs apportioning. */
function moneyOfOneOwner(line: StatementLine, segment: OwnerSegment, context: Context): LineMoney {
  const functionId = segment.shares[0]?.functionId ?? UNASSIGNED;
  const functionIndex = indexOfFunction(functionId, line, context);
  const actual: Pair = [0n, 0n];
  // Sums of plain integers are many times faster than of bigints, and exact while all that was added, signs aside,
  // stays below 2^53; beyond that the bigints are summed.
  let baseline = 0;
  let current = 0;
  let magnitude = 0;
  let isForeign = false;
  for (const fact of line.facts) {
    const slot = context.slots.get(fact.month);
    if (slot === undefined) continue;
    const amount = Number(fact.reportingMicros);
    magnitude += Math.abs(amount);
    if (slot === BASELINE) baseline += amount;
    else current += amount;
    if (fact.currency !== context.currency) isForeign = true;
  }
  const isSafe = magnitude <= Number.MAX_SAFE_INTEGER;
  if (isSafe) {
    actual[BASELINE] = BigInt(baseline);
    actual[CURRENT] = BigInt(current);
  }
  const foreign = isForeign ? new Map<string, ForeignMoney>() : undefined;
  if (!isSafe || foreign !== undefined) {
    for (const fact of line.facts) {
      const slot = context.slots.get(fact.month);
      if (slot === undefined) continue;
      if (!isSafe) actual[slot] += fact.reportingMicros;
      if (foreign === undefined || fact.currency === context.currency) continue;
      addForeign(foreign, fact.currency, slot, fact.micros, fact.reportingMicros);
    }
  }
  const isOpen = functionId === UNASSIGNED || isUncertain(line, segment, context);
  const cells = closeCells([{ functionIndex, actual, uncertain: isOpen ? actual : NO_MONEY, foreign }], context);
  return { line, cells, methods: hasMoney(actual) ? [{ method: segment.method, actual }] : [] };
}

function indexOfFunction(functionId: string, line: StatementLine, context: Context): number {
  const index = context.functionIndexes.get(functionId);
  if (index !== undefined) return index;
  const hint = 'Add it to the functions of the workspace, or mend the decision that names it.';
  note(context, `line ${line.id}: the function ${functionId} is not known`, hint);
  return 0;
}

function splitOf(segment: OwnerSegment, line: StatementLine, context: Context): Split {
  const indexed = segment.shares.map(({ functionId, perMillion }) => ({
    index: indexOfFunction(functionId, line, context),
    weight: BigInt(perMillion),
  }));
  if (indexed.length > 1) indexed.sort((left, right) => left.index - right.index);
  return {
    segment,
    functionIndexes: indexed.map(({ index }) => index),
    weights: indexed.map(({ weight }) => weight),
  };
}

function addByShares(
  cells: OpenCell[],
  fact: LineFact,
  slot: Slot,
  split: Split,
  context: Context,
  uncertain: boolean,
): void {
  const unassignedIndex = context.functionIndexes.get(UNASSIGNED);
  const isForeign = fact.currency !== context.currency;
  const reporting = splitAmount(fact.reportingMicros, split.weights);
  const original = isForeign ? splitAmount(fact.micros, split.weights) : reporting;
  for (const [at, functionIndex] of split.functionIndexes.entries()) {
    const cell = openCell(cells, functionIndex);
    const amount = reporting[at] ?? 0n;
    cell.actual[slot] += amount;
    if (uncertain || functionIndex === unassignedIndex) cell.uncertain[slot] += amount;
    if (!isForeign) continue;
    cell.foreign ??= new Map<string, ForeignMoney>();
    addForeign(cell.foreign, fact.currency, slot, original[at] ?? 0n, amount);
  }
}

function methodCell(methods: MethodMoney[], method: OwnerMethod): MethodMoney {
  const found = methods.find((entry) => entry.method === method);
  if (found !== undefined) return found;
  const entry: MethodMoney = { method, actual: [0n, 0n] };
  methods.push(entry);
  return entry;
}

/** True when a segment holds in a month. */
export function covers(segment: OwnerSegment, month: Month): boolean {
  return (segment.from === undefined || month >= segment.from) && (segment.to === undefined || month < segment.to);
}

function isUncertain(line: StatementLine, segment: OwnerSegment, context: Context): boolean {
  return line.classConfidence < context.confidenceBar || segment.confidence < context.confidenceBar;
}
