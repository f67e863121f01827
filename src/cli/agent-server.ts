import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Registry } from 'prom-client';

import { OutputError } from '../core/errors.js';

/** An agent that has not looked for work for so long is not well. */
const TICK_AGE_MAX_MS = 5 * 60_000;

export interface AgentState {
  /** When the agent last looked for work; undefined before the first time. */
  readonly tickedAt: () => Date | undefined;
  readonly running: () => readonly string[];
  readonly now: () => Date;
}

/**
 * Serves `/healthz` and `/metrics` until it is closed; port 0 takes any free one.
 *
 * @throws OutputError when the port cannot be had.
 */
export async function serveAgent(
  registry: Registry,
  state: AgentState,
  address: { readonly host: string; readonly port: number },
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    if (request.method !== 'GET') send(405, 'text/plain', 'GET only\n');
    else if (path === '/healthz') {
      const health = healthOf(state);
      send(health.status === 'ok' ? 200 : 503, 'application/json', `${JSON.stringify(health)}\n`);
    } else if (path === '/metrics') {
      void registry.metrics().then((text) => {
        send(200, registry.contentType, text);
      });
    } else send(404, 'text/plain', 'There are /healthz and /metrics.\n');
  });
  await listen(server, address);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Health {
  readonly status: 'ok' | 'stalled';
  readonly lookedForWorkAt: string | null;
  readonly running: readonly string[];
}

function healthOf({ tickedAt, running, now }: AgentState): Health {
  const last = tickedAt();
  const status = last !== undefined && now().getTime() - last.getTime() <= TICK_AGE_MAX_MS ? 'ok' : 'stalled';
  return { status, lookedForWorkAt: last?.toISOString() ?? null, running: running() };
}

async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: Error) => {
      const hint = 'Name a free port with --port, or with agent.port in spendshift.yaml.';
      reject(
        new OutputError({ place: {}, message: `cannot listen on ${host}:${port} (${cause.message})`, hint }, { cause }),
      );
    });
    server.listen(port, host, resolve);
  });
}
