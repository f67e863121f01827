import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { globSync } from 'tinyglobby';
import { beforeAll, describe, expect, it } from 'vitest';

import { builtProject } from '../support/build.js';
import { runSession } from '../support/golden-run.js';
import { exchangeLines, formatSession, parseSession, type SessionPart } from '../support/golden-session.js';

const FOLDER = import.meta.dirname;
const TIMEOUT_MS = 180_000;
const updates = process.env['UPDATE_GOLDEN'] === '1';

/** The first comment of a session: what it shows. */
function title(text: string): string {
  return /^# (.*)$/m.exec(text)?.[1] ?? '';
}

/** Whether this machine lets a user mount a small disk of its own (Linux with user namespaces). */
const canMount = spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=1m none /mnt']).status === 0;
/** What `@needs` may name, and whether it is here. */
const NEEDS: Readonly<Record<string, boolean>> = { mounts: canMount, '/dev/full': existsSync('/dev/full') };

function missing(parts: readonly SessionPart[]): string[] {
  const needs = parts.flatMap((part) => (part.kind === 'setup' && part.step.verb === 'needs' ? part.step.words : []));
  return needs.filter((name) => NEEDS[name] !== true);
}

const shown = (parts: readonly SessionPart[]): string[] =>
  parts.flatMap((part) => (part.kind === 'exchange' ? [...exchangeLines(part.exchange), ''] : []));

describe.concurrent('golden sessions', () => {
  beforeAll(() => {
    builtProject();
  });

  const files = globSync('**/*.session', { cwd: FOLDER }).sort();

  it('are there, and each says what it shows', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => title(readFileSync(join(FOLDER, file), 'utf8')) === '')).toEqual([]);
  });

  for (const file of files) {
    const path = join(FOLDER, file);
    const expected = parseSession(readFileSync(path, 'utf8'));
    const lacks = missing(expected);
    const name = lacks.length === 0 ? file : `${file} (needs ${lacks.join(', ')})`;
    const test = async (): Promise<void> => {
      const answered = await runSession(expected);
      if (updates) await writeFile(path, formatSession(answered));
      else expect(shown(answered)).toEqual(shown(expected));
    };
    it.skipIf(lacks.length > 0)(name, test, TIMEOUT_MS);
  }
});
