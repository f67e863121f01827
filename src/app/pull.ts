import type { FileConnector, ProgressState } from '../connector/contract.js';
import { OutputError, SettingsError, SpendshiftError } from '../core/errors.js';
import { appendRun, runLogFile, type RunRecord } from '../pull/run-log.js';
import { realEffects, type ServiceEffects } from '../pull/effects.js';
import { pullSource, type PullResult } from '../pull/run.js';
import { asError, priceCurrency } from '../pull/service-run.js';
import { withTemporaryFolder } from '../pull/temporary.js';
import type { SourceSettings } from '../settings/types.js';
import { ensureConverted, loadRates } from './convert.js';
import { ensureDecided, type DecideResult } from './decide.js';
import { idleRules, type IdleReport } from './idle.js';
import { isPassing, liveRecord, pullLiveSource, type LiveConnector } from './live.js';
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
  /** Clock, waits, environment and chance of live sources; those of the process where nothing else is said. */
  readonly effects?: ServiceEffects;
  readonly by?: 'hand' | 'agent';
  /** Told after each window of a live source that is in the ledger. */
  readonly onWindow?: (window: string) => void;
}

/** What the requests of a live source came to. */
export interface Spent {
  readonly requestCount: number;
  readonly costMicros: bigint;
  readonly costCurrency: string;
}

/** What a pull of one source did. */
export interface SourceResult extends PullResult {
  /** Of a live source: what its requests came to, and what is worth a look. */
  readonly live?: Spent & {
    readonly estimates: readonly string[];
    readonly remarks: readonly string[];
  };
}

/** What a pull of a workspace did. */
export interface WorkspacePull {
  readonly results: readonly SourceResult[];
  /** Sources that could not be read, with the months or files of them that were. */
  readonly failures: readonly {
    readonly source: string;
    readonly error: SpendshiftError;
    readonly windowsRead: number;
  }[];
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
  const failures: { source: string; error: SpendshiftError; windowsRead: number }[] = [];
  await withTemporaryFolder(async (temporaryFolder) => {
    for (const source of chosen) {
      const outcome = await pullOne(session, source, temporaryFolder, options);
      if ('error' in outcome) {
        const { error, windowsRead } = outcome;
        failures.push({ source: source.id, error, windowsRead });
      } else results.push(outcome.result);
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
    failures.push({ source: RATES_FAILURE, error, windowsRead: 0 });
  }
  return { results, failures, removedSources, decided, idle: await idleRules(session) };
}

/** Pulls one source and writes its run into the log. What is thrown is a bug or a broken ledger. */
export async function pullOne(
  session: Session,
  settings: SourceSettings,
  temporaryFolder: string,
  options: Omit<PullOptions, 'sources'>,
): Promise<{ result: SourceResult } | { error: SpendshiftError; windowsRead: number; spent?: Spent }> {
  const startedAt = options.now().toISOString();
  const connector = connectorOf(session, settings.connector);
  const { record, ...outcome } =
    connector.feed === 'files'
      ? await pullFiles(session, settings, connector, temporaryFolder, options)
      : await pullService(session, settings, connector, temporaryFolder, options);
  const finishedAt = options.now().toISOString();
  const by = options.by ?? 'hand';
  await logRun(session, { source: settings.id, startedAt, finishedAt, by, ...record });
  if (outcome.error === undefined) return { result: outcome.result };
  const spent = outcome.spent === undefined ? {} : { spent: outcome.spent };
  if (isOfSource(outcome.error)) return { error: outcome.error, windowsRead: record.windowsRead, ...spent };
  throw outcome.error;
}

/** @throws OutputError when the run log cannot be written. */
async function logRun({ workspace }: Session, record: RunRecord): Promise<void> {
  const file = runLogFile(workspace.ledgerFile);
  try {
    await appendRun(file, record);
  } catch (cause) {
    const message = `the run log cannot be written (${asError(cause).message}); what was pulled stays in the ledger`;
    const hint = 'Make room on the disk, or give yourself the right to write to the file and its folder.';
    throw new OutputError({ place: { file }, message, hint }, { cause });
  }
}

/** What the run log says of a run that was told to end. */
const STOPPED = 'It was told to end. What it had read stays; the next pull goes on there.';

type Record = Omit<RunRecord, 'source' | 'startedAt' | 'finishedAt' | 'by'>;
type Outcome = { readonly record: Record } &
  // Anything but a SpendshiftError ends the whole pull, after what was done is in the log.
  ({ readonly result: SourceResult; readonly error?: undefined } | { readonly error: Error; readonly spent?: Spent });

/** Errors that leave the other sources as they are; all others end the pull. */
function isOfSource(error: unknown): error is SpendshiftError {
  return error instanceof SpendshiftError && error.name !== 'LedgerError';
}

async function pullFiles(
  session: Session,
  settings: SourceSettings,
  connector: FileConnector,
  temporaryFolder: string,
  options: Omit<PullOptions, 'sources'>,
): Promise<Outcome> {
  const { id, kind, title, fingerprint: settingsFingerprint } = settings;
  const source = { id, kind, title, settings: settings.settings, settingsFingerprint, connector };
  try {
    const result = await pullSource(session.ledger, source, {
      workspaceFolder: session.workspace.folder,
      temporaryFolder,
      progress: options.progress,
      signal: options.signal,
    });
    const { windowsRead, rowCount, rejectedCount, added, changed, removed } = result;
    const outcome = added + changed + removed > 0 || windowsRead > 0 ? 'changed' : 'unchanged';
    return { result, record: { outcome, windowsRead, rowCount, rejectedCount, added, changed, removed } };
  } catch (thrown) {
    if (options.signal.aborted) throw thrown;
    // Whatever it was, the log has it: a run without a record is due again at once, for ever.
    const error = asError(thrown);
    const nothing = { windowsRead: 0, rowCount: 0, rejectedCount: 0, added: 0, changed: 0, removed: 0 };
    return { error, record: { outcome: 'failed', ...nothing, error: error.message, mayPass: isPassing(error) } };
  }
}

async function pullService(
  session: Session,
  settings: SourceSettings,
  connector: LiveConnector,
  temporaryFolder: string,
  { progress, signal, now, effects = realEffects(now), onWindow }: Omit<PullOptions, 'sources'>,
): Promise<Outcome> {
  const live = { progress, signal, effects, ...(onWindow === undefined ? {} : { onWindow }) };
  const outcome = await pullLiveSource(session, settings, connector, temporaryFolder, live);
  // An error that says nothing but that it was told to end.
  const isEnd = outcome.error !== undefined && !(outcome.error instanceof SpendshiftError);
  const stopped = signal.aborted ? { stopped: true, ...(isEnd ? { error: STOPPED } : {}) } : {};
  const record = { ...liveRecord(connector, outcome), ...stopped };
  const { windowsRead, estimates, requestCount, costMicros, remarks } = outcome.result;
  const spent = { requestCount, costMicros, costCurrency: priceCurrency(connector) };
  if (outcome.error !== undefined) return { error: outcome.error, record, spent };
  const { source, rowCount, rejectedCount, added, changed, removed } = outcome.result;
  const counts = { source, rowCount, rejectedCount, added, changed, removed };
  const costs = { ...spent, estimates, remarks };
  return {
    record,
    result: { ...counts, windowsRead: windowsRead.length, windowsUnchanged: 0, windowsRemoved: [], live: costs },
  };
}

/** Sources taken out of spendshift.yaml leave the ledger as well: it says what its sources say, no more. */
async function removeForgotten(session: Session): Promise<{ source: string; charges: number }[]> {
  const configured = new Set(session.workspace.sources.map((source) => source.id));
  const removed: { source: string; charges: number }[] = [];
  for (const name of await session.ledger.sourceNames()) {
    if (!configured.has(name)) removed.push({ source: name, charges: await session.ledger.removeSource(name) });
  }
  for (const { source } of await session.ledger.services.referenceSources()) {
    if (configured.has(source)) continue;
    await session.ledger.services.forgetReferences(source);
    removed.push({ source, charges: 0 });
  }
  return removed;
}
