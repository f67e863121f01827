import { formatMicros, type Micros } from '../core/money.js';
import { formatPeriod } from '../core/period.js';
import { LEVELS, type FunctionRow, type SharePart, type Statement, type ThenNow } from '../statement/types.js';

/** A cell: text (data, never a formula), a number, a number as decimal text, money, or nothing. */
export type CsvCell = string | number | undefined | { readonly number: string } | { readonly micros: Micros };

// Programs read a formula where a cell begins with one of these, also after spaces and in full-width form.
const FORMULA_START = /^[\s\p{C}]*[=+\-@\u2212|%]|^[\t\r\n]/u;
// Where the list separator is a semicolon or a tab, a program splits the text there and reads what follows as a cell.
const FORMULA_INSIDE = /([;\t\r\n]["\s\p{C}]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20\u2212])/gu;

/**
 * Text that no spreadsheet program takes for a formula: an apostrophe stands before `=`, `+`, `-`, `@`, tab or carriage
 * return at its beginning, and after a semicolon or tab inside it. NUL bytes are removed.
 */
export function safeText(text: string): string {
  const inside = text.replaceAll('\u0000', '').replace(FORMULA_INSIDE, "$1'");
  return FORMULA_START.test(inside.normalize('NFKC')) ? `'${inside}` : inside;
}

/** One cell as CSV text (RFC 4180): quoted where it must be; text is made safe, numbers stay numbers. */
export function csvCell(cell: CsvCell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return cell.toString();
  if (typeof cell === 'object') {
    if ('micros' in cell) return formatMicros(cell.micros);
    // What only claims to be a number is text, and made safe as text is.
    return /^-?\d+(\.\d+)?$/.test(cell.number) ? cell.number : csvCell(cell.number);
  }
  const text = safeText(cell);
  return /[",\r\n;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as CSV text with CRLF ends; the first row is the header. */
export function csvTable(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

const COLUMNS = [
  'section',
  'measure',
  'function',
  'function_name',
  'from',
  'to',
  'level',
  'key',
  'name',
  'amount',
  'currency',
  'per_million',
  'count',
] as const;
type Column = (typeof COLUMNS)[number];
type Entry = Partial<Record<Column, CsvCell>> & { readonly section: string; readonly measure: string };

function thenNowEntries(base: { readonly section: string } & Partial<Entry>, row: ThenNow): Entry[] {
  const measures = ['baseline', 'current', 'change', 'currencyEffect'] as const;
  const name = (measure: string): string => (measure === 'currencyEffect' ? 'currency_effect' : measure);
  return measures.map((measure) => ({ ...base, measure: name(measure), amount: { micros: row[measure] } }));
}

function shareEntries(base: { readonly section: string } & Partial<Entry>, when: string, part: SharePart): Entry[] {
  return [
    { ...base, measure: `share_${when}`, per_million: part.share },
    { ...base, measure: `share_${when}_low`, per_million: part.low },
    { ...base, measure: `share_${when}_high`, per_million: part.high },
  ];
}

function functionEntries(section: string, row: FunctionRow): Entry[] {
  const base = { section, function: row.id, function_name: row.name };
  return [
    ...thenNowEntries(base, row),
    ...LEVELS.flatMap((level) => [
      { ...base, measure: 'in', level, amount: { micros: row.in[level] } },
      { ...base, measure: 'out', level, amount: { micros: row.out[level] } },
    ]),
    { ...base, measure: 'new_money', amount: { micros: row.newMoney } },
    { ...base, measure: 'cut', amount: { micros: row.cut } },
    ...shareEntries(base, 'baseline', row.shareBaseline),
    ...shareEntries(base, 'current', row.shareCurrent),
    { ...base, measure: 'lines', count: row.lineCount },
  ];
}

function flowEntries(statement: Statement): Entry[] {
  const flows = statement.flows.flatMap(({ from, to, amount, byLevel }) => [
    { section: 'flow', measure: 'moved', from, to, amount: { micros: amount } },
    ...LEVELS.filter((level) => byLevel[level] !== 0n).map((level) => ({
      section: 'flow',
      measure: 'moved',
      from,
      to,
      level,
      amount: { micros: byLevel[level] },
    })),
  ]);
  const parts = statement.parts.map(({ amount, ...part }) => ({
    ...part,
    section: 'movement',
    measure: 'moved',
    amount: { micros: amount },
  }));
  const unmatched = statement.unmatched.map(({ functionId, category, amount }) => ({
    section: 'unmatched',
    measure: amount < 0n ? 'cut' : 'new_money',
    function: functionId,
    function_name: statement.functionNames.get(functionId) ?? functionId,
    key: category,
    name: statement.categoryNames.get(category) ?? category,
    amount: { micros: amount },
  }));
  return [...flows, ...parts, ...unmatched];
}

function trustEntries(statement: Statement): Entry[] {
  const { awareness } = statement;
  const money = (section: string, key: string, row: { baseline: Micros; current: Micros }): Entry[] => [
    { section, measure: 'baseline', key, amount: { micros: row.baseline } },
    { section, measure: 'current', key, amount: { micros: row.current } },
  ];
  const parts = ['it', 'businessLed', 'shadow', 'unassigned'] as const;
  return [
    ...parts.flatMap((key) => thenNowEntries({ section: 'awareness', key }, awareness[key])),
    ...statement.coverage.flatMap((row) => money('owner_coverage', row.method, row)),
    ...statement.classCoverage.flatMap((row) => money('class_coverage', row.method, row)),
    ...statement.beside.flatMap((row) => thenNowEntries({ section: 'beside', key: row.spendClass }, row)),
    ...money('uncertain', '', statement.uncertain),
  ];
}

function sourceEntries(statement: Statement): Entry[] {
  return statement.sources.flatMap((source) => {
    const base = { section: 'source', key: source.source, name: source.title };
    return [
      { ...base, measure: 'rows', count: source.rowCount },
      { ...base, measure: 'rejected_rows', count: source.rejectedCount },
      { ...base, measure: 'skipped_rows', count: source.skippedCount },
      ...source.controlTotals.map(({ currency, ledgerCashMicros }) => ({
        ...base,
        measure: 'ledger_total',
        amount: { micros: ledgerCashMicros },
        currency,
      })),
    ];
  });
}

/**
 * The statement as one long table, a figure to a row: what it is (`section`, `measure`), whom it is about (`function` or
 * `from` and `to`, `level`, `key`, `name`) and the figure (`amount` with `currency`, `per_million`, or `count`).
 * In the section `flow` a row without a level is the sum of those with one.
 */
export function renderCsv(statement: Statement): string {
  const facts: [string, string][] = [
    ['company', statement.company],
    ['baseline', formatPeriod(statement.baseline)],
    ['current', formatPeriod(statement.current)],
    ['basis', statement.basis],
    ['view', statement.view],
  ];
  const entries: Entry[] = [
    ...facts.map(([measure, name]) => ({ section: 'statement', measure, name })),
    ...thenNowEntries({ section: 'technology' }, statement.technology),
    ...statement.groups.flatMap((row) => functionEntries('group', row)),
    ...statement.functions.flatMap((row) => functionEntries('function', row)),
    ...flowEntries(statement),
    ...trustEntries(statement),
    ...sourceEntries(statement),
  ];
  const rows = entries.map((entry) => {
    const currency = entry.amount === undefined ? undefined : (entry.currency ?? statement.currency);
    return COLUMNS.map((column) => (column === 'currency' ? currency : entry[column]));
  });
  return csvTable([[...COLUMNS], ...rows]);
}
