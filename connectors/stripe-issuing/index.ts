import type { ServiceProblem } from '../../src/connector/problems.js';
import {
  defineService,
  type Permission,
  type PullWindow,
  type ServiceBatch,
  type ServiceContext,
  type Verdict,
} from '../../src/connector/service.js';
import {
  STRIPE_REQUEST_INTERVAL_MS,
  stripeGrant,
  stripePages,
  stripeVerdicts,
  testModeRemarks,
  type StripeTrial,
} from '../../src/connector/stripe.js';
import { stripeProblem } from '../../src/connector/stripe-problems.js';
import { createdIn, stripeMoney } from '../../src/connector/stripe-values.js';
import { readRows } from '../../src/connector/values.js';
import { decimalText } from '../../src/core/decimal.js';
import { balanceTransaction, FeeSums, feeMovementCharge, type BalanceTransaction } from './fees.js';
import { settings, type StripeIssuingSettings } from './settings.js';
import { cardTransaction, toCharge } from './to-charge.js';

type Context = ServiceContext<StripeIssuingSettings>;

const CARD_PERMISSIONS: readonly Permission[] = [
  { id: 'rak_issuing_transaction_read', why: 'what was bought with the cards', required: true },
  { id: 'rak_issuing_card_read', why: 'the last digits and the metadata of a card', required: true },
  { id: 'rak_issuing_cardholder_read', why: 'the name and the metadata of who has the card', required: true },
];
const FEE_PERMISSIONS: readonly Permission[] = [
  {
    id: 'rak_balance_transaction_source_read',
    why: "Stripe's own fees (not needed with `fees: false`)",
    required: true,
  },
];
const PERMISSIONS = [...CARD_PERMISSIONS, ...FEE_PERMISSIONS];

const ROWS = 'Issuing transactions, Issuing cards, Issuing cardholders, Balance transaction sources';

/** The company's own spend at Stripe: what its issued cards bought, and what Stripe itself takes. */
export default defineService<StripeIssuingSettings>({
  id: 'stripe-issuing',
  title: 'Stripe Issuing cards and Stripe fees',
  kind: 'payment',
  settings,
  version: 1,
  service: {
    permissions: PERMISSIONS,
    grant: stripeGrant(ROWS, PERMISSIONS),
    requestIntervalMs: STRIPE_REQUEST_INTERVAL_MS,
  },
  // A transaction keeps its day; its metadata, its card and its dispute may change for weeks.
  history: { grain: 'day', timeZone: 'UTC', restatementDays: 35 },
  problemOf,
  check,
  async *pull(context, window) {
    const { cards, fees } = context.settings;
    const remarks = [...(await testModeRemarks(context))];
    if (cards) yield* pullCards(context, window);
    if (fees) remarks.push(...(yield* pullFees(context, window)));
    return { isFinal: true, remarks };
  },
});

function problemOf(error: unknown): ServiceProblem | undefined {
  const problem = stripeProblem(error);
  if (problem === undefined || !problem.message.includes('not set up to use Issuing')) return problem;
  return { ...problem, hint: "Write `cards: false` to read Stripe's fees alone, or have Issuing activated by Stripe." };
}

async function* pullCards(context: Context, window: PullWindow): AsyncGenerator<ServiceBatch> {
  const created = createdIn(window);
  const expand = ['data.card', 'data.cardholder'];
  const pages = stripePages(context, `Issuing transactions ${window.from} to ${window.to}`, (stripe, query) =>
    stripe.issuing.transactions.list({ ...query, created, expand }),
  );
  for await (const { request, rows } of pages) {
    const read = readRows(cardTransaction, rows, request);
    yield { charges: read.rows.map((row) => toCharge(row, context.settings)), rejected: read.rejected };
  }
}

async function* pullFees(context: Context, window: PullWindow): AsyncGenerator<ServiceBatch, string[]> {
  const { account } = context.settings;
  const created = createdIn(window);
  const sums = new FeeSums();
  const disputes = new Map<string, { count: number; amount: bigint }>();
  const pages = stripePages(context, `balance transactions ${window.from} to ${window.to}`, (stripe, query) =>
    stripe.balanceTransactions.list({ ...query, created }),
  );
  for await (const { request, rows } of pages) {
    const read = readRows(balanceTransaction, rows, request);
    let skippedCount = 0;
    const charges = read.rows.flatMap((row) => {
      const hasFees = sums.add(row);
      const charge = feeMovementCharge(row, account);
      if (!hasFees && charge === undefined) skippedCount += 1;
      addDispute(disputes, row);
      return charge === undefined ? [] : [charge];
    });
    yield { charges, rejected: read.rejected, skippedCount };
  }
  yield { charges: sums.charges(account) };
  return disputeRemarks(disputes);
}

type Disputes = Map<string, { count: number; amount: bigint }>;

/** Money that a dispute over a card purchase moves: in no Issuing transaction, and so told where it is seen. */
function addDispute(disputes: Disputes, { type, currency, amount }: BalanceTransaction): void {
  if (!type.startsWith('issuing_dispute')) return;
  const known = disputes.get(currency) ?? { count: 0, amount: 0n };
  disputes.set(currency, { count: known.count + 1, amount: known.amount + amount });
}

function disputeRemarks(disputes: Disputes): string[] {
  return [...disputes].sort().map(([currency, { count, amount }]) => {
    const money = stripeMoney(amount, currency);
    const shown = typeof money === 'string' ? `${amount} of the smallest units of` : decimalText(money);
    const rows = count === 1 ? '1 movement' : `${count} movements`;
    return `Disputes over card purchases moved ${shown} ${currency} (${rows}), which is in no figure: Stripe states it apart from the purchases.`;
  });
}

const CARD_TRIALS: readonly StripeTrial[] = [
  {
    permission: 'rak_issuing_transaction_read',
    what: 'Issuing transactions',
    send: (stripe, query) => stripe.issuing.transactions.list(query),
  },
  {
    permission: 'rak_issuing_card_read',
    what: 'Issuing cards',
    send: (stripe, query) => stripe.issuing.cards.list(query),
  },
  {
    permission: 'rak_issuing_cardholder_read',
    what: 'Issuing cardholders',
    send: (stripe, query) => stripe.issuing.cardholders.list(query),
  },
];
const FEE_TRIALS: readonly StripeTrial[] = [
  {
    permission: 'rak_balance_transaction_source_read',
    what: 'balance transactions',
    send: (stripe, query) => stripe.balanceTransactions.list(query),
  },
];

/** Tries what the settings need; what they switched off has no verdict. */
function check(context: Context): Promise<readonly Verdict[]> {
  const { cards, fees } = context.settings;
  return stripeVerdicts(context, PERMISSIONS, [...(cards ? CARD_TRIALS : []), ...(fees ? FEE_TRIALS : [])]);
}
