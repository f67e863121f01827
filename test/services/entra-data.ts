import { createRandom, type Random } from '../../src/core/random.js';

export const TENANT_ID = '0b5a4a57-6f0c-4b7c-9f3e-2d7a8c1e4f60';
const MICROSOFT = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';
const MICROSOFT_CORPORATION = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const EMPTY_TEMPLATE = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621';
const OFFERED = 'WindowsAzureActiveDirectoryIntegratedApp';
/** Where the gallery says that its applications are. */
const GALLERY_HOME = 'https://account.activedirectory.windowsazure.com:444/applications/default.aspx?metadata=saml';

/** Who consented: an administrator for everybody, so many people for themselves. */
interface Consents {
  readonly byAdministrator?: boolean;
  readonly byPeople?: number;
}

/** What an application counts as. */
type Standing = 'known' | 'personal' | 'own' | 'left out';

interface Kind {
  readonly name: string;
  readonly standing: Standing;
  readonly domain?: string;
  readonly publisher?: string;
  readonly row: Readonly<Record<string, unknown>>;
  readonly consents?: Consents;
}

/** An application in the directory. */
export interface EntraEntry {
  readonly appId: string;
  readonly name: string;
  readonly publisher: string;
  readonly domain: string;
  readonly standing: Standing;
  /** As Graph writes it, without `accountEnabled`. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly grants: readonly Readonly<Record<string, unknown>>[];
  readonly createdMs: number;
  readonly switchedOffMs: number | undefined;
}

const gallery = (name: string, replyUrl: string, domain: string): Kind => ({
  name,
  standing: 'known',
  domain,
  row: {
    appOwnerOrganizationId: TENANT_ID,
    applicationTemplateId: 'TEMPLATE',
    homepage: `${GALLERY_HOME}|ISV9.1|primary|z`,
    replyUrls: [replyUrl],
    preferredSingleSignOnMode: 'saml',
    tags: [OFFERED, 'WindowsAzureActiveDirectoryGalleryApplicationNonPrimaryV1'],
  },
});

const foreign = (
  name: string,
  standing: Standing,
  homepage: string | null,
  domain: string,
  consents: Consents,
  row: Readonly<Record<string, unknown>> = {},
): Kind => ({
  name,
  standing,
  domain,
  consents,
  row: { appOwnerOrganizationId: 'ELSEWHERE', homepage, tags: [OFFERED], ...row },
});

const verified = (kind: Kind, publisher: string): Kind => ({
  ...kind,
  publisher,
  row: {
    ...kind.row,
    verifiedPublisher: { displayName: publisher, verifiedPublisherId: '7001', addedDateTime: '2023-02-01T00:00:00Z' },
  },
});

const leftOut = (name: string, row: Readonly<Record<string, unknown>>, standing: Standing = 'left out'): Kind => ({
  name,
  standing,
  row,
});

/** What the directory has. */
const KINDS: readonly Kind[] = [
  leftOut('Microsoft Graph', { appOwnerOrganizationId: MICROSOFT, tags: [] }),
  leftOut('Office 365 Exchange Online', { appOwnerOrganizationId: MICROSOFT, tags: [OFFERED] }),
  leftOut('Graph Explorer', { appOwnerOrganizationId: MICROSOFT_CORPORATION.toUpperCase(), tags: [OFFERED] }),
  gallery('Salesforce', 'https://acme.my.salesforce.com?so=00D', 'salesforce.com'),
  gallery('Slack', 'https://acme.slack.com/sso/saml', 'slack.com'),
  gallery('Workday', 'https://impl.workday.com/acme/login-saml.htmld', 'workday.com'),
  gallery('DocuSign', 'https://account.docusign.com/organizations/1/saml2/login', 'docusign.com'),
  {
    name: 'Snowflake (data team)',
    standing: 'known',
    domain: 'snowflakecomputing.com',
    row: {
      appOwnerOrganizationId: TENANT_ID,
      applicationTemplateId: EMPTY_TEMPLATE,
      homepage: `${GALLERY_HOME}|ISV9.1|primary|z`,
      replyUrls: ['https://acme.snowflakecomputing.com/fed/login'],
      preferredSingleSignOnMode: 'saml',
      tags: [OFFERED, 'WindowsAzureActiveDirectoryCustomSingleSignOnApplication'],
    },
  },
  verified(
    foreign('HubSpot', 'known', 'https://www.hubspot.com', 'hubspot.com', { byAdministrator: true }),
    'HubSpot, Inc.',
  ),
  verified(
    foreign(
      'Zoom',
      'known',
      null,
      'zoom.us',
      { byAdministrator: true, byPeople: 9 },
      {
        replyUrls: ['https://zoom.us/oauth', 'https://eu01web.zoom.us/oauth', 'http://localhost/callback'],
      },
    ),
    'Zoom Communications, Inc.',
  ),
  verified(foreign('Calendly', 'personal', 'https://calendly.com', 'calendly.com', { byPeople: 4 }), 'Calendly LLC'),
  foreign('Otter.ai', 'personal', 'https://otter.ai', 'otter.ai', { byPeople: 1 }),
  foreign('PDF merge free', 'personal', 'https://pdfmerge.azurewebsites.net', '', { byPeople: 2 }),
  foreign(
    'Read for meetings',
    'personal',
    null,
    '',
    { byPeople: 17 },
    {
      replyUrls: ['https://a.read.example.de/cb', 'https://b.unread.example.fr/cb'],
    },
  ),
  foreign('Trello', 'known', 'https://trello.com', 'trello.com', { byPeople: 3 }, { appRoleAssignmentRequired: true }),
  foreign(
    'Old wiki',
    'known',
    'https://wiki.vendor.co.uk/',
    'vendor.co.uk',
    { byPeople: 1 },
    {
      preferredSingleSignOnMode: 'password',
    },
  ),
  foreign('Backup of mail', 'known', 'https://mailbackup.example.nl', 'example.nl', {}),
  leftOut(
    'Intranet',
    { appOwnerOrganizationId: TENANT_ID, homepage: 'https://intranet.acme.de', tags: [OFFERED] },
    'own',
  ),
  leftOut(
    'Nightly export',
    { appOwnerOrganizationId: TENANT_ID, applicationTemplateId: EMPTY_TEMPLATE, tags: [OFFERED] },
    'own',
  ),
  leftOut('backup-vm', { servicePrincipalType: 'ManagedIdentity', tags: [] }),
  leftOut('P2P Server', { appOwnerOrganizationId: 'ELSEWHERE', tags: ['P2PServer'] }),
  foreign('Miro', 'known', 'https://miro.com', 'miro.com', { byAdministrator: true }),
  foreign('Grammarly', 'personal', 'https://www.grammarly.com', 'grammarly.com', { byPeople: 6 }),
  gallery('Figma', 'https://www.figma.com/saml/77/consume', 'figma.com'),
  gallery('Adobe Creative Cloud', 'https://federatedid-na1.services.adobe.com/federated/saml/SSO', 'adobe.com'),
  gallery('AWS IAM Identity Center', 'https://eu-west-1.signin.aws.amazon.com/platform/saml/acs/1', 'amazon.com'),
];

const DAY_MS = 24 * 60 * 60_000;
const HISTORY_DAYS = 1_200;
const STEP_DAYS_MAX = 85;

/** Everything that the directory has, had and will have. */
export function entraEntries(seed: number, startMs: number): readonly EntraEntry[] {
  const random = createRandom(seed, 'applications of Entra');
  let createdMs = startMs - HISTORY_DAYS * DAY_MS;
  return KINDS.map(({ name, standing, domain = '', publisher = '', row, consents = {} }) => {
    createdMs += random.integer(1, STEP_DAYS_MAX) * DAY_MS;
    const [id, appId, template, elsewhere] = [guid(random), guid(random), guid(random), guid(random)];
    const isSwitchedOff = standing === 'known' && random.chance(250);
    return {
      appId,
      name,
      publisher,
      domain: standing === 'own' && name === 'Intranet' ? 'acme.de' : domain,
      standing,
      body: {
        id,
        appId,
        displayName: name,
        appOwnerOrganizationId: null,
        applicationTemplateId: null,
        servicePrincipalType: 'Application',
        tags: [],
        verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
        homepage: null,
        replyUrls: [],
        preferredSingleSignOnMode: null,
        appRoleAssignmentRequired: false,
        ...replaced(row, { TEMPLATE: template, ELSEWHERE: elsewhere }),
      },
      grants: grantsOf(random, id, consents),
      createdMs,
      switchedOffMs: isSwitchedOff ? createdMs + random.integer(30, 900) * DAY_MS : undefined,
    };
  });
}

function replaced(row: Readonly<Record<string, unknown>>, words: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === 'string' ? (words[value] ?? value) : value]),
  );
}

function grantsOf(random: Random, clientId: string, { byAdministrator = false, byPeople = 0 }: Consents) {
  const resourceId = '2c3f5d1e-0000-4000-8000-00000000graph';
  const grant = (consentType: string, principalId: string | null) => ({
    clientId,
    consentType,
    id: random.letters(43),
    principalId,
    resourceId,
    scope: ' openid profile offline_access User.Read',
  });
  const own = Array.from({ length: byPeople }, () => grant('Principal', guid(random)));
  return byAdministrator ? [...own, grant('AllPrincipals', null)] : own;
}

function guid(random: Random): string {
  const hex = (length: number): string => Array.from({ length }, () => random.integer(0, 15).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
}
