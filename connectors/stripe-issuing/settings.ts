import { z } from 'zod';

import { STRIPE_SETTINGS } from '../../src/connector/stripe.js';

/** Settings of a source that reads the company's own spend from Stripe. */
export const settings = z
  .strictObject({
    ...STRIPE_SETTINGS,
    cards: z.boolean().default(true),
    fees: z.boolean().default(true),
  })
  .refine(({ cards, fees }) => cards || fees, {
    error: 'with `cards` and `fees` both false there is nothing to read',
    path: ['cards'],
  });

export type StripeIssuingSettings = z.infer<typeof settings>;
