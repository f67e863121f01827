import { SourceError, SpendshiftError, type Mistake } from '../../src/core/errors.js';
import { findFiles } from '../../src/connector/files.js';
import { dateFormatsFor } from './dates.js';
import { readHead, requireColumns, type CsvContext } from './table.js';
import { isSkipped } from './sql.js';
import { readRow } from './to-charge.js';

/** Rows of each file that a check reads. */
const CHECKED_ROWS = 200;
/** Unreadable rows that a message shows. */
export const SHOWN_ROWS_MAX = 3;

/**
 * Looks at every file of the source: that it is there, has its columns, and that its first rows can be read.
 *
 * @throws SourceError with all mistakes of all files.
 */
export async function checkFiles(context: CsvContext): Promise<void> {
  const files = await findFiles(context.workspaceFolder, context.settings.files, context.sourceId);
  const mistakes: Mistake[] = [];
  for (const file of files) {
    try {
      mistakes.push(...(await checkFile(context, file)));
    } catch (error) {
      if (!(error instanceof SpendshiftError)) throw error;
      mistakes.push(...error.mistakes);
    }
  }
  if (mistakes.length > 0) throw new SourceError(mistakes);
}

async function checkFile(context: CsvContext, file: string): Promise<Mistake[]> {
  const { headers, rows } = await readHead(context, file, CHECKED_ROWS);
  const columns = requireColumns(context, file, headers);
  const formats = dateFormatsFor(context.settings.dates, file);
  const rejected: { row: number; reasons: readonly string[] }[] = [];
  for (const { row, cells } of rows) {
    if (isSkipped(cells, columns) || cells.every((cell) => (cell ?? '').trim() === '')) continue;
    const reading = readRow(cells, columns, context.settings, formats);
    if ('reasons' in reading) rejected.push({ row, reasons: reading.reasons });
  }
  if (rejected.length <= rows.length * context.settings.rejectedShareMax) return [];
  const [first] = rejected;
  const shown = rejected.slice(0, SHOWN_ROWS_MAX).map(({ row, reasons }) => `line ${row}: ${reasons.join('; ')}`);
  return [
    {
      place: { file, line: first?.row, source: context.sourceId },
      message: `${rejected.length} of the first ${rows.length} rows cannot be read\n    ${shown.join('\n    ')}`,
      hint: 'Correct `dates`, `amount` or `columns` of the source, or mend the rows.',
    },
  ];
}
