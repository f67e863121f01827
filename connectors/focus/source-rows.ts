import type { DuckDBConnection } from '@duckdb/node-api';

import type { ConnectorContext, SourceRow, SourceRowsRequest } from '../../src/connector/contract.js';
import { queryRows, sqlName, sqlText } from '../../src/connector/duckdb.js';
import { filePeriod, findFiles } from '../../src/connector/files.js';
import { cellSql, currencySql } from './cells.js';
import { FOCUS_TEXTS, lineTextsSql, rowTextsSql } from './grouping.js';
import type { FocusSettings } from './settings.js';
import { type FocusTable, focusTables } from './tables.js';
import { rawTagsSql } from './tags.js';

/**
 * The rows behind a grouped charge: those with the texts of its line, its month and currency, first in the file of its
 * first row and then in the other files of that window, up to `rowsMax`.
 */
export async function findSourceRows(
  connection: DuckDBConnection,
  context: ConnectorContext<FocusSettings>,
  request: SourceRowsRequest,
): Promise<SourceRow[]> {
  const wanted = Math.min(request.rowCount, request.rowsMax);
  const rows: SourceRow[] = [];
  for (const file of await windowFiles(context, request.file)) {
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
async function windowFiles(context: ConnectorContext<FocusSettings>, file: string): Promise<string[]> {
  const all = await findFiles(context.workspaceFolder, context.settings.files, context.sourceId);
  const period = filePeriod(file);
  return [file, ...all.filter((other) => other > file && filePeriod(other) === period)];
}

async function tableRows(
  connection: DuckDBConnection,
  context: ConnectorContext<FocusSettings>,
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
