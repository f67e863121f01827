import { createHash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';

import { SourceError } from '../core/errors.js';
import type { ProgressState } from './contract.js';
import { fileBytes, isPacked } from './file-bytes.js';
import { LineCounter } from './line-counter.js';
import { createDecoder, type Decoder, DecodingError, type Encoding } from './encoding.js';

const CHUNK_BYTES = 1 << 20;
const LF = 10;
const CR = 13;

/** A text file made ready for the readers: plain UTF-8 lines on disk. */
export interface TextFile {
  /** Absolute path of the UTF-8 text: the file itself when nothing had to be done. It may start with a byte order mark. */
  readonly path: string;
  /** Lines up to the last that is not blank. */
  readonly lineCount: number;
  /**
   * True when no line up to the last is blank and no carriage return stands anywhere but before a line feed: then as many
   * records as lines means that each line is one record.
   */
  readonly regular: boolean;
  /** True when `path` is a copy in the temporary folder. */
  readonly temporary: boolean;
}

export interface TextFileRequest {
  /** Absolute path. */
  readonly path: string;
  /** The path as the user knows it, for messages. */
  readonly file: string;
  readonly sourceId: string;
  readonly encoding: Encoding;
  readonly temporaryFolder: string;
  readonly signal: AbortSignal;
  readonly progress: (state: ProgressState) => void;
}

/**
 * Makes a text file ready in one streamed pass: unpacks `.gz`, decodes and validates the encoding, turns lines that end in
 * a bare carriage return into lines, and counts them. Needs one chunk of memory, whatever the file holds.
 *
 * @throws SourceError when the file is missing, empty, not whole (gz), not in the encoding, holds NUL bytes or a line
 * longer than LINE_BYTES_MAX; it names the line.
 */
export async function prepareTextFile(request: TextFileRequest): Promise<TextFile> {
  const counter = new LineCounter(request);
  const decoder = createDecoder(request.encoding);
  let copy: Copy | undefined;
  let returnsOnly = false;
  let first = true;
  try {
    for await (const bytes of sourceChunks(request)) {
      let text = decoded(decoder, bytes, counter, request);
      if (first && text.length > 0) {
        first = false;
        returnsOnly = text.includes(CR) && !text.includes(LF);
        if (returnsOnly || isPacked(request.path) || request.encoding !== 'utf-8') copy = await openCopy(request);
      }
      if (returnsOnly) text = text.map((byte) => (byte === CR ? LF : byte)) as Buffer;
      counter.add(text);
      if (copy !== undefined) await copy.write(text);
    }
    finished(decoder, counter, request);
    counter.end();
    await copy?.end();
  } catch (cause) {
    copy?.abandon();
    throw request.signal.aborted ? cause : readable(cause, request);
  }
  return {
    path: copy?.path ?? request.path,
    lineCount: counter.lineCount,
    regular: counter.regular,
    temporary: copy !== undefined,
  };
}

/** Bytes of text that a look at a file takes. */
const HEAD_BYTES = 1 << 20;

/**
 * The whole lines at the start of a text file, up to about a megabyte, decoded; the file is not read further.
 *
 * @throws SourceError as `prepareTextFile` does, for what is seen.
 */
export async function readTextHead(request: TextFileRequest): Promise<string> {
  const counter = new LineCounter(request);
  const decoder = createDecoder(request.encoding);
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const bytes of sourceChunks(request)) {
      const text = decoded(decoder, bytes, counter, request);
      counter.add(text);
      parts.push(text);
      length += text.length;
      if (length >= HEAD_BYTES) {
        const head = Buffer.concat(parts).toString();
        return withoutMark(head.slice(0, head.lastIndexOf('\n') + 1) || head);
      }
    }
    finished(decoder, counter, request);
    counter.end();
  } catch (cause) {
    throw request.signal.aborted ? cause : readable(cause, request);
  }
  return withoutMark(Buffer.concat(parts).toString());
}

function withoutMark(text: string): string {
  const unmarked = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return unmarked.includes('\n') ? unmarked : unmarked.replaceAll('\r', '\n');
}

function sourceChunks({ path, signal }: TextFileRequest): AsyncIterable<Buffer> {
  return fileBytes(path, { chunkBytes: CHUNK_BYTES, signal });
}

function decoded(decoder: Decoder, bytes: Buffer, counter: LineCounter, request: TextFileRequest): Buffer {
  if (counter.atStart && request.encoding === 'utf-8') refuseUtf16(bytes, request);
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw wrongEncoding(error, counter, request);
  }
}

function finished(decoder: Decoder, counter: LineCounter, request: TextFileRequest): void {
  try {
    decoder.end();
  } catch (error) {
    throw wrongEncoding(error, counter, request);
  }
}

/** UTF-16 read as UTF-8 shows by its byte order mark or by every other byte being NUL. */
function refuseUtf16(bytes: Buffer, request: TextFileRequest): void {
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
  const sample = bytes.subarray(0, 1000);
  const nulAt = (odd: number): number => sample.filter((byte, index) => byte === 0 && index % 2 === odd).length;
  const quarter = sample.length / 4;
  // Zeros everywhere are no UTF-16 but a damaged file, of which the line with the first NUL byte is named.
  const alternating = sample.length > 3 && Math.min(nulAt(0), nulAt(1)) <= quarter;
  const little = mark === 0xfffe || (alternating && nulAt(1) > quarter);
  const big = mark === 0xfeff || (alternating && nulAt(0) > quarter);
  if (!little && !big) return;
  throw new SourceError({
    place: { file: request.file, source: request.sourceId, line: 1 },
    message: 'the file is not UTF-8; it looks like UTF-16',
    hint: `Write \`encoding: ${little ? 'utf-16le' : 'utf-16be'}\` in the source's settings.`,
  });
}

function wrongEncoding(error: unknown, counter: LineCounter, request: TextFileRequest): unknown {
  if (!(error instanceof DecodingError)) return error;
  counter.scan(error.before);
  const other = request.encoding === 'utf-8' ? 'windows-1252' : 'utf-8';
  return new SourceError({
    place: { file: request.file, source: request.sourceId, line: counter.lineNumber },
    message: `${error.what} is no ${request.encoding}`,
    hint: `The file may have another encoding: write for example \`encoding: ${other}\` in the source's settings.`,
  });
}

/** Errors of the system and of zlib in words. */
function readable(cause: unknown, request: TextFileRequest): unknown {
  if (cause instanceof SourceError || !(cause instanceof Error) || !('code' in cause)) return cause;
  const code = String(cause.code);
  const place = { file: request.file, source: request.sourceId };
  const wrapped = (message: string, hint: string): SourceError => new SourceError({ place, message, hint }, { cause });
  if (code === 'Z_BUF_ERROR') {
    return wrapped('the gz file ends too early: it was cut off', 'Fetch the file again; nothing of it was taken.');
  }
  if (code.startsWith('Z_')) {
    return wrapped(`the gz file is damaged (${cause.message})`, 'Fetch the file again; nothing of it was taken.');
  }
  if (code === 'ENOSPC')
    return wrapped('the disk is full: there is no room to unpack the file', 'Make room and pull again.');
  return wrapped(`the file cannot be read (${cause.message})`, 'Check that it is there and that you may read it.');
}

/** A file being written in the temporary folder. */
interface Copy {
  readonly path: string;
  write(bytes: Buffer): Promise<void>;
  end(): Promise<void>;
  abandon(): void;
}

async function openCopy(request: TextFileRequest): Promise<Copy> {
  await mkdir(request.temporaryFolder, { recursive: true });
  const name = createHash('sha256').update(request.path).digest('hex').slice(0, 16);
  const path = join(request.temporaryFolder, `${name}.txt`);
  const stream: WriteStream = createWriteStream(path);
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure = error;
  });
  return {
    path,
    write: async (bytes) => {
      if (failure !== undefined) throw failure;
      if (!stream.write(bytes)) await once(stream, 'drain');
    },
    end: async () => {
      if (failure !== undefined) throw failure;
      stream.end();
      await once(stream, 'close');
    },
    abandon: () => stream.destroy(),
  };
}
