import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';

import { LedgerError, RetryableError } from '../../src/core/errors.js';
import { builtProject } from '../support/build.js';
import { temporaryFolder } from '../support/files.js';
import { MIGRATIONS, openLedger, pullWindows, type MadeCharge } from '../support/readings.js';

const figma: MadeCharge = { payee: 'Figma', day: 20240105, key: 1n, micros: 15_000_000n };
/** The user of programs that may write nothing; only a test run by root has to become somebody else. */
const NOBODY = 65_534;
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

async function pulledFolder(): Promise<{ folder: string; file: string }> {
  const folder = await temporaryFolder();
  const ledger = await openLedger(folder);
  await pullWindows(ledger, [{ id: 'all', charges: [figma] }]);
  await ledger.close();
  return { folder, file: join(folder, 'ledger.sqlite') };
}

async function refusal(folder: string): Promise<string> {
  const opened = openLedger(folder);
  await expect(opened).rejects.toThrow(LedgerError);
  return opened.then(
    () => '',
    (error: unknown) => String(error),
  );
}

describe('opening', () => {
  it('makes the ledger and the folders above it', async () => {
    const folder = await temporaryFolder();
    const ledger = await openLedger(join(folder, 'a', 'b'));
    expect(ledger.file).toBe(join(folder, 'a', 'b', 'ledger.sqlite'));
    expect(await ledger.monthRange()).toBeUndefined();
    await ledger.close();
  });

  it('refuses a file that is no database, and leaves it', async () => {
    const text = 'date,payee,amount\n'.repeat(500);
    const folder = await temporaryFolder({ 'ledger.sqlite': text });
    expect(await refusal(folder)).toContain('the file is not a ledger');
    expect(readFileSync(join(folder, 'ledger.sqlite'), 'utf8')).toBe(text);
  });

  it('refuses a database of something else, and leaves it', async () => {
    const folder = await temporaryFolder();
    const other = new Database(join(folder, 'ledger.sqlite'));
    other.exec('CREATE TABLE song (title TEXT)');
    other.close();
    const before = readFileSync(join(folder, 'ledger.sqlite'));
    expect(await refusal(folder)).toContain('an SQLite database, but not a ledger of Spendshift');
    expect(readFileSync(join(folder, 'ledger.sqlite')).equals(before)).toBe(true);
  });

  it('refuses a ledger of a newer Spendshift', async () => {
    const { folder, file } = await pulledFolder();
    const sqlite = new Database(file);
    sqlite.exec(`INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('newer', 9999999999999)`);
    const forms = sqlite.prepare('SELECT count(*) FROM __drizzle_migrations').pluck().get() as number;
    sqlite.close();
    expect(await refusal(folder)).toContain(`its form is ${forms}, this one knows ${forms - 1}`);
  });

  it('refuses a folder in the place of the file, and a file in the place of the folder', async () => {
    const folder = await temporaryFolder({ file: 'x' });
    mkdirSync(join(folder, 'ledger.sqlite'));
    expect(await refusal(folder)).toContain('the ledger cannot be opened');
    expect(await refusal(join(folder, 'file'))).toContain('the folder of the ledger cannot be written');
    expect(await refusal(join(folder, 'file', 'below'))).toContain('the folder of the ledger cannot be written');
  });

  it('goes on where a crash left a ledger without tables', async () => {
    const folder = await temporaryFolder();
    const sqlite = new Database(join(folder, 'ledger.sqlite'));
    sqlite.exec('CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)');
    sqlite.close();
    const ledger = await openLedger(folder);
    expect(await ledger.sourceNames()).toEqual([]);
    await ledger.close();
  });
});

describe('a damaged ledger', () => {
  it('is refused in words, when opened or when checked', async () => {
    const { folder, file } = await pulledFolder();
    const bytes = readFileSync(file);
    const pageBytes = bytes.readUInt16BE(16);
    for (let page = 1; page * pageBytes < bytes.length; page += 1) {
      bytes.fill(0xa5, page * pageBytes, (page + 1) * pageBytes);
    }
    writeFileSync(file, bytes);
    expect(await refusal(folder)).toContain('the ledger is damaged');
  });

  it('with one bad page opens, and is found by the check', async () => {
    const { folder, file } = await pulledFolder();
    const sqlite = new Database(file);
    const root = sqlite.prepare(`SELECT rootpage FROM sqlite_master WHERE name = 'charge'`).pluck().get() as number;
    sqlite.close();
    const bytes = readFileSync(file);
    const pageBytes = bytes.readUInt16BE(16);
    bytes.fill(0xa5, (root - 1) * pageBytes, root * pageBytes);
    writeFileSync(file, bytes);
    const ledger = await openLedger(folder);
    expect((await ledger.integrityProblems()).length).toBeGreaterThan(0);
    await expect(ledger.requireSound()).rejects.toThrow(LedgerError);
    await expect(ledger.digest()).rejects.toThrow('the ledger is damaged');
    await expect(pullWindows(ledger, [{ id: 'all', charges: [] }])).rejects.toThrow('the ledger is damaged');
    await ledger.close();
  });

  it('cut off is refused or found by the check', async () => {
    const { folder, file } = await pulledFolder();
    truncateSync(file, readFileSync(file).length - 8_192);
    const problems = await openLedger(folder).then(
      async (ledger) => {
        const found = await ledger.integrityProblems();
        await ledger.close();
        return found;
      },
      (error: unknown) => [String(error)],
    );
    expect(problems.join()).not.toBe('');
  });
});

describe('integrityProblems', () => {
  it.each([
    ['UPDATE month_fact SET cash_micros = cash_micros + 1', '1 month facts differ from their charges'],
    ['UPDATE month_fact SET accrual_micros = 0', '1 month facts differ from their charges'],
    ['UPDATE month_fact SET charge_count = 2', '1 month facts differ from their charges'],
    ['DELETE FROM month_fact', '1 month facts differ from their charges'],
    ['DELETE FROM charge', '1 month facts have no charges'],
    ['UPDATE source_month SET cash_micros = 7', '1 months of sources differ from their month facts'],
    ['UPDATE source_month SET month = 202402', '2 months of sources differ from their month facts'],
    ['PRAGMA foreign_keys = OFF; DELETE FROM coding', '1 rows refer to rows that are not there'],
  ])('finds what %s does', async (tampering, problem) => {
    const { folder, file } = await pulledFolder();
    const sqlite = new Database(file);
    sqlite.exec(tampering);
    sqlite.close();
    const ledger = await openLedger(folder);
    expect(await ledger.integrityProblems()).toContain(problem);
    await expect(ledger.requireSound()).rejects.toThrow(problem);
    await ledger.close();
  });
});

describe('two at once', () => {
  it('make the second wait, then give up and change nothing', async () => {
    const { folder, file } = await pulledFolder();
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    const ledger = await openLedger(folder);
    const digest = await ledger.digest();
    const pull = pullWindows(ledger, [{ id: 'all', charges: [] }]);
    await expect(pull).rejects.toThrow('another Spendshift is writing to this ledger');
    // The agent tries again by itself.
    await expect(pull).rejects.toThrow(RetryableError);
    other.exec('ROLLBACK');
    expect(await ledger.digest()).toBe(digest);
    await pullWindows(ledger, [{ id: 'all', charges: [] }]);
    expect(await ledger.findLines('L', 1)).toEqual([]);
    await ledger.close();
    other.close();
  });

  it('on one ledger in one process wait for each other', async () => {
    const folder = await temporaryFolder();
    const ledger = await openLedger(folder);
    const first = pullWindows(ledger, [{ id: 'all', charges: [figma] }]);
    const second = pullWindows(ledger, [{ id: 'all', charges: [figma, { ...figma, key: 2n }] }]);
    const outcomes = await Promise.allSettled([first, second]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect((await ledger.sources())[0]?.chargeCount).toBe(2);
    await ledger.close();
  });
});

describe('a ledger of an older form', () => {
  async function newerMigrations(sql: string): Promise<string> {
    const folder = await temporaryFolder();
    const journal = JSON.parse(readFileSync(join(MIGRATIONS, 'meta', '_journal.json'), 'utf8')) as {
      entries: { idx: number; version: string; when: number; tag: string; breakpoints: boolean }[];
    };
    for (const { tag } of journal.entries) copyFileSync(join(MIGRATIONS, `${tag}.sql`), join(folder, `${tag}.sql`));
    const last = journal.entries.at(-1);
    if (last === undefined) throw new Error('there is a migration');
    journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: 'made_up' });
    writeFileSync(join(folder, 'made_up.sql'), sql);
    mkdirSync(join(folder, 'meta'));
    writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify(journal));
    return folder;
  }
  const forms = (JSON.parse(readFileSync(join(MIGRATIONS, 'meta', '_journal.json'), 'utf8')) as { entries: unknown[] })
    .entries.length;

  it('is brought up to date after a backup', async () => {
    const { folder, file } = await pulledFolder();
    const migrations = await newerMigrations('ALTER TABLE source ADD COLUMN note TEXT;');
    const ledger = await openLedger(folder, migrations);
    expect((await ledger.findLines('L', 2)).map(({ payee }) => payee)).toEqual(['Figma']);
    expect(await ledger.integrityProblems()).toEqual([]);
    await ledger.close();
    const backup = join(await temporaryFolder(), 'ledger.sqlite');
    copyFileSync(`${file}.before-form-${forms + 1}`, backup);
    const older = await openLedger(join(backup, '..'));
    expect((await older.findLines('L', 2)).map(({ payee }) => payee)).toEqual(['Figma']);
    await older.close();
    expect(existsSync(`${file}.before-form-${forms + 1}.unfinished`)).toBe(false);
    expect(await refusal(folder)).toContain('newer Spendshift');
  });

  it('is left as it was when the migration fails, and an unfinished backup is made anew', async () => {
    const { folder, file } = await pulledFolder();
    writeFileSync(`${file}.before-form-${forms + 1}.unfinished`, 'half');
    const migrations = await newerMigrations('CREATE TABLE extra (x TEXT);\n--> statement-breakpoint\nNONSENSE;');
    await expect(openLedger(folder, migrations)).rejects.toThrow();
    const ledger = await openLedger(folder);
    expect((await ledger.findLines('L', 2)).map(({ payee }) => payee)).toEqual(['Figma']);
    await ledger.close();
    const backup = new Database(`${file}.before-form-${forms + 1}`, { readonly: true });
    expect(backup.prepare('SELECT count(*) FROM charge').pluck().get()).toBe(1);
    backup.close();
  });
});

describe('in a process of its own', () => {
  const row = '2024-01-05,Figma,15.00,MKT\n';
  let program = '';
  beforeAll(() => {
    program = join(builtProject(), 'test', 'bench', 'pull-folder.js');
  });

  async function paymentsFolder(rows: number): Promise<string> {
    const folder = await temporaryFolder({ 'data/payments.csv': `date,payee,amount,centre\n${row.repeat(rows)}` });
    mkdirSync(join(folder, 'temporary'));
    return folder;
  }

  it('a folder or a file that may not be written is refused in words', async () => {
    const folder = await paymentsFolder(2);
    const pull = (): string => spawnSync(process.execPath, [program, folder], { ...asNobody, encoding: 'utf8' }).stderr;
    chmodSync(folder, 0o555);
    expect(pull()).toMatch(/^LedgerError: .*the ledger cannot be opened/);
    const ledger = await openLedger(folder).catch(() => undefined);
    await ledger?.close();
    chmodSync(folder, 0o755);
    await (await openLedger(folder)).close();
    chmodSync(join(folder, 'ledger.sqlite'), 0o444);
    if ('uid' in asNobody) chownSync(folder, NOBODY, NOBODY);
    expect(pull()).toMatch(/^LedgerError: .*the ledger cannot be written/);
  });

  it('a full disk is said in words, and the ledger is as it was', async () => {
    const folder = await paymentsFolder(2);
    const run = (limit: string): ReturnType<typeof spawnSync> =>
      spawnSync('bash', ['-c', `trap '' XFSZ; ${limit} exec "$0" "$@"`, process.execPath, program, folder], {
        encoding: 'utf8',
      });
    expect(run('').status).toBe(0);
    const before = await openLedger(folder);
    const digest = await before.digest();
    await before.close();
    writeFileSync(join(folder, 'data', 'payments.csv'), `date,payee,amount,centre\n${row.repeat(40_000)}`);
    const full = run('ulimit -f 600;');
    expect(String(full.stderr)).toMatch(/^LedgerError: .*(?:the disk is full|writing to the ledger failed)/);
    expect(full.status).toBe(1);
    const after = await openLedger(folder);
    expect(await after.digest()).toBe(digest);
    expect(await after.integrityProblems()).toEqual([]);
    await after.close();
    expect(run('').status).toBe(0);
  });

  it('two that make a new ledger at the same time both succeed', async () => {
    const folder = await paymentsFolder(2);
    const exits = await Promise.all(
      [1, 2, 3].map(async () => {
        const child = spawn(process.execPath, [program, folder], { stdio: 'ignore' });
        const [code] = (await once(child, 'exit')) as [number | null];
        return code;
      }),
    );
    expect(exits).toEqual([0, 0, 0]);
    const ledger = await openLedger(folder);
    expect((await ledger.sources())[0]?.chargeCount).toBe(2);
    await ledger.close();
  });
});
