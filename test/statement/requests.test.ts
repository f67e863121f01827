import { describe, expect, it } from 'vitest';

import { formatPeriod, monthOfNumber } from '../../src/core/period.js';
import { UsageError } from '../../src/core/errors.js';
import { choosePeriods } from '../../src/statement/choose-periods.js';
import { computeStatement } from '../../src/statement/compute.js';
import { latestPeriod } from '../../src/statement/lines-report.js';
import { sampleStatementInput } from '../support/sample-statement.js';

const available = { first: monthOfNumber(202301), last: monthOfNumber(202403) };

describe('periods asked for', () => {
  it.each([
    { month: '0001-01' },
    { fiscalYear: '9999' },
    { month: '9999-12' },
    { current: '0001' },
    { current: '9999' },
  ])('that leave the years there are are refused: %o', (request) => {
    expect(() => choosePeriods(request, available, 1)).toThrow(UsageError);
  });

  it('are by default the latest twelve months, or all there are', () => {
    expect(formatPeriod(latestPeriod(available))).toBe('2023-04..2024-03');
    const early = { first: monthOfNumber(101), last: monthOfNumber(103) };
    expect(formatPeriod(latestPeriod(early))).toBe('0001-01..0001-03');
  });
});

describe('the sentence on rejected rows', () => {
  const [first] = sampleStatementInput().sources;
  const sentence = (counts: readonly (readonly [kind: string, rejectedCount: number])[]): string[] => {
    if (first === undefined) throw new Error('the sample has a source');
    const sources = counts.map(([kind, rejectedCount]) => ({ ...first, kind, rejectedCount }));
    return computeStatement({ ...sampleStatementInput(), sources }).definition.filter((text) =>
      text.includes('not be read'),
    );
  };

  it('counts all rows ever pulled of the sources of spend, and says so', () => {
    expect(
      sentence([
        ['payment', 3],
        ['plan', 4],
        ['invoice', 2],
      ]),
    ).toEqual([
      'Of all rows ever pulled of the sources of spend, whatever their month, 5 could not be read and are in no figure; the sources list them.',
    ]);
    expect(sentence([['payment', 1]])[0]).toContain(', one could not be read and is in no figure;');
  });

  it('is not there when no row of spend was rejected', () => {
    expect(sentence([['plan', 4]])).toEqual([]);
  });
});
