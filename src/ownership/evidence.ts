import { tagsOf } from '../core/charge.js';
import type { Share } from '../core/decision.js';
import { groupBy } from '../core/group.js';
import type { OwnershipBook } from './book.js';
import { createAccounts, isWholeSource } from './accounts.js';
import { CONFIDENCE } from './confidence.js';
import type { CostCenterEntry, DecisionEntry } from './entries.js';
import { compilePattern, foldText, patternStrength } from './fold.js';
import { noteAndPlace, opinion, type LookUp, type Names } from './opinions.js';
import type { Rule } from './rules.js';
import { formatShares } from './shares.js';
import type { DatedOpinion } from './timeline.js';
import { intersection } from './validity.js';

/** The evidence of a book, asked by line. Each look-up may be slow: callers remember its answers. */
export interface EvidenceLookUps {
  readonly resourceTags: LookUp;
  /** Rows that name more than the source. */
  readonly accounts: LookUp;
  /** Rows that name a source and nothing else of it: the weakest evidence, for they say the same of every line. */
  readonly wholeSources: LookUp;
  readonly costCenters: LookUp;
  readonly people: LookUp;
  readonly ledgerAccounts: LookUp;
}

const NONE: readonly DatedOpinion[] = [];

/** Names of functions by id. */
export function functionNames(book: OwnershipBook): Names {
  return new Map(book.functions.map((entry) => [entry.id, entry.name]));
}

/** The opinion of a rule that sets an owner. */
export function ruleOpinion(rule: Rule, names: Names): DatedOpinion {
  const evidence = `rule ${rule.id} gives it to ${formatShares(rule.shares, names)}${noteAndPlace(rule)}`;
  return {
    from: rule.from,
    to: rule.to,
    opinion: { method: 'rule', shares: rule.shares, confidence: CONFIDENCE.rule, evidence },
  };
}

/** Who tagged a line, and when, as far as the tag says. */
export function tagger(entry: DecisionEntry): string {
  return `${entry.by === '' ? 'a person' : entry.by}${entry.on === '' ? '' : ` on ${entry.on}`}`;
}

/** The opinion of a person's tag that names an owner. */
export function tagOpinion(entry: DecisionEntry, names: Names): DatedOpinion {
  const evidence = `${tagger(entry)} gave it to ${formatShares(entry.shares, names)}${noteAndPlace(entry)}`;
  return {
    from: entry.from,
    to: entry.to,
    opinion: { method: 'tag', shares: entry.shares, confidence: CONFIDENCE.tag, evidence },
  };
}

/** Makes the look-ups of a book. */
export function createLookUps(book: OwnershipBook): EvidenceLookUps {
  const names = functionNames(book);
  const costCenterOpinions = createCostCenters(book.entries.costCenters, names);
  return {
    resourceTags: createResourceTags(book, names),
    accounts: createAccounts(
      book.entries.accounts.filter((entry) => !isWholeSource(entry)),
      names,
    ),
    wholeSources: createAccounts(book.entries.accounts.filter(isWholeSource), names),
    costCenters: (line) => costCenterOpinions(line.costCenter, line.source),
    people: createPeople(book, names, (department) => costCenterOpinions(department, '')),
    ledgerAccounts: createLedgerAccounts(book, names),
  };
}

function createResourceTags(book: OwnershipBook, names: Names): LookUp {
  const key = (name: string, value: string, source: string): string =>
    JSON.stringify([foldText(name), foldText(value), source]);
  const byTag = groupBy(book.entries.tags, (entry) => key(entry.key, entry.value, entry.source));
  if (byTag.size === 0) return () => NONE;
  return (line) => {
    const tags = [...tagsOf(line)].sort(([left], [right]) => (left < right ? -1 : 1));
    // A row for this source is more specific than one for all; among tags the key decides, in alphabetical order.
    return [line.source, ''].flatMap((source) =>
      tags.flatMap(([name, value]) =>
        (byTag.get(key(name, value, source)) ?? []).map((entry) =>
          opinion('resource-tag', CONFIDENCE.resourceTag, `resource tag ${entry.key} "${entry.value}"`, entry, names),
        ),
      ),
    );
  };
}

/** Patterns, the longest fixed text first, then in alphabetical order. */
function orderedPatterns<Item>(
  items: readonly Item[],
  patternOf: (item: Item) => string,
): { item: Item; test: (folded: string) => boolean }[] {
  return [...items]
    .sort((left, right) => {
      const [leftText, rightText] = [foldText(patternOf(left)), foldText(patternOf(right))];
      return patternStrength(rightText) - patternStrength(leftText) || (leftText < rightText ? -1 : 1);
    })
    .map((item) => ({ item, test: compilePattern(patternOf(item)) }));
}

function createCostCenters(
  entries: readonly CostCenterEntry[],
  names: Names,
): (costCenter: string, source: string) => DatedOpinion[] {
  const key = (costCenter: string, source: string): string => JSON.stringify([foldText(costCenter), source]);
  const named = groupBy(
    entries.filter((entry) => entry.match !== 'pattern'),
    (entry) => key(entry.costCenter, entry.source),
  );
  const patterns = orderedPatterns(
    entries.filter((entry) => entry.match === 'pattern'),
    (entry) => entry.costCenter,
  );
  const exactOf = (costCenter: string, source: string): CostCenterEntry[] =>
    (named.get(key(costCenter, source)) ?? []).filter((entry) => entry.match === 'exact');
  const ofNamed = (entry: CostCenterEntry): DatedOpinion[] => {
    const subject = `cost centre "${entry.costCenter}"`;
    if (entry.match === 'exact') return [opinion('cost-center', CONFIDENCE.costCenter, subject, entry, names)];
    const targets = [...exactOf(entry.of, entry.source), ...(entry.source === '' ? [] : exactOf(entry.of, ''))];
    return targets.flatMap((target) => {
      const months = intersection(entry, target);
      const seen = `${subject}, another name of "${target.costCenter}"${noteAndPlace(entry)},`;
      return months === undefined
        ? []
        : [opinion('cost-center', CONFIDENCE.costCenter, seen, { ...target, ...months }, names)];
    });
  };
  return (costCenter, source) => {
    const folded = foldText(costCenter);
    if (folded === '') return [];
    const sources = source === '' ? [''] : [source, ''];
    return [
      ...sources.flatMap((one) => (named.get(key(costCenter, one)) ?? []).flatMap(ofNamed)),
      ...sources.flatMap((one) =>
        patterns
          .filter(({ item, test }) => item.source === one && test(folded))
          .map(({ item }) =>
            opinion('cost-center', CONFIDENCE.costCenterPattern, `cost centre like "${item.costCenter}"`, item, names),
          ),
      ),
    ];
  };
}

function createPeople(
  book: OwnershipBook,
  names: Names,
  costCentersOf: (department: string) => readonly DatedOpinion[],
): LookUp {
  const byPerson = groupBy(book.entries.people, (entry) => foldText(entry.person));
  const functionOf = (department: string): readonly Share[] => {
    const wanted = foldText(department);
    const found = book.functions.find((entry) => foldText(entry.id) === wanted || foldText(entry.name) === wanted);
    return found === undefined ? [] : [{ functionId: found.id, perMillion: 1_000_000 }];
  };
  return (line) =>
    (line.person === '' ? [] : (byPerson.get(foldText(line.person)) ?? [])).flatMap((entry) => {
      const subject = `person "${entry.person}"`;
      if (entry.department === '') return [opinion('person', CONFIDENCE.person, subject, entry, names)];
      const inDepartment = `${subject} in department "${entry.department}"`;
      const found = costCentersOf(entry.department);
      if (found.length === 0) {
        const shares = functionOf(entry.department);
        // A directory names departments of which nobody has said whose they are: that is no evidence.
        return shares.length === 0
          ? []
          : [opinion('person', CONFIDENCE.person, inDepartment, { ...entry, shares }, names)];
      }
      return found.flatMap((dated) => {
        const months = intersection(entry, dated);
        const { shares } = dated.opinion;
        const evidence = `${inDepartment}${noteAndPlace(entry)}; ${dated.opinion.evidence}`;
        const confidence = Math.min(CONFIDENCE.person, dated.opinion.confidence);
        return months === undefined
          ? []
          : [{ ...months, opinion: { method: 'person' as const, shares, confidence, evidence } }];
      });
    });
}

function createLedgerAccounts(book: OwnershipBook, names: Names): LookUp {
  const { ledgerAccounts } = book.entries;
  const exact = groupBy(
    ledgerAccounts.filter((entry) => entry.match === 'exact'),
    (entry) => foldText(entry.ledgerAccount),
  );
  const patterns = orderedPatterns(
    ledgerAccounts.filter((entry) => entry.match === 'pattern'),
    (entry) => entry.ledgerAccount,
  );
  return (line) => {
    const folded = foldText(line.ledgerAccount);
    if (folded === '') return NONE;
    const found = [
      ...(exact.get(folded) ?? []),
      ...patterns.filter(({ test }) => test(folded)).map(({ item }) => item),
    ];
    return found.map((entry) => {
      const like = entry.match === 'exact' ? '' : 'like ';
      return opinion(
        'ledger-account',
        CONFIDENCE.ledgerAccount,
        `ledger account ${like}"${entry.ledgerAccount}"`,
        entry,
        names,
      );
    });
  };
}
