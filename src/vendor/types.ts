import type { SpendClass } from '../core/charge.js';
import type { NormaliserData } from './normalise.js';

/** A vendor of the catalogue. */
export interface CatalogueVendor {
  readonly id: string;
  readonly name: string;
  /** Empty when none is known. */
  readonly domain: string;
  readonly spendClass: SpendClass;
  /** Empty outside technology. */
  readonly category: string;
  /** Empty when it could be anybody. */
  readonly usualFunction: string;
  /** Id of the vendor it belongs to, empty when none. */
  readonly parent: string;
}

export interface Category {
  readonly id: string;
  readonly name: string;
  readonly meaning: string;
  /** Nearest FOCUS ServiceCategory. */
  readonly focus: string;
  /** Nearest TBM tower or pool. */
  readonly tbm: string;
}

/** What a text says about the spend class. */
export interface ClassHint {
  readonly spendClass: SpendClass;
  /** Empty when it tells none. */
  readonly category: string;
  /** Per million. */
  readonly confidence: number;
}

/** Phrases that speak for a spend class, by their first word. */
export interface PhraseBook {
  readonly byFirstWord: ReadonlyMap<string, readonly Phrase[]>;
  /** Phrases whose first word is known only by how it begins (`comput*`), by its first three letters. */
  readonly byBeginning: ReadonlyMap<string, readonly Phrase[]>;
  /** Single words known by what they contain (`*software*`) or end with (`*computers`). */
  readonly inside: readonly Phrase[];
}

export interface Phrase extends ClassHint {
  readonly words: readonly string[];
  /** As the file has it, for evidence. */
  readonly text: string;
}

/** An alias of the catalogue, folded. */
export interface Alias {
  readonly text: string;
  readonly vendor: CatalogueVendor;
}

/** The configuration, compiled for look-up. */
export interface Catalogue {
  readonly vendors: ReadonlyMap<string, CatalogueVendor>;
  readonly categories: ReadonlyMap<string, Category>;
  /** Folded alias → vendor, for whole names. */
  readonly exact: ReadonlyMap<string, CatalogueVendor>;
  /** Aliases without spaces, of five letters or more, for `survey monkey` against `surveymonkey`. */
  readonly compact: ReadonlyMap<string, CatalogueVendor>;
  /** Folded alias → vendor, where the payee only begins with it. */
  readonly leading: ReadonlyMap<string, CatalogueVendor>;
  /** Aliases without spaces that letters may follow, and the lengths that occur. */
  readonly open: ReadonlyMap<string, CatalogueVendor>;
  readonly openLengths: readonly number[];
  /** Aliases that a cut text may be the beginning of, sorted by text. */
  readonly sorted: readonly Alias[];
  readonly domains: ReadonlyMap<string, CatalogueVendor>;
  /** Processor id → vendor to name when no payee is left. */
  readonly processorVendors: ReadonlyMap<string, CatalogueVendor>;
  readonly merchantCodes: ReadonlyMap<string, ClassHint & { readonly text: string }>;
  readonly labels: PhraseBook;
  readonly payees: PhraseBook;
  /** Folded FOCUS ServiceCategory → category id, empty where it tells none. */
  readonly services: ReadonlyMap<string, string>;
  readonly normaliser: NormaliserData;
}
