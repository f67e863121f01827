import type { SpendClass } from '../core/charge.js';
import { UNASSIGNED, type OwnerMethod, type VendorMethod } from '../core/decision.js';
import { roundedDecimal } from '../core/rounded-decimal.js';
import { addMonths, formatPeriod, type Month } from '../core/period.js';
import type { FunctionRow, Level, SourceNote, Statement } from '../statement/types.js';
import { cleanText, counted, joinWords } from './format.js';

/** What a level of the cascade is called in a sentence and over a column. */
export const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  line: 'same line',
  vendor: 'same vendor',
  category: 'same need',
  portfolio: 'reallocated',
};

/** What a level of the cascade proves, strongest first. */
export const LEVEL_MEANING: Readonly<Record<Level, string>> = {
  line: 'the same account, contract or card changed owner',
  vendor: 'the same vendor is bought by another function',
  category: 'the need stayed, vendor and buyer changed',
  portfolio: 'budget fell here and rose there; nothing else ties the two',
};

export const OWNER_METHOD_WORDS: Readonly<Record<OwnerMethod, string>> = {
  tag: 'a person decided it',
  rule: 'rule',
  'resource-tag': 'resource tag',
  account: 'account or card',
  'cost-center': 'cost centre',
  person: 'person',
  'ledger-account': 'ledger account',
  unassigned: 'nothing: unassigned',
};

export const VENDOR_METHOD_WORDS: Readonly<Record<VendorMethod, string>> = {
  tag: 'a person decided it',
  rule: 'rule',
  publisher: 'publisher on the bill',
  alias: 'known name of the vendor',
  domain: 'web domain',
  prefix: 'beginning of a known name',
  fuzzy: 'known name but for one letter',
  service: 'service on the bill',
  'merchant-category': 'merchant category',
  'ledger-label': 'ledger account',
  'payee-text': 'words of the payee',
  none: 'nothing: unknown',
};

export const CLASS_WORDS: Readonly<Record<SpendClass, string>> = {
  technology: 'Technology',
  advertising: 'Advertising (media space)',
  other: 'Other spend',
  unknown: 'Not known what it is',
};

/** The four parts of technology spend by who owns it and who knows of it. */
export const AWARENESS_ROWS = [
  { key: 'it', name: 'Owned by IT', meaning: 'functions of IT answer for it' },
  { key: 'businessLed', name: 'Business-led, known', meaning: 'owned outside IT, on IT’s list' },
  { key: 'shadow', name: 'Shadow', meaning: 'owned outside IT, not on IT’s list' },
  { key: 'unassigned', name: 'Unassigned', meaning: 'nobody is known to answer for it' },
] as const;

/** A function's name for people; its id where it has none. */
export function functionName(statement: Statement, id: string): string {
  return cleanText(statement.functionNames.get(id) ?? id);
}

/** A category's name for people. */
export function categoryName(statement: Statement, id: string): string {
  return id === '' ? 'no category' : cleanText(statement.categoryNames.get(id) ?? id);
}

/** The rows of a group's functions. */
export function rowsOf(statement: Statement, group: FunctionRow['group']): FunctionRow[] {
  return statement.functions.filter((row) => row.group === group);
}

/** True for the function of money without an owner. */
export function isUnassigned(row: Pick<FunctionRow, 'id'>): boolean {
  return row.id === UNASSIGNED;
}

/** Months as runs: `2023-04..2023-06`, `2024-01`. The months are in order. */
export function monthRuns(months: readonly Month[]): string[] {
  const runs: { from: Month; to: Month }[] = [];
  for (const month of months) {
    const run = runs.at(-1);
    if (run?.to === month) run.to = addMonths(month, 1);
    else runs.push({ from: month, to: addMonths(month, 1) });
  }
  return runs.map(formatPeriod);
}

/** In which months of the two periods a source says nothing, in words; empty when it speaks in all. */
export function missingWords(source: SourceNote): string[] {
  if (source.state === 'never-pulled') return [];
  if (source.months === undefined) return ['no charges at all'];
  if (source.missingMonths.length === 0) return [];
  return [`no charges in ${joinWords(monthRuns(source.missingMonths))}`];
}

/**
 * True for a difference between a source's own total and the ledger's that is worth a look. The ledger rounds each charge
 * to the millionth: what that comes to at most is none.
 */
export function isDifferent(difference: string, rowCount: number): boolean {
  return Math.abs(Number(difference)) > (rowCount / 2) * 1e-6;
}

/** The digits of a total that a person reads: as many as the ledger has. */
export const TOTAL_DECIMALS = 6;

/** What a source's own totals have more than the ledger, in each currency. */
export function differencesText({ controlTotals }: SourceNote): string {
  return controlTotals
    .map(({ difference, currency }) => `${roundedDecimal(difference, TOTAL_DECIMALS)} ${currency}`)
    .join(', ');
}

/** The commands that open the figures of a statement, with what each opens. */
export function openingCommands(statement: Statement): { readonly command: string; readonly opens: string }[] {
  const period = `--period ${formatPeriod(statement.current)}`;
  const by = statement.view === 'owner' ? '' : ' --by payer';
  const gainer = statement.functions.find(({ group }) => group === 'business') ?? statement.functions[0];
  // A line that moved is the best to open; the first of all lines would have to be sorted out of them first.
  const line = statement.parts.find(({ level }) => level === 'line')?.key;
  const commands: { command: string; opens: string }[] = [];
  if (gainer !== undefined) {
    const command = `spendshift lines ${period} --function ${cleanText(gainer.id)}${by}`;
    commands.push({ command, opens: `the lines of ${cleanText(gainer.name)}` });
  }
  const opens = 'one line: every decision on it, its charges and their rows';
  commands.push({ command: `spendshift explain ${line === undefined ? 'LINE' : cleanText(line)}`, opens });
  const unassigned = `spendshift lines ${period} --unassigned${by}`;
  commands.push({ command: unassigned, opens: 'what has no owner, largest first' });
  commands.push({ command: 'spendshift sources --rejected', opens: 'rows that could not be read' });
  return commands;
}

/** A source's own total against the ledger's, in words. */
function differenceWords(difference: string, currency: string): string {
  const less = difference.startsWith('-');
  const amount = `${roundedDecimal(difference, TOTAL_DECIMALS).replace(/^-/, '')} ${currency}`;
  return `the source's own total is ${amount} ${less ? 'less' : 'more'} than the ledger holds`;
}

/** Remarks of a connector that are shown of one source. */
const REMARKS_SHOWN_MAX = 3;

/** What the ledger has of a source whose last pull did not succeed, in words; empty after one that did. */
export function stateWords({ state, rowCount }: SourceNote): string[] {
  if (state === 'complete') return [];
  if (state === 'never-pulled') return ['never pulled: nothing of it is in any figure'];
  return [
    rowCount === 0
      ? 'its last pull failed: nothing of it is in any figure'
      : 'its last pull failed: its figures are those of an earlier pull',
  ];
}

/**
 * What a connector remarked. Of remarks that differ in their figures alone only the first, for a source often makes the
 * same remark each month; and of many only some.
 */
export function connectorRemarks({ remarks }: SourceNote): string[] {
  const kinds = new Map(remarks.map((remark) => [remark.replace(/\d+/g, ''), remark] as const).reverse());
  const shown = remarks
    .filter((remark) => kinds.get(remark.replace(/\d+/g, '')) === remark)
    .slice(0, REMARKS_SHOWN_MAX);
  const rest = remarks.length - shown.length;
  return [
    ...shown.map(cleanText),
    ...(rest > 0 ? [`${counted(rest, 'more remark')}; \`spendshift sources --json\` lists them`] : []),
  ];
}

/** Ends a text as a sentence. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/**
 * Remarks on sources a reader must know: a pull that failed, rejected rows, differences to the source's own totals, months
 * missing, and what the connector said.
 */
export function sourceRemarks(statement: Statement): string[] {
  return statement.sources.flatMap((source) => {
    const title = cleanText(source.title);
    const remarks = stateWords(source).map((words) => `${title}: ${words}.`);
    if (source.rejectedCount > 0)
      remarks.push(`${title}: ${counted(source.rejectedCount, 'row')} could not be read: in no figure.`);
    for (const total of source.controlTotals) {
      if (!isDifferent(total.difference, source.rowCount)) continue;
      remarks.push(`${title}: ${differenceWords(total.difference, total.currency)}.`);
    }
    for (const gap of missingWords(source)) remarks.push(`${title}: ${gap}.`);
    for (const remark of connectorRemarks(source)) remarks.push(`${title}: ${sentence(remark)}`);
    return remarks;
  });
}
