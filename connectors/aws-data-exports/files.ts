import { join } from 'node:path';

import type { FetchedFile } from '../../src/connector/focus/live.js';
import { ProblemError } from '../../src/connector/problems.js';
import { fetchObject, lookAtObject } from '../../src/connector/s3/objects.js';
import type { Month } from '../../src/core/period.js';
import { addressOf, placeOf, type Context, type Manifest } from './manifest.js';

/** The least that shows that a file may be read. */
const MAGIC_BYTES = 4;

/**
 * Fetches the data files of a month into a folder, one after the other, each as a stream.
 *
 * @throws RetryableError when a file is not there or newer than the manifest: a refresh is under way.
 */
export async function fetchFiles(
  context: Context,
  month: Month,
  manifest: Manifest,
  folder: string,
): Promise<FetchedFile[]> {
  const files: FetchedFile[] = [];
  for (const [index, key] of manifest.files.entries()) {
    context.progress({ step: `fetching file ${index + 1} of ${manifest.files.length} of ${month}`, rows: 0 });
    const path = join(folder, `${month}-${index}`);
    files.push({ name: addressOf(context, key), path: await fetchFile(context, key, manifest, path) });
  }
  return files;
}

function fetchFile(context: Context, key: string, manifest: Manifest, path: string): Promise<string> {
  return fetchObject(context, placeOf(context, key), path, {
    whenAbsent,
    accept: (modifiedAt) => {
      refuseNewer(modifiedAt, manifest);
    },
  });
}

function whenAbsent(cause: unknown): never {
  throw refreshing('the manifest names a file that is not there', cause);
}

/** A manifest is written after its files: a newer file belongs to a refresh whose manifest is still to come. */
function refuseNewer(modifiedAt: Date | undefined, { writtenAt }: Manifest): void {
  if (modifiedAt === undefined || writtenAt === undefined || modifiedAt <= writtenAt) return;
  throw refreshing('a file is newer than the manifest that names it');
}

function refreshing(what: string, cause?: unknown): ProblemError {
  const hint =
    'AWS is delivering a refresh of the export, or its files were removed; nothing of this month was taken. It is read again in the next run.';
  return new ProblemError({ kind: 'retry', message: `${what}: a refresh is under way`, hint }, { cause });
}

/** Reads the first bytes of a file, to see that files can be read. */
export async function readFirstBytes(context: Context, key: string): Promise<void> {
  await lookAtObject(context, placeOf(context, key), MAGIC_BYTES, { whenFound: () => undefined, whenAbsent });
}
