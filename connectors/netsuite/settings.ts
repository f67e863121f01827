import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { secret } from '../../src/connector/secret.js';

/** Types of transactions that hold spend, as NetSuite names them. */
export const TYPES = ['VendBill', 'VendCred', 'CardChrg', 'CardRfnd', 'ExpRept', 'Check', 'Journal'] as const;
/** Checks are an offer, as many only pay bills or salaries; and journals, which accrue what a bill brings later. */
const ON_DEMAND: ReadonlySet<string> = new Set(['Check', 'Journal']);
/** Segments of a line; an account has those that were switched on in it. */
export const SEGMENTS = ['department', 'class', 'location', 'subsidiary'] as const;
export type Segment = (typeof SEGMENTS)[number];

/** Settings of a source that reads NetSuite. */
export const settings = z
  .strictObject({
    accountId: z
      .string()
      .regex(/^\w+$/, 'write the account id of NetSuite, such as 1234567 or 1234567_SB1 (put it in quotes)'),
    clientId: z.string().trim().min(1, 'write the client id of the integration record'),
    certificateId: z.string().trim().min(1, 'write the id that NetSuite gave the certificate'),
    privateKey: secret("the certificate's private key"),
    algorithm: z.enum(['PS256', 'ES256']).default('PS256'),
    types: z
      .array(z.enum(TYPES))
      .min(1, `name at least one of ${TYPES.join(', ')}`)
      .default(TYPES.filter((type) => !ON_DEMAND.has(type))),
    segments: z.array(z.enum(SEGMENTS)).default([...SEGMENTS]),
    costCenter: z.enum(['department', 'class', 'location']).default('department'),
    tax: z.enum(['excluded', 'included']).default('excluded'),
    endpoint: endpoint().optional(),
  })
  .refine(({ segments, costCenter }) => segments.includes(costCenter), {
    error: 'name one of `segments`, where the account has it',
    path: ['costCenter'],
  });

export type NetSuiteSettings = z.infer<typeof settings>;
