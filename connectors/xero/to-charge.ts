import { z } from 'zod';

import { accountText, optionalText } from '../../src/connector/rows.js';
import type { ServiceCharge } from '../../src/connector/service.js';
import { currencyCode, decimal, negated } from '../../src/connector/values.js';
import { canonicalTags } from '../../src/core/charge.js';
import { parseIsoDate, type IsoDate } from '../../src/core/date.js';
import { addDecimals, decimalText } from '../../src/core/decimal.js';
import type { DecimalText } from '../../src/core/money.js';
import type { Account } from './client.js';
import type { XeroSettings } from './settings.js';

/** The older form of a day: milliseconds since 1970, and the offset in which the day is meant. */
const OLD_DAY = /^\/Date\((-?\d{1,15})(?:([+-])(\d{2})(\d{2}))?\)\/$/;
const MINUTE_MS = 60_000;

/** A day as Xero writes it: `/Date(1571875200000+0000)/` or ISO 8601. It is a day of the organisation, without a zone. */
export const xeroDay = z.string().transform((text, context): IsoDate => {
  const day = parseIsoDate(text.slice(0, 10)) ?? oldDay(text);
  if (day !== undefined) return day;
  context.issues.push({ code: 'custom', input: text, message: `"${text}" is no day of Xero` });
  return z.NEVER;
});

function oldDay(text: string): IsoDate | undefined {
  const found = OLD_DAY.exec(text);
  if (found === null) return undefined;
  const [, milliseconds = '', sign, hours = '0', minutes = '0'] = found;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS * (sign === '-' ? -1 : 1);
  const moment = new Date(Number(milliseconds) + offsetMs);
  return Number.isNaN(moment.getTime()) ? undefined : parseIsoDate(moment.toISOString().slice(0, 10));
}

/** The options of tracking categories on a line. */
export const tracking = z.array(z.object({ Name: optionalText, Option: optionalText })).nullish();
export const lineAmountTypes = z.enum(['Exclusive', 'Inclusive', 'NoTax']);

const lineItem = z.object({
  LineItemID: optionalText,
  LineAmount: decimal,
  TaxAmount: decimal.nullish(),
  AccountCode: optionalText,
  Item: z.object({ Name: optionalText }).nullish(),
  Tracking: tracking,
});
export type LineItem = z.output<typeof lineItem>;

const STATUSES = ['AUTHORISED', 'PAID'] as const;

const documentParts = {
  Status: z.enum(STATUSES),
  Date: xeroDay,
  CurrencyCode: currencyCode,
  LineAmountTypes: lineAmountTypes,
  SubTotal: decimal,
  Total: decimal,
  Contact: z.object({ Name: optionalText }).nullish(),
  Reference: optionalText,
  LineItems: z.array(lineItem).min(1, 'it has no lines'),
};

/** Money that left a bank account, or came into one, without a bill. */
export const bankTransaction = checked(
  z.object({
    ...documentParts,
    BankTransactionID: z.string().min(1),
    Type: z.enum(['SPEND', 'SPEND-OVERPAYMENT', 'SPEND-PREPAYMENT', 'RECEIVE']),
    BankAccount: z.object({ Code: optionalText, AccountID: optionalText, Name: optionalText }).nullish(),
  }),
);
/** A bill of a supplier. */
export const bill = checked(
  z.object({
    ...documentParts,
    InvoiceID: z.string().min(1),
    Type: z.literal('ACCPAY'),
    InvoiceNumber: optionalText,
  }),
);
/** A credit note of a supplier. */
export const creditNote = checked(
  z.object({
    ...documentParts,
    CreditNoteID: z.string().min(1),
    Type: z.literal('ACCPAYCREDIT'),
    CreditNoteNumber: optionalText,
  }),
);

type Document = z.output<z.ZodObject<typeof documentParts>>;

/** Sets a document aside whose lines do not come to what its head says. */
function checked<Row extends Document>(schema: z.ZodType<Row>): z.ZodType<Row> {
  return schema.refine((row) => headMistake(row) === undefined, {
    error: ({ input }) => headMistake(input as Row),
    path: ['LineItems'],
  });
}

function headMistake(row: Document): string | undefined {
  if (row.LineItems.length === 0) return undefined;
  for (const [tax, name] of [
    ['excluded', 'SubTotal'],
    ['included', 'Total'],
  ] as const) {
    const sum = row.LineItems.map((line) => amountOf(line, row.LineAmountTypes, tax)).reduce(addDecimals);
    if (decimalText(sum) !== decimalText(row[name])) {
      return `the lines come to ${decimalText(sum)}, but ${name} says ${decimalText(row[name])}`;
    }
  }
  return undefined;
}

/** The amount of a line with or without tax; what Xero writes depends on the document. */
export function amountOf(
  { LineAmount: amount, TaxAmount }: Pick<LineItem, 'LineAmount' | 'TaxAmount'>,
  types: Document['LineAmountTypes'],
  wanted: XeroSettings['tax'],
): DecimalText {
  const tax = TaxAmount ?? { digits: 0n, scale: 0 };
  if (types === 'Inclusive') return wanted === 'included' ? amount : addDecimals(amount, negated(tax));
  return wanted === 'included' ? addDecimals(amount, tax) : amount;
}

/** What is needed beside a document to make charges of it. */
export interface Surroundings {
  readonly settings: Pick<XeroSettings, 'costCenterTracking' | 'tax' | 'include'>;
  readonly accounts: ReadonlyMap<string, Account>;
  /** The currency of journals; empty where none are read. */
  readonly baseCurrency: string;
}

/** Charges of a document; lines that are no spend are counted. */
export interface Converted {
  readonly charges: readonly ServiceCharge[];
  readonly skippedCount: number;
}

/**
 * The charges of a bank transaction. Of money received only what is booked on an account of expenses is a refund; the
 * rest is income.
 */
export function bankTransactionCharges(row: z.output<typeof bankTransaction>, around: Surroundings): Converted {
  const bank = row.BankAccount ?? undefined;
  const texts = {
    account: bank === undefined || bank.Code !== '' ? (bank?.Code ?? '') : bank.AccountID,
    accountName: bank?.Name ?? '',
  };
  const isReceived = row.Type === 'RECEIVE';
  const isAdvance = row.Type !== 'SPEND' && !isReceived;
  const isSpend = (line: LineItem): boolean =>
    isAdvance || (isReceived ? classOf(line, around) === 'EXPENSE' : isSpendClass(classOf(line, around)));
  return converted(row, { id: row.BankTransactionID, reference: '', isNegative: isReceived, texts, isSpend }, around);
}

/** The charges of a bill. */
export function billCharges(row: z.output<typeof bill>, around: Surroundings): Converted {
  const isSpend = (line: LineItem): boolean => isSpendClass(classOf(line, around));
  return converted(
    row,
    { id: row.InvoiceID, reference: row.InvoiceNumber, isNegative: false, texts: {}, isSpend },
    around,
  );
}

/** The charges of a supplier's credit note, all negative. */
export function creditNoteCharges(row: z.output<typeof creditNote>, around: Surroundings): Converted {
  const isSpend = (line: LineItem): boolean => isSpendClass(classOf(line, around));
  return converted(
    row,
    { id: row.CreditNoteID, reference: row.CreditNoteNumber, isNegative: true, texts: {}, isSpend },
    around,
  );
}

function classOf({ AccountCode: code }: LineItem, { accounts }: Surroundings): string {
  return accounts.get(code)?.accountClass ?? '';
}

/** Paying a debt, the owners or a customer is no spend; an account that is not known is taken for one of expenses. */
export function isSpendClass(accountClass: string): boolean {
  return accountClass !== 'LIABILITY' && accountClass !== 'EQUITY' && accountClass !== 'REVENUE';
}

interface Kind {
  readonly id: string;
  readonly reference: string;
  readonly isNegative: boolean;
  readonly texts: ServiceCharge['texts'];
  readonly isSpend: (line: LineItem) => boolean;
}

function converted(row: Document, kind: Kind, around: Surroundings): Converted {
  const { settings, accounts } = around;
  const charges = row.LineItems.flatMap((line, index): ServiceCharge[] => {
    if (!kind.isSpend(line)) return [];
    const amount = amountOf(line, row.LineAmountTypes, settings.tax);
    return [
      {
        key: `${kind.id}/${line.LineItemID === '' ? index + 1 : line.LineItemID}`,
        reference: [kind.reference, row.Reference, kind.id].find((text) => text !== '') ?? '',
        day: row.Date,
        currency: row.CurrencyCode,
        cash: kind.isNegative ? negated(amount) : amount,
        texts: {
          ...kind.texts,
          payee: row.Contact?.Name ?? '',
          service: line.Item?.Name ?? '',
          ledgerAccount: accountText(line.AccountCode, accounts.get(line.AccountCode)?.name ?? ''),
          ...codingOf(line.Tracking ?? [], settings),
        },
      },
    ];
  });
  return { charges, skippedCount: row.LineItems.length - charges.length };
}

/** Cost centre and tags of a line: the chosen tracking category, and the others. */
export function codingOf(
  chosen: NonNullable<z.output<typeof tracking>>,
  { costCenterTracking }: Pick<XeroSettings, 'costCenterTracking'>,
): ServiceCharge['texts'] {
  return {
    costCenter: chosen.find(({ Name: name }) => isNamed(name, costCenterTracking))?.Option ?? '',
    tags: canonicalTags(
      chosen
        .filter(({ Name: name }) => name !== '' && !isNamed(name, costCenterTracking))
        .map(({ Name: name, Option: option }) => [name, option]),
    ),
  };
}

function isNamed(name: string, wanted: string): boolean {
  return name.toLowerCase() === wanted.toLowerCase();
}

const ADVANCES: ReadonlySet<string> = new Set(['SPEND-OVERPAYMENT', 'SPEND-PREPAYMENT']);
const COUNTED_TYPES: ReadonlySet<string> = new Set(['SPEND', 'RECEIVE', ...ADVANCES]);
const UNCOUNTED_TYPES: ReadonlySet<string> = new Set([
  'SPEND-TRANSFER',
  'RECEIVE-TRANSFER',
  'RECEIVE-OVERPAYMENT',
  'RECEIVE-PREPAYMENT',
]);
const UNCOUNTED_STATUSES: ReadonlySet<string> = new Set(['DRAFT', 'SUBMITTED', 'DELETED', 'VOIDED']);

const kindOfRow = z.object({ Status: z.string(), Type: z.string() });

/**
 * False for drafts, voided documents, transfers between own accounts, and, where bills are read, for money paid in
 * advance: the bill to which it is allocated has the same money. What is not known is read, and refused.
 */
export function isCounted(row: unknown, include: XeroSettings['include']): boolean {
  const read = kindOfRow.safeParse(row);
  if (!read.success) return true;
  const { Status: status, Type: type } = read.data;
  if (UNCOUNTED_STATUSES.has(status) || UNCOUNTED_TYPES.has(type)) return false;
  return !COUNTED_TYPES.has(type) || !ADVANCES.has(type) || !include.includes('bills');
}
