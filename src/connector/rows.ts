import { z } from 'zod';

import type { RejectedRow } from '../core/batch.js';
import { isCurrency } from '../core/currency.js';
import { parseIsoDate, type IsoDate } from '../core/date.js';
import { reasonOf, rejectedRow } from './values.js';

/** Rows of one page, sorted. */
export interface SortedRows<Row> {
  readonly rows: readonly Row[];
  readonly rejected: readonly RejectedRow[];
  readonly skippedCount: number;
}

/**
 * Reads the rows of a page that are spend, and counts the others without reading them: what was declined or is a draft may
 * lack what spend must have.
 *
 * @param isSpend false for a row to be left out on purpose; true also where that cannot be told, so that `schema` decides
 */
export function sortRows<Row>(
  schema: z.ZodType<Row>,
  rows: readonly unknown[],
  request: string,
  isSpend: (row: unknown) => boolean,
): SortedRows<Row> {
  const accepted: Row[] = [];
  const rejected: RejectedRow[] = [];
  let skippedCount = 0;
  for (const [index, row] of rows.entries()) {
    if (!isSpend(row)) {
      skippedCount += 1;
      continue;
    }
    const result = schema.safeParse(row);
    if (result.success) accepted.push(result.data);
    else rejected.push(rejectedRow(request, index + 1, reasonOf(result.error), row));
  }
  return { rows: accepted, rejected, skippedCount };
}

/** A text without blanks around it; empty where there is none. A number is its digits. */
export const optionalText = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((text) => (text === null || text === undefined ? '' : String(text).trim()));

/** A whole number of the smallest units of a currency, also one that no float holds. */
export const wholeNumber = z.union([z.int(), z.string().regex(/^-?\d+$/, 'must be a whole number')]).transform(BigInt);

/** A currency code of ISO 4217 in any case, or none. */
export const optionalCurrency = z
  .string()
  .nullish()
  .transform((text, context): string | undefined => {
    if (text === null || text === undefined || text === '') return undefined;
    const code = text.toUpperCase();
    if (isCurrency(code)) return code;
    context.issues.push({ code: 'custom', input: text, message: `"${text}" is no currency code of ISO 4217` });
    return z.NEVER;
  });

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** The day in UTC of a moment of ISO 8601; one without a zone is in UTC already. */
export const utcDay = z.string().transform((text, context): IsoDate => {
  const found = MOMENT.exec(text);
  const written = parseIsoDate(found?.[1] ?? '');
  const zone = found?.[2];
  if (written !== undefined && (zone === undefined || zone === 'Z')) return written;
  const moment = Date.parse(text);
  const day =
    written === undefined || Number.isNaN(moment)
      ? undefined
      : parseIsoDate(new Date(moment).toISOString().slice(0, 10));
  if (day !== undefined) return day;
  context.issues.push({ code: 'custom', input: text, message: `"${text}" is no moment of ISO 8601` });
  return z.NEVER;
});

/** A ledger account as a person knows it: its number and its name, whichever there are. */
export function accountText(number: string, name: string): string {
  // Some services repeat the number in the name.
  return name.startsWith(number) ? name : `${number} ${name}`.trim();
}
