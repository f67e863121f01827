import { open, rename } from 'node:fs/promises';
import type { Readable } from 'node:stream';

import { ProblemError } from '../problems.js';

const PARQUET_MAGIC = 'PAR1';
/** So many first bytes tell what a file is. */
export const HEAD_BYTES = 512;
/** Control characters that no text has, NUL aside: the reader of texts says what to do about UTF-16. */
const BINARY = /[\u0001-\u0008\u000e-\u001f]/;

/** What a fetched file is, by its first bytes. */
type Content = 'parquet' | 'csv.gz' | 'csv' | 'zip' | 'markup' | 'json' | 'binary' | 'empty';

/**
 * Gives a file that was fetched the ending of what it is, whatever its address was called: servers pack and unpack on the
 * way, and answer with a page where a file should be. Call it within the request, so that a damaged file is fetched again.
 *
 * @param path where it lies, without an ending
 * @param bytesExpected as the service announced it; undefined where it did not
 * @returns its path with the ending, and how long it is
 * @throws ProblemError when the file is not whole, or no FOCUS file.
 */
export async function nameByContent(
  path: string,
  bytesExpected?: number,
): Promise<{ readonly path: string; readonly bytes: number }> {
  const { head, bytes, ends } = await edgesOf(path);
  if (bytesExpected !== undefined && bytes !== bytesExpected) {
    throw damaged(`${bytes} of ${bytesExpected} bytes came`);
  }
  const content = contentOfHead(head);
  if (content === 'parquet' && !ends) throw damaged('the Parquet file is not whole');
  const named = `${path}.${content}`;
  await rename(path, named);
  return { path: named, bytes };
}

/** The first bytes of a stream; no more is read, also where a service sends the whole file. */
export async function headOf(stream: Readable, count: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream) {
    parts.push(part as Buffer);
    length += (part as Buffer).length;
    // Leaving the loop ends the connection.
    if (length >= count) break;
  }
  return Buffer.concat(parts).subarray(0, count);
}

/**
 * What a file is, by its first 512 bytes.
 *
 * @throws ProblemError when it can be no FOCUS file.
 */
export function contentOfHead(head: Buffer): 'parquet' | 'csv.gz' | 'csv' {
  const content = told(head);
  switch (content) {
    case 'empty':
      throw damaged('the file is empty');
    case 'binary':
      throw damaged('it is neither text nor Parquet nor gzip');
    case 'zip':
    case 'markup':
    case 'json': {
      const what = { zip: 'a zip archive', markup: 'a page (HTML or XML)', json: 'JSON' }[content];
      const hint = 'The address must lead to the file itself, as Parquet, CSV or CSV packed with gzip.';
      throw new ProblemError({ kind: 'refused', message: `${what} came in the place of a FOCUS file`, hint });
    }
    case 'parquet':
    case 'csv.gz':
    case 'csv':
      return content;
  }
}

function damaged(detail: string): ProblemError {
  return new ProblemError({ kind: 'retry', message: `the file was damaged on its way (${detail})` });
}

async function edgesOf(path: string): Promise<{ head: Buffer; bytes: number; ends: boolean }> {
  const handle = await open(path);
  try {
    const { size: bytes } = await handle.stat();
    const head = await read(handle, 0, Math.min(bytes, HEAD_BYTES));
    const tail = await read(handle, Math.max(0, bytes - PARQUET_MAGIC.length), Math.min(bytes, PARQUET_MAGIC.length));
    return { head, bytes, ends: tail.toString('latin1') === PARQUET_MAGIC };
  } finally {
    await handle.close();
  }
}

async function read(handle: Awaited<ReturnType<typeof open>>, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function told(head: Buffer): Content {
  if (head.length === 0) return 'empty';
  const start = head.toString('latin1');
  if (start.startsWith(PARQUET_MAGIC)) return 'parquet';
  if (head[0] === 0x1f && head[1] === 0x8b) return 'csv.gz';
  if (start.startsWith('PK\u0003\u0004')) return 'zip';
  if (BINARY.test(start)) return 'binary';
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (text.startsWith('<')) return 'markup';
  return /^[{[]/.test(text) ? 'json' : 'csv';
}
