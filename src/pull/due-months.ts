import type { ServiceHistory } from '../connector/service.js';
import { addDays, daysBetween, type IsoDate } from '../core/date.js';
import { addMonths, firstDay, lastDay, monthOf, type Month } from '../core/period.js';

/** Whole months before the current one that a first run reads: a year to compare with, and the month before it. */
export const BACKFILL_MONTHS = 13;

/** A month as it was read last. */
export interface MonthReading {
  readonly fingerprint: string;
  /** Day of the reading in the source's zone; undefined where no reading is known. */
  readonly readOn: IsoDate | undefined;
  readonly isFinal: boolean;
}

/** Months of a live source that have to be read, and those that cannot be read any more although they should. */
export interface DueMonths {
  /** Latest first: the months that people look at come first, and a backfill that is stopped has the useful part. */
  readonly due: readonly Month[];
  /** Read with other settings, and too old for the service to give them again: they stay as they are. */
  readonly stale: readonly Month[];
  /** First month that is wanted but older than what the service keeps; undefined: there is none. */
  readonly unreachable: { readonly from: Month; readonly to: Month } | undefined;
}

/**
 * Tells which months of a live source are due: never read, read with other settings, called an estimate by the service,
 * or read before the service had stopped changing them.
 *
 * @param today in the source's time zone
 * @param since first month wanted; undefined: `BACKFILL_MONTHS` before the current one
 */
export function dueMonths(
  today: IsoDate,
  history: Pick<ServiceHistory, 'restatementDays' | 'monthsMax'>,
  since: Month | undefined,
  fingerprint: string,
  readings: ReadonlyMap<string, MonthReading>,
): DueMonths {
  const current = monthOf(today);
  const wanted = since ?? addMonths(current, -BACKFILL_MONTHS);
  const oldest = history.monthsMax === undefined ? wanted : addMonths(current, -history.monthsMax);
  const first = wanted > oldest ? wanted : oldest;
  const due: Month[] = [];
  for (let month = current; month >= first; month = addMonths(month, -1)) {
    if (isDue(month, readings.get(month), fingerprint, history.restatementDays)) due.push(month);
  }
  const months = [...readings.keys()] as Month[];
  const stale = months.filter((month) => month < first && readings.get(month)?.fingerprint !== fingerprint).sort();
  const neverRead = since !== undefined && since < oldest && !readings.has(since);
  return { due, stale, unreachable: neverRead ? { from: since, to: addMonths(oldest, -1) } : undefined };
}

function isDue(month: Month, reading: MonthReading | undefined, fingerprint: string, restatementDays: number): boolean {
  if (reading?.readOn === undefined || reading.fingerprint !== fingerprint || !reading.isFinal) return true;
  return daysBetween(reading.readOn, settledOn(month, restatementDays)) > 0;
}

/** First day on which a month can be read for the last time. */
export function settledOn(month: Month, restatementDays: number): IsoDate {
  return addDays(lastDay(month), restatementDays + 1);
}

/** The days of a month as a half-open window. */
export function windowOf(month: Month): { readonly from: IsoDate; readonly to: IsoDate } {
  return { from: firstDay(month), to: firstDay(addMonths(month, 1)) };
}
