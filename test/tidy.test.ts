import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { connectors } from '../connectors/index.js';
import { COMMANDS } from '../src/cli/main.js';
import { PROJECT, projectFiles, sourceFiles } from './support/source-tree.js';

/** What may stand at the top of the project. */
const TOP_LEVEL = [
  '.ci',
  '.gitignore',
  '.npmrc',
  '.prettierignore',
  '.prettierrc.json',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'bin',
  'config',
  'connectors',
  'docs',
  'eslint.config.js',
  'package-lock.json',
  'package.json',
  'scripts',
  'src',
  'test',
  'tsconfig.build.json',
  'tsconfig.json',
  'vitest.config.ts',
];

/** Each room and the rooms it may import from, besides itself. CONTRIBUTING.md says what each is for. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  'src/vendor': ['src/core'],
  'src/ownership': ['src/core'],
  'src/statement': ['src/core'],
  'src/render': ['src/core', 'src/statement'],
  'src/ledger': ['src/core'],
  'src/connector': ['src/core'],
  connectors: ['src/core', 'src/connector'],
  'src/settings': ['src/core', 'src/ownership'],
  'src/pull': ['src/core', 'src/connector', 'src/ledger'],
  'src/demo': ['src/core'],
  'src/app': [
    'connectors',
    'src/connector',
    'src/core',
    'src/demo',
    'src/ledger',
    'src/ownership',
    'src/pull',
    'src/settings',
    'src/statement',
    'src/vendor',
  ],
  // Measures and makes the models; nothing of the product needs it.
  'src/lab': ['src/app', 'src/core', 'src/render', 'src/vendor'],
  'src/cli': ['src/app', 'src/core', 'src/connector', 'src/render', 'src/statement'],
};

/** Rooms that take clock, files and randomness by parameter. */
const PURE_ROOMS = ['src/core', 'src/vendor', 'src/ownership', 'src/statement', 'src/render', 'src/demo'];
const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;
/** Modules that nothing imports because they are where a program starts. */
const ENTRY_POINTS = ['src/cli/main.ts', 'src/index.ts', 'src/lab/eval.ts', 'src/lab/train.ts', 'connectors/index.ts'];

function roomOf(path: string): string {
  if (path === 'src/app.ts') return 'src/app';
  // The library is a face of the project, as the command line is.
  if (path === 'src/index.ts') return 'src/cli';
  return Object.keys(ROOMS).find((room) => path.startsWith(`${room}/`)) ?? '';
}

const code = sourceFiles(['src', 'connectors']);
const everything = sourceFiles(['src', 'connectors', 'test']);

describe('layout', () => {
  it('has nothing unknown at the top', () => {
    const top = [...new Set(projectFiles().map((path) => path.split('/')[0] ?? ''))];
    expect(top.filter((name) => !TOP_LEVEL.includes(name))).toEqual([]);
  });

  it('has every module in a room', () => {
    expect(code.filter((file) => roomOf(file.path) === '').map((file) => file.path)).toEqual([]);
  });

  it('has every module imported by another, or a place where a program starts', () => {
    // A test alone is no use of a module.
    const imported = new Set(code.flatMap((file) => file.imports));
    const unused = code.filter((file) => !imported.has(file.path) && !ENTRY_POINTS.includes(file.path));
    expect(unused.map((file) => file.path)).toEqual([]);
  });
});

describe('directions', () => {
  it('point one way between rooms', () => {
    const wrong = code.flatMap((file) => {
      const room = roomOf(file.path);
      return file.imports
        .filter((target) => roomOf(target) !== room && !(ROOMS[room] ?? []).includes(roomOf(target)))
        .map((target) => `${file.path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('lead no connector into another', () => {
    const wrong = code
      .filter((file) => /^connectors\/[^/]+\//.test(file.path))
      .flatMap((file) => {
        const own = file.path.split('/').slice(0, 2).join('/');
        return file.imports
          .filter((target) => target.startsWith('connectors/') && !target.startsWith(`${own}/`))
          .map((target) => `${file.path} imports ${target}`);
      });
    expect(wrong).toEqual([]);
  });

  it('keep files, clock and chance out of the pure rooms', () => {
    const effects = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.(?:env|cwd|argv)\b/;
    const wrong = code
      .filter((file) => PURE_ROOMS.includes(roomOf(file.path)))
      .filter(
        (file) =>
          effects.test(file.text) || file.packages.some((name) => name.startsWith('node:') && name !== 'node:crypto'),
      );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it('keep the drivers of databases in their rooms', () => {
    const homes: Readonly<Record<string, readonly string[]>> = {
      'better-sqlite3': ['src/ledger'],
      'drizzle-orm': ['src/ledger'],
      '@duckdb/node-api': ['src/connector', 'connectors'],
    };
    const wrong = code.flatMap((file) =>
      file.packages
        .filter((name) => Object.keys(homes).some((home) => name === home || name.startsWith(`${home}/`)))
        .filter((name) => {
          const home = Object.keys(homes).find((entry) => name.startsWith(entry)) ?? '';
          return !(homes[home] ?? []).includes(roomOf(file.path));
        })
        .map((name) => `${file.path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('size', () => {
  it(`keeps files within ${FILE_LINES_MAX} lines`, () => {
    const long = code.map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1 }));
    expect(long.filter((file) => file.lines > FILE_LINES_MAX)).toEqual([]);
  });

  it(`keeps functions within ${FUNCTION_LINES_MAX} lines`, () => {
    const long = code.flatMap((file) =>
      file.functions
        .filter((entry) => entry.lineCount > FUNCTION_LINES_MAX)
        .map((entry) => `${file.path}:${entry.line} ${entry.name} ${entry.lineCount}`),
    );
    expect(long).toEqual([]);
  });
});

describe('text', () => {
  it('leaves no unfinished work and no opt-outs', () => {
    // Written so that this file does not find itself.
    const banned = new RegExp(
      [
        'TO' + 'DO',
        'FIX' + 'ME',
        '@ts-' + '(?:ignore|expect-error|nocheck)',
        'eslint-' + 'disable',
        'prettier-' + 'ignore',
        '\\bas ' + 'any\\b',
      ].join('|'),
    );
    expect(everything.filter((file) => banned.test(file.text)).map((file) => file.path)).toEqual([]);
  });

  it('parses money by no float', () => {
    const banned = /\bparseFloat\(|\.toFixed\(/;
    expect(code.filter((file) => banned.test(file.text)).map((file) => file.path)).toEqual([]);
  });
});

describe('connectors', () => {
  const folders = [
    ...new Set(
      projectFiles()
        .filter((path) => /^connectors\/[^/]+\//.test(path))
        .map((path) => path.split('/')[1] ?? ''),
    ),
  ];

  it('are all registered under the name of their folder', () => {
    expect(connectors.map((connector) => connector.id).sort()).toEqual(folders.sort());
  });

  it.each(folders)('%s has a README that names each of its settings', (folder) => {
    const readme = join(PROJECT, 'connectors', folder, 'README.md');
    expect(existsSync(readme)).toBe(true);
    const text = readFileSync(readme, 'utf8');
    const schema = connectors.find((connector) => connector.id === folder)?.settings;
    const keys = schema !== undefined && 'shape' in schema ? Object.keys(schema.shape as object) : [];
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => !text.includes(`\`${key}\``))).toEqual([]);
  });
});

describe('documentation', () => {
  const pages = ['README.md', ...projectFiles().filter((path) => path.startsWith('docs/') && path.endsWith('.md'))];
  const text = pages.map((page) => readFileSync(join(PROJECT, page), 'utf8')).join('\n');

  it('shows every command', () => {
    const io = {
      print: () => undefined,
      write: () => Promise.resolve(),
      input: {
        [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true as const, value: undefined }) }),
      },
      note: () => undefined,
      errorIsTerminal: false,
      terminal: { columns: 100, color: false },
      now: () => new Date(0),
      signal: new AbortController().signal,
      workingFolder: PROJECT,
    };
    const commands = COMMANDS.map((make) => make(io, { code: 0 }));
    expect(commands.filter((command) => !text.includes(`spendshift ${command.name()}`)).map((c) => c.name())).toEqual(
      [],
    );
    const undocumented = commands.flatMap((command) =>
      command.options
        .filter((option) => option.long !== undefined && !text.includes(option.long))
        .map((option) => `${command.name()} ${option.long ?? ''}`),
    );
    expect(undocumented).toEqual([]);
  });

  it('has a page for every room', () => {
    const rooms = readFileSync(join(PROJECT, 'CONTRIBUTING.md'), 'utf8');
    expect(Object.keys(ROOMS).filter((room) => !rooms.includes(`\`${room}/\``))).toEqual([]);
  });
});
