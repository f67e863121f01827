import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import csv from '../../connectors/csv/index.js';
import { temporaryFolder } from '../support/files.js';
import { connectorContext, pullAll } from '../support/pull.js';
import { sharedDataFolder } from '../support/shared-data.js';
import { makeXlsx } from '../support/xlsx.js';

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

function identities(pulled: Awaited<ReturnType<typeof pull>>): string[] {
  return pulled.charges.map((c) => `${c.window} ${c.day} ${c.amount} ${c.texts.payee} ${c.key}`).sort();
}

describe('csv: what is read', () => {
  it('makes a charge of each row and a line of equal texts', async () => {
    const pulled = await pull({
      'cards.csv': 'Date,Amount,Payee\n2024-03-01,12.50,Figma\n2024-03-02,-2.5, Figma \n2024-03-02,7,Zoom\n',
    });
    expect(pulled.charges.map(({ day, amount, row, file, texts }) => [day, amount, row, file, texts.payee])).toEqual([
      [20240301, '12.50', 2, 'cards.csv', 'Figma'],
      [20240302, '-2.50', 3, 'cards.csv', 'Figma'],
      [20240302, '7.00', 4, 'cards.csv', 'Zoom'],
    ]);
    expect(pulled.lineCount).toBe(2);
    expect(pulled.summaries[0]).toMatchObject({
      rowCount: 3,
      rejectedCount: 0,
      controlTotals: [{ currency: 'GBP', sourceCash: '17', ledgerCashMicros: 17_000_000n }],
    });
  });

  it('reads all texts and tags of a line, and keeps description and reference out of it', async () => {
    const header = 'Date,Amount,Payee,Unit,Team tag,Env,Memo,Ref';
    const file = `${header}\n2024-03-01,1,Figma,DIG,"a ""b""",,first,R1\n2024-03-02,1,Figma,DIG,"a ""b""",,second,R2\n`;
    const columns = { ...SETTINGS.columns, costCenter: 'Unit', description: 'Memo', reference: 'Ref' };
    const tags = { team: 'Team tag', env: 'Env' };
    const pulled = await pull({ 'cards.csv': file }, { columns: { ...columns, tags } });
    expect(pulled.lineCount).toBe(1);
    expect(pulled.charges[0]?.texts).toMatchObject({
      costCenter: 'DIG',
      tags: '{"team":"a \\"b\\""}',
      description: '',
    });
    const described = await pull({ 'cards.csv': file }, { columns, lineDescription: true });
    expect(described.charges.map(({ texts }) => texts.description)).toEqual(['first', 'second']);
  });

  it('reads debit and credit, and files whose spend is negative', async () => {
    const columns = { date: 'Date', debit: 'Paid out', credit: 'Paid in', payee: 'Payee' };
    const file = 'Date,Paid out,Paid in,Payee\n2024-03-01,5.25,,A\n2024-03-01, ,"1,000.50",B\n';
    const both = await pull(
      { 'bank.csv': file },
      { columns, amount: { decimal: '.', group: ',', sign: 'spend-positive' } },
    );
    expect(both.charges.map(({ amount }) => amount)).toEqual(['5.25', '-1000.50']);
    const negative = await pull(
      { 'bank.csv': 'Date,Amount,Payee\n2024-03-01,-5.25,A\n' },
      { amount: { decimal: '.', sign: 'spend-negative' } },
    );
    expect(negative.charges[0]?.amount).toBe('5.25');
    expect(negative.summaries[0]?.controlTotals[0]?.sourceCash).toBe('5.25');
  });

  it('reads amounts in the ways files have them, exact beyond the micro-unit', async () => {
    const amounts = ['1,234.5', '(12.00)', '12.00-', '£3', 'GBP 4', '1e2', '−5', '0.0000005', '.5', '12,34,567.00'];
    const rows = amounts.map((amount) => `2024-03-01,"${amount}",A`);
    const pulled = await pull(
      { 'c.csv': `Date,Amount,Payee\n${rows.join('\n')}\n` },
      { amount: { decimal: '.', group: ',', sign: 'spend-positive' } },
    );
    expect(pulled.charges.map(({ amount }) => amount)).toEqual(
      '1234.50 -12.00 -12.00 3.00 4.00 100.00 -5.00 0.000001 0.50 1234567.00'.split(' '),
    );
    const [total] = pulled.summaries[0]?.controlTotals ?? [];
    expect(total).toMatchObject({ sourceCash: '1235880.0000005', ledgerCashMicros: 1_235_880_000_001n });
  });

  it('reads a currency per row', async () => {
    const file = 'Date,Amount,Payee,Cur\n2024-03-01,1,A,eur\n2024-03-01,USD 2,B,USD\n2024-03-01,3,C,EURO\n';
    const columns = { ...SETTINGS.columns, currency: 'Cur' };
    const pulled = await pull({ 'c.csv': file }, { columns, currency: undefined, rejectedShareMax: 0.5 });
    expect(pulled.charges.map(({ currency, amount }) => [currency, amount])).toEqual([
      ['EUR', '1.00'],
      ['USD', '2.00'],
    ]);
    expect(pulled.summaries[0]?.rejected).toMatchObject([
      { row: 4, reason: 'Cur "EURO" is no currency code of ISO 4217' },
    ]);
  });

  it('reads tabs, gz, other encodings, a later header and decimal commas', async () => {
    const text = 'Konzern GmbH\nDatum\tBetrag\tEmpfänger\n31.3.24\t1.234,50\tMüller\n';
    const pulled = await pull(
      { 'karten.tsv.gz': gzipSync(Buffer.from(text, 'latin1')) },
      {
        files: ['*.tsv.gz'],
        encoding: 'windows-1252',
        delimiter: 'tab',
        headerRow: 2,
        currency: 'EUR',
        dates: ['D.M.YY'],
        amount: { decimal: ',', group: '.', sign: 'spend-positive' },
        columns: { date: 'Datum', amount: 'Betrag', payee: 'EMPFÄNGER' },
      },
    );
    expect(pulled.charges).toMatchObject([{ day: 20240331, amount: '1234.50', row: 3, texts: { payee: 'Müller' } }]);
  });

  it('reads a byte order mark before a quoted header', async () => {
    const pulled = await pull({ 'c.csv': '\uFEFF"Date","Amount","Payee"\r\n"2024-03-01","1","A"\r\n' });
    expect(pulled.charges).toMatchObject([{ row: 2, amount: '1.00' }]);
    const folder = await temporaryFolder({ 'c.csv': '\uFEFF"Date","Amount","Payee"\n"2024-03-01","1","A"\n' });
    await expect(csv.check(await connectorContext(csv, folder, SETTINGS))).resolves.toBeUndefined();
  });

  it('reads Excel', async () => {
    const rows = [
      ['Date', 'Amount', 'Payee'],
      [{ serialDay: 45352 }, { number: '19.989999999999998' }, 'Figma'],
    ];
    const pulled = await pull(
      { 'cards.xlsx': makeXlsx({ Cards: rows }) },
      {
        files: '*.xlsx',
        sheet: 'Cards',
        dates: ['DD/MM/YYYY'],
        amount: { decimal: ',', group: '.', sign: 'spend-positive' },
      },
    );
    expect(pulled.charges).toMatchObject([{ day: 20240301, amount: '19.99', row: 2 }]);
  });

  it('leaves out skipped and blank rows, and says so', async () => {
    const pulled = await pull(
      { 'c.csv': 'Date,Amount,Payee\n2024-03-01,1,A\n,, \n\nTotal:,1,\n,5,\n' },
      {
        skip: [
          { column: 'Date', startsWith: 'total' },
          { column: 'Payee', empty: true },
        ],
      },
    );
    expect(pulled.summaries[0]).toMatchObject({ rowCount: 1, rejectedCount: 0 });
    expect(pulled.charges).toHaveLength(1);
    const header = await pull({ 'a.csv': 'Date,Amount,Payee\n', 'b.csv': 'Date,Amount,Payee\n2024-03-01,1,A\n' });
    expect(header.summaries[0]).toMatchObject({ rowCount: 1, remarks: ['a.csv has a header and no rows.'] });
  });
});

describe('csv: identity', () => {
  const march = 'Date,Amount,Payee\n2024-03-01,5,Figma\n2024-03-01,5,Figma\n2024-03-02,7,Zoom\n';

  it('keeps true duplicates and says how many there are', async () => {
    const pulled = await pull({ 'cards-2024-03.csv': march });
    expect(pulled.charges).toHaveLength(3);
    expect(new Set(pulled.charges.map(({ key }) => key)).size).toBe(3);
    expect(pulled.charges.every(({ key }) => key > 0n)).toBe(true);
    expect(pulled.summaries[0]?.remarks).toEqual([
      'One row is equal to an earlier row in every cell; both are counted.',
    ]);
  });

  it('remarks on rows that another file has too', async () => {
    const pulled = await pull({ 'a.csv': march, 'b.csv': `${march}\n` });
    expect(pulled.summaries[0]?.remarks).toEqual([
      '4 rows are equal to an earlier row in every cell; all are counted.',
      '3 of them stand in another file: if one file repeats the other, take it out of the source.',
    ]);
  });

  it('does not change when a file is renamed, reordered, packed, or has other headers', async () => {
    const before = identities(await pull({ 'cards-2024-03.csv': march }));
    const reordered = 'Payee,DATE , Net Amount\nZoom,2024-03-02,7.00\nFigma,2024-03-01,5\nFigma,2024-03-01,"5.0"\n';
    const columns = { ...SETTINGS.columns, amount: ['Amount', 'net amount'] };
    const files = '*.gz';
    const after = await pull({ 'renamed 2024_03.gz': gzipSync(reordered) }, { files, columns });
    expect(identities(after)).toEqual(before);
  });

  it('does not change the charges that were there when a file grows', async () => {
    const before = identities(await pull({ 'cards.csv': march }));
    const grown = march.replace('2024-03-02', '2024-02-01,9,New\n2024-03-01,5,Figma\n2024-03-02');
    const after = identities(await pull({ 'cards.csv': grown }));
    expect(after).toHaveLength(5);
    expect(after).toEqual(expect.arrayContaining(before));
  });

  it('tells rows apart by columns nothing is mapped to', async () => {
    const pulled = await pull({ 'c.csv': 'Date,Amount,Payee,Note\n2024-03-01,5,A,x\n2024-03-01,5,A,y\n' });
    expect(pulled.summaries[0]?.remarks).toEqual([]);
  });

  it('takes monthly files with drifting headers as one source', async () => {
    const columns = { date: 'Date', amount: ['Amount', 'Net'], payee: ['Payee', 'Supplier'] };
    const files = {
      'cards-2024-03.csv': 'Date,Amount,Payee\n2024-03-01,5,Figma\n',
      'cards-2024-04.csv': 'Supplier,Net,Date\nFigma,6,2024-04-01\n',
    };
    const pulled = await pull(files, { columns });
    expect(pulled.charges.map(({ window, amount, texts }) => [window, amount, texts.payee])).toEqual([
      ['2024-03', '5.00', 'Figma'],
      ['2024-04', '6.00', 'Figma'],
    ]);
  });

  it('uses the key of the settings and refuses one that repeats', async () => {
    const header = 'Date,Amount,Payee,Ref\n';
    const before = await pull({ 'c.csv': `${header}2024-03-01,5,Figma,R1\n` }, { key: ['Ref'] });
    const after = await pull({ 'c.csv': `${header}2024-03-01,6,Figma,R1\n` }, { key: ['Ref'] });
    expect(after.charges[0]?.key).toBe(before.charges[0]?.key);
    const repeated = `${header}2024-03-01,5,Figma,R1\n2024-03-01,6,Zoom,R2\n2024-03-01,6,Zoom,R1\n`;
    await expect(pull({ 'c.csv': repeated }, { key: ['Ref'] })).rejects.toThrow(
      'source cards: key: one key stands on several rows (Ref)\n    2 rows: c.csv:2, c.csv:4',
    );
  });
});

describe('csv: source rows', () => {
  it('shows the row behind a charge as the file has it', async () => {
    const folder = await temporaryFolder({ 'c.csv': 'Date,Amount,Payee\n2024-03-01,1,"A\nB"\n2024-03-01, 2.00 ,C\n' });
    const pulled = await pullAll(csv, folder, SETTINGS);
    const [, charge] = pulled.charges;
    const context = await connectorContext(csv, folder, SETTINGS);
    const request = { file: 'c.csv', row: charge?.row ?? 0, rowCount: 1, month: 202403, currency: 'GBP', rowsMax: 10 };
    const texts = charge?.texts ?? expect.fail('the second charge is missing');
    expect(await csv.sourceRows(context, { ...request, line: texts })).toEqual([
      {
        file: 'c.csv',
        row: 4,
        cells: [
          ['Date', '2024-03-01'],
          ['Amount', ' 2.00 '],
          ['Payee', 'C'],
        ],
      },
    ]);
  });
});

const shared = sharedDataFolder();

describe.skipIf(shared === undefined)('csv: real files (skipped where ../shared/data is absent)', () => {
  it('reads all of the payables of Harrogate, to the penny', async () => {
    const pulled = await pullShared('ap/harrogate*.csv.gz', {
      columns: { date: 'Payment Date', amount: 'Net Amount', payee: 'Supplier Name', costCenter: 'Service Code' },
    });
    expect(pulled.charges).toHaveLength(34_270);
    expect(pulled.summaries[0]).toMatchObject({
      rejectedCount: 0,
      controlTotals: [{ sourceCash: '121607960.02', ledgerCashMicros: 121_607_960_020_000n }],
      remarks: ['2411 rows are equal to an earlier row in every cell; all are counted.'],
    });
  });

  it('reads all of the cards of Birmingham, to the penny', async () => {
    const pulled = await pullShared('cards/birmingham*.csv.gz', {
      dates: ['DD/MM/YY'],
      amount: { decimal: '.', group: ',', sign: 'spend-positive' },
      columns: { date: 'TRANS DATE', amount: 'BILLING GROSS AMT', payee: 'MERCHANT NAME' },
    });
    expect(pulled.charges).toHaveLength(97_645);
    expect(new Set(pulled.charges.map(({ key }) => key)).size).toBe(97_645);
    expect(pulled.summaries[0]?.controlTotals).toMatchObject([
      { sourceCash: '24641927.98', ledgerCashMicros: 24_641_927_980_000n },
    ]);
  });
});

/** Reads a file of the shared folder, which may be read-only, with temporary files elsewhere. */
async function pullShared(files: string, settings: Record<string, unknown>) {
  const folder = await temporaryFolder();
  await symlink(shared ?? '', join(folder, 'shared'));
  return pullAll(csv, folder, { ...SETTINGS, files: `shared/${files}`, ...settings });
}
