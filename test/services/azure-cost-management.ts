import { createRandom } from '../../src/core/random.js';
import { AzureBooks } from './azure-cost-management-data.js';
import { CLIENT, EntraLogin, TENANT } from './azure-login.js';
import { badRequest, DIMENSIONS, QueryDesk } from './azure-cost-management-query.js';
import { Refusal, StrictServer, type FaultReplies, type ServiceReply } from './server.js';
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
const API_VERSION = '2022-10-01';

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

export default {
  connector: 'azure-cost-management',
  async start(world: World): Promise<RunningAzure> {
    const secret = `Az8Q~${createRandom(world.seed, 'azure secret').letters(34)}`;
    const login = new EntraLogin(world, secret, 'https://management.azure.com');
    const books = new AzureBooks(world);
    const desk = new QueryDesk(books, world.now);
    const loginServer = await login.start();
    const server: StrictServer = await StrictServer.start((request) => {
      const base = `${SCOPE}/providers/Microsoft.CostManagement/`.toLowerCase();
      const path = request.path.toLowerCase();
      if (!path.startsWith(base)) {
        const error = { code: 'NotFound', message: 'The scope was not found.' };
        throw new Refusal('unknown scope', { status: 404, body: { error } });
      }
      if (!login.knows(request)) throw new Refusal('no token that holds', FAULTS.expired);
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
