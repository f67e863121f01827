import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import connector from '../../connectors/brex/index.js';
import { settings, type BrexSettings } from '../../connectors/brex/settings.js';
import type { PullWindow } from '../../src/connector/service.js';
import { decimalText } from '../../src/core/decimal.js';
import { addMonths, type Month } from '../../src/core/period.js';
import standin, { type RunningBrex } from '../services/brex.js';
import { StrictServer, type ServiceReply } from '../services/server.js';
import { pullAll, sumsOf, testContext, type Pulled, type TestContext } from '../support/service.js';
import { brief, clock, days, mistakeOf, monthDays, NO_FAULTS, startFor } from '../support/spend.js';

const OCTOBER = monthDays('2026-10');

function start(): Promise<RunningBrex> {
  return startFor(standin);
}

function contextOf(
  running: RunningBrex,
  changed: Readonly<Record<string, unknown>> = {},
): Promise<TestContext<BrexSettings>> {
  return testContext(connector, running, { now: clock, settings: changed });
}

async function pulled(running: RunningBrex, window: PullWindow, changed = {}): Promise<Pulled> {
  return pullAll(connector, (await contextOf(running, changed)).context, window);
}

function startsOf({ server }: RunningBrex): string[] {
  return server.requests
    .filter(({ path, query }) => path.endsWith('/primary') && query.get('cursor') === null)
    .map(({ query }) => query.get('posted_at_start')?.slice(0, 10) ?? '');
}

describe('charges', () => {
  it.each(['2023-07', '2025-02', '2026-09', '2026-10', '2026-11'])('of %s are what Brex holds', async (month) => {
    const running = await start();
    const { charges, end } = await pulled(running, monthDays(month));
    expect(charges.length).toBeGreaterThan(0);
    expect(sumsOf(charges)).toEqual(running.truth(month as Month));
    expect(end.isFinal).toBe(true);
    expect(running.server.violations).toEqual([]);
  });

  it('of parts of the month come to those of the month, each once and with the same evidence', async () => {
    const running = await start();
    const { context } = await contextOf(running);
    const whole = await pullAll(connector, context, OCTOBER);
    const other = await contextOf(running);
    const parts = [
      ...(await pullAll(connector, other.context, days('2026-10-20', '2026-11-01'))).charges,
      ...(await pullAll(connector, other.context, days('2026-10-02', '2026-10-20'))).charges,
      ...(await pullAll(connector, other.context, days('2026-10-01', '2026-10-02'))).charges,
    ];
    const named = (charges: Pulled['charges']): string[] =>
      charges.map((charge) => `${brief(charge)} ${JSON.stringify(charge.texts)}`).sort();
    expect(named(parts)).toEqual(named(whole.charges));
    expect(new Set(parts.map(({ key }) => key)).size).toBe(parts.length);
  });

  it('of a window over several months come month by month', async () => {
    const running = await start();
    const { charges } = await pulled(running, days('2026-08-10', '2026-11-01'));
    const daysSeen = charges.map(({ day }) => day).sort();
    expect([daysSeen[0]?.slice(0, 7), daysSeen.at(-1)?.slice(0, 7)]).toEqual(['2026-08', '2026-10']);
    expect(daysSeen.every((day) => day >= '2026-08-10')).toBe(true);
  });

  it('of what is no spend are none, and are counted', async () => {
    const running = await start();
    const { batches } = await pulled(running, OCTOBER);
    expect(batches.reduce((sum, { skippedCount = 0 }) => sum + skippedCount, 0)).toBeGreaterThan(0);
  });
});

describe('a run over the whole past', () => {
  it('asks for twice as much of it each time, and keeps what came later', async () => {
    const running = await start();
    const { context } = await contextOf(running);
    for (let back = 0; back < 36; back += 1) {
      const month = addMonths('2026-11' as Month, -back);
      const { charges } = await pullAll(connector, context, monthDays(month));
      expect(sumsOf(charges)).toEqual(running.truth(month));
    }
    expect(startsOf(running)).toEqual([
      '2026-10-31',
      '2026-09-30',
      '2026-08-11',
      '2026-05-03',
      '2025-10-15',
      '2024-09-10',
      '2022-07-03',
    ]);
    expect(running.server.violations).toEqual([]);
  });

  it('keeps no transaction outside of the folder that the runner removes', async () => {
    const running = await start();
    const { context } = await contextOf(running);
    await pullAll(connector, context, OCTOBER);
    const files = await readdir(join(context.temporaryFolder, 'brex-transactions'));
    expect(files.sort()).toEqual(['2026-09.jsonl', '2026-10.jsonl', '2026-11.jsonl']);
  });

  it('asks again for all of it when a walk broke off', async () => {
    const running = await start();
    const { context } = await contextOf(running);
    await pullAll(connector, context, OCTOBER);
    running.server.fail('forbidden', 1, ({ query }) => query.get('cursor') !== null);
    await expect(pullAll(connector, context, monthDays('2026-08'))).rejects.toThrow('403');
    const { charges } = await pullAll(connector, context, OCTOBER);
    expect(sumsOf(charges)).toEqual(running.truth('2026-10' as Month));
  });
});

interface Rows {
  readonly transactions: readonly unknown[];
  readonly expenses?: readonly unknown[];
}

/** Serves rows of the test's own. */
async function pullRows({ transactions, expenses = [] }: Rows, changed = {}): Promise<Pulled> {
  const running = await start();
  const server = await StrictServer.start(
    ({ path }): ServiceReply => ({ body: { items: path === '/v1/expenses' ? expenses : transactions } }),
    NO_FAULTS,
  );
  onTestFinished(() => server.close());
  return pulled(running, OCTOBER, { endpoint: server.url, tags: [], ...changed });
}

const PURCHASE = {
  id: 'pste_1',
  card_id: 'card_1',
  description: 'Amazon Web Services',
  amount: { amount: 4687, currency: 'USD' },
  initiated_at_date: '2026-10-01',
  posted_at_date: '2026-10-03',
  type: 'PURCHASE',
  merchant: { raw_descriptor: 'AWS EMEA', mcc: '0742', country: 'USA' },
  expense_id: 'expense_1',
};
const EXPENSE = {
  id: 'expense_1',
  purchased_at: '2026-10-01T23:10:00.000Z',
  category: 'SOFTWARE',
  department: { id: 'd', name: 'Engineering' },
  location: { id: 'l', name: 'London' },
  budget: { id: 'b', name: 'Cloud' },
  user: { id: 'u', first_name: 'Dana', last_name: 'Hollis' },
};

describe('a card transaction', () => {
  it('gives all evidence of who bought it', async () => {
    const { charges, end } = await pullRows({ transactions: [PURCHASE], expenses: [EXPENSE] }, { tags: ['budget'] });
    expect(charges).toEqual([
      {
        key: 'pste_1',
        reference: 'pste_1',
        day: '2026-10-03',
        currency: 'USD',
        cash: { digits: 4687n, scale: 2 },
        texts: {
          payee: 'AWS EMEA',
          serviceCategory: 'SOFTWARE',
          merchantCategory: '0742',
          costCenter: 'Engineering',
          person: 'Dana Hollis',
          card: 'card_1',
          tags: '{"budget":"Cloud"}',
        },
      },
    ]);
    expect(end.remarks).toEqual([]);
  });

  it.each([
    ['PURCHASE', 4687, '46.87'],
    ['REFUND', -4687, '-46.87'],
    ['CHARGEBACK', -4687, '-46.87'],
    ['CHARGEBACK', 4687, '46.87'],
    ['BNPL_FEE', 100, '1'],
    ['COLLECTION', -4687, undefined],
    ['REWARDS_CREDIT', -4687, undefined],
  ])('%s of %d counts as %s', async (type, amount, expected) => {
    const { charges, batches } = await pullRows({
      transactions: [{ ...PURCHASE, type, amount: { amount, currency: 'USD' } }],
    });
    expect(charges.map(({ cash }) => decimalText(cash))).toEqual(expected === undefined ? [] : [expected]);
    expect(batches[0]?.skippedCount).toBe(expected === undefined ? 1 : 0);
  });

  it('in a currency without smallest units is not divided', async () => {
    const { charges } = await pullRows({
      transactions: [{ ...PURCHASE, amount: { amount: 4687, currency: 'JPY' } }],
    });
    expect(charges.map(({ cash }) => decimalText(cash))).toEqual(['4687']);
  });

  it.each([
    [{ type: 'PURCHASE', amount: { amount: -1, currency: 'USD' } }, 'amount: a purchase of -0.01 has the wrong sign'],
    [{ type: 'REFUND', amount: { amount: 1, currency: 'USD' } }, 'amount: a refund of 0.01 has the wrong sign'],
    [{ amount: { amount: 46.87, currency: 'USD' } }, 'amount.amount: must be a whole number'],
    [{ amount: { amount: 1, currency: null } }, 'amount: it names no currency'],
    [{ type: 'CASHBACK' }, 'type: Invalid option'],
    [{ posted_at_date: 'soon' }, 'posted_at_date: "soon" does not begin with a day'],
    [{ posted_at_date: null }, 'posted_at_date: Invalid input: expected string, received null'],
  ])('with %j is set aside, with its place at Brex', async (changed, reason) => {
    const { charges, batches } = await pullRows({ transactions: [PURCHASE, { ...PURCHASE, id: 'bad', ...changed }] });
    expect(charges).toHaveLength(1);
    const rejected = batches.flatMap((batch) => batch.rejected ?? []);
    expect(rejected).toMatchObject([{ file: 'transactions from 2026-10-01', row: 2 }]);
    expect(rejected[0]?.reason).toContain(reason);
  });

  it('is read without a loss where a float would lose cents', async () => {
    const running = await start();
    const text = JSON.stringify({ items: [PURCHASE] }).replace('4687', '90071992547409931');
    const server = await StrictServer.start(
      ({ path }): ServiceReply => ({ body: path === '/v1/expenses' ? { items: [] } : text }),
      NO_FAULTS,
    );
    onTestFinished(() => server.close());
    const { charges } = await pulled(running, OCTOBER, { endpoint: server.url });
    expect(charges.map(({ cash }) => decimalText(cash))).toEqual(['900719925474099.31']);
  });

  it('is named by its expense, or by its text, where the network names no merchant', async () => {
    const plain = { ...PURCHASE, merchant: null };
    const byExpense = { ...EXPENSE, merchant: { raw_descriptor: 'AWS' } };
    const named = await pullRows({ transactions: [plain], expenses: [byExpense] });
    expect(named.charges[0]?.texts.payee).toBe('AWS');
    const unnamed = await pullRows({ transactions: [plain] });
    expect(unnamed.charges[0]?.texts).toMatchObject({ payee: 'Amazon Web Services', merchantCategory: '' });
  });
});

describe('the expense of a transaction', () => {
  it('may be missing, which a remark counts', async () => {
    const { charges, end } = await pullRows({
      transactions: [PURCHASE, { ...PURCHASE, id: 'pste_2', expense_id: null }],
      expenses: [{ ...EXPENSE, id: 'expense_9' }, { id: 'broken' }],
    });
    expect(charges.map(({ texts }) => texts.costCenter)).toEqual(['', '']);
    expect(end.remarks).toEqual(['2 purchases have no expense at Brex, and so no department and no person.']);
  });

  it.each([
    ['2026-08-04T00:00:00Z', 'Engineering'],
    ['2026-08-03T23:59:59Z', ''],
    ['2026-10-04T23:59:59Z', 'Engineering'],
    ['2026-10-05T00:00:00Z', ''],
  ])('of a purchase at %s gives "%s", in every window', async (purchasedAt, expected) => {
    const { charges } = await pullRows({
      transactions: [PURCHASE],
      expenses: [{ ...EXPENSE, purchased_at: purchasedAt }],
    });
    expect(charges[0]?.texts.costCenter).toBe(expected);
  });

  it('is asked for by the days of purchases, with the names that it needs', async () => {
    const running = await start();
    await pulled(running, OCTOBER);
    const asked = running.server.requests.find(({ path }) => path === '/v1/expenses');
    expect(asked?.query.getAll('expand[]')).toEqual(['merchant', 'department', 'location', 'user', 'budget']);
    expect(asked?.query.get('purchased_at_start')).toBe('2026-07-31T00:00:00.000Z');
    expect(asked?.query.get('purchased_at_end')).toBe('2026-11-03T00:00:00.000Z');
  });

  it('is not asked for where it is not wanted', async () => {
    const running = await start();
    const { charges, end } = await pulled(running, OCTOBER, { expenses: false });
    expect(running.server.requests.some(({ path }) => path === '/v1/expenses')).toBe(false);
    expect(sumsOf(charges)).toEqual(running.truth('2026-10' as Month));
    expect(end.remarks).toEqual([]);
  });
});

describe('what goes wrong', () => {
  it('names a wrong token', async () => {
    const running = await start();
    const { context } = await testContext(
      connector,
      { ...running, secrets: { BREX_TOKEN: 'another' } },
      { now: clock },
    );
    expect(await mistakeOf(pullAll(connector, context, OCTOBER))).toBe(
      'transactions from 2026-10-01: the service answered 401: Unauthorized → Make a new user token in Brex (Developer, Settings); one that is not used for 30 days ends.',
    );
  });

  it('names a missing scope, in the pull and in the check', async () => {
    const running = await start();
    running.deny('expenses.card.readonly');
    expect(await mistakeOf(pulled(running, OCTOBER))).toBe(
      "expenses 2026-10-01 to 2026-11-01: the service answered 403: Insufficient scope: expenses.card.readonly → Make a user token with the scopes that the connector's README lists.",
    );
    const verdicts = await connector.check((await contextOf(running)).context);
    expect(verdicts.map(({ permission, granted, detail }) => [permission, granted, detail])).toEqual([
      ['transactions.card.readonly', true, 'the transactions can be read'],
      ['expenses.card.readonly', false, expect.stringContaining('403')],
    ]);
    const { context } = await contextOf(running, { expenses: false });
    expect((await connector.check(context)).map(({ granted }) => granted)).toEqual([true]);
  });
});

describe('settings', () => {
  it.each([
    [{ apiToken: 'bxt_plain' }, 'name where the user token of Brex is kept'],
    [{ apiToken: 'env:T', tags: ['memo'] }, 'Invalid option'],
    [{ apiToken: 'env:T', endpoint: 'http://platform.brexapis.com' }, 'write an address that begins with https://'],
  ])('%j are refused', (given, message) => {
    expect(settings.safeParse(given).error?.issues[0]?.message).toContain(message);
  });
});
