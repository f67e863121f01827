import { hintAmong } from '../core/closest.js';
import type { Micros } from '../core/money.js';
import { FIELD_NAMES, fieldOf, type Field, type RuleSubject, type TextField } from './fields.js';
import {
  comparedAmount,
  OPERATORS,
  parseRuleAmount,
  type AmountOperator,
  type TextOperator,
  type TextTest,
} from './operators.js';

/** Folds texts, remembering what it folded. */
export type Folder = (text: string) => string;

/** One condition of a rule: a field, an operator and its values. */
export interface Condition {
  readonly field: string;
  readonly operator: string;
  /** As the rule writes them. */
  readonly values: readonly string[];
  readonly strength: number;
  /** The field, where one of `values` (folded) must equal its text: rules can be looked up by it. */
  readonly equalityField: TextField | undefined;
  /** The field and the test of one of its texts; undefined for amounts. */
  readonly onText: { readonly field: TextField; readonly test: TextTest } | undefined;
  readonly holds: (subject: RuleSubject, fold: Folder) => boolean;
}

type Path = readonly (string | number)[];

interface Reporter {
  readonly report: (path: Path, message: string, hint?: string) => void;
}

/** Reads what a rule says of one field; several operators give several conditions. */
export function readCondition(name: string, content: unknown, path: Path, reporter: Reporter): Condition[] {
  const field = fieldOf(name);
  if (field === undefined) {
    reporter.report(path, `unknown field "${name}"`, hintAmong(name, [...FIELD_NAMES, 'tag.KEY'], 'Fields'));
    return [];
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    const condition = readOperator(name, field, 'equals', content, path, reporter);
    return condition === undefined ? [] : [condition];
  }
  const entries = Object.entries(content);
  if (entries.length === 0) reporter.report(path, 'no operator', `Write, for example, ${name}: { is: present }`);
  return entries.flatMap(([operator, value]) => {
    const condition = readOperator(name, field, operator, value, [...path, operator], reporter);
    return condition === undefined ? [] : [condition];
  });
}

function readOperator(
  name: string,
  field: Field,
  operatorName: string,
  content: unknown,
  path: Path,
  reporter: Reporter,
): Condition | undefined {
  const possible = OPERATORS.filter((operator) => operator.of === field.of);
  const values = textsOf(content);
  // `equals` with a list is `in`, so that both are equally specific.
  const wanted =
    operatorName === 'equals' && field.of === 'text' && values !== undefined && values.length > 1 ? 'in' : operatorName;
  const operator = possible.find((candidate) => candidate.name === wanted);
  if (operator === undefined) {
    const names = possible.map((candidate) => candidate.name);
    const what = field.of === 'text' ? 'Operators of a text' : 'Operators of an amount';
    reporter.report(path, `unknown operator "${operatorName}"`, hintAmong(operatorName, names, what));
    return undefined;
  }
  if (values === undefined || values.length === 0) {
    reporter.report(path, `${operatorName} needs a value`, `For example: ${operator.example}`);
    return undefined;
  }
  return operator.of === 'text'
    ? readTextCondition(name, field, operator, values, path, reporter)
    : readAmountCondition(name, operator, values, path, reporter);
}

function readTextCondition(
  name: string,
  field: Field,
  operator: TextOperator,
  values: readonly string[],
  path: Path,
  reporter: Reporter,
): Condition | undefined {
  const problems = values.flatMap((value) => {
    const problem = operator.problem(value);
    return problem === undefined ? [] : [{ value, problem }];
  });
  for (const { value, problem } of problems) {
    reporter.report(
      path,
      `cannot use "${value}" with ${operator.name}: ${problem}`,
      `For example: ${operator.example}`,
    );
  }
  if (problems.length > 0 || field.of !== 'text') return undefined;
  const tests = values.map((value) => operator.compile(value));
  const { read, other } = field;
  const test = (text: string, folded: string): boolean => tests.some((one) => one(text, folded));
  return {
    field: name,
    operator: operator.name,
    values,
    strength: operator.strength,
    onText: { field, test },
    equalityField: operator.name === 'equals' || operator.name === 'in' ? field : undefined,
    holds: (subject, fold) => {
      const text = read(subject);
      const otherText = other?.(subject) ?? '';
      // An empty second text (no name beside the id) must not make `is: empty` hold.
      return test(text, fold(text)) || (otherText !== '' && test(otherText, fold(otherText)));
    },
  };
}

function readAmountCondition(
  name: string,
  operator: AmountOperator,
  values: readonly string[],
  path: Path,
  reporter: Reporter,
): Condition | undefined {
  const hint = `For example: ${operator.example}`;
  const amounts: Micros[] = [];
  for (const value of values) {
    const amount = parseRuleAmount(value);
    if (amount === undefined) reporter.report(path, `cannot read "${value}" as an amount`, hint);
    else amounts.push(amount);
  }
  if (amounts.length < values.length) return undefined;
  const [first = 0n, second = first] = amounts;
  if (amounts.length !== operator.valueCount) {
    const wanted = operator.valueCount === 1 ? 'one amount' : 'two amounts';
    reporter.report(path, `${operator.name} takes ${wanted}, found ${amounts.length}`, hint);
    return undefined;
  }
  if (second < first || first < 0n) {
    const problem = first < 0n ? 'amounts are compared without their sign' : 'the first amount is above the second';
    reporter.report(path, `${operator.name}: ${problem}`, hint);
    return undefined;
  }
  const test = operator.compile(amounts);
  return {
    field: name,
    operator: operator.name,
    values,
    strength: operator.strength,
    onText: undefined,
    equalityField: undefined,
    holds: (subject) => test(comparedAmount(subject.amountMicros)),
  };
}

/** A scalar or a list of scalars as texts; undefined when something else is in it. */
function textsOf(content: unknown): string[] | undefined {
  const list: readonly unknown[] = Array.isArray(content) ? content : [content];
  const texts: string[] = [];
  for (const value of list) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
    texts.push(String(value));
  }
  return texts;
}
