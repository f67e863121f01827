import Stripe from 'stripe';
import { describe, expect, it, onTestFinished } from 'vitest';

import connector from '../../connectors/stripe-issuing/index.js';
import type { StripeIssuingSettings } from '../../connectors/stripe-issuing/settings.js';
import type { IsoDate } from '../../src/core/date.js';
import type { Fault } from '../services/server.js';
import standin, { type RunningStripeIssuing } from '../services/stripe-issuing.js';
import { STRIPE_VERSION } from '../services/stripe-server.js';
import { pullAll, testContext, type TestContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const DAY = { from: '2026-10-10' as IsoDate, to: '2026-10-11' as IsoDate };

async function start(): Promise<RunningStripeIssuing> {
  const running = await standin.start({ now: () => NOW, seed: 7 });
  onTestFinished(() => running.server.close());
  return running;
}

function open(
  running: RunningStripeIssuing,
  options: {
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly key?: string;
    readonly requestTimeoutMs?: number;
  } = {},
): Promise<TestContext<StripeIssuingSettings>> {
  const { key, ...others } = options;
  const secrets = key === undefined ? running.secrets : { STRIPE_ISSUING_KEY: key };
  return testContext(connector, { ...running, secrets }, { ...others, now: () => NOW });
}

async function messageOf(opened: TestContext<StripeIssuingSettings>): Promise<string> {
  try {
    await pullAll(connector, opened.context, DAY);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing failed';
}

describe('settings', () => {
  it.each([
    [{ apiKey: 'rk_test_123456' }, 'env:NAME or file:PATH'],
    [{ apiKey: 'env:KEY', account: 'Lark Hill' }, 'write the id of a Stripe account, acct_…'],
    [{ apiKey: 'env:KEY', cards: false, fees: false }, 'with `cards` and `fees` both false there is nothing to read'],
    [{ apiKey: 'env:KEY', departmentKey: ' ' }, 'write the name of a key of the metadata'],
    [{ apiKey: 'env:KEY', endpoint: 'https://gateway.example/stripe' }, 'write an address without a path'],
    [{ apiKey: 'env:KEY', endpoint: 'http://gateway.example' }, 'write an address that begins with https://'],
    [{ apiKey: 'env:KEY', departments: 'x' }, 'Unrecognized key: "departments"'],
  ])('say what is wrong with %j', (settings, message) => {
    const { error } = connector.settings.safeParse(settings);
    expect(error?.issues.map((issue) => issue.message).join('; ')).toContain(message);
  });

  it('need the key alone', () => {
    expect(connector.settings.parse({ apiKey: 'env:KEY' })).toEqual({
      apiKey: 'env:KEY',
      cards: true,
      fees: true,
      departmentKey: 'department',
      projectKey: 'project',
      tags: [],
    });
  });
});

describe('the key', () => {
  it('may not be a publishable one', async () => {
    const message = await messageOf(await open(await start(), { key: 'pk_live_51Public' }));
    expect(message).toContain('apiKey: this is a publishable key (pk_…), which may read nothing');
    expect(message).not.toContain('51Public');
  });

  it('is looked at before it becomes a header', async () => {
    const running = await start();
    expect(await messageOf(await open(running, { key: 'rk_live_51 torn' }))).toContain(
      'the key has spaces, line breaks or other characters that no key of Stripe has',
    );
    expect(running.server.requests).toEqual([]);
  });

  it('that Stripe does not know stops the source at once', async () => {
    const opened = await open(await start(), { key: ['rk', 'live', '51Other'].join('_') });
    const message = await messageOf(opened);
    expect(message).toContain('Issuing transactions 2026-10-10 to 2026-10-11: Stripe does not know the key');
    expect(message).toContain('Make a new restricted key in the Dashboard');
    expect(opened.charged).toHaveLength(1);
  });

  it('of test mode brings no real money, and a remark says so', async () => {
    const running = await start();
    const key = (running.secrets['STRIPE_ISSUING_KEY'] ?? '').replace('_live_', '_test_');
    const { end } = await pullAll(connector, (await open(running, { key })).context, DAY);
    expect(end.remarks).toEqual(['The key is a test key: these are figures of test mode, and no real money.']);
    expect((await pullAll(connector, (await open(running)).context, DAY)).end.remarks).toEqual([]);
  });
});

describe('an error', () => {
  it.each<[Fault, string]>([
    ['expired', 'the key has expired'],
    ['forbidden', 'the key lacks the permission rak_balance_transaction_source_read'],
  ])('that stays is not tried again: %s', async (fault, message) => {
    const running = await start();
    running.server.fail(fault);
    const opened = await open(running);
    expect(await messageOf(opened)).toContain(message);
    expect(opened.charged).toHaveLength(1);
    expect(opened.waitsMs.filter((waitMs) => waitMs > 100)).toEqual([]);
  });

  it.each<[Fault, string]>([
    ['throttled', 'Stripe says that too many requests came at once (tried 6 times)'],
    ['server-error', 'Stripe answered 500: Sorry! There was an error while talking to one of our backends. (tried'],
    ['cut', 'the connection to Stripe failed'],
    ['malformed', 'Invalid JSON received from the Stripe API (tried 6 times)'],
  ])('that may pass is tried again, then said: %s', async (fault, message) => {
    const running = await start();
    running.server.fail(fault, 6);
    expect(await messageOf(await open(running))).toContain(message);
    expect(running.server.requests).toHaveLength(6);
  });

  it('of too many requests waits as long as Stripe wants', async () => {
    const running = await start();
    running.server.fail('throttled', 2);
    const opened = await open(running);
    expect(await messageOf(opened)).toBe('nothing failed');
    expect(opened.waitsMs.filter((waitMs) => waitMs === 2_000)).toHaveLength(2);
  });

  it('of a server that does not answer ends the request', async () => {
    const running = await start();
    running.server.fail('silent', 6);
    expect(await messageOf(await open(running, { requestTimeoutMs: 50 }))).toContain('did not answer in time');
    expect(running.server.requests).toHaveLength(6);
  });

  it('of a server that is not there is said as such', async () => {
    const running = await start();
    const opened = await open(running);
    await running.server.close();
    expect(await messageOf(opened)).toContain('the connection to Stripe failed (ECONNREFUSED)');
  });

  it('of an account that the key may not read names it', async () => {
    const opened = await open(await start(), { settings: { account: 'acct_1Foreign' } });
    expect(await messageOf(opened)).toContain("does not have access to account 'acct_1Foreign'");
  });

  it('of an account without Issuing says how to read the fees alone', () => {
    const message = 'Your account is not set up to use Issuing. Please visit the Dashboard to get started.';
    const error = new Stripe.errors.StripeInvalidRequestError({
      type: 'invalid_request_error',
      message,
      statusCode: 400,
    });
    expect(connector.problemOf?.(error)).toEqual({
      kind: 'refused',
      message: `Stripe refused the request: ${message}`,
      hint: "Write `cards: false` to read Stripe's fees alone, or have Issuing activated by Stripe.",
    });
    expect(connector.problemOf?.(new TypeError('our own mistake'))).toBeUndefined();
  });
});

describe('check', () => {
  it('has a verdict for every permission', async () => {
    const { context } = await open(await start());
    expect(await connector.check(context)).toEqual([
      { permission: 'rak_issuing_transaction_read', granted: true, detail: 'the Issuing transactions can be read' },
      { permission: 'rak_issuing_card_read', granted: true, detail: 'the Issuing cards can be read' },
      { permission: 'rak_issuing_cardholder_read', granted: true, detail: 'the Issuing cardholders can be read' },
      {
        permission: 'rak_balance_transaction_source_read',
        granted: true,
        detail: 'the balance transactions can be read',
      },
    ]);
  });

  it.each(connector.service.permissions.map(({ id }) => id))('tells that %s is missing', async (permission) => {
    const running = await start();
    running.deny(permission);
    const verdicts = await connector.check((await open(running)).context);
    expect(verdicts.filter(({ granted }) => !granted)).toEqual([
      expect.objectContaining({
        permission,
        detail: expect.stringContaining(`the key lacks the permission ${permission}`) as string,
        hint: expect.stringContaining('Edit the key in the Dashboard') as string,
      }),
    ]);
    // Each is needed: the expanded cards and cardholders are refused as well.
    expect(await messageOf(await open(running))).toContain(`the key lacks the permission ${permission}`);
  });

  it('asks one row each, and only for what the settings want', async () => {
    const running = await start();
    const { context } = await open(running, { settings: { cards: false } });
    expect((await connector.check(context)).map(({ permission }) => permission)).toEqual([
      'rak_balance_transaction_source_read',
    ]);
    expect(running.server.requests.map(({ query }) => query.toString())).toEqual(['limit=1']);
  });

  it('says what is wrong with a key that cannot be one', async () => {
    const { context } = await open(await start(), { key: 'pk_live_51Public' });
    const [verdict] = await connector.check(context);
    expect(verdict).toMatchObject({
      granted: false,
      detail: 'this is a publishable key (pk_…), which may read nothing',
    });
  });

  it('is granted by an address that chooses every permission', () => {
    for (const { id } of connector.service.permissions) {
      expect(connector.service.grant).toContain(`permissions[]=${id}`);
    }
  });
});

describe('the stand-in', () => {
  it.each([
    ['/v1/issuing/transactions?limit=101', 400, 'parameter_invalid_integer'],
    ['/v1/issuing/transactions?limit=0', 400, 'parameter_invalid_integer'],
    ['/v1/issuing/transactions?expand[0]=data.secrets', 400, 'property_unexpandable'],
    ['/v1/issuing/transactions?starting_after=ipi_gone', 400, 'resource_missing'],
    ['/v1/issuing/transactions?created[gte]=yesterday', 400, 'parameter_invalid_integer'],
    ['/v1/issuing/transactions?created[since]=1', 400, 'parameter_unknown'],
    ['/v1/issuing/transactions?month=2026-10', 400, 'parameter_unknown'],
    ['/v1/issuing/authorizations', 404, undefined],
  ])('refuses what Stripe refuses: %s', async (path, status, code) => {
    const running = await start();
    const answer = await ask(running, path);
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { error: { code?: string } }).error.code).toBe(code);
    expect(running.server.violations).toHaveLength(1);
  });

  it.each([
    [{ authorization: 'Bearer rk_live_other' }, 401],
    [{ 'stripe-version': '2020-08-27' }, 400],
    [{ 'stripe-account': 'acct_1Foreign' }, 403],
  ])('refuses headers as Stripe does: %j', async (headers, status) => {
    expect((await ask(await start(), '/v1/balance_transactions', headers)).status).toBe(status);
  });

  it('pages both ways, newest first', async () => {
    const running = await start();
    const list = async (query: string): Promise<{ ids: string[]; more: boolean }> => {
      const answer = await ask(running, `/v1/issuing/transactions?limit=3&${query}`);
      const body = (await answer.json()) as { data: { id: string; created: number }[]; has_more: boolean };
      const created = body.data.map((row) => row.created);
      expect(created).toEqual([...created].sort((left, right) => right - left));
      return { ids: body.data.map(({ id }) => id), more: body.has_more };
    };
    const first = await list('');
    const second = await list(`starting_after=${first.ids[2] ?? ''}`);
    expect([first.more, second.more]).toEqual([true, true]);
    expect(await list(`ending_before=${second.ids[0] ?? ''}`)).toEqual({ ids: first.ids, more: false });
    expect(new Set([...first.ids, ...second.ids]).size).toBe(6);
    const both = `starting_after=${first.ids[0] ?? ''}&ending_before=${second.ids[0] ?? ''}`;
    expect((await ask(running, `/v1/issuing/transactions?${both}`)).status).toBe(400);
  });
});

function ask(
  running: RunningStripeIssuing,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${running.server.url}${path}`, {
    headers: {
      authorization: `Bearer ${running.secrets['STRIPE_ISSUING_KEY'] ?? ''}`,
      'stripe-version': STRIPE_VERSION,
      ...headers,
    },
  });
}
