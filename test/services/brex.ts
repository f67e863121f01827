import { addMonths, type Month } from '../../src/core/period.js';
import { Refusal, StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import { DEPARTMENTS, PAYEES, PEOPLE, SpendDocuments, unitsOf, type SpendDocument } from './spend-documents.js';
import type { RunningChargeStandin, Standin, TrueTotal, World } from './standin.js';

/** Put together so that no scanner takes it for a secret. */
const TOKEN = ['bxt', 'StandInBrexUserToken0001'].join('_');
/** Brex gives up to 100 rows; here a page is full earlier. */
const PAGE_ROWS_MAX = 20;
const DAY_MS = 86_400_000;
/** After so long somebody has said for which department a purchase was. */
const CODED_AFTER_MS = 3 * DAY_MS;
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  '/v2/transactions/card/primary': ['cursor', 'limit', 'posted_at_start', 'user_ids'],
  '/v1/expenses': [
    'cursor',
    'limit',
    'expand[]',
    'expense_type[]',
    'status[]',
    'payment_status[]',
    'purchased_at_start',
    'purchased_at_end',
  ],
};
const EXPANDS = ['merchant', 'department', 'location', 'user', 'budget', 'receipts', 'payment'];
const SCOPES: Readonly<Record<string, string>> = {
  '/v2/transactions/card/primary': 'transactions.card.readonly',
  '/v1/expenses': 'expenses.card.readonly',
};

/** What is particular to this stand-in. */
export interface RunningBrex extends RunningChargeStandin {
  readonly documents: SpendDocuments;
  /** Takes a scope away from the token. */
  deny(scope: string): void;
}

/** Stands in for Brex: the settled transactions of the cards of one company, and their expenses. */
export default {
  connector: 'brex',
  async start(world: World): Promise<RunningBrex> {
    const documents = new SpendDocuments(world, 'brex', ['card']);
    const denied = new Set<string>();
    const server = await StrictServer.start((request) => {
      const scope = SCOPES[request.path];
      if (request.method !== 'GET' || scope === undefined) throw refused(404, 'no such path');
      if (request.headers['authorization'] !== `Bearer ${TOKEN}`) throw refused(401, 'Unauthorized');
      if (denied.has(scope)) throw refused(403, `Insufficient scope: ${scope}`);
      return listReply(request, documents, world);
    }, FAULTS);
    return {
      server,
      documents,
      settings: { apiToken: 'env:BREX_TOKEN', tags: ['location'], endpoint: server.url },
      secrets: { BREX_TOKEN: TOKEN },
      months: () => documents.months().filter((month) => truth(documents, month).size > 0),
      truth: (month) => truth(documents, month),
      restate: (month) => {
        documents.restate(month);
      },
      deny: (scope) => denied.add(scope),
    };
  },
} satisfies Standin<RunningBrex>;

/** What was posted in a month, whenever it was bought. */
function truth(documents: SpendDocuments, month: Month): Map<string, TrueTotal> {
  const sums = new Map<string, TrueTotal>();
  for (const document of postedBetween(documents, `${month}-01`, `${addMonths(month, 1)}-01`)) {
    const micros = BigInt(unitsOf(document)) * (document.currency === 'JPY' ? 1_000_000n : 10_000n);
    const cashMicros = (sums.get(document.currency)?.cashMicros ?? 0n) + micros;
    sums.set(document.currency, { cashMicros, accrualMicros: cashMicros });
  }
  return sums;
}

/** The day of posting: some days after the purchase. */
function postedOn({ settledFromMs, atMs }: SpendDocument): string {
  return new Date(Math.max(settledFromMs, atMs)).toISOString().slice(0, 10);
}

/** Settled purchases, newest first. Brex lists nothing that was declined or is pending. */
function postedBetween(documents: SpendDocuments, from: string, to: string): SpendDocument[] {
  // A purchase is posted in its own month or the next.
  const months = documents.months().filter((month) => `${addMonths(month, 2)}-01` > from && `${month}-01` < to);
  return months
    .flatMap((month) => documents.of(month))
    .filter((document) => documents.counts(document))
    .map((document) => ({ document, day: postedOn(document) }))
    .filter(({ day }) => day >= from && day < to)
    .sort((left, right) =>
      left.day === right.day ? right.document.number - left.document.number : left.day < right.day ? 1 : -1,
    )
    .map(({ document }) => document);
}

function failure(status: number, message: string): ServiceReply {
  return { status, body: { type: 'ERROR', message } };
}

const FAULTS: FaultReplies = {
  throttled: { ...failure(429, 'Too many requests'), headers: { 'retry-after': '4' } },
  'server-error': failure(500, 'Internal error'),
  expired: failure(401, 'Unauthorized'),
  forbidden: failure(403, 'Insufficient scope'),
};

function refused(status: number, message: string): Refusal {
  return new Refusal(message, failure(status, message));
}

function listReply({ path, query }: ServiceRequest, documents: SpendDocuments, world: World): ServiceReply {
  for (const name of query.keys()) {
    if (!(PARAMETERS[path] ?? []).includes(name)) throw refused(400, `unknown parameter ${name}`);
  }
  const limit = Number(query.get('limit') ?? '50');
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw refused(400, 'limit must be between 1 and 100');
  if (query.getAll('expand[]').some((name) => !EXPANDS.includes(name))) throw refused(400, 'unknown expansion');
  const start = momentOf(query.get('posted_at_start') ?? query.get('purchased_at_start'));
  const end = momentOf(query.get('purchased_at_end'));
  const rows =
    path === '/v1/expenses'
      ? expenseRows(documents, start, end, new Set(query.getAll('expand[]')), world)
      : transactionRows(documents, start);
  // A cursor is good for the list that it was given for.
  const asked = `${start ?? ''} ${end ?? ''} ${query.getAll('expand[]').join()}`;
  const cursor = query.get('cursor');
  const [known, at] = cursor === null ? [asked, 0] : decoded(cursor);
  if (known !== asked) throw refused(400, 'the cursor belongs to another list');
  // Now and then a page is empty, and more follows.
  const isEmpty = at === PAGE_ROWS_MAX && cursor?.endsWith('again') !== true;
  const page = isEmpty ? [] : rows.slice(at, at + Math.min(limit, PAGE_ROWS_MAX));
  const next = isEmpty ? `${encoded(asked, at)}again` : encoded(asked, at + page.length);
  return { body: { items: page, next_cursor: at + page.length < rows.length ? next : null } };
}

function encoded(asked: string, at: number): string {
  return Buffer.from(`${at}|${asked}`).toString('hex');
}

function decoded(cursor: string): [string, number] {
  const [at = '', asked = ''] = Buffer.from(cursor.replace('again', ''), 'hex').toString('utf8').split('|');
  return [asked, Number(at)];
}

function momentOf(text: string | null): string | undefined {
  if (text === null) return undefined;
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text)) throw refused(400, `"${text}" is no date-time`);
  return text;
}

function transactionRows(documents: SpendDocuments, start: string | undefined): unknown[] {
  return postedBetween(documents, start?.slice(0, 10) ?? '0000', '9999').flatMap((document) => {
    const row = renderTransaction(document);
    // The card's balance is paid, and points come back: the same money, and money of another kind.
    if (document.number % 12 !== 5) return [row];
    const amount = { amount: -900_000, currency: 'USD' };
    const other = { ...row, amount, merchant: null, expense_id: null, description: 'Brex' };
    return [
      row,
      { ...other, id: `pste_c_${document.number}`, type: 'COLLECTION' },
      { ...other, id: `pste_r_${document.number}`, type: 'REWARDS_CREDIT' },
    ];
  });
}

function renderTransaction(document: SpendDocument): Readonly<Record<string, unknown>> {
  const { number, payee, person, currency } = document;
  const units = unitsOf(document);
  const shop = PAYEES[payee];
  return {
    id: `pste_${number}`,
    card_id: `card_${person}`,
    description: shop?.descriptor,
    amount: { amount: units, currency },
    initiated_at_date: document.day,
    posted_at_date: postedOn(document),
    type: units < 0 ? (number % 2 === 0 ? 'CHARGEBACK' : 'REFUND') : 'PURCHASE',
    merchant: { raw_descriptor: shop?.descriptor, mcc: shop?.code, country: 'USA' },
    card_metadata: null,
    // Some purchases have no expense.
    expense_id: number % 17 === 0 ? null : `expense_${number}`,
  };
}

function expenseRows(
  documents: SpendDocuments,
  start: string | undefined,
  end: string | undefined,
  expand: ReadonlySet<string>,
  world: World,
): unknown[] {
  const nowMs = world.now().getTime();
  return documents
    .months()
    .flatMap((month) => documents.of(month))
    .filter(
      ({ atMs }) => (start === undefined || atMs >= Date.parse(start)) && (end === undefined || atMs < Date.parse(end)),
    )
    .map((document) => renderExpense(document, expand, nowMs));
}

function renderExpense(document: SpendDocument, expand: ReadonlySet<string>, nowMs: number): unknown {
  const buyer = PEOPLE[document.person];
  const isCoded = document.atMs + CODED_AFTER_MS < nowMs;
  const shown = (name: string, value: unknown): unknown => (expand.has(name) ? value : null);
  return {
    id: `expense_${document.number}`,
    memo: `for ${document.day}`,
    status: 'APPROVED',
    payment_status: document.isVoid ? 'DECLINED' : 'CLEARED',
    expense_type: 'CARD',
    category: 'SOFTWARE_NON_RECURRING',
    purchased_at: new Date(document.atMs).toISOString(),
    department_id: isCoded ? `dept_${buyer?.department ?? 0}` : null,
    department: shown('department', isCoded ? { id: 'dept', name: DEPARTMENTS[buyer?.department ?? 0] } : null),
    location: shown('location', document.person === 0 ? null : { id: 'loc', name: 'London' }),
    budget: shown('budget', { id: 'budget', name: 'Software' }),
    merchant: shown('merchant', { raw_descriptor: PAYEES[document.payee]?.descriptor, mcc: '0000', country: 'USA' }),
    user: shown('user', { id: `user_${document.person}`, first_name: buyer?.first, last_name: buyer?.last }),
    billing_amount: { amount: unitsOf(document), currency: document.currency },
  };
}
