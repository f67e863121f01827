import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { secret } from '../../src/connector/secret.js';

/** What of an expense may become a tag. */
export const TAGS = ['location', 'budget'] as const;

/** Settings of a source that reads Brex. */
export const settings = z.strictObject({
  apiToken: secret('the user token of Brex'),
  expenses: z.boolean().default(true),
  tags: z.array(z.enum(TAGS)).default([]),
  endpoint: endpoint().default('https://platform.brexapis.com'),
});

export type BrexSettings = z.infer<typeof settings>;
