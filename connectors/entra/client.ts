import { z } from 'zod';

import { graphAudience, graphProblem, microsoftToken } from '../../src/connector/microsoft.js';
import { nextLink } from '../../src/connector/next-link.js';
import { withToken, type FreshToken } from '../../src/connector/oauth.js';
import { eachPage } from '../../src/connector/paging.js';
import type { ServiceContext } from '../../src/connector/service.js';
import type { EntraSettings } from './settings.js';
import { SELECTED } from './to-application.js';

export type EntraContext = ServiceContext<EntraSettings>;

/** A list of Graph, and what it takes to read it. */
export interface GraphList {
  readonly path: string;
  readonly permission: string;
  /** For messages. */
  readonly title: string;
  readonly select?: readonly string[];
}

export const APPLICATIONS: GraphList = {
  path: '/v1.0/servicePrincipals',
  permission: 'Application.Read.All',
  title: 'applications of Microsoft Entra',
  select: SELECTED,
};

export const CONSENTS: GraphList = {
  path: '/v1.0/oauth2PermissionGrants',
  permission: 'DelegatedPermissionGrant.Read.All',
  title: 'consents of Microsoft Entra',
};

const TOKEN = 'token for Microsoft Graph';
/** Graph refuses more. */
const PAGE_ROWS = 999;

const listReply = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() });

/** Rows of a page, and what was asked for them. */
export interface GraphPage {
  readonly what: string;
  readonly rows: readonly unknown[];
}

/** All pages of a list. */
export function pagesOf(context: EntraContext, list: GraphList): AsyncGenerator<GraphPage> {
  const { sourceId, settings } = context;
  return eachPage(list.title, sourceId, async (cursor, number) => {
    const what = `${list.title}, page ${number}`;
    const url =
      cursor === undefined
        ? firstAddress(context, list, PAGE_ROWS)
        : nextLink(cursor, settings.endpoint, what, sourceId);
    const { value: rows, '@odata.nextLink': next } = await ask(context, list, what, url);
    return { content: { what, rows }, rowCount: rows.length, next: next ?? undefined };
  });
}

/** One row of a list, or none. */
export async function sampleOf(context: EntraContext, list: GraphList): Promise<readonly unknown[]> {
  return (await ask(context, list, `one of the ${list.title}`, firstAddress(context, list, 1))).value;
}

function firstAddress({ settings }: EntraContext, { path, select }: GraphList, rows: number): URL {
  const address = new URL(`${settings.endpoint.replace(/\/+$/, '')}${path}`);
  if (select !== undefined) address.searchParams.set('$select', select.join(','));
  address.searchParams.set('$top', String(rows));
  return address;
}

function ask(
  context: EntraContext,
  { permission }: GraphList,
  what: string,
  url: URL,
): Promise<z.infer<typeof listReply>> {
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
          problemOf: (answer) => graphProblem(answer, permission, context.now()),
        },
        listReply,
      ),
  );
}

function askToken(context: EntraContext): Promise<FreshToken> {
  const { tenantId, clientId, clientSecret, endpoint, loginEndpoint } = context.settings;
  const audience = graphAudience(endpoint);
  return microsoftToken(context, { what: TOKEN, tenantId, clientId, clientSecret, loginEndpoint, audience });
}
