import type { Condition } from './conditions.js';
import type { RuleSubject, TextField } from './fields.js';
import { createFolder, foldText } from './fold.js';
import type { Rule } from './rules.js';

/** Finds the rules that hold for a line. */
export interface RuleIndex {
  /** In order of strength. */
  readonly rules: readonly Rule[];
  /** Indexes into `rules` of those that hold, ascending: strongest first. */
  readonly match: (subject: RuleSubject) => readonly number[];
}

/** Rules that can only hold where a field has one of certain texts. */
interface EqualityGroup {
  readonly field: TextField;
  readonly byText: Map<string, number[]>;
}

const NONE: readonly number[] = [];

/**
 * Makes rules, given strongest first, quick to ask: a rule with an equality is looked up by its text, only the others
 * are tried on every line.
 */
export function compileRules(rules: readonly Rule[]): RuleIndex {
  if (rules.length === 0) return { rules, match: () => NONE };
  const groups = new Map<string, EqualityGroup>();
  const others: number[] = [];
  for (const [index, rule] of rules.entries()) {
    const equality = rule.conditions.find((condition) => condition.equalityField !== undefined);
    if (equality?.equalityField === undefined) others.push(index);
    else addToGroup(groups, equality, equality.equalityField, index);
  }
  const groupList = [...groups.values()];
  const fold = createFolder();
  const match = (subject: RuleSubject): readonly number[] => {
    let matched: number[] | undefined;
    const tryAll = (candidates: readonly number[] | undefined): void => {
      for (const index of candidates ?? NONE) {
        if (rules[index]?.conditions.every((condition) => condition.holds(subject, fold)) !== true) continue;
        if (matched === undefined) matched = [index];
        else if (!matched.includes(index)) matched.push(index);
      }
    };
    for (const { field, byText } of groupList) {
      tryAll(byText.get(fold(field.read(subject))));
      if (field.other !== undefined) tryAll(byText.get(fold(field.other(subject))));
    }
    tryAll(others);
    return matched?.sort((left, right) => left - right) ?? NONE;
  };
  return { rules, match };
}

function addToGroup(groups: Map<string, EqualityGroup>, condition: Condition, field: TextField, index: number): void {
  let group = groups.get(condition.field);
  if (group === undefined) {
    group = { field, byText: new Map() };
    groups.set(condition.field, group);
  }
  for (const text of new Set(condition.values.map(foldText))) {
    const indexes = group.byText.get(text);
    if (indexes === undefined) group.byText.set(text, [index]);
    else indexes.push(index);
  }
}
