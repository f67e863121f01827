import type { BusinessFunction } from '../core/decision.js';
import { fingerprint } from '../core/ids.js';
import { NO_ENTRIES, type BookEntries, type DecisionEntry } from './entries.js';
import { FIELDS } from './fields.js';
import { foldText } from './fold.js';
import { compileRules, type RuleIndex } from './rule-index.js';
import { orderRules, ruleFacts, type Rule } from './rules.js';

/**
 * Everything people said about ownership, vendors and classes: mappings, rules, sanctioned vendors and tags, checked
 * and ready to be asked. The order of files and rows never matters.
 */
export interface OwnershipBook {
  readonly functions: readonly BusinessFunction[];
  readonly entries: BookEntries;
  /** All rules, strongest first. */
  readonly rules: readonly Rule[];
  /** Rules that set vendor, category or spend class. */
  readonly vendorRules: RuleIndex;
  /** Rules that set an owner. */
  readonly ownerRules: RuleIndex;
  /** Persons' tags by line id. */
  readonly decisionsByLine: ReadonlyMap<string, readonly DecisionEntry[]>;
  /** Hex hash of all that affects vendor, category and spend class; equal hashes give equal decisions. */
  readonly vendorFingerprint: string;
  /** Hex hash of all that affects owners, payers and what IT knows, but for the rules. */
  readonly mappingFingerprint: string;
  /** What the rules that set an owner say, one entry each. */
  readonly ownerRuleFacts: readonly OwnerRuleFact[];
}

/** A rule that sets an owner, for telling which lines a change of it can reach. */
export interface OwnerRuleFact {
  /** Hex hash of all the rule says. */
  readonly fingerprint: string;
  /** Vendors (folded names or ids) to which its conditions confine it; undefined when it may reach any line. */
  readonly vendors: readonly string[] | undefined;
}

/** What a book is made of; see `parseMappings` and `parseRules`. */
export interface BookParts {
  readonly functions: readonly BusinessFunction[];
  readonly entries: BookEntries;
  readonly rules: readonly Rule[];
}

/** Makes a book of checked parts: orders and indexes the rules, groups tags by line, fingerprints the whole. */
export function makeBook(parts: BookParts): OwnershipBook {
  const rules = orderRules(parts.rules);
  const vendorRules = rules.filter(setsVendor);
  const ownerRules = rules.filter((rule) => rule.shares.length > 0);
  const { decisions, ...mappings } = parts.entries;
  const vendorFacts = [
    ...vendorRules.map((rule) => ruleFacts({ ...rule, shares: [], from: undefined, to: undefined })),
    ...decisions.filter((entry) => Object.keys(entry.effect).length > 0).map((entry) => stableText(vendorPart(entry))),
  ];
  const mappingFacts = [
    ...decisions.filter((entry) => entry.shares.length > 0).map((entry) => stableText({ ...entry, effect: {} })),
    ...Object.entries(mappings).flatMap(([kind, entries]) =>
      (entries as readonly object[]).map((entry) => `${kind} ${stableText(entry)}`),
    ),
    ...parts.functions.map((entry) => `function ${stableText(entry)}`),
  ];
  return {
    functions: parts.functions,
    entries: parts.entries,
    rules,
    vendorRules: compileRules(vendorRules),
    ownerRules: compileRules(ownerRules),
    decisionsByLine: groupByLine(decisions),
    vendorFingerprint: fingerprint(vendorFacts.sort()),
    mappingFingerprint: fingerprint(mappingFacts.sort()),
    ownerRuleFacts: ownerRules.map(ownerRuleFact),
  };
}

/** A book in which nobody has said anything. */
export const EMPTY_BOOK: OwnershipBook = makeBook({ functions: [], entries: NO_ENTRIES, rules: [] });

/** Whether any rule reads the line's amount, so that the caller must know its largest month. */
export function usesAmount(book: OwnershipBook): boolean {
  return book.rules.some((rule) => rule.conditions.some((condition) => condition.field === 'amount'));
}

function ownerRuleFact(rule: Rule): OwnerRuleFact {
  const confined = rule.conditions.find(
    (condition) => condition.equalityField !== undefined && condition.equalityField === FIELDS['vendor'],
  );
  return {
    fingerprint: fingerprint([ruleFacts({ ...rule, effect: {} })]),
    vendors: confined?.values.map(foldText),
  };
}

function setsVendor(rule: Rule): boolean {
  return Object.keys(rule.effect).length > 0;
}

function vendorPart(entry: DecisionEntry): object {
  return { ...entry, shares: [], from: undefined, to: undefined };
}

function groupByLine(decisions: readonly DecisionEntry[]): ReadonlyMap<string, readonly DecisionEntry[]> {
  const byLine = new Map<string, DecisionEntry[]>();
  for (const entry of decisions) {
    const entries = byLine.get(entry.line);
    if (entries === undefined) byLine.set(entry.line, [entry]);
    else entries.push(entry);
  }
  return byLine;
}

/** JSON with sorted keys, so that equal values give equal texts however they were put together. */
function stableText(value: object): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}
