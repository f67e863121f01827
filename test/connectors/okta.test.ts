import { describe, expect, it, onTestFinished } from 'vitest';

import okta from '../../connectors/okta/index.js';
import { resetAfterMs } from '../../connectors/okta/problems.js';
import { isSignedInTo, oktaApplication, toApplication } from '../../connectors/okta/to-application.js';
import { SpendshiftError } from '../../src/core/errors.js';
import standin from '../services/okta.js';
import { StrictServer, type ServiceReply } from '../services/server.js';
import type { RunningStandin } from '../services/standin.js';
import { pullApplications } from '../support/applications.js';
import { testContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const DAY_MS = 24 * 60 * 60_000;

async function startOkta() {
  let moment = NOW;
  const now = (): Date => moment;
  const running = await standin.start({ now, seed: 7 });
  onTestFinished(() => running.server.close());
  const open = (source: Pick<RunningStandin, 'settings' | 'secrets'> = running) =>
    testContext(okta, { ...running, ...source }, { now });
  const goOn = (ms: number): void => {
    moment = new Date(moment.getTime() + ms);
  };
  return { running, open, goOn };
}

/** An Okta that answers as it is told. */
async function serving(answer: (server: StrictServer) => ServiceReply) {
  const server: StrictServer = await StrictServer.start(() => answer(server), {
    throttled: { status: 429, body: '' },
    'server-error': { status: 500, body: '' },
    expired: { status: 401, body: '' },
    forbidden: { status: 403, body: '' },
  });
  onTestFinished(() => server.close());
  const settings = { endpoint: server.url, apiToken: 'env:TOKEN' };
  const { context } = await testContext(
    okta,
    { server, settings, secrets: { TOKEN: 'a-token-of-okta' } },
    { now: () => NOW },
  );
  return { server, context };
}

/** What a failure says. */
async function mistakeOf(attempt: Promise<unknown>) {
  const error = await attempt.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof SpendshiftError)) throw new Error('it did not fail as expected', { cause: error });
  return { message: error.message, hint: error.mistakes[0]?.hint ?? '' };
}

describe('what is pulled', () => {
  it('is what the organisation has, page by page', async () => {
    const { running, open } = await startOkta();
    const { context } = await open();
    const { applications, rejected, remarks, batches } = await pullApplications(okta, context);
    expect(applications).toEqual(running.known());
    expect(applications.length).toBeGreaterThan(15);
    expect(batches.length).toBeGreaterThan(2);
    expect(applications.some(({ isActive }) => !isActive)).toBe(true);
    expect({ rejected, remarks }).toEqual({ rejected: [], remarks: [] });
    expect(running.server.violations).toEqual([]);
    const [first] = running.server.requests;
    expect(first?.query.get('limit')).toBe('200');
    expect(first?.headers['authorization']).toMatch(/^SSWS \S+$/);
  });

  it('follows the organisation as it goes on', async () => {
    const { running, open, goOn } = await startOkta();
    const { context } = await open();
    const before = running.known();
    goOn(900 * DAY_MS);
    const { applications } = await pullApplications(okta, context);
    expect(applications).toEqual(running.known());
    expect(applications).not.toEqual(before);
  });

  it('leaves out parts of Okta, links to other organisations and services', async () => {
    const { open } = await startOkta();
    const { context } = await open();
    const names = (await pullApplications(okta, context)).applications.map(({ name }) => name);
    expect(names).toContain('Salesforce (EU)');
    for (const name of [
      'Okta Admin Console',
      'Okta Dashboard',
      'Okta Browser Plugin',
      'Group Okta',
      'Nightly export',
    ]) {
      expect(names).not.toContain(name);
    }
  });

  it('sets aside what cannot be read, with its place', async () => {
    const good = { id: '0oa1', label: 'Figma', status: 'ACTIVE' };
    const { context } = await serving(() => ({
      body: [{ ...good, id: '' }, { ...good, label: '  ' }, { ...good, status: 'ASLEEP' }, good, 'nonsense'],
    }));
    const { applications, rejected } = await pullApplications(okta, context);
    expect(applications).toEqual([{ id: '0oa1', name: 'Figma', publisher: '', domain: '', isActive: true }]);
    expect(rejected.map(({ file, row }) => `${file} ${row}`)).toEqual(
      [1, 2, 3, 5].map((row) => `applications of Okta, page 1 ${row}`),
    );
    expect(rejected[2]?.reason).toMatch(/^status: /);
  });
});

describe('pages', () => {
  const next = (link: string) => (server: StrictServer) => ({
    headers: { link: link.replace('SERVER', server.url) },
    body: [],
  });

  it('are not followed to another server', async () => {
    const { server, context } = await serving(next('<https://evil.example.com/api/v1/apps?after=1>; rel="next"'));
    const { message } = await mistakeOf(pullApplications(okta, context));
    expect(message).toContain('the next page is at https://evil.example.com');
    expect(server.requests).toHaveLength(1);
  });

  it('that lead in a circle end', async () => {
    const { context } = await serving(next('<SERVER/api/v1/apps?after=1>; rel="next"'));
    const { message } = await mistakeOf(pullApplications(okta, context));
    expect(message).toContain('leads back to a page that was read');
  });
});

describe('an application with a key of its own', () => {
  it.each(['PEM', 'JSON'] as const)('reads the same, with a key as %s', async (form) => {
    const { running, open } = await startOkta();
    const { context, secrets } = await open(await running.withKey(form));
    const { applications } = await pullApplications(okta, context);
    expect(applications).toEqual(running.known());
    expect(running.server.violations).toEqual([]);
    const tokens = running.server.requests.filter(({ path }) => path === '/oauth2/v1/token');
    expect(tokens).toHaveLength(1);
    const assertion = new URLSearchParams(tokens[0]?.body).get('client_assertion') ?? 'none';
    expect(secrets.redact(`was ${assertion}`)).toBe('was [secret]');
    const authorization = running.server.requests.at(-1)?.headers['authorization'] ?? '';
    expect(secrets.redact(authorization)).toBe('Bearer [secret]');
  });

  it('gets another token where one was revoked, and before one ends', async () => {
    const { running, open, goOn } = await startOkta();
    const { context } = await open(await running.withKey('JSON'));
    await pullApplications(okta, context);
    running.revokeTokens();
    expect((await pullApplications(okta, context)).applications).toEqual(running.known());
    const refused = running.server.violations.length;
    expect(refused).toBe(1);
    goOn(59 * 60_000);
    await pullApplications(okta, context);
    expect(running.server.violations).toHaveLength(refused);
    expect(running.server.requests.filter(({ path }) => path === '/oauth2/v1/token')).toHaveLength(3);
  });

  it('is told what to do where the token is refused', async () => {
    const { running, open } = await startOkta();
    const source = await running.withKey('JSON');
    const verdict = async (changes: object = {}) => {
      const { context } = await open({ ...source, settings: { ...source.settings, ...changes } });
      return (await okta.check(context))[0];
    };
    const other = await verdict({ clientId: '0oaother' });
    expect(other).toMatchObject({
      granted: false,
      detail: expect.stringContaining('client_assertion is invalid') as string,
    });
    expect(other?.hint).toContain('Compare `clientId`');
    expect((await verdict({ keyId: 'another' }))?.hint).toContain('`keyId`');
    running.requireProof();
    expect((await verdict())?.hint).toContain('DPoP');
    running.withoutScope();
    expect((await verdict())?.hint).toContain('grant okta.apps.read');
  });

  it.each([
    ['no key at all', 'it is no private key of RSA as PEM'],
    ['{"kty":"oct","k":"c2VjcmV0"}', 'it is no private key in JSON (JWK) of the kind RSA or EC'],
    ['{"kty":"RSA","n":"AQAB"}', 'it is no private key in JSON (JWK) of the kind RSA or EC'],
    ['{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB"}', 'the private key cannot be read'],
    [
      '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----',
      'it is written as PKCS #1, not as PKCS #8',
    ],
  ])('is told what is wrong with the key %j', async (key, message) => {
    const { running, open } = await startOkta();
    const source = await running.withKey('JSON');
    const { context } = await open({ ...source, secrets: { OKTA_PRIVATE_KEY: key } });
    const mistake = await mistakeOf(pullApplications(okta, context));
    expect(mistake.message).toContain(message);
    expect(mistake.hint).toContain('BEGIN PRIVATE KEY');
    expect(running.server.requests).toEqual([]);
  });
});

describe('limits', () => {
  it('are waited for as Okta says, by its own clock', async () => {
    const { running, open } = await startOkta();
    const { context, waitsMs } = await open();
    running.server.fail('throttled');
    expect((await pullApplications(okta, context)).applications).toEqual(running.known());
    expect(waitsMs).toContain(18_000);
  });

  it.each([
    [{ 'x-rate-limit-reset': '1795176017' }, 18_000],
    [{ 'x-rate-limit-reset': '1795176017', date: 'Fri, 20 Nov 2026 12:00:10 GMT' }, 8_000],
    [{ 'x-rate-limit-reset': '1795175000' }, 1_000],
    [{ 'x-rate-limit-reset': 'soon' }, undefined],
    [{}, undefined],
  ])('%j', (headers, waitMs) => {
    expect(resetAfterMs(new Headers(headers as Record<string, string>), NOW)).toBe(waitMs);
  });
});

describe('check', () => {
  it('asks for one application', async () => {
    const { running, open } = await startOkta();
    const { context } = await open();
    expect(await okta.check(context)).toEqual([
      { permission: 'okta.apps.read', granted: true, detail: 'applications can be read' },
    ]);
    expect(running.server.requests.map(({ query }) => query.get('limit'))).toEqual(['1']);
    const { context: empty } = await serving(() => ({ body: [] }));
    expect((await okta.check(empty))[0]?.detail).toBe('Okta has no applications yet');
  });

  it('says what to do where it is refused', async () => {
    const { running, open } = await startOkta();
    const { context } = await open({ ...running, secrets: { OKTA_API_TOKEN: '00anotherTokenAltogether' } });
    const [wrong] = await okta.check(context);
    expect(wrong?.detail).toBe('one application of Okta: the service answered 401: Invalid token provided');
    expect(wrong?.hint).toContain('not used for 30 days');
    const { context: right } = await open();
    running.server.fail('forbidden');
    expect((await okta.check(right))[0]?.hint).toContain('give that account the role Read-only Administrator');
    const { context: elsewhere } = await serving(() => ({ status: 404, body: '<html>not here</html>' }));
    expect((await okta.check(elsewhere))[0]?.hint).toContain('Compare `endpoint`');
  });

  it('says what to do where the key is refused by the application', async () => {
    const { running, open } = await startOkta();
    const { context } = await open(await running.withKey('JSON'));
    running.server.fail('forbidden', 1, ({ path }) => path === '/api/v1/apps');
    expect((await okta.check(context))[0]?.hint).toContain('assign the role Read-only Administrator');
  });
});

describe('conversion', () => {
  const read = (row: object) => oktaApplication.parse({ id: '0oa1', label: 'X', status: 'ACTIVE', ...row });

  it.each([
    [{ name: 'salesforce' }, true],
    [{ name: 'bookmark', signOnMode: 'BOOKMARK' }, true],
    [{ name: 'oktane_conference' }, true],
    [{ name: 'okta_org2org' }, false],
    [{ name: 'saasure' }, false],
    [{ status: 'DELETED' }, false],
    [{ status: 'INACTIVE' }, true],
    [{ settings: { oauthClient: { application_type: 'service' } } }, false],
    [{ settings: { oauthClient: { application_type: 'native' } } }, true],
  ])('counts %j: %s', (row, expected) => {
    expect(isSignedInTo(read(row))).toBe(expected);
  });

  it.each<[object, string]>([
    [{ app: { url: 'https://order.canteenhub.com/x' } }, 'canteenhub.com'],
    [{ app: { url: 7 } }, ''],
    [{ signOn: { ssoAcsUrl: 'https://acme.okta.com/sso' } }, ''],
    [
      { signOn: { ssoAcsUrl: null }, oauthClient: { redirect_uris: ['https://miro.com/cb', 'myapp://cb'] } },
      'miro.com',
    ],
    [{ oauthClient: { client_uri: 'https://miro.com', redirect_uris: ['https://mural.co/cb'] } }, ''],
  ])('takes from %j the domain %j', (settings, domain) => {
    expect(toApplication(read({ settings })).domain).toBe(domain);
  });
});

describe('settings', () => {
  const problems = (settings: object): string[] => {
    const result = okta.settings.safeParse(settings);
    return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };
  const endpoint = 'https://acme.okta.com';

  it('take an API token or a key', () => {
    expect(problems({ endpoint, apiToken: 'env:TOKEN' })).toEqual([]);
    expect(problems({ endpoint, clientId: '0oa', privateKey: 'file:key.pem', keyId: 'k' })).toEqual([]);
    expect(problems({ endpoint: 'https://admin.acme.com', apiToken: 'env:TOKEN' })).toEqual([]);
  });

  it.each([
    [{ endpoint }, 'apiToken: write `apiToken`, or `clientId` and `privateKey` of an API Services application'],
    [{ endpoint, clientId: '0oa' }, 'privateKey: `clientId` needs `privateKey` beside it'],
    [{ endpoint, privateKey: 'env:KEY' }, 'clientId: `privateKey` needs `clientId` beside it'],
    [
      { endpoint, apiToken: 'env:TOKEN', clientId: '0oa' },
      'clientId: `clientId` and `apiToken` are two ways to sign in: take one out',
    ],
    [
      { endpoint: 'https://acme-admin.okta.com', apiToken: 'env:TOKEN' },
      'endpoint: write the address that people sign in at, https://acme.okta.com, without -admin',
    ],
  ])('refuse %j', (settings, problem) => {
    expect(problems(settings)).toEqual([problem]);
  });

  it('never repeat a secret that was written into them', () => {
    const text = problems({ endpoint, apiToken: '00canaryTokenOfOkta' }).join();
    expect(text).toContain('env:NAME or file:PATH');
    expect(text).not.toContain('canary');
  });
});
