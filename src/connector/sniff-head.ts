import { isUtf8 } from 'node:buffer';

import { SourceError } from '../core/errors.js';
import { createDecoder, type Encoding } from './encoding.js';
import { fileBytes } from './file-bytes.js';

/** Bytes of text that are looked at. */
export const HEAD_BYTES_MAX = 8 << 20;
const CHUNK_BYTES = 1 << 20;

/** The first bytes of a file, unpacked. */
export interface FileHead {
  readonly bytes: Buffer;
  /** True when the file goes on. */
  readonly truncated: boolean;
}

/** The encoding of a file and why. */
export interface EncodingFinding {
  readonly encoding: Encoding;
  /** A sentence; undefined when the encoding is plain UTF-8 and nothing needs saying. */
  readonly evidence: string | undefined;
}

/**
 * The first bytes of a file; of a `.gz` only what is needed is unpacked.
 *
 * @throws SourceError when the file is missing, cannot be read, or is damaged within these bytes.
 */
export async function readHead(path: string, file: string): Promise<FileHead> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of fileBytes(path, { chunkBytes: CHUNK_BYTES })) {
      parts.push(part);
      length += part.length;
      if (length > HEAD_BYTES_MAX) break;
    }
  } catch (cause) {
    throw unreadable(cause, file);
  }
  return { bytes: Buffer.concat(parts).subarray(0, HEAD_BYTES_MAX), truncated: length > HEAD_BYTES_MAX };
}

/** An error of the system or of zlib in words; anything else as it is. */
export function unreadable(cause: unknown, file: string): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause;
  const code = String(cause.code);
  const fail = (message: string, hint: string): SourceError =>
    new SourceError({ place: { file }, message, hint }, { cause });
  if (code === 'ENOENT') return fail('there is no such file', 'Correct the path.');
  if (code === 'EISDIR') return fail('this is a folder', 'Name one of the files in it.');
  if (code === 'Z_BUF_ERROR') return fail('the gz file ends too early: it was cut off', 'Fetch the file again.');
  if (code.startsWith('Z_')) return fail(`the gz file is damaged (${cause.message})`, 'Fetch the file again.');
  return fail(`the file cannot be read (${cause.message})`, 'Check that you may read it.');
}

/** What files that are no text start with, and what to do with them. */
const OTHER_FILES: readonly (readonly [start: string, message: string, hint: string])[] = [
  ['\x1f\x8b', 'this is a gz file', 'Give its name the ending .gz.'],
  ['PK\x03\x04', 'this is a zip or Excel file', 'Unpack it, or give an Excel file its ending .xlsx.'],
  ['\xd0\xcf\x11\xe0', 'this is an old Excel file', 'Save it as .xlsx or CSV.'],
  ['%PDF', 'this is a PDF', 'Ask for the same figures as CSV or Excel.'],
  ['PAR1', 'this is a Parquet file', 'Only FOCUS bills are read from Parquet: write a source with `connector: focus`.'],
];

/**
 * The encoding, from the byte order mark, the pattern of NUL bytes and whether the bytes are valid UTF-8.
 *
 * @throws SourceError when the bytes are no text.
 */
export function findEncoding(head: FileHead, file: string): EncodingFinding {
  const { bytes } = head;
  const start = bytes.toString('latin1', 0, 4);
  const other = OTHER_FILES.find(([magic]) => start.startsWith(magic));
  if (other !== undefined) throw new SourceError({ place: { file }, message: other[1], hint: other[2] });
  if (start.startsWith('\xff\xfe')) return { encoding: 'utf-16le', evidence: 'UTF-16, as the byte order mark says' };
  if (start.startsWith('\xfe\xff')) return { encoding: 'utf-16be', evidence: 'UTF-16, as the byte order mark says' };
  if (bytes.includes(0)) return wideEncoding(bytes, file);
  if (isUtf8(head.truncated ? withoutCutCharacter(bytes) : bytes)) return { encoding: 'utf-8', evidence: undefined };
  const evidence = 'the bytes are not UTF-8; Windows-1252 is assumed: check the letters with accents below';
  return isWindows1252(bytes)
    ? { encoding: 'windows-1252', evidence }
    : { encoding: 'latin1', evidence: evidence.replace('Windows-1252', 'Latin-1') };
}

/** UTF-16 without a mark: texts of western alphabets have a NUL in nearly every second byte. */
function wideEncoding(bytes: Buffer, file: string): EncodingFinding {
  const sample = bytes.subarray(0, 2_000);
  const nulAt = (odd: number): number => sample.filter((byte, index) => byte === 0 && index % 2 === odd).length;
  const half = sample.length / 2;
  const evidence = 'UTF-16 without a byte order mark, because every second byte is NUL';
  if (nulAt(1) > half * 0.7 && nulAt(0) < half * 0.1) return { encoding: 'utf-16le', evidence };
  if (nulAt(0) > half * 0.7 && nulAt(1) < half * 0.1) return { encoding: 'utf-16be', evidence };
  throw new SourceError({
    place: { file },
    message: 'this is no text file: it holds NUL bytes',
    hint: 'Give a CSV, TSV or Excel (.xlsx) file.',
  });
}

/** Without the last bytes that may be the beginning of a character. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back);
    if (byte < 0x80) return bytes;
  }
  return bytes;
}

function isWindows1252(bytes: Buffer): boolean {
  try {
    createDecoder('windows-1252').decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/**
 * The head as text, without a byte order mark and, when the file goes on, without its last line.
 *
 * @throws SourceError when the bytes are not of the encoding, or no line ends within them.
 */
export function headText(head: FileHead, encoding: Encoding, file: string): string {
  let text: string;
  try {
    text = createDecoder(encoding).decode(head.bytes).toString();
  } catch (cause) {
    const message = `the file is not whole ${encoding}`;
    throw new SourceError({ place: { file }, message, hint: 'Save it again as UTF-8.' }, { cause });
  }
  const marked = text.replace(/^\uFEFF/, '');
  const lined = marked.includes('\n') ? marked : marked.replace(/\r/g, '\n');
  if (!head.truncated) return lined;
  const end = lined.lastIndexOf('\n') + 1;
  if (end > 0) return lined.slice(0, end);
  throw new SourceError({
    place: { file, line: 1 },
    message: `the first line is longer than ${HEAD_BYTES_MAX} bytes`,
    hint: 'This is no file of lines; check how it was made, and its line ends.',
  });
}
