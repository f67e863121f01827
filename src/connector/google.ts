import { z } from 'zod';

import { SettingsError } from '../core/errors.js';
import { endpoint } from './endpoint.js';
import { detailOf, type HttpAnswer } from './http.js';
import type { FreshToken } from './oauth.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from './problems.js';
import type { SecretName } from './secret.js';
import type { ServiceContext } from './service.js';

/** Google takes statements of up to an hour. */
const ASSERTION_SECONDS = 3_600;
/** Clocks differ a little; a statement of the future is refused. */
const CLOCK_LEEWAY_SECONDS = 30;
/** A token of Google is renewed so long before it expires. */
const RENEWED_BEFORE_MS = 5 * 60_000;

type Context = Pick<ServiceContext<unknown>, 'sourceId' | 'http' | 'now' | 'secret' | 'keepSecret'>;

/** A service account that acts for an administrator of Google Workspace (domain-wide delegation). */
export interface Delegation {
  /** The JSON key of the service account; kept in the setting `serviceAccountKey`. */
  readonly serviceAccountKey: SecretName;
  readonly adminEmail: string;
  readonly scope: string;
}

const tokenReply = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

const keySchema = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  private_key: z.string().includes('PRIVATE KEY'),
  private_key_id: z.string().optional(),
  // The key says where its tokens are: the statement must go to no place that others can read.
  token_uri: endpoint(),
});
type ServiceAccountKey = z.infer<typeof keySchema>;

/** What a token for Google Workspace is asked for, for messages. */
export const WORKSPACE_TOKEN = 'token for Google Workspace';

/** A token with which the service account acts in the administrator's name (RFC 7523), for `withToken`. */
export async function workspaceToken(context: Context, delegation: Delegation): Promise<FreshToken> {
  const key = await keyOf(context, delegation);
  const assertion = await assertionOf(context, key, delegation);
  context.keepSecret(assertion);
  const { access_token: token, expires_in: lifeSeconds } = await context.http.json(
    {
      what: WORKSPACE_TOKEN,
      url: key.token_uri,
      method: 'POST',
      form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion },
      archive: false,
      problemOf: (answer) => tokenProblem(answer, delegation, context.now()),
    },
    tokenReply,
  );
  return { token, lifeSeconds, renewedBeforeMs: RENEWED_BEFORE_MS };
}

/** The key of the service account. What is wrong with it is said without any of its content. */
async function keyOf(context: Context, { serviceAccountKey }: Delegation): Promise<ServiceAccountKey> {
  const result = keySchema.safeParse(jsonOf(await context.secret(serviceAccountKey)));
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

function badKey({ sourceId }: Context, message: string): SettingsError {
  return new SettingsError({
    place: { source: sourceId, key: 'serviceAccountKey' },
    message,
    hint: 'Keep the whole file that Google gives when a key is made for the service account, as JSON.',
  });
}

async function assertionOf(
  context: Context,
  key: ServiceAccountKey,
  { adminEmail, scope }: Delegation,
): Promise<string> {
  const { importPKCS8, SignJWT } = await import('jose');
  const imported = await importPKCS8(key.private_key, 'RS256').catch(() => undefined);
  if (imported === undefined) throw badKey(context, 'the private key in it cannot be read');
  const issuedAt = Math.floor(context.now().getTime() / 1_000) - CLOCK_LEEWAY_SECONDS;
  const claims = {
    iss: key.client_email,
    sub: adminEmail,
    scope,
    aud: key.token_uri,
    iat: issuedAt,
    exp: issuedAt + ASSERTION_SECONDS,
  };
  const kid = key.private_key_id === undefined ? {} : { kid: key.private_key_id };
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...kid }).sign(imported);
}

/** Google says with status 403 also that there were too many requests. */
const THROTTLED = /"(?:quotaExceeded|rateLimitExceeded|userRateLimitExceeded|dailyLimitExceeded)"/;

function problemOfStatus({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const detail = detailOf(text);
  const problem = statusProblem(status, detail, retryAfterMs(headers.get('retry-after'), now));
  if (problem === undefined || problem.kind === 'retry' || !THROTTLED.test(text)) return problem;
  return { kind: 'retry', message: `too many requests: ${detail}` };
}

/** A refusal of an API of Google Workspace. @param hintOf what to do about a status, as the API means it */
export function workspaceProblem(
  answer: HttpAnswer,
  now: Date,
  hintOf: (status: number) => string | undefined,
): ServiceProblem | undefined {
  const problem = problemOfStatus(answer, now);
  if (problem === undefined || problem.kind === 'retry') return problem;
  const hint = /accessNotConfigured|SERVICE_DISABLED/.test(answer.text)
    ? 'Switch the Admin SDK API on in the Google Cloud project of the service account.'
    : hintOf(answer.status);
  return hint === undefined ? problem : { ...problem, hint };
}

/** What Google's token endpoint refuses. */
function tokenProblem(answer: HttpAnswer, { adminEmail, scope }: Delegation, now: Date): ServiceProblem | undefined {
  const problem = problemOfStatus(answer, now);
  if (problem === undefined || problem.kind === 'retry') return problem;
  const { text } = answer;
  if (/unauthorized_client|access_denied/.test(text)) {
    return {
      kind: 'permission',
      message: 'the service account may not act for this domain',
      hint: `In the Admin console, Security, API controls, Domain-wide delegation, add the service account's client id with the scope ${scope}; it takes up to a day to work.`,
    };
  }
  if (/Invalid email or User ID/i.test(text)) {
    return {
      kind: 'refused',
      message: `Google knows no user ${adminEmail}`,
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
