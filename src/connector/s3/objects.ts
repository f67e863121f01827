import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { headOf, nameByContent } from '../focus/fetched.js';
import { s3AddressOf, type S3Place } from './address.js';
import { s3Client, type S3Context } from './client.js';
import { isAbsent } from './problems.js';

/** A file of a large organisation has some gigabytes, and may come slowly. */
const DOWNLOAD_TIMEOUT_MS = 60 * 60_000;

/** What to do about an object that is not as it should be; called within the request. */
export interface ObjectRules<Absent> {
  /** What an object that is not there gives, or the error that it is. */
  readonly whenAbsent: (cause: unknown) => Absent;
  /** Throws where an object must not be taken; called before it is fetched. */
  readonly accept?: (modifiedAt: Date | undefined) => void;
}

/**
 * Fetches an object that is a FOCUS file, as a stream.
 *
 * @param path where it goes, without an ending
 * @returns its path with the ending of what it is
 */
export async function fetchObject<Absent>(
  context: S3Context,
  place: S3Place,
  path: string,
  { whenAbsent, accept }: ObjectRules<Absent>,
): Promise<string | Absent> {
  const client = await s3Client(context);
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const send = async (abortSignal: AbortSignal): Promise<string | Absent> => {
    try {
      const command = new GetObjectCommand({ Bucket: place.bucket, Key: place.key });
      const { Body, ContentLength, LastModified } = await client.send(command, { abortSignal });
      accept?.(LastModified);
      await pipeline(Body as Readable, createWriteStream(path), { signal: abortSignal });
      const fetched = await nameByContent(path, ContentLength);
      return fetched.path;
    } catch (error) {
      if (isAbsent(error)) return whenAbsent(error);
      throw error;
    }
  };
  return context.call(`file ${s3AddressOf(place)}`, send, { archive: false, timeoutMs: DOWNLOAD_TIMEOUT_MS });
}

/**
 * Reads the first bytes of an object; fewer where it has no more.
 *
 * @param whenFound what they say; called within the request, so that a damaged file is asked for again
 */
export async function lookAtObject<Found, Absent>(
  context: S3Context,
  place: S3Place,
  count: number,
  { whenFound, whenAbsent }: Pick<ObjectRules<Absent>, 'whenAbsent'> & { readonly whenFound: (head: Buffer) => Found },
): Promise<Found | Absent> {
  const client = await s3Client(context);
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const send = async (abortSignal: AbortSignal): Promise<Found | Absent> => {
    try {
      const command = new GetObjectCommand({ Bucket: place.bucket, Key: place.key, Range: `bytes=0-${count - 1}` });
      const { Body } = await client.send(command, { abortSignal });
      return whenFound(await headOf(Body as Readable, count));
    } catch (error) {
      if (isAbsent(error)) return whenAbsent(error);
      // An empty object has no first byte that could be asked for.
      if (error instanceof Error && error.name === 'InvalidRange') return whenFound(Buffer.alloc(0));
      throw error;
    }
  };
  return context.call(`first bytes of ${s3AddressOf(place)}`, send, { archive: false });
}
