import type { Basis } from '../core/charge.js';
import { DataError } from '../core/errors.js';
import type { OwnershipDecision, OwnerSegment, VendorOutcome } from '../core/decision.js';
import type { Micros } from '../core/money.js';
import { addMonths, formatPeriod, type Month, type Period } from '../core/period.js';
import type { LineSums } from '../ledger/reads.js';
import { asToday } from '../ownership/decide.js';
import { choosePeriods, type PeriodRequest } from '../statement/choose-periods.js';
import { computeStatement } from '../statement/compute.js';
import { ownerChanges, spansOf } from '../statement/spans.js';
import type { ReportLine } from '../statement/lines-report.js';
import type { LineFact, Statement, StatementInput, View } from '../statement/types.js';
import { baselineRates, refuseMissingRates, type Rates } from './convert.js';
import { onLedgerInStep } from './in-step.js';
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
  return onLedgerInStep(session, (rates) => readInput(session, options, rates));
}

async function readInput(session: Session, options: StatementOptions, rates: Rates): Promise<StatementInput> {
  const { ledger, workspace, knowledge } = session;
  const range = await ledger.monthRange();
  if (range === undefined) throw await emptyLedger(session);
  const { baseline, current } = choosePeriods(options.periods, range, workspace.fiscalYearStart);
  const lines = await reportLines(session, [baseline, current], {
    basis: options.basis,
    view: options.view,
    today: options.asToday ? addMonths(current.to, -1) : undefined,
  });
  if (lines.length === 0) throw nothingThere(range, baseline, current);
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

/** What to say where there is no spend at all. */
export async function emptyLedger({ ledger }: Session): Promise<DataError> {
  if ((await ledger.sources()).some(({ chargeCount }) => chargeCount > 0)) {
    const message = 'the ledger has no spend: what it has are plans or chargebacks, which are in no statement';
    return new DataError({ place: {}, message, hint: 'Add a source of bills, payments or expenses, and pull it.' });
  }
  return new DataError({ place: {}, message: 'the ledger is empty', hint: 'Run `spendshift pull` first.' });
}

function nothingThere(range: { first: Month; last: Month }, baseline: Period, current: Period): DataError {
  return new DataError({
    place: {},
    message: `there are no charges in ${formatPeriod(baseline)} or ${formatPeriod(current)}`,
    hint: `The ledger has charges from ${range.first} to ${range.last}. Run \`spendshift pull\`, or ask for other months.`,
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
  const [vendors, owners] = await Promise.all([ledger.vendorOutcomes(), ledger.ownerOutcomes()]);
  const spans = spansOf(periods, options.today === undefined ? ownerChanges(owners.values()) : []);
  const sums = await ledger.lineSums(spans, options.basis, workspace.currency);
  if (sums.some((entry) => entry.missingRates > 0)) await refuseMissingRates(session, periods);
  const segments = new Map([...owners].map(([id, owner]) => [id, segmentsOf(owner, options)]));
  const periodStarts = new Set(periods.map((period) => period.from));
  const lines: (ReportLine & { readonly facts: LineFact[] })[] = [];
  let lastRowId = 0;
  for (const entry of sums) {
    const facts = factsOf(entry, spans, segments.get(entry.ownerOutcomeId) ?? [], periodStarts);
    // The currencies of a line are neighbours, as the ledger keeps them.
    if (entry.rowId < lastRowId) throw new Error('the ledger gave lines out of order');
    if (entry.rowId === lastRowId) lines.at(-1)?.facts.push(...facts);
    else lines.push({ ...textsOf(entry, vendors, owners, segments), facts });
    lastRowId = entry.rowId;
  }
  return lines;
}

function textsOf(
  entry: LineSums,
  vendors: ReadonlyMap<number, VendorOutcome>,
  owners: ReadonlyMap<number, OwnershipDecision>,
  segments: ReadonlyMap<number, readonly OwnerSegment[]>,
): Omit<ReportLine, 'facts'> {
  const vendor = vendors.get(entry.vendorOutcomeId);
  const owner = owners.get(entry.ownerOutcomeId);
  const lineSegments = segments.get(entry.ownerOutcomeId);
  if (vendor === undefined || owner === undefined || lineSegments === undefined) {
    throw new Error(`line ${entry.id} has a decision that is not there`);
  }
  return {
    id: entry.id,
    source: entry.source,
    payee: entry.payee,
    vendorId: vendor.vendorId,
    vendor: vendor.vendor,
    category: vendor.category,
    spendClass: vendor.spendClass,
    classMethod: vendor.classMethod,
    classConfidence: vendor.classConfidence,
    segments: lineSegments,
    knows: owner.knows,
    suggestion: owner.suggestion,
  };
}

function segmentsOf(owner: OwnershipDecision, options: ReportLinesOptions): readonly OwnerSegment[] {
  const decision = options.today === undefined ? owner : asToday(owner, options.today);
  return options.view === 'owner' ? decision.owners : decision.payers;
}

/**
 * The facts of a line in one currency: one for each run of months in which its own shares stay. Spans are cut where any
 * line changes its owner; what other lines do must not decide how this one is rounded.
 */
function factsOf(
  { currency, micros, reportingMicros }: LineSums,
  spans: readonly Period[],
  segments: readonly OwnerSegment[],
  periodStarts: ReadonlySet<Month>,
): LineFact[] {
  const facts: { month: Month; currency: string; micros: Micros; reportingMicros: Micros }[] = [];
  let month = '' as Month;
  for (const [index, span] of spans.entries()) {
    if (periodStarts.has(span.from) || segments.some(({ from }) => from === span.from)) month = span.from;
    const amount = micros[index] ?? null;
    if (amount === null) continue;
    const reporting = reportingMicros[index] ?? 0n;
    const last = facts.at(-1);
    if (last?.month === month) {
      last.micros += amount;
      last.reportingMicros += reporting;
    } else facts.push({ month, currency, micros: amount, reportingMicros: reporting });
  }
  return facts;
}
