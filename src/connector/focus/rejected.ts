import type { DuckDBConnection } from '@duckdb/node-api';

import { REJECTED_ROWS_KEPT_MAX, type RejectedRow } from '../contract.js';
import { REJECTED_TEXT_MAX } from '../delimited.js';
import { queryRows } from '../duckdb.js';
import { type Mistake } from '../../core/errors.js';
import { isMonthSql, type CellSql } from './cells.js';
import { rejectedHereSql, type MonthRule } from './months.js';
import type { FocusTable } from './tables.js';

/** Rejected rows of one file. */
export interface FileRejections {
  readonly file: string;
  readonly rowCount: number;
  readonly rejectedCount: number;
  /** Of them, those that belong to the months that are read. */
  readonly hereCount: number;
  /** The first of them, with reasons. */
  readonly rows: readonly RejectedRow[];
}

/** Finds the rows of a table that cannot be read. A second reading: call it only where there are such rows. */
export async function findRejected(
  connection: DuckDBConnection,
  table: FocusTable,
  cells: CellSql,
  files: readonly string[],
  months: MonthRule,
): Promise<FileRejections[]> {
  const here = rejectedHereSql(months, cells.chargeMonth, isMonthSql(cells.chargeMonth));
  const counts = await queryRows(
    connection,
    `SELECT file, count(*)::INTEGER AS rows, (count(*) FILTER (WHERE accepted IS NOT TRUE))::INTEGER AS rejected,
            (count(*) FILTER (WHERE accepted IS NOT TRUE AND here))::INTEGER AS here
       FROM (SELECT (${cells.accepted}) AS accepted, (${here}) AS here, (${table.fileIndex})::INTEGER AS file FROM ${table.from})
      GROUP BY file ORDER BY file`,
  );
  const text = `concat_ws(',', ${table.found.map(({ sql }) => csvCell(`CAST(${sql} AS VARCHAR)`)).join(', ')})`;
  const rows = await queryRows(
    connection,
    `SELECT (${table.fileIndex})::INTEGER AS file, (${table.row})::INTEGER AS "place", ${cells.reason} AS reason,
            left(${text}, ${REJECTED_TEXT_MAX}) AS text
       FROM ${table.from} WHERE (${cells.accepted}) IS NOT TRUE AND ${here} ORDER BY 1, 2 LIMIT ${REJECTED_ROWS_KEPT_MAX}`,
  );
  const rejected = rows.map((row) => ({
    file: files[Number(row['file'])] ?? '',
    row: Number(row['place']),
    reason: String(row['reason']),
    text: String(row['text']),
  }));
  return counts.map((count) => {
    const file = files[Number(count['file'])] ?? '';
    return {
      file,
      rowCount: Number(count['rows']) + table.brokenCount,
      rejectedCount: Number(count['rejected']) + table.brokenCount,
      hereCount: Number(count['here']) + table.brokenCount,
      rows: [...table.broken, ...rejected.filter((row) => row.file === file)].sort((a, b) => a.row - b.row),
    };
  });
}

/** SQL of a cell as CSV has it, quoted where it must be. */
function csvCell(text: string): string {
  return `CASE WHEN regexp_matches(${text}, '[",\\n]') THEN '"' || replace(${text}, '"', '""') || '"' ELSE coalesce(${text}, '') END`;
}

/** One mistake for a file of which more than the allowed share is rejected; none otherwise. */
export function shareMistakes(rejections: FileRejections, shareMax: number, sourceId: string): Mistake[] {
  const { file, rowCount, rejectedCount, rows } = rejections;
  if (rejectedCount <= rowCount * shareMax) return [];
  const [first] = rows;
  const example = first === undefined ? '' : ` The first is row ${first.row}: ${first.reason}.`;
  return [
    {
      place: { file, source: sourceId },
      message: `${rejectedCount} of ${rowCount} rows cannot be read, more than the allowed share of ${shareMax * 100} %; nothing of the file was taken`,
      hint: `Mend the file, or raise rejectedShareMax of the source if the rows may be left out.${example}`,
    },
  ];
}
