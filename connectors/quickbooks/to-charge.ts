import { z } from 'zod';

import { accountText, optionalCurrency, optionalText } from '../../src/connector/rows.js';
import type { ServiceCharge } from '../../src/connector/service.js';
import { decimal, leadingDay, negated } from '../../src/connector/values.js';
import { canonicalTags } from '../../src/core/charge.js';
import { addDecimals, decimalText } from '../../src/core/decimal.js';
import type { DecimalText } from '../../src/core/money.js';
import type { Account } from './client.js';
import type { QuickBooksSettings } from './settings.js';

export const ZERO: DecimalText = { digits: 0n, scale: 0 };

/** A reference to another object: its id and its name. */
export const reference = z.object({ value: optionalText, name: optionalText, type: optionalText }).nullish();
type Reference = z.output<typeof reference>;

const detail = z.object({
  AccountRef: reference,
  ItemRef: reference,
  ClassRef: reference,
  CustomerRef: reference,
});

const line = z.discriminatedUnion('DetailType', [
  z.object({
    Id: optionalText,
    DetailType: z.literal('AccountBasedExpenseLineDetail'),
    Amount: decimal,
    AccountBasedExpenseLineDetail: detail,
  }),
  z.object({
    Id: optionalText,
    DetailType: z.literal('ItemBasedExpenseLineDetail'),
    Amount: decimal,
    ItemBasedExpenseLineDetail: detail,
  }),
  // A text between lines.
  z.object({ DetailType: z.enum(['DescriptionOnly', 'DescriptionLineDetail']) }),
]);
type Line = z.output<typeof line>;
type MoneyLine = Exclude<Line, { readonly DetailType: 'DescriptionOnly' | 'DescriptionLineDetail' }>;

const documentParts = {
  Id: z.string().min(1),
  TxnDate: leadingDay,
  DocNumber: optionalText,
  TotalAmt: decimal,
  CurrencyRef: z.object({ value: optionalCurrency }).nullish(),
  DepartmentRef: reference,
  TxnTaxDetail: z.object({ TotalTax: decimal.nullish() }).nullish(),
  Line: z.array(line),
};

/** A check, a cash purchase or a card purchase; `Credit` says that it is a refund to the card. */
export const purchase = checked(
  z.object({
    ...documentParts,
    AccountRef: reference,
    EntityRef: reference,
    Credit: z.boolean().nullish(),
  }),
);
/** A bill or a vendor's credit. */
export const bill = checked(z.object({ ...documentParts, VendorRef: reference }));

type Document = z.output<z.ZodObject<typeof documentParts>>;

/** Sets a document aside whose lines do not come to its total. */
function checked<Row extends Document>(schema: z.ZodType<Row>): z.ZodType<Row> {
  return schema.refine((row) => totalMistake(row) === undefined, {
    error: ({ input }) => totalMistake(input as Row),
    path: ['Line'],
  });
}

function totalMistake(row: Document): string | undefined {
  const lines = moneyLines(row).reduce((sum, { Amount: amount }) => addDecimals(sum, amount), ZERO);
  const tax = row.TxnTaxDetail?.TotalTax ?? ZERO;
  const sum = decimalText(addDecimals(lines, tax));
  const total = decimalText(row.TotalAmt);
  return sum === total ? undefined : `the lines and the tax come to ${sum}, but TotalAmt says ${total}`;
}

function moneyLines({ Line: lines }: Document): MoneyLine[] {
  return lines.filter((entry): entry is MoneyLine => 'Amount' in entry);
}

/** What is needed beside a document to make charges of it. */
export interface Surroundings {
  readonly settings: Pick<QuickBooksSettings, 'costCenter'>;
  readonly accounts: ReadonlyMap<string, Account>;
  /** The currency of rows that name none. */
  readonly homeCurrency: string;
}

/** Charges of a document; lines that are no spend are counted. */
export interface Converted {
  readonly charges: readonly ServiceCharge[];
  readonly skippedCount: number;
}

/** The charges of a purchase. */
export function purchaseCharges(row: z.output<typeof purchase>, around: Surroundings): Converted {
  const entity = row.EntityRef ?? undefined;
  const texts = {
    payee: entity?.name ?? '',
    person: entity?.type === 'Employee' ? entity.name : '',
    account: row.AccountRef?.value ?? '',
    accountName: row.AccountRef?.name ?? '',
  };
  return converted(row, { key: `purchase/${row.Id}`, isNegative: row.Credit === true, texts }, around);
}

/** The charges of a bill. */
export function billCharges(row: z.output<typeof bill>, around: Surroundings): Converted {
  const texts = { payee: row.VendorRef?.name ?? '' };
  return converted(row, { key: `bill/${row.Id}`, isNegative: false, texts }, around);
}

/** The charges of a vendor's credit, which are negative. */
export function vendorCreditCharges(row: z.output<typeof bill>, around: Surroundings): Converted {
  const texts = { payee: row.VendorRef?.name ?? '' };
  return converted(row, { key: `vendor-credit/${row.Id}`, isNegative: true, texts }, around);
}

interface Kind {
  readonly key: string;
  readonly isNegative: boolean;
  readonly texts: ServiceCharge['texts'];
}

function converted(row: Document, { key, isNegative, texts }: Kind, around: Surroundings): Converted {
  const lines = moneyLines(row);
  const charges = lines.flatMap((entry, index): ServiceCharge[] => {
    const account = around.accounts.get(detailOf(entry).AccountRef?.value ?? '');
    // A document that was voided keeps its lines, without money.
    if (entry.Amount.digits === 0n || !isSpend(account)) return [];
    return [
      {
        key: `${key}/${entry.Id === '' ? index + 1 : entry.Id}`,
        reference: row.DocNumber === '' ? key : row.DocNumber,
        day: row.TxnDate,
        currency: row.CurrencyRef?.value ?? around.homeCurrency,
        cash: isNegative ? negated(entry.Amount) : entry.Amount,
        texts: { ...texts, ...codingOf(entry, row, account, around) },
      },
    ];
  });
  return { charges, skippedCount: lines.length - charges.length };
}

function detailOf(entry: MoneyLine): z.output<typeof detail> {
  return entry.DetailType === 'AccountBasedExpenseLineDetail'
    ? entry.AccountBasedExpenseLineDetail
    : entry.ItemBasedExpenseLineDetail;
}

const NO_SPEND_CLASSES: ReadonlySet<string> = new Set(['Liability', 'Equity', 'Revenue']);
/** Of the class Asset, on which equipment is spend. */
const NO_SPEND_TYPES: ReadonlySet<string> = new Set(['Bank', 'Accounts Receivable']);

/**
 * Paying a debt (a card's balance by check), the owners or a customer is no spend, nor is a check to another bank account
 * of one's own; an item, or an account that is not known, is taken for an expense.
 */
export function isSpend(account: Account | undefined): boolean {
  if (account === undefined) return true;
  return !NO_SPEND_CLASSES.has(account.classification) && !NO_SPEND_TYPES.has(account.type);
}

function codingOf(
  entry: MoneyLine,
  { DepartmentRef: department }: Document,
  account: Account | undefined,
  { settings }: Surroundings,
): ServiceCharge['texts'] {
  const { AccountRef, ItemRef, ClassRef, CustomerRef } = detailOf(entry);
  const isClass = settings.costCenter === 'class';
  return {
    service: nameOf(ItemRef),
    ledgerAccount: account === undefined ? nameOf(AccountRef) : accountText(account.number, account.name),
    costCenter: nameOf(isClass ? ClassRef : department),
    project: nameOf(CustomerRef),
    tags: canonicalTags([isClass ? ['Location', nameOf(department)] : ['Class', nameOf(ClassRef)]]),
  };
}

/** The name of another object; empty where there is none. */
export function nameOf(named: Reference): string {
  return named?.name ?? '';
}
