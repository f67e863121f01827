import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import {
  currencyCode,
  dayIn,
  decimal,
  decimalOf,
  leadingDay,
  minorUnits,
  negated,
  readRows,
  rejectedRow,
} from '../../src/connector/values.js';
import { decimalText } from '../../src/core/decimal.js';

/** What a schema says of a value: what it read, or its message. */
function read(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  return result.success ? result.data : result.error.issues.map(({ message }) => message).join('; ');
}

describe('a decimal of a reply', () => {
  it.each<[string | number, string]>([
    ['12.50', '12.5'],
    ['-0.0000000001', '-0.0000000001'],
    ['90071992547409930.01', '90071992547409930.01'],
    ['1.5e3', '1500'],
    ['2E-4', '0.0002'],
    ['.5', '0.5'],
    ['-5.', '-5'],
    ['1.8E-19', '0.00000000000000000018'],
    [' 7 ', '7'],
    [42, '42'],
    [-9007199254740991, '-9007199254740991'],
    [0, '0'],
    ['-0', '0'],
    ['-0.50', '-0.5'],
    ['007', '7'],
    ['+3', '3'],
    // So many digits a float holds, and one more.
    ['999999999999.999', '999999999999.999'],
    ['9999999999999.999', '9999999999999.999'],
    ['999999999999999', '999999999999999'],
    ['9007199254740993', '9007199254740993'],
  ])('%j is %s', (value, text) => {
    const found = decimalOf(value);
    expect(found === undefined ? undefined : decimalText(found)).toBe(text);
    expect(read(decimal, value)).toEqual(found);
  });

  it.each<[unknown, string]>([
    ['', '"" is no decimal number'],
    ['.', '"." is no decimal number'],
    ['-', '"-" is no decimal number'],
    ['1e-99', '"1e-99" is no decimal number'],
    ['--1', '"--1" is no decimal number'],
    ['(1)', '"(1)" is no decimal number'],
    ['1,5', '"1,5" is no decimal number'],
    ['1.2.3', '"1.2.3" is no decimal number'],
    ['NaN', '"NaN" is no decimal number'],
    ['0x10', '"0x10" is no decimal number'],
    ['12 EUR', '"12 EUR" is no decimal number'],
    ['1e999', '"1e999" is no decimal number'],
    // A float is never money: what it holds is not what the service wrote.
    [0.1, '"0.1" is no decimal number'],
    [2 ** 53, '"9007199254740992" is no decimal number'],
  ])('%j is none', (value, message) => {
    expect(read(decimal, value)).toBe(message);
  });

  it.each([null, undefined, true, {}, ['1']])('%j is none either', (value) => {
    expect(decimal.safeParse(value).success).toBe(false);
  });

  it('is read as it was written, whatever its digits', () => {
    const parts = fc.tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(12));
    fc.assert(
      fc.property(parts, ([digits, scale]) => {
        const text = decimalText({ digits, scale });
        const found = decimalOf(text);
        expect(found === undefined ? undefined : decimalText(found)).toBe(text);
        expect(found === undefined ? undefined : decimalText(negated(negated(found)))).toBe(text);
      }),
    );
  });
});

describe('minor units', () => {
  it.each<[number | bigint, string, number | undefined, string]>([
    [1250, 'EUR', undefined, '12.5'],
    [-1, 'USD', undefined, '-0.01'],
    [1250, 'JPY', undefined, '1250'],
    [1250, 'KWD', undefined, '1.25'],
    [9007199254740993n, 'EUR', undefined, '90071992547409.93'],
    [1250, 'JPY', 2, '12.5'],
  ])('%s of %s (%s) are %s', (amount, currency, digits, text) => {
    expect(decimalText(minorUnits(amount, currency, digits))).toBe(text);
  });

  it('are whole', () => {
    expect(() => minorUnits(12.5, 'EUR')).toThrow(RangeError);
  });
});

describe('a currency code', () => {
  it.each([
    ['eur', 'EUR'],
    ['USD', 'USD'],
    ['', '"" is no currency code of ISO 4217'],
    ['EURO', '"EURO" is no currency code of ISO 4217'],
    ['XYZ', '"XYZ" is no currency code of ISO 4217'],
    [' eur', '" eur" is no currency code of ISO 4217'],
  ])('%j is %s', (text, found) => {
    expect(read(currencyCode, text)).toBe(found);
  });
});

describe('the day at the beginning of a text', () => {
  it.each([
    ['2026-10-31', '2026-10-31'],
    ['2026-10-31T23:59:59+02:00', '2026-10-31'],
    ['2024-02-29 08:00', '2024-02-29'],
    ['2026-02-29', '"2026-02-29" does not begin with a day'],
    ['31.10.2026', '"31.10.2026" does not begin with a day'],
    ['2026-10', '"2026-10" does not begin with a day'],
    ['', '"" does not begin with a day'],
  ])('%j is %s', (text, found) => {
    expect(read(leadingDay, text)).toBe(found);
  });
});

describe('the day of a moment', () => {
  it.each([
    ['UTC', '2026-10-31T23:59:59.999Z', '2026-10-31'],
    ['Asia/Tokyo', '2026-10-31T15:00:00Z', '2026-11-01'],
    ['America/Los_Angeles', '2026-11-01T06:59:59Z', '2026-10-31'],
    ['America/Los_Angeles', '2026-11-01T07:00:00Z', '2026-11-01'],
    // The night on which the clocks go back.
    ['Europe/London', '2026-10-24T23:00:00Z', '2026-10-25'],
    ['Asia/Kolkata', '2026-10-31T18:30:00Z', '2026-11-01'],
  ])('in %s at %s is %s', (timeZone, moment, day) => {
    expect(dayIn(timeZone, new Date(moment))).toBe(day);
  });
});

describe('rows of a reply', () => {
  const schema = z.object({ id: z.string(), amount: decimal });

  it('that do not fit are set aside with place, reason and text, and the others are read', () => {
    const rows = [{ id: 'a', amount: '1', extra: true }, { id: 'b', amount: 'x' }, 'no row', { amount: 0.5 }];
    const { rows: accepted, rejected } = readRows(schema, rows, 'list cards');
    expect(accepted).toEqual([{ id: 'a', amount: { digits: 1n, scale: 0 } }]);
    expect(rejected).toEqual([
      { file: 'list cards', row: 2, reason: 'amount: "x" is no decimal number', text: '{"id":"b","amount":"x"}' },
      { file: 'list cards', row: 3, reason: expect.stringMatching(/^the row: .*object/) as string, text: '"no row"' },
      {
        file: 'list cards',
        row: 4,
        reason: expect.stringMatching(/^id: .*; amount: "0.5" is no decimal number$/) as string,
        text: '{"amount":0.5}',
      },
    ]);
  });

  it('are cut to what the ledger keeps of them', () => {
    const { text } = rejectedRow('list', 1, 'too long', { note: 'x'.repeat(5_000), cents: 12n });
    expect(text).toHaveLength(1_000);
    expect(text.startsWith('{"note":"xxx')).toBe(true);
    expect(rejectedRow('list', 1, 'odd', { cents: 12n }).text).toBe('{"cents":"12"}');
  });

  it('of which an SDK leaves one undefined are set aside as well', () => {
    const { rejected } = readRows(schema, [undefined], 'list cards');
    expect(rejected).toMatchObject([{ file: 'list cards', row: 1 }]);
  });
});
