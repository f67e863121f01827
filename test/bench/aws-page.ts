import { hash } from 'node:crypto';

import type { CostExplorerClient } from '@aws-sdk/client-cost-explorer';

import type { Context } from '../../connectors/aws-cost-explorer/client.js';
import awsCostExplorer from '../../connectors/aws-cost-explorer/index.js';
import type { ServiceCharge } from '../../src/connector/service.js';
import { Secrets } from '../../src/connector/secret.js';
import { addDays, type IsoDate } from '../../src/core/date.js';
import { createRandom } from '../../src/core/random.js';
import { WindowCollector } from '../../src/pull/collect.js';
import { realEffects } from '../../src/pull/effects.js';
import { RunMeter } from '../../src/pull/meter.js';
import { serviceContext } from '../../src/pull/service-context.js';
import { median } from './measure.js';

/** Groups of the page: 30 days of 167 pairs of account and service, cut to the round number. */
const GROUPS = 5_000;
const DAYS = 30;
const ACCOUNTS = 40;
const PAIRS = Math.ceil(GROUPS / DAYS);
const FIRST = '2026-09-01' as IsoDate;
const WINDOW = { from: FIRST, to: addDays(FIRST, DAYS) };
const NOW = new Date('2026-11-20T12:00:00Z');
const UNITS = ['Infrastructure', 'Workloads/Engineering', 'Workloads/Business'];
const SERVICES = [
  'Amazon Elastic Compute Cloud - Compute',
  'AWS Key Management Service',
  'AmazonCloudWatch',
  'AWS Lambda',
  'Amazon Simple Storage Service',
];
const AMOUNT_MAX = 9_999_999_999;

const WARM_UP_ROUNDS = 100;
const ROUNDS = 101;

/** What a page of so many groups costs: milliseconds of processor time, medians of rounds in turn after a warm-up. */
export interface AwsPageMeasure {
  /** The whole pull of a window with that page, over replies that are parsed already; no other request gives a group. */
  readonly ownMs: number;
  /** Making objects of the reply's text: the bare `JSON.parse`. */
  readonly parseMs: number;
  /** The same reply through the SDK's client, which never leaves this process: signing, parsing, its own schema. */
  readonly sdkMs: number;
  /** SHA-256 of the charges' keys, by which the ledger knows them. */
  readonly hashMs: number;
}

/** Measures a page of Cost Explorer beside what no pull of it can do without. */
export async function measureAwsPage(): Promise<AwsPageMeasure> {
  const text = JSON.stringify(page());
  const ask = await sdkAsks(text);
  let reply: unknown;
  const keys: string[] = [];
  const steps = {
    // Each pull gets a reply of its own, as it would from the service.
    parseMs: () => {
      reply = JSON.parse(text);
    },
    ownMs: () => pullOf(reply),
    sdkMs: ask,
    hashMs: () => {
      for (const key of keys) hash('sha256', key, 'binary');
    },
  };
  await pullOf(JSON.parse(text), (charges) => keys.push(...charges.map(({ key }) => key)));
  const times: Record<keyof AwsPageMeasure, number[]> = { ownMs: [], parseMs: [], sdkMs: [], hashMs: [] };
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
    for (const [name, step] of Object.entries(steps)) {
      const took = await processorMs(step);
      if (round >= WARM_UP_ROUNDS) times[name as keyof AwsPageMeasure].push(took);
    }
  }
  return {
    ownMs: median(times.ownMs),
    parseMs: median(times.parseMs),
    sdkMs: median(times.sdkMs),
    hashMs: median(times.hashMs),
  };
}

/**
 * Processor time of this process, its collector of garbage included; other work on the machine does not count, and neither
 * does what the step before left to collect.
 */
async function processorMs(work: () => unknown): Promise<number> {
  globalThis.gc?.({ type: 'minor' });
  globalThis.gc?.({ type: 'minor' });
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** A reply as Cost Explorer writes it: the pairs of account and service of every day, ten decimals, a few in tiny parts. */
function page(): object {
  const random = createRandom(1, 'page of groups');
  const amount = (): string =>
    random.chance(30)
      ? `${random.integer(1, 9_999)}E-10`
      : `${random.integer(0, 900)}.${random.integer(1, AMOUNT_MAX)}`;
  const groups = Array.from({ length: GROUPS }, (_, index) => ({
    Keys: [accountOf(index % PAIRS), SERVICES[Math.floor((index % PAIRS) / ACCOUNTS)] ?? ''],
    Metrics: {
      UnblendedCost: { Amount: amount(), Unit: 'USD' },
      NetAmortizedCost: { Amount: amount(), Unit: 'USD' },
    },
  }));
  const results = Array.from({ length: DAYS }, (_, day) => ({
    TimePeriod: { Start: addDays(FIRST, day), End: addDays(FIRST, day + 1) },
    Estimated: false,
    Total: {},
    Groups: groups.slice(day * PAIRS, (day + 1) * PAIRS),
  }));
  const names = Array.from({ length: ACCOUNTS }, (_, index) => accountOf(index));
  return {
    ResultsByTime: results,
    DimensionValueAttributes: names.map((id) => ({ Value: id, Attributes: { description: `Account ${id}` } })),
  };
}

function accountOf(index: number): string {
  return `1000000000${String(index % ACCOUNTS).padStart(2, '0')}`;
}

/** Pulls the window of the page: everything but requests, from the check of the replies to the collected columns. */
async function pullOf(
  reply: unknown,
  see: (charges: readonly ServiceCharge[]) => unknown = () => undefined,
): Promise<void> {
  const context = contextOf(clientOf(reply));
  const collector = new WindowCollector('bench', WINDOW);
  const walk = awsCostExplorer.pull(context, WINDOW);
  for (let step = await walk.next(); step.done !== true; step = await walk.next()) {
    collector.add(step.value);
    see(step.value.charges);
  }
  if (collector.count !== GROUPS) throw new Error(`${collector.count} charges of ${GROUPS} groups`);
}

/** A client that gives the page for the view of usage, and nothing for the others. */
function clientOf(reply: unknown): Pick<CostExplorerClient, 'send'> {
  const send = (command: { input: { Filter?: { And?: unknown; Dimensions?: { Key?: string } } } }): Promise<unknown> =>
    Promise.resolve(command.input.Filter?.Dimensions?.Key === 'RECORD_TYPE' ? reply : { ResultsByTime: [] });
  return { send: send as CostExplorerClient['send'] };
}

/** The context of a run whose client and organisation are made already. */
function contextOf(client: Pick<CostExplorerClient, 'send'>): Context {
  // An address on this machine: no wait between requests.
  const settings = awsCostExplorer.settings.parse({ accountTags: [], endpoint: 'http://127.0.0.1:1' });
  const view = serviceContext({
    sourceId: 'bench',
    connector: awsCostExplorer,
    settings,
    workspaceFolder: '/',
    temporaryFolder: '/',
    effects: { ...realEffects(), now: () => NOW },
    secrets: new Secrets({}, '/'),
    meter: new RunMeter('bench', 'USD', {}, 0n),
    archive: undefined,
    progress: () => undefined,
    signal: new AbortController().signal,
    alive: () => undefined,
  });
  const made = new Map<string, unknown>([
    ['client of Cost Explorer', client],
    ['organization', organization()],
  ]);
  const once: typeof view.once = (key, make) =>
    made.has(key) ? Promise.resolve(made.get(key) as never) : view.once(key, make);
  return { ...view, settings, once };
}

function organization(): object {
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => {
    const id = accountOf(index);
    return [id, { name: `Account ${id}`, unit: UNITS[index % UNITS.length] ?? '' }] as const;
  });
  return { payer: accountOf(0), accounts: new Map(accounts), remarks: [] };
}

/** A request through the SDK's own client that never leaves this process. */
async function sdkAsks(text: string): Promise<() => Promise<unknown>> {
  const { CostExplorerClient, GetCostAndUsageCommand } = await import('@aws-sdk/client-cost-explorer');
  const body = new TextEncoder().encode(text);
  const response = { statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.1' } };
  const client = new CostExplorerClient({
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'BENCH', secretAccessKey: 'bench' },
    requestHandler: { handle: () => Promise.resolve({ response: { ...response, body } as never }) },
  });
  const input = { TimePeriod: { Start: FIRST, End: WINDOW.to }, Granularity: 'DAILY' as const, Metrics: [] };
  return async () => {
    const { ResultsByTime } = await client.send(new GetCostAndUsageCommand(input));
    if (ResultsByTime?.length !== DAYS) throw new Error('the SDK gave another page');
  };
}
