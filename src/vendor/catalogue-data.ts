import { SPEND_CLASSES } from '../core/charge.js';
import { SettingsError, type Mistake } from '../core/errors.js';
import { collectAliases, type AliasData } from './alias-data.js';
import { ConfigReader } from './config-reader.js';
import {
  checkFunctions,
  readCategories,
  readCloudServices,
  readMerchantCategories,
  readPlaces,
  readProcessors,
  type CloudRow,
  type MerchantRow,
  type PlaceRows,
  type ProcessorRow,
} from './config-tables.js';
import { textList, textTable, type TextListData, type TextTableData } from './text-table.js';
import { MIXED, type Category } from './types.js';
import { NO_VENDOR, readVendors, type VendorRow } from './vendor-files.js';

/** The files of config/ with the text models: of payees, and of labels. */
export const MODEL_FILES = ['models/payee.json', 'models/label.json'] as const;

/** The files of config/ that make the catalogue, beside the lists of vendors. */
export const CATALOGUE_FILES = [
  'categories.yaml',
  'functions.yaml',
  'products.csv',
  'processors.csv',
  'merchant-categories.csv',
  'name-words.yaml',
  'places.csv',
  'cloud-services.csv',
  ...MODEL_FILES,
] as const;

/** The folder of config/ with the lists of vendors: one file for each category of technology and each other class. */
export const VENDOR_FOLDER = 'vendors';

/** All of config/ that makes the catalogue, read and checked, as plain data that can be stored. */
export interface CatalogueData {
  readonly vendors: VendorColumns;
  readonly aliases: AliasData;
  readonly categories: readonly Category[];
  readonly processors: readonly ProcessorRow[];
  readonly places: PlaceRows;
  readonly merchantCategories: readonly MerchantRow[];
  readonly cloudServices: readonly CloudRow[];
  readonly legalForms: readonly string[];
  readonly joinedForms: readonly string[];
  readonly groupWords: readonly string[];
  readonly purchaseWords: readonly string[];
  readonly tradingAs: readonly string[];
  readonly shortWords: readonly string[];
  readonly joiningWords: readonly string[];
}

/** Vendors and products column by column. */
export interface VendorColumns {
  readonly ids: TextTableData;
  readonly names: TextListData;
  readonly domains: TextListData;
  /** Places in SPEND_CLASSES. */
  readonly spendClasses: Uint8Array;
  /** Places in MIXED. */
  readonly mixed: Uint8Array;
  /** Places in the list of categories; -1 for none. */
  readonly categories: Int8Array;
  /** Ids of functions, and the place in them of each vendor's usual one; -1 for none. */
  readonly functionIds: readonly string[];
  readonly usualFunctions: Int8Array;
  /** Places in these columns; NO_VENDOR for none. */
  readonly parents: Int32Array;
  /** Places in these columns; NO_VENDOR for a vendor. */
  readonly productOf: Int32Array;
}

/**
 * Reads the texts of the config files, by path below config/. Throws one `SettingsError` with the place of every mistake:
 * a missing file, a duplicate id, an alias on two vendors, an unknown category, function or parent.
 */
export function readCatalogueData(texts: Readonly<Record<string, string>>): CatalogueData {
  const mistakes: Mistake[] = [];
  const reader = new ConfigReader(texts, mistakes);
  const { vendors, categories } = readVendorsWith(reader);
  const known = {
    vendors: new Set(vendors.map(({ id }) => id)),
    categories: new Set(categories.map(({ id }) => id)),
  };
  const data: CatalogueData = {
    vendors: columnsOf(vendors, categories),
    aliases: collectAliases(vendors, reader),
    categories,
    processors: readProcessors(reader, known),
    places: readPlaces(reader),
    merchantCategories: readMerchantCategories(reader, known),
    cloudServices: readCloudServices(reader, known),
    legalForms: reader.textsOf('name-words.yaml', 'forms'),
    joinedForms: reader.textsOf('name-words.yaml', 'joinedForms'),
    groupWords: reader.textsOf('name-words.yaml', 'groupWords'),
    purchaseWords: reader.textsOf('name-words.yaml', 'purchaseWords'),
    tradingAs: reader.textsOf('name-words.yaml', 'tradingAs'),
    shortWords: reader.textsOf('name-words.yaml', 'shortWords'),
    joiningWords: reader.textsOf('name-words.yaml', 'joiningWords'),
  };
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return data;
}

/**
 * The rows of the lists of vendors and products, and the categories.
 *
 * @throws SettingsError with every mistake in them.
 */
export function readVendorRows(texts: Readonly<Record<string, string>>): {
  vendors: VendorRow[];
  categories: Category[];
} {
  const mistakes: Mistake[] = [];
  const rows = readVendorsWith(new ConfigReader(texts, mistakes));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return rows;
}

/** Names of the categories by id, from the text of categories.yaml alone: all that a report needs of the catalogue. */
export function parseCategoryNames(text: string): Map<string, string> {
  const mistakes: Mistake[] = [];
  const categories = readCategories(new ConfigReader({ 'categories.yaml': text }, mistakes));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return new Map(categories.map(({ id, name }) => [id, name]));
}

function readVendorsWith(reader: ConfigReader): { vendors: VendorRow[]; categories: Category[] } {
  const functions = new Set(reader.list('functions.yaml', 'functions').map((entry) => entry.text('id')));
  const categories = readCategories(reader);
  checkFunctions(categories, functions, reader);
  const ids = new Set(categories.map(({ id }) => id));
  return { vendors: readVendors(reader, { categories: ids, functions }), categories };
}

function columnsOf(vendors: readonly VendorRow[], categories: readonly Category[]): VendorColumns {
  const places = new Map(categories.map(({ id }, at) => [id, at]));
  const vendorPlaces = new Map(vendors.map(({ id }, at) => [id, at]));
  const functionIds = [...new Set(vendors.map(({ usualFunction }) => usualFunction))].filter((id) => id !== '').sort();
  return {
    ids: textTable(vendors.map(({ id }) => id)),
    names: textList(vendors.map(({ name }) => name)),
    domains: textList(vendors.map(({ domain }) => domain)),
    spendClasses: Uint8Array.from(vendors, ({ spendClass }) => SPEND_CLASSES.indexOf(spendClass)),
    mixed: Uint8Array.from(vendors, ({ mixed }) => MIXED.indexOf(mixed)),
    categories: Int8Array.from(vendors, ({ category }) => places.get(category) ?? -1),
    functionIds,
    usualFunctions: Int8Array.from(vendors, ({ usualFunction }) => functionIds.indexOf(usualFunction)),
    parents: Int32Array.from(vendors, ({ parent }) => vendorPlaces.get(parent) ?? NO_VENDOR),
    productOf: Int32Array.from(vendors, ({ productOf }) => productOf),
  };
}
