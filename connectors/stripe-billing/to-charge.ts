import type { ServiceCharge } from '../../src/connector/service.js';
import { metadataTags, metadataValue, stripeMoney, type Metadata } from '../../src/connector/stripe-values.js';
import { negated } from '../../src/connector/values.js';
import { sum, type CreditNote, type DocumentLine, type Invoice } from './documents.js';
import type { StripeBillingSettings } from './settings.js';

/** A document with all of its lines. */
export interface WholeDocument {
  readonly document: Pick<Invoice, 'id' | 'number' | 'created' | 'currency' | 'customer' | 'shipping_cost' | 'total'>;
  /** 1 for an invoice, -1 for a credit note, whose amounts are positive as well. */
  readonly sign: 1 | -1;
  /** As the document names the department; empty where it does not. */
  readonly customerName: string;
  /** Metadata of the document, and of the invoice that it is about. */
  readonly metadata: readonly Metadata[];
  readonly lines: readonly DocumentLine[];
  /** The name of a product; its id where the name is not known. */
  readonly productName: (id: string) => string;
}

/** An invoice with all of its lines. */
export function wholeInvoice(
  document: Invoice,
  lines: readonly DocumentLine[],
  productName: (id: string) => string,
): WholeDocument {
  return {
    document,
    sign: 1,
    customerName: document.customer_name,
    metadata: [document.metadata],
    lines,
    productName,
  };
}

/** A credit note with all of its lines; each tells the product of the line that it takes back. */
export function wholeCreditNote(
  document: CreditNote,
  lines: readonly DocumentLine[],
  invoiceLines: readonly DocumentLine[],
  productName: (id: string) => string,
): WholeDocument {
  const taken = new Map(invoiceLines.map((line) => [line.id, line]));
  return {
    document,
    sign: -1,
    customerName: document.invoice.customer_name,
    metadata: [document.metadata, document.invoice.metadata],
    lines: lines.map((line) => {
      const of = line.invoiceLine === undefined ? undefined : taken.get(line.invoiceLine);
      if (of === undefined) return line;
      return {
        ...line,
        product: of.product,
        description: of.description,
        metadata: { ...of.metadata, ...line.metadata },
      };
    }),
    productName,
  };
}

/**
 * The charges of a document, one for each line and one for shipping; a phrase saying why when its lines do not come to
 * its total, because then what a line means is not known.
 */
export function documentCharges(whole: WholeDocument, settings: StripeBillingSettings): ServiceCharge[] | string {
  const { document, lines } = whole;
  const shipping = document.shipping_cost?.amount_total ?? 0n;
  const found = sum(lines.map(({ net }) => net)) + shipping;
  if (found !== document.total) return `the lines come to ${found}, but the total is ${document.total}`;
  const charges: ServiceCharge[] = [];
  for (const line of lines) {
    const service = line.product === undefined ? line.description : whole.productName(line.product);
    const charge = chargeOf(whole, settings, `${document.id}/${line.id}`, line.net, service, line.metadata);
    if (typeof charge === 'string') return charge;
    charges.push(charge);
  }
  if (shipping === 0n) return charges;
  const charge = chargeOf(whole, settings, `${document.id}/shipping`, shipping, 'Shipping', {});
  return typeof charge === 'string' ? charge : [...charges, charge];
}

function chargeOf(
  { document, sign, customerName, metadata }: WholeDocument,
  settings: StripeBillingSettings,
  key: string,
  amount: bigint,
  service: string,
  lineMetadata: Metadata,
): ServiceCharge | string {
  const money = stripeMoney(amount, document.currency);
  if (typeof money === 'string') return money;
  const { customer } = document;
  const pairs = [lineMetadata, ...metadata, customer?.metadata ?? {}];
  const names = [customerName, customer?.name ?? '', customer?.id ?? ''];
  return {
    key,
    reference: document.number === '' ? document.id : document.number,
    day: document.created,
    currency: document.currency,
    cash: sign === 1 ? money : negated(money),
    texts: {
      payee: names.find((name) => name !== '') ?? '',
      service,
      account: customer?.id ?? '',
      costCenter: metadataValue(settings.departmentKey, pairs),
      project: metadataValue(settings.projectKey, pairs),
      tags: metadataTags(settings.tags, pairs),
    },
  };
}
