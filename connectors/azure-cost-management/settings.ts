import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { secret } from '../../src/connector/secret.js';

const ID = '[^/]+';
const BILLING_ACCOUNT = `/providers/Microsoft\\.Billing/billingAccounts/${ID}`;
/** The scopes that Cost Management answers for, without a slash at the end. */
const SCOPE = new RegExp(
  `^(?:/subscriptions/${ID}(?:/resourceGroups/${ID})?` +
    `|/providers/Microsoft\\.Management/managementGroups/${ID}` +
    `|${BILLING_ACCOUNT}(?:/(?:departments|enrollmentAccounts|customers)/${ID}` +
    `|/billingProfiles/${ID}(?:/invoiceSections/${ID})?)?)$`,
  'i',
);

/** Dimensions that say of a subscription who answers for it; which of them there are depends on the contract. */
export const COST_CENTER_DIMENSIONS = ['InvoiceSectionName', 'DepartmentName', 'EnrollmentAccountName'] as const;

const word = (what: string): z.ZodType<string> =>
  z.string().regex(/^[\w.-]+$/, { error: `write ${what} as the Azure portal shows it` });

/** Settings of an `azure-cost-management` source. */
export const azureSettings = z.strictObject({
  scope: z.string().regex(SCOPE, {
    error:
      'write the scope as Azure does, such as /subscriptions/{id}, /providers/Microsoft.Management/managementGroups/{id} ' +
      'or /providers/Microsoft.Billing/billingAccounts/{id}, without a slash at the end',
  }),
  tenantId: word('the directory (tenant) id'),
  clientId: word('the application (client) id'),
  clientSecret: secret('the client secret of the app registration'),
  ownerTag: z.string().min(1, 'write the key of a tag').optional(),
  costCenterDimension: z
    .enum(COST_CENTER_DIMENSIONS, { error: `write one of ${COST_CENTER_DIMENSIONS.join(', ')}` })
    .optional(),
  marketplaceDimension: z.string().min(1, 'write the name of a dimension').optional(),
  amortized: z.boolean().default(true),
  endpoint: endpoint().default('https://management.azure.com'),
  loginEndpoint: endpoint().default('https://login.microsoftonline.com'),
});

export type AzureSettings = z.infer<typeof azureSettings>;

/** The billing account in a scope; empty where the scope names none. */
export function billingAccountOf(scope: string): string {
  return /^\/providers\/Microsoft\.Billing\/billingAccounts\/([^/]+)/i.exec(scope)?.[1] ?? '';
}
