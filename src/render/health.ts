import { printable } from '../core/printable.js';
import { prettyJson } from './format.js';
import { renderTable, textWidth, wrapText, type TextOptions } from './table.js';

/** One thing that was looked at; see `HealthRow`. */
export interface HealthView {
  readonly subject: string;
  readonly what: string;
  readonly state: 'good' | 'warning' | 'bad';
  readonly detail: string;
  readonly hint: string;
  readonly purpose?: string;
}

const STATE_WORDS: Readonly<Record<HealthView['state'], string>> = { good: 'ok', warning: 'look', bad: 'BAD' };
const GAPS_WIDTH = 6;
/** What was found is broken into lines, but not into shorter ones than this. */
const FOUND_WIDTH_MIN = 40;

/** What `spendshift doctor` found: a table of all, then what to do. */
export function renderHealthText(rows: readonly HealthView[], options: TextOptions): string {
  const heads = rows.map(({ state, subject, what }) => [STATE_WORDS[state], subject, what]);
  const headWidth = [0, 1, 2].reduce(
    (sum, at) => sum + Math.max(4, ...heads.map((head) => textWidth(head[at] ?? ''))),
    0,
  );
  const foundWidth = Math.max(FOUND_WIDTH_MIN, options.columns - headWidth - GAPS_WIDTH);
  const table = renderTable(
    [{ header: '' }, { header: 'Of' }, { header: 'What' }, { header: 'Found' }],
    rows.flatMap(({ detail }, index) =>
      wrapText(printable(detail), foundWidth)
        .split('\n')
        .map((line, at) => [...(at === 0 ? (heads[index] ?? []) : ['', '', '']), line]),
    ),
    options,
  );
  const advice = rows.filter(({ state, hint }) => state !== 'good' && hint !== '');
  const texts = advice.flatMap(({ subject, what, hint, purpose }, index) => {
    const next = advice[index + 1];
    const head = wrapText(`${subject}, ${what}${purpose === undefined ? '' : ` (${purpose})`}`, options.columns);
    // The same is to be done about the next one: it is said once, below both.
    if (next?.subject === subject && next.hint === hint) return [head];
    return [head, ...hint.split('\n').map((line) => wrapText(printable(line), options.columns, '  '))];
  });
  return [table, '', ...(texts.length === 0 ? ['All is well.'] : ['What to do', ...texts])].join('\n');
}

/** The same as JSON. */
export function renderHealthJson(rows: readonly HealthView[]): string {
  return prettyJson({ schema: 'spendshift.doctor/1', checks: rows });
}
