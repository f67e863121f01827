import { describe, expect, it, onTestFinished } from 'vitest';

import connector from '../../connectors/ramp/index.js';
import { settings, type RampSettings } from '../../connectors/ramp/settings.js';
import type { PullWindow, ServiceCharge } from '../../src/connector/service.js';
import { decimalText } from '../../src/core/decimal.js';
import type { Month } from '../../src/core/period.js';
import standin, { type RunningRamp } from '../services/ramp.js';
import { StrictServer } from '../services/server.js';
import { pullAll, sumsOf, testContext, type Pulled, type TestContext } from '../support/service.js';
import { brief, clock, days, mistakeOf, monthDays, NO_FAULTS, startFor } from '../support/spend.js';

const OCTOBER = monthDays('2026-10');

function start(now = clock): Promise<RunningRamp> {
  return startFor(standin, now);
}

function contextOf(
  running: RunningRamp,
  changed: Readonly<Record<string, unknown>> = {},
): Promise<TestContext<RampSettings>> {
  return testContext(connector, running, { now: clock, settings: changed });
}

async function pulled(running: RunningRamp, window: PullWindow, changed = {}): Promise<Pulled> {
  return pullAll(connector, (await contextOf(running, changed)).context, window);
}

describe('charges', () => {
  it.each(['2023-07', '2025-02', '2026-09', '2026-10', '2026-11'])('of %s are what Ramp holds', async (month) => {
    const running = await start();
    const { charges, end } = await pulled(running, monthDays(month));
    expect(charges.length).toBeGreaterThan(0);
    expect(sumsOf(charges)).toEqual(running.truth(month as Month));
    expect(end).toEqual({ isFinal: true, remarks: [] });
    expect(running.server.violations).toEqual([]);
  });

  it('of single days come to those of the month, each once', async () => {
    const running = await start();
    const { context } = await contextOf(running);
    const whole = await pullAll(connector, context, OCTOBER);
    const daily: ServiceCharge[] = [];
    for (let day = 1; day <= 31; day += 1) {
      const from = `2026-10-${String(day).padStart(2, '0')}`;
      const to = day === 31 ? '2026-11-01' : `2026-10-${String(day + 1).padStart(2, '0')}`;
      daily.push(...(await pullAll(connector, context, days(from, to))).charges);
    }
    expect(daily.map(brief).sort()).toEqual(whole.charges.map(brief).sort());
    expect(new Set(daily.map(({ key }) => key)).size).toBe(daily.length);
  });

  it('are those of card transactions alone unless more is asked for', async () => {
    const running = await start();
    const { charges } = await pulled(running, OCTOBER, { include: undefined });
    const all = await pulled(running, OCTOBER);
    expect(charges.map(brief)).toEqual(
      all.charges.filter(({ key }) => !/^(?:bill|reimbursement)\//.test(key)).map(brief),
    );
    expect(charges.length).toBeLessThan(all.charges.length);
    const tokens = running.server.requests.filter(({ path }) => path.endsWith('/token'));
    expect(tokens.map(({ body }) => new URLSearchParams(body).get('scope'))).toEqual([
      'transactions:read',
      'transactions:read bills:read reimbursements:read',
    ]);
  });

  it('come page by page, and what is no spend is counted', async () => {
    const running = await start();
    const { batches } = await pulled(running, OCTOBER);
    const pages = running.server.requests.filter(({ path }) => path.endsWith('/transactions'));
    expect(pages.length).toBeGreaterThan(1);
    expect(pages[0]?.query.get('from_date')).toBe('2026-09-30T23:59:59Z');
    expect(pages[0]?.query.get('to_date')).toBe('2026-11-01T00:00:00Z');
    expect(pages[1]?.query.get('start')).not.toBeNull();
    const october = running.documents.of('2026-10' as Month);
    const skipped = october.filter((document) => !running.documents.counts(document) || isPaidByCard(document));
    expect(skipped.length).toBeGreaterThan(1);
    expect(batches.reduce((sum, { skippedCount = 0 }) => sum + skippedCount, 0)).toBe(skipped.length);
  });
});

function isPaidByCard({ kind, number }: { readonly kind: string; readonly number: number }): boolean {
  return kind === 'bill' && number % 6 === 0;
}

/** Serves rows of the test's own, in the place of a part of Ramp. */
async function pullRows(part: string, rows: string, changed = {}): Promise<Pulled> {
  const running = await start();
  const server = await StrictServer.start(
    ({ path }) =>
      path.endsWith('/token')
        ? { body: { access_token: 'tok_of_the_test', expires_in: 100 } }
        : { headers: { 'content-type': 'application/json' }, body: `{"data":[${rows}],"page":{"next":null}}` },
    NO_FAULTS,
  );
  onTestFinished(() => server.close());
  return pulled(running, OCTOBER, { include: [part], endpoint: `${server.url}/`, ...changed });
}

const PURCHASE = {
  id: 'c74326d3',
  state: 'CLEARED',
  amount: 135,
  currency_code: 'USD',
  entity_amount: { currency: 'USD', value: 13500 },
  original_transaction_amount: { amount: 13500, currency_code: 'USD', minor_unit_conversion_rate: 100 },
  user_transaction_time: '2026-10-03T20:40:05+00:00',
  merchant_name: 'Facebook Ads',
  merchant_descriptor: 'FACEBK *RT4K9QZ2',
  merchant_category_code: '0780',
  sk_category_name: 'Advertising',
  card_holder: { first_name: 'Dana', last_name: 'Hollis', department_name: 'Implementations', user_id: 'u' },
  card_id: '4002ca56',
  entity_id: 'dff9389a',
  accounting_field_selections: [],
  line_items: [
    {
      amount: { amount: 13500, currency_code: 'USD', minor_unit_conversion_rate: 100 },
      accounting_field_selections: [
        { name: 'Advertising', external_code: '6010', category_info: { type: 'GL_ACCOUNT', name: 'Category' } },
      ],
    },
  ],
};

function row(changed: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...PURCHASE, ...changed });
}

describe('a card transaction', () => {
  it('gives all evidence of who bought it', async () => {
    const { charges } = await pullRows('transactions', row({}));
    expect(charges).toEqual([
      {
        key: 'c74326d3',
        reference: 'c74326d3',
        day: '2026-10-03',
        currency: 'USD',
        cash: { digits: 13500n, scale: 2 },
        texts: {
          payee: 'Facebook Ads',
          description: '',
          serviceCategory: 'Advertising',
          merchantCategory: '0780',
          person: 'Dana Hollis',
          card: '4002ca56',
          account: 'dff9389a',
          ledgerAccount: '6010 Advertising',
          costCenter: 'Implementations',
          project: '',
          tags: '{}',
        },
      },
    ]);
  });

  it.each([
    ['entity_amount in the smallest units', {}, '135'],
    ['the old amount in whole units', { entity_amount: null, amount: 135 }, '135'],
    ['the old amount with a fraction', { entity_amount: undefined, amount: 135.5, ...stated(13550) }, '135.5'],
    ['no other amount than the old one', { entity_amount: null, amount: 9.99, ...stated(undefined) }, '9.99'],
    [
      'a currency without smallest units',
      { entity_amount: { currency: 'JPY', value: 1350 }, amount: 1350, currency_code: 'JPY', ...stated(undefined) },
      '1350',
    ],
    ['a refund', { entity_amount: { currency: 'USD', value: -13500 }, amount: -135, ...stated(-13500) }, '-135'],
  ])('is worth %s', async (_case, changed, expected) => {
    const { charges } = await pullRows('transactions', row(changed));
    expect(charges.map(({ cash }) => decimalText(cash))).toEqual([expected]);
  });

  it('is read without a loss where a float would lose cents', async () => {
    const text = row({ amount: null, ...stated(undefined) }).replace('"value":13500', '"value":90071992547409931');
    const { charges } = await pullRows('transactions', text);
    expect(charges.map(({ cash }) => decimalText(cash))).toEqual(['900719925474099.31']);
  });

  it.each([
    [{ entity_amount: null, amount: 13500 }, 'amount: it states two amounts: 13500 and 135 USD'],
    [{ amount: 1.35 }, 'amount: it states two amounts: 135 and 1.35 USD'],
    [{ entity_amount: null, amount: null }, 'amount: it states no amount with a currency'],
    [{ entity_amount: null, currency_code: null }, 'amount: it states no amount with a currency'],
    [{ entity_amount: { currency: 'XTS', value: 1 } }, 'entity_amount.currency: "XTS" is no currency code of ISO 4217'],
    [{ state: 'DISPUTED' }, 'state: Invalid option: expected one of "CLEARED"|"COMPLETION"'],
    [{ user_transaction_time: 'yesterday' }, 'user_transaction_time: "yesterday" is no moment of ISO 8601'],
    [{ user_transaction_time: null }, 'user_transaction_time: Invalid input: expected string, received null'],
  ])('with %j is set aside', async (changed, reason) => {
    const { charges, batches } = await pullRows('transactions', `${row({ id: 'good' })},${row(changed)}`);
    expect(charges.map(({ key }) => key)).toEqual(['good']);
    expect(batches.flatMap(({ rejected = [] }) => rejected)).toMatchObject([
      { file: 'transactions 2026-10-01 to 2026-11-01', row: 2, reason },
    ]);
  });

  it.each(['PENDING', 'PENDING_INITIATION', 'DECLINED', 'ERROR'])('that is %s is no spend', async (state) => {
    const { charges, batches } = await pullRows('transactions', `{"id":"x","state":"${state}"},${row({})}`);
    expect(charges).toHaveLength(1);
    expect(batches).toMatchObject([{ skippedCount: 1, rejected: [] }]);
  });

  it.each([
    ['2026-10-01T00:00:00+00:00', '2026-10-01'],
    ['2026-09-30T23:59:59+00:00', undefined],
    ['2026-11-01T00:00:00+00:00', undefined],
    ['2026-10-31T23:59:59Z', '2026-10-31'],
    ['2026-10-31T20:30:00-05:00', undefined],
    ['2026-09-30T20:30:00-05:00', '2026-10-01'],
  ])('of %s belongs to %s', async (moment, day) => {
    const { charges } = await pullRows('transactions', row({ user_transaction_time: moment }));
    expect(charges.map((charge) => charge.day)).toEqual(day === undefined ? [] : [day]);
  });

  it.each([
    ['5734', '5734'],
    [780, '0780'],
    [null, ''],
  ])('with the category %j has %s', async (code, expected) => {
    const { charges } = await pullRows('transactions', row({ merchant_category_code: code }));
    expect(charges[0]?.texts.merchantCategory).toBe(expected);
  });

  it('is named by the network where Ramp has no name', async () => {
    const named = await pullRows('transactions', row({ merchant_name: null, merchant_descriptor: 'HETZNER ONLINE' }));
    expect(named.charges[0]?.texts).toMatchObject({ payee: 'HETZNER ONLINE', description: '' });
    const stable = await pullRows('transactions', row({ merchant_descriptor: 'META PLATFORMS' }));
    expect(stable.charges[0]?.texts).toMatchObject({ payee: 'Facebook Ads', description: 'META PLATFORMS' });
  });
});

function stated(units: number | undefined): Readonly<Record<string, unknown>> {
  const amount = units === undefined ? null : { amount: units, currency_code: 'USD' };
  return { original_transaction_amount: amount, line_items: [{ amount, accounting_field_selections: [] }] };
}

function line(units: number, currency: string, ...chosen: readonly (readonly [string, string, string])[]): unknown {
  return {
    amount: { amount: units, currency_code: currency },
    accounting_field_selections: chosen.map(([type, field, name]) => ({ name, category_info: { type, name: field } })),
  };
}

describe('lines of a transaction', () => {
  it('are charges of their own, each with its account and cost centre', async () => {
    const items = [
      line(10000, 'USD', ['GL_ACCOUNT', 'Category', 'Software'], ['COST_CENTER', 'CC', 'Growth']),
      line(3500, 'USD', ['GL_ACCOUNT', 'Category', 'Hosting'], ['PROJECT', 'Project', 'Apollo']),
    ];
    const { charges } = await pullRows('transactions', row({ line_items: items }));
    expect(charges.map(brief)).toEqual(['2026-10-03 100 USD c74326d3/1', '2026-10-03 35 USD c74326d3/2']);
    expect(charges.map(({ texts, reference }) => ({ ...texts, reference }))).toMatchObject([
      { ledgerAccount: 'Software', costCenter: 'Growth', project: '', reference: 'c74326d3' },
      { ledgerAccount: 'Hosting', costCenter: 'Implementations', project: 'Apollo', reference: 'c74326d3' },
    ]);
  });

  it('in the currency of the merchant split the amount in the currency of the company, to the cent', async () => {
    const items = [line(1000, 'JPY'), line(1000, 'JPY'), line(1000, 'JPY')];
    const changed = { amount: 100, entity_amount: { currency: 'USD', value: 10000 }, line_items: items };
    const { charges } = await pullRows('transactions', row(changed));
    expect(charges.map(({ cash, currency }) => `${decimalText(cash)} ${currency}`)).toEqual([
      '33.34 USD',
      '33.33 USD',
      '33.33 USD',
    ]);
  });

  it.each([
    ['do not come to the whole', [line(10000, 'USD'), line(3499, 'USD')]],
    ['have no amount', [line(13500, 'USD'), { amount: null }]],
    ['are in several currencies', [line(13500, 'USD'), line(1, 'EUR')]],
    ['go both ways in another currency', [line(500, 'EUR'), line(-100, 'EUR')]],
  ])('that %s leave it whole, with what they agree on', async (_case, items) => {
    const coded = items.map((item) => ({
      ...(item as object),
      accounting_field_selections: [{ name: 'Software', category_info: { type: 'GL_ACCOUNT', name: 'Category' } }],
    }));
    const { charges } = await pullRows('transactions', row({ line_items: coded }));
    expect(charges.map(brief)).toEqual(['2026-10-03 135 USD c74326d3']);
    expect(charges[0]?.texts).toMatchObject({ ledgerAccount: 'Software', costCenter: 'Implementations' });
  });

  it('give the chosen accounting fields as tags, and a field of choice as cost centre', async () => {
    const items = [line(13500, 'USD', ['OTHER', 'Class', 'EMEA'], ['OTHER', 'Department', 'Brand'])];
    const changed = { costCenterField: 'department', tags: ['Class', 'Location'] };
    const { charges } = await pullRows('transactions', row({ line_items: items }), changed);
    expect(charges[0]?.texts).toMatchObject({ costCenter: 'Brand', tags: '{"Class":"EMEA"}' });
  });
});

const BILL = {
  id: '6e3816e3',
  approval_status: 'APPROVED',
  amount: { amount: 96993, currency_code: 'USD' },
  issued_at: '2026-10-31T00:00:00+00:00',
  invoice_number: '432',
  vendor: { name: 'Cabinet Co' },
  line_items: [line(1998, 'USD'), line(94995, 'USD')],
  payment: { payment_method: 'ACH' },
};

describe('a bill', () => {
  it('is charges of its lines on the day of its issue', async () => {
    const { charges } = await pullRows('bills', JSON.stringify(BILL));
    expect(charges.map(brief)).toEqual([
      '2026-10-31 19.98 USD bill/6e3816e3/1',
      '2026-10-31 949.95 USD bill/6e3816e3/2',
    ]);
    expect(charges[0]).toMatchObject({ reference: '432', texts: { payee: 'Cabinet Co' } });
  });

  it.each([
    ['is not approved', { approval_status: 'PENDING' }],
    ['was paid by a card of Ramp, which is a card transaction too', { payment: { payment_method: 'ONE_TIME_CARD' } }],
  ])('that %s is left out', async (_case, changed) => {
    const { charges, batches } = await pullRows('bills', JSON.stringify({ ...BILL, ...changed }));
    expect(charges).toEqual([]);
    expect(batches).toMatchObject([{ skippedCount: 1 }]);
  });

  it('without a readable amount is set aside', async () => {
    const { batches } = await pullRows('bills', JSON.stringify({ ...BILL, amount: 969.93 }));
    expect(batches).toMatchObject([{ rejected: [{ row: 1 }] }]);
  });
});

const CLAIM = {
  id: 'r1',
  state: 'REIMBURSED',
  amount: 12.5,
  currency: 'EUR',
  original_reimbursement_amount: { amount: 1250, currency_code: 'EUR' },
  transaction_date: '2026-10-02',
  merchant: 'Deutsche Bahn',
  user_full_name: 'Dana Hollis',
};

describe('a claim', () => {
  it('is a charge with its person', async () => {
    const { charges } = await pullRows('reimbursements', JSON.stringify(CLAIM));
    expect(charges.map(brief)).toEqual(['2026-10-02 12.5 EUR reimbursement/r1']);
    expect(charges[0]?.texts).toMatchObject({ payee: 'Deutsche Bahn', person: 'Dana Hollis' });
  });

  it.each([
    ['awaits approval', { state: 'AWAITING_APPROVAL' }],
    ['is money that a person gives back', { direction: 'USER_TO_BUSINESS' }],
  ])('that %s is left out', async (_case, changed) => {
    const { charges, batches } = await pullRows('reimbursements', JSON.stringify({ ...CLAIM, ...changed }));
    expect(charges).toEqual([]);
    expect(batches).toMatchObject([{ skippedCount: 1 }]);
  });

  it('whose unit nothing tells is set aside', async () => {
    const alone = JSON.stringify({ ...CLAIM, original_reimbursement_amount: null });
    const { batches } = await pullRows('reimbursements', alone);
    expect(batches.flatMap(({ rejected = [] }) => rejected)).toMatchObject([
      { reason: 'amount: nothing says whether the amount is in whole or in the smallest units' },
    ]);
  });
});

describe('what goes wrong', () => {
  it('names wrong credentials', async () => {
    const running = await start();
    const other = { ...running, secrets: { RAMP_SECRET: 'another-secret' } };
    const { context } = await testContext(connector, other, { now: clock });
    expect(await mistakeOf(pullAll(connector, context, OCTOBER))).toBe(
      'token for Ramp: the credentials are refused (invalid_client) → Open the app at Ramp (Company, Developer): compare the client id, make a new secret if need be, and allow client credentials and the scopes.',
    );
  });

  it('names a missing scope, in the pull and in the check', async () => {
    const running = await start();
    running.deny('bills:read');
    expect(await mistakeOf(pulled(running, OCTOBER))).toBe(
      "bills 2026-10-01 to 2026-11-01: the service answered 403: The app lacks the scope bills:read (DEVELOPER_7100) → Give the app at Ramp (Company, Developer) the scopes that the connector's README lists.",
    );
    const verdicts = await connector.check((await contextOf(running)).context);
    expect(verdicts.map(({ permission, granted }) => [permission, granted])).toEqual([
      ['transactions:read', true],
      ['bills:read', false],
      ['reimbursements:read', true],
    ]);
  });

  it('checks only what is included', async () => {
    const running = await start();
    const { context } = await contextOf(running, { include: ['bills'] });
    expect(await connector.check(context)).toEqual([
      { permission: 'bills:read', granted: true, detail: 'the bills can be read' },
    ]);
    expect(running.server.violations).toEqual([]);
  });

  it('never sends its token to another server', async () => {
    const running = await start();
    running.pageAt('https://elsewhere.example');
    expect(await mistakeOf(pulled(running, OCTOBER))).toContain(
      `transactions 2026-10-01 to 2026-11-01: the next page is at https://elsewhere.example, not at ${running.server.url}; no token was sent there`,
    );
  });

  it('gets another token when Ramp has forgotten the first', async () => {
    const running = await start();
    const { context } = await contextOf(running);
    await pullAll(connector, context, OCTOBER);
    running.revokeTokens();
    const { charges } = await pullAll(connector, context, OCTOBER);
    expect(sumsOf(charges)).toEqual(running.truth('2026-10' as Month));
  });

  it('refuses a reply that is no list', async () => {
    const running = await start();
    const server = await StrictServer.start(
      ({ path }) => ({ body: path.endsWith('/token') ? { access_token: 'tok_of_the_test' } : { rows: [] } }),
      NO_FAULTS,
    );
    onTestFinished(() => server.close());
    expect(await mistakeOf(pulled(running, OCTOBER, { endpoint: server.url }))).toContain(
      'the reply is not as documented (data:',
    );
  });
});

describe('settings', () => {
  it.each([
    [{ include: [] }, 'name at least one of transactions, bills, reimbursements'],
    [{ clientSecret: 'ramp_sec_1' }, 'name where the client secret of the app at Ramp is kept'],
    [{ endpoint: 'http://api.ramp.com' }, 'write an address that begins with https://'],
    [{ clientId: ' ' }, 'write the client id of the app at Ramp'],
  ])('%j are refused', (changed, message) => {
    const given = { clientId: 'id', clientSecret: 'env:RAMP_SECRET', ...changed };
    expect(settings.safeParse(given).error?.issues[0]?.message).toContain(message);
  });

  it('need a client and its secret alone', () => {
    expect(settings.parse({ clientId: 'id', clientSecret: 'env:RAMP_SECRET' })).toMatchObject({
      include: ['transactions'],
      endpoint: 'https://api.ramp.com',
    });
  });
});
