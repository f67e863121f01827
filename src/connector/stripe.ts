import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

import type Stripe from 'stripe';
import { z } from 'zod';

import { SettingsError } from '../core/errors.js';
import { endpoint } from './endpoint.js';
import { eachPage } from './paging.js';
import { ProblemError } from './problems.js';
import { secret, type SecretName } from './secret.js';
import type { Permission, ServiceContext, Verdict } from './service.js';
import { permissionOf, verdictOf } from './verdict.js';

/** Rows of a page; Stripe refuses to give more. */
export const STRIPE_PAGE_ROWS = 100;
/** Stripe allows 25 requests a second to one resource; other programs of the company use the same account. */
export const STRIPE_REQUEST_INTERVAL_MS = 40;
/** Longer than the runner waits, so that a request which the runner gave up ends too. */
const REQUEST_TIMEOUT_MS = 70_000;
const STRIPE_ADDRESS = 'https://api.stripe.com';

/** Schema of an address that replaces Stripe's own. The SDK has no place for a path in it. */
const address = endpoint().refine((text) => !URL.canParse(text) || new URL(text).pathname === '/', {
  error: 'write an address without a path: Stripe is always asked at /v1',
});
const account = z.string().regex(/^acct_\w+$/, 'write the id of a Stripe account, acct_…');
const metadataKey = z.string().trim().min(1, 'write the name of a key of the metadata');

/** The settings that every connector to Stripe has, as the shape of a schema. */
export const STRIPE_SETTINGS = {
  apiKey: secret('the restricted key of Stripe'),
  account: account.optional(),
  departmentKey: metadataKey.default('department'),
  projectKey: metadataKey.default('project'),
  tags: z.array(metadataKey).default([]),
  endpoint: address.optional(),
};

/** What the client needs of them. */
export interface StripeSettings {
  readonly apiKey: SecretName;
  readonly account?: string | undefined;
  readonly endpoint?: string | undefined;
}

type Context = Pick<ServiceContext<StripeSettings>, 'call' | 'once' | 'progress' | 'secret' | 'settings' | 'sourceId'>;

/** A client, and the way to end a request under way: the SDK takes no signal, but without its sockets it stops. */
interface Connection {
  readonly stripe: Stripe;
  readonly hangUp: () => void;
}

/** The client of a run. Retries and telemetry of the SDK are off: both are the runner's. */
function connection(context: Context): Promise<Connection> {
  return context.once('stripe', async () => {
    const { account: stripeContext, endpoint: at = STRIPE_ADDRESS } = context.settings;
    const key = await stripeKey(context);
    const { default: Client } = await import('stripe');
    const { protocol, hostname, port } = new URL(at);
    const isPlain = protocol === 'http:';
    const agent = isPlain ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true });
    const stripe = new Client(key, {
      protocol: isPlain ? 'http' : 'https',
      // Node wants the address of IPv6 without its brackets.
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (isPlain ? 80 : 443) : port,
      httpAgent: agent,
      maxNetworkRetries: 0,
      timeout: REQUEST_TIMEOUT_MS,
      telemetry: false,
      appInfo: { name: 'spendshift' },
      ...(stripeContext === undefined ? {} : { stripeContext }),
    });
    return {
      stripe,
      hangUp: () => {
        agent.destroy();
      },
    };
  });
}

/** Sends one request through the SDK. It ends when the runner gives it up, so that nothing is left open. */
function stripeCall<Reply>(
  context: Context,
  request: string,
  send: (stripe: Stripe) => Promise<Reply>,
): Promise<Reply> {
  return context.call(request, async (signal) => {
    const { stripe, hangUp } = await connection(context);
    signal.addEventListener('abort', hangUp, { once: true });
    try {
      return await send(stripe);
    } finally {
      signal.removeEventListener('abort', hangUp);
    }
  });
}

/** A sentence for figures that are not real because the key is one of test mode or of a sandbox. */
export async function testModeRemarks(context: Context): Promise<readonly string[]> {
  if (!(await stripeKey(context)).includes('_test_')) return [];
  return ['The key is a test key: these are figures of test mode, and no real money.'];
}

async function stripeKey(context: Context): Promise<string> {
  const key = await context.secret(context.settings.apiKey);
  const place = { source: context.sourceId, key: 'apiKey' };
  if (key.startsWith('pk_')) {
    const message = 'this is a publishable key (pk_…), which may read nothing';
    throw new SettingsError({ place, message, hint: 'Make a restricted key (rk_…) and put it in its place.' });
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    const message = 'the key has spaces, line breaks or other characters that no key of Stripe has';
    throw new SettingsError({ place, message, hint: 'Copy the key again, whole and alone.' });
  }
  return key;
}

/** A page of a list. */
export interface StripePage {
  /** What was asked, for messages and for the rows set aside. */
  readonly request: string;
  readonly rows: readonly unknown[];
}

/** What a list takes beside its filters. */
export interface StripePageQuery {
  readonly limit: number;
  readonly starting_after?: string;
}

/** Only what paging needs; the rows are checked one by one by who reads them. */
const list = z.object({ object: z.literal('list'), data: z.array(z.unknown()), has_more: z.boolean() });
const named = z.object({ id: z.string().min(1) });

/**
 * Walks a list of Stripe, newest first, page by page. What is created while the walk goes on stands before its first
 * page, and so is never met twice.
 *
 * @param send asks for one page through the SDK
 * @param first the first page, where another object carried it
 */
export async function* stripePages(
  context: Context,
  what: string,
  send: (stripe: Stripe, query: StripePageQuery) => Promise<unknown>,
  first?: unknown,
): AsyncGenerator<StripePage> {
  let rowCount = 0;
  yield* eachPage<StripePage>(what, context.sourceId, async (cursor, number) => {
    const request = number === 1 ? what : `${what}, page ${number}`;
    const query = { limit: STRIPE_PAGE_ROWS, ...(cursor === undefined ? {} : { starting_after: cursor }) };
    const isGiven = number === 1 && first !== undefined;
    // The reply is kept as Stripe wrote it; what it must be is looked at before it counts as an answer.
    const reply = isGiven
      ? first
      : await stripeCall(context, request, async (stripe) => {
          const given = await send(stripe, query);
          checked(given);
          return given;
        });
    const page = checked(reply);
    rowCount += page.data.length;
    context.progress({ step: `reading ${what}`, rows: rowCount });
    return { content: { request, rows: page.data }, rowCount: page.data.length, next: page.next };
  });
}

/** @throws ProblemError when the reply is no list, or says that more follows but not after what. */
function checked(reply: unknown): { readonly data: readonly unknown[]; readonly next: string | undefined } {
  const read = list.safeParse(reply);
  if (!read.success) throw new ProblemError({ kind: 'reply', message: 'the reply is no list of Stripe' });
  const { data, has_more: hasMore } = read.data;
  if (!hasMore) return { data, next: undefined };
  const last = named.safeParse(data.at(-1));
  if (last.success) return { data, next: last.data.id };
  throw new ProblemError({ kind: 'reply', message: 'the reply says that more follows, but its last row has no id' });
}

/** The smallest request that needs a permission. */
export interface StripeTrial {
  readonly permission: string;
  /** What it lists, in words. */
  readonly what: string;
  readonly send: (stripe: Stripe, query: { readonly limit: 1 }) => Promise<{ readonly data: readonly unknown[] }>;
}

/** Tries permissions one after the other. */
export async function stripeVerdicts(
  context: Context,
  permissions: readonly Permission[],
  trials: readonly StripeTrial[],
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { permission, what, send } of trials) {
    const verdict = await verdictOf(permissionOf(permissions, permission), async () => {
      const { data } = await stripeCall(context, `one of the ${what}`, (stripe) => send(stripe, { limit: 1 }));
      return data.length === 0 ? `the ${what} can be read; there are none yet` : `the ${what} can be read`;
    });
    verdicts.push(verdict);
  }
  return verdicts;
}

/** How a key with these permissions is made: the rows of the form, and an address that opens it with them chosen. */
export function stripeGrant(rows: string, permissions: readonly Permission[]): string {
  const chosen = permissions.map(({ id }) => `permissions[]=${id}`).join('&');
  return `Restricted key with Read, and nothing else, for:
  ${rows}
This address opens the form with them chosen:
  https://dashboard.stripe.com/apikeys/create?name=Spendshift&${chosen}`;
}
