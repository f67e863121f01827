import type { ConfigReader } from './config-reader.js';
import { PROCESSOR_KINDS, type ProcessorKind } from './normalise.js';
import { fold } from './text.js';
import type { Category, MerchantCategory } from './types.js';

/** A payment processor, shop or bank prefix of config/processors.csv. */
export interface ProcessorRow {
  readonly id: string;
  readonly name: string;
  readonly kind: ProcessorKind | 'tenants';
  /** Id of the vendor to name when nothing is left behind the prefix; empty for none. */
  readonly vendor: string;
  readonly texts: readonly string[];
}

/** Places of config/places.csv, by kind. */
export type PlaceRows = Readonly<Record<'hub' | 'city' | 'state' | 'country', readonly string[]>>;

/** A merchant category of config/merchant-categories.csv: its codes, and its wordings folded. */
export interface MerchantRow {
  readonly codes: readonly string[];
  readonly texts: readonly string[];
  readonly category: MerchantCategory;
}

/** A row of config/cloud-services.csv, its text folded. */
export interface CloudRow {
  readonly kind: 'service' | 'beginning' | 'focus';
  readonly vendor: string;
  readonly category: string;
  readonly text: string;
}

/** The categories of config/categories.yaml. */
export function readCategories(reader: ConfigReader): Category[] {
  const seen = new Set<string>();
  return reader.list('categories.yaml', 'categories').map((entry) => {
    const id = entry.text('id');
    if (seen.has(id)) entry.mistake('id', `the category ${id} is there twice`);
    seen.add(id);
    return {
      id,
      name: entry.text('name'),
      meaning: entry.text('meaning'),
      focus: entry.text('focus'),
      tbm: entry.text('tbm'),
      usualFunction: entry.text('usualFunction'),
    };
  });
}

/** A category whose usual owner is no function is a mistake. */
export function checkFunctions(
  categories: readonly Category[],
  functions: ReadonlySet<string>,
  reader: ConfigReader,
): void {
  for (const { id, usualFunction } of categories) {
    if (usualFunction === '' || functions.has(usualFunction)) continue;
    reader.mistake('categories.yaml', undefined, `${id}.usualFunction`, `no function has the id ${usualFunction}`);
  }
}

/** Ids of vendors and categories that tables may name. */
export interface KnownIds {
  readonly vendors: ReadonlySet<string>;
  readonly categories: ReadonlySet<string>;
}

export function readProcessors(reader: ConfigReader, { vendors }: KnownIds): ProcessorRow[] {
  const ids = new Set<string>();
  const seen = new Set<string>();
  return reader.rows('processors.csv', ['id', 'name', 'kind', 'vendor', 'texts']).map((row) => {
    const id = row.text('id');
    if (ids.has(id)) row.mistake('id', `the processor ${id} is there twice`);
    ids.add(id);
    const kind = row.choice('kind', [...PROCESSOR_KINDS, 'tenants']);
    const vendor = row.text('vendor');
    if (vendor !== '' && !vendors.has(vendor)) row.mistake('vendor', `no vendor has the id ${vendor}`);
    const texts = row.texts('texts');
    for (const text of texts) {
      if (seen.has(text)) row.mistake('texts', `"${text}" is there twice`);
      if (text !== text.toLowerCase()) row.mistake('texts', `write "${text}" in lower case`);
      seen.add(text);
    }
    return { id, name: row.text('name'), kind, vendor, texts };
  });
}

export function readPlaces(reader: ConfigReader): PlaceRows {
  const places: Record<keyof PlaceRows, string[]> = { hub: [], city: [], state: [], country: [] };
  for (const row of reader.rows('places.csv', ['kind', 'text'])) {
    places[row.choice('kind', ['hub', 'city', 'state', 'country'])].push(row.text('text'));
  }
  return places;
}

export function readMerchantCategories(reader: ConfigReader, { categories }: KnownIds): MerchantRow[] {
  const seen = new Set<string>();
  const columns = ['code', 'text', 'spend_class', 'category', 'confidence', 'other_texts'];
  return reader.rows('merchant-categories.csv', columns).map((row) => {
    const [first = '', last = first] = row.text('code').split('-');
    const category = row.text('category');
    if (!/^\d{4}$/.test(first) || !/^\d{4}$/.test(last))
      row.mistake('code', 'a code has four digits, a range is first-last');
    if (category !== '' && !categories.has(category)) row.mistake('category', `no category has the id ${category}`);
    const codes: string[] = [];
    for (let code = Number(first); code <= Number(last); code += 1) codes.push(String(code).padStart(4, '0'));
    for (const code of codes) {
      if (seen.has(code)) row.mistake('code', `the code ${code} is there twice`);
      seen.add(code);
    }
    const text = row.text('text');
    const confidence = Number(row.text('confidence'));
    return {
      codes,
      texts: [text, ...row.texts('other_texts')].map((other) => fold(other)),
      category: { text, spendClass: row.spendClass('spend_class'), category, confidence },
    };
  });
}

export function readCloudServices(reader: ConfigReader, { vendors, categories }: KnownIds): CloudRow[] {
  return reader.rows('cloud-services.csv', ['kind', 'vendor', 'category', 'text']).map((row) => {
    const kind = row.choice('kind', ['service', 'beginning', 'focus']);
    const category = row.text('category');
    if (category !== '' && !categories.has(category)) row.mistake('category', `no category has the id ${category}`);
    const vendor = row.text('vendor');
    if (kind !== 'focus' && !vendors.has(vendor)) row.mistake('vendor', `no vendor has the id ${vendor}`);
    return { kind, vendor, category, text: fold(row.text('text')) };
  });
}
