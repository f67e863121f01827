import { z } from 'zod';

import type { HttpAnswer } from '../../src/connector/http.js';
import { basicAuthorization, withClientCredentials, type ClientCredentials } from '../../src/connector/oauth.js';
import { eachPage } from '../../src/connector/paging.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';
import { currencyCode } from '../../src/connector/values.js';
import type { ServiceContext } from '../../src/connector/service.js';
import { RetryableError } from '../../src/core/errors.js';
import type { XeroSettings } from './settings.js';

export type XeroContext = ServiceContext<XeroSettings>;

/** Rows of a page; Xero gives up to 1,000, and answers large pages slowly. */
export const PAGE_ROWS = 250;
/** Digits of a price that Xero is to give; with fewer it rounds prices, and lines no longer come to their document. */
const PRICE_DIGITS = 4;

/** The scopes of apps made since March 2026, and the one in their place for older apps. */
export const SCOPES = {
  bankTransactions: 'accounting.banktransactions.read',
  invoices: 'accounting.invoices.read',
  journals: 'accounting.manualjournals.read',
  settings: 'accounting.settings.read',
} as const;
const BROAD_SCOPE = 'accounting.transactions.read';

/** The lists of Xero that are walked; the name is that of the path and of the rows in the reply. */
export type ListName = 'BankTransactions' | 'Invoices' | 'CreditNotes' | 'ManualJournals';

/** A page of a list. */
export interface XeroPage {
  /** What was asked, for messages and for the rows set aside. */
  readonly request: string;
  readonly rows: readonly unknown[];
}

const paging = z.object({ pageCount: z.int().min(0), itemCount: z.int().min(0).nullish() }).nullish();

/**
 * Walks a list page by page. Without a page Xero gives no lines. Rows are paged by position: one that is taken away while
 * the walk goes on would hide another.
 */
export async function* xeroPages(
  context: XeroContext,
  what: string,
  list: ListName,
  where: string,
): AsyncGenerator<XeroPage> {
  const schema = z.object({ [list]: z.array(z.unknown()), pagination: paging });
  let rowCount = 0;
  let itemCount = 0;
  yield* eachPage<XeroPage>(what, context.sourceId, async (_cursor, number) => {
    const request = number === 1 ? what : `${what}, page ${number}`;
    const query = { where, page: number, pageSize: PAGE_ROWS, order: 'Date ASC', unitdp: PRICE_DIGITS };
    const reply = await ask(context, request, list, query, schema);
    const rows = reply[list] as readonly unknown[];
    rowCount += rows.length;
    context.progress({ step: `reading ${what}`, rows: rowCount });
    const { pagination } = reply as { readonly pagination?: z.output<typeof paging> };
    // Older replies do not say how many pages there are: the last one is not full.
    const pageCount = pagination?.pageCount;
    const hasMore = pageCount === undefined ? rows.length >= PAGE_ROWS : number < pageCount;
    // Later pages count what is left: the first ones said how many there were.
    itemCount = Math.max(itemCount, pagination?.itemCount ?? 0);
    if (!hasMore && rowCount < itemCount) throw changed(context, what, rowCount, itemCount);
    return { content: { request, rows }, rowCount: rows.length, next: hasMore ? String(number + 1) : undefined };
  });
}

function changed({ sourceId }: XeroContext, what: string, read: number, count: number): RetryableError {
  return new RetryableError({
    place: { source: sourceId },
    message: `${what}: Xero counted ${count} and gave ${read}: the list changed while it was read`,
    hint: 'Nothing of this window was taken; it is read again in the next run.',
  });
}

/** Asks for one page with one row. */
export async function xeroTrial(context: XeroContext, list: ListName): Promise<number> {
  const schema = z.object({ [list]: z.array(z.unknown()) });
  const reply = await ask(context, `one of the ${list}`, list, { page: 1, pageSize: 1 }, schema);
  return (reply[list] ?? []).length;
}

/** An account of the chart of accounts. */
export interface Account {
  readonly name: string;
  /** ASSET, EQUITY, EXPENSE, LIABILITY or REVENUE. */
  readonly accountClass: string;
}

const accountRows = z.object({
  Accounts: z.array(z.object({ Code: z.string().nullish(), Name: z.string(), Class: z.string().nullish() })),
});

/** The chart of accounts by number, archived accounts among them; asked for once in a run. */
export function chartOfAccounts(context: XeroContext): Promise<ReadonlyMap<string, Account>> {
  return context.once('xero accounts', async () => {
    const { Accounts: rows } = await ask(context, 'chart of accounts', 'Accounts', {}, accountRows);
    // Bank accounts may have no number, and no line is booked on them.
    const numbered = rows.filter(({ Code: code }) => code !== null && code !== undefined && code !== '');
    return new Map(
      numbered.map(({ Code: code, Name: name, Class: accountClass }) => [
        code ?? '',
        { name, accountClass: accountClass ?? '' },
      ]),
    );
  });
}

const organisation = z.object({ Organisations: z.array(z.object({ BaseCurrency: currencyCode })).min(1) });

/** The currency of the organisation's books; asked for once in a run. */
export function baseCurrency(context: XeroContext): Promise<string> {
  return context.once('xero currency', async () => {
    const { Organisations: rows } = await ask(context, 'base currency', 'Organisation', {}, organisation);
    return rows[0]?.BaseCurrency ?? '';
  });
}

async function ask<Reply>(
  context: XeroContext,
  what: string,
  path: string,
  query: Readonly<Record<string, string | number>>,
  schema: z.ZodType<Reply>,
): Promise<Reply> {
  const { settings, http, now } = context;
  const { endpoint, tenantId } = settings;
  const request = {
    what,
    url: `${withoutSlash(endpoint)}/api.xro/2.0/${path}`,
    query,
    problemOf: (answer: HttpAnswer) => xeroProblem(answer, now()),
  };
  const tenant = tenantId === undefined ? {} : { 'xero-tenant-id': tenantId };
  return withClientCredentials(context, await credentialsOf(context), (token) =>
    http.json({ ...request, headers: { authorization: `Bearer ${token}`, ...tenant } }, schema),
  );
}

async function credentialsOf({ settings, secret }: XeroContext): Promise<ClientCredentials> {
  const { clientId, clientSecret, loginEndpoint, include, scopes } = settings;
  const transactions =
    scopes === 'broad'
      ? [BROAD_SCOPE]
      : [
          ...(include.includes('bankTransactions') ? [SCOPES.bankTransactions] : []),
          ...(include.includes('bills') ? [SCOPES.invoices] : []),
          ...(include.includes('journals') ? [SCOPES.journals] : []),
        ];
  return {
    what: 'token for Xero',
    tokenUrl: `${withoutSlash(loginEndpoint)}/connect/token`,
    form: { scope: [...transactions, SCOPES.settings].join(' ') },
    headers: { authorization: basicAuthorization(clientId, await secret(clientSecret)) },
    hint: 'Open the custom connection at developer.xero.com: compare the client id, make a new secret if need be, and choose the scopes; an app from before March 2026 needs `scopes: broad`.',
  };
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}

const failure = z.object({ Title: z.string().nullish(), Detail: z.string().nullish(), Message: z.string().nullish() });

/** What an answer of Xero that is no success means. */
function xeroProblem(answer: HttpAnswer, now: Date): ServiceProblem | undefined {
  const { status, headers, text } = answer;
  const said = messageOf(text);
  // Xero answers 401 too when the token is good and lacks a scope.
  if (/AuthorizationUnsuccessful|insufficient_scope/i.test(`${said} ${headers.get('www-authenticate') ?? ''}`)) {
    return {
      kind: 'permission',
      message: `the connection may not read this (${status}: ${said})`,
      hint: "Choose the scopes that the connector's README lists at developer.xero.com, and let the organisation authorise them anew.",
    };
  }
  if (status === 403) {
    return {
      kind: 'permission',
      message: `the connection does not lead to this organisation (${status}: ${said})`,
      hint: 'Compare `tenantId` with the organisation of the custom connection, or leave it out.',
    };
  }
  const limit = headers.get('x-rate-limit-problem');
  const detail = limit === null ? said : `the limit of requests is reached (${limit})`;
  return statusProblem(status, detail, retryAfterMs(headers.get('retry-after'), now));
}

function messageOf(text: string): string {
  try {
    const read = failure.safeParse(JSON.parse(text));
    if (!read.success) return '';
    const { Title: title, Detail: detail, Message: message } = read.data;
    return detail ?? message ?? title ?? '';
  } catch {
    return '';
  }
}
