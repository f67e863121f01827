import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes a folder of its own below the folder for temporary files of a run, which is made too. @returns its path */
export async function newFolder(temporaryFolder: string, name: string): Promise<string> {
  await mkdir(temporaryFolder, { recursive: true });
  return mkdtemp(join(temporaryFolder, `${name}-`));
}

/** Walks what `work` gives with a folder of its own, which is removed when the walk ends, however that is. */
export async function* inNewFolder<Part, End>(
  temporaryFolder: string,
  name: string,
  work: (folder: string) => AsyncGenerator<Part, End>,
): AsyncGenerator<Part, End> {
  const folder = await newFolder(temporaryFolder, name);
  try {
    return yield* work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
