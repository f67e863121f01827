import type { Basis } from '../core/charge.js';
import { DataError } from '../core/errors.js';
import type { OwnershipDecision, OwnerSegment } from '../core/decision.js';
import { addMonths, type Month, type Period } from '../core/period.js';
import type { LineSums } from '../ledger/reads.js';
import { asToday } from '../ownership/decide.js';
import { choosePeriods, type PeriodRequest } from '../statement/choose-periods.js';
import { computeStatement } from '../statement/compute.js';
import { ownerChanges, spansOf } from '../statement/spans.js';
import type { ReportLine } from '../statement/lines-report.js';
import type { LineFact, Statement, StatementInput, View } from '../statement/types.js';
import { baselineRates, ensureConverted, loadRates, requireRates } from './convert.js';
import { ensureDecided } from './decide.js';
import { sourceNotes } from './sources.js';
import type { Session } from './session.js';

export interface StatementOptions {
  readonly periods: PeriodRequest;
  readonly basis: Basis;
  readonly view: View;
  /** Applies the organisation of the last month of the current period to all months. */
  readonly asToday: boolean;
}

/**
 * The statement of a workspace for two periods.
 *
 * @throws UsageError for periods that cannot be compared, DataError for a missing rate or an empty ledger.
 */
export async function makeStatement(session: Session, options: StatementOptions): Promise<Statement> {
  return computeStatement(await statementInput(session, options));
}

/** Everything the statement is made of, read from the ledger. */
export async function statementInput(session: Session, options: StatementOptions): Promise<StatementInput> {
  const { ledger, workspace, knowledge } = session;
  const { baseline, current } = choosePeriods(options.periods, await ledger.monthRange(), workspace.fiscalYearStart);
  await ensureDecided(session);
  const rates = await loadRates(session);
  await ensureConverted(session, rates);
  const lines = await reportLines(session, [baseline, current], {
    basis: options.basis,
    view: options.view,
    today: options.asToday ? addMonths(current.to, -1) : undefined,
  });
  if (lines.length === 0) throw await nothingThere(session, baseline, current);
  const currencies = new Set(lines.flatMap((line) => line.facts.map((fact) => fact.currency)));
  return {
    company: workspace.company,
    currency: workspace.currency,
    baseline,
    current,
    basis: options.basis,
    view: options.view,
    asToday: options.asToday,
    functions: workspace.functions,
    categories: knowledge.categories,
    lines,
    baselineRates: baselineRates(rates.table, currencies, workspace.currency, baseline),
    confidenceBar: workspace.confidenceBar,
    sources: await sourceNotes(session, [baseline, current]),
  };
}

async function nothingThere(session: Session, baseline: Period, current: Period): Promise<DataError> {
  const range = await session.ledger.monthRange();
  const has =
    range === undefined ? 'The ledger is empty' : `The ledger has charges from ${range.first} to ${range.last}`;
  return new DataError({
    place: {},
    message: `there are no charges in ${baseline.from}..${addMonths(baseline.to, -1)} or ${current.from}..${addMonths(current.to, -1)}`,
    hint: `${has}. Run \`spendshift pull\`, or ask for other months.`,
  });
}

export interface ReportLinesOptions {
  readonly basis: Basis;
  readonly view: View;
  /** Applies the organisation of that month to all months. */
  readonly today: Month | undefined;
}

/**
 * The lines with money in some periods, with their decisions. The facts of a line are sums over spans of months in which
 * no ownership changes, each dated by the first month of its span.
 *
 * @throws DataError when a charge of the periods has no rate.
 */
export async function reportLines(
  session: Session,
  periods: readonly Period[],
  options: ReportLinesOptions,
): Promise<ReportLine[]> {
  const { ledger, workspace } = session;
  const [lines, vendors, owners] = await Promise.all([
    ledger.decidedLines(),
    ledger.vendorOutcomes(),
    ledger.ownerOutcomes(),
  ]);
  const spans = spansOf(periods, options.today === undefined ? ownerChanges(owners.values()) : []);
  const sums = await ledger.lineSums(spans, options.basis, workspace.currency);
  if (sums.some((entry) => entry.missingRates > 0)) await requireRates(session, periods);
  const segments = new Map([...owners].map(([id, owner]) => [id, segmentsOf(owner, options)]));
  return [...factsByLine(sums, spans)].map(([rowId, facts]) => {
    const line = lines.get(rowId);
    const vendor = line === undefined ? undefined : vendors.get(line.vendorOutcomeId);
    const owner = line === undefined ? undefined : owners.get(line.ownerOutcomeId);
    const lineSegments = line === undefined ? undefined : segments.get(line.ownerOutcomeId);
    if (line === undefined || vendor === undefined || owner === undefined || lineSegments === undefined) {
      throw new Error(`line ${rowId} has no decision`);
    }
    return {
      id: line.id,
      source: line.source,
      payee: line.payee,
      vendorId: vendor.vendorId,
      vendor: vendor.vendor,
      category: vendor.category,
      spendClass: vendor.spendClass,
      classMethod: vendor.classMethod,
      classConfidence: vendor.classConfidence,
      segments: lineSegments,
      knows: owner.knows,
      suggestion: owner.suggestion,
      facts,
    };
  });
}

function segmentsOf(owner: OwnershipDecision, options: ReportLinesOptions): readonly OwnerSegment[] {
  const decision = options.today === undefined ? owner : asToday(owner, options.today);
  return options.view === 'owner' ? decision.owners : decision.payers;
}

/** Facts by row id; a line with several currencies comes in neighbouring rows. */
function factsByLine(sums: readonly LineSums[], spans: readonly Period[]): Map<number, LineFact[]> {
  const groups = new Map<number, LineFact[]>();
  for (const { rowId, currency, micros, reportingMicros, present } of sums) {
    const facts = groups.get(rowId) ?? [];
    if (facts.length === 0) groups.set(rowId, facts);
    for (const [index, span] of spans.entries()) {
      if (present[index] !== true) continue;
      facts.push({
        month: span.from,
        currency,
        micros: micros[index] ?? 0n,
        reportingMicros: reportingMicros[index] ?? 0n,
      });
    }
  }
  return groups;
}
