import { describe, expect, it, onTestFinished } from 'vitest';

import entra from '../../connectors/entra/index.js';
import {
  addGrants,
  servicePrincipal,
  standingOf,
  toApplication,
  type Consent,
} from '../../connectors/entra/to-application.js';
import { SpendshiftError } from '../../src/core/errors.js';
import standin from '../services/entra.js';
import { StrictServer, type ServiceReply } from '../services/server.js';
import { pullApplications } from '../support/applications.js';
import { testContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const DAY_MS = 24 * 60 * 60_000;
const TENANT = '0b5a4a57-6f0c-4b7c-9f3e-2d7a8c1e4f60';
const ELSEWHERE = '99999999-6f0c-4b7c-9f3e-2d7a8c1e4f60';
const OFFERED = 'WindowsAzureActiveDirectoryIntegratedApp';

async function startEntra() {
  let moment = NOW;
  const now = (): Date => moment;
  const running = await standin.start({ now, seed: 7 });
  onTestFinished(() => running.server.close());
  const open = (settings: Readonly<Record<string, unknown>> = {}, secrets = running.secrets) =>
    testContext(entra, { ...running, secrets }, { now, settings });
  const goOn = (ms: number): void => {
    moment = new Date(moment.getTime() + ms);
  };
  const paths = (): Set<string> => new Set(running.server.requests.map(({ path }) => path.split('/').at(-1) ?? ''));
  return { running, open, goOn, paths };
}

/** A Graph that answers each list as it is told. */
async function serving(lists: Readonly<Record<string, (server: StrictServer) => ServiceReply>>) {
  const server: StrictServer = await StrictServer.start(
    ({ path }) => {
      if (path.endsWith('/token')) return { body: { access_token: 'a-token-of-entra', expires_in: '3599' } };
      return lists[path.split('/').at(-1) ?? '']?.(server) ?? { body: { value: [] } };
    },
    {
      throttled: { status: 429, body: '' },
      'server-error': { status: 500, body: '' },
      expired: { status: 401, body: '' },
      forbidden: { status: 403, body: '' },
    },
  );
  onTestFinished(() => server.close());
  const settings = {
    tenantId: TENANT,
    clientId: 'client',
    clientSecret: 'env:SECRET',
    endpoint: server.url,
    loginEndpoint: server.url,
  };
  const { context } = await testContext(
    entra,
    { server, settings, secrets: { SECRET: 'a-secret' } },
    { now: () => NOW },
  );
  return { server, context };
}

describe('what is pulled', () => {
  it('is what IT knows, page by page', async () => {
    const { running, open } = await startEntra();
    const { context } = await open();
    const { applications, rejected, batches } = await pullApplications(entra, context);
    expect(applications).toEqual(running.known());
    expect(applications.length).toBeGreaterThan(10);
    expect(applications.some(({ isActive }) => !isActive)).toBe(true);
    expect(batches.length).toBeGreaterThan(2);
    expect(rejected).toEqual([]);
    expect(running.server.violations).toEqual([]);
  });

  it('follows the directory as it goes on', async () => {
    const { running, open, goOn } = await startEntra();
    const { context } = await open();
    const before = running.known();
    goOn(900 * DAY_MS);
    const { applications } = await pullApplications(entra, context);
    expect(applications).toEqual(running.known());
    expect(applications).not.toEqual(before);
  });

  it('leaves out what single people consented to, and says so', async () => {
    const { running, open } = await startEntra();
    const { context } = await open();
    const { applications, remarks } = await pullApplications(entra, context);
    const names = applications.map(({ name }) => name);
    const personal = running.personal();
    expect(personal).toContain('Calendly');
    for (const name of personal) expect(names).not.toContain(name);
    const quoted = [...personal].sort().map((name) => `"${name}"`);
    expect(remarks).toEqual([
      `${personal.length} applications are not counted as known to IT, because only single people consented, each for themselves: ${quoted.join(', ')}.`,
    ]);
  });

  it('counts those with `consentedByUsers`, and then asks for no consents', async () => {
    const { running, open, paths } = await startEntra();
    const { context } = await open({ consentedByUsers: true });
    const { applications, remarks } = await pullApplications(entra, context);
    expect(applications).toEqual(running.known({ consentedByUsers: true }));
    expect(applications.length).toBe(running.known().length + running.personal().length);
    expect(remarks).toEqual([]);
    expect(paths()).toEqual(new Set(['token', 'servicePrincipals']));
  });

  it('has what comes from the gallery, although the directory owns it, and the own registrations on request alone', async () => {
    const { running, open } = await startEntra();
    const pulled = async (settings: object) =>
      (await pullApplications(entra, (await open({ ...settings })).context)).applications;
    const names = (await pulled({})).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['Salesforce', 'Snowflake (data team)']));
    expect(names).not.toContain('Intranet');
    const all = await pulled({ ownApplications: true });
    expect(all).toEqual(running.known({ ownApplications: true }));
    expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(['Intranet', 'Nightly export']));
  });

  it('takes the tenant in any case', async () => {
    const { running, open } = await startEntra();
    const { context } = await open({ tenantId: TENANT.toUpperCase() });
    expect((await pullApplications(entra, context)).applications).toEqual(running.known());
  });

  it('shortens the remark on many applications', async () => {
    const principal = (number: number) => ({
      id: `s${number}`,
      appId: `a${number}`,
      displayName: `App ${number}`,
      tags: [OFFERED],
    });
    const numbers = Array.from({ length: 12 }, (_value, index) => index + 10);
    const { context } = await serving({
      oauth2PermissionGrants: () => ({
        body: { value: numbers.map((number) => ({ clientId: `s${number}`, consentType: 'Principal' })) },
      }),
      servicePrincipals: () => ({ body: { value: numbers.map(principal) } }),
    });
    const { applications, remarks } = await pullApplications(entra, context);
    expect(applications).toEqual([]);
    expect(remarks[0]).toMatch(/^12 applications .*: "App 10", .*"App 19" and 2 more\.$/);
  });

  it('sets aside what cannot be read, with its place', async () => {
    const good = { id: 's1', appId: 'A1', displayName: 'Figma', tags: [OFFERED] };
    const { context } = await serving({
      oauth2PermissionGrants: () => ({ body: { value: [{ clientId: 's1', consentType: 'Everybody' }] } }),
      servicePrincipals: () => ({ body: { value: [{ ...good, displayName: null }, good, { ...good, appId: '' }] } }),
    });
    const { applications, rejected } = await pullApplications(entra, context);
    expect(applications).toEqual([{ id: 'a1', name: 'Figma', publisher: '', domain: '', isActive: true }]);
    expect(rejected.map(({ file, row }) => `${file}: ${row}`)).toEqual([
      'consents of Microsoft Entra, page 1: 1',
      'applications of Microsoft Entra, page 1: 1',
      'applications of Microsoft Entra, page 1: 3',
    ]);
  });
});

describe('pages', () => {
  it('are not followed to another server', async () => {
    const next = 'https://graph.evil.example.com/v1.0/servicePrincipals?$skiptoken=1';
    const { server, context } = await serving({
      servicePrincipals: () => ({ body: { value: [], '@odata.nextLink': next } }),
    });
    const failure = await pullApplications(entra, context).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SpendshiftError);
    expect(String(failure)).toContain('the next page is at https://graph.evil.example.com');
    expect(server.requests).toHaveLength(3);
  });

  it('without a row are passed over', async () => {
    let count = 0;
    const { context } = await serving({
      servicePrincipals: (server) => {
        count += 1;
        const next = { '@odata.nextLink': `${server.url}/v1.0/servicePrincipals?$skiptoken=${count}` };
        if (count < 3) return { body: { value: [], ...next } };
        return { body: { value: [{ id: 's', appId: 'a', displayName: 'Late', tags: [OFFERED] }] } };
      },
    });
    expect((await pullApplications(entra, context)).applications.map(({ name }) => name)).toEqual(['Late']);
  });
});

describe('the token', () => {
  it('is one for all requests, and in no message', async () => {
    const { running, open } = await startEntra();
    const { context, secrets } = await open();
    await pullApplications(entra, context);
    expect(running.server.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(secrets.redact(running.server.requests.at(-1)?.headers['authorization'] ?? '')).toBe('Bearer [secret]');
  });

  it('is asked for anew where it was revoked, and before it ends', async () => {
    const { running, open, goOn } = await startEntra();
    const { context } = await open();
    await pullApplications(entra, context);
    running.revokeTokens();
    expect((await pullApplications(entra, context)).applications).toEqual(running.known());
    goOn(58 * 60_000);
    await pullApplications(entra, context);
    expect(running.server.violations).toHaveLength(1);
    expect(running.server.requests.filter(({ method }) => method === 'POST')).toHaveLength(3);
  });

  it.each([
    [{ clientId: 'another' }, {}, 'the directory knows no application with this `clientId`', 'Compare `clientId`'],
    [{ tenantId: ELSEWHERE }, {}, 'there is no directory with this `tenantId`', 'Compare `tenantId`'],
    [{}, { ENTRA_CLIENT_SECRET: 'the-wrong-one' }, 'the client secret is wrong', 'not its id'],
    [{}, { ENTRA_CLIENT_SECRET: 'expired-one' }, 'the client secret has expired', 'Make a new client secret'],
  ])('that is refused for %j %j: %s', async (settings, secrets, message, hint) => {
    const { running, open } = await startEntra();
    const { context } = await open(settings, { ...running.secrets, ...secrets });
    const verdicts = await entra.check(context);
    for (const verdict of verdicts) {
      expect(verdict).toMatchObject({ granted: false, detail: `token for Microsoft Graph: ${message}` });
      expect(verdict.hint).toContain(hint);
    }
    expect(verdicts).toHaveLength(2);
  });

  it('that is refused for another reason is told without the number of the attempt', async () => {
    const { open } = await startEntra();
    const { context } = await open({ endpoint: 'https://graph.microsoft.us' });
    const [verdict] = await entra.check(context);
    expect(verdict?.detail).toBe('token for Microsoft Graph: the service answered 400: AADSTS1002012: scope');
  });
});

describe('check', () => {
  it('tries both permissions with a row each', async () => {
    const { running, open } = await startEntra();
    const { context } = await open();
    expect((await entra.check(context)).map(({ granted, detail }) => `${String(granted)}: ${detail}`)).toEqual([
      'true: applications can be read',
      'true: consents can be read',
    ]);
    const tops = running.server.requests.filter(({ method }) => method === 'GET').map(({ query }) => query.get('$top'));
    expect(tops).toEqual(['1', '1']);
  });

  it('says which permission is missing', async () => {
    const { running, open } = await startEntra();
    running.withdraw('DelegatedPermissionGrant.Read.All');
    const [applications, consents] = await entra.check((await open()).context);
    expect(applications?.granted).toBe(true);
    expect(consents).toMatchObject({
      granted: false,
      detail:
        'one of the consents of Microsoft Entra: the service answered 403: Insufficient privileges to complete the operation.',
    });
    expect(consents?.hint).toContain('application permission DelegatedPermissionGrant.Read.All');
    const without = await entra.check((await open({ consentedByUsers: true })).context);
    expect(without[1]).toEqual({
      permission: 'DelegatedPermissionGrant.Read.All',
      granted: true,
      detail: 'not asked for',
    });
    running.withdraw('Application.Read.All');
    const [refused] = await entra.check((await open()).context);
    expect(refused?.hint).toContain('application permission Application.Read.All');
  });
});

describe('what an application is to IT', () => {
  const read = (row: object) =>
    servicePrincipal.parse({ id: 's', appId: 'a', displayName: 'X', tags: [OFFERED], ...row });
  const personal: Consent = { forEverybody: false, forOnePerson: true };
  const own = { appOwnerOrganizationId: TENANT };
  const settings = { tenantId: TENANT, ownApplications: false };

  it.each<[object, Consent | undefined, string]>([
    [{}, undefined, 'known'],
    [{ appOwnerOrganizationId: ELSEWHERE }, personal, 'personal'],
    [{ appOwnerOrganizationId: ELSEWHERE }, { forEverybody: true, forOnePerson: true }, 'known'],
    [{ appOwnerOrganizationId: ELSEWHERE }, { forEverybody: true, forOnePerson: false }, 'known'],
    [{ preferredSingleSignOnMode: 'saml' }, personal, 'known'],
    [{ preferredSingleSignOnMode: 'oidc' }, personal, 'personal'],
    [{ preferredSingleSignOnMode: 'notSupported' }, personal, 'personal'],
    [{ appRoleAssignmentRequired: true }, personal, 'known'],
    [{ appOwnerOrganizationId: 'F8CDEF31-A31E-4B4A-93E4-5F571E91255A' }, undefined, "Microsoft's"],
    [{ tags: [] }, undefined, 'no application'],
    [{ tags: null }, undefined, 'no application'],
    [{ servicePrincipalType: 'ManagedIdentity' }, undefined, 'no application'],
    [own, undefined, 'own'],
    [{ ...own, applicationTemplateId: '8adf8e6e-67b2-4cf2-a259-e3dc5476c621' }, undefined, 'own'],
    [{ ...own, applicationTemplateId: '8b1025e4-1dd2-430b-a150-2ef79cd700f5' }, undefined, 'known'],
    [{ ...own, preferredSingleSignOnMode: 'password' }, undefined, 'known'],
  ])('%j with %j: %s', (row, consent, standing) => {
    expect(standingOf(read(row), consent, settings)).toBe(standing);
  });

  it('gathers consents by the presence that they name, whatever their order', () => {
    const consents = new Map<string, Consent>();
    addGrants(consents, [
      { clientId: 'one', consentType: 'Principal' },
      { clientId: 'both', consentType: 'AllPrincipals' },
    ]);
    addGrants(consents, [{ clientId: 'both', consentType: 'Principal' }]);
    expect(consents.get('one')).toEqual(personal);
    expect(consents.get('both')).toEqual({ forEverybody: true, forOnePerson: true });
  });

  it.each<[object, string]>([
    [{ homepage: 'https://www.hubspot.com/x' }, 'hubspot.com'],
    [{ homepage: 'https://www.hubspot.com', replyUrls: ['https://other.example.de'] }, 'hubspot.com'],
    [
      {
        homepage: 'https://account.activedirectory.windowsazure.com:444/x',
        replyUrls: ['https://acme.slack.com/saml'],
      },
      'slack.com',
    ],
    [{ replyUrls: ['https://a.maker.de/cb', 'https://b.other.fr/cb'] }, ''],
    [{ homepage: 'https://tool.azurewebsites.net', replyUrls: ['http://localhost:8400', 'urn:ietf:oob'] }, ''],
    [{ homepage: 'no address' }, ''],
  ])('takes from %j the domain %j', (row, domain) => {
    expect(toApplication(read(row)).domain).toBe(domain);
  });

  it('names the publisher that Microsoft verified', () => {
    expect(toApplication(read({ verifiedPublisher: { displayName: ' HubSpot, Inc. ' } })).publisher).toBe(
      'HubSpot, Inc.',
    );
    expect(toApplication(read({ verifiedPublisher: { displayName: null } })).publisher).toBe('');
  });
});

describe('settings', () => {
  const source = { tenantId: TENANT, clientId: 'c', clientSecret: 'env:SECRET' };

  it('have defaults', () => {
    expect(entra.settings.parse(source)).toEqual({
      ...source,
      consentedByUsers: false,
      ownApplications: false,
      endpoint: 'https://graph.microsoft.com',
      loginEndpoint: 'https://login.microsoftonline.com',
    });
  });

  it('need the tenant as an id, because owners are compared with it', () => {
    const result = entra.settings.safeParse({ ...source, tenantId: 'acme.onmicrosoft.com' });
    expect(result.error?.issues[0]?.message).toContain('write the directory (tenant) id');
  });
});
