import {
  STATED_CONFIDENCE,
  type OwnVendor,
  type VendorBook,
  type VendorDecision,
  type VendorResolver,
} from '../core/decision.js';
import { collectAliases } from './alias-data.js';
import { AliasIndex } from './alias-index.js';
import { ConfigReader } from './config-reader.js';
import { createVendorResolver } from './resolve.js';
import type { Catalogue, CatalogueVendor } from './types.js';
import type { Variant } from './variants.js';

/** Steps from a vendor over merges to the one it goes by; a book with a circle is refused when it is read. */
const MERGES_MAX = 20;

/**
 * The resolver of a workspace: the company's own vendors and aliases come before the catalogue's; then spellings of one
 * company are brought together (`variants`, by vendor id), then what a person merged and renamed.
 */
export function createWorkspaceResolver(
  catalogue: Catalogue,
  book: VendorBook,
  variants: ReadonlyMap<string, Variant>,
): VendorResolver {
  if (book.vendors.length === 0 && variants.size === 0) return createVendorResolver(catalogue);
  const own = new Map(book.vendors.map((vendor) => [vendor.id, vendor]));
  const mergedInto = new Map(book.vendors.flatMap((vendor) => vendor.merged.map((id) => [id, vendor] as const)));
  const known = new Map(book.vendors.map((vendor) => [vendor.id, asCatalogueVendor(vendor, catalogue)]));
  const resolve = createVendorResolver(catalogue, indexOf(book, known));
  return (texts) => {
    let decision = bySpelling(resolve(texts), variants, book);
    for (let count = 0; count < MERGES_MAX; count += 1) {
      const into = mergedInto.get(decision.vendorId);
      if (into === undefined) break;
      decision = merged(decision, into, known.get(into.id));
    }
    const said = own.get(decision.vendorId);
    return said === undefined ? decision : restated(decision, said, known.get(said.id));
  };
}

/** The vendor as the catalogue would have it, with what the company says of it laid over. */
function asCatalogueVendor(vendor: OwnVendor, catalogue: Catalogue): CatalogueVendor {
  const listed = catalogue.vendors.get(vendor.id);
  const spendClass = vendor.spendClass ?? listed?.spendClass ?? 'unknown';
  const category = vendor.category !== '' ? vendor.category : (listed?.category ?? '');
  return {
    id: vendor.id,
    name: vendor.name || (listed?.name ?? vendor.id),
    domain: vendor.domain || (listed?.domain ?? ''),
    spendClass,
    category: spendClass === 'technology' ? category : '',
    usualFunction: vendor.usualFunction || (listed?.usualFunction ?? ''),
    parent: listed?.parent ?? '',
    mixed: vendor.spendClass === undefined ? (listed?.mixed ?? '') : '',
    productOf: undefined,
  };
}

/** The company's aliases, filed like the catalogue's. Settings have refused what stands on two vendors. */
function indexOf(book: VendorBook, known: ReadonlyMap<string, CatalogueVendor>): AliasIndex {
  const named = book.vendors.filter(({ aliases }) => aliases.length > 0);
  const rows = named.map(({ id, aliases: [name = '', ...aliases] }) => ({
    id,
    name,
    aliases,
    domain: '',
    spendClass: 'technology' as const,
    file: 'vendors.yaml',
    line: 0,
  }));
  const vendors = named.flatMap(({ id }) => known.get(id) ?? []);
  return new AliasIndex(collectAliases(rows, new ConfigReader({}, [])), (place) => {
    const vendor = vendors[place];
    if (vendor === undefined) throw new RangeError(`no vendor at place ${place}`);
    return vendor;
  });
}

function bySpelling(
  decision: VendorDecision,
  variants: ReadonlyMap<string, Variant>,
  book: VendorBook,
): VendorDecision {
  const variant = decision.method === 'payee-text' ? variants.get(decision.vendorId) : undefined;
  if (variant === undefined || book.apart.has(decision.vendorId)) return decision;
  const { vendorId } = decision;
  const evidence = (): string[] => [
    ...decision.evidence(),
    `${variant.why} (if not: spendshift vendors split ${vendorId})`,
  ];
  return { ...decision, vendorId: variant.into, vendor: variant.name, evidence };
}

function merged(decision: VendorDecision, into: OwnVendor, known: CatalogueVendor | undefined): VendorDecision {
  const evidence = (): string[] => [
    ...decision.evidence(),
    `${into.place} says that ${decision.vendor} is ${known?.name ?? into.id}`,
  ];
  const vendor = known?.name ?? into.id;
  const stated = { vendorId: into.id, vendor, domain: known?.domain ?? '', method: 'tag', evidence } as const;
  return withClassOf({ ...decision, ...stated, vendorConfidence: STATED_CONFIDENCE }, known);
}

/** A vendor that keeps its id, with the name and class that the company gives it. */
function restated(decision: VendorDecision, said: OwnVendor, known: CatalogueVendor | undefined): VendorDecision {
  if (known === undefined) return decision;
  const isRenamed = said.name !== '' && said.name !== decision.vendor;
  const evidence = (): string[] => [
    ...decision.evidence(),
    ...(isRenamed ? [`${said.place} names ${decision.vendor} ${said.name}`] : []),
    ...(said.spendClass === undefined ? [] : [`${said.place} has ${known.name} as ${said.spendClass}`]),
  ];
  const named = {
    ...decision,
    vendor: said.name || decision.vendor,
    domain: said.domain || decision.domain,
    usualFunction: said.usualFunction || decision.usualFunction,
    evidence,
  };
  return said.spendClass === undefined ? named : withClassOf(named, known);
}

function withClassOf(decision: VendorDecision, known: CatalogueVendor | undefined): VendorDecision {
  if (known === undefined || known.spendClass === 'unknown') return decision;
  const { spendClass, category, usualFunction } = known;
  const classConfidence = STATED_CONFIDENCE;
  return { ...decision, spendClass, category, usualFunction, classMethod: 'tag', classConfidence };
}
