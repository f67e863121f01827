import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { isSafeNumber, parse } from 'lossless-json';
import { z } from 'zod';

import { OutputError } from '../core/errors.js';
import type { ServiceCaller } from './call.js';
import { ProblemError, retryAfterMs, statusProblem, type ServiceProblem } from './problems.js';
import type { CallOptions } from './service.js';

/** A request to a service without an SDK. */
export interface HttpRequest extends CallOptions {
  /** What is asked, for messages and the archive. */
  readonly what: string;
  readonly url: string | URL;
  readonly method?: 'GET' | 'POST';
  /** Values that are undefined are left out; a list repeats its key. */
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** What an answer that is no success means, where the general rules do not hold. */
  readonly problemOf?: (answer: HttpAnswer) => ServiceProblem | undefined;
}

/** An answer that is no success. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** HTTP for connectors. Numbers of JSON that a float could not hold exactly come as text, see `parseJson`. */
export interface HttpClient {
  json<Reply>(request: HttpRequest, schema: z.ZodType<Reply>): Promise<Reply>;
  /** The same with the answer's headers, for services that page by a `Link`. */
  jsonWithHeaders<Reply>(request: HttpRequest, schema: z.ZodType<Reply>): Promise<{ body: Reply; headers: Headers }>;
  text(request: HttpRequest): Promise<string>;
  /** What `parse` makes of the text, within the request: one that it cannot read (SyntaxError) is asked for again. */
  parsed<Reply>(request: HttpRequest, parse: (text: string) => Reply | Promise<Reply>): Promise<Reply>;
  /**
   * Writes the body into a file, whatever its size; for files of bills. Never archived.
   *
   * @param settle looks at the file within the request: one that it refuses is fetched again
   */
  download<Settled = undefined>(
    request: HttpRequest,
    path: string,
    settle?: (headers: Headers) => Promise<Settled>,
  ): Promise<{ headers: Headers; settled: Settled }>;
}

/** Some services answer so where there is nothing; a schema that allows it takes null. */
const NO_CONTENT = 204;

/** Makes the client of a run. */
export function httpClient(caller: ServiceCaller, now: () => Date): HttpClient {
  const read = async <Body>(request: HttpRequest, take: (response: Response, signal: AbortSignal) => Promise<Body>) => {
    // Headers stay out of the archive: some carry tokens.
    let headers = new Headers();
    const body = await caller.call(
      request.what,
      async (signal) => {
        const response = await send(request, signal, now);
        headers = response.headers;
        return take(response, signal);
      },
      request,
    );
    return { body, headers };
  };
  const jsonWithHeaders: HttpClient['jsonWithHeaders'] = async (request, schema) => {
    const { body, headers } = await read(request, async (response) =>
      response.status === NO_CONTENT ? null : parseJson(await response.text()),
    );
    const result = schema.safeParse(body);
    if (result.success) return { body: result.data, headers };
    throw caller.errorOf(request.what, { kind: 'reply', message: misfit(result.error) });
  };
  return {
    jsonWithHeaders,
    json: async (request, schema) => (await jsonWithHeaders(request, schema)).body,
    text: async (request) => (await read(request, (response) => response.text())).body,
    parsed: async (request, parse) => (await read(request, async (response) => parse(await response.text()))).body,
    download: async <Settled>(
      request: HttpRequest,
      path: string,
      settle?: (headers: Headers) => Promise<Settled>,
    ): Promise<{ headers: Headers; settled: Settled }> => {
      const { headers, body } = await read({ ...request, archive: false }, async (response, signal) => {
        if (response.body === null) throw new SyntaxError('the reply has no body');
        await pipeline(Readable.fromWeb(response.body), createWriteStream(path), { signal }).catch((cause: unknown) => {
          throw asDiskError(cause, path);
        });
        // Without a `settle` nobody reads what it gives.
        return (await settle?.(response.headers)) as Settled;
      });
      return { headers, settled: body };
    },
  };
}

/** Redirects that are followed of one request. */
const REDIRECTS_MAX = 5;
const NEUTRAL_HEADERS: Headings = { accept: 'application/json', 'user-agent': 'spendshift' };

type Headings = Readonly<Record<string, string>>;

/** A file that cannot be written is no fault of the service. */
function asDiskError(cause: unknown, path: string): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (!/^(?:ENOSPC|EISDIR|EACCES|EPERM|EROFS|ENOENT|ENOTDIR|EFBIG|EDQUOT)$/.test(code)) return cause;
  const hint = 'Make room for temporary files, or set TMPDIR to a folder with more.';
  return new OutputError({ place: { file: path }, message: `the file cannot be written (${code})`, hint }, { cause });
}

async function send(request: HttpRequest, signal: AbortSignal, now: () => Date): Promise<Response> {
  const response = await fetchFollowing(request, signal);
  if (response.ok) return response;
  const answer = { status: response.status, headers: response.headers, text: await response.text() };
  const problem =
    request.problemOf?.(answer) ??
    statusProblem(answer.status, detailOf(answer.text), retryAfterMs(answer.headers.get('retry-after'), now()));
  if (problem === undefined) throw new ProblemError({ kind: 'reply', message: `unexpected answer ${answer.status}` });
  throw new ProblemError(problem);
}

/**
 * Follows redirects by itself: the platform would send headers and bodies, which carry secrets, to any host that a reply
 * names. Within the origin they go along; to another only a GET goes, over HTTPS, and with nothing of ours.
 */
async function fetchFollowing(request: HttpRequest, signal: AbortSignal): Promise<Response> {
  const { method = 'GET', headers = {}, json, form } = request;
  const body = json === undefined ? (form === undefined ? undefined : new URLSearchParams(form)) : JSON.stringify(json);
  const own = {
    ...NEUTRAL_HEADERS,
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
  const first = addressOf(request);
  let address = first;
  for (let count = 0; count <= REDIRECTS_MAX; count += 1) {
    const isOwn = address.origin === first.origin;
    const response = await fetch(address, {
      method,
      headers: isOwn ? own : NEUTRAL_HEADERS,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal,
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    const next = new URL(location, address);
    const mayFollow = next.origin === first.origin || (method === 'GET' && next.protocol === 'https:');
    if (!mayFollow) {
      const message = `the service redirects to another host, ${next.origin}, to which no secret is sent`;
      throw new ProblemError({ kind: 'refused', message });
    }
    address = next;
  }
  throw new ProblemError({
    kind: 'refused',
    message: `the service redirects from one address to another, ${REDIRECTS_MAX} times`,
  });
}

/** How long a body is; undefined where it is not said, or the body is unpacked on its way. */
export function announcedBytes(headers: Headers): number | undefined {
  const length = headers.get('content-length');
  if (length === null || headers.has('content-encoding') || !/^\d+$/.test(length)) return undefined;
  return Number(length);
}

function addressOf({ url, query = {} }: HttpRequest): URL {
  const address = new URL(url);
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      if (one !== undefined) address.searchParams.append(key, String(one));
    }
  }
  return address;
}

/**
 * What an answer says of its failure: the message in JSON of the usual shapes, or its first line. Whole, because a secret
 * that is cut in two is not known as one; whoever makes a message of it cuts it afterwards.
 */
export function detailOf(text: string): string {
  try {
    const body = JSON.parse(text) as unknown;
    const found = errorMessage.safeParse(body);
    if (found.success) return found.data;
  } catch {
    // No JSON: the text itself says it.
  }
  return text.trim().startsWith('<') ? '' : (text.trim().split('\n')[0] ?? '');
}

const words = z.string().min(1);
const errorMessage = z.union([
  z
    .object({ errors: z.array(z.object({ message: words })).min(1) })
    .transform(({ errors }) => errors[0]?.message ?? ''),
  z.object({ error: z.object({ message: words }) }).transform(({ error }) => error.message),
  z.object({ error_description: words }).transform((body) => body.error_description),
  z.object({ error: words }).transform(({ error }) => error),
  z.object({ message: words }).transform(({ message }) => message),
  z.object({ Message: words }).transform((body) => body.Message),
  z.object({ detail: words }).transform(({ detail }) => detail),
  z.object({ errorSummary: words }).transform(({ errorSummary }) => errorSummary),
]);

/** Places of a reply that a message names. */
const ISSUES_SHOWN_MAX = 3;

function misfit({ issues }: z.ZodError): string {
  const places = issues
    .slice(0, ISSUES_SHOWN_MAX)
    .map(({ path, message }) => `${path.map(String).join('.') || 'the reply'}: ${message}`);
  return `the reply is not as documented (${places.join('; ')})`;
}

/**
 * Reads JSON without losing digits: a number that a float holds exactly (a whole one within 2^53) is a number, any other
 * is its own text, for `decimalOf`.
 *
 * @throws SyntaxError when it is no JSON.
 */
export function parseJson(text: string): unknown {
  return parse(text, null, (digits) => (/^-?\d+$/.test(digits) && isSafeNumber(digits) ? Number(digits) : digits));
}
