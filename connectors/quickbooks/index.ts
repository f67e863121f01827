import { z } from 'zod';

import { sortRows } from '../../src/connector/rows.js';
import {
  defineService,
  type Permission,
  type PullWindow,
  type ServiceBatch,
  type Verdict,
} from '../../src/connector/service.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import { SourceError } from '../../src/core/errors.js';
import {
  chartOfAccounts,
  homeCurrency,
  quickBooksPages,
  quickBooksTrial,
  type Entity,
  type QuickBooksContext,
  type QuickBooksPage,
} from './client.js';
import { journal, journalCharges } from './journals.js';
import { settings, type Part, type QuickBooksSettings } from './settings.js';
import {
  bill,
  billCharges,
  purchase,
  purchaseCharges,
  vendorCreditCharges,
  type Converted,
  type Surroundings,
} from './to-charge.js';

/** Intuit has one scope for all books; what a person may see is decided by who authorised the app. */
const PERMISSIONS: readonly Permission[] = [
  {
    id: 'com.intuit.quickbooks.accounting',
    why: 'purchases, bills, vendor credits, journal entries and accounts',
    required: true,
  },
];

/** How an entity of QuickBooks is read. */
interface Reading {
  readonly part: Part;
  readonly entity: Entity;
  /** In words, for messages. */
  readonly what: string;
  readonly read: (page: QuickBooksPage, around: Surroundings) => ServiceBatch;
}

const READINGS: readonly Reading[] = [
  { part: 'purchases', entity: 'Purchase', what: 'purchases', read: readingOf(purchase, purchaseCharges) },
  { part: 'bills', entity: 'Bill', what: 'bills', read: readingOf(bill, billCharges) },
  { part: 'bills', entity: 'VendorCredit', what: 'vendor credits', read: readingOf(bill, vendorCreditCharges) },
  { part: 'journals', entity: 'JournalEntry', what: 'journal entries', read: readingOf(journal, journalCharges) },
];

/** Purchases, bills, vendor credits and, on demand, journal entries of QuickBooks Online, line by line. */
export default defineService<QuickBooksSettings>({
  id: 'quickbooks',
  title: 'QuickBooks Online',
  kind: 'payment',
  settings,
  version: 1,
  service: {
    permissions: PERMISSIONS,
    grant: 'Scope of the app: com.intuit.quickbooks.accounting',
    // QuickBooks allows 500 requests a minute to one company.
    requestIntervalMs: 130,
  },
  // Bills arrive and are booked anew until the books of the month are closed. Days are the company's, without a zone.
  history: { grain: 'day', timeZone: 'UTC', restatementDays: 60 },
  check,
  async *pull(context, window) {
    for (const reading of READINGS) {
      if (context.settings.include.includes(reading.part)) yield* pullEntity(context, reading, window);
    }
    return { isFinal: true, remarks: [] };
  },
});

function readingOf<Row>(
  schema: z.ZodType<Row>,
  convert: (row: Row, around: Surroundings) => Converted,
): Reading['read'] {
  return ({ request, rows }, around) => {
    const { rows: documents, rejected } = sortRows(schema, rows, request, () => true);
    const converted = documents.map((row) => convert(row, around));
    return {
      charges: converted.flatMap(({ charges }) => charges),
      rejected,
      skippedCount: converted.reduce((sum, { skippedCount }) => sum + skippedCount, 0),
    };
  };
}

async function* pullEntity(
  context: QuickBooksContext,
  { entity, what, read }: Reading,
  { from, to }: PullWindow,
): AsyncGenerator<ServiceBatch> {
  const accounts = await chartOfAccounts(context);
  const where = `TxnDate >= '${from}' and TxnDate < '${to}'`;
  for await (const page of quickBooksPages(context, `${what} ${from} to ${to}`, entity, where)) {
    const currency = page.rows.every(hasCurrency) ? '' : await neededCurrency(context, page.request);
    const batch = read(page, { settings: context.settings, accounts, homeCurrency: currency });
    yield { ...batch, charges: batch.charges.filter(({ day }) => day >= from && day < to) };
  }
}

/** Companies with one currency have rows that do not name it. */
function hasCurrency(row: unknown): boolean {
  return z.object({ CurrencyRef: z.object({ value: z.string().min(1) }) }).safeParse(row).success;
}

async function neededCurrency(context: QuickBooksContext, request: string): Promise<string> {
  const currency = await homeCurrency(context);
  if (currency !== undefined) return currency;
  throw new SourceError({
    place: { source: context.sourceId },
    message: `${request}: rows name no currency, and the preferences of the company do not either`,
    hint: 'Set the home currency in QuickBooks (Settings, Account and settings, Advanced, Currency).',
  });
}

const TRIALS: Readonly<Record<Part, Entity>> = {
  purchases: 'Purchase',
  bills: 'Bill',
  journals: 'JournalEntry',
};

/** `purchases, bills and journals`. */
function listed(parts: readonly Part[]): string {
  return parts.length < 3 ? parts.join(' and ') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

/** Tries what the settings include. */
async function check(context: QuickBooksContext): Promise<readonly Verdict[]> {
  const verdict = await verdictOf(permissionOf(PERMISSIONS, 'com.intuit.quickbooks.accounting'), async () => {
    for (const part of context.settings.include) await quickBooksTrial(context, TRIALS[part]);
    const { size } = await chartOfAccounts(context);
    return `${listed(context.settings.include)} can be read, and ${size} accounts`;
  });
  return [verdict];
}
