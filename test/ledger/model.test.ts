import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { lineId } from '../../src/core/ids.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { openLedger, pullWindows, SOURCE, textsOf, type MadeCharge, type MadeWindow } from '../support/readings.js';

/** The windows of a source after a pull. */
type SourceState = readonly MadeWindow[];

const charge: fc.Arbitrary<MadeCharge> = fc.record({
  payee: fc.constantFrom('Figma', 'Slack', 'Miro', 'Adobe'),
  texts: fc.constantFrom({}, { costCenter: 'MKT' }, { costCenter: 'IT', tags: '{"team":"brand"}' }),
  day: fc.constantFrom(20231231, 20240101, 20240131, 20240215),
  key: fc.bigInt({ min: 1n, max: 6n }),
  micros: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
  accrualMicros: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
  currency: fc.constantFrom('EUR', 'USD'),
  file: fc.constantFrom(0, 1),
  row: fc.integer({ min: 2, max: 9 }),
});

const charges = fc.uniqueArray(charge, {
  maxLength: 12,
  selector: (made) => JSON.stringify([textsOf(made), made.day, String(made.key)]),
});

const windowContent = fc.record({
  charges,
  files: fc.constantFrom(['a.csv', 'b.csv'], ['b.csv', 'c.csv'], ['c.csv', 'a.csv', 'z.csv']),
});

const sourceState: fc.Arbitrary<SourceState> = fc
  .uniqueArray(fc.constantFrom('2024-01', '2024-02', 'all'), { minLength: 1 })
  .chain((ids) => fc.tuple(...ids.map((id) => windowContent.map((content) => ({ id, ...content })))));

const step = fc.record({ source: fc.constantFrom('cards', 'bank'), state: sourceState });

/** Month facts as a plain reckoning gives them: `source line month currency → cash, accrual, count`. */
function expectedFacts(sources: ReadonlyMap<string, SourceState>): string[] {
  const facts = new Map<string, [bigint, bigint, number]>();
  for (const [source, windows] of sources) {
    for (const made of windows.flatMap((window) => window.charges)) {
      const month = `${String(made.day).slice(0, 4)}-${String(made.day).slice(4, 6)}`;
      const name = `${lineId(source, textsOf(made))} ${month} ${made.currency ?? 'EUR'}`;
      const [cash, accrual, count] = facts.get(name) ?? [0n, 0n, 0];
      facts.set(name, [cash + made.micros, accrual + (made.accrualMicros ?? made.micros), count + 1]);
    }
  }
  return [...facts].map(([name, [cash, accrual, count]]) => `${name} ${cash} ${accrual} ${count}`).sort();
}

async function heldFacts(ledger: Ledger): Promise<string[]> {
  const facts: string[] = [];
  for (const line of await ledger.findLines('L', 1_000)) {
    for (const fact of await ledger.monthsOfLine(line.rowId)) {
      const { month, currency, cashMicros, accrualMicros, chargeCount } = fact;
      facts.push(`${line.id} ${month} ${currency} ${cashMicros} ${accrualMicros} ${chargeCount}`);
    }
  }
  return facts.sort();
}

function chargeNames(windows: SourceState | undefined): Map<string, string> {
  const names = new Map<string, string>();
  for (const { id, charges: list } of windows ?? []) {
    for (const made of list) {
      const name = JSON.stringify([id, textsOf(made), made.day, String(made.key)]);
      names.set(name, [made.currency, made.micros, made.accrualMicros].join(' '));
    }
  }
  return names;
}

/** How many charges a pull should add, change and remove. */
function expectedCounts(before: SourceState | undefined, after: SourceState): [number, number, number] {
  const [old, now] = [chargeNames(before), chargeNames(after)];
  const kept = [...now].filter(([name]) => old.has(name));
  const changed = kept.filter(([name, content]) => old.get(name) !== content).length;
  return [now.size - kept.length, changed, old.size - kept.length];
}

async function freshDigest(folder: string, sources: ReadonlyMap<string, SourceState>): Promise<string> {
  const ledger = await openLedger(folder);
  for (const [name, windows] of sources) await pullWindows(ledger, windows, { ...SOURCE, name });
  const digest = await ledger.digest();
  await ledger.close();
  return digest;
}

describe('any sequence of pulls', () => {
  it('leaves the ledger that its last state gives, with true counts and month facts that equal their charges', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const folder = await mkdtemp(join(tmpdir(), 'spendshift-model-'));
        const sources = new Map<string, SourceState>();
        try {
          const ledger = await openLedger(folder);
          for (const { source, state } of steps) {
            const changes = await pullWindows(ledger, state, { ...SOURCE, name: source });
            const counted = (['added', 'changed', 'removed'] as const).map((what) =>
              changes.reduce((sum, change) => sum + change[what], 0),
            );
            expect(counted).toEqual(expectedCounts(sources.get(source), state));
            sources.set(source, state);
            expect(await heldFacts(ledger)).toEqual(expectedFacts(sources));
            expect(await ledger.integrityProblems()).toEqual([]);
          }
          const digest = await ledger.digest();
          await ledger.close();
          expect(digest).toBe(await freshDigest(join(folder, 'fresh'), sources));
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 60 },
    );
  });
});
