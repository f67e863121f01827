import type { z } from 'zod';

import { sortRows } from '../../src/connector/rows.js';
import {
  defineService,
  type Permission,
  type PullWindow,
  type ServiceBatch,
  type Verdict,
} from '../../src/connector/service.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import type { IsoDate } from '../../src/core/date.js';
import {
  baseCurrency,
  chartOfAccounts,
  SCOPES,
  xeroPages,
  xeroTrial,
  type ListName,
  type XeroContext,
  type XeroPage,
} from './client.js';
import { isPosted, manualJournal, manualJournalCharges } from './journals.js';
import { settings, type Part, type XeroSettings } from './settings.js';
import {
  bankTransaction,
  bankTransactionCharges,
  bill,
  billCharges,
  creditNote,
  creditNoteCharges,
  isCounted,
  type Converted,
  type Surroundings,
} from './to-charge.js';

const PERMISSIONS: readonly Permission[] = [
  { id: SCOPES.bankTransactions, why: 'money spent and refunded without a bill', required: true },
  { id: SCOPES.invoices, why: "suppliers' bills and credit notes", required: true },
  { id: SCOPES.journals, why: 'manual journals (only with `journals` in `include`)', required: true },
  {
    id: SCOPES.settings,
    why: 'the names of accounts, which of them are for expenses, and the currency of the books',
    required: true,
  },
];

/** How a list of Xero is read. */
interface Reading {
  readonly part: Part;
  readonly list: ListName;
  /** In words, for messages. */
  readonly what: string;
  /** Which rows, in the language of Xero's filters. */
  readonly where: string;
  readonly read: (page: XeroPage, around: Surroundings) => ServiceBatch;
}

const READINGS: readonly Reading[] = [
  {
    part: 'bankTransactions',
    list: 'BankTransactions',
    what: 'bank transactions',
    where: '',
    read: readingOf(bankTransaction, bankTransactionCharges),
  },
  { part: 'bills', list: 'Invoices', what: 'bills', where: 'Type=="ACCPAY"', read: readingOf(bill, billCharges) },
  {
    part: 'bills',
    list: 'CreditNotes',
    what: 'credit notes',
    where: 'Type=="ACCPAYCREDIT"',
    read: readingOf(creditNote, creditNoteCharges),
  },
  {
    part: 'journals',
    list: 'ManualJournals',
    what: 'manual journals',
    where: '',
    read: readingOf(manualJournal, manualJournalCharges, isPosted),
  },
];

/** Bank transactions, bills, credit notes and, on demand, manual journals of Xero, line by line. */
export default defineService<XeroSettings>({
  id: 'xero',
  title: 'Xero',
  kind: 'payment',
  settings,
  version: 1,
  service: {
    permissions: PERMISSIONS,
    grant: `Scopes of the custom connection: ${PERMISSIONS.map(({ id }) => id).join(' ')}
(${SCOPES.journals} only where \`include\` names journals.)
Apps made before March 2026 (\`scopes: broad\`): accounting.transactions.read accounting.settings.read`,
    // Xero allows 60 requests a minute to one organisation.
    requestIntervalMs: 1_050,
  },
  // Bills arrive and are booked anew until the books of the month are closed. Days are the organisation's, without a zone.
  history: { grain: 'day', timeZone: 'UTC', restatementDays: 60 },
  check,
  async *pull(context, window) {
    const currency = context.settings.include.includes('journals') ? await baseCurrency(context) : '';
    const accounts = await chartOfAccounts(context);
    const around = { settings: context.settings, accounts, baseCurrency: currency };
    for (const reading of READINGS) {
      if (context.settings.include.includes(reading.part)) yield* pullList(context, reading, window, around);
    }
    return { isFinal: true, remarks: [] };
  },
});

function readingOf<Row>(
  schema: z.ZodType<Row>,
  convert: (row: Row, around: Surroundings) => Converted,
  isWanted: (row: unknown, include: XeroSettings['include']) => boolean = isCounted,
): Reading['read'] {
  return ({ request, rows }, around) => {
    const sorted = sortRows(schema, rows, request, (row) => isWanted(row, around.settings.include));
    const converted = sorted.rows.map((row) => convert(row, around));
    return {
      charges: converted.flatMap(({ charges }) => charges),
      rejected: sorted.rejected,
      skippedCount: converted.reduce((sum, { skippedCount }) => sum + skippedCount, sorted.skippedCount),
    };
  };
}

async function* pullList(
  context: XeroContext,
  { list, what, where, read }: Reading,
  { from, to }: PullWindow,
  around: Surroundings,
): AsyncGenerator<ServiceBatch> {
  const days = `Date>=${dateTime(from)} AND Date<${dateTime(to)}`;
  const filter = where === '' ? days : `${where} AND ${days}`;
  for await (const page of xeroPages(context, `${what} ${from} to ${to}`, list, filter)) {
    const batch = read(page, around);
    yield { ...batch, charges: batch.charges.filter(({ day }) => day >= from && day < to) };
  }
}

/** A day in the language of Xero's filters. */
function dateTime(day: IsoDate): string {
  return `DateTime(${day.replaceAll('-', ',')})`;
}

/** Tries what the settings include; what they do not has no verdict. */
async function check(context: XeroContext): Promise<readonly Verdict[]> {
  const { include } = context.settings;
  const trial = (id: string, attempt: () => Promise<string>): Promise<Verdict> =>
    verdictOf(permissionOf(PERMISSIONS, id), attempt);
  const lists = async (names: readonly ListName[], what: string): Promise<string> => {
    let count = 0;
    for (const name of names) count += await xeroTrial(context, name);
    return count === 0 ? `${what} can be read; there are none yet` : `${what} can be read`;
  };
  const verdicts: Verdict[] = [];
  if (include.includes('bankTransactions')) {
    verdicts.push(await trial(SCOPES.bankTransactions, () => lists(['BankTransactions'], 'bank transactions')));
  }
  if (include.includes('bills')) {
    verdicts.push(await trial(SCOPES.invoices, () => lists(['Invoices', 'CreditNotes'], 'bills and credit notes')));
  }
  if (include.includes('journals')) {
    verdicts.push(await trial(SCOPES.journals, () => lists(['ManualJournals'], 'manual journals')));
  }
  verdicts.push(await trial(SCOPES.settings, async () => `${(await chartOfAccounts(context)).size} accounts`));
  return verdicts;
}
