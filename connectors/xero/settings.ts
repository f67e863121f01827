import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { secret } from '../../src/connector/secret.js';

/** What of Xero can be read. */
export const PARTS = ['bankTransactions', 'bills', 'journals'] as const;
export type Part = (typeof PARTS)[number];

/** Settings of a source that reads Xero. */
export const settings = z.strictObject({
  clientId: z.string().trim().min(1, 'write the client id of the custom connection'),
  clientSecret: secret('the client secret of the custom connection'),
  tenantId: z.uuid('write the id of the organisation at Xero, as its connections list it').optional(),
  include: z
    .array(z.enum(PARTS))
    .min(1, 'name at least one of bankTransactions, bills, journals')
    // Journals accrue what a bill brings later: they are read where somebody wants them.
    .default(['bankTransactions', 'bills']),
  costCenterTracking: z.string().trim().min(1, 'write the name of a tracking category').default('Department'),
  tax: z.enum(['excluded', 'included']).default('excluded'),
  scopes: z.enum(['granular', 'broad']).default('granular'),
  endpoint: endpoint().default('https://api.xero.com'),
  loginEndpoint: endpoint().default('https://identity.xero.com'),
});

export type XeroSettings = z.infer<typeof settings>;
