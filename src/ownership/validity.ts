import { parseIsoDate } from '../core/date.js';
import { addMonths, firstDay, lastDay, monthOf, parseMonth, type Month } from '../core/period.js';
import type { Validity } from './entries.js';

/** A month that was read, or what is wrong with it. */
export type MonthReading = { readonly month: Month } | { readonly problem: string; readonly hint: string };

/** Holds for all time. */
export const ALWAYS: Validity = { from: undefined, to: undefined };

/** Reads the first month something holds: `2024-04`, or the first day of a month. */
export function readFirstMonth(text: string, key: string): MonthReading {
  return readMonth(text, key, 'first', (month) => firstDay(month));
}

/** True for an end that is none: empty, or the end of the year 9999, as directories write it. */
export function isOpenEnd(text: string): boolean {
  return text === '' || text === '9999-12' || text === '9999-12-31';
}

/** Reads the last month something holds: `2025-03`, or the last day of a month. */
export function readLastMonth(text: string, key: string): MonthReading {
  return readMonth(text, key, 'last', (month) => lastDay(month));
}

function readMonth(text: string, key: string, end: 'first' | 'last', dayOf: (month: Month) => string): MonthReading {
  const month = parseMonth(text);
  if (month !== undefined) return { month };
  const day = parseIsoDate(text);
  if (day === undefined) {
    return {
      problem: `cannot read ${key} "${text}"`,
      hint: `Write the ${end} month it holds, for example ${end === 'first' ? '2024-04' : '2025-03'}.`,
    };
  }
  const itsMonth = monthOf(day);
  if (dayOf(itsMonth) === day) return { month: itsMonth };
  return {
    problem: `${key} "${text}" is not the ${end} day of a month`,
    hint: `Ownership changes at the turn of a month: write ${itsMonth} or ${dayOf(itsMonth)}.`,
  };
}

/** First and last month, both included, as a half-open validity. */
export function validityOf(first: Month | undefined, last: Month | undefined): Validity {
  return { from: first, to: last === undefined ? undefined : addMonths(last, 1) };
}

/** True when two validities share a month. */
export function overlaps(left: Validity, right: Validity): boolean {
  const leftStartsInTime = right.to === undefined || left.from === undefined || left.from < right.to;
  const rightStartsInTime = left.to === undefined || right.from === undefined || right.from < left.to;
  return leftStartsInTime && rightStartsInTime;
}

/** The months in both; `undefined` when there are none. */
export function intersection(left: Validity, right: Validity): Validity | undefined {
  if (!overlaps(left, right)) return undefined;
  const from = left.from === undefined || (right.from !== undefined && right.from > left.from) ? right.from : left.from;
  const to = left.to === undefined || (right.to !== undefined && right.to < left.to) ? right.to : left.to;
  return { from, to };
}
