import { z } from 'zod';

import type { ServiceCharge } from '../../src/connector/service.js';
import {
  dayOfSeconds,
  metadata,
  metadataTags,
  metadataValue,
  minorAmount,
  optionalText,
  stripeCurrency,
  stripeMoney,
  type Metadata,
} from '../../src/connector/stripe-values.js';
import { negated } from '../../src/connector/values.js';
import type { StripeIssuingSettings } from './settings.js';

const cardholder = z.object({ id: z.string(), name: optionalText, type: optionalText, metadata });
const card = z.object({ last4: optionalText, metadata });

/**
 * A transaction of an issued card. The amount is in the currency of the company's balance and has the sign of what it
 * does to the balance: a purchase is negative, a refund positive. What the merchant received is another amount.
 */
export const cardTransaction = z
  .object({
    id: z.string().min(1),
    amount: minorAmount,
    created: dayOfSeconds,
    currency: stripeCurrency,
    // Asked for whole; a bare id is what is left of an object that is gone.
    card: z.union([card, z.string()]),
    cardholder: z.union([cardholder, z.string()]).nullish(),
    merchant_data: z.object({ name: optionalText, category: optionalText, category_code: optionalText }),
    metadata,
  })
  .transform((row, context) => {
    const money = stripeMoney(row.amount, row.currency);
    if (typeof money !== 'string') return { ...row, money };
    context.issues.push({ code: 'custom', input: row.amount, message: money, path: ['amount'] });
    return z.NEVER;
  });

export type CardTransaction = z.output<typeof cardTransaction>;

/** The metadata that may tell an owner: what was written on the transaction says more than its card and cardholder. */
function metadataOf(row: CardTransaction): readonly Metadata[] {
  return [row, row.card, row.cardholder].flatMap((object) =>
    typeof object === 'object' && object !== null ? [object.metadata] : [],
  );
}

/** The charge of a card transaction: spend is what left the balance. */
export function toCharge(row: CardTransaction, settings: StripeIssuingSettings): ServiceCharge {
  const { merchant_data: merchant } = row;
  const holder = typeof row.cardholder === 'object' ? (row.cardholder ?? undefined) : undefined;
  // A cardholder of the type company is a department or a firm, and no person.
  const isCompany = holder?.type === 'company';
  const pairs = metadataOf(row);
  return {
    key: row.id,
    reference: row.id,
    day: row.created,
    currency: row.currency,
    cash: negated(row.money),
    texts: {
      payee: merchant.name,
      serviceCategory: merchant.category,
      merchantCategory: merchant.category_code === '' ? merchant.category : merchant.category_code,
      account: settings.account ?? '',
      subAccount: isCompany ? holder.id : '',
      subAccountName: isCompany ? holder.name : '',
      card: typeof row.card === 'string' ? '' : row.card.last4,
      person: isCompany ? '' : (holder?.name ?? ''),
      costCenter: metadataValue(settings.departmentKey, pairs),
      project: metadataValue(settings.projectKey, pairs),
      tags: metadataTags(settings.tags, pairs),
    },
  };
}
