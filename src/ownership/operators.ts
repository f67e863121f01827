import { absoluteMicros, parseMicros, type Micros } from '../core/money.js';
import { compilePattern, foldText } from './fold.js';
import { regularExpressionProblem } from './regular-expression.js';

/** Longest text a regular expression is tried on: a cheap bound on what a slow expression can cost. */
export const MATCHED_TEXT_MAX = 300;

/** A test of a text: as the source has it, and folded (`foldText`). */
export type TextTest = (text: string, folded: string) => boolean;
export type AmountTest = (amountMicros: Micros) => boolean;

interface OperatorFacts {
  readonly name: string;
  /** How specific a condition with it is: among rules with equally many conditions the stronger operators win. */
  readonly strength: number;
  readonly meaning: string;
  readonly example: string;
}

/** An operator on texts. With a list of values, one that holds is enough. */
export interface TextOperator extends OperatorFacts {
  readonly of: 'text';
  /** What is wrong with a value, in words; undefined when it is fine. */
  readonly problem: (value: string) => string | undefined;
  /** Makes the test of one value that has no problem. */
  readonly compile: (value: string) => TextTest;
}

/** An operator on amounts; takes exactly `valueCount` numbers. */
export interface AmountOperator extends OperatorFacts {
  readonly of: 'amount';
  readonly valueCount: number;
  readonly compile: (values: readonly Micros[]) => AmountTest;
}

export type Operator = TextOperator | AmountOperator;

function notEmpty(value: string): string | undefined {
  return foldText(value) === ''
    ? 'an empty text matches nothing; for lines without a text write { is: empty }'
    : undefined;
}

function equalsText(value: string): TextTest {
  const wanted = foldText(value);
  return (_text, folded) => folded === wanted;
}

/**
 * The operators of rules, strongest first. This table alone drives parsing, evaluation, specificity and the table in
 * docs/workspace.md.
 */
export const OPERATORS: readonly Operator[] = [
  {
    of: 'text',
    name: 'equals',
    strength: 9,
    meaning: 'the same text, whatever the case and spaces',
    example: 'vendor: { equals: Figma }',
    problem: notEmpty,
    compile: equalsText,
  },
  {
    of: 'text',
    name: 'in',
    strength: 8,
    meaning: 'one of several texts; `equals` with a list is the same',
    example: 'vendor: { in: [Figma, Miro] }',
    problem: notEmpty,
    compile: equalsText,
  },
  {
    of: 'text',
    name: 'startsWith',
    strength: 6,
    meaning: 'begins with the text',
    example: 'payee: { startsWith: OMNI MEDIA }',
    problem: notEmpty,
    compile: (value) => {
      const wanted = foldText(value);
      return (_text, folded) => folded.startsWith(wanted);
    },
  },
  {
    of: 'text',
    name: 'endsWith',
    strength: 6,
    meaning: 'ends with the text',
    example: 'payee: { endsWith: GmbH }',
    problem: notEmpty,
    compile: (value) => {
      const wanted = foldText(value);
      return (_text, folded) => folded.endsWith(wanted);
    },
  },
  {
    of: 'text',
    name: 'pattern',
    strength: 5,
    meaning: 'the whole text, `*` standing for anything',
    example: "costCenter: { pattern: 'MKT-*' }",
    problem: (value) => (/[^*\s]/.test(value) ? undefined : 'it needs a letter or digit beside the stars'),
    compile: (value) => {
      const test = compilePattern(value);
      return (_text, folded) => test(folded);
    },
  },
  {
    of: 'text',
    name: 'contains',
    strength: 4,
    meaning: 'has the text somewhere in it',
    example: 'ledgerAccount: { contains: [software, licence] }',
    problem: notEmpty,
    compile: (value) => {
      const wanted = foldText(value);
      return (_text, folded) => folded.includes(wanted);
    },
  },
  {
    of: 'text',
    name: 'matches',
    strength: 3,
    meaning: `has a match of the regular expression in its first ${MATCHED_TEXT_MAX} characters, whatever the case`,
    example: "payee: { matches: '^google ?\\*? ?ads' }",
    problem: regularExpressionProblem,
    compile: (value) => {
      const expression = new RegExp(value, 'iu');
      return (text) => expression.test(text.length > MATCHED_TEXT_MAX ? text.slice(0, MATCHED_TEXT_MAX) : text);
    },
  },
  {
    of: 'text',
    name: 'is',
    strength: 1,
    meaning: '`empty`: has no text; `present`: has one',
    example: 'costCenter: { is: empty }',
    problem: (value) => (value === 'empty' || value === 'present' ? undefined : 'write empty or present'),
    compile: (value) => (_text, folded) => (folded === '') === (value === 'empty'),
  },
  {
    of: 'amount',
    name: 'equals',
    strength: 7,
    valueCount: 1,
    meaning: 'exactly the amount',
    example: 'amount: { equals: 99.50 }',
    compile: (values) => (amount) => amount === values[0],
  },
  {
    of: 'amount',
    name: 'between',
    strength: 2,
    valueCount: 2,
    meaning: 'from the first to the second amount, both included',
    example: 'amount: { between: [100, 500] }',
    compile: ([low = 0n, high = 0n]) => {
      return (amount) => amount >= low && amount <= high;
    },
  },
  {
    of: 'amount',
    name: 'atLeast',
    strength: 1,
    valueCount: 1,
    meaning: 'the amount or more',
    example: 'amount: { atLeast: 100 }',
    compile: ([low = 0n]) => {
      return (amount) => amount >= low;
    },
  },
  {
    of: 'amount',
    name: 'atMost',
    strength: 1,
    valueCount: 1,
    meaning: 'the amount or less',
    example: 'amount: { atMost: 25 }',
    compile: ([high = 0n]) => {
      return (amount) => amount <= high;
    },
  },
];

/** Reads an amount as rules write it: plain decimal text, a point before the fraction. */
export function parseRuleAmount(text: string): Micros | undefined {
  return parseMicros(text);
}

/** The amount as rules compare it: without its sign. */
export function comparedAmount(amountMicros: Micros): Micros {
  return absoluteMicros(amountMicros);
}

/** The operators as the Markdown table of docs/workspace.md. */
export function documentOperators(): string {
  const rows = OPERATORS.map(
    (operator) =>
      `| \`${operator.name}\` | ${operator.of} | ${operator.strength} | ${operator.meaning} | \`${operator.example}\` |`,
  );
  return [
    '| operator | of | strength | holds when the field | example |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
