import { apportion } from '../core/apportion.js';
import { UNASSIGNED, type OwnerMethod, type OwnerSegment } from '../core/decision.js';
import { DataError, type Mistake } from '../core/errors.js';
import type { Micros } from '../core/money.js';
import type { Month } from '../core/period.js';
import { convertMicros, RATE_SCALE } from '../core/rates.js';
import { compareTexts } from './order.js';
import { BASELINE, CURRENT, slotsOfMonths, type Slot } from './period-pair.js';
import type { LineFact, StatementInput, StatementLine } from './types.js';

/** Amounts of the baseline and of the current period, by `Slot`. */
export type Pair = [Micros, Micros];

/** Money of one line and one function, in the reporting currency. */
export interface Cell {
  /** Place of the function among the function ids in order. */
  readonly functionIndex: number;
  /** At the rate of each charge's day. */
  readonly actual: Readonly<Pair>;
  /** The part of `actual` that rests on no decision, or on one below the confidence bar. */
  readonly uncertain: Readonly<Pair>;
  /** Current less baseline, both at the baseline's mean rates: what the cascade explains. */
  readonly change: Micros;
  /** Change of `actual` less `change`. */
  readonly currencyEffect: Micros;
}

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

/** One currency other than the reporting one: in itself, and as reported. */
interface ForeignMoney {
  readonly original: Pair;
  readonly actual: Pair;
}

/** A cell while facts are still added to it. */
interface OpenCell {
  readonly functionIndex: number;
  readonly actual: Pair;
  readonly uncertain: Pair;
  foreign: Map<string, ForeignMoney> | undefined;
}

/** What money of lines depends on, and the mistakes found on the way. */
interface Context {
  readonly currency: string;
  readonly slots: ReadonlyMap<Month, Slot>;
  readonly functionIndexes: ReadonlyMap<string, number>;
  readonly rates: ReadonlyMap<string, bigint>;
  readonly confidenceBar: number;
  /** Mistakes by message, so that each is told once. */
  readonly mistakes: Map<string, Mistake>;
}

/** A segment made ready for splitting: functions in order of their ids. */
interface Split {
  readonly segment: OwnerSegment;
  readonly functionIndexes: readonly number[];
  readonly weights: readonly bigint[];
}

/**
 * The money of every line, per function and period: each month's amount is apportioned over the shares of the segment
 * that covers the month (largest remainder, ties to the smaller function id). `functionIds` are in order.
 *
 * @throws DataError naming each currency without a baseline rate, each function a segment names that is not known, and
 * each line with a month that no segment covers.
 */
export function moneyOfLines(input: StatementInput, functionIds: readonly string[]): LineMoney[] {
  const context: Context = {
    currency: input.currency,
    slots: slotsOfMonths(input.baseline, input.current),
    functionIndexes: new Map(functionIds.map((id, index) => [id, index])),
    rates: input.baselineRates,
    confidenceBar: input.confidenceBar,
    mistakes: new Map(),
  };
  const moneys = input.lines.map((line) => moneyOfLine(line, context));
  if (context.mistakes.size > 0) {
    const sorted = [...context.mistakes].sort(([left], [right]) => compareTexts(left, right));
    throw new DataError(sorted.map(([, mistake]) => mistake));
  }
  return moneys;
}

function moneyOfLine(line: StatementLine, context: Context): LineMoney {
  const splits = line.segments.map((segment) => splitOf(segment, line, context));
  const [only] = splits;
  const functionIndex = only?.functionIndexes[0];
  if (only !== undefined && splits.length === 1 && only.weights.length === 1 && functionIndex !== undefined) {
    return moneyOfOneOwner(line, only.segment, functionIndex, context);
  }
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
function moneyOfOneOwner(
  line: StatementLine,
  segment: OwnerSegment,
  functionIndex: number,
  context: Context,
): LineMoney {
  let baseline = 0n;
  let current = 0n;
  let foreign: OpenCell['foreign'];
  for (const fact of line.facts) {
    const slot = context.slots.get(fact.month);
    if (slot === undefined) continue;
    if (slot === BASELINE) baseline += fact.reportingMicros;
    else current += fact.reportingMicros;
    if (fact.currency !== context.currency) {
      foreign ??= new Map<string, ForeignMoney>();
      addForeign(foreign, fact.currency, slot, fact.micros, fact.reportingMicros);
    }
  }
  const actual: Pair = [baseline, current];
  const isOpen = isUncertain(line, segment, context) || segment.shares[0]?.functionId === UNASSIGNED;
  const cells = closeCells([{ functionIndex, actual, uncertain: isOpen ? actual : [0n, 0n], foreign }], context);
  return { line, cells, methods: hasMoney(actual) ? [{ method: segment.method, actual }] : [] };
}

function splitOf(segment: OwnerSegment, line: StatementLine, context: Context): Split {
  const indexed = segment.shares.map(({ functionId, perMillion }) => {
    const index = context.functionIndexes.get(functionId);
    if (index === undefined) {
      const hint = 'Add it to the functions of the workspace, or mend the decision that names it.';
      note(context, `line ${line.id}: the function ${functionId} is not known`, hint);
    }
    return { index: index ?? 0, weight: BigInt(perMillion) };
  });
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

/** `apportion` with short ways for one and two shares, which nearly all lines have; the parts are the same. */
export function splitAmount(total: Micros, weights: readonly bigint[]): readonly Micros[] {
  const [first, second] = weights;
  if (first === undefined || weights.length > 2) return apportion(total, weights);
  if (second === undefined) return [total];
  const sum = first + second;
  const absolute = total < 0n ? -total : total;
  const product = absolute * first;
  const remainder = product % sum;
  // The remainders of the two parts sum to `sum`: the first gets the unit when its own is at least half.
  const part = product / sum + (remainder > 0n && remainder * 2n >= sum ? 1n : 0n);
  const signed = total < 0n ? -part : part;
  return [signed, total - signed];
}

function addForeign(
  foreign: Map<string, ForeignMoney>,
  currency: string,
  slot: Slot,
  micros: Micros,
  reporting: Micros,
): void {
  let money = foreign.get(currency);
  if (money === undefined) {
    money = { original: [0n, 0n], actual: [0n, 0n] };
    foreign.set(currency, money);
  }
  money.original[slot] += micros;
  money.actual[slot] += reporting;
}

function openCell(cells: OpenCell[], functionIndex: number): OpenCell {
  const found = cells.find((cell) => cell.functionIndex === functionIndex);
  if (found !== undefined) return found;
  const cell: OpenCell = { functionIndex, actual: [0n, 0n], uncertain: [0n, 0n], foreign: undefined };
  cells.push(cell);
  return cell;
}

function methodCell(methods: MethodMoney[], method: OwnerMethod): MethodMoney {
  const found = methods.find((entry) => entry.method === method);
  if (found !== undefined) return found;
  const entry: MethodMoney = { method, actual: [0n, 0n] };
  methods.push(entry);
  return entry;
}

function closeCells(cells: readonly OpenCell[], context: Context): Cell[] {
  const closed: Cell[] = [];
  for (const cell of cells) {
    const { functionIndex, actual, uncertain } = cell;
    const currencyEffect = cell.foreign === undefined ? 0n : currencyEffectOf(cell.foreign, context);
    if (!hasMoney(actual) && currencyEffect === 0n) continue;
    const change = actual[CURRENT] - actual[BASELINE] - currencyEffect;
    closed.push({ functionIndex, actual, uncertain, change, currencyEffect });
  }
  return closed.length > 1 ? closed.sort((left, right) => left.functionIndex - right.functionIndex) : closed;
}

/** Change as reported less change at the baseline's mean rates; each currency is converted once per period. */
function currencyEffectOf(foreign: ReadonlyMap<string, ForeignMoney>, context: Context): Micros {
  let effect = 0n;
  for (const [currency, { original, actual }] of foreign) {
    const rate = context.rates.get(currency);
    if (rate === undefined) {
      const message = `no baseline rate from ${currency} to ${context.currency}`;
      note(
        context,
        message,
        `Add rates of ${currency} for the months of the baseline to the rates file of the workspace.`,
      );
    }
    const constant = (slot: Slot): Micros => convertMicros(original[slot], rate ?? RATE_SCALE);
    effect += actual[CURRENT] - actual[BASELINE] - (constant(CURRENT) - constant(BASELINE));
  }
  return effect;
}

function covers(segment: OwnerSegment, month: Month): boolean {
  return (segment.from === undefined || month >= segment.from) && (segment.to === undefined || month < segment.to);
}

function isUncertain(line: StatementLine, segment: OwnerSegment, context: Context): boolean {
  return line.classConfidence < context.confidenceBar || segment.confidence < context.confidenceBar;
}

/** True when either period has money. */
export function hasMoney(pair: Readonly<Pair>): boolean {
  return pair[BASELINE] !== 0n || pair[CURRENT] !== 0n;
}

function note(context: Context, message: string, hint: string): void {
  context.mistakes.set(message, { place: {}, message, hint });
}
