import { daysInMonth } from '../../src/core/date.js';
import { addMonths, type Month } from '../../src/core/period.js';
import { createRandom, type Random } from '../../src/core/random.js';
import { idOf, momentOf, type CardRow } from './stripe-issuing-data.js';
import type { StripeRow } from './stripe-server.js';

/** A part of a fee, as Stripe lists it. */
export interface FeePart {
  readonly amount: number;
  readonly type: string;
  readonly description: string;
}

/** A movement of the balance: `toStripe` is what Stripe gets of it, in the smallest units. */
export interface BalanceRow extends StripeRow {
  readonly amount: number;
  readonly currency: string;
  readonly type: string;
  readonly category: string;
  readonly description: string | null;
  readonly parts: readonly FeePart[];
  readonly toStripe: number;
}

type Movement = Omit<BalanceRow, 'id'>;

const PROCESSING = 'Stripe processing fees';

function part(type: string, amount: number, description = PROCESSING): FeePart {
  return { type, amount, description };
}

/** The movements of a month, given its card transactions. */
export function balanceRows(seed: number, month: Month, cards: readonly CardRow[]): BalanceRow[] {
  const random = createRandom(seed, `stripe balance ${month}`);
  const days = daysInMonth(Number(month.slice(0, 4)), Number(month.slice(5)));
  const movements: Movement[] = [...cards.flatMap(cardMovements), ...products(month, random)];
  for (let day = 1; day <= days; day += 1) {
    for (let count = random.integer(2, 4); count > 0; count -= 1) movements.push(...payment(month, day, random));
    movements.push(usageFee(month, day, random));
    if (day % 7 === 0) movements.push(...otherMovements(month, day, random));
  }
  return movements.map((movement) => ({ ...movement, id: idOf('txn', month, random) }));
}

/** The same money as the card transaction, three times over: none of it may be counted again. */
function cardMovements({ created, cost, currency }: CardRow): Movement[] {
  const bare = { created, currency, description: null, parts: [], toStripe: 0 };
  return [
    { ...bare, type: 'issuing_authorization_hold', category: 'issuing_authorization_hold', amount: -cost },
    { ...bare, type: 'issuing_authorization_release', category: 'issuing_authorization_release', amount: cost },
    { ...bare, type: 'issuing_transaction', category: 'issuing_transaction', amount: -cost },
  ];
}

function payment(month: Month, day: number, random: Random): Movement[] {
  const created = momentOf(month, day, random.integer(0, 86_399));
  const currency = random.pick(['usd', 'eur', 'jpy', 'gbp']);
  const amount = random.integer(2_000, 400_000);
  const isCard = random.chance(750);
  const fee = Math.floor((amount * 29) / 1_000) + 30;
  const parts = isCard
    ? [part('stripe_fee', fee)]
    : [part('stripe_fee', 80), part('payment_method_passthrough_fee', 45)];
  if (currency === 'eur') parts.push(part('tax', Math.floor(fee / 5), 'VAT'));
  const toStripe = parts.reduce((sum, { amount: one }) => sum + one, 0);
  // What the platform and the tax office get is not Stripe's.
  if (random.chance(200)) parts.push(part('application_fee', 100, 'Lark Hill application fee'));
  if (random.chance(90)) parts.push(part('withheld_tax', 55, 'Withheld sales tax'));
  const kind = isCard ? 'charge' : 'payment';
  const charged = { created, currency, amount, type: kind, category: 'charge', description: 'Order', parts, toStripe };
  if (!random.chance(110)) return [charged];
  const isFeeBack = random.chance(300);
  const back = {
    ...charged,
    created: created + (day > 27 ? 0 : 3_600),
    amount: -amount,
    type: isCard ? 'refund' : 'payment_refund',
    category: 'refund',
    parts: isFeeBack ? [part('stripe_fee', -30)] : [],
    toStripe: isFeeBack ? -30 : 0,
  };
  return [charged, back];
}

/** A fee that is a movement of its own, with the day in its description. */
function usageFee(month: Month, day: number, random: Random): Movement {
  const cost = random.integer(90, 2_500);
  const description = `Billing - Usage Fee (${month}-${String(day).padStart(2, '0')})`;
  return feeMovement(momentOf(month, day, 7_500), 'usd', cost, 'stripe_fee', 'fee', description);
}

function feeMovement(
  created: number,
  currency: string,
  cost: number,
  type: string,
  category: string,
  description: string | null,
): Movement {
  return { created, currency, amount: -cost, type, category, description, parts: [], toStripe: cost };
}

function products(month: Month, random: Random): Movement[] {
  const at = momentOf(month, 2, 9_000);
  const before = addMonths(month, -1);
  const radar = `Radar (${before}-01 - ${before}-28): Radar for Fraud Teams`;
  const rows = [
    feeMovement(at, 'usd', random.integer(4_000, 9_000), 'stripe_fee', 'fee', radar),
    feeMovement(at + 5, 'eur', random.integer(300, 900), 'tax_fee', 'tax', `VAT on Stripe fees (${before})`),
    feeMovement(at + 9, 'usd', random.integer(100, 700), 'stripe_fx_fee', 'fee', null),
    feeMovement(at + 20, 'gbp', random.integer(1_000, 5_000), 'stripe_fee', 'network_cost', 'Network costs'),
    // Money back from Stripe.
    feeMovement(at + 30, 'usd', -random.integer(100, 400), 'stripe_fee', 'fee', radar),
  ];
  // Fees of long ago were booked as adjustments.
  if (month.endsWith('-03')) rows.push(feeMovement(at + 40, 'usd', 1_900, 'adjustment', 'fee', 'Connect fees'));
  const taxed = feeMovement(at + 50, 'eur', 1_000, 'stripe_fee', 'fee', `Tax - Usage Fee (${before})`);
  return [...rows, { ...taxed, parts: [part('tax', 190, 'VAT')], toStripe: 1_190 }];
}

/** What moves the balance and is no fee, and a dispute, which has one. */
function otherMovements(month: Month, day: number, random: Random): Movement[] {
  const created = momentOf(month, day, 50_000);
  const bare = { created, currency: 'usd', description: null, parts: [], toStripe: 0 };
  const lost = { ...bare, type: 'adjustment', category: 'dispute', amount: -random.integer(1_000, 9_000) };
  const rows: Movement[] = [
    {
      ...bare,
      type: 'payout',
      category: 'payout',
      amount: -random.integer(50_000, 900_000),
      description: 'STRIPE PAYOUT',
    },
    { ...bare, type: 'application_fee', category: 'platform_earning', amount: 250 },
    { ...bare, type: 'topup', category: 'topup', amount: 500_000 },
    { ...lost, parts: [part('stripe_fee', 1_500, 'Dispute fee')], toStripe: 1_500 },
  ];
  if (day === 14) rows.push({ ...bare, type: 'issuing_dispute', category: 'issuing_dispute', amount: 3_300 });
  return rows;
}
