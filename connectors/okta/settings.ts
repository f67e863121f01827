import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { secret } from '../../src/connector/secret.js';

/** Settings of an `okta` source: the organisation, and either an API token or an application with a key of its own. */
export const oktaSettings = z
  .strictObject({
    endpoint: endpoint(),
    apiToken: secret('the API token of Okta').optional(),
    clientId: z.string().trim().min(1, 'write the client id of the API Services application').optional(),
    privateKey: secret('the private key of the API Services application').optional(),
    keyId: z.string().trim().min(1, 'write the id (kid) of the key').optional(),
  })
  .superRefine((settings, context) => {
    const refuse = (key: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [key], message });
    };
    if (isConsole(settings.endpoint)) {
      refuse('endpoint', 'write the address that people sign in at, https://acme.okta.com, without -admin');
    }
    const { apiToken, clientId, privateKey, keyId } = settings;
    if (apiToken !== undefined) {
      for (const [key, value] of Object.entries({ clientId, privateKey, keyId })) {
        if (value !== undefined) refuse(key, `\`${key}\` and \`apiToken\` are two ways to sign in: take one out`);
      }
      return;
    }
    if (clientId === undefined && privateKey === undefined) {
      refuse('apiToken', 'write `apiToken`, or `clientId` and `privateKey` of an API Services application');
    } else if (clientId === undefined) refuse('clientId', '`privateKey` needs `clientId` beside it');
    else if (privateKey === undefined) refuse('privateKey', '`clientId` needs `privateKey` beside it');
  });

export type OktaSettings = z.infer<typeof oktaSettings>;

/** Whether an address is that of the Admin Console, which does not take tokens. */
function isConsole(address: string): boolean {
  return (
    URL.canParse(address) && /-admin\.(?:okta(?:preview|-emea|-gov)?\.com|okta\.mil)$/.test(new URL(address).hostname)
  );
}
