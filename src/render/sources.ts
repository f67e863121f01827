import { roundedDecimal } from '../core/rounded-decimal.js';
import { formatMicros } from '../core/money.js';
import { formatPeriod } from '../core/period.js';
import { printable, printableLine } from '../core/printable.js';
import type { RejectedRow } from '../core/batch.js';
import type { SourceNote } from '../statement/types.js';
import { csvTable } from './csv.js';
import { counted, joinWords, prettyJson } from './format.js';
import { renderTable, SOURCE_WIDTH_MIN, wrapText, type TextOptions } from './table.js';
import { connectorRemarks, monthRuns, TOTAL_DECIMALS } from './words.js';

/** A source as it stands, with its last pull. */
export interface SourceView extends SourceNote {
  readonly files: readonly string[];
  readonly windows: readonly string[];
  readonly chargeCount: number;
  readonly lineCount: number;
  readonly inLedger: boolean;
  readonly lastRun:
    | {
        readonly finishedAt: string;
        readonly outcome: string;
        readonly error?: string | undefined;
        readonly stopped?: boolean | undefined;
      }
    | undefined;
}

/** A rejected row with its source. */
export type RejectedView = RejectedRow & { readonly source: string };

function group(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function lastPull(view: SourceView): string {
  if (view.lastRun === undefined) return view.inLedger ? 'not in the run log' : 'never pulled';
  const when = view.lastRun.finishedAt.slice(0, 16).replace('T', ' ');
  if (view.lastRun.stopped === true) return `stopped ${when} UTC`;
  return view.lastRun.outcome === 'failed' ? `failed ${when} UTC` : `${when} UTC, ${view.lastRun.outcome}`;
}

/** How many files there are; of a live source nothing, for it has none. */
function filesText({ files, source }: SourceView): string {
  return files.length > 0 && files.every((file) => file === source) ? '' : String(files.length);
}

/** The sources as text: what was pulled when, and whether the ledger holds all of it. */
export function renderSourcesText(views: readonly SourceView[], options: TextOptions): string {
  if (views.length === 0) return 'The workspace has no sources. `spendshift init --from FILE` adds one.';
  const table = renderTable(
    [
      { header: 'Source', widthMin: SOURCE_WIDTH_MIN },
      { header: 'Last pull' },
      { header: 'Files', align: 'right', optional: true },
      { header: 'Rows', align: 'right' },
      { header: 'Rejected', align: 'right' },
      { header: 'Skipped', align: 'right', optional: true },
      { header: 'Charges', align: 'right' },
      { header: 'Lines', align: 'right', optional: 'late' },
      { header: 'Months' },
    ],
    views.map((view) => [
      view.source,
      lastPull(view),
      filesText(view),
      group(String(view.rowCount)),
      group(String(view.rejectedCount)),
      group(String(view.skippedCount)),
      group(String(view.chargeCount)),
      group(String(view.lineCount)),
      view.months === undefined ? '' : formatPeriod(view.months),
    ]),
    options,
  );
  const totals = views.some((view) => view.controlTotals.length > 0) ? ['', totalsTable(views, options)] : [];
  return [table, ...totals, ...notes(views, options)].join('\n');
}

/** Decimal text with at least two decimals, as the ledger's totals have them. */
function withCents(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}

/** An error of several lines, each wrapped for itself, indented under what it is about. */
function wrapLines(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => {
      const indent = `  ${/^ */.exec(line)?.[0] ?? ''}`;
      return wrapText(line.trimStart(), columns, indent);
    })
    .join('\n');
}

function totalsTable(views: readonly SourceView[], options: TextOptions): string {
  return renderTable(
    [
      { header: 'Source', widthMin: SOURCE_WIDTH_MIN },
      { header: 'Currency' },
      { header: 'Source total', align: 'right' },
      { header: 'Ledger total', align: 'right' },
      { header: 'Difference (rounding to the millionth)', align: 'right' },
    ],
    views.flatMap((view) =>
      view.controlTotals.map((total) => [
        view.source,
        total.currency,
        group(withCents(roundedDecimal(total.sourceCash, TOTAL_DECIMALS))),
        group(formatMicros(total.ledgerCashMicros)),
        roundedDecimal(total.difference, TOTAL_DECIMALS),
      ]),
    ),
    options,
  );
}

function notes(views: readonly SourceView[], options: TextOptions): string[] {
  const sentences = views.flatMap((view) => [
    ...(view.lastRun?.outcome === 'failed'
      ? [
          `${view.source}: the last pull ${view.lastRun.stopped === true ? 'was stopped' : 'failed'}:\n${wrapLines(printable(view.lastRun.error ?? ''), options.columns)}`,
        ]
      : []),
    ...(view.missingMonths.length > 0
      ? [`${view.source}: no charges in ${joinWords(monthRuns(view.missingMonths))}.`]
      : []),
    ...connectorRemarks(view).map((remark) => `${view.source}: ${remark}`),
  ]);
  const rejected = views.reduce((sum, view) => sum + view.rejectedCount, 0);
  if (rejected > 0) {
    sentences.push(`${counted(rejected, 'row')} could not be read; \`spendshift sources --rejected\` lists them.`);
  }
  return sentences.length === 0
    ? []
    : ['', ...sentences.map((sentence) => (sentence.includes('\n') ? sentence : wrapText(sentence, options.columns)))];
}

/** Rejected rows as text: where, why, and the row as it stands in the source. */
export function renderRejectedText(rows: readonly RejectedView[], total: number, options: TextOptions): string {
  if (total === 0) return 'No row was rejected.';
  const entries = rows.map(
    (row) =>
      `${printableLine(`${row.file}:${row.row} (${row.source})`)}\n${wrapText(printableLine(row.reason), options.columns, '  ')}\n  ${printableLine(row.text)}`,
  );
  const rest = total - rows.length;
  const more = rest > 0 ? [`${counted(rest, 'more row')}: add --limit ${total}.`] : [];
  const head = total === 1 ? '1 row was rejected; its' : `${group(String(total))} rows were rejected; their`;
  return [`${head} money is in no total.`, ...entries, ...more].join('\n\n');
}

/** Rejected rows as CSV. */
export function renderRejectedCsv(rows: readonly RejectedView[]): string {
  return csvTable([
    ['source', 'file', 'row', 'reason', 'text'],
    ...rows.map((row) => [row.source, row.file, String(row.row), row.reason, row.text]),
  ]);
}

/** Sources as JSON under the schema id `spendshift.sources/1`. */
export function renderSourcesJson(views: readonly SourceView[], rejected: readonly RejectedView[]): string {
  const sources = views.map((view) => ({
    ...view,
    months: view.months === undefined ? null : formatPeriod(view.months),
    lastRun: view.lastRun ?? null,
    controlTotals: view.controlTotals.map(({ ledgerCashMicros, ...total }) => ({
      ...total,
      ledgerCash: formatMicros(ledgerCashMicros),
    })),
  }));
  return prettyJson({ schema: 'spendshift.sources/1', sources, rejected });
}
