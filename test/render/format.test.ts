import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  cleanText,
  columnAmount,
  counted,
  joinWords,
  percent,
  periodWords,
  pointsFigure,
  shortMoney,
} from '../../src/render/format.js';
import { period } from '../support/made-statement.js';

const UNIT = 1_000_000n;

describe('shortMoney', () => {
  it.each([
    [0n, 'GBP', '£0'],
    [1n, 'GBP', '£<0.01'],
    [20_520_000n, 'USD', '$20.52'],
    [99_995_000n, 'USD', '$100'],
    [412n * UNIT, 'EUR', '€412'],
    [999_600_000n, 'EUR', '€1.0k'],
    [4_120n * UNIT, 'CHF', 'CHF 4.1k'],
    [412_345n * UNIT, 'GBP', '£412k'],
    [999_600n * UNIT, 'GBP', '£1.0m'],
    [-1_234_567n * UNIT, 'GBP', '−£1.2m'],
    [121_607_960n * UNIT, 'GBP', '£122m'],
    [9_200_000_000n * UNIT, 'JPY', '¥9.2bn'],
  ])('%s %s is %s', (micros, currency, text) => {
    expect(shortMoney(micros, currency)).toBe(text);
  });

  it('is never longer than a narrow column and mirrors negative amounts', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 9_223_372_036_854_775_807n }), (micros) => {
        const text = shortMoney(micros, 'GBP');
        expect(text.length).toBeLessThanOrEqual(10);
        expect(shortMoney(-micros, 'GBP')).toBe(`−${text}`);
        expect(shortMoney(micros, 'GBP', 'both')).toBe(`+${text}`);
      }),
    );
  });
});

describe('figures', () => {
  it('writes shares and points so that they subtract', () => {
    expect(percent(612_345)).toBe('61.2 %');
    expect(pointsFigure(704_490, 612_345)).toBe('−9.2');
    expect(pointsFigure(100_000, 100_010)).toBe('0.0');
    expect(pointsFigure(100_000, 123_400)).toBe('+2.3');
  });

  it('gives an amount that rounds to zero no sign', () => {
    expect(columnAmount(-400_000n, 0)).toBe('0');
    expect(columnAmount(-1_234_500_000n, 2)).toBe('−1,234.50');
    expect(columnAmount(1_234_500_000n, 2, 'both')).toBe('+1,234.50');
  });
});

describe('words', () => {
  it('names periods as people do', () => {
    expect(periodWords(period('2022-03'))).toBe('March 2022');
    expect(periodWords(period('2022'))).toBe('2022');
    expect(periodWords(period('2020-04..2021-03'))).toBe('April 2020 – March 2021');
  });

  it('joins and counts', () => {
    expect(joinWords(['a', 'b', 'c'])).toBe('a, b and c');
    expect(counted(1, 'line')).toBe('1 line');
    expect(counted(12_345, 'entry', 'entries')).toBe('12,345 entries');
  });

  it('takes from a text what steers a terminal or reverses reading', () => {
    expect(cleanText('A\u001b[31mB\u202eC\r\n')).toBe('A [31mB C');
  });
});
