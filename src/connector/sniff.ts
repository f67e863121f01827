import { basename } from 'node:path';

import { SourceError } from '../core/errors.js';
import { RecordSplitter } from './records.js';
import { isSheetFile, readSheetRows } from './sheet.js';
import type { Encoding } from './encoding.js';
import { findEncoding, headText, readHead, unreadable } from './sniff-head.js';

/** Rows that are read of an unknown file unless told otherwise. */
export const SNIFFED_ROWS_MAX = 5_000;
/** Records by which delimiter and header are found. */
const LOOKED_RECORDS = 200;
/** Records among which the header is looked for. */
const HEADER_RECORDS_MAX = 60;
const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Share of the records that must have the same number of cells for a delimiter to be believed. */
const SAME_WIDTH_SHARE_MIN = 0.6;

/** What was found in an unknown file. */
export interface SniffedFile {
  readonly fileName: string;
  readonly encoding: Encoding;
  /** Why the encoding is what it is; absent for plain UTF-8. */
  readonly encodingEvidence?: string;
  readonly delimiter: string;
  /** 1-based line of the header. */
  readonly headerRow: number;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** 1-based line of each row. */
  readonly lines: readonly number[];
  /** Records whose quotes are broken; they are not among the rows. */
  readonly brokenCount: number;
  /** True when the file goes on after the rows. */
  readonly truncated: boolean;
}

interface NumberedCells {
  readonly row: number;
  readonly cells: readonly string[];
}

/**
 * Looks into an unknown CSV, TSV, gz or xlsx file: encoding, delimiter, header and first rows. Reads only the beginning.
 * `fileName` of the result, and the name in messages, is `shownAs`, by default the last part of the path.
 *
 * @throws SourceError when the file is missing, empty, no table of text, without a header, or a header alone.
 */
export async function sniffFile(
  path: string,
  options: { readonly rowsMax?: number; readonly shownAs?: string } = {},
): Promise<SniffedFile> {
  const rowsMax = options.rowsMax ?? SNIFFED_ROWS_MAX;
  const fileName = options.shownAs ?? basename(path);
  if (isSheetFile(path)) return sniffSheet(path, fileName, rowsMax);
  const head = await readHead(path, fileName);
  const { encoding, evidence } = findEncoding(head, fileName);
  const text = headText(head, encoding, fileName);
  if (text.trim() === '') throw fault(fileName, 'the file is empty', 'Fetch it again, or give another file.');
  const { delimiter, header } = findTable(text, fileName);
  const { records, broken } = split(text, delimiter, rowsMax + header.row + 1, header.row);
  const rows = records.slice(1).filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  if (rows.length === 0) throw headerOnly(fileName, header.row);
  const kept = rows.slice(0, rowsMax);
  return {
    fileName,
    encoding,
    ...(evidence === undefined ? {} : { encodingEvidence: evidence }),
    delimiter,
    headerRow: header.row,
    header: header.cells.map((cell) => cell.trim()),
    rows: kept.map(({ cells }) => cells),
    lines: kept.map(({ row }) => row),
    brokenCount: broken,
    truncated: head.truncated || rows.length > rowsMax,
  };
}

function fault(file: string, message: string, hint: string, line?: number): SourceError {
  return new SourceError({ place: { file, line }, message, hint });
}

function headerOnly(file: string, line: number): SourceError {
  return fault(file, 'the file has a header and no rows', 'Give a file that has at least one row.', line);
}

/** Records from a line on, up to a number; broken ones are counted. */
function split(
  text: string,
  delimiter: string,
  recordsMax: number,
  fromLine = 1,
): { records: NumberedCells[]; broken: number } {
  const splitter = new RecordSplitter({ delimiter, quote: '"' }, fromLine);
  const records: NumberedCells[] = [];
  let broken = 0;
  const partCharacters = 1 << 18;
  for (let at = 0; at < text.length && records.length < recordsMax; at += partCharacters) {
    const last = at + partCharacters >= text.length;
    for (const { row, cells } of splitter.add(text.slice(at, at + partCharacters), last)) {
      if (cells === undefined) broken += 1;
      else records.push({ row, cells });
    }
  }
  return { records: records.slice(0, recordsMax), broken };
}

interface DelimiterTrial {
  readonly delimiter: string;
  readonly header: NumberedCells | undefined;
  /** Share of the records from the header on that have the width. */
  readonly share: number;
  readonly width: number;
}

/** The delimiter under which most records have equally many cells, and the header under it. */
function findTable(text: string, file: string): { delimiter: string; header: NumberedCells } {
  const start = text.slice(0, 1 << 20);
  const trials = DELIMITERS.map((delimiter): DelimiterTrial => {
    const { records, broken } = split(start, delimiter, LOOKED_RECORDS);
    const width = commonWidth(records);
    const header = findHeader(records, width);
    const table = header === undefined ? records : records.slice(records.indexOf(header));
    const same = table.filter(({ cells }) => cells.length === width).length;
    return { delimiter, header, share: same / Math.max(1, table.length + broken), width };
  });
  const believed = trials
    .filter(({ share, width }) => width > 1 && share >= SAME_WIDTH_SHARE_MIN)
    .sort(
      (a, b) =>
        Number(b.header !== undefined) - Number(a.header !== undefined) ||
        Math.round(b.share * 10) - Math.round(a.share * 10) ||
        b.width - a.width ||
        b.share - a.share,
    );
  const [best] = believed;
  if (best === undefined) return oneColumn(start, file);
  if (best.header === undefined) throw noHeader(file);
  return { delimiter: best.delimiter, header: best.header };
}

/** A file in which nothing separates cells. */
function oneColumn(text: string, file: string): { delimiter: string; header: NumberedCells } {
  const { records } = split(text, ',', LOOKED_RECORDS);
  const widths = commonWidth(records);
  const header = findHeader(records, widths) ?? records.find(({ cells }) => looksLikeHeader(cells, cells.length));
  if (header === undefined) throw noHeader(file);
  return { delimiter: ',', header };
}

function noHeader(file: string): SourceError {
  return fault(
    file,
    'no line looks like a header: a line of different words, one over each column',
    'Put a line with the names of the columns over the rows.',
  );
}

/**
 * The number of cells of the rows: that in which most cells stand, so that titles and notes above a short table do not
 * outvote it. A width that occurs once counts only when no other does.
 */
function commonWidth(records: readonly NumberedCells[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [first] = [...counts].sort(
    ([a, many], [b, more]) => Number(more > 1) - Number(many > 1) || more * b - many * a || b - a,
  );
  return first?.[0] ?? 0;
}

function findHeader(records: readonly NumberedCells[], width: number): NumberedCells | undefined {
  return records.slice(0, HEADER_RECORDS_MAX).find(({ cells }) => looksLikeHeader(cells, width));
}

/** Mostly filled, mostly different, no days or numbers; as wide as the rows. */
function looksLikeHeader(cells: readonly string[], width: number): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  if (cells.length < width || cells.slice(width).some((cell) => cell.trim() !== '')) return false;
  if (filled.length === 0 || filled.length < width * 0.7) return false;
  if (new Set(filled).size < filled.length * 0.8) return false;
  return filled.every((cell) => cell.length <= 200 && /\p{L}/u.test(cell) && !isValue(cell));
}

/** A number or a day, perhaps with a currency or the name of a month. */
function isValue(cell: string): boolean {
  return /^[^\p{L}]*\d[^\p{L}]*(?:\p{L}{1,9}[^\p{L}]*\d*)?$/u.test(cell) || /^\p{Lu}{3} ?-?\d[\d.,' ]*$/u.test(cell);
}

async function sniffSheet(path: string, fileName: string, rowsMax: number): Promise<SniffedFile> {
  const header = await findSheetHeader(path, fileName);
  const request = { path, file: fileName, sourceId: '', sheet: 1, decimal: '.' } as const;
  const { columns, rows } = await readSheetRows({ ...request, headerRow: header.row });
  if (rows.length === 0) throw headerOnly(fileName, header.row);
  const kept = rows.slice(0, rowsMax);
  return {
    fileName,
    encoding: 'utf-8',
    delimiter: ',',
    headerRow: header.row,
    header: columns,
    rows: kept.map(({ cells }) => cells.map((cell) => cell ?? '')),
    lines: kept.map(({ row }) => row),
    brokenCount: 0,
    truncated: rows.length > rowsMax,
  };
}

async function findSheetHeader(path: string, fileName: string): Promise<NumberedCells> {
  const records = await sheetRecords(path, fileName);
  if (records.length === 0)
    throw fault(fileName, 'the sheet is empty', 'Give a file whose first sheet holds the rows.');
  const filled = records.map(({ row, cells }) => ({ row, cells: withoutEmptyEnd(cells) }));
  const header = findHeader(filled, commonWidth(filled.filter(({ cells }) => cells.length > 0)));
  if (header === undefined) throw noHeader(fileName);
  return header;
}

/** The first rows of the first sheet as texts good enough to tell a header from rows. */
async function sheetRecords(path: string, fileName: string): Promise<NumberedCells[]> {
  if (!/\.xls[xm]$/i.test(path)) throw fault(fileName, 'this is an old or binary Excel file', 'Save it as .xlsx.');
  let data: readonly (readonly unknown[])[];
  try {
    const { readSheet } = await import('read-excel-file/node');
    data = await readSheet(path, 1, { trim: false, parseNumber: (text) => text });
  } catch (cause) {
    const worded = cause instanceof Error && 'syscall' in cause ? unreadable(cause, fileName) : cause;
    if (worded instanceof SourceError) throw worded;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = 'Open it in Excel and save it again as .xlsx.';
    throw new SourceError(
      { place: { file: fileName }, message: `the Excel file cannot be read (${reason})`, hint },
      { cause },
    );
  }
  return data.slice(0, LOOKED_RECORDS).map((values, index) => ({
    row: index + 1,
    cells: values.map((value) =>
      value instanceof Date ? value.toISOString().slice(0, 10) : typeof value === 'string' ? value : '',
    ),
  }));
}

function withoutEmptyEnd(cells: readonly string[]): readonly string[] {
  const last = cells.findLastIndex((cell) => cell.trim() !== '');
  return cells.slice(0, last + 1);
}
