import { absoluteMicros, divideRounded, formatAmount, MICROS_PER_UNIT, type Micros } from '../core/money.js';
import { addMonths, type Month, type Period } from '../core/period.js';

/** The minus of typography; JSON and CSV write the ASCII hyphen instead. */
export const MINUS = '\u2212';

/** Signs that are understood without their country; every other currency is written by its code. */
const SIGNS: ReadonlyMap<string, string> = new Map([
  ['GBP', '£'],
  ['EUR', '€'],
  ['USD', '$'],
  ['JPY', '¥'],
  ['INR', '₹'],
]);

/** What stands before an amount: `£`, or the code and a space. */
export function currencyMark(currency: string): string {
  return SIGNS.get(currency) ?? `${currency} `;
}

/** Which signs are written: only a minus, or a plus as well (zero has neither). */
export type SignStyle = 'minus' | 'both';

function signOf(value: bigint, style: SignStyle): string {
  if (value < 0n) return MINUS;
  return style === 'both' && value > 0n ? '+' : '';
}

interface ShortScale {
  /** Micro-units of one step of the last digit shown. */
  readonly step: bigint;
  readonly digits: number;
  readonly unit: string;
  /** The first count of steps that belongs to the next scale, so that 999,600 becomes 1.0m and never 1000k. */
  readonly below: bigint;
}

const SHORT_SCALES: readonly ShortScale[] = [
  { step: 10_000n, digits: 2, unit: '', below: 10_000n },
  { step: MICROS_PER_UNIT, digits: 0, unit: '', below: 1_000n },
  { step: 100n * MICROS_PER_UNIT, digits: 1, unit: 'k', below: 100n },
  { step: 1_000n * MICROS_PER_UNIT, digits: 0, unit: 'k', below: 1_000n },
  { step: 100_000n * MICROS_PER_UNIT, digits: 1, unit: 'm', below: 1_000n },
  { step: 1_000_000n * MICROS_PER_UNIT, digits: 0, unit: 'm', below: 1_000n },
];
const LARGEST_SCALE: ShortScale = { step: 100_000_000n * MICROS_PER_UNIT, digits: 1, unit: 'bn', below: 0n };

function stepsAsText(steps: bigint, digits: number): string {
  return formatAmount(steps * 10n ** BigInt(6 - digits), digits);
}

/** An unsigned amount in at most four digits: `20.52`, `412`, `4.1k`, `412k`, `1.2m`, `1.3bn`; `<0.01` for dust. */
function shortAbsolute(absolute: Micros): string {
  if (absolute === 0n) return '0';
  for (const scale of SHORT_SCALES) {
    const steps = divideRounded(absolute, scale.step);
    if (steps === 0n) return '<0.01';
    if (steps < scale.below) return stepsAsText(steps, scale.digits) + scale.unit;
  }
  return stepsAsText(divideRounded(absolute, LARGEST_SCALE.step), LARGEST_SCALE.digits) + LARGEST_SCALE.unit;
}

/** An amount for people in a hurry, without its currency: `412k`, `−1.2m`. */
export function shortAmount(micros: Micros, style: SignStyle = 'minus'): string {
  return signOf(micros, style) + shortAbsolute(absoluteMicros(micros));
}

/** An amount for people in a hurry: `£412k`, `−£1.2m`, `CHF 8.4k`. */
export function shortMoney(micros: Micros, currency: string, style: SignStyle = 'minus'): string {
  return signOf(micros, style) + currencyMark(currency) + shortAbsolute(absoluteMicros(micros));
}

/** An amount for a column of figures, thousands grouped: `1,234,567`, `−412.50`. */
export function columnAmount(micros: Micros, digits: number, style: SignStyle = 'minus'): string {
  const text = formatAmount(absoluteMicros(micros), digits);
  // An amount that rounds to zero carries no sign: "−0" is no figure.
  return (/[1-9]/.test(text) ? signOf(micros, style) : '') + text;
}

/** Digits for a column whose largest amount is given: cents only where amounts are small enough for them to matter. */
export function columnDigits(largest: Micros): number {
  return absoluteMicros(largest) < 10_000n * MICROS_PER_UNIT ? 2 : 0;
}

/** Parts per million as tenths of a percent, the precision in which shares are shown. */
function tenths(perMillion: number): bigint {
  return divideRounded(BigInt(perMillion), 1_000n);
}

function tenthsAsText(value: bigint): string {
  const absolute = value < 0n ? -value : value;
  return `${absolute / 10n}.${absolute % 10n}`;
}

/** `612345` → `61.2`: a share in percent without its sign, for columns that say so. */
export function percentFigure(perMillion: number): string {
  const value = tenths(perMillion);
  return (value < 0n ? MINUS : '') + tenthsAsText(value);
}

/** `612345` → `61.2 %`. */
export function percent(perMillion: number): string {
  return `${percentFigure(perMillion)} %`;
}

/**
 * The difference of two shares in points, signed: `−9.2`. It is the difference of the shares as shown, so that a reader
 * who subtracts them finds the same.
 */
export function pointsFigure(before: number, after: number): string {
  const difference = tenths(after) - tenths(before);
  return signOf(difference, 'both') + tenthsAsText(difference);
}

/** `part` of `whole` in parts per million, rounded; `undefined` when the whole is not positive. */
export function perMillionOf(part: Micros, whole: Micros): number | undefined {
  return whole > 0n ? Number(divideRounded(part * 1_000_000n, whole)) : undefined;
}

const MONTH_NAMES = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `2021-03` → `March 2021`. */
export function monthWords(month: Month): string {
  return `${MONTH_NAMES[Number(month.slice(5, 7)) - 1] ?? ''} ${month.slice(0, 4)}`;
}

/** A period for reading: `March 2022`, `2021`, `April 2020 – March 2021`. */
export function periodWords(period: Period): string {
  const last = addMonths(period.to, -1);
  if (last === period.from) return monthWords(period.from);
  const year = period.from.slice(0, 4);
  if (period.from === `${year}-01` && last === `${year}-12`) return year;
  return `${monthWords(period.from)} – ${monthWords(last)}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.slice(-1).join('')}`;
}

/** `12,345`. */
export function countFigure(count: number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 line`, `2,345 lines`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countFigure(count)} ${count === 1 ? one : many}`;
}

// Control characters steer a terminal; marks of direction and of no width let a payee pretend to be another.
const UNSAFE = /[\p{Cc}\p{Cs}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;

/** A source's text made fit for a reader: control and direction characters become one space, ends are trimmed. */
export function cleanText(text: string): string {
  return text.replace(UNSAFE, ' ').trim();
}

/** A value as JSON for people and programs: two blanks for each level, a line break at the end. */
export function prettyJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
