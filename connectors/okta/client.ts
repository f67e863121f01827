import { z } from 'zod';

import { nextOfLinkHeader } from '../../src/connector/link-header.js';
import { nextLink } from '../../src/connector/next-link.js';
import { withToken, type FreshToken } from '../../src/connector/oauth.js';
import type { ServiceContext } from '../../src/connector/service.js';
import { assertionOf } from './assertion.js';
import { oktaProblem, tokenProblem } from './problems.js';
import type { OktaSettings } from './settings.js';

export type OktaContext = ServiceContext<OktaSettings>;

export const SCOPE = 'okta.apps.read';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const rowsReply = z.array(z.unknown());
const tokenReply = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/** A page of applications, as Okta gives them. */
export interface OktaPage {
  readonly rows: readonly unknown[];
  /** Address of the next page. */
  readonly next: string | undefined;
}

/** Asks for a page of applications: the first one, or the one that an earlier answer named. */
export async function askApplications(
  context: OktaContext,
  what: string,
  page: { readonly limit: number } | { readonly link: string },
): Promise<OktaPage> {
  const { settings, sourceId, http, now } = context;
  const own = settings.endpoint;
  const url = 'link' in page ? nextLink(page.link, own, what, sourceId) : firstAddress(own, page.limit);
  return authorized(context, async (authorization) => {
    const request = {
      what,
      url,
      headers: { authorization },
      problemOf: (answer: Parameters<typeof oktaProblem>[0]) => oktaProblem(answer, settings, now()),
    };
    const { body, headers } = await http.jsonWithHeaders(request, rowsReply);
    return { rows: body, next: nextOfLinkHeader(headers.get('link')) };
  });
}

function firstAddress(own: string, limit: number): URL {
  const address = new URL(`${own.replace(/\/+$/, '')}/api/v1/apps`);
  address.searchParams.set('limit', String(limit));
  // Applications that were switched off are wanted too.
  address.searchParams.set('includeNonDeleted', 'true');
  return address;
}

async function authorized<Reply>(
  context: OktaContext,
  send: (authorization: string) => Promise<Reply>,
): Promise<Reply> {
  const { apiToken } = context.settings;
  if (apiToken !== undefined) return send(`SSWS ${await context.secret(apiToken)}`);
  return withToken(
    context,
    'token for Okta',
    () => askToken(context),
    (token) => send(`Bearer ${token}`),
  );
}

async function askToken(context: OktaContext): Promise<FreshToken> {
  const tokenUrl = `${context.settings.endpoint.replace(/\/+$/, '')}/oauth2/v1/token`;
  const assertion = await assertionOf(context, tokenUrl);
  context.keepSecret(assertion);
  const { access_token: token, expires_in: lifeSeconds } = await context.http.json(
    {
      what: 'token for Okta',
      url: tokenUrl,
      method: 'POST',
      form: {
        grant_type: 'client_credentials',
        scope: SCOPE,
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: assertion,
      },
      archive: false,
      problemOf: (answer) => tokenProblem(answer, context.now()),
    },
    tokenReply,
  );
  return { token, lifeSeconds };
}
