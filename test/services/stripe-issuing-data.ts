import { createRandom, type Random } from '../../src/core/random.js';
import { daysInMonth } from '../../src/core/date.js';
import type { Month } from '../../src/core/period.js';
import type { StripeRow } from './stripe-server.js';
import { secondsOfMonth } from './stripe-months.js';

const DAY_SECONDS = 86_400;

/** A shop as the card network names it. */
export interface Merchant {
  readonly name: string | null;
  /** Four digits, some with a zero in front. */
  readonly code: string;
  readonly category: string;
  readonly currency: string;
}

const SHOPS: readonly (readonly [string | null, string, string, string])[] = [
  ['FIGMA MONTHLY RENEWAL', '5734', 'computer_software_stores', 'usd'],
  ['GITHUB, INC.', '7372', 'computer_programming', 'usd'],
  ['NOTION LABS, INC.', '5734', 'computer_software_stores', 'usd'],
  ['Google GSUITE_lark-hill', '7372', 'computer_programming', 'eur'],
  ['AMAZON WEB SERVICES', '7399', 'miscellaneous_business_services', 'usd'],
  ['FACEBK *RT4K9QZ2', '7311', 'advertising_services', 'eur'],
  ['LINKEDIN PRE 55381', '5968', 'direct_marketing_subscription', 'usd'],
  ['ADOBE *CREATIVE CLOUD', '5734', 'computer_software_stores', 'gbp'],
  ['ZOOM.US 888-799-9666', '4814', 'telecommunication_services', 'usd'],
  ['CLOUDFLARE', '4816', 'computer_network_services', 'usd'],
  ['DELL MARKETING L.P.', '5045', 'computers_peripherals_and_software', 'usd'],
  ['HETZNER ONLINE GMBH', '4816', 'computer_network_services', 'eur'],
  ['GREEN PARK LANDSCAPES', '0780', 'landscaping_services', 'gbp'],
  ['HARBOUR VETS', '0742', 'veterinary_services', 'gbp'],
  ['DEUTSCHE BAHN', '4112', 'passenger_railways', 'eur'],
  ['PRET A MANGER', '5814', 'fast_food_restaurants', 'gbp'],
  ['UBER *TRIP', '4121', 'taxicabs_limousines', 'usd'],
  ['STAPLES 0112', '5943', 'stationery_stores_office_and_school_supply_stores', 'usd'],
  ['OPENAI *CHATGPT SUBSCR', '5734', 'computer_software_stores', 'usd'],
  ['TOKYO STATION HOTEL', '7011', 'hotels_motels_and_resorts', 'jpy'],
  [null, '7399', 'miscellaneous_business_services', 'usd'],
];
/** Where the company buys. */
export const MERCHANTS: readonly Merchant[] = SHOPS.map(([name, code, category, currency]) => ({
  name,
  code,
  category,
  currency,
}));

/** Who has a card. */
export interface Holder {
  readonly id: string;
  readonly name: string;
  readonly type: 'individual' | 'company';
  readonly department: string | undefined;
}

const PEOPLE: readonly (readonly [string, Holder['type'], string | undefined])[] = [
  ['Amara Okafor', 'individual', 'Marketing'],
  ['Bjørn Haugen', 'individual', 'Engineering'],
  ['Chiara Lombardi', 'individual', 'Sales'],
  ['Dmitri Volkov', 'individual', 'IT'],
  ['Elif Yılmaz', 'individual', undefined],
  ['Fionn Gallagher', 'individual', 'Engineering'],
  ['Grace Njeri', 'individual', 'Finance'],
  ['Hiroshi Tanaka', 'individual', 'Sales'],
  ['Lark Hill Facilities', 'company', 'Facilities'],
  ['Lark Hill Events', 'company', undefined],
];
/** Holders of cards, people and departments. */
export const HOLDERS: readonly Holder[] = PEOPLE.map(([name, type, department], index) => ({
  id: `ich_1StandIn${String(index).padStart(4, '0')}`,
  name,
  type,
  department,
}));

/** A card. */
export interface IssuedCard {
  readonly id: string;
  readonly last4: string;
  readonly holder: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The company's cards: most people have one, some two, in the currency of their country. */
export const CARDS: readonly IssuedCard[] = Array.from({ length: 14 }, (_, index) => ({
  id: `ic_1StandIn${String(index).padStart(4, '0')}`,
  last4: String((4_242 + index * 137) % 10_000).padStart(4, '0'),
  holder: index % HOLDERS.length,
  currency: ['usd', 'eur', 'gbp'][index % 3] ?? 'usd',
  metadata: {
    ...(index % 4 === 0 ? { department: 'Product' } : {}),
    ...(index % 5 === 0 ? { cost_code: `CC-${100 + index}` } : {}),
  },
}));

/** A card transaction: `cost` is what the company spent, in the smallest units; refunds cost less than nothing. */
export interface CardRow extends StripeRow {
  readonly cost: number;
  readonly currency: string;
  readonly merchant: number;
  readonly card: number;
  /** Department that somebody writes on the transaction some days later. */
  readonly writtenLater: string | undefined;
}

/** The id of a row: it carries its month. */
export function idOf(prefix: string, month: Month, random: Random): string {
  return `${prefix}_1${month.replace('-', '')}x${random.letters(14)}`;
}

/** A moment of a month, in seconds. */
export function momentOf(month: Month, day: number, second: number): number {
  return secondsOfMonth(month) + (day - 1) * DAY_SECONDS + second;
}

/** The card transactions of a month. `version` counts how often its past was changed. */
export function cardRows(seed: number, month: Month, version: number): CardRow[] {
  const random = createRandom(seed, `stripe cards ${month}`);
  const days = daysInMonth(Number(month.slice(0, 4)), Number(month.slice(5)));
  const rows: CardRow[] = [];
  const add = (created: number, cost: number, merchant: number, card: number): void => {
    const currency = CARDS[card]?.currency ?? 'usd';
    const writtenLater = random.chance(60) ? 'Operations' : undefined;
    rows.push({ id: idOf('ipi', month, random), created, cost, currency, merchant, card, writtenLater });
  };
  // Subscriptions: the same day and nearly the same price each month.
  const fixed = createRandom(seed, 'stripe subscriptions');
  for (let index = 0; index < 45; index += 1) {
    const cost = fixed.integer(900, 240_000);
    const day = fixed.integer(1, 28);
    add(momentOf(month, day, fixed.integer(0, DAY_SECONDS - 1)), cost, index % 12, fixed.integer(0, CARDS.length - 1));
  }
  for (let index = random.integer(60, 90); index > 0; index -= 1) {
    const created = momentOf(month, random.integer(1, days), random.integer(0, DAY_SECONDS - 1));
    const merchant = random.integer(0, MERCHANTS.length - 1);
    const card = random.integer(0, CARDS.length - 1);
    const cost = random.integer(150, 60_000);
    add(created, cost, merchant, card);
    // One purchase may be captured in parts, and may come back in part.
    if (random.chance(40)) add(created + 60, random.integer(100, 900), merchant, card);
    if (random.chance(50)) add(momentOf(month, days, random.integer(0, 80_000)), -Math.ceil(cost / 2), merchant, card);
  }
  // The first and the last second of a day.
  add(momentOf(month, 10, 0), 1_001, 0, 0);
  add(momentOf(month, 10, DAY_SECONDS - 1), 2_002, 1, 1);
  return version === 0 ? rows : restated(rows, month, version);
}

function restated(rows: readonly CardRow[], month: Month, version: number): CardRow[] {
  const [first, , ...others] = rows;
  if (first === undefined) return [];
  const random = createRandom(version, `stripe restated ${month}`);
  return [
    { ...first, cost: first.cost + 137 * version },
    { ...first, id: idOf('ipi', month, random), cost: 4_321 * version },
    ...others,
  ];
}
