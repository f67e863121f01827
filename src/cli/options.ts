import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { InvalidArgumentError, Option, type Command } from 'commander';

import { SettingsError } from '../core/errors.js';

const WORKSPACE_FILE = 'spendshift.yaml';

/** Adds `--workspace`. */
export function withWorkspace(command: Command): Command {
  return command.option(
    '-w, --workspace <folder>',
    'folder with spendshift.yaml (default: this folder or one above it)',
  );
}

/**
 * The folder of the workspace: as given, or the nearest one at or above the working folder.
 *
 * @throws SettingsError when there is none.
 */
export function workspaceFolder(given: string | undefined, workingFolder: string): string {
  if (given !== undefined) return resolve(workingFolder, given);
  for (let folder = workingFolder; ; folder = dirname(folder)) {
    if (existsSync(join(folder, WORKSPACE_FILE))) return folder;
    if (dirname(folder) === folder) break;
  }
  throw new SettingsError({
    place: {},
    message: `there is no ${WORKSPACE_FILE} in ${workingFolder} or above it`,
    hint: 'Go to your workspace, name it with --workspace FOLDER, or make one with `spendshift init FOLDER`.',
  });
}

/** An option with a fixed list of values. */
export function choice(flags: string, description: string, values: readonly string[], fallback?: string): Option {
  const option = new Option(flags, description).choices([...values]);
  return fallback === undefined ? option : option.default(fallback);
}

/** Reads a whole number of at least 0. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}

/** Adds examples under a command's help. */
export function withExamples(command: Command, examples: readonly (readonly [line: string, what: string])[]): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const text = examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${text}`);
}
