import { describe, expect, it } from 'vitest';

import { isCurrency } from '../../src/core/currency.js';
import { currenciesOfSign, currencySigns, signIn } from '../../src/core/currency-signs.js';

describe('currency signs', () => {
  it('are signs, each of currencies of ISO 4217', () => {
    for (const [sign, codes] of currencySigns()) {
      expect(signIn(`a ${sign}5`)).toBe(sign);
      expect(codes.filter((code) => !isCurrency(code))).toEqual([]);
      expect(codes.length).toBeGreaterThan(0);
      expect(new Set(codes).size).toBe(codes.length);
    }
  });

  it('tell currencies apart, and say nothing of a sign that is not listed', () => {
    expect(currenciesOfSign('€')).toEqual(['EUR']);
    expect(currenciesOfSign('$')).toContain('CAD');
    expect(currenciesOfSign('$')).not.toContain('EUR');
    expect(currenciesOfSign('￥')).toEqual(['JPY', 'CNY']);
    expect(currenciesOfSign('¤')).toEqual([]);
  });
});
