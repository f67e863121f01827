import { contentOfHead, HEAD_BYTES } from '../../src/connector/focus/fetched.js';
import type { FetchedFile } from '../../src/connector/focus/live.js';
import { ProblemError } from '../../src/connector/problems.js';
import { isS3Folder, s3AddressOf, type S3Place } from '../../src/connector/s3/address.js';
import { listedKeys } from '../../src/connector/s3/list.js';
import { fetchObject, lookAtObject } from '../../src/connector/s3/objects.js';
import { SourceError } from '../../src/core/errors.js';
import type { Context } from './client.js';

/** What counts as a file of a folder: the rest are manifests, marks of success and notes. */
const ENDINGS = /\.(?:parquet|csv|gz)$/i;
/** Files below one folder; more is no bill but a whole archive. */
const FILES_MAX = 10_000;

/** What came from a place in object storage. */
export interface FetchedPlace {
  /** Empty where nothing is there. */
  readonly files: readonly FetchedFile[];
  /** Objects of a folder that were left out, because they are called nothing like a FOCUS file. */
  readonly skippedCount: number;
}

/**
 * Fetches an object, or every file below a folder in the order of their keys, each as a stream.
 *
 * @param path where they go: each path begins so
 */
export async function fetchPlace(context: Context, place: S3Place, path: string): Promise<FetchedPlace> {
  if (!isS3Folder(place)) {
    const fetched = await fetchObject(context, place, path, { whenAbsent: () => undefined });
    return { files: fetched === undefined ? [] : [{ name: s3AddressOf(place), path: fetched }], skippedCount: 0 };
  }
  const { keys, skippedCount } = await filesBelow(context, place);
  const files: FetchedFile[] = [];
  for (const [index, key] of keys.entries()) {
    context.progress({ step: `fetching file ${index + 1} of ${keys.length} in ${s3AddressOf(place)}`, rows: 0 });
    const one = { bucket: place.bucket, key };
    const fetched = await fetchObject(context, one, `${path}-${index}`, { whenAbsent: refuseVanished });
    files.push({ name: s3AddressOf(one), path: fetched });
  }
  return { files, skippedCount };
}

/** What an object, or the first file below a folder, is by its first bytes; undefined where nothing is there. */
export async function lookAtPlace(context: Context, place: S3Place): Promise<string | undefined> {
  const key = isS3Folder(place) ? await firstFileBelow(context, place) : place.key;
  if (key === undefined) return undefined;
  const rules = { whenFound: contentOfHead, whenAbsent: () => undefined };
  return lookAtObject(context, { bucket: place.bucket, key }, HEAD_BYTES, rules);
}

async function firstFileBelow(context: Context, folder: S3Place): Promise<string | undefined> {
  for await (const keys of listedKeys(context, folder)) {
    const found = keys.find((key) => ENDINGS.test(key));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function filesBelow(
  context: Context,
  folder: S3Place,
): Promise<{ readonly keys: readonly string[]; readonly skippedCount: number }> {
  const keys = new Set<string>();
  let skippedCount = 0;
  for await (const page of listedKeys(context, folder)) {
    for (const key of page) {
      // Consoles make an empty object of this name to show a folder.
      if (key.endsWith('/')) continue;
      if (!ENDINGS.test(key)) skippedCount += 1;
      else if (keys.has(key)) throw unusable(context, folder, `the storage lists ${key} twice`);
      else keys.add(key);
      if (keys.size > FILES_MAX) throw unusable(context, folder, `there are more than ${FILES_MAX} files`);
    }
  }
  return { keys: [...keys].sort(), skippedCount };
}

function unusable(context: Context, folder: S3Place, detail: string): SourceError {
  return new SourceError({
    place: { source: context.sourceId, key: 'urls' },
    message: `${s3AddressOf(folder)}: ${detail}`,
    hint: 'Write in `urls` the folder of one bill, with its month where each month has one. Nothing was taken.',
  });
}

function refuseVanished(cause: unknown): never {
  const hint = 'The folder is being written; nothing of this month was taken. It is read again in the next run.';
  const message = 'the file was in the list of its folder and is no longer there';
  throw new ProblemError({ kind: 'retry', message, hint }, { cause });
}
