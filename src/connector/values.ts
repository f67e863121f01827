import { z } from 'zod';

import { isCurrency, minorDigits } from '../core/currency.js';
import { parseIsoDate, type IsoDate } from '../core/date.js';
import { powerOfTen, type DecimalText } from '../core/money.js';
import type { RejectedRow } from '../core/batch.js';

/** Characters of a rejected row that are kept. */
const ROW_CHARACTERS_MAX = 1_000;

/** A decimal of a reply: text as the service wrote it, or a whole number. */
export const decimal = z.union([z.string(), z.number()]).transform((value, context): DecimalText => {
  const read = decimalOf(value);
  if (read !== undefined) return read;
  context.issues.push({ code: 'custom', input: value, message: `"${value}" is no decimal number` });
  return z.NEVER;
});

/** A currency code in any case, as upper case. */
export const currencyCode = z.string().transform((text, context): string => {
  const code = text.toUpperCase();
  if (isCurrency(code)) return code;
  context.issues.push({ code: 'custom', input: text, message: `"${text}" is no currency code of ISO 4217` });
  return z.NEVER;
});

/** The day at the beginning of a text: `2026-10-31`, `2026-10-31T08:00:00+02:00`. Its zone is the service's. */
export const leadingDay = z.string().transform((text, context): IsoDate => {
  const day = parseIsoDate(text.slice(0, 10));
  if (day !== undefined) return day;
  context.issues.push({ code: 'custom', input: text, message: `"${text}" does not begin with a day` });
  return z.NEVER;
});

/** Digits after the point that a service's number may have: floats written out, such as 1.8E-19, have many. */
const SCALE_MAX = 60;

/** Exact value of a decimal text (`12`, `-0.5`, `1.8E-19`) or a whole number; undefined when it is neither. */
export function decimalOf(value: string | number): DecimalText | undefined {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { digits: BigInt(value), scale: 0 } : undefined;
  }
  const plain = plainDecimal(value);
  if (plain !== undefined) return plain;
  const match = /^([+-]?)(?=\.?\d)(\d{0,40})(?:\.(\d{0,60}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(value.trim());
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  if (scale > SCALE_MAX) return undefined;
  return scale < 0 ? { digits: digits * powerOfTen(-scale), scale: 0 } : { digits, scale };
}

const [MINUS, POINT, ZERO, NINE] = [0x2d, 0x2e, 0x30, 0x39];
/** So many digits a float holds exactly. */
const PLAIN_DIGITS_MAX = 15;

/** Value of a text such as `-12.5`, as nearly all amounts are: without an expression and its parts. */
function plainDecimal(text: string): DecimalText | undefined {
  const first = text.charCodeAt(0) === MINUS ? 1 : 0;
  const last = text.length - 1;
  if (last < first || last - first > PLAIN_DIGITS_MAX) return undefined;
  let digits = 0;
  let point = -1;
  for (let at = first; at <= last; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) digits = digits * 10 + (code - ZERO);
    else if (code === POINT && point === -1 && at > first && at < last) point = at;
    else return undefined;
  }
  if (point === -1 && last - first === PLAIN_DIGITS_MAX) return undefined;
  return { digits: BigInt(first === 0 ? digits : -digits), scale: point === -1 ? 0 : last - point };
}

/** A whole number of minor units (cents) as a decimal of the currency; `digits` where a service counts otherwise. */
export function minorUnits(amount: number | bigint, currency: string, digits = minorDigits(currency)): DecimalText {
  return { digits: BigInt(amount), scale: digits };
}

/** The decimal with the other sign: spend where a source writes outflows negative. */
export function negated({ digits, scale }: DecimalText): DecimalText {
  return { digits: -digits, scale };
}

/** The day of a moment in a time zone. */
export function dayIn(timeZone: string, moment: Date): IsoDate {
  return dayFormat(timeZone).format(moment) as IsoDate;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function dayFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  // Sweden writes days as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  formats.set(timeZone, format);
  return format;
}

/** Rows of a reply that fit, and the others. */
export interface ReadRows<Row> {
  readonly rows: readonly Row[];
  readonly rejected: readonly RejectedRow[];
}

/** Rows of a reply one by one against a schema: those that do not fit are set aside with the reason. */
export function readRows<Row>(
  schema: z.ZodType<Row>,
  rows: readonly unknown[],
  request: string,
  firstRow = 1,
): ReadRows<Row> {
  const accepted: Row[] = [];
  const rejected: RejectedRow[] = [];
  for (const [index, row] of rows.entries()) {
    const result = schema.safeParse(row);
    if (result.success) accepted.push(result.data);
    else rejected.push(rejectedRow(request, firstRow + index, reasonOf(result.error), row));
  }
  return { rows: accepted, rejected };
}

/** Why a row does not fit, in words. */
export function reasonOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.map(String).join('.') || 'the row'}: ${message}`).join('; ');
}

/** A row of a reply that is set aside. */
export function rejectedRow(request: string, row: number, reason: string, value: unknown): RejectedRow {
  // Of nothing at all there is no JSON, whatever the types say.
  const text = JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) as
    string | undefined;
  return { file: request, row, reason, text: (text ?? String(value)).slice(0, ROW_CHARACTERS_MAX) };
}
