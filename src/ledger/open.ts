import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import Database from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';

import { LedgerError, RetryableError } from '../core/errors.js';
import * as schema from './schema.js';

/** How long a writer waits for another process before it gives up. */
const BUSY_TIMEOUT_MS = 5_000;
/** Page cache of a connection, in KiB (SQLite takes a negative number for KiB). */
const PAGE_CACHE_KIB = 65_536;

/** The open database; never leaves this room. */
export interface LedgerDatabase {
  readonly file: string;
  readonly sqlite: Database.Database;
  readonly query: BetterSQLite3Database<typeof schema>;
}

export interface OpenOptions {
  /** Absolute path of the ledger file. */
  readonly file: string;
  /** Folder with the SQL migrations and their journal. */
  readonly migrationsFolder: string;
}

/**
 * Opens the ledger, makes it when it is not there, and brings an older one up to date after writing a backup beside it.
 *
 * @throws LedgerError when the file is no ledger, is newer than this Spendshift, is damaged, or cannot be written.
 */
export function openDatabase(options: OpenOptions): LedgerDatabase {
  try {
    mkdirSync(dirname(options.file), { recursive: true });
    const sqlite = new Database(options.file, { timeout: BUSY_TIMEOUT_MS });
    try {
      return prepare(sqlite, options);
    } catch (error) {
      sqlite.close();
      throw error;
    }
  } catch (error) {
    throw asLedgerError(error, options.file);
  }
}

function prepare(sqlite: Database.Database, options: OpenOptions): LedgerDatabase {
  const known = knownMigrations(options.migrationsFolder);
  const applied = appliedMigrations(sqlite);
  if (applied > known) {
    throw new LedgerError({
      place: { file: options.file },
      message: `the ledger was written by a newer Spendshift (its form is ${applied}, this one knows ${known})`,
      hint: 'Update Spendshift, or name another ledger file with `ledger:` in spendshift.yaml.',
    });
  }
  if (!sqlite.readonly && sqlite.pragma('journal_mode', { simple: true }) !== 'wal')
    sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = NORMAL');
  sqlite.pragma('foreign_keys = ON');
  sqlite.pragma(`cache_size = -${PAGE_CACHE_KIB}`);
  const query = drizzle({ client: sqlite, schema });
  if (applied < known) {
    if (applied > 0) backup(sqlite, `${options.file}.before-form-${known}`);
    applyMigrations(query, sqlite, options.migrationsFolder, known);
  }
  return { file: options.file, sqlite, query };
}

function applyMigrations(
  query: LedgerDatabase['query'],
  sqlite: Database.Database,
  migrationsFolder: string,
  known: number,
): void {
  try {
    migrate(query, { migrationsFolder });
  } catch (error) {
    // Two that open a new ledger at the same time both begin; the second waits, then finds it done.
    if (appliedMigrations(sqlite) < known) throw error;
  }
}

function knownMigrations(folder: string): number {
  const journal = JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8')) as { entries: unknown[] };
  return journal.entries.length;
}

/** Migrations the file has; refuses an SQLite file that is something else. */
function appliedMigrations(sqlite: Database.Database): number {
  const tables = sqlite.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all() as string[];
  if (tables.length === 0) return 0;
  if (!tables.includes('__drizzle_migrations')) {
    throw new LedgerError({
      place: { file: sqlite.name },
      message: 'the file is an SQLite database, but not a ledger of Spendshift',
      hint: 'Name another file with `ledger:` in spendshift.yaml; this one is left as it is.',
    });
  }
  return sqlite.prepare('SELECT count(*) FROM __drizzle_migrations').pluck().get() as number;
}

/**
 * A consistent copy of the ledger as it is now; an earlier backup of the same name is kept instead. It takes its name
 * when it is whole, so that half a copy is never taken for a backup.
 */
function backup(sqlite: Database.Database, file: string): void {
  if (existsSync(file)) return;
  const unfinished = `${file}.unfinished`;
  rmSync(unfinished, { force: true });
  sqlite.prepare('VACUUM INTO ?').run(unfinished);
  renameSync(unfinished, file);
}

const SQLITE_HINTS: readonly (readonly [prefix: string, message: string, hint: string])[] = [
  ['SQLITE_FULL', 'the disk is full; nothing was changed', 'Free some space and run the command again.'],
  [
    'SQLITE_IOERR',
    'writing to the ledger failed; nothing was changed',
    'Check the disk and its free space, then run the command again.',
  ],
  ['SQLITE_READONLY', 'the ledger cannot be written', 'Give yourself the right to write to the file and its folder.'],
  ['SQLITE_CANTOPEN', 'the ledger cannot be opened', 'Check that the folder is there and that you may write to it.'],
  ['SQLITE_BUSY', 'another Spendshift is writing to this ledger', 'Wait until it is done and run the command again.'],
  [
    'SQLITE_NOTADB',
    'the file is not a ledger',
    'Name another file with `ledger:` in spendshift.yaml; this one is left as it is.',
  ],
  [
    'SQLITE_CONSTRAINT',
    'a connector handed over the same line or charge twice; nothing was changed',
    'This is a mistake of the connector: please report it.',
  ],
  [
    'SQLITE_CORRUPT',
    'the ledger is damaged',
    'Put back a backup, or delete the file and pull again: it is made from your sources alone.',
  ],
];

/** Errors of the system when the folder of the ledger cannot be made or written. */
const FOLDER_CODES = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOSPC'];

/** Puts SQLite's errors into words, also where drizzle has wrapped them; other errors pass unchanged. */
export function asLedgerError(error: unknown, file: string): unknown {
  if (error instanceof Error && 'code' in error && FOLDER_CODES.includes(String(error.code))) {
    return new LedgerError(
      {
        place: { file },
        message: 'the folder of the ledger cannot be written',
        hint: 'Give yourself the right to write to it.',
      },
      { cause: error },
    );
  }
  const sqliteError = findSqliteError(error);
  if (isOverflow(sqliteError ?? error)) {
    return new LedgerError(
      {
        place: { file },
        message:
          'the amounts of a month add up to more than 9,223,372,036,854, the most that can be kept; nothing was changed',
        hint: 'Look for an amount that was read without its decimal mark, or with the wrong one.',
      },
      { cause: error },
    );
  }
  if (sqliteError === undefined) return error;
  const found = SQLITE_HINTS.find(([prefix]) => sqliteError.code.startsWith(prefix));
  if (found === undefined) return error;
  const mistake = { place: { file }, message: found[1], hint: found[2] };
  // A large file that is being pulled by hand may hold the ledger for minutes.
  if (found[0] === 'SQLITE_BUSY') return new RetryableError(mistake, { cause: error });
  return new LedgerError(mistake, { cause: error });
}

function findSqliteError(error: unknown): InstanceType<typeof Database.SqliteError> | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof Database.SqliteError) return cause;
  }
  return undefined;
}

/** A sum past 64 bits: SQLite's own, one it would store as a float, or one of ours that cannot be bound. */
function isOverflow(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof RangeError) return /bigint.*too big/i.test(error.message);
  return /integer overflow|cannot store REAL value in INTEGER column/.test(error.message);
}
