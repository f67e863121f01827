import type { ProgressState } from '../connector/contract.js';
import { DataError, SpendshiftError } from '../core/errors.js';
import type { Month } from '../core/period.js';
import { dueSources, retryWaitMs, sourceHistories, type DueReason, type SourceHistory } from '../pull/agent-plan.js';
import type { ServiceEffects } from '../pull/effects.js';
import { withLease } from '../pull/lease.js';
import { nextOccurrence } from '../pull/occurrences.js';
import { runLogFile, runsBackwards } from '../pull/run-log.js';
import { withTemporaryFolder } from '../pull/temporary.js';
import type { SourceSettings } from '../settings/types.js';
import type { Statement } from '../statement/types.js';
import { ensureConverted, loadRates } from './convert.js';
import { ensureDecided } from './decide.js';
import { isPassing } from './live.js';
import { pullOne, type SourceResult, type Spent } from './pull.js';
import { connectorOf, withSession, type Session } from './session.js';
import { dueStatements, noteStatement, type StatementDue } from './statements-due.js';
import { makeStatement } from './statement.js';

/** Sources pulled side by side; a service answers slowly, and one machine's disk takes one writer. */
export const SOURCES_AT_ONCE = 4;

/** Lease under which statements are written; no source can have this id. */
const STATEMENTS = ':statements';
/** Statements are looked at again after each pull, and at least so often. */
const SETTLE_EVERY_MS = 60 * 60_000;

/** Failures in a row of one source, as this process saw them. */
interface Failures {
  /** When the latest run began. */
  readonly startedMs: number;
  readonly count: number;
}

/** What the agent tells of, as it happens. Each has its own words in log and metrics. */
export type AgentEvent =
  | { readonly kind: 'started'; readonly source: string; readonly reason: DueReason }
  | { readonly kind: 'window'; readonly source: string; readonly window: string }
  | { readonly kind: 'pulled'; readonly source: string; readonly result: SourceResult; readonly durationMs: number }
  | {
      readonly kind: 'failed';
      readonly source: string;
      readonly error: SpendshiftError;
      readonly mayPass: boolean;
      readonly durationMs: number;
      /** What its requests came to before it failed. */
      readonly spent?: Spent;
    }
  | {
      readonly kind: 'statement';
      readonly month: Month;
      readonly files: readonly string[];
      readonly waitingFor: readonly string[];
    }
  | { readonly kind: 'waiting'; readonly month: Month; readonly waitingFor: readonly string[] }
  | { readonly kind: 'trouble'; readonly of: 'workspace' | 'statement'; readonly error: SpendshiftError };

export interface AgentOptions {
  /** Folder of the workspace. */
  readonly folder: string;
  readonly effects: ServiceEffects;
  readonly signal: AbortSignal;
  readonly tell: (event: AgentEvent) => void;
  readonly progress?: (state: ProgressState) => void;
  /** Told at each look for work what the run log says of each source of the workspace. */
  readonly looked?: (histories: ReadonlyMap<string, SourceHistory>) => void;
  /** Writes a statement into the workspace's folder of statements; the names of the files. */
  readonly writeStatement: (session: Session, month: Month, statement: Statement) => Promise<readonly string[]>;
}

/**
 * The scheduled agent. It has no memory of its own: what is due follows from the workspace, the run log and the clock, so
 * that it can be stopped at any moment, started anywhere, and run twice.
 */
export class Agent {
  readonly #options: AgentOptions;
  readonly #running = new Map<string, Promise<void>>();
  /** Failures that the run log may not have, because it cannot be written: without it a source would be due all the time. */
  readonly #failures = new Map<string, Failures>();
  #settling: Promise<void> = Promise.resolve();
  #lastTold = '';
  #lastWaiting = '';
  #settledMs = Number.NEGATIVE_INFINITY;
  #settleWaits = false;

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /** Sources being pulled now. */
  get running(): readonly string[] {
    return [...this.#running.keys()];
  }

  /**
   * Starts what is due now, and does not wait for it. Reads the workspace anew, so that changes of it take effect. A
   * workspace that cannot be read is told of, and looked at again the next time.
   *
   * @returns whether it could see what is due.
   */
  async tick(): Promise<boolean> {
    const { effects, signal, folder, tell, looked = () => undefined } = this.#options;
    if (signal.aborted) return false;
    let couldLook = false;
    try {
      await withSession(folder, async (session) => {
        const { workspace } = session;
        const sources = knowledgeFirst(session).map((source) => ({ id: source.id, schedule: scheduleOf(source) }));
        const records = runsBackwards(runLogFile(workspace.ledgerFile));
        const histories = await sourceHistories(
          sources.map(({ id }) => id),
          records,
        );
        looked(histories);
        for (const { source, reason } of dueSources(effects.now(), sources, histories)) {
          if (this.#running.size >= SOURCES_AT_ONCE) break;
          if (this.#running.has(source) || this.#mustWait(source, histories.get(source))) continue;
          this.#start(source, reason);
        }
      });
      this.#lastTold = '';
      couldLook = true;
    } catch (error) {
      const trouble = toldOf(error);
      // The same trouble every minute is told once.
      if (trouble.message !== this.#lastTold) tell({ kind: 'trouble', of: 'workspace', error: trouble });
      this.#lastTold = trouble.message;
    }
    const sinceMs = effects.now().getTime() - this.#settledMs;
    if (this.#running.size === 0 && Math.abs(sinceMs) >= SETTLE_EVERY_MS) this.#settle();
    return couldLook;
  }

  /** Waits until nothing is being pulled, decided or written. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
    await this.#settling;
  }

  /** Runs until nothing is due any more: for `--once`. */
  async untilDone(): Promise<void> {
    for (;;) {
      await this.tick();
      if (this.#running.size === 0) break;
      await Promise.race(this.#running.values());
    }
    await this.idle();
  }

  #start(source: string, reason: DueReason): void {
    this.#options.tell({ kind: 'started', source, reason });
    const run = this.#run(source).finally(() => {
      this.#running.delete(source);
      this.#settle();
    });
    this.#running.set(source, run);
  }

  /** Whether a source failed a short time ago and the run log does not know of it. */
  #mustWait(source: string, history: SourceHistory | undefined): boolean {
    const failed = this.#failures.get(source);
    if (failed === undefined) return false;
    const isKnown = [history?.failedAt, history?.succeededAt].some(
      (at) => at !== undefined && at.getTime() >= failed.startedMs,
    );
    const sinceMs = this.#options.effects.now().getTime() - failed.startedMs;
    return !isKnown && sinceMs >= 0 && sinceMs < retryWaitMs(failed.count);
  }

  /** Pulls one source on a connection of its own to the ledger. */
  async #run(id: string): Promise<void> {
    const { effects, signal, folder, tell, progress = () => undefined } = this.#options;
    const startedMs = effects.now().getTime();
    const durationMs = (): number => effects.now().getTime() - startedMs;
    let spent: Spent | undefined;
    try {
      await withSession(folder, async (session) => {
        const source = session.workspace.sources.find((entry) => entry.id === id);
        if (source === undefined) return;
        const onWindow = (window: string): void => {
          tell({ kind: 'window', source: id, window });
        };
        const options = { progress, signal, now: effects.now, effects, by: 'agent' as const, onWindow };
        const outcome = await withTemporaryFolder((temporary) => pullOne(session, source, temporary, options));
        if ('error' in outcome) {
          spent = outcome.spent;
          throw outcome.error;
        }
        this.#failures.delete(id);
        tell({ kind: 'pulled', source: id, result: outcome.result, durationMs: durationMs() });
      });
    } catch (error) {
      if (signal.aborted) return;
      this.#failures.set(id, { startedMs, count: (this.#failures.get(id)?.count ?? 0) + 1 });
      const told = { source: id, error: toldOf(error), mayPass: isPassing(error), durationMs: durationMs() };
      tell({ kind: 'failed', ...told, ...(spent === undefined ? {} : { spent }) });
    }
  }

  /** Brings decisions and conversions in step, then writes the statements that can be written; one at a time. */
  #settle(): void {
    this.#settledMs = this.#options.effects.now().getTime();
    // One that waits for its turn sees all that is in the ledger by then.
    if (this.#settleWaits) return;
    this.#settleWaits = true;
    this.#settling = this.#settling.then(() => {
      this.#settleWaits = false;
      return this.#settleNow();
    });
  }

  async #settleNow(): Promise<void> {
    const { signal, folder, tell } = this.#options;
    if (signal.aborted) return;
    try {
      await withSession(folder, async (session) => {
        if ((await session.ledger.monthRange()) === undefined) return;
        // One agent at a time; what another does is done.
        await withLease(session.ledger, STATEMENTS, this.#options.effects, async () => {
          await ensureDecided(session);
          await ensureConverted(session, await loadRates(session));
          await this.#writeStatements(session);
        }).catch(unlessRunningElsewhere);
      });
    } catch (error) {
      tell({ kind: 'trouble', of: 'statement', error: toldOf(error) });
    }
  }

  async #writeStatements(session: Session): Promise<void> {
    const { effects, tell, writeStatement } = this.#options;
    const all = await dueStatements(session, effects.now());
    const waiting = all.filter(({ write }) => !write);
    const state = JSON.stringify(waiting.map(({ month, waitingFor }) => [month, waitingFor]));
    // What a month waits for is told when it changes.
    if (state !== this.#lastWaiting) {
      for (const { month, waitingFor } of waiting) tell({ kind: 'waiting', month, waitingFor });
    }
    this.#lastWaiting = state;
    for (const due of all.filter(({ write }) => write)) {
      const statement = await makeStatement(session, monthlyStatement(due));
      const files = await writeStatement(session, due.month, statement);
      await noteStatement(session, due, effects.now());
      tell({ kind: 'statement', month: due.month, files, waitingFor: due.waitingFor });
    }
  }
}

/** A failure that nobody foresaw is told like any other: an agent that is left alone for years goes on. */
function toldOf(error: unknown): SpendshiftError {
  if (error instanceof SpendshiftError) return error;
  const message = `something unforeseen happened: ${error instanceof Error ? error.message : String(error)}`;
  return new DataError(
    { place: {}, message, hint: 'This is a mistake of Spendshift: please report it.' },
    { cause: error },
  );
}

/** The lease refuses with an error that may pass; here there is nothing to wait for. */
function unlessRunningElsewhere(error: unknown): void {
  if (!isPassing(error)) throw error;
}

function monthlyStatement({ periods }: StatementDue): Parameters<typeof makeStatement>[1] {
  return { periods, basis: 'cash', view: 'owner', asToday: false };
}

/** When a source is pulled. */
export function scheduleOf({ schedule, timeZone }: SourceSettings): { expression: string; timeZone: string } {
  return { expression: schedule, timeZone };
}

/** The next time of every source, by id. */
export function nextRuns(session: Session, now: Date): ReadonlyMap<string, Date | undefined> {
  return new Map(session.workspace.sources.map((source) => [source.id, nextOccurrence(scheduleOf(source), now)]));
}

/** The sources in the order in which they begin: rates, people and applications first, for statements of charges need them. */
function knowledgeFirst(session: Session): SourceSettings[] {
  const givesCharges = ({ connector }: SourceSettings): boolean => {
    const { feed } = connectorOf(session, connector);
    return feed === 'files' || feed === 'charges';
  };
  const { sources } = session.workspace;
  return [...sources.filter((source) => !givesCharges(source)), ...sources.filter(givesCharges)];
}
