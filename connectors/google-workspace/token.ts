import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import type { FreshToken } from '../../src/connector/oauth.js';
import type { ServiceContext } from '../../src/connector/service.js';
import { SettingsError } from '../../src/core/errors.js';
import { tokenProblem } from './problems.js';
import type { GoogleSettings } from './settings.js';

export type GoogleContext = ServiceContext<GoogleSettings>;

export const SCOPE = 'https://www.googleapis.com/auth/admin.reports.audit.readonly';
/** Google takes statements of up to an hour. */
const ASSERTION_SECONDS = 3_600;
/** Clocks differ a little; a statement of the future is refused. */
const CLOCK_LEEWAY_SECONDS = 30;

const tokenReply = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

const serviceAccountKey = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  private_key: z.string().includes('PRIVATE KEY'),
  private_key_id: z.string().optional(),
  // The key says where its tokens are: the statement must go to no place that others can read.
  token_uri: endpoint(),
});
type ServiceAccountKey = z.infer<typeof serviceAccountKey>;

/** A token with which the service account acts in the administrator's name (RFC 7523). */
export async function askToken(context: GoogleContext): Promise<FreshToken> {
  const { settings, http, now } = context;
  const key = await keyOf(context);
  const assertion = await assertionOf(context, key);
  context.keepSecret(assertion);
  const { access_token: token, expires_in: lifeSeconds } = await http.json(
    {
      what: 'token for Google Workspace',
      url: key.token_uri,
      method: 'POST',
      form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion },
      archive: false,
      problemOf: (answer) => tokenProblem(answer, { adminEmail: settings.adminEmail, scope: SCOPE, now: now() }),
    },
    tokenReply,
  );
  return { token, lifeSeconds };
}

/** The key of the service account. What is wrong with it is said without any of its content. */
async function keyOf(context: GoogleContext): Promise<ServiceAccountKey> {
  const text = await context.secret(context.settings.serviceAccountKey);
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

async function assertionOf(context: GoogleContext, key: ServiceAccountKey): Promise<string> {
  const { importPKCS8, SignJWT } = await import('jose');
  const imported = await importPKCS8(key.private_key, 'RS256').catch(() => undefined);
  if (imported === undefined) throw badKey(context, 'the private key in it cannot be read');
  const issuedAt = Math.floor(context.now().getTime() / 1_000) - CLOCK_LEEWAY_SECONDS;
  const claims = {
    iss: key.client_email,
    sub: context.settings.adminEmail,
    scope: SCOPE,
    aud: key.token_uri,
    iat: issuedAt,
    exp: issuedAt + ASSERTION_SECONDS,
  };
  const kid = key.private_key_id === undefined ? {} : { kid: key.private_key_id };
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...kid }).sign(imported);
}

function badKey({ sourceId }: GoogleContext, message: string): SettingsError {
  return new SettingsError({
    place: { source: sourceId, key: 'serviceAccountKey' },
    message,
    hint: 'Keep the whole file that Google gives when a key is made for the service account, as JSON.',
  });
}
