import type { FetchedFile } from '../../src/connector/focus/live.js';
import { isS3Folder, parseS3Address } from '../../src/connector/s3/address.js';
import { fetchFile, lookAt, type Context } from './client.js';
import { fetchPlace, lookAtPlace } from './storage.js';

/** What came from one address. */
export interface Fetched {
  /** Empty where the service has nothing there. */
  readonly files: readonly FetchedFile[];
  /** Things worth a person's look, in sentences. */
  readonly remarks: readonly string[];
}

/**
 * Fetches what an address stands for: a file over HTTPS, an object, or all files below a folder of objects.
 *
 * @param path where it goes: each path begins so
 */
export async function fetchAddress(context: Context, url: string, path: string): Promise<Fetched> {
  const place = parseS3Address(url);
  if (place === undefined) {
    const fetched = await fetchFile(context, url, path);
    return { files: fetched === undefined ? [] : [{ name: url, path: fetched }], remarks: [] };
  }
  const { files, skippedCount } = await fetchPlace(context, place, path);
  return { files, remarks: skippedCount === 0 ? [] : [skippedRemark(url, skippedCount)] };
}

function skippedRemark(url: string, count: number): string {
  const what = count === 1 ? '1 object was' : `${count} objects were`;
  return `${what} left out of ${url}: of a folder only *.parquet, *.csv and *.gz are read.`;
}

/** What an address stands for, by its first bytes; undefined where the service has nothing there. */
export function lookAtAddress(context: Context, url: string): Promise<string | undefined> {
  const place = parseS3Address(url);
  return place === undefined ? lookAt(context, url) : lookAtPlace(context, place);
}

/** What a service lacks that has nothing at an address, for messages. */
export function nothingAt(url: string): string {
  const place = parseS3Address(url);
  const isFolder = place !== undefined && isS3Folder(place);
  return `no file ${isFolder ? 'in' : 'at'} ${url}`;
}
