import { describe, expect, it, onTestFinished } from 'vitest';

import { balanceTransaction, feeMovementCharge, FeeSums } from '../../connectors/stripe-issuing/fees.js';
import connector from '../../connectors/stripe-issuing/index.js';
import type { ServiceCharge } from '../../src/connector/service.js';
import { readRows } from '../../src/connector/values.js';
import { decimalText } from '../../src/core/decimal.js';
import type { IsoDate } from '../../src/core/date.js';
import standin from '../services/stripe-issuing.js';
import { pullAll, testContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');

const CHARGE = {
  id: 'txn_1Charge',
  object: 'balance_transaction',
  amount: 10_000,
  available_on: 1,
  created: Date.parse('2026-10-05T10:00:00Z') / 1_000,
  currency: 'usd',
  description: 'Order 1',
  exchange_rate: null,
  fee: 320,
  fee_details: [fee('stripe_fee', 320, 'Stripe processing fees')],
  net: 9_680,
  reporting_category: 'charge',
  source: 'ch_1',
  status: 'available',
  type: 'charge',
};
const USAGE = {
  ...CHARGE,
  id: 'txn_1Usage',
  amount: -450,
  description: 'Billing - Usage Fee (2026-10-04)',
  fee: 0,
  fee_details: [],
  net: -450,
  reporting_category: 'fee',
  source: null,
  type: 'stripe_fee',
};

function fee(type: string, amount: number, description: string, currency = 'usd'): object {
  return { amount, application: null, currency, description, type };
}

interface Read {
  readonly charges: readonly ServiceCharge[];
  readonly reasons: readonly string[];
}

function read(...rows: object[]): Read {
  const sums = new FeeSums();
  const page = readRows(balanceTransaction, rows, 'a page');
  const movements = page.rows.flatMap((row) => {
    sums.add(row);
    return feeMovementCharge(row, undefined) ?? [];
  });
  return { charges: [...movements, ...sums.charges(undefined)], reasons: page.rejected.map(({ reason }) => reason) };
}

function shown({ charges, reasons }: Read): string[] {
  return [...charges.map(({ key, currency, cash }) => `${key} ${decimalText(cash)} ${currency}`), ...reasons];
}

describe('a fee inside a payment', () => {
  it('is summed by day, currency, category and kind', () => {
    const later = { ...CHARGE, id: 'txn_2', fee: 100, fee_details: [fee('stripe_fee', 100, 'Stripe processing fees')] };
    const nextDay = { ...later, id: 'txn_3', created: CHARGE.created + 86_400 };
    const { charges } = read(CHARGE, later, nextDay);
    expect(charges).toEqual([
      {
        key: 'fees/2026-10-05/USD/charge/stripe_fee',
        reference: '',
        day: '2026-10-05',
        currency: 'USD',
        cash: { digits: 420n, scale: 2 },
        texts: {
          payee: 'Stripe',
          publisher: 'Stripe',
          service: 'stripe_fee',
          serviceCategory: 'charge',
          account: '',
          description: 'fees taken out of payments, summed by day',
        },
      },
      expect.objectContaining({ key: 'fees/2026-10-06/USD/charge/stripe_fee', cash: { digits: 100n, scale: 2 } }),
    ]);
    // In whatever order they come.
    expect(read(nextDay, later, CHARGE).charges).toEqual(charges);
  });

  it('is of Stripe when it is its fee, tax on it, or passed through; a platform and a tax office get the rest', () => {
    const details = [
      fee('stripe_fee', 320, 'Stripe processing fees'),
      fee('tax', 61, 'VAT'),
      fee('payment_method_passthrough_fee', 45, 'Klarna'),
      fee('application_fee', 500, 'Platform'),
      fee('withheld_tax', 70, 'Withheld sales tax'),
    ];
    expect(shown(read({ ...CHARGE, fee: 996, fee_details: details }))).toEqual([
      'fees/2026-10-05/USD/charge/payment_method_passthrough_fee 0.45 USD',
      'fees/2026-10-05/USD/charge/stripe_fee 3.2 USD',
      'fees/2026-10-05/USD/charge/tax 0.61 USD',
    ]);
  });

  it('may come back', () => {
    const back = {
      ...CHARGE,
      amount: -10_000,
      fee: -320,
      fee_details: [fee('stripe_fee', -320, 'Refunded fees')],
      reporting_category: 'refund',
      type: 'refund',
    };
    expect(shown(read(back))).toEqual(['fees/2026-10-05/USD/refund/stripe_fee -3.2 USD']);
  });

  it('is taken out of a lost dispute too', () => {
    const dispute = { amount: -9_000, fee: 1_500, fee_details: [fee('stripe_fee', 1_500, 'Dispute fee')] };
    expect(shown(read({ ...CHARGE, ...dispute, type: 'adjustment', reporting_category: 'dispute' }))).toEqual([
      'fees/2026-10-05/USD/dispute/stripe_fee 15 USD',
    ]);
  });

  it.each([
    ['usd', '3.2'],
    ['jpy', '320'],
    ['bhd', '0.32'],
    ['isk', '3.2'],
  ])('in %s has the digits that Stripe writes', (currency, text) => {
    const { charges } = read({ ...CHARGE, currency, fee_details: [fee('stripe_fee', 320, '', currency)] });
    expect(charges.map(({ cash }) => decimalText(cash))).toEqual([text]);
  });
});

describe('a fee that is a movement of its own', () => {
  it('is a charge of its own, with the day taken out of its text', () => {
    expect(read(USAGE).charges).toEqual([
      {
        key: 'txn_1Usage',
        reference: 'txn_1Usage',
        day: '2026-10-05',
        currency: 'USD',
        cash: { digits: 450n, scale: 2 },
        texts: {
          payee: 'Stripe',
          publisher: 'Stripe',
          service: 'Billing - Usage Fee',
          serviceCategory: 'fee',
          account: '',
        },
      },
    ]);
  });

  it.each([
    ['stripe_fx_fee', 'fee'],
    ['tax_fee', 'tax'],
    ['stripe_fee', 'network_cost'],
    ['adjustment', 'fee'],
  ])('is known by its type or its category: %s, %s', (type, category) => {
    expect(shown(read({ ...USAGE, type, reporting_category: category }))).toEqual(['txn_1Usage 4.5 USD']);
  });

  it('has the fee on top that is inside it', () => {
    expect(shown(read({ ...USAGE, fee: 86, fee_details: [fee('tax', 86, 'VAT')] }))).toEqual([
      'txn_1Usage 4.5 USD',
      'fees/2026-10-05/USD/fee/tax 0.86 USD',
    ]);
  });

  it('is negative spend when Stripe gives it back', () => {
    expect(shown(read({ ...USAGE, amount: 450 }))).toEqual(['txn_1Usage -4.5 USD']);
  });

  it('is named by its type where nothing describes it', () => {
    expect(read({ ...USAGE, description: null, type: 'stripe_fx_fee' }).charges[0]?.texts.service).toBe(
      'stripe_fx_fee',
    );
  });
});

describe('what is no fee of Stripe', () => {
  it.each([
    'issuing_transaction',
    'issuing_authorization_hold',
    'issuing_authorization_release',
    'issuing_dispute',
    'payout',
    'topup',
    'application_fee',
    'transfer',
    'climate_order_purchase',
    'a_type_of_tomorrow',
  ])('gives no charge: %s', (type) => {
    expect(shown(read({ ...USAGE, type, reporting_category: type }))).toEqual([]);
  });

  it('gives none as an adjustment of another category', () => {
    expect(shown(read({ ...USAGE, type: 'adjustment', reporting_category: 'dispute' }))).toEqual([]);
  });
});

describe('a movement is set aside', () => {
  it.each([
    [
      'because its parts do not come to its fee',
      { fee: 321 },
      'fee_details: the parts of the fee come to 320, but the fee is 321',
    ],
    [
      'because a kind of fee is new',
      { fee_details: [fee('platform_fee', 320, '')] },
      'fee_details: the kind of fee "platform_fee" is not known',
    ],
    [
      'because a part is in another currency',
      { fee_details: [fee('stripe_fee', 320, '', 'eur')] },
      'fee_details: a fee in EUR stands in a movement in USD',
    ],
    [
      'because its currency cannot be read',
      { currency: 'iqd', fee_details: [fee('stripe_fee', 320, '', 'iqd')] },
      'fee_details: how Stripe writes amounts in IQD is not known',
    ],
  ])('%s', (_why, change, reason) => {
    expect(shown(read({ ...CHARGE, ...change }))).toEqual([reason]);
  });

  it('but not because of a currency in which nothing is paid to Stripe', () => {
    expect(shown(read({ ...CHARGE, currency: 'iqd', fee: 0, fee_details: [] }))).toEqual([]);
  });
});

describe('a pull', () => {
  it('says what disputes over card purchases moved, and leaves it out', async () => {
    const running = await standin.start({ now: () => NOW, seed: 7 });
    onTestFinished(() => running.server.close());
    const { context } = await testContext(connector, running, { now: () => NOW });
    const day = { from: '2026-10-14' as IsoDate, to: '2026-10-15' as IsoDate };
    expect((await pullAll(connector, context, day)).end.remarks).toEqual([
      'Disputes over card purchases moved 33 USD (1 movement), which is in no figure: Stripe states it apart from the purchases.',
    ]);
    const next = { from: day.to, to: '2026-10-16' as IsoDate };
    expect((await pullAll(connector, context, next)).end.remarks).toEqual([]);
  });

  it('counts what it leaves out', async () => {
    const running = await standin.start({ now: () => NOW, seed: 7 });
    onTestFinished(() => running.server.close());
    const { context } = await testContext(connector, running, { settings: { cards: false }, now: () => NOW });
    const { batches } = await pullAll(connector, context, {
      from: '2026-10-01' as IsoDate,
      to: '2026-11-01' as IsoDate,
    });
    const skipped = batches.reduce((sum, { skippedCount }) => sum + (skippedCount ?? 0), 0);
    // Hold, release and transaction of every purchase at least.
    expect(skipped).toBeGreaterThan(300);
  });
});
