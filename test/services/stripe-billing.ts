import { addMonths, type Month } from '../../src/core/period.js';
import {
  DEPARTMENTS,
  invoiceRows,
  monthBefore,
  noteRows,
  PRODUCTS,
  statusOf,
  type InvoiceRow,
  type NoteRow,
} from './stripe-billing-data.js';
import {
  MADE,
  renderCustomer,
  renderInvoice,
  renderInvoiceLine,
  renderNote,
  renderNoteLine,
  renderProduct,
} from './stripe-billing-render.js';
import { MonthlyRows } from './stripe-months.js';
import { shortList, startStripe, type RunningStripe, type StripeResource, type StripeRoutes } from './stripe-server.js';
import type { Standin, TrueTotal, World } from './standin.js';

/** Put together so that no scanner takes it for a key. */
const KEY = ['rk', 'live', '51StandInBillingRead'].join('_');
/** Micro-units in one of the smallest units, of the currencies here. */
const MICROS: Readonly<Record<string, bigint>> = { usd: 10_000n, eur: 10_000n, gbp: 10_000n, jpy: 1_000_000n };
const STANDING: readonly string[] = ['open', 'paid'];

/** What is particular to this stand-in. */
export interface RunningStripeBilling extends RunningStripe {
  /** Invoices of a month that are there now, drafts among them. */
  invoices(month: Month): readonly InvoiceRow[];
  /** Credit notes of a month that are there now. */
  notes(month: Month): readonly NoteRow[];
}

interface Books {
  readonly world: World;
  readonly invoices: MonthlyRows<InvoiceRow>;
  readonly notes: MonthlyRows<NoteRow>;
}

/** Stands in for Stripe: departments that are charged by invoices, some of which are taken back. */
export default {
  connector: 'stripe-billing',
  async start(world: World): Promise<RunningStripeBilling> {
    const versions = new Map<Month, number>();
    const invoices = new MonthlyRows(world.now, (month) => invoiceRows(world.seed, month, versions.get(month) ?? 0));
    const notes = new MonthlyRows(world.now, (month) =>
      noteRows(world.seed, month, invoices.has(monthBefore(month)) ? invoices.of(monthBefore(month)) : []),
    );
    const books = { world, invoices, notes };
    const { server, denied } = await startStripe(KEY, routes(books));
    return {
      server,
      settings: { apiKey: 'env:STRIPE_BILLING_KEY', tags: ['project'], endpoint: server.url },
      secrets: { STRIPE_BILLING_KEY: KEY },
      months: () => invoices.months().filter((month) => truth(books, month).size > 0),
      truth: (month) => truth(books, month),
      restate: (month) => {
        versions.set(month, (versions.get(month) ?? 0) + 1);
        invoices.forget(month);
        notes.forget(addMonths(month, 1));
      },
      deny: (permission) => denied.add(permission),
      invoices: (month) => invoices.of(month),
      notes: (month) => notes.of(month),
    };
  },
} satisfies Standin<RunningStripeBilling>;

function truth({ world, invoices, notes }: Books, month: Month): Map<string, TrueTotal> {
  const now = world.now().getTime() / 1_000;
  const sums = new Map<string, TrueTotal>();
  const add = (row: InvoiceRow, total: number): void => {
    if (!STANDING.includes(statusOf(row, now))) return;
    const currency = DEPARTMENTS[row.customer]?.currency ?? '';
    const known = sums.get(currency.toUpperCase())?.cashMicros ?? 0n;
    const cashMicros = known + BigInt(total) * (MICROS[currency] ?? 0n);
    sums.set(currency.toUpperCase(), { cashMicros, accrualMicros: cashMicros });
  };
  for (const row of invoices.of(month)) add(row, row.total);
  for (const row of notes.of(month)) if (row.voidedAt === undefined || row.voidedAt > now) add(row.invoice, -row.total);
  return sums;
}

function routes(books: Books): StripeRoutes {
  const { world, invoices, notes } = books;
  const now = (): number => world.now().getTime() / 1_000;
  const lists: Readonly<Record<string, StripeResource>> = {
    '/v1/invoices': {
      name: 'invoice',
      permission: 'rak_invoice_read',
      filters: ['collection_method', 'customer', 'due_date', 'status', 'subscription'],
      expandable: { 'data.customer': 'rak_customer_read' },
      newestFirst: (span) => invoices.newestFirst(span),
      find: (id) => invoices.find(id),
      render: (row, expand) => renderInvoice(row as InvoiceRow, now(), expand.has('data.customer')),
    },
    '/v1/credit_notes': {
      name: 'credit note',
      permission: 'rak_credit_note_read',
      filters: ['customer', 'invoice'],
      expandable: { 'data.customer': 'rak_customer_read', 'data.invoice': 'rak_invoice_read' },
      newestFirst: (span) => notes.newestFirst(span),
      find: (id) => notes.find(id),
      render: (row, expand) => renderNote(row as NoteRow, now(), expand),
    },
    '/v1/customers': shortList(
      { name: 'customer', permission: 'rak_customer_read', filters: ['email'] },
      () => DEPARTMENTS.map(({ id }, index) => ({ id, created: MADE + index, index })),
      ({ index }) => renderCustomer(index),
    ),
    '/v1/products': shortList(
      { name: 'product', permission: 'rak_product_read', filters: ['active', 'ids', 'shippable', 'url'] },
      () => PRODUCTS.map((product, index) => ({ ...product, created: MADE + index })),
      renderProduct,
    ),
  };
  return (path) => lists[path] ?? linesAt(path, books);
}

/** The lines of a document are a list of their own, in the document's order. */
function linesAt(path: string, { invoices, notes }: Books): StripeResource | undefined {
  const found = /^\/v1\/(invoices|credit_notes)\/(\w+)\/lines$/.exec(path);
  const id = found?.[2] ?? '';
  const row = found?.[1] === 'invoices' ? invoices.find(id) : notes.find(id);
  if (row === undefined) return undefined;
  const render = found?.[1] === 'invoices' ? renderInvoiceLine : renderNoteLine;
  const currency = DEPARTMENTS['customer' in row ? row.customer : row.invoice.customer]?.currency ?? '';
  const permission = found?.[1] === 'invoices' ? 'rak_invoice_read' : 'rak_credit_note_read';
  return shortList(
    { name: 'line item', permission },
    () => row.lines.map((line, index) => ({ ...line, created: row.lines.length - index })),
    (line) => render(line, currency),
  );
}
