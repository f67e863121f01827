import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/** Columns of the generated card file. */
export const CARD_HEADER = [
  'Date',
  'Amount',
  'Currency',
  'Merchant',
  'Reference',
  'Card',
  'Cardholder',
  'Cost centre',
  'Ledger account',
  'Merchant category',
] as const;

const CARDS = 2_500;
const MERCHANTS_PER_CARD = 40;
const MONTHS = 12;

/** Payees that the catalogue knows as technology, in the ways card feeds write them; two in five lines are theirs. */
const KNOWN_MERCHANTS = [
  'ZOOM.US 888-799-9666',
  'SLACK T02AB34CD',
  'ADOBE *CREATIVE CLOUD',
  'MAILCHIMP *MISC',
  'FIGMA MONTHLY RENEWAL',
  'GITHUB, INC.',
  'DROPBOX*9XK2LM',
  'HUBSPOT INC',
  'ATLASSIAN',
  'OPENAI *CHATGPT SUBSCR',
  'NOTION LABS, INC.',
  'CANVA* I03421-123',
  'SALESFORCE.COM',
  'ZENDESK INC',
  'DIGITALOCEAN.COM',
  'GODADDY.COM',
];

function merchantOf(card: number, place: number): string {
  const index = card * 31 + place * 17;
  return place % 5 < 2 ? (KNOWN_MERCHANTS[index % KNOWN_MERCHANTS.length] ?? '') : `merchant ${index % 9_000}`;
}

/**
 * One card row. Every card meets forty merchants, so that a million rows make 100,000 lines; refunds, thousands
 * separators and true duplicates occur.
 */
export function cardRow(index: number): string[] {
  const line = index % (CARDS * MERCHANTS_PER_CARD);
  const card = line % CARDS;
  const round = Math.floor(index / (CARDS * MERCHANTS_PER_CARD));
  // Two charges of a line in each of its months.
  const month = 1 + ((Math.floor(round / 2) + card) % MONTHS);
  const day = 1 + ((index * 7) % 28);
  const units = (index * 7_919) % 2_400;
  const whole = units >= 1_000 ? `${Math.floor(units / 1_000)},${String(units % 1_000).padStart(3, '0')}` : `${units}`;
  const amount = `${index % 41 === 0 ? '-' : ''}${whole}.${String(index % 100).padStart(2, '0')}`;
  return [
    `${String(day).padStart(2, '0')}/${String(month).padStart(2, '0')}/2024`,
    amount,
    'GBP',
    merchantOf(card, Math.floor(line / CARDS)),
    `R${index}`,
    `*${1_000 + card}`,
    `person ${card}`,
    `CC${card % 60}`,
    `Ledger account ${(card + Math.floor(line / CARDS)) % 25}`,
    String(5_000 + (card % 50)),
  ];
}

/** Writes a card file of so many rows. */
export async function writeCards(path: string, rows: number): Promise<void> {
  const stream = createWriteStream(path);
  stream.write(`${CARD_HEADER.join(',')}\n`);
  let block: string[] = [];
  for (let index = 0; index < rows; index += 1) {
    block.push(
      cardRow(index)
        .map((cell) => (cell.includes(',') ? `"${cell}"` : cell))
        .join(','),
    );
    if (block.length === 10_000) {
      if (!stream.write(`${block.join('\n')}\n`)) await once(stream, 'drain');
      block = [];
    }
  }
  if (block.length > 0) stream.write(`${block.join('\n')}\n`);
  stream.end();
  await once(stream, 'finish');
}

/** Settings of the csv connector for a generated card file. */
export const CARD_SETTINGS = {
  files: ['cards.csv'],
  dates: ['DD/MM/YYYY'],
  amount: { decimal: '.', group: ',', sign: 'spend-positive' },
  columns: {
    date: 'Date',
    amount: 'Amount',
    currency: 'Currency',
    payee: 'Merchant',
    reference: 'Reference',
    card: 'Card',
    person: 'Cardholder',
    costCenter: 'Cost centre',
    ledgerAccount: 'Ledger account',
    merchantCategory: 'Merchant category',
  },
} as const;
