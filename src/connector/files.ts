import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { SourceError } from '../core/errors.js';
import { fingerprint } from '../core/ids.js';
import type { SourceWindow } from './contract.js';

/** Files one source may have; more is a pattern gone wrong. */
const FILES_MAX = 10_000;
/** A file without rows is no longer than this. */
const ROWLESS_BYTES_MAX = 1 << 14;
/** Bytes hashed at once. */
const HASHED_BYTES = 4 << 20;
/** Window of files whose names carry no period. */
export const WHOLE_SOURCE = 'all';

/**
 * The files of a source, relative to the workspace with forward slashes, sorted, each once.
 *
 * @throws SourceError when a pattern matches nothing, or too much.
 */
export async function findFiles(
  workspaceFolder: string,
  patterns: readonly string[],
  sourceId: string,
): Promise<string[]> {
  const { glob } = await import('tinyglobby');
  const found = new Set<string>();
  for (const pattern of patterns) {
    const matches = await glob(pattern.replace(/^\.\//, ''), { cwd: workspaceFolder, dot: false, onlyFiles: true });
    if (matches.length === 0) {
      const looksLikePattern = /[*?{[]/.test(pattern);
      throw new SourceError({
        place: { file: 'spendshift.yaml', source: sourceId, key: 'files' },
        message: looksLikePattern ? `no file matches "${pattern}"` : `there is no file "${pattern}"`,
        hint: `Paths start at the workspace, ${workspaceFolder}. Put the file there or correct the path.`,
      });
    }
    for (const match of matches) found.add(match.replace(/\\/g, '/'));
  }
  if (found.size > FILES_MAX) {
    throw new SourceError({
      place: { file: 'spendshift.yaml', source: sourceId, key: 'files' },
      message: `${found.size} files match, more than ${FILES_MAX}`,
      hint: 'Make the pattern narrower, or split the source.',
    });
  }
  return [...found].sort();
}

const MONTH = '(?:19|20)\\d{2}[-_.]?(?:0[1-9]|1[0-2])';
const DAY = `${MONTH}[-_.]?(?:0[1-9]|[12]\\d|3[01])`;
const QUARTER = '(?:19|20)\\d{2}[-_. ]?[Qq][1-4]';
// Longest first, so that a day is not read as a month with two digits left over.
const PERIOD_TOKEN = new RegExp(`(?<!\\d)(?:${DAY}|${QUARTER}|${MONTH}|(?:19|20)\\d{2})(?!\\d)`, 'g');

/**
 * The period a file says it covers, from its path: `cards-2024-03.csv` → `2024-03`, `bill_2019-04_2022-08.csv.gz` →
 * `2019-04..2022-08`, `BILLING_PERIOD=2024-03/part-0.parquet` → `2024-03`; `all` when it says none. It names the window
 * of the file, so that renaming or re-packing a file changes no charge.
 */
export function filePeriod(path: string): string {
  const tokens = [...path.matchAll(PERIOD_TOKEN)].map(([token]) => normalPeriod(token));
  const distinct = [...new Set(tokens)];
  return distinct.length === 0 ? WHOLE_SOURCE : distinct.join('..');
}

function normalPeriod(token: string): string {
  const quarter = /^(\d{4}).*[Qq]([1-4])$/.exec(token);
  if (quarter !== null) return `${quarter[1] ?? ''}-Q${quarter[2] ?? ''}`;
  const digits = token.replace(/\D/g, '');
  return [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8)].filter((part) => part !== '').join('-');
}

/** Hex SHA-256 of a file's bytes, read as a stream. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const options = signal === undefined ? {} : { signal };
  // Large pieces, fed by hand: half the time of a pipeline.
  const stream = createReadStream(path, { highWaterMark: HASHED_BYTES, ...options });
  for await (const piece of stream) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/**
 * The windows of a file source: one per period that the file names carry. The fingerprint covers the bytes of the files
 * and `readerVersion`, not their names.
 *
 * @throws SourceError when a file cannot be read.
 */
export async function fileWindows(options: {
  readonly workspaceFolder: string;
  readonly files: readonly string[];
  readonly sourceId: string;
  readonly readerVersion: string;
  readonly signal?: AbortSignal;
}): Promise<SourceWindow[]> {
  const groups = new Map<string, string[]>();
  for (const file of options.files) {
    const period = filePeriod(file);
    groups.set(period, [...(groups.get(period) ?? []), file]);
  }
  const windows: SourceWindow[] = [];
  const hashed = new Map<string, string>();
  for (const [id, files] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const hashes: string[] = [];
    for (const file of files) {
      const hash = await hashReadable(options, file);
      await refuseTwin(options, file, hashed.get(hash));
      hashed.set(hash, file);
      hashes.push(hash);
    }
    windows.push({ id, files, fingerprint: fingerprint([options.readerVersion, id, ...hashes]) });
  }
  return windows;
}

/** Two files with the same bytes are one file copied: its money would be counted twice. Files without a row may be equal. */
async function refuseTwin(
  options: { readonly workspaceFolder: string; readonly sourceId: string },
  file: string,
  twin: string | undefined,
): Promise<void> {
  if (twin === undefined || !(await hasRows(join(options.workspaceFolder, file)))) return;
  throw new SourceError({
    place: { file, source: options.sourceId },
    message: `the file has the same content as ${twin}`,
    hint: 'Take one of the two out of the source: the same rows would be counted twice.',
  });
}

/** False for a file that may hold no row: a text file with one line, a small packed or Parquet file. */
async function hasRows(path: string): Promise<boolean> {
  const { size } = await stat(path);
  if (size > ROWLESS_BYTES_MAX) return true;
  if (!/\.(csv|tsv|txt)$/i.test(path)) return false;
  const lines = (await readFile(path, 'latin1')).split(/[\r\n]+/);
  return lines.filter((line) => line.trim() !== '').length > 1;
}

async function hashReadable(
  options: { readonly workspaceFolder: string; readonly sourceId: string; readonly signal?: AbortSignal },
  file: string,
): Promise<string> {
  try {
    return await hashFile(join(options.workspaceFolder, file), options.signal);
  } catch (cause) {
    if (options.signal?.aborted === true) throw cause;
    throw new SourceError(
      {
        place: { file, source: options.sourceId },
        message: `the file cannot be read (${cause instanceof Error ? cause.message : String(cause)})`,
        hint: 'Check that it is there and that you may read it.',
      },
      { cause },
    );
  }
}
