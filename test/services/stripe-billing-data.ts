import { addMonths, type Month } from '../../src/core/period.js';
import { createRandom, type Random } from '../../src/core/random.js';
import { secondsOfMonth } from './stripe-months.js';
import type { StripeRow } from './stripe-server.js';

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

/** A department as a customer of the company's own Stripe account. */
export interface Department {
  readonly id: string;
  readonly name: string;
  /** What stands in the metadata; some were never given any. */
  readonly department: string | undefined;
  readonly currency: string;
  /** Per cent of tax that comes on top. */
  readonly taxPercent: number;
  /** Customers may be deleted; their invoices stay. */
  readonly isDeleted: boolean;
}

const NAMES: readonly (readonly [string, string | undefined, string, number])[] = [
  ['Marketing', 'MKT', 'usd', 0],
  ['Sales EMEA', 'SAL', 'eur', 0],
  ['Customer Support', 'SUP', 'usd', 0],
  ['Finance', 'FIN', 'gbp', 0],
  ['Lark Hill UK Ltd', 'UK1', 'gbp', 20],
  ['Engineering', 'ENG', 'usd', 0],
  ['Data Science', undefined, 'usd', 0],
  ['Tokyo Office', 'TYO', 'jpy', 10],
  ['People', 'HR', 'eur', 0],
  ['Closed Lab', 'LAB', 'usd', 0],
];
/** Every customer. */
export const DEPARTMENTS: readonly Department[] = NAMES.map(([name, department, currency, taxPercent], index) => ({
  id: `cus_StandIn${String(index).padStart(4, '0')}`,
  name,
  department,
  currency,
  taxPercent,
  isDeleted: name === 'Closed Lab',
}));

/** What IT sells inside the company. */
export const PRODUCTS: readonly { readonly id: string; readonly name: string }[] = [
  'Laptop workplace',
  'Virtual machine',
  'Data warehouse seat',
  'Service desk',
  'Object storage',
  'Managed database',
  'Video conferencing',
].map((name, index) => ({ id: `prod_StandIn${String(index).padStart(4, '0')}`, name }));

/** A line; all amounts in the smallest units, before the sign of the document. */
export interface Line {
  readonly id: string;
  readonly amount: number;
  readonly discount: number;
  /** Credits granted by the company, which lower the price as a discount does. */
  readonly credit: number;
  readonly taxOnTop: number;
  readonly taxInside: number;
  /** None for a line that was written by hand. */
  readonly product: number | undefined;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** The line that a credit note takes back. */
  readonly takesBack: string | undefined;
}

/** An invoice through its whole life; moments in seconds, undefined where it never happens. */
export interface InvoiceRow extends StripeRow {
  readonly number: string;
  readonly customer: number;
  readonly lines: readonly Line[];
  readonly shipping: number;
  /** What the department is to pay. */
  readonly total: number;
  readonly isFinalizedByStripe: boolean;
  readonly finalizedAt: number | undefined;
  readonly paidAt: number | undefined;
  readonly voidedAt: number | undefined;
  readonly givenUpAt: number | undefined;
}

/** A credit note of an invoice of the month before. */
export interface NoteRow extends StripeRow {
  readonly number: string;
  readonly invoice: InvoiceRow;
  readonly lines: readonly Line[];
  readonly total: number;
  readonly voidedAt: number | undefined;
}

/** The state of an invoice at a moment. */
export function statusOf(row: InvoiceRow, at: number): 'draft' | 'open' | 'paid' | 'void' | 'uncollectible' {
  const has = (moment: number | undefined): boolean => moment !== undefined && moment <= at;
  if (!has(row.finalizedAt)) return 'draft';
  if (has(row.voidedAt)) return 'void';
  if (has(row.givenUpAt)) return 'uncollectible';
  return has(row.paidAt) ? 'paid' : 'open';
}

function idOf(prefix: string, month: Month, random: Random): string {
  return `${prefix}_1${month.replace('-', '')}x${random.letters(14)}`;
}

/** The invoices of a month. `version` counts how often its past was changed. */
export function invoiceRows(seed: number, month: Month, version: number): InvoiceRow[] {
  const random = createRandom(seed, `stripe invoices ${month}`);
  const rows: InvoiceRow[] = [];
  DEPARTMENTS.forEach((department, customer) => {
    const fixed = createRandom(seed, `stripe subscriptions of ${department.id}`);
    for (let count = fixed.integer(1, 3); count > 0; count -= 1) {
      const created = secondsOfMonth(month) + fixed.integer(0, 27) * DAY_SECONDS + fixed.integer(0, DAY_SECONDS - 1);
      // One department is charged by use, line by line: more than a page of them.
      const lineCount = customer === 5 ? random.integer(205, 230) : fixed.integer(1, 14);
      rows.push(invoiceOf(month, rows.length, customer, created, lineCount, random));
    }
  });
  // Invoices that somebody writes by hand stay drafts for days; in spring one stays a draft for ever.
  rows.push(byHand(month, rows.length, 3 * DAY_SECONDS, random));
  if (month.endsWith('-04')) rows.push(byHand(month, rows.length, undefined, random));
  return version === 0 ? rows : restated(rows, month, version);
}

function byHand(month: Month, index: number, waits: number | undefined, random: Random): InvoiceRow {
  const created = secondsOfMonth(month) + random.integer(2, 20) * DAY_SECONDS + 30_000;
  const row = invoiceOf(month, index, index % DEPARTMENTS.length, created, 2, random);
  const lines = row.lines.map((line) => ({
    ...line,
    product: undefined,
    description: 'Project work for the intranet',
  }));
  const finalizedAt = waits === undefined ? undefined : created + waits;
  return {
    ...row,
    lines,
    isFinalizedByStripe: false,
    finalizedAt,
    paidAt: undefined,
    voidedAt: undefined,
    givenUpAt: undefined,
  };
}

function invoiceOf(
  month: Month,
  index: number,
  customer: number,
  created: number,
  lineCount: number,
  random: Random,
): InvoiceRow {
  const department = DEPARTMENTS[customer];
  const lines = Array.from({ length: lineCount }, () => lineOf(month, department?.taxPercent ?? 0, random));
  const shipping = random.chance(80) ? random.integer(500, 2_500) : 0;
  const fate = random.integer(1, 100);
  return {
    id: idOf('in', month, random),
    created,
    number: `LH-${month.replace('-', '')}-${String(index + 1).padStart(4, '0')}`,
    customer,
    lines,
    shipping,
    total: lines.reduce((sum, line) => sum + chargedOf(line), shipping),
    isFinalizedByStripe: true,
    finalizedAt: created + HOUR_SECONDS,
    paidAt: fate > 10 ? created + random.integer(2, 40) * DAY_SECONDS : undefined,
    voidedAt: fate <= 5 ? created + random.integer(5, 20) * DAY_SECONDS : undefined,
    givenUpAt: fate > 5 && fate <= 8 ? created + 60 * DAY_SECONDS : undefined,
  };
}

function lineOf(month: Month, taxPercent: number, random: Random): Line {
  const product = random.integer(0, PRODUCTS.length - 1);
  const isBack = random.chance(40);
  const amount = isBack ? -random.integer(100, 3_000) : random.integer(0, 90_000);
  const discount = !isBack && random.chance(120) ? Math.floor(amount / 10) : 0;
  const credit = !isBack && random.chance(60) ? Math.floor(amount / 20) : 0;
  const taxed = amount - discount - credit;
  return {
    id: idOf('il', month, random),
    amount,
    discount,
    credit,
    taxOnTop: Math.round((taxed * taxPercent) / 100),
    // Of an inclusive tax the amount has it already.
    taxInside: taxPercent === 0 && random.chance(50) ? Math.floor(taxed / 11) : 0,
    product,
    description: isBack
      ? `Unused time on ${PRODUCTS[product]?.name ?? ''} after 12 ${month}`
      : `3 × seats (at 9.00 / month)`,
    metadata: random.chance(70) ? { project: 'Atlas' } : {},
    takesBack: undefined,
  };
}

/** What a line comes to for who pays it. */
function chargedOf({ amount, discount, credit, taxOnTop }: Line): number {
  return amount - discount - credit + taxOnTop;
}

/** The credit notes of a month, over invoices of the month before. */
export function noteRows(seed: number, month: Month, before: readonly InvoiceRow[]): NoteRow[] {
  const random = createRandom(seed, `stripe credit notes ${month}`);
  const chosen = before
    .filter((row) => row.finalizedAt !== undefined && row.lines.length > 1)
    .filter(() => random.chance(350));
  return chosen.map((invoice, index) => {
    const created = Math.max(invoice.finalizedAt ?? 0, secondsOfMonth(month)) + random.integer(0, 20) * DAY_SECONDS;
    // The last lines: they are not among the first ten that come with a long invoice.
    const lines = invoice.lines
      .slice(-2)
      .map((line) => ({ ...line, id: idOf('cnli', month, random), takesBack: line.id }));
    return {
      id: idOf('cn', month, random),
      created,
      number: `${invoice.number}-CN-0${index % 9}`,
      invoice,
      lines,
      total: lines.reduce((sum, line) => sum + chargedOf(line), 0),
      voidedAt: random.chance(120) ? created + 2 * DAY_SECONDS : undefined,
    };
  });
}

function restated(rows: readonly InvoiceRow[], month: Month, version: number): InvoiceRow[] {
  const [first, second, third, ...others] = rows;
  if (first === undefined || second === undefined || third === undefined) return [...rows];
  const random = createRandom(version, `stripe restated ${month}`);
  const more = random.integer(1, 900) + version;
  const [line, ...rest] = second.lines;
  return [
    { ...first, voidedAt: first.finalizedAt },
    {
      ...second,
      lines: line === undefined ? rest : [{ ...line, amount: line.amount + more }, ...rest],
      total: second.total + more,
    },
    third,
    ...others,
    invoiceOf(month, rows.length + version, 0, third.created, 3, random),
  ];
}

/** The month before. */
export function monthBefore(month: Month): Month {
  return addMonths(month, -1);
}
