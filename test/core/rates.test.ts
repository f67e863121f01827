import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { addDays, isoDate, type IsoDate } from '../../src/core/date.js';
import { convertMicros, meanRate, NO_RATES, RATE_SCALE, rateOn, type RateTable } from '../../src/core/rates.js';

function table(days: readonly IsoDate[], series: Readonly<Record<string, readonly (bigint | undefined)[]>>): RateTable {
  return { origin: 'rates.csv', days, perEuro: new Map(Object.entries(series)) };
}

const thursday = isoDate(2024, 3, 28);
const afterEaster = isoDate(2024, 4, 2);
const easter = table([thursday, afterEaster], {
  USD: [(RATE_SCALE * 108n) / 100n, (RATE_SCALE * 110n) / 100n],
  GBP: [(RATE_SCALE * 90n) / 100n, undefined],
});

describe('rateOn', () => {
  it('takes the rate of the day', () => {
    expect(rateOn(easter, afterEaster, 'EUR', 'USD')).toEqual({
      rate: (RATE_SCALE * 110n) / 100n,
      published: afterEaster,
    });
  });

  it('carries a rate over a weekend, never a later one back', () => {
    expect(rateOn(easter, isoDate(2024, 4, 1), 'EUR', 'USD')?.published).toBe(thursday);
    expect(rateOn(easter, isoDate(2024, 3, 27), 'EUR', 'USD')).toBeUndefined();
  });

  it('carries a rate seven days and no further', () => {
    expect(rateOn(easter, addDays(afterEaster, 7), 'EUR', 'USD')?.published).toBe(afterEaster);
    expect(rateOn(easter, addDays(afterEaster, 8), 'EUR', 'USD')).toBeUndefined();
  });

  it('goes back to the last day on which both were published', () => {
    expect(rateOn(easter, afterEaster, 'GBP', 'USD')).toEqual({ rate: (RATE_SCALE * 12n) / 10n, published: thursday });
    expect(rateOn(easter, addDays(thursday, 7), 'EUR', 'GBP')?.published).toBe(thursday);
    expect(rateOn(easter, addDays(thursday, 8), 'EUR', 'GBP')).toBeUndefined();
  });

  it('crosses through the euro, rounded', () => {
    expect(rateOn(easter, thursday, 'USD', 'EUR')?.rate).toBe(925_925_925_926n);
    expect(rateOn(easter, thursday, 'USD', 'GBP')?.rate).toBe(833_333_333_333n);
  });

  it('needs no table for one currency, and knows nothing of another', () => {
    expect(rateOn(NO_RATES, thursday, 'GBP', 'GBP')).toEqual({ rate: RATE_SCALE, published: thursday });
    expect(rateOn(NO_RATES, thursday, 'GBP', 'EUR')).toBeUndefined();
    expect(rateOn(easter, thursday, 'XAF', 'EUR')).toBeUndefined();
  });

  it('never takes a rate from after the day or from more than seven days before, and always the latest', () => {
    const start = isoDate(2024, 1, 1);
    const offsets = fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(offsets, fc.integer({ min: -5, max: 75 }), (list, asked) => {
        const sorted = [...list].sort((a, b) => a - b);
        const rates = table(
          sorted.map((offset) => addDays(start, offset)),
          { USD: sorted.map((offset) => RATE_SCALE + BigInt(offset)) },
        );
        const wanted = sorted.filter((offset) => offset <= asked && asked - offset <= 7).at(-1);
        const found = rateOn(rates, addDays(start, asked), 'EUR', 'USD');
        expect(found?.rate).toBe(wanted === undefined ? undefined : RATE_SCALE + BigInt(wanted));
      }),
    );
  });
});

describe('meanRate', () => {
  it('is the mean of the published days of the period', () => {
    expect(meanRate(easter, thursday, afterEaster, 'EUR', 'USD')).toBe((RATE_SCALE * 109n) / 100n);
    expect(meanRate(easter, thursday, afterEaster, 'EUR', 'GBP')).toBe((RATE_SCALE * 90n) / 100n);
  });

  it('falls back to the rate on the last day, then to none', () => {
    expect(meanRate(easter, isoDate(2024, 4, 3), isoDate(2024, 4, 5), 'EUR', 'USD')).toBe((RATE_SCALE * 110n) / 100n);
    expect(meanRate(easter, isoDate(2024, 5, 1), isoDate(2024, 5, 31), 'EUR', 'USD')).toBeUndefined();
    expect(meanRate(NO_RATES, thursday, thursday, 'EUR', 'EUR')).toBe(RATE_SCALE);
  });
});

describe('convertMicros', () => {
  it('rounds to the micro-unit, halves away from zero', () => {
    expect(convertMicros(3n, RATE_SCALE / 2n)).toBe(2n);
    expect(convertMicros(-3n, RATE_SCALE / 2n)).toBe(-2n);
    expect(convertMicros(9_007_199_254_740_993n, RATE_SCALE)).toBe(9_007_199_254_740_993n);
  });
});
