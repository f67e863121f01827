import type { SpendClass } from '../core/charge.js';
import type { OwnVendor } from '../core/decision.js';
import type { LinesRow } from './lines-report.js';

/** A vendor as the catalogue has it. */
export interface ListedVendor {
  readonly name: string;
  readonly domain: string;
  readonly spendClass: SpendClass;
  readonly category: string;
  readonly usualFunction: string;
  /** What its lines decide; empty where the catalogue does. */
  readonly mixed: string;
}

/** All that is known of a vendor. */
export interface VendorCard {
  readonly vendorId: string;
  readonly vendor: string;
  /** What the catalogue has; undefined for a company it does not know. */
  readonly listed: ListedVendor | undefined;
  readonly parentName: string;
  /** Names, products and domains that name it in the catalogue. */
  readonly aliases: readonly string[];
  /** What the company says of it. */
  readonly own: OwnVendor | undefined;
  /** Other spellings that are taken for it: id and why. */
  readonly spellings: readonly { readonly id: string; readonly why: string }[];
  /** Its lines, all time. */
  readonly lines: readonly LinesRow[];
  readonly currency: string;
}

/** A vendor that a search found. */
export interface VendorFound {
  readonly vendorId: string;
  readonly vendor: string;
  /** Where: in the ledger, or only in the catalogue. */
  readonly inLedger: boolean;
  readonly spendClass: SpendClass;
  readonly category: string;
  readonly domain: string;
}
