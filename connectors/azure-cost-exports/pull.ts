import { join } from 'node:path';

import { eachMonth, isSettled, type MonthEnd } from '../../src/connector/focus/each-month.js';
import { inNewFolder } from '../../src/connector/focus/folder.js';
import { focusCharges, type FetchedFile } from '../../src/connector/focus/live.js';
import type { PullEnd, PullWindow, ServiceBatch } from '../../src/connector/service.js';
import { lastDay, type Month } from '../../src/core/period.js';
import { addressOf, fetchFile, type Context } from './client.js';
import { folderOf, newestRun, type ExportRun } from './manifest.js';

/** Azure changes the figures of a month for some days after its end, until the invoice is made. */
const FINAL_AFTER_DAYS = 5;

/** The charges of a window of whole months. */
export function pull(context: Context, window: PullWindow): AsyncGenerator<ServiceBatch, PullEnd> {
  return eachMonth(window, (month) => pullMonth(context, month));
}

async function* pullMonth(context: Context, month: Month): AsyncGenerator<ServiceBatch, MonthEnd> {
  const { exportNames, tags, rejectedShareMax } = context.settings;
  // The runs change from day to day; where they lie does not.
  const reference = addressOf(context, folderOf(context, exportNames[0] ?? '', month));
  const run = await newestRun(context, month);
  if (run === undefined) {
    const remark = `The exports ${exportNames.join(', ')} have no run of ${month} (looked for ${reference}…).`;
    return { isFinal: false, isAbsent: true, totals: [], remarks: [remark] };
  }
  const { sourceId, signal, progress } = context;
  return yield* inNewFolder(context.temporaryFolder, month, async function* (temporaryFolder) {
    const { totals, remarks, rowCount } = yield* focusCharges({
      sourceId,
      files: await fetchFiles(context, month, run, temporaryFolder),
      months: { kind: 'whole', month, rows: 'billed or charged' },
      rules: { tags, dates: [], rejectedShareMax },
      reference,
      temporaryFolder,
      signal,
      progress,
    });
    const more = runRemarks(context, month, run, rowCount);
    const isFinal = isSettled(month, FINAL_AFTER_DAYS, context.now()) && isWhole(month, run);
    return { isFinal, totals, remarks: [...remarks, ...more] };
  });
}

async function fetchFiles(
  context: Context,
  month: Month,
  { files }: ExportRun,
  folder: string,
): Promise<FetchedFile[]> {
  const fetched: FetchedFile[] = [];
  for (const [index, blob] of files.entries()) {
    context.progress({ step: `fetching file ${index + 1} of ${files.length} of ${month}`, rows: 0 });
    const path = await fetchFile(context, blob, join(folder, `${month}-${index}`));
    fetched.push({ name: addressOf(context, blob.name), path });
  }
  return fetched;
}

/** Whether a run has the whole month: it reaches to its end and was made when it was over. */
function isWhole(month: Month, { lastDay: to, submittedAt }: ExportRun): boolean {
  return to === lastDay(month) && submittedAt.toISOString().slice(0, 10) > lastDay(month);
}

function runRemarks(context: Context, month: Month, run: ExportRun, rowCount: number): string[] {
  const remarks: string[] = [];
  if (run.files.length === 0) remarks.push(`The manifest of ${month} names no files.`);
  if (run.rowCount !== undefined && run.rowCount !== rowCount) {
    remarks.push(`The manifest of ${month} counts ${run.rowCount} rows; its files have ${rowCount}.`);
  }
  if (isSettled(month, FINAL_AFTER_DAYS, context.now()) && !isWhole(month, run)) {
    const submitted = run.submittedAt.toISOString().slice(0, 10);
    remarks.push(
      `The newest run of ${month} is of ${submitted} and reaches to ${run.lastDay}: run an export of the whole month.`,
    );
  }
  return remarks;
}
