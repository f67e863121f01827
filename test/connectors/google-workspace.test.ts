import { describe, expect, it, onTestFinished } from 'vitest';

import google from '../../connectors/google-workspace/index.js';
import { authorisation, signIn, Tally } from '../../connectors/google-workspace/tally.js';
import { sorted } from '../../connectors/google-workspace/to-application.js';
import type { KnownApplication } from '../../src/connector/reference.js';
import { SpendshiftError } from '../../src/core/errors.js';
import standin from '../services/google-workspace.js';
import type { ServiceReply } from '../services/server.js';
import { StrictServer } from '../services/server.js';
import { pullApplications } from '../support/applications.js';
import { testContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const DAY_MS = 24 * 60 * 60_000;
const SCOPE = 'https://www.googleapis.com/auth/admin.reports.audit.readonly';

async function startGoogle() {
  let moment = NOW;
  const now = (): Date => moment;
  const running = await standin.start({ now, seed: 7 });
  onTestFinished(() => running.server.close());
  const open = (settings: object = {}, secrets = running.secrets) =>
    testContext(google, { ...running, secrets }, { now, settings: { ...settings } });
  const pulled = async (settings: object = {}) => pullApplications(google, (await open(settings)).context);
  const goOn = (ms: number): void => {
    moment = new Date(moment.getTime() + ms);
  };
  return { running, open, pulled, goOn };
}

const byId = (applications: readonly KnownApplication[]): readonly KnownApplication[] =>
  [...applications].sort((left, right) => (left.id < right.id ? -1 : 1));

const named = (applications: readonly KnownApplication[]): string[] => applications.map(({ name }) => name);

describe('what is pulled', () => {
  it('is what people sign in to by SAML, and nothing that they merely gave access', async () => {
    const { running, pulled } = await startGoogle();
    const { applications, rejected, batches } = await pulled();
    expect(byId(applications)).toEqual(running.known());
    expect(named(applications)).toEqual(['Expensify', 'Salesforce', 'Slack', 'Workday', 'Zendesk']);
    expect(batches.length).toBeGreaterThan(4);
    expect(rejected).toEqual([]);
    expect(running.server.violations).toEqual([]);
  });

  it('says of the rest how many people use it, the most used first', async () => {
    const { running, pulled } = await startGoogle();
    const { remarks } = await pulled();
    const seen = [...running.seen()].sort(
      (left, right) => right.personCount - left.personCount || (left.name < right.name ? -1 : 1),
    );
    const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`);
    const shown = seen.slice(0, 10).map(({ name, personCount }) => `"${name}" (${people(personCount)})`);
    expect(seen).toHaveLength(12);
    expect(remarks).toEqual([
      `12 applications were given access by people themselves in the last 180 days and not counted as known to IT: ${shown.join(', ')} and 2 more. Name in \`trusted\` what IT has looked at.`,
    ]);
    expect(shown.join()).toContain('"ChatGPT"');
    expect(shown.join()).not.toContain('Trello');
  });

  it('counts everything with `countAs: known`', async () => {
    const { running, pulled } = await startGoogle();
    const { applications, remarks } = await pulled({ countAs: 'known' });
    expect(byId(applications)).toEqual(running.known({ countAs: 'known' }));
    expect(named(applications)).toEqual(expect.arrayContaining(['Slack', 'Notion', 'Otter.ai']));
    expect(remarks).toEqual([]);
  });

  it('counts what is trusted by name, seen or not, and by client id once it was seen', async () => {
    const { running, pulled } = await startGoogle();
    const miro = running.seen().find(({ name }) => name === 'Miro')?.id ?? '';
    const trusted = ['Notion', 'Lucid', miro, '999-none.apps.googleusercontent.com'];
    const { applications, remarks } = await pulled({ trusted });
    expect(byId(applications)).toEqual(running.known({ trusted }));
    expect(applications).toEqual(
      expect.arrayContaining([
        { id: 'trusted:notion', name: 'Notion', publisher: '', domain: '', isActive: true },
        { id: 'trusted:lucid', name: 'Lucid', publisher: '', domain: '', isActive: true },
        { id: miro, name: 'Miro', publisher: '', domain: '', isActive: true },
      ]),
    );
    expect(remarks[0]).toMatch(/^10 applications /);
    expect(remarks[0]).not.toMatch(/Miro|Notion/);
    expect(remarks[1]).toBe(
      'Nobody gave access in the last 180 days to 999-none.apps.googleusercontent.com of `trusted`, so Google does not say what that is: write the name of the application instead.',
    );
  });

  it('looks back as many days as the settings say', async () => {
    const { running, pulled } = await startGoogle();
    for (const signInDays of [20, 90, 180]) {
      expect(byId((await pulled({ signInDays })).applications)).toEqual(running.known({ signInDays }));
    }
    expect(named((await pulled({ signInDays: 180 })).applications)).toContain('Old wiki');
    expect(named((await pulled({ signInDays: 180 })).applications)).not.toContain('Older wiki');
  });

  it('follows the company as it goes on', async () => {
    const { running, pulled, goOn } = await startGoogle();
    goOn(60 * DAY_MS);
    const counting = { countAs: 'known' as const };
    const { applications } = await pulled(counting);
    expect(byId(applications)).toEqual(running.known(counting));
    expect(named(applications)).toContain('Perplexity');
    expect(named(applications)).not.toContain('Typeform');
  });

  it('asks the same question on every page, for full pages', async () => {
    const { running, pulled, goOn } = await startGoogle();
    goOn(1);
    await pulled();
    const reports = running.server.requests.filter(({ method }) => method === 'GET');
    expect(reports.every(({ query }) => query.get('maxResults') === '1000')).toBe(true);
    const starts = (application: string) =>
      new Set(reports.filter(({ path }) => path.endsWith(application)).map(({ query }) => query.get('startTime')));
    expect([...starts('saml')]).toEqual([new Date(NOW.getTime() + 1 - 90 * DAY_MS).toISOString()]);
    expect([...starts('token')]).toEqual([new Date(NOW.getTime() + 1 - 180 * DAY_MS).toISOString()]);
  });
});

describe('limits', () => {
  it('that are told with status 403 are waited for', async () => {
    const { running, open } = await startGoogle();
    const { context, waitsMs } = await open();
    running.server.fail('throttled', 1, ({ method }) => method === 'GET');
    running.server.fail('throttled', 1, ({ method }) => method === 'POST');
    expect(byId((await pullApplications(google, context)).applications)).toEqual(running.known());
    expect(waitsMs.filter((waitMs) => waitMs >= 750)).toHaveLength(2);
  });
});

describe('the token', () => {
  it('is one for all requests, and in no message', async () => {
    const { running, open } = await startGoogle();
    const { context, secrets } = await open();
    await pullApplications(google, context);
    const tokens = running.server.requests.filter(({ method }) => method === 'POST');
    expect(tokens).toHaveLength(1);
    expect(secrets.redact(running.server.requests.at(-1)?.headers['authorization'] ?? '')).toBe('Bearer [secret]');
    expect(secrets.redact(new URLSearchParams(tokens[0]?.body).get('assertion') ?? '')).toBe('[secret]');
  });

  it('is asked for anew where it was revoked', async () => {
    const { running, open } = await startGoogle();
    const { context } = await open();
    await pullApplications(google, context);
    running.revokeTokens();
    expect(byId((await pullApplications(google, context)).applications)).toEqual(running.known());
    expect(running.server.requests.filter(({ method }) => method === 'POST')).toHaveLength(2);
  });

  it.each([
    ['no key', 'it is no JSON key of a service account'],
    ['{"type":"authorized_user"}', 'it is no JSON key of a service account'],
    [keyWith({ token_uri: 'http://tokens.example.com/token' }), 'it is no JSON key of a service account'],
    [
      keyWith({ private_key: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' }),
      'the private key in it cannot be read',
    ],
  ])('is not asked for with the key %j', async (key, message) => {
    const { running, open } = await startGoogle();
    const { context } = await open({}, { GOOGLE_SERVICE_ACCOUNT_KEY: key });
    const failure: unknown = await pullApplications(google, context).catch((error: unknown) => error);
    if (!(failure instanceof SpendshiftError)) throw new Error('it did not fail as expected', { cause: failure });
    expect(failure.message).toContain(message);
    expect(failure.message).not.toContain('AAAA');
    expect(failure.mistakes[0]?.place).toEqual({ source: 'test', key: 'serviceAccountKey' });
    expect(running.server.requests).toEqual([]);
  });
});

function keyWith(changes: object): string {
  return JSON.stringify({
    type: 'service_account',
    client_email: 'a@b.iam.gserviceaccount.com',
    private_key: 'PRIVATE KEY',
    token_uri: 'https://oauth2.googleapis.com/token',
    ...changes,
  });
}

describe('check', () => {
  it('asks for one event', async () => {
    const { running, open } = await startGoogle();
    const { context } = await open();
    expect(await google.check(context)).toEqual([
      { permission: SCOPE, granted: true, detail: 'the audit log can be read' },
    ]);
    expect(running.server.requests.at(-1)?.query.get('maxResults')).toBe('1');
    expect(running.server.violations).toEqual([]);
  });

  it.each([
    ['delegation', 'the service account may not act for this domain', 'Domain-wide delegation'],
    [
      'privilege',
      'the service answered 401: Access denied. You are not authorized to read activity records.',
      'a role with the privilege Reports',
    ],
  ])('says what to do without the %s', async (missing, detail, hint) => {
    const { running, open } = await startGoogle();
    if (missing === 'delegation') running.withdraw();
    else running.demote();
    const [verdict] = await google.check((await open()).context);
    expect(verdict?.granted).toBe(false);
    expect(verdict?.detail).toContain(detail);
    expect(verdict?.hint).toContain(hint);
  });

  it('says what to do with an administrator whom Google does not know', async () => {
    const { open } = await startGoogle();
    const [verdict] = await google.check((await open({ adminEmail: 'nobody@acme.example' })).context);
    expect(verdict?.detail).toBe('token for Google Workspace: Google knows no user nobody@acme.example');
  });

  it.each<[string, ServiceReply, string]>([
    [
      'a key that was deleted',
      { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } },
      'The key was deleted',
    ],
    [
      'a wrong clock',
      {
        status: 400,
        body: {
          error: 'invalid_grant',
          error_description: 'Token must be a short-lived token (60 minutes) and in a reasonable timeframe.',
        },
      },
      'The clock of this machine is wrong',
    ],
  ])('says what to do with %s', async (_what, reply, hint) => {
    const [verdict] = await google.check((await serving({ token: reply })).context);
    expect(verdict?.hint).toContain(hint);
  });

  it('says what to do without the Admin SDK, and where nobody signs in', async () => {
    const disabled = {
      error: { code: 403, message: 'Admin SDK API has not been used.', errors: [{ reason: 'accessNotConfigured' }] },
    };
    const [verdict] = await google.check((await serving({ report: { status: 403, body: disabled } })).context);
    expect(verdict?.hint).toContain('Switch the Admin SDK API on');
    const [empty] = await google.check(
      (await serving({ report: { body: { kind: 'admin#reports#activities' } } })).context,
    );
    expect(empty?.detail).toContain('nobody has signed in to anything by SAML');
  });
});

/** A Google that answers as it is told; its key signs, but nobody looks at it. */
async function serving(replies: { readonly token?: ServiceReply; readonly report?: ServiceReply }) {
  const { running } = await startGoogle();
  const token = replies.token ?? { body: { access_token: 'a-token-of-google', expires_in: 3_599 } };
  const server = await StrictServer.start(
    ({ method }) => (method === 'POST' ? token : (replies.report ?? { body: {} })),
    {
      throttled: { status: 429, body: '' },
      'server-error': { status: 500, body: '' },
      expired: { status: 401, body: '' },
      forbidden: { status: 403, body: '' },
    },
  );
  onTestFinished(() => server.close());
  const key = JSON.parse(running.secrets['GOOGLE_SERVICE_ACCOUNT_KEY'] ?? '') as object;
  const secrets = { GOOGLE_SERVICE_ACCOUNT_KEY: JSON.stringify({ ...key, token_uri: `${server.url}/token` }) };
  const settings = { ...running.settings, endpoint: server.url };
  return testContext(google, { server, settings, secrets }, { now: () => NOW });
}

describe('reading the log', () => {
  const entry = (name: string, parameters: object[], actor: object | undefined = { email: 'ann@acme.example' }) => ({
    actor,
    events: [{ name, type: 'auth', parameters }],
  });

  it('takes the client, the name and the person', () => {
    const row = entry('authorize', [
      { name: 'client_id', value: '1.apps.googleusercontent.com' },
      { name: 'app_name', value: ' Notion ' },
      { name: 'scope', multiValue: ['openid'] },
    ]);
    const use = { id: '1.apps.googleusercontent.com', name: 'Notion', person: 'ann@acme.example' };
    expect(authorisation.parse(row)).toEqual([use]);
    expect(authorisation.parse({ ...row, actor: { profileId: '77' } })).toEqual([{ ...use, person: '77' }]);
    expect(authorisation.parse({ ...row, actor: undefined })).toEqual([{ ...use, person: '' }]);
  });

  it('takes all events of an entry that are of the kind, and no other', () => {
    const use = (name: string) => ({ name: 'login_success', parameters: [{ name: 'application_name', value: name }] });
    const row = { events: [use('Slack'), { ...use('Zoom'), name: 'login_failure' }, use('Figma')] };
    expect(signIn.parse(row).map(({ name }) => name)).toEqual(['Slack', 'Figma']);
  });

  it.each([
    [
      entry('authorize', [{ name: 'app_name', value: 'Notion' }]),
      'events.0: it does not say which application it is about',
    ],
    [
      entry('authorize', [
        { name: 'client_id', value: '1' },
        { name: 'app_name', value: '' },
      ]),
      'events.0: it does not say',
    ],
    [{ events: [] }, 'events: '],
  ])('refuses %j', (row, reason) => {
    const issue = authorisation.safeParse(row).error?.issues[0];
    expect(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`).toContain(reason);
  });

  it('sets such entries aside, with their place', async () => {
    const good = entry('login_success', [{ name: 'application_name', value: 'Slack' }]);
    const { context } = await serving({ report: { body: { items: [entry('login_success', []), good] } } });
    const { applications, rejected } = await pullApplications(google, context);
    expect(named(applications)).toEqual(['Slack']);
    expect(rejected[0]).toMatchObject({
      file: 'sign-ins by SAML of Google Workspace, page 1',
      row: 1,
      reason: 'events.0: it does not say which application it is about',
    });
  });

  it('counts each person once, under the newest name', () => {
    const tally = new Tally();
    for (const [name, person] of [
      ['New', 'ann'],
      ['Old', 'bob'],
      ['Old', 'ann'],
    ] as const)
      tally.add({ id: '1', name, person });
    tally.add({ id: '0', name: 'Other', person: 'ann' });
    expect(tally.applications()).toEqual([
      { id: '0', name: 'Other', personCount: 1 },
      { id: '1', name: 'New', personCount: 2 },
    ]);
  });

  it('knows a trusted name in any case and spacing', () => {
    const { known, onlySeen } = sorted([], [{ id: '1', name: 'ZOOM  Meetings', personCount: 1 }], {
      countAs: 'seen',
      trusted: ['Zoom meetings'],
    });
    expect(known.map(({ id, name }) => `${id} ${name}`)).toEqual(['trusted:zoom meetings Zoom meetings']);
    expect(onlySeen).toEqual([]);
  });
});

describe('settings', () => {
  const source = { serviceAccountKey: 'env:KEY', adminEmail: 'admin@acme.example' };

  it('have defaults', () => {
    expect(google.settings.parse(source)).toEqual({
      ...source,
      countAs: 'seen',
      trusted: [],
      signInDays: 90,
      endpoint: 'https://admin.googleapis.com',
    });
  });

  it.each([
    [{ countAs: 'maybe' }, 'write seen or known'],
    [{ signInDays: 181 }, 'write 180 at most: Google keeps no more'],
    [{ signInDays: 0 }, 'write at least 1'],
    [{ trusted: [' '] }, 'write the name or the client id of an application'],
    [{ adminEmail: 'admin' }, 'write the e-mail address of an administrator'],
  ])('refuse %j', (changes, message) => {
    expect(google.settings.safeParse({ ...source, ...changes }).error?.issues[0]?.message).toBe(message);
  });
});
