import type { DuckDBConnection } from '@duckdb/node-api';

import type { SourceRow, SourceRowsRequest } from '../../src/connector/contract.js';
import { queryRows, sqlName, sqlText } from '../../src/connector/duckdb.js';
import { filePeriod } from '../../src/connector/files.js';
import { cellSql, currencySql } from '../../src/connector/focus/cells.js';
import type { FocusContext } from '../../src/connector/focus/context.js';
import { FOCUS_TEXTS, lineTextsSql, rowTextsSql } from '../../src/connector/focus/grouping.js';
import { type FocusTable, focusTables } from '../../src/connector/focus/tables.js';
import { rawTagsSql } from '../../src/connector/focus/tags.js';

/**
 * The rows behind a grouped charge: those with the texts of its line, its month and currency, first in the file of its
 * first row and then in the other files of that window, up to `rowsMax`.
 *
 * @param all every file of the source
 */
export async function findSourceRows(
  connection: DuckDBConnection,
  context: FocusContext,
  all: readonly string[],
  request: SourceRowsRequest,
): Promise<SourceRow[]> {
  const wanted = Math.min(request.rowCount, request.rowsMax);
  const rows: SourceRow[] = [];
  for (const file of windowFiles(all, request.file)) {
    if (rows.length >= wanted) break;
    for await (const table of focusTables(connection, context, [file])) {
      try {
        rows.push(...(await tableRows(connection, context, table, file, request, wanted - rows.length)));
      } finally {
        await table.close();
      }
    }
  }
  return rows;
}

/** The files of the window in which a file lies, that file first. Rows of earlier files cannot belong to the charge. */
function windowFiles(all: readonly string[], file: string): string[] {
  const period = filePeriod(file);
  return [file, ...all.filter((other) => other > file && filePeriod(other) === period)];
}

async function tableRows(
  connection: DuckDBConnection,
  context: FocusContext,
  table: FocusTable,
  file: string,
  request: SourceRowsRequest,
  limit: number,
): Promise<SourceRow[]> {
  const { settings } = context;
  const cells = cellSql(table.focus, settings.dates);
  const names = table.found.map((_, index) => `cell_${index}`);
  const columns = table.found.map(({ sql }, index) => `coalesce(CAST(${sql} AS VARCHAR), '') AS ${names[index] ?? ''}`);
  const oldNulls = String(table.focus.version === '1.0');
  const texts = FOCUS_TEXTS.map((key) => `${sqlName(key)} = ${sqlText(request.line[key])}`);
  const month = String(Math.trunc(request.month));
  const found = await queryRows(
    connection,
    `SELECT place, ${names.join(', ')} FROM (
       SELECT place, ${names.join(', ')}, ${lineTextsSql('false', oldNulls, settings.tags).join(', ')}
         FROM (SELECT ${rowTextsSql(cells)}, ${rawTagsSql(table.focus.columns.get('Tags'), settings.tags)} AS "Tags",
                      (${table.row})::INTEGER AS place, ${columns.join(', ')}
                 FROM ${table.from}
                WHERE ${cells.accepted} AND (${cells.chargeMonth} = ${month} OR ${cells.billingMonth} = ${month})
                  AND ${currencySql(cells.text('BillingCurrency'))} = ${sqlText(request.currency)}))
      WHERE ${texts.join(' AND ')} ORDER BY place LIMIT ${limit}`,
  );
  return found.map((row) => ({
    file,
    row: Number(row['place']),
    cells: table.found.map(({ name }, index) => [name, String(row[names[index] ?? ''])] as const),
  }));
}
