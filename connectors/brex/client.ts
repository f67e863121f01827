import { z } from 'zod';

import { detailOf, type HttpAnswer } from '../../src/connector/http.js';
import { eachPage } from '../../src/connector/paging.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';
import type { ServiceContext } from '../../src/connector/service.js';
import type { BrexSettings } from './settings.js';

export type BrexContext = ServiceContext<BrexSettings>;

/** Rows of a page; Brex gives no more. */
export const PAGE_ROWS = 100;

/** The lists of Brex that are walked. */
export const LISTS = { transactions: '/v2/transactions/card/primary', expenses: '/v1/expenses' } as const;
export type List = keyof typeof LISTS;

/** A page of a list. */
export interface BrexPage {
  /** What was asked, for messages and for the rows set aside. */
  readonly request: string;
  readonly rows: readonly unknown[];
}

type Query = Readonly<Record<string, string | readonly string[]>>;

/** Only what paging needs; the rows are checked one by one by who reads them. */
const page = z.object({ items: z.array(z.unknown()), next_cursor: z.string().nullish() });

/** Walks a list of Brex page by page. */
export async function* brexPages(
  context: BrexContext,
  what: string,
  list: List,
  query: Query,
): AsyncGenerator<BrexPage> {
  let rowCount = 0;
  yield* eachPage<BrexPage>(what, context.sourceId, async (cursor, number) => {
    const request = number === 1 ? what : `${what}, page ${number}`;
    const at = cursor === undefined ? {} : { cursor };
    const { items: rows, next_cursor: next } = await ask(context, request, list, { ...query, ...at }, PAGE_ROWS);
    rowCount += rows.length;
    context.progress({ step: `reading ${what}`, rows: rowCount });
    return { content: { request, rows }, rowCount: rows.length, next: next === '' ? undefined : (next ?? undefined) };
  });
}

/** Asks for one row. */
export async function brexTrial(context: BrexContext, list: List): Promise<number> {
  return (await ask(context, `one of the ${list}`, list, {}, 1)).items.length;
}

async function ask(
  context: BrexContext,
  what: string,
  list: List,
  query: Query,
  limit: number,
): Promise<z.infer<typeof page>> {
  const { settings, secret, http, now } = context;
  return http.json(
    {
      what,
      url: `${settings.endpoint.replace(/\/+$/, '')}${LISTS[list]}`,
      query: { ...query, limit },
      headers: { authorization: `Bearer ${await secret(settings.apiToken)}` },
      problemOf: (answer) => brexProblem(answer, now()),
    },
    page,
  );
}

/** What an answer of Brex that is no success means. */
function brexProblem({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const problem = statusProblem(status, detailOf(text), retryAfterMs(headers.get('retry-after'), now));
  if (problem?.kind === 'credentials') {
    return {
      ...problem,
      hint: 'Make a new user token in Brex (Developer, Settings); one that is not used for 30 days ends.',
    };
  }
  if (problem?.kind !== 'permission') return problem;
  return { ...problem, hint: "Make a user token with the scopes that the connector's README lists." };
}
