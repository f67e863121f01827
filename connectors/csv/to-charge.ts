import { isCurrency } from '../../src/core/currency.js';
import { currenciesOfSign, signIn } from '../../src/core/currency-signs.js';
import { parseDecimal, toMicros, type DecimalText, type Micros, type NumberFormat } from '../../src/core/money.js';
import type { FileColumn, FileColumns } from './columns.js';
import { readDate, type DateFormat } from './dates.js';
import type { CsvSettings } from './settings.js';

/** Decimals an amount may have: what `SOURCE_DECIMAL` holds, so that control totals are exact. */
export const AMOUNT_DECIMALS_MAX = 12;

/** What a row's cells mean, or why they mean nothing. */
export type RowReading =
  | { readonly day: number; readonly currency: string; readonly amount: DecimalText; readonly micros: Micros }
  | { readonly reasons: readonly string[] };

/** An amount as read from its text, not yet turned to spend positive. */
export interface Amount {
  readonly decimal: DecimalText;
  readonly micros: Micros;
}

/**
 * Reads an amount; a phrase saying why when it is none. The one meaning of amounts of this connector: the SQL of
 * staging.ts only takes a short cut for plain forms of it. `currency` is empty where it is not known: then a sign is
 * taken for one of its own currency, and the caller still has to say what the currency is.
 */
export function readAmount(text: string, format: NumberFormat, currency: string): Amount | string {
  const sign = signIn(text);
  const own = sign === undefined ? [] : currenciesOfSign(sign);
  const decimal = parseDecimal(text, format, currency === '' ? own[0] : currency);
  if (decimal === undefined && sign !== undefined && currency !== '' && !own.includes(currency)) {
    return `carries "${sign}", which is no sign of ${currency}`;
  }
  if (decimal === undefined) return `is no amount with decimal mark "${format.decimal}"${groupPhrase(format)}`;
  const short = withoutTrailingZeros(decimal);
  if (short.scale > AMOUNT_DECIMALS_MAX) return `has more than ${AMOUNT_DECIMALS_MAX} decimals`;
  const micros = toMicros(short);
  return micros === undefined ? 'is larger than any amount that can be kept' : { decimal: short, micros };
}

function groupPhrase(format: NumberFormat): string {
  return format.group === '' ? ' and no group mark' : ` and group mark "${format.group}"`;
}

function withoutTrailingZeros(decimal: DecimalText): DecimalText {
  let { digits, scale } = decimal;
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n;
    scale -= 1;
  }
  return { digits, scale };
}

/** A code of ISO 4217 in any case, upper case; `undefined` when the text is none. */
export function readCurrency(text: string): string | undefined {
  const code = text.trim().toUpperCase();
  return isCurrency(code) ? code : undefined;
}

/**
 * Reads one row, cell by cell, as the SQL of staging.ts does for many. Used to check the first rows of a file and to say
 * why a row was rejected; all reasons are found, each naming column and text.
 */
export function readRow(
  cells: readonly (string | null | undefined)[],
  columns: FileColumns,
  settings: CsvSettings,
  formats: readonly DateFormat[],
): RowReading {
  const reasons: string[] = [];
  const text = (column: FileColumn): string => cells[column.index] ?? '';
  const fail = (column: FileColumn, reason: string): void => {
    const { header } = column;
    reasons.push(text(column).trim() === '' ? `${header} is empty` : `${header} "${text(column)}" ${reason}`);
  };
  const date = readDate(text(columns.date), formats);
  if ('reason' in date) fail(columns.date, date.reason);
  const currency = columns.currency === undefined ? settings.currency : readCurrency(text(columns.currency));
  if (columns.currency !== undefined && currency === undefined) {
    fail(columns.currency, 'is no currency code of ISO 4217');
  }
  const amounts = signedColumns(columns, settings);
  const filled = amounts.filter(([column]) => text(column).trim() !== '');
  if (filled.length === 0)
    reasons.push(`${amounts.map(([column]) => column.header).join(' and ')} ${emptyPhrase(amounts)}`);
  const parts: (Amount & { readonly sign: 1 | -1 })[] = [];
  for (const [column, sign] of filled) {
    const amount = readAmount(text(column), settings.amount, currency ?? '');
    if (typeof amount === 'string') fail(column, amount);
    else parts.push({ ...amount, sign });
  }
  if (columns.key.length > 0 && columns.key.every((column) => text(column) === '')) {
    reasons.push(`the key (${columns.key.map((column) => column.header).join(', ')}) is empty`);
  }
  if (reasons.length > 0 || 'reason' in date || currency === undefined) return { reasons };
  return { day: date.day, currency, amount: signedSum(parts), micros: microsSum(parts) };
}

function emptyPhrase(amounts: readonly unknown[]): string {
  return amounts.length === 1 ? 'is empty' : 'are both empty';
}

/** The columns whose amounts make up the spend, each with the sign that makes spend positive. */
export function signedColumns(columns: FileColumns, settings: CsvSettings): (readonly [FileColumn, 1 | -1])[] {
  const spend = settings.amount.sign === 'spend-positive' ? 1 : -1;
  const refund = settings.amount.sign === 'spend-positive' ? -1 : 1;
  const all = [
    [columns.amount, spend],
    [columns.debit, spend],
    [columns.credit, refund],
  ] as const;
  return all.flatMap(([column, sign]) => (column === undefined ? [] : [[column, sign] as const]));
}

function microsSum(parts: readonly { readonly micros: Micros; readonly sign: 1 | -1 }[]): Micros {
  return parts.reduce((sum, { micros, sign }) => sum + micros * BigInt(sign), 0n);
}

function signedSum(parts: readonly { readonly decimal: DecimalText; readonly sign: 1 | -1 }[]): DecimalText {
  const scale = Math.max(0, ...parts.map(({ decimal }) => decimal.scale));
  const digits = parts.reduce(
    (sum, { decimal, sign }) => sum + decimal.digits * 10n ** BigInt(scale - decimal.scale) * BigInt(sign),
    0n,
  );
  return { digits, scale };
}
