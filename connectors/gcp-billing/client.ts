import type { BigQuery } from '@google-cloud/bigquery';
import type { CloudBillingClient } from '@google-cloud/billing';
import type { OAuth2Client } from 'google-auth-library';
import type { z } from 'zod';

import { ProblemError, ServiceError } from '../../src/connector/problems.js';
import type { CallOptions } from '../../src/connector/service.js';
import { TokenKeeper, type GcpContext } from './token.js';

export type { GcpContext } from './token.js';

const BIGQUERY_ADDRESS = 'https://bigquery.googleapis.com';
const USER_AGENT = 'spendshift';

/** What a request is sent with. */
export interface Clients {
  readonly bigQuery: () => Promise<BigQuery>;
  readonly billing: () => Promise<CloudBillingClient>;
}

/**
 * Sends one request with a token that holds. A token that is refused may have been withdrawn: a new one is tried, once.
 *
 * @throws what `context.call` throws
 */
export async function ask<Reply>(
  context: GcpContext,
  request: string,
  send: (clients: Clients) => Promise<Reply>,
  options?: CallOptions,
): Promise<Reply> {
  const keeper = await context.once('token', () => Promise.resolve(new TokenKeeper(context)));
  const attempt = async (token: string): Promise<Reply> => {
    const auth = await context.once('authorization', authorization);
    auth.setCredentials({ access_token: token });
    const clients = { bigQuery: () => bigQuery(context, auth), billing: () => billing(context, auth) };
    return context.call(request, () => send(clients), options);
  };
  const token = await keeper.token();
  try {
    return await attempt(token);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.kind !== 'credentials') throw error;
    keeper.drop();
    return attempt(await keeper.token());
  }
}

async function authorization(): Promise<OAuth2Client> {
  const { OAuth2Client } = await import('google-auth-library');
  return new OAuth2Client();
}

function bigQuery(context: GcpContext, authClient: OAuth2Client): Promise<BigQuery> {
  return context.once('client of BigQuery', async () => {
    const sdk = await import('@google-cloud/bigquery');
    const { projectId, bigQueryEndpoint } = context.settings;
    const apiEndpoint = (bigQueryEndpoint ?? BIGQUERY_ADDRESS).replace(/\/+$/, '');
    // The runner repeats, and counts what each query costs: the SDK must send each request once.
    const client = new sdk.BigQuery({ projectId, authClient, autoRetry: false, apiEndpoint, userAgent: USER_AGENT });
    // Otherwise a variable of the environment (BIGQUERY_EMULATOR_HOST) would send the token elsewhere.
    client.baseUrl = `${apiEndpoint}/bigquery/v2`;
    return client;
  });
}

function billing(context: GcpContext, authClient: OAuth2Client): Promise<CloudBillingClient> {
  return context.once('client of Cloud Billing', async () => {
    const sdk = await import('@google-cloud/billing');
    const { projectId, billingEndpoint } = context.settings;
    const options: ConstructorParameters<typeof sdk.CloudBillingClient>[0] = {
      projectId,
      fallback: true,
      ...addressOf(billingEndpoint),
    };
    // The SDK has an older copy of the library for tokens: at work they are the same, their types are two.
    return new sdk.CloudBillingClient(Object.assign(options, { authClient }));
  });
}

/** The SDK takes an address in parts, and none of its path. */
function addressOf(address: string | undefined): { protocol?: string; apiEndpoint?: string; port?: number } {
  if (address === undefined) return {};
  const { protocol, hostname, port } = new URL(address);
  const isPlain = protocol === 'http:';
  return {
    protocol: isPlain ? 'http' : 'https',
    apiEndpoint: hostname,
    port: port === '' ? (isPlain ? 80 : 443) : Number(port),
  };
}

/** Places of a reply that a message names. */
const PLACES_MAX = 3;

/**
 * The reply as a schema has it.
 *
 * @throws SyntaxError, after which the request is repeated, where it is no JSON: the SDK then hands over its text.
 * @throws ProblemError when it is not as documented.
 */
export function fitting<Reply>(schema: z.ZodType<Reply>, reply: unknown): Reply {
  if (typeof reply === 'string') throw new SyntaxError('the reply is no JSON');
  const read = schema.safeParse(reply);
  if (read.success) return read.data;
  const places = read.error.issues.map(({ path }) => path.map(String).join('.') || 'the reply').slice(0, PLACES_MAX);
  throw new ProblemError({ kind: 'reply', message: `the reply is not as documented (${places.join(', ')})` });
}
