import { isCurrency } from '../../src/core/currency.js';
import { foldHeader } from './columns.js';
import { findDates, tallyCount, type DateFinding, type Tally } from './propose-dates.js';
import { findNumbers, type NumberFinding } from './propose-numbers.js';
import { FIELD_NOT, FIELD_WORDS, type Field } from './propose-words.js';

/** Longest text that may be a day or an amount. */
const VALUE_CHARACTERS_MAX = 40;

/** One column of the sample with what its values say. */
export interface ColumnProfile {
  readonly index: number;
  readonly header: string;
  /** The header as words, see `headerWords`. */
  readonly words: string;
  /** Trimmed texts that are not empty, with their counts. */
  readonly tally: Tally;
  readonly rowCount: number;
  readonly filled: number;
  readonly dates: DateFinding;
  readonly numbers: NumberFinding;
  /** Values with a letter. */
  readonly lettered: number;
}

/** A header as lower-case words without accents: `SupplierName` → `supplier name`, `Währung (ISO)` → `wahrung iso`. */
export function headerWords(header: string): string {
  return header
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Profiles of all columns over the rows. */
export function profileColumns(header: readonly string[], rows: readonly (readonly string[])[]): ColumnProfile[] {
  return header.map((text, index) => {
    const tally = new Map<string, number>();
    for (const row of rows) {
      const cell = (row[index] ?? '').trim();
      if (cell !== '') tally.set(cell, (tally.get(cell) ?? 0) + 1);
    }
    const valueLike = matching(tally, (value) => value.length <= VALUE_CHARACTERS_MAX && /\d/.test(value));
    return {
      index,
      header: text.trim(),
      words: headerWords(text),
      tally,
      rowCount: rows.length,
      filled: tallyCount(tally),
      dates: findDates(valueLike),
      numbers: findNumbers(valueLike),
      lettered: tallyCount(matching(tally, (value) => /\p{L}/u.test(value))),
    };
  });
}

function matching(tally: Tally, test: (text: string) => boolean): Tally {
  return new Map([...tally].filter(([text]) => test(text)));
}

/** Headers that stand over several columns; the connector cannot name one of them. */
export function repeatedHeaders(header: readonly string[]): string[] {
  const seen = new Map<string, string[]>();
  for (const text of header) {
    const folded = foldHeader(text);
    if (folded !== '') seen.set(folded, [...(seen.get(folded) ?? []), text.trim()]);
  }
  return [...seen.values()].flatMap((texts) => (texts.length > 1 ? texts.slice(0, 1) : []));
}

/** Columns that can be named in the settings: a header of their own. */
export function nameable(columns: readonly ColumnProfile[]): ColumnProfile[] {
  const repeated = new Set(repeatedHeaders(columns.map(({ header }) => header)).map(foldHeader));
  return columns.filter(({ header }) => header !== '' && !repeated.has(foldHeader(header)));
}

/** Share of all rows; 0 when there are none. */
export function shareOfRows(count: number, column: ColumnProfile): number {
  return column.rowCount === 0 ? 0 : count / column.rowCount;
}

/** Share of the filled cells; 0 when none is. */
export function shareOfFilled(count: number, column: ColumnProfile): number {
  return column.filled === 0 ? 0 : count / column.filled;
}

/** True for a column most of whose rows are a day in a known format. */
export function isDateColumn(column: ColumnProfile): boolean {
  return shareOfRows(column.dates.possible, column) > 0.5;
}

/** True for a column whose values are amounts; `sparse` columns may have empty cells (debit and credit). */
export function isAmountColumn(column: ColumnProfile, sparse = false): boolean {
  const dateLike = isDateColumn(column) && column.dates.formats.some((format) => format.length > 8);
  if (dateLike || column.filled === 0) return false;
  const { fitting } = column.numbers;
  return sparse ? shareOfFilled(fitting, column) >= 0.9 : shareOfRows(fitting, column) > 0.5;
}

const TEXT_FIELDS: ReadonlySet<Field> = new Set(['payee', 'person', 'description']);

/** True when the values of a column can be those of the field. */
export function holds(field: Field, column: ColumnProfile): boolean {
  if (field === 'date') return isDateColumn(column);
  if (field === 'amount') return isAmountColumn(column);
  if (field === 'debit' || field === 'credit') return isAmountColumn(column, true);
  if (field === 'currency') return isCurrencyColumn(column);
  if (column.filled === 0 || isSeparatedDate(column) || isFraction(column)) return false;
  if (TEXT_FIELDS.has(field)) return shareOfFilled(column.lettered, column) >= 0.5;
  // A bare "Account" may be a ledger account or a bank account; only the first has words in it.
  if (field === 'ledgerAccount' && column.words === 'account') return isWorded(column);
  if (field === 'card')
    return shareOfFilled(tallyCount(matching(column.tally, (text) => /\d{3}/.test(text))), column) > 0.5;
  return true;
}

function isSeparatedDate(column: ColumnProfile): boolean {
  return isDateColumn(column) && column.dates.formats.some((format) => /[^A-Z]/.test(format));
}

function isWorded(column: ColumnProfile): boolean {
  return shareOfFilled(tallyCount(matching(column.tally, (text) => /\p{L}{4}/u.test(text))), column) > 0.5;
}

function isFraction(column: ColumnProfile): boolean {
  return shareOfFilled(column.numbers.fractions, column) > 0.5;
}

/** True when nearly every filled cell is a currency code. */
export function isCurrencyColumn(column: ColumnProfile): boolean {
  const codes = tallyCount(matching(column.tally, (text) => isCurrency(text.toUpperCase())));
  return shareOfRows(codes, column) > 0.5 && shareOfFilled(codes, column) >= 0.9;
}

/** Numbers of 13 to 19 digits that pass the check digit of payment cards (Luhn, ISO/IEC 7812-1). */
export function holdsCardNumbers(column: ColumnProfile): boolean {
  const whole = matching(column.tally, (text) => {
    const digits = text.replace(/[ -]/g, '');
    return /^\d{13,19}$/.test(digits) && passesLuhn(digits);
  });
  return shareOfFilled(tallyCount(whole), column) > 0.5;
}

function passesLuhn(digits: string): boolean {
  const sum = Array.from(digits, Number)
    .reverse()
    .map((digit, place) => (place % 2 === 1 ? digit * 2 : digit))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  return sum % 10 === 0;
}

/** A column that may be a field's, with its rank: less is better. */
interface Ranked {
  readonly column: ColumnProfile;
  readonly rank: number;
}

const PATTERNS: ReadonlyMap<Field, readonly string[]> = new Map(
  (Object.keys(FIELD_WORDS) as Field[]).map((field) => [field, FIELD_WORDS[field].join('|').split('|')]),
);
const REFUSED: ReadonlyMap<Field, ReadonlySet<string>> = new Map(
  (Object.keys(FIELD_WORDS) as Field[]).map((field) => [field, new Set((FIELD_NOT[field] ?? '').split('|'))]),
);

/**
 * The columns whose header names the field and whose values can be its, best first: headers that are exactly a word of
 * the list before those that contain one, then the order of the list, then the order of the file.
 */
export function candidatesFor(field: Field, columns: readonly ColumnProfile[]): ColumnProfile[] {
  return columns
    .flatMap((column): Ranked[] => {
      const rank = rankHeader(field, column.words);
      return rank === undefined || !holds(field, column) ? [] : [{ column, rank }];
    })
    .sort((a, b) => a.rank - b.rank || a.column.index - b.column.index)
    .map(({ column }) => column);
}

/** True when the header names the field, whatever the values. */
export function isNamed(field: Field, column: ColumnProfile): boolean {
  return rankHeader(field, column.words) !== undefined;
}

function rankHeader(field: Field, words: string): number | undefined {
  const patterns = PATTERNS.get(field) ?? [];
  // Digits at the end tell columns apart (`Trans CAC Desc 1`); they name nothing.
  const plain = words.replace(/(?: \d+)+$/, '');
  const exact = patterns.indexOf(plain);
  if (exact !== -1) return exact;
  const refused = REFUSED.get(field);
  const parts = plain.split(' ');
  const contained = patterns.findIndex((pattern) => containsPattern(pattern, plain, parts));
  if (contained === -1) return undefined;
  // A word that is part of what was found (`Transaction No`) refuses nothing.
  const pattern = new Set((patterns[contained] ?? '').split(' '));
  if (parts.some((part) => refused?.has(part) === true && !pattern.has(part))) return undefined;
  return contained + (isSpecific(patterns[contained] ?? '') ? 0.5 : patterns.length);
}

/** A word of several, or a compound, names a field wherever it stands; a single word only when nothing better does. */
function isSpecific(pattern: string): boolean {
  return pattern.includes(' ');
}

function containsPattern(pattern: string, words: string, parts: readonly string[]): boolean {
  if (!pattern.startsWith('*')) return pattern.length > 2 && ` ${words} `.includes(` ${pattern} `);
  const ending = pattern.slice(1);
  return parts.some((part) => part.endsWith(ending));
}
