import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { csvCell, csvTable, renderCsv, safeText } from '../../src/render/csv.js';
import { formatMicros } from '../../src/core/money.js';
import { madeStatement, ORDINARY } from '../support/made-statement.js';

const hostile = fc.string({ unit: 'binary' });

describe('csvCell', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['  @SUM(A1)', "'  @SUM(A1)"],
    ['＝cmd', "'＝cmd"],
    ['\u200b+1', "'\u200b+1"],
    ['\tx', `"'\tx"`],
    ['a;=1+1;b', `"a;'=1+1;b"`],
    ['Müller, "A"', '"Müller, ""A"""'],
    ['plain', 'plain'],
  ])('%j becomes %j', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it('leaves numbers numbers', () => {
    expect(csvCell({ micros: -12_300_000n })).toBe('-12.30');
    expect(csvCell(-4)).toBe('-4');
    expect(csvCell({ number: '-4.5' })).toBe('-4.5');
    expect(csvCell({ number: '-4+A1' })).toBe("'-4+A1");
    expect(csvCell(undefined)).toBe('');
  });
});

describe('csvTable', () => {
  it('is read back as it was written, and no text of it begins a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hostile, hostile), { minLength: 1 }), fc.bigInt(), (rows, micros) => {
        const text = csvTable(rows.map((row) => [...row, { micros }]));
        const read = parse(text, { record_delimiter: '\r\n' });
        expect(read).toEqual(rows.map((row) => [...row.map(safeText), formatMicros(micros)]));
        for (const row of read) {
          for (const cell of row.slice(0, 2)) expect(cell.normalize('NFKC').trimStart()).not.toMatch(/^[=+\-@]/);
        }
      }),
    );
  });

  it('stays safe where the list separator is a semicolon', () => {
    const part = fc.constantFrom('=', '+', '-', '@', ';', '"', ' ', 'a', '\t', '＝', '1');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const line = csvTable([['x', parts.join('')]]).trimEnd();
        for (const cell of line.split(/[;\t]/)) expect(cell.replace(/^["\s]+/, '')).not.toMatch(/^[=+\-@＝]/);
      }),
    );
  });
});

describe('renderCsv', () => {
  const statement = madeStatement(ORDINARY);
  const read: Record<string, string>[] = parse(renderCsv(statement), { columns: true, record_delimiter: '\r\n' });
  const sum = (rows: readonly Record<string, string>[]): number =>
    rows.reduce((total, row) => total + Number(row['amount']), 0);

  it('has every figure of a function in a row of its own', () => {
    const change = read.filter((row) => row['section'] === 'function' && row['measure'] === 'change');
    expect(change.map((row) => [row['function'], row['amount']]).slice(0, 2)).toEqual([
      ['it', '-488000.00'],
      ['engineering', '130000.00'],
    ]);
    expect(sum(change)).toBe(179_000);
  });

  it('has flows whose levels sum to the flow', () => {
    const flows = read.filter((row) => row['section'] === 'flow');
    expect(sum(flows.filter((row) => row['level'] === ''))).toBe(sum(flows.filter((row) => row['level'] !== '')));
  });

  it('has a currency exactly where it has an amount', () => {
    for (const row of read) expect((row['amount'] === '') === (row['currency'] === '')).toBe(true);
  });

  it('keeps hostile names out of formulas', () => {
    const named = madeStatement({
      ...ORDINARY,
      functions: [{ id: 'it', name: '=cmd|calc', group: 'it', baseline: 5 }],
    });
    expect(renderCsv(named)).toContain("'=cmd|calc");
    expect(renderCsv(named)).not.toContain(',=cmd');
  });
});
