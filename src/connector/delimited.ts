import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';

import { SourceError } from '../core/errors.js';
import { REJECTED_ROWS_KEPT_MAX, type RejectedRow } from './contract.js';
import { queryValue, sqlName, sqlText } from './duckdb.js';
import { readRecords, type TextRecord } from './records.js';
import { LINE_BYTES_MAX } from './line-counter.js';
import type { TextFile } from './text-file.js';

/** Characters of a rejected row that are kept. */
export const REJECTED_TEXT_MAX = 1_000;
/** Columns a file may have; more is a wrong delimiter or no table. */
const COLUMNS_MAX = 2_000;
/** Rows of one chunk handed to DuckDB: its own vector size. */
const CHUNK_ROWS = 2_048;

export interface DelimitedRequest {
  /** Name of the table (or view) to make; it must not exist. Drop it with `dropCells`. */
  readonly table: string;
  readonly text: TextFile;
  /** The path as the user knows it. */
  readonly file: string;
  readonly sourceId: string;
  /** One character. */
  readonly delimiter: string;
  /** One character, or empty when nothing is quoted. */
  readonly quote: string;
  /** 1-based line of the header. */
  readonly headerRow: number;
  readonly signal?: AbortSignal;
}

/** A table of texts in DuckDB: `row BIGINT` (1-based line or sheet row) and `c0`, `c1`, … `VARCHAR`, empty cells NULL. */
export interface CellTable {
  /** Header texts, trimmed, in the order of the columns. */
  readonly columns: readonly string[];
  /** Rows of the table: without header, blank lines and rejected rows. */
  readonly rowCount: number;
  /** Rows whose structure is broken, up to REJECTED_ROWS_KEPT_MAX; `rejectedCount` counts all. */
  readonly rejected: readonly RejectedRow[];
  readonly rejectedCount: number;
}

/**
 * Reads delimited text into a DuckDB table of untouched texts. Records that have a broken quote, or more or fewer cells
 * than the header (empty cells at the end are no surplus), are rejected with line and reason; blank lines are left out.
 *
 * Regular files go through DuckDB's parallel reader. Where that finds as many records as there are lines, each record is
 * one line and its number is known; anything else is read again by `readRecords`, which knows lines exactly.
 *
 * @throws SourceError when there is no header in the given line.
 */
export async function openDelimited(connection: DuckDBConnection, request: DelimitedRequest): Promise<CellTable> {
  const header = await readHeader(request);
  const columns = (header.cells ?? []).map((cell) => cell.trim());
  // In a file of one column a blank line would be a record to DuckDB, so that counting proves nothing.
  const countable = request.text.regular && header.lines <= 1 && columns.length > 1;
  if (countable && (await readFast(connection, request, columns.length))) {
    const rowCount = Math.max(0, request.text.lineCount - request.headerRow);
    return { columns, rowCount, rejected: [], rejectedCount: 0 };
  }
  return { columns, ...(await readCarefully(connection, request, columns.length)) };
}

/** The header texts of a delimited file, trimmed. @throws SourceError when there is no header in the given line. */
export async function delimitedHeader(request: Omit<DelimitedRequest, 'table'>): Promise<string[]> {
  return ((await readHeader(request)).cells ?? []).map((cell) => cell.trim());
}

async function readHeader(request: Omit<DelimitedRequest, 'table'>): Promise<TextRecord> {
  const place = { file: request.file, source: request.sourceId, line: request.headerRow };
  const first = await firstRecord(request);
  if (first?.row !== request.headerRow) {
    const message = 'there is no header in this line';
    throw new SourceError({ place, message, hint: 'Write the line of the header as `headerRow` in the source.' });
  }
  if (first.cells === undefined) {
    const message = `the header cannot be read: ${first.reason ?? 'it is broken'}`;
    throw new SourceError({ place, message, hint: 'Mend the line, or correct `quote` or `headerRow` in the source.' });
  }
  if (first.cells.length > COLUMNS_MAX) {
    const message = `the header has ${first.cells.length} columns, more than ${COLUMNS_MAX}`;
    throw new SourceError({ place, message, hint: 'Correct `delimiter` or `headerRow` in the source.' });
  }
  const cells = [(first.cells[0] ?? '').replace(/^\uFEFF/, ''), ...first.cells.slice(1)];
  return { ...first, cells };
}

async function firstRecord(request: Omit<DelimitedRequest, 'table'>): Promise<TextRecord | undefined> {
  for await (const records of readRecords(request.text.path, request, request.headerRow, request.signal)) {
    if (records[0] !== undefined) return records[0];
  }
  return undefined;
}

function cellNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `c${index}`);
}

/** True when DuckDB's reader made the table and each of its rows is one line. */
async function readFast(connection: DuckDBConnection, request: DelimitedRequest, columns: number): Promise<boolean> {
  const types = cellNames(columns).map((name) => `'${name}': 'VARCHAR'`);
  const cells = sqlName(`${request.table} cells`);
  const quote =
    request.quote === ''
      ? `quote = '', escape = ''`
      : `quote = ${sqlText(request.quote)}, escape = ${sqlText(request.quote)}`;
  try {
    await connection.run(
      `CREATE TABLE ${cells} AS SELECT * FROM read_csv(
         ${sqlText(request.text.path)}, auto_detect = false, header = false, skip = ${request.headerRow},
         columns = {${types.join(', ')}}, delim = ${sqlText(request.delimiter)}, ${quote}, comment = '', nullstr = '',
         strict_mode = true, null_padding = false, ignore_errors = false, max_line_size = ${LINE_BYTES_MAX + 2})`,
    );
  } catch (error) {
    if (request.signal?.aborted === true) throw error;
    await connection.run(`DROP TABLE IF EXISTS ${cells}`);
    return false;
  }
  const rows = Number(await queryValue(connection, `SELECT count(*) FROM ${cells}`));
  if (rows + request.headerRow !== Math.max(request.text.lineCount, request.headerRow)) {
    await connection.run(`DROP TABLE ${cells}`);
    return false;
  }
  // A view over the row ids costs nothing; a window function would cost as much as the reading itself.
  await connection.run(
    `CREATE VIEW ${sqlName(request.table)} AS SELECT rowid + ${request.headerRow + 1} AS row, * FROM ${cells}`,
  );
  return true;
}

/** Drops what `openDelimited` or a `CellWriter` made. */
export async function dropCells(connection: DuckDBConnection, table: string): Promise<void> {
  const kind = await queryValue(
    connection,
    `SELECT table_type FROM information_schema.tables WHERE table_name = ${sqlText(table)}`,
  );
  if (kind === 'VIEW') {
    await connection.run(`DROP VIEW ${sqlName(table)}`);
    await connection.run(`DROP TABLE ${sqlName(`${table} cells`)}`);
  } else if (kind !== undefined) await connection.run(`DROP TABLE ${sqlName(table)}`);
}

async function readCarefully(
  connection: DuckDBConnection,
  request: DelimitedRequest,
  columns: number,
): Promise<Omit<CellTable, 'columns'>> {
  const table = await CellWriter.create(connection, request.table, columns);
  const rejected: RejectedRow[] = [];
  let rejectedCount = 0;
  let header = true;
  for await (const records of readRecords(request.text.path, request, request.headerRow, request.signal)) {
    for (const record of records) {
      if (header) {
        header = false;
        continue;
      }
      const reason = brokenRecord(record, columns);
      if (reason === undefined) {
        table.add(record.row, record.cells ?? []);
        continue;
      }
      if (reason === '') continue;
      rejectedCount += 1;
      if (rejected.length >= REJECTED_ROWS_KEPT_MAX) continue;
      const text = record.text ?? (record.cells ?? []).join(request.delimiter);
      rejected.push({ file: request.file, row: record.row, reason, text: text.slice(0, REJECTED_TEXT_MAX) });
    }
  }
  return { rowCount: table.close(), rejected, rejectedCount };
}

/** Why a record is no row of the table; empty when it is only white space. */
function brokenRecord(record: TextRecord, columns: number): string | undefined {
  const cells = record.cells;
  if (cells === undefined) return record.reason ?? 'the line is broken';
  if (cells.length === columns) return undefined;
  if (cells.length === 1 && (cells[0] ?? '').trim() === '') return '';
  if (cells.length > columns && cells.slice(columns).every((cell) => cell === '')) return undefined;
  return `${cells.length} cells where the header has ${columns}`;
}

/** Writes rows of texts into a table of the form of `CellTable`. */
export class CellWriter {
  #rows: bigint[] = [];
  #count = 0;
  readonly #columns: (string | null)[][];
  readonly #appender: DuckDBAppender;
  readonly #chunk: DuckDBDataChunk;

  private constructor(appender: DuckDBAppender, chunk: DuckDBDataChunk, columns: number) {
    this.#appender = appender;
    this.#chunk = chunk;
    this.#columns = Array.from({ length: columns }, () => []);
  }

  static async create(connection: DuckDBConnection, table: string, columns: number): Promise<CellWriter> {
    const types = cellNames(columns).map((name) => `${name} VARCHAR`);
    await connection.run(`CREATE TABLE ${sqlName(table)} (${['row BIGINT', ...types].join(', ')})`);
    const { BIGINT, DuckDBDataChunk: Chunk, VARCHAR } = await import('@duckdb/node-api');
    const chunk = Chunk.create([BIGINT, ...types.map(() => VARCHAR)]);
    return new CellWriter(await connection.createAppender(table), chunk, columns);
  }

  /** Adds a row; cells beyond the columns are dropped, absent and empty ones are NULL. */
  add(row: number, cells: readonly string[]): void {
    this.#rows.push(BigInt(row));
    for (let index = 0; index < this.#columns.length; index += 1) this.#columns[index]?.push(cells[index] || null);
    if (this.#rows.length >= CHUNK_ROWS) this.#flush();
  }

  #flush(): void {
    if (this.#rows.length === 0) return;
    this.#chunk.rowCount = this.#rows.length;
    this.#chunk.setColumns([this.#rows, ...this.#columns]);
    this.#appender.appendDataChunk(this.#chunk);
    this.#count += this.#rows.length;
    this.#rows = [];
    for (const column of this.#columns) column.length = 0;
  }

  /** Ends the writing; returns the number of rows. */
  close(): number {
    this.#flush();
    this.#appender.closeSync();
    return this.#count;
  }
}
