import { EMPTY_LINE_TEXTS } from '../core/charge.js';
import type { BusinessFunction, VendorBook, VendorResolver } from '../core/decision.js';
import { slug } from '../core/ids.js';
import { once } from '../core/once.js';
import type { VendorLookUp } from '../ownership/vendor-effects.js';
import type { Catalogue, CatalogueVendor } from '../vendor/catalogue.js';
import { parseCategoryNames } from '../vendor/catalogue-data.js';
import type { LedgerPayee } from '../ledger/ledger.js';
import { createWorkspaceResolver } from '../vendor/own-vendors.js';
import { createVendorJudge } from '../vendor/resolve.js';
import { findVariants, type Variant } from '../vendor/variants.js';
import { fold } from '../vendor/text.js';
import { parseFunctions } from '../settings/functions.js';
import { shippedCatalogue } from './compiled-catalogue.js';
import { readConfig } from './package.js';

/** What ships with Spendshift: catalogue, categories and functions. */
export interface Knowledge {
  /** Decides by the catalogue alone, and remembers nothing. */
  readonly judge: VendorResolver;
  /** Decides as a workspace does: with its own vendors, and with spellings of one company brought together. */
  readonly resolverOf: (book: VendorBook, variants: ReadonlyMap<string, Variant>) => VendorResolver;
  /** Which companies that the catalogue does not know are spellings of another, among the payees of a ledger. */
  readonly variantsAmong: (payees: readonly LedgerPayee[], book: VendorBook) => Map<string, Variant>;
  /** Names of categories by id. */
  readonly categories: ReadonlyMap<string, string>;
  readonly functions: readonly BusinessFunction[];
  /** What the catalogue has of the vendor of an id, and what names it there. */
  readonly vendorCard: (vendorId: string) => VendorEntryCard | undefined;
  /** Vendors of the catalogue whose id, name or alias contains a text in lower case. */
  readonly searchCatalogue: (text: string) => CatalogueVendor[];
  /** What the catalogue says of a vendor that a person names by its name, id or an alias. */
  readonly lookUpVendor: VendorLookUp;
  /** Changes when any of it does. */
  readonly fingerprint: string;
}

/** A vendor of the catalogue and what names it there. */
export interface VendorEntryCard {
  readonly vendor: CatalogueVendor;
  readonly parentName: string;
  /** Names, products and domains, folded, in order of the alphabet. */
  readonly aliases: readonly string[];
}

/** Reads config/. The catalogue is compiled when the first line is decided; a statement of decided lines needs none. */
export function loadKnowledge(): Knowledge {
  const { catalogue, fingerprint } = shippedCatalogue();
  const judge = once(() => createVendorJudge(catalogue()));
  return {
    judge: (texts) => judge()(texts),
    resolverOf: (book, variants) => createWorkspaceResolver(catalogue(), book, variants),
    variantsAmong: (payees, book) => variantsAmong(catalogue(), payees, book),
    vendorCard: (vendorId) => vendorCard(catalogue(), vendorId),
    searchCatalogue: (text) => searchCatalogue(catalogue(), text),
    categories: parseCategoryNames(readConfig('categories.yaml')),
    functions: parseFunctions(readConfig('functions.yaml'), 'config/functions.yaml'),
    lookUpVendor: (name) => vendorNamed(catalogue(), name),
    fingerprint,
  };
}

function variantsAmong(catalogue: Catalogue, payees: readonly LedgerPayee[], book: VendorBook): Map<string, Variant> {
  const resolve = createWorkspaceResolver(catalogue, book, new Map());
  const unknown = payees.flatMap(({ payee, source, lineCount }) => {
    const { method, vendorId, vendor } = resolve({ ...EMPTY_LINE_TEXTS, payee });
    return method === 'payee-text' && !book.apart.has(vendorId) ? [{ payee, vendorId, vendor, source, lineCount }] : [];
  });
  return findVariants(unknown, catalogue.normaliser);
}

function vendorCard(catalogue: Catalogue, vendorId: string): VendorEntryCard | undefined {
  const vendor = catalogue.vendors.get(vendorId);
  if (vendor === undefined) return undefined;
  const isIts = (other: CatalogueVendor): boolean => other === vendor || other.productOf === vendor;
  const names = [...catalogue.names.names()].filter((alias) => isIts(alias.vendor)).map(({ text }) => text);
  const domains = [...catalogue.names.domains()].filter(([, other]) => isIts(other)).map(([domain]) => domain);
  const parentName = catalogue.vendors.get(vendor.parent)?.name ?? '';
  return { vendor, parentName, aliases: [...new Set([...names, ...domains])].sort() };
}

function searchCatalogue(catalogue: Catalogue, text: string): CatalogueVendor[] {
  const folded = fold(text);
  const found = new Set<CatalogueVendor>();
  for (const { text: name, vendor } of catalogue.names.names())
    if (folded !== '' && name.includes(folded)) found.add(vendor.productOf ?? vendor);
  return [...found].sort((a, b) => a.name.length - b.name.length || (a.id < b.id ? -1 : 1));
}

function vendorNamed(catalogue: Catalogue, name: string): ReturnType<VendorLookUp> {
  const vendor = catalogue.vendors.get(slug(name)) ?? catalogue.names.exact(fold(name))?.vendor;
  if (vendor === undefined) return undefined;
  const { spendClass, category, usualFunction } = vendor;
  const { id: vendorId, name: vendorName, domain } = vendor.productOf ?? vendor;
  return { vendorId, vendor: vendorName, domain, spendClass, category, usualFunction };
}
