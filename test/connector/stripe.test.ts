import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';

import { stripePages, testModeRemarks, type StripePageQuery, type StripeSettings } from '../../src/connector/stripe.js';
import { stripeProblem } from '../../src/connector/stripe-problems.js';
import {
  createdIn,
  dayOfSeconds,
  metadataTags,
  metadataValue,
  stableText,
  stripeCurrency,
  stripeDigits,
  stripeMoney,
} from '../../src/connector/stripe-values.js';
import type { SecretName } from '../../src/connector/secret.js';
import { currencyCodes, minorDigits } from '../../src/core/currency.js';
import type { IsoDate } from '../../src/core/date.js';

describe('amounts', () => {
  it('differ from ISO 4217 in these currencies alone', () => {
    const differ = currencyCodes().filter((code) => stripeDigits(code) !== minorDigits(code));
    expect(differ.map((code) => [code, stripeDigits(code)])).toEqual([
      ['BYR', undefined],
      ['CLF', undefined],
      ['IQD', undefined],
      ['ISK', 2],
      ['LYD', undefined],
      ['MGA', 0],
      ['UGX', 2],
      ['UYI', undefined],
      ['UYW', undefined],
    ]);
  });

  it('are decimals with the digits of their currency', () => {
    expect(stripeMoney(-1_299n, 'EUR')).toEqual({ digits: -1_299n, scale: 2 });
    expect(stripeMoney(1_299n, 'XOF')).toEqual({ digits: 1_299n, scale: 0 });
    expect(stripeMoney(1_290n, 'TND')).toEqual({ digits: 1_290n, scale: 3 });
    expect(stripeMoney(-500n, 'UGX')).toEqual({ digits: -500n, scale: 2 });
    expect(stripeMoney(505n, 'UGX')).toBe('505 is no amount in UGX, which Stripe writes in hundredths that end in 00');
    expect(stripeMoney(1n, 'CLF')).toBe('how Stripe writes amounts in CLF is not known');
  });
});

describe('values', () => {
  it('read currencies and moments', () => {
    expect(stripeCurrency.parse('jpy')).toBe('JPY');
    expect(stripeCurrency.safeParse('usdc').success).toBe(false);
    expect(dayOfSeconds.parse(Date.parse('2026-10-31T23:59:59Z') / 1_000)).toBe('2026-10-31');
    expect(dayOfSeconds.parse(Date.parse('2026-11-01T00:00:00Z') / 1_000)).toBe('2026-11-01');
    for (const value of [1.5, -1, '1', 2 ** 50]) expect(dayOfSeconds.safeParse(value).success).toBe(false);
  });

  it('make a window of days one of seconds', () => {
    expect(createdIn({ from: '2026-10-01' as IsoDate, to: '2026-10-02' as IsoDate })).toEqual({
      gte: 1_790_812_800,
      lt: 1_790_899_200,
    });
  });

  it('take metadata of the first object that has it', () => {
    const all = [{ a: ' ' }, { a: ' first ', b: '' }, { a: 'second', b: 'x' }];
    expect(metadataValue('a', all)).toBe('first');
    expect(metadataValue('b', all)).toBe('x');
    expect(metadataValue('toString', all)).toBe('');
    expect(metadataTags(['b', 'a', 'c'], all)).toBe('{"a":"first","b":"x"}');
    expect(metadataTags([], all)).toBe('{}');
  });

  it.each([
    ['Billing - Usage Fee (2026-07-26)', 'Billing - Usage Fee'],
    ['Connect (2024-01-01 - 2024-01-31): Cross-Border Transfers', 'Connect: Cross-Border Transfers'],
    ['Radar (2026-09): Radar for Fraud Teams', 'Radar: Radar for Fraud Teams'],
    ['Radar for Fraud Teams: 1,204 screened', 'Radar for Fraud Teams: screened'],
    ['Chargeback withdrawal for ch_3Abcdefgh12', 'Chargeback withdrawal for'],
    ['3D Secure', '3D Secure'],
    ['', ''],
  ])('lose what changes from month to month: %s', (text, stable) => {
    expect(stableText(text)).toBe(stable);
  });
});

describe('problems', () => {
  const raw = { type: 'api_error' as const, message: 'said Stripe' };
  const { errors } = Stripe;

  it.each<[Error, string, number | undefined]>([
    [new errors.StripeRateLimitError({ ...raw, headers: { 'retry-after': '7' } }), 'retry', 7_000],
    [new errors.StripeRateLimitError(raw), 'retry', undefined],
    [
      new errors.StripeRateLimitError({ ...raw, headers: { 'retry-after': 'Fri, 01 Jan 2027 00:00:00 GMT' } }),
      'retry',
      undefined,
    ],
    [new errors.StripeAPIError({ ...raw, statusCode: 503, headers: { 'retry-after': '3' } }), 'retry', 3_000],
    [new errors.StripeAPIError({ ...raw, statusCode: 409 }), 'retry', undefined],
    [new errors.StripeAPIError({ ...raw, statusCode: 405 }), 'refused', undefined],
    [new errors.StripeAPIError(raw), 'retry', undefined],
    [new errors.StripeConnectionError(raw), 'retry', undefined],
    [new errors.StripeAuthenticationError({ ...raw, statusCode: 401 }), 'credentials', undefined],
    [new errors.StripePermissionError({ ...raw, statusCode: 403 }), 'permission', undefined],
    [new errors.StripeInvalidRequestError({ ...raw, statusCode: 400 }), 'refused', undefined],
  ])('%s: %s', (error, kind, afterMs) => {
    const problem = stripeProblem(error);
    expect(problem?.kind).toBe(kind);
    expect(problem?.afterMs).toBe(afterMs);
  });

  it('of a page that begins after a row that is gone may pass', () => {
    const gone = { ...raw, code: 'resource_missing', param: 'starting_after', statusCode: 400 };
    expect(stripeProblem(new errors.StripeInvalidRequestError(gone))).toEqual({
      kind: 'retry',
      message: 'the list changed while it was read',
    });
    expect(stripeProblem(new errors.StripeInvalidRequestError({ ...gone, param: 'customer' }))?.kind).toBe('refused');
  });

  it('of others are not its own', () => {
    expect(stripeProblem(new Error('a mistake'))).toBeUndefined();
    expect(stripeProblem('a text')).toBeUndefined();
    expect(stripeProblem(new errors.StripeCardError(raw))).toBeUndefined();
  });
});

/** A context that sends at once, over a client that is never used. */
function direct(key: string): Parameters<typeof testModeRemarks>[0] {
  const settings: StripeSettings = { apiKey: 'env:KEY' as SecretName };
  return {
    settings,
    sourceId: 'test',
    secret: () => Promise.resolve(key),
    progress: () => undefined,
    call: (_request, send) => send(new AbortController().signal),
    once: (_name, make) => make(),
  };
}

async function walk(...replies: unknown[]): Promise<{ queries: StripePageQuery[]; ids: unknown[] }> {
  const queries: StripePageQuery[] = [];
  const ids: unknown[] = [];
  const send = (_stripe: Stripe, query: StripePageQuery): Promise<unknown> => {
    queries.push(query);
    return Promise.resolve(replies[queries.length - 1]);
  };
  for await (const { rows } of stripePages(direct('rk_live_x'), 'things', send)) ids.push(...rows);
  return { queries, ids };
}

function list(ids: readonly string[], hasMore: boolean): object {
  return { object: 'list', data: ids.map((id) => ({ id })), has_more: hasMore, url: '/v1/things' };
}

describe('pages', () => {
  it('begin after the last row of the one before', async () => {
    const { queries, ids } = await walk(list(['c', 'b'], true), list(['a'], false));
    expect(queries).toEqual([{ limit: 100 }, { limit: 100, starting_after: 'b' }]);
    expect(ids).toEqual([{ id: 'c' }, { id: 'b' }, { id: 'a' }]);
    expect((await walk(list([], false))).queries).toHaveLength(1);
  });

  it.each([
    ['is no list', { data: [] }, 'the reply is no list of Stripe'],
    ['says that more follows an empty page', list([], true), 'more follows, but its last row has no id'],
    ['has a last row without an id', { object: 'list', data: [{}], has_more: true }, 'its last row has no id'],
  ])('stop where a reply %s', async (_what, reply, message) => {
    await expect(walk(reply)).rejects.toThrow(message);
  });

  it('stop where they lead back', async () => {
    await expect(walk(list(['b'], true), list(['b'], true))).rejects.toThrow('leads back to a page that was read');
  });
});

describe('a test key', () => {
  it('is told by its name', async () => {
    expect(await testModeRemarks(direct('rk_test_51x'))).toEqual([
      'The key is a test key: these are figures of test mode, and no real money.',
    ]);
    expect(await testModeRemarks(direct('rk_live_51x'))).toEqual([]);
  });
});
