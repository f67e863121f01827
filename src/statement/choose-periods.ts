import { UsageError } from '../core/errors.js';
import {
  addMonths,
  fiscalYear,
  formatPeriod,
  monthIndex,
  monthPeriod,
  parseMonth,
  parsePeriod,
  periodLength,
  periodsOverlap,
  shiftPeriod,
  type Month,
  type Period,
} from '../core/period.js';

/** What a person asked for, as written on the command line. */
export interface PeriodRequest {
  readonly month?: string | undefined;
  readonly fiscalYear?: string | undefined;
  readonly baseline?: string | undefined;
  readonly current?: string | undefined;
  readonly compare?: 'last-year' | 'last-month' | undefined;
}

export interface PeriodPair {
  readonly baseline: Period;
  readonly current: Period;
}

/** Longest half compared when nothing is asked for. */
const DEFAULT_MONTHS_MAX = 12;

/**
 * The two periods of a statement: as asked for, or the latest twelve months (fewer when there is less) against as many
 * before.
 *
 * @throws UsageError when the request contradicts itself, or nothing was asked for and one month is all there is.
 */
export function choosePeriods(
  request: PeriodRequest,
  available: { readonly first: Month; readonly last: Month },
  fiscalYearStart: number,
): PeriodPair {
  const asked = [request.month, request.fiscalYear, request.current].filter((value) => value !== undefined);
  if (asked.length > 1) throw usage('Ask for one of --month, --fiscal-year or --baseline with --current.');
  if ((request.baseline !== undefined || asked.length === 0) && request.current === undefined) {
    if (request.baseline !== undefined) throw usage('--baseline needs --current with as many months.');
    if (request.compare !== undefined) throw usage('--compare needs --month or --fiscal-year.');
    return latest(available);
  }
  return checked(request.baseline === undefined ? compared(request, fiscalYearStart) : explicit(request));
}

function explicit(request: PeriodRequest): PeriodPair {
  if (request.compare !== undefined)
    throw usage('--compare and --baseline say the same thing twice; give one of them.');
  return { baseline: period('--baseline', request.baseline), current: period('--current', request.current) };
}

function compared(request: PeriodRequest, fiscalYearStart: number): PeriodPair {
  const current = currentPeriod(request, fiscalYearStart);
  const compare = request.compare ?? 'last-year';
  if (compare === 'last-month' && periodLength(current) > 1) {
    throw usage(
      '--compare last-month compares one month with the one before; give --month, or compare with last-year.',
    );
  }
  return { baseline: inYears(() => shiftPeriod(current, compare === 'last-month' ? -1 : -12)), current };
}

function currentPeriod(request: PeriodRequest, fiscalYearStart: number): Period {
  if (request.month !== undefined) {
    const month = parseMonth(request.month);
    if (month === undefined) throw usage(`--month "${request.month}" is not a month; write it as 2024-03.`);
    return monthPeriod(month);
  }
  if (request.fiscalYear !== undefined) {
    if (!/^[1-9]\d{3}$/.test(request.fiscalYear)) {
      throw usage(`--fiscal-year "${request.fiscalYear}" is not a year; write the year in which it ends, as 2024.`);
    }
    const year = Number(request.fiscalYear);
    return inYears(() => fiscalYear(year, fiscalYearStart));
  }
  return period('--current', request.current);
}

/** A period that may lie outside the years there are. */
function inYears(periodOf: () => Period): Period {
  try {
    return periodOf();
  } catch (error) {
    if (error instanceof RangeError) throw usage('The months asked for are not all in the years 0001 to 9999.');
    throw error;
  }
}

function period(option: string, text: string | undefined): Period {
  const parsed = parsePeriod(text ?? '');
  if (parsed === undefined) {
    throw usage(`${option} "${text ?? ''}" is not a period; write 2024-03, 2024-Q1, 2024 or 2023-04..2024-03.`);
  }
  return parsed;
}

function checked(pair: PeriodPair): PeriodPair {
  const [before, after] = [periodLength(pair.baseline), periodLength(pair.current)];
  if (before !== after) {
    throw usage(
      `${formatPeriod(pair.baseline)} has ${before} months and ${formatPeriod(pair.current)} has ${after}; a statement compares equally many.`,
    );
  }
  if (periodsOverlap(pair.baseline, pair.current)) {
    throw usage(
      `${formatPeriod(pair.baseline)} and ${formatPeriod(pair.current)} share months; choose periods that do not.`,
    );
  }
  return pair;
}

function latest(available: { readonly first: Month; readonly last: Month }): PeriodPair {
  const months = monthIndex(available.last) - monthIndex(available.first) + 1;
  const length = Math.min(DEFAULT_MONTHS_MAX, Math.floor(months / 2));
  if (length === 0) {
    throw usage(
      `The ledger has one month, ${available.first}; a statement compares two periods. Pull an earlier month as well.`,
    );
  }
  const to = addMonths(available.last, 1);
  const current = { from: addMonths(to, -length), to };
  return { baseline: shiftPeriod(current, -length), current };
}

function usage(message: string): UsageError {
  return new UsageError({ place: {}, message, hint: '`spendshift statement --help` shows examples.' });
}
