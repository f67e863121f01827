import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { secret } from '../../src/connector/secret.js';

/** Settings of an `entra` source. */
export const entraSettings = z.strictObject({
  /** In its form as an id: it is compared with the owners of applications. */
  tenantId: z
    .guid('write the directory (tenant) id as Microsoft Entra shows it, 11111111-2222-…')
    .transform((id) => id.toLowerCase()),
  clientId: z.string().trim().min(1, 'write the application (client) id'),
  clientSecret: secret('the client secret of the app registration'),
  /** Whether applications count that only single people consented to, each for themselves. */
  consentedByUsers: z.boolean().default(false),
  /** Whether the company's own registrations count. */
  ownApplications: z.boolean().default(false),
  endpoint: endpoint().default('https://graph.microsoft.com'),
  loginEndpoint: endpoint().default('https://login.microsoftonline.com'),
});

export type EntraSettings = z.infer<typeof entraSettings>;
