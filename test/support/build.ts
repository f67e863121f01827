import { spawnSync } from 'node:child_process';
import { join, normalize } from 'node:path';

const PROJECT = normalize(join(import.meta.dirname, '..', '..'));

let built = false;

/**
 * The folder of the compiled project, for tests that start processes of their own; compiled first when a source differs
 * from what was compiled last. Call it in `beforeAll`.
 */
export function builtProject(): string {
  if (!built) {
    const run = spawnSync(process.execPath, [join(PROJECT, 'scripts', 'build.mjs')], {
      cwd: PROJECT,
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`the project does not compile: ${run.stdout}${run.stderr}`);
    built = true;
  }
  return join(PROJECT, 'dist');
}
