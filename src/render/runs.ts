import { printable } from '../core/printable.js';
import { countFigure, prettyJson } from './format.js';
import { renderTable, wrapText, type TextOptions } from './table.js';

/** A run as the run log has it; see `RunRecord`. */
export interface RunView {
  readonly source: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly outcome: string;
  readonly windowsRead: number;
  readonly rowCount: number;
  readonly rejectedCount: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly by?: string;
  readonly windows?: readonly string[];
  readonly controlTotals?: readonly {
    readonly currency: string;
    readonly source: string;
    readonly ledger: string;
    readonly difference: string;
  }[];
  readonly requestCount?: number;
  readonly cost?: string;
  readonly costCurrency?: string;
  readonly remarks?: readonly string[];
  readonly error?: string;
}

const MINUTE_S = 60;

/** Runs as a table, latest first, each failure and remark below it. */
export function renderRunsText(runs: readonly RunView[], options: TextOptions): string {
  if (runs.length === 0) return 'There are no such runs. `spendshift pull` or `spendshift agent` makes the first.';
  const table = renderTable(
    [
      { header: 'Started (UTC)' },
      { header: 'Source', widthMin: 8 },
      { header: 'Outcome' },
      { header: 'Windows', align: 'right', optional: true },
      { header: 'Rows', align: 'right' },
      { header: 'Added', align: 'right' },
      { header: 'Changed', align: 'right' },
      { header: 'Removed', align: 'right' },
      { header: 'Requests', align: 'right', optional: true },
      { header: 'Cost', align: 'right', optional: true },
      { header: 'Took', align: 'right' },
    ],
    runs.map((run) => [
      run.startedAt.slice(0, 16).replace('T', ' '),
      run.source,
      run.outcome,
      run.windows === undefined ? String(run.windowsRead) : windowsText(run.windows),
      countFigure(run.rowCount),
      countFigure(run.added),
      countFigure(run.changed),
      countFigure(run.removed),
      run.requestCount === undefined ? '' : countFigure(run.requestCount),
      run.cost === undefined || /^0\.0*$/.test(run.cost) ? '' : `${run.cost} ${run.costCurrency ?? ''}`,
      durationText(run),
    ]),
    options,
  );
  const notes = runs.flatMap((run) => noteTexts(run, options.columns));
  return [table, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

/** Runs as JSON. */
export function renderRunsJson(runs: readonly RunView[]): string {
  return prettyJson({ schema: 'spendshift.runs/1', runs });
}

function noteTexts(run: RunView, columns: number): string[] {
  // Each charge is rounded to the millionth; what that comes to at most is no difference worth a look.
  const roundingMax = (run.rowCount / 2) * 1e-6;
  const differing = (run.controlTotals ?? []).filter(({ difference }) => Math.abs(Number(difference)) > roundingMax);
  const lines = [
    ...(run.error === undefined ? [] : run.error.split('\n')),
    ...(run.remarks ?? []),
    ...differing.map(
      ({ currency, source, ledger, difference }) =>
        `The source's total is ${source} ${currency}, the charges come to ${ledger}: a difference of ${difference}.`,
    ),
  ];
  if (lines.length === 0) return [];
  const head = `${run.startedAt.slice(0, 16).replace('T', ' ')} ${run.source}`;
  return [head, ...lines.map((line) => wrapText(printable(line), columns, '  '))];
}

/** `2026-10`, or `2025-10 … 2026-11 (14)`; windows are in order, latest first. */
function windowsText(windows: readonly string[]): string {
  const [latest = '0', ...others] = windows;
  const earliest = others.at(-1);
  return earliest === undefined ? latest : `${earliest} … ${latest} (${windows.length})`;
}

function durationText({ startedAt, finishedAt }: RunView): string {
  const seconds = Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000);
  return seconds < MINUTE_S ? `${seconds} s` : `${Math.floor(seconds / MINUTE_S)} min ${seconds % MINUTE_S} s`;
}
