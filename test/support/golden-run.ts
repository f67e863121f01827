import { spawn } from 'node:child_process';
import { appendFile, chmod, chown, cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

import { makeFixture } from './golden-fixtures.js';
import type { Answer, SessionPart, SetupStep } from './golden-session.js';
import { PROJECT } from './source-tree.js';

/** Ready-made workspaces that `@workspace NAME` copies. */
const WORKSPACES = join(PROJECT, 'test', 'golden', 'workspaces');
/** User and group without rights of their own (nobody), for sessions that show what an ordinary user meets. */
const ORDINARY_USER = 65_534;

interface Place {
  /** Folder in which the commands run. */
  readonly workspace: string;
  /** Folder with `spendshift` in it. */
  readonly bin: string;
  ordinaryUser: boolean;
}

/** Runs a session in a fresh folder; returns it with what the commands answered now. */
export async function runSession(parts: readonly SessionPart[]): Promise<SessionPart[]> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'spendshift-golden-')));
  const place: Place = { workspace: join(base, 'workspace'), bin: join(base, 'bin'), ordinaryUser: false };
  try {
    await prepare(base, place);
    const answered: SessionPart[] = [];
    for (const part of parts) {
      if (part.kind === 'setup') await setUp(place, part.step);
      if (part.kind !== 'exchange') answered.push(part);
      else {
        const answer = await run(place, part.exchange.command);
        answered.push({ kind: 'exchange', exchange: { command: part.exchange.command, answer } });
      }
    }
    return answered;
  } finally {
    await chmod(place.workspace, 0o755);
    await rm(base, { recursive: true, force: true });
  }
}

async function prepare(base: string, place: Place): Promise<void> {
  await chmod(base, 0o755);
  await mkdir(place.workspace);
  await mkdir(place.bin);
  const program = join(place.bin, 'spendshift');
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${join(PROJECT, 'bin', 'spendshift.js')}" "$@"\n`);
  await chmod(program, 0o755);
}

async function setUp(place: Place, step: SetupStep): Promise<void> {
  const [name = '', ...more] = step.words;
  const path = join(place.workspace, name);
  const content = step.block.map((line) => `${line}\n`).join('');
  switch (step.verb) {
    case 'workspace':
      await cp(join(WORKSPACES, name), place.workspace, { recursive: true });
      return;
    case 'file':
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      return;
    case 'append':
      await appendFile(path, content);
      return;
    case 'edit':
      await edit(path, step.block);
      return;
    case 'remove':
      await rm(path, { recursive: true });
      return;
    case 'fixture':
      await mkdir(dirname(path), { recursive: true });
      await makeFixture(more.join(' '), path);
      return;
    case 'needs':
      return;
    case 'ordinary-user':
      place.ordinaryUser = process.getuid?.() === 0;
      if (place.ordinaryUser) await chown(place.workspace, ORDINARY_USER, ORDINARY_USER);
      return;
    default:
      throw new Error(`there is no setup step @${step.verb}`);
  }
}

/** Replaces the lines marked `- ` by those marked `+ `; the former must stand in the file exactly once. */
async function edit(path: string, block: readonly string[]): Promise<void> {
  const marked = (mark: string): string =>
    block.flatMap((line) => (line.startsWith(`${mark} `) ? [`${line.slice(2)}\n`] : [])).join('');
  const before = `\n${await readFile(path, 'utf8')}`;
  const pieces = before.split(`\n${marked('-')}`);
  if (pieces.length !== 2) throw new Error(`${path} has the lines to edit ${pieces.length - 1} times`);
  await writeFile(path, pieces.join(`\n${marked('+')}`).slice(1));
}

async function run(place: Place, command: string): Promise<Answer> {
  const child = spawn('/bin/sh', ['-c', command], {
    cwd: place.workspace,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${place.bin}:${process.env['PATH'] ?? ''}`,
      HOME: place.workspace,
      TMPDIR: tmpdir(),
      NO_COLOR: '1',
      LC_ALL: 'C',
      TZ: 'UTC',
    },
    ...(place.ordinaryUser ? { uid: ORDINARY_USER, gid: ORDINARY_USER } : {}),
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? 255);
    });
  });
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout: normalised(stdout, place), stderr: normalised(stderr, place), exitCode };
}

/** Takes out what differs from run to run: the folder, and the times of pulls. Times keep their width: tables stay. */
function normalised(output: string, place: Place): string {
  return output
    .replaceAll(place.workspace, 'WORKSPACE')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, 'YYYY-MM-DD HH:MM UTC')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'YYYY-MM-DDTHH:MM:SS.sssZ');
}
