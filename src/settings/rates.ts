import { parseIsoDate, type IsoDate } from '../core/date.js';
import { SettingsError, type Mistake } from '../core/errors.js';
import { parseDecimal } from '../core/money.js';
import { RATE_SCALE, type RateTable } from '../core/rates.js';

/** Digits after the point that a rate keeps (`RATE_SCALE`). */
const RATE_DIGITS = 12;
/** Mistakes shown of one file: a file of another kind has one in every line. */
const MISTAKES_MAX = 20;

/** Rates by day and currency while a file is read. */
interface Collected {
  readonly byDay: Map<IsoDate, Map<string, bigint>>;
  readonly mistakes: Mistake[];
  readonly file: string;
}

/**
 * Reads reference rates as the European Central Bank publishes them, units per euro: the wide `eurofxref-hist.csv`
 * (`Date,USD,JPY,…,`, days in any order, `N/A` where there is none) or the data portal's `csvdata` (columns CURRENCY,
 * TIME_PERIOD, OBS_VALUE). Keeps only `currencies`: reading all thirty over twenty-five years would be wasted work.
 *
 * @throws SettingsError with file and line for what cannot be read.
 */
export function parseEcbRates(text: string, file: string, currencies: ReadonlySet<string>): RateTable {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const header = (lines[0] ?? '').split(',').map((name) => unquoted(name).trim());
  const collected: Collected = { byDay: new Map(), mistakes: [], file };
  if (header[0]?.toLowerCase() === 'date') readWide(lines, header, currencies, collected);
  else if (['CURRENCY', 'TIME_PERIOD', 'OBS_VALUE'].every((name) => header.includes(name))) {
    readSeries(lines, header, currencies, collected);
  } else {
    const hint = "Use the European Central Bank's eurofxref-hist.csv, which begins with Date,USD,JPY.";
    throw new SettingsError({ place: { file, line: 1 }, message: 'the file does not begin as ECB rates do', hint });
  }
  if (collected.mistakes.length > 0) throw new SettingsError(collected.mistakes.slice(0, MISTAKES_MAX));
  return tableOf(collected, currencies);
}

function readWide(
  lines: readonly string[],
  header: readonly string[],
  currencies: ReadonlySet<string>,
  collected: Collected,
): void {
  const columns = header.flatMap((currency, index) =>
    index > 0 && currencies.has(currency) ? [{ currency, index }] : [],
  );
  const last = Math.max(0, ...columns.map(({ index }) => index));
  for (const [at, line] of lines.entries()) {
    if (at === 0 || line.trim() === '') continue;
    const cells = line.split(',', last + 1);
    const day = readDay(cells[0] ?? '', at + 1, collected);
    if (day === undefined) continue;
    if (cells.length <= last)
      report(collected, at + 1, `the line has ${cells.length} cells, the header ${header.length}`);
    for (const { currency, index } of columns) addRate(day, currency, cells[index] ?? '', at + 1, collected);
    if (columns.length === 0 && !collected.byDay.has(day)) collected.byDay.set(day, new Map());
  }
}

function readSeries(
  lines: readonly string[],
  header: readonly string[],
  currencies: ReadonlySet<string>,
  collected: Collected,
): void {
  const currencyAt = header.indexOf('CURRENCY');
  const dayAt = header.indexOf('TIME_PERIOD');
  const valueAt = header.indexOf('OBS_VALUE');
  const denominatorAt = header.indexOf('CURRENCY_DENOM');
  const frequencyAt = header.indexOf('FREQ');
  // Titles with commas stand behind the values; the columns read here are never quoted.
  for (const [at, line] of lines.entries()) {
    if (at === 0 || line.trim() === '') continue;
    const cells = line.split(',').map((cell) => unquoted(cell).trim());
    const currency = cells[currencyAt] ?? '';
    if (!currencies.has(currency)) continue;
    if (denominatorAt !== -1 && cells[denominatorAt] !== 'EUR') continue;
    if (frequencyAt !== -1 && cells[frequencyAt] !== 'D') continue;
    const day = readDay(cells[dayAt] ?? '', at + 1, collected);
    if (day !== undefined) addRate(day, currency, cells[valueAt] ?? '', at + 1, collected);
  }
}

function unquoted(cell: string): string {
  return cell.replace(/^\s*"(.*)"\s*$/s, '$1');
}

function readDay(text: string, line: number, collected: Collected): IsoDate | undefined {
  const day = parseIsoDate(unquoted(text).trim());
  if (day === undefined)
    report(collected, line, `cannot read the day "${text.trim()}"`, 'Days are written as 2024-03-28.');
  return day;
}

function addRate(day: IsoDate, currency: string, text: string, line: number, collected: Collected): void {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === 'N/A' || trimmed === 'NaN') return;
  const rate = parseRate(trimmed);
  if (rate === undefined) {
    report(
      collected,
      line,
      `cannot read the ${currency} rate "${trimmed}"`,
      'A rate is a number above zero with a decimal point, or N/A.',
    );
    return;
  }
  let rates = collected.byDay.get(day);
  if (rates === undefined) {
    rates = new Map();
    collected.byDay.set(day, rates);
  }
  const earlier = rates.get(currency);
  if (earlier !== undefined && earlier !== rate) {
    report(collected, line, `a second, different ${currency} rate of ${day}`, 'Take one of the two out.');
  }
  rates.set(currency, rate);
}

/** A rate times `RATE_SCALE`; undefined when it is no positive number or finer than the scale. */
function parseRate(text: string): bigint | undefined {
  const plain = /^(\d{1,9})(?:\.(\d{1,12}))?$/.exec(text);
  if (plain !== null) {
    const rate = BigInt(`${plain[1] ?? ''}${(plain[2] ?? '').padEnd(RATE_DIGITS, '0')}`);
    return rate === 0n ? undefined : rate;
  }
  const decimal = parseDecimal(text, { decimal: '.', group: '' });
  if (decimal === undefined || decimal.digits <= 0n) return undefined;
  const rate = (decimal.digits * RATE_SCALE) / 10n ** BigInt(decimal.scale);
  return rate === 0n ? undefined : rate;
}

function report(collected: Collected, line: number, message: string, hint?: string): void {
  collected.mistakes.push({ place: { file: collected.file, line }, message, hint });
}

function tableOf({ byDay, file }: Collected, currencies: ReadonlySet<string>): RateTable {
  const days = [...byDay.keys()].sort();
  const perEuro = new Map<string, (bigint | undefined)[]>();
  for (const currency of currencies) {
    const series = days.map((day) => byDay.get(day)?.get(currency));
    if (series.some((rate) => rate !== undefined)) perEuro.set(currency, series);
  }
  return { origin: file, days, perEuro };
}
