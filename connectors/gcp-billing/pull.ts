import { z } from 'zod';

import type { PlannedRequest, PullEnd, PullWindow, ServiceBatch } from '../../src/connector/service.js';
import { currencyCode, dayIn, decimal, readRows } from '../../src/connector/values.js';
import { addDays } from '../../src/core/date.js';
import { addDecimals, decimalText } from '../../src/core/decimal.js';
import { SourceError } from '../../src/core/errors.js';
import type { DecimalText } from '../../src/core/money.js';
import { lastDay, monthOf } from '../../src/core/period.js';
import { roundedDecimal } from '../../src/core/rounded-decimal.js';
import type { GcpContext } from './client.js';
import { estimate, resultPages } from './jobs.js';
import { uncoveredRemarks } from './links.js';
import { windowQueries, type Statement } from './query.js';
import { exportTable } from './table.js';
import { costRow, isNothing, toCharge } from './to-charge.js';
import { TIME_ZONE } from './views.js';

interface Money {
  readonly cash: DecimalText;
  readonly accrual: DecimalText;
}

/** Decimals of an amount, and of a difference, in a sentence: Google's have up to 38. */
const CENT_DECIMALS = 2;
const TOTAL_DECIMALS = 6;
const ZERO: DecimalText = { digits: 0n, scale: 0 };
/** Invoices are written by the fifth working day of the next month, with weekends and a holiday before it the eighth. */
const INVOICED_AFTER_DAYS = 8;

/** Reads one window: its charges, then the total of the same rows, and compares the two. */
export async function* pull(context: GcpContext, window: PullWindow): AsyncGenerator<ServiceBatch, PullEnd> {
  const queries = await windowQueries(context, window);
  const listed = new Map<string, Money>();
  let rejectedCount = 0;
  for await (const batch of chargeBatches(context, queries.charges)) {
    for (const { currency, cash, accrual = cash } of batch.charges) add(listed, currency, { cash, accrual });
    rejectedCount += batch.rejected?.length ?? 0;
    yield batch;
  }
  const totals = await readTotals(context, queries.totals);
  const stated = new Map<string, Money>();
  for (const { currency, money } of totals) add(stated, currency, money);
  return {
    isFinal: isInvoiced(context, window),
    totals: [...stated].sort(byCurrency).map(([currency, money]) => ({ currency, ...money })),
    remarks: [
      ...differences(listed, stated, rejectedCount),
      ...otherInvoices(totals, window),
      ...queries.remarks,
      ...(await remarksOfToday(context, window)),
    ],
  };
}

/** Google marks nothing as an estimate, but usage and taxes of a month come in until its invoice is written. */
function isInvoiced(context: GcpContext, { to }: PullWindow): boolean {
  const end = lastDay(monthOf(addDays(to, -1)));
  return dayIn(TIME_ZONE, context.now()) > addDays(end, INVOICED_AFTER_DAYS);
}

/** What a pull of a window will cost: each query is estimated by BigQuery, which costs nothing. */
export async function plan(context: GcpContext, window: PullWindow): Promise<PlannedRequest[]> {
  const { charges, totals } = await windowQueries(context, window);
  const { location } = await exportTable(context);
  const planned: PlannedRequest[] = [];
  for (const statement of [charges, totals]) {
    const { bytes, priceMicros } = await estimate(context, statement, location);
    planned.push({
      what: `query of the ${statement.name}: ${bytes.toLocaleString('en')} bytes`,
      count: 1,
      priceMicros,
    });
  }
  return planned;
}

async function* chargeBatches(context: GcpContext, statement: Statement): AsyncGenerator<ServiceBatch> {
  const { labels, export: kind } = context.settings;
  const schema = costRow(kind === 'focus');
  let count = 0;
  for await (const page of resultPages(context, statement)) {
    const { rows, rejected } = readRows(schema, page.rows, page.request);
    const charges = rows.filter((row) => !isNothing(row)).map((row) => toCharge(row, labels));
    count += page.rows.length;
    context.progress({ step: `reading the ${statement.name}`, rows: count });
    yield { charges, rejected, skippedCount: rows.length - charges.length };
  }
}

const totalRow = z.object({
  currency: currencyCode,
  invoice_month: z.string().nullish(),
  cash_sum: decimal,
  accrual_sum: decimal.optional(),
});

interface Total {
  readonly currency: string;
  /** `202610`; empty where the export does not say. */
  readonly invoiceMonth: string;
  readonly money: Money;
}

/** The sums of the window's rows by currency and invoice. Rows without any cost are in none of them. */
async function readTotals(context: GcpContext, statement: Statement): Promise<Total[]> {
  const totals: Total[] = [];
  for await (const { rows, request } of resultPages(context, statement)) {
    for (const row of rows) {
      if (hasNoCost(row)) continue;
      const read = totalRow.safeParse(row);
      if (!read.success) throw unreadable(context, request, read.error);
      const { currency, invoice_month: month, cash_sum: cash, accrual_sum: accrual = cash } = read.data;
      totals.push({ currency, invoiceMonth: month ?? '', money: { cash, accrual } });
    }
  }
  return totals;
}

function hasNoCost(row: unknown): boolean {
  return typeof row === 'object' && row !== null && 'cash_sum' in row && row.cash_sum === null;
}

function unreadable({ sourceId }: GcpContext, request: string, { issues }: z.ZodError): SourceError {
  const place = issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`).join('; ');
  return new SourceError({
    place: { source: sourceId },
    message: `${request}: the total cannot be read (${place})`,
    hint: 'The service may have changed: look for a newer version of Spendshift, or report this.',
  });
}

function add(sums: Map<string, Money>, key: string, { cash, accrual }: Money): void {
  const known = sums.get(key) ?? { cash: ZERO, accrual: ZERO };
  sums.set(key, { cash: addDecimals(known.cash, cash), accrual: addDecimals(known.accrual, accrual) });
}

function byCurrency([left]: readonly [string, Money], [right]: readonly [string, Money]): number {
  return left < right ? -1 : 1;
}

/** Where the charges and the total differ although no row was set aside: rows came in between the two queries. */
function differences(
  listed: ReadonlyMap<string, Money>,
  stated: ReadonlyMap<string, Money>,
  rejectedCount: number,
): string[] {
  if (rejectedCount > 0) return [];
  return [...new Set([...listed.keys(), ...stated.keys()])].sort().flatMap((currency) => {
    const [charges, total] = [listed.get(currency), stated.get(currency)];
    const cash = minus(total?.cash, charges?.cash);
    const accrual = minus(total?.accrual, charges?.accrual);
    if (cash.digits === 0n && accrual.digits === 0n) return [];
    return [
      `The total and the sum of the charges differ by ${roundedDecimal(decimalText(cash), TOTAL_DECIMALS)} ${currency}: Google exported more rows ` +
        'between the two queries; the next reading shows whether the difference stays.',
    ];
  });
}

function minus(left: DecimalText = ZERO, right: DecimalText = ZERO): DecimalText {
  return addDecimals(left, { digits: -right.digits, scale: right.scale });
}

/** What of a month stands on the invoices of other months, so that the invoice can be compared. */
function otherInvoices(totals: readonly Total[], { from, to }: PullWindow): string[] {
  const month = from.slice(0, 7).replace('-', '');
  const isOneMonth = from.endsWith('-01') && to.endsWith('-01');
  if (!isOneMonth) return [];
  return totals
    .filter(
      ({ invoiceMonth, money }) => /^\d{6}$/.test(invoiceMonth) && invoiceMonth !== month && money.cash.digits !== 0n,
    )
    .map(
      ({ currency, invoiceMonth, money }) =>
        `${roundedDecimal(decimalText(money.cash), CENT_DECIMALS)} ${currency} of ${from.slice(0, 7)} stand on the invoice of ` +
        `${invoiceMonth.slice(0, 4)}-${invoiceMonth.slice(4)}: usage that was reported late, or a correction.`,
    )
    .sort();
}

/** Links between projects and accounts are known as they are now, so they are looked at with the current month alone. */
async function remarksOfToday(context: GcpContext, { from, to }: PullWindow): Promise<string[]> {
  const today = dayIn(TIME_ZONE, context.now());
  return today >= from && today < to ? uncoveredRemarks(context) : [];
}
