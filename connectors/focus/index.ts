import { join } from 'node:path';

import {
  defineConnector,
  type ConnectorContext,
  type SourceRow,
  type SourceRowsRequest,
  type SourceWindow,
  type WindowReading,
} from '../../src/connector/contract.js';
import { openDuckDb, type DuckDb } from '../../src/connector/duckdb.js';
import { fileWindows, findFiles } from '../../src/connector/files.js';
import { stagedBatches } from '../../src/connector/reading.js';
import { SourceError, SpendshiftError } from '../../src/core/errors.js';
import { focusSettings, type FocusSettings } from './settings.js';
import { findSourceRows } from './source-rows.js';
import { stageWindow, type StagedFocus } from './stage.js';
import { collectColumns } from './tables.js';

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
    await withDuckDb(context, files, (database) => collectColumns(database.connection, context, files));
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

  read: readWindow,

  sourceRows(context: Context, request: SourceRowsRequest): Promise<SourceRow[]> {
    return withDuckDb(context, [request.file], (database) => findSourceRows(database.connection, context, request));
  },
});

function sourceFiles(context: Context): Promise<string[]> {
  return findFiles(context.workspaceFolder, context.settings.files, context.sourceId);
}

async function readWindow(context: Context, window: SourceWindow): Promise<WindowReading> {
  const database = await openDuckDb(context.temporaryFolder);
  const interrupt = (): void => {
    database.connection.interrupt();
  };
  context.signal.addEventListener('abort', interrupt, { once: true });
  const close = (): Promise<void> => {
    context.signal.removeEventListener('abort', interrupt);
    database.close();
    return Promise.resolve();
  };
  let staged: StagedFocus;
  try {
    staged = await stageWindow(database.connection, context, window);
  } catch (error) {
    await close();
    throw plainError(error, context, window.files);
  }
  return { batches: () => stagedBatches(staged.staged), summary: () => staged.summary(), close };
}

async function withDuckDb<Result>(
  context: Context,
  files: readonly string[],
  work: (database: DuckDb) => Promise<Result>,
): Promise<Result> {
  const database = await openDuckDb(context.temporaryFolder);
  try {
    return await work(database);
  } catch (error) {
    throw plainError(error, context, files);
  } finally {
    database.close();
  }
}

/** DuckDB's errors in plain words; what is already plain stays as it is. */
function plainError(error: unknown, context: Context, files: readonly string[]): unknown {
  if (context.signal.aborted) return context.signal.reason;
  if (error instanceof SpendshiftError || !(error instanceof Error)) return error;
  const [file = '', ...others] = files;
  const place = { file: others.length === 0 ? file : `${file} and ${others.length} more`, source: context.sourceId };
  const detail = error.message.split('\n')[0] ?? '';
  if (/no space left|failed to offload|max_temp_directory_size/i.test(detail)) {
    const hint = `Make room for temporary files in ${join(context.temporaryFolder)}; nothing was changed.`;
    return new SourceError({ place, message: `the disk is full (${detail})`, hint }, { cause: error });
  }
  if (/^(conversion|out of range) error/i.test(detail)) {
    const message = `the amounts of a month add up to more than the ledger can hold (${detail})`;
    return new SourceError({ place, message, hint: 'Look for an amount that is far too large.' }, { cause: error });
  }
  const hint = 'It may be damaged: fetch it again. Nothing of it was taken.';
  return new SourceError({ place, message: `the file cannot be read (${detail})`, hint }, { cause: error });
}
