import { join } from 'node:path';

import { z } from 'zod';
import { onTestFinished } from 'vitest';

import { connectors as shipped } from '../../connectors/index.js';
import { loadKnowledge } from '../../src/app/knowledge.js';
import { pullWorkspace, type PullOptions, type Session, type WorkspacePull } from '../../src/app.js';
import type { Connector } from '../../src/connector/contract.js';
import { ProblemError, type ServiceProblem } from '../../src/connector/problems.js';
import { defineService, type ServiceCharge, type ServiceConnector } from '../../src/connector/service.js';
import type { IsoDate } from '../../src/core/date.js';
import { parseDecimal, PLAIN_NUMBERS, type DecimalText } from '../../src/core/money.js';
import { Ledger } from '../../src/ledger/ledger.js';
import type { ServiceEffects } from '../../src/pull/effects.js';
import { runLogFile, runsBackwards, type RunRecord } from '../../src/pull/run-log.js';
import { loadWorkspace } from '../../src/settings/load.js';
import { temporaryFolder } from './files.js';
import { testEffects } from './live.js';
import { MIGRATIONS } from './readings.js';

export function money(text: string): DecimalText {
  const decimal = parseDecimal(text, PLAIN_NUMBERS);
  if (decimal === undefined) throw new Error(`"${text}" is no decimal`);
  return decimal;
}

/** A charge as a test writes it down. */
export function charge(day: string, payee: string, amount: string, more: Partial<ServiceCharge> = {}): ServiceCharge {
  const key = `${day} ${payee} ${amount}`;
  return { texts: { payee }, key, reference: '', day: day as IsoDate, currency: 'EUR', cash: money(amount), ...more };
}

/** A service that a test holds in its hand: what it has, what it says, and where it fails. */
export interface Ground {
  charges: ServiceCharge[];
  /** Months that the service calls an estimate. */
  readonly estimates: Set<string>;
  /** Months that the service does not have at all. */
  readonly absent: Set<string>;
  /** What a request of a month answers instead of charges. */
  readonly problems: Map<string, ServiceProblem>;
  /** Months asked for, in order; each attempt counts. */
  readonly asked: string[];
  /** Called before each answer. */
  onRequest: (month: string) => void | Promise<void>;
}

export function ground(charges: readonly ServiceCharge[] = []): Ground {
  return {
    charges: [...charges],
    estimates: new Set(),
    absent: new Set(),
    problems: new Map(),
    asked: [],
    onRequest: () => undefined,
  };
}

/** A third party's connector over such a service: one request a month. */
export function ownConnector(
  service: Ground,
  more: {
    readonly id?: string;
    readonly restatementDays?: number;
    readonly monthsMax?: number;
    readonly timeZone?: string;
    readonly version?: number;
    readonly priceMicros?: bigint;
  } = {},
): ServiceConnector {
  const { restatementDays = 3, monthsMax, timeZone = 'UTC', priceMicros } = more;
  const price = priceMicros === undefined ? {} : { requestPrice: { micros: priceMicros, currency: 'USD' } };
  return defineService<unknown>({
    id: more.id ?? 'own',
    title: 'Own service',
    kind: 'bill',
    settings: z.strictObject({ region: z.string().optional() }),
    version: more.version ?? 1,
    service: {
      permissions: [{ id: 'read', why: 'to read', required: true }],
      grant: 'read',
      requestIntervalMs: 0,
      ...price,
    },
    history: { grain: 'day', timeZone, restatementDays, ...(monthsMax === undefined ? {} : { monthsMax }) },
    check: () => Promise.resolve([{ permission: 'read', granted: true, detail: 'all' }]),
    async *pull(context, { from, to }) {
      const month = from.slice(0, 7);
      const charges = await context.call(`list ${month}`, async () => {
        service.asked.push(month);
        await service.onRequest(month);
        const problem = service.problems.get(month);
        if (problem !== undefined) throw new ProblemError(problem);
        return service.charges.filter(({ day }) => day >= from && day < to);
      });
      yield { charges };
      return { isFinal: !service.estimates.has(month), isAbsent: service.absent.has(month), remarks: [] };
    },
  });
}

/** A workspace with connectors of the test's own, an open ledger, and a clock that the test sets. */
export interface OwnWorkspace {
  readonly folder: string;
  readonly clock: { now: Date };
  readonly waitsMs: number[];
  /** The workspace as its files are now. */
  session(connectors?: readonly Connector[]): Session;
  pull(options?: Partial<PullOptions> & { readonly connectors?: readonly Connector[] }): Promise<WorkspacePull>;
  readonly ledger: Ledger;
  /** The run log, latest first. */
  runs(): Promise<RunRecord[]>;
  readonly effects: ServiceEffects;
}

/** Makes a workspace of files and opens its ledger. */
export async function ownWorkspace(
  files: Readonly<Record<string, string>>,
  connectors: readonly Connector[],
  now: string,
): Promise<OwnWorkspace> {
  const folder = await temporaryFolder(files);
  const ledger = await Ledger.open({ file: join(folder, 'ledger.sqlite'), migrationsFolder: MIGRATIONS });
  onTestFinished(() => ledger.close());
  const knowledge = loadKnowledge();
  const clock = { now: new Date(now) };
  const waitsMs: number[] = [];
  const effects = testEffects(clock, {}, waitsMs);
  const session = (own: readonly Connector[] = connectors): Session => {
    const all = [...shipped, ...own];
    const workspace = loadWorkspace(folder, { connectors: all, builtInFunctions: knowledge.functions });
    return { workspace, ledger, knowledge, connectors: all };
  };
  return {
    folder,
    clock,
    waitsMs,
    ledger,
    effects,
    session,
    pull: ({ connectors: own, ...options } = {}) =>
      pullWorkspace(session(own), {
        sources: [],
        progress: () => undefined,
        signal: new AbortController().signal,
        now: () => clock.now,
        effects,
        ...options,
      }),
    runs: async () => {
      const runs: RunRecord[] = [];
      for await (const run of runsBackwards(runLogFile(ledger.file))) runs.push(run);
      return runs;
    },
  };
}

/** Charges in a ledger as `day payee amount currency`, in order. */
export async function chargesIn(ledger: Ledger): Promise<string[]> {
  const found: string[] = [];
  for (const line of await ledger.findLines('L', 1_000_000)) {
    const { charges } = await ledger.chargesOf(line, 1_000_000);
    for (const { day, cashMicros, currency } of charges) found.push(`${day} ${line.payee} ${cashMicros} ${currency}`);
  }
  return found.sort();
}
