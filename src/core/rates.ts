import { daysBetween, type IsoDate } from './date.js';
import { divideRounded, type DecimalText, type Micros } from './money.js';

/** Rates are integers: units of one currency per unit of the other, times this. */
export const RATE_SCALE = 1_000_000_000_000n;

/**
 * A rate is carried forward over weekends and holidays, never further: the longest gap in the ECB's series is five days
 * (Easter, the turn of the year). A day further from the last published rate has no rate.
 */
export const RATE_AGE_DAYS_MAX = 7;

/** Published reference rates, units of a currency per euro (ECB), each series sorted by day. */
export interface RateTable {
  /** Where the rates come from, for messages. */
  readonly origin: string;
  readonly days: readonly IsoDate[];
  /** Per currency, aligned with `days`: rate × `RATE_SCALE`, `undefined` where none was published that day. */
  readonly perEuro: ReadonlyMap<string, readonly (bigint | undefined)[]>;
}

/** No rates at all: only amounts in the reporting currency can be converted. */
export const NO_RATES: RateTable = { origin: '', days: [], perEuro: new Map() };

/** A rate with the day on which it was published. */
export interface DatedRate {
  /** Units of the target currency per unit of the source currency, times `RATE_SCALE`. */
  readonly rate: bigint;
  readonly published: IsoDate;
}

/** Index of the last day on or before `day`; −1 when there is none. */
function lastDayIndex(days: readonly IsoDate[], day: IsoDate): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((days[middle] ?? '') <= day) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function crossAt(table: RateTable, index: number, from: string, to: string): bigint | undefined {
  const perEuroFrom = from === 'EUR' ? RATE_SCALE : table.perEuro.get(from)?.[index];
  const perEuroTo = to === 'EUR' ? RATE_SCALE : table.perEuro.get(to)?.[index];
  if (perEuroFrom === undefined || perEuroTo === undefined || perEuroFrom === 0n) return undefined;
  return divideRounded(perEuroTo * RATE_SCALE, perEuroFrom);
}

/**
 * The rate from one currency to another on a day: the cross through the euro of the last day on or before it on which
 * both were published, at most `RATE_AGE_DAYS_MAX` days old; never a later one. `undefined` when there is none.
 */
export function rateOn(table: RateTable, day: IsoDate, from: string, to: string): DatedRate | undefined {
  if (from === to) return { rate: RATE_SCALE, published: day };
  for (let index = lastDayIndex(table.days, day); index >= 0; index -= 1) {
    const published = table.days[index];
    if (published === undefined || daysBetween(published, day) > RATE_AGE_DAYS_MAX) return undefined;
    const rate = crossAt(table, index, from, to);
    if (rate !== undefined) return { rate, published };
  }
  return undefined;
}

/**
 * The mean of the daily cross rates published from `first` to `last`, both included. When the period holds no
 * published day, the rate on its last day. `undefined` when there is neither.
 */
export function meanRate(
  table: RateTable,
  first: IsoDate,
  last: IsoDate,
  from: string,
  to: string,
): bigint | undefined {
  if (from === to) return RATE_SCALE;
  let sum = 0n;
  let count = 0n;
  for (const [index, day] of table.days.entries()) {
    if (day < first || day > last) continue;
    const rate = crossAt(table, index, from, to);
    if (rate === undefined) continue;
    sum += rate;
    count += 1n;
  }
  return count === 0n ? rateOn(table, last, from, to)?.rate : divideRounded(sum, count);
}

/** An amount at a rate, rounded to the micro-unit. */
export function convertMicros(micros: Micros, rate: bigint): Micros {
  return rate === RATE_SCALE ? micros : divideRounded(micros * rate, RATE_SCALE);
}

/** Digits after the point that a rate keeps. */
const RATE_DIGITS = 12;

/** A published rate as the integer that a table holds. */
export function scaledRate({ digits, scale }: DecimalText): bigint {
  if (scale <= RATE_DIGITS) return digits * 10n ** BigInt(RATE_DIGITS - scale);
  return divideRounded(digits, 10n ** BigInt(scale - RATE_DIGITS));
}

/** Two tables as one: a rate of the first is kept, what it lacks comes from the second. */
export function mergeRates(first: RateTable, second: RateTable): RateTable {
  if (second.days.length === 0) return first;
  if (first.days.length === 0) return second;
  const days = [...new Set([...first.days, ...second.days])].sort();
  const currencies = new Set([...first.perEuro.keys(), ...second.perEuro.keys()]);
  const places = [first, second].map((table) => new Map(table.days.map((day, index) => [day, index])));
  const rate = (table: RateTable, place: ReadonlyMap<IsoDate, number> | undefined, currency: string, day: IsoDate) =>
    table.perEuro.get(currency)?.[place?.get(day) ?? -1];
  return {
    origin: `${first.origin} and ${second.origin}`,
    days,
    perEuro: new Map(
      [...currencies].map((currency) => [
        currency,
        days.map((day) => rate(first, places[0], currency, day) ?? rate(second, places[1], currency, day)),
      ]),
    ),
  };
}
