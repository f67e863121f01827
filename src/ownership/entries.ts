import type { BusinessFunction, Share, VendorEffect } from '../core/decision.js';
import type { Place } from '../core/errors.js';
import type { Month } from '../core/period.js';

/** From the first month it holds until before `to`; open where undefined. */
export interface Validity {
  readonly from: Month | undefined;
  readonly to: Month | undefined;
}

/** A row of an ownership file: file relative to the workspace, 1-based line, texts by column name. */
export interface TableRow {
  readonly file: string;
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

/** An ownership file as rows of texts. */
export interface MappingTable {
  readonly file: string;
  /** Line of the header; undefined for a YAML list, which has none. */
  readonly headerLine: number | undefined;
  /** Columns of the header; for a YAML list, every key that occurs. */
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

/** The ownership files, by their key under `ownership:` in a workspace. */
export const MAPPING_KINDS = [
  'costCenters',
  'accounts',
  'tags',
  'people',
  'ledgerAccounts',
  'sanctioned',
  'decisions',
] as const;
export type MappingKind = (typeof MAPPING_KINDS)[number];

/** What every dated entry has. */
export interface OwnerEntry extends Validity {
  readonly shares: readonly Share[];
  /** Shown as evidence; empty when there is none. */
  readonly note: string;
  readonly place: Place;
}

export interface CostCenterEntry extends OwnerEntry {
  readonly costCenter: string;
  readonly match: 'exact' | 'alias' | 'pattern';
  /** Cost centre whose other name an alias is; empty for the others. The shares of an alias are empty. */
  readonly of: string;
  /** Id of the only source it holds for; empty for all. */
  readonly source: string;
}

/** Columns of an account row, from the most specific to the least; a row may combine them. */
export const ACCOUNT_KEYS = ['card', 'subAccount', 'project', 'account', 'source'] as const;
export type AccountKey = (typeof ACCOUNT_KEYS)[number];

/** Texts are empty where the row does not ask for them. */
export interface AccountEntry extends OwnerEntry, Readonly<Record<AccountKey, string>> {}

export interface TagEntry extends OwnerEntry {
  readonly key: string;
  readonly value: string;
  readonly source: string;
}

export interface PersonEntry extends OwnerEntry {
  readonly person: string;
  /** Looked up among cost centres and functions; empty when the row names its function itself. */
  readonly department: string;
}

export interface LedgerAccountEntry extends OwnerEntry {
  readonly ledgerAccount: string;
  readonly match: 'exact' | 'pattern';
}

/** A vendor IT knows, by name or id, or by web domain; one of the two is empty. */
export interface SanctionedEntry {
  readonly vendor: string;
  readonly domain: string;
  readonly note: string;
  readonly place: Place;
}

/** A person's word on one line. `shares` is empty when it says nothing about the owner. */
export interface DecisionEntry extends OwnerEntry {
  readonly line: string;
  readonly effect: VendorEffect;
  readonly by: string;
  readonly on: string;
}

/** All mappings of a workspace. */
export interface BookEntries {
  readonly costCenters: readonly CostCenterEntry[];
  readonly accounts: readonly AccountEntry[];
  readonly tags: readonly TagEntry[];
  readonly people: readonly PersonEntry[];
  readonly ledgerAccounts: readonly LedgerAccountEntry[];
  readonly sanctioned: readonly SanctionedEntry[];
  readonly decisions: readonly DecisionEntry[];
}

export const NO_ENTRIES: BookEntries = {
  costCenters: [],
  accounts: [],
  tags: [],
  people: [],
  ledgerAccounts: [],
  sanctioned: [],
  decisions: [],
};

/** What the names in ownership files and rules may refer to. */
export interface OwnershipNames {
  readonly functions: readonly BusinessFunction[];
  /** Ids of the configured sources; undefined: not checked. */
  readonly sources?: ReadonlySet<string> | undefined;
  /** Ids of the categories; undefined: not checked. */
  readonly categories?: ReadonlySet<string> | undefined;
}
