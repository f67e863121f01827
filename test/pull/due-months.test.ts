import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { addDays, parseIsoDate, type IsoDate } from '../../src/core/date.js';
import { addMonths, firstDay, monthOf, parseMonth, type Month } from '../../src/core/period.js';
import { BACKFILL_MONTHS, dueMonths, settledOn, type MonthReading } from '../../src/pull/due-months.js';

const day = (text: string): IsoDate => parseIsoDate(text) as IsoDate;
const month = (text: string): Month => parseMonth(text) as Month;
const HISTORY = { restatementDays: 10 };
const read = (on: string, isFinal = true, fingerprint = 'f'): MonthReading => ({
  fingerprint,
  readOn: day(on),
  isFinal,
});

describe('the months that are due', () => {
  it('are a year and a month before the current one at first, latest first', () => {
    const { due, unreachable } = dueMonths(day('2026-11-20'), HISTORY, undefined, 'f', new Map());
    expect(due).toHaveLength(BACKFILL_MONTHS + 1);
    expect([due[0], due.at(-1)]).toEqual(['2026-11', '2025-10']);
    expect(unreachable).toBeUndefined();
  });

  it.each<[string, MonthReading, boolean]>([
    ['read before it was settled', read('2026-11-10'), true],
    ['read on the day it was settled', read('2026-11-11'), false],
    ['read long after', read('2027-01-01'), false],
    ['an estimate, however late it was read', read('2027-01-01', false), true],
    ['read with other settings', read('2027-01-01', true, 'other'), true],
    ['in the ledger without a reading', { fingerprint: 'f', readOn: undefined, isFinal: true }, true],
  ])('hold October when it was %s: %s', (_name, reading, isDue) => {
    const { due } = dueMonths(day('2027-02-15'), HISTORY, month('2026-10'), 'f', new Map([['2026-10', reading]]));
    expect(due.includes(month('2026-10'))).toBe(isDue);
  });

  it('reach no further back than the service keeps, and say what is lost', () => {
    const readings = new Map([['2026-01', read('2026-03-01', true, 'other')]]);
    const plan = dueMonths(day('2026-11-20'), { ...HISTORY, monthsMax: 2 }, month('2025-06'), 'f', readings);
    expect(plan.due).toEqual(['2026-11', '2026-10', '2026-09']);
    expect(plan.stale).toEqual(['2026-01']);
    expect(plan.unreachable).toEqual({ from: '2025-06', to: '2026-08' });
  });

  it('always hold the current month, and each settled month until it is read once after it settled', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 0, max: 60 }),
        (gaps, restatementDays) => {
          const history = { restatementDays };
          const readings = new Map<string, MonthReading>();
          const since = month('2025-01');
          let today = day('2025-01-15');
          for (const gap of gaps) {
            today = addDays(today, gap);
            const { due } = dueMonths(today, history, since, 'f', readings);
            expect(due[0]).toBe(monthOf(today));
            for (const one of due) readings.set(one, { fingerprint: 'f', readOn: today, isFinal: true });
          }
          // Whatever the gaps, after every run each month that was settled then has been read since.
          for (let one = since; one <= monthOf(today); one = addMonths(one, 1)) {
            const settled = settledOn(one, restatementDays);
            if (settled <= today) expect((readings.get(one)?.readOn ?? '') >= settled).toBe(true);
            else expect(readings.get(one)?.readOn).toBe(today);
          }
        },
      ),
    );
  });

  it('settle after the days in which the service still changes them', () => {
    expect(settledOn(month('2026-10'), 0)).toBe(firstDay(month('2026-11')));
    expect(settledOn(month('2026-10'), 10)).toBe('2026-11-11');
  });
});
