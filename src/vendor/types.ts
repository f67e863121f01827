import type { SpendClass } from '../core/charge.js';
import type { AliasIndex } from './alias-index.js';
import type { CloudServices } from './cloud-services.js';
import type { NormaliserData } from './normalise.js';
import type { TextModel } from './text-model.js';
import type { VendorTable } from './vendor-table.js';

/**
 * Vendors whose class the line decides: shops and marketplaces sell `anything`; publishers sell advertising and `copies`,
 * which are none; the `people` of recruiters and consultancies may do work on technology. Empty for all others.
 */
export const MIXED = ['', 'anything', 'copies', 'people'] as const;
export type Mixed = (typeof MIXED)[number];

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
  /** Id of the company it belongs to, empty when none. */
  readonly parent: string;
  readonly mixed: Mixed;
  /** For a product with a kind of its own (`Google Ads`), the vendor who is paid for it. */
  readonly productOf: CatalogueVendor | undefined;
}

export interface Category {
  readonly id: string;
  readonly name: string;
  readonly meaning: string;
  /** Nearest FOCUS ServiceCategory. */
  readonly focus: string;
  /** Nearest TBM tower or pool. */
  readonly tbm: string;
  /** Who usually owns such a thing; empty when it could be anybody. */
  readonly usualFunction: string;
}

/** A merchant category of ISO 18245 and what it says of the spend class. */
export interface MerchantCategory {
  readonly text: string;
  readonly spendClass: SpendClass;
  /** Empty when it tells none. */
  readonly category: string;
  /** Per million. */
  readonly confidence: number;
}

/**
 * How a name of a vendor is looked for. `plain`: a payee may begin with it. `whole`: the whole name only. `word`: the same,
 * and it is an ordinary word, so that a payee of this name may be somebody else. `open`: letters may follow it without a
 * space.
 */
export const ALIAS_KINDS = ['plain', 'whole', 'word', 'open'] as const;
export type AliasKind = (typeof ALIAS_KINDS)[number];

/** A name of a vendor, folded. */
export interface Alias {
  readonly text: string;
  readonly vendor: CatalogueVendor;
  readonly kind: AliasKind;
}

/** The configuration, compiled for look-up. */
export interface Catalogue {
  readonly names: AliasIndex;
  /** Vendors and products by id. */
  readonly vendors: VendorTable;
  readonly categories: ReadonlyMap<string, Category>;
  /** Processor id → vendor to name when no payee is left. */
  readonly processorVendors: ReadonlyMap<string, CatalogueVendor>;
  /** By code of four digits. */
  readonly merchantCodes: ReadonlyMap<string, MerchantCategory>;
  /** By folded text, where a feed has the text and no code. */
  readonly merchantTexts: ReadonlyMap<string, MerchantCategory>;
  /** Services that clouds sell as their own. */
  readonly cloudServices: CloudServices;
  readonly normaliser: NormaliserData;
  /** Reads names of payees. */
  readonly payeeModel: TextModel;
  /** Reads labels of ledger accounts and texts of merchant categories. */
  readonly labelModel: TextModel;
}
