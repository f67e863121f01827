import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

/** What a run of a live source needs of the world. Tests and simulations hand in their own. */
export interface ServiceEffects {
  readonly now: () => Date;
  /** Waits; ends with the signal's reason when the signal does. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A number from 0 to 1. */
  readonly random: () => number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names this process to people and to other processes. */
  readonly holder: string;
  /** False where it is certain that a holder is gone. */
  readonly isAlive: (holder: string) => boolean;
}

/** One for the whole process, so that it can tell its own runs from those of an earlier process of the same number. */
const HOLDER = `${hostname()} ${process.pid} ${randomUUID()}`;

/** The real world, with the clock of who asks. */
export function realEffects(now: () => Date = () => new Date()): ServiceEffects {
  return {
    now,
    sleep: async (ms, signal) => {
      await wait(ms, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    },
    random: Math.random,
    environment: process.env,
    holder: HOLDER,
    isAlive: isHolderAlive,
  };
}

/** Only of a process of this machine can it be certain that it is gone. */
function isHolderAlive(holder: string): boolean {
  const [host, processId = ''] = holder.split(' ');
  if (host !== hostname() || !/^\d+$/.test(processId)) return true;
  // In a container that was started again the agent has the number that the killed one had.
  if (Number(processId) === process.pid) return holder === HOLDER;
  try {
    process.kill(Number(processId), 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
