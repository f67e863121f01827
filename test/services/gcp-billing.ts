import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';

import type { Month } from '../../src/core/period.js';
import { once } from '../../src/core/once.js';
import { createRandom } from '../../src/core/random.js';
import { GcpBooks, type TruthGrain } from './gcp-billing-books.js';
import { BigQueryDesk, refuse } from './gcp-billing-jobs.js';
import { ACCOUNT } from './gcp-billing-records.js';
import { focusTable, usageTable, type ServedTable } from './gcp-billing-schema.js';
import { Refusal, StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import type { RunningChargeStandin, Standin, TrueTotal, World } from './standin.js';

/** The stand-in with what its own tests need. */
export interface RunningGcp extends RunningChargeStandin {
  readonly tokens: StrictServer;
  readonly billing: StrictServer;
  readonly books: GcpBooks;
  readonly desk: BigQueryDesk;
  readonly tables: ServedTable[];
  /** Permissions to take away: `bigquery.jobs.create`. */
  readonly denied: Set<string>;
  /** What a month comes to at another grain. */
  truthBy(month: Month, grain: Partial<TruthGrain>): ReadonlyMap<string, TrueTotal>;
  /** Withdraws every token given out so far. */
  revokeTokens(): void;
}

const PROJECT = 'nordwind-finops';
const DATASET = 'billing_export';
const EMAIL = `spendshift@${PROJECT}.iam.gserviceaccount.com`;
const LABELS = ['team', 'cost-center'];
const TOKEN_SECONDS = 3_599;
const SCOPES = ['https://www.googleapis.com/auth/bigquery', 'https://www.googleapis.com/auth/cloud-billing.readonly'];

function googleError(code: number, status: string, reason: string, message: string): ServiceReply {
  return { status: code, body: { error: { code, message, errors: [{ message, domain: 'global', reason }], status } } };
}

const FAULTS: FaultReplies = {
  throttled: {
    ...googleError(
      403,
      'RESOURCE_EXHAUSTED',
      'rateLimitExceeded',
      'Exceeded rate limits: too many api requests per user',
    ),
    headers: { 'retry-after': '7' },
  },
  'server-error': googleError(
    503,
    'UNAVAILABLE',
    'backendError',
    'Error encountered during execution. Retrying may help.',
  ),
  expired: googleError(401, 'UNAUTHENTICATED', 'authError', 'Invalid Credentials'),
  forbidden: googleError(
    403,
    'PERMISSION_DENIED',
    'accessDenied',
    'Access Denied: The caller does not have permission',
  ),
};

const TOKEN_FAULTS: FaultReplies = {
  throttled: { status: 429, headers: { 'retry-after': '7' }, body: { error: 'rate_limit_exceeded' } },
  'server-error': { status: 503, body: { error: 'internal_failure' } },
  expired: { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } },
  forbidden: { status: 403, body: { error: 'access_denied', error_description: 'Account restricted' } },
};

/** A key pair for the life of the process: making one takes a while. */
const keyPair = once(() =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }),
);

/** Google's address for tokens: takes the signed request of a service account. */
class TokenDesk {
  readonly #world: World;
  readonly #tokens = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  handle(request: ServiceRequest, audience: string): ServiceReply {
    const deny = (error: string, description: string): Refusal =>
      new Refusal(description, { status: 400, body: { error, error_description: description } });
    if (request.method !== 'POST' || request.path !== '/token')
      throw new Refusal('no such page', { status: 404, body: '' });
    const form = new URLSearchParams(request.body);
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      throw deny('unsupported_grant_type', 'Invalid grant_type');
    }
    const [head = '', body = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const part = (text: string): Record<string, unknown> =>
      JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Record<string, unknown>;
    const key = createPublicKey(keyPair().publicKey);
    const isSigned = verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
    if (part(head)['alg'] !== 'RS256' || !isSigned) throw deny('invalid_grant', 'Invalid JWT Signature.');
    const claims = part(body);
    const [issued, expires] = [Number(claims['iat']), Number(claims['exp'])];
    const seconds = this.#world.now().getTime() / 1000;
    if (Math.abs(seconds - issued) > 600 || expires - issued > 3_600 || expires <= seconds) {
      const range = 'Token must be a short-lived token (60 minutes) and in a reasonable timeframe.';
      throw deny('invalid_grant', `Invalid JWT: ${range} Check your iat and exp values in the JWT claim.`);
    }
    if (claims['iss'] !== EMAIL || claims['aud'] !== audience)
      throw deny('invalid_grant', 'Invalid email or audience.');
    if (claims['scope'] !== SCOPES.join(' ')) throw deny('invalid_scope', 'Invalid OAuth scope or ID token audience.');
    const token = `ya29.c.${createRandom(this.#world.seed, `google token ${this.#tokens.size}`).letters(60)}`;
    this.#tokens.set(token, this.#world.now().getTime() + TOKEN_SECONDS * 1000);
    return { body: { access_token: token, expires_in: TOKEN_SECONDS, token_type: 'Bearer' } };
  }

  /** Refuses a request without a token that holds. */
  check(request: ServiceRequest): void {
    const token = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
    const until = this.#tokens.get(token);
    if (until === undefined || this.#world.now().getTime() >= until) {
      throw new Refusal('no token that holds', FAULTS.expired);
    }
  }

  revoke(): void {
    for (const token of this.#tokens.keys()) this.#tokens.set(token, 0);
  }
}

/** Billing accounts with the projects that are linked to them. The second page of projects is empty, as happens. */
const ACCOUNTS = [
  {
    id: ACCOUNT,
    open: true,
    title: 'Nordwind main',
    projects: [['nordwind-web-shop-1', 'nordwind-data-platform-2'], ['nordwind-intranet-3']],
  },
  {
    id: '0BADC0-FFEE00-123456',
    open: true,
    title: 'Card of the growth team',
    projects: [['growth-lab-77', 'ads-feed-12'], [], ['maps-demo-9']],
  },
  { id: '00AA11-BB22CC-33DD44', open: false, title: 'Old account', projects: [[]] },
];
const ACCOUNTS_PER_PAGE = 2;

/** Cloud Billing: lists accounts and the projects linked to them. */
function billingReply(request: ServiceRequest, denied: ReadonlySet<string>): ServiceReply {
  if (request.method !== 'GET') throw refuse(404, 'notFound', 'Not found');
  const size = Number(request.query.get('pageSize') ?? 50);
  if (!Number.isInteger(size) || size < 1 || size > 100) throw refuse(400, 'badRequest', 'page_size is out of range');
  const token = request.query.get('pageToken');
  if (token !== null && !/^page-\d$/.test(token)) throw refuse(400, 'badRequest', 'page_token is invalid');
  const page = token === null ? 0 : Number(token.slice(5));
  const next = (count: number): object => (page + 1 < count ? { nextPageToken: `page-${page + 1}` } : {});
  if (request.path === '/v1/billingAccounts') {
    deniedReply(denied, 'billing.accounts.list');
    const shown = ACCOUNTS.slice(page * ACCOUNTS_PER_PAGE, (page + 1) * ACCOUNTS_PER_PAGE);
    const billingAccounts = shown.map(({ id, open, title }) => ({
      name: `billingAccounts/${id}`,
      open,
      displayName: title,
      masterBillingAccount: '',
      parent: 'organizations/77001',
      currencyCode: 'EUR',
    }));
    return { body: { billingAccounts, ...next(Math.ceil(ACCOUNTS.length / ACCOUNTS_PER_PAGE)) } };
  }
  const id = /^\/v1\/billingAccounts\/([^/]+)\/projects$/.exec(request.path)?.[1];
  const account = ACCOUNTS.find((entry) => entry.id === id);
  if (account === undefined) throw refuse(404, 'notFound', 'Requested entity was not found.');
  deniedReply(denied, 'billing.resourceAssociations.list');
  const projectBillingInfo = (account.projects[page] ?? []).map((projectId) => ({
    name: `projects/${projectId}/billingInfo`,
    projectId,
    billingAccountName: `billingAccounts/${account.id}`,
    billingEnabled: true,
  }));
  return {
    body: { ...(projectBillingInfo.length === 0 ? {} : { projectBillingInfo }), ...next(account.projects.length) },
  };
}

function deniedReply(denied: ReadonlySet<string>, permission: string): void {
  if (denied.has(permission)) throw refuse(403, 'forbidden', 'The caller does not have permission');
}

export default {
  connector: 'gcp-billing',
  async start(world: World): Promise<RunningGcp> {
    const tokenDesk = new TokenDesk(world);
    const books = new GcpBooks(world);
    const denied = new Set<string>();
    const suffix = ACCOUNT.replaceAll('-', '_');
    const tables = [
      usageTable(`gcp_billing_export_v1_${suffix}`, false),
      usageTable(`gcp_billing_export_resource_v1_${suffix}`, true),
      focusTable(`gcp_billing_export_focus_${suffix}`),
    ];
    const desk = new BigQueryDesk({ projectId: PROJECT, datasetId: DATASET, books, tables, denied });
    const tokens: StrictServer = await StrictServer.start(
      (request) => tokenDesk.handle(request, `${tokens.url}/token`),
      TOKEN_FAULTS,
    );
    const server = await StrictServer.start((request) => {
      tokenDesk.check(request);
      return desk.handle(request);
    }, FAULTS);
    const billing = await StrictServer.start((request) => {
      tokenDesk.check(request);
      return billingReply(request, denied);
    }, FAULTS);
    const key = {
      type: 'service_account',
      project_id: PROJECT,
      private_key_id: createRandom(world.seed, 'google key').digits(20),
      private_key: keyPair().privateKey,
      client_email: EMAIL,
      client_id: '100000000000000000001',
      token_uri: `${tokens.url}/token`,
    };
    const truthBy = (month: Month, grain: Partial<TruthGrain>): Map<string, TrueTotal> =>
      books.truth(month, { labels: LABELS, folders: true, skus: false, ...grain });
    return {
      server,
      tokens,
      billing,
      others: [tokens, billing],
      books,
      desk,
      tables,
      denied,
      settings: {
        projectId: PROJECT,
        dataset: DATASET,
        billingAccount: ACCOUNT,
        labels: LABELS,
        credentials: 'env:GOOGLE_CREDENTIALS',
        bigQueryEndpoint: server.url,
        billingEndpoint: billing.url,
      },
      secrets: { GOOGLE_CREDENTIALS: JSON.stringify(key) },
      months: () => books.months(),
      truth: (month) => truthBy(month, {}),
      truthBy,
      restate: (month) => {
        books.restate(month);
      },
      revokeTokens: () => {
        tokenDesk.revoke();
      },
    };
  },
} satisfies Standin<RunningGcp>;
