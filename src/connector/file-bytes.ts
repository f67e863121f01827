import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** How a file is read. */
export interface FileBytesOptions {
  readonly chunkBytes: number;
  readonly signal?: AbortSignal;
}

/** Whether a file is packed, by its name. */
export function isPacked(path: string): boolean {
  return path.toLowerCase().endsWith('.gz');
}

/** The bytes of a file; a `.gz` is unpacked. A reader may stop early: the file is closed then. */
export function fileBytes(path: string, { chunkBytes, ...options }: FileBytesOptions): AsyncIterable<Buffer> {
  const stream = createReadStream(path, { highWaterMark: chunkBytes, ...options });
  if (!isPacked(path)) return stream;
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  stream.on('error', (error) => gunzip.destroy(error));
  // A reader that has seen enough closes the unpacking end only.
  gunzip.on('close', () => stream.destroy());
  return stream.pipe(gunzip);
}
