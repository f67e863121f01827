import { foldHeader } from './columns.js';
import type { ColumnProfile } from './propose-columns.js';
import type { ProposedSkip } from './propose-types.js';
import { TOTAL_WORDS } from './propose-words.js';

/** Cells at the start of a row that may say that it is a total. */
const LABEL_CHARACTERS_MAX = 60;
/** Skips proposed at most. */
const SKIPS_MAX = 5;

export interface SkipFinding {
  readonly skip: readonly ProposedSkip[];
  /** Rows the skips leave out. */
  readonly count: number;
  /** The rows that remain. */
  readonly rows: readonly (readonly string[])[];
}

/**
 * Finds rows that are no charges: totals, footers and headers that come again. A row counts as one only when its date cell
 * holds no figure of its own and the skip would leave out no other row, so that a supplier called Total is not lost.
 */
export function findSkips(
  rows: readonly (readonly string[])[],
  columns: readonly ColumnProfile[],
  date: ColumnProfile,
): SkipFinding {
  const isCharge = (row: readonly string[]): boolean => {
    const text = (row[date.index] ?? '').trim();
    return /\d/.test(text) && !TOTAL_WORDS.test(text);
  };
  const charges = rows.filter(isCharge);
  const skip: ProposedSkip[] = [];
  let rest = rows;
  for (const row of rows.filter((one) => !isCharge(one))) {
    if (skip.length >= SKIPS_MAX || !rest.includes(row)) continue;
    const found = repeatedHeader(row, date) ?? totalLabel(row, columns);
    if (found === undefined || charges.some((charge) => isSkipped(charge, found, columns))) continue;
    skip.push(found);
    rest = rest.filter((one) => !isSkipped(one, found, columns));
  }
  return { skip, count: rows.length - rest.length, rows: rest };
}

function repeatedHeader(row: readonly string[], date: ColumnProfile): ProposedSkip | undefined {
  const text = (row[date.index] ?? '').trim();
  return foldHeader(text) === foldHeader(date.header) ? { column: date.header, equals: text } : undefined;
}

function totalLabel(row: readonly string[], columns: readonly ColumnProfile[]): ProposedSkip | undefined {
  for (const column of columns) {
    const text = (row[column.index] ?? '').trim();
    if (text === '' || text.length > LABEL_CHARACTERS_MAX || !TOTAL_WORDS.test(text)) continue;
    // Figures differ from file to file; the words before them do not.
    const label = (/^\D*/.exec(text)?.[0] ?? '').trim();
    return label === text ? { column: column.header, equals: text } : { column: column.header, startsWith: label };
  }
  return undefined;
}

/** True when the skip leaves out the row, as the connector compares: without case and the spaces around a cell. */
export function isSkipped(
  row: readonly string[],
  skip: ProposedSkip,
  columns: readonly { readonly header: string; readonly index: number }[],
): boolean {
  const column = columns.find(({ header }) => header === skip.column);
  if (column === undefined) return false;
  const text = comparable(row[column.index] ?? '');
  if (skip.equals !== undefined) return text === comparable(skip.equals);
  return skip.startsWith !== undefined && text.startsWith(comparable(skip.startsWith));
}

function comparable(text: string): string {
  return text.trim().toLowerCase();
}
