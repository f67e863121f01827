import { CARDS, HOLDERS, MERCHANTS, type CardRow } from './stripe-issuing-data.js';
import type { BalanceRow } from './stripe-issuing-fees.js';

/** When cards and their holders were made. */
export const MADE = Date.parse('2020-01-01') / 1_000;
const LATE_SECONDS = 5 * 86_400;

/** A transaction as Stripe writes it, with fields that nobody here reads. */
export function renderTransaction(row: CardRow, expand: ReadonlySet<string>, nowSeconds: number): unknown {
  const merchant = MERCHANTS[row.merchant];
  const card = CARDS[row.card];
  const holder = HOLDERS[card?.holder ?? 0];
  // The merchant's own amount is in its own currency, and another number.
  const foreign = merchant?.currency === 'jpy' ? -row.cost * 150 : -Math.round((row.cost * 9) / 10);
  const isWritten = row.writtenLater !== undefined && nowSeconds > row.created + LATE_SECONDS;
  return {
    id: row.id,
    object: 'issuing.transaction',
    amount: -row.cost,
    amount_details: { atm_fee: null, cashback_amount: 0 },
    authorization: row.cost < 0 ? null : row.id.replace('ipi_', 'iauth_'),
    balance_transaction: row.id.replace('ipi_', 'txn_'),
    card: expand.has('data.card') ? renderCard(row.card) : card?.id,
    cardholder: expand.has('data.cardholder') ? renderHolder(card?.holder ?? 0) : holder?.id,
    created: row.created,
    currency: row.currency,
    dispute: null,
    livemode: true,
    merchant_amount: foreign,
    merchant_currency: merchant?.currency,
    merchant_data: {
      category: merchant?.category,
      category_code: merchant?.code,
      city: 'LONDON',
      country: 'GB',
      name: merchant?.name,
      network_id: `9012${row.merchant}0031`,
      postal_code: null,
      state: null,
      tax_id: null,
      terminal_id: '8899',
      url: null,
    },
    metadata: isWritten ? { department: row.writtenLater } : {},
    network_data: { authorization_code: null, processing_date: '2026-01-01', transaction_id: null },
    token: null,
    treasury: null,
    type: row.cost < 0 ? 'refund' : 'capture',
    wallet: null,
  };
}

/** A card. */
export function renderCard(index: number): unknown {
  const card = CARDS[index];
  return {
    id: card?.id,
    object: 'issuing.card',
    brand: 'Visa',
    cancellation_reason: null,
    cardholder: renderHolder(card?.holder ?? 0),
    created: MADE + index,
    currency: card?.currency,
    exp_month: 8,
    exp_year: 2029,
    last4: card?.last4,
    livemode: true,
    metadata: card?.metadata,
    replaced_by: null,
    replacement_for: null,
    replacement_reason: null,
    shipping: null,
    spending_controls: {
      allowed_categories: null,
      blocked_categories: null,
      spending_limits: [{ amount: 500_000, categories: [], interval: 'monthly' }],
      spending_limits_currency: card?.currency,
    },
    status: 'active',
    type: 'virtual',
    wallets: null,
  };
}

/** Who has a card. */
export function renderHolder(index: number): unknown {
  const holder = HOLDERS[index];
  return {
    id: holder?.id,
    object: 'issuing.cardholder',
    billing: {
      address: { city: 'London', country: 'GB', line1: '1 Lark Hill', line2: null, postal_code: 'N1 1AA', state: null },
    },
    company: holder?.type === 'company' ? { tax_id_provided: true } : null,
    created: MADE + index,
    email: holder?.type === 'company' ? null : `${index}@larkhill.example`,
    individual: null,
    livemode: true,
    metadata: holder?.department === undefined ? {} : { department: holder.department },
    name: holder?.name,
    phone_number: null,
    preferred_locales: null,
    requirements: { disabled_reason: null, past_due: [] },
    spending_controls: null,
    status: 'active',
    type: holder?.type,
  };
}

/** A movement of the balance. */
export function renderMovement(row: BalanceRow): unknown {
  const fee = row.parts.reduce((sum, { amount }) => sum + amount, 0);
  return {
    id: row.id,
    object: 'balance_transaction',
    amount: row.amount,
    available_on: row.created + 172_800,
    balance_type: row.type.startsWith('issuing') ? 'issuing' : 'payments',
    created: row.created,
    currency: row.currency,
    description: row.description,
    exchange_rate: null,
    fee,
    fee_details: row.parts.map((part) => ({
      ...part,
      application: part.type === 'application_fee' ? 'ca_StandIn' : null,
      currency: row.currency,
    })),
    net: row.amount - fee,
    reporting_category: row.category,
    source: null,
    status: 'available',
    type: row.type,
  };
}
