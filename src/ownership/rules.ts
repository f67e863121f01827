import { SPEND_CLASSES } from '../core/charge.js';
import { hintAmong } from '../core/closest.js';
import type { Share, VendorEffect } from '../core/decision.js';
import type { Mistake, Place } from '../core/errors.js';
import { readCondition, type Condition } from './conditions.js';
import type { OwnershipNames, Validity } from './entries.js';
import { readOwner, readShares, readSharesText, type SharesReading } from './shares.js';
import { ALWAYS, isOpenEnd, readFirstMonth, readLastMonth, validityOf } from './validity.js';

/** A rule of a workspace, checked. */
export interface Rule extends Validity {
  readonly id: string;
  /** All must hold. Strongest operator first. */
  readonly conditions: readonly Condition[];
  readonly effect: VendorEffect;
  /** Empty when the rule says nothing about the owner. */
  readonly shares: readonly Share[];
  readonly note: string;
  readonly place: Place;
}

/** A rules file: its content as plain values (texts, numbers, lists, maps), and where each part of it stands. */
export interface RulesInput {
  readonly value: unknown;
  readonly place: Place;
  readonly placeOf: (path: readonly (string | number)[]) => Place;
}

/** Rules that could be read, in the order of the file, and every mistake in the others. */
export interface RulesReading {
  readonly rules: readonly Rule[];
  readonly mistakes: readonly Mistake[];
}

const RULE_KEYS = ['id', 'when', 'then', 'validFrom', 'validTo', 'note'];
const EFFECT_KEYS = ['vendor', 'category', 'spendClass', 'owner', 'shares'];
const VENDOR_EFFECTS = ['vendor', 'category', 'spendClass'] as const;

type Path = readonly (string | number)[];

/** What reading a rule shares: names, the collector of mistakes. */
interface Reader {
  readonly names: OwnershipNames;
  readonly report: (path: Path, message: string, hint?: string) => void;
}

/**
 * Reads a rules file (docs/workspace.md, Rules). Never throws: a rule with a mistake is left out and the mistake
 * reported, so that the caller can show all mistakes at once and must not use the rules when there are any.
 */
export function parseRules(input: RulesInput, names: OwnershipNames): RulesReading {
  const mistakes: Mistake[] = [];
  const reader: Reader = {
    names,
    report: (path, message, hint) => mistakes.push({ place: input.placeOf(path), message, hint }),
  };
  const rules: Rule[] = [];
  const list = listOfRules(input.value, reader);
  for (const [index, entry] of list.entries()) {
    const before = mistakes.length;
    const rule = readRule(entry, ['rules', index], reader, input);
    if (rule !== undefined && mistakes.length === before) rules.push(rule);
  }
  reportDuplicates(rules, mistakes);
  return { rules, mistakes };
}

function listOfRules(value: unknown, reader: Reader): readonly unknown[] {
  if (value === null || value === undefined || value === '') return [];
  if (!isMap(value)) {
    reader.report([], 'a rules file is a map with the key rules', 'Begin the file with "rules:" and a list under it.');
    return [];
  }
  for (const key of Object.keys(value)) {
    if (key !== 'rules') reader.report([key], `unknown key "${key}"`, hintAmong(key, ['rules'], 'Keys'));
  }
  const list = value['rules'];
  if (list === null || list === undefined || list === '') return [];
  if (Array.isArray(list)) return list as readonly unknown[];
  reader.report(['rules'], 'rules is not a list', 'Begin each rule with "- id: …".');
  return [];
}

function readRule(value: unknown, path: Path, reader: Reader, input: RulesInput): Rule | undefined {
  if (!isMap(value)) {
    reader.report(path, 'a rule is a map of id, when and then', 'Begin the rule with "- id: …".');
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (!RULE_KEYS.includes(key)) {
      reader.report([...path, key], `unknown key "${key}"`, hintAmong(key, RULE_KEYS, 'Keys of a rule'));
    }
  }
  const id = textOf(value['id']);
  if (id === undefined || id === '')
    reader.report(path, 'a rule has no id', 'Give it a short name: id: figma-is-marketing');
  const conditions = readConditions(value['when'], [...path, 'when'], reader);
  const effects = readEffects(value['then'], [...path, 'then'], reader);
  const validity = readValidity(value, path, reader);
  const note = readNote(value['note'], [...path, 'note'], reader);
  if (effects !== undefined && effects.shares.length === 0 && validity !== ALWAYS) {
    reader.report(
      path,
      'validFrom and validTo date an owner, and the rule sets none',
      'Take them out: vendor, category and spendClass hold for all months.',
    );
  }
  if (id === undefined || conditions === undefined || effects === undefined) return undefined;
  reportSelfDefeat(conditions, effects, path, reader);
  return { id, conditions, ...effects, ...validity, note, place: { ...input.placeOf(path), key: id } };
}

function readConditions(value: unknown, path: Path, reader: Reader): Condition[] | undefined {
  if (!isMap(value) || Object.keys(value).length === 0) {
    reader.report(path, 'a rule needs at least one condition', 'Write, for example, when: { vendor: Figma }');
    return undefined;
  }
  const conditions: Condition[] = [];
  for (const [field, content] of Object.entries(value)) {
    conditions.push(...readCondition(field, content, [...path, field], reader));
  }
  // The order of evaluation changes no result; the strongest operator is the one most often false.
  return conditions.sort(
    (left, right) => right.strength - left.strength || compareTexts(conditionText(left), conditionText(right)),
  );
}

function readEffects(value: unknown, path: Path, reader: Reader): Pick<Rule, 'effect' | 'shares'> | undefined {
  if (!isMap(value) || Object.keys(value).length === 0) {
    reader.report(
      path,
      'a rule needs an effect',
      `Write, for example, then: { owner: marketing }. Effects: ${EFFECT_KEYS.join(', ')}.`,
    );
    return undefined;
  }
  const effect: { vendor?: string; category?: string; spendClass?: (typeof SPEND_CLASSES)[number] } = {};
  for (const [key, content] of Object.entries(value)) {
    if (!EFFECT_KEYS.includes(key)) {
      reader.report([...path, key], `unknown effect "${key}"`, hintAmong(key, EFFECT_KEYS, 'Effects'));
      continue;
    }
    if (key === 'owner' || key === 'shares') continue;
    const text = textOf(content);
    if (text === undefined || text.trim() === '') {
      reader.report([...path, key], `${key} is not a text`, `Write ${key}: and a name.`);
    } else if (key === 'vendor') effect.vendor = text;
    else if (key === 'category') setCategory(text, effect, [...path, key], reader);
    else setSpendClass(text, effect, [...path, key], reader);
  }
  return { effect, shares: readOwnerEffect(value, path, reader) };
}

function setCategory(text: string, effect: { category?: string }, path: Path, reader: Reader): void {
  const known = reader.names.categories;
  if (known === undefined || known.has(text)) effect.category = text;
  else reader.report(path, `unknown category "${text}"`, hintAmong(text, [...known].sort(), 'Categories'));
}

function setSpendClass(
  text: string,
  effect: { spendClass?: (typeof SPEND_CLASSES)[number] },
  path: Path,
  reader: Reader,
): void {
  const spendClass = SPEND_CLASSES.find((known) => known === text);
  if (spendClass !== undefined) effect.spendClass = spendClass;
  else reader.report(path, `unknown spend class "${text}"`, hintAmong(text, SPEND_CLASSES, 'Spend classes'));
}

function readOwnerEffect(value: Readonly<Record<string, unknown>>, path: Path, reader: Reader): readonly Share[] {
  const { owner, shares } = value;
  if (owner !== undefined && shares !== undefined) {
    reader.report([...path, 'shares'], 'owner and shares stand together', 'Write one of the two.');
    return [];
  }
  if (owner === undefined && shares === undefined) return [];
  const key = owner === undefined ? 'shares' : 'owner';
  const reading =
    owner === undefined ? readSharesValue(shares, reader) : readOwner(textOf(owner) ?? '', reader.names.functions);
  if ('shares' in reading) return reading.shares;
  reader.report([...path, key], reading.problem, reading.hint);
  return [];
}

function readSharesValue(value: unknown, reader: Reader): SharesReading {
  if (!isMap(value)) return readSharesText(textOf(value) ?? '', reader.names.functions);
  const pairs = Object.entries(value).map(([id, percentage]) => [id, textOf(percentage) ?? ''] as const);
  return readShares(pairs, reader.names.functions);
}

function readValidity(value: Readonly<Record<string, unknown>>, path: Path, reader: Reader): Validity {
  const from = textOf(value['validFrom']) ?? '';
  const to = textOf(value['validTo']) ?? '';
  if (from === '' && to === '') return ALWAYS;
  const first = from === '' ? undefined : readFirstMonth(from, 'validFrom');
  const last = isOpenEnd(to) ? undefined : readLastMonth(to, 'validTo');
  if (first !== undefined && 'problem' in first) reader.report([...path, 'validFrom'], first.problem, first.hint);
  if (last !== undefined && 'problem' in last) reader.report([...path, 'validTo'], last.problem, last.hint);
  const firstMonth = first !== undefined && 'month' in first ? first.month : undefined;
  const lastMonth = last !== undefined && 'month' in last ? last.month : undefined;
  if (firstMonth !== undefined && lastMonth !== undefined && lastMonth < firstMonth) {
    reader.report(
      [...path, 'validTo'],
      `validTo ${lastMonth} is before validFrom ${firstMonth}`,
      'Swap the two, or mend one.',
    );
  }
  return validityOf(firstMonth, lastMonth);
}

function readNote(value: unknown, path: Path, reader: Reader): string {
  const note = value === undefined ? '' : textOf(value);
  if (note === undefined) reader.report(path, 'note is not a text', 'Write one line of text.');
  return note ?? '';
}

/** A rule whose owner waits for a vendor that the same rule has just changed would silently do nothing. */
function reportSelfDefeat(
  conditions: readonly Condition[],
  effects: Pick<Rule, 'effect' | 'shares'>,
  path: Path,
  reader: Reader,
): void {
  if (effects.shares.length === 0) return;
  for (const key of VENDOR_EFFECTS) {
    if (effects.effect[key] === undefined || !conditions.some((condition) => condition.field === key)) continue;
    const message = `the rule sets an owner, and the ${key} that its own condition reads`;
    reader.report(
      path,
      message,
      `Split it: one rule sets the ${key}, another sets the owner where the ${key} is the new one.`,
    );
  }
}

function reportDuplicates(rules: readonly Rule[], mistakes: Mistake[]): void {
  const first = new Map<string, Rule>();
  for (const rule of rules) {
    const earlier = first.get(rule.id);
    if (earlier === undefined) {
      first.set(rule.id, rule);
      continue;
    }
    const where = earlier.place.line === undefined ? '' : `; the first stands on line ${earlier.place.line}`;
    mistakes.push({
      place: rule.place,
      message: `two rules have the id "${rule.id}"${where}`,
      hint: 'Give one of them another id.',
    });
  }
}

/** Strongest first: more conditions, then stronger operators, then the id in alphabetical order. */
export function orderRules(rules: readonly Rule[]): Rule[] {
  return [...rules].sort(
    (left, right) =>
      right.conditions.length - left.conditions.length ||
      compareStrengths(left.conditions, right.conditions) ||
      compareTexts(left.id, right.id),
  );
}

function compareStrengths(left: readonly Condition[], right: readonly Condition[]): number {
  for (const [index, condition] of left.entries()) {
    const difference = (right[index]?.strength ?? 0) - condition.strength;
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function conditionText(condition: Condition): string {
  return JSON.stringify([condition.field, condition.operator, condition.values]);
}

/** All that a rule says, as a text that is equal for equal rules. */
export function ruleFacts(rule: Rule): string {
  const { id, conditions, effect, shares, from, to, note, place } = rule;
  const effects = [effect.vendor, effect.category, effect.spendClass];
  return JSON.stringify(['rule', id, conditions.map(conditionText), effects, shares, from, to, note, place]);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A scalar as text; undefined for lists, maps and nothing. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
