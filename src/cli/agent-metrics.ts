import { Counter, Gauge, Registry } from 'prom-client';

import type { AgentEvent, SourceHistory } from '../app.js';
import { MICROS_PER_UNIT } from '../core/money.js';

/** What the agent counts for Prometheus. */
export interface AgentMetrics {
  readonly registry: Registry;
  readonly note: (event: AgentEvent) => void;
  /** What the run log says of each source: figures outlive a restart, and those of sources that were taken out go. */
  readonly looked: (histories: ReadonlyMap<string, SourceHistory>) => void;
  /** @param at when the agent last could look for work */
  readonly ticked: (at: Date | undefined, running: number) => void;
}

/** Metrics of one agent, in a registry of its own. */
export function agentMetrics(now: () => Date): AgentMetrics {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ['source'] as const;
  const counter = <Label extends string>(name: string, help: string, labels: readonly Label[]): Counter<Label> =>
    new Counter({ name: `spendshift_${name}`, help, labelNames: labels, registers });
  const gauge = <Label extends string>(name: string, help: string, labels: readonly Label[]): Gauge<Label> =>
    new Gauge({ name: `spendshift_${name}`, help, labelNames: labels, registers });
  const runs = counter('runs_total', 'Pulls that ended, by outcome.', ['source', 'outcome'] as const);
  const rows = counter('rows_total', 'Rows read.', labelNames);
  const rejected = counter('rejected_rows_total', 'Rows that could not be read.', labelNames);
  const requests = counter('requests_total', 'Requests to services.', labelNames);
  const cost = counter('request_cost_total', 'Price of the requests.', ['source', 'currency'] as const);
  const succeededAt = gauge('last_success_timestamp_seconds', 'When a pull last came to its end.', labelNames);
  const duration = gauge('last_run_duration_seconds', 'How long the last pull took.', labelNames);
  const failing = gauge('source_failing', '1 while the last pull of the source failed.', labelNames);
  const waiting = gauge('statement_waiting_sources', 'Sources that the statement of a month waits for.', [
    'month',
  ] as const);
  const tickedAt = gauge('agent_tick_timestamp_seconds', 'When the agent last looked for work.', []);
  const running = gauge('sources_running', 'Sources being pulled now.', []);
  const seconds = (moment: Date): number => Math.floor(moment.getTime() / 1_000);
  const ended = (source: string, outcome: 'done' | 'failed', durationMs: number): void => {
    runs.inc({ source, outcome });
    duration.set({ source }, durationMs / 1_000);
    failing.set({ source }, outcome === 'failed' ? 1 : 0);
  };
  const paid = (source: string, spent: Extract<AgentEvent, { kind: 'failed' }>['spent']): void => {
    if (spent === undefined) return;
    const { requestCount, costMicros, costCurrency } = spent;
    requests.inc({ source }, requestCount);
    // Prometheus has floats alone; what a statement says is made of the run log's exact figures.
    cost.inc({ source, currency: costCurrency }, Number(costMicros) / Number(MICROS_PER_UNIT));
  };
  const known = new Set<string>();
  return {
    registry,
    looked: (histories) => {
      for (const source of [...known].filter((name) => !histories.has(name))) {
        for (const each of [succeededAt, duration, failing]) each.remove({ source });
        known.delete(source);
      }
      for (const [source, { endedAt, failures }] of histories) {
        known.add(source);
        if (endedAt !== undefined) succeededAt.set({ source }, seconds(endedAt));
        failing.set({ source }, failures > 0 ? 1 : 0);
      }
    },
    ticked: (at, count) => {
      if (at !== undefined) tickedAt.set(seconds(at));
      running.set(count);
    },
    note: (event) => {
      if (event.kind === 'pulled') {
        const { source, result } = event;
        ended(source, 'done', event.durationMs);
        succeededAt.set({ source }, seconds(now()));
        rows.inc({ source }, result.rowCount);
        rejected.inc({ source }, result.rejectedCount);
        paid(source, result.live);
      } else if (event.kind === 'failed') {
        ended(event.source, 'failed', event.durationMs);
        paid(event.source, event.spent);
      } else if (event.kind === 'waiting' || event.kind === 'statement') {
        waiting.set({ month: event.month }, event.waitingFor.length);
      }
    },
  };
}
