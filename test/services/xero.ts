import type { Month } from '../../src/core/period.js';
import { Refusal, StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import {
  ACCOUNTS,
  DEPARTMENTS,
  PAYEES,
  SpendDocuments,
  uuidOf,
  wholeUnits,
  type DocumentLine,
  type SpendDocument,
} from './spend-documents.js';
import type { RunningChargeStandin, Standin, TrueTotal, World } from './standin.js';

const CLIENT_ID = '57A1D1BFA0B94E3C9C5D00STANDIN';
/** Put together so that no scanner takes it for a secret. */
const CLIENT_SECRET = ['xero', 'StandIn', 'Secret', '0001'].join('-');
const TENANT = '45e4708e-d862-4111-ab3a-dd8cd03913e1';
const SCOPES = [
  'accounting.banktransactions.read',
  'accounting.invoices.read',
  'accounting.manualjournals.read',
  'accounting.settings.read',
  'accounting.contacts.read',
];
const TOKEN_SECONDS = 1_800;
/** Xero gives up to 1,000 rows; here a page is full earlier, and says so. */
const PAGE_ROWS_MAX = 10;
/** Number of the account that is an asset, and so no refund can be booked on it. */
const ASSET = 4;
const TYPES = ['Exclusive', 'Inclusive', 'NoTax'];
const SCOPE_OF: Readonly<Record<string, string>> = {
  BankTransactions: 'accounting.banktransactions.read',
  Invoices: 'accounting.invoices.read',
  CreditNotes: 'accounting.invoices.read',
  ManualJournals: 'accounting.manualjournals.read',
  Accounts: 'accounting.settings.read',
  Organisation: 'accounting.settings.read',
};

/** What is particular to this stand-in. */
export interface RunningXero extends RunningChargeStandin {
  readonly documents: SpendDocuments;
  readonly login: StrictServer;
  /** Takes a scope away from the connection, after tokens were given. */
  deny(scope: string): void;
}

/** Stands in for Xero: one organisation with its bank transactions, bills and credit notes. */
export default {
  connector: 'xero',
  async start(world: World): Promise<RunningXero> {
    const documents = new SpendDocuments(world, 'xero', ['card', 'card', 'bill', 'bill', 'credit']);
    const denied = new Set<string>();
    const tokens = new Map<string, { readonly scopes: readonly string[]; readonly untilMs: number }>();
    const login = await StrictServer.start((request) => tokenReply(request, tokens, world), LOGIN_FAULTS);
    const server = await StrictServer.start((request) => {
      const list = /^\/api\.xro\/2\.0\/(\w+)$/.exec(request.path)?.[1] ?? '';
      const scope = SCOPE_OF[list];
      if (request.method !== 'GET' || scope === undefined) throw new Refusal('no such path', { status: 404, body: '' });
      const token = tokens.get(/^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '');
      if (token === undefined || token.untilMs <= world.now().getTime())
        throw refused(401, 'TokenExpired: token expired');
      if (!token.scopes.includes(scope) || denied.has(scope)) throw refused(401, 'AuthorizationUnsuccessful');
      if ((request.headers['xero-tenant-id'] ?? TENANT) !== TENANT) throw refused(403, 'AuthenticationUnsuccessful');
      if (request.headers['accept'] !== 'application/json')
        throw new Refusal('XML was asked for', { body: '<Response/>' });
      if (list === 'Organisation') return { body: { Organisations: [{ Name: 'Acme', BaseCurrency: 'GBP' }] } };
      return list === 'Accounts' ? { body: accountsReply() } : listReply(request, list, documents);
    }, FAULTS);
    return {
      server,
      login,
      others: [login],
      documents,
      settings: {
        clientId: CLIENT_ID,
        clientSecret: 'env:XERO_SECRET',
        tenantId: TENANT,
        endpoint: server.url,
        loginEndpoint: login.url,
      },
      secrets: { XERO_SECRET: CLIENT_SECRET },
      months: () => documents.months().filter((month) => truth(documents, month).size > 0),
      truth: (month) => truth(documents, month),
      restate: (month) => {
        documents.restate(month);
      },
      deny: (scope) => denied.add(scope),
    };
  },
} satisfies Standin<RunningXero>;

/** What a month comes to without tax; refunds into the bank count where they are booked on expenses. */
function truth(documents: SpendDocuments, month: Month): Map<string, TrueTotal> {
  const sums = new Map<string, TrueTotal>();
  for (const document of documents.of(month)) {
    if (!documents.counts(document)) continue;
    for (const { units, account } of document.lines) {
      if (document.kind === 'card' && units < 0 && account === ASSET) continue;
      const micros = BigInt(units) * (document.currency === 'JPY' ? 1_000_000n : 10_000n);
      const cashMicros = (sums.get(document.currency)?.cashMicros ?? 0n) + micros;
      sums.set(document.currency, { cashMicros, accrualMicros: cashMicros });
    }
  }
  return sums;
}

function failure(status: number, detail: string): ServiceReply {
  const body = { Type: null, Title: status === 401 ? 'Unauthorized' : 'Forbidden', Status: status, Detail: detail };
  return { status, body: { ...body, Instance: uuidOf(0, 1), Extensions: {} } };
}

const FAULTS: FaultReplies = {
  throttled: { status: 429, headers: { 'retry-after': '5', 'x-rate-limit-problem': 'minute' }, body: '' },
  'server-error': { status: 503, body: 'The Xero API is currently offline for maintenance' },
  expired: failure(401, 'TokenExpired: token expired at 11/20/2026'),
  forbidden: failure(403, 'AuthenticationUnsuccessful'),
};
const LOGIN_FAULTS: FaultReplies = {
  throttled: { status: 429, headers: { 'retry-after': '5' }, body: '' },
  'server-error': { status: 500, body: '' },
  expired: { status: 400, body: { error: 'invalid_client' } },
  forbidden: { status: 400, body: { error: 'invalid_scope' } },
};

function refused(status: number, detail: string): Refusal {
  return new Refusal(detail, failure(status, detail));
}

function badQuery(message: string): Refusal {
  return new Refusal(message, {
    status: 400,
    body: { ErrorNumber: 16, Type: 'QueryParseException', Message: message },
  });
}

function tokenReply(
  request: ServiceRequest,
  tokens: Map<string, { readonly scopes: readonly string[]; readonly untilMs: number }>,
  world: World,
): ServiceReply {
  const form = new URLSearchParams(request.body);
  const oauth = (error: string): Refusal => new Refusal(error, { status: 400, body: { error } });
  if (request.method !== 'POST' || request.path !== '/connect/token') throw oauth('invalid_request');
  const basic = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64');
  if (request.headers['authorization'] !== `Basic ${basic}`) throw oauth('invalid_client');
  if (form.get('grant_type') !== 'client_credentials') throw oauth('unsupported_grant_type');
  const scopes = (form.get('scope') ?? '').split(' ');
  if (!scopes.every((scope) => SCOPES.includes(scope))) throw oauth('invalid_scope');
  const token = `eyJhbGciOiJSUzI1NiJ9.StandIn.${String(tokens.size + 1).padStart(4, '0')}`;
  tokens.set(token, { scopes, untilMs: world.now().getTime() + TOKEN_SECONDS * 1_000 });
  return { body: { access_token: token, expires_in: TOKEN_SECONDS, token_type: 'Bearer', scope: scopes.join(' ') } };
}

function accountsReply(): unknown {
  const rows = ACCOUNTS.map(({ code, name }, index) =>
    account(code, name, index === ASSET ? 'ASSET' : 'EXPENSE', index),
  );
  return {
    Id: uuidOf(0, 2),
    Status: 'OK',
    Accounts: [
      ...rows,
      account('200', 'Sales', 'REVENUE', 90),
      account('820', 'VAT', 'LIABILITY', 91),
      // Bank accounts of cards may have no number.
      { AccountID: uuidOf(5, 92), Name: 'Business card', Status: 'ACTIVE', Type: 'BANK', Class: 'ASSET' },
    ],
  };
}

function account(code: string, name: string, accountClass: string, index: number): unknown {
  return {
    AccountID: uuidOf(5, index),
    Code: code,
    Name: name,
    Status: 'ACTIVE',
    Type: accountClass,
    Class: accountClass,
  };
}

const NAMES = ['where', 'page', 'pageSize', 'order', 'unitdp', 'summaryOnly', 'IDs', 'Statuses'];
const DAY = String.raw`DateTime\((\d{4}),(\d{2}),(\d{2})\)`;
const WHERE = new RegExp(`^(?:Type=="(\\w+)" AND )?Date>=${DAY} AND Date<${DAY}$`);

function listReply({ query }: ServiceRequest, list: string, documents: SpendDocuments): ServiceReply {
  for (const name of query.keys()) if (!NAMES.includes(name)) throw badQuery(`unknown parameter ${name}`);
  const page = Number(query.get('page') ?? '0');
  const size = Number(query.get('pageSize') ?? '100');
  if (!Number.isInteger(page) || page < 0 || !Number.isInteger(size) || size < 1 || size > 1_000) {
    throw badQuery('page and pageSize must be numbers, pageSize up to 1000');
  }
  if (!/^(?:\w+ (?:ASC|DESC))$/.test(query.get('order') ?? 'Date ASC')) throw badQuery('No property or field in order');
  if (!['2', '4'].includes(query.get('unitdp') ?? '4')) throw badQuery('unitdp must be 2 or 4');
  const rows = rowsOf(list, query.get('where'), documents);
  // Without a page Xero gives everything, but no lines.
  if (page === 0)
    return {
      body: { Status: 'OK', [list]: rows.map((row) => ({ ...row, LineItems: undefined, JournalLines: undefined })) },
    };
  const rowsMax = Math.min(size, PAGE_ROWS_MAX);
  const pagination = {
    page,
    pageSize: rowsMax,
    pageCount: Math.ceil(rows.length / rowsMax),
    itemCount: rows.length,
  };
  const shown = rows.slice((page - 1) * rowsMax, page * rowsMax);
  return { body: { Id: uuidOf(0, 3), Status: 'OK', pagination, [list]: shown } };
}

type XeroRow = Readonly<Record<string, unknown>>;

function rowsOf(list: string, where: string | null, documents: SpendDocuments): XeroRow[] {
  const found = where === null ? undefined : WHERE.exec(where);
  if (found === null) throw badQuery(`unexpected filter ${where ?? ''}`);
  const [, type, y1 = '0000', m1 = '01', d1 = '01', y2 = '9999', m2 = '01', d2 = '01'] = found ?? [];
  const [from, to] = [`${y1}-${m1}-${d1}`, `${y2}-${m2}-${d2}`];
  if (list === 'ManualJournals') return journalRows(documents).filter(({ day }) => day >= from && day < to);
  const inDays = documents.between(from, to);
  if (list === 'BankTransactions') {
    return inDays.filter(({ kind }) => kind === 'card').flatMap((document) => bankRows(document, documents));
  }
  const rows = inDays.flatMap((document) => {
    if (list === 'CreditNotes') return document.kind === 'credit' ? [creditRow(document, documents)] : [];
    // Invoices to customers stand in the same list.
    const customers = document.number % 9 === 0 ? [{ ...billRow(document, documents), Type: 'ACCREC' }] : [];
    return document.kind === 'bill' ? [billRow(document, documents), ...customers] : [];
  });
  return rows.filter((row) => type === undefined || row.Type === type);
}

/** Each month a journal that moves a cost from IT to Marketing and accrues another one, and one that was voided. */
function journalRows(documents: SpendDocuments): (XeroRow & { readonly day: string })[] {
  const line = (amount: number, code: string, department?: number): unknown => ({
    LineAmount: amount,
    AccountCode: code,
    TaxType: 'NONE',
    TaxAmount: 0,
    Tracking: department === undefined ? [] : [{ Name: 'Department', Option: DEPARTMENTS[department] }],
  });
  return documents.months().flatMap((month, index) => {
    const day = `${month}-15`;
    const journal = {
      day,
      Status: 'POSTED',
      Narration: `Journal of ${month}`,
      Date: `/Date(${Date.parse(day)}+0000)/`,
      LineAmountTypes: 'NoTax',
      ShowOnCashBasisReports: true,
      JournalLines: [line(250.25, '6510', 1), line(-250.25, '6510', 3), line(120, '6520', 0), line(-120, '820')],
    };
    return [
      { ...journal, ManualJournalID: uuidOf(10, index) },
      { ...journal, ManualJournalID: uuidOf(11, index), Status: 'VOIDED' },
    ];
  });
}

/** A transaction, and beside it now and then what is no spend. */
function bankRows(document: SpendDocument, documents: SpendDocuments): XeroRow[] {
  const isRefund = (document.lines[0]?.units ?? 0) < 0;
  const row = {
    ...common(document, documents, isRefund),
    BankTransactionID: uuidOf(1, document.number),
    Type: isRefund ? 'RECEIVE' : 'SPEND',
    Reference: '',
    IsReconciled: true,
    BankAccount:
      document.person % 2 === 0
        ? { AccountID: uuidOf(5, 92), Name: 'Business card' }
        : { AccountID: uuidOf(5, 93), Code: '090', Name: 'Current account' },
  };
  const beside = [
    { Type: 'RECEIVE', code: '200' },
    { Type: 'SPEND', code: '820' },
    { Type: 'SPEND-TRANSFER', code: '' },
    { Type: 'SPEND-OVERPAYMENT', code: '800' },
  ][document.number % 8];
  if (beside === undefined) return [row];
  const other = {
    ...common({ ...document, lines: [{ units: 5_000, account: 0, department: 0 }] }, documents, false, beside.code),
    BankTransactionID: uuidOf(2, document.number),
    Type: beside.Type,
    Status: 'AUTHORISED',
  };
  return [row, other];
}

function billRow(
  document: SpendDocument,
  documents: SpendDocuments,
): Readonly<Record<string, unknown>> & { readonly Type: string } {
  return {
    ...common(document, documents, false),
    InvoiceID: uuidOf(3, document.number),
    Type: 'ACCPAY',
    InvoiceNumber: `B-${document.number}`,
    Reference: 'PO 17',
    AmountDue: 0,
    DueDate: `/Date(${Date.parse(document.day) + 2_592_000_000}+0000)/`,
  };
}

function creditRow(
  document: SpendDocument,
  documents: SpendDocuments,
): Readonly<Record<string, unknown>> & { readonly Type: string } {
  return {
    ...common(document, documents, true),
    CreditNoteID: uuidOf(4, document.number),
    Type: 'ACCPAYCREDIT',
    CreditNoteNumber: `C-${document.number}`,
  };
}

function common(document: SpendDocument, documents: SpendDocuments, isNegative: boolean, code?: string): XeroRow {
  const { currency, number, lines } = document;
  const types = TYPES[number % TYPES.length] ?? 'NoTax';
  const amounts = lines.map(({ units }) => {
    const net = isNegative ? -units : units;
    return { net, tax: types === 'NoTax' ? 0 : Math.round(net / 5) };
  });
  const net = amounts.reduce((sum, amount) => sum + amount.net, 0);
  const tax = amounts.reduce((sum, amount) => sum + amount.tax, 0);
  const shown = (units: number): number => Number(wholeUnits(units, currency));
  const atMs = Date.parse(document.day);
  return {
    Status: document.isVoid
      ? number % 2 === 0
        ? 'VOIDED'
        : 'DELETED'
      : documents.isSettled(document)
        ? number % 4 === 0
          ? 'PAID'
          : 'AUTHORISED'
        : 'DRAFT',
    Contact: { ContactID: uuidOf(6, document.payee), Name: PAYEES[document.payee]?.name },
    Date: `/Date(${atMs}+0000)/`,
    DateString: `${document.day}T00:00:00`,
    UpdatedDateUTC: `/Date(${document.seenFromMs}+0000)/`,
    CurrencyCode: currency,
    CurrencyRate: 1.1234567891,
    LineAmountTypes: types,
    SubTotal: shown(net),
    TotalTax: shown(tax),
    Total: shown(net + tax),
    LineItems: lines.map((line, index) =>
      lineOf(line, index, number, types, amounts[index] ?? { net: 0, tax: 0 }, shown, code),
    ),
    HasAttachments: false,
  };
}

function lineOf(
  { account: at, department }: DocumentLine,
  index: number,
  number: number,
  types: string,
  { net, tax }: { readonly net: number; readonly tax: number },
  shown: (units: number) => number,
  code: string | undefined,
): unknown {
  return {
    LineItemID: uuidOf(7, number * 10 + index),
    Description: `Period ${number}`,
    Quantity: 1,
    UnitAmount: shown(types === 'Inclusive' ? net + tax : net),
    TaxType: 'INPUT2',
    TaxAmount: shown(tax),
    LineAmount: shown(types === 'Inclusive' ? net + tax : net),
    AccountCode: code ?? ACCOUNTS[at]?.code,
    ...(number % 5 === 0 ? { ItemCode: 'SEAT', Item: { ItemID: uuidOf(8, 1), Code: 'SEAT', Name: 'Seats' } } : {}),
    Tracking:
      department === 3
        ? []
        : [
            { Name: 'Department', Option: DEPARTMENTS[department], TrackingCategoryID: uuidOf(9, 1) },
            { Name: 'Region', Option: department === 2 ? 'EMEA' : 'US', TrackingCategoryID: uuidOf(9, 2) },
          ],
  };
}
