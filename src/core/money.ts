import { currenciesOfSign } from './currency-signs.js';

/** Money in integer millionths of the currency's main unit (1.23 EUR = 1_230_000n). Never a float. */
export type Micros = bigint;

/** Micro-units in one main unit. */
export const MICROS_PER_UNIT = 1_000_000n;

/** How a file writes its numbers. Stated in the source's settings, never guessed from the number. */
export interface NumberFormat {
  /** The mark before the fraction. */
  readonly decimal: '.' | ',';
  /** The marks that may separate groups of digits; empty when the file groups nothing. A space stands for every kind of space. */
  readonly group: '' | ',' | '.' | ' ' | "'";
}

/** Numbers as `1234.56`. */
export const PLAIN_NUMBERS: NumberFormat = { decimal: '.', group: '' };

/** Digits after the decimal mark that a text may carry, zeros at the end aside; more are refused rather than silently cut. */
export const FRACTION_DIGITS_MAX = 18;
/** Largest power of ten an e-notation may name; larger is no amount of money. */
const EXPONENT_MAX = 18;
/** Largest amount that fits the ledger's 64-bit integer, in micro-units. */
export const MICROS_MAX: Micros = 9_223_372_036_854_775_807n;

export interface DecimalText {
  /** The value times 10^`scale`. */
  readonly digits: bigint;
  /** Digits after the decimal mark. */
  readonly scale: number;
}

const SPACES = /\s/g;
// A sign inside a number is an error: some write it in the place of the decimal mark (`12$50`).
const CURRENCY_SIGN_AT_AN_END = /^\p{Sc}|\p{Sc}$/u;
const HYPHENS_AND_MINUSES = /[\u2010-\u2013\u2212\ufe63]/g;
// Digits and marks as East Asian systems write them. Not NFKC: it would make 100¹ (a footnote) 1001.
const FULL_WIDTH = /[\uff01-\uff5e]/g;
const FULL_WIDTH_OFFSET = 0xfee0;

/**
 * Reads decimal text under a stated format: groups, decimal comma, parentheses or a minus before or after for negatives,
 * the ISO code of the row's currency or a sign of that currency at either end, inside or outside of the sign, e-notation.
 * Without a code no currency sign is read, as it could be that of any. Returns `undefined` for anything else, so that the
 * caller can reject the row with its place.
 */
export function parseDecimal(text: string, format: NumberFormat, currencyCode?: string): DecimalText | undefined {
  let rest = text
    .replace(FULL_WIDTH, (character) => String.fromCharCode(character.charCodeAt(0) - FULL_WIDTH_OFFSET))
    .replace(HYPHENS_AND_MINUSES, '-')
    .trim();
  rest = stripCurrency(rest, currencyCode);
  let negative = false;
  if (rest.startsWith('(') && rest.endsWith(')')) {
    negative = true;
    rest = stripCurrency(rest.slice(1, -1).trim(), currencyCode);
  }
  const sign = /^([+-])\s*(.*)$/s.exec(rest);
  if (sign !== null) {
    if (negative) return undefined;
    negative = sign[1] === '-';
    rest = stripCurrency(sign[2] ?? '', currencyCode);
  } else if (rest.endsWith('-') || rest.endsWith('+')) {
    if (negative) return undefined;
    negative = rest.endsWith('-');
    rest = stripCurrency(rest.slice(0, -1).trim(), currencyCode);
  }
  const parts = splitNumber(rest, format);
  if (parts === undefined) return undefined;
  return scaled(parts, negative);
}

/** Without one currency sign and one ISO code, each at either end. */
function stripCurrency(text: string, currencyCode: string | undefined): string {
  const unsigned = stripSign(text, currencyCode);
  const rest = currencyCode === undefined ? unsigned : stripCode(unsigned, currencyCode);
  // The sign may stand inside of the code: `USD $5`.
  return unsigned === text ? stripSign(rest, currencyCode) : rest;
}

/** Without a sign at an end that may belong to the currency; another sign stays, and makes the text no number. */
function stripSign(text: string, currencyCode: string | undefined): string {
  const sign = CURRENCY_SIGN_AT_AN_END.exec(text)?.[0];
  if (sign === undefined || currencyCode === undefined) return text.trim();
  if (!currenciesOfSign(sign).includes(currencyCode)) return text.trim();
  return text.replace(CURRENCY_SIGN_AT_AN_END, '').trim();
}

function stripCode(text: string, currencyCode: string): string {
  const upper = text.toUpperCase();
  if (upper.startsWith(currencyCode)) return text.slice(currencyCode.length).trim();
  return upper.endsWith(currencyCode) ? text.slice(0, -currencyCode.length).trim() : text;
}

interface NumberParts {
  readonly whole: string;
  readonly fraction: string;
  readonly exponent: number;
}

function splitNumber(text: string, format: NumberFormat): NumberParts | undefined {
  const exponentMatch = /^(.*?)[eE]([+-]?\d{1,3})$/s.exec(text);
  const mantissa = exponentMatch === null ? text : (exponentMatch[1] ?? '');
  const exponent = exponentMatch === null ? 0 : Number(exponentMatch[2]);
  const at = mantissa.lastIndexOf(format.decimal);
  const wholeText = at === -1 ? mantissa : mantissa.slice(0, at);
  const fraction = at === -1 ? '' : mantissa.slice(at + 1);
  const whole = withoutGroups(wholeText, format.group);
  if (whole === undefined || !/^\d*$/.test(fraction) || (whole === '' && fraction === '')) return undefined;
  if (Math.abs(exponent) > EXPONENT_MAX || fraction.replace(/0+$/, '').length > FRACTION_DIGITS_MAX) return undefined;
  return { whole, fraction, exponent };
}

/** Digits without their group marks; groups after the first must have three digits, or two as in India (`12,34,567`). */
function withoutGroups(text: string, group: NumberFormat['group']): string | undefined {
  if (/^\d*$/.test(text)) return text;
  if (group === '') return undefined;
  const marked = group === ' ' ? text.replace(SPACES, ' ') : text.replace(/\u2019/g, "'");
  const groups = marked.split(group);
  const [first, ...others] = groups;
  const last = others.pop();
  if (first === undefined || last === undefined || !/^\d{1,3}$/.test(first) || !/^\d{3}$/.test(last)) return undefined;
  const thousands = others.every((digits) => /^\d{3}$/.test(digits));
  const lakhs = first.length <= 2 && others.every((digits) => /^\d{2}$/.test(digits));
  return thousands || lakhs ? groups.join('') : undefined;
}

function scaled(parts: NumberParts, negative: boolean): DecimalText {
  let digits = BigInt(`${parts.whole}${parts.fraction}`);
  let scale = parts.fraction.length - parts.exponent;
  if (scale < 0) {
    digits *= powerOfTen(-scale);
    scale = 0;
  }
  return { digits: negative ? -digits : digits, scale };
}

/**
 * `numerator / denominator` rounded to the nearest integer, halves away from zero (commercial rounding, the one rule
 * used wherever money is rounded; DuckDB's decimal casts round the same way). `denominator` > 0.
 */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const remainder = numerator % denominator;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  if (twice < denominator) return quotient;
  return numerator < 0n ? quotient - 1n : quotient + 1n;
}

/** Powers that money needs, made once: raising a bigint takes longer than all else that is done with an amount. */
const POWERS_OF_TEN: readonly bigint[] = Array.from({ length: 64 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10 to the power of a whole number from 0. */
export function powerOfTen(exponent: number): bigint {
  return POWERS_OF_TEN[exponent] ?? 10n ** BigInt(exponent);
}

/** A decimal as micro-units, rounded below the millionth. `undefined` when it does not fit 64 bits. */
export function toMicros(decimal: DecimalText): Micros | undefined {
  const micros =
    decimal.scale <= 6
      ? decimal.digits * powerOfTen(6 - decimal.scale)
      : divideRounded(decimal.digits, powerOfTen(decimal.scale - 6));
  return micros > MICROS_MAX || micros < -MICROS_MAX ? undefined : micros;
}

/** Reads decimal text as micro-units; `undefined` when it is not a number in this format or does not fit. */
export function parseMicros(
  text: string,
  format: NumberFormat = PLAIN_NUMBERS,
  currencyCode?: string,
): Micros | undefined {
  const decimal = parseDecimal(text, format, currencyCode);
  return decimal === undefined ? undefined : toMicros(decimal);
}

/** Micro-units as exact decimal text with at least `digitsMin` digits after the point: `1230000n` → `1.23`. */
export function formatMicros(micros: Micros, digitsMin = 2): string {
  const absolute = micros < 0n ? -micros : micros;
  const fraction = (absolute % MICROS_PER_UNIT).toString().padStart(6, '0').replace(/0+$/, '').padEnd(digitsMin, '0');
  const whole = (absolute / MICROS_PER_UNIT).toString();
  return `${micros < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Micro-units rounded to `digits` decimals, as text with thousands separators: `1,234.56`. */
export function formatAmount(micros: Micros, digits = 2): string {
  const factor = 10n ** BigInt(digits);
  const rounded = divideRounded(micros * factor, MICROS_PER_UNIT);
  const absolute = rounded < 0n ? -rounded : rounded;
  const whole = (absolute / factor).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = digits === 0 ? '' : `.${(absolute % factor).toString().padStart(digits, '0')}`;
  return `${rounded < 0n ? '-' : ''}${whole}${fraction}`;
}

/** Sum of amounts of one currency. */
export function sumMicros(amounts: Iterable<Micros>): Micros {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return sum;
}

/** The amount without its sign. */
export function absoluteMicros(micros: Micros): Micros {
  return micros < 0n ? -micros : micros;
}
