import { describe, expect, it } from 'vitest';

import csv from '../../connectors/csv/index.js';
import { temporaryFolder } from '../support/files.js';
import { connectorContext, pullAll } from '../support/pull.js';

const SETTINGS = {
  files: '*.csv',
  currency: 'GBP',
  dates: ['YYYY-MM-DD'],
  amount: { decimal: '.', sign: 'spend-positive' },
  columns: { date: 'Date', amount: 'Amount', payee: 'Payee' },
};

async function pull(files: Record<string, string | Uint8Array>, settings: Record<string, unknown> = {}) {
  return pullAll(csv, await temporaryFolder(files), { ...SETTINGS, ...settings });
}

describe('csv: what cannot be read', () => {
  it('rejects a row with file, line, reason and text, and takes the others', async () => {
    const rows = [
      '31/02/2024,1,A',
      '01/03/2024,abc,A',
      '01/03/2024,,A',
      '01/03/2024,0.0000000000001,A',
      '01/03/2024,99999999999999,A',
      'x,y,A',
      '01/03/2024,1',
      '01/03/2024,"1"2,A',
    ];
    const pulled = await pull(
      { 'c.csv': `Date,Amount,Payee\n${rows.join('\n')}\n01/03/2024,8,A\n` },
      { dates: ['DD/MM/YYYY'], rejectedShareMax: 0.9 },
    );
    expect(pulled.charges).toMatchObject([{ row: 10, amount: '8.00' }]);
    expect(pulled.summaries[0]).toMatchObject({ rowCount: 9, rejectedCount: 8 });
    expect(pulled.summaries[0]?.rejected.map(({ row, reason, text }) => [row, reason, text])).toEqual([
      [2, 'Date "31/02/2024" is no day in any of the formats DD/MM/YYYY', '31/02/2024,1,A'],
      [3, 'Amount "abc" is no amount with decimal mark "." and no group mark', '01/03/2024,abc,A'],
      [4, 'Amount is empty', '01/03/2024,,A'],
      [5, 'Amount "0.0000000000001" has more than 12 decimals', '01/03/2024,0.0000000000001,A'],
      [6, 'Amount "99999999999999" is larger than any amount that can be kept', '01/03/2024,99999999999999,A'],
      [
        7,
        'Date "x" is no day in any of the formats DD/MM/YYYY; Amount "y" is no amount with decimal mark "." and no group mark',
        'x,y,A',
      ],
      [8, '2 cells where the header has 3', '01/03/2024,1'],
      [9, 'text follows a closing quote', '01/03/2024,"1"2,A'],
    ]);
  });

  it('rejects an amount that carries the sign of another currency than the row', async () => {
    const file = 'Date,Amount,Payee,Cur\n2024-03-01,€12.50,A,GBP\n2024-03-01,€12.50,A,EUR\n2024-03-01,$7,A,cad\n';
    const settings = { columns: { ...SETTINGS.columns, currency: 'Cur' }, currency: undefined, rejectedShareMax: 0.5 };
    const pulled = await pull({ 'c.csv': file }, settings);
    expect(pulled.charges.map(({ currency, amount }) => [currency, amount])).toEqual([
      ['EUR', '12.50'],
      ['CAD', '7.00'],
    ]);
    expect(pulled.summaries[0]?.rejected.map(({ row, reason }) => [row, reason])).toEqual([
      [2, 'Amount "€12.50" carries "€", which is no sign of GBP'],
    ]);
    await expect(pull({ 'c.csv': 'Date,Amount,Payee\n2024-03-01,€12.50,A\n' })).rejects.toThrow(
      'line 2: Amount "€12.50" carries "€", which is no sign of GBP',
    );
  });

  it('refuses a file of which too much cannot be read', async () => {
    const good = '2024-03-01,1,A\n'.repeat(20);
    await expect(pull({ 'c.csv': `Date,Amount,Payee\n${good}2024-13-01,1,A\n` })).rejects.toThrow(
      'c.csv: source cards: 1 of 21 rows cannot be read, more than the allowed share of 0.02\n' +
        '    line 22: Date "2024-13-01" is no day in any of the formats YYYY-MM-DD\n' +
        '  → Nothing of the source was changed.',
    );
    const enough = await pull({ 'c.csv': `Date,Amount,Payee\n${good}2024-13-01,1,A\n` }, { rejectedShareMax: 0.05 });
    expect(enough.summaries[0]?.rejectedCount).toBe(1);
  });

  it('never guesses between two listed date formats', async () => {
    const file = 'Date,Amount,Payee\n03/04/2024,1,A\n13/04/2024,1,A\n04/04/2024,1,A\n';
    const dates = ['DD/MM/YYYY', 'MM/DD/YYYY'];
    const pulled = await pull({ 'c.csv': file }, { dates, rejectedShareMax: 0.5 });
    expect(pulled.charges.map(({ day }) => day)).toEqual([20240413, 20240404]);
    expect(pulled.summaries[0]?.rejected).toMatchObject([
      { row: 2, reason: 'Date "03/04/2024" is one day in DD/MM/YYYY and another in MM/DD/YYYY' },
    ]);
  });

  it.each<[string, Record<string, string>, Record<string, unknown>, string]>([
    ['no file', {}, {}, 'spendshift.yaml: source cards: files: no file matches "*.csv"'],
    ['an empty file', { 'c.csv': '' }, {}, 'c.csv: source cards: the file is empty'],
    [
      'a missing column',
      { 'c.csv': 'Date,Amuont,Payee\n' },
      {},
      'c.csv:1: source cards: columns.amount: the file has no column "Amount"\n  → Did you mean "Amuont"? Its columns: Date, Amuont, Payee.',
    ],
    [
      'a column that stands twice',
      { 'c.csv': 'Date,Amount,Payee,amount\n' },
      {},
      'c.csv:1: source cards: columns.amount: the file has 2 columns "Amount"',
    ],
    ['a wrong delimiter', { 'c.csv': 'Date;Amount;Payee\n' }, {}, 'columns.date: the file has no column "Date"'],
    [
      'a header that is not there',
      { 'c.csv': 'Date\n' },
      { headerRow: 4 },
      'c.csv:4: source cards: there is no header',
    ],
  ])('says what is wrong: %s', async (_, files, settings, message) => {
    const folder = await temporaryFolder(files);
    const context = await connectorContext(csv, folder, { ...SETTINGS, ...settings });
    await expect(csv.check(context)).rejects.toThrow(message);
    await expect(pullAll(csv, folder, { ...SETTINGS, ...settings })).rejects.toThrow(message);
  });

  it('checks the first rows of every file and reports all at once', async () => {
    const folder = await temporaryFolder({
      'a.csv': 'Date,Amount,Payee\n01/03/2024,1,A\n',
      'b.csv': 'Date,Payee\n2024-03-01,A\n',
      'c.csv': 'Date,Amount,Payee\n2024-03-01,1,A\n',
    });
    const check = csv.check(await connectorContext(csv, folder, SETTINGS));
    await expect(check).rejects.toThrow(
      'a.csv:2: source cards: 1 of the first 1 rows cannot be read\n' +
        '    line 2: Date "01/03/2024" is no day in any of the formats YYYY-MM-DD\n' +
        '  → Correct `dates`, `amount` or `columns` of the source, or mend the rows.\n' +
        'b.csv:1: source cards: columns.amount: the file has no column "Amount"',
    );
  });
});

describe('csv: settings', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a date format', { dates: ['DD/MM'] }, '"DD/MM" is no date format'],
    ['a currency', { currency: 'GPB' }, '"GPB" is no currency code of ISO 4217'],
    ['no currency', { currency: undefined }, 'write the `currency` of all rows, or name the column `columns.currency`'],
    ['no amount', { columns: { date: 'Date' } }, 'name either the column `amount`, or both `debit` and `credit`'],
    [
      'equal marks',
      { amount: { decimal: ',', group: ',', sign: 'spend-positive' } },
      'the decimal mark and the group mark must differ',
    ],
    ['no form of amounts', { amount: undefined }, "write `amount: { decimal: '.', sign: spend-positive }`"],
    ['no decimal mark', { amount: { sign: 'spend-positive' } }, "write `decimal: '.'` or `decimal: ','`"],
    ['no sign', { amount: { decimal: '.' } }, 'write `sign: spend-positive` or `sign: spend-negative`'],
    ['an unknown key', { colour: 'red' }, 'colour'],
    ['an unknown column', { columns: { ...SETTINGS.columns, supplier: 'A' } }, 'supplier'],
    ['a skip without a test', { skip: [{ column: 'Date' }] }, 'write one of `equals`, `startsWith` or `empty: true`'],
    ['a long delimiter', { delimiter: ';;' }, 'the delimiter is one character'],
    ['an encoding', { encoding: 'utf8' }, 'the encoding is one of utf-8, utf-16le'],
  ])('refuses %s', (_, settings, message) => {
    const result = csv.settings.safeParse({ ...SETTINGS, ...settings });
    expect(result.error?.issues.map((issue) => issue.message).join('\n')).toContain(message);
  });

  it('says all that is missing at once, so that no question of `init --from` is answered by a default', () => {
    const result = csv.settings.safeParse({ files: 'a.csv', amount: {}, columns: {} });
    const paths = result.error?.issues.map((issue) => issue.path.join('.'));
    const missing = ['dates', 'amount.decimal', 'amount.sign', 'columns.date', 'columns.amount', 'currency'];
    expect(paths?.sort()).toEqual(missing.sort());
  });
});
