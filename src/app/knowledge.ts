import type { BusinessFunction, VendorResolver } from '../core/decision.js';
import { fingerprint, slug } from '../core/ids.js';
import type { VendorLookUp } from '../ownership/vendor-effects.js';
import { CATALOGUE_FILES, parseCatalogue, parseCategoryNames, type Catalogue } from '../vendor/catalogue.js';
import { fold } from '../vendor/normalise.js';
import { createVendorResolver } from '../vendor/resolve.js';
import { parseFunctions } from '../settings/functions.js';
import { packageVersion, readConfig } from './package.js';

/** Raise it when the resolver, rules or evidence decide differently from the same texts, so that lines are decided anew. */
export const RESOLVER_VERSION = '2';

/** What ships with Spendshift: catalogue, categories and functions. */
export interface Knowledge {
  readonly resolve: VendorResolver;
  /** Names of categories by id. */
  readonly categories: ReadonlyMap<string, string>;
  readonly functions: readonly BusinessFunction[];
  /** What the catalogue says of a vendor that a person names by its name, id or an alias. */
  readonly lookUpVendor: VendorLookUp;
  /** Changes when any of it does. */
  readonly fingerprint: string;
}

/** Reads config/. The catalogue is compiled when the first line is decided; a statement of decided lines needs none. */
export function loadKnowledge(): Knowledge {
  const texts = Object.fromEntries(CATALOGUE_FILES.map((name) => [name, readConfig(name)]));
  let compiled: { catalogue: Catalogue; resolve: VendorResolver } | undefined;
  const compile = (): { catalogue: Catalogue; resolve: VendorResolver } => {
    if (compiled === undefined) {
      const catalogue = parseCatalogue(texts);
      compiled = { catalogue, resolve: createVendorResolver(catalogue) };
    }
    return compiled;
  };
  return {
    resolve: (line) => compile().resolve(line),
    categories: parseCategoryNames(texts['categories.yaml'] ?? ''),
    functions: parseFunctions(readConfig('functions.yaml'), 'config/functions.yaml'),
    lookUpVendor: (name) => vendorNamed(compile().catalogue, name),
    fingerprint: fingerprint([RESOLVER_VERSION, packageVersion(), ...Object.entries(texts).flat()]),
  };
}

function vendorNamed(catalogue: Catalogue, name: string): ReturnType<VendorLookUp> {
  const vendor = catalogue.vendors.get(slug(name)) ?? catalogue.exact.get(fold(name));
  if (vendor === undefined) return undefined;
  const { id: vendorId, name: vendorName, domain, spendClass, category, usualFunction } = vendor;
  return { vendorId, vendor: vendorName, domain, spendClass, category, usualFunction };
}
