import type { DuckDBConnection } from '@duckdb/node-api';

import { CellWriter } from '../../src/connector/delimited.js';
import { sqlName, sqlText } from '../../src/connector/duckdb.js';
import { SOURCE_DECIMAL } from '../../src/connector/reading.js';
import type { FileColumn, FileColumns } from './columns.js';
import type { CsvSettings } from './settings.js';
import { cell, plainAmountSql } from './sql.js';
import { readAmount, readCurrency } from './to-charge.js';

/** The cells of one file with what is needed to read their amounts. */
export interface AmountRequest {
  readonly table: string;
  readonly columns: FileColumns;
  readonly settings: CsvSettings;
}

/** Hands over the rows of a query of texts, one at a time; NULL is the empty text. */
export async function distinctTexts(
  connection: DuckDBConnection,
  sql: string,
  add: (values: readonly string[]) => void,
): Promise<void> {
  // Not a stream: writing on the same connection would end a stream early, without an error.
  const result = await connection.run(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    for (const values of chunk.getRows()) add(values.map((value) => (typeof value === 'string' ? value : '')));
  }
}

/** SQL of one amount column: its micro-units (NULL when empty), whether it is unreadable, its exact value where finer. */
export interface AmountPart {
  readonly sign: 1 | -1;
  readonly micros: string;
  readonly unreadable: string;
  /** NULL unless the amount has more than six decimals. */
  readonly exact: string | undefined;
}

/**
 * The SQL of an amount column. Amounts that are not plain are read by `readAmount`, once per distinct text, into a table that
 * `joins` gets.
 */
export async function amountPart(
  connection: DuckDBConnection,
  request: AmountRequest,
  column: FileColumn,
  sign: 1 | -1,
  index: number,
  joins: string[],
): Promise<AmountPart> {
  const { settings, columns } = request;
  const name = cell(column);
  const plain = plainAmountSql(`cells.${name}`, settings.amount);
  const currency =
    columns.currency === undefined ? sqlText(settings.currency ?? '') : `cells.${cell(columns.currency)}`;
  const writer = await CellWriter.create(connection, `texts${index}`, 4);
  const sql = `SELECT DISTINCT ${name}, ${currency} FROM ${sqlName(request.table)} AS cells
    WHERE ${name} IS NOT NULL AND NOT ${plain.isPlain}`;
  await distinctTexts(connection, sql, ([text = '', code = '']) => {
    if (text.trim() === '') writer.add(0, [text, code]);
    const amount = readAmount(text, settings.amount, readCurrency(code) ?? '');
    if (typeof amount === 'string') return;
    const { digits, scale } = amount.decimal;
    writer.add(0, [text, code, amount.micros.toString(), scale > 6 ? decimalText(digits, scale) : '']);
  });
  const odd = writer.close();
  if (odd === 0) {
    await connection.run(`DROP TABLE texts${index}`);
    return {
      sign,
      micros: plain.micros,
      unreadable: `(cells.${name} IS NOT NULL AND NOT ${plain.isPlain})`,
      exact: undefined,
    };
  }
  const table = `odd${index}`;
  await connection.run(
    `CREATE TABLE ${table} AS SELECT c0, coalesce(c1, '') AS c1, CAST(c2 AS BIGINT) AS micros,
       CAST(c3 AS ${SOURCE_DECIMAL}) AS exact FROM texts${index};
     DROP TABLE texts${index}`,
  );
  joins.push(`LEFT JOIN ${table} ON ${table}.c0 = cells.${name} AND ${table}.c1 = coalesce(${currency}, '')`);
  return {
    sign,
    micros: `coalesce(${table}.micros, ${plain.micros})`,
    unreadable: `(cells.${name} IS NOT NULL AND ${table}.c0 IS NULL AND NOT ${plain.isPlain})`,
    exact: `${table}.exact`,
  };
}

function decimalText(digits: bigint, scale: number): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  return `${digits < 0n ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

/** SQL of a row's micro-units, spend positive; NULL when a part is unreadable or all are empty. */
export function microsOf(parts: readonly AmountPart[]): string {
  const [single] = parts;
  if (single !== undefined && parts.length === 1) return `${single.micros} * ${single.sign}`;
  const sum = parts.map((part) => `coalesce(${part.micros}, 0) * ${part.sign}`).join(' + ');
  const empty = parts.map((part) => `${part.micros} IS NULL`).join(' AND ');
  return `CASE WHEN ${parts.map((part) => part.unreadable).join(' OR ')} OR (${empty}) THEN NULL ELSE ${sum} END`;
}

/** Exact value of a row that is finer than a micro-unit, else NULL: then the micro-units are exact. */
export function exactOf(parts: readonly AmountPart[]): string {
  const finer = parts.flatMap((part) => (part.exact === undefined ? [] : [part.exact]));
  if (finer.length === 0) return `CAST(NULL AS ${SOURCE_DECIMAL})`;
  const sum = parts.map((part) => {
    const own = part.exact === undefined ? '' : `${part.exact}, `;
    return `coalesce(${own}${microsAsDecimal(part.micros)}, 0) * ${part.sign}`;
  });
  return `CASE WHEN ${finer.map((exact) => `${exact} IS NULL`).join(' AND ')} THEN NULL
    ELSE CAST(${sum.join(' + ')} AS ${SOURCE_DECIMAL}) END`;
}

/** Micro-units as a decimal; a division would go through a float. */
function microsAsDecimal(micros: string): string {
  return `CAST(${micros} AS DECIMAL(26, 0)) * CAST(0.000001 AS DECIMAL(6, 6))`;
}
