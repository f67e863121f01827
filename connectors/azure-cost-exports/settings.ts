import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { focusRules } from '../../src/connector/focus/settings.js';
import { secret } from '../../src/connector/secret.js';

/** Names of storage accounts and containers as Azure allows them. */
const ACCOUNT = /^[a-z0-9]{3,24}$/;
const CONTAINER = /^(?:\$root|[a-z0-9](?:-?[a-z0-9]){2,62})$/;
const EXPORTS_MAX = 10;

const id = (what: string): z.ZodType<string> =>
  z.string().regex(/^[\w.-]+$/, { error: `write ${what} as the Azure portal shows it` });

/** Settings of an `azure-cost-exports` source. */
export const azureCostExportsSettings = z.strictObject({
  account: z
    .string()
    .regex(ACCOUNT, 'write the name of the storage account alone, without https:// and without a domain'),
  container: z.string().regex(CONTAINER, 'write the name of the container alone'),
  directory: z
    .string()
    .refine((text) => !text.includes('://') && !text.split('/').includes('..'), 'write the path inside the container')
    .transform((text) => text.replace(/^\/+|\/+$/g, ''))
    .default(''),
  exportNames: z
    .array(z.string().regex(/^[^/]+$/, 'write the name of an export, without slashes'))
    .min(1, 'write the name of at least one export')
    .max(EXPORTS_MAX, `write at most ${EXPORTS_MAX} exports`)
    .refine(
      (names) => new Set(names.map((name) => name.toLowerCase())).size === names.length,
      'an export is named twice',
    ),
  tenantId: id('the directory (tenant) id'),
  clientId: id('the application (client) id'),
  clientSecret: secret('the client secret of the app registration'),
  tags: focusRules.tags,
  rejectedShareMax: focusRules.rejectedShareMax,
  endpoint: endpoint().optional(),
  loginEndpoint: endpoint().default('https://login.microsoftonline.com'),
});

export type AzureCostExportsSettings = z.infer<typeof azureCostExportsSettings>;
