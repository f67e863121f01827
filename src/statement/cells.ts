import { apportion } from '../core/apportion.js';
import type { Mistake } from '../core/errors.js';
import type { Micros } from '../core/money.js';
import type { Month } from '../core/period.js';
import { convertMicros, RATE_SCALE } from '../core/rates.js';
import { BASELINE, CURRENT, type Slot } from './period-pair.js';

/** Amounts of the baseline and of the current period, by `Slot`. */
export type Pair = [Micros, Micros];

/** Nothing in either period. */
export const NO_MONEY: Readonly<Pair> = [0n, 0n];

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

/** One currency other than the reporting one: in itself, and as reported. */
export interface ForeignMoney {
  readonly original: Pair;
  readonly actual: Pair;
}

/** A cell while facts are still added to it. */
export interface OpenCell {
  readonly functionIndex: number;
  readonly actual: Pair;
  readonly uncertain: Pair;
  foreign: Map<string, ForeignMoney> | undefined;
}

/** A cell to which nothing is added any more. */
type ClosingCell = Readonly<Omit<OpenCell, 'uncertain'>> & { readonly uncertain: Readonly<Pair> };

/** What money of lines depends on, and the mistakes found on the way. */
export interface Context {
  readonly currency: string;
  readonly slots: ReadonlyMap<Month, Slot>;
  readonly functionIndexes: ReadonlyMap<string, number>;
  readonly rates: ReadonlyMap<string, bigint>;
  readonly confidenceBar: number;
  /** Currencies other than the reporting one that occur in the periods. */
  readonly otherCurrencies: Set<string>;
  /** Mistakes by message, so that each is told once. */
  readonly mistakes: Map<string, Mistake>;
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

/** Adds to the money of one currency, as charged and as reported. */
export function addForeign(
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

/** The cell of a function, made when it is first asked for. */
export function openCell(cells: OpenCell[], functionIndex: number): OpenCell {
  const found = cells.find((cell) => cell.functionIndex === functionIndex);
  if (found !== undefined) return found;
  const cell: OpenCell = { functionIndex, actual: [0n, 0n], uncertain: [0n, 0n], foreign: undefined };
  cells.push(cell);
  return cell;
}

/** Cells with money, in order of their functions, with change and currency effect worked out. */
export function closeCells(cells: readonly ClosingCell[], context: Context): Cell[] {
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
    context.otherCurrencies.add(currency);
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

/** True when either period has money. */
export function hasMoney(pair: Readonly<Pair>): boolean {
  return pair[BASELINE] !== 0n || pair[CURRENT] !== 0n;
}

/** Notes a mistake, to be thrown with the others when all lines are read. */
export function note(context: Context, message: string, hint: string): void {
  context.mistakes.set(message, { place: {}, message, hint });
}
