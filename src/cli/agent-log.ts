import { pino, type DestinationStream, type Logger } from 'pino';

import type { AgentEvent } from '../app.js';
import { formatMicros } from '../core/money.js';

/** The agent's log: a JSON line for each thing that happens, on standard output. */
export function agentLog(destination: DestinationStream, now: () => Date): Logger {
  return pino(
    {
      base: { name: 'spendshift' },
      timestamp: () => `,"time":"${now().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

/** Writes an event into the log. Errors come with their text alone, from which every secret was taken out. */
export function logEvent(log: Logger, event: AgentEvent): void {
  switch (event.kind) {
    case 'started':
      log.info({ source: event.source, reason: event.reason }, 'pull started');
      return;
    case 'window':
      log.info({ source: event.source, window: event.window }, 'window read');
      return;
    case 'pulled': {
      const { rowCount, rejectedCount, added, changed, removed, live } = event.result;
      const counts = { rowCount, rejectedCount, added, changed, removed, durationMs: event.durationMs };
      log.info({ source: event.source, ...counts, ...costOf(live) }, 'pull done');
      for (const remark of live?.remarks ?? []) log.warn({ source: event.source }, remark);
      return;
    }
    case 'failed': {
      const { source, mayPass, durationMs, error, spent } = event;
      const next = mayPass ? 'it is tried again' : 'somebody must act';
      log.error({ source, mayPass, durationMs, ...costOf(spent), error: error.message }, `pull failed; ${next}`);
      return;
    }
    case 'statement':
      log.info(
        { month: event.month, files: event.files, waitingFor: event.waitingFor },
        statementText(event.waitingFor),
      );
      return;
    case 'waiting':
      log.info({ month: event.month, waitingFor: event.waitingFor }, 'statement waits for sources');
      return;
    case 'trouble':
      log.error({ error: event.error.message }, TROUBLES[event.of]);
      return;
  }
}

type Spent = Extract<AgentEvent, { kind: 'failed' }>['spent'];

function costOf(spent: Spent): object {
  if (spent === undefined) return {};
  const { requestCount, costMicros, costCurrency } = spent;
  return { requestCount, cost: formatMicros(costMicros), costCurrency };
}

const TROUBLES = {
  workspace: 'the workspace cannot be used; it is looked at again every minute',
  statement: 'no statement can be made; it is tried again after the next pull, and every hour',
} as const;

function statementText(waitingFor: readonly string[]): string {
  return waitingFor.length === 0 ? 'statement written' : 'statement written although sources are incomplete';
}
