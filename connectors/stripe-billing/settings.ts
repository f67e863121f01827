import { z } from 'zod';

import { STRIPE_SETTINGS } from '../../src/connector/stripe.js';

/** Settings of a source that reads what departments are charged through Stripe Billing. */
export const settings = z.strictObject(STRIPE_SETTINGS);

export type StripeBillingSettings = z.infer<typeof settings>;
