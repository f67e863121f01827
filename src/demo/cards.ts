import { SHARES_SUM, type Share } from '../core/decision.js';
import {
  CARD_PURCHASES,
  CARDS,
  EVERYDAY,
  GENERAL_SHOPS,
  VIRTUAL_CARD,
  type Card,
  type CardPurchase,
} from './card-data.js';
import { ALL_MONTHS, dayCount, dayIn, dayMonthYear, monthAt, SECOND_YEAR } from './calendar.js';
import { costCenterOwners, costCenterText, FUNCTIONS, HOLDERS, MOVER, whole } from './organisation.js';
import { createRandom, type Random } from '../core/random.js';
import {
  amountText,
  microsOfHundredths,
  writeTable,
  type AmountStyle,
  type DemoTable,
  type DraftRow,
} from './table.js';
import type { ChargeTruth } from './types.js';

/** Rows a month that buy no technology. */
const EVERYDAY_ROWS = 270;
const SHOP_ROWS = 12;
/** Hotels, meals and shops that give money back, a month. */
const REFUND_ROWS = 3;
/** The settings skip rows whose payee begins so: the company settles the card account. */
export const SETTLEMENT = 'DIRECT DEBIT PAYMENT';

const STYLE: AmountStyle = { decimal: '.', group: ',', negative: 'parentheses' };
/** The export's headers: the bank changed three of them in October 2024. */
const HEADER_FIRST = [
  'Transaction Date',
  'Merchant Name',
  'MCC',
  'Amount',
  'Currency',
  'Cardholder',
  'Card Number',
  'Cost Centre',
];
const HEADER_LATER = [
  'Trans. Date',
  'Merchant Name',
  'MCC',
  'Billing Amount',
  'Currency',
  'Cardholder',
  'Card Number',
  'Cost Center',
];
const HEADER_CHANGE = 6;

/** A card charge before it is written; the amount in hundredths. */
interface CardCharge {
  readonly month: number;
  readonly day: number;
  readonly payee: string;
  readonly merchantCategory: string;
  readonly amount: number;
  readonly currency: string;
  readonly card: Card;
  readonly truth: Pick<ChargeTruth, 'vendor' | 'spendClass' | 'category' | 'obscure' | 'story'>;
}

/** The corporate card export: a file a month. */
export function cardTables(seed: number): DemoTable[] {
  return ALL_MONTHS.map((month) => {
    const random = createRandom(seed, `cards ${month}`);
    const everyday = everydayCharges(month, random);
    const purchases = CARD_PURCHASES.flatMap((purchase) => purchaseCharges(purchase, month, random));
    const charges = [
      ...everyday,
      ...purchases,
      ...refundsOf(everyday, purchases, month, random),
      ...duplicatesOf(everyday, month),
    ];
    const rows = [...charges.map(draftOf), settlementOf(charges, month), ...dirtyRows(month)];
    const layout = {
      source: 'cards',
      path: `data/cards/cards-${monthAt(month)}.csv`,
      delimiter: ',',
      encoding: 'utf-8',
    } as const;
    return writeTable({ ...layout, header: month < HEADER_CHANGE ? HEADER_FIRST : HEADER_LATER }, rows);
  });
}

function purchaseCharges(purchase: CardPurchase, month: number, random: Random): CardCharge[] {
  if (!purchase.months.includes(month)) return [];
  const elapsed = month - (purchase.months[0] ?? 0);
  const times = purchase.times ?? 1;
  const firstDay = 2 + (textSum(purchase.payee) % 24);
  return Array.from({ length: times }, (_, time) => ({
    month,
    day: times === 1 ? firstDay : Math.min(dayCount(month), 3 + time * Math.floor(26 / times)),
    payee: filled(purchase.payee, random),
    merchantCategory: purchase.merchantCategory,
    amount: purchase.amount + elapsed * (purchase.growth ?? 0),
    currency: purchase.currency ?? 'GBP',
    card: cardOf(purchase.last4),
    truth: {
      vendor: purchase.vendor,
      spendClass: purchase.spendClass ?? 'technology',
      category: purchase.category,
      obscure: purchase.obscure ?? false,
      story: purchase.story ?? '',
    },
  }));
}

function everydayCharges(month: number, random: Random): CardCharge[] {
  const holders = CARDS.filter(({ last4 }) => last4 !== VIRTUAL_CARD);
  const shops = GENERAL_SHOPS.map((shop) => [...shop, 'GBP'] as const);
  return Array.from({ length: EVERYDAY_ROWS + SHOP_ROWS + random.integer(-14, 14) }, (_, index) => {
    const obscure = index < SHOP_ROWS;
    const [payee, merchantCategory, least, most, currency] = random.pick(obscure ? shops : EVERYDAY);
    return {
      month,
      day: random.integer(1, dayCount(month)),
      payee: filled(payee, random),
      merchantCategory,
      amount: random.integer(least, most),
      currency,
      card: random.pick(holders),
      truth: { vendor: payee.replace(/[*#@].*$/, '').trim(), spendClass: 'other', category: '', obscure, story: '' },
    };
  });
}

/** Money given back: a few meals and hotels every month, and now and then a tool. */
function refundsOf(
  everyday: readonly CardCharge[],
  purchases: readonly CardCharge[],
  month: number,
  random: Random,
): CardCharge[] {
  const refundable = purchases.filter(({ truth }) => truth.spendClass === 'technology' && truth.story === '');
  const refunded = Array.from({ length: REFUND_ROWS }, () => random.pick(everyday));
  if (month % 3 === 1) refunded.push(random.pick(refundable));
  return refunded.map((charge) => ({
    ...charge,
    day: Math.min(dayCount(month), charge.day + 5),
    amount: -charge.amount,
    truth: charge.truth.spendClass === 'technology' ? { ...charge.truth, story: 'refunds' } : charge.truth,
  }));
}

/** Two tickets bought on one card on one day at one price are two charges: rows equal in every cell. */
function duplicatesOf(everyday: readonly CardCharge[], month: number): CardCharge[] {
  return everyday.filter(({ payee }) => payee === 'TFL TRAVEL CH').slice(0, 1 + (month % 3));
}

/** The month's settlement, which the settings skip: it pays the charges above and is no spend of its own. */
function settlementOf(charges: readonly CardCharge[], month: number): DraftRow {
  const owed = charges.reduce((sum, { amount, currency }) => (currency === 'GBP' ? sum + amount : sum), 0);
  const date = dayIn(month, 28);
  const payee = `${SETTLEMENT} - THANK YOU`;
  return {
    date,
    cells: [dayMonthYear(date, '/'), payee, '', amountText(-owed, STYLE), 'GBP', '', '', ''],
    fate: { kind: 'skipped', reason: 'settlement of the card account' },
  };
}

type DirtyRow = readonly [month: number, reason: string, date: string, payee: string, amount: string, currency: string];

/** What nobody can read: five rows a year. */
const DIRTY_ROWS: readonly DirtyRow[] = [
  [1, 'unreadable date', '31/06/2024', 'TRAINLINE', '48.20', 'GBP'],
  [4, 'unreadable amount', '14/08/2024', 'PREMIER INN 44020021', 'n/a', 'GBP'],
  [6, 'unknown currency', '09/10/2024', 'HOTEL AURORA', '210.00', 'XXQ'],
  [6, 'unreadable date', '2024-10-17T', 'UBER   *TRIP', '18.40', 'GBP'],
  [10, 'unreadable amount', '03/02/2025', 'ROYAL MAIL GROUP', '#REF!', 'GBP'],
  [13, 'unreadable amount', '20/05/2025', 'MOTEL ONE MUENCHEN', 'n/a', 'EUR'],
  [15, 'unknown currency', '11/07/2025', 'AIRPORT KIOSK', '12.00', 'XXQ'],
  [18, 'unreadable date', '00/10/2025', 'GREGGS PLC', '6.15', 'GBP'],
  [21, 'unreadable date', '', 'DISHOOM', '84.00', 'GBP'],
  [22, 'unreadable amount', '12/02/2026', 'MAILCHIMP  *MISC', 'pending', 'USD'],
];

function dirtyRows(month: number): DraftRow[] {
  const card = cardOf('4490');
  return DIRTY_ROWS.filter((row) => row[0] === month).map(([, reason, date, payee, amount, currency], index) => ({
    date: dayIn(month, 12 + index),
    cells: [date, payee, '7399', amount, currency, card.person, cardText(card), costCenterText(card.costCenter, month)],
    fate: { kind: 'rejected', reason },
  }));
}

function draftOf(charge: CardCharge): DraftRow {
  const { card, month } = charge;
  const date = dayIn(month, charge.day);
  const costCenter = costCenterText(card.costCenter, month);
  const micros = microsOfHundredths(charge.amount);
  return {
    date,
    cells: [
      dayMonthYear(date, '/'),
      charge.payee,
      charge.merchantCategory,
      amountText(charge.amount, STYLE),
      charge.currency,
      card.person,
      cardText(card),
      costCenter,
    ],
    fate: {
      kind: 'charge',
      truth: {
        currency: charge.currency,
        cashMicros: micros,
        accrualMicros: micros,
        payee: charge.payee,
        lineTexts: [charge.payee, charge.merchantCategory, card.last4, card.person, costCenter].join('|'),
        owners: ownersOf(card, month),
        ...charge.truth,
      },
    },
  };
}

/** The cost centre speaks first, then the holder's department. */
function ownersOf(card: Card, month: number): Share[] {
  if (card.costCenter !== '') return costCenterOwners(card.costCenter, month);
  if (card.person === MOVER) return whole(month < SECOND_YEAR ? 'it' : 'marketing');
  const department = HOLDERS.find(([person]) => person === card.person)?.[1];
  return FUNCTIONS.filter(([, name]) => name === department).map(([functionId]) => ({
    functionId,
    perMillion: SHARES_SUM,
  }));
}

function cardOf(last4: string): Card {
  const card = CARDS.find((candidate) => candidate.last4 === last4);
  if (card === undefined) throw new RangeError(`no card ${last4}`);
  return card;
}

function cardText(card: Card): string {
  return `**** ${card.last4}`;
}

function filled(descriptor: string, random: Random): string {
  return descriptor.replace(/[#@]/g, (mark) => (mark === '#' ? random.digits(1) : random.letters(1)));
}

function textSum(text: string): number {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0).reduce((sum, code) => sum + code, 0);
}
