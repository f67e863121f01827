import { isCurrency } from '../../src/core/currency.js';
import { candidatesFor, isCurrencyColumn, shareOfFilled, type ColumnProfile } from './propose-columns.js';
import type { NumberFinding } from './propose-numbers.js';
import { counted, quoted, type Finding } from './propose-types.js';
import { HEADER_CURRENCIES, SIGN_CHOICES, SIGN_CURRENCIES } from './propose-words.js';

export interface CurrencyFinding extends Finding {
  readonly column: ColumnProfile | undefined;
  readonly code: string | undefined;
}

const HEADER_CODES: ReadonlySet<string> = new Set(HEADER_CURRENCIES.split(' '));
/** Words that tie a currency column to an amount column. */
const QUALIFIERS = [
  'billing',
  'transaction',
  'trans',
  'original',
  'foreign',
  'local',
  'merchant',
  'settlement',
  'invoice',
];

/**
 * Finds the currency: a column of codes that goes with the amount, else a code or sign in its cells, else one in its
 * header, else one code throughout the columns that cannot be named. What could mean several currencies is left open.
 */
export function findCurrency(
  columns: readonly ColumnProfile[],
  amount: ColumnProfile | undefined,
  numbers: NumberFinding | undefined,
  unnamed: readonly ColumnProfile[] = [],
): CurrencyFinding {
  const column = currencyColumn(columns, amount);
  if (column !== undefined && numbers?.code !== undefined && !mostlySays(column, numbers.code)) {
    const question = `the amounts carry "${numbers.code}" and ${quoted(column)} mostly says otherwise; write the currency of all rows as \`currency\`, or mend the file`;
    return {
      column: undefined,
      code: undefined,
      understood: [],
      open: [{ key: 'currency', question, required: true }],
    };
  }
  if (column !== undefined) {
    const codes = [...column.tally.keys()].filter((text) => isCurrency(text.toUpperCase()));
    const listed = codes.slice(0, 5).join(', ');
    const empty = column.rowCount - column.filled;
    const gaps = empty === 0 ? '' : `; ${counted(empty, 'row')} without one will be rejected`;
    return found({ column }, `currency: ${quoted(column)} holds codes of ISO 4217 (${listed})${gaps}`);
  }
  if (numbers?.code !== undefined)
    return found({ code: numbers.code }, `currency: the amounts carry "${numbers.code}"`);
  const signs = numbers?.signs ?? [];
  const sign = signs.length === 1 ? signs[0] : undefined;
  const bySign = sign === undefined ? undefined : SIGN_CURRENCIES[sign];
  if (bySign !== undefined)
    return found({ code: bySign }, `currency: the amounts carry "${sign ?? ''}", read as ${bySign}`);
  const byHeader = amount === undefined || signs.length > 0 ? undefined : headerCurrency(amount.header);
  if (byHeader !== undefined && amount !== undefined) {
    return found({ code: byHeader }, `currency: the header ${quoted(amount)} says ${byHeader}`);
  }
  const everywhere = new Set(unnamed.filter(isCurrencyColumn).flatMap((one) => [...one.tally.keys()]));
  const [code, another] = everywhere;
  if (code !== undefined && another === undefined && isCurrency(code) && signs.length === 0) {
    return found({ code }, `currency: ${code} in every row, in columns whose header stands more than once`);
  }
  return open(signs);
}

function mostlySays(column: ColumnProfile, code: string): boolean {
  let count = 0;
  for (const [text, times] of column.tally) if (text.toUpperCase() === code) count += times;
  return shareOfFilled(count, column) > 0.5;
}

function found(result: { readonly column?: ColumnProfile; readonly code?: string }, sentence: string): CurrencyFinding {
  return { column: result.column, code: result.code, understood: [sentence], open: [] };
}

function open(signs: readonly string[]): CurrencyFinding {
  let question =
    'no column and no sign tells it; write `currency:` with the ISO code of all rows, for example `currency: GBP`';
  const [sign, another] = signs;
  const choices = sign === undefined ? undefined : SIGN_CHOICES[sign];
  if (another !== undefined)
    question = `the amounts carry several signs (${signs.join(' ')}); give the file a column of ISO codes and write it as \`columns.currency\``;
  else if (sign !== undefined)
    question = `the amounts carry "${sign}", which may be ${choices ?? 'several currencies'}; write \`currency:\` with the ISO code`;
  return { column: undefined, code: undefined, understood: [], open: [{ key: 'currency', question, required: true }] };
}

function currencyColumn(
  columns: readonly ColumnProfile[],
  amount: ColumnProfile | undefined,
): ColumnProfile | undefined {
  const mine = amount === undefined ? [] : QUALIFIERS.filter((word) => amount.words.split(' ').includes(word));
  const tied = columns.filter((column) => {
    const words = column.words.split(' ');
    return isCurrencyColumn(column) && mine.some((word) => words.includes(word));
  });
  const named = candidatesFor('currency', columns).filter((column) => !isTiedElsewhere(column, mine));
  const [first] = [...tied, ...named];
  if (first !== undefined) return first;
  const unnamed = columns.filter((column) => isCurrencyColumn(column) && shareOfFilled(column.filled, column) === 1);
  const free = unnamed.filter(
    (column) => !/\b(?:country|land|pays|pais|paese|original|foreign|merchant)\b/.test(column.words),
  );
  return free.length === 1 ? free[0] : undefined;
}

/** `Original Currency` beside plain `Amount` is another amount's currency. */
function isTiedElsewhere(column: ColumnProfile, mine: readonly string[]): boolean {
  const foreign = ['original', 'foreign', 'local', 'merchant'];
  return column.words.split(' ').some((word) => foreign.includes(word) && !mine.includes(word));
}

/** A code in brackets, after `in`, or at the end of a header; or a sign of one currency. */
function headerCurrency(header: string): string | undefined {
  const code =
    /[([]\s*([A-Z]{3})\s*[)\]]/.exec(header)?.[1] ??
    /\bin\s+([A-Z]{3})\b/.exec(header)?.[1] ??
    /(?:^|[\s_/-])([A-Z]{3})$/.exec(header.trim())?.[1];
  if (code !== undefined && HEADER_CODES.has(code)) return code;
  const sign = /\p{Sc}/u.exec(header)?.[0];
  return sign === undefined ? undefined : SIGN_CURRENCIES[sign];
}
