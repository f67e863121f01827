import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

import type { Mistake, Place } from '../core/errors.js';

/** A file's text, or why it cannot be read. */
export type TextReading = { readonly text: string } | { readonly mistake: Mistake };

/** Absolute path of a path as a workspace gives it: relative to the folder, or absolute already. */
export function resolveIn(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/**
 * Reads a UTF-8 text file of a workspace. `place` is where the file is named, `remedy` what to do when it is not there.
 */
export function readTextFile(folder: string, file: string, place: Place, remedy: string): TextReading {
  let bytes: Buffer;
  try {
    bytes = readFileSync(resolveIn(folder, file));
  } catch (error) {
    return { mistake: { place, ...unreadable(file, (error as NodeJS.ErrnoException).code ?? '', remedy) } };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const hint = 'Save it again as UTF-8 (in a spreadsheet program: "CSV UTF-8").';
    return { mistake: { place: { file }, message: 'is not UTF-8 text', hint } };
  }
}

function unreadable(file: string, code: string, remedy: string): Pick<Mistake, 'message' | 'hint'> {
  if (code === 'ENOENT' || code === 'ENOTDIR') return { message: `there is no file ${file}`, hint: remedy };
  if (code === 'EISDIR') return { message: `${file} is a folder, not a file`, hint: remedy };
  if (code === 'EACCES' || code === 'EPERM') {
    return { message: `${file} may not be read`, hint: 'Give yourself the right to read it (chmod u+r).' };
  }
  return { message: `${file} cannot be read (${code})`, hint: 'Look whether the disk is there and in order.' };
}
