import type Stripe from 'stripe';
import type { z } from 'zod';

import type { PullWindow, ServiceBatch, ServiceCharge, ServiceContext } from '../../src/connector/service.js';
import { stripePages, type StripePage, type StripePageQuery } from '../../src/connector/stripe.js';
import { createdIn } from '../../src/connector/stripe-values.js';
import { readRows, rejectedRow } from '../../src/connector/values.js';
import type { RejectedRow } from '../../src/core/batch.js';
import {
  creditNote,
  creditNoteLine,
  invoice,
  invoiceLine,
  type CreditNote,
  type DocumentLine,
  type Invoice,
} from './documents.js';
import type { Products } from './products.js';
import type { StripeBillingSettings } from './settings.js';
import { documentCharges, wholeCreditNote, wholeInvoice, type WholeDocument } from './to-charge.js';

type Context = ServiceContext<StripeBillingSettings>;

/** Invoices in these states were sent and stand; a draft, a void or an uncollectible one charges nobody. */
const STANDING = new Set(['open', 'paid']);

/** Drafts of a window, by who will finalize them. */
export interface Drafts {
  byStripe: number;
  byHand: number;
}

/** The invoices of a window; returns the drafts among them. */
export async function* pullInvoices(
  context: Context,
  window: PullWindow,
  products: Products,
): AsyncGenerator<ServiceBatch, Drafts> {
  const created = createdIn(window);
  const drafts = { byStripe: 0, byHand: 0 };
  const pages = stripePages(context, `invoices ${window.from} to ${window.to}`, (stripe, query) =>
    stripe.invoices.list({ ...query, created, expand: ['data.customer'] }),
  );
  for await (const page of pages) {
    yield await documentsOf(context, page, invoice, async (row: Invoice) => {
      if (row.status === 'draft')
        drafts[(row.automatically_finalizes_at ?? undefined) === undefined ? 'byHand' : 'byStripe'] += 1;
      if (!STANDING.has(row.status ?? '')) return undefined;
      const lines = await linesOfInvoice(context, row);
      return wholeInvoice(row, lines, await products.nameOf(lines));
    });
  }
  return drafts;
}

/** The credit notes of a window. */
export async function* pullCreditNotes(
  context: Context,
  window: PullWindow,
  products: Products,
): AsyncGenerator<ServiceBatch> {
  const created = createdIn(window);
  const pages = stripePages(context, `credit notes ${window.from} to ${window.to}`, (stripe, query) =>
    stripe.creditNotes.list({ ...query, created, expand: ['data.customer', 'data.invoice'] }),
  );
  for await (const page of pages) {
    yield await documentsOf(context, page, creditNote, async (row: CreditNote) => {
      // Where the invoice does not stand it is in no figure, so its credit must not be either.
      if (row.status !== 'issued' || !STANDING.has(row.invoice.status ?? '')) return undefined;
      const lines = await linesOf(
        context,
        creditNoteLine,
        `lines of credit note ${row.id}`,
        row.lines,
        (stripe, query) => stripe.creditNotes.listLineItems(row.id, query),
      );
      const invoiceLines = await linesOfInvoice(context, row.invoice);
      return wholeCreditNote(row, lines, invoiceLines, await products.nameOf(invoiceLines));
    });
  }
}

/** The charges of a page of documents. A document of which one line cannot be read is set aside as a whole. */
async function documentsOf<Row>(
  context: Context,
  { request, rows }: StripePage,
  schema: z.ZodType<Row>,
  complete: (row: Row) => Promise<WholeDocument | undefined>,
): Promise<ServiceBatch> {
  const charges: ServiceCharge[] = [];
  const rejected: RejectedRow[] = [];
  let skippedCount = 0;
  for (const [index, given] of rows.entries()) {
    const read = readRows(schema, [given], request);
    rejected.push(...read.rejected.map((row) => ({ ...row, row: index + 1 })));
    for (const row of read.rows) {
      const found = await complete(row).catch((error: unknown) => {
        if (error instanceof UnreadableLine) return error.message;
        throw error;
      });
      const made = found === undefined || typeof found === 'string' ? found : documentCharges(found, context.settings);
      if (made === undefined) skippedCount += 1;
      else if (typeof made === 'string') rejected.push(rejectedRow(request, index + 1, made, given));
      else charges.push(...made);
    }
  }
  return { charges, rejected, skippedCount };
}

/** A line of a document that does not fit; it sets the document aside. */
class UnreadableLine extends Error {}

function linesOfInvoice(context: Context, row: Pick<Invoice, 'id' | 'lines'>): Promise<DocumentLine[]> {
  return linesOf(context, invoiceLine, `lines of invoice ${row.id}`, row.lines, (stripe, query) =>
    stripe.invoices.listLineItems(row.id, query),
  );
}

/** All lines of a document: the first ones came with it, the others are asked for. */
async function linesOf(
  context: Context,
  schema: z.ZodType<DocumentLine>,
  what: string,
  first: Invoice['lines'],
  send: (stripe: Stripe, query: StripePageQuery) => Promise<unknown>,
): Promise<DocumentLine[]> {
  const lines: DocumentLine[] = [];
  for await (const { request, rows } of stripePages(context, what, send, first)) {
    const read = readRows(schema, rows, request);
    const [mistake] = read.rejected;
    if (mistake !== undefined) throw new UnreadableLine(`line ${lines.length + mistake.row}: ${mistake.reason}`);
    lines.push(...read.rows);
  }
  return lines;
}
