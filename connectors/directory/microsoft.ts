import { z } from 'zod';

import { graphAudience, graphProblem, microsoftToken } from '../../src/connector/microsoft.js';
import { withToken, type FreshToken } from '../../src/connector/oauth.js';
import { eachPage } from '../../src/connector/paging.js';
import { readRows } from '../../src/connector/values.js';
import { SourceError } from '../../src/core/errors.js';
import type { DirectoryContext, DirectoryReader, PeoplePage } from './reader.js';
import { fieldOf, stated } from './settings.js';
import { fromGraph, graphUser, GRAPH_PROPERTIES } from './to-person.js';

const GRAPH = 'https://graph.microsoft.com';
const LOGIN = 'https://login.microsoftonline.com';
const TOKEN = 'token for Microsoft Graph';
const PERMISSION = 'User.Read.All';
/** Graph refuses more. */
const PAGE_ROWS = 999;
const SAMPLE_ROWS = 10;
const READ_PROPERTIES = 'id,displayName,mail,userPrincipalName,employeeId,accountEnabled';

const usersReply = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() });

/** Reads Microsoft Entra ID through Microsoft Graph. */
export const microsoft: DirectoryReader = {
  permission: PERMISSION,
  async *read(context) {
    const pages = eachPage('people of Microsoft Entra', context.sourceId, async (cursor, number) => {
      const what = `people of Microsoft Entra, page ${number}`;
      const address = cursor === undefined ? firstAddress(context, PAGE_ROWS) : nextAddress(context, cursor, what);
      const reply = await ask(context, what, address);
      const next = reply['@odata.nextLink'] ?? undefined;
      return { content: pageOf(context, what, reply.value), rowCount: reply.value.length, next };
    });
    yield* pages;
    return [];
  },
  async sample(context) {
    const what = 'some people of Microsoft Entra';
    return pageOf(context, what, (await ask(context, what, firstAddress(context, SAMPLE_ROWS))).value);
  },
};

function firstAddress(context: DirectoryContext, rows: number): URL {
  const address = new URL(`${graphOf(context)}/v1.0/users`);
  address.searchParams.set('$select', `${READ_PROPERTIES},${GRAPH_PROPERTIES[fieldOf(context.settings)]}`);
  address.searchParams.set('$top', String(rows));
  return address;
}

function graphOf({ settings }: DirectoryContext): string {
  return (settings.endpoint ?? GRAPH).replace(/\/+$/, '');
}

/**
 * The address of a next page.
 *
 * @throws SourceError when it leads to another server: the token must go to none but the source's own.
 */
function nextAddress(context: DirectoryContext, link: string, what: string): URL {
  const own = new URL(graphOf(context));
  if (URL.canParse(link) && new URL(link).origin === own.origin) return new URL(link);
  const elsewhere = URL.canParse(link) ? new URL(link).host : 'no address';
  throw new SourceError({
    place: { source: context.sourceId },
    message: `${what}: it is said to be at ${elsewhere}, not at ${own.host}; the token was not sent there`,
    hint: 'Nothing was taken. A gateway in `endpoint` must rewrite `@odata.nextLink` to its own address.',
  });
}

function pageOf({ settings }: DirectoryContext, what: string, rows: readonly unknown[]): PeoplePage {
  const { rows: users, rejected } = readRows(graphUser, rows, what);
  return { people: users.map((user) => fromGraph(user, fieldOf(settings))), rejected };
}

function ask(context: DirectoryContext, what: string, url: URL): Promise<z.infer<typeof usersReply>> {
  return withToken(
    context,
    TOKEN,
    () => askToken(context),
    (token) =>
      context.http.json(
        {
          what,
          url,
          headers: { authorization: `Bearer ${token}` },
          problemOf: (answer) => graphProblem(answer, PERMISSION, context.now()),
        },
        usersReply,
      ),
  );
}

async function askToken(context: DirectoryContext): Promise<FreshToken> {
  const { tenantId, clientId, clientSecret, loginEndpoint = LOGIN } = context.settings;
  return microsoftToken(context, {
    what: TOKEN,
    tenantId: stated(tenantId, 'tenantId'),
    clientId: stated(clientId, 'clientId'),
    clientSecret: stated(clientSecret, 'clientSecret'),
    loginEndpoint,
    audience: graphAudience(graphOf(context)),
  });
}
