import { createRandom } from '../../src/core/random.js';
import { accountsIn, isActiveIn, monthAt, placeIn, type Employee } from './directory-people.js';
import { Refusal, type ServiceReply, type ServiceRequest } from './server.js';

/** A service of people, as a stand-in. */
export interface PeopleService {
  answer(request: ServiceRequest): ServiceReply;
}

/** What every service of people needs. */
export interface Company {
  readonly staff: readonly Employee[];
  readonly now: () => Date;
}

/** Rows of a page; services may give fewer than they are asked for. */
const PAGE_ROWS_MAX = 40;
const TOKEN_SECONDS = 3_599;
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** Tokens that a service gave, with their ends. */
export class Tokens {
  readonly #ends = new Map<string, number>();
  readonly #company: Company;
  readonly #label: string;

  constructor(company: Company, label: string) {
    this.#company = company;
    this.#label = label;
  }

  issue(): { readonly access_token: string; readonly expires_in: number } {
    const token = `${this.#label}-${createRandom(this.#ends.size, this.#label).letters(40)}`;
    this.#ends.set(token, this.#company.now().getTime() + TOKEN_SECONDS * 1000);
    return { access_token: token, expires_in: TOKEN_SECONDS };
  }

  accepts(authorization: string | undefined): boolean {
    const end = this.#ends.get((authorization ?? '').replace(/^Bearer /, ''));
    return end !== undefined && end > this.#company.now().getTime();
  }

  /** Withdraws all tokens. */
  withdraw(): void {
    for (const token of this.#ends.keys()) this.#ends.set(token, 0);
  }
}

/** A page of accounts from an offset on; after the first page comes an empty one, as both services have them at times. */
function pageAfter(
  accounts: readonly Employee[],
  token: string | undefined,
  rows: number,
): { readonly rows: readonly Employee[]; readonly next: string | undefined } {
  const size = Math.min(rows, PAGE_ROWS_MAX);
  if (token === 'empty') return { rows: [], next: String(size) };
  const offset = token === undefined ? 0 : Number(token);
  const after = offset + size < accounts.length ? (offset === 0 ? 'empty' : String(offset + size)) : undefined;
  return { rows: accounts.slice(offset, offset + size), next: after };
}

/** Any server of SCIM 2.0. */
export class ScimService implements PeopleService {
  readonly #company: Company;
  readonly #token: string;

  constructor(company: Company, token: string) {
    this.#company = company;
    this.#token = token;
  }

  answer({ method, path, query, headers }: ServiceRequest): ServiceReply {
    if (headers['authorization'] !== `Bearer ${this.#token}`) throw scimRefusal(401, 'Authorization failure.');
    if (method !== 'GET' || path !== '/scim/v2/Users') throw scimRefusal(404, `Resource ${path} not found.`);
    if (!/application\/(scim\+)?json/.test(headers['accept'] ?? '')) throw scimRefusal(406, 'Not acceptable.');
    const startIndex = Number(query.get('startIndex'));
    const count = Number(query.get('count'));
    if (!(Number.isInteger(startIndex) && startIndex >= 1 && Number.isInteger(count) && count >= 1)) {
      throw scimRefusal(400, 'startIndex and count must be positive numbers.');
    }
    const wanted = new Set((query.get('attributes') ?? '').split(','));
    if (wanted.has('') || [...wanted].some((name) => PRIVATE.has(name))) {
      throw scimRefusal(403, 'More of people was asked for than the token may read.');
    }
    const month = monthAt(this.#company.now());
    const accounts = accountsIn(this.#company.staff, month);
    const page = accounts.slice(startIndex - 1, startIndex - 1 + Math.min(count, PAGE_ROWS_MAX));
    const reply = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: accounts.length,
      startIndex,
      itemsPerPage: page.length,
      Resources: page.map((employee) => this.#user(employee, wanted)),
    };
    return { headers: { 'content-type': 'application/scim+json' }, body: JSON.stringify(reply) };
  }

  #user(employee: Employee, wanted: ReadonlySet<string>): unknown {
    const month = monthAt(this.#company.now());
    const { uuid, given, family, email, number } = employee;
    const attributes: Readonly<Record<string, unknown>> = {
      userName: email,
      displayName: `${given} ${family}`,
      name: { formatted: `${given} ${family}`, givenName: given, familyName: family },
      emails: [
        { value: email, type: 'work', primary: true },
        { value: `${number}@home.example`, type: 'home' },
      ],
      active: isActiveIn(employee, month),
    };
    const place = placeIn(employee, month);
    const enterprise = { employeeNumber: number, ...place };
    return {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
      id: uuid,
      meta: { resourceType: 'User', location: `/scim/v2/Users/${uuid}` },
      ...Object.fromEntries(Object.entries(attributes).filter(([name]) => wanted.has(name))),
      [ENTERPRISE]: Object.fromEntries(
        Object.entries(enterprise).filter(([name]) => wanted.has(`${ENTERPRISE}:${name}`)),
      ),
    };
  }
}

const PRIVATE = new Set(['addresses', 'phoneNumbers', 'photos', 'groups', 'title', ENTERPRISE]);

function scimRefusal(status: number, detail: string): Refusal {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
  return new Refusal(detail, { status, body: { schemas, detail, status: String(status) } });
}

/** Microsoft Graph with its sign-in. */
export class MicrosoftService implements PeopleService {
  readonly tokens: Tokens;
  readonly #company: Company;
  readonly #secret: string;
  readonly #origin: () => string;

  constructor(company: Company, secret: string, origin: () => string) {
    this.#company = company;
    this.#secret = secret;
    this.#origin = origin;
    this.tokens = new Tokens(company, 'graph');
  }

  answer(request: ServiceRequest): ServiceReply {
    if (request.path === `/${TENANT}/oauth2/v2.0/token`) return this.#token(request);
    if (request.path.endsWith('/oauth2/v2.0/token')) throw loginRefusal(400, 'AADSTS90002: Tenant not found.');
    if (!this.tokens.accepts(request.headers['authorization'])) {
      throw graphRefusal(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.');
    }
    if (request.method !== 'GET' || request.path !== '/v1.0/users') {
      throw graphRefusal(404, 'Request_ResourceNotFound', `Resource '${request.path}' does not exist.`);
    }
    return this.#users(request.query);
  }

  #token({ method, body }: ServiceRequest): ServiceReply {
    const form = new URLSearchParams(body);
    if (method !== 'POST' || form.get('grant_type') !== 'client_credentials') {
      throw loginRefusal(400, 'AADSTS70003: The app requested an unsupported grant type.');
    }
    if (form.get('client_id') !== CLIENT) throw loginRefusal(400, 'AADSTS700016: Application was not found.');
    if (form.get('client_secret') !== this.#secret) {
      throw loginRefusal(401, 'AADSTS7000215: Invalid client secret provided. Trace ID: 0d4 Correlation ID: 1e5');
    }
    if (form.get('scope') !== 'https://graph.microsoft.com/.default') {
      throw loginRefusal(400, 'AADSTS1002012: The provided value for scope is not valid.');
    }
    return { body: { token_type: 'Bearer', ext_expires_in: TOKEN_SECONDS, ...this.tokens.issue() } };
  }

  #users(query: URLSearchParams): ServiceReply {
    const month = monthAt(this.#company.now());
    const select = (query.get('$select') ?? '').split(',');
    const unknown = select.find((name) => !GRAPH_PROPERTIES.has(name));
    if (unknown !== undefined) {
      throw graphRefusal(400, 'BadRequest', `Could not find a property named '${unknown}' on type 'user'.`);
    }
    const top = Number(query.get('$top') ?? 100);
    if (!Number.isInteger(top) || top < 1 || top > 999) {
      throw graphRefusal(
        400,
        'Request_BadRequest',
        `Invalid page size specified: '${top}'. Must be between 1 and 999 inclusive.`,
      );
    }
    const [token, boundTo] = (query.get('$skiptoken') ?? '').split('~');
    if (boundTo !== undefined && boundTo !== `${select.join('.')}.${top}`) {
      throw graphRefusal(400, 'Directory_ExpiredPageToken', 'The specified page token value has expired.');
    }
    const page = pageAfter(accountsIn(this.#company.staff, month), token === '' ? undefined : token, top);
    const next = new URL('/v1.0/users', this.#origin());
    next.searchParams.set('$select', select.join(','));
    next.searchParams.set('$top', String(top));
    next.searchParams.set('$skiptoken', `${page.next ?? ''}~${select.join('.')}.${top}`);
    return {
      body: {
        '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#users',
        ...(page.next === undefined ? {} : { '@odata.nextLink': next.href }),
        value: page.rows.map((employee) => this.#user(employee, select)),
      },
    };
  }

  #user(employee: Employee, select: readonly string[]): unknown {
    const month = monthAt(this.#company.now());
    const { uuid, given, family, email, number } = employee;
    const place = placeIn(employee, month);
    const isGuest = Number(number) % 11 === 0;
    const properties: Readonly<Record<string, unknown>> = {
      id: uuid,
      displayName: `${given} ${family}`,
      mail: email,
      userPrincipalName: isGuest ? `${email.replace('@', '_')}#EXT#@northwind.onmicrosoft.example` : email,
      employeeId: isGuest ? null : number,
      accountEnabled: isActiveIn(employee, month),
      department: place?.department ?? null,
      companyName: place?.organization ?? null,
      employeeOrgData: place === undefined ? null : { costCenter: place.costCenter, division: place.division },
    };
    return Object.fromEntries(select.map((name) => [name, properties[name]]));
  }
}

export const TENANT = '7d1b0f4e-5c5a-4a57-9b7e-2f0d4c1a9e10';
export const CLIENT = 'b6a7b5d2-3f0e-4d55-8f7a-1c9f6e2d7a41';
const GRAPH_PROPERTIES = new Set(
  'id displayName mail userPrincipalName employeeId accountEnabled department companyName employeeOrgData'.split(' '),
);

function graphRefusal(status: number, code: string, message: string): Refusal {
  const innerError = { date: '2026-11-20T12:00:00', 'request-id': '0d4', 'client-request-id': '1e5' };
  return new Refusal(message, { status, body: { error: { code, message, innerError } } });
}

function loginRefusal(status: number, text: string): Refusal {
  return new Refusal(text, { status, body: { error: 'invalid_request', error_description: text, error_codes: [1] } });
}
