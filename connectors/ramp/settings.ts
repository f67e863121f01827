import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { secret } from '../../src/connector/secret.js';

/** What of Ramp can be read. */
export const PARTS = ['transactions', 'bills', 'reimbursements'] as const;
export type Part = (typeof PARTS)[number];

const field = z.string().trim().min(1, 'write the name of an accounting field of Ramp');

/** Settings of a source that reads Ramp. */
export const settings = z.strictObject({
  clientId: z.string().trim().min(1, 'write the client id of the app at Ramp'),
  clientSecret: secret('the client secret of the app at Ramp'),
  include: z
    .array(z.enum(PARTS))
    .min(1, 'name at least one of transactions, bills, reimbursements')
    .default(['transactions']),
  costCenterField: field.optional(),
  tags: z.array(field).default([]),
  endpoint: endpoint().default('https://api.ramp.com'),
});

export type RampSettings = z.infer<typeof settings>;
