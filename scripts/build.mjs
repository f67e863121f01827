/**
 * Compiles the project into dist/, joins the command line into dist/cli/ and puts the catalogue of vendors into one file,
 * when a source differs from what was compiled last, and does nothing otherwise: npm and npx run this on every install and on first use. Runs side by side
 * wait for each other.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { buildSync } from 'esbuild';

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));
const STAMP = join(PROJECT, 'dist', '.built-from');
const LOCK = join(PROJECT, 'node_modules', '.cache', 'spendshift-build.lock');
const FOLDERS = ['src', 'connectors', 'test/bench', 'test/services', 'config'];
/** Libraries that are native, large, or load parts of themselves by path. */
const STAY_OUTSIDE = [
  '@aws-sdk/*',
  '@duckdb/node-api',
  '@google-cloud/*',
  'better-sqlite3',
  'echarts',
  'google-auth-library',
  'node-cron',
  'pino',
  'prom-client',
  'read-excel-file',
  'saxes',
  'stripe',
];
const FILES = ['package.json', 'tsconfig.json', 'tsconfig.build.json'];
const WAIT_STEP_MS = 100;
const WAIT_MAX_MS = 110_000;

function stampOfSources() {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(?:ts|csv|yaml|json)$/.test(path))
      .map((path) => join(folder, path)),
  );
  const hash = createHash('sha256');
  for (const path of [...files, ...FILES].sort()) {
    const { mtimeMs, size } = statSync(join(PROJECT, path));
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

/** Takes the lock, waiting for who has it; one of a process that is gone is taken over. */
function takeLock() {
  mkdirSync(dirname(LOCK), { recursive: true });
  for (let waitedMs = 0; waitedMs < WAIT_MAX_MS; waitedMs += WAIT_STEP_MS) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(textOf(LOCK));
    if (owner > 0 && !isAlive(owner)) rmSync(LOCK, { force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_STEP_MS);
  }
  throw new Error(`another build has been running for too long; remove ${LOCK}`);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Runs the compiler; its exit code. Files are written even when types are wrong, which `npm run types` reports. */
async function compile(stamp) {
  rmSync(STAMP, { force: true });
  const compiler = join(PROJECT, 'node_modules', 'typescript', 'lib', 'tsc.js');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: PROJECT,
    stdio: 'inherit',
  });
  if (status !== 0) return status ?? 1;
  bundle();
  const { compileCatalogue } = await import('../dist/src/app/compiled-catalogue.js');
  compileCatalogue();
  writeFileSync(STAMP, stamp);
  return 0;
}

/**
 * Joins the command line and the small libraries it uses into a few files: reading some four hundred files would take
 * half of a command's start. Native and large libraries stay outside and are loaded when they are needed.
 */
function bundle() {
  buildSync({
    absWorkingDir: PROJECT,
    entryPoints: ['dist/src/cli/main.js'],
    outdir: 'dist/cli',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: [...STAY_OUTSIDE],
    // Libraries in CommonJS ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
}

takeLock();
try {
  const stamp = stampOfSources();
  process.exitCode = textOf(STAMP) === stamp ? 0 : await compile(stamp);
} finally {
  rmSync(LOCK, { force: true });
}
