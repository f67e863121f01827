import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dueSources, retryWaitMs, RETRY_FIRST_MS, RETRY_MAX_MS, sourceHistories } from '../../src/pull/agent-plan.js';
import { lastOccurrence, nextOccurrence, type Schedule } from '../../src/pull/occurrences.js';
import type { RunRecord } from '../../src/pull/run-log.js';

const DAILY: Schedule = { expression: '0 5 * * *', timeZone: 'UTC' };
const at = (text: string): Date => new Date(text);

describe('the times of a schedule', () => {
  it.each<[string, Schedule, string, string]>([
    ['daily', DAILY, '2026-11-20T05:00:00Z', '2026-11-21T05:00:00.000Z'],
    [
      'in a zone of half an hour',
      { expression: '15 1 * * *', timeZone: 'Asia/Kolkata' },
      '2026-11-20T00:00:00Z',
      '2026-11-20T19:45:00.000Z',
    ],
    [
      'before the clocks go back',
      { expression: '30 2 * * *', timeZone: 'Europe/London' },
      '2026-10-24T00:00:00Z',
      '2026-10-24T01:30:00.000Z',
    ],
    [
      'after the clocks went back',
      { expression: '30 2 * * *', timeZone: 'Europe/London' },
      '2026-10-24T12:00:00Z',
      '2026-10-25T02:30:00.000Z',
    ],
    [
      'on the last of February in a leap year',
      { expression: '0 0 29 2 *', timeZone: 'UTC' },
      '2026-11-20T00:00:00Z',
      '2028-02-29T00:00:00.000Z',
    ],
  ])('%s', (_name, schedule, after, next) => {
    expect(nextOccurrence(schedule, at(after))?.toISOString()).toBe(next);
  });

  it('skips the day whose hour does not exist, when the clocks go forward', () => {
    const schedule = { expression: '30 1 * * *', timeZone: 'Europe/London' };
    expect(nextOccurrence(schedule, at('2027-03-27T12:00:00Z'))?.toISOString()).toBe('2027-03-29T00:30:00.000Z');
  });

  it('agree forwards and backwards', () => {
    const schedules = fc.constantFrom<Schedule>(
      DAILY,
      { expression: '*/20 3,15 * * 1-5', timeZone: 'America/Los_Angeles' },
      { expression: '30 1 * * 0', timeZone: 'Europe/London' },
      { expression: '10 0 1 * *', timeZone: 'Asia/Kolkata' },
    );
    const moments = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2029-01-01') });
    fc.assert(
      fc.property(schedules, moments, (schedule, momentMs) => {
        const moment = new Date(momentMs);
        const next = nextOccurrence(schedule, moment);
        const last = lastOccurrence(schedule, moment);
        expect(next !== undefined && next > moment).toBe(true);
        expect(last !== undefined && last <= moment).toBe(true);
        if (next === undefined || last === undefined) return;
        expect(lastOccurrence(schedule, new Date(next.getTime() - 1))).toEqual(last);
        expect(nextOccurrence(schedule, new Date(last.getTime() - 1))).toEqual(last);
      }),
      { numRuns: 60 },
    );
  });
});

const record = (startedAt: string, outcome: RunRecord['outcome'], mayPass?: boolean): RunRecord => ({
  source: 'cards',
  startedAt,
  finishedAt: startedAt,
  outcome,
  windowsRead: 0,
  rowCount: 0,
  rejectedCount: 0,
  added: 0,
  changed: 0,
  removed: 0,
  ...(mayPass === undefined ? {} : { mayPass }),
});

async function* latestFirst(records: readonly RunRecord[]): AsyncGenerator<RunRecord> {
  for (const entry of [...records].reverse()) yield await Promise.resolve(entry);
}

async function due(now: string, records: readonly RunRecord[]): Promise<string | undefined> {
  const histories = await sourceHistories(['cards'], latestFirst(records));
  return dueSources(at(now), [{ id: 'cards', schedule: DAILY }], histories)[0]?.reason;
}

describe('what is due', () => {
  const done = record('2026-11-19T05:00:00Z', 'unchanged');
  const leftAlone = { ...record('2026-11-20T04:30:00Z', 'failed', true), notBefore: '2026-11-20T05:30:00.000Z' };

  it.each<[string, string, readonly RunRecord[], string | undefined]>([
    ['a source that was never pulled', '2026-11-20T04:00:00Z', [], 'first'],
    ['nothing before its time', '2026-11-20T04:59:00Z', [done], undefined],
    ['a source whose time came', '2026-11-20T05:00:00Z', [done], 'scheduled'],
    ['a source whose time was missed', '2026-11-20T09:00:00Z', [done], 'missed'],
    ['nothing once it is done', '2026-11-20T09:00:00Z', [record('2026-11-20T05:00:00Z', 'changed')], undefined],
    [
      'a failure that may pass, not at once',
      '2026-11-20T05:04:00Z',
      [done, record('2026-11-20T05:00:00Z', 'failed', true)],
      undefined,
    ],
    [
      'a failure that may pass, after a wait',
      '2026-11-20T05:05:00Z',
      [done, record('2026-11-20T05:00:00Z', 'failed', true)],
      'retry',
    ],
    [
      'a second failure after twice the wait',
      '2026-11-20T05:16:00Z',
      [done, record('2026-11-20T05:00:00Z', 'failed', true), record('2026-11-20T05:05:00Z', 'failed', true)],
      'retry',
    ],
    [
      'a failure that somebody must mend, not before its next time',
      '2026-11-20T20:00:00Z',
      [done, record('2026-11-20T05:00:00Z', 'failed', false)],
      undefined,
    ],
    [
      'a failure that somebody must mend, at its next time',
      '2026-11-21T05:00:00Z',
      [done, record('2026-11-20T05:00:00Z', 'failed', false)],
      'scheduled',
    ],
    [
      'a source whose service wants to be left alone, neither after a wait nor at its time',
      '2026-11-20T05:29:00Z',
      [done, leftAlone],
      undefined,
    ],
    [
      'a source that was left alone for as long as its service wants',
      '2026-11-20T05:30:00Z',
      [done, leftAlone],
      'missed',
    ],
    [
      'a source that was pulled while the clock was years ahead',
      '2026-11-20T04:00:00Z',
      [done, record('2031-01-01T00:00:00Z', 'changed')],
      'missed',
    ],
    [
      'a source that failed while the clock was years ahead',
      '2026-11-20T04:00:00Z',
      [done, record('2031-01-01T00:00:00Z', 'failed', true)],
      'missed',
    ],
    [
      'a failure after the clock was set right, after its wait alone',
      '2026-11-20T04:04:00Z',
      [record('2031-01-01T00:00:00Z', 'changed'), record('2026-11-20T04:00:00Z', 'failed', true)],
      undefined,
    ],
    [
      'nothing when the clock was put back a little',
      '2026-11-20T04:40:00Z',
      [record('2026-11-20T05:00:00Z', 'changed')],
      undefined,
    ],
    [
      'a first pull that failed and may pass',
      '2026-11-20T06:00:00Z',
      [record('2026-11-20T05:30:00Z', 'failed', true)],
      'retry',
    ],
  ])('is %s', async (_name, now, records, reason) => {
    expect(await due(now, records)).toBe(reason);
  });

  it('waits longer after each failure, up to a limit', () => {
    expect([1, 2, 3, 30].map(retryWaitMs)).toEqual([
      RETRY_FIRST_MS,
      RETRY_FIRST_MS * 2,
      RETRY_FIRST_MS * 4,
      RETRY_MAX_MS,
    ]);
  });
});
