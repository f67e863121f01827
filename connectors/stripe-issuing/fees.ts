import { z } from 'zod';

import type { ServiceCharge } from '../../src/connector/service.js';
import {
  dayOfSeconds,
  minorAmount,
  optionalText,
  stableText,
  stripeCurrency,
  stripeDigits,
  stripeMoney,
} from '../../src/connector/stripe-values.js';
import { negated } from '../../src/connector/values.js';
import type { IsoDate } from '../../src/core/date.js';

/** Movements that are a fee of Stripe as a whole: its products, the exchange of currencies, tax on fees. */
const FEE_MOVEMENTS = new Set(['stripe_fee', 'stripe_fx_fee', 'tax_fee']);
/** In the past Stripe booked its fees as adjustments; they are known by the category of reports. */
const FEE_CATEGORIES = new Set(['fee', 'network_cost', 'tax']);
/** Kinds of fee inside another movement that are paid to Stripe. */
const PAID_TO_STRIPE = new Set(['stripe_fee', 'tax', 'payment_method_passthrough_fee']);
/** Kinds that somebody else gets: the platform, the tax office. */
const PAID_TO_OTHERS = new Set(['application_fee', 'withheld_tax', 'withheld_tax_refund']);

const STRIPE = 'Stripe';

const feeDetail = z.object({ amount: minorAmount, currency: stripeCurrency, type: z.string() });

/** A movement of the balance: `fee` is taken besides `amount`, and `fee_details` says of what it is made. */
export const balanceTransaction = z
  .object({
    id: z.string().min(1),
    amount: minorAmount,
    created: dayOfSeconds,
    currency: stripeCurrency,
    description: optionalText,
    fee: minorAmount,
    fee_details: z.array(feeDetail),
    reporting_category: optionalText,
    type: z.string(),
  })
  .transform((row, context) => {
    const reason = feeMistake(row);
    if (reason === undefined) return row;
    context.issues.push({ code: 'custom', input: row.fee_details, message: reason, path: ['fee_details'] });
    return z.NEVER;
  });

export type BalanceTransaction = z.output<typeof balanceTransaction>;

type CheckedRow = Pick<
  BalanceTransaction,
  'amount' | 'currency' | 'fee' | 'fee_details' | 'reporting_category' | 'type'
>;

/** Why the fees of a movement cannot be told; undefined when they can. */
function feeMistake(row: CheckedRow): string | undefined {
  let sum = 0n;
  for (const { amount, currency, type } of row.fee_details) {
    if (currency !== row.currency) return `a fee in ${currency} stands in a movement in ${row.currency}`;
    if (amount !== 0n && !PAID_TO_STRIPE.has(type) && !PAID_TO_OTHERS.has(type)) {
      return `the kind of fee "${type}" is not known`;
    }
    sum += amount;
  }
  if (sum !== row.fee) return `the parts of the fee come to ${sum}, but the fee is ${row.fee}`;
  const amounts = [isFeeMovement(row) ? row.amount : 0n, ...row.fee_details.map(({ amount }) => amount)];
  const mistakes = amounts.filter((amount) => amount !== 0n).map((amount) => stripeMoney(amount, row.currency));
  return mistakes.find((mistake) => typeof mistake === 'string');
}

function isFeeMovement({
  type,
  reporting_category: category,
}: Pick<CheckedRow, 'type' | 'reporting_category'>): boolean {
  return FEE_MOVEMENTS.has(type) || (type === 'adjustment' && FEE_CATEGORIES.has(category));
}

/** The charge of a movement that is a fee as a whole; undefined for all others, whose amount is no spend with Stripe. */
export function feeMovementCharge(row: BalanceTransaction, account: string | undefined): ServiceCharge | undefined {
  if (!isFeeMovement(row)) return undefined;
  const money = stripeMoney(row.amount, row.currency);
  if (typeof money === 'string') return undefined;
  const named = stableText(row.description);
  return {
    key: row.id,
    reference: row.id,
    day: row.created,
    currency: row.currency,
    cash: negated(money),
    texts: {
      payee: STRIPE,
      publisher: STRIPE,
      service: named === '' ? row.type : named,
      serviceCategory: categoryOf(row),
      account: account ?? '',
    },
  };
}

function categoryOf(row: Pick<BalanceTransaction, 'reporting_category' | 'type'>): string {
  return row.reporting_category === '' ? row.type : row.reporting_category;
}

interface FeeSum {
  readonly day: IsoDate;
  readonly currency: string;
  readonly category: string;
  readonly type: string;
  amount: bigint;
}

/**
 * Sums the fees that Stripe takes out of payments: by day, currency, category of the movement and kind of fee. There are
 * as many sums as days, currencies and kinds, however many payments there are.
 */
export class FeeSums {
  readonly #sums = new Map<string, FeeSum>();

  /** Takes the fees inside a movement; true when there was one that is paid to Stripe. */
  add(row: BalanceTransaction): boolean {
    let isAny = false;
    for (const { amount, type } of row.fee_details) {
      if (amount === 0n || !PAID_TO_STRIPE.has(type)) continue;
      const category = categoryOf(row);
      const key = `fees/${row.created}/${row.currency}/${category}/${type}`;
      const known = this.#sums.get(key);
      if (known === undefined) {
        this.#sums.set(key, { day: row.created, currency: row.currency, category, type, amount });
      } else known.amount += amount;
      isAny = true;
    }
    return isAny;
  }

  /** The charges of all sums, in the order of their keys. */
  charges(account: string | undefined): ServiceCharge[] {
    const entries = [...this.#sums].sort(([left], [right]) => (left < right ? -1 : 1));
    return entries.map(([key, { day, currency, category, type, amount }]) => ({
      key,
      // A sum over many payments is nothing that can be looked up.
      reference: '',
      day,
      currency,
      // Every part was checked to be an amount in this currency.
      cash: { digits: amount, scale: stripeDigits(currency) ?? 0 },
      texts: {
        payee: STRIPE,
        publisher: STRIPE,
        service: type,
        serviceCategory: category,
        account: account ?? '',
        description: 'fees taken out of payments, summed by day',
      },
    }));
  }
}
