/** A calendar day as ISO 8601 text, `YYYY-MM-DD`, in the time zone of its source. */
export type IsoDate = string & { readonly isoDate: unique symbol };

/** A calendar day as the integer `yyyymmdd`, the form the ledger stores: `date / 100` is its month. */
export type DayNumber = number;

const MILLISECONDS_PER_DAY = 86_400_000;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True for years with 29 February (Gregorian rule). */
export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Number of days of a calendar month; `month` is 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
}

/**
 * True when the three numbers name a day that exists, from year 1 to November 9999: after December 9999, which many
 * programs write for "never", there is no month that could end its period.
 */
export function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year === 9999 && month === 12) return false;
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** The day as ISO text. The caller has checked that it exists. */
export function isoDate(year: number, month: number, day: number): IsoDate {
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return text as IsoDate;
}

/** Reads `YYYY-MM-DD`; `undefined` when the text is not such a day. */
export function parseIsoDate(text: string): IsoDate | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return undefined;
  return isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3])) ? (text as IsoDate) : undefined;
}

/** `2024-01-31` → `20240131`. */
export function dayNumber(date: IsoDate): DayNumber {
  return Number(date.slice(0, 4)) * 10_000 + Number(date.slice(5, 7)) * 100 + Number(date.slice(8, 10));
}

/** `20240131` → `2024-01-31`. */
export function dateOfDayNumber(day: DayNumber): IsoDate {
  return isoDate(Math.floor(day / 10_000), Math.floor(day / 100) % 100, day % 100);
}

/** The day `days` later (or earlier when negative). */
export function addDays(date: IsoDate, days: number): IsoDate {
  // Not Date.UTC(year, …): it takes the years 0 to 99 for 1900 to 1999.
  return new Date(Date.parse(date) + days * MILLISECONDS_PER_DAY).toISOString().slice(0, 10) as IsoDate;
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / MILLISECONDS_PER_DAY);
}
