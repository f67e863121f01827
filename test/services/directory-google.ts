import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';

import { accountsIn, DOMAIN, isActiveIn, monthAt, placeIn, type Employee } from './directory-people.js';
import { Tokens, type Company, type PeopleService } from './directory-answers.js';
import { Refusal, type ServiceReply, type ServiceRequest } from './server.js';

const SCOPE = 'https://www.googleapis.com/auth/admin.directory.user.readonly';
const ACCOUNT = 'spendshift@northwind-tools.iam.gserviceaccount.com';
const PAGE_ROWS_MAX = 40;

export const ADMIN = `directory.reader@${DOMAIN}`;

type KeyPair = ReturnType<typeof makeKeyPair>;
const keyPairs = new Map<number, KeyPair>();

function makeKeyPair() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** The keys of a seed, made once: it takes a moment. */
function keyPairOf(seed: number): KeyPair {
  const known = keyPairs.get(seed) ?? makeKeyPair();
  keyPairs.set(seed, known);
  return known;
}

/** The Directory API of Google Workspace with its token endpoint. */
export class GoogleService implements PeopleService {
  readonly tokens: Tokens;
  /** The service account's key as Google gives it, in one file of JSON. */
  readonly key: (origin: string) => string;
  /** False while the service account may not act for the domain. */
  isDelegated = true;
  readonly #company: Company;
  readonly #publicKey: string;
  readonly #origin: () => string;

  constructor(company: Company, origin: () => string, seed: number) {
    const pair = keyPairOf(seed);
    this.#company = company;
    this.#origin = origin;
    this.#publicKey = pair.publicKey;
    this.tokens = new Tokens(company, 'ya29');
    this.key = (address) =>
      JSON.stringify({
        type: 'service_account',
        project_id: 'northwind-tools',
        private_key_id: '6c1d0f',
        private_key: pair.privateKey,
        client_email: ACCOUNT,
        client_id: '103950284710385720192',
        token_uri: `${address}/token`,
      });
  }

  answer(request: ServiceRequest): ServiceReply {
    if (request.path === '/token') return this.#token(request);
    if (!this.tokens.accepts(request.headers['authorization'])) {
      throw apiRefusal(401, 'authError', 'Request had invalid authentication credentials.');
    }
    if (request.method !== 'GET' || request.path !== '/admin/directory/v1/users') {
      throw apiRefusal(404, 'notFound', 'Not Found');
    }
    return this.#users(request.query);
  }

  #token({ method, body }: ServiceRequest): ServiceReply {
    const form = new URLSearchParams(body);
    if (method !== 'POST' || form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      throw tokenRefusal(400, 'unsupported_grant_type', 'Invalid grant_type');
    }
    const [header = '', payload = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const isSigned = verify(
      'RSA-SHA256',
      Buffer.from(`${header}.${payload}`),
      createPublicKey(this.#publicKey),
      Buffer.from(signature, 'base64url'),
    );
    if (!isSigned) throw tokenRefusal(400, 'invalid_grant', 'Invalid JWT Signature.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<Record<string, unknown>>;
    const nowSeconds = this.#company.now().getTime() / 1000;
    const [issued, expires] = [Number(claims['iat']), Number(claims['exp'])];
    if (issued > nowSeconds + 10 || expires < nowSeconds || expires - issued > 3_600) {
      const text = 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.';
      throw tokenRefusal(400, 'invalid_grant', text);
    }
    if (claims['iss'] !== ACCOUNT || claims['aud'] !== `${this.#origin()}/token`) {
      throw tokenRefusal(400, 'invalid_grant', 'Invalid JWT: Failed audience check.');
    }
    if (claims['sub'] !== ADMIN) throw tokenRefusal(400, 'invalid_grant', 'Invalid email or User ID');
    if (claims['scope'] !== SCOPE || !this.isDelegated) {
      const text =
        'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.';
      throw tokenRefusal(401, 'unauthorized_client', text);
    }
    return { body: { token_type: 'Bearer', ...this.tokens.issue() } };
  }

  #users(query: URLSearchParams): ServiceReply {
    if (query.get('customer') !== 'my_customer') throw apiRefusal(400, 'badRequest', 'Bad Request');
    const rows = Number(query.get('maxResults') ?? 100);
    if (!Number.isInteger(rows) || rows < 1 || rows > 500) {
      throw apiRefusal(400, 'invalid', `Invalid value '${rows}'. Values must be within the range: [1, 500]`);
    }
    const mask = /^nextPageToken,users\(([\w,]+)\)$/.exec(query.get('fields') ?? '')?.[1]?.split(',');
    if (mask === undefined) throw apiRefusal(400, 'invalidParameter', 'Everything of people was asked for');
    const bound = `${rows}.${mask.join('.')}.${query.get('projection') ?? ''}`;
    const [place = '', boundTo] = (query.get('pageToken') ?? '').split('~');
    if (boundTo !== undefined && boundTo !== bound) throw apiRefusal(400, 'invalid', 'Invalid Input: pageToken');
    const accounts = accountsIn(this.#company.staff, monthAt(this.#company.now()));
    const size = Math.min(rows, PAGE_ROWS_MAX);
    const offset = place === '' || place === 'empty' ? 0 : Number(place);
    const users = accounts.slice(offset, offset + size).map((employee) => this.#user(employee, mask));
    // After the first page comes one without users, as it happens when those of a page were deleted.
    if (place === 'empty') return { body: { kind: 'admin#directory#users', nextPageToken: `${size}~${bound}` } };
    const next = offset === 0 ? 'empty' : String(offset + size);
    const more = offset + size < accounts.length ? { nextPageToken: `${next}~${bound}` } : {};
    return { body: { kind: 'admin#directory#users', users, ...more } };
  }

  #user(employee: Employee, mask: readonly string[]): unknown {
    const month = monthAt(this.#company.now());
    const { googleId, given, family, email, number } = employee;
    const place = placeIn(employee, month);
    const at = { department: place?.department, costCenter: place?.costCenter, name: place?.organization };
    const fields: Readonly<Record<string, unknown>> = {
      id: googleId,
      primaryEmail: email,
      aliases: Number(number) % 3 === 0 ? [`${given.toLowerCase()}.${number}@${DOMAIN}`] : undefined,
      name: { givenName: given, familyName: family, fullName: `${given} ${family}` },
      suspended: !isActiveIn(employee, month),
      archived: false,
      externalIds: [
        { value: number, type: 'organization' },
        { value: `x-${number}`, type: 'custom', customType: 'badge' },
      ],
      organizations:
        place === undefined
          ? undefined
          : [
              { name: 'Rowing club', title: 'Treasurer', department: 'Boats', primary: false },
              { ...at, title: 'Specialist', primary: true, customType: '' },
            ],
    };
    return Object.fromEntries(mask.map((name) => [name, fields[name]]));
  }
}

function apiRefusal(code: number, reason: string, message: string): Refusal {
  const errors = [{ message, domain: 'global', reason }];
  return new Refusal(message, { status: code, body: { error: { code, message, errors } } });
}

function tokenRefusal(status: number, error: string, text: string): Refusal {
  return new Refusal(text, { status, body: { error, error_description: text } });
}
