import { daysInMonth, isoDate, type IsoDate } from '../../src/core/date.js';
import { addMonths, monthOf, type Month } from '../../src/core/period.js';
import { createRandom, type Random } from '../../src/core/random.js';
import type { TrueTotal, World } from './standin.js';

/** What a company buys, as the stand-ins of cards and books show it, each in its service's own words. */

/** Whole months of history before the month in which a stand-in starts. */
const HISTORY_MONTHS = 40;
const DAY_MS = 86_400_000;

/** Somebody who is paid. */
export interface Payee {
  readonly name: string;
  /** As the card network writes it. */
  readonly descriptor: string;
  /** Four digits, some with a zero in front. */
  readonly code: string;
  readonly category: string;
  readonly currency: string;
  readonly account: number;
}

const PAYEE_ROWS: readonly (readonly [string, string, string, string, string, number])[] = [
  ['Figma', 'FIGMA MONTHLY RENEWAL', '5734', 'SaaS / Software', 'USD', 0],
  ['GitHub', 'GITHUB, INC.', '7372', 'SaaS / Software', 'USD', 0],
  ['Amazon Web Services', 'AMAZON WEB SERVICES', '7399', 'Cloud Computing', 'USD', 1],
  ['Facebook Ads', 'FACEBK *RT4K9QZ2', '7311', 'Advertising', 'EUR', 2],
  ['Hetzner Online', 'HETZNER ONLINE GMBH', '4816', 'Cloud Computing', 'EUR', 1],
  ['Adobe', 'ADOBE *CREATIVE CLOUD', '5734', 'SaaS / Software', 'GBP', 0],
  ['Zoom', 'ZOOM.US 888-799-9666', '4814', 'SaaS / Software', 'USD', 0],
  ['Green Park Landscapes', 'GREEN PARK LANDSCAPES', '0780', 'Office', 'GBP', 3],
  ['Dell', 'DELL MARKETING L.P.', '5045', 'Electronics', 'USD', 4],
  ['Deutsche Bahn', 'DEUTSCHE BAHN', '4112', 'Travel', 'EUR', 5],
  ['Tokyo Station Hotel', 'TOKYO STATION HOTEL', '7011', 'Lodging', 'JPY', 5],
  ['Salesforce', 'SALESFORCE.COM EMEA', '7372', 'SaaS / Software', 'EUR', 0],
];
export const PAYEES: readonly Payee[] = PAYEE_ROWS.map(([name, descriptor, code, category, currency, account]) => ({
  name,
  descriptor,
  code,
  category,
  currency,
  account,
}));

/** The chart of accounts. */
export const ACCOUNTS: readonly { readonly code: string; readonly name: string }[] = [
  { code: '6510', name: 'Software subscriptions' },
  { code: '6520', name: 'Hosting' },
  { code: '6010', name: 'Advertising' },
  { code: '0615', name: 'Premises' },
  { code: '6530', name: 'Computer equipment' },
  { code: '7400', name: 'Travel' },
];

export const DEPARTMENTS: readonly string[] = ['Engineering', 'Marketing', 'Sales', 'IT', 'Finance'];

export const PEOPLE: readonly { readonly first: string; readonly last: string; readonly department: number }[] = [
  { first: 'Amara', last: 'Okafor', department: 1 },
  { first: 'Bjørn', last: 'Haugen', department: 0 },
  { first: 'Chiara', last: 'Lombardi', department: 2 },
  { first: 'Dmitri', last: 'Volkov', department: 3 },
  { first: 'Grace', last: 'Njeri', department: 4 },
  { first: 'Hiroshi', last: 'Tanaka', department: 2 },
];

/** Digits after the decimal mark, of the currencies here. */
const DIGITS: Readonly<Record<string, number>> = { USD: 2, EUR: 2, GBP: 2, JPY: 0 };

/** A part of a document, booked by itself. */
export interface DocumentLine {
  /** In the smallest units; refunds are less than nothing. */
  readonly units: number;
  readonly account: number;
  readonly department: number;
}

/** Something that was bought or given back. */
export interface SpendDocument {
  /** Unlike any other, and the same whatever changes about the document. */
  readonly number: number;
  readonly kind: 'card' | 'bill' | 'credit' | 'claim';
  readonly day: IsoDate;
  /** The moment of the purchase; never the first of its day. */
  readonly atMs: number;
  /** From when on the service shows it; some days late now and then. */
  readonly seenFromMs: number;
  /** From when on it counts: a card purchase clears, a bill is approved. */
  readonly settledFromMs: number;
  /** Declined, rejected or voided: shown, and never counted. */
  readonly isVoid: boolean;
  readonly payee: number;
  readonly person: number;
  readonly currency: string;
  readonly lines: readonly DocumentLine[];
}

/** The documents of a company, made month by month when they are asked for. */
export class SpendDocuments {
  readonly #world: World;
  readonly #label: string;
  readonly #kinds: readonly SpendDocument['kind'][];
  readonly #first: Month;
  readonly #made = new Map<Month, readonly SpendDocument[]>();
  readonly #versions = new Map<Month, number>();

  /** @param kinds the kinds that the service has; one that stands twice is twice as frequent */
  constructor(world: World, label: string, kinds: readonly SpendDocument['kind'][]) {
    this.#world = world;
    this.#label = label;
    this.#kinds = kinds;
    this.#first = addMonths(this.#current(), -HISTORY_MONTHS);
  }

  /** Every month from the first to the current one. */
  months(): Month[] {
    const months: Month[] = [];
    for (let month = this.#first; month <= this.#current(); month = addMonths(month, 1)) months.push(month);
    return months;
  }

  /** Documents of a month that are there now, in the order of their days. */
  of(month: Month): readonly SpendDocument[] {
    if (month < this.#first || month > this.#current()) return [];
    const nowMs = this.#nowMs();
    const made = this.#made.get(month) ?? this.#make(month);
    this.#made.set(month, made);
    return made.filter(({ seenFromMs, atMs }) => seenFromMs <= nowMs && atMs <= nowMs);
  }

  /** Documents of some days that are there now; `to` is not among the days. */
  between(from: string, to: string): SpendDocument[] {
    return this.months()
      .filter((month) => `${month}-31` >= from && `${month}-01` < to)
      .flatMap((month) => this.of(month))
      .filter(({ day }) => day >= from && day < to);
  }

  /** True when the document counts now. */
  counts({ isVoid, settledFromMs }: SpendDocument): boolean {
    return !isVoid && settledFromMs <= this.#nowMs();
  }

  isSettled({ settledFromMs }: SpendDocument): boolean {
    return settledFromMs <= this.#nowMs();
  }

  /** What a month comes to by currency, of the documents that count. */
  truth(month: Month, matches: (document: SpendDocument) => boolean = () => true): Map<string, TrueTotal> {
    const sums = new Map<string, TrueTotal>();
    for (const document of this.of(month)) {
      if (!this.counts(document) || !matches(document)) continue;
      const before = sums.get(document.currency)?.cashMicros ?? 0n;
      const cashMicros = before + microsOf(document);
      sums.set(document.currency, { cashMicros, accrualMicros: cashMicros });
    }
    return sums;
  }

  /** Corrects an amount, takes something away and adds something to a month. */
  restate(month: Month): void {
    this.#versions.set(month, (this.#versions.get(month) ?? 0) + 1);
    this.#made.delete(month);
  }

  #make(month: Month): readonly SpendDocument[] {
    const random = createRandom(this.#world.seed, `${this.#label} ${month}`);
    const version = this.#versions.get(month) ?? 0;
    const regular = PAYEES.map((_, payee) => this.#document(random, month, payee, payee));
    const count = random.integer(22, 34);
    const further = Array.from({ length: count }, (_, index) =>
      this.#document(random, month, PAYEES.length + index, random.integer(0, PAYEES.length - 1)),
    );
    const documents = [...regular, ...further];
    const restated =
      version === 0 ? documents : this.#restated(documents, this.#document(random, month, 900 + version, 0), version);
    return restated.sort((left, right) => left.atMs - right.atMs || left.number - right.number);
  }

  #restated(documents: readonly SpendDocument[], added: SpendDocument, version: number): SpendDocument[] {
    const isPlain = ({ isVoid, seenFromMs, atMs }: SpendDocument): boolean => !isVoid && seenFromMs === atMs;
    const [corrected, gone] = documents.filter(isPlain);
    return [
      ...documents
        .filter((document) => document !== gone || version % 2 === 0)
        .map((document) =>
          document === corrected
            ? {
                ...document,
                lines: document.lines.map((line, index) =>
                  index === 0 ? { ...line, units: line.units + version * 700 } : line,
                ),
              }
            : document,
        ),
      { ...added, isVoid: false, seenFromMs: 0, settledFromMs: 0, atMs: Date.parse(`${added.day}T10:00:00Z`) },
    ];
  }

  #document(random: Random, month: Month, index: number, payee: number): SpendDocument {
    const year = Number(month.slice(0, 4));
    const monthOfYear = Number(month.slice(5, 7));
    const day = isoDate(year, monthOfYear, random.integer(1, daysInMonth(year, monthOfYear)));
    // Near the ends of days too, where a wrong time zone would show.
    const atMs = Date.parse(day) + random.integer(1, 86_399) * 1_000;
    const kind = random.pick(this.#kinds);
    const isLate = random.chance(60);
    const person = random.integer(0, PEOPLE.length - 1);
    const { currency = 'USD', account = 0 } = PAYEES[payee] ?? {};
    const lineCount = random.chance(250) ? random.integer(2, 3) : 1;
    const isRefund = kind === 'credit' || (kind === 'card' && random.chance(70));
    const lines = Array.from({ length: lineCount }, (_, line) => ({
      units: random.integer(150, 240_000) * (isRefund ? -1 : 1),
      account: line === 0 ? account : random.integer(0, ACCOUNTS.length - 1),
      department: line === 0 ? (PEOPLE[person]?.department ?? 0) : random.integer(0, DEPARTMENTS.length - 1),
    }));
    return {
      number: Number(month.replace('-', '')) * 1_000 + index,
      kind,
      day,
      atMs,
      seenFromMs: isLate ? atMs + random.integer(2, 6) * DAY_MS : atMs,
      settledFromMs: atMs + random.integer(0, 2) * DAY_MS,
      isVoid: random.chance(40),
      payee,
      person,
      currency,
      lines,
    };
  }

  #nowMs(): number {
    return this.#world.now().getTime();
  }

  #current(): Month {
    return monthOf(this.#world.now().toISOString().slice(0, 10) as IsoDate);
  }
}

/** What a document comes to in the smallest units. */
export function unitsOf({ lines }: Pick<SpendDocument, 'lines'>): number {
  return lines.reduce((sum, { units }) => sum + units, 0);
}

function microsOf(document: SpendDocument): bigint {
  return BigInt(unitsOf(document)) * 10n ** BigInt(6 - (DIGITS[document.currency] ?? 2));
}

/** An amount in the smallest units as decimal text: `-1234` of USD is `-12.34`. */
export function wholeUnits(units: number, currency: string): string {
  const digits = DIGITS[currency] ?? 2;
  const text = String(Math.abs(units)).padStart(digits + 1, '0');
  const sign = units < 0 ? '-' : '';
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** An id as UUIDs look, of a kind and a number. */
export function uuidOf(kind: number, number: number): string {
  return `${String(kind).padStart(8, '0')}-4a88-4a0c-9b61-${String(number).padStart(12, '0')}`;
}
