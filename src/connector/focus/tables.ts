import { open } from 'node:fs/promises';

import type { DuckDBConnection } from '@duckdb/node-api';

import type { RejectedRow } from '../contract.js';
import { delimitedHeader, dropCells, openDelimited } from '../delimited.js';
import { queryRows, queryValue, sqlName, sqlText } from '../duckdb.js';
import { prepareTextFile, type TextFile } from '../text-file.js';
import { SourceError } from '../../core/errors.js';
import type { FocusContext } from './context.js';
import { columnMistakes, focusColumns, type FocusColumns, type FoundColumn } from './columns.js';

/** Files of a window that are read together: one text file, or Parquet files with the same columns. */
export interface FocusTable {
  /** Their indices in the window's files. */
  readonly files: readonly number[];
  readonly isText: boolean;
  readonly from: string;
  /** SQL of the index of a row's file in the window. */
  readonly fileIndex: string;
  /** SQL of the 1-based number of a row in its file. */
  readonly row: string;
  /** All columns, in the file's order. */
  readonly found: readonly FoundColumn[];
  readonly focus: FocusColumns;
  /** Rows that are no rows of a table, from the reader of text files. */
  readonly broken: readonly RejectedRow[];
  readonly brokenCount: number;
  close(): Promise<void>;
}

const TEXT_FILE = /\.csv(\.gz)?$/i;
const PARQUET_FILE = /\.parquet$/i;
const PARQUET_MAGIC = 'PAR1';
const DELIMITER = ',';
const QUOTE = '"';

/**
 * The tables of a window, opened one after the other: consume and close one before the next.
 *
 * @throws SourceError when a file cannot be read or has not the columns of a bill; all such files are named.
 */
export async function* focusTables(
  connection: DuckDBConnection,
  context: FocusContext,
  files: readonly string[],
): AsyncGenerator<FocusTable> {
  const found = await collectColumns(connection, context, files);
  const bySchema = new Map<string, number[]>();
  for (const [index, file] of files.entries()) {
    if (TEXT_FILE.test(context.pathOf(file))) continue;
    const schema = JSON.stringify(found[index]?.map((column) => [column.name, column.type]));
    bySchema.set(schema, [...(bySchema.get(schema) ?? []), index]);
  }
  for (const indices of bySchema.values()) yield parquetTable(context, files, indices, found[indices[0] ?? 0] ?? []);
  for (const [index, file] of files.entries()) {
    if (TEXT_FILE.test(context.pathOf(file))) yield await textTable(connection, context, file, index);
  }
}

/**
 * The columns of each file, without reading the rows.
 *
 * @throws SourceError with every file that is no bill.
 */
export async function collectColumns(
  connection: DuckDBConnection,
  context: FocusContext,
  files: readonly string[],
): Promise<FoundColumn[][]> {
  const all: FoundColumn[][] = [];
  const mistakes = [];
  for (const file of files) {
    const place = { file, source: context.sourceId };
    try {
      const found = await fileColumns(connection, context, file);
      mistakes.push(...columnMistakes(found, place, context.tableHint));
      all.push(found);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      mistakes.push(...error.mistakes);
      all.push([]);
    }
  }
  if (mistakes.length > 0) throw new SourceError(mistakes);
  return all;
}

async function fileColumns(connection: DuckDBConnection, context: FocusContext, file: string): Promise<FoundColumn[]> {
  if (PARQUET_FILE.test(context.pathOf(file))) return parquetColumns(connection, context, file);
  if (TEXT_FILE.test(context.pathOf(file))) {
    // The header alone: the file is made ready, and checked to its end, when it is read.
    const text = /\.gz$/i.test(context.pathOf(file)) ? await prepared(context, file) : plainText(context, file);
    return textColumns(await delimitedHeader({ text, ...delimited(context, file) }));
  }
  throw new SourceError({
    place: { file, source: context.sourceId },
    message: 'the name ends neither in .parquet nor in .csv or .csv.gz',
    hint: 'Rename the file after what it is, or leave it out of `files`.',
  });
}

function delimited(context: FocusContext, file: string) {
  return { file, sourceId: context.sourceId, delimiter: DELIMITER, quote: QUOTE, headerRow: 1, signal: context.signal };
}

function plainText(context: FocusContext, file: string): TextFile {
  return { path: context.pathOf(file), lineCount: 0, regular: false, temporary: false };
}

function prepared(context: FocusContext, file: string): Promise<TextFile> {
  const { sourceId, temporaryFolder, signal, progress } = context;
  const path = context.pathOf(file);
  return prepareTextFile({ path, file, sourceId, encoding: 'utf-8', temporaryFolder, signal, progress });
}

function textColumns(header: readonly string[]): FoundColumn[] {
  return header.map((name, index) => ({ name, type: 'VARCHAR', sql: `c${index}` }));
}

async function textTable(
  connection: DuckDBConnection,
  context: FocusContext,
  file: string,
  index: number,
): Promise<FocusTable> {
  const table = `focus_file_${index}`;
  const text = await prepared(context, file);
  const cells = await openDelimited(connection, { table, text, ...delimited(context, file) });
  const found = textColumns(cells.columns);
  return {
    files: [index],
    isText: true,
    from: sqlName(table),
    fileIndex: String(index),
    row: '"row"',
    found,
    focus: focusColumns(found),
    broken: cells.rejected,
    brokenCount: cells.rejectedCount,
    close: () => dropCells(connection, table),
  };
}

function parquetSource(context: FocusContext, files: readonly string[]): string {
  const paths = files.map((file) => sqlText(escapePattern(context.pathOf(file))));
  // Without hive_partitioning a folder BILLING_PERIOD=2024-03 would become a column.
  return `read_parquet([${paths.join(', ')}], hive_partitioning = false)`;
}

/** DuckDB reads `*`, `?` and `[` in a path as a pattern, even in a list of files. */
function escapePattern(path: string): string {
  return path.replace(/[*?[]/g, '[$&]');
}

function parquetTable(
  context: FocusContext,
  files: readonly string[],
  indices: readonly number[],
  found: readonly FoundColumn[],
): FocusTable {
  const paths = indices.map((index) => files[index] ?? '');
  const [first = 0] = indices;
  return {
    files: indices,
    isText: false,
    from: parquetSource(context, paths),
    fileIndex: indices.length === 1 ? String(first) : `([${indices.join(', ')}])[file_index::BIGINT + 1]`,
    row: 'file_row_number + 1',
    found,
    focus: focusColumns(found),
    broken: [],
    brokenCount: 0,
    close: () => Promise.resolve(),
  };
}

async function parquetColumns(
  connection: DuckDBConnection,
  context: FocusContext,
  file: string,
): Promise<FoundColumn[]> {
  const place = { file, source: context.sourceId };
  await refuseOtherFile(context.pathOf(file), place);
  try {
    const rows = await queryRows(connection, `DESCRIBE SELECT * FROM ${parquetSource(context, [file])}`);
    return rows.map((row) => {
      const name = String(row['column_name']);
      return { name, type: String(row['column_type']), sql: sqlName(name) };
    });
  } catch (cause) {
    const hint = 'It was cut off or damaged: fetch it again. Nothing of it was taken.';
    throw new SourceError({ place, message: 'the Parquet file is not whole', hint }, { cause });
  }
}

async function refuseOtherFile(path: string, place: { file: string; source: string }): Promise<void> {
  let magic: string;
  try {
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(PARQUET_MAGIC.length), 0, PARQUET_MAGIC.length, 0);
      magic = buffer.subarray(0, bytesRead).toString('latin1');
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const message = `the file cannot be read (${cause instanceof Error ? cause.message : String(cause)})`;
    throw new SourceError({ place, message, hint: 'Check that it is there and that you may read it.' }, { cause });
  }
  if (magic === PARQUET_MAGIC) return;
  throw new SourceError({
    place,
    message: magic === '' ? 'the file is empty' : 'this is no Parquet file, whatever its name says',
    hint: 'Export it again as Parquet, or give it the name of what it is (.csv, .csv.gz).',
  });
}

/** Rows of each file of a table, in its order; Parquet's from their footers. */
export async function tableFileRows(
  connection: DuckDBConnection,
  context: FocusContext,
  table: FocusTable,
  files: readonly string[],
): Promise<number[]> {
  const counts: number[] = [];
  for (const index of table.files) {
    const path = sqlText(escapePattern(context.pathOf(files[index] ?? '')));
    const sql = table.isText
      ? `SELECT count(*) FROM ${table.from}`
      : `SELECT coalesce(sum(num_rows), 0)::BIGINT FROM parquet_file_metadata(${path})`;
    counts.push(Number(await queryValue(connection, sql)));
  }
  return counts;
}
