import type { NumberFormat } from '../../src/core/money.js';
import { candidatesFor, isAmountColumn, isNamed, shareOfFilled, type ColumnProfile } from './propose-columns.js';
import { findNumbers, type NumberFinding } from './propose-numbers.js';
import { counted, countText, examples, passedOver, quoted, type Finding, type OpenQuestion } from './propose-types.js';
import type { ProposedAmount } from './propose-types.js';
import { DIRECTION_PAIRS } from './propose-words.js';

/** From this share of one sign on, the sign of spend is taken as told. */
const SIGN_SHARE = 0.7;
/** Rows in which debit and credit may both hold an amount. */
const BOTH_SHARE_MAX = 0.05;

export interface AmountFinding extends Finding {
  /** Columns used, by key of `columns`. */
  readonly columns: Readonly<Partial<Record<'amount' | 'debit' | 'credit', ColumnProfile>>>;
  readonly amount: ProposedAmount | undefined;
  /** The values behind it, for the currency. */
  readonly numbers: NumberFinding | undefined;
}

type Rows = readonly (readonly string[])[];

/** Finds the column (or the pair of columns) of the amount, how it is written, and which sign spend has. */
export function findAmount(columns: readonly ColumnProfile[], rows: Rows): AmountFinding {
  const debit = candidatesFor('debit', columns)[0];
  const credit = candidatesFor('credit', columns).filter((column) => column !== debit)[0];
  const named = candidatesFor('amount', columns).filter((column) => column !== debit && column !== credit);
  const [first] = named;
  if (first !== undefined) return oneColumn(first, passedOver(named, 'preferred to'), columns);
  if (debit !== undefined && credit !== undefined) return pairOfColumns(debit, credit, rows);
  if (debit !== undefined && isAmountColumn(debit)) return oneColumn(debit, '', columns);
  const byValue = columns.filter(
    (column) => isAmountColumn(column) && shareOfFilled(column.numbers.fractions, column) >= 0.5 && !isRefused(column),
  );
  const [only, another] = byValue;
  if (only !== undefined && another === undefined) {
    return oneColumn(only, '; no header names the amount, and it is the only column of numbers with decimals', columns);
  }
  return none(amountQuestion(byValue));
}

function isRefused(column: ColumnProfile): boolean {
  if (isNamed('debit', column) || isNamed('credit', column)) return true;
  return /\b(?:vat|tax|mwst|ust|tva|iva|btw|balance|saldo|solde|rate|exchange|kurs|quantity|menge|qty|percent|limit|lat|long|latitude|longitude)\b/.test(
    column.words,
  );
}

function amountQuestion(candidates: readonly ColumnProfile[]): OpenQuestion {
  const question =
    candidates.length === 0
      ? 'no column was recognised as the amount; write the header of the column as `columns.amount`, or of two columns as `columns.debit` and `columns.credit`'
      : `${candidates.map(quoted).join(' and ')} hold numbers and no header tells which is the amount; write one as \`columns.amount\``;
  return { key: 'columns.amount', question, required: true };
}

function none(question: OpenQuestion): AmountFinding {
  return { columns: {}, amount: undefined, numbers: undefined, understood: [], open: [question] };
}

function oneColumn(column: ColumnProfile, why: string, columns: readonly ColumnProfile[]): AmountFinding {
  const { numbers } = column;
  const open: OpenQuestion[] = [];
  const understood = [`amount: ${quoted(column)}${why}`];
  const format = formatOf(column, numbers, understood, open);
  const direction = directionColumn(columns, numbers);
  const sign = direction === undefined ? signOf(quoted(column), numbers, understood, open) : undefined;
  if (direction !== undefined) open.push(direction);
  const amount = { ...format, ...(sign === undefined ? {} : { sign }) };
  return { columns: { amount: column }, amount, numbers, understood, open };
}

function formatOf(
  column: ColumnProfile,
  numbers: NumberFinding,
  understood: string[],
  open: OpenQuestion[],
): NumberFormat | undefined {
  if (numbers.ambiguity !== undefined) {
    const { formats, example } = numbers.ambiguity;
    const choices = formats.map((format) => `\`${formatText(format)}\` (${plainNumber(example, format)})`);
    const question = `${quoted(column)} has texts such as "${example}" that can be read in more than one way, and none that can be read in only one; write ${choices.join(' or ')}`;
    open.push({ key: 'amount', question, required: true });
    return undefined;
  }
  if (numbers.format === undefined) {
    const question = `the numbers of ${quoted(column)} are not understood, for example ${examples(column)}; write \`amount: { decimal, group }\``;
    open.push({ key: 'amount', question, required: true });
    return undefined;
  }
  const { decimal, group } = numbers.format;
  const marks = numbers.marked
    ? `with decimal mark "${decimal}" and ${group === '' ? 'no group mark' : `group mark "${group}"`}`
    : 'without any mark';
  const fitting = `${countText(numbers.fitting)} of ${countText(column.filled)} values are numbers ${marks}`;
  const rest = column.filled - numbers.fitting;
  understood.push(`amount: ${fitting}${rest === 0 ? '' : `; ${countText(rest)} cannot be read and will be rejected`}`);
  return numbers.format;
}

/** The settings a format is written with. */
function formatText(format: NumberFormat): string {
  return `amount: { decimal: '${format.decimal}', group: ${format.group === "'" ? `"'"` : `'${format.group}'`} }`;
}

function plainNumber(text: string, format: NumberFormat): string {
  const kept = text.replace(format.decimal, '\u0000').replace(/[^\d\u0000-]/g, '');
  return `that is ${kept.replace('\u0000', '.')}`;
}

/** Which sign money spent has, from which sign most amounts have. */
function signOf(
  name: string,
  numbers: Pick<NumberFinding, 'positive' | 'negative'>,
  understood: string[],
  open: OpenQuestion[],
): ProposedAmount['sign'] {
  const { positive, negative } = numbers;
  const total = positive + negative;
  const counts = `of the amounts of ${name} ${countText(positive)} are positive and ${countText(negative)} negative`;
  if (total > 0 && positive / total >= SIGN_SHARE) {
    understood.push(`sign: ${counts}, so spend is positive and refunds are negative`);
    return 'spend-positive';
  }
  if (total > 0 && negative / total >= SIGN_SHARE) {
    understood.push(`sign: ${counts}, so spend is negative and refunds are positive`);
    return 'spend-negative';
  }
  const question = `${counts}, so the sign of spend cannot be told; write \`sign: spend-positive\` or \`sign: spend-negative\``;
  open.push({ key: 'amount.sign', question, required: true });
  return undefined;
}

/** A column such as `D`/`C` beside amounts without a sign: the connector cannot turn signs by a word. */
function directionColumn(columns: readonly ColumnProfile[], numbers: NumberFinding): OpenQuestion | undefined {
  if (numbers.negative > 0) return undefined;
  for (const column of columns) {
    const texts = new Set([...column.tally.keys()].map((text) => text.toLowerCase()));
    const pair = DIRECTION_PAIRS.find(([debit, credit]) => texts.size === 2 && texts.has(debit) && texts.has(credit));
    if (pair === undefined) continue;
    const question = `no amount has a sign, and ${quoted(column)} ("${pair[0]}" or "${pair[1]}") seems to tell money out from money back; give the file one column of signed amounts or a debit and a credit column, or leave one kind out with \`skip\`, and write \`sign: spend-positive\``;
    return { key: 'amount.sign', question, required: true };
  }
  return undefined;
}

function pairOfColumns(debit: ColumnProfile, credit: ColumnProfile, rows: Rows): AmountFinding {
  const isSet = (text: string | undefined): boolean => /[1-9]/.test(text ?? '');
  const both = rows.filter((row) => isSet(row[debit.index]) && isSet(row[credit.index])).length;
  if (both > rows.length * BOTH_SHARE_MAX) {
    const question = `${quoted(debit)} and ${quoted(credit)} both hold an amount in ${counted(both, 'row')}; write the column that counts as \`columns.amount\`, or both as \`columns.debit\` and \`columns.credit\``;
    return none({ key: 'columns.amount', question, required: true });
  }
  const tally = new Map(debit.tally);
  for (const [text, count] of credit.tally) tally.set(text, (tally.get(text) ?? 0) + count);
  const numbers = findNumbers(tally);
  const open: OpenQuestion[] = [];
  const understood = [`amount: ${quoted(debit)} is money out and ${quoted(credit)} money back; no row fills both`];
  if (both > 0) understood[0] = `amount: ${quoted(debit)} is money out and ${quoted(credit)} money back`;
  const joined = {
    ...debit,
    header: `${debit.header}" and "${credit.header}`,
    tally,
    filled: debit.filled + credit.filled,
  };
  const format = formatOf(joined, numbers, understood, open);
  const mixed = [debit, credit].filter((column) => column.numbers.negative > column.numbers.positive);
  if (mixed.length > 0) {
    const question = `${mixed.map(quoted).join(' and ')} mostly hold negative amounts, which the pair of columns does not expect; write \`sign: spend-negative\` if both are negative where they should be positive, else give the file one column of signed amounts`;
    open.push({ key: 'amount.sign', question, required: true });
  }
  const amount = { ...format, ...(mixed.length === 0 ? { sign: 'spend-positive' as const } : {}) };
  return { columns: { debit, credit }, amount, numbers, understood, open };
}
