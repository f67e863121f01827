import { decimalDifference, sumDecimals } from '../core/decimal.js';
import { hintAmong } from '../core/closest.js';
import { UsageError } from '../core/errors.js';
import { addMonths, monthsOf, type Month, type Period } from '../core/period.js';
import type { SourceKind } from '../core/charge.js';
import type { SourceReport } from '../ledger/reads.js';
import type { ReferenceSource } from '../ledger/references.js';
import { lastRuns, runLogFile, type RunRecord } from '../pull/run-log.js';
import type { SourceNote } from '../statement/types.js';
import type { SourceSettings } from '../settings/types.js';
import { directoryRemarks } from './known.js';
import { whyIncomplete } from './live-months.js';
import { connectorOf, type Session } from './session.js';

/** A source as `spendshift sources` shows it. */
export interface SourceStatus extends SourceNote {
  readonly files: readonly string[];
  readonly windows: readonly string[];
  readonly chargeCount: number;
  readonly lineCount: number;
  /** Undefined when it was never pulled. */
  readonly lastRun: RunRecord | undefined;
  /** False for a source that is configured and was never pulled with success. */
  readonly inLedger: boolean;
}

/**
 * State of every configured source, or of one, in the order of the workspace.
 *
 * @throws UsageError for a source that is not configured.
 */
export async function sourceStatuses(session: Session, only: string | undefined): Promise<SourceStatus[]> {
  const { workspace, ledger } = session;
  const wanted = configuredSources(session, only === undefined ? [] : [only]);
  const reports = new Map((await ledger.sources()).map((report) => [report.source, report]));
  const references = new Map((await ledger.services.referenceSources()).map((entry) => [entry.source, entry]));
  const runs = await lastRuns(runLogFile(workspace.ledgerFile));
  const statuses: SourceStatus[] = [];
  for (const source of wanted) {
    const report = reports.get(source.id);
    const reference = references.get(source.id);
    const lastRun = runs.get(source.id);
    const note =
      report === undefined
        ? { ...emptyNote(source, lastRun), ...(reference === undefined ? {} : referenceNote(reference, lastRun)) }
        : noteOf(report, lastRun, report.monthsWithCharges.length === 0 ? [] : [wholePeriod(report)]);
    const beside = reference?.feed === 'people' ? await directoryRemarks(session, source.id) : [];
    statuses.push({
      ...note,
      remarks: [...note.remarks, ...beside],
      files: report?.files ?? [],
      windows: report?.windows ?? [],
      chargeCount: report?.chargeCount ?? 0,
      lineCount: report?.lineCount ?? 0,
      lastRun,
      inLedger: (report ?? reference) !== undefined,
    });
  }
  return statuses;
}

/**
 * The configured sources with these ids; all when none is named.
 *
 * @throws UsageError for an id that is not configured.
 */
export function configuredSources(session: Session, ids: readonly string[]): readonly SourceSettings[] {
  const known = session.workspace.sources;
  const unknown = ids.filter((id) => !known.some((source) => source.id === id));
  const [first] = unknown;
  if (first !== undefined) {
    throw new UsageError({
      place: { source: unknown.join(', ') },
      message: 'there is no such source in spendshift.yaml',
      hint: hintAmong(
        first,
        known.map((source) => source.id),
        'Its sources are',
      ),
    });
  }
  return ids.length === 0 ? known : known.filter((source) => ids.includes(source.id));
}

/** The note of a source of which the ledger holds nothing. */
function emptyNote(source: SourceSettings, lastRun: RunRecord | undefined): SourceNote {
  return {
    source: source.id,
    title: source.title,
    kind: source.kind,
    state: lastRun?.outcome === 'failed' ? 'failed' : 'never-pulled',
    rowCount: 0,
    rejectedCount: 0,
    skippedCount: 0,
    controlTotals: [],
    months: undefined,
    missingMonths: [],
    remarks: [],
  };
}

/** What is known of a source without charges: its items count as rows. */
function referenceNote(reference: ReferenceSource, lastRun: RunRecord | undefined): Partial<SourceNote> {
  const { itemCount, rejectedCount, remarks } = reference;
  const state = lastRun?.outcome === 'failed' ? 'failed' : 'complete';
  return { state, rowCount: itemCount + rejectedCount, rejectedCount, remarks };
}

/**
 * What the reader of a statement over some periods must know of each source, of those too of which the ledger holds
 * nothing. No times are in it, so that the same ledger gives the same statement.
 */
export async function sourceNotes(session: Session, periods: readonly Period[]): Promise<SourceNote[]> {
  const { workspace, ledger } = session;
  const reports = await ledger.sources();
  const runs = await lastRuns(runLogFile(workspace.ledgerFile));
  const held = new Set(reports.map((report) => report.source));
  const notes: SourceNote[] = [];
  for (const report of reports.filter(isOfSpend)) {
    const note = noteOf(report, runs.get(report.source), periods);
    notes.push({ ...note, remarks: [...(await openMonths(session, report, periods)), ...note.remarks] });
  }
  return [
    ...notes,
    ...workspace.sources
      .filter((source) => isOfSpend(source) && !held.has(source.id))
      .map((source) => emptyNote(source, runs.get(source.id))),
  ];
}

/** Which months of the periods a live source will still change, in a sentence: in them less was spent than will be. */
async function openMonths(session: Session, report: SourceReport, periods: readonly Period[]): Promise<string[]> {
  const source = session.workspace.sources.find(({ id }) => id === report.source);
  if (source === undefined) return [];
  const connector = connectorOf(session, source.connector);
  if (connector.feed !== 'charges') return [];
  const readings = await session.ledger.services.readings(source.id);
  const present = new Set<Month>(report.monthsWithCharges);
  const open = periods
    .flatMap((period) => monthsOf(period))
    .filter((month) => present.has(month))
    .filter((month) => whyIncomplete(readings.get(month), connector.history.timeZone, month) !== undefined);
  if (open.length === 0) return [];
  if (open.length === 1)
    return [`${open.join()} is not complete: it was read before its end, or is still an estimate.`];
  return [`${open.join(', ')} are not complete: they were read before their end, or are still estimates.`];
}

/** What gives no spend has no place among the sources of a statement. */
function isOfSpend({ kind }: { readonly kind: SourceKind }): boolean {
  return kind !== 'reference' && kind !== 'chargeback';
}

function wholePeriod(report: SourceReport): Period {
  const [first, last] = [report.monthsWithCharges.at(0), report.monthsWithCharges.at(-1)];
  if (first === undefined || last === undefined) throw new Error(`source ${report.source} has no months`);
  return { from: first, to: addMonths(last, 1) };
}

function noteOf(report: SourceReport, lastRun: RunRecord | undefined, periods: readonly Period[]): SourceNote {
  const present = new Set<Month>(report.monthsWithCharges);
  return {
    source: report.source,
    title: report.title,
    kind: report.kind,
    state: lastRun?.outcome === 'failed' ? 'failed' : 'complete',
    rowCount: report.rowCount,
    rejectedCount: report.rejectedCount,
    skippedCount: report.skippedCount,
    controlTotals: report.controlTotals.map(({ currency, sourceCash, ledgerCashMicros }) => {
      const total = sumDecimals(sourceCash);
      return { currency, sourceCash: total, ledgerCashMicros, difference: decimalDifference(total, ledgerCashMicros) };
    }),
    months: present.size === 0 ? undefined : wholePeriod(report),
    missingMonths: periods.flatMap((period) => monthsOf(period).filter((month) => !present.has(month))),
    remarks: report.remarks,
  };
}
