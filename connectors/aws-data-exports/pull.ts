import { eachMonth, isSettled, type MonthEnd } from '../../src/connector/focus/each-month.js';
import { inNewFolder } from '../../src/connector/focus/folder.js';
import { focusCharges } from '../../src/connector/focus/live.js';
import type { PullEnd, PullWindow, ServiceBatch } from '../../src/connector/service.js';
import type { Month } from '../../src/core/period.js';
import { fetchFiles } from './files.js';
import { addressOf, metadataFolder, readManifest, type Context } from './manifest.js';

/** AWS changes the bill of a month for two weeks after its end. */
const FINAL_AFTER_DAYS = 15;

/** The charges of a window of whole months. */
export function pull(context: Context, window: PullWindow): AsyncGenerator<ServiceBatch, PullEnd> {
  return eachMonth(window, (month) => pullMonth(context, month));
}

async function* pullMonth(context: Context, month: Month): AsyncGenerator<ServiceBatch, MonthEnd> {
  const manifest = await readManifest(context, month);
  if (manifest === undefined) {
    const where = addressOf(context, metadataFolder(context));
    // It may still come: AWS fills in the past of an export when it is asked to.
    const remark = `The export has no manifest of ${month} in ${where}.`;
    return { isFinal: false, isAbsent: true, totals: [], remarks: [remark] };
  }
  const { sourceId, settings, signal, progress } = context;
  return yield* inNewFolder(context.temporaryFolder, month, async function* (temporaryFolder) {
    const { totals, remarks } = yield* focusCharges({
      sourceId,
      files: await fetchFiles(context, month, manifest, temporaryFolder),
      months: { kind: 'whole', month, rows: 'billed' },
      rules: { tags: settings.tags, dates: [], rejectedShareMax: settings.rejectedShareMax },
      reference: addressOf(context, manifest.key),
      temporaryFolder,
      signal,
      progress,
    });
    const empty = manifest.files.length === 0 ? [`The manifest of ${month} names no files.`] : [];
    return { isFinal: isSettled(month, FINAL_AFTER_DAYS, context.now()), totals, remarks: [...remarks, ...empty] };
  });
}
