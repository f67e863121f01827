import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, normalize } from 'node:path';

import { fingerprint } from '../../src/core/ids.js';

const PROJECT = normalize(join(import.meta.dirname, '..', '..'));
const DIST = join(PROJECT, 'dist');
const STAMP = join(DIST, '.built-from');
const CACHE = join(PROJECT, 'node_modules', '.cache');
const LOCK = join(CACHE, 'spendshift-build.lock');
const BUILT_FOLDERS = ['src', 'connectors', 'test/bench'];
const BUILD_FILES = ['package.json', 'tsconfig.json', 'tsconfig.build.json'];
const WAIT_STEP_MS = 100;
const WAIT_MAX_MS = 110_000;

let built = false;

/**
 * The folder of the compiled project, for tests that start processes of their own. It is compiled once per run of the
 * tests when a source differs from what was compiled last; test files that run side by side wait for each other. Types
 * are checked by `npm run types`, not here. Call it in `beforeAll`.
 */
export function builtProject(): string {
  if (built) return DIST;
  mkdirSync(CACHE, { recursive: true });
  takeLock();
  try {
    const wanted = sourcesFingerprint();
    if (textOf(STAMP) !== wanted) compile(wanted);
  } finally {
    rmSync(LOCK, { force: true });
  }
  built = true;
  return DIST;
}

function compile(stamp: string): void {
  rmSync(STAMP, { force: true });
  const compiler = join(PROJECT, 'node_modules', 'typescript', 'lib', 'tsc.js');
  const run = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', DIST], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  // 2: mistakes in types, and everything written nevertheless.
  if (run.status !== 0 && run.status !== 2) throw new Error(`tsc failed: ${run.stdout}${run.stderr}`);
  writeFileSync(STAMP, stamp);
}

function sourcesFingerprint(): string {
  const files = BUILT_FOLDERS.flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join(folder, path)),
  );
  return fingerprint(
    [...files, ...BUILD_FILES].sort().map((path) => {
      const { mtimeMs, size } = statSync(join(PROJECT, path));
      return `${path} ${mtimeMs} ${size}`;
    }),
  );
}

/** Takes the lock, waiting for who has it; one of a process that is gone is taken over. */
function takeLock(): void {
  for (let waitedMs = 0; waitedMs < WAIT_MAX_MS; waitedMs += WAIT_STEP_MS) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const owner = Number(textOf(LOCK));
    if (owner > 0 && !isAlive(owner)) rmSync(LOCK, { force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_STEP_MS);
  }
  throw new Error(`another run of the tests has been compiling for too long; remove ${LOCK}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
