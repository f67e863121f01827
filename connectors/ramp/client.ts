import { z } from 'zod';

import type { HttpAnswer } from '../../src/connector/http.js';
import { nextLink } from '../../src/connector/next-link.js';
import { basicAuthorization, withClientCredentials, type ClientCredentials } from '../../src/connector/oauth.js';
import { eachPage } from '../../src/connector/paging.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';
import type { ServiceContext } from '../../src/connector/service.js';
import { PARTS, type Part, type RampSettings } from './settings.js';

export type RampContext = ServiceContext<RampSettings>;

/** Rows of a page; Ramp gives no more. */
export const PAGE_ROWS = 100;

/** The scope that a part of Ramp needs. */
export function scopeOf(part: Part): string {
  return `${part}:read`;
}

/** A page of a list. */
export interface RampPage {
  /** What was asked, for messages and for the rows set aside. */
  readonly request: string;
  readonly rows: readonly unknown[];
}

/** Only what paging needs; the rows are checked one by one by who reads them. */
const list = z.object({
  data: z.array(z.unknown()),
  page: z.object({ next: z.string().nullish() }).nullish(),
});

/** Walks a list of Ramp page by page. */
export async function* rampPages(
  context: RampContext,
  what: string,
  part: Part,
  query: Readonly<Record<string, string>>,
): AsyncGenerator<RampPage> {
  const first = listAddress(context, part, { ...query, page_size: PAGE_ROWS });
  let rowCount = 0;
  yield* eachPage<RampPage>(what, context.sourceId, async (cursor, number) => {
    const request = number === 1 ? what : `${what}, page ${number}`;
    const { data, page } = await ask(context, request, cursor === undefined ? first : new URL(cursor));
    rowCount += data.length;
    context.progress({ step: `reading ${what}`, rows: rowCount });
    const link = page?.next ?? undefined;
    const next = link === undefined ? undefined : nextLink(link, first, request, context.sourceId).href;
    return { content: { request, rows: data }, rowCount: data.length, next };
  });
}

/** Asks for as few rows as Ramp lets one ask for. */
export async function rampTrial(context: RampContext, part: Part): Promise<number> {
  const { data } = await ask(context, `a few of the ${part}`, listAddress(context, part, { page_size: 2 }));
  return data.length;
}

function listAddress({ settings }: RampContext, part: Part, query: Readonly<Record<string, string | number>>): URL {
  const address = new URL(`${baseOf(settings)}/${part}`);
  for (const [key, value] of Object.entries(query)) address.searchParams.set(key, String(value));
  return address;
}

function baseOf({ endpoint }: RampSettings): string {
  return `${endpoint.replace(/\/+$/, '')}/developer/v1`;
}

async function ask(context: RampContext, what: string, url: URL): Promise<z.infer<typeof list>> {
  const { settings, secret, http, now } = context;
  const credentials: ClientCredentials = {
    what: 'token for Ramp',
    tokenUrl: `${baseOf(settings)}/token`,
    form: {
      scope: PARTS.filter((part) => settings.include.includes(part))
        .map(scopeOf)
        .join(' '),
    },
    headers: { authorization: basicAuthorization(settings.clientId, await secret(settings.clientSecret)) },
    hint: 'Open the app at Ramp (Company, Developer): compare the client id, make a new secret if need be, and allow client credentials and the scopes.',
  };
  return withClientCredentials(context, credentials, (token) =>
    http.json(
      {
        what,
        url,
        headers: { authorization: `Bearer ${token}` },
        problemOf: (answer) => rampProblem(answer, now()),
      },
      list,
    ),
  );
}

const failure = z.object({
  error_v2: z.object({ message: z.string().nullish(), error_code: z.string().nullish() }),
});

/** What an answer of Ramp that is no success means. */
function rampProblem({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const said = messageOf(text);
  if (said === undefined) return undefined;
  const problem = statusProblem(status, said, retryAfterMs(headers.get('retry-after'), now));
  if (problem?.kind !== 'permission') return problem;
  return {
    ...problem,
    hint: "Give the app at Ramp (Company, Developer) the scopes that the connector's README lists.",
  };
}

function messageOf(text: string): string | undefined {
  try {
    const read = failure.safeParse(JSON.parse(text));
    if (!read.success) return undefined;
    const { message, error_code: code } = read.data.error_v2;
    return [message, code === null || code === undefined ? undefined : `(${code})`].filter(Boolean).join(' ');
  } catch {
    return undefined;
  }
}
