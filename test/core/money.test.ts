import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  absoluteMicros,
  divideRounded,
  formatAmount,
  formatMicros,
  MICROS_MAX,
  parseDecimal,
  parseMicros,
  PLAIN_NUMBERS,
  sumMicros,
  toMicros,
  type NumberFormat,
} from '../../src/core/money.js';

const ENGLISH: NumberFormat = { decimal: '.', group: ',' };
const GERMAN: NumberFormat = { decimal: ',', group: '.' };
const FRENCH: NumberFormat = { decimal: ',', group: ' ' };
const SWISS: NumberFormat = { decimal: '.', group: "'" };

const micros = fc.bigInt({ min: -MICROS_MAX, max: MICROS_MAX });

describe('parseMicros', () => {
  const readings: readonly [
    what: string,
    text: string,
    format: NumberFormat,
    code: string | undefined,
    value: string,
  ][] = [
    ['plain', '1234.56', PLAIN_NUMBERS, undefined, '1234.56'],
    ['without a fraction', '1234', PLAIN_NUMBERS, undefined, '1234.00'],
    ['nothing before the mark', '.5', PLAIN_NUMBERS, undefined, '0.50'],
    ['nothing after the mark', '5.', PLAIN_NUMBERS, undefined, '5.00'],
    ['spaces around', '\u00a0 12.5\t', PLAIN_NUMBERS, undefined, '12.50'],
    ['thousands', '1,234,567.89', ENGLISH, undefined, '1234567.89'],
    ['groups left out', '1234567.89', ENGLISH, undefined, '1234567.89'],
    ['decimal comma', '1.234.567,89', GERMAN, undefined, '1234567.89'],
    ['a point that groups', '1.234', GERMAN, undefined, '1234.00'],
    ['spaces that group', '1 234 567,89', FRENCH, undefined, '1234567.89'],
    ['narrow spaces that group', '1\u202f234\u2009567,89', FRENCH, undefined, '1234567.89'],
    ['apostrophes that group', "1'234'567.89", SWISS, undefined, '1234567.89'],
    ['curly apostrophes', '1\u2019234.50', SWISS, undefined, '1234.50'],
    ['Indian lakhs', '12,34,567.89', ENGLISH, undefined, '1234567.89'],
    ['parentheses', '(1,234.56)', ENGLISH, undefined, '-1234.56'],
    ['parentheses around a currency', '($1,234.56)', ENGLISH, 'USD', '-1234.56'],
    ['a currency before parentheses', '$ (1,234.56)', ENGLISH, 'CAD', '-1234.56'],
    ['a minus before', '-12.5', PLAIN_NUMBERS, undefined, '-12.50'],
    ['a minus apart', '- 12.5', PLAIN_NUMBERS, undefined, '-12.50'],
    ['a plus', '+12.5', PLAIN_NUMBERS, undefined, '12.50'],
    ['a trailing minus', '12.5-', PLAIN_NUMBERS, undefined, '-12.50'],
    ['a trailing minus apart', '12.5 -', PLAIN_NUMBERS, undefined, '-12.50'],
    ['a trailing plus', '12.5+', PLAIN_NUMBERS, undefined, '12.50'],
    ['the minus of Unicode', '\u221212.5', PLAIN_NUMBERS, undefined, '-12.50'],
    ['a dash', '\u201312.5', PLAIN_NUMBERS, undefined, '-12.50'],
    ['a hyphen that does not break', '\u201112.5', PLAIN_NUMBERS, undefined, '-12.50'],
    ['full-width digits', '－１２．５', PLAIN_NUMBERS, undefined, '-12.50'],
    ['a sign before', '£12.50', PLAIN_NUMBERS, 'GBP', '12.50'],
    ['a sign after', '12,50 €', GERMAN, 'EUR', '12.50'],
    ['a minus before a sign', '-$12.50', PLAIN_NUMBERS, 'USD', '-12.50'],
    ['a sign before a minus', '$-12.50', PLAIN_NUMBERS, 'MXN', '-12.50'],
    ['a trailing minus and a sign', '12.50 €-', PLAIN_NUMBERS, 'EUR', '-12.50'],
    ['the code before', 'EUR 12.50', PLAIN_NUMBERS, 'EUR', '12.50'],
    ['the code after', '12.50eur', PLAIN_NUMBERS, 'EUR', '12.50'],
    ['a sign and the code', '$12.50 USD', PLAIN_NUMBERS, 'USD', '12.50'],
    ['the code outside of a sign', 'USD $12.50', PLAIN_NUMBERS, 'USD', '12.50'],
    ['a full-width sign', '￥1200', PLAIN_NUMBERS, 'CNY', '1200.00'],
    ['a minus before the code', '-EUR12.50', PLAIN_NUMBERS, 'EUR', '-12.50'],
    ['e-notation', '1.5E+3', PLAIN_NUMBERS, undefined, '1500.00'],
    ['small e-notation', '2e-7', PLAIN_NUMBERS, undefined, '0.00'],
    ['e-notation with a comma', '1,25e2', GERMAN, undefined, '125.00'],
    ['rounding half away from zero', '0.0000005', PLAIN_NUMBERS, undefined, '0.000001'],
    ['rounding of negatives', '-0.0000015', PLAIN_NUMBERS, undefined, '-0.000002'],
    ['zeros past every limit', `1.${'0'.repeat(40)}`, PLAIN_NUMBERS, undefined, '1.00'],
    ['the largest amount', '9223372036854.775807', PLAIN_NUMBERS, undefined, '9223372036854.775807'],
  ];
  it.each(readings)('reads %s: %s', (_what, text, format, code, value) => {
    const read = parseMicros(text, format, code);
    expect(read === undefined ? undefined : formatMicros(read)).toBe(value);
  });

  const refusals: readonly [what: string, text: string, format: NumberFormat, code?: string][] = [
    ['nothing', '', PLAIN_NUMBERS],
    ['a mark alone', '.', PLAIN_NUMBERS],
    ['a sign alone', '-', PLAIN_NUMBERS],
    ['a currency alone', '€', PLAIN_NUMBERS, 'EUR'],
    ['empty parentheses', '()', PLAIN_NUMBERS],
    ['words', 'n/a', PLAIN_NUMBERS],
    ['no number', 'NaN', PLAIN_NUMBERS],
    ['infinity', 'Infinity', PLAIN_NUMBERS],
    ['hexadecimal', '0x10', PLAIN_NUMBERS],
    ['groups that were not stated', '1,234', PLAIN_NUMBERS],
    ['the other decimal mark', '12,50', ENGLISH],
    ['two decimal marks', '1.2.3', PLAIN_NUMBERS],
    ['groups of two at the end', '1,23', ENGLISH],
    ['groups of four', '1,2345', ENGLISH],
    ['a group that is empty', '1,,234', ENGLISH],
    ['a group at the start', ',123', ENGLISH],
    ['a long first group', '1234,567', ENGLISH],
    ['lakhs with a long first group', '123,45,678', ENGLISH],
    ['mixed groups', '1,23,456,789', ENGLISH],
    ['two signs', '--5', PLAIN_NUMBERS],
    ['a minus at both ends', '-5-', PLAIN_NUMBERS],
    ['a minus in parentheses', '(-5)', PLAIN_NUMBERS],
    ['a trailing minus in parentheses', '(5-)', PLAIN_NUMBERS],
    ['a minus before parentheses', '-(5)', PLAIN_NUMBERS],
    ['half a parenthesis', '(5', PLAIN_NUMBERS],
    ['a currency inside the number', '12$50', PLAIN_NUMBERS, 'USD'],
    ['two currencies', '$5€', PLAIN_NUMBERS, 'EUR'],
    ['the sign of another currency', '€12.50', PLAIN_NUMBERS, 'GBP'],
    ['the sign of another currency in parentheses', '(€12.50)', PLAIN_NUMBERS, 'GBP'],
    ['the sign of another currency after a minus', '-€12.50', PLAIN_NUMBERS, 'GBP'],
    ['the sign of another currency inside of the code', 'GBP €12.50', PLAIN_NUMBERS, 'GBP'],
    ['a sign when no currency was given', '£12.50', PLAIN_NUMBERS],
    ['a sign of no currency', '¤12.50', PLAIN_NUMBERS, 'GBP'],
    ['a code that was not given', 'USD 5', PLAIN_NUMBERS, 'EUR'],
    ['a code when none was given', 'EUR 5', PLAIN_NUMBERS],
    ['the code at both ends', 'EUR 5 EUR', PLAIN_NUMBERS, 'EUR'],
    ['a footnote', '100\u00b9', PLAIN_NUMBERS],
    ['a fraction sign', '1\u00bd', PLAIN_NUMBERS],
    ['digits of another script', '\u0661\u0662', PLAIN_NUMBERS],
    ['per cent', '5%', PLAIN_NUMBERS],
    ['a space that was not stated', '1 234', ENGLISH],
    ['an exponent without a number', 'e5', PLAIN_NUMBERS],
    ['an exponent with a fraction', '1e1.5', PLAIN_NUMBERS],
    ['an exponent no money has', '1e19', PLAIN_NUMBERS],
    ['more decimals than can be kept', `0.${'1'.repeat(19)}`, PLAIN_NUMBERS],
    ['more than fits 64 bits', '9223372036854.775808', PLAIN_NUMBERS],
    ['less than fits 64 bits', '-9223372036854.775808', PLAIN_NUMBERS],
  ];
  it.each(refusals)('refuses %s: %s', (_what, text, format, code) => {
    expect(parseMicros(text, format, code)).toBeUndefined();
  });

  it('reads what formatMicros writes', () => {
    fc.assert(
      fc.property(micros, fc.integer({ min: 0, max: 8 }), (amount, digits) => {
        expect(parseMicros(formatMicros(amount, digits))).toBe(amount);
      }),
    );
  });

  it('reads the same amount in every format that can write it', () => {
    const formats = fc.constantFrom(ENGLISH, GERMAN, FRENCH, SWISS);
    const dress = fc.constantFrom<(text: string, negative: boolean) => string>(
      (text, negative) => (negative ? `-${text}` : text),
      (text, negative) => (negative ? `(${text})` : text),
      (text, negative) => (negative ? `${text}-` : text),
      (text, negative) => (negative ? `-€${text}` : `${text} €`),
      (text, negative) => (negative ? `EUR -${text}` : `${text} EUR`),
    );
    fc.assert(
      fc.property(micros, formats, dress, (amount, format, wear) => {
        const english = formatAmount(absoluteMicros(amount), 6);
        const text = english.replace(/[.,]/g, (mark) => (mark === '.' ? format.decimal : format.group));
        expect(parseMicros(wear(text, amount < 0n), format, 'EUR')).toBe(amount);
      }),
    );
  });
});

describe('parseDecimal', () => {
  it('keeps every digit', () => {
    expect(parseDecimal('-20.520226728990000001', PLAIN_NUMBERS)).toEqual({
      digits: -20520226728990000001n,
      scale: 18,
    });
  });

  it('shifts by the exponent and nothing else', () => {
    expect(parseDecimal('12.5e3', PLAIN_NUMBERS)).toEqual({ digits: 12500n, scale: 0 });
    expect(parseDecimal('12.5e-3', PLAIN_NUMBERS)).toEqual({ digits: 125n, scale: 4 });
  });

  it('never throws, whatever the text', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[-+()$€ \d.,eE']{0,12}$/));
    fc.assert(
      fc.property(text, fc.constantFrom(PLAIN_NUMBERS, ENGLISH, GERMAN, FRENCH, SWISS), (input, format) => {
        const read = parseDecimal(input, format, 'EUR');
        expect(read === undefined || read.scale >= 0).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('formatting', () => {
  it.each([
    [1_230_000n, 2, '1.23'],
    [1_000_000n, 0, '1'],
    [1n, 2, '0.000001'],
    [-1_500_000n, 2, '-1.50'],
    [0n, 2, '0.00'],
  ])('writes %s micro-units exactly', (amount, digits, text) => {
    expect(formatMicros(amount, digits)).toBe(text);
  });

  it.each([
    [1_234_567_890_000n, 2, '1,234,567.89'],
    [999_999n, 2, '1.00'],
    [-4_999n, 2, '0.00'],
    [-5_000n, 2, '-0.01'],
    [2_500_000n, 0, '3'],
    [-2_500_000n, 0, '-3'],
    [123_456_000_000n, 0, '123,456'],
    [1_000n, 8, '0.00100000'],
  ])('rounds %s micro-units to %s digits: %s', (amount, digits, text) => {
    expect(formatAmount(amount, digits)).toBe(text);
  });
});

describe('divideRounded', () => {
  it('is never further than half from the quotient, and goes away from zero at the half', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n, max: 10n ** 20n }), (numerator, denominator) => {
        const rounded = divideRounded(numerator, denominator);
        const twice = 2n * (numerator - rounded * denominator);
        expect(absoluteMicros(twice) <= denominator).toBe(true);
        if (absoluteMicros(twice) === denominator)
          expect(absoluteMicros(rounded * denominator) > absoluteMicros(numerator)).toBe(true);
        expect(divideRounded(-numerator, denominator)).toBe(-rounded);
      }),
    );
  });

  it('rounds decimals below the millionth', () => {
    expect(toMicros({ digits: 15n, scale: 7 })).toBe(2n);
    expect(toMicros({ digits: -14n, scale: 7 })).toBe(-1n);
  });
});

describe('sums', () => {
  it('pass 64 bits without loss', () => {
    expect(sumMicros([MICROS_MAX, MICROS_MAX, 1n])).toBe(2n * MICROS_MAX + 1n);
    expect(sumMicros([])).toBe(0n);
  });
});
