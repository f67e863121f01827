import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { nameByContent } from '../../src/connector/focus/fetched.js';
import type { FetchedFile } from '../../src/connector/focus/live.js';
import { ProblemError } from '../../src/connector/problems.js';
import type { Month } from '../../src/core/period.js';
import { storage, type Context } from './client.js';
import { addressOf, type Manifest } from './manifest.js';
import { isAbsent } from './problems.js';

/** A file of a large organisation has some gigabytes, and may come slowly. */
const DOWNLOAD_TIMEOUT_MS = 60 * 60_000;

/**
 * Fetches the data files of a month into a folder, one after the other, each as a stream.
 *
 * @param keep told the path of each file before it is written, so that it can be removed whatever happens
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

async function fetchFile(context: Context, key: string, manifest: Manifest, path: string): Promise<string> {
  const client = await storage(context);
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const send = async (abortSignal: AbortSignal): Promise<string> => {
    try {
      const command = new GetObjectCommand({ Bucket: context.settings.bucket, Key: key });
      const { Body, ContentLength, LastModified } = await client.send(command, { abortSignal });
      refuseNewer(LastModified, manifest);
      await pipeline(Body as Readable, createWriteStream(path), { signal: abortSignal });
      const fetched = await nameByContent(path, ContentLength);
      return fetched.path;
    } catch (error) {
      if (isAbsent(error)) throw refreshing('the manifest names a file that is not there', error);
      throw error;
    }
  };
  return context.call(`file ${key}`, send, { archive: false, timeoutMs: DOWNLOAD_TIMEOUT_MS });
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
  const client = await storage(context);
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  await context.call(
    `first bytes of ${key}`,
    async (abortSignal) => {
      const command = new GetObjectCommand({ Bucket: context.settings.bucket, Key: key, Range: 'bytes=0-3' });
      const { Body } = await client.send(command, { abortSignal });
      await Body?.transformToByteArray();
    },
    { archive: false },
  );
}
