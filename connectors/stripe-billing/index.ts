import { defineService, type Permission } from '../../src/connector/service.js';
import {
  STRIPE_REQUEST_INTERVAL_MS,
  stripeGrant,
  stripeVerdicts,
  testModeRemarks,
  type StripeTrial,
} from '../../src/connector/stripe.js';
import { stripeProblem } from '../../src/connector/stripe-problems.js';
import { Products } from './products.js';
import { pullCreditNotes, pullInvoices } from './pull.js';
import { settings, type StripeBillingSettings } from './settings.js';

const PERMISSIONS: readonly Permission[] = [
  { id: 'rak_invoice_read', why: 'what departments are charged', required: true },
  { id: 'rak_credit_note_read', why: 'what is taken back', required: true },
  { id: 'rak_customer_read', why: 'which department a customer is', required: true },
  { id: 'rak_product_read', why: 'the names of products; their ids stand instead', required: false },
];

/** What departments are charged inside the company through Stripe Billing: no spend, and in no statement. */
export default defineService<StripeBillingSettings>({
  id: 'stripe-billing',
  title: 'Stripe Billing: what departments are charged',
  kind: 'chargeback',
  settings,
  version: 1,
  service: {
    permissions: PERMISSIONS,
    grant: stripeGrant('Invoices, Credit notes, Customers, Products', PERMISSIONS),
    requestIntervalMs: STRIPE_REQUEST_INTERVAL_MS,
  },
  // An invoice may be voided or given up as long as it is open: some three months with the usual terms.
  history: { grain: 'day', timeZone: 'UTC', restatementDays: 95 },
  problemOf: stripeProblem,
  check: (context) => stripeVerdicts(context, PERMISSIONS, TRIALS),
  async *pull(context, window) {
    const remarks = [...(await testModeRemarks(context))];
    const products = new Products(context);
    const drafts = yield* pullInvoices(context, window, products);
    yield* pullCreditNotes(context, window, products);
    if (drafts.byHand > 0) {
      const what = drafts.byHand === 1 ? '1 draft invoice waits' : `${drafts.byHand} draft invoices wait`;
      remarks.push(`${what} to be finalized by hand; nothing of a draft is in the figures.`);
    }
    // Stripe will turn its own drafts into invoices of this window.
    return { isFinal: drafts.byStripe === 0, remarks: [...remarks, ...products.remarks] };
  },
});

const TRIALS: readonly StripeTrial[] = [
  { permission: 'rak_invoice_read', what: 'invoices', send: (stripe, query) => stripe.invoices.list(query) },
  { permission: 'rak_credit_note_read', what: 'credit notes', send: (stripe, query) => stripe.creditNotes.list(query) },
  { permission: 'rak_customer_read', what: 'customers', send: (stripe, query) => stripe.customers.list(query) },
  { permission: 'rak_product_read', what: 'products', send: (stripe, query) => stripe.products.list(query) },
];
