import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { secret } from '../../src/connector/secret.js';

/** What of QuickBooks can be read: checks and card purchases; bills with vendor credits; entries of the journal. */
export const PARTS = ['purchases', 'bills', 'journals'] as const;
export type Part = (typeof PARTS)[number];

/** Settings of a source that reads QuickBooks Online. */
export const settings = z.strictObject({
  realmId: z.string().regex(/^\d+$/, 'write the company id of QuickBooks, digits alone (put it in quotes)'),
  clientId: z.string().trim().min(1, 'write the client id of the app at Intuit'),
  clientSecret: secret('the client secret of the app at Intuit'),
  refreshToken: secret('the refresh token of QuickBooks').refine((name) => !name.startsWith('env:'), {
    error: 'QuickBooks changes this token: keep it in a file that Spendshift may write, and name it with file:PATH',
  }),
  include: z
    .array(z.enum(PARTS))
    .min(1, 'name at least one of purchases, bills, journals')
    // Journals accrue what a bill brings later: they are read where somebody wants them.
    .default(['purchases', 'bills']),
  costCenter: z.enum(['class', 'location']).default('class'),
  endpoint: endpoint().default('https://quickbooks.api.intuit.com'),
  loginEndpoint: endpoint().default('https://oauth.platform.intuit.com'),
});

export type QuickBooksSettings = z.infer<typeof settings>;
