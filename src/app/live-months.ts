import { dayIn } from '../connector/values.js';
import { lastDay, type Month } from '../core/period.js';

/** When a month of a live source was read, as far as the ledger knows. */
interface MonthReading {
  readonly readAt?: Date | undefined;
  readonly isFinal: boolean;
}

/** Why the ledger does not have all of a month of a live source yet; undefined when it has. */
export function whyIncomplete(reading: MonthReading | undefined, timeZone: string, month: Month): string | undefined {
  if (reading?.readAt === undefined) return `${month} was never read`;
  if (dayIn(timeZone, reading.readAt) <= lastDay(month)) return `not read since ${month} ended`;
  return reading.isFinal ? undefined : `the service still calls ${month} an estimate`;
}
