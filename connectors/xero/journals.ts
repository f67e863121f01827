import { z } from 'zod';

import { accountText, optionalText } from '../../src/connector/rows.js';
import type { ServiceCharge } from '../../src/connector/service.js';
import { decimal } from '../../src/connector/values.js';
import { addDecimals, decimalText } from '../../src/core/decimal.js';
import {
  amountOf,
  codingOf,
  isSpendClass,
  lineAmountTypes,
  tracking,
  xeroDay,
  type Converted,
  type Surroundings,
} from './to-charge.js';

const POSTED = 'POSTED';
const NOT_POSTED: ReadonlySet<string> = new Set(['DRAFT', 'DELETED', 'VOIDED', 'ARCHIVED']);

/** False for drafts and for journals that were taken back. An unknown status is read, and refused. */
export function isPosted(row: unknown): boolean {
  const read = z.object({ Status: z.string() }).safeParse(row);
  return !read.success || !NOT_POSTED.has(read.data.Status);
}

const journalLine = z.object({
  // Positive for a debit.
  LineAmount: decimal,
  TaxAmount: decimal.nullish(),
  AccountCode: optionalText,
  Tracking: tracking,
});

const writtenJournal = z.object({
  ManualJournalID: z.string().min(1),
  Status: z.literal(POSTED),
  Date: xeroDay,
  LineAmountTypes: lineAmountTypes,
  JournalLines: z.array(journalLine).min(1, 'it has no lines'),
});
type ManualJournal = z.output<typeof writtenJournal>;

/** A journal that a person wrote, whose debits come to its credits. It has no contact, and is in the base currency. */
export const manualJournal = writtenJournal.refine((row) => differenceOf(row) === '0', {
  error: ({ input }) => `its debits and credits differ by ${differenceOf(input as ManualJournal)}`,
  path: ['JournalLines'],
});

function differenceOf({ JournalLines: lines, LineAmountTypes: types }: ManualJournal): string {
  return decimalText(
    lines.reduce((sum, line) => addDecimals(sum, amountOf(line, types, 'included')), { digits: 0n, scale: 0 }),
  );
}

/** The charges of a journal: its lines on accounts that are spend. */
export function manualJournalCharges(row: ManualJournal, around: Surroundings): Converted {
  const { settings, accounts, baseCurrency } = around;
  const charges = row.JournalLines.flatMap((line, index): ServiceCharge[] => {
    const account = accounts.get(line.AccountCode);
    const cash = amountOf(line, row.LineAmountTypes, settings.tax);
    if (cash.digits === 0n || !isSpendClass(account?.accountClass ?? '')) return [];
    return [
      {
        // The place of a line is the only name that Xero gives it.
        key: `${row.ManualJournalID}/${index + 1}`,
        reference: row.ManualJournalID,
        day: row.Date,
        currency: baseCurrency,
        cash,
        texts: {
          payee: '',
          ledgerAccount: accountText(line.AccountCode, account?.name ?? ''),
          ...codingOf(line.Tracking ?? [], settings),
        },
      },
    ];
  });
  return { charges, skippedCount: row.JournalLines.length - charges.length };
}
