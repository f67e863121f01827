import type { DuckDBConnection } from '@duckdb/node-api';

import { SourceError } from '../../src/core/errors.js';
import {
  REJECTED_ROWS_KEPT_MAX,
  type ReadingSummary,
  type RejectedRow,
  type SourceWindow,
  type WindowReading,
} from '../../src/connector/contract.js';
import { dropCells, REJECTED_TEXT_MAX } from '../../src/connector/delimited.js';
import { openDuckDb, queryRows } from '../../src/connector/duckdb.js';
import { controlTotals, stagedBatches, type StagedWindow } from '../../src/connector/reading.js';
import { SHOWN_ROWS_MAX } from './check.js';
import type { FileColumns } from './columns.js';
import { dateFormatsFor } from './dates.js';
import { refuseRepeatedKeys } from './repeated-keys.js';
import {
  ACCEPTED,
  countStates,
  createStaging,
  parseFile,
  REJECTED,
  SKIPPED,
  SOURCE_TOTALS,
  stageWindow,
} from './staging.js';
import { openCells, requireColumns, type CsvContext } from './table.js';
import { readRow } from './to-charge.js';

/** What the files of a window gave. */
interface Tally {
  rowCount: number;
  rejectedCount: number;
  skippedCount: number;
  readonly rejected: RejectedRow[];
  readonly remarks: string[];
}

/**
 * Reads the files of one window into a DuckDB of its own and stages lines and charges.
 *
 * @throws SourceError when a file cannot be read, lacks a column, has too many unreadable rows, or a key repeats.
 */
export async function readWindow(context: CsvContext, window: SourceWindow): Promise<WindowReading> {
  const duckDb = await openDuckDb(context.temporaryFolder);
  const { connection } = duckDb;
  const tally: Tally = { rowCount: 0, rejectedCount: 0, skippedCount: 0, rejected: [], remarks: [] };
  try {
    await createStaging(connection, context.settings);
    for (const [index, file] of window.files.entries()) {
      context.signal.throwIfAborted();
      context.progress({ step: `reading ${file}`, rows: tally.rowCount });
      await readFile(connection, context, window, index, file, tally);
    }
    if (context.settings.key !== undefined) await refuseRepeatedKeys(connection, context, window);
    context.progress({ step: 'sorting the rows', rows: tally.rowCount });
    const { staged, repeated, repeatedAcrossFiles } = await stageWindow(connection, context.settings);
    tally.remarks.push(...repeatedRemarks(repeated, repeatedAcrossFiles));
    return {
      batches: () => stagedBatches(staged),
      summary: () => summary(staged, tally, context.settings.key !== undefined),
      close: () => {
        duckDb.close();
        return Promise.resolve();
      },
    };
  } catch (error) {
    duckDb.close();
    throw error;
  }
}

function repeatedRemarks(repeated: number, acrossFiles: number): string[] {
  if (repeated === 0) return [];
  const all =
    repeated === 1
      ? 'One row is equal to an earlier row in every cell; both are counted.'
      : `${repeated} rows are equal to an earlier row in every cell; all are counted.`;
  if (acrossFiles === 0) return [all];
  return [
    all,
    `${acrossFiles} of them stand in another file: if one file repeats the other, take it out of the source.`,
  ];
}

async function summary(staged: StagedWindow, tally: Tally, ownKeys: boolean): Promise<ReadingSummary> {
  return { ...tally, ownKeys, controlTotals: await controlTotals(staged, SOURCE_TOTALS) };
}

async function readFile(
  connection: DuckDBConnection,
  context: CsvContext,
  window: SourceWindow,
  index: number,
  file: string,
  tally: Tally,
): Promise<void> {
  const table = `cells ${index}`;
  const cells = await openCells(connection, context, file, table);
  const columns = requireColumns(context, file, cells.columns);
  const formats = dateFormatsFor(context.settings.dates, file);
  await parseFile(connection, {
    table,
    file: index,
    windowId: window.id,
    columns,
    settings: context.settings,
    formats,
  });
  const states = await countStates(connection, index);
  const unread = states.has(REJECTED)
    ? await unreadRows(connection, context, { table, index, file, columns, columnCount: cells.columns.length })
    : { rejected: [], blankCount: 0 };
  await dropCells(connection, table);
  const accepted = states.get(ACCEPTED) ?? 0;
  const rejected = [...cells.rejected, ...unread.rejected].sort((a, b) => a.row - b.row);
  const rejectedCount = cells.rejectedCount + (states.get(REJECTED) ?? 0) - unread.blankCount;
  const rowCount = accepted + rejectedCount;
  refuseTooManyRejected(context, file, rowCount, rejectedCount, rejected);
  if (cells.rowCount === 0 && rejectedCount === 0) tally.remarks.push(`${file} has a header and no rows.`);
  tally.rowCount += rowCount;
  tally.rejectedCount += rejectedCount;
  tally.skippedCount += states.get(SKIPPED) ?? 0;
  tally.rejected.push(...rejected.slice(0, Math.max(0, REJECTED_ROWS_KEPT_MAX - tally.rejected.length)));
}

/** The rows that SQL could not read, with the reasons; rows without any text are blank, not rejected. */
async function unreadRows(
  connection: DuckDBConnection,
  context: CsvContext,
  request: {
    readonly table: string;
    readonly index: number;
    readonly file: string;
    readonly columns: FileColumns;
    readonly columnCount: number;
  },
): Promise<{ readonly rejected: readonly RejectedRow[]; readonly blankCount: number }> {
  const { table, index, file, columns } = request;
  const cells = Array.from({ length: request.columnCount }, (_, column) => `c${column}`);
  const rowsSql = `FROM "${table}" JOIN (SELECT "row" FROM parsed WHERE file = ${index} AND state = ${REJECTED}) USING ("row")`;
  const blank = `trim(concat_ws('', ${cells.join(', ')}), ' ' || chr(9) || chr(160)) = ''`;
  const counts = await queryRows(connection, `SELECT count(*) AS blank ${rowsSql} WHERE ${blank}`);
  const formats = dateFormatsFor(context.settings.dates, file);
  const result = await connection.runAndReadAll(
    `SELECT * ${rowsSql} WHERE NOT (${blank}) ORDER BY "row" LIMIT ${REJECTED_ROWS_KEPT_MAX}`,
  );
  const rejected = result.getRows().map(([row, ...values]) => {
    const texts = values.map((value) => (typeof value === 'string' ? value : null));
    const reading = readRow(texts, columns, context.settings, formats);
    const reason = 'reasons' in reading ? reading.reasons.join('; ') : 'the row cannot be read';
    const text = texts.map((cell) => cell ?? '').join(context.settings.delimiter);
    return { file, row: Number(row), reason, text: text.slice(0, REJECTED_TEXT_MAX) };
  });
  return { rejected, blankCount: Number(counts[0]?.['blank'] ?? 0) };
}

function refuseTooManyRejected(
  context: CsvContext,
  file: string,
  rowCount: number,
  rejectedCount: number,
  rejected: readonly RejectedRow[],
): void {
  const { rejectedShareMax } = context.settings;
  if (rejectedCount <= rowCount * rejectedShareMax) return;
  const shown = rejected.slice(0, SHOWN_ROWS_MAX).map(({ row, reason }) => `line ${row}: ${reason}`);
  const message = `${rejectedCount} of ${rowCount} rows cannot be read, more than the allowed share of ${rejectedShareMax}`;
  throw new SourceError({
    place: { file, source: context.sourceId },
    message: `${message}\n    ${shown.join('\n    ')}`,
    hint: 'Nothing of the source was changed. Correct `dates`, `amount` or `columns`, mend the rows, or raise `rejectedShareMax`.',
  });
}
