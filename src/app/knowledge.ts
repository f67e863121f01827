import type { BusinessFunction, VendorResolver } from '../core/decision.js';
import { fingerprint } from '../core/ids.js';
import { CATALOGUE_FILES, parseCatalogue, type Catalogue } from '../vendor/catalogue.js';
import { createVendorResolver } from '../vendor/resolve.js';
import { parseFunctions } from '../settings/functions.js';
import { readConfig } from './package.js';

/** Changes when the resolver would answer differently from the same catalogue. */
const RESOLVER_VERSION = '1';

/** What ships with Spendshift: catalogue, categories and functions. */
export interface Knowledge {
  readonly catalogue: Catalogue;
  readonly resolve: VendorResolver;
  /** Names of categories by id. */
  readonly categories: ReadonlyMap<string, string>;
  readonly functions: readonly BusinessFunction[];
  /** Changes when any of it does. */
  readonly fingerprint: string;
}

/** Reads config/ and compiles it. */
export function loadKnowledge(): Knowledge {
  const texts = new Map(CATALOGUE_FILES.map((name) => [name, readConfig(name)]));
  const catalogue = parseCatalogue(Object.fromEntries(texts));
  return {
    catalogue,
    resolve: createVendorResolver(catalogue),
    categories: new Map([...catalogue.categories].map(([id, category]) => [id, category.name])),
    functions: parseFunctions(readConfig('functions.yaml'), 'config/functions.yaml'),
    fingerprint: fingerprint([RESOLVER_VERSION, ...[...texts].flat()]),
  };
}
