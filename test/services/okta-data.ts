import { createRandom } from '../../src/core/random.js';

/** An application as the people of the organisation set it up. */
export interface OktaEntry {
  readonly id: string;
  /** As Okta writes it. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly createdMs: number;
  /** When it was switched off; undefined while it is on. */
  readonly switchedOffMs: number | undefined;
  /** What IT knows of it; undefined where it is nothing that people sign in to. */
  readonly known: { readonly name: string; readonly domain: string } | undefined;
}

interface Kind {
  readonly label: string;
  readonly name: string;
  readonly signOnMode: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Undefined where nobody signs in to something of a maker's. */
  readonly domain: string | undefined;
}

const saml = (label: string, name: string): Kind => ({
  label,
  name,
  signOnMode: 'SAML_2_0',
  settings: { app: { subDomain: 'acme', url: null }, signOn: { defaultRelayState: null, ssoAcsUrlOverride: null } },
  domain: '',
});

const customSaml = (label: string, number: number, ssoAcsUrl: string, domain: string): Kind => ({
  label,
  name: `acme_${label.toLowerCase().replaceAll(/\W/g, '')}_${number}`,
  signOnMode: 'SAML_2_0',
  settings: { app: {}, signOn: { ssoAcsUrl, audience: `urn:acme:${number}`, allowMultipleAcsEndpoints: false } },
  domain,
});

const oidc = (label: string, type: string, uris: readonly string[], domain: string | undefined): Kind => ({
  label,
  name: 'oidc_client',
  signOnMode: 'OPENID_CONNECT',
  settings: {
    app: {},
    oauthClient: { client_uri: null, redirect_uris: uris, application_type: type, grant_types: ['authorization_code'] },
  },
  domain,
});

const bookmark = (label: string, url: string, domain: string): Kind => ({
  label,
  name: 'bookmark',
  signOnMode: 'BOOKMARK',
  settings: { app: { requestIntegration: false, url } },
  domain,
});

const own = (label: string, name: string): Kind => ({
  label,
  name,
  signOnMode: 'OPENID_CONNECT',
  settings: { app: {} },
  domain: undefined,
});

/** What the organisation has, in the order in which it was made. */
const KINDS: readonly Kind[] = [
  own('Okta Admin Console', 'saasure'),
  own('Okta Browser Plugin', 'okta_browser_plugin'),
  own('Okta Dashboard', 'okta_enduser'),
  saml('Google Workspace', 'google'),
  saml('Salesforce', 'salesforce'),
  saml('Salesforce (EU)', 'salesforce'),
  saml('Slack', 'slack'),
  saml('Zoom', 'zoomus'),
  own('Group Okta', 'okta_org2org'),
  saml('Atlassian Cloud', 'atlassian'),
  customSaml('Figma', 1, 'https://www.figma.com/saml/1234/consume', 'figma.com'),
  customSaml('Sales Navigator', 2, 'https://www.linkedin.com/checkpoint/enterprise/acs/77', 'linkedin.com'),
  customSaml('Data room', 3, 'https://acme.auth0.com/login/callback', ''),
  oidc('Miro', 'web', ['https://miro.com/oidc/callback', 'https://eu.miro.com/oidc/callback'], 'miro.com'),
  oidc(
    'Intranet search',
    'browser',
    ['http://localhost:8080', 'https://search.acme.example.co.uk/cb'],
    'example.co.uk',
  ),
  oidc('Nightly export', 'service', [], undefined),
  oidc('Two homes', 'web', ['https://app.first-home.com/cb', 'https://app.second-home.com/cb'], ''),
  bookmark('Canteen', 'https://order.canteenhub.com/acme', 'canteenhub.com'),
  bookmark('Travel policy', 'https://acme.sharepoint.com/travel', ''),
  saml('Workday', 'workday'),
  saml('Zendesk', 'zendesk'),
  saml('HubSpot', 'hubspot_saml'),
  saml('Adobe Creative Cloud', 'adobe_creative'),
  saml('Box', 'boxnet'),
  saml('Notion', 'notion'),
  saml('Dropbox Business', 'dropbox_for_business'),
  saml('Amazon Web Services', 'amazon_aws'),
  saml('GitHub Enterprise Cloud', 'githubcloud'),
];

const DAY_MS = 24 * 60 * 60_000;
/** One application comes so many days after the other, the last of them after the world's beginning. */
const STEP_DAYS_MAX = 80;
/** The first was made so many days before. */
const HISTORY_DAYS = 1_200;

/** All applications that the organisation has, had and will have. */
export function oktaEntries(seed: number, startMs: number): readonly OktaEntry[] {
  const random = createRandom(seed, 'applications of Okta');
  let createdMs = startMs - HISTORY_DAYS * DAY_MS;
  return KINDS.map(({ label, name, signOnMode, settings, domain }) => {
    createdMs += random.integer(1, STEP_DAYS_MAX) * DAY_MS;
    const id = `0oa${random.letters(17)}`;
    const isSwitchedOff = domain !== undefined && random.chance(250);
    const switchedOffMs = isSwitchedOff ? createdMs + random.integer(30, 900) * DAY_MS : undefined;
    const created = new Date(createdMs).toISOString();
    const body = {
      id,
      orn: `orn:okta:idp:00o1n8sbwArJ7OQRw406:apps:${name}:${id}`,
      name,
      label,
      lastUpdated: created,
      created,
      accessibility: { selfService: false, errorRedirectUrl: null, loginRedirectUrl: null },
      visibility: { autoLaunch: false, hide: { iOS: false, web: false }, appLinks: { [`${name}_link`]: true } },
      features: [],
      signOnMode,
      credentials: { userNameTemplate: { template: '${source.login}', type: 'BUILT_IN' }, signing: {} },
      settings: { ...settings, notifications: { vpn: { network: { connection: 'DISABLED' }, message: null } } },
      _links: { appLinks: [{ name: 'login', href: `https://acme.okta.com/home/${name}/${id}/1`, type: 'text/html' }] },
    };
    const known = domain === undefined ? undefined : { name: label, domain };
    return { id, body, createdMs, switchedOffMs, known };
  });
}
