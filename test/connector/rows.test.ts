import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import {
  accountText,
  optionalCurrency,
  optionalText,
  sortRows,
  utcDay,
  wholeNumber,
} from '../../src/connector/rows.js';

describe('rows of a page', () => {
  it('are read, skipped or set aside, each with its place in the page', () => {
    const schema = z.object({ id: z.string(), cost: z.object({ value: z.int() }) });
    const rows = [{ draft: true }, { id: 'a', cost: { value: 1 } }, { id: 'b', cost: {} }, 'text', { draft: true }];
    const isSpend = (row: unknown): boolean => !z.object({ draft: z.literal(true) }).safeParse(row).success;
    expect(sortRows(schema, rows, 'lines, page 2', isSpend)).toEqual({
      rows: [{ id: 'a', cost: { value: 1 } }],
      rejected: [
        {
          file: 'lines, page 2',
          row: 3,
          reason: 'cost.value: Invalid input: expected number, received undefined',
          text: '{"id":"b","cost":{}}',
        },
        {
          file: 'lines, page 2',
          row: 4,
          reason: 'the row: Invalid input: expected object, received string',
          text: '"text"',
        },
      ],
      skippedCount: 2,
    });
  });
});

describe('values', () => {
  it.each([
    ['2026-10-31', '2026-10-31'],
    ['2026-10-31T23:30:00', '2026-10-31'],
    ['2026-10-31T23:30:00.123Z', '2026-10-31'],
    ['2026-10-31T23:30:00-05:00', '2026-11-01'],
    ['2026-11-01T00:30:00+0200', '2026-10-31'],
    ['2026-10-31 23:30', '2026-10-31'],
  ])('the moment %s lies on %s', (text, day) => {
    expect(utcDay.parse(text)).toBe(day);
  });

  it.each(['2026-02-30', '2026-13-01T00:00:00Z', '31/10/2026', 'October 31, 2026', '', '2026-02-30T00:00:00+01:00'])(
    'the moment "%s" is refused',
    (text) => {
      expect(utcDay.safeParse(text).success).toBe(false);
    },
  );

  it('whole numbers are exact, whatever their size', () => {
    expect(wholeNumber.parse(-12)).toBe(-12n);
    expect(wholeNumber.parse('90071992547409931')).toBe(90071992547409931n);
    expect([1.5, '1.5', '', null].map((value) => wholeNumber.safeParse(value).success)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('texts that are missing are empty', () => {
    expect([null, undefined, ' a ', 12, ''].map((value) => optionalText.parse(value))).toEqual(['', '', 'a', '12', '']);
  });

  it('currencies are codes or nothing', () => {
    expect([null, '', 'usd'].map((value) => optionalCurrency.parse(value))).toEqual([undefined, undefined, 'USD']);
    expect(optionalCurrency.safeParse('XTS').error?.issues[0]?.message).toBe('"XTS" is no currency code of ISO 4217');
  });

  it.each([
    ['6510', 'Software', '6510 Software'],
    ['6510', '6510 Software', '6510 Software'],
    ['', 'Software', 'Software'],
    ['6510', '', '6510'],
    ['', '', ''],
  ])('the account %s with the name "%s" is "%s"', (number, name, expected) => {
    expect(accountText(number, name)).toBe(expected);
  });
});
