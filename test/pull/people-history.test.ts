import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { DirectoryPerson } from '../../src/connector/reference.js';
import { addMonths, parseMonth, type Month } from '../../src/core/period.js';
import type { StoredStay } from '../../src/ledger/references.js';
import { staysAfter } from '../../src/pull/people-history.js';

const month = (text: string): Month => parseMonth(text) as Month;
const person = (department: string, more: Partial<DirectoryPerson> = {}): DirectoryPerson => ({
  id: 'u1',
  names: ['Ada Byron'],
  department,
  isActive: true,
  ...more,
});

const departmentIn = (stays: readonly StoredStay[], at: Month): string[] =>
  stays
    .filter(({ validFrom, validTo }) => (validFrom === '' || validFrom <= at) && (validTo === '' || validTo >= at))
    .map(({ department }) => department);

describe('the history of people', () => {
  it('begins with where they are now, and keeps where they were', () => {
    const first = staysAfter([], [person('Sales')], month('2026-03'));
    const moved = staysAfter(first, [person('Marketing')], month('2026-06'));
    expect(first.map(({ validFrom, validTo, department }) => [validFrom, validTo, department])).toEqual([
      ['', '', 'Sales'],
    ]);
    expect(moved.map(({ validFrom, validTo, department }) => [validFrom, validTo, department])).toEqual([
      ['', '2026-05', 'Sales'],
      ['2026-06', '', 'Marketing'],
    ]);
  });

  it('keeps the past of people who left, and takes a new name for all of it', () => {
    const first = staysAfter([], [person('Sales')], month('2026-03'));
    const renamed = staysAfter(first, [person('Sales', { names: ['Ada King', 'ada@example.com'] })], month('2026-04'));
    expect(renamed.map(({ names }) => names)).toEqual([['Ada Byron', 'Ada King', 'ada@example.com']]);
    expect(staysAfter(renamed, [], month('2026-05'))).toEqual(renamed);
    expect(staysAfter(renamed, [person('', { isActive: false })], month('2026-05'))[0]?.department).toBe('Sales');
  });

  it('takes the dates that the directory states', () => {
    const stays = staysAfter(
      staysAfter([], [person('Old')], month('2026-01')),
      [person('Sales', { until: month('2025-12') }), person('Marketing', { since: month('2026-01') })],
      month('2026-06'),
    );
    expect(stays.map(({ validFrom, validTo, department }) => [validFrom, validTo, department])).toEqual([
      ['', '2025-12', 'Sales'],
      ['2026-01', '', 'Marketing'],
    ]);
  });

  it('gives everybody one department in every month, the one of the last reading in it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom('A', 'B', 'C')), {
          minLength: 1,
          maxLength: 30,
        }),
        (steps) => {
          const start = month('2026-01');
          let at = start;
          let stays: StoredStay[] = [];
          const told = new Map<Month, string>();
          for (const [months, department] of steps) {
            at = addMonths(at, months);
            stays = staysAfter(stays, [person(department)], at);
            told.set(at, department);
          }
          let known: string = steps[0]?.[1] ?? 'A';
          for (let one = start; one <= at; one = addMonths(one, 1)) {
            known = told.get(one) ?? known;
            expect(departmentIn(stays, one)).toEqual([known]);
          }
          expect(staysAfter(stays, [person(known)], at)).toEqual(stays);
        },
      ),
    );
  });
});
