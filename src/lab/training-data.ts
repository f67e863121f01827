import { SettingsError, type Mistake } from '../core/errors.js';
import { createRandom, type Random } from '../core/random.js';
import { ConfigReader } from '../vendor/config-reader.js';
import { fold, withoutSpaces } from '../vendor/text.js';
import type { VendorRow } from '../vendor/vendor-files.js';
import type { Example } from './fit.js';

/** Files of config/ that the models learn from, beside the lists of vendors. */
export const TRAINING_FILES = [
  'training/brands.txt',
  'training/first-names.txt',
  'training/labels.csv',
  'training/names.txt',
  'training/trades.csv',
] as const;

/** Examples for the two heads of a model. */
export interface Examples {
  readonly classes: Example[];
  readonly categories: Example[];
}

const SEED = 20260101;
/** Names made up for each trade. */
const NAMES_PER_TRADE = 14;
/** A name made up, or another name of a vendor, counts less than the name a company bears. */
const MADE_UP_WEIGHT = 0.5;
const ALIAS_WEIGHT = 0.4;
const LETTERS_MIN = 4;
/** An example that leaves the category open counts less than one that gives it. */
const OPEN_WEIGHT = 0.3;
/** A name without its spaces counts less than with them. */
const JOINED_WEIGHT = 0.5;
const TITLES = ['Mr', 'Mrs', 'Ms', 'Miss', 'Dr', 'Herr', 'Frau', 'M', 'Mme', 'Sr', 'Sra', 'Prof'];
/** Names of persons made up. */
const PERSONS = 6_000;

/** What a text is an example of. */
type Kind = Pick<VendorRow, 'spendClass' | 'category'>;

/** Names of payees: the vendors of the catalogue, brands that are none of technology, and made-up names of trades. */
export function payeeExamples(texts: Readonly<Record<string, string>>, vendors: readonly VendorRow[]): Examples {
  const examples: Examples = { classes: [], categories: [] };
  for (const vendor of vendors) {
    const { spendClass, name, aliases } = vendor;
    if (spendClass === 'unknown') continue;
    addName(examples, name, vendor, 1);
    for (const alias of aliases) {
      if (/^[=~]|[.*]/.test(alias) || alias.length < LETTERS_MIN) continue;
      add(examples, alias, vendor, ALIAS_WEIGHT / Math.sqrt(aliases.length));
    }
  }
  const other: Kind = { spendClass: 'other', category: '' };
  for (const name of linesOf(texts, 'training/brands.txt')) addName(examples, name, other, 1);
  addTrades(examples, texts);
  addPersons(examples, texts);
  return examples;
}

/** Labels of ledger accounts and texts of merchant categories. */
export function labelExamples(texts: Readonly<Record<string, string>>): Examples {
  const examples: Examples = { classes: [], categories: [] };
  for (const { phrase, kind } of rowsOf(texts, 'training/labels.csv', ['label', 'spend_class', 'category'])) {
    add(examples, phrase, kind, 1);
  }
  return examples;
}

function add(examples: Examples, text: string, { spendClass, category }: Kind, weight: number): void {
  const folded = fold(text);
  if (folded === '') return;
  examples.classes.push({ text: folded, output: spendClass, weight });
  // What is technology of no stated kind (`computing`) teaches the model to leave the kind open.
  const isOpen = category === '' && spendClass === 'technology';
  if (category !== '') examples.categories.push({ text: folded, output: category, weight });
  else if (isOpen) examples.categories.push({ text: folded, output: category, weight: weight * OPEN_WEIGHT });
}

/** A name, and the same as web addresses have it: `pets at home`, `petsathome`. */
function addName(examples: Examples, name: string, kind: Kind, weight: number): void {
  add(examples, name, kind, weight);
  if (name.includes(' ')) add(examples, withoutSpaces(fold(name)), kind, weight * JOINED_WEIGHT);
}

/** `Trevor A Hall`, `T Hall`, `Mrs A Hall`, `Hall & Sons`: persons and what they call their firms. */
function addPersons(examples: Examples, texts: Readonly<Record<string, string>>): void {
  const firstNames = linesOf(texts, 'training/first-names.txt');
  const surnames = linesOf(texts, 'training/names.txt');
  const random = createRandom(SEED, 'persons');
  for (let count = 0; count < PERSONS; count += 1) {
    const [first, last, initial] = [random.pick(firstNames), random.pick(surnames), random.letters(1)];
    const forms = [
      `${first} ${last}`,
      `${first} ${initial} ${last}`,
      `${initial} ${last}`,
      `${random.pick(TITLES)} ${initial} ${last}`,
      `${random.pick(TITLES)} ${first} ${last}`,
      `${last} ${first}`,
      `${initial} ${last} & ${random.pick(['Son', 'Sons', 'Daughters', 'Partners', 'Co', 'Family'])}`,
    ];
    add(examples, random.pick(forms), { spendClass: 'other', category: '' }, MADE_UP_WEIGHT);
  }
}

/** `Hall Roofing`, `J & M Roofing`, `Leeds Roofing`: names as small firms bear them. */
function addTrades(examples: Examples, texts: Readonly<Record<string, string>>): void {
  const names = linesOf(texts, 'training/names.txt');
  const random = createRandom(SEED, 'trades');
  for (const { phrase, kind } of rowsOf(texts, 'training/trades.csv', ['phrase', 'spend_class', 'category'])) {
    add(examples, phrase.replace('_', ''), kind, 1);
    for (let count = 0; count < NAMES_PER_TRADE; count += 1) {
      const name = madeUpName(names, random);
      const made = phrase.includes('_') ? phrase.replace('_', name) : `${name} ${phrase}`;
      // Every third as a web address has it.
      add(examples, count % 3 === 0 ? withoutSpaces(fold(made)) : made, kind, MADE_UP_WEIGHT);
    }
  }
}

function madeUpName(names: readonly string[], random: Random): string {
  const one = random.pick(names);
  const form = random.integer(0, 9);
  if (form === 0) return `${random.letters(1)} ${random.letters(1)} ${one}`;
  if (form === 1) return `${random.letters(1)} & ${random.letters(1)}`;
  if (form === 2) return random.letters(3).toLowerCase();
  return form === 3 ? `${one} and ${random.pick(names)}` : one;
}

function linesOf(texts: Readonly<Record<string, string>>, file: string): string[] {
  return (texts[file] ?? '').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

/** Rows of a training file: a phrase and what it is. Throws SettingsError naming the lines that cannot be read. */
function rowsOf(
  texts: Readonly<Record<string, string>>,
  file: string,
  columns: readonly [string, string, string],
): { phrase: string; kind: Kind }[] {
  const mistakes: Mistake[] = [];
  const reader = new ConfigReader(texts, mistakes);
  const rows = reader.rows(file, columns).map((row) => ({
    phrase: row.text(columns[0]),
    kind: { spendClass: row.spendClass('spend_class'), category: row.text('category') },
  }));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return rows;
}
