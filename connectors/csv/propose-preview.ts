import { dateOfDayNumber } from '../../src/core/date.js';
import { formatMicros, type Micros, type NumberFormat } from '../../src/core/money.js';
import { dateFormatsFor, readDate, type DateFormat } from './dates.js';
import { isSkipped } from './propose-rows.js';
import type { Proposal, ProposedSettings, TableSample } from './propose-types.js';
import { readAmount, readCurrency } from './to-charge.js';

/** Unreadable rows that a preview keeps. */
const REJECTED_KEPT_MAX = 10;

/** A row as understood; a text is empty where its field is open. */
export interface PreviewRow {
  /** 1-based line of the file. */
  readonly line: number;
  /** ISO date. */
  readonly date: string;
  /** Decimal text, spend positive. */
  readonly amount: string;
  readonly currency: string;
  readonly payee: string;
  /** The other mapped columns by key, such as `costCenter`. */
  readonly others: Readonly<Record<string, string>>;
}

export interface Preview {
  readonly rows: readonly PreviewRow[];
  /** The first rows that the settings would reject, with every reason. */
  readonly rejected: readonly { readonly line: number; readonly reasons: readonly string[] }[];
  /** Of all rows of the sample. */
  readonly rejectedCount: number;
  /** Rows left out by `skip`. */
  readonly skippedCount: number;
}

interface Reader {
  readonly settings: ProposedSettings;
  readonly header: readonly string[];
  readonly formats: readonly DateFormat[];
  /** Column of each key. */
  readonly places: ReadonlyMap<string, number>;
}

/** Reads the sample as the connector would under the proposal and gives the first rows as understood. */
export function previewProposal(proposal: Proposal, sample: TableSample, count = 10): Preview {
  const { settings } = proposal;
  const places = new Map(
    Object.entries(settings.columns ?? {}).map(([key, header]) => [
      key,
      sample.header.findIndex((text) => text.trim() === header),
    ]),
  );
  const headers = sample.header.map((text, index) => ({ header: text.trim(), index }));
  const formats = dateFormatsFor(settings.dates ?? [], sample.fileName);
  const reader: Reader = { settings, header: sample.header, formats, places };
  const rows: PreviewRow[] = [];
  const rejected: { line: number; reasons: readonly string[] }[] = [];
  let rejectedCount = 0;
  let skippedCount = 0;
  if (settings.columns === undefined) return { rows, rejected, rejectedCount, skippedCount };
  sample.rows.forEach((cells, index) => {
    const line = sample.lines?.[index] ?? sample.headerRow + 1 + index;
    const reading = readPreview(cells, line, reader);
    const skipped = (settings.skip ?? []).some((skip) => isSkipped(cells, skip, headers));
    if (skipped) skippedCount += 1;
    else if ('reasons' in reading) {
      rejectedCount += 1;
      if (rejected.length < REJECTED_KEPT_MAX) rejected.push({ line, reasons: reading.reasons });
    } else if (rows.length < count) rows.push(reading);
  });
  return { rows, rejected, rejectedCount, skippedCount };
}

function readPreview(
  cells: readonly string[],
  line: number,
  reader: Reader,
): PreviewRow | { readonly reasons: readonly string[] } {
  const { settings, header, places } = reader;
  const surplus = cells.slice(header.length).some((cell) => cell !== '');
  if (cells.length < header.length || surplus) {
    return { reasons: [`${cells.length} cells where the header has ${header.length}`] };
  }
  const reasons: string[] = [];
  const text = (key: string): string => (cells[places.get(key) ?? -1] ?? '').trim();
  const fail = (key: string, reason: string): string => {
    const name = settings.columns?.[key] ?? key;
    reasons.push(text(key) === '' ? `${name} is empty` : `${name} "${text(key)}" ${reason}`);
    return '';
  };
  const currency = previewCurrency(text('currency'), reader, fail);
  const row: PreviewRow = {
    line,
    date: previewDate(text('date'), reader, fail),
    amount: previewAmount(text, currency, reader, fail),
    currency,
    payee: text('payee'),
    others: Object.fromEntries(
      [...places.keys()].filter((key) => !SHOWN_KEYS.has(key)).map((key) => [key, text(key)] as const),
    ),
  };
  return reasons.length > 0 ? { reasons } : row;
}

const SHOWN_KEYS: ReadonlySet<string> = new Set(['date', 'amount', 'debit', 'credit', 'currency', 'payee']);

type Fail = (key: string, reason: string) => string;

function previewCurrency(text: string, reader: Reader, fail: Fail): string {
  if (!reader.places.has('currency')) return reader.settings.currency ?? '';
  return readCurrency(text) ?? fail('currency', 'is no currency code of ISO 4217');
}

function previewDate(text: string, reader: Reader, fail: Fail): string {
  if (!reader.places.has('date') || reader.settings.dates === undefined) return '';
  const reading = readDate(text, reader.formats);
  return 'day' in reading ? dateOfDayNumber(reading.day) : fail('date', reading.reason);
}

/** The amount, or debit less credit, spend positive; empty while its format or sign is open. */
function previewAmount(text: (key: string) => string, currency: string, reader: Reader, fail: Fail): string {
  const { decimal, group, sign } = reader.settings.amount ?? {};
  const keys = ['amount', 'debit', 'credit'].filter((key) => reader.places.has(key));
  const [first] = keys;
  if (decimal === undefined || group === undefined || first === undefined) return '';
  const filled = keys.filter((key) => text(key) !== '');
  if (filled.length === 0) return fail(first, '');
  const format: NumberFormat = { decimal, group };
  let sum: Micros = 0n;
  for (const key of filled) {
    const amount = readAmount(text(key), format, currency);
    if (typeof amount === 'string') return fail(key, amount);
    sum += key === 'credit' ? -amount.micros : amount.micros;
  }
  return sign === undefined ? '' : formatMicros(sign === 'spend-positive' ? sum : -sum);
}
