import { isSheetFile } from '../../src/connector/sheet.js';
import { findAmount } from './propose-amount.js';
import { nameable, profileColumns, repeatedHeaders, type ColumnProfile } from './propose-columns.js';
import { findCurrency } from './propose-currency.js';
import { dateFinding, textFinding } from './propose-fields.js';
import { previewProposal } from './propose-preview.js';
import { findSkips, type SkipFinding } from './propose-rows.js';
import {
  counted,
  countText,
  type Finding,
  type OpenQuestion,
  type Proposal,
  type TableSample,
} from './propose-types.js';
import { FOCUS_COLUMNS } from './propose-words.js';

export { previewProposal, type Preview, type PreviewRow } from './propose-preview.js';
export type { OpenQuestion, Proposal, ProposedSettings, TableSample } from './propose-types.js';

/** Share of unreadable rows above which a file fails as a whole unless the source says otherwise. */
const REJECTED_SHARE_DEFAULT = 0.02;

/**
 * Proposes the source for an unknown table: which column is what, how days and amounts are written, which rows are no
 * charges. Everything that was understood comes with its evidence; what the values do not decide is left out of the
 * settings and asked in `open`. Never throws, whatever the table holds.
 *
 * @example
 * proposeSource({ fileName: 'ap.csv', header: ['Paid', 'Supplier', 'Net'], rows, delimiter: ',', encoding: 'utf-8', headerRow: 1 })
 */
export function proposeSource(sample: TableSample): Proposal {
  if (FOCUS_COLUMNS.every((name) => sample.header.some((header) => header.trim() === name)))
    return focusProposal(sample);
  const whole = sample.rows.filter((row) => isWhole(row, sample.header));
  const profiles = profileColumns(sample.header, whole);
  const first = nameable(profiles);
  const dateOf = dateFinding(first);
  const skips: SkipFinding =
    dateOf.column === undefined ? { skip: [], count: 0, rows: whole } : findSkips(whole, first, dateOf.column);
  const every = skips.count === 0 ? profiles : profileColumns(sample.header, skips.rows);
  const columns = nameable(every);
  const date = skips.count === 0 ? dateOf : dateFinding(columns);
  const amount = findAmount(without(columns, [date.column]), skips.rows);
  const unnamed = every.filter(({ index }) => !columns.some((column) => column.index === index));
  const currency = findCurrency(columns, amount.columns.amount ?? amount.columns.debit, amount.numbers, unnamed);
  const texts = textFinding(without(columns, [date.column, currency.column, ...Object.values(amount.columns)]));
  const named = { date: date.column, ...amount.columns, currency: currency.column, ...texts.columns };
  const mapping = Object.entries(named).flatMap(([key, column]) =>
    column === undefined ? [] : [[key, column.header] as const],
  );
  const settings = {
    connector: 'csv',
    title: titleOf(sample.fileName),
    kind: texts.kind,
    files: sample.fileName,
    ...fileSettings(sample),
    ...(currency.code === undefined ? {} : { currency: currency.code }),
    ...(date.formats.length === 0 ? {} : { dates: date.formats }),
    ...(amount.amount === undefined ? {} : { amount: amount.amount }),
    columns: Object.fromEntries(mapping),
    ...(skips.skip.length === 0 ? {} : { skip: skips.skip }),
  };
  const findings: Finding[] = [fileFinding(sample, whole.length), date, amount, currency, texts];
  findings.push(skipFinding(skips), unusedFinding(sample, columns, new Set(mapping.map(([, header]) => header))));
  return closed(settings, findings, sample);
}

/** Puts the findings together and asks about rows that the settings would reject. */
function closed(settings: Proposal['settings'], findings: readonly Finding[], sample: TableSample): Proposal {
  const open = findings.flatMap((finding) => finding.open);
  const understood = findings.flatMap((finding) => finding.understood);
  const complete = open.every(({ required }) => !required);
  const proposal = { settings, understood, open, complete };
  const { rejectedCount, rejected } = previewProposal(proposal, sample);
  if (rejectedCount <= sample.rows.length * REJECTED_SHARE_DEFAULT) return proposal;
  const percent = Math.ceil((rejectedCount * 100) / sample.rows.length);
  const [one] = rejected;
  const example = one === undefined ? '' : `, for example line ${one.line}: ${one.reasons.join('; ')}`;
  const question = `${countText(rejectedCount)} of ${countText(sample.rows.length)} rows cannot be read${example}; mend them, leave them out with \`skip\`, or allow them with \`rejectedShareMax: ${percent / 100}\`, else the file fails as a whole`;
  return { ...proposal, open: [...open, { key: 'rejectedShareMax', question, required: false }] };
}

/** Rows of another width than the header are rejected by the connector; empty cells at the end do not count. */
function isWhole(row: readonly string[], header: readonly string[]): boolean {
  return row.length >= header.length && row.slice(header.length).every((cell) => cell === '');
}

function without(
  columns: readonly ColumnProfile[],
  used: readonly (ColumnProfile | undefined)[],
): readonly ColumnProfile[] {
  return columns.filter((column) => !used.includes(column));
}

function titleOf(fileName: string): string {
  const base = (fileName.split(/[/\\]/).at(-1) ?? '').replace(/(?:\.(?:csv|tsv|txt|tab|xlsx|xlsm|gz))+$/i, '');
  const words = base
    .replace(/(?<!\d)(?:19|20)\d{2}(?:[-_.]?\d{2}){0,2}(?!\d)/g, ' ')
    .replace(/[_\s-]+|\.(?!\d)/g, ' ')
    .trim();
  const title = words === '' ? base.trim() : words;
  return title === '' ? 'New source' : title.charAt(0).toUpperCase() + title.slice(1);
}

function fileSettings(sample: TableSample): { encoding?: string; delimiter?: string; headerRow?: number } {
  const headerRow = sample.headerRow === 1 ? {} : { headerRow: sample.headerRow };
  if (isSheetFile(sample.fileName)) return headerRow;
  return {
    ...(sample.encoding === 'utf-8' ? {} : { encoding: sample.encoding }),
    ...(sample.delimiter === ',' ? {} : { delimiter: sample.delimiter === '\t' ? 'tab' : sample.delimiter }),
    ...headerRow,
  };
}

function fileFinding(sample: TableSample, wholeCount: number): Finding {
  const understood: string[] = [];
  const rows = counted(sample.rows.length, 'row');
  understood.push(
    sample.truncated === true
      ? `file: looked at the first ${rows}; what comes after them may differ`
      : `file: looked at all of it, ${rows}`,
  );
  if (sample.encodingEvidence !== undefined) understood.push(`encoding: ${sample.encodingEvidence}`);
  if (sample.headerRow > 1) {
    understood.push(
      `headerRow: line ${sample.headerRow} is the first that looks like a header; the lines above it are left out`,
    );
  }
  const ragged = sample.rows.length - wholeCount;
  if (ragged > 0) {
    understood.push(`rows: ${counted(ragged, 'row')} with another number of cells than the header will be rejected`);
  }
  const broken = sample.brokenCount ?? 0;
  if (broken > 0) understood.push(`rows: ${counted(broken, 'row')} with a broken quote will be rejected`);
  return { understood, open: [] };
}

function skipFinding(skips: SkipFinding): Finding {
  const understood = skips.skip.map(({ column, equals, startsWith }) => {
    const test = equals === undefined ? `starts with "${startsWith ?? ''}"` : `is "${equals}"`;
    return `skip: rows in which "${column}" ${test} are no charges`;
  });
  return { understood, open: [] };
}

/** Says which columns nothing was read from, and which cannot be named. */
function unusedFinding(sample: TableSample, columns: readonly ColumnProfile[], used: ReadonlySet<string>): Finding {
  const understood: string[] = [];
  const rest = columns.filter(({ header }) => !used.has(header));
  const list = (some: readonly ColumnProfile[]): string => some.map(({ header }) => `"${header}"`).join(', ');
  const empty = rest.filter(({ filled }) => filled === 0);
  const equal = rest.filter(({ tally, filled, rowCount }) => tally.size === 1 && filled === rowCount && rowCount > 1);
  const others = rest.filter((column) => !empty.includes(column) && !equal.includes(column));
  if (empty.length > 0) understood.push(`not used, because empty in every row: ${list(empty)}`);
  if (equal.length > 0) understood.push(`not used, because the same in every row: ${list(equal)}`);
  if (others.length > 0) understood.push(`not used: ${list(others)}`);
  const open: OpenQuestion[] = repeatedHeaders(sample.header).map((header) => ({
    key: 'columns',
    question: `the header "${header}" stands over more than one column, so none of them can be named; rename them in the file if one is needed`,
    required: false,
  }));
  const nameless = sample.header.flatMap((header, index) =>
    header.trim() === '' && sample.rows.some((row) => (row[index] ?? '').trim() !== '') ? [index + 1] : [],
  );
  if (nameless.length > 0) {
    const question = `column ${nameless.join(', ')} has no header and cannot be named; give it one in the file if it is needed`;
    open.push({ key: 'columns', question, required: false });
  }
  return { understood, open };
}

function focusProposal(sample: TableSample): Proposal {
  return {
    settings: { connector: 'focus', title: titleOf(sample.fileName), kind: 'bill', files: sample.fileName },
    understood: [
      `file: it has the columns of FOCUS (${FOCUS_COLUMNS.join(', ')}), which the connector focus reads whole`,
    ],
    open: [],
    complete: true,
  };
}
