import { z } from 'zod';

import { commonDomain } from '../../src/connector/domains.js';
import type { KnownApplication } from '../../src/connector/reference.js';

/** What is asked of a service principal; Graph refuses names that it does not know. */
export const SELECTED = [
  ...['id', 'appId', 'displayName', 'appOwnerOrganizationId', 'applicationTemplateId', 'servicePrincipalType', 'tags'],
  ...['verifiedPublisher', 'homepage', 'replyUrls', 'accountEnabled', 'preferredSingleSignOnMode'],
  'appRoleAssignmentRequired',
] as const;

const id = z.string().min(1);

/** An application as it is present in a directory. */
export const servicePrincipal = z.object({
  /** Of its presence in this directory; consents name it. */
  id,
  /** The same in every directory. */
  appId: id.transform((text) => text.toLowerCase()),
  displayName: z.string().trim().min(1),
  appOwnerOrganizationId: z.string().nullish(),
  applicationTemplateId: z.string().nullish(),
  servicePrincipalType: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  verifiedPublisher: z.object({ displayName: z.string().nullish() }).nullish(),
  homepage: z.string().nullish(),
  replyUrls: z.array(z.string()).nullish(),
  accountEnabled: z.boolean().nullish(),
  preferredSingleSignOnMode: z.string().nullish(),
  appRoleAssignmentRequired: z.boolean().nullish(),
});

export type ServicePrincipal = z.infer<typeof servicePrincipal>;

/** A consent: who lets an application act for them. */
export const permissionGrant = z.object({
  /** The presence (`id`) of the application, whatever the name says. */
  clientId: id,
  /** For everybody, which takes an administrator; or for one person. */
  consentType: z.enum(['AllPrincipals', 'Principal']),
});

export type PermissionGrant = z.infer<typeof permissionGrant>;

/** Who consented to an application. */
export interface Consent {
  readonly forEverybody: boolean;
  readonly forOnePerson: boolean;
}

/** Adds consents to those that were seen, by the application's presence. */
export function addGrants(consents: Map<string, Consent>, grants: readonly PermissionGrant[]): void {
  for (const { clientId, consentType } of grants) {
    const { forEverybody = false, forOnePerson = false } = consents.get(clientId) ?? {};
    consents.set(clientId, {
      forEverybody: forEverybody || consentType === 'AllPrincipals',
      forOnePerson: forOnePerson || consentType === 'Principal',
    });
  }
}

/** On every application that is offered in the directory's portal, against parts of Microsoft's and helpers of scripts. */
const OFFERED_TAG = 'WindowsAzureActiveDirectoryIntegratedApp';
/** Directories of Microsoft that own its applications. */
const MICROSOFT_TENANTS: ReadonlySet<string> = new Set([
  'f8cdef31-a31e-4b4a-93e4-5f571e91255a',
  '72f988bf-86f1-41af-91ab-2d7cd011db47',
]);
/** Templates of applications that are in no gallery (public cloud, US government): they say nothing of a maker. */
const EMPTY_TEMPLATES: ReadonlySet<string> = new Set([
  '8adf8e6e-67b2-4cf2-a259-e3dc5476c621',
  '4602d0b4-76bb-404b-bca9-2652e1a39c6d',
]);
/** Ways to sign in that only an administrator can set up. */
const SET_UP_MODES: ReadonlySet<string> = new Set(['saml', 'password']);

/** What an application of the directory is to IT. */
export type Standing = 'known' | 'no application' | "Microsoft's" | 'own' | 'personal';

/**
 * What an application is to IT. `known`: an administrator set it up or consented for everybody. `personal`: nothing but
 * people's consents, each for themselves, has brought it into the directory.
 *
 * @param consent undefined where consents do not count, or where there is none
 */
export function standingOf(
  principal: ServicePrincipal,
  consent: Consent | undefined,
  { tenantId, ownApplications }: { readonly tenantId: string; readonly ownApplications: boolean },
): Standing {
  const { servicePrincipalType, tags, appOwnerOrganizationId, appRoleAssignmentRequired } = principal;
  const owner = appOwnerOrganizationId?.toLowerCase() ?? '';
  if (MICROSOFT_TENANTS.has(owner)) return "Microsoft's";
  const isApplication = (servicePrincipalType ?? 'Application') === 'Application';
  if (!isApplication || tags?.includes(OFFERED_TAG) !== true) return 'no application';
  const isSetUp = SET_UP_MODES.has(principal.preferredSingleSignOnMode?.toLowerCase() ?? '');
  // What comes from the gallery is owned by the company's directory, as if it had made it.
  if (owner === tenantId) return ownApplications || isSetUp || isFromGallery(principal) ? 'known' : 'own';
  if (isSetUp || appRoleAssignmentRequired === true || consent === undefined) return 'known';
  return consent.forOnePerson && !consent.forEverybody ? 'personal' : 'known';
}

function isFromGallery({ applicationTemplateId }: ServicePrincipal): boolean {
  const template = applicationTemplateId?.toLowerCase() ?? '';
  return template !== '' && !EMPTY_TEMPLATES.has(template);
}

/** The application that IT knows. */
export function toApplication(principal: ServicePrincipal): KnownApplication {
  const { appId, displayName, verifiedPublisher, homepage, replyUrls, accountEnabled } = principal;
  const publisher = verifiedPublisher?.displayName?.trim() ?? '';
  const domain = commonDomain([homepage]) || commonDomain(replyUrls ?? []);
  return { id: appId, name: displayName, publisher, domain, isActive: accountEnabled !== false };
}
