import { DEPARTMENTS, PRODUCTS, statusOf, type InvoiceRow, type Line, type NoteRow } from './stripe-billing-data.js';

/** When customers and products were made. */
export const MADE = Date.parse('2020-01-01') / 1_000;
/** Lines that come with a document. */
const LINES_FIRST = 10;

/** An invoice as Stripe writes it, with fields that nobody here reads. */
export function renderInvoice(row: InvoiceRow, now: number, withCustomer: boolean): Record<string, unknown> {
  const department = DEPARTMENTS[row.customer];
  const currency = department?.currency ?? '';
  const status = statusOf(row, now);
  const isDraft = status === 'draft';
  return {
    id: row.id,
    object: 'invoice',
    account_name: 'Lark Hill IT',
    amount_due: row.total,
    amount_paid: status === 'paid' ? row.total : 0,
    automatically_finalizes_at: isDraft && row.isFinalizedByStripe ? row.finalizedAt : null,
    billing_reason: row.isFinalizedByStripe ? 'subscription_cycle' : 'manual',
    collection_method: 'send_invoice',
    created: row.created,
    currency,
    customer: withCustomer ? renderCustomer(row.customer) : department?.id,
    customer_email: 'it@larkhill.example',
    customer_name: department?.name,
    discounts: [],
    effective_at: isDraft ? null : row.finalizedAt,
    lines: {
      object: 'list',
      data: row.lines.slice(0, LINES_FIRST).map((line) => renderInvoiceLine(line, currency)),
      has_more: row.lines.length > LINES_FIRST,
      total_count: row.lines.length,
      url: `/v1/invoices/${row.id}/lines`,
    },
    livemode: true,
    metadata: {},
    number: isDraft ? null : row.number,
    shipping_cost:
      row.shipping === 0 ? null : { amount_subtotal: row.shipping, amount_tax: 0, amount_total: row.shipping },
    status,
    status_transitions: { finalized_at: isDraft ? null : row.finalizedAt, paid_at: null, voided_at: null },
    total: row.total,
  };
}

/** A credit note; its amounts are positive. */
export function renderNote(row: NoteRow, now: number, expand: ReadonlySet<string>): unknown {
  const { invoice } = row;
  const department = DEPARTMENTS[invoice.customer];
  return {
    id: row.id,
    object: 'credit_note',
    amount: row.total,
    created: row.created,
    currency: department?.currency,
    customer: expand.has('data.customer') ? renderCustomer(invoice.customer) : department?.id,
    invoice: expand.has('data.invoice') ? renderInvoice(invoice, now, false) : invoice.id,
    lines: {
      object: 'list',
      // As a short list with more to come, so that its lines are asked for too.
      data: row.lines.slice(0, 1).map((line) => renderNoteLine(line)),
      has_more: row.lines.length > 1,
      url: `/v1/credit_notes/${row.id}/lines`,
    },
    livemode: true,
    memo: null,
    metadata: null,
    number: row.number,
    reason: 'order_change',
    shipping_cost: null,
    status: row.voidedAt !== undefined && row.voidedAt <= now ? 'void' : 'issued',
    total: row.total,
    type: 'post_payment',
  };
}

function taxes({ taxOnTop, taxInside }: Line): unknown[] {
  const one = (amount: number, behavior: string) => ({ amount, tax_behavior: behavior, type: 'tax_rate_details' });
  return [
    ...(taxOnTop === 0 ? [] : [one(taxOnTop, 'exclusive')]),
    ...(taxInside === 0 ? [] : [one(taxInside, 'inclusive')]),
  ];
}

/** What lowers the price before tax: the discounts again, and the credits. */
function credits({ discount, credit }: Line): unknown[] {
  return [
    ...(discount === 0 ? [] : [{ amount: discount, discount: 'di_StandIn', type: 'discount' }]),
    ...(credit === 0
      ? []
      : [{ amount: credit, credit_balance_transaction: 'cbtxn_StandIn', type: 'credit_balance_transaction' }]),
  ];
}

/** A line of an invoice. */
export function renderInvoiceLine(line: Line, currency: string): unknown {
  const product = line.product === undefined ? undefined : PRODUCTS[line.product];
  return {
    id: line.id,
    object: 'line_item',
    amount: line.amount,
    currency,
    description: line.description,
    discount_amounts: line.discount === 0 ? [] : [{ amount: line.discount, discount: 'di_StandIn' }],
    livemode: true,
    metadata: line.metadata,
    period: { start: MADE, end: MADE + 1 },
    pretax_credit_amounts: credits(line),
    pricing:
      product === undefined
        ? null
        : {
            price_details: { price: product.id.replace('prod', 'price'), product: product.id },
            type: 'price_details',
            unit_amount_decimal: '900',
          },
    quantity: 3,
    subtotal: line.amount,
    taxes: taxes(line),
  };
}

/** A line of a credit note. */
export function renderNoteLine(line: Line): unknown {
  return {
    id: line.id,
    object: 'credit_note_line_item',
    amount: line.amount,
    description: line.description,
    discount_amount: line.discount,
    discount_amounts: line.discount === 0 ? [] : [{ amount: line.discount, discount: 'di_StandIn' }],
    invoice_line_item: line.takesBack,
    livemode: true,
    metadata: null,
    pretax_credit_amounts: credits(line),
    quantity: 1,
    taxes: taxes(line),
    type: 'invoice_line_item',
  };
}

/** A customer, or what is left of a deleted one. */
export function renderCustomer(index: number): unknown {
  const department = DEPARTMENTS[index];
  if (department?.isDeleted === true) return { id: department.id, object: 'customer', deleted: true };
  return {
    id: department?.id,
    object: 'customer',
    created: MADE + index,
    email: 'it@larkhill.example',
    livemode: true,
    metadata: department?.department === undefined ? {} : { department: department.department },
    name: department?.name,
  };
}

/** A product. */
export function renderProduct(product: {
  readonly id: string;
  readonly name: string;
  readonly created: number;
}): unknown {
  return { ...product, object: 'product', active: true, livemode: true, metadata: {} };
}
