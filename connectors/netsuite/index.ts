import { sortRows } from '../../src/connector/rows.js';
import {
  defineService,
  type Permission,
  type PullEnd,
  type PullWindow,
  type ServiceBatch,
  type Verdict,
} from '../../src/connector/service.js';
import { readRows } from '../../src/connector/values.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import { addDays, type IsoDate } from '../../src/core/date.js';
import { SourceError } from '../../src/core/errors.js';
import type { DecimalText } from '../../src/core/money.js';
import { netSuitePages, netSuiteTrial, type NetSuiteContext } from './client.js';
import { halves, linesQuery, totalsQuery } from './query.js';
import { settings, type NetSuiteSettings } from './settings.js';
import { isSpend, line, toCharge, total } from './to-charge.js';

/** Rows that NetSuite gives of one query; of more it hides the rest. */
const QUERY_ROWS_MAX = 100_000;

const SIGN_IN = 'REST Web Services';
const TRANSACTIONS = 'Find Transaction';
const PERMISSIONS: readonly Permission[] = [
  { id: SIGN_IN, why: 'to sign in with a certificate and to send queries', required: true },
  {
    id: TRANSACTIONS,
    why: 'bills, credits, card charges and expense reports, with the names beside them',
    required: true,
  },
];

const GRANT = `Permissions of the role of the integration:
  Setup: REST Web Services; Log in using OAuth 2.0 Access Tokens
  Reports: SuiteAnalytics Workbook
  Transactions (View): Find Transaction; Bills; Vendor Credits (Enter Vendor Credits); Credit Card; Expense Report; Check; Make Journal Entry
  Lists (View): Accounts; Classes; Currency; Departments; Employees; Items; Locations; Subsidiaries; Vendors`;

/** Bills, credits, card charges, expense reports and, on demand, journals of NetSuite, line by line. */
export default defineService<NetSuiteSettings>({
  id: 'netsuite',
  title: 'NetSuite',
  kind: 'payment',
  settings,
  version: 1,
  service: {
    permissions: PERMISSIONS,
    grant: GRANT,
    // NetSuite limits how many requests run at once, and Spendshift sends one after the other.
    requestIntervalMs: 0,
    requestTimeoutMs: 180_000,
  },
  // Bills arrive and are booked anew until the period is closed. Days are the company's, without a zone.
  history: { grain: 'day', timeZone: 'UTC', restatementDays: 60 },
  check,
  async *pull(context, window) {
    yield* pullLines(context, window);
    return { isFinal: true, remarks: [], totals: await ownTotals(context, window) };
  },
});

async function* pullLines(context: NetSuiteContext, window: PullWindow): AsyncGenerator<ServiceBatch> {
  const { from, to } = window;
  const query = linesQuery(context.settings, window);
  for await (const { request, rows, rowsTotal } of netSuitePages(context, `lines ${from} to ${to}`, query)) {
    if (rowsTotal >= QUERY_ROWS_MAX) {
      // Nothing of this query was handed on yet: its first page already says how large it is.
      yield* pullHalves(context, window, rowsTotal);
      return;
    }
    const {
      rows: lines,
      rejected,
      skippedCount,
    } = sortRows(line, rows, request, (row) => isSpend(row, context.settings));
    yield { charges: lines.map((row) => toCharge(row, context.settings)), rejected, skippedCount };
  }
}

async function* pullHalves(
  context: NetSuiteContext,
  window: PullWindow,
  rowsTotal: number,
): AsyncGenerator<ServiceBatch> {
  const parts = halves(window);
  if (parts === undefined) {
    throw new SourceError({
      place: { source: context.sourceId },
      message: `lines of ${window.from}: NetSuite has ${rowsTotal} of one day, and gives ${QUERY_ROWS_MAX} at most`,
      hint: 'Read fewer `types` with this source, and the others with further ones.',
    });
  }
  for (const part of parts) yield* pullLines(context, part);
}

/** What NetSuite itself sums the window to, asked apart from its lines. */
async function ownTotals(context: NetSuiteContext, window: PullWindow): Promise<NonNullable<PullEnd['totals']>> {
  const what = `totals ${window.from} to ${window.to}`;
  const totals: { currency: string; cash: DecimalText }[] = [];
  for await (const { request, rows } of netSuitePages(context, what, totalsQuery(context.settings, window))) {
    const read = readRows(total, rows, request);
    totals.push(...read.rows.map(({ currency, amount }) => ({ currency, cash: amount })));
  }
  return totals;
}

const TRIAL_DAYS = 31;

/** Tries to sign in, and the very query of a pull, so that a missing permission or segment shows. */
async function check(context: NetSuiteContext): Promise<readonly Verdict[]> {
  const signIn = await verdictOf(permissionOf(PERMISSIONS, SIGN_IN), async () => {
    const count = await netSuiteTrial(context, 'currencies', 'SELECT c.symbol FROM currency c');
    return count === 1 ? '1 currency' : `${count} currencies`;
  });
  const transactions = await verdictOf(permissionOf(PERMISSIONS, TRANSACTIONS), async () => {
    const to = context.now().toISOString().slice(0, 10) as IsoDate;
    const query = linesQuery(context.settings, { from: addDays(to, -TRIAL_DAYS), to });
    return `${await netSuiteTrial(context, 'a line', query)} lines in the last ${TRIAL_DAYS} days`;
  });
  return [signIn, transactions];
}
