import { readCatalogueTexts } from '../../src/app/config-texts.js';
import { EMPTY_LINE_TEXTS } from '../../src/core/charge.js';
import type { VendorDecision, VendorTexts } from '../../src/core/decision.js';
import { parseCatalogue, type Catalogue } from '../../src/vendor/catalogue.js';

let texts: Readonly<Record<string, string>> | undefined;
let shipped: Catalogue | undefined;

/** The texts of the shipped config files by path. */
export function configTexts(): Readonly<Record<string, string>> {
  texts ??= readCatalogueTexts();
  return texts;
}

/** The shipped catalogue; compiled once. */
export function shippedCatalogue(): Catalogue {
  shipped ??= parseCatalogue(configTexts());
  return shipped;
}

/** The shipped catalogue with further rows in one of its lists of vendors. */
export function catalogueWith(list: string, rows: string): Catalogue {
  const file = `vendors/${list}.csv`;
  return parseCatalogue({ ...configTexts(), [file]: `${configTexts()[file] ?? ''}${rows}` });
}

/** Texts of a line with the given ones set. */
export function lineTexts(given: Partial<VendorTexts>): VendorTexts {
  return { ...EMPTY_LINE_TEXTS, ...given };
}

/** A decision with its evidence as sentences, to be compared. */
export function opened(decision: VendorDecision): Omit<VendorDecision, 'evidence'> & { evidence: readonly string[] } {
  return { ...decision, evidence: decision.evidence() };
}
