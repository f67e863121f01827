import { SettingsError, type Mistake } from '../core/errors.js';
import { compileAliases } from './aliases.js';
import { ConfigReader } from './config-reader.js';
import { fold, type NormaliserData, type ProcessorPrefix } from './normalise.js';
import { buildPhraseBook } from './phrases.js';
import type { Catalogue, CatalogueVendor, Category, ClassHint, Phrase, PhraseBook } from './types.js';

export type { Catalogue, CatalogueVendor, Category } from './types.js';

/** The files of config/ that make the catalogue, by name. */
export const CATALOGUE_FILES = [
  'categories.yaml',
  'functions.yaml',
  'vendors.csv',
  'processors.yaml',
  'merchant-categories.csv',
  'ledger-labels.yaml',
  'legal-suffixes.yaml',
  'focus-services.yaml',
] as const;

const PER_CENT = 10_000;

/**
 * Compiles the texts of the config files (by file name) into a catalogue. Throws one `SettingsError` with the place of
 * every mistake: a missing file, a duplicate id, an alias on two vendors, an unknown category, function or parent.
 */
export function parseCatalogue(texts: Readonly<Record<string, string>>): Catalogue {
  const mistakes: Mistake[] = [];
  const reader = new ConfigReader(texts, mistakes);
  const categories = readCategories(reader);
  const functions = new Set(reader.list('functions.yaml', 'functions').map((entry) => entry.text('id')));
  const vendors = readVendors(reader, categories, functions);
  const aliases = compileAliases(vendors.entries, reader);
  const normaliser = readNormaliser(reader);
  const processorVendors = readProcessorVendors(reader, vendors.byId);
  const merchantCodes = readMerchantCodes(reader, categories);
  const labels = readPhraseBook(reader, 'labels', categories);
  const payees = readPhraseBook(reader, 'payees', categories);
  const services = readServices(reader, categories);
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return {
    vendors: vendors.byId,
    categories,
    ...aliases,
    processorVendors,
    merchantCodes,
    labels,
    payees,
    services,
    normaliser,
  };
}

/** Names of the categories by id, from the text of categories.yaml alone: all that a report needs of the catalogue. */
export function parseCategoryNames(text: string): Map<string, string> {
  const mistakes: Mistake[] = [];
  const categories = readCategories(new ConfigReader({ 'categories.yaml': text }, mistakes));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return new Map([...categories].map(([id, category]) => [id, category.name]));
}

function readCategories(reader: ConfigReader): Map<string, Category> {
  const categories = new Map<string, Category>();
  for (const entry of reader.list('categories.yaml', 'categories')) {
    const id = entry.text('id');
    if (categories.has(id)) entry.mistake('id', `the category ${id} is there twice`);
    categories.set(id, {
      id,
      name: entry.text('name'),
      meaning: entry.text('meaning'),
      focus: entry.text('focus'),
      tbm: entry.text('tbm'),
    });
  }
  return categories;
}

interface VendorList {
  readonly byId: Map<string, CatalogueVendor>;
  readonly entries: { vendor: CatalogueVendor; aliases: readonly string[]; line: number }[];
}

function readVendors(
  reader: ConfigReader,
  categories: ReadonlyMap<string, Category>,
  functions: ReadonlySet<string>,
): VendorList {
  const list: VendorList = { byId: new Map(), entries: [] };
  const rows = reader.rows('vendors.csv', [
    'id',
    'name',
    'domain',
    'spend_class',
    'category',
    'usual_function',
    'aliases',
    'parent',
  ]);
  for (const row of rows) {
    const vendor: CatalogueVendor = {
      id: row.text('id'),
      name: row.text('name'),
      domain: row.text('domain'),
      spendClass: row.spendClass('spend_class'),
      category: row.text('category'),
      usualFunction: row.text('usual_function'),
      parent: row.text('parent'),
    };
    if (!/^[a-z0-9-]+$/.test(vendor.id))
      row.mistake('id', `"${vendor.id}" is no id: use lower-case letters, digits and hyphens`);
    if (list.byId.has(vendor.id)) row.mistake('id', `the vendor ${vendor.id} is there twice`);
    if (vendor.name === '') row.mistake('name', 'the name is empty');
    const isTechnology = vendor.spendClass === 'technology';
    if (isTechnology !== (vendor.category !== ''))
      row.mistake('category', 'technology needs a category, and nothing else has one');
    if (vendor.category !== '' && !categories.has(vendor.category))
      row.mistake('category', `no category has the id ${vendor.category}`);
    if (vendor.usualFunction !== '' && !functions.has(vendor.usualFunction)) {
      row.mistake('usual_function', `no function has the id ${vendor.usualFunction}`);
    }
    list.byId.set(vendor.id, vendor);
    list.entries.push({
      vendor,
      aliases: row
        .text('aliases')
        .split('|')
        .filter((alias) => alias !== ''),
      line: row.line,
    });
  }
  for (const { vendor, line } of list.entries) {
    if (vendor.parent !== '' && !list.byId.has(vendor.parent)) {
      reader.mistake('vendors.csv', line, 'parent', `no vendor has the id ${vendor.parent}`);
    }
  }
  return list;
}

function readNormaliser(reader: ConfigReader): NormaliserData {
  const flat = (key: string): Set<string> => new Set(reader.textsOf('legal-suffixes.yaml', key));
  const legalForms = flat('forms');
  const places = flat('places');
  const prefixes = new Map<string, ProcessorPrefix[]>();
  for (const entry of reader.list('processors.yaml', 'processors')) {
    for (const text of entry.textList('prefixes')) {
      const list = prefixes.get(text.charAt(0)) ?? [];
      if (list.some((prefix) => prefix.text === text)) entry.mistake('prefixes', `the prefix "${text}" is there twice`);
      list.push({ text, processorId: entry.text('id'), processorName: entry.text('name') });
      prefixes.set(text.charAt(0), list);
    }
  }
  for (const list of prefixes.values()) list.sort((a, b) => b.text.length - a.text.length);
  const suffixWordsMax = Math.max(1, ...[...legalForms, ...places].map((text) => text.split(' ').length));
  return { prefixes, legalForms, places, tradingAs: flat('tradingAs'), suffixWordsMax };
}

function readProcessorVendors(
  reader: ConfigReader,
  vendors: ReadonlyMap<string, CatalogueVendor>,
): Map<string, CatalogueVendor> {
  const found = new Map<string, CatalogueVendor>();
  const ids = new Set<string>();
  for (const entry of reader.list('processors.yaml', 'processors')) {
    const id = entry.text('id');
    if (ids.has(id)) entry.mistake('id', `the processor ${id} is there twice`);
    ids.add(id);
    const vendorId = entry.text('vendor');
    if (vendorId === '') continue;
    const vendor = vendors.get(vendorId);
    if (vendor === undefined) entry.mistake('vendor', `no vendor has the id ${vendorId}`);
    else found.set(id, vendor);
  }
  return found;
}

function readMerchantCodes(
  reader: ConfigReader,
  categories: ReadonlyMap<string, Category>,
): Map<string, ClassHint & { text: string }> {
  const codes = new Map<string, ClassHint & { text: string }>();
  for (const row of reader.rows('merchant-categories.csv', ['code', 'text', 'spend_class', 'category', 'confidence'])) {
    const [first = '', last = first] = row.text('code').split('-');
    const category = row.text('category');
    if (!/^\d{4}$/.test(first) || !/^\d{4}$/.test(last))
      row.mistake('code', 'a code has four digits, a range is first-last');
    if (category !== '' && !categories.has(category)) row.mistake('category', `no category has the id ${category}`);
    const hint = {
      text: row.text('text'),
      spendClass: row.spendClass('spend_class'),
      category,
      confidence: Number(row.text('confidence')),
    };
    for (let code = Number(first); code <= Number(last); code += 1) {
      const key = String(code).padStart(4, '0');
      if (codes.has(key)) row.mistake('code', `the code ${key} is there twice`);
      codes.set(key, hint);
    }
  }
  return codes;
}

function readPhraseBook(
  reader: ConfigReader,
  key: 'labels' | 'payees',
  categories: ReadonlyMap<string, Category>,
): PhraseBook {
  const phrases: Phrase[] = [];
  const seen = new Set<string>();
  for (const entry of reader.list('ledger-labels.yaml', key)) {
    const category = entry.text('category');
    if (category !== '' && !categories.has(category)) entry.mistake('category', `no category has the id ${category}`);
    const spendClass = entry.spendClass('class');
    const confidence = entry.number('strength') * PER_CENT;
    for (const text of entry.textList('phrases')) {
      if (seen.has(text)) entry.mistake('phrases', `the phrase "${text}" is there twice`);
      seen.add(text);
      phrases.push({ text, words: text.split(' '), spendClass, category, confidence });
    }
  }
  return buildPhraseBook(phrases);
}

function readServices(reader: ConfigReader, categories: ReadonlyMap<string, Category>): Map<string, string> {
  const services = new Map<string, string>();
  for (const [service, category] of reader.pairs('focus-services.yaml', 'services')) {
    if (category !== '' && !categories.has(category)) {
      reader.mistake('focus-services.yaml', undefined, `services.${service}`, `no category has the id ${category}`);
    }
    services.set(fold(service), category);
  }
  return services;
}
