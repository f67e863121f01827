import type { Share } from '../core/decision.js';
import { formatMicros } from '../core/money.js';
import { formatPeriod } from '../core/period.js';
import type { LineOwner, LinesReport, LinesRow } from '../statement/lines-report.js';
import { csvTable, type CsvCell } from './csv.js';
import { columnAmount, counted, prettyJson, shortAmount, shortMoney } from './format.js';
import { renderTable, type TextOptions } from './table.js';
import { OWNER_METHOD_WORDS } from './words.js';

/** What the rendering must know besides the report. */
export interface LinesNames {
  readonly functions: ReadonlyMap<string, string>;
  readonly categories: ReadonlyMap<string, string>;
}

/** Shares as text: `Marketing`, or `Sales 70 %, Marketing 30 %`. */
export function sharesText(shares: readonly Share[], functions: ReadonlyMap<string, string>): string {
  const name = (share: Share): string => functions.get(share.functionId) ?? share.functionId;
  const [only] = shares;
  if (only !== undefined && shares.length === 1) return name(only);
  return shares.map((share) => `${name(share)} ${share.perMillion / 10_000} %`).join(', ');
}

/** Functions with their parts of a line: `Marketing`, or `Sales 1.2k, Marketing 300`. */
function ownersText(owners: readonly LineOwner[], functions: ReadonlyMap<string, string>): string {
  const name = (owner: LineOwner): string => functions.get(owner.functionId) ?? owner.functionId;
  const [only] = owners;
  if (only !== undefined && owners.length === 1) return name(only);
  return owners.map((owner) => `${name(owner)} ${shortAmount(owner.amount)}`).join(', ');
}

/** The lines as a table for the terminal, with a sentence on what is shown and what is not. */
export function renderLinesText(report: LinesReport, names: LinesNames, options: TextOptions): string {
  const head =
    `${counted(report.lineCount, 'line')}, ${shortMoney(report.amount, report.currency)} in ` +
    `${formatPeriod(report.period)}; ${shortMoney(report.unassigned.amount, report.currency)} of it in ` +
    `${counted(report.unassigned.lineCount, 'line')} without an owner`;
  if (report.rows.length === 0) return `${head}.\nNo line passes this filter.`;
  const table = renderTable(
    [
      { header: 'Line' },
      { header: 'Vendor', widthMin: 22 },
      { header: report.currency, align: 'right' },
      { header: report.view === 'owner' ? 'Owner' : 'Payer', widthMin: 16 },
      { header: 'by', widthMin: 12 },
      { header: 'Category', widthMin: 16 },
      { header: 'Source', widthMin: 8, optional: true },
      { header: 'Payee in the source', widthMin: 24, optional: true },
    ],
    report.rows.map((row) => cells(row, names)),
    options,
  );
  const rest = report.lineCount - report.rows.length;
  const more = rest > 0 ? `\n${counted(rest, 'more line')}: add --limit ${report.lineCount}.` : '';
  return `${head}.\n\n${table}\n${more}\nspendshift explain ${report.rows[0]?.id ?? 'L…'} shows why, and the charges under it.`;
}

function cells(row: LinesRow, names: LinesNames): string[] {
  const owner = ownersText(row.owners, names.functions);
  const usual = names.functions.get(row.suggestion) ?? row.suggestion;
  const isOpen = row.method === 'unassigned';
  return [
    row.id,
    row.vendor,
    columnAmount(row.amount, 2),
    owner,
    isOpen ? (usual === '' ? '' : `usually ${usual}`) : OWNER_METHOD_WORDS[row.method],
    row.spendClass === 'technology' ? (names.categories.get(row.category) ?? row.category) : row.spendClass,
    row.source,
    row.payee,
  ];
}

/** The lines as CSV that spreadsheet programs open safely. */
export function renderLinesCsv(report: LinesReport): string {
  const header = [
    'line',
    'source',
    'payee',
    'vendor_id',
    'vendor',
    'spend_class',
    'category',
    'owners',
    'decided_by',
    'known_to_it',
    'usual_function',
    'amount',
    'currency',
  ];
  const rows = report.rows.map((row): CsvCell[] => [
    row.id,
    row.source,
    row.payee,
    row.vendorId,
    row.vendor,
    row.spendClass,
    row.category,
    row.owners.map((owner) => `${owner.functionId} ${formatMicros(owner.amount)}`).join('; '),
    row.method,
    row.known ? 'yes' : 'no',
    row.suggestion,
    { micros: row.amount },
    report.currency,
  ]);
  return csvTable([header, ...rows]);
}

/** The lines as JSON under the schema id `spendshift.lines/1`; money as decimal strings. */
export function renderLinesJson(report: LinesReport): string {
  const value = {
    schema: 'spendshift.lines/1',
    currency: report.currency,
    period: formatPeriod(report.period),
    view: report.view,
    lineCount: report.lineCount,
    amount: formatMicros(report.amount),
    unassigned: { lineCount: report.unassigned.lineCount, amount: formatMicros(report.unassigned.amount) },
    lines: report.rows.map((row) => ({
      ...row,
      owners: row.owners.map(({ functionId, amount }) => ({ functionId, amount: formatMicros(amount) })),
      amount: formatMicros(row.amount),
    })),
  };
  return prettyJson(value);
}
