import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { openDelimited, type CellTable } from '../../src/connector/delimited.js';
import { openDuckDb, queryRows, type DuckDb } from '../../src/connector/duckdb.js';
import { RecordSplitter } from '../../src/connector/records.js';
import { prepareTextFile, type TextFile } from '../../src/connector/text-file.js';
import { temporaryFolder } from '../support/files.js';

interface Read extends CellTable {
  readonly rows: unknown[];
}

async function read(
  duckDb: DuckDb,
  text: TextFile,
  options: { table: string; careful?: boolean; delimiter?: string; quote?: string; headerRow?: number },
): Promise<Read> {
  const table = await openDelimited(duckDb.connection, {
    table: options.table,
    text: options.careful === true ? { ...text, regular: false } : text,
    file: 'cards.csv',
    sourceId: 'cards',
    delimiter: options.delimiter ?? ',',
    quote: options.quote ?? '"',
    headerRow: options.headerRow ?? 1,
  });
  const rows = await queryRows(duckDb.connection, `SELECT * FROM "${options.table}" ORDER BY row`);
  return { ...table, rows: rows.map((row) => ({ ...row, row: Number(row['row']) })) };
}

async function textFile(content: string): Promise<{ text: TextFile; folder: string }> {
  const folder = await temporaryFolder({ 'cards.csv': content });
  const text = await prepareTextFile({
    path: join(folder, 'cards.csv'),
    file: 'cards.csv',
    sourceId: 'cards',
    encoding: 'utf-8',
    temporaryFolder: folder,
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  return { text, folder };
}

async function readText(content: string, options: { delimiter?: string; quote?: string; headerRow?: number } = {}) {
  const { text, folder } = await textFile(content);
  const duckDb = await openDuckDb(folder);
  try {
    const fast = await read(duckDb, text, { ...options, table: 'fast' });
    const careful = await read(duckDb, text, { ...options, table: 'careful', careful: true });
    expect(careful).toEqual(fast);
    return fast;
  } finally {
    duckDb.close();
  }
}

describe('openDelimited', () => {
  it('gives texts untouched, empty cells as NULL, and the line of each row', async () => {
    const table = await readText('Date,Amount,Note\n2024-01-01, 007 ,\n2024-01-02,"1,5","say ""no"""\n');
    expect(table.columns).toEqual(['Date', 'Amount', 'Note']);
    expect(table.rowCount).toBe(2);
    expect(table.rows).toEqual([
      { row: 2, c0: '2024-01-01', c1: ' 007 ', c2: null },
      { row: 3, c0: '2024-01-02', c1: '1,5', c2: 'say "no"' },
    ]);
  });

  it('knows the line of rows after line breaks in cells and blank lines', async () => {
    const table = await readText('a,b\r\n"x\r\ny",1\r\n\r\n\r\nz,2\r\n');
    expect(table.rows).toEqual([
      { row: 2, c0: 'x\r\ny', c1: '1' },
      { row: 6, c0: 'z', c1: '2' },
    ]);
  });

  it('rejects broken rows alone, each with its line and reason', async () => {
    const table = await readText('a,b\n1,2\n3\n4,5,6\n7,8,,\n"9,10\n11,"x"y\n12,13\n');
    expect(table.rows).toEqual([
      { row: 2, c0: '1', c1: '2' },
      { row: 5, c0: '7', c1: '8' },
      { row: 8, c0: '12', c1: '13' },
    ]);
    expect(table.rejected.map(({ row, reason, text }) => [row, reason, text])).toEqual([
      [3, '1 cells where the header has 2', '3'],
      [4, '3 cells where the header has 2', '4,5,6'],
      [6, 'text follows a closing quote', '"9,10'],
      [7, 'text follows a closing quote', '11,"x"y'],
    ]);
    expect(table.rejectedCount).toBe(4);
  });

  it('loses one line to a quote that is never closed', async () => {
    const table = await readText('a,b\n1,2\n"3,4\n5,6\n');
    expect(table.rows).toHaveLength(2);
    expect(table.rejected).toMatchObject([{ row: 3, reason: 'a quote is opened and never closed' }]);
  });

  it('reads a header in a later line, tabs, and files that quote nothing', async () => {
    const table = await readText('Report\nfor March "2024\n\na\tb\n"1\t2"\n', {
      delimiter: '\t',
      quote: '',
      headerRow: 4,
    });
    expect(table.columns).toEqual(['a', 'b']);
    expect(table.rows).toEqual([{ row: 5, c0: '"1', c1: '2"' }]);
  });

  it('knows the rows of a file of one column', async () => {
    const table = await readText('a\n"two\nlines"\n\n');
    expect(table.rows).toEqual([{ row: 2, c0: 'two\nlines' }]);
  });

  it('gives no rows for a header alone and says when there is no header', async () => {
    expect((await readText('a,b\n')).rowCount).toBe(0);
    await expect(readText('a,b\n1,2\n', { headerRow: 9 })).rejects.toThrow(
      'cards.csv:9: source cards: there is no header in this line',
    );
  });
});

const cell = fc.oneof(
  fc.constantFrom('', ' ', 'a', '"', 'x"y', 'é', '1,5', "it's", '#no', 'NULL', '\\', '\\n', '\t'),
  fc.string({ maxLength: 4 }),
  fc.constantFrom('two\nlines', 'three\r\n\r\nlines', '\n'),
);
const plainCell = fc.constantFrom('', ' ', 'a', 'x"y', 'é', "it's", '#no', 'NULL', '\\', '""x', ' "q"', '\r');
const wrap = (text: string): string =>
  /[",\n\r]/.test(text) || text.length % 2 === 1 ? `"${text.replaceAll('"', '""')}"` : text;
const record = fc.oneof(
  { weight: 6, arbitrary: fc.array(cell, { minLength: 3, maxLength: 3 }).map((cells) => cells.map(wrap).join(',')) },
  { weight: 3, arbitrary: fc.array(plainCell, { minLength: 3, maxLength: 3 }).map((cells) => cells.join(',')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', ' ', ',,', ',,,', 'a,b', 'a,b,c,', 'a,b,c,d', '"a,b,c', '"a"x,b,c', ',,"'),
  },
);

describe('both readers', () => {
  it('agree on any text', async () => {
    const folder = await temporaryFolder();
    const duckDb = await openDuckDb(folder);
    let run = 0;
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(record, { maxLength: 12 }),
          fc.constantFrom('\n', '\r\n'),
          fc.boolean(),
          async (records, feed, lastFeed) => {
            run += 1;
            const { text } = await textFile(`a,b,c${feed}${records.join(feed)}${lastFeed ? feed : ''}`);
            const fast = await read(duckDb, text, { table: `fast${run}` });
            const careful = await read(duckDb, text, { table: `careful${run}`, careful: true });
            expect(careful).toEqual(fast);
          },
        ),
        { numRuns: 300 },
      );
    } finally {
      duckDb.close();
    }
  });
});

describe('RecordSplitter', () => {
  it('does not care how the text is cut into parts', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), fc.array(fc.nat(40), { maxLength: 8 }), (records, cuts) => {
        const text = records.join('\r\n');
        const format = { delimiter: ',', quote: '"' };
        const whole = new RecordSplitter(format).add(text, true);
        const parts = new RecordSplitter(format);
        const inParts = [];
        let at = 0;
        for (const cut of cuts) {
          inParts.push(...parts.add(text.slice(at, at + cut), false));
          at = Math.min(text.length, at + cut);
        }
        inParts.push(...parts.add(text.slice(at), true));
        expect(inParts).toEqual(whole);
      }),
    );
  });
});
