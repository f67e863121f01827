import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { QuickBooksTokens } from './quickbooks-tokens.js';
import { Refusal, StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import {
  ACCOUNTS,
  DEPARTMENTS,
  PAYEES,
  PEOPLE,
  SpendDocuments,
  unitsOf,
  wholeUnits,
  type DocumentLine,
  type SpendDocument,
} from './spend-documents.js';
import type { RunningChargeStandin, Standin, World } from './standin.js';

const CLIENT_ID = 'ABStandInQuickBooks';
/** Put together so that no scanner takes it for a secret. */
const CLIENT_SECRET = ['qbo', 'StandIn', 'Secret', '0001'].join('-');
const REALM = '4620816365291111111';
/** QuickBooks gives up to 1,000 rows; here a page is full earlier. */
const PAGE_ROWS_MAX = 7;
const CARD_DEBT = '91';
const UNUSED_ACCOUNT = 3;
const HOME_CURRENCY = 'USD';

/** What is particular to this stand-in. */
export interface RunningQuickBooks extends RunningChargeStandin {
  readonly documents: SpendDocuments;
  readonly login: StrictServer;
  /** Where the refresh token is kept. */
  readonly tokenFile: string;
  /** Disconnects the app: no token is good any more. */
  disconnect(): void;
  /** Takes rows away from every page, as if they had been deleted since they were counted. */
  loseRows(): void;
}

/** Stands in for QuickBooks Online: one company with purchases, bills and vendor credits. */
export default {
  connector: 'quickbooks',
  async start(world: World): Promise<RunningQuickBooks> {
    const documents = new SpendDocuments(world, 'quickbooks', ['card', 'card', 'bill', 'bill', 'credit']);
    const tokens = new QuickBooksTokens(world.now, `${CLIENT_ID}:${CLIENT_SECRET}`);
    const folder = await mkdtemp(join(tmpdir(), 'standin-quickbooks-'));
    const tokenFile = join(folder, 'refresh-token');
    await writeFile(tokenFile, `${tokens.refreshToken}\n`, { mode: 0o600 });
    let isLosing = false;
    const login = await StrictServer.start((request) => tokens.answer(request), LOGIN_FAULTS);
    const server = await StrictServer.start(async (request) => {
      if (!tokens.isGood(request.headers['authorization'])) throw refused(401, '3200', 'AuthenticationFailed');
      if ((await readFile(tokenFile, 'utf8')).trim() !== tokens.refreshToken) {
        throw new Refusal('the new refresh token was not kept before its access token was used', {
          status: 500,
          body: '',
        });
      }
      const path = /^\/v3\/company\/(\d+)\/query$/.exec(request.path);
      if (request.method !== 'GET' || path === null) throw new Refusal('no such path', { status: 404, body: '' });
      if (path[1] !== REALM) throw refused(403, '3100', 'ApplicationAuthorizationFailed');
      return queryReply(request, documents, isLosing);
    }, FAULTS);
    const close = server.close.bind(server);
    server.close = async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    };
    return {
      server,
      login,
      others: [login],
      documents,
      tokenFile,
      settings: {
        realmId: REALM,
        clientId: CLIENT_ID,
        clientSecret: 'env:QUICKBOOKS_SECRET',
        refreshToken: `file:${tokenFile}`,
        endpoint: server.url,
        loginEndpoint: login.url,
      },
      secrets: { QUICKBOOKS_SECRET: CLIENT_SECRET },
      months: () => documents.months().filter((month) => documents.truth(month).size > 0),
      truth: (month) => documents.truth(month),
      restate: (month) => {
        documents.restate(month);
      },
      disconnect: () => {
        tokens.revoke();
      },
      loseRows: () => {
        isLosing = true;
      },
    };
  },
} satisfies Standin<RunningQuickBooks>;

function authFault(status: number, code: string, message: string): ServiceReply {
  const error = { message: `message=${message}; errorCode=00${code}; statusCode=${status}`, detail: '', code };
  return { status, body: { warnings: null, fault: { error: [error], type: 'AUTHENTICATION' }, time: 1795435200000 } };
}

const FAULTS: FaultReplies = {
  throttled: {
    status: 429,
    headers: { 'retry-after': '3' },
    body: {
      Fault: { Error: [{ Message: 'ThrottleExceeded', Detail: 'statusCode=429', code: '003001' }], type: 'THROTTLE' },
    },
  },
  'server-error': { status: 500, body: '<html/>' },
  expired: authFault(401, '3200', 'AuthenticationFailed'),
  forbidden: authFault(403, '3100', 'ApplicationAuthorizationFailed'),
};
const LOGIN_FAULTS: FaultReplies = {
  throttled: { status: 429, headers: { 'retry-after': '3' }, body: '' },
  'server-error': { status: 503, body: '' },
  expired: { status: 400, body: { error: 'invalid_grant', error_description: 'Token invalid' } },
  forbidden: { status: 403, body: { error: 'access_denied' } },
};

function refused(status: number, code: string, message: string): Refusal {
  return new Refusal(message, authFault(status, code, message));
}

function badQuery(detail: string): Refusal {
  const error = { Message: 'Error parsing query', Detail: `QueryParserError: ${detail}`, code: '4000' };
  return new Refusal(detail, { status: 400, body: { Fault: { Error: [error], type: 'ValidationFault' } } });
}

const QUERY =
  /^select (\*|count\(\*\)) from (\w+)(?: where (.+?))?(?: orderby (\w+))?(?: startposition (\d+) maxresults (\d+))?$/;
const WHERE = /^TxnDate >= '(\d{4}-\d{2}-\d{2})' and TxnDate < '(\d{4}-\d{2}-\d{2})'$/;

function queryReply({ query }: ServiceRequest, documents: SpendDocuments, isLosing: boolean): ServiceReply {
  if (query.get('minorversion') !== '75') throw badQuery('minorversion 75 is wanted');
  const found = QUERY.exec(query.get('query') ?? '');
  if (found === null) throw badQuery(query.get('query') ?? '');
  const [, wanted, entity = '', where, , start = '1', size = '100'] = found;
  if (Number(start) < 1 || Number(size) < 1 || Number(size) > 1_000) throw badQuery('maxresults is up to 1000');
  const rows = rowsOf(entity, where, documents);
  if (wanted !== '*') return { body: { QueryResponse: { totalCount: rows.length }, time: 'now' } };
  const left = isLosing ? rows.slice(0, -1) : rows;
  const page = left.slice(Number(start) - 1, Number(start) - 1 + Math.min(Number(size), PAGE_ROWS_MAX));
  // Where there is nothing left the reply does not name the entity.
  const response = page.length === 0 ? {} : { [entity]: page, startPosition: Number(start), maxResults: page.length };
  return { body: { QueryResponse: response, time: '2026-11-20T04:00:00.000-08:00' } };
}

function rowsOf(entity: string, where: string | undefined, documents: SpendDocuments): unknown[] {
  if (entity === 'Preferences') return [{ Id: '1', CurrencyPrefs: { HomeCurrency: { value: HOME_CURRENCY } } }];
  if (entity === 'Account') {
    const accounts = accountRows();
    return where === 'Active in (true, false)' ? accounts : accounts.filter(({ Active: active }) => active);
  }
  if (entity === 'JournalEntry') return journalsOf(where, documents);
  const kind = { Purchase: 'card', Bill: 'bill', VendorCredit: 'credit' }[entity];
  if (kind === undefined) throw badQuery(`unexpected entity ${entity}`);
  const range = where === undefined ? undefined : WHERE.exec(where);
  if (range === null) throw badQuery(`unexpected filter ${where ?? ''}`);
  return documents
    .between(range?.[1] ?? '0000-00-00', range?.[2] ?? '9999-00-00')
    .filter((document) => document.kind === kind && documents.isSettled(document))
    .map((document) => renderDocument(document));
}

/** The journal: each month one entry that moves a cost from IT to Marketing and accrues another one. */
function journalsOf(where: string | undefined, documents: SpendDocuments): unknown[] {
  const range = where === undefined ? undefined : WHERE.exec(where);
  if (range === null) throw badQuery(`unexpected filter ${where ?? ''}`);
  const [, from = '0000-00-00', to = '9999-00-00'] = range ?? [];
  const line = (id: string, side: string, account: string, amount: number, department?: number): unknown => ({
    Id: id,
    Amount: amount,
    DetailType: 'JournalEntryLineDetail',
    JournalEntryLineDetail: {
      PostingType: side,
      AccountRef: { value: account },
      ...(department === undefined ? {} : { ClassRef: { value: String(department), name: DEPARTMENTS[department] } }),
    },
  });
  return documents
    .months()
    .map((month) => ({
      Id: month.replace('-', ''),
      TxnDate: `${month}-15`,
      Adjustment: false,
      Line: [
        line('0', 'Debit', '10', 250.25, 1),
        line('1', 'Credit', '10', 250.25, 3),
        line('2', 'Debit', '11', 120, 0),
        line('3', 'Credit', CARD_DEBT, 120),
      ],
    }))
    .filter(({ TxnDate: day }) => day >= from && day < to);
}

function accountRows(): { readonly Active: boolean }[] {
  const common = { SubAccount: true, CurrentBalance: 12.5, sparse: false };
  const expenses = ACCOUNTS.map(({ code, name }, index) => ({
    ...common,
    Id: String(10 + index),
    Name: name,
    FullyQualifiedName: `Operating:${name}`,
    AcctNum: code,
    Active: index !== UNUSED_ACCOUNT,
    Classification: index === 4 ? 'Asset' : 'Expense',
    AccountType: index === 4 ? 'Fixed Asset' : 'Expense',
  }));
  const card = {
    ...common,
    AccountType: 'Credit Card',
    Id: CARD_DEBT,
    Name: 'Amex',
    FullyQualifiedName: 'Amex',
    Active: true,
    Classification: 'Liability',
  };
  return [...expenses, card];
}

function renderDocument(document: SpendDocument): unknown {
  const { kind, number, currency, isVoid, payee, person, day } = document;
  const isRefund = kind === 'card' && unitsOf(document) < 0;
  const sign = isRefund || kind === 'credit' ? -1 : 1;
  const net = isVoid ? 0 : unitsOf(document) * sign;
  const tax = number % 3 === 0 ? Math.round(net / 5) : 0;
  const debt = !isVoid && number % 8 === 1 ? 4_500 : 0;
  const shown = (units: number): number => Number(wholeUnits(units, currency));
  const named = { value: String(payee), name: PAYEES[payee]?.name };
  const buyer = PEOPLE[person];
  const isEmployee = kind === 'card' && number % 10 === 7;
  return {
    Id: String(number),
    SyncToken: '0',
    domain: 'QBO',
    sparse: false,
    TxnDate: day,
    ...(kind === 'bill' ? { DocNumber: `B-${number}`, DueDate: day, VendorRef: named } : {}),
    ...(kind === 'credit' ? { VendorRef: named } : {}),
    ...(kind === 'card'
      ? {
          PaymentType: 'CreditCard',
          AccountRef: { value: CARD_DEBT, name: 'Amex' },
          ...(isRefund ? { Credit: true } : {}),
          EntityRef: isEmployee
            ? { value: '77', name: `${buyer?.first ?? ''} ${buyer?.last ?? ''}`, type: 'Employee' }
            : { ...named, type: 'Vendor' },
        }
      : {}),
    // Rows in the company's own currency do not name it.
    ...(currency === HOME_CURRENCY ? {} : { CurrencyRef: { value: currency, name: currency }, ExchangeRate: 1.1 }),
    ...(number % 4 === 0 ? { DepartmentRef: { value: '1', name: 'London' } } : {}),
    PrivateNote: isVoid ? 'Voided' : `note ${number}`,
    TotalAmt: shown(net + tax + debt),
    ...(tax === 0 ? {} : { GlobalTaxCalculation: 'TaxExcluded', TxnTaxDetail: { TotalTax: shown(tax) } }),
    Line: [
      ...document.lines.map((line, index) => lineOf(line, index, number, shown(isVoid ? 0 : line.units * sign))),
      ...(debt === 0 ? [] : [accountLine('99', shown(debt), CARD_DEBT, 'Amex', {})]),
      ...(number % 7 === 0 ? [{ Id: '98', DetailType: 'DescriptionOnly', Description: 'Thank you' }] : []),
    ],
  };
}

function lineOf({ account, department }: DocumentLine, index: number, number: number, amount: number): unknown {
  const coding = {
    ...(department === 3 ? {} : { ClassRef: { value: String(department), name: DEPARTMENTS[department] } }),
    ...(department === 2 ? { CustomerRef: { value: '58', name: 'Apollo' } } : {}),
    BillableStatus: 'NotBillable',
    TaxCodeRef: { value: 'NON' },
  };
  if (number % 5 === 0) {
    return {
      Id: String(index + 1),
      Amount: amount,
      Description: `Period ${number}`,
      DetailType: 'ItemBasedExpenseLineDetail',
      ItemBasedExpenseLineDetail: { ...coding, ItemRef: { value: '11', name: 'Seats' }, Qty: 1, UnitPrice: amount },
    };
  }
  return accountLine(String(index + 1), amount, String(10 + account), ACCOUNTS[account]?.name ?? '', coding);
}

function accountLine(id: string, amount: number, account: string, name: string, coding: object): unknown {
  return {
    Id: id,
    Amount: amount,
    DetailType: 'AccountBasedExpenseLineDetail',
    AccountBasedExpenseLineDetail: { ...coding, AccountRef: { value: account, name: `Operating:${name}` } },
  };
}
