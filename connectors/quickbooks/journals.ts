import { z } from 'zod';

import { accountText, optionalCurrency, optionalText } from '../../src/connector/rows.js';
import type { ServiceCharge } from '../../src/connector/service.js';
import { decimal, leadingDay, negated } from '../../src/connector/values.js';
import { canonicalTags } from '../../src/core/charge.js';
import { addDecimals, decimalText } from '../../src/core/decimal.js';
import { isSpend, nameOf, reference, ZERO, type Converted, type Surroundings } from './to-charge.js';

const journalLine = z.discriminatedUnion('DetailType', [
  z.object({
    Id: optionalText,
    DetailType: z.literal('JournalEntryLineDetail'),
    Amount: decimal,
    JournalEntryLineDetail: z.object({
      PostingType: z.enum(['Debit', 'Credit']),
      AccountRef: reference,
      ClassRef: reference,
      DepartmentRef: reference,
      /** A vendor, a customer or an employee. */
      Entity: z.object({ Type: optionalText, EntityRef: reference }).nullish(),
    }),
  }),
  // A text between lines.
  z.object({ DetailType: z.enum(['DescriptionOnly', 'DescriptionLineDetail']) }),
]);
type JournalLine = Extract<z.output<typeof journalLine>, { readonly DetailType: 'JournalEntryLineDetail' }>;

/** An entry of the journal, whose debits come to its credits. */
export const journal = z
  .object({
    Id: z.string().min(1),
    TxnDate: leadingDay,
    DocNumber: optionalText,
    CurrencyRef: z.object({ value: optionalCurrency }).nullish(),
    TxnTaxDetail: z.object({ TotalTax: decimal.nullish() }).nullish(),
    Line: z.array(journalLine),
  })
  .transform((row, context) => {
    const lines = row.Line.filter((entry): entry is JournalLine => 'Amount' in entry);
    const sum = lines.map(signed).reduce(addDecimals, ZERO);
    const tax = row.TxnTaxDetail?.TotalTax ?? ZERO;
    // Tax that stands beside the lines balances them, on whichever side it is.
    const isBalanced = [ZERO, tax, negated(tax)].some(
      (one) => decimalText(addDecimals(sum, one)) === decimalText(ZERO),
    );
    if (isBalanced) return { ...row, lines };
    const message = `its debits and credits differ by ${decimalText(sum)}`;
    context.issues.push({ code: 'custom', input: row.Line, message, path: ['Line'] });
    return z.NEVER;
  });

/** Spend is a debit of an account of expenses; a credit takes it back, or moves it elsewhere. */
function signed({ Amount: amount, JournalEntryLineDetail: detail }: JournalLine): typeof amount {
  return detail.PostingType === 'Debit' ? amount : negated(amount);
}

/** The charges of an entry of the journal: its lines on accounts that are spend, with the sign of a debit. */
export function journalCharges(row: z.output<typeof journal>, around: Surroundings): Converted {
  const key = `journal/${row.Id}`;
  const charges = row.lines.flatMap((entry, index): ServiceCharge[] => {
    const { AccountRef, Entity } = entry.JournalEntryLineDetail;
    const account = around.accounts.get(AccountRef?.value ?? '');
    if (entry.Amount.digits === 0n || !isSpend(account)) return [];
    const named = nameOf(Entity?.EntityRef);
    const isCustomer = Entity?.Type === 'Customer';
    return [
      {
        key: `${key}/${entry.Id === '' ? index + 1 : entry.Id}`,
        reference: row.DocNumber === '' ? key : row.DocNumber,
        day: row.TxnDate,
        currency: row.CurrencyRef?.value ?? around.homeCurrency,
        cash: signed(entry),
        texts: {
          payee: isCustomer ? '' : named,
          person: Entity?.Type === 'Employee' ? named : '',
          project: isCustomer ? named : '',
          ledgerAccount: account === undefined ? nameOf(AccountRef) : accountText(account.number, account.name),
          ...departmentOf(entry, around),
        },
      },
    ];
  });
  return { charges, skippedCount: row.lines.length - charges.length };
}

function departmentOf(
  { JournalEntryLineDetail: { ClassRef, DepartmentRef } }: JournalLine,
  { settings }: Surroundings,
): ServiceCharge['texts'] {
  const [ofClass, location] = [nameOf(ClassRef), nameOf(DepartmentRef)];
  return settings.costCenter === 'class'
    ? { costCenter: ofClass, tags: canonicalTags([['Location', location]]) }
    : { costCenter: location, tags: canonicalTags([['Class', ofClass]]) };
}
