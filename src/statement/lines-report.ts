import type { SpendClass } from '../core/charge.js';
import { UNASSIGNED, type OwnerMethod } from '../core/decision.js';
import { absoluteMicros, sumMicros, type Micros } from '../core/money.js';
import { addMonths, monthIndex, type Month, type Period } from '../core/period.js';
import { partsOfLine, type LinePart } from './line-parts.js';
import { compareLargestFirst, compareTexts } from './order.js';
import type { StatementLine, View } from './types.js';

/** A line as `spendshift lines` reads it: a statement line and who usually owns such a thing. */
export interface ReportLine extends StatementLine {
  readonly suggestion: string;
}

export interface LinesFilter {
  readonly period: Period;
  /** Empty: every class. */
  readonly spendClasses: readonly SpendClass[];
  /** Only money of this function. */
  readonly functionId?: string | undefined;
  /** Vendor by id or name, in any letter-case. */
  readonly vendor?: string | undefined;
  readonly category?: string | undefined;
  readonly source?: string | undefined;
  /** Text that the payee contains, in any letter-case. */
  readonly payee?: string | undefined;
  /** Only money of functions outside IT, on lines that IT does not know of. */
  readonly shadow?: boolean | undefined;
  /** Functions of the group `business`, for `shadow`. */
  readonly businessFunctions: ReadonlySet<string>;
}

/** A line with the money in the period that the filter lets through. */
export interface LinesRow {
  readonly id: string;
  readonly source: string;
  readonly payee: string;
  readonly vendorId: string;
  readonly vendor: string;
  readonly spendClass: SpendClass;
  readonly category: string;
  /** All functions with money in the period, largest first, whatever the filter; their amounts sum to the line's. */
  readonly owners: readonly LineOwner[];
  /** What decided the functions of `amount`, as of the last month in which they have money. */
  readonly method: OwnerMethod;
  readonly known: boolean;
  readonly suggestion: string;
  /** In the reporting currency; of one function, the part of that function. */
  readonly amount: Micros;
}

/** A function and its part of a line's money in the period. */
export interface LineOwner {
  readonly functionId: string;
  readonly amount: Micros;
}

/** A row, and the part of its amount that nobody owns; undefined when there is no such part. */
interface OpenRow {
  readonly row: LinesRow;
  readonly unassigned: Micros | undefined;
}

export interface LinesReport {
  readonly currency: string;
  readonly period: Period;
  readonly view: View;
  readonly rows: readonly LinesRow[];
  /** Lines and money that the filter let through, however many rows are shown: the sum of the rows' amounts. */
  readonly lineCount: number;
  readonly amount: Micros;
  readonly unassigned: { readonly lineCount: number; readonly amount: Micros };
}

/**
 * The lines that pass a filter: unassigned ones first, then by money, largest first (by absolute amount, so that large
 * refunds are not buried), ties by id. Money is split over functions as the statement splits it, so that the rows of a
 * function sum to its figure there.
 */
export function linesReport(
  lines: readonly ReportLine[],
  filter: LinesFilter,
  options: { readonly currency: string; readonly view: View; readonly limit: number },
): LinesReport {
  const open = lines.flatMap((line) => (passes(line, filter) ? openRow(line, filter) : []));
  open.sort(
    (a, b) =>
      Number(b.unassigned !== undefined) - Number(a.unassigned !== undefined) ||
      compareLargestFirst(absoluteMicros(a.row.amount), absoluteMicros(b.row.amount)) ||
      compareTexts(a.row.id, b.row.id),
  );
  const unassigned = open.flatMap((entry) => entry.unassigned ?? []);
  return {
    currency: options.currency,
    period: filter.period,
    view: options.view,
    rows: open.slice(0, options.limit).map(({ row }) => row),
    lineCount: open.length,
    amount: sumMicros(open.map(({ row }) => row.amount)),
    unassigned: { lineCount: unassigned.length, amount: sumMicros(unassigned) },
  };
}

/** The row of a line, unless the filter leaves no part of its money. */
function openRow(line: ReportLine, filter: LinesFilter): OpenRow[] {
  const parts = partsOfLine(line, filter.period);
  const shown = parts.filter((part) => isShown(part, line, filter));
  const [first] = shown;
  if (first === undefined) return [];
  const { method } = shown.reduce((latest, part) => (part.lastMonth > latest.lastMonth ? part : latest), first);
  const row = {
    id: line.id,
    source: line.source,
    payee: line.payee,
    vendorId: line.vendorId,
    vendor: line.vendor,
    spendClass: line.spendClass,
    category: line.category,
    owners: parts
      .map(({ functionId, amount }) => ({ functionId, amount }))
      .sort((a, b) => compareLargestFirst(absoluteMicros(a.amount), absoluteMicros(b.amount))),
    method,
    known: line.knows.known,
    suggestion: line.suggestion,
    amount: sumMicros(shown.map((part) => part.amount)),
  };
  return [{ row, unassigned: shown.find(({ functionId }) => functionId === UNASSIGNED)?.amount }];
}

function isShown(part: LinePart, line: ReportLine, filter: LinesFilter): boolean {
  if (filter.functionId !== undefined && part.functionId !== filter.functionId) return false;
  return filter.shadow !== true || (!line.knows.known && filter.businessFunctions.has(part.functionId));
}

function passes(line: ReportLine, filter: LinesFilter): boolean {
  if (filter.spendClasses.length > 0 && !filter.spendClasses.includes(line.spendClass)) return false;
  if (filter.source !== undefined && line.source !== filter.source) return false;
  if (filter.category !== undefined && line.category !== filter.category) return false;
  if (filter.vendor !== undefined && !sameText(filter.vendor, line.vendorId) && !sameText(filter.vendor, line.vendor)) {
    return false;
  }
  return filter.payee === undefined || line.payee.toLowerCase().includes(filter.payee.toLowerCase());
}

function sameText(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** The latest twelve months with charges, fewer when there is less. */
export function latestPeriod(available: { readonly first: Month; readonly last: Month }): Period {
  const to = addMonths(available.last, 1);
  return { from: monthIndex(to) - monthIndex(available.first) < 12 ? available.first : addMonths(to, -12), to };
}
