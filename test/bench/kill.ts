import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

import { openLedger, PAYMENTS_HEADER, pullFolder } from './pull-folder.js';

const PULL_FOLDER = fileURLToPath(new URL('./pull-folder.js', import.meta.url));
const ROWS_OF_THE_BENCH = 1_000_000;
const KILLS_OF_THE_BENCH = 20;
// A pull that was done before its moment came is tried again with an earlier one.
const ATTEMPTS_MAX = 4;
const EARLIER = 0.8;
const TEXT_LENGTH = 1 << 14;

/** What one kill did. */
export interface Kill {
  /** Milliseconds after the start of the process. */
  readonly momentMs: number;
  /** False when the pull was done before. */
  readonly killed: boolean;
  /** The ledger right after: as before the pull, as after it, or neither. */
  readonly leftBehind: 'old' | 'new' | 'neither';
  /** The ledger after pulling again equals that of a pull nobody disturbed. */
  readonly sameAfterwards: boolean;
  /** What `integrityProblems` says after the kill and after pulling again. */
  readonly problems: readonly string[];
}

export interface KillOptions {
  /** An empty folder to work in. */
  readonly folder: string;
  readonly rowCount: number;
  readonly kills: number;
  /** Compiled `test/bench/pull-folder.js`. */
  readonly program: string;
  readonly random: () => number;
  readonly report: (kill: Kill) => void;
}

/**
 * Kills pulls at random moments, one in each equal part of the time a pull takes, and pulls again. Every other kill hits
 * the first pull of a ledger, the others a pull of a grown and changed file.
 */
export async function killPulls(options: KillOptions): Promise<Kill[]> {
  const { folder, rowCount, kills, program, random, report } = options;
  const undisturbed = [await undisturbedPull(folder, rowCount, 1), await undisturbedPull(folder, rowCount, 2)] as const;
  const before = await emptyDigest(folder);
  const results: Kill[] = [];
  for (let number = 0; number < kills; number += 1) {
    const isFirst = number % 2 === 0;
    const [oldDigest, newDigest] = isFirst
      ? [before, undisturbed[0].digest]
      : [undisturbed[0].digest, undisturbed[1].digest];
    await prepare(folder, rowCount, isFirst);
    const durationMs = isFirst ? undisturbed[0].durationMs : undisturbed[1].durationMs;
    let momentMs = ((number + random()) / kills) * durationMs;
    let killed = await runAndKill(program, folder, momentMs);
    for (let attempt = 1; !killed && attempt < ATTEMPTS_MAX; attempt += 1) {
      momentMs *= EARLIER;
      await prepare(folder, rowCount, isFirst);
      killed = await runAndKill(program, folder, momentMs);
    }
    const after = await look(folder);
    await pullFolder(folder);
    const again = await look(folder);
    const leftBehind = after.digest === oldDigest ? 'old' : after.digest === newDigest ? 'new' : 'neither';
    const problems = [...after.problems, ...again.problems];
    const kill = { momentMs, killed, leftBehind, sameAfterwards: again.digest === newDigest, problems } as const;
    report(kill);
    results.push(kill);
  }
  return results;

  /** Time in a process of its own, and the digest it gives. */
  async function undisturbedPull(
    root: string,
    rows: number,
    version: 1 | 2,
  ): Promise<{ durationMs: number; digest: string }> {
    if (version === 1) await clear(root);
    await writePayments(root, rows, version);
    const start = performance.now();
    if (await runAndKill(program, root, undefined)) throw new Error('a pull that nobody disturbed failed');
    return { durationMs: performance.now() - start, digest: (await look(root)).digest };
  }
}

/** A million rows and twenty kills; prints each moment and what came of it. `folder` is emptied. */
export async function killTwentyTimes(folder: string): Promise<void> {
  const results = await killPulls({
    folder,
    rowCount: ROWS_OF_THE_BENCH,
    kills: KILLS_OF_THE_BENCH,
    program: PULL_FOLDER,
    random: Math.random,
    report: ({ momentMs, killed, leftBehind, sameAfterwards, problems }) => {
      const what = killed ? 'killed' : 'was done before';
      const outcome = sameAfterwards && problems.length === 0 ? 'same ledger after pulling again' : 'DIFFERENT LEDGER';
      process.stdout.write(`${Math.round(momentMs)} ms: ${what}, left the ${leftBehind} state; ${outcome}\n`);
    },
  });
  const failed = results.filter(
    (kill) => kill.leftBehind === 'neither' || !kill.sameAfterwards || kill.problems.length > 0,
  );
  process.stdout.write(
    `${results.filter((kill) => kill.killed).length} of ${results.length} killed, ${failed.length} failed\n`,
  );
  if (failed.length > 0) process.exitCode = 1;
}

async function prepare(folder: string, rowCount: number, isFirst: boolean): Promise<void> {
  await clear(folder);
  await writePayments(folder, rowCount, 1);
  if (isFirst) return;
  await pullFolder(folder);
  await writePayments(folder, rowCount, 2);
}

async function clear(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'data'), { recursive: true });
}

async function emptyDigest(folder: string): Promise<string> {
  await clear(folder);
  return (await look(folder)).digest;
}

async function look(folder: string): Promise<{ digest: string; problems: string[] }> {
  const ledger = await openLedger(folder);
  try {
    return { digest: await ledger.digest(), problems: await ledger.integrityProblems() };
  } finally {
    await ledger.close();
  }
}

/** True when the process died of the signal. */
async function runAndKill(program: string, folder: string, momentMs: number | undefined): Promise<boolean> {
  const child = spawn(process.execPath, [program, folder], { stdio: 'ignore' });
  const timer = momentMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), momentMs);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearTimeout(timer);
  if (signal === null && code !== 0) throw new Error(`the pull failed with exit code ${code ?? '?'}`);
  return signal === 'SIGKILL';
}

/**
 * Writes `data/payments.csv`. Version 2 is the same with every tenth amount changed, every hundredth row gone and a
 * tenth more rows.
 */
async function writePayments(folder: string, rowCount: number, version: 1 | 2): Promise<void> {
  const stream = createWriteStream(join(folder, 'data', 'payments.csv'));
  let text = `${PAYMENTS_HEADER}\n`;
  const count = version === 1 ? rowCount : Math.floor(rowCount * 1.1);
  for (let row = 0; row < count; row += 1) {
    if (version === 2 && row % 100 === 0) continue;
    const month = String(1 + (row % 12)).padStart(2, '0');
    const day = String(1 + (row % 28)).padStart(2, '0');
    const cents = String(row % 97).padStart(2, '0');
    const units = (row % 4001) + (version === 2 && row % 10 === 1 ? 1 : 0);
    text += `2023-${month}-${day},Payee ${row % 997},${units}.${cents},C${row % 13}\n`;
    if (text.length < TEXT_LENGTH) continue;
    if (!stream.write(text)) await once(stream, 'drain');
    text = '';
  }
  stream.end(text);
  await once(stream, 'close');
}
