import { isCurrency } from '../../src/core/currency.js';
import type { NumberFormat } from '../../src/core/money.js';
import type { Tally } from './propose-dates.js';
import { readAmount } from './to-charge.js';

/** Formats in order of preference among those that read every value alike: the fewest marks first. */
const FORMATS: readonly NumberFormat[] = [
  { decimal: '.', group: '' },
  { decimal: ',', group: '' },
  { decimal: '.', group: ',' },
  { decimal: ',', group: '.' },
  { decimal: '.', group: ' ' },
  { decimal: ',', group: ' ' },
  { decimal: '.', group: "'" },
  { decimal: ',', group: "'" },
];

/** What a column's values say when read as amounts. */
export interface NumberFinding {
  /** The format; undefined when no format reads a value, or when formats read the values differently. */
  readonly format: NumberFormat | undefined;
  /** Values that are amounts under the best format. */
  readonly fitting: number;
  /** Formats that read as many values, but as different numbers, with a text they disagree on. */
  readonly ambiguity: { readonly formats: readonly NumberFormat[]; readonly example: string } | undefined;
  readonly positive: number;
  readonly negative: number;
  /** Values with a fraction. */
  readonly fractions: number;
  /** True when a value shows a decimal or group mark. */
  readonly marked: boolean;
  /** The one ISO code that stands in the cells beside the numbers. */
  readonly code: string | undefined;
  /** Currency signs in the cells, each once. */
  readonly signs: readonly string[];
}

interface Reading {
  readonly format: NumberFormat;
  readonly fitting: number;
  /** Micro-units by text. */
  readonly amounts: ReadonlyMap<string, bigint>;
}

/** Finds how a column writes its numbers, only from values that allow one reading. */
export function findNumbers(tally: Tally): NumberFinding {
  const code = codeInCells(tally);
  const readings = FORMATS.map((format) => readAll(tally, format, code ?? ''));
  const most = Math.max(...readings.map(({ fitting }) => fitting));
  const best = readings.filter(({ fitting }) => fitting === most && fitting > 0);
  const [first] = best;
  const example = first === undefined ? undefined : disagreement(best);
  const counts = first === undefined ? { positive: 0, negative: 0, fractions: 0 } : countSigns(first, tally);
  return {
    format: example === undefined ? first?.format : undefined,
    fitting: most,
    ambiguity: example === undefined ? undefined : { formats: distinctReadings(best, example), example },
    ...counts,
    marked: first !== undefined && [...first.amounts.keys()].some((text) => /\d[.,'\u2019\s]\d/.test(text)),
    code,
    signs: [...new Set([...tally.keys()].flatMap((text) => text.match(/\p{Sc}/gu) ?? []))],
  };
}

function readAll(tally: Tally, format: NumberFormat, code: string): Reading {
  const amounts = new Map<string, bigint>();
  let fitting = 0;
  for (const [text, count] of tally) {
    const amount = groupedZero(text, format) ? '' : readAmount(text, format, code);
    if (typeof amount === 'string') continue;
    amounts.set(text, amount.micros);
    fitting += count;
  }
  return { format, fitting, amounts };
}

/** Nobody groups thousands after a zero: `0,500` is a half, whatever the rest of the file says. */
function groupedZero(text: string, format: NumberFormat): boolean {
  return format.group !== '' && format.group !== ' ' && /^\D*0/.test(text) && text.includes(`0${format.group}`);
}

function disagreement(readings: readonly Reading[]): string | undefined {
  const [first, ...others] = readings;
  if (first === undefined) return undefined;
  for (const [text, amount] of first.amounts) {
    if (others.some(({ amounts }) => amounts.get(text) !== amount)) return text;
  }
  return undefined;
}

/** One format per reading of the text. */
function distinctReadings(readings: readonly Reading[], text: string): NumberFormat[] {
  const byAmount = new Map<bigint | undefined, NumberFormat>();
  for (const { format, amounts } of readings) {
    const amount = amounts.get(text);
    if (!byAmount.has(amount)) byAmount.set(amount, format);
  }
  return [...byAmount.values()];
}

function countSigns(reading: Reading, tally: Tally): { positive: number; negative: number; fractions: number } {
  let positive = 0;
  let negative = 0;
  let fractions = 0;
  for (const [text, amount] of reading.amounts) {
    const count = tally.get(text) ?? 0;
    if (amount > 0n) positive += count;
    if (amount < 0n) negative += count;
    if (amount % 1_000_000n !== 0n || /\d[.,]\d{2}\D*$/.test(text)) fractions += count;
  }
  return { positive, negative, fractions };
}

function codeInCells(tally: Tally): string | undefined {
  const codes = new Set<string>();
  for (const text of tally.keys()) {
    const match = /^[(+-]?\s*([A-Z]{3})\s*[(+\d-]|\d\s*([A-Z]{3})\)?$/.exec(text);
    const code = match?.[1] ?? match?.[2];
    if (code !== undefined && isCurrency(code)) codes.add(code);
  }
  const [only, another] = codes;
  return another === undefined ? only : undefined;
}
