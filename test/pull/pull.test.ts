import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { SourceError } from '../../src/core/errors.js';
import type { StoredSource } from '../../src/ledger/ledger.js';
import { appendRun, lastRuns, runLogFile, type RunRecord } from '../../src/pull/run-log.js';
import { withTemporaryFolder } from '../../src/pull/temporary.js';
import { planPull } from '../../src/pull/windows.js';
import { openLedger, PAYMENTS_HEADER, PAYMENTS_SETTINGS, paymentsSource, pullFolder } from '../bench/pull-folder.js';
import { temporaryFolder } from '../support/files.js';

const JANUARY = ['2024-01-05,Figma,15.00,MKT', '2024-01-06,Slack,80.00,IT', '2024-01-06,Slack,80.00,IT'];

function csv(...rows: readonly string[]): string {
  return [PAYMENTS_HEADER, ...rows, ''].join('\n');
}

async function digestOf(folder: string): Promise<string> {
  const ledger = await openLedger(folder);
  try {
    expect(await ledger.integrityProblems()).toEqual([]);
    return await ledger.digest();
  } finally {
    await ledger.close();
  }
}

function bytesOf(folder: string): string {
  return createHash('sha256')
    .update(readFileSync(join(folder, 'ledger.sqlite')))
    .digest('hex');
}

const NOTHING_DONE = { added: 0, changed: 0, removed: 0 };

describe('planPull', () => {
  const window = { id: '2024-01', files: ['a.csv'], fingerprint: 'x' };
  const stored: StoredSource = {
    settingsFingerprint: 'settings',
    kind: 'payment',
    title: 'Cards',
    windows: new Map([['2024-01', { fingerprint: 'x', files: ['a.csv'] }]]),
  };

  it('reads everything of a source that was never pulled', () => {
    expect(planPull([window], undefined, 'settings')).toEqual({ due: [window], unchanged: [], gone: [] });
  });

  it('reads nothing when nothing changed', () => {
    expect(planPull([window], stored, 'settings')).toEqual({ due: [], unchanged: [window], gone: [] });
  });

  it.each([
    ['content', { ...window, fingerprint: 'y' }, 'settings'],
    ['name of a file', { ...window, files: ['b.csv'] }, 'settings'],
    ['settings', window, 'other settings'],
  ])('reads a window again when its %s changed', (_what, changed, settings) => {
    expect(planPull([changed], stored, settings)).toEqual({ due: [changed], unchanged: [], gone: [] });
  });

  it('reads new windows and removes those that are gone', () => {
    const other = { ...window, id: '2024-02' };
    expect(planPull([other], stored, 'settings')).toEqual({ due: [other], unchanged: [], gone: ['2024-01'] });
    expect(planPull([], stored, 'settings').gone).toEqual(['2024-01']);
  });
});

describe('pulling files', () => {
  it('takes two equal rows for two charges, and pulling twice writes no byte', async () => {
    const folder = await temporaryFolder({ 'data/payments.csv': csv(...JANUARY) });
    expect(await pullFolder(folder)).toEqual({
      source: 'payments',
      windowsRead: 1,
      windowsUnchanged: 0,
      windowsRemoved: [],
      rowCount: 3,
      rejectedCount: 0,
      added: 3,
      changed: 0,
      removed: 0,
    });
    const bytes = bytesOf(folder);
    await utimes(join(folder, 'data', 'payments.csv'), new Date(0), new Date(0));
    expect(await pullFolder(folder)).toMatchObject({ windowsRead: 0, windowsUnchanged: 1, ...NOTHING_DONE });
    expect(bytesOf(folder)).toBe(bytes);
  });

  it.each(['at the end', 'at the start'])('of a grown file adds only the new rows (%s)', async (where) => {
    const grown = ['2024-01-09,Miro,4.00,MKT', '2024-01-06,Slack,80.00,IT'];
    const folder = await temporaryFolder({ 'data/payments.csv': csv(...JANUARY) });
    await pullFolder(folder);
    const rows = where === 'at the end' ? [...JANUARY, ...grown] : [...grown, ...JANUARY];
    await writeFile(join(folder, 'data', 'payments.csv'), csv(...rows));
    expect(await pullFolder(folder)).toMatchObject({ rowCount: 5, added: 2, changed: 0, removed: 0 });
    const fresh = await temporaryFolder({ 'data/payments.csv': csv(...rows) });
    await pullFolder(fresh);
    expect(await digestOf(folder)).toBe(await digestOf(fresh));
  });

  it('of a corrected file takes out the old row and puts in the new one', async () => {
    const folder = await temporaryFolder({ 'data/payments.csv': csv(...JANUARY) });
    await pullFolder(folder);
    await writeFile(join(folder, 'data', 'payments.csv'), csv('2024-01-05,Figma,16.00,MKT', ...JANUARY.slice(1)));
    expect(await pullFolder(folder)).toMatchObject({ added: 1, changed: 0, removed: 1 });
  });

  it('of a renamed file changes nothing but the path', async () => {
    const folder = await temporaryFolder({ 'data/payments.csv': csv(...JANUARY) });
    await pullFolder(folder);
    await rename(join(folder, 'data', 'payments.csv'), join(folder, 'data', 'renamed.csv'));
    expect(await pullFolder(folder)).toMatchObject({ windowsRead: 1, ...NOTHING_DONE });
    const fresh = await temporaryFolder({ 'data/renamed.csv': csv(...JANUARY) });
    await pullFolder(fresh);
    expect(await digestOf(folder)).toBe(await digestOf(fresh));
  });

  it('reads only the month that is new, and removes the month whose file is gone', async () => {
    const folder = await temporaryFolder({ 'data/payments-2024-01.csv': csv(...JANUARY) });
    await pullFolder(folder);
    const before = await digestOf(folder);
    await writeFile(join(folder, 'data', 'payments-2024-02.csv'), csv('2024-02-01,Figma,15.00,MKT'));
    expect(await pullFolder(folder)).toMatchObject({ windowsRead: 1, windowsUnchanged: 1, added: 1 });
    await rm(join(folder, 'data', 'payments-2024-02.csv'));
    expect(await pullFolder(folder)).toMatchObject({ windowsRead: 0, windowsRemoved: ['2024-02'], removed: 1 });
    expect(await digestOf(folder)).toBe(before);
  });

  it('reads all again when the settings changed, and only names the source anew when its title did', async () => {
    const folder = await temporaryFolder({ 'data/payments.csv': csv(...JANUARY) });
    await pullFolder(folder);
    const settings = { ...PAYMENTS_SETTINGS, columns: { date: 'date', amount: 'amount', payee: 'payee' } };
    expect(await pullFolder(folder, paymentsSource(settings))).toMatchObject({ windowsRead: 1, added: 3, removed: 3 });
    const renamed = { ...paymentsSource(settings), title: 'Accounts payable' };
    expect(await pullFolder(folder, renamed)).toMatchObject({ windowsRead: 0, ...NOTHING_DONE });
    const ledger = await openLedger(folder);
    expect((await ledger.sources())[0]).toMatchObject({ title: 'Accounts payable', lineCount: 2, chargeCount: 3 });
    await ledger.close();
  });

  it('of a file that fails leaves the old state, also of the files read before it', async () => {
    const folder = await temporaryFolder({ 'data/payments-2024-01.csv': csv(...JANUARY) });
    await pullFolder(folder);
    const bytes = await digestOf(folder);
    await appendFile(join(folder, 'data', 'payments-2024-01.csv'), '2024-01-20,Miro,4.00,MKT\n');
    await writeFile(join(folder, 'data', 'payments-2024-02.csv'), 'date;payee\n2024-02-01;Figma\n');
    await expect(pullFolder(folder)).rejects.toThrow(SourceError);
    expect(await digestOf(folder)).toBe(bytes);
    await writeFile(join(folder, 'data', 'payments-2024-02.csv'), csv('2024-02-01,Figma,15.00,MKT'));
    expect(await pullFolder(folder)).toMatchObject({ windowsRead: 2, added: 2, changed: 0, removed: 0 });
  });

  it('that finds no file any more fails, and leaves the old state', async () => {
    const folder = await temporaryFolder({ 'data/payments.csv': csv(...JANUARY) });
    await pullFolder(folder);
    const digest = await digestOf(folder);
    await rm(join(folder, 'data', 'payments.csv'));
    await expect(pullFolder(folder)).rejects.toThrow('no file matches "data/*.csv"');
    expect(await digestOf(folder)).toBe(digest);
  });
});

describe('the run log', () => {
  const record: RunRecord = {
    source: 'cards',
    startedAt: '2024-01-01T00:00:00.000Z',
    finishedAt: '2024-01-01T00:00:01.000Z',
    outcome: 'changed',
    windowsRead: 1,
    rowCount: 3,
    rejectedCount: 0,
    added: 3,
    changed: 0,
    removed: 0,
  };

  it('lies beside the ledger', () => {
    expect(runLogFile('/w/ledger.sqlite')).toBe('/w/ledger.runs.jsonl');
    expect(runLogFile('/w/books.db')).toBe('/w/books.db.runs.jsonl');
  });

  it('gives the latest run of each source', async () => {
    const file = join(await temporaryFolder(), 'ledger.runs.jsonl');
    expect(await lastRuns(file)).toEqual(new Map());
    const failed: RunRecord = { ...record, outcome: 'failed', error: 'cards.csv: the file\nis gone' };
    for (const entry of [record, { ...record, source: 'bank' }, failed]) await appendRun(file, entry);
    expect(await lastRuns(file)).toEqual(
      new Map([
        ['cards', failed],
        ['bank', { ...record, source: 'bank' }],
      ]),
    );
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(4);
  });

  it('goes on after a line that a crash cut short', async () => {
    const file = join(await temporaryFolder(), 'ledger.runs.jsonl');
    await appendRun(file, record);
    await appendFile(file, '{"source":"cards","startedAt":"2024');
    expect((await lastRuns(file)).get('cards')).toEqual(record);
    const next = { ...record, source: 'bank' };
    await appendRun(file, next);
    expect([...(await lastRuns(file)).values()]).toEqual([record, next]);
  });

  it('that cannot be read is an error', async () => {
    const folder = await temporaryFolder();
    await expect(lastRuns(folder)).rejects.toThrow('EISDIR');
  });
});

describe('the temporary folder', () => {
  it('is there for the work and gone afterwards, also when the work fails', async () => {
    let inside = '';
    const work = withTemporaryFolder(async (folder) => {
      inside = folder;
      await writeFile(join(folder, 'file'), 'x');
      throw new Error('failed');
    });
    await expect(work).rejects.toThrow('failed');
    await expect(readFile(join(inside, 'file'))).rejects.toThrow('ENOENT');
  });

  it('of a run that was killed is removed by the next, that of a living one stays', async () => {
    const dead = join(tmpdir(), 'spendshift-2147483646-abcDEF');
    const living = join(tmpdir(), `spendshift-${process.pid}-abcDEF`);
    await mkdir(dead);
    await mkdir(living);
    try {
      await withTemporaryFolder(() => Promise.resolve());
      await expect(readFile(dead)).rejects.toThrow('ENOENT');
      await expect(readFile(living)).rejects.toThrow('EISDIR');
    } finally {
      await rm(living, { recursive: true });
    }
  });
});
