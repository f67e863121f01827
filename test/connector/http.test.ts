import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

import { ServiceCaller, type ReplyArchive } from '../../src/connector/call.js';
import { detailOf, httpClient, parseJson, type HttpClient, type HttpRequest } from '../../src/connector/http.js';
import { ServiceError } from '../../src/connector/problems.js';
import { Secrets } from '../../src/connector/secret.js';
import { decimal, decimalOf } from '../../src/connector/values.js';
import { RetryableError } from '../../src/core/errors.js';
import { decimalText } from '../../src/core/decimal.js';
import { StrictServer, type ServiceReply, type ServiceRequest } from '../services/server.js';
import { temporaryFolder } from '../support/files.js';

const NOW = new Date('2026-11-20T12:00:00Z');

interface Made {
  readonly server: StrictServer;
  readonly http: HttpClient;
  readonly waitsMs: number[];
  readonly secrets: Secrets;
  readonly archived: { request: string; reply: unknown }[];
  readonly get: (more?: Partial<HttpRequest>) => HttpRequest;
}

type Answer = (request: ServiceRequest) => ServiceReply | Promise<ServiceReply>;

async function serve(answer: Answer): Promise<StrictServer> {
  const reply = { status: 503, body: 'busy' };
  const faults = {
    throttled: { status: 429, body: 'slow down' },
    'server-error': reply,
    expired: reply,
    forbidden: reply,
  };
  const server = await StrictServer.start(answer, faults);
  onTestFinished(() => server.close());
  return server;
}

/** A client whose waits take no time, over a server that answers as told. */
async function made(answer: Answer | ServiceReply): Promise<Made> {
  const server = await serve(typeof answer === 'function' ? answer : () => answer);
  const waitsMs: number[] = [];
  const secrets = new Secrets({}, '/nowhere');
  const archived: { request: string; reply: unknown }[] = [];
  const archive: ReplyArchive = {
    add: (request, reply) => {
      archived.push({ request, reply });
      return Promise.resolve();
    },
  };
  const now = (): Date => NOW;
  const caller = new ServiceCaller({
    source: 'cards',
    facts: { permissions: [], grant: '', requestIntervalMs: 0 },
    now,
    sleep: (ms) => {
      waitsMs.push(ms);
      return Promise.resolve();
    },
    random: () => 1,
    signal: new AbortController().signal,
    redact: (text) => secrets.redact(text),
    meter: { charge: () => undefined },
    archive,
    alive: () => undefined,
  });
  const get = (more: Partial<HttpRequest> = {}): HttpRequest => ({
    what: 'list cards',
    url: `${server.url}/v1/cards`,
    ...more,
  });
  return { server, http: httpClient(caller, now), waitsMs, secrets, archived, get };
}

const anything = z.unknown();

/** The error of a request, which must have one. */
async function failure(work: Promise<unknown>): Promise<ServiceError | RetryableError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ServiceError || error instanceof RetryableError) return error;
  throw new Error(`no failure of a service: ${String(error)}`);
}

describe('a request', () => {
  it('carries method, query, headers and body as given', async () => {
    const { server, http, get } = await made({ body: {} });
    await http.json(
      get({
        query: { limit: 100, status: ['open', 'paid'], cursor: undefined, q: 'a&b=ü' },
        headers: { 'x-version': '7' },
      }),
      anything,
    );
    await http.json(get({ method: 'POST', json: { amount: '1.10' } }), anything);
    await http.json(get({ method: 'POST', form: { grant_type: 'client_credentials', scope: 'a b' } }), anything);
    const [first, second, third] = server.requests;
    expect(first).toMatchObject({ method: 'GET', path: '/v1/cards', body: '' });
    expect(first?.query.toString()).toBe('limit=100&status=open&status=paid&q=a%26b%3D%C3%BC');
    expect(first?.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'spendshift', 'x-version': '7' });
    expect(second).toMatchObject({ method: 'POST', body: '{"amount":"1.10"}' });
    expect(second?.headers['content-type']).toBe('application/json');
    expect(third?.body).toBe('grant_type=client_credentials&scope=a+b');
    expect(third?.headers['content-type']).toContain('application/x-www-form-urlencoded');
  });

  it('gives the headers of its answer where they are asked for, and archives the body alone', async () => {
    const reply = { headers: { link: '<x>; rel="next"', 'x-token': 'hidden' }, body: { a: 1 } };
    const { http, get, archived } = await made(reply);
    const { body, headers } = await http.jsonWithHeaders(get(), anything);
    expect([body, headers.get('link')]).toEqual([{ a: 1 }, '<x>; rel="next"']);
    expect(await http.text(get({ what: 'as text' }))).toBe('{"a":1}');
    await http.json(get({ archive: false }), anything);
    expect(archived).toEqual([
      { request: 'list cards', reply: { a: 1 } },
      { request: 'as text', reply: '{"a":1}' },
    ]);
  });
});

describe('numbers of a reply', () => {
  it('are exact: whole ones within 2^53 as numbers, all others as they were written', async () => {
    const text = '{"a":0.1,"b":12345678901234567890,"c":42,"d":-7,"e":1.10,"f":1e3,"g":9007199254740993,"h":[1.0]}';
    const { http, get, archived } = await made({ body: text });
    const reply = {
      a: '0.1',
      b: '12345678901234567890',
      c: 42,
      d: -7,
      e: '1.10',
      f: '1e3',
      g: '9007199254740993',
      h: ['1.0'],
    };
    expect(await http.json(get(), anything)).toEqual(reply);
    expect(archived[0]?.reply).toEqual(reply);
  });

  it('lose no digit on the way to a decimal', () => {
    const parts = fc.tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.nat(15));
    fc.assert(
      fc.property(parts, ([digits, scale]) => {
        const text = decimalText({ digits, scale });
        const { amount } = parseJson(`{"amount":${text}}`) as { amount: string | number };
        const read = decimalOf(amount);
        expect(read === undefined ? undefined : decimalText(read)).toBe(text);
      }),
    );
  });

  it('are plain data: a key of an odd name changes no object', () => {
    const value = parseJson('{"__proto__":{"polluted":1},"a":1}') as object;
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((value as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('an answer that is no success', () => {
  it.each<[number, ServiceError['kind']]>([
    [400, 'refused'],
    [401, 'credentials'],
    [403, 'permission'],
    [404, 'refused'],
    [409, 'refused'],
    [422, 'refused'],
  ])('%s is %s, and not repeated', async (status, kind) => {
    const { http, get, server, waitsMs } = await made({ status, body: { error: { message: 'No such card' } } });
    const error = await failure(http.json(get(), anything));
    expect((error as ServiceError).kind).toBe(kind);
    expect(error.message).toContain(`source cards: list cards: the service answered ${status}: No such card\n  → `);
    expect([server.requests.length, waitsMs]).toEqual([1, []]);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('%s is repeated, then left to the next run', async (status) => {
    const { http, get, server, waitsMs } = await made({ status, body: '' });
    const error = await failure(http.json(get(), anything));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toContain(`list cards: the service answered ${status} (tried 6 times)`);
    expect([server.requests.length, waitsMs.length]).toEqual([6, 5]);
  });

  it.each([
    ['7', 7_000],
    ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
  ])('is repeated when the service says: Retry-After %s', async (header, waitMs) => {
    let count = 0;
    const { http, get, waitsMs } = await made(() => {
      count += 1;
      return count === 1 ? { status: 429, headers: { 'retry-after': header }, body: '' } : { body: { ok: true } };
    });
    expect(await http.json(get(), anything)).toEqual({ ok: true });
    expect(waitsMs).toEqual([waitMs]);
  });

  it('means what the connector says of it', async () => {
    const reply = { status: 402, headers: { 'x-reason': 'plan' }, body: 'upgrade' };
    const { http, get } = await made(reply);
    const error = await failure(
      http.json(
        get({
          problemOf: ({ status, headers, text }) => ({
            kind: 'permission',
            message: `${status} ${headers.get('x-reason') ?? ''} ${text}`,
            hint: 'Buy the plan.',
          }),
        }),
        anything,
      ),
    );
    expect(error.message).toBe('source cards: list cards: 402 plan upgrade\n  → Buy the plan.');
  });

  it('of a kind that nobody expects is told of by its number', async () => {
    const { http, get } = await made({ status: 304, body: '' });
    const error = await failure(http.json(get(), anything));
    expect(error.message).toContain('list cards: unexpected answer 304');
    expect((error as ServiceError).kind).toBe('reply');
  });

  it.each<[string, string]>([
    ['{"error":{"message":"of Stripe","type":"card_error"}}', 'of Stripe'],
    ['{"error":"invalid_grant","error_description":"of OAuth"}', 'of OAuth'],
    ['{"error":"of one word"}', 'of one word'],
    ['{"message":"of AWS"}', 'of AWS'],
    ['{"Message":"of AWS, old"}', 'of AWS, old'],
    ['{"detail":"of problem+json"}', 'of problem+json'],
    ['{"errorSummary":"of Okta","errorCode":"E0000011"}', 'of Okta'],
    ['{"error":{"code":403,"status":"PERMISSION_DENIED","message":"of Google"}}', 'of Google'],
    ['{"title":"Bad","detail":"the details"}', 'the details'],
    ['plain words\nand more', 'plain words'],
    ['<html><body>502 Bad Gateway</body></html>', ''],
    ['', ''],
    ['{"error":{"message":""},"message":"the other one"}', 'the other one'],
    ['{"errors":[{"message":"the first of several"}]}', 'the first of several'],
    ['x'.repeat(300), 'x'.repeat(300)],
  ])('says of its failure: %s', (text, detail) => {
    expect(detailOf(text)).toBe(detail);
  });

  it('shows no secret that the service sent back, nor one in the request', async () => {
    const { http, get, secrets } = await made(({ headers }) => ({
      status: 401,
      body: { message: `Invalid key ${headers['x-key'] ?? ''}` },
    }));
    secrets.remember('sk_live_123/x');
    const error = await failure(
      http.json(get({ what: 'GET ?key=sk_live_123%2Fx', headers: { 'x-key': 'sk_live_123/x' } }), anything),
    );
    expect(error.message).toContain('GET ?key=[secret]: the service answered 401: Invalid key [secret]');
  });
});

describe('a reply that cannot be read', () => {
  const schema = z.object({ data: z.array(z.object({ id: z.string(), amount: decimal })) });

  it('says at which places it is not as documented, at most three of them', async () => {
    const { http, get, waitsMs } = await made({
      body: { data: [{ id: 1, amount: 'x' }, { amount: '1' }, { id: 'a' }, {}] },
    });
    const error = await failure(http.json(get(), schema));
    expect((error as ServiceError).kind).toBe('reply');
    expect(error.message).toMatch(
      /^source cards: list cards: the reply is not as documented \(data\.0\.id: [^;]+; data\.0\.amount: "x" is no decimal number; data\.1\.id: [^;]+\)\n {2}→ The service may have changed/,
    );
    expect(waitsMs).toEqual([]);
    const list = await made({ body: [] });
    expect((await failure(list.http.json(list.get(), schema))).message).toContain('(the reply: ');
  });

  it('tolerates what is new', async () => {
    const { http, get } = await made({ body: { data: [{ id: 'a', amount: '1', more: 1 }], has_more: false } });
    expect((await http.json(get(), schema)).data).toHaveLength(1);
  });

  it('is nothing where the service says that there is nothing', async () => {
    const { http, get } = await made({ status: 204, body: '' });
    expect(await http.json(get(), schema.nullable())).toBeNull();
    expect((await failure(http.json(get(), schema))).message).toContain('not as documented (the reply: ');
  });

  it.each(['cut', 'malformed'] as const)('because it is %s is asked for again', async (fault) => {
    const { http, get, server, waitsMs } = await made({ body: { data: [{ id: 'a', amount: 0.1 }] } });
    server.fail(fault, 2);
    expect((await http.json(get(), schema)).data[0]?.amount).toEqual({ digits: 1n, scale: 1 });
    expect([server.requests.length, waitsMs]).toEqual([3, [1_000, 2_000]]);
    server.fail(fault, 100);
    expect((await failure(http.json(get(), schema))).message).toMatch(/\(tried 6 times\)/);
  });

  it('because there is no server is asked for again, and says why', async () => {
    const { http, get, server, waitsMs } = await made({ body: {} });
    const request = get();
    await server.close();
    const error = await failure(http.json(request, anything));
    expect(error.message).toContain(
      `list cards: the connection to 127.0.0.1:${new URL(request.url).port} failed (ECONNREFUSED) (tried 6 times)`,
    );
    expect(waitsMs).toHaveLength(5);
  });

  it('because the connection is not encrypted as it should be says why', async () => {
    const { http, get, server } = await made({ body: {} });
    const error = await failure(http.json(get({ url: server.url.replace('http:', 'https:') }), anything));
    expect(error.message).toMatch(/SSL|TLS|certificate/i);
  });
});

describe('a redirect', () => {
  it('on the same server is followed with the credentials', async () => {
    const { http, get } = await made(({ path, headers }) =>
      path === '/v1/cards'
        ? { status: 302, headers: { location: '/v2/cards' }, body: '' }
        : { body: { path, authorization: headers['authorization'] } },
    );
    expect(await http.json(get({ headers: { authorization: 'Bearer abc' } }), anything)).toEqual({
      path: '/v2/cards',
      authorization: 'Bearer abc',
    });
  });

  it.each([
    ['authorization', 'Bearer sk_live_123'],
    ['cookie', 'session=sk_live_123'],
    ['x-api-key', 'sk_live_123'],
    ['api-token', 'sk_live_123'],
  ])('to another server carries no secret: %s', async (name, value) => {
    const other = await serve(() => ({ body: {} }));
    const { http, get } = await made({ status: 302, headers: { location: `${other.url}/elsewhere` }, body: '' });
    await http.json(get({ headers: { [name]: value } }), anything).catch(() => undefined);
    for (const { headers } of other.requests) expect(JSON.stringify(headers)).not.toContain('sk_live_123');
  });

  it.each([307, 308])('to another server carries no body: %s', async (status) => {
    const other = await serve(() => ({ body: {} }));
    const { http, get } = await made({ status, headers: { location: `${other.url}/elsewhere` }, body: '' });
    const form = { client_secret: 'sk_live_123' };
    await http.json(get({ method: 'POST', form }), anything).catch(() => undefined);
    for (const { body } of other.requests) expect(body).not.toContain('sk_live_123');
  });

  it('that leads round in circles comes to an end', async () => {
    const { http, get } = await made({ status: 302, headers: { location: '/v1/cards' }, body: '' });
    const error = await failure(http.json(get(), anything));
    expect(error.message).toMatch(/redirect/i);
  });
});

describe('a download', () => {
  it('writes the bytes into a file as they are, however many, and archives nothing', async () => {
    const folder = await temporaryFolder();
    const bytes = Buffer.alloc(3_000_000, 'ab\u0000ÿ', 'latin1');
    const { http, get, archived } = await made({ headers: { 'x-rows': '12' }, body: bytes });
    const path = join(folder, 'bill.parquet');
    const { headers } = await http.download(get(), path);
    expect(headers.get('x-rows')).toBe('12');
    expect((await readFile(path)).equals(bytes)).toBe(true);
    expect(archived).toEqual([]);
  });

  it('that is cut off is begun anew, and the file is whole', async () => {
    const folder = await temporaryFolder();
    const text = 'a,b\n'.repeat(50_000);
    const { http, get, server } = await made({ body: text });
    server.fail('cut', 2);
    const path = join(folder, 'bill.csv');
    await http.download(get(), path);
    expect(await readFile(path, 'utf8')).toBe(text);
    expect(server.requests).toHaveLength(3);
  });

  it('that the service refuses says so, and leaves no file', async () => {
    const folder = await temporaryFolder();
    const { http, get } = await made({ status: 403, body: '<Error>AccessDenied</Error>' });
    const error = await failure(http.download(get(), join(folder, 'bill.csv')));
    expect((error as ServiceError).kind).toBe('permission');
    await expect(readFile(join(folder, 'bill.csv'))).rejects.toThrow('ENOENT');
  });

  it('that cannot be written is no fault of the service', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'bill.csv'));
    const { http, get } = await made({ body: 'a,b\n' });
    const error = await http.download(get(), join(folder, 'bill.csv')).then(() => '', String);
    expect(error).toContain('bill.csv');
    expect(error).not.toContain('README');
  });
});
