import { z } from 'zod';

import type { HttpAnswer } from '../../src/connector/http.js';
import { basicAuthorization, tokenProblem, withToken, type FreshToken } from '../../src/connector/oauth.js';
import { eachPage } from '../../src/connector/paging.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';
import { currencyCode } from '../../src/connector/values.js';
import type { ServiceContext } from '../../src/connector/service.js';
import { RetryableError } from '../../src/core/errors.js';
import type { QuickBooksSettings } from './settings.js';

export type QuickBooksContext = ServiceContext<QuickBooksSettings>;

/** Rows of a page; QuickBooks gives no more. */
export const PAGE_ROWS = 1_000;
/** Version of the fields; since August 2025 older ones are answered as this one. */
const MINOR_VERSION = 75;

/** What can be asked for. Payments of bills are not among it: they have the money of their bills. */
export type Entity = 'Purchase' | 'Bill' | 'VendorCredit' | 'JournalEntry' | 'Account' | 'Preferences';

/** A page of a list. */
export interface QuickBooksPage {
  /** What was asked, for messages and for the rows set aside. */
  readonly request: string;
  readonly rows: readonly unknown[];
}

const counted = z.object({ QueryResponse: z.object({ totalCount: z.int().min(0) }) });

/**
 * Walks the rows of an entity. Rows are counted first: they are paged by position, so one that is taken away while the walk
 * goes on would hide another.
 *
 * @param where which rows, in the language of QuickBooks' queries
 */
export async function* quickBooksPages(
  context: QuickBooksContext,
  what: string,
  entity: Entity,
  where: string,
): AsyncGenerator<QuickBooksPage> {
  const count = `select count(*) from ${entity} where ${where}`;
  const { QueryResponse: head } = await ask(context, `number of ${what}`, count, counted);
  if (head.totalCount === 0) return;
  let rowCount = 0;
  yield* eachPage<QuickBooksPage>(what, context.sourceId, async (_cursor, number) => {
    const request = number === 1 ? what : `${what}, page ${number}`;
    const from = `startposition ${rowCount + 1} maxresults ${PAGE_ROWS}`;
    const rows = await rowsOf(context, request, entity, `select * from ${entity} where ${where} orderby Id ${from}`);
    if (rows.length === 0) throw changed(context, what, rowCount, head.totalCount);
    rowCount += rows.length;
    context.progress({ step: `reading ${what}`, rows: rowCount, rowsTotal: head.totalCount });
    const next = rowCount < head.totalCount ? String(rowCount) : undefined;
    return { content: { request, rows }, rowCount: rows.length, next };
  });
}

function changed({ sourceId }: QuickBooksContext, what: string, read: number, count: number): RetryableError {
  return new RetryableError({
    place: { source: sourceId },
    message: `${what}: QuickBooks counted ${count} and gave ${read}: the list changed while it was read`,
    hint: 'Nothing of this window was taken; it is read again in the next run.',
  });
}

/** Asks for one row. */
export async function quickBooksTrial(context: QuickBooksContext, entity: Entity): Promise<number> {
  const query = `select * from ${entity} startposition 1 maxresults 1`;
  return (await rowsOf(context, `one ${entity}`, entity, query)).length;
}

/** An account of the chart of accounts. */
export interface Account {
  readonly number: string;
  readonly name: string;
  /** Asset, Equity, Expense, Liability or Revenue. */
  readonly classification: string;
  /** What kind of account it is within its class: Bank, Accounts Receivable, Fixed Asset … */
  readonly type: string;
}

const accountRow = z.object({
  Id: z.string(),
  AcctNum: z.string().nullish(),
  FullyQualifiedName: z.string(),
  Classification: z.string().nullish(),
  AccountType: z.string().nullish(),
});

/** The chart of accounts by id; asked for once in a run. */
export function chartOfAccounts(context: QuickBooksContext): Promise<ReadonlyMap<string, Account>> {
  return context.once('quickbooks accounts', async () => {
    const accounts = new Map<string, Account>();
    // Without this filter accounts that are no longer used are left out, and old lines lose their account.
    for await (const { rows } of quickBooksPages(context, 'accounts', 'Account', 'Active in (true, false)')) {
      for (const row of rows) {
        const read = accountRow.safeParse(row);
        if (!read.success) continue;
        const { Id: id, AcctNum: number, FullyQualifiedName: name, Classification, AccountType } = read.data;
        accounts.set(id, { number: number ?? '', name, classification: Classification ?? '', type: AccountType ?? '' });
      }
    }
    return accounts;
  });
}

const preferences = z.object({ CurrencyPrefs: z.object({ HomeCurrency: z.object({ value: currencyCode }) }) });

/** The currency of rows that name none; undefined where the company's preferences do not say it. */
export function homeCurrency(context: QuickBooksContext): Promise<string | undefined> {
  return context.once('quickbooks currency', async () => {
    const [row] = await rowsOf(context, 'preferences', 'Preferences', 'select * from Preferences');
    const read = preferences.safeParse(row);
    return read.success ? read.data.CurrencyPrefs.HomeCurrency.value : undefined;
  });
}

async function rowsOf(
  context: QuickBooksContext,
  what: string,
  entity: Entity,
  query: string,
): Promise<readonly unknown[]> {
  // A reply without rows does not name the entity.
  const schema = z.object({ QueryResponse: z.object({ [entity]: z.array(z.unknown()).optional() }) });
  const { QueryResponse: response } = await ask(context, what, query, schema);
  return response[entity] ?? [];
}

async function ask<Reply>(
  context: QuickBooksContext,
  what: string,
  query: string,
  schema: z.ZodType<Reply>,
): Promise<Reply> {
  const { settings, http, now } = context;
  const { endpoint, realmId } = settings;
  return withToken(
    context,
    'token for QuickBooks',
    () => freshToken(context),
    (token) =>
      http.json(
        {
          what,
          url: `${withoutSlash(endpoint)}/v3/company/${realmId}/query`,
          query: { query, minorversion: MINOR_VERSION },
          headers: { authorization: `Bearer ${token}` },
          problemOf: (answer) => quickBooksProblem(answer, now()),
        },
        schema,
      ),
  );
}

const tokenReply = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
});

/** Makes a token, and keeps the new refresh token before anything is asked with it: the old one soon ends. */
async function freshToken(context: QuickBooksContext): Promise<FreshToken> {
  const { settings, secret, replaceSecret, keepSecret, http, now } = context;
  const { clientId, clientSecret, refreshToken, loginEndpoint } = settings;
  const before = await secret(refreshToken);
  const hint =
    'Authorise the app anew, and put the new refresh token where `refreshToken` points; it ends when it is not used for 100 days, or when somebody disconnects the app.';
  const reply = await http.json(
    {
      what: 'token for QuickBooks',
      url: `${withoutSlash(loginEndpoint)}/oauth2/v1/tokens/bearer`,
      method: 'POST',
      form: { grant_type: 'refresh_token', refresh_token: before },
      headers: { authorization: basicAuthorization(clientId, await secret(clientSecret)) },
      archive: false,
      problemOf: (answer) => tokenProblem(answer, now(), hint),
    },
    tokenReply,
  );
  keepSecret(reply.refresh_token);
  if (reply.refresh_token !== before) await replaceSecret(refreshToken, reply.refresh_token);
  return { token: reply.access_token, lifeSeconds: reply.expires_in };
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}

const mistake = z.object({
  code: z.string().nullish(),
  Message: z.string().nullish(),
  Detail: z.string().nullish(),
  message: z.string().nullish(),
  detail: z.string().nullish(),
});
const errors = z.array(mistake).min(1);
/** QuickBooks writes the same in two ways. */
const failure = z.union([
  z.object({ Fault: z.object({ Error: errors }) }).transform(({ Fault: fault }) => fault.Error),
  z.object({ fault: z.object({ error: errors }) }).transform(({ fault }) => fault.error),
]);

/** What an answer of QuickBooks that is no success means. */
function quickBooksProblem({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const said = messageOf(text);
  if (said === undefined) return undefined;
  const problem = statusProblem(status, said, retryAfterMs(headers.get('retry-after'), now));
  if (problem?.kind !== 'permission') return problem;
  const hint =
    'Compare `realmId` with the company that authorised the app, and the app with the scope com.intuit.quickbooks.accounting.';
  return { ...problem, hint };
}

function messageOf(text: string): string | undefined {
  try {
    const read = failure.safeParse(JSON.parse(text));
    const first = read.success ? read.data[0] : undefined;
    if (first === undefined) return undefined;
    const code = first.code ?? '';
    const said = [first.Message ?? first.message, first.Detail ?? first.detail].filter(Boolean).join(': ');
    return code === '' ? said : `${said} (${code})`;
  } catch {
    return undefined;
  }
}
