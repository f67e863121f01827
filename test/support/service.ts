import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished } from 'vitest';

import type {
  PullEnd,
  PullWindow,
  ServiceBatch,
  ServiceCharge,
  ServiceConnector,
  ServiceContext,
  ServiceDeclaration,
} from '../../src/connector/service.js';
import { ServiceError } from '../../src/connector/problems.js';
import { Secrets } from '../../src/connector/secret.js';
import { toMicros } from '../../src/core/money.js';
import { serviceContext } from '../../src/pull/service-context.js';
import type { RunningStandin } from '../services/standin.js';
import { testEffects } from './live.js';

/** A context of a connector for a test, whose waits take no time; each is noted. */
export interface TestContext<Settings> {
  readonly context: ServiceContext<Settings>;
  /** Waits asked for, in milliseconds. */
  readonly waitsMs: number[];
  /** Requests with their price in micro-units. */
  readonly charged: { readonly request: string; readonly priceMicros: bigint }[];
  readonly secrets: Secrets;
}

/** Makes a context over a stand-in. */
export async function testContext<Settings>(
  connector: ServiceDeclaration<Settings>,
  running: RunningStandin,
  options: {
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly now?: () => Date;
    readonly requestTimeoutMs?: number;
  } = {},
): Promise<TestContext<Settings>> {
  const folder = await mkdtemp(join(tmpdir(), 'service-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { now = (): Date => new Date() } = options;
  const clock = {
    get now(): Date {
      return now();
    },
  };
  const secrets = new Secrets(running.secrets, folder);
  const waitsMs: number[] = [];
  const charged: { request: string; priceMicros: bigint }[] = [];
  const context = serviceContext({
    sourceId: 'test',
    connector:
      options.requestTimeoutMs === undefined
        ? connector
        : { ...connector, service: { ...connector.service, requestTimeoutMs: options.requestTimeoutMs } },
    settings: connector.settings.parse({ ...running.settings, ...options.settings }),
    workspaceFolder: folder,
    temporaryFolder: folder,
    effects: testEffects(clock, running.secrets, waitsMs),
    secrets,
    meter: { charge: (request, priceMicros) => charged.push({ request, priceMicros }) },
    archive: undefined,
    progress: () => undefined,
    signal: new AbortController().signal,
    alive: () => undefined,
  }) as ServiceContext<Settings>;
  return { context, waitsMs, charged, secrets };
}

/** Everything a pull of a window gave. */
export interface Pulled {
  readonly charges: readonly ServiceCharge[];
  readonly batches: readonly ServiceBatch[];
  readonly end: PullEnd;
}

/** Pulls a window to its end. */
export async function pullAll<Settings>(
  connector: ServiceConnector<Settings>,
  context: ServiceContext<Settings>,
  window: PullWindow,
): Promise<Pulled> {
  const batches: ServiceBatch[] = [];
  const walk = connector.pull(context, window);
  for (;;) {
    const step = await walk.next();
    if (step.done === true) return { charges: batches.flatMap(({ charges }) => charges), batches, end: step.value };
    batches.push(step.value);
  }
}

/** The error that work ends with; it must. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(Error);
  return failure as Error;
}

/** What an error tells the runner to do. */
export function kindOf(failure: Error): string {
  return failure instanceof ServiceError ? failure.kind : failure.name;
}

/** Sums of charges by currency in micro-units, each charge rounded by itself as the ledger does. */
export function sumsOf(
  charges: readonly ServiceCharge[],
): Map<string, { readonly cashMicros: bigint; readonly accrualMicros: bigint }> {
  const sums = new Map<string, { cashMicros: bigint; accrualMicros: bigint }>();
  for (const { currency, cash, accrual = cash } of charges) {
    const sum = sums.get(currency) ?? { cashMicros: 0n, accrualMicros: 0n };
    sum.cashMicros += toMicros(cash) ?? 0n;
    sum.accrualMicros += toMicros(accrual) ?? 0n;
    sums.set(currency, sum);
  }
  return sums;
}
