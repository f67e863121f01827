import type { DuckDBConnection } from '@duckdb/node-api';

import type { LineTexts } from '../../src/core/charge.js';
import { CellWriter } from '../../src/connector/delimited.js';
import { queryRows, queryValue, sqlName, sqlText } from '../../src/connector/duckdb.js';
import { keySql, orderedTexts, SOURCE_DECIMAL, type StagedWindow } from '../../src/connector/reading.js';
import { foldHeader, type FileColumn, type FileColumns } from './columns.js';
import { readDate, type DateFormat } from './dates.js';
import type { CsvSettings } from './settings.js';
import { cell, skipSql } from './sql.js';
import { amountPart, distinctTexts, exactOf, microsOf, type AmountPart } from './staged-amounts.js';
import { readCurrency, signedColumns } from './to-charge.js';

/** States of a parsed row. */
export const ACCEPTED = 0;
export const REJECTED = 1;
export const SKIPPED = 2;

/** Stands between the parts of a row's content; no text of a file has it. */
const SEPARATOR = `chr(31)`;

/** Makes the tables that the files of a window are parsed into. */
export async function createStaging(connection: DuckDBConnection, settings: CsvSettings): Promise<void> {
  const texts = lineColumns(settings).map((name) => `, ${sqlName(name)} VARCHAR`);
  await connection.run(
    `CREATE TABLE parsed (file INTEGER, "row" BIGINT, state TINYINT, day INTEGER, micros BIGINT, exact ${SOURCE_DECIMAL},
       currency VARCHAR, content BIGINT, hash1 UBIGINT, hash2 UBIGINT);
     CREATE TABLE raw_lines (hash1 UBIGINT, hash2 UBIGINT, "first" BIGINT, text1 UBIGINT, text2 UBIGINT${texts.join('')})`,
  );
}

export interface FileToParse {
  /** Table of the file's cells. */
  readonly table: string;
  /** Index of the file in the window. */
  readonly file: number;
  readonly windowId: string;
  readonly columns: FileColumns;
  readonly settings: CsvSettings;
  readonly formats: readonly DateFormat[];
}

/**
 * Parses the cells of one file into `parsed` and `raw_lines`, column-wise. Dates, currencies and unusual amounts are
 * parsed by the functions of to-charge.ts, once per distinct text, and joined; plain amounts are parsed in SQL.
 */
export async function parseFile(connection: DuckDBConnection, request: FileToParse): Promise<void> {
  const { columns, settings } = request;
  await dateTable(connection, request);
  if (columns.currency !== undefined) await currencyTable(connection, request, columns.currency);
  const amounts = signedColumns(columns, settings);
  const joins = [`LEFT JOIN dates ON dates.c0 = cells.${cell(columns.date)}`];
  if (columns.currency !== undefined)
    joins.push(`LEFT JOIN currencies ON currencies.c0 = cells.${cell(columns.currency)}`);
  const parts: AmountPart[] = [];
  for (const [index, [column, sign]] of amounts.entries()) {
    parts.push(await amountPart(connection, request, column, sign, index, joins));
  }
  const currency = columns.currency === undefined ? sqlText(settings.currency ?? '') : 'currencies.c1';
  const state = `CASE WHEN ${skipSql(columns)} THEN ${SKIPPED}
    WHEN day IS NULL OR micros IS NULL OR currency IS NULL OR content IS NULL THEN ${REJECTED} ELSE ${ACCEPTED} END`;
  await connection.run(
    `INSERT INTO parsed
     SELECT ${request.file}, "row", ${state}, day, micros, exact, currency, content, ${lineHashes(columns, settings)}
       FROM (SELECT *, ${contentSql(request)} AS content
               FROM (SELECT cells.*, CAST(dates."row" AS INTEGER) AS day, ${currency} AS currency,
                            ${microsOf(parts)} AS micros, ${exactOf(parts)} AS exact
                       FROM ${sqlName(request.table)} AS cells ${joins.join(' ')}))`,
  );
  await rawLines(connection, request);
  for (const table of ['dates', 'currencies', ...amounts.map((_, index) => `odd${index}`)]) {
    await connection.run(`DROP TABLE IF EXISTS ${table}`);
  }
}

async function dateTable(connection: DuckDBConnection, request: FileToParse): Promise<void> {
  const column = cell(request.columns.date);
  const writer = await CellWriter.create(connection, 'dates', 1);
  const sql = `SELECT DISTINCT ${column} FROM ${sqlName(request.table)} WHERE ${column} IS NOT NULL`;
  await distinctTexts(connection, sql, ([text = '']) => {
    const reading = readDate(text, request.formats);
    if ('day' in reading) writer.add(reading.day, [text]);
  });
  writer.close();
}

async function currencyTable(connection: DuckDBConnection, request: FileToParse, column: FileColumn): Promise<void> {
  const writer = await CellWriter.create(connection, 'currencies', 2);
  const name = cell(column);
  const sql = `SELECT DISTINCT ${name} FROM ${sqlName(request.table)} WHERE ${name} IS NOT NULL`;
  await distinctTexts(connection, sql, ([text = '']) => {
    const code = readCurrency(text);
    if (code !== undefined) writer.add(0, [text, code]);
  });
  writer.close();
}

/** Columns whose texts make the line, in the ledger's order. */
export function lineColumns(settings: CsvSettings): (keyof LineTexts)[] {
  const named = Object.entries(settings.columns).filter(([, setting]) => setting !== undefined);
  const names = named.map(([name]) => name as keyof LineTexts);
  return orderedTexts(names.filter((name) => name !== 'description' || settings.lineDescription));
}

function lineTextColumns(columns: FileColumns, settings: CsvSettings): (readonly [string, FileColumn])[] {
  const wanted = new Set<string>(lineColumns(settings));
  return columns.texts.filter(([name]) => wanted.has(name));
}

/** Hashes of the cells that make the row's line. */
function lineHashes(columns: FileColumns, settings: CsvSettings): string {
  return twoHashes([...lineTextColumns(columns, settings), ...columns.tags].map(([, column]) => cell(column)));
}

/**
 * Two hashes of some texts, together wide enough that no two lists of texts meet: joins over them take a fraction of the
 * time of joins over the texts. They live only as long as the reading.
 */
function twoHashes(texts: readonly string[]): string {
  if (texts.length === 0) return '0, 0';
  return `hash(${texts.join(', ')}), hash('other', ${texts.toReversed().join(', ')})`;
}

/**
 * What identifies a row: its own key in all of the source where the settings name one, else, inside its window, all it says. Mapped columns stand
 * by their meaning and the others by their header, so that renamed files, other spellings of a header and another order
 * of columns change nothing.
 */
function contentSql(request: FileToParse): string {
  const { columns, windowId } = request;
  const joined = (parts: readonly string[]): string => keySql(`concat(${parts.join(`, ${SEPARATOR}, `)})`);
  if (columns.key.length > 0) {
    const cells = columns.key.map(cell);
    return `CASE WHEN coalesce(${cells.join(', ')}) IS NOT NULL THEN ${joined([sqlText('key'), ...cells])} END`;
  }
  const others = columns.others.map((column) => `${sqlText(`${foldHeader(column.header)}=`)} || ${cell(column)}`);
  return joined([
    sqlText(windowId),
    'day',
    'micros',
    ...(columns.currency === undefined ? [] : ['currency']),
    ...[...columns.texts, ...columns.tags].map(([, column]) => cell(column)),
    ...others,
  ]);
}

/** Texts of the lines that the file has: each once as the file writes them, trimmed, with two hashes of the trimmed texts. */
async function rawLines(connection: DuckDBConnection, request: FileToParse): Promise<void> {
  const { columns, settings, file } = request;
  const byName = new Map(lineTextColumns(columns, settings));
  const names = lineColumns(settings).map(sqlName);
  const texts = lineColumns(settings).map((name) => {
    const column = byName.get(name);
    const text = name === 'tags' ? tagsSql(columns) : column === undefined ? `''` : trimmedSql(cell(column));
    return `${text} AS ${sqlName(name)}`;
  });
  await connection.run(
    `INSERT INTO raw_lines
     SELECT ${['hash1', 'hash2', '"first"', twoHashes(names), ...names].join(', ')}
       FROM (SELECT ${['hash1', 'hash2', `${file} * (1::BIGINT << 40) + "row" AS "first"`, ...texts].join(', ')}
               FROM (SELECT hash1, hash2, min("row") AS "row" FROM parsed
                      WHERE file = ${file} AND state = ${ACCEPTED} GROUP BY hash1, hash2)
               JOIN ${sqlName(request.table)} USING ("row"))`,
  );
}

function trimmedSql(text: string): string {
  return `coalesce(regexp_replace(${text}, '^[\\s\\p{Z}]+|[\\s\\p{Z}]+$', '', 'g'), '')`;
}

/** Tags as canonical JSON: sorted keys, no empty values. */
function tagsSql(columns: FileColumns): string {
  const entries = columns.tags.map(([name, column]) => {
    const value = trimmedSql(cell(column));
    return `CASE WHEN ${value} <> '' THEN ${sqlText(`${JSON.stringify(name)}:`)} || CAST(to_json(${value}) AS VARCHAR) END`;
  });
  return `'{' || concat_ws(',', ${entries.join(', ')}) || '}'`;
}

/**
 * Turns the parsed rows into the staged tables `lines` and `charges`. `repeated` counts rows equal to an earlier one, and
 * `repeatedAcrossFiles` those whose first appearance is in another file.
 */
export async function stageWindow(
  connection: DuckDBConnection,
  settings: CsvSettings,
): Promise<{ readonly staged: StagedWindow; readonly repeated: number; readonly repeatedAcrossFiles: number }> {
  const texts = lineColumns(settings);
  await connection.run(
    `CREATE TABLE numbered AS
     SELECT text1, text2, "first", CAST(row_number() OVER (ORDER BY "first") - 1 AS INTEGER) AS line
       FROM (SELECT text1, text2, min("first") AS "first" FROM raw_lines GROUP BY text1, text2);
     CREATE TABLE lines AS
     SELECT ${['line', ...texts.map(sqlName)].join(', ')} FROM numbered JOIN raw_lines USING ("first");
     CREATE TABLE line_of AS
     SELECT DISTINCT hash1, hash2, line FROM raw_lines JOIN numbered USING (text1, text2);
     DROP TABLE raw_lines;
     DROP TABLE numbered;
     CREATE TABLE repeated AS
     SELECT file, "row", row_number() OVER (PARTITION BY content ORDER BY file, "row") AS ordinal,
            min(file) OVER (PARTITION BY content) AS first_file
       FROM parsed WHERE state = ${ACCEPTED}
        AND content IN (SELECT content FROM parsed WHERE state = ${ACCEPTED} GROUP BY content HAVING count(*) > 1)`,
  );
  const repeated = Number(await queryValue(connection, 'SELECT count(*) FROM repeated WHERE ordinal > 1'));
  const across = await queryValue(connection, 'SELECT count(*) FROM repeated WHERE ordinal > 1 AND file > first_file');
  const key =
    repeated === 0
      ? 'content'
      : `CASE WHEN ordinal > 1 THEN ${keySql(`concat(content, ':', ordinal)`)} ELSE content END`;
  const join = repeated === 0 ? '' : `LEFT JOIN repeated USING (file, "row")`;
  await connection.run(
    `CREATE TABLE charges AS
     SELECT line, ${key} AS key, day, currency, micros AS cash_micros, micros AS accrual_micros, 1::INTEGER AS row_count,
            file, CAST("row" AS INTEGER) AS "row"
       FROM parsed JOIN line_of USING (hash1, hash2) ${join} WHERE state = ${ACCEPTED}`,
  );
  const staged = { connection, lines: 'lines', charges: 'charges', texts };
  return { staged, repeated, repeatedAcrossFiles: Number(across) };
}

/** Exact totals of the accepted rows, spend positive, as the relation that `controlTotals` takes. */
export const SOURCE_TOTALS = `SELECT currency, cash, cash AS accrual FROM (
  SELECT currency, CAST(CAST(coalesce(sum(CAST(micros AS HUGEINT)) FILTER (exact IS NULL), 0) AS DECIMAL(30, 0))
         * CAST(0.000001 AS DECIMAL(6, 6)) AS ${SOURCE_DECIMAL}) + coalesce(sum(exact), 0) AS cash
    FROM parsed WHERE state = ${ACCEPTED} GROUP BY currency)`;

/** Rows of a file by state. */
export async function countStates(connection: DuckDBConnection, file: number): Promise<ReadonlyMap<number, number>> {
  const rows = await queryRows(
    connection,
    `SELECT state, count(*) AS rows FROM parsed WHERE file = ${file} GROUP BY state`,
  );
  return new Map(rows.map((row) => [Number(row['state']), Number(row['rows'])]));
}
