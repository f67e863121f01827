import { describe, expect, it } from 'vitest';

import type { AgentEvent } from '../../src/app.js';
import { agentLog, logEvent } from '../../src/cli/agent-log.js';
import { DataError, RetryableError, SettingsError, SourceError } from '../../src/core/errors.js';
import type { Month } from '../../src/core/period.js';

const NOW = new Date('2026-11-20T12:00:00.500Z');
const OCTOBER = '2026-10' as Month;

/** The lines that an event writes, each as it stands. */
function linesOf(event: AgentEvent): string[] {
  const texts: string[] = [];
  const log = agentLog({ write: (text) => texts.push(text) }, () => NOW);
  logEvent(log, event);
  return texts;
}

const parsed = (event: AgentEvent): unknown[] => linesOf(event).map((line) => JSON.parse(line) as unknown);
const head = { name: 'spendshift', time: '2026-11-20T12:00:00.500Z' };

const result = {
  source: 'aws',
  windowsRead: 2,
  windowsUnchanged: 0,
  windowsRemoved: [],
  rowCount: 12,
  rejectedCount: 1,
  added: 10,
  changed: 1,
  removed: 0,
};
const counts = { rowCount: 12, rejectedCount: 1, added: 10, changed: 1, removed: 0, durationMs: 1_500 };

describe('the line of', () => {
  it.each<[string, AgentEvent, readonly object[]]>([
    [
      'a pull that starts',
      { kind: 'started', source: 'aws', reason: 'missed' },
      [{ level: 'info', source: 'aws', reason: 'missed', msg: 'pull started' }],
    ],
    [
      'a window',
      { kind: 'window', source: 'aws', window: '2026-10' },
      [{ level: 'info', source: 'aws', window: '2026-10', msg: 'window read' }],
    ],
    [
      'a pull of files',
      { kind: 'pulled', source: 'aws', result, durationMs: 1_500 },
      [{ level: 'info', source: 'aws', ...counts, msg: 'pull done' }],
    ],
    [
      'a pull of a service, with its cost, and each remark on a line of its own',
      {
        kind: 'pulled',
        source: 'aws',
        result: {
          ...result,
          live: {
            requestCount: 3,
            costMicros: 30_000n,
            costCurrency: 'USD',
            estimates: ['2026-11'],
            remarks: ['One is old.', 'Two is gone.'],
          },
        },
        durationMs: 1_500,
      },
      [
        {
          level: 'info',
          source: 'aws',
          ...counts,
          requestCount: 3,
          cost: '0.03',
          costCurrency: 'USD',
          msg: 'pull done',
        },
        { level: 'warn', source: 'aws', msg: 'One is old.' },
        { level: 'warn', source: 'aws', msg: 'Two is gone.' },
      ],
    ],
    [
      'a failure that may pass',
      {
        kind: 'failed',
        source: 'aws',
        error: new RetryableError({ place: { source: 'aws' }, message: 'busy', hint: 'Wait.' }),
        mayPass: true,
        durationMs: 7,
      },
      [
        {
          level: 'error',
          source: 'aws',
          mayPass: true,
          durationMs: 7,
          error: 'source aws: busy\n  → Wait.',
          msg: 'pull failed; it is tried again',
        },
      ],
    ],
    [
      'a failure that somebody must mend',
      {
        kind: 'failed',
        source: 'aws',
        error: new SourceError({ place: { source: 'aws' }, message: 'no' }),
        mayPass: false,
        durationMs: 7,
      },
      [
        {
          level: 'error',
          source: 'aws',
          mayPass: false,
          durationMs: 7,
          error: 'source aws: no',
          msg: 'pull failed; somebody must act',
        },
      ],
    ],
    [
      'a statement',
      { kind: 'statement', month: OCTOBER, files: ['2026-10.html'], waitingFor: [] },
      [{ level: 'info', month: '2026-10', files: ['2026-10.html'], waitingFor: [], msg: 'statement written' }],
    ],
    [
      'a statement that is not complete',
      { kind: 'statement', month: OCTOBER, files: ['2026-10.html'], waitingFor: ['aws: never read'] },
      [
        {
          level: 'info',
          month: '2026-10',
          files: ['2026-10.html'],
          waitingFor: ['aws: never read'],
          msg: 'statement written although sources are incomplete',
        },
      ],
    ],
    [
      'a statement that waits',
      { kind: 'waiting', month: OCTOBER, waitingFor: ['aws: never read'] },
      [{ level: 'info', month: '2026-10', waitingFor: ['aws: never read'], msg: 'statement waits for sources' }],
    ],
    [
      'a workspace that cannot be read',
      {
        kind: 'trouble',
        of: 'workspace',
        error: new SettingsError({ place: { file: 'spendshift.yaml', line: 3 }, message: 'unknown key "x"' }),
      },
      [
        {
          level: 'error',
          error: 'spendshift.yaml:3: unknown key "x"',
          msg: 'the workspace cannot be used; it is looked at again every minute',
        },
      ],
    ],
    [
      'a statement that cannot be made',
      { kind: 'trouble', of: 'statement', error: new DataError({ place: {}, message: 'there is no rate' }) },
      [
        {
          level: 'error',
          error: 'there is no rate',
          msg: 'no statement can be made; it is tried again after the next pull, and every hour',
        },
      ],
    ],
  ])('%s', (_what, event, lines) => {
    expect(parsed(event)).toEqual(lines.map((line) => ({ ...head, ...line })));
  });
});

describe('a line', () => {
  it('is one line, whatever a service said, and ends in a line break', () => {
    const error = new SourceError({ place: {}, message: 'first\nsecond "quoted" \u2028 \u001b[31mred' });
    const [line = '', ...others] = linesOf({ kind: 'failed', source: 'aws', error, mayPass: false, durationMs: 0 });
    expect(others).toEqual([]);
    expect(line.endsWith('\n')).toBe(true);
    expect(line.trimEnd()).not.toContain('\n');
    expect(line).not.toContain('\u001b');
  });

  it('says no more of an error than its text: what caused it may hold a secret', () => {
    const cause = new Error('Authorization: Bearer sk_live_123');
    const error = new SourceError({ place: {}, message: 'no' }, { cause });
    const texts = linesOf({ kind: 'failed', source: 'aws', error, mayPass: false, durationMs: 0 });
    expect(texts.join('')).not.toContain('sk_live_123');
    expect(texts.join('')).not.toContain('stack');
  });
});
