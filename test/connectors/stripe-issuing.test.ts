import { describe, expect, it, onTestFinished } from 'vitest';

import connector from '../../connectors/stripe-issuing/index.js';
import type { StripeIssuingSettings } from '../../connectors/stripe-issuing/settings.js';
import { cardTransaction, toCharge } from '../../connectors/stripe-issuing/to-charge.js';
import type { PullWindow, ServiceCharge } from '../../src/connector/service.js';
import { readRows } from '../../src/connector/values.js';
import { tagsOf } from '../../src/core/charge.js';
import { addDays, type IsoDate } from '../../src/core/date.js';
import { toMicros } from '../../src/core/money.js';
import { addMonths, firstDay, type Month } from '../../src/core/period.js';
import { CARDS, HOLDERS, MERCHANTS } from '../services/stripe-issuing-data.js';
import standin, { startVolume, type RunningStripeIssuing } from '../services/stripe-issuing.js';
import { OTHER_ACCOUNT } from '../services/stripe-server.js';
import { pullAll, sumsOf, testContext, type Pulled, type TestContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const OCTOBER = '2026-10' as Month;
const NOVEMBER = '2026-11' as Month;
/** What a page of a hundred may cost, apart from the network and the SDK. */
const PAGE_MS_MAX = 2;

interface World {
  readonly running: RunningStripeIssuing;
  readonly at: (now: string) => void;
  readonly open: (settings?: Readonly<Record<string, unknown>>) => Promise<TestContext<StripeIssuingSettings>>;
  readonly pull: (window: PullWindow, settings?: Readonly<Record<string, unknown>>) => Promise<Pulled>;
}

async function world(seed = 7): Promise<World> {
  let clock = NOW;
  const now = (): Date => clock;
  const running = await standin.start({ now, seed });
  onTestFinished(() => running.server.close());
  const open: World['open'] = (settings) =>
    testContext(connector, running, settings === undefined ? { now } : { settings, now });
  return {
    running,
    at: (text) => {
      clock = new Date(text);
    },
    open,
    pull: async (window, settings) => pullAll(connector, (await open(settings)).context, window),
  };
}

function windowOf(month: Month): PullWindow {
  return { from: firstDay(month), to: firstDay(addMonths(month, 1)) };
}

function keysOf(charges: readonly ServiceCharge[]): string[] {
  return charges.map(({ key }) => key).sort();
}

describe('money', () => {
  it('is the truth to the micro-unit, each charge once, with nothing refused', async () => {
    const { running, pull } = await world();
    for (const month of ['2026-11', '2026-10', '2026-03', '2024-02', '2023-07'] as Month[]) {
      const { charges, batches, end } = await pull(windowOf(month));
      expect(sumsOf(charges), month).toEqual(running.truth(month));
      expect(new Set(keysOf(charges)).size).toBe(charges.length);
      expect(batches.flatMap(({ rejected }) => rejected ?? [])).toEqual([]);
      expect(end.isFinal).toBe(true);
    }
    expect(running.server.violations).toEqual([]);
  });

  it('can be that of cards or of fees alone', async () => {
    const { running, pull } = await world();
    const cards = await pull(windowOf(OCTOBER), { fees: false });
    expect(sumsOf(cards.charges)).toEqual(running.truthOf('cards', OCTOBER));
    expect(cards.charges.filter(({ texts }) => texts.payee === 'Stripe')).toEqual([]);
    const fees = await pull(windowOf(OCTOBER), { cards: false });
    expect(sumsOf(fees.charges)).toEqual(running.truthOf('fees', OCTOBER));
    expect(new Set(fees.charges.map(({ texts }) => texts.payee))).toEqual(new Set(['Stripe']));
  });

  it('of windows of a day each is that of one window over all', async () => {
    const { running, pull } = await world();
    const whole = await pull(windowOf(OCTOBER));
    const parts: ServiceCharge[] = [];
    for (let day = firstDay(OCTOBER); day < firstDay(NOVEMBER); day = addDays(day, 1)) {
      const { charges } = await pull({ from: day, to: addDays(day, 1) });
      expect(charges.filter((charge) => charge.day !== day)).toEqual([]);
      parts.push(...charges);
    }
    expect(keysOf(parts)).toEqual(keysOf(whole.charges));
    expect(sumsOf(parts)).toEqual(running.truth(OCTOBER));
  });

  it('grows with the open month and follows what is changed in the past', async () => {
    const { running, at, pull } = await world();
    const before = sumsOf((await pull(windowOf(NOVEMBER))).charges);
    at('2026-11-25T08:00:00Z');
    const after = sumsOf((await pull(windowOf(NOVEMBER))).charges);
    expect(after).not.toEqual(before);
    expect(after).toEqual(running.truth(NOVEMBER));
    const past = sumsOf((await pull(windowOf(OCTOBER))).charges);
    running.restate(OCTOBER);
    const restated = sumsOf((await pull(windowOf(OCTOBER))).charges);
    expect(restated).not.toEqual(past);
    expect(restated).toEqual(running.truth(OCTOBER));
  });

  it('keeps its first second and not its last: a day is half-open', async () => {
    const { pull } = await world();
    const ten = '2026-10-10' as IsoDate;
    const costs = async (from: IsoDate): Promise<bigint[]> =>
      (await pull({ from, to: addDays(from, 1) }, { fees: false })).charges.map(({ cash }) => cash.digits);
    // One at 00:00:00 and one at 23:59:59 of the tenth.
    expect(await costs(ten)).toEqual(expect.arrayContaining([1_001n, 2_002n]));
    expect(await costs(addDays(ten, -1))).not.toContain(1_001n);
    expect(await costs(addDays(ten, 1))).not.toContain(2_002n);
  });
});

describe('requests', () => {
  it('are for transactions and movements of the balance alone, newest first, a hundred a page', async () => {
    const { running, open } = await world();
    const { context, charged } = await open();
    await pullAll(connector, context, windowOf(OCTOBER));
    const { requests } = running.server;
    // No authorizations: they are the same money before it moves.
    expect([...new Set(requests.map(({ path }) => path))]).toEqual([
      '/v1/issuing/transactions',
      '/v1/balance_transactions',
    ]);
    const [first, second] = requests.map(({ query }) => Object.fromEntries(query));
    expect(first).toEqual({
      limit: '100',
      'created[gte]': String(Date.parse('2026-10-01') / 1_000),
      'created[lt]': String(Date.parse('2026-11-01') / 1_000),
      'expand[0]': 'data.card',
      'expand[1]': 'data.cardholder',
    });
    expect(second).toEqual({ ...first, starting_after: expect.stringMatching(/^ipi_/) as string });
    expect(charged.slice(0, 2).map(({ request }) => request)).toEqual([
      'Issuing transactions 2026-10-01 to 2026-11-01',
      'Issuing transactions 2026-10-01 to 2026-11-01, page 2',
    ]);
    expect(charged.length).toBe(requests.length);
  });

  it('tell Stripe nothing of the machine', async () => {
    const { running, pull } = await world();
    await pull(windowOf(OCTOBER));
    for (const { headers } of running.server.requests) {
      expect(headers['x-stripe-client-telemetry']).toBeUndefined();
      expect(headers['x-stripe-client-user-agent']).not.toMatch(/platform|telemetry_id/);
    }
  });

  it('are for another account where the settings name one', async () => {
    const { running, pull } = await world();
    const { charges } = await pull(windowOf(OCTOBER), { account: OTHER_ACCOUNT });
    expect(new Set(running.server.requests.map(({ headers }) => headers['stripe-context']))).toEqual(
      new Set([OTHER_ACCOUNT]),
    );
    expect(new Set(charges.map(({ texts }) => texts.account))).toEqual(new Set([OTHER_ACCOUNT]));
  });
});

describe('texts', () => {
  it('tell who has the card, and where it is booked', async () => {
    const { pull } = await world();
    const { charges } = await pull(windowOf(OCTOBER), { fees: false });
    const card = CARDS[0];
    const charge = charges.find(
      ({ texts: { card: last4, payee, costCenter } }) =>
        last4 === card?.last4 && payee === MERCHANTS[0]?.name && costCenter !== 'Operations',
    );
    expect(charge?.texts).toMatchObject({
      person: HOLDERS[0]?.name,
      // Of the card, before that of its holder.
      costCenter: 'Product',
      merchantCategory: '5734',
      serviceCategory: 'computer_software_stores',
    });
    expect(tagsOf({ tags: charge?.texts.tags ?? '' })).toEqual(new Map([['cost_code', 'CC-100']]));
    const company = charges.find(({ texts }) => texts.subAccountName === 'Lark Hill Facilities');
    expect(company?.texts).toMatchObject({ person: '', subAccount: HOLDERS[8]?.id });
    expect(charges.map(({ texts }) => texts.merchantCategory)).toEqual(expect.arrayContaining(['0742', '0780']));
  });

  it('change with what is written on a transaction later, and the money does not', async () => {
    const { at, pull } = await world();
    at('2026-11-01T00:00:00Z');
    const early = await pull(windowOf(OCTOBER), { fees: false });
    at('2026-11-20T00:00:00Z');
    const late = await pull(windowOf(OCTOBER), { fees: false });
    const ofOperations = ({ charges }: Pulled): number =>
      charges.filter(({ texts }) => texts.costCenter === 'Operations').length;
    expect(ofOperations(late)).toBeGreaterThan(ofOperations(early));
    expect(sumsOf(late.charges)).toEqual(sumsOf(early.charges));
    expect(keysOf(late.charges)).toEqual(keysOf(early.charges));
  });

  it('are the same in each month: a subscription is one line', async () => {
    const { pull } = await world();
    const lines = async (month: Month): Promise<Set<string>> =>
      new Set((await pull(windowOf(month))).charges.map(({ texts }) => JSON.stringify(texts)));
    const [september, october] = [await lines('2026-09' as Month), await lines(OCTOBER)];
    const fees = (all: Set<string>): string[] =>
      [...all].filter((text) => text.includes('"publisher":"Stripe"')).sort();
    expect(fees(september)).toEqual(fees(october));
    expect([...october].filter((text) => september.has(text)).length).toBeGreaterThan(40);
  });
});

const SETTINGS = connector.settings.parse({ apiKey: 'env:KEY', departmentKey: 'dept', tags: ['env', 'team'] });
const CARD = { id: 'ic_1', object: 'issuing.card', last4: '0042', metadata: { dept: 'Design', team: 'Brand' } };
const HOLDER = { id: 'ich_1', name: 'Ines Duarte', type: 'individual', metadata: { dept: 'Marketing', env: 'live' } };
const CAPTURE = {
  id: 'ipi_1Abc',
  object: 'issuing.transaction',
  amount: -1_299,
  amount_details: { atm_fee: null, cashback_amount: 0 },
  authorization: 'iauth_1',
  balance_transaction: 'txn_1',
  card: CARD,
  cardholder: HOLDER,
  created: Date.parse('2026-10-31T23:59:59Z') / 1_000,
  currency: 'usd',
  merchant_amount: -1_190,
  merchant_currency: 'eur',
  merchant_data: { category: 'veterinary_services', category_code: '0742', name: 'Paws ', network_id: '1', url: null },
  metadata: {},
  type: 'capture',
  some_new_field: { of: ['tomorrow'] },
};

function converted(row: object): ServiceCharge | string {
  const { rows, rejected } = readRows(cardTransaction, [{ ...CAPTURE, ...row }], 'a page');
  const [read] = rows;
  return read === undefined ? (rejected[0]?.reason ?? '') : toCharge(read, SETTINGS);
}

function microsOf(row: object): bigint | string | undefined {
  const charge = converted(row);
  return typeof charge === 'string' ? charge : toMicros(charge.cash);
}

describe('a card transaction', () => {
  it('is spend with the sign turned, in the currency of the balance', () => {
    expect(converted({})).toEqual({
      key: 'ipi_1Abc',
      reference: 'ipi_1Abc',
      day: '2026-10-31',
      currency: 'USD',
      cash: { digits: 1_299n, scale: 2 },
      texts: {
        payee: 'Paws',
        serviceCategory: 'veterinary_services',
        merchantCategory: '0742',
        account: '',
        subAccount: '',
        subAccountName: '',
        card: '0042',
        person: 'Ines Duarte',
        costCenter: 'Design',
        project: '',
        tags: '{"env":"live","team":"Brand"}',
      },
    });
    expect(microsOf({ amount: 500, type: 'refund', authorization: null })).toBe(-5_000_000n);
  });

  it.each([
    ['eur', 12_990_000n],
    ['jpy', 1_299_000_000n],
    // ISO 4217 gives the ariary two digits, Stripe none.
    ['mga', 1_299_000_000n],
    ['kwd', 1_299_000n],
    // Hundredths at Stripe, whole units by ISO 4217.
    ['isk', 12_990_000n],
    ['huf', 12_990_000n],
    ['twd', 12_990_000n],
  ])('in %s has the digits that Stripe writes', (currency, micros) => {
    expect(microsOf({ currency })).toBe(micros);
  });

  it('in UGX is taken only as Stripe describes it: in hundredths that end in 00', () => {
    expect(microsOf({ currency: 'ugx', amount: -50_000 })).toBe(500_000_000n);
    expect(microsOf({ currency: 'ugx' })).toContain('-1299 is no amount in UGX');
  });

  it('keeps what is known of an owner when objects are gone', () => {
    expect(converted({ card: 'ic_1', cardholder: 'ich_1' })).toMatchObject({
      texts: { card: '', person: '', costCenter: '', tags: '{}' },
    });
    expect(converted({ cardholder: null })).toMatchObject({
      texts: { card: '0042', person: '', costCenter: 'Design' },
    });
    expect(converted({ metadata: { dept: 'Legal' } })).toMatchObject({ texts: { costCenter: 'Legal' } });
  });

  it('has no payee where the network names none', () => {
    const merchant = { category: 'taxicabs_limousines', category_code: null, name: null };
    expect(converted({ merchant_data: merchant })).toMatchObject({
      texts: { payee: '', merchantCategory: 'taxicabs_limousines' },
    });
  });

  it.each([
    [{ amount: 12.5 }, 'amount: Invalid input: expected int, received number'],
    [{ amount: '1299' }, 'amount: Invalid input: expected number, received string'],
    [{ amount: 2 ** 53 }, 'amount: Too big'],
    [{ currency: 'xxz' }, 'currency: "xxz" is no currency code of ISO 4217'],
    [{ currency: 'lyd' }, 'amount: how Stripe writes amounts in LYD is not known'],
    [{ created: null }, 'created: Invalid input: expected number, received null'],
    [{ id: '' }, 'id: Too small'],
    [{ merchant_data: undefined }, 'merchant_data: Invalid input: expected object'],
  ])('is set aside with its reason: %j', (row, reason) => {
    expect(converted(row)).toContain(reason);
  });
});

describe('many transactions', () => {
  it('stream page by page: nothing is asked before it is wanted, nothing is kept', async () => {
    const volume = await startVolume(5_050);
    onTestFinished(() => volume.server.close());
    const { context } = await testContext(connector, volume, { now: () => NOW });
    const walk = connector.pull(context, volume.window);
    const totals = new Map<string, bigint>();
    let [pages, count] = [0, 0];
    for (let step = await walk.next(); step.done !== true; step = await walk.next()) {
      pages += 1;
      expect(volume.server.requests).toHaveLength(pages);
      expect(step.value.charges.length).toBeLessThanOrEqual(100);
      count += step.value.charges.length;
      for (const { currency, cash } of step.value.charges) {
        totals.set(currency, (totals.get(currency) ?? 0n) + (toMicros(cash) ?? 0n));
      }
    }
    expect([pages, count]).toEqual([51, volume.count]);
    expect(totals).toEqual(volume.totals);
    expect(volume.server.violations).toEqual([]);
  });

  it(`cost less than ${PAGE_MS_MAX} ms a page of our own time`, () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({ ...CAPTURE, id: `ipi_${index}` }));
    let least = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 100; run += 1) {
      const start = performance.now();
      readRows(cardTransaction, rows, 'a page').rows.map((row) => toCharge(row, SETTINGS));
      least = Math.min(least, performance.now() - start);
    }
    expect(least).toBeLessThan(PAGE_MS_MAX);
  });
});
