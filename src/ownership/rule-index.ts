import type { Condition } from './conditions.js';
import type { RuleSubject, TextField } from './fields.js';
import type { TextTest } from './operators.js';
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

/** Rules with another condition on a text of a field, and which of them each text met so far lets through. */
interface TestedGroup {
  readonly field: TextField;
  readonly rules: { readonly index: number; readonly test: TextTest }[];
  readonly byText: Map<string, readonly number[]>;
}

const NONE: readonly number[] = [];

/**
 * Makes rules, given strongest first, quick to ask: a rule with an equality is looked up by its text; one with another
 * test of a text is tried once per distinct text; only rules on amounts alone are tried on every line.
 */
export function compileRules(rules: readonly Rule[]): RuleIndex {
  if (rules.length === 0) return { rules, match: () => NONE };
  const groups = new Map<string, EqualityGroup>();
  const tested = new Map<string, TestedGroup>();
  const others: number[] = [];
  for (const [index, rule] of rules.entries()) {
    const equality = rule.conditions.find((condition) => condition.equalityField !== undefined);
    const onText = rule.conditions.find((condition) => condition.onText !== undefined);
    if (equality?.equalityField === undefined) {
      if (onText?.onText === undefined) others.push(index);
      else addToTested(tested, onText.field, onText.onText, index);
    } else addToGroup(groups, equality, equality.equalityField, index);
  }
  const groupList = [...groups.values()];
  const testedList = [...tested.values()];
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
    for (const group of testedList) {
      tryAll(candidatesFor(group, group.field.read(subject), fold));
      if (group.field.other !== undefined) tryAll(candidatesFor(group, group.field.other(subject), fold));
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

function addToTested(
  groups: Map<string, TestedGroup>,
  name: string,
  on: { field: TextField; test: TextTest },
  index: number,
): void {
  let group = groups.get(name);
  if (group === undefined) {
    group = { field: on.field, rules: [], byText: new Map() };
    groups.set(name, group);
  }
  group.rules.push({ index, test: on.test });
}

function candidatesFor(group: TestedGroup, text: string, fold: (text: string) => string): readonly number[] {
  let candidates = group.byText.get(text);
  if (candidates === undefined) {
    const folded = fold(text);
    const found = group.rules.filter(({ test }) => test(text, folded)).map(({ index }) => index);
    candidates = found.length === 0 ? NONE : found;
    group.byText.set(text, candidates);
  }
  return candidates;
}
