import { exportPKCS8, generateKeyPair, jwtVerify, type CryptoKey } from 'jose';

import type { KnownApplication } from '../../src/connector/reference.js';
import { loggedEvents, type LoggedEvent } from './google-workspace-data.js';
import { Refusal, StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import type { RunningStandin, Standin, World } from './standin.js';

const SCOPE = 'https://www.googleapis.com/auth/admin.reports.audit.readonly';
const ADMIN = 'reports-admin@acme.example';
const ACCOUNT = 'spendshift@acme-billing.iam.gserviceaccount.com';
const KEY_ID = 'c0ffee5eed';
const DAY_MS = 24 * 60 * 60_000;
const TOKEN_SECONDS = 3_599;
const ASSERTION_SECONDS_MAX = 3_600;
const HISTORY_DAYS = 180;
/** Google gives up to 1000; so few make several pages of a small company. */
const PAGE_ROWS_MAX = 23;
const RESULTS_MAX = 1_000;
const QUERY_KEYS: ReadonlySet<string> = new Set([
  ...['eventName', 'startTime', 'endTime', 'maxResults', 'pageToken', 'fields', 'filters', 'customerId'],
]);

/** What the settings of a source may change in what counts. */
export interface Counting {
  readonly countAs?: 'seen' | 'known';
  readonly trusted?: readonly string[];
  readonly signInDays?: number;
}

/** The company's Google Workspace at work. */
export interface RunningGoogleWorkspace extends RunningStandin {
  /** The applications that IT knows now, as the settings of the source count them, in the order of their ids. */
  known(counting?: Counting): readonly KnownApplication[];
  /** Applications that people gave access in the last 180 days: client id, name and number of people. */
  seen(): readonly { readonly id: string; readonly name: string; readonly personCount: number }[];
  /** Takes the delegation away from the service account. */
  withdraw(): void;
  /** Takes the privilege away from the administrator. */
  demote(): void;
  /** Ends all tokens that were given out. */
  revokeTokens(): void;
}

/** Stands in for the Reports API of Google Workspace and Google's token endpoint. */
export default { connector: 'google-workspace', start } satisfies Standin<RunningGoogleWorkspace>;

/** Made once for all, because making it takes a while. */
let keyPair: ReturnType<typeof generateKeyPair> | undefined;

async function start(world: World): Promise<RunningGoogleWorkspace> {
  keyPair ??= generateKeyPair('RS256', { extractable: true });
  const { publicKey, privateKey } = await keyPair;
  const company = new Company(world, publicKey);
  const server = await StrictServer.start((request) => company.answer(request), FAULTS);
  company.url = server.url;
  const key = {
    type: 'service_account',
    project_id: 'acme-billing',
    private_key_id: KEY_ID,
    private_key: await exportPKCS8(privateKey),
    client_email: ACCOUNT,
    client_id: '112233445566778899001',
    token_uri: `${server.url}/token`,
  };
  return {
    server,
    settings: { serviceAccountKey: 'env:GOOGLE_SERVICE_ACCOUNT_KEY', adminEmail: ADMIN, endpoint: server.url },
    secrets: { GOOGLE_SERVICE_ACCOUNT_KEY: JSON.stringify(key) },
    known: (counting) => company.known(counting),
    seen: () => company.seen(),
    withdraw: () => {
      company.isDelegated = false;
    },
    demote: () => {
      company.mayRead = false;
    },
    revokeTokens: () => {
      company.tokens.clear();
    },
  };
}

function problem(code: number, message: string, reason: string): ServiceReply {
  return { status: code, body: { error: { code, message, errors: [{ message, domain: 'global', reason }] } } };
}

const UNAUTHORIZED = problem(401, 'Request had invalid authentication credentials.', 'authError');
const FAULTS: FaultReplies = {
  throttled: problem(403, 'Quota exceeded for quota metric Queries per minute per user.', 'rateLimitExceeded'),
  'server-error': problem(503, 'The service is currently unavailable.', 'backendError'),
  expired: UNAUTHORIZED,
  forbidden: problem(403, 'Not Authorized to access this resource/api', 'forbidden'),
};

interface OpenList {
  readonly events: readonly LoggedEvent[];
  readonly at: number;
  /** All of the first request, which the next ones must repeat. */
  readonly question: string;
}

class Company {
  url = '';
  isDelegated = true;
  mayRead = true;
  /** Tokens that were given out, with the moment at which they end. */
  readonly tokens = new Map<string, number>();
  readonly #now: () => Date;
  readonly #publicKey: CryptoKey;
  readonly #log: readonly LoggedEvent[];
  readonly #open = new Map<string, OpenList>();
  #tokenCount = 0;

  constructor({ now, seed }: World, publicKey: CryptoKey) {
    this.#now = now;
    this.#publicKey = publicKey;
    this.#log = loggedEvents(seed, now().getTime());
  }

  known({ countAs = 'seen', trusted = [], signInDays = 90 }: Counting = {}): readonly KnownApplication[] {
    const names = new Map<string, string>();
    for (const { about } of this.#events('saml', 'login_success', signInDays))
      names.set(`saml:${about.name}`, about.name);
    for (const { id, name } of this.seen()) {
      if (trusted.includes(name)) continue;
      if (countAs === 'known' || trusted.includes(id)) names.set(id, name);
    }
    for (const entry of trusted)
      if (!entry.includes('.apps.google')) names.set(`trusted:${entry.toLowerCase()}`, entry);
    return [...names]
      .map(([id, name]) => ({ id, name, publisher: '', domain: '', isActive: true }))
      .sort((left, right) => (left.id < right.id ? -1 : 1));
  }

  seen(): readonly { readonly id: string; readonly name: string; readonly personCount: number }[] {
    const people = new Map<string, { name: string; people: Set<string> }>();
    for (const { about, person, parameters } of this.#events('token', 'authorize', HISTORY_DAYS)) {
      const name = String(parameters.find((parameter) => parameter['name'] === 'app_name')?.['value']);
      const entry = people.get(about.id) ?? { name, people: new Set<string>() };
      entry.people.add(person);
      people.set(about.id, entry);
    }
    return [...people].map(([id, entry]) => ({ id, name: entry.name, personCount: entry.people.size }));
  }

  async answer(request: ServiceRequest): Promise<ServiceReply> {
    const { method, path } = request;
    if (method === 'POST' && path === '/token') return this.#token(request);
    const application = /^\/admin\/reports\/v1\/activity\/users\/all\/applications\/(saml|token)$/.exec(path)?.[1];
    if (method !== 'GET' || application === undefined) {
      throw new Refusal('no such address', problem(404, `Not Found: ${path}`, 'notFound'));
    }
    this.#authorize(request.headers['authorization'] ?? '');
    return this.#list(application, request.query);
  }

  #list(application: string, query: URLSearchParams): ServiceReply {
    for (const key of query.keys()) {
      if (!QUERY_KEYS.has(key))
        throw new Refusal(`unknown parameter ${key}`, problem(400, `Invalid ${key}`, 'invalid'));
    }
    const size = Number(query.get('maxResults') ?? PAGE_ROWS_MAX);
    if (!Number.isInteger(size) || size < 1 || size > RESULTS_MAX) {
      throw new Refusal('page size', problem(400, 'Invalid value for maxResults.', 'invalid'));
    }
    const parameters = new URLSearchParams(query);
    parameters.delete('pageToken');
    const question = `${application}?${parameters.toString()}`;
    const token = query.get('pageToken');
    const open = token === null ? this.#first(application, query, question) : this.#open.get(token);
    if (open?.question !== question) {
      throw new Refusal('a page token of another question', problem(400, 'Invalid value for pageToken.', 'invalid'));
    }
    const events = open.events.slice(open.at, open.at + Math.min(size, PAGE_ROWS_MAX));
    const at = open.at + events.length;
    const next = at < open.events.length ? { nextPageToken: this.#next({ ...open, at }) } : {};
    // Without an event there is no list at all.
    return { body: { ...next, ...(events.length === 0 ? {} : { items: events.map(written) }) } };
  }

  #first(application: string, query: URLSearchParams, question: string): OpenList {
    const nowMs = this.#now().getTime();
    const startText = query.get('startTime');
    const startMs = startText === null ? nowMs - HISTORY_DAYS * DAY_MS : Date.parse(startText);
    if (Number.isNaN(startMs) || startMs > nowMs) {
      throw new Refusal('start time', problem(400, 'Start time must not be in the future.', 'invalid'));
    }
    const event = query.get('eventName') ?? '';
    if (!['login_success', 'login_failure', 'authorize', 'revoke'].includes(event)) {
      throw new Refusal(`unknown event ${event}`, problem(400, `Bad Request: ${event}`, 'badRequest'));
    }
    const days = Math.min(HISTORY_DAYS, (nowMs - startMs) / DAY_MS);
    return { events: this.#events(application, event, days), at: 0, question };
  }

  #next(open: OpenList): string {
    const token = `A:${1_000 + this.#open.size}:-8412:${open.at}`;
    this.#open.set(token, open);
    return token;
  }

  #authorize(authorization: string): void {
    const endsMs = this.tokens.get(authorization.replace(/^Bearer /, ''));
    if (endsMs === undefined || endsMs <= this.#now().getTime()) throw new Refusal('no valid token', UNAUTHORIZED);
    if (this.mayRead) return;
    const said = 'Access denied. You are not authorized to read activity records.';
    throw new Refusal(said, problem(401, said, 'authError'));
  }

  async #token({ body }: ServiceRequest): Promise<ServiceReply> {
    const refuse = (error: string, said: string): never => {
      throw new Refusal(said, {
        status: error === 'unauthorized_client' ? 401 : 400,
        body: { error, error_description: said },
      });
    };
    const form = new URLSearchParams(body);
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      refuse('unsupported_grant_type', 'Invalid grant_type');
    }
    const verified = await jwtVerify(form.get('assertion') ?? '', this.#publicKey, {
      issuer: ACCOUNT,
      audience: `${this.url}/token`,
      currentDate: this.#now(),
    }).catch(() => refuse('invalid_grant', 'Invalid JWT Signature.'));
    const { payload, protectedHeader } = verified;
    if (protectedHeader.kid !== KEY_ID) refuse('invalid_grant', 'Invalid JWT Signature.');
    if ((payload.exp ?? 0) - (payload.iat ?? 0) > ASSERTION_SECONDS_MAX) {
      refuse(
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.',
      );
    }
    if (payload.sub !== ADMIN) refuse('invalid_grant', 'Invalid email or User ID');
    if (payload['scope'] !== SCOPE || !this.isDelegated) {
      refuse(
        'unauthorized_client',
        'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.',
      );
    }
    this.#tokenCount += 1;
    const token = `ya29.test-token-of-google.${this.#tokenCount}`;
    this.tokens.set(token, this.#now().getTime() + TOKEN_SECONDS * 1_000);
    return { body: { access_token: token, expires_in: TOKEN_SECONDS, token_type: 'Bearer' } };
  }

  /** What the log shows now of a kind of event, newest first. */
  #events(application: string, event: string, days: number): readonly LoggedEvent[] {
    const nowMs = this.#now().getTime();
    return this.#log.filter(
      (entry) =>
        entry.application === application &&
        entry.event === event &&
        entry.atMs <= nowMs &&
        entry.atMs >= nowMs - days * DAY_MS,
    );
  }
}

function written({ event, person, parameters, application }: LoggedEvent): unknown {
  return {
    actor: { email: person, profileId: `1${Buffer.from(person).toString('hex').slice(0, 20)}` },
    events: [{ name: event, type: application === 'saml' ? 'login' : 'auth', parameters }],
  };
}
