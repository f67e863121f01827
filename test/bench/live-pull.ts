import { join } from 'node:path';

import stripeIssuing from '../../connectors/stripe-issuing/index.js';
import { migrationsFolder } from '../../src/app/package.js';
import { Secrets } from '../../src/connector/secret.js';
import type { PullWindow, ServiceConnector } from '../../src/connector/service.js';
import { monthOf } from '../../src/core/period.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { WindowCollector } from '../../src/pull/collect.js';
import { realEffects } from '../../src/pull/effects.js';
import { RunMeter } from '../../src/pull/meter.js';
import { serviceContext } from '../../src/pull/service-context.js';
import { pullLive } from '../../src/pull/service-run.js';
import { measureAwsPage } from './aws-page.js';
import type { LiveMeasure } from './live.js';

interface Served {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly window: PullWindow;
  readonly url: string;
}

const KIBIBYTE = 1_024;
const PAGE_ROWS = 100;
const NOW = new Date('2026-11-20T12:00:00Z');

/** Every page of the window by bare requests, one after the other, their text read and dropped. */
async function bareMs({ url, secrets, window }: Served): Promise<number> {
  const startedMs = performance.now();
  const key = Object.values(secrets)[0] ?? '';
  let after = '';
  for (;;) {
    const query = new URLSearchParams({
      limit: String(PAGE_ROWS),
      'created[gte]': String(Date.parse(window.from) / 1_000),
    });
    query.set('created[lt]', String(Date.parse(window.to) / 1_000));
    query.append('expand[0]', 'data.card');
    query.append('expand[1]', 'data.cardholder');
    if (after !== '') query.set('starting_after', after);
    const response = await fetch(`${url}/v1/issuing/transactions?${query.toString()}`, {
      headers: { authorization: `Bearer ${key}`, 'stripe-version': '2026-10-28.endive' },
    });
    if (!response.ok) throw new Error(await response.text());
    const { data, has_more: hasMore } = (await response.json()) as { data: { id: string }[]; has_more: boolean };
    after = data.at(-1)?.id ?? '';
    if (!hasMore) return performance.now() - startedMs;
  }
}

async function pullMs(folder: string, { settings, secrets, window }: Served): Promise<number> {
  const ledger = await Ledger.open({ file: join(folder, 'ledger.sqlite'), migrationsFolder: migrationsFolder() });
  const startedMs = performance.now();
  const effects = { ...realEffects(), now: () => NOW, environment: secrets };
  const { error, result } = await pullLive(
    ledger,
    {
      id: 'cards',
      kind: 'payment',
      title: 'Cards',
      settings: stripeIssuing.settings.parse({ ...settings, fees: false }),
      settingsFingerprint: 'bench',
      connector: stripeIssuing,
      since: monthOf(window.from),
      ceilings: {},
    },
    {
      workspaceFolder: folder,
      temporaryFolder: folder,
      effects,
      secrets: new Secrets(secrets, folder),
      archive: undefined,
      spentThisMonthMicros: 0n,
      progress: () => undefined,
      signal: new AbortController().signal,
    },
  );
  await ledger.close();
  if (error !== undefined) throw error;
  if (result.rowCount < PAGE_ROWS) throw new Error('nothing was pulled');
  return performance.now() - startedMs;
}

/** Time in our own code, milliseconds, and rows, of a pull: all that is not spent in requests. */
async function ownTime(
  connector: ServiceConnector,
  { settings, secrets, window }: Omit<Served, 'url'>,
): Promise<{ ms: number; rows: number; calls: number }> {
  const view = serviceContext({
    sourceId: 'bench',
    connector,
    settings: connector.settings.parse(settings),
    workspaceFolder: '/',
    temporaryFolder: '/',
    effects: { ...realEffects(), now: () => NOW, environment: secrets },
    secrets: new Secrets(secrets, '/'),
    meter: new RunMeter('bench', 'USD', {}, 0n),
    archive: undefined,
    progress: () => undefined,
    signal: new AbortController().signal,
    alive: () => undefined,
  });
  let calls = 0;
  let inCallsMs = 0;
  const call: typeof view.call = async (request, send, options) => {
    const sentMs = performance.now();
    try {
      return await view.call(request, send, options);
    } finally {
      inCallsMs += performance.now() - sentMs;
      calls += 1;
    }
  };
  const collector = new WindowCollector('bench', window);
  const startedMs = performance.now();
  const walk = connector.pull({ ...view, call }, window);
  for (let step = await walk.next(); step.done !== true; step = await walk.next()) collector.add(step.value);
  return { ms: performance.now() - startedMs - inCallsMs, rows: collector.count, calls };
}

/** As a program: `node live-pull.js FOLDER SERVED` prints what was measured as JSON. */
async function main(folder: string, served: Served): Promise<void> {
  const pulled = await pullMs(folder, served);
  const peakMiB = Math.round(process.resourceUsage().maxRSS / KIBIBYTE);
  const bare = await bareMs(served);
  const { ms, rows } = await ownTime(stripeIssuing, {
    ...served,
    settings: { ...served.settings, fees: false },
  });
  const measured: LiveMeasure = {
    bareMs: bare,
    pullMs: pulled,
    peakMiB,
    stripePageMs: ms / (rows / PAGE_ROWS),
    awsPage: await measureAwsPage(),
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
  process.exit(0);
}

await main(process.argv[2] ?? '', JSON.parse(process.argv[3] ?? '{}') as Served);
