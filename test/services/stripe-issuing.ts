import type { Month } from '../../src/core/period.js';
import { MonthlyRows } from './stripe-months.js';
import { CARDS, cardRows, HOLDERS, type CardRow } from './stripe-issuing-data.js';
import { balanceRows, type BalanceRow } from './stripe-issuing-fees.js';
import { MADE, renderCard, renderHolder, renderMovement, renderTransaction } from './stripe-issuing-render.js';
import { shortList, startStripe, type RunningStripe, type StripeResource } from './stripe-server.js';
import type { Standin, TrueTotal, World } from './standin.js';

export { startVolume, type RunningVolume } from './stripe-issuing-volume.js';

/** Put together so that no scanner takes it for a key. */
const KEY = ['rk', 'live', '51StandInIssuingRead'].join('_');
/** Micro-units in one of the smallest units, of the currencies here. */
const MICROS: Readonly<Record<string, bigint>> = { usd: 10_000n, eur: 10_000n, gbp: 10_000n, jpy: 1_000_000n };

/** What is particular to this stand-in. */
export interface RunningStripeIssuing extends RunningStripe {
  /** What a month comes to of card spend alone, or of fees alone. */
  truthOf(part: 'cards' | 'fees', month: Month): ReadonlyMap<string, TrueTotal>;
}

/** Stands in for Stripe: issued cards, and a balance from which Stripe takes its fees. */
export default {
  connector: 'stripe-issuing',
  async start(world: World): Promise<RunningStripeIssuing> {
    const versions = new Map<Month, number>();
    const cards = new MonthlyRows(world.now, (month) => cardRows(world.seed, month, versions.get(month) ?? 0));
    // The balance knows the card transactions as they were at first.
    const balance = new MonthlyRows(world.now, (month) =>
      balanceRows(world.seed, month, cardRows(world.seed, month, 0)),
    );
    const lists = routes(world, cards, balance);
    const { server, denied } = await startStripe(KEY, (path) => lists[path]);
    const truthOf = (part: 'cards' | 'fees', month: Month): ReadonlyMap<string, TrueTotal> =>
      totals(
        part === 'cards'
          ? cards.of(month).map(({ currency, cost }) => ({ currency, cost }))
          : balance.of(month).map(({ currency, toStripe }) => ({ currency, cost: toStripe })),
      );
    return {
      server,
      settings: { apiKey: 'env:STRIPE_ISSUING_KEY', tags: ['cost_code'], endpoint: server.url },
      secrets: { STRIPE_ISSUING_KEY: KEY },
      months: () => cards.months().filter((month) => cards.of(month).length > 0 || balance.of(month).length > 0),
      truth: (month) => added(truthOf('cards', month), truthOf('fees', month)),
      truthOf,
      restate: (month) => {
        versions.set(month, (versions.get(month) ?? 0) + 1);
        cards.forget(month);
      },
      deny: (permission) => denied.add(permission),
    };
  },
} satisfies Standin<RunningStripeIssuing>;

function totals(rows: readonly { readonly currency: string; readonly cost: number }[]): Map<string, TrueTotal> {
  const sums = new Map<string, TrueTotal>();
  for (const { currency, cost } of rows) {
    const micros = BigInt(cost) * (MICROS[currency] ?? 0n);
    const cashMicros = (sums.get(currency.toUpperCase())?.cashMicros ?? 0n) + micros;
    // Money that never reached Stripe makes no total of its currency.
    if (cost !== 0) sums.set(currency.toUpperCase(), { cashMicros, accrualMicros: cashMicros });
  }
  return sums;
}

function added(left: ReadonlyMap<string, TrueTotal>, right: ReadonlyMap<string, TrueTotal>): Map<string, TrueTotal> {
  const sums = new Map(left);
  for (const [currency, { cashMicros }] of right) {
    const cash = (sums.get(currency)?.cashMicros ?? 0n) + cashMicros;
    sums.set(currency, { cashMicros: cash, accrualMicros: cash });
  }
  return sums;
}

function routes(
  world: World,
  cards: MonthlyRows<CardRow>,
  balance: MonthlyRows<BalanceRow>,
): Readonly<Record<string, StripeResource>> {
  const named = (index: number) => ({ id: CARDS[index]?.id ?? '', created: MADE + index, index });
  const held = (index: number) => ({ id: HOLDERS[index]?.id ?? '', created: MADE + index, index });
  return {
    '/v1/issuing/transactions': {
      name: 'issuing transaction',
      permission: 'rak_issuing_transaction_read',
      filters: ['card', 'cardholder', 'type'],
      expandable: { 'data.card': 'rak_issuing_card_read', 'data.cardholder': 'rak_issuing_cardholder_read' },
      newestFirst: (span) => cards.newestFirst(span),
      find: (id) => cards.find(id),
      render: (row, expand) => renderTransaction(row as CardRow, expand, world.now().getTime() / 1_000),
    },
    '/v1/balance_transactions': {
      name: 'balance transaction',
      permission: 'rak_balance_transaction_source_read',
      filters: ['currency', 'payout', 'source', 'type'],
      expandable: { 'data.source': 'rak_balance_transaction_source_read' },
      newestFirst: (span) => balance.newestFirst(span),
      find: (id) => balance.find(id),
      render: (row) => renderMovement(row as BalanceRow),
    },
    '/v1/issuing/cards': shortList(
      { name: 'issuing card', permission: 'rak_issuing_card_read', filters: ['cardholder', 'status', 'type'] },
      () => CARDS.map((_, index) => named(index)),
      ({ index }) => renderCard(index),
    ),
    '/v1/issuing/cardholders': shortList(
      { name: 'issuing cardholder', permission: 'rak_issuing_cardholder_read', filters: ['email', 'status', 'type'] },
      () => HOLDERS.map((_, index) => held(index)),
      ({ index }) => renderHolder(index),
    ),
  };
}
