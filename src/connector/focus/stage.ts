import type { DuckDBConnection } from '@duckdb/node-api';

import { REJECTED_ROWS_KEPT_MAX, type ReadingSummary, type SourceWindow } from '../contract.js';
import { queryRows, queryValue } from '../duckdb.js';
import { controlTotals, type StagedWindow } from '../reading.js';
import { type Mistake, SourceError } from '../../core/errors.js';
import { cellSql } from './cells.js';
import type { FocusContext } from './context.js';
import {
  brokenTagsSql,
  countsSql,
  createGroupsSql,
  dropPartSql,
  FOCUS_TEXTS,
  GROUPS,
  groupSql,
  sourceTotalsSql,
  stageSql,
  type GroupInput,
} from './grouping.js';
import { OWN_MONTHS, otherMonthRemark, otherMonthSql, refuseOtherMonths, type MonthRule } from './months.js';
import { countProgress, runWithProgress } from './progress.js';
import { type FileRejections, findRejected, shareMistakes } from './rejected.js';
import { type FocusTable, focusTables, tableFileRows } from './tables.js';
import { listedTagsSql, PROBE_DISTINCT_MAX, probeTagsSql, rawTagsSql } from './tags.js';

/** The files of one window. */
export interface FocusWindow extends Pick<SourceWindow, 'id' | 'files'> {
  /** The months that are read; each row's own when nothing is said. */
  readonly months?: MonthRule;
}

/** A window grouped to line × month in DuckDB, and what there is to say of it. */
export interface StagedFocus {
  readonly staged: StagedWindow;
  /** Reads the control totals too: call it once, after the batches. */
  summary(): Promise<ReadingSummary>;
}

/**
 * Groups all files of a window. Memory is bounded by the number of groups, and beyond DuckDB's limit goes to disk.
 *
 * @throws SourceError when a file is no bill, or more of it is rejected than the settings allow.
 */
export async function stageWindow(
  connection: DuckDBConnection,
  context: FocusContext,
  window: FocusWindow,
): Promise<StagedFocus> {
  const { settings, sourceId } = context;
  const { months = OWN_MONTHS } = window;
  await countProgress(connection);
  await connection.run(createGroupsSql());
  const rejections: FileRejections[] = [];
  const remarks = new Remarks(months.kind === 'own');
  let rowCount = 0;
  let part = 0;
  for await (const table of focusTables(connection, context, window.files)) {
    try {
      const fileRows = await tableFileRows(connection, context, table, window.files);
      remarks.addTable(table, fileRows, window.files);
      const work = {
        step: `reading ${window.files[table.files[0] ?? 0] ?? ''}`,
        rowsBefore: rowCount,
        rowsTotal: fileRows.reduce((sum, rows) => sum + rows, 0),
      };
      const run = (sql: string): Promise<void> => runWithProgress(connection, sql, context.progress, work);
      const grouped = await groupTable(connection, run, context, table, part, window);
      rejections.push(...grouped.rejections);
      rowCount += grouped.rowCount;
      part += 1;
    } finally {
      await table.close();
    }
    context.progress({ step: `grouping ${window.id}`, rows: rowCount });
  }
  const mistakes: Mistake[] = rejections.flatMap((file) => shareMistakes(file, settings.rejectedShareMax, sourceId));
  if (mistakes.length > 0) throw new SourceError(mistakes);
  await refuseOtherMonths(connection, GROUPS, months, window.files, sourceId);
  for (const sql of stageSql(window.id, settings.tags, months)) await connection.run(sql);
  const staged: StagedWindow = { connection, lines: 'lines', charges: 'charges', texts: FOCUS_TEXTS };
  const summary = async (): Promise<ReadingSummary> => ({
    rowCount,
    rejectedCount: rejections.reduce((sum, file) => sum + file.hereCount, 0),
    skippedCount: 0,
    controlTotals: await controlTotals(staged, sourceTotalsSql(months)),
    rejected: rejections.flatMap((file) => file.rows).slice(0, REJECTED_ROWS_KEPT_MAX),
    remarks: [...remarks.all(), ...(await groupRemarks(connection, months))],
  });
  return { staged, summary };
}

async function groupTable(
  connection: DuckDBConnection,
  run: (sql: string) => Promise<void>,
  context: FocusContext,
  table: FocusTable,
  part: number,
  window: FocusWindow,
): Promise<{ rowCount: number; rejections: FileRejections[] }> {
  const cells = cellSql(table.focus, context.settings.dates);
  const input: GroupInput = {
    from: table.from,
    fileIndex: table.fileIndex,
    row: table.row,
    cells,
    ...(await groupedTags(connection, table, context.settings.tags)),
    oldNulls: table.focus.version === '1.0',
    part,
  };
  await run(groupSql(input, false));
  const [counts] = await queryRows(connection, countsSql(part));
  const [rowCount, usable] = [Number(counts?.['rows']), Number(counts?.['usable'])];
  if (rowCount === usable && table.brokenCount === 0) return { rowCount, rejections: [] };
  if (rowCount !== usable) {
    await connection.run(dropPartSql(part));
    await run(groupSql(input, true));
  }
  return {
    rowCount: rowCount + table.brokenCount,
    rejections: await findRejected(connection, table, cells, window.files, window.months ?? OWN_MONTHS),
  };
}

/**
 * The tags by which rows are grouped in the first step. Raw tags as a rule: they repeat, and are then read once per
 * group. Where nearly every row has its own (a `Name` tag), only the chosen keys, which costs more per row but keeps
 * memory bounded by lines. The choice never changes a result.
 */
async function groupedTags(
  connection: DuckDBConnection,
  table: FocusTable,
  keys: readonly string[],
): Promise<Pick<GroupInput, 'tags' | 'tagsListed'>> {
  const column = table.focus.columns.get('Tags');
  if (column === undefined || keys.length === 0) return { tags: 'CAST(NULL AS VARCHAR)', tagsListed: false };
  const raw = rawTagsSql(column, keys);
  const distinct = Number(await queryValue(connection, probeTagsSql(table.from, raw)));
  if (distinct <= PROBE_DISTINCT_MAX) return { tags: raw, tagsListed: false };
  return { tags: listedTagsSql(raw, keys), tagsListed: true };
}

/** Remarks on files, one sentence for all files that share it. */
class Remarks {
  private readonly files = new Map<string, string[]>();
  private readonly withVersions: boolean;

  constructor(withVersions: boolean) {
    this.withVersions = withVersions;
  }

  addTable(table: FocusTable, rows: readonly number[], files: readonly string[]): void {
    for (const [position, index] of table.files.entries()) {
      const file = files[index] ?? '';
      if (this.withVersions) this.add(`the columns of FOCUS ${table.focus.version}`, file);
      if (!table.focus.columns.has('EffectiveCost'))
        this.add('no EffectiveCost, so accrual equals what was billed', file);
      if (rows[position] === 0) this.add('no rows', file);
    }
  }

  private add(what: string, file: string): void {
    this.files.set(what, [...(this.files.get(what) ?? []), file]);
  }

  all(): string[] {
    return [...this.files].map(([what, [first = '', ...others]]) => {
      const subject =
        others.length === 0
          ? `${first} has`
          : `${first} and ${others.length === 1 ? 'another file' : `${others.length} more files`} have`;
      return `${subject} ${what}.`;
    });
  }
}

async function groupRemarks(connection: DuckDBConnection, months: MonthRule): Promise<string[]> {
  const remarks: string[] = [];
  const apart = Number(await queryValue(connection, otherMonthSql(GROUPS, months)));
  if (apart > 0) remarks.push(otherMonthRemark(apart, months));
  const broken = Number(await queryValue(connection, brokenTagsSql()));
  if (broken > 0)
    remarks.push(`The tags of ${broken} row${broken === 1 ? ' are' : 's are'} no JSON and were left out.`);
  return remarks;
}
