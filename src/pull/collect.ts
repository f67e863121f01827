import type { ChargeBatch, ControlTotal, ReadingSummary, RejectedRow, WindowReading } from '../core/batch.js';
import { EMPTY_LINE_TEXTS, LINE_TEXT_KEYS, type LineTexts } from '../core/charge.js';
import { REJECTED_ROWS_KEPT_MAX } from '../core/batch.js';
import { dayNumber, parseIsoDate, type DayNumber, type IsoDate } from '../core/date.js';
import { DecimalSum, decimalText } from '../core/decimal.js';
import { SourceError } from '../core/errors.js';
import { toMicros } from '../core/money.js';
import { KeyTable } from './key-table.js';
import { TextColumn } from './text-column.js';
import type { PullEnd, PullWindow, ServiceBatch, ServiceCharge } from '../connector/service.js';

/** Charges of one window that are kept in memory until the window is whole; some 150 bytes each. */
export const WINDOW_CHARGES_MAX = 3_000_000;
/** A window of which more rows than this share cannot be read is refused: the service has changed. */
export const REJECTED_SHARE_MAX = 0.02;
/** So few rejected rows never refuse a window. */
export const REJECTED_ROWS_FREE = 10;

const ROWS_FIRST = 1_024;
const CHARGES_PER_BATCH = 8_192;

interface Totals {
  /** The place of the currency in the order in which they came. */
  readonly index: number;
  readonly cash: DecimalSum;
  readonly accrual: DecimalSum;
  cashMicros: bigint;
  accrualMicros: bigint;
}

function noTotals(index: number): Totals {
  return { index, cash: new DecimalSum(), accrual: new DecimalSum(), cashMicros: 0n, accrualMicros: 0n };
}

/**
 * Collects the charges of one window of a live service in columns until it is whole, so that the ledger is written in
 * one short transaction, and a page that fails leaves the old state.
 */
export class WindowCollector {
  readonly #source: string;
  readonly #window: PullWindow;
  readonly #lines = new Map<string, number>();
  /** Lines by the object that first gave their texts: a connector that makes the texts of a line once is quick. */
  readonly #linesByObject = new WeakMap<object, number>();
  readonly #lineTexts: LineTexts[] = [];
  readonly #keys = new KeyTable();
  readonly #totals = new Map<string, Totals>();
  readonly #references = new TextColumn();
  readonly #rejected: RejectedRow[] = [];
  #line = new Int32Array(ROWS_FIRST);
  #day = new Int32Array(ROWS_FIRST);
  #currency = new Int32Array(ROWS_FIRST);
  #cash = new BigInt64Array(ROWS_FIRST);
  #accrual = new BigInt64Array(ROWS_FIRST);
  #count = 0;
  #lastDay: IsoDate | undefined;
  #lastDayNumber: DayNumber = 0;
  #rejectedCount = 0;
  #skippedCount = 0;

  constructor(source: string, window: PullWindow) {
    this.#source = source;
    this.#window = window;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Takes a part of the window.
   *
   * @throws SourceError for a charge outside the window, or a key that stands for two different charges.
   */
  add(batch: ServiceBatch): void {
    for (const charge of batch.charges) this.#addCharge(charge);
    for (const row of batch.rejected ?? []) this.#reject(row);
    this.#skippedCount += batch.skippedCount ?? 0;
  }

  /** The whole window as the ledger takes it. @throws SourceError when too many rows cannot be read. */
  reading(end: PullEnd, readAt: Date): WindowReading {
    this.#refuseTooManyRejected();
    const summary = this.#summary(end, readAt);
    return {
      batches: () => this.#batches(),
      summary: () => Promise.resolve(summary),
      close: () => Promise.resolve(),
    };
  }

  #addCharge(charge: ServiceCharge): void {
    const { currency, cash, accrual = cash, reference } = charge;
    const day = this.#dayNumberOf(charge.day);
    const cashMicros = toMicros(cash);
    const accrualMicros = accrual === cash ? cashMicros : toMicros(accrual);
    if (cashMicros === undefined || accrualMicros === undefined) {
      this.#reject({
        file: charge.key,
        row: 1,
        reason: 'the amount is too large',
        text: decimalText(cashMicros === undefined ? cash : accrual),
      });
      return;
    }
    const line = this.#lineOf(charge.texts);
    const totals = this.#totalsOf(currency);
    const { row: at, isNew } = this.#keys.rowOf(charge.key);
    if (!isNew) {
      // Lists that grow while they are walked give the same row on two pages.
      const isSame =
        this.#line[at] === line &&
        this.#cash[at] === cashMicros &&
        this.#accrual[at] === accrualMicros &&
        this.#day[at] === day &&
        this.#currency[at] === totals.index;
      if (!isSame) throw this.#mistake(`gave two charges with the key ${charge.key}`);
      return;
    }
    if (this.#count === WINDOW_CHARGES_MAX) throw this.#mistake(`gave more than ${WINDOW_CHARGES_MAX} charges`);
    if (this.#count === this.#line.length) this.#grow();
    this.#line[at] = line;
    this.#day[at] = day;
    this.#cash[at] = cashMicros;
    this.#accrual[at] = accrualMicros;
    this.#currency[at] = totals.index;
    this.#references.push(reference);
    this.#count += 1;
    totals.cash.add(cash);
    totals.accrual.add(accrual);
    totals.cashMicros += cashMicros;
    totals.accrualMicros += accrualMicros;
  }

  /** The number of a day of the window. Charges of one day mostly follow each other: it is read once for them. */
  #dayNumberOf(day: IsoDate): DayNumber {
    if (day === this.#lastDay) return this.#lastDayNumber;
    if (day < this.#window.from || day >= this.#window.to || parseIsoDate(day) === undefined)
      throw this.#mistake(`gave a charge of ${day}`);
    this.#lastDay = day;
    this.#lastDayNumber = dayNumber(day);
    return this.#lastDayNumber;
  }

  #totalsOf(currency: string): Totals {
    const known = this.#totals.get(currency);
    if (known !== undefined) return known;
    const totals = noTotals(this.#totals.size);
    this.#totals.set(currency, totals);
    return totals;
  }

  #lineOf(given: Partial<LineTexts>): number {
    const known = this.#linesByObject.get(given);
    if (known !== undefined) return known;
    let name = '';
    for (const key of LINE_TEXT_KEYS) {
      const text = given[key] ?? EMPTY_LINE_TEXTS[key];
      name += text === '' ? '0:' : `${text.length}:${text}`;
    }
    const named = this.#lines.get(name);
    if (named !== undefined) return named;
    const index = this.#lineTexts.length;
    this.#lines.set(name, index);
    this.#linesByObject.set(given, index);
    this.#lineTexts.push({ ...EMPTY_LINE_TEXTS, ...given });
    return index;
  }

  #grow(): void {
    const size = this.#line.length * 2;
    const grown = <Column extends Int32Array | BigInt64Array>(column: Column, into: Column): Column => {
      into.set(column as never);
      return into;
    };
    this.#line = grown(this.#line, new Int32Array(size));
    this.#day = grown(this.#day, new Int32Array(size));
    this.#currency = grown(this.#currency, new Int32Array(size));
    this.#cash = grown(this.#cash, new BigInt64Array(size));
    this.#accrual = grown(this.#accrual, new BigInt64Array(size));
  }

  #reject(row: RejectedRow): void {
    this.#rejectedCount += 1;
    if (this.#rejected.length < REJECTED_ROWS_KEPT_MAX) this.#rejected.push(row);
  }

  #refuseTooManyRejected(): void {
    const rows = this.#count + this.#rejectedCount + this.#skippedCount;
    if (this.#rejectedCount <= Math.max(REJECTED_ROWS_FREE, rows * REJECTED_SHARE_MAX)) return;
    const reason = this.#rejected[0]?.reason ?? '';
    throw new SourceError({
      place: { source: this.#source },
      message: `${this.#rejectedCount} of ${rows} rows of ${this.#window.from} to ${this.#window.to} cannot be read (${reason})`,
      hint: 'The service may have changed. Nothing of this window was taken; the ledger is as it was.',
    });
  }

  #summary(end: PullEnd, readAt: Date): ReadingSummary {
    return {
      rowCount: this.#count + this.#rejectedCount + this.#skippedCount,
      rejectedCount: this.#rejectedCount,
      skippedCount: this.#skippedCount,
      controlTotals: this.#controlTotals(end),
      rejected: this.#rejected,
      remarks: end.remarks,
      service: { readAt, isFinal: end.isFinal },
    };
  }

  /** The service's own totals where it states them; otherwise the exact sums of what it listed. */
  #controlTotals({ totals }: PullEnd): ControlTotal[] {
    const stated = new Map((totals ?? []).map((total) => [total.currency, total]));
    const currencies = new Set([...this.#totals.keys(), ...stated.keys()]);
    return [...currencies].sort().map((currency) => {
      const held = this.#totals.get(currency) ?? noTotals(0);
      const total = stated.get(currency);
      return {
        currency,
        sourceCash: decimalText(total?.cash ?? held.cash),
        sourceAccrual: decimalText(total?.accrual ?? total?.cash ?? held.accrual),
        ledgerCashMicros: held.cashMicros,
        ledgerAccrualMicros: held.accrualMicros,
      };
    });
  }

  /** All lines with the first charges, then the other charges; a window without charges is one batch. */
  async *#batches(): AsyncGenerator<ChargeBatch> {
    const currencies = [...this.#totals.keys()];
    for (let from = 0; from === 0 || from < this.#count; from += CHARGES_PER_BATCH) {
      const to = Math.min(this.#count, from + CHARGES_PER_BATCH);
      const rows = to - from;
      yield await Promise.resolve({
        lines: from === 0 ? this.#lineTexts : [],
        line: this.#line.subarray(from, to),
        key: this.#keys.keys().subarray(from, to),
        day: this.#day.subarray(from, to),
        currency: Array.from(this.#currency.subarray(from, to), (index) => currencies[index] ?? ''),
        cashMicros: this.#cash.subarray(from, to),
        accrualMicros: this.#accrual.subarray(from, to),
        rowCount: new Int32Array(rows).fill(1),
        file: new Int32Array(rows),
        row: new Int32Array(rows),
        reference: this.#references.slice(from, to),
      });
    }
  }

  #mistake(what: string): SourceError {
    const { from, to } = this.#window;
    const message = `the connector ${what} when asked for ${from} to ${to}; nothing of this window was taken`;
    return new SourceError({
      place: { source: this.#source },
      message,
      hint: 'This is a mistake of the connector: please report it.',
    });
  }
}
