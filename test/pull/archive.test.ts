import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { Secrets, type SecretName } from '../../src/connector/secret.js';
import type { IsoDate } from '../../src/core/date.js';
import { removeOldReplies, WindowArchive } from '../../src/pull/archive.js';
import { temporaryFolder } from '../support/files.js';

const STARTED = new Date('2026-11-20T12:00:00.123Z');
/** Long after a writer that waits for nothing would be seen. */
const HANGS_MS = 10_000;
const FILE = '2026-11-20T12-00-00-123Z.jsonl.gz';

function archiveIn(folder: string, redact: (text: string) => string = (text) => text): WindowArchive {
  return new WindowArchive({ folder, keepDays: 30 }, 'cards', '2026-10', STARTED, redact);
}

async function lines(folder: string): Promise<unknown[]> {
  const bytes = await readFile(join(folder, 'cards', '2026-10', FILE));
  const text = gunzipSync(bytes).toString('utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

describe('the archive of a window', () => {
  it('has each request with its reply, in order, in a file that others may not read', async () => {
    const folder = await temporaryFolder();
    const archive = archiveIn(folder);
    await archive.add('list cards, page 1', { data: [{ amount: '12.50', cents: 1250n, note: 'ü\n' }] });
    await archive.add('list cards, page 2', 'as text');
    await archive.close();
    expect(await lines(folder)).toEqual([
      { request: 'list cards, page 1', reply: { data: [{ amount: '12.50', cents: '1250', note: 'ü\n' }] } },
      { request: 'list cards, page 2', reply: 'as text' },
    ]);
    const { mode } = await stat(join(folder, 'cards', '2026-10', FILE));
    expect(mode & 0o077).toBe(0);
  });

  it('has more than a pipe holds', async () => {
    const folder = await temporaryFolder();
    const archive = archiveIn(folder);
    const text = Array.from({ length: 20_000 }, (_, index) => index.toString(36)).join('');
    for (let page = 1; page <= 40; page += 1) await archive.add(`page ${page}`, text);
    await archive.close();
    const all = await lines(folder);
    expect(all).toHaveLength(40);
    expect(all.at(-1)).toEqual({ request: 'page 40', reply: text });
  });

  it('has every reply when requests run side by side', async () => {
    const folder = await temporaryFolder();
    const archive = archiveIn(folder);
    await Promise.all(['a', 'b', 'c'].map((name) => archive.add(name, name)));
    await archive.close();
    expect(await lines(folder)).toHaveLength(3);
  });

  it('has no secret, however it is written', async () => {
    const folder = await temporaryFolder();
    const secret = 'k"ey/1+é';
    const secrets = new Secrets({ KEY: secret }, folder);
    await secrets.read('env:KEY' as SecretName, { source: 'cards' });
    const archive = archiveIn(folder, (text) => secrets.redact(text));
    await archive.add(`GET /?key=${encodeURIComponent(secret)}`, {
      echo: secret,
      basic: Buffer.from(secret).toString('base64'),
      kept: 'key',
    });
    await archive.close();
    expect(await lines(folder)).toEqual([
      { request: 'GET /?key=[secret]', reply: { echo: '[secret]', basic: '[secret]', kept: 'key' } },
    ]);
  });

  it('is not there when no reply came', async () => {
    const folder = await temporaryFolder();
    await archiveIn(folder).close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('that cannot be written says so, and holds nothing up', { timeout: HANGS_MS }, async () => {
    const folder = await temporaryFolder();
    // A folder stands where the file should be.
    await mkdir(join(folder, 'cards', '2026-10', FILE), { recursive: true });
    const archive = archiveIn(folder);
    const noise = Array.from({ length: 50_000 }, (_, index) => (index * 7919).toString(36)).join('');
    const work = async (): Promise<void> => {
      // More than its buffers hold, as when a disk is full in the middle of a month.
      for (let page = 1; page <= 20; page += 1) await archive.add(`page ${page}`, noise);
      await archive.close();
    };
    await expect(work()).rejects.toThrow(FILE);
  });
});

describe('old replies', () => {
  const today = '2026-11-20' as IsoDate;
  const settings = (folder: string) => ({ folder, keepDays: 30 });

  it('go after so many days, and the folders that they leave empty', async () => {
    const day = (text: string): string => `${text}T05-00-00-000Z.jsonl.gz`;
    const folder = await temporaryFolder({
      [`cards/2026-08/${day('2026-10-20')}`]: 'old',
      [`cards/2026-09/${day('2026-10-20')}`]: 'old',
      [`cards/2026-09/${day('2026-10-21')}`]: 'thirty days old',
      [`cards/2026-10/${day('2026-11-20')}`]: 'new',
      [`other/2026-08/${day('2020-01-01')}`]: 'of another source',
    });
    // Also those of a source that the workspace no longer has.
    expect(await removeOldReplies(settings(folder), today)).toBe(3);
    expect((await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.gz')).sort()).toEqual([
      join('cards', '2026-09', day('2026-10-21')),
      join('cards', '2026-10', day('2026-11-20')),
    ]);
    expect(await readdir(join(folder, 'cards'))).not.toContain('2026-08');
    expect(await removeOldReplies(settings(folder), today)).toBe(0);
  });

  it('are files of ours alone: what a person put there stays', async () => {
    const folder = await temporaryFolder({ 'cards/2019-01/notes.txt': 'x', 'cards/readme': 'y' });
    await writeFile(join(folder, 'cards', '2019-01', '2019-01-01T05-00-00-000Z.jsonl.gz.bak'), 'z');
    expect(await removeOldReplies(settings(folder), today)).toBe(0);
    expect((await readdir(join(folder, 'cards', '2019-01'))).sort()).toEqual([
      '2019-01-01T05-00-00-000Z.jsonl.gz.bak',
      'notes.txt',
    ]);
  });

  it('are none where there is no archive yet', async () => {
    expect(await removeOldReplies(settings('/nowhere/at-all'), today)).toBe(0);
  });
});
