import type { SpendClass } from '../core/charge.js';
import { UNASSIGNED, type OwnerMethod, type Share } from '../core/decision.js';
import { absoluteMicros, sumMicros, type Micros } from '../core/money.js';
import { addMonths, inPeriod, type Month, type Period } from '../core/period.js';
import type { StatementLine, View } from './types.js';

/** A line as `spendshift lines` reads it: a statement line and who usually owns such a thing. */
export interface ReportLine extends StatementLine {
  readonly suggestion: string;
}

export interface LinesFilter {
  readonly period: Period;
  /** Empty: every class. */
  readonly spendClasses: readonly SpendClass[];
  readonly functionId?: string | undefined;
  /** Vendor by id or name, in any letter-case. */
  readonly vendor?: string | undefined;
  readonly category?: string | undefined;
  readonly source?: string | undefined;
  /** Text that the payee contains, in any letter-case. */
  readonly payee?: string | undefined;
  /** Only lines outside IT that IT does not know of. */
  readonly shadow?: boolean | undefined;
  /** Functions of the group `it`, for `shadow`. */
  readonly itFunctions: ReadonlySet<string>;
}

/** A line with its money in the period. */
export interface LinesRow {
  readonly id: string;
  readonly source: string;
  readonly payee: string;
  readonly vendorId: string;
  readonly vendor: string;
  readonly spendClass: SpendClass;
  readonly category: string;
  /** Shares in the last month of the period in which the line has money. */
  readonly owners: readonly Share[];
  readonly method: OwnerMethod;
  readonly known: boolean;
  readonly suggestion: string;
  /** In the reporting currency. */
  readonly amount: Micros;
}

export interface LinesReport {
  readonly currency: string;
  readonly period: Period;
  readonly view: View;
  readonly rows: readonly LinesRow[];
  /** Lines and money that the filter let through, however many rows are shown. */
  readonly lineCount: number;
  readonly amount: Micros;
  readonly unassigned: { readonly lineCount: number; readonly amount: Micros };
}

/**
 * The lines that pass a filter: unassigned ones first, then by money, largest first (by absolute amount, so that large
 * refunds are not buried), ties by id.
 */
export function linesReport(
  lines: readonly ReportLine[],
  filter: LinesFilter,
  options: { readonly currency: string; readonly view: View; readonly limit: number },
): LinesReport {
  const rows: LinesRow[] = [];
  for (const line of lines) {
    const row = rowOf(line, filter.period);
    if (row !== undefined && passes(row, filter)) rows.push(row);
  }
  rows.sort(
    (a, b) =>
      Number(isUnassigned(b)) - Number(isUnassigned(a)) ||
      compareMicros(absoluteMicros(b.amount), absoluteMicros(a.amount)) ||
      (a.id < b.id ? -1 : 1),
  );
  const unassigned = rows.filter(isUnassigned);
  return {
    currency: options.currency,
    period: filter.period,
    view: options.view,
    rows: rows.slice(0, options.limit),
    lineCount: rows.length,
    amount: sumMicros(rows.map((row) => row.amount)),
    unassigned: { lineCount: unassigned.length, amount: sumMicros(unassigned.map((row) => row.amount)) },
  };
}

function rowOf(line: ReportLine, period: Period): LinesRow | undefined {
  const facts = line.facts.filter((fact) => inPeriod(fact.month, period));
  if (facts.length === 0) return undefined;
  const last = facts.reduce<Month>((latest, fact) => (fact.month > latest ? fact.month : latest), period.from);
  const segment = line.segments.find(
    ({ from, to }) => (from === undefined || last >= from) && (to === undefined || last < to),
  );
  return {
    id: line.id,
    source: line.source,
    payee: line.payee,
    vendorId: line.vendorId,
    vendor: line.vendor,
    spendClass: line.spendClass,
    category: line.category,
    owners: segment?.shares ?? [{ functionId: UNASSIGNED, perMillion: 1_000_000 }],
    method: segment?.method ?? 'unassigned',
    known: line.knows.known,
    suggestion: line.suggestion,
    amount: sumMicros(facts.map((fact) => fact.reportingMicros)),
  };
}

function passes(row: LinesRow, filter: LinesFilter): boolean {
  if (filter.spendClasses.length > 0 && !filter.spendClasses.includes(row.spendClass)) return false;
  if (filter.functionId !== undefined && !row.owners.some((share) => share.functionId === filter.functionId))
    return false;
  if (filter.source !== undefined && row.source !== filter.source) return false;
  if (filter.category !== undefined && row.category !== filter.category) return false;
  if (filter.vendor !== undefined && !sameText(filter.vendor, row.vendorId) && !sameText(filter.vendor, row.vendor)) {
    return false;
  }
  if (filter.payee !== undefined && !row.payee.toLowerCase().includes(filter.payee.toLowerCase())) return false;
  if (filter.shadow === true) {
    return !row.known && !isUnassigned(row) && row.owners.some((share) => !filter.itFunctions.has(share.functionId));
  }
  return true;
}

function sameText(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function isUnassigned(row: LinesRow): boolean {
  return row.owners.some((share) => share.functionId === UNASSIGNED);
}

function compareMicros(left: Micros, right: Micros): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The latest twelve months with charges, fewer when there is less. */
export function latestPeriod(available: { readonly first: Month; readonly last: Month }): Period {
  const to = addMonths(available.last, 1);
  const from = addMonths(to, -12);
  return { from: from < available.first ? available.first : from, to };
}
