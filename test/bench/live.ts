import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { AwsPageMeasure } from './aws-page.js';
import type { Finding } from './measure.js';

/** Card transactions of the large backfill. */
const TRANSACTIONS = 500_000;

/** What `live-pull.js` measures; times in milliseconds. */
export interface LiveMeasure {
  readonly bareMs: number;
  readonly pullMs: number;
  readonly peakMiB: number;
  readonly stripePageMs: number;
  readonly awsPage: AwsPageMeasure;
}

/**
 * The pull of half a million card transactions through Stripe's own SDK, with the server in a process of its own, beside
 * a bare loop of requests for the same pages; and what a page costs in our own code.
 */
export async function benchLive(folder: string): Promise<Finding[]> {
  const server = start('live-server.js', [String(TRANSACTIONS)]);
  try {
    const settings = await firstLine(server);
    const client = start('live-pull.js', [folder, settings]);
    const measured = JSON.parse(await firstLine(client)) as LiveMeasure;
    const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
    return [
      {
        what: `${TRANSACTIONS.toLocaleString('en')} card transactions through Stripe's SDK, to the ledger`,
        ours: seconds(measured.pullMs),
        other: `${seconds(measured.bareMs)}: the same pages by bare requests`,
        ratio: (measured.pullMs / measured.bareMs).toFixed(2),
        goal: 'bound by the server',
      },
      finding('peak memory of that pull', `${measured.peakMiB} MB`, 'under 300 MB'),
      finding(
        'our own time for a page of 100 Stripe transactions',
        `${measured.stripePageMs.toFixed(2)} ms`,
        'at most 2 ms',
      ),
      awsFinding(measured.awsPage),
    ];
  } finally {
    server.kill();
  }
}

function awsFinding({ ownMs, parseMs, sdkMs, hashMs }: AwsPageMeasure): Finding {
  const text = (ms: number): string => `${ms.toFixed(1)} ms`;
  return {
    what: 'our own processor time for a page of 5,000 groups of AWS Cost Explorer',
    ours: text(ownMs),
    other: `${text(sdkMs)}: the SDK giving the page; JSON.parse alone ${text(parseMs)}, SHA-256 of its keys ${text(hashMs)}`,
    ratio: (ownMs / sdkMs).toFixed(2),
    goal: 'at most 2 ms',
  };
}

function finding(what: string, ours: string, goal: string): Finding {
  return { what, ours, other: '', ratio: '', goal };
}

function start(script: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return spawn(process.execPath, ['--expose-gc', path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the process has no output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('the process said nothing');
}
