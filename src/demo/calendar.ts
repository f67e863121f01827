import { addDays, daysInMonth, isoDate, type IsoDate } from '../core/date.js';
import { addMonths, firstDay, lastDay, type Month } from '../core/period.js';

/** First month of the company's data. */
export const FIRST_MONTH = '2024-04' as Month;
/** Months of data: two fiscal years from April. */
export const MONTH_COUNT = 24;
/** Index of the first month of the second fiscal year. */
export const SECOND_YEAR = 12;

/** Indices of all months of data, 0 to 23. */
export const ALL_MONTHS: readonly number[] = Array.from({ length: MONTH_COUNT }, (_, index) => index);

/** The month of an index: 0 is 2024-04. */
export function monthAt(index: number): Month {
  return addMonths(FIRST_MONTH, index);
}

/** A day of a month; a day the month does not have becomes its last. */
export function dayIn(monthIndex: number, day: number): IsoDate {
  const month = monthAt(monthIndex);
  const year = Number(month.slice(0, 4));
  const monthOfYear = Number(month.slice(5, 7));
  return isoDate(year, monthOfYear, Math.min(day, daysInMonth(year, monthOfYear)));
}

/** Days of a month. */
export function dayCount(monthIndex: number): number {
  return Number(lastDay(monthAt(monthIndex)).slice(8));
}

/** Saturday or Sunday. */
export function isWeekend(date: IsoDate): boolean {
  const day = new Date(`${date}T00:00:00Z`).getUTCDay();
  return day === 0 || day === 6;
}

/** The same day, or the last working day before it in the same month, or else the first after it. */
export function workingDay(date: IsoDate): IsoDate {
  let day = date;
  while (isWeekend(day)) day = addDays(day, -1);
  if (day.slice(0, 7) === date.slice(0, 7)) return day;
  day = firstDay(date.slice(0, 7) as Month);
  while (isWeekend(day)) day = addDays(day, 1);
  return day;
}

/** `2024-04-30` as `30/04/2024`, or with another mark. */
export function dayMonthYear(date: IsoDate, mark: '/' | '.'): string {
  return [date.slice(8, 10), date.slice(5, 7), date.slice(0, 4)].join(mark);
}

/** Calendar quarter of a month: `2024-Q2`. */
export function quarterOf(monthIndex: number): string {
  const month = monthAt(monthIndex);
  return `${month.slice(0, 4)}-Q${Math.ceil(Number(month.slice(5, 7)) / 3)}`;
}

/** Every month of data. */
export const EVERY_MONTH = ALL_MONTHS;

/** Months from one index until before another. */
export function monthly(from: number, until: number = MONTH_COUNT): number[] {
  return ALL_MONTHS.filter((index) => index >= from && index < until);
}

/** Every third month from an index, until before another. */
export function quarterly(from: number, until: number = MONTH_COUNT): number[] {
  return monthly(from, until).filter((index) => (index - from) % 3 === 0);
}

/** Once a year from an index, until before another. */
export function yearly(from: number, until: number = MONTH_COUNT): number[] {
  return monthly(from, until).filter((index) => (index - from) % 12 === 0);
}
