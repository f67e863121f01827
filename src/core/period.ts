import { daysInMonth, isoDate, type IsoDate } from './date.js';

/** A calendar month as text, `YYYY-MM`. Months compare and sort as text. */
export type Month = string & { readonly month: unique symbol };

/** A half-open run of calendar months: `from` is in it, `to` is not. */
export interface Period {
  readonly from: Month;
  readonly to: Month;
}

/** Months since year 0, for arithmetic. */
export function monthIndex(month: Month): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
}

/** The month of a month index. */
export function monthOfIndex(index: number): Month {
  const year = Math.floor(index / 12);
  return `${String(year).padStart(4, '0')}-${String(index - year * 12 + 1).padStart(2, '0')}` as Month;
}

/** The ledger's integer form of a month, `yyyymm`. */
export function monthNumber(month: Month): number {
  return Number(month.slice(0, 4)) * 100 + Number(month.slice(5, 7));
}

/** `202403` → `2024-03`. */
export function monthOfNumber(number: number): Month {
  return `${String(Math.floor(number / 100)).padStart(4, '0')}-${String(number % 100).padStart(2, '0')}` as Month;
}

/** The month a day lies in. */
export function monthOf(date: IsoDate): Month {
  return date.slice(0, 7) as Month;
}

/** Reads `YYYY-MM`; `undefined` when the text is not a month. */
export function parseMonth(text: string): Month | undefined {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text) && !text.startsWith('0000') ? (text as Month) : undefined;
}

/** The month `months` later (or earlier when negative). */
export function addMonths(month: Month, months: number): Month {
  return monthOfIndex(monthIndex(month) + months);
}

/** First day of a month. */
export function firstDay(month: Month): IsoDate {
  return isoDate(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 1);
}

/** Last day of a month. */
export function lastDay(month: Month): IsoDate {
  const year = Number(month.slice(0, 4));
  const monthOfYear = Number(month.slice(5, 7));
  return isoDate(year, monthOfYear, daysInMonth(year, monthOfYear));
}

/** How many months a period has. */
export function periodLength(period: Period): number {
  return monthIndex(period.to) - monthIndex(period.from);
}

/** The months of a period, in order. */
export function monthsOf(period: Period): Month[] {
  return Array.from({ length: Math.max(0, periodLength(period)) }, (_, offset) => addMonths(period.from, offset));
}

/** True when the month lies in the period. */
export function inPeriod(month: Month, period: Period): boolean {
  return month >= period.from && month < period.to;
}

/** The period of one month. */
export function monthPeriod(month: Month): Period {
  return { from: month, to: addMonths(month, 1) };
}

/** The same period, `months` later (earlier when negative). */
export function shiftPeriod(period: Period, months: number): Period {
  return { from: addMonths(period.from, months), to: addMonths(period.to, months) };
}

/** True when two periods share a month. */
export function periodsOverlap(left: Period, right: Period): boolean {
  return left.from < right.to && right.from < left.to;
}

/**
 * Reads a period as people write it, both ends included: `2022-03`, `2019-04..2020-03`, `2022-Q1`, `2022`.
 * `undefined` when it is none of these or runs backwards.
 */
export function parsePeriod(text: string): Period | undefined {
  const trimmed = text.trim();
  const month = parseMonth(trimmed);
  if (month !== undefined) return monthPeriod(month);
  const quarter = /^([1-9]\d{3})-?Q([1-4])$/i.exec(trimmed);
  if (quarter !== null) {
    const from = monthOfIndex(Number(quarter[1]) * 12 + (Number(quarter[2]) - 1) * 3);
    return { from, to: addMonths(from, 3) };
  }
  if (/^[1-9]\d{3}$/.test(trimmed)) {
    const from = `${trimmed}-01` as Month;
    return { from, to: addMonths(from, 12) };
  }
  const range = /^(\d{4}-\d{2})\.\.(\d{4}-\d{2})$/.exec(trimmed);
  if (range === null) return undefined;
  const from = parseMonth(range[1] ?? '');
  const last = parseMonth(range[2] ?? '');
  if (from === undefined || last === undefined || last < from) return undefined;
  return { from, to: addMonths(last, 1) };
}

/** A period as people write it, both ends included: `2022-03` or `2019-04..2020-03`. */
export function formatPeriod(period: Period): string {
  const last = addMonths(period.to, -1);
  return last === period.from ? period.from : `${period.from}..${last}`;
}

/**
 * A fiscal year, named by the calendar year in which it ends: with a start in April, 2021 is 2020-04..2021-03;
 * with a start in January, 2021 is 2021-01..2021-12.
 */
export function fiscalYear(year: number, startMonth: number): Period {
  const from = monthOfIndex((startMonth === 1 ? year : year - 1) * 12 + startMonth - 1);
  return { from, to: addMonths(from, 12) };
}
