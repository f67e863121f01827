import { exportPKCS8, exportJWK, generateKeyPair, jwtVerify } from 'jose';

import type { KnownApplication } from '../../src/connector/reference.js';
import { oktaEntries, type OktaEntry } from './okta-data.js';
import { Refusal, StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import type { RunningStandin, Standin, World } from './standin.js';

const API_TOKEN = '00TestTokenOfOktaXq7dWv2Lk9Pn4Rb8Ys3Ec6';
const CLIENT_ID = '0oatestservice0client';
const KEY_ID = 'key-of-spendshift';
/** Okta gives up to 200; so few make several pages of a small organisation. */
const PAGE_ROWS_MAX = 7;
const LIMIT_MAX = 200;
const TOKEN_SECONDS = 3_600;
const ASSERTION_SECONDS_MAX = 3_600;
const QUERY_KEYS: ReadonlySet<string> = new Set(['limit', 'after', 'includeNonDeleted', 'filter', 'q', 'expand']);

/** The organisation at work. */
export interface RunningOkta extends RunningStandin {
  /** The applications that IT knows now, in Okta's order. */
  known(): readonly KnownApplication[];
  /** Settings and secrets of a source that signs in with a key of its own; the key as PEM or as JSON. */
  withKey(form: 'PEM' | 'JSON'): Promise<Pick<RunningStandin, 'settings' | 'secrets'>>;
  /** Makes tokens bound to a proof of possession, as Okta does for new applications unless told otherwise. */
  requireProof(): void;
  /** Takes scopes away from the application with the key. */
  withoutScope(): void;
  /** Ends all tokens that were given out. */
  revokeTokens(): void;
}

/** Stands in for an organisation of Okta. */
export default { connector: 'okta', start } satisfies Standin<RunningOkta>;

async function start(world: World): Promise<RunningOkta> {
  const organisation = new Organisation(world);
  const server = await StrictServer.start((request) => organisation.answer(request), faultsAt(world.now()));
  organisation.url = server.url;
  return {
    server,
    settings: { endpoint: server.url, apiToken: 'env:OKTA_API_TOKEN' },
    secrets: { OKTA_API_TOKEN: API_TOKEN },
    known: () => organisation.known(),
    withKey: async (form) => ({
      settings: {
        endpoint: server.url,
        clientId: CLIENT_ID,
        privateKey: 'env:OKTA_PRIVATE_KEY',
        ...(form === 'PEM' ? { keyId: KEY_ID } : {}),
      },
      secrets: { OKTA_PRIVATE_KEY: await organisation.privateKey(form) },
    }),
    requireProof: () => {
      organisation.needsProof = true;
    },
    withoutScope: () => {
      organisation.hasScope = false;
    },
    revokeTokens: () => {
      organisation.tokens.clear();
    },
  };
}

function problem(status: number, errorCode: string, errorSummary: string): ServiceReply {
  return {
    status,
    body: { errorCode, errorSummary, errorLink: errorCode, errorId: 'oaeTestErrorId', errorCauses: [] },
  };
}

const INVALID_TOKEN = problem(401, 'E0000011', 'Invalid token provided');
const FORBIDDEN = problem(403, 'E0000006', 'You do not have permission to perform the requested action');

function faultsAt(moment: Date): FaultReplies {
  const seconds = Math.floor(moment.getTime() / 1_000);
  return {
    throttled: {
      ...problem(429, 'E0000047', 'API call exceeded rate limit due to too many requests.'),
      headers: {
        date: moment.toUTCString(),
        'x-rate-limit-limit': '100',
        'x-rate-limit-remaining': '0',
        'x-rate-limit-reset': String(seconds + 17),
      },
    },
    'server-error': problem(500, 'E0000009', 'Internal Server Error'),
    expired: INVALID_TOKEN,
    forbidden: FORBIDDEN,
  };
}

/** Made once for all, because making it takes a while. */
let keyPair: ReturnType<typeof generateKeyPair> | undefined;

function madeKeyPair(): ReturnType<typeof generateKeyPair> {
  keyPair ??= generateKeyPair('RS256', { extractable: true });
  return keyPair;
}

class Organisation {
  url = '';
  needsProof = false;
  hasScope = true;
  /** Tokens that were given out, with the moment at which they end. */
  readonly tokens = new Map<string, number>();
  readonly #now: () => Date;
  readonly #entries: readonly OktaEntry[];
  readonly #usedIds = new Set<string>();

  constructor({ now, seed }: World) {
    this.#now = now;
    this.#entries = oktaEntries(seed, now().getTime());
  }

  known(): readonly KnownApplication[] {
    return this.#present().flatMap((entry) => {
      const { id, known } = entry;
      return known === undefined ? [] : [{ id, publisher: '', ...known, isActive: !this.#isOff(entry) }];
    });
  }

  async privateKey(form: 'PEM' | 'JSON'): Promise<string> {
    const { privateKey } = await madeKeyPair();
    if (form === 'PEM') return exportPKCS8(privateKey);
    return JSON.stringify({ ...(await exportJWK(privateKey)), kid: KEY_ID, alg: 'RS256' });
  }

  async answer(request: ServiceRequest): Promise<ServiceReply> {
    const { method, path } = request;
    if (path === '/oauth2/v1/token' && method === 'POST') return this.#token(request);
    if (path === '/api/v1/apps' && method === 'GET') return this.#list(request);
    throw new Refusal('no such address', problem(404, 'E0000007', `Not found: Resource not found: ${path}`));
  }

  #list({ query, headers }: ServiceRequest): ServiceReply {
    this.#authorize(headers['authorization'] ?? '');
    for (const key of query.keys()) {
      if (!QUERY_KEYS.has(key)) throw new Refusal(`unknown parameter ${key}`, invalid(key));
    }
    const limit = Number(query.get('limit') ?? PAGE_ROWS_MAX);
    if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) throw new Refusal('limit', invalid('limit'));
    const present = this.#present().filter((entry) => query.get('includeNonDeleted') === 'true' || !this.#isOff(entry));
    const after = query.get('after');
    const first = after === null ? 0 : present.findIndex(({ id }) => id === after) + 1;
    if (after !== null && first === 0) throw new Refusal('unknown cursor', invalid('after'));
    const page = present.slice(first, first + Math.min(limit, PAGE_ROWS_MAX));
    const last = page.at(-1);
    const self = `<${this.url}/api/v1/apps?${query.toString()}>; rel="self"`;
    const hasMore = last !== undefined && first + page.length < present.length;
    return {
      headers: { link: hasMore ? `${self}, <${this.#nextAddress(query, last.id)}>; rel="next"` : self },
      body: page.map((entry) => ({ ...entry.body, status: this.#isOff(entry) ? 'INACTIVE' : 'ACTIVE' })),
    };
  }

  #nextAddress(query: URLSearchParams, after: string): string {
    const next = new URLSearchParams(query);
    next.set('after', after);
    return `${this.url}/api/v1/apps?${next.toString()}`;
  }

  #authorize(authorization: string): void {
    if (authorization === `SSWS ${API_TOKEN}`) return;
    const token = authorization.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : '';
    const endsMs = this.tokens.get(token);
    if (endsMs === undefined || endsMs <= this.#now().getTime()) throw new Refusal('no valid token', INVALID_TOKEN);
  }

  async #token({ headers, body }: ServiceRequest): Promise<ServiceReply> {
    const form = new URLSearchParams(body);
    if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) {
      throw new Refusal('no form', oauthProblem(400, 'invalid_request', 'The content type is not supported.'));
    }
    if (form.get('grant_type') !== 'client_credentials') {
      throw new Refusal('grant type', oauthProblem(400, 'unsupported_grant_type', 'The grant type is not supported.'));
    }
    await this.#checkAssertion(form);
    if (form.get('scope') !== 'okta.apps.read' || !this.hasScope) {
      const said = 'One or more scopes are not configured for the authorization server resource.';
      throw new Refusal('scope', oauthProblem(400, 'invalid_scope', said));
    }
    if (this.needsProof) {
      const said = 'The DPoP proof JWT header is missing.';
      throw new Refusal('no proof', oauthProblem(400, 'invalid_dpop_proof', said));
    }
    const token = `eyJtest.token.${this.#usedIds.size}-of-okta`;
    this.tokens.set(token, this.#now().getTime() + TOKEN_SECONDS * 1_000);
    return { body: { token_type: 'Bearer', expires_in: TOKEN_SECONDS, access_token: token, scope: 'okta.apps.read' } };
  }

  async #checkAssertion(form: URLSearchParams): Promise<void> {
    const refuse = (said: string): never => {
      throw new Refusal(said, oauthProblem(401, 'invalid_client', said));
    };
    if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') {
      refuse('client_assertion_type is invalid.');
    }
    const { publicKey } = await madeKeyPair();
    const verified = await jwtVerify(form.get('client_assertion') ?? '', publicKey, {
      issuer: CLIENT_ID,
      subject: CLIENT_ID,
      audience: `${this.url}/oauth2/v1/token`,
      currentDate: this.#now(),
    }).catch(() => refuse('The client_assertion is invalid.'));
    const { payload, protectedHeader } = verified;
    if (protectedHeader.kid !== KEY_ID) refuse('The client_assertion names no key of this application.');
    const lifeSeconds = (payload.exp ?? Number.POSITIVE_INFINITY) - Math.floor(this.#now().getTime() / 1_000);
    if (lifeSeconds > ASSERTION_SECONDS_MAX) refuse('The client_assertion token has an expiration too far ahead.');
    const id = payload.jti ?? '';
    if (id === '' || this.#usedIds.has(id)) refuse('The client_assertion was used before.');
    this.#usedIds.add(id);
  }

  #present(): readonly OktaEntry[] {
    const nowMs = this.#now().getTime();
    return this.#entries.filter(({ createdMs }) => createdMs <= nowMs);
  }

  #isOff({ switchedOffMs }: OktaEntry): boolean {
    return switchedOffMs !== undefined && switchedOffMs <= this.#now().getTime();
  }
}

function invalid(key: string): ServiceReply {
  return problem(400, 'E0000001', `Api validation failed: ${key}`);
}

function oauthProblem(status: number, error: string, said: string): ServiceReply {
  return { status, body: { error, error_description: said } };
}
