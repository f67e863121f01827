import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import Database from 'better-sqlite3';

import csv from '../../connectors/csv/index.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { pullSource } from '../../src/pull/run.js';
import { migrationsFolder } from '../../src/app/package.js';
import { CARD_HEADER, CARD_SETTINGS, cardRow, writeCards } from './cards-data.js';
import { median, timed, type Finding } from './measure.js';

const ROWS = 1_000_000;
const ROUNDS = 3;

/** A million card rows by CSV into the ledger, against better-sqlite3 inserting the same rows by prepared statement. */
export async function benchCards(folder: string): Promise<Finding> {
  await writeCards(join(folder, 'cards.csv'), ROWS);
  const times = { ours: [] as number[], other: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.ours.push(await timed(() => pullCards(folder, join(folder, 'ledger.sqlite'))));
    // Made for each round and let go: ten million texts in memory would slow the pull that follows.
    let rows: readonly string[][] = Array.from({ length: ROWS }, (_, index) => cardRow(index));
    times.other.push(await timed(() => insertBare(rows, join(folder, 'bare.sqlite'))));
    rows = [];
    globalThis.gc?.();
  }
  const [ours, other] = [median(times.ours), median(times.other)];
  return {
    what: 'a million card rows, CSV to ledger | prepared inserts of the same rows',
    ours: `${(ours / 1_000).toFixed(2)} s`,
    other: `${(other / 1_000).toFixed(2)} s`,
    ratio: (ours / other).toFixed(2),
    goal: 'at most 2.5',
  };
}

/** Pulls the generated card file into a new ledger. */
export async function pullCards(folder: string, ledgerFile: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(`${ledgerFile}${suffix}`, { force: true });
  const ledger = await Ledger.open({ file: ledgerFile, migrationsFolder: migrationsFolder() });
  const settings = csv.settings.parse(CARD_SETTINGS);
  await pullSource(
    ledger,
    { id: 'cards', kind: 'payment', title: 'Cards', settings, settingsFingerprint: '1', connector: csv },
    {
      workspaceFolder: folder,
      temporaryFolder: folder,
      progress: () => undefined,
      signal: new AbortController().signal,
    },
  );
  await ledger.close();
}

async function insertBare(rows: readonly string[][], file: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(`${file}${suffix}`, { force: true });
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.exec(
    `CREATE TABLE card (id INTEGER PRIMARY KEY, ${CARD_HEADER.map((name) => `"${name}" TEXT`).join(', ')})`,
  );
  const insert = database.prepare(`INSERT INTO card VALUES (NULL, ${CARD_HEADER.map(() => '?').join(', ')})`);
  database.transaction(() => {
    for (const row of rows) insert.run(...row);
  })();
  database.close();
}
