import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { packageFolder } from '../../src/app/package.js';
import { startAll, stopAll } from './start.js';
import { standinEnvironment, standinWorkspace } from './workspace.js';

/**
 * `npm run demo:live`: a company whose sources are all live, each read from a stand-in on this machine, and the agent at
 * work on them. Stops with Ctrl-C; `-- --once` ends when all that is due is done. Needs no account and no network.
 */

const SEED = 1;
const MARK = '.spendshift-live-demo';
/** Departments as the stand-ins write them, and the function each belongs to. */
const COST_CENTERS: readonly (readonly [name: string, functionId: string])[] = [
  ['IT', 'it'],
  ['IT Operations', 'it'],
  ['Information Technology', 'it'],
  ['Data', 'data'],
  ['Engineering', 'engineering'],
  ['Product', 'engineering'],
  ['R&D', 'research'],
  ['Research', 'research'],
  ['Marketing', 'marketing'],
  ['Sales', 'sales'],
  ['Customer Success', 'support'],
  ['Customer Support', 'support'],
  ['Support', 'support'],
  ['Finance', 'finance'],
  ['HR', 'hr'],
  ['People', 'hr'],
  ['Human Resources', 'hr'],
  ['Legal', 'legal'],
  ['Operations', 'operations'],
];
const TAG_KEYS = ['department', 'team', 'owner', 'cost_center', 'cost-center', 'costcenter'];

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function prepare(folder: string, workspace: string): Promise<void> {
  const present = existsSync(folder) ? await readdir(folder) : [];
  if (present.length > 0 && !present.includes(MARK)) {
    throw new Error(`${folder} is not empty, and it is not this demo; name another folder`);
  }
  await mkdir(join(folder, 'ownership'), { recursive: true });
  await writeFile(join(folder, MARK), 'This folder was written by `npm run demo:live`, which may write it again.\n');
  await writeFile(join(folder, 'spendshift.yaml'), workspace);
  const centers = COST_CENTERS.map(([name, functionId]) => `${name},${functionId}`);
  await writeFile(
    join(folder, 'ownership', 'cost-centers.csv'),
    `${['cost_center,function', ...centers].join('\n')}\n`,
  );
  const tags = TAG_KEYS.flatMap((key) => COST_CENTERS.map(([name, functionId]) => `${key},${name},${functionId}`));
  await writeFile(join(folder, 'ownership', 'tags.csv'), `${['key,value,function', ...tags].join('\n')}\n`);
}

/** A line of the agent's log in words. */
function logText(line: string): string {
  try {
    const { time, level, msg, source, month, window, ...rest } = JSON.parse(line) as Record<string, unknown>;
    const subject = [source, window, month].filter((part) => typeof part === 'string').join(' ');
    const details = Object.entries(rest)
      .filter(([key]) => key !== 'name')
      .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(' ');
    return `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${String(msg)}  ${subject}  ${details}`.trimEnd();
  } catch {
    return line;
  }
}

async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  each: (line: string) => void,
) {
  const command = join(packageFolder(), 'bin', 'spendshift.js');
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = (): void => void child.kill('SIGTERM');
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  createInterface({ input: child.stdout }).on('line', each);
  const code = await new Promise<number>((done) =>
    child.once('exit', (exitCode) => {
      done(exitCode ?? 1);
    }),
  );
  process.removeListener('SIGINT', stop);
  process.removeListener('SIGTERM', stop);
  return code;
}

async function main(args: readonly string[]): Promise<number> {
  const once = args.includes('--once');
  const folder = resolve(args.find((arg) => !arg.startsWith('-')) ?? 'live-company');
  const started = await startAll({ now: () => new Date(), seed: SEED });
  try {
    const workspace = standinWorkspace(started, {
      company: 'Larkfield Live',
      currency: 'GBP',
      more: {
        ownership: { costCenters: 'ownership/cost-centers.csv', tags: 'ownership/tags.csv' },
        agent: { schedule: '*/10 * * * *', timeZone: 'Europe/London' },
      },
    });
    await prepare(folder, workspace);
    say(`${started.length} services stand in on this machine; the workspace is ${folder}.`);
    const environment = standinEnvironment(started);
    const agent = ['agent', '--workspace', folder, ...(once ? ['--once'] : ['--port', '0'])];
    const code = await run(agent, environment, (line) => {
      say(logText(line));
    });
    for (const command of ['runs', 'statement']) {
      say('');
      await run([command, '--workspace', folder], environment, say);
    }
    return code;
  } finally {
    await stopAll(started);
  }
}

process.exitCode = await main(process.argv.slice(2));
