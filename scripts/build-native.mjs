/**
 * Makes sure that better-sqlite3's native part is there, after every install. In this order: it is there already; a
 * prebuilt one can be downloaded; it is compiled with the headers of the installed Node; it is compiled with headers
 * that node-gyp downloads. package.json's `allowScripts` keeps npm from running the package's own script, which knows
 * only the second and the last way.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const packageFolder = dirname(require.resolve('better-sqlite3/package.json'));

/** True when the native part loads in a fresh process of this Node. */
function loads() {
  const program = "new (require('better-sqlite3'))(':memory:').close()";
  const { status } = spawnSync(process.execPath, ['-e', program], { cwd: join(packageFolder, '..') });
  return status === 0;
}

/** Runs a step in the package's folder; true when it succeeded. */
function run(script, args) {
  console.error(`better-sqlite3: ${[script.split(/[\\/]/).at(-1), ...args].join(' ')}`);
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: packageFolder, stdio: ['ignore', 2, 2] });
  return status === 0;
}

/** Where the headers of this very Node lie, if they do. */
function installedHeaders() {
  const folder = process.env['npm_config_nodedir'] ?? dirname(dirname(process.execPath));
  const header = join(folder, 'include', 'node', 'node_version.h');
  if (!existsSync(header)) return undefined;
  const text = readFileSync(header, 'utf8');
  const part = (name) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1];
  const version = ['MAJOR', 'MINOR', 'PATCH'].map(part).join('.');
  return version === process.versions.node ? folder : undefined;
}

function nodeGyp() {
  const given = process.env['npm_config_node_gyp'];
  if (given !== undefined && existsSync(given)) return given;
  const beside = join(
    dirname(process.execPath),
    '..',
    'lib',
    'node_modules',
    'npm',
    'node_modules',
    'node-gyp',
    'bin',
    'node-gyp.js',
  );
  return existsSync(beside) ? beside : undefined;
}

function prebuildInstall() {
  try {
    return require.resolve('prebuild-install/bin.js', { paths: [packageFolder] });
  } catch {
    return undefined;
  }
}

function build() {
  if (loads()) return true;
  const prebuilt = prebuildInstall();
  if (prebuilt !== undefined && run(prebuilt, ['-r', 'node']) && loads()) return true;
  const gyp = nodeGyp();
  if (gyp === undefined) {
    console.error('better-sqlite3: npm brings node-gyp, but it was not found. Run `npm ci` with npm 10 or 11.');
    return false;
  }
  const headers = installedHeaders();
  const rebuild = ['rebuild', '--release'];
  if (headers !== undefined && run(gyp, [...rebuild, `--nodedir=${headers}`]) && loads()) return true;
  return run(gyp, rebuild) && loads();
}

if (!build()) {
  console.error(
    'better-sqlite3 could not be built. It needs a C++ compiler, make and Python 3, and the headers of Node: those of the ' +
      'installed Node (include/node beside its bin folder) or a download from nodejs.org.',
  );
  process.exit(1);
}
