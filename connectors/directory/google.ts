import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { detailOf, type HttpAnswer } from '../../src/connector/http.js';
import { eachPage } from '../../src/connector/paging.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';
import { readRows } from '../../src/connector/values.js';
import { SettingsError } from '../../src/core/errors.js';
import type { DirectoryContext, DirectoryReader, PeoplePage } from './reader.js';
import { fieldOf, stated } from './settings.js';
import { fromGoogle, googleUser } from './to-person.js';
import { TokenKeeper, tokenReply, type TokenReply } from './tokens.js';

const API = 'https://admin.googleapis.com';
export const GOOGLE_SCOPE = 'https://www.googleapis.com/auth/admin.directory.user.readonly';
/** Google gives no more. */
const PAGE_ROWS = 500;
const SAMPLE_ROWS = 10;
/** Google takes assertions of up to an hour. */
const ASSERTION_SECONDS = 3_600;
/** Clocks differ a little; an assertion of the future is refused. */
const CLOCK_LEEWAY_SECONDS = 30;
/** A part of each user: Google gives back no other, whatever it holds. */
const USER_FIELDS = 'id,primaryEmail,aliases,name,suspended,archived,externalIds,organizations';

const usersReply = z.object({ users: z.array(z.unknown()).nullish(), nextPageToken: z.string().nullish() });

/** Reads Google Workspace through the Directory API. */
export const google: DirectoryReader = {
  permission: GOOGLE_SCOPE,
  async *read(context) {
    const pages = eachPage('people of Google Workspace', context.sourceId, async (cursor, number) => {
      const what = `people of Google Workspace, page ${number}`;
      const { users, nextPageToken } = await ask(context, what, PAGE_ROWS, cursor);
      const rows = users ?? [];
      // An empty token would begin anew.
      const next = nextPageToken === '' ? undefined : (nextPageToken ?? undefined);
      return { content: pageOf(context, what, rows), rowCount: rows.length, next };
    });
    yield* pages;
    return [];
  },
  async sample(context) {
    const what = 'some people of Google Workspace';
    return pageOf(context, what, (await ask(context, what, SAMPLE_ROWS, undefined)).users ?? []);
  },
};

function pageOf({ settings }: DirectoryContext, what: string, rows: readonly unknown[]): PeoplePage {
  const { rows: users, rejected } = readRows(googleUser, rows, what);
  return { people: users.map((user) => fromGoogle(user, fieldOf(settings))), rejected };
}

async function ask(
  context: DirectoryContext,
  what: string,
  maxResults: number,
  pageToken: string | undefined,
): Promise<z.infer<typeof usersReply>> {
  const { endpoint: address = API, customer = 'my_customer' } = context.settings;
  const keeper = await TokenKeeper.of(context, () => askToken(context));
  return keeper.with((token) =>
    context.http.json(
      {
        what,
        url: `${address.replace(/\/+$/, '')}/admin/directory/v1/users`,
        query: {
          customer,
          maxResults,
          projection: 'full',
          orderBy: 'email',
          fields: `nextPageToken,users(${USER_FIELDS})`,
          pageToken,
        },
        headers: { authorization: `Bearer ${token}` },
        problemOf: (answer) => apiProblem(answer, context.now()),
      },
      usersReply,
    ),
  );
}

const serviceAccountKey = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  private_key: z.string().includes('PRIVATE KEY'),
  private_key_id: z.string().optional(),
  // The key says where its tokens are: the assertion must go to no place that others can read.
  token_uri: endpoint(),
});
type ServiceAccountKey = z.infer<typeof serviceAccountKey>;

async function askToken(context: DirectoryContext): Promise<TokenReply> {
  const key = await keyOf(context);
  const assertion = await assertionOf(context, key);
  context.keepSecret(assertion);
  return context.http.json(
    {
      what: 'token for Google Workspace',
      url: key.token_uri,
      method: 'POST',
      form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion },
      archive: false,
      problemOf: (answer) => tokenProblem(answer, context),
    },
    tokenReply,
  );
}

/** The key of the service account. What is wrong with it is said without any of its content. */
async function keyOf(context: DirectoryContext): Promise<ServiceAccountKey> {
  const text = await context.secret(stated(context.settings.serviceAccountKey, 'serviceAccountKey'));
  const result = serviceAccountKey.safeParse(jsonOf(text));
  if (!result.success) throw badKey(context, 'it is no JSON key of a service account');
  context.keepSecret(result.data.private_key);
  return result.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function badKey({ sourceId }: DirectoryContext, message: string): SettingsError {
  return new SettingsError({
    place: { source: sourceId, key: 'serviceAccountKey' },
    message,
    hint: 'Keep the whole file that Google gives when a key is made for the service account, as JSON.',
  });
}

async function assertionOf(context: DirectoryContext, key: ServiceAccountKey): Promise<string> {
  const { importPKCS8, SignJWT } = await import('jose');
  const imported = await importPKCS8(key.private_key, 'RS256').catch(() => undefined);
  if (imported === undefined) throw badKey(context, 'the private key in it cannot be read');
  const issuedAt = Math.floor(context.now().getTime() / 1000) - CLOCK_LEEWAY_SECONDS;
  const claims = {
    iss: key.client_email,
    sub: stated(context.settings.adminEmail, 'adminEmail'),
    scope: GOOGLE_SCOPE,
    aud: key.token_uri,
    iat: issuedAt,
    exp: issuedAt + ASSERTION_SECONDS,
  };
  const kid = key.private_key_id === undefined ? {} : { kid: key.private_key_id };
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...kid }).sign(imported);
}

/** Google says with status 403 also that there were too many requests. */
const THROTTLED = /"(?:quotaExceeded|rateLimitExceeded|userRateLimitExceeded|dailyLimitExceeded)"/;

function apiProblem({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const detail = detailOf(text);
  const problem = statusProblem(status, detail, retryAfterMs(headers.get('retry-after'), now));
  if (THROTTLED.test(text)) return { kind: 'retry', message: `too many requests: ${detail}` };
  if (problem === undefined || problem.kind === 'retry') return problem;
  if (/accessNotConfigured|SERVICE_DISABLED/.test(text)) {
    return { ...problem, hint: 'Switch the Admin SDK API on in the Google Cloud project of the service account.' };
  }
  const hint = HINTS[status];
  return hint === undefined ? problem : { ...problem, hint };
}

const HINTS: Readonly<Record<number, string>> = {
  400: 'Take `customer` out of the source, or write the id that the Admin console shows (Account settings), C….',
  403: '`adminEmail` must be an administrator who may read users: give it a role with the privilege Users, Read.',
  404: '`customer` names no customer that this administrator may read: take it out, or write the id of the Admin console.',
};

/** What Google's token endpoint refuses. */
function tokenProblem(
  { status, headers, text }: HttpAnswer,
  { now, settings }: DirectoryContext,
): ServiceProblem | undefined {
  const detail = detailOf(text);
  const problem = statusProblem(status, detail, retryAfterMs(headers.get('retry-after'), now()));
  if (THROTTLED.test(text)) return { kind: 'retry', message: `too many requests: ${detail}` };
  if (problem === undefined || problem.kind === 'retry') return problem;
  if (/unauthorized_client|access_denied/.test(text)) {
    return {
      kind: 'permission',
      message: 'the service account may not act for this domain',
      hint: `In the Admin console, Security, API controls, Domain-wide delegation, add the service account's client id with the scope ${GOOGLE_SCOPE}; it takes up to a day to work.`,
    };
  }
  if (/Invalid email or User ID/i.test(text)) {
    return {
      kind: 'refused',
      message: `Google knows no user ${stated(settings.adminEmail, 'adminEmail')}`,
      hint: 'Write the address of an administrator of the domain as `adminEmail`.',
    };
  }
  if (/short-lived token|reasonable timeframe/i.test(text)) {
    return { ...problem, kind: 'refused', hint: 'The clock of this machine is wrong: set it right.' };
  }
  if (/invalid_grant|invalid_client/.test(text)) {
    const hint = 'The key was deleted or belongs to another service account: make a new one and put it in its place.';
    return { kind: 'credentials', message: 'Google does not accept the key of the service account', hint };
  }
  return problem;
}
