import type { Basis, SpendClass } from '../core/charge.js';
import { UsageError } from '../core/errors.js';
import { parsePeriod, type Period } from '../core/period.js';
import { hintAmong } from '../core/closest.js';
import { latestPeriod, linesReport, type LinesReport } from '../statement/lines-report.js';
import type { View } from '../statement/types.js';
import { onLedgerInStep } from './in-step.js';
import type { Session } from './session.js';
import { emptyLedger, reportLines } from './statement.js';

export interface LinesOptions {
  /** As written by a person; undefined for the latest twelve months. */
  readonly period: string | undefined;
  readonly basis: Basis;
  readonly view: View;
  readonly spendClasses: readonly SpendClass[];
  readonly functionId?: string | undefined;
  readonly vendor?: string | undefined;
  readonly category?: string | undefined;
  readonly source?: string | undefined;
  readonly payee?: string | undefined;
  readonly shadow?: boolean | undefined;
  readonly limit: number;
}

/**
 * The lines of a workspace that pass a filter, unassigned first, then by money. Those of a function sum to its figure in
 * a statement of the same period, view and basis.
 *
 * @throws UsageError for a filter that names nothing, DataError for an empty ledger or a missing rate.
 */
export async function listLines(session: Session, options: LinesOptions): Promise<LinesReport> {
  checkNames(session, options);
  return onLedgerInStep(session, () => readLines(session, options));
}

async function readLines(session: Session, options: LinesOptions): Promise<LinesReport> {
  const { ledger, workspace } = session;
  const range = await ledger.monthRange();
  if (range === undefined) throw await emptyLedger(session);
  const period = options.period === undefined ? latestPeriod(range) : writtenPeriod(options.period);
  const { basis, view, limit } = options;
  const lines = await reportLines(session, [period], { basis, view, today: undefined });
  const business = workspace.functions.filter((entry) => entry.group === 'business');
  const businessFunctions = new Set(business.map((entry) => entry.id));
  return linesReport(lines, { ...options, period, businessFunctions }, { currency: workspace.currency, view, limit });
}

function writtenPeriod(text: string): Period {
  const period = parsePeriod(text);
  if (period === undefined) {
    throw new UsageError({
      place: {},
      message: `--period "${text}" is not a period`,
      hint: 'Write 2024-03, 2024-Q1, 2024 or 2023-04..2024-03.',
    });
  }
  return period;
}

/** A filter on something that does not exist would show nothing and look like good news. */
function checkNames(session: Session, options: LinesOptions): void {
  const { workspace, knowledge } = session;
  requireKnown('--function', options.functionId, [...workspace.functions.map((entry) => entry.id)]);
  requireKnown('--category', options.category, [...knowledge.categories.keys()]);
  requireKnown('--source', options.source, [...workspace.sources.map((entry) => entry.id)]);
}

function requireKnown(option: string, value: string | undefined, known: readonly string[]): void {
  if (value === undefined || known.includes(value)) return;
  throw new UsageError({
    place: {},
    message: `${option} "${value}" does not exist`,
    hint: hintAmong(value, known, 'Known are'),
  });
}

/** Names of functions and categories, for renderings of lines. */
export function linesNames(session: Session): {
  functions: ReadonlyMap<string, string>;
  categories: ReadonlyMap<string, string>;
} {
  return {
    functions: new Map(session.workspace.functions.map((entry) => [entry.id, entry.name])),
    categories: session.knowledge.categories,
  };
}
