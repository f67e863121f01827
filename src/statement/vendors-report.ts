import type { SpendClass } from '../core/charge.js';
import { groupBy } from '../core/group.js';
import { absoluteMicros, sumMicros, type Micros } from '../core/money.js';
import type { Period } from '../core/period.js';
import type { LinesReport, LinesRow } from './lines-report.js';
import { compareLargestFirst, compareTexts } from './order.js';

/** A vendor of a ledger with its money in a period. */
export interface VendorRow {
  readonly vendorId: string;
  readonly vendor: string;
  /** What its lines are, the class with most money first. */
  readonly spendClasses: readonly SpendClass[];
  /** Categories of its technology, that with most money first. */
  readonly categories: readonly string[];
  readonly lineCount: number;
  /** Distinct payee texts. */
  readonly payeeCount: number;
  /** In the reporting currency. */
  readonly amount: Micros;
}

export interface VendorsReport {
  readonly currency: string;
  readonly period: Period;
  readonly rows: readonly VendorRow[];
  /** All vendors and their money, however many rows are shown. */
  readonly vendorCount: number;
  readonly amount: Micros;
}

/** The vendors of some lines, those with most money first (by absolute amount), ties by id. */
export function vendorsReport(lines: LinesReport, limit: number): VendorsReport {
  const rows = [...groupBy(lines.rows, (row) => row.vendorId)].map(([vendorId, own]) => vendorRow(vendorId, own));
  rows.sort(
    (a, b) =>
      compareLargestFirst(absoluteMicros(a.amount), absoluteMicros(b.amount)) || compareTexts(a.vendorId, b.vendorId),
  );
  const { currency, period, amount } = lines;
  return { currency, period, rows: rows.slice(0, limit), vendorCount: rows.length, amount };
}

function vendorRow(vendorId: string, rows: readonly LinesRow[]): VendorRow {
  return {
    vendorId,
    vendor: rows[0]?.vendor ?? vendorId,
    spendClasses: byMoney(rows, ({ spendClass }) => spendClass),
    categories: byMoney(
      rows.filter(({ category }) => category !== ''),
      ({ category }) => category,
    ),
    lineCount: rows.length,
    payeeCount: new Set(rows.map(({ payee }) => payee)).size,
    amount: sumMicros(rows.map(({ amount }) => amount)),
  };
}

/** The distinct values of rows, that with most money first. */
function byMoney<Value extends string>(rows: readonly LinesRow[], of: (row: LinesRow) => Value): Value[] {
  const sums = new Map<Value, Micros>();
  for (const row of rows) sums.set(of(row), (sums.get(of(row)) ?? 0n) + absoluteMicros(row.amount));
  return [...sums]
    .sort(([a, left], [b, right]) => compareLargestFirst(left, right) || compareTexts(a, b))
    .map(([value]) => value);
}
