import type { KnownApplication } from '../../src/connector/reference.js';
import { entraEntries, TENANT_ID, type EntraEntry } from './entra-data.js';
import { Refusal, StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import type { RunningStandin, Standin, World } from './standin.js';

const CLIENT_ID = '5d3f0f9a-7b57-4d83-8c0e-1f2e3d4c5b6a';
const CLIENT_SECRET = 'Xk8Q~test-secret-of-entra.7Hs2';
const TOKEN_SECONDS = 3_599;
/** Graph gives up to 999; so few make several pages of a small directory. */
const PAGE_ROWS_MAX = 7;
const TOP_MAX = 999;
/** Properties of a service principal that version 1.0 knows, those of them that could be asked for here. */
const PROPERTIES: ReadonlySet<string> = new Set([
  ...['id', 'appId', 'displayName', 'appDisplayName', 'appOwnerOrganizationId', 'applicationTemplateId'],
  ...['servicePrincipalType', 'servicePrincipalNames', 'signInAudience', 'tags', 'verifiedPublisher', 'homepage'],
  ...['loginUrl', 'replyUrls', 'accountEnabled', 'preferredSingleSignOnMode', 'appRoleAssignmentRequired', 'info'],
]);
const PERMISSIONS = ['Application.Read.All', 'DelegatedPermissionGrant.Read.All'] as const;
type PermissionId = (typeof PERMISSIONS)[number];

/** The directory at work. */
export interface RunningEntra extends RunningStandin {
  /** The applications that IT knows now, in Graph's order; as the settings of the source count them. */
  known(settings?: {
    readonly consentedByUsers?: boolean;
    readonly ownApplications?: boolean;
  }): readonly KnownApplication[];
  /** Names of applications that only single people consented to, in Graph's order. */
  personal(): readonly string[];
  /** Takes a permission away from the app registration. */
  withdraw(permission: PermissionId): void;
  /** Ends all tokens that were given out. */
  revokeTokens(): void;
}

/** Stands in for Microsoft Graph and the token endpoint of Microsoft Entra. */
export default { connector: 'entra', start } satisfies Standin<RunningEntra>;

async function start(world: World): Promise<RunningEntra> {
  const directory = new Directory(world);
  const server = await StrictServer.start((request) => directory.answer(request), FAULTS);
  directory.url = server.url;
  return {
    server,
    settings: {
      tenantId: TENANT_ID,
      clientId: CLIENT_ID,
      clientSecret: 'env:ENTRA_CLIENT_SECRET',
      endpoint: server.url,
      loginEndpoint: server.url,
    },
    secrets: { ENTRA_CLIENT_SECRET: CLIENT_SECRET },
    known: ({ consentedByUsers = false, ownApplications = false } = {}) =>
      directory.known(
        new Set(['known', ...(consentedByUsers ? ['personal'] : []), ...(ownApplications ? ['own'] : [])]),
      ),
    personal: () => directory.personal(),
    withdraw: (permission) => {
      directory.granted.delete(permission);
    },
    revokeTokens: () => {
      directory.tokens.clear();
    },
  };
}

function problem(status: number, code: string, message: string): ServiceReply {
  const innerError = { date: '2026-11-20T12:00:00', 'request-id': 'test', 'client-request-id': 'test' };
  return { status, body: { error: { code, message, innerError } } };
}

const UNAUTHORIZED = problem(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.');
const FORBIDDEN = problem(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
const FAULTS: FaultReplies = {
  throttled: { ...problem(429, 'TooManyRequests', 'Too Many Requests'), headers: { 'retry-after': '11' } },
  'server-error': problem(503, 'serviceNotAvailable', 'The service is temporarily unavailable.'),
  expired: UNAUTHORIZED,
  forbidden: FORBIDDEN,
};

interface OpenList {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly at: number;
  readonly top: number;
  /** All parameters of the first request, which the next ones must repeat. */
  readonly parameters: string;
}

class Directory {
  url = '';
  readonly granted = new Set<PermissionId>(PERMISSIONS);
  /** Tokens that were given out, with the moment at which they end. */
  readonly tokens = new Map<string, number>();
  readonly #now: () => Date;
  readonly #entries: readonly EntraEntry[];
  readonly #open = new Map<string, OpenList>();
  #tokenCount = 0;

  constructor({ now, seed }: World) {
    this.#now = now;
    this.#entries = entraEntries(seed, now().getTime());
  }

  known(standings: ReadonlySet<string>): readonly KnownApplication[] {
    return this.#present()
      .filter(({ standing }) => standings.has(standing))
      .map((entry) => {
        const { appId: id, name, publisher, domain } = entry;
        return { id, name, publisher, domain, isActive: !this.#isOff(entry) };
      });
  }

  personal(): readonly string[] {
    return this.#present().flatMap(({ standing, name }) => (standing === 'personal' ? [name] : []));
  }

  answer(request: ServiceRequest): ServiceReply {
    const { method, path } = request;
    if (method === 'POST' && path.endsWith('/oauth2/v2.0/token')) return this.#token(request);
    const rows = {
      '/v1.0/servicePrincipals': () => this.#principals(),
      '/v1.0/oauth2PermissionGrants': () => this.#present().flatMap(({ grants }) => grants),
    }[path];
    if (method !== 'GET' || rows === undefined) {
      throw new Refusal('no such address', problem(404, 'Request_ResourceNotFound', `Resource not found: ${path}`));
    }
    const needed = path.endsWith('Principals') ? 'Application.Read.All' : 'DelegatedPermissionGrant.Read.All';
    this.#authorize(request.headers['authorization'] ?? '', needed);
    return this.#list(request, rows);
  }

  #list({ path, query }: ServiceRequest, rows: () => OpenList['rows']): ServiceReply {
    const token = query.get('$skiptoken');
    const parameters = new URLSearchParams([...query].filter(([key]) => key !== '$skiptoken')).toString();
    const open = token === null ? this.#first(query, rows(), parameters) : this.#open.get(token);
    if (open === undefined) {
      throw new Refusal(
        'unknown token',
        problem(400, 'Directory_ExpiredPageToken', 'The specified page token value is invalid.'),
      );
    }
    if (open.parameters !== parameters) {
      throw new Refusal(
        'changed parameters',
        problem(400, 'Request_BadRequest', 'The parameters differ from those of the token.'),
      );
    }
    const page = open.rows.slice(open.at, open.at + Math.min(open.top, PAGE_ROWS_MAX));
    const at = open.at + page.length;
    const selected = query.get('$select')?.split(',');
    const body = {
      '@odata.context': `${this.url}/v1.0/$metadata#${path.slice('/v1.0/'.length)}`,
      ...(at < open.rows.length ? { '@odata.nextLink': this.#next(path, { ...open, at }) } : {}),
      value: page.map((row) =>
        selected === undefined
          ? row
          : Object.fromEntries(Object.entries(row).filter(([key]) => selected.includes(key))),
      ),
    };
    return { body };
  }

  #first(query: URLSearchParams, rows: OpenList['rows'], parameters: string): OpenList {
    for (const key of query.keys()) {
      if (!['$select', '$top', '$filter', '$count'].includes(key)) {
        throw new Refusal(`unknown parameter ${key}`, problem(400, 'Request_BadRequest', `Unrecognized query ${key}`));
      }
    }
    const unknown = query
      .get('$select')
      ?.split(',')
      .find((name) => !PROPERTIES.has(name));
    if (unknown !== undefined) {
      const said = `Could not find a property named '${unknown}' on type 'microsoft.graph.servicePrincipal'.`;
      throw new Refusal(said, problem(400, 'BadRequest', `Parsing OData Select and Expand failed: ${said}`));
    }
    const top = Number(query.get('$top') ?? PAGE_ROWS_MAX);
    if (!Number.isInteger(top) || top < 1 || top > TOP_MAX) {
      throw new Refusal(
        'page size',
        problem(400, 'Request_UnsupportedQuery', `Invalid page size specified: '${top}'.`),
      );
    }
    return { rows, at: 0, top, parameters };
  }

  #next(path: string, open: OpenList): string {
    const token = `RFNwdAoA${this.#open.size}`;
    this.#open.set(token, open);
    return `${this.url}${path}?${open.parameters}&$skiptoken=${token}`;
  }

  #authorize(authorization: string, needed: PermissionId): void {
    const endsMs = this.tokens.get(authorization.replace(/^Bearer /, ''));
    if (endsMs === undefined || endsMs <= this.#now().getTime()) throw new Refusal('no valid token', UNAUTHORIZED);
    if (!this.granted.has(needed)) throw new Refusal(`without ${needed}`, FORBIDDEN);
  }

  #token({ path, body }: ServiceRequest): ServiceReply {
    const form = new URLSearchParams(body);
    const refuse = (status: number, error: string, said: string): never => {
      const tail = ' Trace ID: 0000-test Correlation ID: 0000-test Timestamp: 2026-11-20 12:00:00Z';
      throw new Refusal(said, { status, body: { error, error_description: `${said}${tail}`, error_codes: [] } });
    };
    if (path !== `/${TENANT_ID}/oauth2/v2.0/token`) refuse(400, 'invalid_request', `AADSTS90002: Tenant not found.`);
    if (form.get('grant_type') !== 'client_credentials')
      refuse(400, 'unsupported_grant_type', 'AADSTS70003: grant type');
    if (form.get('scope') !== 'https://graph.microsoft.com/.default')
      refuse(400, 'invalid_scope', 'AADSTS1002012: scope');
    if (form.get('client_id') !== CLIENT_ID) {
      refuse(400, 'unauthorized_client', `AADSTS700016: Application was not found in the directory 'Acme'.`);
    }
    if (form.get('client_secret') !== CLIENT_SECRET) {
      const isOld = form.get('client_secret')?.startsWith('expired') === true;
      refuse(
        401,
        'invalid_client',
        isOld ? 'AADSTS7000222: keys are expired.' : 'AADSTS7000215: Invalid client secret.',
      );
    }
    this.#tokenCount += 1;
    const token = `eyJ0test.entra-token.${this.#tokenCount}`;
    this.tokens.set(token, this.#now().getTime() + TOKEN_SECONDS * 1_000);
    return {
      body: { token_type: 'Bearer', expires_in: TOKEN_SECONDS, ext_expires_in: TOKEN_SECONDS, access_token: token },
    };
  }

  #principals(): OpenList['rows'] {
    return this.#present().map((entry) => ({ ...entry.body, accountEnabled: !this.#isOff(entry) }));
  }

  #present(): readonly EntraEntry[] {
    const nowMs = this.#now().getTime();
    return this.#entries.filter(({ createdMs }) => createdMs <= nowMs);
  }

  #isOff({ switchedOffMs }: EntraEntry): boolean {
    return switchedOffMs !== undefined && switchedOffMs <= this.#now().getTime();
  }
}
