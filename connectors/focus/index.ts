import { join } from 'node:path';

import {
  defineConnector,
  type ConnectorContext,
  type SourceRow,
  type SourceRowsRequest,
} from '../../src/connector/contract.js';
import { fileWindows, findFiles } from '../../src/connector/files.js';
import type { FocusContext } from '../../src/connector/focus/context.js';
import { readFocusWindow, withFocusDatabase } from '../../src/connector/focus/database.js';
import { collectColumns } from '../../src/connector/focus/tables.js';
import { focusSettings, type FocusSettings } from './settings.js';
import { findSourceRows } from './source-rows.js';

type Context = ConnectorContext<FocusSettings>;

const ID = 'focus';
/** Raise it when the same file would give other charges. */
const VERSION = 2;

/** Cloud and SaaS bills in the FOCUS format, 1.0 to 1.4, as CSV or Parquet, grouped to line × month. */
export default defineConnector<FocusSettings>({
  id: ID,
  title: 'FOCUS bills (CSV, Parquet)',
  kind: 'bill',
  settings: focusSettings,
  version: VERSION,

  async check(context) {
    const files = await sourceFiles(context);
    const reader = readerOf(context);
    await withFocusDatabase(reader, files, (database) => collectColumns(database.connection, reader, files));
  },

  async windows(context) {
    const { tags, dates, rejectedShareMax } = context.settings;
    return fileWindows({
      workspaceFolder: context.workspaceFolder,
      files: await sourceFiles(context),
      sourceId: context.sourceId,
      readerVersion: JSON.stringify([ID, VERSION, tags, dates, rejectedShareMax]),
      signal: context.signal,
    });
  },

  read: (context, window) => readFocusWindow(readerOf(context), window),

  async sourceRows(context: Context, request: SourceRowsRequest): Promise<SourceRow[]> {
    const reader = readerOf(context);
    return withFocusDatabase(reader, [request.file], async (database) => {
      const all = await sourceFiles(context);
      return findSourceRows(database.connection, reader, all, request);
    });
  },
});

function sourceFiles(context: Context): Promise<string[]> {
  return findFiles(context.workspaceFolder, context.settings.files, context.sourceId);
}

/** What the reading of the files may use: they lie in the workspace. */
function readerOf({ workspaceFolder, ...context }: Context): FocusContext {
  return { ...context, pathOf: (file) => join(workspaceFolder, file) };
}
