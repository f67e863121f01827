import type Database from 'better-sqlite3';

import type { ChargeBatch } from '../core/batch.js';
import { LedgerError } from '../core/errors.js';
import type { MonthFactWriter } from './month-fact-writer.js';

export const CHARGE_COLUMNS =
  'window_id, line_id, day, key, currency, cash_micros, accrual_micros, row_count, file_id, row';
const MARKS = '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
/** Rows of one statement: fewer crossings into SQLite, a third less time; more than this gains nothing. */
const ROWS_PER_STATEMENT = 16;

/** Writes batches of charges into a table with the columns of `charge`. */
export class ChargeInsert {
  readonly #one: Database.Statement;
  readonly #many: Database.Statement;

  constructor(sqlite: Database.Database, table: 'charge' | 'temp.incoming') {
    const insert = `INSERT INTO ${table} (${CHARGE_COLUMNS}) VALUES`;
    this.#one = sqlite.prepare(`${insert} ${MARKS}`);
    this.#many = sqlite.prepare(`${insert} ${Array.from({ length: ROWS_PER_STATEMENT }, () => MARKS).join(', ')}`);
  }

  /**
   * Writes a batch; `lineIds` and `fileIds` translate the batch's indexes to row ids.
   *
   * @throws LedgerError when a charge refers to a line or file that was never named.
   */
  write(
    batch: ChargeBatch,
    windowId: number,
    lineIds: readonly number[],
    fileIds: readonly number[],
    facts: MonthFactWriter | undefined,
  ): void {
    const count = batch.line.length;
    const whole = count - (count % ROWS_PER_STATEMENT);
    let values: unknown[] = [];
    for (let index = 0; index < count; index += 1) {
      const line = lineIds[batch.line[index] ?? -1];
      const file = fileIds[batch.file[index] ?? -1];
      if (line === undefined || file === undefined) throw neverNamed(batch, index);
      values.push(
        windowId,
        line,
        batch.day[index],
        batch.key[index],
        batch.currency[index],
        batch.cashMicros[index],
        batch.accrualMicros[index],
        batch.rowCount[index],
        file,
        batch.row[index],
      );
      facts?.add(
        line,
        batch.day[index] ?? 0,
        batch.currency[index] ?? '',
        batch.cashMicros[index] ?? 0n,
        batch.accrualMicros[index] ?? 0n,
      );
      const full = (index + 1) % ROWS_PER_STATEMENT === 0;
      if (index < whole && !full) continue;
      (full ? this.#many : this.#one).run(values);
      values = [];
    }
  }
}

function neverNamed(batch: ChargeBatch, index: number): LedgerError {
  return new LedgerError({
    place: {},
    message: `a connector handed over a charge for line ${batch.line[index] ?? '?'} or file ${batch.file[index] ?? '?'}, which it never named`,
    hint: 'This is a mistake of the connector; nothing was changed.',
  });
}
