import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { proposeSource } from '../../connectors/csv/propose.js';
import { SourceError } from '../../src/core/errors.js';
import { sniffFile, type SniffedFile } from '../../src/connector/sniff.js';
import { temporaryFolder } from '../support/files.js';
import { makeXlsx } from '../support/xlsx.js';

async function sniff(name: string, content: string | Uint8Array, rowsMax?: number): Promise<SniffedFile> {
  const folder = await temporaryFolder({ [name]: content });
  return sniffFile(join(folder, name), rowsMax === undefined ? {} : { rowsMax });
}

const TABLE = 'Date,Vendor,Amount\n2024-01-31,Acme,1.50\n2024-02-01,"Bolt, Inc.",2.50\n';
const TABLE_ROWS = [
  ['2024-01-31', 'Acme', '1.50'],
  ['2024-02-01', 'Bolt, Inc.', '2.50'],
];

/** UTF-16 with the high byte first. */
function bigEndian(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

describe('sniffFile', () => {
  it('reads header and rows with their lines', async () => {
    expect(await sniff('ap.csv', TABLE)).toEqual({
      fileName: 'ap.csv',
      encoding: 'utf-8',
      delimiter: ',',
      headerRow: 1,
      header: ['Date', 'Vendor', 'Amount'],
      rows: TABLE_ROWS,
      lines: [2, 3],
      brokenCount: 0,
      truncated: false,
    });
  });

  it.each([
    ['semicolons beside decimal commas', 'Datum;Firma;Betrag\n31.01.2024;Acme;1,50\n01.02.2024;Bolt;2,50\n', ';'],
    ['two columns and decimal commas', 'Datum;Betrag\n31.01.2024;1,50\n01.02.2024;2,50\n03.02.2024;3,50\n', ';'],
    [
      'tabs beside commas in texts',
      'Date\tVendor\tAmount\n2024-01-31\tAcme, Inc.\t1\n2024-01-31\tBolt, Inc.\t2\n',
      '\t',
    ],
    ['bars', 'Date|Vendor|Amount\n2024-01-31|Acme|1\n2024-01-31|Bolt|2\n', '|'],
    ['quoted semicolons', 'Date,Vendor,Amount\n2024-01-31,"a;b;c;d",1\n2024-01-31,"e;f;g;h",2\n', ','],
    ['a line break in a cell', 'Date;Vendor;Amount\n2024-01-31;"a\nb,c";1\n2024-01-31;x;2\n', ';'],
  ])('finds the delimiter: %s', async (_, text, delimiter) => {
    const found = await sniff('a.csv', text);
    expect(found.delimiter).toBe(delimiter);
    expect(found.headerRow).toBe(1);
    expect(found.rows.every((row) => row.length === found.header.length)).toBe(true);
  });

  it('leaves titles above the header out and keeps the lines of the file', async () => {
    const text = `Spend over 500;;\n"Report of\nMarch";;\n\n;;\n${TABLE.replaceAll(',', ';').replace('"Bolt; Inc."', 'Bolt')}`;
    const found = await sniff('a.csv', text);
    expect(found).toMatchObject({ delimiter: ';', headerRow: 6, header: ['Date', 'Vendor', 'Amount'], lines: [7, 8] });
  });

  it('leaves titles of one cell above the header out', async () => {
    const found = await sniff('a.csv', `Konto: 123\nZeitraum: 01.01.2024 - 31.01.2024\n\n${TABLE}`);
    expect(found).toMatchObject({ headerRow: 4, rows: TABLE_ROWS });
  });

  it('finds a short table under a long preamble', async () => {
    const found = await sniff(
      'konto.csv',
      'Umsätze;\n\nKonto;Giro\nZeitraum;01.01.2024 - 31.01.2024\nSaldo;1.234,56;EUR\n\nHinweis\n\n' +
        'Buchung;Valuta;Empfänger;Text;Zweck;Saldo;Währung;Betrag;Währung\n' +
        '31.01.2024;31.01.2024;Hetzner;Lastschrift;R1;1.234,56;EUR;-12,00;EUR\n' +
        '30.01.2024;30.01.2024;Adobe;Lastschrift;R2;1.246,56;EUR;-1.120,00;EUR\n',
    );
    expect(found).toMatchObject({ delimiter: ';', headerRow: 9, lines: [10, 11] });
  });

  it.each([
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${TABLE}`), 'utf-8', undefined],
    ['UTF-16 with a mark', Buffer.from(`\uFEFF${TABLE}`, 'utf16le'), 'utf-16le', 'byte order mark'],
    ['UTF-16 big endian with a mark', bigEndian(`\uFEFF${TABLE}`), 'utf-16be', 'byte order mark'],
    ['UTF-16 without a mark', Buffer.from(TABLE, 'utf16le'), 'utf-16le', 'every second byte'],
    ['UTF-16 big endian without a mark', bigEndian(TABLE), 'utf-16be', 'every second byte'],
    ['carriage returns alone', Buffer.from(TABLE.replaceAll('\n', '\r')), 'utf-8', undefined],
    ['gz', gzipSync(TABLE), 'utf-8', undefined],
  ])('reads %s', async (name, bytes, encoding, evidence) => {
    const found = await sniff(name === 'gz' ? 'a.csv.gz' : 'a.csv', bytes);
    expect(found).toMatchObject({ encoding, header: ['Date', 'Vendor', 'Amount'], rows: TABLE_ROWS });
    if (evidence === undefined) expect(found).not.toHaveProperty('encodingEvidence');
    else expect(found.encodingEvidence).toContain(evidence);
  });

  it('assumes Windows-1252 for bytes that are no UTF-8, and the proposal says so', async () => {
    const text = 'Buchungstag;Empfänger;Betrag in €\r\n31.01.2024;Müller GmbH;-1,50\r\n30.01.2024;Görlitz;-2,50\r\n';
    const bytes = Buffer.from(text.replaceAll('€', '\u0080'), 'latin1');
    const found = await sniff('konto.csv', bytes);
    expect(found).toMatchObject({ encoding: 'windows-1252', header: ['Buchungstag', 'Empfänger', 'Betrag in €'] });
    const proposal = proposeSource(found);
    expect(proposal.understood.join('\n')).toContain('Windows-1252 is assumed');
    expect(proposal.settings).toMatchObject({ encoding: 'windows-1252', delimiter: ';', currency: 'EUR' });
    expect(proposal.complete).toBe(true);
  });

  it('reads no more than it needs and says that the file goes on', async () => {
    const line = '2024-01-31,Müller,1.50\n';
    const long = `Date,Vendor,Amount\n${line.repeat(500_000)}`;
    const found = await sniff('long.csv.gz', gzipSync(long), 100);
    expect(found).toMatchObject({ truncated: true, encoding: 'utf-8' });
    expect(found.rows).toHaveLength(100);
    expect(await sniff('short.csv', TABLE, 2)).toMatchObject({ truncated: false });
    expect(await sniff('short.csv', TABLE, 1)).toMatchObject({ truncated: true, rows: TABLE_ROWS.slice(0, 1) });
  });

  it('counts broken records and keeps the others', async () => {
    const found = await sniff('a.csv', `${TABLE}2024-02-02,"x"y,1\n2024-02-03,Cult,3\n`);
    expect(found.brokenCount).toBe(1);
    expect(found.lines).toEqual([2, 3, 5]);
  });

  it('reads the first sheet of an Excel file: titles, days and numbers', async () => {
    const file = makeXlsx({
      Spend: [
        ['Spend in March'],
        ['Date', 'Vendor', 'Amount'],
        [{ serialDay: 45_322 }, 'Acme', { number: '0.30000000000000004' }],
        [{ serialDay: 45_323 }, 'Bolt', { number: '1250' }],
      ],
    });
    const found = await sniff('ap.xlsx', file);
    expect(found).toMatchObject({
      headerRow: 2,
      header: ['Date', 'Vendor', 'Amount'],
      lines: [3, 4],
      truncated: false,
    });
    expect(found.rows).toEqual([
      ['2024-01-31', 'Acme', '0.3'],
      ['2024-02-01', 'Bolt', '1250'],
    ]);
    expect(proposeSource(found).settings).toMatchObject({ headerRow: 2, dates: ['YYYY-MM-DD'] });
  });

  it('takes a file of one column', async () => {
    expect(await sniff('a.csv', 'Notes\nfirst thing\nsecond thing\n')).toMatchObject({
      header: ['Notes'],
      delimiter: ',',
    });
  });

  it.each([
    ['a.csv', '', 'the file is empty'],
    ['a.csv', ' \n\r\n', 'the file is empty'],
    ['a.csv', 'Date,Vendor,Amount\n', 'a header and no rows'],
    ['a.csv', '2024-01-31,Acme,1.50\n2024-02-01,Bolt,2.50\n', 'no line looks like a header'],
    ['a.csv', Buffer.from([1, 0, 2, 0, 0, 0, 9, 9, 9, 0, 0, 7]), 'no text file'],
    ['a.csv', gzipSync(TABLE), 'Give its name the ending .gz'],
    ['a.csv.gz', gzipSync(TABLE.repeat(50)).subarray(0, 60), 'it was cut off'],
    ['a.csv.gz', TABLE, 'the gz file is damaged'],
    ['a.csv', 'a,b '.repeat(2_200_000), 'the first line is longer than'],
    ['a.csv', 'PAR1 and more', 'Parquet'],
    ['a.csv', '%PDF-1.7', 'PDF'],
    ['a.xls', 'anything', 'Save it as .xlsx'],
    ['a.xlsx', 'anything', 'the Excel file cannot be read'],
    ['a.xlsx', makeXlsx({ Spend: [['Date', 'Vendor', 'Amount']] }), 'a header and no rows'],
    ['a.xlsx', makeXlsx({ Spend: [] }), 'the sheet is empty'],
  ])('says what is wrong: %s, case %#', async (name, content, message) => {
    const error = await sniff(name, content).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SourceError);
    expect(String(error)).toContain(message);
    expect((error as SourceError).mistakes.every(({ hint }) => hint !== undefined)).toBe(true);
  });

  it('says when there is no file, or a folder', async () => {
    const folder = await temporaryFolder({ 'x/a.csv': TABLE });
    await expect(sniffFile(join(folder, 'b.csv'))).rejects.toThrow('b.csv: there is no such file');
    await expect(sniffFile(join(folder, 'b.xlsx'))).rejects.toThrow('there is no such file');
    await expect(sniffFile(join(folder, 'x'))).rejects.toThrow('this is a folder');
  });

  it('reads back any table that was written with quotes, whatever the delimiter', async () => {
    const text = fc.stringMatching(/^[a-zäß ,;|"\n]{0,8}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, text), { minLength: 3, maxLength: 8 }),
        fc.constantFrom(',', ';', '\t', '|'),
        async (texts, delimiter) => {
          const rows = texts.map(([one, two], index) => [`2024-01-0${index + 1}`, one, two, `${index}.50`]);
          const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
          const lines = [['Date', 'Vendor', 'Note', 'Amount'], ...rows].map((row) => row.map(quote).join(delimiter));
          const found = await sniff('a.csv', `${lines.join('\n')}\n`);
          expect(found.delimiter).toBe(delimiter);
          expect(found.rows).toEqual(rows);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('throws nothing but errors for people on any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string().map((one) => Buffer.from(one)),
        ),
        async (bytes) => {
          const result = await sniff('a.csv', bytes).catch((error: unknown) => error);
          if (result instanceof Error) expect(result).toBeInstanceOf(SourceError);
          else proposeSource(result as SniffedFile);
        },
      ),
      { numRuns: 200 },
    );
  });
});
