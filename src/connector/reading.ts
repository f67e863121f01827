import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';

import { EMPTY_LINE_TEXTS, LINE_TEXT_KEYS, type LineTexts } from '../core/charge.js';
import type { ChargeBatch, ControlTotal } from './contract.js';
import { queryRows, sqlText } from './duckdb.js';

/**
 * SQL that makes the 63-bit key of a charge from a text that identifies it. MD5 and not DuckDB's own `hash()`, which may
 * change from version to version; the key must stay for the life of a ledger.
 */
export function keySql(text: string): string {
  return `CAST(md5_number_lower(${text}) >> 1 AS BIGINT)`;
}

/** Decimal type in which source amounts are read and summed: exact to 12 decimals, 26 digits before the point. */
export const SOURCE_DECIMAL = 'DECIMAL(38, 12)';

/**
 * SQL that rounds a `SOURCE_DECIMAL` to integer micro-units (`BIGINT`), halves away from zero as `divideRounded` does.
 * Not `round()`: on decimals this wide it goes through a float.
 */
export function microsSql(amount: string): string {
  return `CAST(CAST(${amount} AS DECIMAL(38, 6)) * 1000000 AS BIGINT)`;
}

/** Lines handed over in one batch. */
const LINES_PER_BATCH = 8_192;

/**
 * A window staged in DuckDB as two tables:
 *
 * - `lines(line INTEGER from 0 without gaps, and the staged texts)`
 * - `charges(line INTEGER, key BIGINT, day INTEGER, currency VARCHAR, cash_micros BIGINT, accrual_micros BIGINT,
 *   row_count INTEGER, file INTEGER, row INTEGER)`
 */
export interface StagedWindow {
  readonly connection: DuckDBConnection;
  readonly lines: string;
  readonly charges: string;
  /** Text columns that `lines` has; the other texts are empty. */
  readonly texts: readonly (keyof LineTexts)[];
}

/** Hands a staged window over: all lines first, then the charges in the order of line, day and key. */
export async function* stagedBatches(staged: StagedWindow): AsyncGenerator<ChargeBatch> {
  yield* lineBatches(staged);
  const found = await queryRows(staged.connection, `SELECT currency, count(*) AS n FROM ${staged.charges} GROUP BY 1`);
  const total = found.reduce((sum, row) => sum + Number(row['n']), 0);
  // Currencies travel as numbers: a text for each of a million charges would cost a fifth of the time.
  const currencies = found.map((row) => String(row['currency'])).sort();
  const list = currencies.map(sqlText).join(', ');
  let handedOver = 0;
  const result = await staged.connection.stream(
    `SELECT line, key, day, CAST(list_position([${list}]::VARCHAR[], currency) AS INTEGER) - 1, cash_micros, accrual_micros, row_count, file, row
       FROM ${staged.charges} ORDER BY line, day, key`,
  );
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    handedOver += chunk.rowCount;
    yield chargeBatch(chunk, currencies);
  }
  // Another statement on the connection would end the stream early, without an error.
  if (handedOver !== total) throw new Error(`a reading was cut off after ${handedOver} of ${total} charges`);
}

async function* lineBatches(staged: StagedWindow): AsyncGenerator<ChargeBatch> {
  // The number first: a source may map no text at all.
  const columns = ['line', ...staged.texts.map((key) => `"${key}"`)].join(', ');
  const result = await staged.connection.stream(`SELECT ${columns} FROM ${staged.lines} ORDER BY line`);
  let lines: LineTexts[] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const values = staged.texts.map((_, index) => chunk.getColumnValues(index + 1));
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const texts: Record<string, string> = { ...EMPTY_LINE_TEXTS };
      for (const [index, key] of staged.texts.entries()) {
        const value = values[index]?.[row];
        if (typeof value === 'string') texts[key] = value;
      }
      lines.push(texts as unknown as LineTexts);
    }
    if (lines.length >= LINES_PER_BATCH) {
      yield emptyBatch(lines);
      lines = [];
    }
  }
  if (lines.length > 0) yield emptyBatch(lines);
}

/** A batch that only introduces lines. */
function emptyBatch(lines: readonly LineTexts[]): ChargeBatch {
  const none = new Int32Array(0);
  const noMoney = new BigInt64Array(0);
  return {
    lines,
    line: none,
    key: noMoney,
    day: none,
    currency: [],
    cashMicros: noMoney,
    accrualMicros: noMoney,
    rowCount: none,
    file: none,
    row: none,
  };
}

function chargeBatch(chunk: DuckDBDataChunk, currencies: readonly string[]): ChargeBatch {
  return {
    lines: [],
    line: int32Column(chunk, 0),
    key: bigIntColumn(chunk, 1),
    day: int32Column(chunk, 2),
    currency: Array.from(int32Column(chunk, 3), (index) => currencies[index] ?? ''),
    cashMicros: bigIntColumn(chunk, 4),
    accrualMicros: bigIntColumn(chunk, 5),
    rowCount: int32Column(chunk, 6),
    file: int32Column(chunk, 7),
    row: int32Column(chunk, 8),
  };
}

function int32Column(chunk: DuckDBDataChunk, index: number): Int32Array {
  const vector = chunk.getColumnVector(index);
  const column = new Int32Array(chunk.rowCount);
  for (let row = 0; row < column.length; row += 1) column[row] = vector.getItem(row) as number;
  return column;
}

function bigIntColumn(chunk: DuckDBDataChunk, index: number): BigInt64Array {
  const vector = chunk.getColumnVector(index);
  const column = new BigInt64Array(chunk.rowCount);
  for (let row = 0; row < column.length; row += 1) column[row] = vector.getItem(row) as bigint;
  return column;
}

/**
 * Joins the exact totals of the source with those of the charges handed over, per currency.
 *
 * @param sourceTotals relation with `currency`, `cash`, `accrual` (SOURCE_DECIMAL): sums over all accepted rows
 */
export async function controlTotals(staged: StagedWindow, sourceTotals: string): Promise<ControlTotal[]> {
  const rows = await queryRows(
    staged.connection,
    `SELECT s.currency AS currency, CAST(s.cash AS VARCHAR) AS cash, CAST(s.accrual AS VARCHAR) AS accrual,
            CAST(c.cash AS VARCHAR) AS ledger_cash, CAST(c.accrual AS VARCHAR) AS ledger_accrual
       FROM (${sourceTotals}) s
       JOIN (SELECT currency, sum(CAST(cash_micros AS HUGEINT)) AS cash, sum(CAST(accrual_micros AS HUGEINT)) AS accrual
               FROM ${staged.charges} GROUP BY currency) c USING (currency)
      ORDER BY currency`,
  );
  return rows.map((row) => ({
    currency: String(row['currency']),
    sourceCash: trimDecimal(String(row['cash'])),
    sourceAccrual: trimDecimal(String(row['accrual'])),
    ledgerCashMicros: BigInt(String(row['ledger_cash'])),
    ledgerAccrualMicros: BigInt(String(row['ledger_accrual'])),
  }));
}

/** Decimal text without needless zeros: `1.500000` → `1.5`, `2.000` → `2`. */
export function trimDecimal(text: string): string {
  return text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
}

/** The text columns of a line that a connector fills, in the ledger's order. */
export function orderedTexts(keys: Iterable<keyof LineTexts>): (keyof LineTexts)[] {
  const wanted = new Set(keys);
  return LINE_TEXT_KEYS.filter((key) => wanted.has(key));
}
