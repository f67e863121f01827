import type Database from 'better-sqlite3';

import type { Micros } from '../core/money.js';

const MARKS = '(?, ?, ?, ?, ?, ?)';
/** Rows of one statement, as for charges. */
const ROWS_PER_STATEMENT = 16;
const VALUES_PER_ROW = 6;
const ADD_UP = `ON CONFLICT (line_id, currency, month) DO UPDATE SET
  cash_micros = cash_micros + excluded.cash_micros, accrual_micros = accrual_micros + excluded.accrual_micros,
  charge_count = charge_count + excluded.charge_count`;

interface Sums {
  cashMicros: Micros;
  accrualMicros: Micros;
  chargeCount: number;
}

/**
 * Adds charges to month facts as they are written, for a source whose charges all come in this transaction, and sums the
 * months of the source on the way. Charges arrive ordered by line and day, so that nearly every month fact is written
 * once; any other order gives the same sums.
 */
export class MonthFactWriter {
  readonly #one: Database.Statement;
  readonly #many: Database.Statement;
  readonly #insertMonth: Database.Statement;
  /** By currency, then month. */
  readonly #months = new Map<string, Map<number, Sums>>();
  #values: unknown[] = [];
  #lineId = 0;
  #month = 0;
  #currency = '';
  #cashMicros: Micros = 0n;
  #accrualMicros: Micros = 0n;
  #count = 0;

  constructor(sqlite: Database.Database) {
    const marks = Array.from({ length: ROWS_PER_STATEMENT }, () => MARKS).join(', ');
    this.#one = sqlite.prepare(`INSERT INTO month_fact VALUES ${MARKS} ${ADD_UP}`);
    this.#many = sqlite.prepare(`INSERT INTO month_fact VALUES ${marks} ${ADD_UP}`);
    this.#insertMonth = sqlite.prepare('INSERT INTO source_month VALUES (?, ?, ?, ?, ?, ?)');
  }

  /** Counts one charge; `day` is `yyyymmdd`. */
  add(lineId: number, day: number, currency: string, cashMicros: Micros, accrualMicros: Micros): void {
    const month = Math.trunc(day / 100);
    if (lineId !== this.#lineId || month !== this.#month || currency !== this.#currency) {
      this.#endFact();
      this.#lineId = lineId;
      this.#month = month;
      this.#currency = currency;
    }
    this.#cashMicros += cashMicros;
    this.#accrualMicros += accrualMicros;
    this.#count += 1;
  }

  /** Writes what is still being added up, and the months of the source. */
  finish(sourceId: number): void {
    this.#endFact();
    for (let at = 0; at < this.#values.length; at += VALUES_PER_ROW) {
      this.#one.run(this.#values.slice(at, at + VALUES_PER_ROW));
    }
    this.#values = [];
    for (const [currency, months] of this.#months) {
      for (const [month, sums] of months) {
        this.#insertMonth.run(sourceId, currency, month, sums.cashMicros, sums.accrualMicros, sums.chargeCount);
      }
    }
    this.#months.clear();
  }

  #endFact(): void {
    if (this.#count === 0) return;
    this.#values.push(this.#lineId, this.#currency, this.#month, this.#cashMicros, this.#accrualMicros, this.#count);
    this.#addToSource();
    this.#cashMicros = 0n;
    this.#accrualMicros = 0n;
    this.#count = 0;
    if (this.#values.length < ROWS_PER_STATEMENT * VALUES_PER_ROW) return;
    this.#many.run(this.#values);
    this.#values = [];
  }

  #addToSource(): void {
    let months = this.#months.get(this.#currency);
    if (months === undefined) this.#months.set(this.#currency, (months = new Map<number, Sums>()));
    const sums = months.get(this.#month);
    if (sums === undefined) {
      months.set(this.#month, {
        cashMicros: this.#cashMicros,
        accrualMicros: this.#accrualMicros,
        chargeCount: this.#count,
      });
      return;
    }
    sums.cashMicros += this.#cashMicros;
    sums.accrualMicros += this.#accrualMicros;
    sums.chargeCount += this.#count;
  }
}
