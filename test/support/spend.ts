import { onTestFinished } from 'vitest';

import type { PullWindow, ServiceCharge } from '../../src/connector/service.js';
import type { IsoDate } from '../../src/core/date.js';
import { decimalText } from '../../src/core/decimal.js';
import { SpendshiftError } from '../../src/core/errors.js';
import { addMonths, firstDay, type Month } from '../../src/core/period.js';
import type { FaultReplies } from '../services/server.js';
import type { RunningStandin, Standin } from '../services/standin.js';

/** The moment at which the tests of connectors to cards and books take place. */
export const NOW = new Date('2026-11-20T12:00:00Z');
export const clock = (): Date => NOW;
const SEED = 7;

/** Starts a stand-in for one test. */
export async function startFor<Running extends RunningStandin>(
  standin: Standin<Running>,
  now: () => Date = clock,
  seed = SEED,
): Promise<Running> {
  const running = await standin.start({ now, seed });
  onTestFinished(async () => {
    await Promise.all([running.server, ...(running.others ?? [])].map((server) => server.close()));
  });
  return running;
}

/** The days from one to another, which is not among them. */
export function days(from: string, to: string): PullWindow {
  return { from: from as IsoDate, to: to as IsoDate };
}

/** The days of a month. */
export function monthDays(month: string): PullWindow {
  return { from: firstDay(month as Month), to: firstDay(addMonths(month as Month, 1)) };
}

/** The first mistake with which work fails, and what to do about it: `message → hint`. */
export async function mistakeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof SpendshiftError)) throw new Error(`no error of Spendshift: ${String(error)}`);
  const [first] = error.mistakes;
  return `${first?.message ?? ''} → ${first?.hint ?? ''}`;
}

/** A charge in short, to be compared: `2026-10-01 12.34 USD key`. */
export function brief({ day, cash, currency, key }: ServiceCharge): string {
  return `${day} ${decimalText(cash)} ${currency} ${key}`;
}

/** Answers for servers that are never told to fail. */
export const NO_FAULTS: FaultReplies = {
  throttled: { status: 429, body: '' },
  'server-error': { status: 503, body: '' },
  expired: { status: 401, body: '' },
  forbidden: { status: 403, body: '' },
};
