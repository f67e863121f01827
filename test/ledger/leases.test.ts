import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';

import { RetryableError } from '../../src/core/errors.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import type { Lease, LeaseRefusal } from '../../src/ledger/leases.js';
import { realEffects } from '../../src/pull/effects.js';
import { temporaryFolder } from '../support/files.js';
import {
  MIGRATIONS,
  openLedger,
  pullWindows,
  readingOf,
  SOURCE,
  windowOf,
  type MadeCharge,
} from '../support/readings.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const MINUTE_MS = 60_000;
const figma: MadeCharge = { payee: 'Figma', day: 20261105, key: 1n, micros: 15_000_000n };
const after = (minutes: number): Date => new Date(NOW.getTime() + minutes * MINUTE_MS);

async function openedLedger(folder?: string): Promise<Ledger> {
  const ledger = await openLedger(folder ?? (await temporaryFolder()));
  onTestFinished(() => ledger.close());
  return ledger;
}

/** Asks for a lease of ten minutes. */
function ask(
  ledger: Ledger,
  holder: string,
  now = NOW,
  isAlive: (holder: string) => boolean = () => true,
  source = SOURCE.name,
): Promise<Lease | LeaseRefusal> {
  return ledger.services.acquireLease({ source, holder, now, durationMs: 10 * MINUTE_MS, isAlive });
}

function held(answer: Lease | LeaseRefusal): Lease {
  if ('token' in answer) return answer;
  throw new Error(`held by ${answer.holder}`);
}

/** Writes one charge under a lease. */
function write(ledger: Ledger, lease: Lease, micros: bigint): Promise<unknown> {
  const made = { id: '2026-11', charges: [{ ...figma, micros }] };
  return ledger.pull({ ...SOURCE, lease }, (writer) => writer.replaceWindow(windowOf(made), readingOf(made)));
}

describe('a lease', () => {
  it('is held by one run at a time, each source by itself', async () => {
    const ledger = await openedLedger();
    expect(await ask(ledger, 'desk 1 a')).toEqual({ source: 'cards', token: 1 });
    expect(await ask(ledger, 'desk 2 b')).toEqual({ holder: 'desk 1 a', expiresAt: after(10) });
    // Nor may the same run take it twice.
    expect(await ask(ledger, 'desk 1 a')).toEqual({ holder: 'desk 1 a', expiresAt: after(10) });
    expect(await ask(ledger, 'desk 2 b', NOW, () => true, 'other')).toEqual({ source: 'other', token: 1 });
  });

  it('has a token that rises with every holder, however it came to an end', async () => {
    const ledger = await openedLedger();
    const first = held(await ask(ledger, 'desk 1 a'));
    await ledger.services.releaseLease(first);
    const second = held(await ask(ledger, 'desk 2 b'));
    // Its time is over, to the millisecond.
    expect('token' in (await ask(ledger, 'desk 3 c', new Date(after(10).getTime() - 1)))).toBe(false);
    const third = held(await ask(ledger, 'desk 3 c', after(10)));
    const fourth = held(await ask(ledger, 'desk 4 d', after(11), (holder) => holder !== 'desk 3 c'));
    expect([first, second, third, fourth].map(({ token }) => token)).toEqual([1, 2, 3, 4]);
  });

  it('lasts longer when it is renewed, and not when another run has it', async () => {
    const ledger = await openedLedger();
    const first = held(await ask(ledger, 'desk 1 a'));
    expect(await ledger.services.renewLease(first, after(15))).toBe(true);
    expect(await ask(ledger, 'desk 2 b', after(12))).toEqual({ holder: 'desk 1 a', expiresAt: after(15) });
    const second = held(await ask(ledger, 'desk 2 b', after(15)));
    expect(await ledger.services.renewLease(first, after(60))).toBe(false);
    await ledger.services.releaseLease(first);
    // Neither did the loser's renewal or return touch the new one.
    expect(await ask(ledger, 'desk 3 c', after(24))).toEqual({ holder: 'desk 2 b', expiresAt: after(25) });
    expect(await ledger.services.renewLease(second, after(30))).toBe(true);
  });

  it('that was given back is not renewed by whoever had it', async () => {
    const ledger = await openedLedger();
    const lease = held(await ask(ledger, 'desk 1 a'));
    await ledger.services.releaseLease(lease);
    await ledger.services.renewLease(lease, after(60));
    const renewed = await ask(ledger, 'desk 2 b');
    expect('token' in renewed ? 'free' : renewed.holder).toBe('free');
  });

  it('holds across connections to the same file', async () => {
    const folder = await temporaryFolder();
    const [one, other] = [await openedLedger(folder), await openedLedger(folder)];
    const answers = await Promise.all([ask(one, 'desk 1 a'), ask(other, 'desk 2 b'), ask(one, 'desk 3 c')]);
    expect(answers.filter((answer) => 'token' in answer)).toHaveLength(1);
  });

  it('of a process that is gone is taken over, of one that lives it is not', async () => {
    const folder = await temporaryFolder();
    const ledger = await openedLedger(folder);
    const { holder, isAlive } = realEffects();
    const [host] = holder.split(' ');
    // A process of its own takes the lease and ends without giving it back.
    const script = `
      const Database = require('better-sqlite3');
      const sqlite = new Database(${JSON.stringify(join(folder, 'ledger.sqlite'))});
      const holder = require('node:os').hostname() + ' ' + process.pid + ' x';
      sqlite.prepare('INSERT INTO lease VALUES (?, 1, ?, ?)').run('cards', holder, ${after(10).getTime()});
      process.stdout.write(String(process.pid));`;
    const { stdout, status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(isAlive(`${host ?? ''} ${stdout} x`)).toBe(false);
    const lease = held(await ask(ledger, holder, NOW, isAlive));
    expect(lease.token).toBe(2);
    expect(await ask(ledger, 'desk 2 b', NOW, isAlive)).toEqual({ holder, expiresAt: after(10) });
  });

  it('of another machine, or of a holder that says nothing readable, counts as alive', () => {
    const { holder, isAlive } = realEffects();
    const [host = ''] = holder.split(' ');
    expect(isAlive(holder)).toBe(true);
    // No process can have this number.
    expect(isAlive('elsewhere 4194305 x')).toBe(true);
    expect(isAlive(`${host} 4194305 x`)).toBe(false);
    // An earlier process of the same number, as in a container that was killed and started again.
    expect(isAlive(`${host} ${process.pid} x`)).toBe(false);
    expect(realEffects().holder).toBe(holder);
    expect(isAlive(`${host} someone x`)).toBe(true);
    expect(isAlive(host)).toBe(true);
  });

  it('is never held by two, whatever runs do and when', async () => {
    type Act = 'acquire' | 'renew' | 'release' | 'wait' | 'write';
    const act = fc.constantFrom<Act>('acquire', 'acquire', 'renew', 'release', 'wait', 'write');
    const acts = fc.array(fc.tuple(act, fc.nat(2)), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(acts, async (steps) => {
        const folder = await temporaryFolder();
        const ledger = await openLedger(folder);
        const leases = new Map<number, Lease>();
        // What must hold, told apart from how the ledger keeps it.
        let [owner, until, token, minute] = [-1, 0, 0, 0];
        for (const [what, run] of steps) {
          const lease = leases.get(run);
          if (what === 'wait') minute += 7;
          else if (what === 'acquire') {
            const answer = await ask(ledger, `desk ${run} x`, after(minute));
            const isFree = minute >= until;
            expect('token' in answer).toBe(isFree);
            if (!('token' in answer)) continue;
            expect(answer.token).toBe(token + 1);
            [owner, until, token] = [run, minute + 10, answer.token];
            leases.set(run, answer);
          } else if (lease === undefined) continue;
          else if (what === 'renew') {
            const isOwn = owner === run && lease.token === token && minute < until;
            if (!isOwn && owner === run) continue;
            expect(await ledger.services.renewLease(lease, after(minute + 10))).toBe(isOwn);
            if (isOwn) until = minute + 10;
          } else if (what === 'release') {
            await ledger.services.releaseLease(lease);
            if (owner === run && lease.token === token) until = 0;
            leases.delete(run);
          } else {
            const outcome = await write(ledger, lease, BigInt(lease.token)).then(
              () => 'written',
              () => 'refused',
            );
            expect(outcome).toBe(lease.token === token ? 'written' : 'refused');
          }
        }
        await ledger.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe('a write under a lease', () => {
  it('of rates, people or applications is refused as well when another run has taken it over', async () => {
    const ledger = await openedLedger();
    const lost = held(await ask(ledger, 'desk 1 a'));
    held(await ask(ledger, 'desk 2 b', after(11)));
    const entry = { source: SOURCE.name, fingerprint: 'x', readAt: NOW, itemCount: 0, rejectedCount: 0, remarks: [] };
    const { services } = ledger;
    for (const refused of [
      services.saveRates({ ...entry, feed: 'rates' }, [], lost),
      services.savePeople({ ...entry, feed: 'people' }, [], lost),
      services.saveApplications({ ...entry, feed: 'applications' }, [], lost),
    ]) {
      await expect(refused).rejects.toThrow('another run has taken this source over (desk 2 b)');
    }
    expect(await services.referenceSources()).toEqual([]);
  });

  it('that another run has taken over is refused, and the ledger is as it was', async () => {
    const folder = await temporaryFolder();
    const [one, other] = [await openedLedger(folder), await openedLedger(folder)];
    const lost = held(await ask(one, 'desk 1 a'));
    await write(one, lost, 15_000_000n);
    const taken = held(await ask(other, 'desk 2 b', after(11)));
    const digest = await other.digest();
    const refused = write(one, lost, 99_000_000n);
    await expect(refused).rejects.toThrow(RetryableError);
    await expect(refused).rejects.toThrow(
      'source cards: another run has taken this source over (desk 2 b); nothing of this one was written\n' +
        '  → This happens when a machine sleeps or its clock jumps. The other run does the work; nothing needs to be done.',
    );
    expect(await one.digest()).toBe(digest);
    await write(other, taken, 16_000_000n);
    // The refused connection is as good as before.
    const again = held(await ask(one, 'desk 1 a', after(22)));
    await write(one, again, 17_000_000n);
    expect((await one.findLines('L', 2)).map(({ payee }) => payee)).toEqual(['Figma']);
    expect(await one.integrityProblems()).toEqual([]);
  });

  it('that nobody holds any more, because the ledger was made anew, is refused', async () => {
    const ledger = await openedLedger();
    await expect(write(ledger, { source: 'cards', token: 7 }, 1n)).rejects.toThrow(
      'another run has taken this source over (nobody known)',
    );
    expect(await ledger.sourceNames()).toEqual([]);
  });
});

interface Referred {
  readonly key: bigint;
  readonly micros?: bigint;
  readonly reference?: string;
  readonly payee?: string;
}

/** Makes a window those charges, each with what can be looked up. */
async function pullReferred(ledger: Ledger, id: string, charges: readonly Referred[]): Promise<void> {
  const made = {
    id,
    charges: charges.map(({ key, micros = 1_000_000n, payee = 'Figma' }) => ({
      ...figma,
      payee,
      key,
      micros,
      day: Number(`${id.replace('-', '')}05`),
    })),
  };
  const reading = readingOf(made, { batchSize: 1_000 });
  const batches = async function* () {
    for await (const batch of reading.batches()) {
      yield { ...batch, reference: charges.map(({ reference = '' }) => reference) };
    }
  };
  await ledger.pull(SOURCE, (writer) => writer.replaceWindow(windowOf(made), { ...reading, batches }));
}

async function references(ledger: Ledger): Promise<string[]> {
  const found: string[] = [];
  for (const line of await ledger.findLines('L', 100)) {
    const { charges } = await ledger.chargesOf(line, 100);
    found.push(...charges.map(({ day, reference }) => `${day} ${line.payee} ${reference}`));
  }
  return found.sort();
}

function storedReferences(ledger: Ledger): number {
  const sqlite = new Database(ledger.file, { readonly: true });
  const count = sqlite.prepare('SELECT count(*) FROM charge_reference').pluck().get() as number;
  sqlite.close();
  return count;
}

describe('references of charges', () => {
  it('are shown with their charge; one that has none is empty', async () => {
    const ledger = await openedLedger();
    await pullReferred(ledger, '2026-10', [{ key: 1n, reference: 'tx_1' }, { key: 2n }]);
    await pullReferred(ledger, '2026-11', [{ key: 1n, reference: 'tx_9' }]);
    expect(await references(ledger)).toEqual(['20261005 Figma ', '20261005 Figma tx_1', '20261105 Figma tx_9']);
    expect(storedReferences(ledger)).toBe(2);
  });

  it('stay, change and go with what the service restates', async () => {
    const ledger = await openedLedger();
    await pullReferred(ledger, '2026-11', [
      { key: 1n, reference: 'kept' },
      { key: 2n, reference: 'corrected' },
      { key: 3n, reference: 'gone', payee: 'Zoom' },
      { key: 4n, reference: 'taken away' },
    ]);
    await pullReferred(ledger, '2026-11', [
      { key: 1n, reference: 'kept', micros: 2_000_000n },
      { key: 2n, reference: 'new words' },
      { key: 4n },
      { key: 5n, reference: 'late' },
    ]);
    expect(await references(ledger)).toEqual([
      '20261105 Figma ',
      '20261105 Figma kept',
      '20261105 Figma late',
      '20261105 Figma new words',
    ]);
    expect(storedReferences(ledger)).toBe(3);
    expect(await ledger.integrityProblems()).toEqual([]);
  });

  it('move with a charge that is booked on another line', async () => {
    const ledger = await openedLedger();
    await pullReferred(ledger, '2026-11', [{ key: 1n, reference: 'tx_1', payee: 'Figma' }]);
    await pullReferred(ledger, '2026-11', [{ key: 1n, reference: 'tx_1', payee: 'Zoom' }]);
    expect(await references(ledger)).toEqual(['20261105 Zoom tx_1']);
    expect(storedReferences(ledger)).toBe(1);
    expect(await ledger.integrityProblems()).toEqual([]);
  });

  it('go when a source of files takes the place of the service, and with the source', async () => {
    const ledger = await openedLedger();
    await pullReferred(ledger, '2026-10', [{ key: 1n, reference: 'tx_1' }]);
    await pullReferred(ledger, '2026-11', [{ key: 1n, reference: 'tx_2' }]);
    await pullWindows(ledger, [{ id: '2026-11', charges: [figma] }]);
    expect(storedReferences(ledger)).toBe(0);
    await pullReferred(ledger, '2026-11', [{ key: 1n, reference: 'tx_2' }]);
    await ledger.removeSource(SOURCE.name);
    expect(storedReferences(ledger)).toBe(0);
    expect(await ledger.integrityProblems()).toEqual([]);
  });

  it('of a pull that fails are not there, nor in the next one', async () => {
    const ledger = await openedLedger();
    const made = { id: '2026-11', charges: [figma] };
    const failing = ledger.pull(SOURCE, async (writer) => {
      const reading = readingOf(made);
      const batches = async function* () {
        for await (const batch of reading.batches()) yield { ...batch, reference: ['lost'] };
        throw new Error('the service went away');
      };
      return writer.replaceWindow(windowOf(made), { ...reading, batches });
    });
    await expect(failing).rejects.toThrow('the service went away');
    await pullWindows(ledger, [made]);
    expect(await references(ledger)).toEqual(['20261105 Figma ']);
  });

  it('are always those of the last reading', async () => {
    const one = fc.record({
      key: fc.bigInt({ min: 1n, max: 6n }),
      reference: fc.constantFrom('', 'a', 'b'),
      payee: fc.constantFrom('Figma', 'Zoom'),
    });
    const reading = fc.uniqueArray(one, { selector: ({ key }) => key, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(reading, { minLength: 1, maxLength: 4 }), async (readings) => {
        const ledger = await openLedger(await temporaryFolder());
        for (const charges of readings) await pullReferred(ledger, '2026-11', charges);
        const last = readings.at(-1) ?? [];
        expect(await references(ledger)).toEqual(
          last.map(({ payee, reference }) => `20261105 ${payee} ${reference}`).sort(),
        );
        expect(storedReferences(ledger)).toBe(last.filter(({ reference }) => reference !== '').length);
        expect(await ledger.integrityProblems()).toEqual([]);
        await ledger.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe('a ledger of the first form', () => {
  async function firstForm(): Promise<string> {
    const folder = await temporaryFolder();
    const journal = JSON.parse(readFileSync(join(MIGRATIONS, 'meta', '_journal.json'), 'utf8')) as {
      entries: { tag: string }[];
    };
    const [first] = journal.entries;
    if (first === undefined) throw new Error('there is a first migration');
    copyFileSync(join(MIGRATIONS, `${first.tag}.sql`), join(folder, `${first.tag}.sql`));
    mkdirSync(join(folder, 'meta'));
    writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify({ ...journal, entries: [first] }));
    return folder;
  }

  it('keeps all it has, after a copy of it was made, and takes what live services give', async () => {
    const folder = await temporaryFolder();
    // Today's code fills the tables that the first form has; those that it lacks are taken away with their entry.
    const filled = await openLedger(folder);
    await pullWindows(filled, [
      { id: '2024', charges: [{ ...figma, day: 20240105 }] },
      { id: '2025', charges: [{ ...figma, day: 20250105, key: 2n, micros: -5_000_000n, currency: 'GBP' }] },
    ]);
    const digest = await filled.digest();
    await filled.close();
    const file = join(folder, 'ledger.sqlite');
    const sqlite = new Database(file);
    const bare = new Database(':memory:');
    bare.exec(readFileSync(join(await firstForm(), '0000_ledger.sql'), 'utf8'));
    const inFirst = new Set(bare.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all());
    const tables = sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
    const later = tables.filter((name) => !inFirst.has(name) && !/^(?:sqlite_|__drizzle)/.test(name));
    expect(later.sort()).toContain('charge_reference');
    sqlite.pragma('foreign_keys = OFF');
    for (const name of later) sqlite.exec(`DROP TABLE ${name}`);
    sqlite.exec(
      'DELETE FROM __drizzle_migrations WHERE created_at > (SELECT min(created_at) FROM __drizzle_migrations)',
    );
    sqlite.close();
    bare.close();

    const ledger = await openedLedger(folder);
    expect(await ledger.digest()).toBe(digest);
    expect(await ledger.integrityProblems()).toEqual([]);
    expect((await ledger.services.readings('cards')).get('2024')).toMatchObject({ readAt: undefined, isFinal: false });
    expect(await ledger.services.rates(['GBP'])).toEqual([]);
    expect(existsSync(`${file}.before-form-2`)).toBe(true);
    const lease = held(await ask(ledger, 'desk 1 a'));
    await write(ledger, lease, 1_000_000n);
    await pullReferred(ledger, '2026-10', [{ key: 1n, reference: 'tx_1' }]);
    expect(await references(ledger)).toContain('20261005 Figma tx_1');
    expect(await ledger.integrityProblems()).toEqual([]);
  });

  it('that was written by a Spendshift of that time is brought to the same form as a new one', async () => {
    const folder = await temporaryFolder();
    const old = await openLedger(folder, await firstForm());
    await old.close();
    const ledger = await openedLedger(folder);
    const fresh = await openedLedger();
    const schemaOf = (file: string): unknown[] => {
      const sqlite = new Database(file, { readonly: true });
      const rows = sqlite.prepare('SELECT type, name, sql FROM sqlite_master ORDER BY type, name').all();
      sqlite.close();
      return rows;
    };
    expect(schemaOf(ledger.file)).toEqual(schemaOf(fresh.file));
    await pullReferred(ledger, '2026-11', [{ key: 1n, reference: 'tx_1' }]);
    expect(await references(ledger)).toEqual(['20261105 Figma tx_1']);
  });
});
