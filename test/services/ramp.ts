import { Refusal, StrictServer, type ServiceReply, type ServiceRequest } from './server.js';
import {
  ACCOUNTS,
  DEPARTMENTS,
  PAYEES,
  PEOPLE,
  SpendDocuments,
  unitsOf,
  uuidOf,
  wholeUnits,
  type SpendDocument,
} from './spend-documents.js';
import type { RunningChargeStandin, Standin, World } from './standin.js';

const CLIENT_ID = 'ramp_id_StandIn';
/** Put together so that no scanner takes it for a secret. */
const CLIENT_SECRET = ['ramp', 'sec', 'StandInClient0001'].join('_');
const SCOPES = ['transactions:read', 'bills:read', 'reimbursements:read', 'cards:read', 'users:read'];
const TOKEN_SECONDS = 864_000;
/** Ramp gives up to 100 rows; here a page is full earlier. */
const PAGE_ROWS_MAX = 25;
const PAGED = ['start', 'page_size'];
const FILTERS: Readonly<Record<string, readonly string[]>> = {
  transactions: ['from_date', 'to_date', 'state', 'department_id', 'order_by_date_asc', ...PAGED],
  bills: ['from_issued_date', 'to_issued_date', 'payment_status', 'vendor_id', ...PAGED],
  reimbursements: ['from_transaction_date', 'to_transaction_date', 'direction', 'user_id', ...PAGED],
};
const ENTITY = uuidOf(9, 1);
const REVIEWED = 'REIMBURSED MANUALLY_REIMBURSED REIMBURSED_VIA_PUSH'.split(' ');

/** What is particular to this stand-in. */
export interface RunningRamp extends RunningChargeStandin {
  readonly documents: SpendDocuments;
  /** Takes a scope away from the app. */
  deny(scope: string): void;
  /** Makes every token that was given invalid. */
  revokeTokens(): void;
  /** Sends the next pages elsewhere. */
  pageAt(origin: string): void;
}

/** Stands in for Ramp: card transactions, bills and reimbursements of one business. */
export default {
  connector: 'ramp',
  async start(world: World): Promise<RunningRamp> {
    const documents = new SpendDocuments(world, 'ramp', ['card', 'card', 'card', 'bill', 'claim']);
    const denied = new Set<string>();
    const tokens = new Map<string, { readonly scopes: readonly string[]; readonly untilMs: number }>();
    let origin: string | undefined;
    const server: StrictServer = await StrictServer.start((request) => {
      if (request.path === '/developer/v1/token') return tokenReply(request, tokens, world);
      const part = /^\/developer\/v1\/(\w+)$/.exec(request.path)?.[1] ?? '';
      if (request.method !== 'GET' || FILTERS[part] === undefined) throw refused(404, 'DEVELOPER_7005', 'Not found');
      const token = tokens.get(/^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '');
      if (token === undefined || token.untilMs <= world.now().getTime()) {
        throw refused(401, 'DEVELOPER_7000', 'The access token is invalid or has expired');
      }
      const scope = `${part}:read`;
      if (!token.scopes.includes(scope) || denied.has(scope)) {
        throw refused(403, 'DEVELOPER_7100', `The app lacks the scope ${scope}`);
      }
      return listReply(request, part, documents, origin ?? server.url);
    }, FAULTS);
    return {
      server,
      documents,
      settings: {
        clientId: CLIENT_ID,
        clientSecret: 'env:RAMP_SECRET',
        include: ['transactions', 'bills', 'reimbursements'],
        tags: ['Class'],
        endpoint: server.url,
      },
      secrets: { RAMP_SECRET: CLIENT_SECRET },
      months: () => documents.months().filter((month) => documents.truth(month, isNoCardBill).size > 0),
      truth: (month) => documents.truth(month, isNoCardBill),
      restate: (month) => {
        documents.restate(month);
      },
      deny: (scope) => denied.add(scope),
      revokeTokens: () => {
        tokens.clear();
      },
      pageAt: (elsewhere) => {
        origin = elsewhere;
      },
    };
  },
} satisfies Standin<RunningRamp>;

const FAULTS = {
  throttled: {
    status: 429,
    headers: { 'retry-after': '10' },
    body: failure('DEVELOPER_7429', 'Rate limit exceeded'),
  },
  'server-error': { status: 503, body: '<html>unavailable</html>' },
  expired: { status: 401, body: failure('DEVELOPER_7000', 'The access token is invalid or has expired') },
  forbidden: { status: 403, body: failure('DEVELOPER_7100', 'The app lacks the scope') },
};

function failure(code: string, message: string): unknown {
  return { error_v2: { additional_info: {}, error_code: code, error_id: 'e-1', message, notes: null } };
}

function refused(status: number, code: string, message: string): Refusal {
  return new Refusal(message, { status, body: failure(code, message) });
}

function tokenReply(
  request: ServiceRequest,
  tokens: Map<string, { readonly scopes: readonly string[]; readonly untilMs: number }>,
  world: World,
): ServiceReply {
  const form = new URLSearchParams(request.body);
  const oauth = (status: number, error: string): Refusal => new Refusal(error, { status, body: { error } });
  if (request.method !== 'POST') throw oauth(405, 'invalid_request');
  if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    throw oauth(400, 'invalid_request');
  const basic = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64');
  if (request.headers['authorization'] !== `Basic ${basic}`) throw oauth(401, 'invalid_client');
  if (form.get('grant_type') !== 'client_credentials') throw oauth(400, 'unsupported_grant_type');
  const scopes = (form.get('scope') ?? '').split(' ');
  if (!scopes.every((scope) => SCOPES.includes(scope))) throw oauth(400, 'invalid_scope');
  const token = `ramp_business_tok_StandIn${String(tokens.size + 1).padStart(4, '0')}`;
  tokens.set(token, { scopes, untilMs: world.now().getTime() + TOKEN_SECONDS * 1_000 });
  return {
    body: { access_token: token, expires_in: TOKEN_SECONDS, scope: scopes.join(' '), token_type: 'Bearer' },
  };
}

function listReply(request: ServiceRequest, part: string, documents: SpendDocuments, origin: string): ServiceReply {
  const { query } = request;
  for (const name of query.keys()) {
    if (!(FILTERS[part] ?? []).includes(name)) throw refused(422, 'DEVELOPER_7001', `Unknown field: ${name}`);
  }
  const size = Number(query.get('page_size') ?? '20');
  if (!Number.isInteger(size) || size < 2 || size > 100) {
    throw refused(422, 'DEVELOPER_7001', 'page_size must be between 2 and 100');
  }
  const rows = rowsOf(part, documents, query);
  const start = query.get('start');
  const at = start === null ? 0 : rows.findIndex(({ id }) => id === start) + 1;
  if (start !== null && at === 0) throw refused(422, 'DEVELOPER_7001', 'start is no row of this list');
  const page = rows.slice(at, at + Math.min(size, PAGE_ROWS_MAX));
  const next = new URL(`${origin}${request.path}?${query.toString()}`);
  next.searchParams.set('start', page.at(-1)?.id ?? '');
  const isLast = at + page.length >= rows.length;
  return { body: { data: page, page: { next: isLast ? null : next.href }, new_field: true } };
}

interface RampRow {
  readonly id: string;
  readonly [key: string]: unknown;
}

const KIND_OF: Readonly<Record<string, SpendDocument['kind']>> = {
  transactions: 'card',
  bills: 'bill',
  reimbursements: 'claim',
};
const FROM_TO: Readonly<Record<string, readonly [string, string]>> = {
  transactions: ['from_date', 'to_date'],
  bills: ['from_issued_date', 'to_issued_date'],
  reimbursements: ['from_transaction_date', 'to_transaction_date'],
};

function rowsOf(part: string, documents: SpendDocuments, query: URLSearchParams): RampRow[] {
  const [fromName, toName] = FROM_TO[part] ?? ['', ''];
  const from = momentOf(query.get(fromName));
  const to = momentOf(query.get(toName));
  return documents
    .months()
    .flatMap((month) => documents.of(month))
    .filter(({ kind }) => kind === KIND_OF[part])
    .filter(({ atMs }) => (from === undefined || atMs >= from) && (to === undefined || atMs <= to))
    .map((document) => RENDER[part]?.(document, documents) ?? { id: '' });
}

function momentOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})$/.test(text)) {
    throw refused(422, 'DEVELOPER_7001', 'Not a valid datetime');
  }
  return Date.parse(text);
}

/** A bill that was paid by a card of Ramp: the card transaction has its money. */
function isCardBill({ kind, number }: SpendDocument): boolean {
  return kind === 'bill' && number % 6 === 0;
}

function isNoCardBill(document: SpendDocument): boolean {
  return !isCardBill(document);
}

const RENDER: Readonly<Record<string, (document: SpendDocument, documents: SpendDocuments) => RampRow>> = {
  transactions: renderTransaction,
  bills: renderBill,
  reimbursements: renderReimbursement,
};

/** Units of the merchant's currency in one of the company's; only some purchases are in another currency. */
function foreignOf({ number, currency }: SpendDocument): { readonly currency: string; readonly rate: number } {
  return number % 11 === 5 && currency === 'USD' ? { currency: 'JPY', rate: 3 } : { currency, rate: 1 };
}

function renderTransaction(document: SpendDocument, documents: SpendDocuments): RampRow {
  const payee = PAYEES[document.payee];
  const person = PEOPLE[document.person];
  const units = unitsOf(document);
  const foreign = foreignOf(document);
  const moment = new Date(document.atMs).toISOString().replace('.000Z', '+00:00');
  const isCleared = documents.isSettled(document);
  // Older transactions have no `entity_amount`, and a category of four digits or none.
  const isOld = document.number % 5 === 0 && foreign.rate === 1;
  return {
    id: uuidOf(1, document.number),
    state: document.isVoid
      ? 'DECLINED'
      : isCleared
        ? document.number % 4 === 0
          ? 'COMPLETION'
          : 'CLEARED'
        : 'PENDING',
    amount: Number(wholeUnits(units, document.currency)),
    currency_code: document.currency,
    ...(isOld ? {} : { entity_amount: { currency: document.currency, value: units } }),
    merchant_amount: { currency: foreign.currency, value: units * foreign.rate },
    original_transaction_amount: money(units * foreign.rate, foreign.currency),
    user_transaction_time: moment,
    settlement_date: isCleared ? new Date(document.settledFromMs).toISOString() : null,
    merchant_id: uuidOf(2, document.payee),
    merchant_name: payee?.name,
    merchant_descriptor: payee?.descriptor,
    merchant_category_code: document.number % 13 === 0 ? null : payee?.code,
    merchant_category_code_description: 'Anything',
    sk_category_id: document.payee + 20,
    sk_category_name: payee?.category,
    card_holder: {
      user_id: uuidOf(3, document.person),
      first_name: person?.first,
      last_name: person?.last,
      department_id: uuidOf(4, person?.department ?? 0),
      department_name: DEPARTMENTS[person?.department ?? 0],
      location_id: null,
      location_name: 'Boston',
    },
    card_id: uuidOf(5, document.person),
    entity_id: ENTITY,
    accounting_categories: [],
    accounting_field_selections: [],
    line_items: document.lines.map((line) => ({
      amount: money(line.units * foreign.rate, foreign.currency),
      memo: null,
      accounting_field_selections: selections(line),
    })),
    disputes: [],
    policy_violations: [],
    receipts: [],
    memo: `for ${moment.slice(0, 10)}`,
    sync_status: 'NOT_SYNC_READY',
  };
}

function renderBill(document: SpendDocument, documents: SpendDocuments): RampRow {
  const isApproved = documents.isSettled(document) && !document.isVoid;
  return {
    id: uuidOf(6, document.number),
    approval_status: isApproved ? 'APPROVED' : document.isVoid ? 'REJECTED' : 'PENDING',
    status: 'OPEN',
    amount: money(unitsOf(document), document.currency),
    issued_at: new Date(document.atMs).toISOString().replace('.000Z', '+00:00'),
    due_at: `${document.day}T00:00:00+00:00`,
    invoice_number: `INV-${document.number}`,
    vendor: { id: uuidOf(2, document.payee), name: PAYEES[document.payee]?.name, remote_id: null },
    payment: isCardBill(document) ? { payment_method: 'ONE_TIME_CARD' } : { payment_method: 'ACH' },
    entity_id: ENTITY,
    accounting_field_selections: [],
    line_items: document.lines.map((line) => ({
      amount: money(line.units, document.currency),
      memo: 'Seats',
      accounting_field_selections: selections(line),
    })),
    sync_status: 'NOT_SYNCED',
  };
}

function renderReimbursement(document: SpendDocument, documents: SpendDocuments): RampRow {
  const person = PEOPLE[document.person];
  const units = unitsOf(document);
  const isPaid = documents.isSettled(document);
  return {
    id: uuidOf(7, document.number),
    state: document.isVoid ? 'REJECTED' : isPaid ? (REVIEWED[document.number % 3] ?? '') : 'AWAITING_APPROVAL',
    direction: 'BUSINESS_TO_USER',
    amount: Number(wholeUnits(units, document.currency)),
    currency: document.currency,
    original_reimbursement_amount: money(units, document.currency),
    transaction_date: new Date(document.atMs).toISOString(),
    merchant: PAYEES[document.payee]?.name,
    user_id: uuidOf(3, document.person),
    user_full_name: `${person?.first ?? ''} ${person?.last ?? ''}`,
    entity_id: ENTITY,
    line_items: document.lines.map((line) => ({
      amount: money(line.units, document.currency),
      accounting_field_selections: selections(line),
    })),
    accounting_field_selections: [],
    type: 'OUT_OF_POCKET',
  };
}

function money(amount: number, currency: string): unknown {
  return { amount, currency_code: currency, minor_unit_conversion_rate: currency === 'JPY' ? 1 : 100 };
}

function selections({ account, department }: SpendDocument['lines'][number]): unknown[] {
  const chosen = ACCOUNTS[account];
  return [
    selection('GL_ACCOUNT', 'Category', chosen?.name ?? '', chosen?.code ?? ''),
    ...(department === 1 ? [selection('COST_CENTER', 'Cost Center', 'Growth', 'CC-9')] : []),
    ...(department === 2 ? [selection('OTHER', 'Class', 'EMEA', '')] : []),
  ];
}

function selection(type: string, field: string, name: string, code: string): unknown {
  return {
    id: uuidOf(8, name.length),
    name,
    external_id: `x-${name.length}`,
    external_code: code === '' ? null : code,
    category_info: { id: uuidOf(8, 0), external_id: field, name: field, type },
    source: { type: 'AUTO' },
  };
}
