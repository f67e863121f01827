import { roundedDecimal } from '../core/rounded-decimal.js';
import { printable } from '../core/printable.js';
import { countFigure, prettyJson } from './format.js';
import { renderTable, SOURCE_WIDTH_MIN, wrapText, type TableColumn, type TextOptions } from './table.js';
import { isDifferent, TOTAL_DECIMALS } from './words.js';

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
  /** True when it was told to end. */
  readonly stopped?: boolean;
}

const figure = (text: string): string => roundedDecimal(text, TOTAL_DECIMALS);
const hasCost = ({ cost }: RunView): boolean => cost !== undefined && /[1-9]/.test(cost);
const MINUTE_S = 60;

/** Runs as a table, latest first, each failure and remark below it. */
export function renderRunsText(runs: readonly RunView[], options: TextOptions): string {
  if (runs.length === 0) return 'There are no such runs. `spendshift pull` or `spendshift agent` makes the first.';
  // What was paid is never left out for want of room.
  const cost: TableColumn[] = runs.some(hasCost) ? [{ header: 'Cost', align: 'right' }] : [];
  const table = renderTable(
    [
      { header: 'Started (UTC)' },
      { header: 'Source', widthMin: SOURCE_WIDTH_MIN },
      { header: 'Outcome' },
      { header: 'Windows', align: 'right', optional: true },
      { header: 'Rows', align: 'right' },
      { header: 'Added', align: 'right' },
      { header: 'Changed', align: 'right' },
      { header: 'Removed', align: 'right' },
      { header: 'Requests', align: 'right', optional: true },
      ...cost,
      { header: 'Took', align: 'right' },
    ],
    runs.map((run) => [
      run.startedAt.slice(0, 16).replace('T', ' '),
      run.source,
      run.stopped === true ? 'stopped' : run.outcome,
      run.windows?.length === 1 ? (run.windows[0] ?? '') : String(run.windowsRead),
      countFigure(run.rowCount),
      countFigure(run.added),
      countFigure(run.changed),
      countFigure(run.removed),
      run.requestCount === undefined ? '' : countFigure(run.requestCount),
      ...(cost.length === 0 ? [] : [hasCost(run) ? `${run.cost ?? ''} ${run.costCurrency ?? ''}` : '']),
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
  const differing = (run.controlTotals ?? []).filter(({ difference }) => isDifferent(difference, run.rowCount));
  const lines = [
    ...(run.error === undefined ? [] : run.error.split('\n')),
    ...(run.remarks ?? []),
    ...differing.map(
      ({ currency, source, ledger, difference }) =>
        `The source's total is ${figure(source)} ${currency}, the charges come to ${ledger}: a difference of ${figure(difference)}.`,
    ),
  ];
  if (lines.length === 0) return [];
  const head = `${run.startedAt.slice(0, 16).replace('T', ' ')} ${run.source}`;
  return [head, ...lines.map((line) => wrapText(printable(line), columns, '  '))];
}

function durationText({ startedAt, finishedAt }: RunView): string {
  const seconds = Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000);
  return seconds < MINUTE_S ? `${seconds} s` : `${Math.floor(seconds / MINUTE_S)} min ${seconds % MINUTE_S} s`;
}
