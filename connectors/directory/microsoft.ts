import { z } from 'zod';

import { detailOf, type HttpAnswer } from '../../src/connector/http.js';
import { eachPage } from '../../src/connector/paging.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';
import { readRows } from '../../src/connector/values.js';
import { SourceError } from '../../src/core/errors.js';
import type { DirectoryContext, DirectoryReader, PeoplePage } from './reader.js';
import { fieldOf, stated } from './settings.js';
import { fromGraph, graphUser, GRAPH_PROPERTIES } from './to-person.js';
import { TokenKeeper, tokenReply, type TokenReply } from './tokens.js';

const GRAPH = 'https://graph.microsoft.com';
const LOGIN = 'https://login.microsoftonline.com';
/** Graph refuses more. */
const PAGE_ROWS = 999;
const SAMPLE_ROWS = 10;
const READ_PROPERTIES = 'id,displayName,mail,userPrincipalName,employeeId,accountEnabled';

const usersReply = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() });

/** Reads Microsoft Entra ID through Microsoft Graph. */
export const microsoft: DirectoryReader = {
  permission: 'User.Read.All',
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

async function ask(context: DirectoryContext, what: string, url: URL): Promise<z.infer<typeof usersReply>> {
  const keeper = await TokenKeeper.of(context, () => askToken(context));
  return keeper.with((token) =>
    context.http.json(
      {
        what,
        url,
        headers: { authorization: `Bearer ${token}` },
        problemOf: (answer) => graphProblem(answer, context.now()),
      },
      usersReply,
    ),
  );
}

async function askToken(context: DirectoryContext): Promise<TokenReply> {
  const { tenantId, clientId, clientSecret, loginEndpoint = LOGIN } = context.settings;
  return context.http.json(
    {
      what: 'token for Microsoft Graph',
      url: `${loginEndpoint.replace(/\/+$/, '')}/${stated(tenantId, 'tenantId')}/oauth2/v2.0/token`,
      method: 'POST',
      form: {
        grant_type: 'client_credentials',
        client_id: stated(clientId, 'clientId'),
        client_secret: await context.secret(stated(clientSecret, 'clientSecret')),
        scope: `${audienceOf(context)}/.default`,
      },
      archive: false,
      problemOf: (answer) => loginProblem(answer, context.now()),
    },
    tokenReply,
  );
}

/** For whom the token is: Microsoft's public cloud or one of its national ones; a gateway or a stand-in takes the public one. */
function audienceOf(context: DirectoryContext): string {
  const { hostname } = new URL(graphOf(context));
  const isNational = hostname === 'graph.microsoft.us' || hostname === 'microsoftgraph.chinacloudapi.cn';
  return isNational ? `https://${hostname}` : GRAPH;
}

function graphProblem({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const problem = statusProblem(status, detailOf(text), retryAfterMs(headers.get('retry-after'), now));
  if (problem?.kind === 'permission') {
    const hint =
      'Give the app registration the application permission User.Read.All of Microsoft Graph (not the delegated one) and grant admin consent.';
    return { ...problem, hint };
  }
  if (problem !== undefined && /Directory_ExpiredPageToken/.test(text)) {
    return { ...problem, hint: 'The reading took too long for Microsoft; nothing was taken, pull again.' };
  }
  return problem;
}

/** What Microsoft Entra refuses, by the code that each of its messages begins with. */
const LOGIN_MISTAKES: readonly (ServiceProblem & { readonly code: RegExp; readonly hint: string })[] = [
  {
    code: /AADSTS7000222\b/,
    kind: 'credentials',
    message: 'the client secret has expired',
    hint: 'Make a new client secret in the app registration and put its value in the place of the old one.',
  },
  {
    code: /AADSTS7000215\b/,
    kind: 'credentials',
    message: 'the client secret is wrong',
    hint: 'Keep the value of the client secret, not its id; Microsoft shows it only once.',
  },
  {
    code: /AADSTS700016\b/,
    kind: 'refused',
    message: 'the directory knows no application with this `clientId`',
    hint: 'Compare `clientId` and `tenantId` with the overview page of the app registration.',
  },
  {
    code: /AADSTS900(?:02|023)\b/,
    kind: 'refused',
    message: 'there is no directory with this `tenantId`',
    hint: 'Compare `tenantId` with the overview page of Microsoft Entra.',
  },
];

function loginProblem({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const known = status < 500 && status !== 429 ? LOGIN_MISTAKES.find(({ code }) => code.test(text)) : undefined;
  if (known !== undefined) return { kind: known.kind, message: known.message, hint: known.hint };
  // What follows names the attempt (trace id, time), which says nothing to a reader.
  const detail = detailOf(text).split(/\s*Trace ID:/)[0] ?? '';
  return statusProblem(status, detail, retryAfterMs(headers.get('retry-after'), now));
}
