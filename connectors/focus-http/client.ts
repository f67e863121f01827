import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { endpoint } from '../../src/connector/endpoint.js';
import { contentOfHead, HEAD_BYTES, headOf, nameByContent } from '../../src/connector/focus/fetched.js';
import { announcedBytes, detailOf } from '../../src/connector/http.js';
import { ProblemError, retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';
import { s3ProblemOf } from '../../src/connector/s3/problems.js';
import type { ServiceContext } from '../../src/connector/service.js';
import type { FocusHttpSettings } from './settings.js';

export type Context = ServiceContext<FocusHttpSettings>;

/** Redirections that are followed: a service sends on to its storage, once or twice. */
const REDIRECTS_MAX = 5;
const REDIRECTED: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** An answer that is no file is read so far, for its message. */
const ANSWER_CHARACTERS_MAX = 10_000;

/** A file that was fetched, as the archive of replies keeps it: never its content. */
interface Fetched {
  readonly path: string;
  readonly bytes: number;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/**
 * Fetches a file as a stream.
 *
 * @param path where it goes, without an ending
 * @returns its path with the ending of what it is; undefined where the service has no such file
 */
export async function fetchFile(context: Context, url: string, path: string): Promise<string | undefined> {
  const fetched = await context.call<Fetched | 'no such file'>(`file ${url}`, async (signal) => {
    const response = await get(context, url, {}, signal);
    if (response === undefined) return 'no such file';
    if (response.body === null) throw new SyntaxError('the reply has no body');
    await pipeline(Readable.fromWeb(response.body), createWriteStream(path), { signal });
    const { headers } = response;
    return {
      ...(await nameByContent(path, announcedBytes(response.headers))),
      etag: headers.get('etag'),
      lastModified: headers.get('last-modified'),
    };
  });
  return fetched === 'no such file' ? undefined : fetched.path;
}

/** What a file is, by its first bytes; undefined where the service has no such file. */
export function lookAt(context: Context, url: string): Promise<string | undefined> {
  return context.call(
    `first bytes of ${url}`,
    async (signal) => {
      const response = await get(context, url, { range: `bytes=0-${HEAD_BYTES - 1}` }, signal);
      if (response === undefined) return undefined;
      const { body } = response;
      return contentOfHead(body === null ? Buffer.alloc(0) : await headOf(Readable.fromWeb(body), HEAD_BYTES));
    },
    { archive: false },
  );
}

async function get(
  context: Context,
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response | undefined> {
  const own = await ownHeaders(context);
  const { origin } = new URL(url);
  let address = url;
  for (let step = 0; step <= REDIRECTS_MAX; step += 1) {
    // The credentials are for the service, never for where it sends us on to.
    const credentials = new URL(address).origin === origin ? own : {};
    const response = await fetch(address, {
      headers: { accept: '*/*', 'user-agent': 'spendshift', ...headers, ...credentials },
      redirect: 'manual',
      signal,
    });
    if (!REDIRECTED.has(response.status)) return answered(context, response);
    await response.body?.cancel();
    address = redirection(response, address);
  }
  throw refused(`it sends from address to address, more than ${REDIRECTS_MAX} times`);
}

function redirection(response: Response, from: string): string {
  const location = response.headers.get('location') ?? '';
  if (location === '' || !URL.canParse(location, from))
    throw refused(`it answered ${response.status} without an address`);
  const to = new URL(location, from).href;
  if (!endpoint().safeParse(to).success) throw refused('it sends on to an address that is not https');
  return to;
}

function refused(message: string): ProblemError {
  return new ProblemError({ kind: 'refused', message, hint: 'Write the address of the file itself in `urls`.' });
}

async function ownHeaders(context: Context): Promise<Readonly<Record<string, string>>> {
  const { token, username, password, header, headerValue } = context.settings;
  if (token !== undefined) return { authorization: `Bearer ${await context.secret(token)}` };
  if (username !== undefined && password !== undefined) {
    const pair = Buffer.from(`${username}:${await context.secret(password)}`).toString('base64');
    context.keepSecret(pair);
    return { authorization: `Basic ${pair}` };
  }
  if (header !== undefined && headerValue !== undefined) return { [header]: await context.secret(headerValue) };
  return {};
}

/** The answer, undefined where there is no file. @throws ProblemError for any other answer that is no success. */
async function answered(context: Context, response: Response): Promise<Response | undefined> {
  const { status, headers } = response;
  if (status === 404 || status === 410 || status === 204) {
    await response.body?.cancel();
    return undefined;
  }
  const afterMs = retryAfterMs(headers.get('retry-after'), context.now());
  if (status === 202) {
    await response.body?.cancel();
    const message = 'the service is still making the file';
    throw new ProblemError({ kind: 'retry', message, ...(afterMs === undefined ? {} : { afterMs }) });
  }
  if (response.ok) return response;
  const detail = detailOf((await response.text()).slice(0, ANSWER_CHARACTERS_MAX));
  const problem = statusProblem(status, detail, afterMs) ?? {
    kind: 'reply',
    message: `the service answered ${status}`,
  };
  throw new ProblemError({ ...problem, ...hintOf(problem) });
}

function hintOf({ kind }: ServiceProblem): { readonly hint?: string } {
  if (kind === 'credentials') {
    return { hint: 'Compare the secret of `token`, `password` or `headerValue` with what the vendor shows.' };
  }
  if (kind === 'permission') return { hint: 'Let the vendor grant these credentials the right to read billing files.' };
  return kind === 'refused' ? { hint: 'Compare `urls` with what the vendor documents.' } : {};
}

/** What an error of a connection, or of object storage, means for the run. */
export function problemOf(error: unknown): ServiceProblem | undefined {
  return certificateProblem(error) ?? s3ProblemOf(error, 'urls');
}

/** Errors of a connection that come from certificates: trying again does not mend them. */
function certificateProblem(error: unknown): ServiceProblem | undefined {
  if (!(error instanceof Error)) return undefined;
  // Node wraps the error of a connection; the AWS SDK gives it as it is.
  const inner = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in inner ? String(inner.code) : '';
  if (!/CERT|SELF_SIGNED|TLS|UNABLE_TO_(?:GET|VERIFY)/.test(code)) return undefined;
  const hint = 'A certificate of the company itself is made known with the variable NODE_EXTRA_CA_CERTS.';
  return { kind: 'refused', message: `the certificate of the service is not trusted (${code})`, hint };
}
