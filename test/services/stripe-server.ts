import { Refusal, StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import type { RunningChargeStandin } from './standin.js';

/** The version that the SDK of this project is made for. */
export const STRIPE_VERSION = '2026-10-28.endive';
/** Rows that Stripe gives where no limit is asked for, and the most it gives. */
const LIMIT_DEFAULT = 10;
const LIMIT_MAX = 100;
const LIST_PARAMETERS = new Set(['limit', 'starting_after', 'ending_before']);
/** The account that the key belongs to, and the one account besides that it may read. */
const OWN_ACCOUNT = 'acct_1StandIn';
export const OTHER_ACCOUNT = 'acct_1Subsidiary';

/** A row of any list. */
export interface StripeRow {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
}

/** Seconds since 1970: `from` is in it, `to` is not. */
export interface Seconds {
  readonly from: number;
  readonly to: number;
}

/** A list of Stripe. */
export interface StripeResource<Row extends StripeRow = StripeRow> {
  /** Name of an object in messages: `issuing transaction`. */
  readonly name: string;
  /** What a restricted key needs. */
  readonly permission: string;
  /** Filters it takes besides `created`. */
  readonly filters?: readonly string[];
  /** What may be expanded, each with the permission that it needs. */
  readonly expandable?: Readonly<Record<string, string>>;
  /** Rows there are now, newest first; only those of a span of time. */
  newestFirst(span: Seconds): Iterable<Row>;
  find(id: string): Row | undefined;
  render(row: Row, expand: ReadonlySet<string>): unknown;
  /** The same as JSON, where that is faster. */
  text?(row: Row): string;
}

/** Finds the list at a path, `/v1/…`. */
export type StripeRoutes = (path: string) => StripeResource | undefined;

/** A stand-in for Stripe at work. */
export interface RunningStripe extends RunningChargeStandin {
  /** Takes a permission from the key. */
  deny(permission: string): void;
}

/** Puts the newest first, as every list of Stripe is. */
export function newerFirst(left: StripeRow, right: StripeRow): number {
  return right.created - left.created || (left.id < right.id ? 1 : left.id > right.id ? -1 : 0);
}

/** An error as Stripe words it. */
export function stripeRefusal(status: number, error: Readonly<Record<string, string>>): Refusal {
  return new Refusal(error['message'] ?? '', { status, body: { error } });
}

function invalid(message: string, param: string, code: string): Refusal {
  return stripeRefusal(400, { type: 'invalid_request_error', code, message, param });
}

const FAULTS: FaultReplies = {
  throttled: {
    status: 429,
    headers: { 'retry-after': '2' },
    body: {
      error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded.' },
    },
  },
  'server-error': {
    status: 500,
    body: { error: { type: 'api_error', message: 'Sorry! There was an error while talking to one of our backends.' } },
  },
  expired: {
    status: 401,
    body: {
      error: {
        type: 'invalid_request_error',
        code: 'api_key_expired',
        message: 'Expired API Key provided: rk_live_****dout',
      },
    },
  },
  forbidden: { status: 403, body: { error: forbidden('rak_balance_transaction_source_read') } },
};

function forbidden(permission: string): Readonly<Record<string, string>> {
  const message =
    `The provided key 'rk_live_****dout' does not have the required permissions for this endpoint on account ` +
    `'${OWN_ACCOUNT}'. Having the '${permission}' permission would allow this request to continue.`;
  return { type: 'invalid_request_error', message };
}

/** A server that checks requests as Stripe does. */
export async function startStripe(
  key: string,
  routes: StripeRoutes,
): Promise<{ readonly server: StrictServer; readonly denied: Set<string> }> {
  const denied = new Set<string>();
  const server = await StrictServer.start((request) => answer(request, key, routes, denied), FAULTS);
  return { server, denied };
}

function answer(request: ServiceRequest, key: string, routes: StripeRoutes, denied: ReadonlySet<string>): ServiceReply {
  checkHeaders(request, key);
  const resource = routes(request.path);
  if (request.method !== 'GET' || resource === undefined) {
    const message = `Unrecognized request URL (${request.method}: ${request.path}).`;
    throw stripeRefusal(404, { type: 'invalid_request_error', message });
  }
  const expand = expandOf(request.query, resource);
  for (const needed of [resource.permission, ...[...expand].map((path) => resource.expandable?.[path] ?? '')]) {
    if (denied.has(needed)) throw stripeRefusal(403, forbidden(needed));
  }
  return {
    headers: { 'request-id': 'req_standin', 'content-type': 'application/json' },
    body: page(request, resource, expand),
  };
}

function checkHeaders({ headers }: ServiceRequest, key: string): void {
  // A test key of the same account is a key too: it sees figures that are no real money.
  const keys = [key, key.replace('_live_', '_test_')];
  if (!keys.some((one) => headers['authorization'] === `Bearer ${one}`)) {
    const message =
      headers['authorization'] === undefined
        ? 'You did not provide an API key.'
        : 'Invalid API Key provided: rk_live_****';
    throw stripeRefusal(401, { type: 'invalid_request_error', message });
  }
  if (headers['stripe-version'] !== STRIPE_VERSION) {
    const message = `Invalid Stripe API version: ${headers['stripe-version'] ?? ''}`;
    throw stripeRefusal(400, { type: 'invalid_request_error', message });
  }
  const account = headers['stripe-context'] ?? headers['stripe-account'];
  if (account !== undefined && account !== OWN_ACCOUNT && account !== OTHER_ACCOUNT) {
    const message = `The provided key 'rk_live_****' does not have access to account '${account}' (or that account does not exist).`;
    throw stripeRefusal(403, { type: 'invalid_request_error', code: 'account_invalid', message });
  }
}

function expandOf(query: URLSearchParams, { expandable = {}, name }: StripeResource): Set<string> {
  const paths = new Set<string>();
  for (const [parameter, value] of query) {
    if (!/^expand\[\d*\]$/.test(parameter)) continue;
    if (!Object.hasOwn(expandable, value)) {
      throw invalid(`This property cannot be expanded (${value}) on ${name}.`, parameter, 'property_unexpandable');
    }
    paths.add(value);
  }
  return paths;
}

function page({ path, query }: ServiceRequest, resource: StripeResource, expand: ReadonlySet<string>): unknown {
  for (const parameter of query.keys()) {
    const plain = parameter.replace(/\[.*$/, '');
    const isKnown =
      LIST_PARAMETERS.has(parameter) || plain === 'created' || plain === 'expand' || resource.filters?.includes(plain);
    if (isKnown !== true) throw invalid(`Received unknown parameter: ${parameter}`, parameter, 'parameter_unknown');
  }
  const limit = limitOf(query);
  const span = spanOf(query);
  const after = cursorOf(query, 'starting_after', resource);
  const before = cursorOf(query, 'ending_before', resource);
  if (after !== undefined && before !== undefined) {
    throw invalid('You can only use one of starting_after and ending_before.', 'ending_before', 'parameter_invalid');
  }
  const { rows, hasMore } =
    before === undefined ? rowsAfter(resource, span, after, limit) : rowsBefore(resource, span, before, limit);
  if (resource.text === undefined) {
    return { object: 'list', data: rows.map((row) => resource.render(row, expand)), has_more: hasMore, url: path };
  }
  const data = rows.map((row) => resource.text?.(row) ?? '').join(',');
  return `{"object":"list","data":[${data}],"has_more":${hasMore},"url":${JSON.stringify(path)}}`;
}

interface Rows {
  readonly rows: readonly StripeRow[];
  readonly hasMore: boolean;
}

function rowsAfter(resource: StripeResource, span: Seconds, after: StripeRow | undefined, limit: number): Rows {
  const to = after === undefined ? span.to : Math.min(span.to, after.created + 1);
  const rows: StripeRow[] = [];
  for (const row of resource.newestFirst({ from: span.from, to })) {
    if (after !== undefined && newerFirst(row, after) <= 0) continue;
    if (rows.length === limit) return { rows, hasMore: true };
    rows.push(row);
  }
  return { rows, hasMore: false };
}

/** The rows that stand just before one, still newest first. */
function rowsBefore(resource: StripeResource, span: Seconds, before: StripeRow, limit: number): Rows {
  const newer: StripeRow[] = [];
  for (const row of resource.newestFirst(span)) {
    if (newerFirst(row, before) >= 0) break;
    newer.push(row);
  }
  return { rows: newer.slice(-limit), hasMore: newer.length > limit };
}

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null) return LIMIT_DEFAULT;
  if (!/^\d+$/.test(text)) throw invalid(`Invalid integer: ${text}`, 'limit', 'parameter_invalid_integer');
  const limit = Number(text);
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw invalid(`This value must be between 1 and ${LIMIT_MAX}.`, 'limit', 'parameter_invalid_integer');
}

function spanOf(query: URLSearchParams): Seconds {
  let from = 0;
  let to = Number.MAX_SAFE_INTEGER;
  for (const [parameter, text] of query) {
    const bound = /^created(?:\[(\w+)\])?$/.exec(parameter);
    if (bound === null) continue;
    if (!/^\d+$/.test(text)) throw invalid(`Invalid integer: ${text}`, parameter, 'parameter_invalid_integer');
    const seconds = Number(text);
    const by: Readonly<Record<string, Seconds>> = {
      '': { from: seconds, to: seconds + 1 },
      gte: { from: seconds, to },
      gt: { from: seconds + 1, to },
      lt: { from, to: seconds },
      lte: { from, to: seconds + 1 },
    };
    const span = by[bound[1] ?? ''];
    if (span === undefined) throw invalid(`Received unknown parameter: ${parameter}`, parameter, 'parameter_unknown');
    from = Math.max(from, span.from);
    to = Math.min(to, span.to);
  }
  return { from, to };
}

function cursorOf(query: URLSearchParams, parameter: string, resource: StripeResource): StripeRow | undefined {
  const id = query.get(parameter);
  if (id === null) return undefined;
  const row = resource.find(id);
  if (row === undefined) throw invalid(`No such ${resource.name}: '${id}'`, parameter, 'resource_missing');
  return row;
}

/** A list that is short enough to be held whole. */
export function shortList<Row extends StripeRow>(
  about: Pick<StripeResource<Row>, 'name' | 'permission' | 'filters'>,
  rows: () => readonly Row[],
  render: (row: Row) => unknown,
): StripeResource<Row> {
  return {
    ...about,
    newestFirst: ({ from, to }) =>
      rows()
        .filter(({ created }) => created >= from && created < to)
        .sort(newerFirst),
    find: (id) => rows().find((row) => row.id === id),
    render,
  };
}
