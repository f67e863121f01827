import { detailOf } from '../../src/connector/http.js';
import { ProblemError, retryAfterMs, statusProblem } from '../../src/connector/problems.js';
import type { ServiceContext } from '../../src/connector/service.js';
import { dayIn } from '../../src/connector/values.js';
import { addDays, type IsoDate } from '../../src/core/date.js';
import { parseRates, type RatesFile } from './parse.js';
import type { EcbSettings } from './settings.js';

/** The files of the ECB, smallest first: the newest day, the last 90 days, all days since 1999. */
export const FILES = {
  daily: 'eurofxref-daily.xml',
  quarter: 'eurofxref-hist-90d.xml',
  history: 'eurofxref-hist.xml',
} as const;

export type FileName = (typeof FILES)[keyof typeof FILES];

/** Days that the file of 90 days reaches back. */
const QUARTER_DAYS = 90;
const SATURDAY = 6;
const SUNDAY = 0;

/** The ECB's own day; it publishes in Frankfurt. */
export function ecbToday(now: Date): IsoDate {
  return dayIn('Europe/Berlin', now);
}

/** The smallest file that has all days from `from` to `today`. */
export function smallestFile(from: IsoDate, today: IsoDate): FileName {
  if (from < addDays(today, -QUARTER_DAYS)) return FILES.history;
  // The file of a day holds the newest one alone, so it serves only where no second day can be asked for.
  return weekdaysBetween(from, addDays(today, 1), 2) <= 1 ? FILES.daily : FILES.quarter;
}

/**
 * Whether a file may lack days that are asked for: its oldest day comes after a weekday that was asked for. A holiday looks
 * the same; then the greater file is read for nothing, and nothing else.
 */
export function mayLack(from: IsoDate, oldest: IsoDate | undefined): boolean {
  return oldest === undefined || weekdaysBetween(from, oldest, 1) > 0;
}

/** Days from Monday to Friday in a half-open run of days; counts no further than `enough`. */
function weekdaysBetween(from: IsoDate, to: IsoDate, enough: number): number {
  let count = 0;
  for (let day = from; day < to && count < enough; day = addDays(day, 1)) {
    const weekday = new Date(day).getUTCDay();
    if (weekday !== SATURDAY && weekday !== SUNDAY) count += 1;
  }
  return count;
}

/** Fetches a file and reads it as it arrives, so that a broken one is asked for again like any failed request. */
export function fetchRates(context: ServiceContext<EcbSettings>, file: FileName): Promise<RatesFile> {
  const address = new URL(file, `${context.settings.endpoint.replace(/\/+$/, '')}/`);
  return context.call(`reference rates, ${file}`, async (signal) => {
    const headers = { accept: 'application/xml, text/xml', 'user-agent': 'spendshift' };
    const response = await fetch(address, { signal, headers });
    if (!response.ok) throw new ProblemError(await problemOfAnswer(response, context.now(), address));
    if (response.body === null) throw new SyntaxError('the reply has no body');
    const found = await parseRates(response.body);
    if (found.dayCount > 0) return found;
    throw new ProblemError({ kind: 'reply', message: 'the file holds no day of rates in the ECB’s form' });
  });
}

async function problemOfAnswer(response: Response, now: Date, address: URL): Promise<ProblemError['problem']> {
  const afterMs = retryAfterMs(response.headers.get('retry-after'), now);
  const problem = statusProblem(response.status, detailOf(await response.text()), afterMs);
  if (problem === undefined) return { kind: 'reply', message: `unexpected answer ${response.status}` };
  if (problem.kind === 'retry') return problem;
  const hint = `Anybody may read ${address.href} without signing in: look whether a proxy stands between, or correct \`endpoint\`.`;
  return { ...problem, hint };
}
