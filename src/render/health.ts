import { printable } from '../core/printable.js';
import { prettyJson } from './format.js';
import { renderTable, wrapText, type TextOptions } from './table.js';

/** One thing that was looked at; see `HealthRow`. */
export interface HealthView {
  readonly subject: string;
  readonly what: string;
  readonly state: 'good' | 'warning' | 'bad';
  readonly detail: string;
  readonly hint: string;
}

const STATE_WORDS: Readonly<Record<HealthView['state'], string>> = { good: 'ok', warning: 'look', bad: 'BAD' };

/** What `spendshift doctor` found: a table of all, then what to do. */
export function renderHealthText(rows: readonly HealthView[], options: TextOptions): string {
  const table = renderTable(
    [{ header: '' }, { header: 'Of', widthMin: 8 }, { header: 'What' }, { header: 'Found' }],
    rows.map(({ state, subject, what, detail }) => [STATE_WORDS[state], subject, what, printable(detail)]),
    options,
  );
  const advice = rows.filter(({ state, hint }) => state !== 'good' && hint !== '');
  const texts = advice.flatMap(({ subject, what, hint }) => [
    `${subject}, ${what}`,
    ...hint.split('\n').map((line) => wrapText(printable(line), options.columns, '  ')),
  ]);
  return [table, '', ...(texts.length === 0 ? ['All is well.'] : ['What to do', ...texts])].join('\n');
}

/** The same as JSON. */
export function renderHealthJson(rows: readonly HealthView[]): string {
  return prettyJson({ schema: 'spendshift.doctor/1', checks: rows });
}
