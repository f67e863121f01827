import { z } from 'zod';

import { commonDomain } from '../../src/connector/domains.js';
import type { KnownApplication } from '../../src/connector/reference.js';

const address = z.string().nullish();

/** What is read of an application of Okta. */
export const oktaApplication = z.object({
  id: z.string().min(1),
  /** What kind of application it is: a key of Okta's catalogue, or one that Okta made for a custom application. */
  name: z.string().nullish(),
  /** As people see it. */
  label: z.string().trim().min(1),
  status: z.enum(['ACTIVE', 'INACTIVE', 'DELETED']),
  signOnMode: z.string().nullish(),
  settings: z
    .object({
      /** Of a bookmark: where it leads. Of applications of the catalogue: whatever each needs. */
      app: z.object({ url: z.unknown().optional() }).nullish(),
      signOn: z.object({ ssoAcsUrl: address }).nullish(),
      oauthClient: z
        .object({
          application_type: z.string().nullish(),
          client_uri: address,
          initiate_login_uri: address,
          redirect_uris: z.array(z.string()).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

export type OktaApplication = z.infer<typeof oktaApplication>;

/** Kinds that are parts of Okta itself: its consoles, its browser plugin, its links to other organisations of Okta. */
const OWN_KIND = /^(?:okta_|saasure$)/;

/** Whether people sign in to something of a maker's there; false for Okta's own parts, for services, and for what is deleted. */
export function isSignedInTo({ name, status, settings }: OktaApplication): boolean {
  if (status === 'DELETED' || OWN_KIND.test(name ?? '')) return false;
  return settings?.oauthClient?.application_type !== 'service';
}

/** The application that IT knows. */
export function toApplication(application: OktaApplication): KnownApplication {
  const { id, label, status } = application;
  return { id, name: label, publisher: '', domain: domainOf(application), isActive: status === 'ACTIVE' };
}

/** What all addresses that the application has at Okta agree on. */
function domainOf({ settings }: OktaApplication): string {
  const { app, signOn, oauthClient } = settings ?? {};
  const bookmark = typeof app?.url === 'string' ? app.url : undefined;
  return commonDomain([
    bookmark,
    signOn?.ssoAcsUrl,
    oauthClient?.client_uri,
    oauthClient?.initiate_login_uri,
    ...(oauthClient?.redirect_uris ?? []),
  ]);
}
