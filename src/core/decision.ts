import type { Line, LineTexts, SpendClass } from './charge.js';
import type { Month } from './period.js';

/** How a vendor or spend class was found, strongest first. `tag` and `rule` are set by the caller, never by `vendor/`. */
export const VENDOR_METHODS = [
  'tag',
  'rule',
  'publisher',
  'alias',
  'domain',
  'prefix',
  'fuzzy',
  'service',
  'merchant-category',
  'ledger-label',
  'payee-text',
  'none',
] as const;
export type VendorMethod = (typeof VENDOR_METHODS)[number];

/**
 * Who is really paid for a line, whether it is technology and of what kind. Texts are empty, and the class `unknown`,
 * where nothing decides.
 */
export interface VendorDecision {
  /** Stable id: the catalogue's, or the slug of the cleaned payee for a company the catalogue does not know. Never empty. */
  readonly vendorId: string;
  /** Name for people. */
  readonly vendor: string;
  /** Main web domain, empty when not known. */
  readonly domain: string;
  readonly spendClass: SpendClass;
  /** Category id of config/categories.yaml; empty outside technology and where it is not known. */
  readonly category: string;
  /** Function that usually owns such a thing: a suggestion only; empty when it could be anybody. */
  readonly usualFunction: string;
  /** What named the vendor. */
  readonly method: VendorMethod;
  /** What decided the spend class. */
  readonly classMethod: VendorMethod;
  /** Confidence per million, 0 to 1,000,000. */
  readonly vendorConfidence: number;
  readonly classConfidence: number;
  /** Why, in sentences a person can check; made when somebody asks, for most decisions are never opened. */
  readonly evidence: () => readonly string[];
}

/** Confidence per million of what a person or a rule states: it is taken as said. */
export const STATED_CONFIDENCE = 1_000_000;

/** A vendor decision as it is kept: its evidence is worked out again when a person asks. */
export type VendorOutcome = Omit<VendorDecision, 'evidence'>;

/** The texts of a line that vendor resolution reads. */
export type VendorTexts = Pick<
  LineTexts,
  'payee' | 'publisher' | 'service' | 'serviceCategory' | 'ledgerAccount' | 'merchantCategory' | 'description'
>;

/** `vendor/` as a whole: one pure function over the texts of a line. */
export type VendorResolver = (texts: VendorTexts) => VendorDecision;

/** Shares are integers per million and sum to this. */
export const SHARES_SUM = 1_000_000;

/** The function nobody is given by default: money whose owner is not known. */
export const UNASSIGNED = 'unassigned';

export type FunctionGroup = 'it' | 'business' | 'unassigned';

/** A business function of the company. */
export interface BusinessFunction {
  readonly id: string;
  readonly name: string;
  readonly group: FunctionGroup;
}

/** Part of a line that one function owns or pays. */
export interface Share {
  readonly functionId: string;
  /** Per million, 1 to 1,000,000. */
  readonly perMillion: number;
}

/** How an owner was found, strongest first; the order is the order of decision (design: tag > rule > evidence > nobody). */
export const OWNER_METHODS = [
  'tag',
  'rule',
  'resource-tag',
  'account',
  'cost-center',
  'person',
  'ledger-account',
  'unassigned',
] as const;
export type OwnerMethod = (typeof OWNER_METHODS)[number];

/** One thing that spoke for an owner: what, on what evidence, how sure. */
export interface OwnerOpinion {
  readonly method: OwnerMethod;
  readonly shares: readonly Share[];
  /** Per million. */
  readonly confidence: number;
  /** Why, in a sentence, with the place of the rule or mapping (`ownership/cost-centers.csv:12`). */
  readonly evidence: string;
}

/** Who owns a line from `from` until before `to` (open where undefined), and what that overruled. */
export interface OwnerSegment extends OwnerOpinion {
  readonly from: Month | undefined;
  readonly to: Month | undefined;
  /** Weaker opinions for the same months that said something else or the same, strongest first. */
  readonly overruled: readonly OwnerOpinion[];
}

/** Whether IT knows of a line. */
export interface KnownToIt {
  readonly known: boolean;
  /** Why, in a sentence; empty when not known. */
  readonly evidence: string;
}

/** All ownership facts of a line. Segments are in order, without gaps or overlaps, and cover all time. */
export interface OwnershipDecision {
  /** Who answers for it. */
  readonly owners: readonly OwnerSegment[];
  /** Whose cost centre, card or account it is. */
  readonly payers: readonly OwnerSegment[];
  readonly knows: KnownToIt;
  /** The vendor's usual owner: shown as a suggestion, never counted. Empty when there is none. */
  readonly suggestion: string;
}

/** What `decideOwnership` reads of a line. */
export interface OwnershipInput {
  readonly line: Line;
  readonly vendor: VendorOutcome;
  /** The line's largest absolute month in micro-units of its own currency, for rules on `amount`. */
  readonly amountMicros: bigint;
}

/** The effects that a tag or rule has on vendor and class; not dated. */
export interface VendorEffect {
  readonly vendor?: string | undefined;
  readonly category?: string | undefined;
  readonly spendClass?: SpendClass | undefined;
}

/** What a company says of a vendor in its vendors.yaml: of one of the catalogue, of one it only knows by payees, or of its own. */
export interface OwnVendor {
  readonly id: string;
  /** Empty: it keeps its name. */
  readonly name: string;
  readonly domain: string;
  /** Undefined: it keeps its class, or is judged by the evidence of each line. */
  readonly spendClass: SpendClass | undefined;
  readonly category: string;
  readonly usualFunction: string;
  /** Payee texts that name it. */
  readonly aliases: readonly string[];
  /** Ids of vendors that are really this one. */
  readonly merged: readonly string[];
  /** Where it stands: `vendors.yaml:12`. */
  readonly place: string;
}

/** All that a company says of vendors. */
export interface VendorBook {
  readonly vendors: readonly OwnVendor[];
  /** Ids of vendors that are never taken for a spelling of another. */
  readonly apart: ReadonlySet<string>;
  /** Changes when any of it does. */
  readonly fingerprint: string;
}

export const EMPTY_VENDOR_BOOK: VendorBook = { vendors: [], apart: new Set(), fingerprint: '' };
