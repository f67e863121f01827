import { describe, expect, it } from 'vitest';

import { DataError, UsageError } from '../../src/core/errors.js';
import type { Month } from '../../src/core/period.js';
import { RATE_SCALE } from '../../src/core/rates.js';
import { computeStatement } from '../../src/statement/compute.js';
import { sampleStatementInput } from '../support/sample-statement.js';
import {
  by,
  compute,
  dollars,
  handedOver,
  line,
  NOW,
  owned,
  pounds,
  REORGANISED,
  rowOf,
  simple,
  THEN,
} from '../support/statement-lines.js';

describe('groups', () => {
  it('leave out what moved inside a group', () => {
    const statement = compute([
      line({ segments: handedOver(by('it'), by('platform')), facts: [pounds(THEN, 50n), pounds(NOW, 50n)] }),
      line({ segments: handedOver(by('it'), by('sales')), facts: [pounds(THEN, 7n), pounds(NOW, 7n)] }),
    ]);
    const [it, business] = statement.groups;
    expect(it).toMatchObject({ id: 'it', baseline: 57n, current: 50n, lineCount: 2 });
    expect(it?.out.line).toBe(7n);
    expect(business).toMatchObject({ id: 'business', baseline: 0n, current: 7n, lineCount: 1 });
    expect(statement.groups.map(({ id }) => id)).toEqual(['it', 'business']);
  });
});

describe('currencies', () => {
  const half = new Map([['USD', RATE_SCALE / 2n]]);

  it('show no movement on a flat line, whatever the rates of its days were', () => {
    const flat = line({ segments: [by('it')], facts: [dollars(THEN, 1000n, 450n), dollars(NOW, 1000n, 700n)] });
    const row = rowOf(compute([flat], { baselineRates: half }), 'it');
    expect(row).toMatchObject({ baseline: 450n, current: 700n, change: 250n, currencyEffect: 250n, newMoney: 0n });
  });

  it('take both periods at the mean rates of the baseline', () => {
    const grown = line({ segments: [by('it')], facts: [dollars(THEN, 1000n, 450n), dollars(NOW, 1200n, 700n)] });
    const row = rowOf(compute([grown], { baselineRates: half }), 'it');
    expect(row).toMatchObject({ change: 250n, newMoney: 100n, currencyEffect: 150n });
  });

  it('convert each currency once per period, after adding it up', () => {
    const third = new Map([['USD', RATE_SCALE / 3n]]);
    const months = ['2024-01', '2024-02', '2024-03'] as Month[];
    const small = line({ segments: [by('it')], facts: months.map((month) => dollars(month, 1n, 0n)) });
    // Three times a third of a micro-unit is one, though each alone is none.
    expect(rowOf(compute([small], { baselineRates: third }), 'it')).toMatchObject({
      newMoney: 1n,
      currencyEffect: -1n,
    });
  });

  it('name every currency without a rate', () => {
    const lines = ['CHF', 'SEK'].map((currency) =>
      line({ segments: [by('it')], facts: [{ month: NOW, currency, micros: 1n, reportingMicros: 1n }] }),
    );
    expect(() => compute(lines)).toThrow(DataError);
    expect(() => compute(lines)).toThrow(/CHF to GBP[\s\S]*SEK to GBP/);
  });

  it('do not need a rate for months outside the periods', () => {
    const old = line({
      segments: [by('it')],
      facts: [{ month: '2020-01' as Month, currency: 'CHF', micros: 1n, reportingMicros: 1n }],
    });
    expect(compute([old]).functions).toEqual([]);
  });
});

describe('what is counted', () => {
  it('keeps other classes beside technology', () => {
    const statement = compute([
      simple('it', 5n, 6n),
      simple('marketing', 100n, 300n, { spendClass: 'advertising' }),
      simple('sales', 1n, 0n, { spendClass: 'other' }),
      simple('sales', 0n, 4n, { spendClass: 'unknown' }),
    ]);
    expect(statement.technology).toMatchObject({ baseline: 5n, current: 6n, lineCount: 1 });
    expect(statement.functions.map(({ id }) => id)).toEqual(['it']);
    const totals = statement.beside.map((row) => [row.spendClass, row.baseline, row.current, row.lineCount]);
    expect(totals).toEqual([
      ['advertising', 100n, 300n, 1],
      ['other', 1n, 0n, 1],
      ['unknown', 0n, 4n, 1],
    ]);
    expect(statement.lines.map(({ spendClass }) => spendClass)).toEqual(['technology', 'unknown']);
  });

  it('bounds shares by unassigned, unknown and unsure money', () => {
    const statement = compute([
      simple('it', 0n, 600n),
      line({ segments: [owned({ it: 1_000_000 }, { confidence: 699_999 })], facts: [pounds(NOW, 100n)] }),
      simple('marketing', 0n, 200n, { classConfidence: 699_999 }),
      simple('unassigned', 0n, 100n),
      simple('sales', 0n, 250n, { spendClass: 'unknown' }),
    ]);
    // T = 1000, K = 250, U = 100 + 200 + 100 + 250 = 650.
    expect(statement.uncertain.current).toBe(650n);
    expect(rowOf(statement, 'it').shareCurrent).toEqual({ share: 700_000, low: 480_000, high: 1_000_000 });
    expect(rowOf(statement, 'marketing').shareCurrent).toEqual({ share: 200_000, low: 0, high: 520_000 });
    expect(rowOf(statement, 'it').shareBaseline).toEqual({ share: 0, low: 0, high: 0 });
  });

  it('tells business-led from shadow, and how owners were found', () => {
    const statement = compute([
      simple('it', 0n, 8n, { knows: { known: false, evidence: '' } }),
      simple('sales', 0n, 3n),
      simple('sales', 0n, 2n, { knows: { known: false, evidence: '' } }),
      line({ segments: [owned({ unassigned: 1_000_000 }, { method: 'unassigned' })], facts: [pounds(NOW, 1n)] }),
    ]);
    const { it: inside, businessLed, shadow, unassigned } = statement.awareness;
    expect([inside.current, businessLed.current, shadow.current, unassigned.current]).toEqual([8n, 3n, 2n, 1n]);
    expect(statement.coverage).toEqual([
      { method: 'cost-center', baseline: 0n, current: 13n, lineCount: 3 },
      { method: 'unassigned', baseline: 0n, current: 1n, lineCount: 1 },
    ]);
  });

  it('stays exact beyond the integers a float can hold', () => {
    const large = 9_007_199_254_740_993n;
    expect(compute([simple('it', 0n, large)]).technology.current).toBe(large);
    expect(compute([simple('it', large, -large + 1n)]).technology.change).toBe(1n - 2n * large);
  });

  it('says what it counted', () => {
    const { definition } = computeStatement(sampleStatementInput());
    const text = definition.join('\n');
    for (const words of [
      '2024-01..2024-03 against 2023-01..2023-03',
      'Counted as IT: IT, Security.',
      'USD',
      '3 could not be read',
      '70 %',
      '7 % to 85 %',
    ]) {
      expect(text).toContain(words);
    }
  });
});

describe('refusals', () => {
  const period = (from: string, to: string) => ({ from: from as Month, to: to as Month });

  it('refuses periods that differ in length, overlap or are empty', () => {
    const refused = [
      [{ baseline: period('2022-01', '2022-03') }, /2 and 3 months/],
      [{ baseline: period('2023-12', '2024-03') }, /overlap/],
      [{ baseline: period('2024-01', '2024-04') }, /overlap/],
      [{ baseline: period('2022-01', '2022-01') }, /baseline: the period 2022-01 to before 2022-01 has no month/],
    ] as const;
    for (const [periods, message] of refused) {
      expect(() => compute([], periods)).toThrow(UsageError);
      expect(() => compute([], periods)).toThrow(message);
    }
  });

  it('refuses unknown functions and months without an owner, all at once', () => {
    const lines = [
      line({ id: 'Lghost', segments: [by('ghosts')], facts: [pounds(NOW, 1n)] }),
      line({
        id: 'Lgap',
        segments: [
          { ...by('it'), to: REORGANISED },
          { ...by('it'), from: '2025-01' as Month },
        ],
        facts: [pounds(NOW, 1n)],
      }),
    ];
    expect(() => compute(lines)).toThrow(/Lgap: no ownership segment covers 2024-02[\s\S]*Lghost: the function ghosts/);
  });
});
