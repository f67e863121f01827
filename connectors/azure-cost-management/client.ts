import type { z } from 'zod';

import { parseJson, type HttpRequest } from '../../src/connector/http.js';
import { microsoftToken } from '../../src/connector/microsoft.js';
import { withToken, type FreshToken } from '../../src/connector/oauth.js';
import type { ServiceContext } from '../../src/connector/service.js';
import { SourceError } from '../../src/core/errors.js';
import { longestWaitMs, managementProblem } from './problems.js';
import type { AzureSettings } from './settings.js';

/**
 * Cost Management over plain REST. Microsoft's SDK (`@azure/arm-costmanagement`) is a beta that does not follow
 * `nextLink`, so it cuts results after the first page without a word, and does not wait when it is throttled.
 */
export const API_VERSION = '2022-10-01';
/** Requests without this header share one quota with every other tool of the tenant that sends none. */
const CLIENT_TYPE = 'spendshift';
/** What is asked for a token, for messages. */
const TOKEN = 'token for Azure';

export type AzureContext = ServiceContext<AzureSettings>;

/** A request to the management endpoint. */
export interface Ask {
  readonly what: string;
  /** Below the scope, such as `query`; or the whole address of a next page. */
  readonly address: URL;
  /** Sent as JSON by POST; without it the request is a GET. */
  readonly json?: unknown;
}

/** The address of an operation of Cost Management at the source's scope. */
export function addressOf({ settings }: AzureContext, operation: 'query' | 'dimensions'): URL {
  const base = settings.endpoint.replace(/\/+$/, '');
  const address = new URL(`${base}${settings.scope}/providers/Microsoft.CostManagement/${operation}`);
  address.searchParams.set('api-version', API_VERSION);
  return address;
}

/**
 * The address of a next page.
 *
 * @throws SourceError when it leads to another server: the token must go to none but the source's own.
 */
export function nextAddress(context: AzureContext, link: string, what: string): URL {
  const own = new URL(context.settings.endpoint);
  if (URL.canParse(link) && new URL(link).origin === own.origin) return new URL(link);
  const elsewhere = URL.canParse(link) ? new URL(link).host : 'no address';
  throw new SourceError({
    place: { source: context.sourceId },
    message: `${what}: the next page is at ${elsewhere}, not at ${own.host}; the token was not sent there`,
    hint: 'Nothing of this window was taken. A gateway in `endpoint` must rewrite `nextLink` to its own address.',
  });
}

/** Asks the management endpoint; undefined where it answers that there is nothing (204). */
export function ask<Reply>(context: AzureContext, request: Ask, schema: z.ZodType<Reply>): Promise<Reply | undefined> {
  return withToken(
    context,
    TOKEN,
    () => askToken(context),
    (token) => send(context, request, token, schema),
  );
}

async function askToken(context: AzureContext): Promise<FreshToken> {
  const { tenantId, clientId, clientSecret, endpoint, loginEndpoint } = context.settings;
  const audience = audienceOf(endpoint);
  const registration = { tenantId, clientId, clientSecret, loginEndpoint, audience };
  return microsoftToken(context, { ...registration, what: TOKEN, waitMs: longestWaitMs });
}

async function send<Reply>(
  context: AzureContext,
  { what, address, json }: Ask,
  token: string,
  schema: z.ZodType<Reply>,
): Promise<Reply | undefined> {
  const request: HttpRequest = {
    what,
    url: address,
    method: json === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, ClientType: CLIENT_TYPE },
    problemOf: managementProblem(context.settings.scope, context.now()),
    ...(json === undefined ? {} : { json }),
  };
  // An answer may have no content at all.
  const body = await context.http.parsed(request, (text) =>
    text.trim() === '' ? undefined : { value: parseJson(text) },
  );
  return body === undefined ? undefined : fitting(context, what, schema.safeParse(body.value));
}

function fitting<Reply>(context: AzureContext, what: string, result: z.ZodSafeParseResult<Reply>): Reply {
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw unexpected(context, what, `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`);
}

/** The error for a reply that is not as Microsoft documents it. */
export function unexpected({ sourceId }: AzureContext, what: string, detail: string): SourceError {
  return new SourceError({
    place: { source: sourceId },
    message: `${what}: the reply is not as documented (${detail})`,
    hint: 'The service may have changed: look for a newer version of Spendshift, or report this.',
  });
}

/** For whom a token is: Azure's public cloud or one of its national ones; a gateway or a stand-in takes the public one. */
function audienceOf(endpoint: string): string {
  const { hostname } = new URL(endpoint);
  const isNational = hostname === 'management.chinacloudapi.cn' || hostname === 'management.usgovcloudapi.net';
  return isNational ? `https://${hostname}` : 'https://management.azure.com';
}
