import type { Connector, ProgressState } from '../connector/contract.js';
import { Secrets } from '../connector/secret.js';
import { decimalDifference, sumDecimals } from '../core/decimal.js';
import { SpendshiftError, type RetryableError } from '../core/errors.js';
import { formatMicros, parseMicros } from '../core/money.js';
import type { ServiceEffects } from '../pull/effects.js';
import { pullReference } from '../pull/reference-run.js';
import { runLogFile, runsBackwards, type RunControlTotal, type RunRecord } from '../pull/run-log.js';
import { priceCurrency, pullLive, type LiveContext, type LiveOutcome, type LiveSource } from '../pull/service-run.js';
import type { SourceSettings } from '../settings/types.js';
import { directoryRemarks } from './known.js';
import { connectorOf, type Session } from './session.js';

/** Connectors that ask a service. */
export type LiveConnector = Exclude<Connector, { readonly feed: 'files' }>;

/** What a pull of live sources needs besides the session. */
export interface LiveOptions {
  readonly progress: (state: ProgressState) => void;
  readonly signal: AbortSignal;
  readonly effects: ServiceEffects;
  /** Told after each window that is in the ledger. */
  readonly onWindow?: (window: string) => void;
}

/** The live connector of a source; undefined when it reads files. */
export function liveConnectorOf(session: Session, source: SourceSettings): LiveConnector | undefined {
  const connector = connectorOf(session, source.connector);
  return connector.feed === 'files' ? undefined : connector;
}

/** A live source as the runner takes it. */
export function liveSource<Of extends LiveConnector>(settings: SourceSettings, connector: Of): LiveSource<Of> {
  const { id, kind, title, fingerprint, since, ceilings } = settings;
  return { id, kind, title, settings: settings.settings, settingsFingerprint: fingerprint, connector, since, ceilings };
}

/** The context of a run of a live source. */
export async function liveContext(
  session: Session,
  source: SourceSettings,
  temporaryFolder: string,
  options: LiveOptions,
): Promise<LiveContext> {
  const { workspace } = session;
  const { effects } = options;
  return {
    workspaceFolder: workspace.folder,
    temporaryFolder,
    effects,
    secrets: new Secrets(effects.environment, workspace.folder),
    archive: workspace.archive,
    // Without a ceiling of the month nothing depends on it, and the run log need not be read.
    spentThisMonthMicros:
      source.ceilings.monthMicros === undefined ? 0n : await spentInMonth(session, source.id, effects.now()),
    progress: options.progress,
    signal: options.signal,
    onWindow: (change) => {
      options.onWindow?.(change.window);
    },
  };
}

/** Pulls a live source, whatever it gives. */
export async function pullLiveSource(
  session: Session,
  settings: SourceSettings,
  connector: LiveConnector,
  temporaryFolder: string,
  options: LiveOptions,
): Promise<LiveOutcome> {
  const context = await liveContext(session, settings, temporaryFolder, options);
  if (connector.feed === 'charges') return pullLive(session.ledger, liveSource(settings, connector), context);
  const outcome = await pullReference(session.ledger, liveSource(settings, connector), context);
  if (connector.feed !== 'people' || outcome.error !== undefined) return outcome;
  const remarks = [...outcome.result.remarks, ...(await directoryRemarks(session, settings.id))];
  return { ...outcome, result: { ...outcome.result, remarks } };
}

/** What the requests of a source cost in the calendar month (UTC) of a moment. */
export async function spentInMonth(session: Session, source: string, moment: Date): Promise<bigint> {
  const month = moment.toISOString().slice(0, 7);
  let spent = 0n;
  for await (const record of runsBackwards(runLogFile(session.workspace.ledgerFile))) {
    // Runs stand in the order in which they ended: one that began last month may stand after some of this one.
    if (record.finishedAt.slice(0, 7) < month) break;
    if (record.source === source && record.startedAt.startsWith(month)) spent += parseMicros(record.cost ?? '0') ?? 0n;
  }
  return spent;
}

/** The part of a run record that tells what a live run did. */
export function liveRecord(
  connector: LiveConnector,
  { result, error }: LiveOutcome,
): Omit<RunRecord, 'source' | 'startedAt' | 'finishedAt' | 'by'> {
  const work = {
    windowsRead: result.windowsRead.length,
    rowCount: result.rowCount,
    rejectedCount: result.rejectedCount,
    added: result.added,
    changed: result.changed,
    removed: result.removed,
    windows: result.windowsRead,
    estimates: result.estimates,
    controlTotals: controlTotals(result.totals),
    requestCount: result.requestCount,
    cost: formatMicros(result.costMicros),
    costCurrency: priceCurrency(connector),
    remarks: result.remarks,
  };
  if (error !== undefined) {
    const notBefore = isPassing(error) ? error.notBefore?.toISOString() : undefined;
    const wish = notBefore === undefined ? {} : { notBefore };
    return { outcome: 'failed', ...work, error: error.message, mayPass: isPassing(error), ...wish };
  }
  const outcome = result.added + result.changed + result.removed > 0 ? 'changed' : 'unchanged';
  return { outcome, ...work };
}

/** Whether a failure may pass by itself. */
export function isPassing(error: unknown): error is RetryableError {
  return error instanceof SpendshiftError && error.name === 'RetryableError';
}

function controlTotals(totals: LiveOutcome['result']['totals']): RunControlTotal[] {
  const currencies = [...new Set(totals.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const own = totals.filter((total) => total.currency === currency);
    const source = sumDecimals(own.map(({ sourceCash }) => sourceCash));
    const ledger = own.reduce((sum, { ledgerCashMicros }) => sum + ledgerCashMicros, 0n);
    return { currency, source, ledger: formatMicros(ledger), difference: decimalDifference(source, ledger) };
  });
}
