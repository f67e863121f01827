import { describe, expect, it, onTestFinished } from 'vitest';

import { agentMetrics, type AgentMetrics } from '../../src/cli/agent-metrics.js';
import { serveAgent } from '../../src/cli/agent-server.js';
import { OutputError, SourceError } from '../../src/core/errors.js';
import type { Month } from '../../src/core/period.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const minutesAgo = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);

interface Served {
  readonly url: string;
  readonly metrics: AgentMetrics;
  readonly state: { tickedAt: Date | undefined; running: string[] };
}

async function serve(): Promise<Served> {
  const metrics = agentMetrics(() => NOW);
  const state: Served['state'] = { tickedAt: undefined, running: [] };
  const view = { tickedAt: () => state.tickedAt, running: () => state.running, now: () => NOW };
  const { url, close } = await serveAgent(metrics.registry, view, { host: '127.0.0.1', port: 0 });
  onTestFinished(close);
  return { url, metrics, state };
}

describe('/healthz', () => {
  it.each<[string, Date | undefined, number, string]>([
    ['has just looked for work', minutesAgo(0), 200, 'ok'],
    ['looked five minutes ago', minutesAgo(5), 200, 'ok'],
    ['looked longer ago', new Date(minutesAgo(5).getTime() - 1), 503, 'stalled'],
    ['has not looked yet', undefined, 503, 'stalled'],
  ])('of an agent that %s', async (_what, tickedAt, status, word) => {
    const { url, state } = await serve();
    state.tickedAt = tickedAt;
    state.running.push('aws', 'cards');
    const response = await fetch(`${url}/healthz`);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      status: word,
      lookedForWorkAt: tickedAt?.toISOString() ?? null,
      running: ['aws', 'cards'],
    });
  });

  it('is asked with a query as well', async () => {
    const { url, state } = await serve();
    state.tickedAt = NOW;
    expect((await fetch(`${url}/healthz?probe=1`)).status).toBe(200);
  });
});

describe('/metrics', () => {
  /** Figures of a text of metrics, without what explains them. */
  async function figures({ url }: Served): Promise<string[]> {
    const response = await fetch(`${url}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    return (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }

  it('counts pulls, rows, requests, money and failures of each source', async () => {
    const served = await serve();
    const { metrics } = served;
    const result = {
      source: 'aws',
      windowsRead: 1,
      windowsUnchanged: 0,
      windowsRemoved: [],
      rowCount: 12,
      rejectedCount: 2,
      added: 10,
      changed: 0,
      removed: 0,
    };
    const live = { requestCount: 3, costMicros: 30_000n, costCurrency: 'USD', estimates: [], remarks: [] };
    metrics.note({ kind: 'started', source: 'aws', reason: 'first' });
    metrics.note({ kind: 'pulled', source: 'aws', result: { ...result, live }, durationMs: 1_500 });
    metrics.note({ kind: 'pulled', source: 'aws', result: { ...result, live }, durationMs: 500 });
    metrics.note({ kind: 'pulled', source: 'files', result: { ...result, source: 'files' }, durationMs: 0 });
    const error = new SourceError({ place: {}, message: 'no' });
    metrics.note({ kind: 'failed', source: 'cards', error, mayPass: true, durationMs: 250 });
    metrics.note({ kind: 'waiting', month: '2026-10' as Month, waitingFor: ['cards: x', 'aws: y'] });
    metrics.ticked(NOW, 2);
    expect(await figures(served)).toEqual([
      'spendshift_runs_total{source="aws",outcome="done"} 2',
      'spendshift_runs_total{source="files",outcome="done"} 1',
      'spendshift_runs_total{source="cards",outcome="failed"} 1',
      'spendshift_rows_total{source="aws"} 24',
      'spendshift_rows_total{source="files"} 12',
      'spendshift_rejected_rows_total{source="aws"} 4',
      'spendshift_rejected_rows_total{source="files"} 2',
      'spendshift_requests_total{source="aws"} 6',
      'spendshift_request_cost_total{source="aws",currency="USD"} 0.06',
      `spendshift_last_success_timestamp_seconds{source="aws"} ${NOW.getTime() / 1_000}`,
      `spendshift_last_success_timestamp_seconds{source="files"} ${NOW.getTime() / 1_000}`,
      'spendshift_last_run_duration_seconds{source="aws"} 0.5',
      'spendshift_last_run_duration_seconds{source="files"} 0',
      'spendshift_last_run_duration_seconds{source="cards"} 0.25',
      'spendshift_source_failing{source="aws"} 0',
      'spendshift_source_failing{source="files"} 0',
      'spendshift_source_failing{source="cards"} 1',
      'spendshift_statement_waiting_sources{month="2026-10"} 2',
      `spendshift_agent_tick_timestamp_seconds ${NOW.getTime() / 1_000}`,
      'spendshift_sources_running 2',
    ]);
  });

  it('say when a source is well again, and when a month waits for nothing any more', async () => {
    const served = await serve();
    const { metrics } = served;
    const error = new SourceError({ place: {}, message: 'no' });
    metrics.note({ kind: 'failed', source: 'cards', error, mayPass: false, durationMs: 0 });
    metrics.note({ kind: 'waiting', month: '2026-10' as Month, waitingFor: ['cards: x'] });
    const nothing = { rowCount: 0, rejectedCount: 0, added: 0, changed: 0, removed: 0 };
    const result = { source: 'cards', windowsRead: 0, windowsUnchanged: 1, windowsRemoved: [], ...nothing };
    metrics.note({ kind: 'pulled', source: 'cards', result, durationMs: 0 });
    metrics.note({ kind: 'statement', month: '2026-10' as Month, files: ['2026-10.html'], waitingFor: [] });
    const all = await figures(served);
    expect(all).toContain('spendshift_source_failing{source="cards"} 0');
    expect(all).toContain('spendshift_statement_waiting_sources{month="2026-10"} 0');
  });

  it('know after a restart what the run log says, and forget sources that were taken out', async () => {
    const served = await serve();
    const { metrics } = served;
    const ended = {
      succeededAt: minutesAgo(90),
      endedAt: minutesAgo(60),
      failures: 0,
      failedAt: undefined,
      mayPass: false,
    };
    const failed = { ...ended, failures: 2, failedAt: minutesAgo(5) };
    const never = { succeededAt: undefined, failures: 1, failedAt: minutesAgo(5), mayPass: false };
    metrics.looked(new Map(Object.entries({ aws: ended, cards: failed, new: never })));
    const figure = (minutes: number): number => minutesAgo(minutes).getTime() / 1_000;
    expect((await figures(served)).filter((line) => line.includes('source='))).toEqual([
      `spendshift_last_success_timestamp_seconds{source="aws"} ${figure(60)}`,
      `spendshift_last_success_timestamp_seconds{source="cards"} ${figure(60)}`,
      'spendshift_source_failing{source="aws"} 0',
      'spendshift_source_failing{source="cards"} 1',
      'spendshift_source_failing{source="new"} 1',
    ]);
    metrics.looked(new Map([['aws', ended]]));
    expect((await figures(served)).filter((line) => line.includes('source='))).toEqual([
      `spendshift_last_success_timestamp_seconds{source="aws"} ${figure(60)}`,
      'spendshift_source_failing{source="aws"} 0',
    ]);
  });

  it('count what the requests of a pull cost that failed', async () => {
    const served = await serve();
    const error = new SourceError({ place: {}, message: 'no' });
    const spent = { requestCount: 3, costMicros: 30_000n, costCurrency: 'USD' };
    served.metrics.note({ kind: 'failed', source: 'aws', error, mayPass: true, durationMs: 0, spent });
    const all = await figures(served);
    expect(all).toContain('spendshift_requests_total{source="aws"} 3');
    expect(all).toContain('spendshift_request_cost_total{source="aws",currency="USD"} 0.03');
  });

  it('of two agents in one process are apart', async () => {
    const [one, other] = [await serve(), await serve()];
    one.metrics.ticked(NOW, 3);
    expect(await figures(one)).toContain('spendshift_sources_running 3');
    expect(await figures(other)).toContain('spendshift_sources_running 0');
  });
});

describe('anything else', () => {
  it.each(['/', '/metrics/', '/healthz/x', '/%2e%2e/etc/passwd', '//metrics'])('is not found: %s', async (path) => {
    const { url } = await serve();
    const response = await fetch(`${url}${path}`);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('There are /healthz and /metrics.\n');
  });

  it.each(['POST', 'PUT', 'DELETE'])('is not allowed: %s', async (method) => {
    const { url } = await serve();
    const response = await fetch(`${url}/metrics`, { method });
    expect(response.status).toBe(405);
    expect(await response.text()).toBe('GET only\n');
  });
});

describe('a port that is taken', () => {
  it('is said with what to do', async () => {
    const { url } = await serve();
    const port = Number(new URL(url).port);
    const { registry } = agentMetrics(() => NOW);
    const view = { tickedAt: () => undefined, running: () => [], now: () => NOW };
    const second = serveAgent(registry, view, { host: '127.0.0.1', port });
    await expect(second).rejects.toThrow(OutputError);
    await expect(second).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port} (listen EADDRINUSE: address already in use 127.0.0.1:${port})\n` +
        '  → Name a free port with --port, or with agent.port in spendshift.yaml.',
    );
  });

  it('is free again when the agent ends, also while somebody is connected', async () => {
    const metrics = agentMetrics(() => NOW);
    const view = { tickedAt: () => NOW, running: () => [], now: () => NOW };
    const first = await serveAgent(metrics.registry, view, { host: '127.0.0.1', port: 0 });
    const port = Number(new URL(first.url).port);
    await (await fetch(`${first.url}/healthz`)).text();
    await first.close();
    const second = await serveAgent(metrics.registry, view, { host: '127.0.0.1', port });
    expect((await fetch(`${second.url}/healthz`)).status).toBe(200);
    await second.close();
  });

  it('of a host that is none of this machine is said too', async () => {
    const view = { tickedAt: () => NOW, running: () => [], now: () => NOW };
    const served = serveAgent(agentMetrics(() => NOW).registry, view, { host: '192.0.2.1', port: 0 });
    await expect(served).rejects.toThrow(/cannot listen on 192\.0\.2\.1:0 \(listen EADDRNOTAVAIL/);
  });

  it('has an address that can be opened, of IPv6 as well', async () => {
    const view = { tickedAt: () => NOW, running: () => [], now: () => NOW };
    const served = await serveAgent(agentMetrics(() => NOW).registry, view, { host: '::1', port: 0 });
    onTestFinished(served.close);
    expect(served.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
  });
});
