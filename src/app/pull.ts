import type { ProgressState } from '../connector/contract.js';
import { SettingsError, SpendshiftError } from '../core/errors.js';
import { appendRun, runLogFile, type RunRecord } from '../pull/run-log.js';
import { pullSource, type PullResult, type SourceToPull } from '../pull/run.js';
import { withTemporaryFolder } from '../pull/temporary.js';
import type { SourceSettings } from '../settings/types.js';
import { ensureConverted, loadRates } from './convert.js';
import { ensureDecided, type DecideResult } from './decide.js';
import { idleRules, type IdleReport } from './idle.js';
import { connectorOf, type Session } from './session.js';
import { configuredSources } from './sources.js';

/** Stands for the rates among the sources that failed. */
export const RATES_FAILURE = 'rates';

export interface PullOptions {
  /** Ids of the sources to pull; all when empty. */
  readonly sources: readonly string[];
  readonly progress: (state: ProgressState) => void;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** What a pull of a workspace did. */
export interface WorkspacePull {
  readonly results: readonly PullResult[];
  readonly failures: readonly { readonly source: string; readonly error: SpendshiftError }[];
  /** Sources that the workspace no longer has, with the charges that went with them. */
  readonly removedSources: readonly { readonly source: string; readonly charges: number }[];
  readonly decided: DecideResult;
  /** Rules and decisions that do nothing. */
  readonly idle: IdleReport;
}

/**
 * Pulls the sources of a workspace one after the other, then brings decisions and conversions in step. A source that
 * fails stays as it was and does not hold up the others.
 *
 * @throws UsageError for a source that is not configured, LedgerError when the ledger cannot be written.
 */
export async function pullWorkspace(session: Session, options: PullOptions): Promise<WorkspacePull> {
  const chosen = configuredSources(session, options.sources);
  const results: PullResult[] = [];
  const failures: { source: string; error: SpendshiftError }[] = [];
  await withTemporaryFolder(async (temporaryFolder) => {
    for (const source of chosen) {
      const outcome = await pullOne(session, source, temporaryFolder, options);
      if ('error' in outcome) failures.push({ source: source.id, error: outcome.error });
      else results.push(outcome.result);
    }
  });
  const removedSources = options.sources.length === 0 ? await removeForgotten(session) : [];
  options.progress({ step: 'deciding', rows: 0 });
  const decided = await ensureDecided(session);
  try {
    await ensureConverted(session, await loadRates(session));
  } catch (error) {
    // What was pulled stays pulled; the rates are reported beside it.
    if (!(error instanceof SettingsError)) throw error;
    failures.push({ source: RATES_FAILURE, error });
  }
  return { results, failures, removedSources, decided, idle: await idleRules(session) };
}

function sourceToPull(settings: SourceSettings): SourceToPull {
  return {
    id: settings.id,
    kind: settings.kind,
    title: settings.title,
    settings: settings.settings,
    settingsFingerprint: settings.fingerprint,
    connector: connectorOf(settings.connector),
  };
}

async function pullOne(
  session: Session,
  settings: SourceSettings,
  temporaryFolder: string,
  options: PullOptions,
): Promise<{ result: PullResult } | { error: SpendshiftError }> {
  const { workspace, ledger } = session;
  const startedAt = options.now().toISOString();
  const log = async (record: Omit<RunRecord, 'source' | 'startedAt' | 'finishedAt'>): Promise<void> => {
    const finishedAt = options.now().toISOString();
    await appendRun(runLogFile(workspace.ledgerFile), { source: settings.id, startedAt, finishedAt, ...record });
  };
  try {
    const result = await pullSource(ledger, sourceToPull(settings), {
      workspaceFolder: workspace.folder,
      temporaryFolder,
      progress: options.progress,
      signal: options.signal,
    });
    const changed = result.added + result.changed + result.removed > 0 || result.windowsRead > 0;
    const { windowsRead, rowCount, rejectedCount, added, changed: changedCount, removed } = result;
    const outcome = changed ? 'changed' : 'unchanged';
    await log({ outcome, windowsRead, rowCount, rejectedCount, added, changed: changedCount, removed });
    return { result };
  } catch (error) {
    if (!(error instanceof SpendshiftError) || error.name === 'LedgerError') throw error;
    const nothing = { windowsRead: 0, rowCount: 0, rejectedCount: 0, added: 0, changed: 0, removed: 0 };
    await log({ outcome: 'failed', ...nothing, error: error.message });
    return { error };
  }
}

/** Sources taken out of spendshift.yaml leave the ledger as well: it says what its sources say, no more. */
async function removeForgotten(session: Session): Promise<{ source: string; charges: number }[]> {
  const configured = new Set(session.workspace.sources.map((source) => source.id));
  const removed: { source: string; charges: number }[] = [];
  for (const name of await session.ledger.sourceNames()) {
    if (!configured.has(name)) removed.push({ source: name, charges: await session.ledger.removeSource(name) });
  }
  return removed;
}
