import { z } from 'zod';

import {
  dayOfSeconds,
  metadata,
  minorAmount,
  optionalText,
  stripeCurrency,
} from '../../src/connector/stripe-values.js';

/** Only a total counts here; a part of it may be missing or null. */
const amounts = z
  .array(z.object({ amount: minorAmount }))
  .nullish()
  .transform((parts) => sum((parts ?? []).map(({ amount }) => amount)));

/** Tax that comes on top; inclusive tax is in the amount already. */
const exclusiveTax = z
  .array(z.object({ amount: minorAmount, tax_behavior: z.string() }))
  .nullish()
  .transform((parts) =>
    sum((parts ?? []).filter(({ tax_behavior: of }) => of === 'exclusive').map(({ amount }) => amount)),
  );

const shipping = z.object({ amount_total: minorAmount }).nullish();

/** The first lines of a document; whether more follow is for the walk over its pages. */
const lines = z.object({ object: z.literal('list'), data: z.array(z.unknown()), has_more: z.boolean() });

/** Whole, a bare id, or what is left of a deleted customer. */
const customer = z
  .union([z.object({ id: z.string(), name: optionalText, metadata }), z.string()])
  .nullish()
  .transform((one) => (typeof one === 'string' ? { id: one, name: '', metadata: {} } : (one ?? undefined)));

/** What is read of an invoice. */
export const invoice = z.object({
  id: z.string().min(1),
  number: optionalText,
  created: dayOfSeconds,
  currency: stripeCurrency,
  status: z.string().nullable(),
  /** Null where Stripe will not finalize a draft by itself. */
  automatically_finalizes_at: z.int().nullish(),
  customer,
  customer_name: optionalText,
  metadata,
  lines,
  shipping_cost: shipping,
  total: minorAmount,
});
export type Invoice = z.output<typeof invoice>;

/** Of the invoice behind a credit note: who was charged, and whether it still stands. */
const invoiceOfNote = z.object({
  id: z.string(),
  status: z.string().nullable(),
  customer_name: optionalText,
  metadata,
  lines,
});

/** What is read of a credit note. */
export const creditNote = z.object({
  id: z.string().min(1),
  number: optionalText,
  created: dayOfSeconds,
  currency: stripeCurrency,
  status: z.string(),
  customer,
  invoice: invoiceOfNote,
  metadata,
  lines,
  shipping_cost: shipping,
  total: minorAmount,
});
export type CreditNote = z.output<typeof creditNote>;

/** Product of a line; none where the line was written by hand. */
const pricing = z
  .object({ price_details: z.object({ product: z.string() }).nullish() })
  .nullish()
  .transform((given) => given?.price_details?.product);

/** What is read of a line of an invoice. */
export const invoiceLine = z
  .object({
    id: z.string().min(1),
    amount: minorAmount,
    description: optionalText,
    discount_amounts: amounts,
    // All that lowers the price before tax, discounts among them. Absent or empty where only discounts are told.
    pretax_credit_amounts: amounts,
    taxes: exclusiveTax,
    metadata,
    pricing,
  })
  .transform(({ discount_amounts: discounts, pretax_credit_amounts: credits, ...line }) => ({
    id: line.id,
    net: line.amount - (credits === 0n ? discounts : credits) + line.taxes,
    description: line.description,
    product: line.pricing,
    metadata: line.metadata,
    invoiceLine: undefined,
  }));

/** What is read of a line of a credit note; amounts are positive, as on paper. */
export const creditNoteLine = z
  .object({
    id: z.string().min(1),
    amount: minorAmount,
    description: optionalText,
    discount_amount: minorAmount,
    pretax_credit_amounts: amounts,
    taxes: exclusiveTax,
    metadata,
    invoice_line_item: z.string().nullish(),
  })
  .transform(({ discount_amount: discount, pretax_credit_amounts: credits, ...line }) => ({
    id: line.id,
    net: line.amount - (credits === 0n ? discount : credits) + line.taxes,
    description: line.description,
    product: undefined,
    metadata: line.metadata,
    invoiceLine: line.invoice_line_item ?? undefined,
  }));

/** A line of either document, after discounts and with the tax that comes on top. */
export interface DocumentLine {
  readonly id: string;
  readonly net: bigint;
  readonly description: string;
  readonly product: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** The line of an invoice that a line of a credit note takes back. */
  readonly invoiceLine: string | undefined;
}

/** Sum of whole numbers. */
export function sum(numbers: readonly bigint[]): bigint {
  return numbers.reduce((total, number) => total + number, 0n);
}
