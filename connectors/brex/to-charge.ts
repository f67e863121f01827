import { z } from 'zod';

import { optionalText, wholeNumber } from '../../src/connector/rows.js';
import type { ServiceCharge } from '../../src/connector/service.js';
import { currencyCode, leadingDay, minorUnits } from '../../src/connector/values.js';
import { canonicalTags } from '../../src/core/charge.js';
import { decimalText } from '../../src/core/decimal.js';
import type { Expense } from './expenses.js';
import type { BrexSettings } from './settings.js';

const SPEND = ['PURCHASE', 'REFUND', 'CHARGEBACK', 'BNPL_FEE'] as const;
/** Paying the card's balance, and what Brex gives back for using the card. */
const NO_SPEND: ReadonlySet<string> = new Set(['COLLECTION', 'REWARDS_CREDIT']);
/** Digits of a code of ISO 18245. */
const MERCHANT_CATEGORY_DIGITS = 4;

/** False for what is no spend; an unknown type is read, and refused. */
export function isSpend(row: unknown): boolean {
  const read = z.object({ type: z.string() }).safeParse(row);
  return !read.success || !NO_SPEND.has(read.data.type);
}

/** A settled card transaction: a purchase is positive, what comes back is negative. */
export const cardTransaction = z
  .object({
    id: z.string().min(1),
    type: z.enum(SPEND),
    posted_at_date: leadingDay,
    amount: z.object({ amount: wholeNumber, currency: currencyCode.nullish() }),
    description: optionalText,
    card_id: optionalText,
    expense_id: optionalText,
    merchant: z.object({ raw_descriptor: optionalText, mcc: optionalText }).nullish(),
  })
  .transform((row, context) => {
    const { amount, currency } = row.amount;
    const code = currency ?? undefined;
    const reason = code === undefined ? 'it names no currency' : signMistake(row.type, amount, code);
    if (code !== undefined && reason === undefined) return { ...row, currency: code, cash: minorUnits(amount, code) };
    context.issues.push({ code: 'custom', input: row.amount, message: reason ?? '', path: ['amount'] });
    return z.NEVER;
  });

export type CardTransaction = z.output<typeof cardTransaction>;

/** A sign that is not as Brex documents it would turn money around. */
function signMistake(type: CardTransaction['type'], amount: bigint, currency: string): string | undefined {
  const isWrong = (type === 'PURCHASE' && amount < 0n) || (type === 'REFUND' && amount > 0n);
  return isWrong
    ? `a ${type.toLowerCase()} of ${decimalText(minorUnits(amount, currency))} has the wrong sign`
    : undefined;
}

/** The charge of a card transaction, with what its expense says. */
export function toCharge(
  row: CardTransaction,
  expense: Expense | undefined,
  { tags }: Pick<BrexSettings, 'tags'>,
): ServiceCharge {
  const { merchant, user } = { merchant: row.merchant ?? expense?.merchant, user: expense?.user };
  const category = row.merchant?.mcc ?? '';
  const named = merchant?.raw_descriptor ?? '';
  return {
    key: row.id,
    reference: row.id,
    day: row.posted_at_date,
    currency: row.currency,
    cash: row.cash,
    texts: {
      payee: row.type === 'BNPL_FEE' ? 'Brex' : named === '' ? row.description : named,
      serviceCategory: expense?.category ?? '',
      merchantCategory: /^\d+$/.test(category) ? category.padStart(MERCHANT_CATEGORY_DIGITS, '0') : category,
      costCenter: expense?.department?.name ?? '',
      person: `${user?.first_name ?? ''} ${user?.last_name ?? ''}`.trim(),
      card: row.card_id,
      tags: canonicalTags(tags.map((name) => [name, expense?.[name]?.name ?? ''])),
    },
  };
}
