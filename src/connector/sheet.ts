import type { DuckDBConnection } from '@duckdb/node-api';

import { SourceError } from '../core/errors.js';
import { CellWriter, type CellTable } from './delimited.js';

/** Decimal digits Excel keeps of a number; the file has up to 17, of which the last are noise of the binary float. */
const EXCEL_DIGITS = 15;

export interface SheetRequest {
  /** Absolute path. */
  readonly path: string;
  /** The path as the user knows it. */
  readonly file: string;
  readonly sourceId: string;
  /** Name, or 1-based place. */
  readonly sheet: string | number;
  /** 1-based row of the header. */
  readonly headerRow: number;
  /** Decimal mark that numbers get as text, so that they read like the text cells beside them. */
  readonly decimal: '.' | ',';
}

/** A sheet as texts. */
export interface SheetRows {
  readonly columns: readonly string[];
  /** Rows after the header that hold anything, with their 1-based row. */
  readonly rows: readonly { readonly row: number; readonly cells: readonly (string | null)[] }[];
}

/** True for files that `openSheet` reads. */
export function isSheetFile(file: string): boolean {
  return /\.xls[xmb]?$/i.test(file);
}

/**
 * Reads one sheet of an Excel file into a table of the form of `CellTable`: numbers as decimal text, dates as ISO text.
 *
 * @throws SourceError when the file is no `.xlsx`, or has no such sheet or header.
 */
export async function openSheet(
  connection: DuckDBConnection,
  request: SheetRequest & { readonly table: string },
): Promise<CellTable> {
  const { columns, rows } = await readSheetRows(request);
  const writer = await CellWriter.create(connection, request.table, columns.length);
  for (const { row, cells } of rows)
    writer.add(
      row,
      cells.map((cell) => cell ?? ''),
    );
  return { columns, rowCount: writer.close(), rejected: [], rejectedCount: 0 };
}

/** All rows of a sheet in memory; Excel's own limit of 1,048,576 rows bounds them. */
export async function readSheetRows(request: SheetRequest): Promise<SheetRows> {
  const { headerRow } = request;
  const place = { file: request.file, source: request.sourceId };
  const data = await sheetData(request);
  const header = (data[headerRow - 1] ?? []).map((value) => cellText(value, '.') ?? '');
  while (header.at(-1)?.trim() === '') header.pop();
  if (header.length === 0) {
    const message = data.length === 0 ? 'the sheet is empty' : `there is no header in row ${headerRow}`;
    throw new SourceError({ place, message, hint: 'Correct `sheet` or `headerRow` in the source.' });
  }
  const rows = data.slice(headerRow).map((values, index) => ({
    row: headerRow + 1 + index,
    cells: header.map((_, column) => cellText(values[column], request.decimal)),
  }));
  const columns = header.map((text) => text.trim());
  return { columns, rows: rows.filter(({ cells }) => cells.some((cell) => cell !== null)) };
}

async function sheetData(request: SheetRequest): Promise<readonly (readonly unknown[])[]> {
  const place = { file: request.file, source: request.sourceId };
  if (!/\.xls[xm]$/i.test(request.file)) {
    const message = 'this is an old or binary Excel file';
    throw new SourceError({ place, message, hint: 'Save it as .xlsx and name that file.' });
  }
  const { SheetNotFoundError, readSheet } = await import('read-excel-file/node');
  try {
    // Numbers wrapped, so that they differ from text cells and never pass through a float.
    return await readSheet(request.path, request.sheet, {
      trim: false,
      parseNumber: (text) => ({ number: text }),
    });
  } catch (cause) {
    if (cause instanceof SheetNotFoundError) {
      const message = `the file has no sheet ${typeof request.sheet === 'number' ? request.sheet : `"${request.sheet}"`}`;
      const names = /Available sheets: (.*)$/.exec(cause.message)?.[1];
      const hint = names === undefined ? 'Correct `sheet` of the source.' : `Correct \`sheet\`; the file has ${names}.`;
      throw new SourceError({ place, message, hint }, { cause });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SourceError(
      {
        place,
        message: `the Excel file cannot be read (${reason})`,
        hint: 'Open it in Excel and save it again as .xlsx.',
      },
      { cause },
    );
  }
}

function cellText(value: unknown, decimal: '.' | ','): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (value instanceof Date) return isoText(value);
  if (typeof value === 'object' && 'number' in value) return roundedNumber(String(value.number)).replace('.', decimal);
  return null;
}

/** `2024-01-31`, or with the time of day where there is one. */
function isoText(date: Date): string {
  const text = date.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19);
}

/**
 * A number of a sheet as plain decimal text of at most 15 significant digits, rounded half away from zero on the text:
 * `0.30000000000000004` → `0.3`, `1.5E-3` → `0.0015`. Text that is no number comes back as it is.
 */
export function roundedNumber(text: string): string {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text.trim());
  if (match === null || `${match[2] ?? ''}${match[3] ?? ''}` === '') return text;
  const fraction = match[3] ?? '';
  let digits = BigInt(`${match[2] ?? ''}${fraction}`);
  let exponent = Number(match[4] ?? 0) - fraction.length;
  const surplus = digits.toString().length - EXCEL_DIGITS;
  if (surplus > 0) {
    const unit = 10n ** BigInt(surplus);
    digits = (digits + unit / 2n) / unit;
    exponent += surplus;
  }
  while (digits !== 0n && digits % 10n === 0n) {
    digits /= 10n;
    exponent += 1;
  }
  if (digits === 0n) return '0';
  const sign = match[1] === '-' ? '-' : '';
  if (exponent >= 0) return `${sign}${digits}${'0'.repeat(exponent)}`;
  const padded = digits.toString().padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}
