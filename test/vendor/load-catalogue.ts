import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { EMPTY_LINE_TEXTS } from '../../src/core/charge.js';
import type { VendorTexts } from '../../src/core/decision.js';
import { CATALOGUE_FILES, parseCatalogue, type Catalogue } from '../../src/vendor/catalogue.js';

/** The texts of the shipped config files by name. */
export function configTexts(): Record<string, string> {
  const folder = join(import.meta.dirname, '../../config');
  return Object.fromEntries(CATALOGUE_FILES.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** The shipped catalogue, with further rows of vendors.csv where given. */
export function shippedCatalogue(moreVendors = ''): Catalogue {
  const texts = configTexts();
  return parseCatalogue({ ...texts, 'vendors.csv': `${texts['vendors.csv'] ?? ''}${moreVendors}` });
}

/** Texts of a line with the given ones set. */
export function lineTexts(texts: Partial<VendorTexts>): VendorTexts {
  return { ...EMPTY_LINE_TEXTS, ...texts };
}
