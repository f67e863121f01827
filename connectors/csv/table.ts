import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { DuckDBConnection } from '@duckdb/node-api';

import { SourceError, type Mistake } from '../../src/core/errors.js';
import type { ConnectorContext, SourceRow } from '../../src/connector/contract.js';
import { delimitedHeader, openDelimited, type CellTable } from '../../src/connector/delimited.js';
import { readRecords, RecordSplitter } from '../../src/connector/records.js';
import { isSheetFile, openSheet, readSheetRows } from '../../src/connector/sheet.js';
import { prepareTextFile, readTextHead, type TextFile, type TextFileRequest } from '../../src/connector/text-file.js';
import { mapColumns, type FileColumns } from './columns.js';
import type { CsvSettings } from './settings.js';

export type CsvContext = ConnectorContext<CsvSettings>;

/** A row with its 1-based line or sheet row. */
export interface NumberedRow {
  readonly row: number;
  readonly cells: readonly (string | null)[];
}

function textRequest(context: CsvContext, file: string): TextFileRequest {
  return {
    path: join(context.workspaceFolder, file),
    file,
    sourceId: context.sourceId,
    encoding: context.settings.encoding,
    temporaryFolder: context.temporaryFolder,
    signal: context.signal,
    progress: context.progress,
  };
}

function sheetRequest(context: CsvContext, file: string) {
  const { sheet, headerRow, amount } = context.settings;
  const path = join(context.workspaceFolder, file);
  return { path, file, sourceId: context.sourceId, sheet, headerRow, decimal: amount.decimal };
}

function format(context: CsvContext, file: string, text: TextFile) {
  const { delimiter, quote, headerRow } = context.settings;
  return { text, file, sourceId: context.sourceId, delimiter, quote, headerRow, signal: context.signal };
}

/** Reads a file, text or sheet, into a table of cells. Drop it with `dropCells`. */
export async function openCells(
  connection: DuckDBConnection,
  context: CsvContext,
  file: string,
  table: string,
): Promise<CellTable> {
  if (isSheetFile(file)) return openSheet(connection, { ...sheetRequest(context, file), table });
  return withText(context, file, (text) => openDelimited(connection, { ...format(context, file, text), table }));
}

async function withText<Result>(
  context: CsvContext,
  file: string,
  use: (text: TextFile) => Promise<Result>,
): Promise<Result> {
  const text = await prepareTextFile(textRequest(context, file));
  try {
    return await use(text);
  } finally {
    if (text.temporary) await rm(text.path, { force: true });
  }
}

/** Header and first rows of a file, without reading it all. */
export async function readHead(
  context: CsvContext,
  file: string,
  rowsMax: number,
): Promise<{ readonly headers: readonly string[]; readonly rows: readonly NumberedRow[] }> {
  const { delimiter, quote, headerRow } = context.settings;
  if (isSheetFile(file)) {
    const { columns, rows } = await readSheetRows(sheetRequest(context, file));
    return { headers: columns, rows: rows.slice(0, rowsMax) };
  }
  const text = await readTextHead(textRequest(context, file));
  const [header, ...rows] = new RecordSplitter({ delimiter, quote }, headerRow).add(text, true);
  const place = { file, source: context.sourceId, line: headerRow };
  if (header?.cells === undefined || header.row !== headerRow) {
    const message = header?.reason ?? 'there is no header in this line';
    throw new SourceError({ place, message, hint: 'Write the line of the header as `headerRow` in the source.' });
  }
  const wide = rows.flatMap(({ row, cells }) =>
    cells?.length === header.cells?.length ? [{ row, cells: cells ?? [] }] : [],
  );
  return { headers: header.cells.map((cell) => cell.trim()), rows: wide.slice(0, rowsMax) };
}

/** Where a file has the columns of the settings. @throws SourceError naming all that are missing. */
export function requireColumns(context: CsvContext, file: string, headers: readonly string[]): FileColumns {
  const place = { file, source: context.sourceId, line: context.settings.headerRow };
  const found = mapColumns(headers, context.settings, place);
  if ('columns' in found) return found.columns;
  throw new SourceError(found.mistakes satisfies readonly Mistake[]);
}

/** The rows of a file from a row on, as the file has them. */
export async function readSourceRows(
  context: CsvContext,
  file: string,
  row: number,
  rowsMax: number,
): Promise<SourceRow[]> {
  if (isSheetFile(file)) {
    const { columns, rows } = await readSheetRows(sheetRequest(context, file));
    return rows
      .filter((one) => one.row >= row)
      .slice(0, rowsMax)
      .map((one) => sourceRow(file, columns, one));
  }
  return withText(context, file, async (text) => {
    const columns = await delimitedHeader(format(context, file, text));
    const found: SourceRow[] = [];
    for await (const records of readRecords(text.path, context.settings, row, context.signal)) {
      for (const { cells, row: at } of records) {
        if (cells !== undefined) found.push(sourceRow(file, columns, { row: at, cells }));
        if (found.length >= rowsMax) return found;
      }
    }
    return found;
  });
}

function sourceRow(file: string, columns: readonly string[], { row, cells }: NumberedRow): SourceRow {
  return { file, row, cells: columns.map((column, index) => [column, cells[index] ?? ''] as const) };
}
