import { parseDateFormat, readDate, type DateFormat } from './dates.js';

/** Years a charge may lie in; a reading outside them speaks against a format. */
const YEAR_MIN = 1950;
const YEAR_MAX = 2100;
/** Formats one column may be proposed with. */
const FORMATS_MAX = 3;
/** A further format, or a minority of the other order, must reach (or stay under) this share of the values. */
const MINORITY_SHARE = 0.02;
/** A format that spreads the days over more years than this loses to one that keeps them together. */
const SPREAD_YEARS_MAX = 15;

/** The ways one order of day, month and year is written, strictest first. */
type Order = readonly string[];
/** Orders a text of one shape can be read in; only they can be confused. */
type Shape = readonly Order[];

function numericShapes(separator: string): Shape[] {
  const write = (...parts: string[]): string => parts.join(separator);
  const short: Order[] = [
    [write('DD', 'MM', 'YY'), write('D', 'M', 'YY')],
    [write('MM', 'DD', 'YY'), write('M', 'D', 'YY')],
  ];
  return [
    [[write('YYYY', 'MM', 'DD'), write('YYYY', 'M', 'D')]],
    [
      [write('DD', 'MM', 'YYYY'), write('D', 'M', 'YYYY')],
      [write('MM', 'DD', 'YYYY'), write('M', 'D', 'YYYY')],
    ],
    separator === '-' ? [...short, [write('YY', 'MM', 'DD')]] : short,
  ];
}

const SHAPES: readonly Shape[] = [
  ...['-', '/', '.', ' '].flatMap(numericShapes),
  [['YYYYMMDD'], ['DDMMYYYY'], ['MMDDYYYY']],
  ...['-', ' ', '/', '.'].flatMap((separator): Shape[] => [
    [['DD', 'D'].flatMap((day) => ['MMM', 'MMMM'].map((month) => [day, month, 'YYYY'].join(separator)))],
    [['DD', 'D'].flatMap((day) => ['MMM', 'MMMM'].map((month) => [day, month, 'YY'].join(separator)))],
  ]),
  [['DD. MMM YYYY', 'D. MMM YYYY', 'DD. MMMM YYYY', 'D. MMMM YYYY']],
  [['MMM DD, YYYY', 'MMM D, YYYY', 'MMMM DD, YYYY', 'MMMM D, YYYY']],
  [['MMM DD YYYY', 'MMM D YYYY', 'MMMM DD YYYY', 'MMMM D YYYY']],
  [['YYYY-MMM-DD', 'YYYY-MMM-D']],
];

const FORMATS: ReadonlyMap<string, DateFormat> = new Map(
  SHAPES.flat(2).flatMap((text) => {
    const format = parseDateFormat(text);
    return typeof format === 'string' ? [] : [[text, format] as const];
  }),
);

/** Texts and how often each occurs. */
export type Tally = ReadonlyMap<string, number>;

/** Sum of the counts of a tally. */
export function tallyCount(tally: Tally): number {
  let count = 0;
  for (const one of tally.values()) count += one;
  return count;
}

/** Several orders fit, and nothing decides between them. */
export interface DateAmbiguity {
  readonly formats: readonly string[];
  /** Values that fit all of them. */
  readonly count: number;
  /** Values that fit only the first and only the second; zero when nothing speaks for either. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
}

/** What a column's values say when read as days. */
export interface DateFinding {
  /** The formats that are sure, most frequent first. */
  readonly formats: readonly string[];
  /** Values that are a day under `formats`. */
  readonly fitting: number;
  /** Values that are a day in any known format. */
  readonly possible: number;
  readonly ambiguity: DateAmbiguity | undefined;
  /** Why an order was chosen, and what does not fit. */
  readonly evidence: readonly string[];
}

interface OrderReading {
  readonly format: string;
  /** Texts that are a day, with the day. */
  readonly days: ReadonlyMap<string, number>;
}

/**
 * Finds the formats of the days in a column. Whether day or month comes first is decided only by values that allow one
 * order alone (a part over 12); without such values the answer is an ambiguity, not a guess.
 */
export function findDates(tally: Tally): DateFinding {
  const total = tallyCount(tally);
  const formats: string[] = [];
  const evidence: string[] = [];
  let rest = tally;
  let fitting = 0;
  let possible = 0;
  let ambiguity: DateAmbiguity | undefined;
  for (let round = 0; round < FORMATS_MAX && rest.size > 0; round += 1) {
    const best = bestShape(rest);
    if (best === undefined || (round > 0 && best.count < total * MINORITY_SHARE)) break;
    const choice = chooseOrder(best.readings, rest);
    possible += best.count;
    if ('formats' in choice) {
      ambiguity ??= choice;
    } else {
      formats.push(choice.reading.format);
      evidence.push(...choice.evidence);
      fitting += countOf(choice.reading, rest);
    }
    rest = new Map([...rest].filter(([text]) => !best.readings.some(({ days }) => days.has(text))));
  }
  return { formats, fitting, possible, ambiguity, evidence };
}

function countOf(reading: OrderReading, tally: Tally): number {
  let count = 0;
  for (const text of reading.days.keys()) count += tally.get(text) ?? 0;
  return count;
}

function bestShape(tally: Tally): { readings: OrderReading[]; count: number } | undefined {
  let best: { readings: OrderReading[]; count: number } | undefined;
  for (const shape of SHAPES) {
    const readings = shape.map((order) => readOrder(order, tally)).filter(({ days }) => days.size > 0);
    const texts = new Set(readings.flatMap(({ days }) => [...days.keys()]));
    let count = 0;
    for (const text of texts) count += tally.get(text) ?? 0;
    if (count > (best?.count ?? 0)) best = { readings, count };
  }
  return best;
}

/** The strictest spelling of an order that reads no fewer texts than the others. */
function readOrder(order: Order, tally: Tally): OrderReading {
  const readings = order.map((text): OrderReading => ({ format: text, days: readAll(text, tally) }));
  const most = Math.max(...readings.map(({ days }) => days.size));
  return readings.find(({ days }) => days.size === most) ?? { format: '', days: new Map() };
}

function readAll(formatText: string, tally: Tally): Map<string, number> {
  const days = new Map<string, number>();
  const format = FORMATS.get(formatText);
  if (format === undefined) return days;
  for (const text of tally.keys()) {
    const reading = readDate(text, [format]);
    if (!('day' in reading)) continue;
    const year = Math.floor(reading.day / 10_000);
    if (year >= YEAR_MIN && year <= YEAR_MAX) days.set(text, reading.day);
  }
  return days;
}

function chooseOrder(
  readings: readonly OrderReading[],
  tally: Tally,
): { reading: OrderReading; evidence: string[] } | DateAmbiguity {
  const ordered = [...readings].sort((a, b) => countOf(b, tally) - countOf(a, tally));
  const [most] = ordered;
  const enough = most === undefined ? 0 : countOf(most, tally) * (1 - MINORITY_SHARE);
  // The spread decides only between orders that read as much: one wrong year in the file must not.
  const together = ordered.filter(
    (reading) => countOf(reading, tally) >= enough && spreadYears(reading) <= SPREAD_YEARS_MAX,
  );
  const byCount = together.length > 0 ? together : ordered;
  const [first, second] = byCount;
  if (first === undefined) return { formats: [], count: 0, onlyFirst: 0, onlySecond: 0 };
  if (second === undefined) return { reading: first, evidence: [] };
  const onlyFirst = countOnly(first, second, tally);
  const onlySecond = countOnly(second, first, tally);
  const all = countOf(first, tally) + onlySecond;
  if (onlyFirst > 0 && onlySecond <= all * MINORITY_SHARE && onlySecond < onlyFirst) {
    const evidence = [`${onlyFirst.toLocaleString('en')} of them fit ${first.format} and not ${second.format}`];
    if (onlySecond > 0) {
      evidence.push(`${onlySecond.toLocaleString('en')} fit only ${second.format} and will be rejected`);
    }
    return { reading: first, evidence };
  }
  // Both read every text alike only when all texts are such as 01/01 or 02/02: then nothing is known either.
  return { formats: byCount.map(({ format }) => format), count: all - onlyFirst - onlySecond, onlyFirst, onlySecond };
}

function countOnly(one: OrderReading, other: OrderReading, tally: Tally): number {
  let count = 0;
  for (const text of one.days.keys()) if (!other.days.has(text)) count += tally.get(text) ?? 0;
  return count;
}

function spreadYears(reading: OrderReading): number {
  let least = Infinity;
  let most = -Infinity;
  for (const day of reading.days.values()) {
    least = Math.min(least, day);
    most = Math.max(most, day);
  }
  return Math.floor(most / 10_000) - Math.floor(least / 10_000);
}
