import type Database from 'better-sqlite3';

import type { Micros } from '../core/money.js';

/**
 * Adds charges to month facts as they are written, for a source whose charges all come in this transaction. Charges
 * arrive ordered by line and day, so that nearly every month fact is written once; any other order gives the same sums.
 */
export class MonthFactWriter {
  readonly #add: Database.Statement;
  #lineId = 0;
  #month = 0;
  #currency = '';
  #cashMicros: Micros = 0n;
  #accrualMicros: Micros = 0n;
  #count = 0;

  constructor(sqlite: Database.Database) {
    this.#add = sqlite.prepare(
      `INSERT INTO month_fact VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (line_id, currency, month) DO UPDATE SET
         cash_micros = cash_micros + excluded.cash_micros, accrual_micros = accrual_micros + excluded.accrual_micros,
         charge_count = charge_count + excluded.charge_count`,
    );
  }

  /** Counts one charge; `day` is `yyyymmdd`. */
  add(lineId: number, day: number, currency: string, cashMicros: Micros, accrualMicros: Micros): void {
    const month = Math.trunc(day / 100);
    if (lineId !== this.#lineId || month !== this.#month || currency !== this.#currency) {
      this.flush();
      this.#lineId = lineId;
      this.#month = month;
      this.#currency = currency;
    }
    this.#cashMicros += cashMicros;
    this.#accrualMicros += accrualMicros;
    this.#count += 1;
  }

  /** Writes what is still being added up. */
  flush(): void {
    if (this.#count === 0) return;
    this.#add.run(this.#lineId, this.#currency, this.#month, this.#cashMicros, this.#accrualMicros, this.#count);
    this.#cashMicros = 0n;
    this.#accrualMicros = 0n;
    this.#count = 0;
  }
}
