import type { CryptoKey } from 'jose';
import { z } from 'zod';

import type { HttpAnswer } from '../../src/connector/http.js';
import { withClientCredentials, type ClientCredentials } from '../../src/connector/oauth.js';
import { eachPage } from '../../src/connector/paging.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';
import type { ServiceContext } from '../../src/connector/service.js';
import { RetryableError, SettingsError } from '../../src/core/errors.js';
import type { NetSuiteSettings } from './settings.js';

export type NetSuiteContext = ServiceContext<NetSuiteSettings>;

/** Rows of a page; NetSuite gives no more. */
export const PAGE_ROWS = 1_000;
const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Life of a signed statement; NetSuite takes up to an hour. */
const ASSERTION_SECONDS = 300;

/** A page of the result of a query. */
export interface NetSuitePage {
  /** What was asked, for messages and for the rows set aside. */
  readonly request: string;
  readonly rows: readonly unknown[];
  /** Rows of the whole result. */
  readonly rowsTotal: number;
}

const result = z.object({
  items: z.array(z.unknown()),
  hasMore: z.boolean(),
  totalResults: z.int().min(0),
});

/** Walks the result of a query. Rows are paged by position: when they are not as many as NetSuite counted, some are missed. */
export async function* netSuitePages(
  context: NetSuiteContext,
  what: string,
  query: string,
): AsyncGenerator<NetSuitePage> {
  let rowCount = 0;
  yield* eachPage<NetSuitePage>(what, context.sourceId, async (_cursor, number) => {
    const request = number === 1 ? what : `${what}, page ${number}`;
    const { items: rows, hasMore, totalResults: rowsTotal } = await ask(context, request, query, PAGE_ROWS, rowCount);
    rowCount += rows.length;
    context.progress({ step: `reading ${what}`, rows: rowCount, rowsTotal });
    if (hasMore ? rows.length === 0 : rowCount !== rowsTotal) throw changed(context, what, rowCount, rowsTotal);
    const next = hasMore ? String(rowCount) : undefined;
    return { content: { request, rows, rowsTotal }, rowCount: rows.length, next };
  });
}

function changed({ sourceId }: NetSuiteContext, what: string, read: number, count: number): RetryableError {
  return new RetryableError({
    place: { source: sourceId },
    message: `${what}: NetSuite counted ${count} rows and gave ${read}: the result changed while it was read`,
    hint: 'Nothing of this window was taken; it is read again in the next run.',
  });
}

/** Asks for the first row of a query. */
export async function netSuiteTrial(context: NetSuiteContext, what: string, query: string): Promise<number> {
  return (await ask(context, what, query, 1, 0)).totalResults;
}

async function ask(
  context: NetSuiteContext,
  what: string,
  query: string,
  limit: number,
  offset: number,
): Promise<z.infer<typeof result>> {
  const { http, now } = context;
  return withClientCredentials(context, await credentialsOf(context), (token) =>
    http.json(
      {
        what,
        url: `${baseOf(context.settings)}/services/rest/query/v1/suiteql`,
        method: 'POST',
        query: { limit, offset },
        // NetSuite refuses a query without it.
        headers: { authorization: `Bearer ${token}`, prefer: 'transient' },
        json: { q: query },
        problemOf: (answer) => netSuiteProblem(answer, now()),
      },
      result,
    ),
  );
}

/** NetSuite's own address of an account: sandboxes are written `1234567_SB1` in settings and `1234567-sb1` in addresses. */
function ownAddress({ accountId }: NetSuiteSettings): string {
  return `https://${accountId.toLowerCase().replaceAll('_', '-')}.suitetalk.api.netsuite.com`;
}

function baseOf(given: NetSuiteSettings): string {
  return (given.endpoint ?? ownAddress(given)).replace(/\/+$/, '');
}

async function credentialsOf(context: NetSuiteContext): Promise<ClientCredentials> {
  const key = await signingKey(context);
  return {
    what: 'token for NetSuite',
    tokenUrl: `${baseOf(context.settings)}${TOKEN_PATH}`,
    form: async () => ({ client_assertion_type: ASSERTION_TYPE, client_assertion: await assertion(context, key) }),
    hint: 'Compare the client id, the certificate id and the key with Setup, Integration, OAuth 2.0 Client Credentials (M2M) Setup; certificates end after two years at most.',
  };
}

function signingKey(context: NetSuiteContext): Promise<CryptoKey> {
  const { settings, secret, sourceId } = context;
  return context.once('netsuite key', async () => {
    // Environment variables often carry the line breaks of a key as two characters.
    const text = (await secret(settings.privateKey)).replaceAll('\\n', '\n');
    const { importPKCS8 } = await import('jose');
    try {
      return await importPKCS8(text, settings.algorithm);
    } catch {
      // What was thrown may quote the key.
      throw new SettingsError({
        place: { source: sourceId, key: 'privateKey' },
        message: `this is no private key for ${settings.algorithm} in the form PKCS#8 (-----BEGIN PRIVATE KEY-----)`,
        hint: 'Convert it: openssl pkcs8 -topk8 -nocrypt -in key.pem; RSA keys are for PS256, keys on the curve P-256 for ES256.',
      });
    }
  });
}

/** The signed statement by which the integration names itself. */
async function assertion({ settings, now, keepSecret }: NetSuiteContext, key: CryptoKey): Promise<string> {
  const { SignJWT } = await import('jose');
  const issuedAt = Math.floor(now().getTime() / 1_000);
  const signed = await new SignJWT({ scope: ['rest_webservices'] })
    .setProtectedHeader({ alg: settings.algorithm, typ: 'JWT', kid: settings.certificateId })
    .setIssuer(settings.clientId)
    // NetSuite's own address, also where a gateway stands before it.
    .setAudience(`${ownAddress(settings)}${TOKEN_PATH}`)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ASSERTION_SECONDS)
    .sign(key);
  keepSecret(signed);
  return signed;
}

const failure = z.object({
  title: z.string().nullish(),
  'o:errorDetails': z.array(z.object({ detail: z.string().nullish(), 'o:errorCode': z.string().nullish() })).nullish(),
});

/** What an answer of NetSuite that is no success means. */
function netSuiteProblem({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const said = messageOf(text);
  if (said === undefined) return undefined;
  const problem = statusProblem(status, said, retryAfterMs(headers.get('retry-after'), now));
  const hint = "Give the role of the integration the permissions that the connector's README lists.";
  if (problem?.kind === 'permission') return { ...problem, hint };
  // A record or field that the role may not see, or that the account does not have, is said not to exist.
  if (status === 400 && /was not found|not exposed|unknown identifier|invalid or unsupported search/i.test(said)) {
    const segments = 'Take segments that the account does not have out of `segments`.';
    return { kind: 'refused', message: `NetSuite refused the query: ${said}`, hint: `${hint} ${segments}` };
  }
  return problem;
}

function messageOf(text: string): string | undefined {
  try {
    const read = failure.safeParse(JSON.parse(text));
    if (!read.success) return undefined;
    const [first] = read.data['o:errorDetails'] ?? [];
    const code = first?.['o:errorCode'] ?? '';
    const said = first?.detail ?? read.data.title ?? '';
    return code === '' ? said : `${said} (${code})`;
  } catch {
    return undefined;
  }
}
