import { once } from 'node:events';
import { rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { OutputError, type SpendshiftError, UsageError } from '../core/errors.js';

/** What a command may touch of the outside world. */
export interface CommandIo {
  /** Writes a text to standard output, ending it with a line break when it has none. */
  readonly print: (text: string) => void;
  /** Writes a text to standard output and waits until it is taken, so that output of any length needs no memory. */
  readonly write: (text: string) => Promise<void>;
  /** Standard input. */
  readonly input: AsyncIterable<Buffer>;
  /** Writes a text to standard error. */
  readonly note: (text: string) => void;
  readonly errorIsTerminal: boolean;
  /** Width and colours of standard output. */
  readonly terminal: { readonly columns: number; readonly color: boolean };
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly workingFolder: string;
}

/** Width of a text when standard output is no terminal, and the most a table takes on a very wide one. */
const COLUMNS_DEFAULT = 100;
const COLUMNS_MAX = 140;
const COLUMNS_MIN = 60;

/** The real outside world. */
export function processIo(signal: AbortSignal): CommandIo {
  const { stdin, stdout, stderr, env } = process;
  const noColor = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  const columns = stdout.isTTY ? stdout.columns : COLUMNS_DEFAULT;
  return {
    print: (text) => stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    write: async (text) => {
      if (!stdout.write(text)) await once(stdout, 'drain');
    },
    input: stdin,
    note: (text) => stderr.write(text.endsWith('\n') ? text : `${text}\n`),
    errorIsTerminal: stderr.isTTY,
    terminal: {
      columns: Math.min(COLUMNS_MAX, Math.max(COLUMNS_MIN, columns)),
      color: !noColor && (forced || stdout.isTTY),
    },
    now: () => new Date(),
    signal,
    workingFolder: process.cwd(),
  };
}

/**
 * Writes a file as a whole: it is there complete, or as it was before.
 *
 * @throws UsageError when there is no such place, OutputError when it cannot be written.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cannotWrite(path, cause);
  }
}

const WRITE_PROBLEMS: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  ENOENT: ['the folder does not exist', 'Make the folder first, or name another file.'],
  EACCES: ['you may not write there', 'Choose a folder you may write to.'],
  EPERM: ['you may not write there', 'Choose a folder you may write to.'],
  EEXIST: ['there is a file of this name, not a folder', 'Name another folder.'],
  ENOTDIR: ['a part of the path is a file, not a folder', 'Correct the path.'],
  EROFS: ['the disk is read-only', 'Choose a folder you may write to.'],
  EISDIR: ['this is a folder', 'Name a file in it.'],
  ENOSPC: ['the disk is full', 'Free some space; nothing was changed.'],
  EFBIG: ['the file would be larger than allowed', 'Lift the limit or choose another place; nothing was changed.'],
};

function cannotWrite(path: string, cause: unknown): unknown {
  const problem = writeProblem(cause);
  if (problem === undefined) return cause;
  const [message, hint] = problem;
  const mistake = { place: { file: path }, message, hint };
  return isWrongPath(cause) ? new UsageError(mistake, { cause }) : new OutputError(mistake, { cause });
}

/** Whether the path itself is wrong, and not the disk or the rights on it. */
function isWrongPath(cause: unknown): boolean {
  return (
    cause instanceof Error && 'code' in cause && ['ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST'].includes(String(cause.code))
  );
}

function writeProblem(cause: unknown): readonly [message: string, hint: string] | undefined {
  return cause instanceof Error && 'code' in cause ? WRITE_PROBLEMS[String(cause.code)] : undefined;
}

/**
 * Runs work that makes files in a folder.
 *
 * @throws UsageError when there is no such place, OutputError when it cannot be written.
 */
export async function writingTo<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw cannotWrite(cause instanceof Error && 'path' in cause ? String(cause.path) : folder, cause);
  }
}

/**
 * Ends the program when standard output cannot be written: quietly when its reader has seen enough (`| head`), with a
 * sentence and the code of failed work when the disk under it is full.
 */
export function endWhenOutputFails(exitCode: number): void {
  process.stdout.on('error', (cause: Error) => {
    if ('code' in cause && cause.code === 'EPIPE') process.exit(0);
    const [problem, hint] = writeProblem(cause) ?? [cause.message, 'Check where the output goes.'];
    const error = new OutputError({ place: {}, message: `the output cannot be written: ${problem}`, hint });
    process.stderr.write(`${errorText(error)}\n`);
    process.exit(exitCode);
  });
}

/** Prints a text, or writes it to `--out FILE` and says so on standard error. */
export async function deliver(io: CommandIo, text: string, out: string | undefined): Promise<void> {
  if (out === undefined) {
    io.print(text);
    return;
  }
  const path = resolve(io.workingFolder, out);
  await writeWhole(path, text.endsWith('\n') ? text : `${text}\n`);
  io.note(`Written to ${out}.`);
}

/** An error as a person reads it. */
export function errorText(error: SpendshiftError): string {
  const count = error.mistakes.length;
  return count > 1 ? `${count} mistakes:\n\n${error.message}` : `Error: ${error.message}`;
}
