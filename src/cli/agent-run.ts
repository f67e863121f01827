import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { schedule } from 'node-cron';

import { Agent, realEffects, statementsFolder, withSession, type AgentEvent, type Session } from '../app.js';
import type { Month } from '../core/period.js';
import type { Statement } from '../statement/types.js';
import { agentLog, logEvent } from './agent-log.js';
import { agentMetrics } from './agent-metrics.js';
import { serveAgent } from './agent-server.js';
import { renderStatement } from './commands/statement.js';
import { writeWhole, type CommandIo } from './io.js';

/** The agent looks every minute whether something is due: schedules, what was missed, what failed, changed settings. */
const HEARTBEAT = '* * * * *';
/** Work that does not end by itself after so long is left to the next start. */
const END_WITHIN_MS = 5_000;
/** Then the process has so long for its last words. */
const EXIT_AFTER_MS = 500;

/** How the agent is to run. */
export interface AgentFlags {
  readonly once?: boolean;
  readonly port?: number;
  readonly host?: string;
}

/** Runs the agent; whether a source failed. */
export async function runAgent(io: CommandIo, folder: string, flags: AgentFlags): Promise<boolean> {
  const effects = realEffects(io.now);
  const log = agentLog({ write: io.print }, io.now);
  const metrics = agentMetrics(io.now);
  let failed = false;
  let tickedAt: Date | undefined;
  const tell = (event: AgentEvent): void => {
    if (event.kind === 'failed' || event.kind === 'trouble') failed = true;
    logEvent(log, event);
    metrics.note(event);
  };
  const { agent: settings } = await withSession(folder, (session) => Promise.resolve(session.workspace));
  const { looked } = metrics;
  const agent = new Agent({ folder, effects, signal: io.signal, tell, looked, writeStatement: writeStatement(io) });
  if (flags.once === true) {
    const done = agent.untilDone();
    await Promise.race([done, ended(io.signal)]);
    // Told to end, it has as long as the other.
    await (io.signal.aborted ? endWithin(done) : done);
    return failed;
  }
  const port = flags.port ?? settings.port;
  const state = { tickedAt: () => tickedAt, running: () => agent.running, now: io.now };
  const server =
    port === undefined
      ? undefined
      : await serveAgent(metrics.registry, state, { host: flags.host ?? settings.host, port });
  log.info({ folder, ...(server === undefined ? {} : { url: server.url }) }, 'agent started');
  const tick = async (): Promise<void> => {
    const isLooking = await agent.tick();
    if (isLooking) tickedAt = io.now();
    metrics.ticked(tickedAt, agent.running.length);
  };
  await tick();
  const heartbeat = schedule(HEARTBEAT, tick, { timezone: 'UTC', noOverlap: true, suppressMissedWarning: true });
  await ended(io.signal);
  await heartbeat.destroy();
  await endWithin(agent.idle());
  await server?.close();
  log.info('agent ended');
  return failed;
}

/** Waits for work that was told to end; what does not end by itself must not keep the process alive. */
async function endWithin(work: Promise<void>): Promise<void> {
  const patience = new Promise<'stuck'>((resolve) => setTimeout(resolve, END_WITHIN_MS, 'stuck').unref());
  const outcome = await Promise.race([work, patience]);
  if (outcome !== 'stuck') return;
  // A connector that does not heed the signal, or a query of DuckDB, for which `process.exit` would wait. The ledger is
  // whole after a kill: what is not in it yet is read again.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), EXIT_AFTER_MS).unref();
}

async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}

/** Writes the forms of a statement that the workspace wants, each whole or not at all. */
function writeStatement(io: CommandIo) {
  const plain: CommandIo = { ...io, terminal: { ...io.terminal, color: false } };
  return async (session: Session, month: Month, statement: Statement): Promise<readonly string[]> => {
    const folder = statementsFolder(session);
    await mkdir(folder, { recursive: true });
    const files: string[] = [];
    for (const format of session.workspace.agent.statements.formats) {
      const file = `${month}.${format === 'text' ? 'txt' : format}`;
      await writeWhole(join(folder, file), await renderStatement(statement, format, plain));
      files.push(file);
    }
    return files;
  };
}
