import { defineConnector } from '../../src/connector/contract.js';
import { fileWindows, findFiles } from '../../src/connector/files.js';
import { checkFiles } from './check.js';
import { readWindow } from './read.js';
import { csvSettings } from './settings.js';
import { readSourceRows } from './table.js';

/** Changes when the same file would give other charges. */
const VERSION = 2;

/** Delimited text (CSV, TSV, gz) and Excel sheets: a charge per row. */
export default defineConnector({
  id: 'csv',
  title: 'CSV, TSV and Excel files',
  kind: 'payment',
  settings: csvSettings,
  version: VERSION,

  check: checkFiles,

  async windows({ workspaceFolder, settings, sourceId, signal }) {
    const files = await findFiles(workspaceFolder, settings.files, sourceId);
    return fileWindows({ workspaceFolder, files, sourceId, readerVersion: `csv/${VERSION}`, signal });
  },

  read: readWindow,

  sourceRows: (context, { file, row, rowCount, rowsMax }) =>
    readSourceRows(context, file, row, Math.min(rowCount, rowsMax)),
});
