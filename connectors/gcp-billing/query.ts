import type { PullWindow } from '../../src/connector/service.js';
import { addDays, type IsoDate } from '../../src/core/date.js';
import type { GcpContext } from './client.js';
import type { GcpBillingSettings } from './settings.js';
import { exportTable, needColumns, needMoments, type ExportTable } from './table.js';
import { neededColumns, timeColumn, TIME_ZONE, viewOf, type Asked, type ExportView } from './views.js';

/** A query, and what it is called in messages and the archive. */
export interface Statement {
  readonly name: string;
  readonly sql: string;
}

/** What there is to ask of a window. */
export interface WindowQueries {
  readonly charges: Statement;
  /** The same rows, added up by currency and invoice alone. */
  readonly totals: Statement;
  readonly remarks: readonly string[];
}

/** Days before a window in which its rows may have come in: fees are charged before the time they are for. */
const LEAD_DAYS = 7;
/** Columns of the moment at which a row came in, in tables that are cut by it. */
const ARRIVAL_COLUMNS: ReadonlySet<string> = new Set(['_partitiontime', 'export_time', 'x_exporttime']);

/** The queries of a window, by the columns that the table has now. */
export async function windowQueries(context: GcpContext, window: PullWindow): Promise<WindowQueries> {
  const { settings } = context;
  const table = await exportTable(context);
  needColumns(context, table, neededColumns(settings));
  needMoments(context, table, timeColumn(settings));
  return queriesOf(settings, table, window);
}

/** The queries of a window over a table that has the columns it needs. */
export function queriesOf(settings: GcpBillingSettings, table: ExportTable, window: PullWindow): WindowQueries {
  const view = viewOf(settings, table);
  const bound = partitionBound(table, view.time, window.from);
  const conditions = [...bound.conditions, ...dayConditions(view.time, window)];
  const about = `${window.from} to ${window.to}`;
  return {
    charges: { name: `charges of ${about}`, sql: chargesSql(table, view, conditions) },
    totals: { name: `total of ${about}`, sql: totalsSql(table, view, conditions) },
    remarks: [...bound.remarks, ...missingRemarks(view)],
  };
}

/** The days of the window as moments: Google's day begins at midnight in California, summer and winter. */
function dayConditions(time: string, { from, to }: PullWindow): string[] {
  return [`${time} >= TIMESTAMP('${from}', '${TIME_ZONE}')`, `${time} < TIMESTAMP('${to}', '${TIME_ZONE}')`];
}

interface Bound {
  readonly conditions: readonly string[];
  readonly remarks: readonly string[];
}

/**
 * Keeps the query to the parts of the table that may hold the window's rows. They have no end: what comes in late for a
 * day lies in the part of the day on which it came in.
 */
function partitionBound(table: ExportTable, time: string, from: IsoDate): Bound {
  const { partition } = table;
  const column = partition?.column.toLowerCase();
  if (partition !== undefined && column !== undefined && ARRIVAL_COLUMNS.has(column)) {
    const first = firstOfSpan(addDays(from, -LEAD_DAYS), partition.span);
    return { conditions: [`${partition.column} >= TIMESTAMP('${first}')`], remarks: [] };
  }
  // Where the table is cut by the time of usage itself, the days of the window are the bound.
  if (column === time.toLowerCase()) return { conditions: [], remarks: [] };
  const remark =
    `${table.name.dataset}.${table.name.table} is not cut into parts by the day on which rows came in: ` +
    'each query reads all of its rows, and costs accordingly.';
  return { conditions: [], remarks: [remark] };
}

/** The first day of the part in which a day lies. */
function firstOfSpan(day: IsoDate, span: string): string {
  if (span === 'MONTH') return `${day.slice(0, 7)}-01`;
  return span === 'YEAR' ? `${day.slice(0, 4)}-01-01` : day;
}

function missingRemarks({ missing }: ExportView): string[] {
  if (missing.length === 0) return [];
  const columns = [...new Set(missing)].join(', ');
  return [`The export has no column ${columns}: lines say less of what was bought or who owns it.`];
}

function chargesSql(table: ExportTable, view: ExportView, conditions: readonly string[]): string {
  const grouped = view.texts.filter(({ isName }) => isName !== true).map(({ name }) => name);
  const names = view.texts.filter(({ isName }) => isName === true).map(({ name }) => `MAX(${name}) AS ${name}`);
  return grouping(table, [...view.texts, ...view.money], conditions, {
    selected: [...grouped, ...names, ...sums(view)],
    grouped,
  });
}

function totalsSql(table: ExportTable, view: ExportView, conditions: readonly string[]): string {
  const texts = view.texts.filter(({ name }) => name === 'currency' || name === 'invoice_month');
  const grouped = texts.map(({ name }) => name);
  return grouping(table, [...texts, ...view.money], conditions, { selected: [...grouped, ...sums(view)], grouped });
}

/** Sums as text: BIGNUMERIC adds exactly, and a number would be rounded on its way. */
function sums({ money }: ExportView): string[] {
  const unpriced = money.map(({ name }) => `${name} IS NULL`).join(' OR ');
  return [
    ...money.map(({ name }) => `CAST(SUM(${name}) AS STRING) AS ${name}_sum`),
    `CAST(COUNTIF(${unpriced}) AS STRING) AS unpriced_count`,
  ];
}

function grouping(
  { name: { projectId, dataset, table } }: ExportTable,
  asked: readonly Asked[],
  conditions: readonly string[],
  outer: { readonly selected: readonly string[]; readonly grouped: readonly string[] },
): string {
  return [
    'WITH charge AS (',
    '  SELECT',
    asked.map(({ name, sql }) => `    ${sql} AS ${name}`).join(',\n'),
    `  FROM \`${projectId}.${dataset}.${table}\``,
    `  WHERE ${conditions.join('\n    AND ')}`,
    ')',
    'SELECT',
    outer.selected.map((item) => `  ${item}`).join(',\n'),
    'FROM charge',
    `GROUP BY ${outer.grouped.join(', ')}`,
  ].join('\n');
}
