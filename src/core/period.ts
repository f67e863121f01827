import { daysInMonth, isoDate, type IsoDate } from './date.js';

/** A calendar month as text, `YYYY-MM`, from `0001-01` to `9999-12`. Months compare and sort as text. */
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

const FIRST_INDEX = 12;
const LAST_INDEX = 9_999 * 12 + 11;

/**
 * The month of a month index.
 *
 * @throws RangeError outside the years 1 to 9999: such months would not sort as text.
 */
export function monthOfIndex(index: number): Month {
  if (index < FIRST_INDEX || index > LAST_INDEX) throw new RangeError(`month ${index} is not in the years 1 to 9999`);
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

/** The last month there is. It can end a period, but not be in one: no month follows it. */
const END_OF_MONTHS = '9999-12';

/** Reads `YYYY-MM`; `undefined` when the text is not a month that another can follow. */
export function parseMonth(text: string): Month | undefined {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text) || text.startsWith('0000') || text === END_OF_MONTHS) return undefined;
  return text as Month;
}

/**
 * The month `months` later (or earlier when negative).
 *
 * @throws RangeError when it is not in the years 1 to 9999.
 */
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
  if (quarter !== null) return periodOf(Number(quarter[1]) * 12 + (Number(quarter[2]) - 1) * 3, 3);
  if (/^[1-9]\d{3}$/.test(trimmed)) return periodOf(Number(trimmed) * 12, 12);
  const range = /^(\d{4}-\d{2})\.\.(\d{4}-\d{2})$/.exec(trimmed);
  if (range === null) return undefined;
  const from = parseMonth(range[1] ?? '');
  const last = parseMonth(range[2] ?? '');
  if (from === undefined || last === undefined || last < from) return undefined;
  return { from, to: addMonths(last, 1) };
}

function periodOf(index: number, length: number): Period | undefined {
  return index + length > LAST_INDEX ? undefined : { from: monthOfIndex(index), to: monthOfIndex(index + length) };
}

/** A period as people write it, both ends included: `2022-03` or `2019-04..2020-03`. */
export function formatPeriod(period: Period): string {
  const last = addMonths(period.to, -1);
  return last === period.from ? period.from : `${period.from}..${last}`;
}

/**
 * A fiscal year, named by the calendar year in which it ends: with a start in April, 2021 is 2020-04..2021-03;
 * with a start in January, 2021 is 2021-01..2021-12.
 *
 * @throws RangeError when it is not in the years 1 to 9999.
 */
export function fiscalYear(year: number, startMonth: number): Period {
  const from = monthOfIndex((startMonth === 1 ? year : year - 1) * 12 + startMonth - 1);
  return { from, to: addMonths(from, 12) };
}
