import { z } from 'zod';

import { detailOf, type HttpAnswer, type HttpRequest } from './http.js';
import { retryAfterMs, ServiceError, statusProblem, type ServiceProblem } from './problems.js';
import type { ServiceContext } from './service.js';

/** A token is renewed so long before it expires, or at half of its life where that is shorter. */
const RENEWED_BEFORE_MS = 120_000;
/** Life of a token of which the service does not state one (RFC 6749 leaves it open). */
const LIFE_SECONDS = 300;

/** What tokens need of a connector's context. */
export type TokenContext = Pick<ServiceContext<unknown>, 'http' | 'once' | 'now' | 'keepSecret'>;

/** A token and how long it lasts. */
export interface FreshToken {
  readonly token: string;
  readonly lifeSeconds: number;
  /** How long before its end it is renewed, where that differs from the usual two minutes. */
  readonly renewedBeforeMs?: number;
}

/** How a token is asked for with credentials of the connector's own (OAuth 2.0, RFC 6749 section 4.4). */
export interface ClientCredentials {
  /** What is asked, for messages; also the name under which the token is kept: `token for Ramp`. */
  readonly what: string;
  readonly tokenUrl: string;
  /** Fields beside `grant_type`; a function where they are made anew each time, such as a signed statement. */
  readonly form: Fields | (() => Promise<Fields>);
  readonly headers?: Fields;
  /** What a person has to do when the credentials are refused. */
  readonly hint?: string;
}

type Fields = Readonly<Record<string, string>>;

/** A token by client credentials: kept for the run, and renewed before it expires. */
export function clientCredentialsToken(context: TokenContext, credentials: ClientCredentials): Promise<string> {
  return keptToken(context, credentials.what, () => askToken(context, credentials));
}

/**
 * Does something with a token by client credentials. When the service refuses the token, which may have been withdrawn or
 * have expired during a long wait, a new one is tried, once.
 */
export function withClientCredentials<Result>(
  context: TokenContext,
  credentials: ClientCredentials,
  use: (token: string) => Promise<Result>,
): Promise<Result> {
  return withToken(context, credentials.what, () => askToken(context, credentials), use);
}

/** The same for tokens that are made in another way. */
export async function withToken<Result>(
  context: TokenContext,
  what: string,
  make: () => Promise<FreshToken>,
  use: (token: string) => Promise<Result>,
): Promise<Result> {
  const token = await keptToken(context, what, make);
  try {
    return await use(token);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.kind !== 'credentials') throw error;
    (await keeperOf(context, what)).drop(token);
    return use(await keptToken(context, what, make));
  }
}

/** A token that is kept for the run under its name, and made again before it expires. */
export async function keptToken(context: TokenContext, what: string, make: () => Promise<FreshToken>): Promise<string> {
  return (await keeperOf(context, what)).token(make);
}

function keeperOf(context: TokenContext, what: string): Promise<TokenKeeper> {
  return context.once(`oauth: ${what}`, () => Promise.resolve(new TokenKeeper(context)));
}

class TokenKeeper {
  readonly #context: TokenContext;
  #kept: { readonly value: string; readonly renewAtMs: number } | undefined;

  constructor(context: TokenContext) {
    this.#context = context;
  }

  async token(make: () => Promise<FreshToken>): Promise<string> {
    const nowMs = this.#context.now().getTime();
    if (this.#kept !== undefined && nowMs < this.#kept.renewAtMs) return this.#kept.value;
    const { token, lifeSeconds, renewedBeforeMs = RENEWED_BEFORE_MS } = await make();
    this.#context.keepSecret(token);
    const lifeMs = lifeSeconds * 1_000;
    this.#kept = { value: token, renewAtMs: nowMs + lifeMs - Math.min(renewedBeforeMs, lifeMs / 2) };
    return token;
  }

  /** Forgets a token that was refused, unless there is a newer one already. */
  drop(token: string): void {
    if (this.#kept?.value === token) this.#kept = undefined;
  }
}

const tokenReply = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().default(LIFE_SECONDS),
});

async function askToken(context: TokenContext, credentials: ClientCredentials): Promise<FreshToken> {
  const { what, tokenUrl, form, headers, hint } = credentials;
  const fields = typeof form === 'function' ? await form() : form;
  const request: HttpRequest = {
    what,
    url: tokenUrl,
    method: 'POST',
    form: { grant_type: 'client_credentials', ...fields },
    // The reply is a secret.
    archive: false,
    problemOf: (answer) => tokenProblem(answer, context.now(), hint),
    ...(headers === undefined ? {} : { headers }),
  };
  const { access_token: token, expires_in: lifeSeconds } = await context.http.json(request, tokenReply);
  return { token, lifeSeconds };
}

const refusal = z.object({ error: z.string() });

/** The header by which a client of OAuth 2.0 names itself to a token endpoint (RFC 6749 section 2.3.1). */
export function basicAuthorization(clientId: string, clientSecret: string): string {
  // Both are form-encoded first, so that a colon in one of them is no end of it.
  const joined = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  return `Basic ${Buffer.from(joined).toString('base64')}`;
}

/** What the refusal of a token means: the words of RFC 6749 section 5.2, which come with status 400 or 401. */
export function tokenProblem(answer: HttpAnswer, now: Date, hint?: string): ServiceProblem | undefined {
  const code = codeOf(answer.text);
  const detail = detailOf(answer.text);
  const said = detail === '' || detail === code ? '' : `: ${detail}`;
  const todo = hint === undefined ? {} : { hint };
  if (code === 'invalid_client' || code === 'invalid_grant' || code === 'unauthorized_client') {
    return { kind: 'credentials', message: `the credentials are refused (${code}${said})`, ...todo };
  }
  if (code === 'invalid_scope' || code === 'access_denied') {
    return { kind: 'permission', message: `the permissions asked for are refused (${code}${said})`, ...todo };
  }
  const { status, headers } = answer;
  const problem = statusProblem(status, detail, retryAfterMs(headers.get('retry-after'), now));
  return problem?.kind === 'credentials' || problem?.kind === 'permission' ? { ...problem, ...todo } : problem;
}

function codeOf(text: string): string {
  try {
    const read = refusal.safeParse(JSON.parse(text));
    return read.success ? read.data.error : '';
  } catch {
    return '';
  }
}
