import type { SpendClass } from '../core/charge.js';
import type { OwnVendor } from '../core/decision.js';
import { formatMicros, sumMicros, type Micros } from '../core/money.js';
import { formatPeriod } from '../core/period.js';
import { compareLargestFirst } from '../statement/order.js';
import type { VendorCard, VendorFound } from '../statement/vendor-card.js';
import type { VendorsReport } from '../statement/vendors-report.js';
import { csvTable, type CsvCell } from './csv.js';
import { cleanText, columnAmount, counted, prettyJson, shortMoney } from './format.js';
import { renderTable, wrapText, type TextOptions } from './table.js';

/** Names of categories and functions by id. */
export interface VendorNames {
  readonly categories: ReadonlyMap<string, string>;
  readonly functions: ReadonlyMap<string, string>;
}

/** Payees shown of a vendor. */
const PAYEES_MAX = 12;
const ALIASES_MAX = 40;
const MIXED_WORDS: Readonly<Record<string, string>> = {
  anything: 'sells anything: each line decides',
  copies: 'advertising, unless a line says that copies were bought',
  people: 'other, unless a line says that its people work on technology',
};

/** The vendors as a table for the terminal. */
export function renderVendorsText(report: VendorsReport, names: VendorNames, options: TextOptions): string {
  const head = `${counted(report.vendorCount, 'vendor')}, ${shortMoney(report.amount, report.currency)} in ${formatPeriod(report.period)}`;
  const [first] = report.rows;
  if (first === undefined) return `${head}.\nNo vendor passes this filter.`;
  const table = renderTable(
    [
      { header: 'Vendor', widthMin: 22 },
      { header: report.currency, align: 'right' },
      { header: 'Class', widthMin: 10 },
      { header: 'Category', widthMin: 16 },
      { header: 'Lines', align: 'right' },
      { header: 'Payees', align: 'right', optional: true },
      { header: 'Id', widthMin: 16 },
    ],
    report.rows.map((row) => [
      row.vendor,
      columnAmount(row.amount, 2),
      row.spendClasses.join(', '),
      row.categories.map((id) => names.categories.get(id) ?? id).join(', '),
      String(row.lineCount),
      String(row.payeeCount),
      row.vendorId,
    ]),
    options,
  );
  const rest = report.vendorCount - report.rows.length;
  const more = rest > 0 ? `\n${counted(rest, 'more vendor')}: add --limit ${report.vendorCount}.` : '';
  return `${head}.\n\n${table}\n${more}\nspendshift vendors show ${first.vendorId} shows what names it.`;
}

/** The vendors as CSV that spreadsheet programs open safely. */
export function renderVendorsCsv(report: VendorsReport): string {
  const header = ['vendor_id', 'vendor', 'spend_classes', 'categories', 'lines', 'payees', 'amount', 'currency'];
  const rows = report.rows.map((row): CsvCell[] => [
    row.vendorId,
    row.vendor,
    row.spendClasses.join('; '),
    row.categories.join('; '),
    String(row.lineCount),
    String(row.payeeCount),
    { micros: row.amount },
    report.currency,
  ]);
  return csvTable([header, ...rows]);
}

/** The vendors as JSON under the schema id `spendshift.vendors/1`; money as decimal strings. */
export function renderVendorsJson(report: VendorsReport): string {
  return prettyJson({
    schema: 'spendshift.vendors/1',
    currency: report.currency,
    period: formatPeriod(report.period),
    vendorCount: report.vendorCount,
    amount: formatMicros(report.amount),
    vendors: report.rows.map((row) => ({ ...row, amount: formatMicros(row.amount) })),
  });
}

/** One vendor for the terminal: what it is, what names it, and what stands under it. */
export function renderVendorText(view: VendorCard, names: VendorNames, options: TextOptions): string {
  const sections = [
    `${cleanText(view.vendor)} (${view.vendorId})`,
    section('In the catalogue', catalogueText(view, names), options),
    section('What this company says', ownText(view.own, names), options),
    section(
      'Spellings taken for it',
      view.spellings.map(({ id, why }) => `${id}: ${cleanText(why)}`),
      options,
    ),
    payeesText(view, options),
  ];
  return sections.filter((text) => text !== '').join('\n\n');
}

function section(title: string, lines: readonly string[], options: TextOptions): string {
  if (lines.length === 0) return '';
  return [title, ...lines.map((line) => wrapText(line, options.columns, '  '))].join('\n');
}

function catalogueText({ listed, parentName, aliases }: VendorCard, names: VendorNames): string[] {
  if (listed === undefined) return ['not there: the company is known by its payees alone'];
  const shown = aliases.slice(0, ALIASES_MAX).join(', ');
  const kind =
    MIXED_WORDS[listed.mixed] ??
    (listed.spendClass === 'technology'
      ? `technology: ${names.categories.get(listed.category) ?? listed.category}`
      : listed.spendClass);
  const usual = names.functions.get(listed.usualFunction) ?? listed.usualFunction;
  return [
    kind,
    ...(listed.domain === '' ? [] : [listed.domain]),
    ...(parentName === '' ? [] : [`belongs to ${parentName}`]),
    ...(usual === '' ? [] : [`usually owned by ${usual}`]),
    `named by: ${shown}${aliases.length > ALIASES_MAX ? ', …' : ''}`,
  ];
}

function ownText(own: OwnVendor | undefined, names: VendorNames): string[] {
  if (own === undefined) return [];
  const entries: readonly (readonly [string, string])[] = [
    ['name', own.name],
    ['domain', own.domain],
    ['spend class', own.spendClass ?? ''],
    ['category', names.categories.get(own.category) ?? own.category],
    ['usual function', names.functions.get(own.usualFunction) ?? own.usualFunction],
    ['aliases', own.aliases.join(', ')],
    ['merged into it', own.merged.join(', ')],
  ];
  const said = entries.filter(([, text]) => text !== '').map(([what, text]) => `${what}: ${cleanText(text)}`);
  return [...said, `in ${own.place}`];
}

function payeesText({ lines, currency }: VendorCard, options: TextOptions): string {
  if (lines.length === 0) return 'The ledger has no line of it.';
  const payees = new Map<string, { amount: Micros; lineCount: number; spendClass: SpendClass }>();
  for (const { payee, amount, spendClass } of lines) {
    const known = payees.get(payee);
    payees.set(payee, {
      amount: (known?.amount ?? 0n) + amount,
      lineCount: (known?.lineCount ?? 0) + 1,
      spendClass: known?.spendClass ?? spendClass,
    });
  }
  const rows = [...payees].sort(([, a], [, b]) => compareLargestFirst(a.amount, b.amount));
  const table = renderTable(
    [
      { header: 'Payee in the source', widthMin: 24 },
      { header: currency, align: 'right' },
      { header: 'Lines', align: 'right' },
      { header: 'Class' },
    ],
    rows
      .slice(0, PAYEES_MAX)
      .map(([payee, { amount, lineCount, spendClass }]) => [
        payee,
        columnAmount(amount, 2),
        String(lineCount),
        spendClass,
      ]),
    options,
  );
  const sum = sumMicros(lines.map(({ amount }) => amount));
  const more = rows.length > PAYEES_MAX ? `\n${counted(rows.length - PAYEES_MAX, 'more payee')}.` : '';
  return `${counted(lines.length, 'line')} in the ledger, ${shortMoney(sum, currency)}\n${table}${more}`;
}

/** One vendor as JSON under the schema id `spendshift.vendor/1`. */
export function renderVendorJson(view: VendorCard): string {
  const lines = view.lines.map(({ id, source, payee, spendClass, category, amount }) => ({
    id,
    source,
    payee,
    spendClass,
    category,
    amount: formatMicros(amount),
  }));
  const { vendorId, vendor, currency, parentName, aliases, listed, own, spellings } = view;
  const known = { parentName, aliases, listed: listed ?? null, own: own ?? null, spellings };
  return prettyJson({ schema: 'spendshift.vendor/1', vendorId, vendor, currency, ...known, lines });
}

/** What a search found, as a table. */
export function renderFoundText(found: readonly VendorFound[], names: VendorNames, options: TextOptions): string {
  if (found.length === 0) return 'No vendor of the ledger or the catalogue has that in its name.';
  return renderTable(
    [
      { header: 'Vendor', widthMin: 22 },
      { header: 'Kind', widthMin: 14 },
      { header: 'Where' },
      { header: 'Domain', widthMin: 12, optional: true },
      { header: 'Id', widthMin: 16 },
    ],
    found.map(({ vendorId, vendor, inLedger, spendClass, category, domain }) => [
      vendor,
      category === '' ? spendClass : (names.categories.get(category) ?? category),
      inLedger ? 'ledger' : 'catalogue',
      domain,
      vendorId,
    ]),
    options,
  );
}

/** What a search found, as JSON under the schema id `spendshift.vendorSearch/1`. */
export function renderFoundJson(found: readonly VendorFound[]): string {
  return prettyJson({ schema: 'spendshift.vendorSearch/1', vendors: found });
}
