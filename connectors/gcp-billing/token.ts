import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import type { HttpAnswer } from '../../src/connector/http.js';
import { ProblemError, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';
import type { SecretName } from '../../src/connector/secret.js';
import type { ServiceContext } from '../../src/connector/service.js';
import { SettingsError } from '../../src/core/errors.js';
import type { GcpBillingSettings } from './settings.js';

export type GcpContext = ServiceContext<GcpBillingSettings>;

/** Reading alone where Google has such a scope; queries need the whole of BigQuery's. */
const SCOPES = [
  'https://www.googleapis.com/auth/bigquery',
  'https://www.googleapis.com/auth/cloud-billing.readonly',
] as const;
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** The longest that Google takes. */
const ASSERTION_SECONDS = 3_600;
/** A token is renewed so long before it expires. */
const RENEWED_BEFORE_MS = 5 * 60_000;
/** For credentials that do not say how long their token holds. */
const UNKNOWN_LIFE_MS = 10 * 60_000;

interface Token {
  readonly value: string;
  readonly expiresAtMs: number;
}

/** Keeps the access token of a run, and gets a new one in time. */
export class TokenKeeper {
  readonly #context: GcpContext;
  #kept: Token | undefined;

  constructor(context: GcpContext) {
    this.#context = context;
  }

  async token(): Promise<string> {
    const nowMs = this.#context.now().getTime();
    if (this.#kept !== undefined && nowMs < this.#kept.expiresAtMs - RENEWED_BEFORE_MS) return this.#kept.value;
    const { credentials } = this.#context.settings;
    const made = await (credentials === undefined
      ? defaultToken(this.#context)
      : tokenOfKey(this.#context, credentials));
    this.#context.keepSecret(made.value);
    this.#kept = made;
    return made.value;
  }

  drop(): void {
    this.#kept = undefined;
  }
}

const tokenReply = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/**
 * The token for a service account's key. Asked by ourselves: the SDK would ask behind the runner's back, repeat by its own
 * rules, and at Google's address alone.
 */
async function tokenOfKey(context: GcpContext, name: SecretName): Promise<Token> {
  const key = readKey(context, await context.secret(name));
  context.keepSecret(key.private_key);
  const assertion = await signedBy(context, key);
  context.keepSecret(assertion);
  const { access_token: value, expires_in: seconds } = await context.http.json(
    {
      what: 'token for Google Cloud',
      url: key.token_uri,
      method: 'POST',
      form: { grant_type: GRANT_TYPE, assertion },
      archive: false,
      priceMicros: 0n,
      problemOf: tokenProblem,
    },
    tokenReply,
  );
  return { value, expiresAtMs: context.now().getTime() + seconds * 1_000 };
}

const serviceAccountKey = z.object({
  client_email: z.string().min(1),
  private_key_id: z.string().optional(),
  private_key: z.string().min(1),
  token_uri: endpoint().default('https://oauth2.googleapis.com/token'),
});

type ServiceAccountKey = z.infer<typeof serviceAccountKey>;

const KEY_HINT = 'Put the whole JSON file there that `gcloud iam service-accounts keys create` wrote.';

/** Reads the key; what stands in it is never repeated. */
function readKey(context: GcpContext, text: string): ServiceAccountKey {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw keyMistake(context, 'the secret is no JSON', KEY_HINT);
  }
  const type = z.object({ type: z.string() }).safeParse(content);
  if (type.success && type.data.type !== 'service_account') {
    const known = ['authorized_user', 'external_account', 'impersonated_service_account'].find(
      (name) => name === type.data.type,
    );
    const hint =
      'Leave `credentials` out and name the file in the environment variable GOOGLE_APPLICATION_CREDENTIALS instead.';
    throw keyMistake(context, `the secret is no key of a service account (its type is ${known ?? 'another'})`, hint);
  }
  const key = serviceAccountKey.safeParse(content);
  if (key.success) return key.data;
  const missing = [...new Set(key.error.issues.map(({ path }) => path.map(String).join('.')))].join(', ');
  throw keyMistake(context, `the key of the service account has no readable ${missing || 'content'}`, KEY_HINT);
}

function keyMistake({ sourceId }: GcpContext, message: string, hint: string): SettingsError {
  return new SettingsError({ place: { source: sourceId, key: 'credentials' }, message, hint });
}

async function signedBy(context: GcpContext, key: ServiceAccountKey): Promise<string> {
  const { importPKCS8, SignJWT } = await import('jose');
  const seconds = Math.floor(context.now().getTime() / 1_000);
  try {
    const header = { alg: 'RS256', typ: 'JWT' };
    return await new SignJWT({ scope: SCOPES.join(' ') })
      .setProtectedHeader(key.private_key_id === undefined ? header : { ...header, kid: key.private_key_id })
      .setIssuer(key.client_email)
      .setAudience(key.token_uri)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + ASSERTION_SECONDS)
      .sign(await importPKCS8(key.private_key, 'RS256'));
  } catch {
    throw keyMistake(context, 'the private key in the key of the service account cannot be read', KEY_HINT);
  }
}

const oauthError = z.object({ error: z.string(), error_description: z.string().optional() });

/** What a refusal of Google's token address means. */
function tokenProblem({ status, text }: HttpAnswer): ServiceProblem | undefined {
  if (status >= 500 || status === 429) return undefined;
  const body = readError(text);
  const detail = body?.error_description ?? body?.error ?? '';
  if (/short-lived token|reasonable timeframe|iat|clock/i.test(detail)) {
    const hint = "Set this machine's clock.";
    return { kind: 'credentials', message: `Google finds the request too old or too new (${detail})`, hint };
  }
  if (body?.error === 'invalid_grant' || body?.error === 'invalid_client' || status === 401) {
    const hint =
      'The key or its service account was deleted or disabled: make a new key and put it in the place of the old one.';
    return { kind: 'credentials', message: `Google does not accept the key of the service account (${detail})`, hint };
  }
  return statusProblem(status, detail);
}

function readError(text: string): z.infer<typeof oauthError> | undefined {
  try {
    return oauthError.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The token of the credentials that this machine has: a login of gcloud, a file, or the machine's own account. */
function defaultToken(context: GcpContext): Promise<Token> {
  return context.call(
    'application default credentials',
    async () => {
      const { GoogleAuth } = await import('google-auth-library');
      const client = await new GoogleAuth({ scopes: [...SCOPES] }).getClient();
      const { token } = await client.getAccessToken();
      if (token === null || token === undefined || token === '') {
        throw new ProblemError({ kind: 'credentials', message: 'the credentials of this machine give no token' });
      }
      const expiresAtMs = client.credentials.expiry_date ?? context.now().getTime() + UNKNOWN_LIFE_MS;
      return { value: token, expiresAtMs };
    },
    { archive: false, priceMicros: 0n },
  );
}
