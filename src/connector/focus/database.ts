import { SourceError, SpendshiftError } from '../../core/errors.js';
import type { WindowReading } from '../contract.js';
import { openDuckDb, type DuckDb } from '../duckdb.js';
import { stagedBatches } from '../reading.js';
import type { FocusContext } from './context.js';
import { stageWindow, type FocusWindow, type StagedFocus } from './stage.js';

/**
 * Reads the files of a window, grouped to line × month. The reading must be consumed or closed.
 *
 * @throws SourceError when a file is no bill, or more of it is rejected than the settings allow.
 */
export async function readFocusWindow(context: FocusContext, window: FocusWindow): Promise<WindowReading> {
  const { staged, close } = await openStaged(context, window);
  return { batches: () => stagedBatches(staged.staged), summary: () => staged.summary(), close };
}

/** A window staged in a DuckDB of its own. Close it when done. */
export async function openStaged(
  context: FocusContext,
  window: FocusWindow,
): Promise<{ readonly staged: StagedFocus; readonly close: () => Promise<void> }> {
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
  try {
    return { staged: await stageWindow(database.connection, context, window), close };
  } catch (error) {
    await close();
    throw plainError(error, context, window.files);
  }
}

/** Runs work on FOCUS files in a DuckDB of its own. */
export async function withFocusDatabase<Result>(
  context: FocusContext,
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
export function plainError(error: unknown, context: FocusContext, files: readonly string[]): unknown {
  if (context.signal.aborted) return context.signal.reason;
  if (error instanceof SpendshiftError || !(error instanceof Error)) return error;
  const [file = '', ...others] = files;
  const place = { file: others.length === 0 ? file : `${file} and ${others.length} more`, source: context.sourceId };
  const detail = error.message.split('\n')[0] ?? '';
  if (/no space left|failed to offload|max_temp_directory_size/i.test(detail)) {
    const hint = `Make room for temporary files in ${context.temporaryFolder}; nothing was changed.`;
    return new SourceError({ place, message: `the disk is full (${detail})`, hint }, { cause: error });
  }
  if (/^(conversion|out of range) error/i.test(detail)) {
    const message = `the amounts of a month add up to more than the ledger can hold (${detail})`;
    return new SourceError({ place, message, hint: 'Look for an amount that is far too large.' }, { cause: error });
  }
  const hint = 'It may be damaged: fetch it again. Nothing of it was taken.';
  return new SourceError({ place, message: `the file cannot be read (${detail})`, hint }, { cause: error });
}
