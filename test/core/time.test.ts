import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  addDays,
  dateOfDayNumber,
  dayNumber,
  daysBetween,
  daysInMonth,
  isCalendarDay,
  isoDate,
  parseIsoDate,
} from '../../src/core/date.js';
import {
  addMonths,
  fiscalYear,
  firstDay,
  formatPeriod,
  inPeriod,
  lastDay,
  monthIndex,
  monthNumber,
  monthOf,
  monthOfIndex,
  monthOfNumber,
  monthPeriod,
  monthsOf,
  parseMonth,
  parsePeriod,
  periodLength,
  periodsOverlap,
  shiftPeriod,
} from '../../src/core/period.js';

const day = fc
  .record({ year: fc.integer({ min: 1, max: 9998 }), month: fc.integer({ min: 1, max: 12 }), of: fc.nat(30) })
  .map(({ year, month, of }) => isoDate(year, month, 1 + (of % daysInMonth(year, month))));
const month = fc.integer({ min: 48, max: 9998 * 12 }).map(monthOfIndex);
const period = fc.tuple(month, fc.integer({ min: 1, max: 400 })).map(([from, length]) => {
  const start = from > '9900-01' ? addMonths(from, -1_200) : from;
  return { from: start, to: addMonths(start, length) };
});

describe('days', () => {
  it.each(['2024-02-29', '2000-02-29', '0001-01-01', '9999-11-30'])('knows %s', (text) => {
    expect(parseIsoDate(text)).toBe(text);
  });

  it.each([
    '2023-02-29',
    '1900-02-29',
    '2024-04-31',
    '2024-13-01',
    '2024-00-10',
    '2024-1-1',
    '0000-01-01',
    '9999-12-31',
    '20240101',
    '',
  ])('refuses "%s"', (text) => {
    expect(parseIsoDate(text)).toBeUndefined();
  });

  it('refuses numbers that are no day', () => {
    expect(isCalendarDay(10_000, 1, 1)).toBe(false);
    expect(isCalendarDay(2024, 1, 0)).toBe(false);
  });

  it('keep their number, their text and their distance', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -300, max: 300 }), (date, days) => {
        expect(dateOfDayNumber(dayNumber(date))).toBe(date);
        expect(parseIsoDate(date)).toBe(date);
        if (date.startsWith('0001')) return;
        const other = addDays(date, days);
        expect(daysBetween(date, other)).toBe(days);
        expect(addDays(other, -days)).toBe(date);
      }),
    );
  });

  it('cross months, years and leap days', () => {
    expect(addDays(isoDate(2024, 2, 28), 2)).toBe('2024-03-01');
    expect(addDays(isoDate(2023, 12, 31), 1)).toBe('2024-01-01');
    expect(addDays(isoDate(50, 12, 31), 1)).toBe('0051-01-01');
    expect(daysBetween(isoDate(2024, 1, 1), isoDate(2025, 1, 1))).toBe(366);
  });
});

describe('months', () => {
  it('keep their number, index and text', () => {
    fc.assert(
      fc.property(month, fc.integer({ min: -11, max: 11 }), (value, months) => {
        expect(monthOfNumber(monthNumber(value))).toBe(value);
        expect(monthOfIndex(monthIndex(value))).toBe(value);
        expect(parseMonth(value)).toBe(value);
        expect(monthOf(firstDay(value))).toBe(value);
        expect(monthOf(lastDay(value))).toBe(value);
        expect(addDays(lastDay(value), 1)).toBe(firstDay(addMonths(value, 1)));
        expect(addMonths(addMonths(value, months), -months)).toBe(value);
      }),
    );
  });

  it.each(['2024-13', '2024-00', '2024-1', '202401', '0000-01', ' 2024-01', '9999-12'])('refuses "%s"', (text) => {
    expect(parseMonth(text)).toBeUndefined();
  });

  it('end with the year 9999, and begin with the year 1', () => {
    const [first, last] = [monthOfNumber(101), monthOfNumber(999912)];
    expect(addMonths(first, 9_999 * 12 - 1)).toBe(last);
    expect(() => addMonths(last, 1)).toThrow(RangeError);
    expect(() => addMonths(first, -1)).toThrow(RangeError);
  });
});

describe('periods', () => {
  it.each([
    ['2022-03', '2022-03', '2022-04', '2022-03'],
    ['2019-04..2020-03', '2019-04', '2020-04', '2019-04..2020-03'],
    ['2022-Q1', '2022-01', '2022-04', '2022-01..2022-03'],
    ['2022q4', '2022-10', '2023-01', '2022-10..2022-12'],
    [' 2022 ', '2022-01', '2023-01', '2022-01..2022-12'],
    ['2022-03..2022-03', '2022-03', '2022-04', '2022-03'],
  ])('reads %s', (text, from, to, written) => {
    const read = parsePeriod(text);
    expect(read).toEqual({ from, to });
    expect(read === undefined ? '' : formatPeriod(read)).toBe(written);
  });

  it.each([
    '2022-Q5',
    '0000-Q1',
    '2022-03..2022-02',
    '2022-3',
    '2022-03-01',
    '2022..2023',
    'last month',
    '',
    '9999-12',
    '9999',
    '9999-Q4',
    '2022-01..9999-12',
  ])('refuses "%s"', (text) => {
    expect(parsePeriod(text)).toBeUndefined();
  });

  it('are half-open, and read back as they were written', () => {
    fc.assert(
      fc.property(period, fc.integer({ min: -20, max: 20 }), (value, months) => {
        expect(parsePeriod(formatPeriod(value))).toEqual(value);
        const all = monthsOf(value);
        expect(all).toHaveLength(periodLength(value));
        expect(all[0]).toBe(value.from);
        expect(all.every((entry) => inPeriod(entry, value))).toBe(true);
        expect(inPeriod(value.to, value)).toBe(false);
        expect(periodLength(shiftPeriod(value, months))).toBe(periodLength(value));
        expect(periodsOverlap(value, shiftPeriod(value, periodLength(value)))).toBe(false);
        expect(periodsOverlap(value, monthPeriod(value.from))).toBe(true);
      }),
    );
  });

  it('may end with the last month but one of the year 9999', () => {
    expect(['9999-11', '9999-Q3', '9999-10..9999-11'].map((text) => parsePeriod(text)?.to)).toEqual([
      '9999-12',
      '9999-10',
      '9999-12',
    ]);
  });

  it('has no months backwards', () => {
    expect(monthsOf({ from: monthOfNumber(202402), to: monthOfNumber(202401) })).toEqual([]);
  });

  it('names a fiscal year by the calendar year in which it ends', () => {
    expect(formatPeriod(fiscalYear(2021, 4))).toBe('2020-04..2021-03');
    expect(formatPeriod(fiscalYear(2021, 1))).toBe('2021-01..2021-12');
    expect(formatPeriod(fiscalYear(2021, 12))).toBe('2020-12..2021-11');
  });
});
