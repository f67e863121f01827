import { addMonths, monthOf, type Month } from '../../src/core/period.js';
import type { IsoDate } from '../../src/core/date.js';
import { newerFirst, type Seconds, type StripeRow } from './stripe-server.js';

/** Whole months of history before the month in which a stand-in starts. */
const HISTORY_MONTHS = 40;

/** The month of a moment in UTC. */
export function monthOfSeconds(seconds: number): Month {
  return monthOf(new Date(seconds * 1_000).toISOString().slice(0, 10) as IsoDate);
}

/** Seconds at which a month begins in UTC. */
export function secondsOfMonth(month: Month): number {
  return Date.parse(`${month}-01`) / 1_000;
}

/** Rows that are made month by month when they are asked for, and appear as the clock goes on. */
export class MonthlyRows<Row extends StripeRow> {
  readonly #first: Month;
  readonly #now: () => Date;
  readonly #make: (month: Month) => readonly Row[];
  readonly #made = new Map<Month, readonly Row[]>();

  constructor(now: () => Date, make: (month: Month) => readonly Row[]) {
    this.#now = now;
    this.#make = make;
    this.#first = addMonths(monthOfSeconds(this.#seconds()), -HISTORY_MONTHS);
  }

  /** Every month from the first to the current one. */
  months(): Month[] {
    const months: Month[] = [];
    const last = monthOfSeconds(this.#seconds());
    for (let month = this.#first; month <= last; month = addMonths(month, 1)) months.push(month);
    return months;
  }

  /** True for a month that the history reaches back to. */
  has(month: Month): boolean {
    return month >= this.#first;
  }

  /** Rows of a month that are there now, newest first. */
  of(month: Month): readonly Row[] {
    if (month < this.#first) return [];
    const now = this.#seconds();
    return this.#all(month).filter(({ created }) => created <= now);
  }

  /** Makes a month anew when it is asked for next. */
  forget(month: Month): void {
    this.#made.delete(month);
  }

  *newestFirst({ from, to }: Seconds): Generator<Row> {
    const end = Math.min(to, this.#seconds() + 1);
    if (end <= from) return;
    const oldest = monthOfSeconds(Math.max(from, secondsOfMonth(this.#first)));
    for (let month = monthOfSeconds(end - 1); month >= oldest; month = addMonths(month, -1)) {
      for (const row of this.of(month)) if (row.created >= from && row.created < end) yield row;
    }
  }

  find(id: string): Row | undefined {
    // Ids carry their month, as those of Stripe carry a moment: ipi_1202610x…
    const found = /_1(\d{4})(\d{2})x/.exec(id);
    if (found === null) return undefined;
    return this.of(`${found[1] ?? ''}-${found[2] ?? ''}` as Month).find((row) => row.id === id);
  }

  #seconds(): number {
    return Math.floor(this.#now().getTime() / 1_000);
  }

  #all(month: Month): readonly Row[] {
    const made = this.#made.get(month) ?? [...this.#make(month)].sort(newerFirst);
    this.#made.set(month, made);
    return made;
  }
}
