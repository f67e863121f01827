import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { onTestFinished } from 'vitest';

import type { Connector } from '../../src/connector/contract.js';
import { Secrets } from '../../src/connector/secret.js';
import type { Month } from '../../src/core/period.js';
import { Ledger } from '../../src/ledger/ledger.js';
import type { ServiceEffects } from '../../src/pull/effects.js';
import { pullReference } from '../../src/pull/reference-run.js';
import { pullLive, type LiveContext, type LiveOutcome } from '../../src/pull/service-run.js';
import type { RunningStandin, TrueTotal } from '../services/standin.js';
import { MIGRATIONS } from './readings.js';

export type LiveConnector = Exclude<Connector, { readonly feed: 'files' }>;

/** A ledger with one live source over a stand-in, and a clock that the test sets. */
export interface LiveLedger {
  readonly folder: string;
  readonly ledger: Ledger;
  readonly clock: { now: Date };
  /** Waits asked for, in milliseconds. */
  readonly waitsMs: number[];
  pull(options?: { readonly signal?: AbortSignal; readonly since?: Month }): Promise<LiveOutcome>;
  /** Sums of the ledger by month and currency. */
  sums(): Promise<Map<string, TrueTotal>>;
  /** Every byte that was written: ledger, archive (unpacked), anything else in the folder. */
  written(): Promise<string>;
}

/** Makes a ledger with one source, `live`. */
export async function liveLedger(
  connector: LiveConnector,
  running: RunningStandin,
  options: {
    readonly now: Date;
    readonly requestTimeoutMs?: number;
    readonly settings?: Readonly<Record<string, unknown>>;
  },
): Promise<LiveLedger> {
  const folder = await mkdtemp(join(tmpdir(), 'live-test-'));
  const ledger = await Ledger.open({ file: join(folder, 'ledger.sqlite'), migrationsFolder: MIGRATIONS });
  onTestFinished(async () => {
    await ledger.close();
    await rm(folder, { recursive: true, force: true });
  });
  const clock = { now: options.now };
  const waitsMs: number[] = [];
  const effects = testEffects(clock, running.secrets, waitsMs);
  const hurried =
    options.requestTimeoutMs === undefined
      ? connector
      : { ...connector, service: { ...connector.service, requestTimeoutMs: options.requestTimeoutMs } };
  return {
    folder,
    ledger,
    clock,
    waitsMs,
    pull: async ({ signal = new AbortController().signal, since } = {}) => {
      const temporaryFolder = join(folder, 'temporary');
      await mkdir(temporaryFolder, { recursive: true });
      const context: LiveContext = {
        workspaceFolder: folder,
        temporaryFolder,
        effects,
        secrets: new Secrets(running.secrets, folder),
        archive: { folder: join(folder, 'archive'), keepDays: 400 },
        spentThisMonthMicros: 0n,
        progress: () => undefined,
        signal,
      };
      const source = {
        id: 'live',
        kind: connector.kind,
        title: 'Live',
        settings: connector.settings.parse({ ...running.settings, ...options.settings }),
        settingsFingerprint: 'settings',
        since,
        ceilings: {},
      };
      return hurried.feed === 'charges'
        ? pullLive(ledger, { ...source, connector: hurried }, context)
        : pullReference(ledger, { ...source, connector: hurried }, context);
    },
    sums: () => ledgerSums(ledger),
    written: () => everythingIn(folder),
  };
}

/** The world of a test: a clock that stands, waits that take no time. */
export function testEffects(
  clock: { readonly now: Date },
  environment: Readonly<Record<string, string>>,
  waitsMs: number[] = [],
): ServiceEffects {
  return {
    now: () => clock.now,
    sleep: (ms, signal) => {
      signal.throwIfAborted();
      waitsMs.push(ms);
      return Promise.resolve();
    },
    random: () => 0.5,
    environment,
    holder: 'test 1',
    isAlive: () => true,
  };
}

/** Sums of a ledger by `month currency`, over all its charges. */
export async function ledgerSums(ledger: Ledger): Promise<Map<string, TrueTotal>> {
  const sums = new Map<string, { cashMicros: bigint; accrualMicros: bigint }>();
  for (const line of await ledger.findLines('L', 1_000_000)) {
    for (const { month, currency, cashMicros, accrualMicros } of await ledger.monthsOfLine(line.rowId)) {
      const key = `${month} ${currency}`;
      const sum = sums.get(key) ?? { cashMicros: 0n, accrualMicros: 0n };
      sums.set(key, { cashMicros: sum.cashMicros + cashMicros, accrualMicros: sum.accrualMicros + accrualMicros });
    }
  }
  return new Map([...sums].sort());
}

/** Every byte of the files in a folder, unpacked, with their names; but for those left out. */
export async function everythingIn(folder: string, leftOut: readonly string[] = []): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = names
    .filter((entry) => entry.isFile() && !leftOut.includes(entry.name))
    .map(async (entry) => {
      const bytes = await readFile(join(entry.parentPath, entry.name));
      return `${entry.name}\n${(entry.name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')}`;
    });
  return (await Promise.all(texts)).join('\n');
}
