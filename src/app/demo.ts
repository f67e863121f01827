import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { UsageError } from '../core/errors.js';
import { generateDemo } from '../demo/generate.js';

/** File that marks a folder as written by the demo, so that it may be written again. */
const MARK = '.spendshift-demo';

/** What the demo wrote. */
export interface DemoRun {
  readonly folder: string;
  readonly fileCount: number;
}

/**
 * Writes the demo company's workspace into a folder that is new, empty or the demo's own. Files that are there already with the same bytes are left alone.
 *
 * @throws UsageError when the folder has something else in it.
 */
export async function writeDemo(folder: string): Promise<DemoRun> {
  if (existsSync(join(folder, 'spendshift.yaml')) && !existsSync(join(folder, MARK))) {
    throw new UsageError({
      place: { file: folder },
      message: 'there is a workspace already, and it is not the demo',
      hint: 'Name another folder: `spendshift demo OTHER-FOLDER`.',
    });
  }
  const present = existsSync(folder) && statSync(folder).isDirectory() ? await readdir(folder) : [];
  if (!present.includes(MARK) && present.some((name) => !name.startsWith('.'))) {
    throw new UsageError({
      place: { file: folder },
      message: 'the folder is not empty, and it is not the demo',
      hint: 'Name a new folder: `spendshift demo OTHER-FOLDER`.',
    });
  }
  const { files } = generateDemo();
  await writeChanged(join(folder, MARK), 'This folder was written by `spendshift demo`, which may write it again.\n');
  for (const file of files) await writeChanged(join(folder, file.path), file.content);
  return { folder, fileCount: files.length };
}

async function writeChanged(path: string, content: string | Uint8Array): Promise<void> {
  const bytes = Buffer.from(content as Uint8Array);
  if (existsSync(path) && bytes.equals(await readFile(path))) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}
