import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

import { nextLink } from '../../src/connector/next-link.js';
import {
  basicAuthorization,
  clientCredentialsToken,
  withClientCredentials,
  type ClientCredentials,
} from '../../src/connector/oauth.js';
import type { ServiceContext, ServiceDeclaration } from '../../src/connector/service.js';
import { SpendshiftError } from '../../src/core/errors.js';
import { StrictServer, type ServiceReply } from '../services/server.js';
import { testContext, type TestContext } from '../support/service.js';

const START_MS = Date.parse('2026-11-20T12:00:00Z');

const declaration: ServiceDeclaration<object> = {
  id: 'tokens',
  title: 'Tokens',
  kind: 'payment',
  settings: z.strictObject({}),
  version: 1,
  service: { permissions: [], grant: '', requestIntervalMs: 0 },
  check: () => Promise.resolve([]),
};

interface Bench extends TestContext<object> {
  readonly server: StrictServer;
  readonly credentials: ClientCredentials;
  /** Lets time pass. */
  readonly wait: (seconds: number) => void;
}

/** A token endpoint that gives `token-1`, `token-2` … or answers as it is told. */
async function bench(answer: (count: number) => ServiceReply = issued): Promise<Bench> {
  let nowMs = START_MS;
  let count = 0;
  const server = await StrictServer.start(
    () => {
      count += 1;
      return answer(count);
    },
    {
      throttled: { status: 429, body: '' },
      'server-error': { status: 503, body: '' },
      expired: { status: 401, body: '' },
      forbidden: { status: 403, body: '' },
    },
  );
  onTestFinished(() => server.close());
  const made = await testContext(declaration, { server, settings: {}, secrets: {} }, { now: () => new Date(nowMs) });
  return {
    ...made,
    server,
    credentials: { what: 'token for Test', tokenUrl: `${server.url}/token`, form: { scope: 'read' } },
    wait: (seconds) => {
      nowMs += seconds * 1_000;
    },
  };
}

function issued(count: number): ServiceReply {
  return { body: { access_token: `token-${count}`, token_type: 'Bearer', expires_in: 3_600 } };
}

async function mistakeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof SpendshiftError)) throw new Error(`no error of Spendshift: ${String(error)}`);
  const [first] = error.mistakes;
  return `${first?.message ?? ''} → ${first?.hint ?? ''}`;
}

describe('a token by client credentials', () => {
  it('is asked for with a form, and kept', async () => {
    const { context, credentials, server } = await bench();
    const headers = { authorization: basicAuthorization('a:b', 'p%q') };
    const tokens = [
      await clientCredentialsToken(context, { ...credentials, headers }),
      await clientCredentialsToken(context, { ...credentials, headers }),
    ];
    expect(tokens).toEqual(['token-1', 'token-1']);
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/token',
        body: 'grant_type=client_credentials&scope=read',
        headers: {
          'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
          authorization: `Basic ${Buffer.from('a%3Ab:p%25q').toString('base64')}`,
        },
      },
    ]);
  });

  it('is renewed before it expires, and its fields are made anew', async () => {
    const { context, credentials, server, wait } = await bench();
    let statements = 0;
    const form = (): Promise<Record<string, string>> => {
      statements += 1;
      return Promise.resolve({ client_assertion: `statement ${statements}` });
    };
    await clientCredentialsToken(context, { ...credentials, form });
    wait(3_479);
    expect(await clientCredentialsToken(context, { ...credentials, form })).toBe('token-1');
    wait(1);
    expect(await clientCredentialsToken(context, { ...credentials, form })).toBe('token-2');
    expect(server.requests.map(({ body }) => new URLSearchParams(body).get('client_assertion'))).toEqual([
      'statement 1',
      'statement 2',
    ]);
  });

  it('is renewed at half of a short life, and after five minutes where no life is stated', async () => {
    const short = await bench((count) => ({ body: { access_token: `token-${count}`, expires_in: '60' } }));
    await clientCredentialsToken(short.context, short.credentials);
    short.wait(29);
    expect(await clientCredentialsToken(short.context, short.credentials)).toBe('token-1');
    short.wait(1);
    expect(await clientCredentialsToken(short.context, short.credentials)).toBe('token-2');

    const silent = await bench((count) => ({ body: { access_token: `token-${count}` } }));
    await clientCredentialsToken(silent.context, silent.credentials);
    silent.wait(179);
    expect(await clientCredentialsToken(silent.context, silent.credentials)).toBe('token-1');
    silent.wait(1);
    expect(await clientCredentialsToken(silent.context, silent.credentials)).toBe('token-2');
  });

  it('is a secret from then on', async () => {
    const { context, credentials, secrets } = await bench();
    await clientCredentialsToken(context, credentials);
    expect(secrets.redact('asked with token-1')).toBe('asked with [secret]');
  });

  it('is kept apart from a token of another name', async () => {
    const { context, credentials } = await bench();
    await clientCredentialsToken(context, credentials);
    expect(await clientCredentialsToken(context, { ...credentials, what: 'another token' })).toBe('token-2');
  });

  it('is made anew, once, when it is refused', async () => {
    const { context, credentials, server } = await bench();
    const used: string[] = [];
    const use = (token: string): Promise<string> => {
      used.push(token);
      if (token === 'token-1') return refused(context, server);
      return Promise.resolve('the answer');
    };
    expect(await withClientCredentials(context, credentials, use)).toBe('the answer');
    expect(used).toEqual(['token-1', 'token-2']);
    await expect(withClientCredentials(context, credentials, () => refused(context, server))).rejects.toThrow('401');
  });

  it('is not made anew after another failure', async () => {
    const { context, credentials, server } = await bench();
    const use = async (): Promise<string> => {
      server.fail('forbidden', 1, ({ path }) => path === '/data');
      return context.http.text({ what: 'data', url: `${server.url}/data` });
    };
    await expect(withClientCredentials(context, credentials, use)).rejects.toThrow('403');
    expect(server.requests.filter(({ path }) => path === '/token')).toHaveLength(1);
  });
});

function refused(context: ServiceContext<object>, server: StrictServer): Promise<string> {
  server.fail('expired', 1, ({ path }) => path === '/data');
  return context.http.text({ what: 'data', url: `${server.url}/data` });
}

describe('a refused token', () => {
  it.each([
    [
      400,
      { error: 'invalid_client' },
      'token for Test: the credentials are refused (invalid_client) → Make a new one.',
    ],
    [
      401,
      { error: 'invalid_grant', error_description: 'expired' },
      'token for Test: the credentials are refused (invalid_grant: expired) → Make a new one.',
    ],
    [
      400,
      { error: 'invalid_scope', error_description: 'bills:read' },
      'token for Test: the permissions asked for are refused (invalid_scope: bills:read) → Make a new one.',
    ],
    [401, 'nobody', 'token for Test: the service answered 401: nobody → Make a new one.'],
    [403, { message: 'blocked' }, 'token for Test: the service answered 403: blocked → Make a new one.'],
    [
      400,
      { error: 'invalid_request' },
      "token for Test: the service answered 400: invalid_request → Compare the source's settings with the connector's README.",
    ],
  ])('with %d and %j says what to do', async (status, body, expected) => {
    const { context, credentials } = await bench(() => ({ status, body }));
    expect(await mistakeOf(clientCredentialsToken(context, { ...credentials, hint: 'Make a new one.' }))).toBe(
      expected,
    );
  });

  it('is asked for again when the service fails for now', async () => {
    const { context, credentials, server, waitsMs } = await bench();
    server.fail('server-error', 2);
    expect(await clientCredentialsToken(context, credentials)).toBe('token-1');
    expect(waitsMs).toHaveLength(2);
  });

  it('that is none says so, without the reply', async () => {
    const { context, credentials } = await bench(() => ({ body: { token: 'hidden-one' } }));
    const message = await mistakeOf(clientCredentialsToken(context, credentials));
    expect(message).toContain('token for Test: the reply is not as documented (access_token:');
    expect(message).not.toContain('hidden-one');
  });
});

describe('a link to the next page', () => {
  const own = 'https://api.example.com/v1/lines';

  it.each([
    ['https://api.example.com/v1/lines?start=2', 'https://api.example.com/v1/lines?start=2'],
    ['/v1/lines?start=2', 'https://api.example.com/v1/lines?start=2'],
    ['?start=2', 'https://api.example.com/v1/lines?start=2'],
  ])('%s is followed', (link, expected) => {
    expect(nextLink(link, own, 'lines', 'cards').href).toBe(expected);
  });

  it.each([
    ['https://api.example.org/v1/lines?start=2', 'https://api.example.org'],
    ['http://api.example.com/v1/lines?start=2', 'http://api.example.com'],
    ['https://api.example.com:8443/v1', 'https://api.example.com:8443'],
    ['//evil.example/v1', 'https://evil.example'],
    ['https://[', 'no address'],
  ])('%s is refused', (link, elsewhere) => {
    expect(() => nextLink(link, own, 'lines, page 1', 'cards')).toThrow(
      `source cards: lines, page 1: the next page is at ${elsewhere}, not at https://api.example.com; no token was sent there`,
    );
  });
});
