import { createRandom } from '../../src/core/random.js';
import { Refusal, StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import type { World } from './standin.js';

export const TENANT = '3f0c2a9e-51f7-4c1c-9d0b-6f2f5f0e7a11';
export const CLIENT = '9b1d6f0a-0d5c-4f7e-8a63-2f4f8f2f6c22';
const TOKEN_SECONDS = 3_599;

const LOGIN_FAULTS: FaultReplies = {
  'server-error': { status: 503, body: { error: 'temporarily_unavailable' } },
  throttled: { status: 429, headers: { 'retry-after': '5' }, body: { error: 'temporarily_unavailable' } },
  expired: {
    status: 401,
    body: loginError('invalid_client', 'AADSTS7000222: The provided client secret keys are expired.'),
  },
  forbidden: { status: 403, body: loginError('access_denied', 'AADSTS53003: Access has been blocked.') },
};

function loginError(error: string, description: string): unknown {
  const trace = 'Trace ID: 0b0e0f6c-9f3b-4a3a-a1a4-c2a4b5d30200 Correlation ID: 5d2 Timestamp: 2026-11-20 12:00:00Z';
  return { error, error_description: `${description} ${trace}`, error_codes: [Number(/\d+/.exec(description)?.[0])] };
}

/** Microsoft Entra: gives tokens of an audience for a client secret. */
export class EntraLogin {
  readonly #world: World;
  readonly #secret: string;
  readonly #audience: string;
  readonly #tokens = new Map<string, number>();

  constructor(world: World, secret: string, audience: string) {
    this.#world = world;
    this.#secret = secret;
    this.#audience = audience;
  }

  readonly #handle = (request: ServiceRequest): ServiceReply => {
    const refuse = (status: number, error: string, description: string): Refusal =>
      new Refusal(description, { status, body: loginError(error, description) });
    const tenant = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(request.path)?.[1];
    if (request.method !== 'POST' || tenant === undefined) throw new Refusal('no such page', { status: 404, body: '' });
    if (tenant !== TENANT) throw refuse(400, 'invalid_request', `AADSTS90002: Tenant '${tenant}' not found.`);
    if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) {
      throw refuse(400, 'invalid_request', 'AADSTS900144: The request body must be a form.');
    }
    const form = new URLSearchParams(request.body);
    if (form.get('grant_type') !== 'client_credentials')
      throw refuse(400, 'unsupported_grant_type', 'AADSTS70003: grant');
    if (form.get('scope') !== `${this.#audience}/.default`) throw refuse(400, 'invalid_scope', 'AADSTS70011: scope');
    const client = form.get('client_id');
    if (client !== CLIENT)
      throw refuse(400, 'unauthorized_client', `AADSTS700016: Application '${String(client)}' was not found.`);
    if (form.get('client_secret') !== this.#secret)
      throw refuse(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.');
    const token = `eyJ0eXAi.${createRandom(this.#world.seed, `token ${this.#tokens.size}`).letters(40)}`;
    this.#tokens.set(token, this.#world.now().getTime() + TOKEN_SECONDS * 1000);
    return {
      body: { token_type: 'Bearer', expires_in: TOKEN_SECONDS, ext_expires_in: TOKEN_SECONDS, access_token: token },
    };
  };

  start(): Promise<StrictServer> {
    return StrictServer.start(this.#handle, LOGIN_FAULTS);
  }

  /** Whether a request carries a token that holds. */
  knows(request: ServiceRequest): boolean {
    const token = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
    const until = this.#tokens.get(token);
    return until !== undefined && this.#world.now().getTime() < until;
  }

  revoke(): void {
    for (const token of this.#tokens.keys()) this.#tokens.set(token, 0);
  }
}
