import {
  candidatesFor,
  holdsCardNumbers,
  isDateColumn,
  shareOfFilled,
  shareOfRows,
  type ColumnProfile,
} from './propose-columns.js';
import { counted, countText, examples, passedOver, quoted, type Finding, type OpenQuestion } from './propose-types.js';
import type { Field } from './propose-words.js';

/** Texts in the order in which they take their column; the key is that of `columns`. */
const TEXT_FIELDS = [
  'payee',
  'publisher',
  'service',
  'merchantCategory',
  'costCenter',
  'ledgerAccount',
  'card',
  'person',
  'project',
  'reference',
  'description',
] as const satisfies readonly Field[];
type TextField = (typeof TEXT_FIELDS)[number];

const TEXT_NAMES: Readonly<Record<TextField, string>> = {
  payee: 'payee',
  publisher: 'publisher',
  service: 'service',
  merchantCategory: 'merchant category',
  costCenter: 'cost centre',
  ledgerAccount: 'ledger account',
  card: 'card',
  person: 'person',
  project: 'project',
  reference: 'reference',
  description: 'description',
};

/** Fields whose column says nothing when it is the same in every row. */
const NEED_VARIETY: ReadonlySet<TextField> = new Set(['costCenter', 'ledgerAccount', 'project', 'reference']);
/** Rows from which on a column that never changes is no cost centre or account. */
const VARIETY_ROWS_MIN = 20;
/** Headers of the person who claims an expense; a cardholder does not. */
const CLAIMANT_WORDS = /\b(?:employee|claimant|mitarbeiter|employe|salarie|empleado|medewerker|dipendente)\b/;
/** Descriptions that speak of what was bought or thought, not of who was paid. */
const OWN_WORDS = /\b(?:line|item|invoice|notes|purpose|bezeichnung|designation|detalle|motivo)\b/;
/** Different texts a column of units or accounts may have, as a share of its values. */
const LABEL_SHARE_MAX = 0.5;

export interface DateColumnFinding extends Finding {
  readonly column: ColumnProfile | undefined;
  readonly formats: readonly string[];
}

/** Finds the column of the date and its formats. */
export function dateFinding(columns: readonly ColumnProfile[]): DateColumnFinding {
  const named = candidatesFor('date', columns);
  const dated = columns.filter((column) => isDateColumn(column) && hasSeparator(column));
  const candidates = named.length > 0 ? named : dated;
  const [column] = candidates;
  if (column === undefined || (named.length === 0 && candidates.length > 1)) {
    return { column: undefined, formats: [], understood: [], open: [dateQuestion(columns, candidates)] };
  }
  const { dates } = column;
  const why =
    named.length > 0
      ? passedOver(candidates, 'preferred to')
      : '; no header names the date, and it is the only column of days';
  const understood = [`date: ${quoted(column)}${why}`];
  const open: OpenQuestion[] = [];
  const formats = shareOfRows(dates.fitting, column) > 0.5 || dates.ambiguity !== undefined ? dates.formats : [];
  if (formats.length > 0) {
    const fitting = `${quoted(column)}: ${countText(dates.fitting)} of ${countText(column.filled)} values are days as ${formats.join(', ')}`;
    understood.push([`dates: ${fitting}`, ...dates.evidence].join('; '));
  }
  if (dates.ambiguity !== undefined) open.push(ambiguityQuestion(column));
  else if (formats.length === 0) {
    const question = `no format reads most values of ${quoted(column)}, such as ${examples(column)}; list the formats that occur in it as \`dates\``;
    open.push({ key: 'dates', question, required: true });
  }
  return { column, formats: dates.ambiguity === undefined ? formats : [], understood, open };
}

function hasSeparator(column: ColumnProfile): boolean {
  const formats = [...column.dates.formats, ...(column.dates.ambiguity?.formats ?? [])];
  return formats.some((format) => /[^A-Z]/.test(format));
}

function dateQuestion(columns: readonly ColumnProfile[], candidates: readonly ColumnProfile[]): OpenQuestion {
  if (candidates.length > 0) {
    const question = `${candidates.map(quoted).join(' and ')} hold days and no header tells which counts; write one as \`columns.date\` and its format under \`dates\``;
    return { key: 'columns.date', question, required: true };
  }
  const likely = columns.find(
    ({ words, filled }) => filled > 0 && /\b(?:date|datum|fecha|data|day)\b|datum$/.test(words),
  );
  const seen = likely === undefined ? '' : `; ${quoted(likely)} has texts such as ${examples(likely)}`;
  const question = `no column holds days in a format that is known${seen}; write the header as \`columns.date\` and the format under \`dates\`, for example [DD/MM/YYYY]`;
  return { key: 'columns.date', question, required: true };
}

function ambiguityQuestion(column: ColumnProfile): OpenQuestion {
  const ambiguity = column.dates.ambiguity ?? { formats: [], count: 0, onlyFirst: 0, onlySecond: 0 };
  const [first, second] = ambiguity.formats;
  const both = `${countText(ambiguity.count)} values of ${quoted(column)} fit ${ambiguity.formats.length > 2 ? 'each of' : 'both'} ${ambiguity.formats.join(' and ')}`;
  const question =
    ambiguity.onlyFirst === 0 && ambiguity.onlySecond === 0
      ? `${both} and none fits only one; write the right one, for example \`dates: [${first ?? ''}]\``
      : `${both}, ${countText(ambiguity.onlyFirst)} fit only ${first ?? ''} and ${countText(ambiguity.onlySecond)} only ${second ?? ''}, so the file mixes them; mend the file, then write the right one under \`dates\``;
  return { key: 'dates', question, required: true };
}

export interface TextFinding extends Finding {
  readonly columns: Readonly<Partial<Record<TextField, ColumnProfile>>>;
  readonly kind: 'payment' | 'expense';
}

/** Finds the columns of the texts, each column for one field. */
export function textFinding(columns: readonly ColumnProfile[]): TextFinding {
  const found = new Map<TextField, ColumnProfile>();
  const understood: string[] = [];
  const open: OpenQuestion[] = [];
  let free = columns;
  for (const field of TEXT_FIELDS) {
    const candidates = fieldCandidates(field, free);
    const [column] = candidates;
    if (column === undefined) continue;
    if (field === 'card' && holdsCardNumbers(column)) {
      open.push(cardQuestion(column));
      free = free.filter((one) => one !== column);
      continue;
    }
    found.set(field, column);
    free = free.filter((one) => one !== column);
    const passed = passedOver(candidates, 'preferred to');
    understood.push(`${TEXT_NAMES[field]}: ${quoted(column)}, ${varietyText(column)}${passed}`);
  }
  const description = found.get('description');
  if (!found.has('payee') && description !== undefined && !OWN_WORDS.test(description.words)) {
    found.delete('description');
    found.set('payee', description);
    understood.splice(
      understood.findIndex((sentence) => sentence.startsWith('description: ')),
      1,
    );
    understood.push(
      `payee: no column names the payee; ${quoted(description)} is taken, because it says who was paid on most statements`,
    );
  }
  if (!found.has('payee')) open.push(payeeQuestion(columns));
  const claimant = found.get('person');
  const kind = claimant !== undefined && CLAIMANT_WORDS.test(claimant.words) ? 'expense' : 'payment';
  understood.push(
    kind === 'expense' && claimant !== undefined
      ? `kind: expense, because ${quoted(claimant)} names who claims; write payment or bill if the file is one of these`
      : 'kind: payment is assumed, money leaving; write bill, expense or plan if the file is one of these',
  );
  return { columns: Object.fromEntries(found), kind, understood, open };
}

function fieldCandidates(field: TextField, columns: readonly ColumnProfile[]): ColumnProfile[] {
  const isConstant = (column: ColumnProfile): boolean => column.tally.size === 1 && column.rowCount > 1;
  const candidates = candidatesFor(field, columns);
  const varied = [...candidates.filter((one) => !isConstant(one)), ...candidates.filter(isConstant)];
  return varied.filter((column) => {
    if (NEED_VARIETY.has(field) && column.rowCount >= VARIETY_ROWS_MIN && column.tally.size <= 1) return false;
    if (field !== 'costCenter' && field !== 'ledgerAccount') return true;
    return column.rowCount < VARIETY_ROWS_MIN || shareOfFilled(column.tally.size, column) <= LABEL_SHARE_MAX;
  });
}

function varietyText(column: ColumnProfile): string {
  const empty = column.rowCount - column.filled;
  const gaps = empty === 0 ? '' : `, empty in ${counted(empty, 'row')}`;
  return `${counted(column.tally.size, 'different text')} such as ${examples(column, 2)}${gaps}`;
}

function cardQuestion(column: ColumnProfile): OpenQuestion {
  const question = `${quoted(column)} holds whole card numbers, which do not belong in a ledger; keep only the last four digits in the file, then write the header as \`columns.card\``;
  return { key: 'columns.card', question, required: false };
}

function payeeQuestion(columns: readonly ColumnProfile[]): OpenQuestion {
  const texts = columns.filter(
    (column) =>
      column.tally.size > 1 && shareOfFilled(column.lettered, column) > 0.5 && shareOfRows(column.filled, column) > 0.5,
  );
  const candidates = texts
    .sort((a, b) => b.tally.size - a.tally.size)
    .slice(0, 3)
    .map(quoted);
  const seen = candidates.length === 0 ? '' : `, of ${candidates.join(', ')} or another,`;
  const question = `no column was recognised as the payee; write the header${seen} as \`columns.payee\``;
  return { key: 'columns.payee', question, required: true };
}
