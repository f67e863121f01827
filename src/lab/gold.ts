import { CsvError, parse } from 'csv-parse/sync';

import type { SpendClass } from '../core/charge.js';
import { SourceError } from '../core/errors.js';

/** A payee text that a person has labelled. */
export interface GoldRow {
  readonly id: string;
  readonly text: string;
  readonly merchantCategory: string;
  readonly ledgerLabel: string;
  /** Charges with this text in the books it was taken from. */
  readonly count: number;
  /** Their sum without its sign, in whole units of their currency: a weight, not money to be stated. */
  readonly amount: number;
  /** `unknown`: the person could not tell either. */
  readonly spendClass: SpendClass;
  /** Empty where the person named none. */
  readonly vendor: string;
  readonly domain: string;
  readonly category: string;
  /** Empty where anybody could own it. */
  readonly usualFunction: string;
}

const CLASSES: Readonly<Record<string, SpendClass>> = {
  tech: 'technology',
  media: 'advertising',
  no: 'other',
  unclear: 'unknown',
};
const NEEDED = ['id', 'text', 'technology'] as const;

/**
 * Reads a file of labelled payees: CSV with the columns id, text, technology (tech, media, no, unclear) and, where there
 * are any, mcc_text, ledger_label, n, amount, vendor, domain, category, typical_function.
 *
 * @throws SourceError naming the line of what cannot be read.
 */
export function parseGold(text: string, file: string): GoldRow[] {
  const rows = readRows(text, file);
  const first = rows[0]?.record;
  const missing = NEEDED.filter((column) => first === undefined || !Object.hasOwn(first, column));
  if (missing.length > 0) {
    const hint = 'The first line names the columns: id, text and technology at least; see docs/evaluation.md.';
    throw new SourceError({ place: { file }, message: `there is no column ${missing.join(', ')}`, hint });
  }
  return rows.map(({ record, info }) => goldRow(record, file, info.lines));
}

/** A row with the line it ends on. */
interface Row {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

function readRows(text: string, file: string): Row[] {
  try {
    return parse(text, { columns: true, bom: true, skip_empty_lines: true, info: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new SourceError({ place: { file }, message: error.message }, { cause: error });
  }
}

function goldRow(record: Readonly<Record<string, string>>, file: string, line: number): GoldRow {
  const cell = (name: string): string => record[name]?.trim() ?? '';
  const label = cell('technology');
  const spendClass = Object.hasOwn(CLASSES, label) ? CLASSES[label] : undefined;
  if (spendClass === undefined) {
    const message = `"${label}" is no label`;
    throw new SourceError({
      place: { file, line, key: 'technology' },
      message,
      hint: 'Write tech, media, no or unclear.',
    });
  }
  const usualFunction = cell('typical_function');
  return {
    id: cell('id'),
    text: record['text'] ?? '',
    merchantCategory: cell('mcc_text'),
    ledgerLabel: cell('ledger_label'),
    count: wholeWeight(cell('n')),
    amount: wholeWeight(cell('amount')),
    spendClass,
    vendor: cell('vendor'),
    domain: cell('domain'),
    category: cell('category'),
    usualFunction: usualFunction === 'any' ? '' : usualFunction,
  };
}

/** A figure as a weight: its whole units without sign, 1 where there is none. */
function wholeWeight(text: string): number {
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? Math.abs(Math.round(value)) : 1;
}
