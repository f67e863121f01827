import { join } from 'node:path';

import { eachMonth, isSettled, type MonthEnd } from '../../src/connector/focus/each-month.js';
import { inNewFolder, newFolder } from '../../src/connector/focus/folder.js';
import { focusCharges, type FetchedFile } from '../../src/connector/focus/live.js';
import type { PullEnd, PullWindow, ServiceBatch } from '../../src/connector/service.js';
import { SourceError } from '../../src/core/errors.js';
import type { Month } from '../../src/core/period.js';
import { addressOf } from './addresses.js';
import type { Context } from './client.js';
import { fetchAddress, nothingAt, type Fetched } from './files.js';
import { hasMonthFiles } from './settings.js';

/** The charges of a window of whole months. */
export function pull(context: Context, window: PullWindow): AsyncGenerator<ServiceBatch, PullEnd> {
  const pullOne = hasMonthFiles(context.settings) ? pullFilesOfMonth : pullPartOfFiles;
  return eachMonth(window, (month) => pullOne(context, month));
}

/** A month that has files of its own; they are removed when they were read. */
function pullFilesOfMonth(context: Context, month: Month): AsyncGenerator<ServiceBatch, MonthEnd> {
  return inNewFolder(context.temporaryFolder, month, async function* (folder) {
    const files: FetchedFile[] = [];
    const missing: string[] = [];
    const remarks: string[] = [];
    for (const [index, template] of context.settings.urls.entries()) {
      const url = addressOf(template, month);
      const fetched = await fetchAddress(context, url, join(folder, String(index)));
      if (fetched.files.length === 0) missing.push(url);
      files.push(...fetched.files);
      remarks.push(...fetched.remarks);
    }
    remarks.push(...missing.map((url) => `The service has ${nothingAt(url)}.`));
    const months = { kind: 'whole', month, rows: 'billed or charged' } as const;
    const end = yield* charges(context, files, months, folder);
    return {
      ...end,
      isFinal: end.isFinal && missing.length === 0,
      isAbsent: files.length === 0,
      remarks: [...end.remarks, ...remarks],
    };
  });
}

/** A month out of files that hold many; they are fetched once in a run, and stay until its end. */
async function* pullPartOfFiles(context: Context, month: Month): AsyncGenerator<ServiceBatch, MonthEnd> {
  const { files, remarks } = await context.once('files', () => fetchAll(context));
  const end = yield* charges(context, files, { kind: 'part', month }, context.temporaryFolder);
  return { ...end, remarks: [...end.remarks, ...remarks] };
}

async function fetchAll(context: Context): Promise<Fetched> {
  const folder = await newFolder(context.temporaryFolder, 'all');
  const files: FetchedFile[] = [];
  const remarks: string[] = [];
  for (const [index, url] of context.settings.urls.entries()) {
    const fetched = await fetchAddress(context, url, join(folder, String(index)));
    if (fetched.files.length === 0) {
      throw new SourceError({
        place: { source: context.sourceId, key: 'urls' },
        message: `the service has ${nothingAt(url)}`,
        hint: 'Compare `urls` with what the vendor documents. Nothing was taken.',
      });
    }
    files.push(...fetched.files);
    remarks.push(...fetched.remarks);
  }
  return { files, remarks };
}

async function* charges(
  context: Context,
  files: readonly FetchedFile[],
  months: Parameters<typeof focusCharges>[0]['months'],
  temporaryFolder: string,
): AsyncGenerator<ServiceBatch, MonthEnd> {
  const { sourceId, signal, progress } = context;
  const { tags, dates, rejectedShareMax, settledAfterDays, urls } = context.settings;
  const { totals, remarks } = yield* focusCharges({
    sourceId,
    files,
    months,
    rules: { tags, dates, rejectedShareMax },
    reference: addressOf(urls[0] ?? '', months.month),
    temporaryFolder,
    signal,
    progress,
  });
  return { isFinal: isSettled(months.month, settledAfterDays, context.now()), totals, remarks };
}
