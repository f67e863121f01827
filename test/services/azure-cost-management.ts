import { createRandom } from '../../src/core/random.js';
import { AzureBooks } from './azure-cost-management-data.js';
import { badRequest, DIMENSIONS, QueryDesk } from './azure-cost-management-query.js';
import { Refusal, StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import type { RunningChargeStandin, Standin, TrueTotal, World } from './standin.js';
import type { Month } from '../../src/core/period.js';

/** The stand-in with what its own tests need. */
export interface RunningAzure extends RunningChargeStandin {
  readonly login: StrictServer;
  readonly books: AzureBooks;
  /** What a month comes to where the owner tag is read too: rounding is finer then. */
  truthByTag(month: Month): ReadonlyMap<string, TrueTotal>;
  /** Withdraws every token given out so far. */
  revokeTokens(): void;
}

const SCOPE = '/providers/Microsoft.Billing/billingAccounts/7c05a543:ab12_2019-05-31';
const TENANT = '3f0c2a9e-51f7-4c1c-9d0b-6f2f5f0e7a11';
const CLIENT = '9b1d6f0a-0d5c-4f7e-8a63-2f4f8f2f6c22';
const API_VERSION = '2022-10-01';
const TOKEN_SECONDS = 3_599;

const FAULTS: FaultReplies = {
  throttled: {
    status: 429,
    headers: {
      'x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after': '4',
      'x-ms-ratelimit-microsoft.costmanagement-entity-retry-after': '17',
      'x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after': '9',
    },
    body: { error: { code: '429', message: 'Too many requests. Please retry.' } },
  },
  'server-error': { status: 503, body: { error: { code: 'ServiceUnavailable', message: 'Service is unavailable.' } } },
  expired: {
    status: 401,
    body: { error: { code: 'ExpiredAuthenticationToken', message: 'The access token has expired.' } },
  },
  forbidden: {
    status: 403,
    body: { error: { code: 'RBACAccessDenied', message: 'The client does not have authorization to perform action.' } },
  },
};

const LOGIN_FAULTS: FaultReplies = {
  ...FAULTS,
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

/** Microsoft Entra: gives tokens for a client secret. */
class Login {
  readonly #world: World;
  readonly #secret: string;
  readonly #tokens = new Map<string, number>();

  constructor(world: World, secret: string) {
    this.#world = world;
    this.#secret = secret;
  }

  readonly handle = (request: ServiceRequest): ServiceReply => {
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
    if (form.get('scope') !== 'https://management.azure.com/.default')
      throw refuse(400, 'invalid_scope', 'AADSTS70011: scope');
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

  /** Refuses a request without a token that holds. */
  check(request: ServiceRequest): void {
    const token = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
    const until = this.#tokens.get(token);
    if (until !== undefined && this.#world.now().getTime() < until) return;
    throw new Refusal('no token that holds', FAULTS.expired);
  }

  revoke(): void {
    for (const token of this.#tokens.keys()) this.#tokens.set(token, 0);
  }
}

export default {
  connector: 'azure-cost-management',
  async start(world: World): Promise<RunningAzure> {
    const secret = `Az8Q~${createRandom(world.seed, 'azure secret').letters(34)}`;
    const login = new Login(world, secret);
    const books = new AzureBooks(world);
    const desk = new QueryDesk(books, world.now);
    const loginServer = await StrictServer.start(login.handle, LOGIN_FAULTS);
    const server: StrictServer = await StrictServer.start((request) => {
      const base = `${SCOPE}/providers/Microsoft.CostManagement/`.toLowerCase();
      const path = request.path.toLowerCase();
      if (!path.startsWith(base)) {
        const error = { code: 'NotFound', message: 'The scope was not found.' };
        throw new Refusal('unknown scope', { status: 404, body: { error } });
      }
      login.check(request);
      if (request.query.get('api-version') !== API_VERSION) throw badRequest('Invalid api-version');
      // The real service takes it, and counts it against a quota shared with every other tool.
      if (request.headers['clienttype'] !== 'spendshift') throw badRequest('no ClientType header');
      const operation = path.slice(base.length);
      if (operation === 'dimensions' && request.method === 'GET') return dimensionsReply();
      if (operation !== 'query' || request.method !== 'POST')
        throw new Refusal('no such operation', { status: 405, body: '' });
      if (request.headers['content-type'] !== 'application/json') throw badRequest('the body is no JSON');
      return desk.page(request.body, request.query.get('$skiptoken'), (token) => {
        const query = `api-version=${API_VERSION}&$skiptoken=${encodeURIComponent(token)}`;
        return `${server.url}${SCOPE}/providers/Microsoft.CostManagement/Query?${query}`;
      });
    }, FAULTS);
    return {
      server,
      login: loginServer,
      others: [loginServer],
      books,
      settings: {
        scope: SCOPE,
        tenantId: TENANT,
        clientId: CLIENT,
        clientSecret: 'env:AZURE_CLIENT_SECRET',
        costCenterDimension: 'InvoiceSectionName',
        endpoint: server.url,
        loginEndpoint: loginServer.url,
      },
      secrets: { AZURE_CLIENT_SECRET: secret },
      months: () => books.months(),
      truth: (month) => books.truth(month, false),
      truthByTag: (month) => books.truth(month, true),
      restate: (month) => {
        books.restate(month);
        desk.forget();
      },
      revokeTokens: () => {
        login.revoke();
      },
    };
  },
} satisfies Standin<RunningAzure>;

function dimensionsReply(): ServiceReply {
  const value = DIMENSIONS.map((category) => ({
    id: `dimensions_${category}`,
    name: `dimensions_${category}_2026-10-01_2026-10-31`,
    type: 'microsoft.CostManagement/dimensions',
    properties: { data: [], total: 4, category, description: category, filterEnabled: true, groupingEnabled: true },
  }));
  return { body: { value } };
}
