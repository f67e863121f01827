import { z } from 'zod';

import { canonicalTags } from '../core/charge.js';
import { isCurrency } from '../core/currency.js';
import type { IsoDate } from '../core/date.js';
import type { DecimalText } from '../core/money.js';
import type { PullWindow } from './service.js';

/** Currencies whose amounts Stripe writes in whole units, MGA among them, which ISO 4217 gives two digits. */
const WHOLE_UNITS = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ');
const THOUSANDTHS = 'BHD JOD KWD OMR TND'.split(' ');
/** Of these ISO 4217 has other digits than two, and Stripe does not say how it writes them. */
const UNKNOWN = 'BYR CLF IQD LYD UYI UYW'.split(' ');
/**
 * Whole units by custom, hundredths at Stripe. Of UGX its pages say both; where hundredths are meant, amounts end in 00.
 */
const HUNDREDTHS_OF_WHOLE_UNITS = new Set(['UGX']);

const DIGITS: ReadonlyMap<string, number | undefined> = new Map<string, number | undefined>([
  ...WHOLE_UNITS.map((code) => [code, 0] as const),
  ...THOUSANDTHS.map((code) => [code, 3] as const),
  ...UNKNOWN.map((code) => [code, undefined] as const),
]);

/** Digits after the decimal mark of Stripe's amounts in a currency (upper case); undefined where it is not known. */
export function stripeDigits(currency: string): number | undefined {
  return DIGITS.has(currency) ? DIGITS.get(currency) : 2;
}

/** An amount of Stripe as a decimal; a phrase saying why where it cannot be told what it means. */
export function stripeMoney(amount: bigint, currency: string): DecimalText | string {
  const digits = stripeDigits(currency);
  if (digits === undefined) return `how Stripe writes amounts in ${currency} is not known`;
  if (HUNDREDTHS_OF_WHOLE_UNITS.has(currency) && amount % 100n !== 0n) {
    return `${amount} is no amount in ${currency}, which Stripe writes in hundredths that end in 00`;
  }
  return { digits: amount, scale: digits };
}

/** A currency of Stripe, which writes it in lower case, as upper case. */
export const stripeCurrency = z.string().transform((text, context): string => {
  const code = text.toUpperCase();
  if (isCurrency(code)) return code;
  context.issues.push({ code: 'custom', input: text, message: `"${text}" is no currency code of ISO 4217` });
  return z.NEVER;
});

/** A whole number of the smallest units. */
export const minorAmount = z.int().transform(BigInt);

const SECONDS_MAX = 253_402_300_799;

/** A moment in seconds since 1970 as its day in UTC. */
export const dayOfSeconds = z.int().min(0).max(SECONDS_MAX).transform(dayOfUnix);

function dayOfUnix(seconds: number): IsoDate {
  return new Date(seconds * 1_000).toISOString().slice(0, 10) as IsoDate;
}

/** Key-value pairs that people put on an object of Stripe; none where it has none. */
export const metadata = z
  .record(z.string(), z.string())
  .nullish()
  .transform((pairs): Metadata => pairs ?? {});
export type Metadata = Readonly<Record<string, string>>;

/** A text without blanks around it; empty where there is none. */
export const optionalText = z
  .string()
  .nullish()
  .transform((text) => text?.trim() ?? '');

/** The first of several objects that has a value under a key; empty where none has. */
export function metadataValue(key: string, all: readonly Metadata[]): string {
  for (const pairs of all) {
    const value = Object.hasOwn(pairs, key) ? pairs[key]?.trim() : undefined;
    if (value !== undefined && value !== '') return value;
  }
  return '';
}

/** The chosen keys as tags of a line. */
export function metadataTags(keys: readonly string[], all: readonly Metadata[]): string {
  return keys.length === 0 ? '{}' : canonicalTags(keys.map((key) => [key, metadataValue(key, all)]));
}

/** The filter for what was created on the days of a window, in UTC. */
export function createdIn({ from, to }: PullWindow): { readonly gte: number; readonly lt: number } {
  return { gte: Date.parse(from) / 1_000, lt: Date.parse(to) / 1_000 };
}

const DATES = /\(?\b\d{4}-\d{2}(?:-\d{2})?\b(?:\s*(?:-|–|to)\s*\d{4}-\d{2}(?:-\d{2})?\b)?\)?/g;
const IDS = /\b[a-z]{2,8}_[A-Za-z0-9]{8,}\b/g;
const NUMBERS = /(?<![\w.,])\d[\d.,]*(?![\w])/g;

/** A description without what differs from month to month: dates, ids and counts. */
export function stableText(text: string): string {
  return text
    .replace(DATES, ' ')
    .replace(IDS, ' ')
    .replace(NUMBERS, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ (?=[:,.;])/g, '')
    .trim();
}
