import { chmod, mkdir, open, truncate, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

import Database from 'better-sqlite3';

import { makeXlsx } from './xlsx.js';

const ROWS = ['Date,Supplier,Cost centre,Amount', '2024-01-08,Figma,MKT,30.00', '2024-02-08,Figma,MKT,36.00'];
const CARDS = `${ROWS.join('\n')}\n`;
const GIBIBYTE = 1 << 30;

/** Files that cannot stand in a session as text, by name. */
const FIXTURES: Readonly<Record<string, (path: string) => Promise<void> | void>> = {
  empty: (path) => writeFile(path, ''),
  'cards.csv.gz': (path) => writeFile(path, gzipSync(CARDS)),
  'truncated gz': (path) => {
    const packed = gzipSync(manyRows(5_000));
    return writeFile(path, packed.subarray(0, Math.floor(packed.length / 2)));
  },
  'text named gz': (path) => writeFile(path, CARDS),
  'windows-1252': (path) => writeFile(path, Buffer.from(CARDS.replaceAll('Figma', 'Café Société'), 'latin1')),
  'utf-16': (path) => writeFile(path, Buffer.from(`\ufeff${CARDS}`, 'utf16le')),
  'nul bytes': (path) => writeFile(path, CARDS.replace('Figma', 'Fig\0ma')),
  'not parquet': (path) => writeFile(path, 'This is a letter, not a bill.\n'),
  'truncated parquet': (path) => writeFile(path, Buffer.from('PAR1 and then nothing')),
  'one line of 1 GiB': oneLongLine,
  'a card export of one line of 1 GiB': oneLongRow,
  xlsx: (path) =>
    writeFile(
      path,
      makeXlsx({
        Cards: [
          ['Date', 'Supplier', 'Cost centre', 'Amount'],
          [{ serialDay: 45_299 }, 'Figma', 'MKT', { number: '30' }],
          [{ serialDay: 45_330 }, 'Figma', 'MKT', { number: '36.5' }],
        ],
      }),
    ),
  'text named xlsx': (path) => writeFile(path, CARDS),
  'another database': (path) => {
    const database = new Database(path);
    database.exec("CREATE TABLE recipe (name TEXT); INSERT INTO recipe VALUES ('soup')");
    database.close();
  },
  'newer ledger': (path) => {
    const database = new Database(path);
    database.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('from the future', 4102444800000)");
    database.close();
  },
  'damaged ledger': async (path) => {
    const file = await open(path, 'r+');
    const { size } = await file.stat();
    await file.write(Buffer.alloc(Math.floor(size / 2), 0x5a), 0, Math.floor(size / 2), Math.floor(size / 4));
    await file.close();
  },
  'many cards': (path) => writeFile(path, manyRows(40_000)),
  'read-only folder': async (path) => {
    await mkdir(path, { recursive: true });
    await chmod(path, 0o555);
  },
  'read-only file': (path) => chmod(path, 0o444),
};

/** Makes a fixture at a path; its folder is there. */
export async function makeFixture(name: string, path: string): Promise<void> {
  const make = FIXTURES[name];
  if (make === undefined) throw new Error(`there is no fixture "${name}"`);
  await make(path);
}

/** A card export whose rows all have suppliers of their own, so that it packs badly and makes many lines. */
function manyRows(count: number): string {
  const rows = [ROWS[0] ?? ''];
  for (let index = 0; index < count; index += 1) {
    const day = String((index % 28) + 1).padStart(2, '0');
    const month = String((index % 12) + 1).padStart(2, '0');
    const supplier = `Supplier ${((index * 2_654_435_761) % 4_294_967_296).toString(36)}`;
    rows.push(`2024-${month}-${day},${supplier},MKT,${(index % 900) + 1}.${String(index % 100).padStart(2, '0')}`);
  }
  return `${rows.join('\n')}\n`;
}

/** One line without an end. The file is sparse: its zeros take no room on the disk. */
async function oneLongLine(path: string): Promise<void> {
  await writeFile(path, 'Date,Supplier,Cost centre,Amount');
  await truncate(path, GIBIBYTE);
}

/** A sound header and row, and then a row without an end that holds no NUL byte; packed, since letters are not sparse. */
async function oneLongRow(path: string): Promise<void> {
  const file = await open(path, 'w');
  const letters = gzipSync(Buffer.alloc(GIBIBYTE / 64, 'x'));
  // Members of a gz file that follow each other are one text (RFC 1952, 2.2).
  await file.write(gzipSync(CARDS));
  for (let member = 0; member < 64; member += 1) await file.write(letters);
  await file.close();
}
