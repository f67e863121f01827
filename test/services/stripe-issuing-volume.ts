import { addDays, type IsoDate } from '../../src/core/date.js';
import type { PullWindow } from '../../src/connector/service.js';
import type { RunningStandin } from './standin.js';
import { CARDS, MERCHANTS, type CardRow } from './stripe-issuing-data.js';
import { renderTransaction } from './stripe-issuing-render.js';
import { startStripe, type Seconds } from './stripe-server.js';

/** A stand-in with very many card transactions in one month, for measuring. */
export interface RunningVolume extends RunningStandin {
  /** The month in which all of them lie. */
  readonly window: PullWindow;
  readonly count: number;
  /** What all of them come to, by currency, in micro-units. */
  readonly totals: ReadonlyMap<string, bigint>;
}

const KEY = ['rk', 'live', '51StandInVolumeRead'].join('_');
const FROM = '2026-10-01' as IsoDate;
const TO = addDays(FROM, 31);
const START = Date.parse(FROM) / 1_000;
const SECONDS = Date.parse(TO) / 1_000 - START;
const EXPANDED: ReadonlySet<string> = new Set(['data.card', 'data.cardholder']);
const COSTS = [1_299, 4_900, 250, 18_750, 99_999, 720, 31_000] as const;
/** One in so many is a refund. */
const REFUND_EVERY = 50;
/** Micro-units in a cent: all cards here have currencies with cents. */
const MICROS_PER_CENT = 10_000n;

interface VolumeRow extends CardRow {
  readonly index: number;
}

/** Everything of a row follows from its number; row 0 is the newest. */
function rowOf(index: number, count: number): VolumeRow {
  const cost = COSTS[index % COSTS.length] ?? 0;
  const card = index % CARDS.length;
  return {
    id: `ipi_1Volume${String(index).padStart(9, '0')}`,
    created: START + SECONDS - 1 - Math.floor((index * SECONDS) / count),
    index,
    cost: index % REFUND_EVERY === 0 ? -cost : cost,
    currency: CARDS[card]?.currency ?? 'usd',
    merchant: index % MERCHANTS.length,
    card,
    writtenLater: undefined,
  };
}

/** The number of the first row that was created before a moment. */
function firstBefore(moment: number, count: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (rowOf(middle, count).created < moment) high = middle;
    else low = middle + 1;
  }
  return low;
}

function* newestFirst({ from, to }: Seconds, count: number): Generator<VolumeRow> {
  for (let index = firstBefore(to, count); index < count; index += 1) {
    const row = rowOf(index, count);
    if (row.created < from) return;
    yield row;
  }
}

/** Marks of the places in a text that differ from row to row of one merchant and card. */
const PLACE = { ...rowOf(0, 1), id: 'ipi_@ID@', created: 987_654_321, cost: -123_454_321 };

/** JSON of rows, made from a text that is made once for each merchant and card. */
class RowTexts {
  readonly #made = new Map<string, string>();

  of(row: VolumeRow): string {
    const kind = row.cost < 0 ? 'refund' : 'capture';
    const name = `${row.merchant} ${row.card} ${kind}`;
    const made = this.#made.get(name) ?? this.#make(name, row);
    return made
      .replaceAll('@ID@', row.id.slice('ipi_'.length))
      .replace(`"created":${PLACE.created},"currency"`, `"created":${row.created},"currency"`)
      .replace(`"amount":${Math.abs(PLACE.cost)}`, `"amount":${-row.cost}`);
  }

  #make(name: string, { merchant, card, currency, cost }: VolumeRow): string {
    const made = renderTransaction({ ...PLACE, merchant, card, currency }, EXPANDED, PLACE.created) as object;
    const text = JSON.stringify({ ...made, type: cost < 0 ? 'refund' : 'capture' });
    this.#made.set(name, text);
    return text;
  }
}

function totalsOf(count: number): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  for (let index = 0; index < count; index += 1) {
    const { cost, currency } = rowOf(index, count);
    const code = currency.toUpperCase();
    totals.set(code, (totals.get(code) ?? 0n) + BigInt(cost) * MICROS_PER_CENT);
  }
  return totals;
}

/** Starts a stand-in that has `count` card transactions without holding them. */
export async function startVolume(count: number): Promise<RunningVolume> {
  const texts = new RowTexts();
  const { server } = await startStripe(KEY, (path) =>
    path !== '/v1/issuing/transactions'
      ? undefined
      : {
          name: 'issuing transaction',
          permission: 'rak_issuing_transaction_read',
          expandable: { 'data.card': 'rak_issuing_card_read', 'data.cardholder': 'rak_issuing_cardholder_read' },
          newestFirst: (span) => newestFirst(span, count),
          find: (id) => {
            const index = Number(/^ipi_1Volume(\d{9})$/.exec(id)?.[1] ?? count);
            return index < count ? rowOf(index, count) : undefined;
          },
          render: (row, expand) => renderTransaction(row as VolumeRow, expand, START),
          text: (row) => texts.of(row as VolumeRow),
        },
  );
  return {
    server,
    settings: { apiKey: 'env:STRIPE_KEY', fees: false, endpoint: server.url },
    secrets: { STRIPE_KEY: KEY },
    window: { from: FROM, to: TO },
    count,
    totals: totalsOf(count),
  };
}
