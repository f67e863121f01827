import type { DuckDBConnection } from '@duckdb/node-api';

import type { ProgressState } from '../contract.js';

/** Between two looks at how far a query is. */
const LOOK_EVERY_MS = 250;

/** Makes a connection count how far its queries are; it prints nothing. */
export async function countProgress(connection: DuckDBConnection): Promise<void> {
  await connection.run('SET enable_progress_bar = true');
  await connection.run('SET enable_progress_bar_print = false');
}

/** Runs one statement and reports its progress in rows, of `rowsTotal` after `rowsBefore` that were read already. */
export async function runWithProgress(
  connection: DuckDBConnection,
  sql: string,
  report: (state: ProgressState) => void,
  work: { readonly step: string; readonly rowsBefore: number; readonly rowsTotal: number },
): Promise<void> {
  const timer = setInterval(() => {
    // DuckDB scans first and counts the rows of later steps on top.
    const rows = Math.min(Number(connection.progress.rows_processed), work.rowsTotal);
    const rowsTotal = work.rowsBefore + work.rowsTotal;
    report({ step: work.step, rows: work.rowsBefore + rows, rowsTotal });
  }, LOOK_EVERY_MS);
  try {
    await connection.run(sql);
  } finally {
    clearInterval(timer);
  }
}
