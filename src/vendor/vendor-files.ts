import type { SpendClass } from '../core/charge.js';
import type { ConfigReader, Entry } from './config-reader.js';
import type { Mixed } from './types.js';

const VENDOR_COLUMNS = ['id', 'name', 'domain', 'usual_function', 'aliases', 'parent'];
const PRODUCT_COLUMNS = ['id', 'name', 'vendor', 'spend_class', 'category', 'usual_function', 'aliases'];
const MIXED: Readonly<Record<string, Mixed>> = { shops: 'anything', publishers: 'copies', staffing: 'people' };
/** Lists of vendors that are not of one category of technology: file name → spend class. */
const OTHER_LISTS: Readonly<Record<string, SpendClass>> = {
  advertising: 'advertising',
  publishers: 'advertising',
  other: 'other',
  shops: 'unknown',
  staffing: 'other',
};
const ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** No vendor: of a vendor, that it is no product. */
export const NO_VENDOR = -1;

/** A vendor or product as its file has it. */
export interface VendorRow {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly spendClass: SpendClass;
  readonly category: string;
  readonly usualFunction: string;
  readonly aliases: readonly string[];
  readonly parent: string;
  readonly mixed: Mixed;
  /** Place in the list of the vendor who is paid for a product; NO_VENDOR for a vendor. */
  readonly productOf: number;
  readonly file: string;
  readonly line: number;
}

/** What vendors are checked against. */
interface Known {
  readonly categories: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
}

type Kind = Pick<VendorRow, 'spendClass' | 'category' | 'mixed'>;

/** Reads the lists of vendors, then products; the name of a list says the category or class of its vendors. */
export function readVendors(reader: ConfigReader, known: Known): VendorRow[] {
  const vendors: VendorRow[] = [];
  const places = new Map<string, number>();
  const add = (row: Entry, vendor: VendorRow): void => {
    if (places.has(vendor.id)) row.mistake('id', `the vendor ${vendor.id} is there twice`);
    places.set(vendor.id, vendors.length);
    vendors.push(vendor);
  };
  for (const file of reader.filesIn('vendors')) {
    const kind = kindOfList(file, known, reader);
    for (const row of reader.rows(file, VENDOR_COLUMNS)) add(row, vendorOf(row, kind, NO_VENDOR, known));
  }
  for (const { parent, file, line } of vendors) {
    if (parent !== '' && !places.has(parent)) reader.mistake(file, line, 'parent', `no vendor has the id ${parent}`);
  }
  for (const row of reader.rows('products.csv', PRODUCT_COLUMNS)) {
    const vendor = places.get(row.text('vendor'));
    if (vendor === undefined) row.mistake('vendor', `no vendor has the id ${row.text('vendor')}`);
    add(row, vendorOf(row, kindOfProduct(row, known), vendor ?? NO_VENDOR, known));
  }
  return vendors;
}

function kindOfList(file: string, { categories }: Known, reader: ConfigReader): Kind {
  const name = file.slice('vendors/'.length, -'.csv'.length);
  const other = Object.hasOwn(OTHER_LISTS, name) ? OTHER_LISTS[name] : undefined;
  if (other !== undefined) return { spendClass: other, category: '', mixed: MIXED[name] ?? '' };
  if (!categories.has(name)) reader.mistake(file, undefined, 'file', `no category has the id ${name}`);
  return { spendClass: 'technology', category: name, mixed: '' };
}

function kindOfProduct(row: Entry, { categories }: Known): Kind {
  const spendClass = row.spendClass('spend_class');
  const category = row.text('category');
  if ((spendClass === 'technology') !== (category !== ''))
    row.mistake('category', 'technology needs a category, and nothing else has one');
  if (category !== '' && !categories.has(category)) row.mistake('category', `no category has the id ${category}`);
  return { spendClass, category, mixed: '' };
}

function vendorOf(
  row: Entry,
  { spendClass, category, mixed }: Kind,
  productOf: number,
  { functions }: Known,
): VendorRow {
  const id = row.text('id');
  if (!ID.test(id)) row.mistake('id', `"${id}" is no id: use lower-case letters, digits and hyphens`);
  const name = row.text('name');
  if (name === '') row.mistake('name', 'the name is empty');
  const usualFunction = row.text('usual_function');
  if (usualFunction !== '' && !functions.has(usualFunction))
    row.mistake('usual_function', `no function has the id ${usualFunction}`);
  return {
    id,
    name,
    domain: row.text('domain'),
    spendClass,
    category,
    usualFunction,
    aliases: row.texts('aliases'),
    parent: row.text('parent'),
    mixed,
    productOf,
    file: row.file,
    line: row.line,
  };
}
