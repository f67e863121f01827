import { z } from 'zod';

import { RetryableError, SourceError } from '../../src/core/errors.js';
import { firstDay, lastDay, type Month } from '../../src/core/period.js';
import type { ListedBlob } from './blob-list.js';
import { addressOf, listBlobs, readJson, type Context } from './client.js';

const DATASET = 'FocusCost';
const FILES_MAX = 10_000;
const MANIFEST = /\/manifest\.json$/i;

/** The parts of a manifest that are needed; runs have written it so since 2023. */
const manifestSchema = z.object({
  exportConfig: z.object({ type: z.string(), resourceId: z.string().nullish() }),
  runInfo: z.object({ submittedTime: z.string(), startDate: z.string(), endDate: z.string() }),
  blobs: z
    .array(
      z.object({
        blobName: z.string().min(1),
        byteCount: z.number().nullish(),
        dataRowCount: z.number().nullish(),
      }),
    )
    .max(FILES_MAX),
});

type ManifestReply = z.infer<typeof manifestSchema>;

/** The newest run of the exports of a month, as its manifest states it. */
export interface ExportRun {
  /** Address of the manifest. */
  readonly address: string;
  readonly submittedAt: Date;
  /** Last day of the month that the folder of the run is named after, as `20261031`; see `daysOf`. */
  readonly days: string;
  /** Last day that the run covers, as `2026-10-31`. */
  readonly lastDay: string;
  /** The scope of the export, in small letters; empty where the manifest does not say it. */
  readonly scope: string;
  readonly files: readonly ListedBlob[];
  /** Rows of the files, where the manifest counts them. */
  readonly rowCount: number | undefined;
}

/** Where the runs of a month lie: their folders are named after the days that they cover, `20261001-20261031`. */
export function folderOf({ settings }: Context, exportName: string, month: Month): string {
  const days = firstDay(month).replaceAll('-', '');
  return [settings.directory, exportName, `${days}-`].filter((part) => part !== '').join('/');
}

/**
 * The last day in the name of a run's folder; empty where that is none of the month. A run of a few days that somebody asked
 * for must not take the place of one of the whole month, however much newer it is.
 */
function daysOf(folder: string, name: string, month: Month): string {
  const days = /^\d{8}(?!\d)/.exec(name.slice(folder.length))?.[0] ?? '';
  return days <= lastDay(month).replaceAll('-', '') ? days : '';
}

/** The one that reaches furthest into the month, and of several the newest. */
function best<Item>(items: readonly Item[], days: (item: Item) => string, at: (item: Item) => Date): Item | undefined {
  return [...items].sort((left, right) => {
    const [leftDays, rightDays] = [days(left), days(right)];
    if (leftDays !== rightDays) return leftDays > rightDays ? -1 : 1;
    return at(right).getTime() - at(left).getTime();
  })[0];
}

/**
 * The newest run of a month among all exports of the source; undefined where there is none. The files of a run are found by
 * its manifest alone: beside them may lie every earlier run of the month, and one that is not whole.
 *
 * @throws RetryableError while a run is under way, SourceError when a manifest cannot be used.
 */
export async function newestRun(context: Context, month: Month): Promise<ExportRun | undefined> {
  const runs: ExportRun[] = [];
  for (const exportName of context.settings.exportNames) {
    const run = await newestRunOf(context, exportName, month);
    if (run !== undefined) runs.push(run);
  }
  const [first] = runs;
  const other = runs.find(({ scope }) => scope !== first?.scope);
  if (first !== undefined && other !== undefined) {
    throw new SourceError({
      place: { source: context.sourceId, key: 'exportNames' },
      message: `the exports are of different scopes: ${first.scope} (${first.address}) and ${other.scope} (${other.address})`,
      hint: 'Make a source for each scope: of the exports of one source only the newest run of a month is read.',
    });
  }
  return best(
    runs,
    ({ days }) => days,
    ({ submittedAt }) => submittedAt,
  );
}

async function newestRunOf(context: Context, exportName: string, month: Month): Promise<ExportRun | undefined> {
  const folder = folderOf(context, exportName, month);
  const blobs = await listBlobs(context, folder);
  const days = (name: string): string => daysOf(folder, name, month);
  const manifest = best(
    blobs.filter(({ name }) => MANIFEST.test(name)),
    ({ name }) => days(name),
    ({ modifiedAt }) => modifiedAt,
  );
  if (manifest === undefined) return undefined;
  const run = runOf(context, month, manifest, await readJson(context, manifest, manifestSchema), blobs);
  return { ...run, days: days(manifest.name) };
}

function runOf(
  context: Context,
  month: Month,
  manifest: ListedBlob,
  { exportConfig, runInfo, blobs }: ManifestReply,
  listed: readonly ListedBlob[],
): Omit<ExportRun, 'days'> {
  const address = addressOf(context, manifest.name);
  if (exportConfig.type.toLowerCase() !== DATASET.toLowerCase()) {
    const hint = 'Make an export of the type "Cost and usage details (FOCUS)", and write its name in `exportNames`.';
    throw unusable(context, address, `the export holds ${exportConfig.type}, not ${DATASET}`, hint);
  }
  const [from, to] = [runInfo.startDate.slice(0, 10), runInfo.endDate.slice(0, 10)];
  if (from !== firstDay(month) || to < from || to > lastDay(month)) {
    const hint =
      'Make exports that cover one calendar month each, as the portal does for a one-time export of the past.';
    throw unusable(context, address, `the run covers ${from} to ${to}, not ${month} alone`, hint);
  }
  const submittedAt = new Date(runInfo.submittedTime);
  if (Number.isNaN(submittedAt.getTime()))
    throw unusable(context, address, `submittedTime is ${runInfo.submittedTime}`);
  const byName = new Map(listed.map((blob) => [blob.name, blob]));
  const files = blobs.map(({ blobName, byteCount }) => {
    const file = byName.get(blobName) ?? byName.get(withoutContainer(context, blobName));
    if (file === undefined) throw underWay(context, address, `it names ${blobName}, which is not there`);
    if (file.modifiedAt > manifest.modifiedAt) throw underWay(context, address, `${blobName} is newer than it`);
    if (typeof byteCount === 'number' && byteCount !== file.bytes) {
      throw underWay(context, address, `${blobName} has ${file.bytes} bytes, not ${byteCount}`);
    }
    return file;
  });
  if (new Set(files).size < files.length) throw unusable(context, address, 'it names a file twice');
  const rows = blobs.map(({ dataRowCount }) => dataRowCount);
  const rowCount = rows.every((count) => typeof count === 'number')
    ? rows.reduce((sum, count) => sum + count, 0)
    : undefined;
  const scope = (exportConfig.resourceId ?? '').toLowerCase().split('/providers/microsoft.costmanagement/')[0] ?? '';
  return { address, submittedAt, lastDay: to, scope, files, rowCount };
}

/** Some runs write the container in front of the path. */
function withoutContainer({ settings }: Context, name: string): string {
  const container = `${settings.container}/`;
  return name.startsWith(container) ? name.slice(container.length) : name;
}

function unusable(context: Context, address: string, detail: string, hint?: string): SourceError {
  return new SourceError({
    place: { source: context.sourceId },
    message: `${address} cannot be used: ${detail}`,
    hint: hint ?? 'Look at the file in the Azure portal, and run the export again.',
  });
}

function underWay(context: Context, address: string, detail: string): RetryableError {
  return new RetryableError({
    place: { source: context.sourceId },
    message: `${address}: ${detail}; a run of the export is under way`,
    hint: 'Nothing of this month was taken; it is read again in the next run. If it stays so, files were removed: run the export again.',
  });
}
