import type { SpendClass } from '../core/charge.js';
import type { VendorDecision } from '../core/decision.js';
import type { GoldRow } from './gold.js';

/** A labelled payee and what the resolver says of it. */
export interface Judged {
  readonly gold: GoldRow;
  readonly said: VendorDecision;
}

/** How many of some rows, and of how many. */
export interface Rate {
  readonly part: number;
  readonly whole: number;
}

/** How well one spend class is found. */
export interface ClassRates {
  readonly spendClass: SpendClass;
  /** Of what was said to be of the class, how much is. */
  readonly precision: Rate;
  /** Of what is of the class, how much was said to be. */
  readonly recall: Rate;
}

/** Of what was said with a confidence from `from` until before `to`, how much is right. */
export interface Band {
  /** Per million. */
  readonly from: number;
  readonly to: number;
  readonly right: Rate;
  /** Mean of the confidences said, 0 to 1. */
  readonly meanConfidence: number;
}

/** What an evaluation finds. Rows whose class the person could not tell count in `unclear` alone. */
export interface Evaluation {
  readonly rowCount: number;
  readonly classes: readonly ClassRates[];
  readonly classesByMoney: readonly ClassRates[];
  /** Technology among the payees that stand in half of all charges, and among the rest. */
  readonly head: ClassRates;
  readonly tail: ClassRates;
  /** Rows that were given a class at all, and their share of money. */
  readonly coverage: Rate;
  readonly coverageByMoney: Rate;
  /** Of the advertising that was given a class, how much was not taken for technology. */
  readonly advertisingApart: Rate;
  /** Of the rows whose vendor the person named: how many were given one, and how many of those the right one. */
  readonly vendorNamed: Rate;
  readonly vendorRight: Rate;
  /** Of the technology found: how much has its category, and of what was given one. */
  readonly categoryRight: Rate;
  readonly categoryRightOfNamed: Rate;
  readonly functionRight: Rate;
  /** Of the rows that a person could not tell: how many were left open too. */
  readonly unclearLeftOpen: Rate;
  readonly classBands: readonly Band[];
  readonly vendorBands: readonly Band[];
  readonly classErrors: readonly Judged[];
  readonly vendorErrors: readonly Judged[];
  readonly categoryErrors: readonly Judged[];
}

/** Whether two names of a vendor mean the same one. */
export type SameVendor = (gold: Pick<GoldRow, 'vendor' | 'domain'>, said: VendorDecision) => boolean;

type Weight = (row: Judged) => number;

const FOUND: readonly SpendClass[] = ['technology', 'advertising', 'other'];
const BAND_EDGES = [0, 700_000, 800_000, 900_000, 950_000, 980_000, 1_000_001];
const PER_MILLION = 1_000_000;
const one: Weight = () => 1;
const money: Weight = ({ gold }) => gold.amount;

/** Compares what the resolver says with what a person said. */
export function evaluate(rows: readonly Judged[], sameVendor: SameVendor): Evaluation {
  const clear = rows.filter(({ gold }) => gold.spendClass !== 'unknown');
  const unclear = rows.filter(({ gold }) => gold.spendClass === 'unknown');
  const answered = clear.filter(({ said }) => said.spendClass !== 'unknown');
  const [head, tail] = headAndTail(clear);
  const withVendor = clear.filter(({ gold }) => gold.vendor !== '');
  const named = withVendor.filter(({ said }) => said.method !== 'none');
  const advertising = answered.filter(({ gold }) => gold.spendClass === 'advertising');
  const found = clear.filter(({ gold, said }) => isTechnology(gold) && isTechnology(said));
  const kind = found.filter(({ gold }) => gold.category !== '');
  const isVendorRight = ({ gold, said }: Judged): boolean => sameVendor(gold, said);
  const isCategoryRight = ({ gold, said }: Judged): boolean => gold.category === said.category;
  const isClassRight = ({ gold, said }: Judged): boolean => gold.spendClass === said.spendClass;
  return {
    rowCount: rows.length,
    classes: FOUND.map((spendClass) => classRates(clear, spendClass, one)),
    classesByMoney: FOUND.map((spendClass) => classRates(clear, spendClass, money)),
    head: classRates(head, 'technology', one),
    tail: classRates(tail, 'technology', one),
    coverage: rate(clear, ({ said }) => said.spendClass !== 'unknown'),
    coverageByMoney: rate(clear, ({ said }) => said.spendClass !== 'unknown', money),
    advertisingApart: rate(advertising, ({ said }) => !isTechnology(said)),
    vendorNamed: rate(withVendor, ({ said }) => said.method !== 'none'),
    vendorRight: rate(named, isVendorRight),
    categoryRight: rate(kind, isCategoryRight),
    categoryRightOfNamed: rate(
      kind.filter(({ said }) => said.category !== ''),
      isCategoryRight,
    ),
    functionRight: rate(found, ({ gold, said }) => gold.usualFunction === said.usualFunction),
    unclearLeftOpen: rate(unclear, ({ said }) => said.spendClass === 'unknown'),
    classBands: bands(answered, ({ said }) => said.classConfidence, isClassRight),
    vendorBands: bands(named, ({ said }) => said.vendorConfidence, isVendorRight),
    classErrors: clear.filter((row) => row.said.spendClass !== 'unknown' && !isClassRight(row)),
    vendorErrors: named.filter((row) => !isVendorRight(row)),
    categoryErrors: kind.filter((row) => !isCategoryRight(row)),
  };
}

function isTechnology({ spendClass }: { readonly spendClass: SpendClass }): boolean {
  return spendClass === 'technology';
}

function rate(rows: readonly Judged[], is: (row: Judged) => boolean, weight: Weight = one): Rate {
  let part = 0;
  let whole = 0;
  for (const row of rows) {
    whole += weight(row);
    if (is(row)) part += weight(row);
  }
  return { part, whole };
}

function classRates(rows: readonly Judged[], spendClass: SpendClass, weight: Weight): ClassRates {
  const said = rows.filter((row) => row.said.spendClass === spendClass);
  const real = rows.filter((row) => row.gold.spendClass === spendClass);
  return {
    spendClass,
    precision: rate(said, (row) => row.gold.spendClass === spendClass, weight),
    recall: rate(real, (row) => row.said.spendClass === spendClass, weight),
  };
}

/** The payees with most charges that make half of all charges, and the rest. */
function headAndTail(rows: readonly Judged[]): [Judged[], Judged[]] {
  const total = rows.reduce((sum, { gold }) => sum + gold.count, 0);
  const sorted = [...rows].sort((a, b) => b.gold.count - a.gold.count || (a.gold.id < b.gold.id ? -1 : 1));
  const head: Judged[] = [];
  let sum = 0;
  for (const row of sorted) {
    if (sum * 2 >= total) break;
    head.push(row);
    sum += row.gold.count;
  }
  const inHead = new Set(head);
  return [head, rows.filter((row) => !inHead.has(row))];
}

function bands(
  rows: readonly Judged[],
  confidence: (row: Judged) => number,
  isRight: (row: Judged) => boolean,
): Band[] {
  return BAND_EDGES.slice(0, -1).flatMap((from, index) => {
    const to = BAND_EDGES[index + 1] ?? PER_MILLION;
    const within = rows.filter((row) => confidence(row) >= from && confidence(row) < to);
    if (within.length === 0) return [];
    const sum = within.reduce((total, row) => total + confidence(row), 0);
    return [{ from, to, right: rate(within, isRight), meanConfidence: sum / within.length / PER_MILLION }];
  });
}
