import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { readSheetRows, roundedNumber } from '../../src/connector/sheet.js';
import { temporaryFolder } from '../support/files.js';
import { makeXlsx } from '../support/xlsx.js';

const book = makeXlsx({
  Notes: [['nothing here']],
  Cards: [
    ['Report of March'],
    ['Date', 'Amount', 'Payee'],
    [{ serialDay: 45352 }, { number: '0.30000000000000004' }, 'Fïgma & Co'],
    [],
    [{ serialDay: 45353.5 }, { number: '-1234.5' }, null],
  ],
});

async function sheet(options: { sheet: string | number; headerRow?: number; decimal?: ',' }, content: Buffer = book) {
  const folder = await temporaryFolder({ 'cards.xlsx': content });
  const request = { path: join(folder, 'cards.xlsx'), file: 'cards.xlsx', sourceId: 'cards' };
  return readSheetRows({ ...request, headerRow: 1, decimal: '.', ...options });
}

describe('readSheetRows', () => {
  it('reads a sheet by name or number, with its own row numbers', async () => {
    const { columns, rows } = await sheet({ sheet: 'Cards', headerRow: 2 });
    expect(columns).toEqual(['Date', 'Amount', 'Payee']);
    expect(rows).toEqual([
      { row: 3, cells: ['2024-03-01', '0.3', 'Fïgma & Co'] },
      { row: 5, cells: ['2024-03-02T12:00:00', '-1234.5', null] },
    ]);
    expect((await sheet({ sheet: 2, headerRow: 2 })).rows).toEqual(rows);
  });

  it('writes numbers with the decimal mark of the text cells', async () => {
    expect((await sheet({ sheet: 2, headerRow: 2, decimal: ',' })).rows[1]?.cells[1]).toBe('-1234,5');
  });

  it('refuses a missing sheet, a missing header and what is no Excel file', async () => {
    await expect(sheet({ sheet: 'Card' })).rejects.toThrow('cards.xlsx: source cards: the file has no sheet "Card"');
    await expect(sheet({ sheet: 2, headerRow: 4 })).rejects.toThrow('there is no header in row 4');
    await expect(sheet({ sheet: 1 }, Buffer.from('Date,Amount\n'))).rejects.toThrow('the Excel file cannot be read');
  });
});

describe('roundedNumber', () => {
  it.each([
    ['0.30000000000000004', '0.3'],
    ['1.5E-3', '0.0015'],
    ['1E3', '1000'],
    ['-0', '0'],
    ['999999999999999.9', '1000000000000000'],
    ['19.989999999999998', '19.99'],
    ['abc', 'abc'],
  ])('%s → %s', (text, rounded) => {
    expect(roundedNumber(text)).toBe(rounded);
  });

  it('gives back every amount in cents that Excel stored as a float', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 14), max: 10 ** 14 }), (cents) => {
        const text = roundedNumber((cents / 100).toPrecision(17));
        expect(Math.round(Number(text) * 100)).toBe(cents);
        expect(text).toMatch(/^-?\d+(\.\d{1,2})?$/);
      }),
    );
  });
});
