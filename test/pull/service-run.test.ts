import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { defineService } from '../../src/connector/service.js';
import { RetryableError, SourceError } from '../../src/core/errors.js';
import { appendRun, runLogFile } from '../../src/pull/run-log.js';
import { openLedger } from '../support/readings.js';
import {
  charge,
  chargesIn,
  ground,
  ownConnector,
  ownWorkspace,
  type Ground,
  type OwnWorkspace,
} from '../support/own-connector.js';

const NOW = '2026-11-20T12:00:00Z';
const HEAD = 'company: Acme\ncurrency: EUR\n';
const yaml = (source: string): Record<string, string> => ({
  'spendshift.yaml': `${HEAD}sources:\n  live: ${source}\n`,
});

function threeMonths(): Ground {
  return ground([
    charge('2026-09-10', 'Figma', '10.00'),
    charge('2026-10-10', 'Figma', '20.00'),
    charge('2026-11-10', 'Figma', '30.00'),
  ]);
}

const SINCE_SEPTEMBER = yaml('{ connector: own, since: 2026-09 }');

async function started(
  service: Ground,
  files = SINCE_SEPTEMBER,
  more: Parameters<typeof ownConnector>[1] = {},
): Promise<OwnWorkspace> {
  return ownWorkspace(files, [ownConnector(service, more)], NOW);
}

/** The first source's outcome in words: its error, or nothing. */
function failureOf({ failures }: Awaited<ReturnType<OwnWorkspace['pull']>>): string {
  return failures.map(({ source, error }) => `${source}: ${error.message}`).join('\n');
}

describe('a run of a live source', () => {
  it('reads the latest month first, and the same again finds nothing new', async () => {
    const service = threeMonths();
    const workspace = await started(service);
    const { results, failures } = await workspace.pull();
    expect(failures).toEqual([]);
    expect(service.asked).toEqual(['2026-11', '2026-10', '2026-09']);
    expect(results[0]).toMatchObject({ windowsRead: 3, rowCount: 3, added: 3, changed: 0, removed: 0 });
    service.asked.length = 0;
    const digest = await workspace.ledger.digest();
    const again = await workspace.pull();
    // October was read when it could no longer change (3 days after its end); only November is still open.
    expect(service.asked).toEqual(['2026-11']);
    expect(again.results[0]).toMatchObject({ windowsRead: 1, added: 0, changed: 0, removed: 0 });
    expect(await workspace.ledger.digest()).toBe(digest);
  });

  it('goes on where a failure in the middle of a backfill stopped it', async () => {
    const service = threeMonths();
    const workspace = await started(service);
    service.problems.set('2026-10', { kind: 'permission', message: 'the service answered 403' });
    const first = await workspace.pull();
    expect(failureOf(first)).toBe(
      'live: source live: list 2026-10: the service answered 403\n' +
        "  → Grant what the connector's README lists; `spendshift doctor` shows which permission is missing.",
    );
    expect(first.failures).toMatchObject([{ source: 'live', windowsRead: 1 }]);
    expect(service.asked).toEqual(['2026-11', '2026-10']);
    expect(await chargesIn(workspace.ledger)).toEqual(['20261110 Figma 30000000 EUR']);
    service.problems.clear();
    service.asked.length = 0;
    await workspace.pull();
    expect(service.asked).toEqual(['2026-11', '2026-10', '2026-09']);
    expect(await chargesIn(workspace.ledger)).toEqual([
      '20260910 Figma 10000000 EUR',
      '20261010 Figma 20000000 EUR',
      '20261110 Figma 30000000 EUR',
    ]);
    expect(await workspace.ledger.integrityProblems()).toEqual([]);
  });

  it('keeps a month that the service no longer has, and says so', async () => {
    const service = threeMonths();
    service.estimates.add('2026-09');
    const workspace = await started(service);
    await workspace.pull();
    const digest = await workspace.ledger.digest();
    service.charges = service.charges.filter(({ day }) => day.startsWith('2026-11'));
    service.absent.add('2026-09');
    workspace.clock.now = new Date('2026-11-21T12:00:00Z');
    const { failures } = await workspace.pull();
    expect(failures).toEqual([]);
    expect(await workspace.ledger.digest()).toBe(digest);
    expect((await workspace.runs())[0]).toMatchObject({
      outcome: 'unchanged',
      windows: ['2026-11'],
      remarks: ['The service no longer has 2026-09: its charges stay as they were read on 2026-11-20.'],
    });
  });

  it('takes a month that the service has never had as empty', async () => {
    const service = threeMonths();
    service.absent.add('2026-08');
    const workspace = await started(service, yaml('{ connector: own, since: 2026-08 }'));
    await workspace.pull();
    expect((await workspace.runs())[0]).toMatchObject({ windowsRead: 4, rowCount: 3, remarks: [] });
  });

  it('that fails for now says so in its record, with what it did before', async () => {
    const service = threeMonths();
    const workspace = await started(service);
    service.problems.set('2026-09', { kind: 'retry', message: 'the service answered 503' });
    const { failures } = await workspace.pull({ by: 'agent' });
    expect(failures[0]?.error).toBeInstanceOf(RetryableError);
    expect(workspace.waitsMs).toHaveLength(5);
    expect(await workspace.runs()).toEqual([
      {
        source: 'live',
        startedAt: '2026-11-20T12:00:00.000Z',
        finishedAt: '2026-11-20T12:00:00.000Z',
        by: 'agent',
        outcome: 'failed',
        windowsRead: 2,
        rowCount: 2,
        rejectedCount: 0,
        added: 2,
        changed: 0,
        removed: 0,
        windows: ['2026-11', '2026-10'],
        estimates: [],
        controlTotals: [{ currency: 'EUR', source: '50', ledger: '50.00', difference: '0' }],
        // Two that were answered, and six attempts at the third.
        requestCount: 8,
        cost: '0.00',
        costCurrency: 'USD',
        remarks: [],
        error:
          'source live: list 2026-09: the service answered 503 (tried 6 times)\n' +
          '  → Nothing of this window was taken; it is read again in the next run.',
        mayPass: true,
      },
    ]);
  });

  it('records what it read, in which currencies, what is an estimate and what it cost', async () => {
    const service = threeMonths();
    service.charges.push(
      charge('2026-11-12', 'Figma', '0.0000004', { key: 'small' }),
      charge('2026-11-13', 'Zoom', '-7.5', { currency: 'GBP' }),
    );
    service.estimates.add('2026-11');
    const workspace = await started(service, SINCE_SEPTEMBER, { priceMicros: 10_000n });
    const { results } = await workspace.pull();
    expect(results[0]?.live).toEqual({
      requestCount: 3,
      costMicros: 30_000n,
      costCurrency: 'USD',
      estimates: ['2026-11'],
      remarks: [],
    });
    expect((await workspace.runs())[0]).toMatchObject({
      by: 'hand',
      outcome: 'changed',
      windows: ['2026-11', '2026-10', '2026-09'],
      estimates: ['2026-11'],
      controlTotals: [
        { currency: 'EUR', source: '60.0000004', ledger: '60.00', difference: '0.0000004' },
        { currency: 'GBP', source: '-7.5', ledger: '-7.50', difference: '0' },
      ],
      requestCount: 3,
      cost: '0.03',
      costCurrency: 'USD',
    });
    await workspace.pull();
    expect((await workspace.runs())[0]).toMatchObject({ outcome: 'unchanged', windows: ['2026-11'], cost: '0.01' });
  });

  it('follows what the service changes, and leaves the rest untouched', async () => {
    const service = threeMonths();
    const workspace = await started(service);
    await workspace.pull();
    service.charges = [
      charge('2026-11-10', 'Figma', '31.00', { key: '2026-11-10 Figma 30.00' }),
      charge('2026-11-11', 'Zoom', '5.00'),
    ];
    const { results } = await workspace.pull();
    // September and October are settled: that the service has lost them changes nothing.
    expect(results[0]).toMatchObject({ added: 1, changed: 1, removed: 0 });
    expect(await chargesIn(workspace.ledger)).toEqual([
      '20260910 Figma 10000000 EUR',
      '20261010 Figma 20000000 EUR',
      '20261110 Figma 31000000 EUR',
      '20261111 Zoom 5000000 EUR',
    ]);
    service.charges = [];
    expect((await workspace.pull()).results[0]).toMatchObject({ added: 0, changed: 0, removed: 2 });
    expect(await workspace.ledger.integrityProblems()).toEqual([]);
  });

  it('reads a month until it is settled: open, an estimate, or within the days of restatement', async () => {
    const service = threeMonths();
    const workspace = await started(service);
    const monthsAt = async (now: string): Promise<string[]> => {
      workspace.clock.now = new Date(now);
      service.asked.length = 0;
      await workspace.pull();
      return service.asked;
    };
    expect(await monthsAt('2026-12-03T23:59:59Z')).toEqual(['2026-12', '2026-11', '2026-10', '2026-09']);
    // 30 November and three days: on the fourth of December nothing can change any more.
    expect(await monthsAt('2026-12-04T00:00:00Z')).toEqual(['2026-12', '2026-11']);
    expect(await monthsAt('2026-12-04T01:00:00Z')).toEqual(['2026-12']);
    service.estimates.add('2026-12');
    expect(await monthsAt('2027-01-20T00:00:00Z')).toEqual(['2027-01', '2026-12']);
    expect(await monthsAt('2027-03-20T00:00:00Z')).toEqual(['2027-03', '2027-02', '2027-01', '2026-12']);
    service.estimates.clear();
    expect(await monthsAt('2027-03-20T01:00:00Z')).toEqual(['2027-03', '2026-12']);
    expect(await monthsAt('2027-03-20T02:00:00Z')).toEqual(['2027-03']);
  });

  it('knows months in the zone of the service', async () => {
    const service = ground([charge('2026-12-01', 'Figma', '1.00')]);
    const workspace = await started(service, yaml('{ connector: own, since: 2026-12 }'), { timeZone: 'Asia/Tokyo' });
    workspace.clock.now = new Date('2026-11-30T15:30:00Z');
    await workspace.pull();
    expect(service.asked).toEqual(['2026-12']);
  });

  it('reads all months again that the service still has when settings or connector change', async () => {
    const service = threeMonths();
    const workspace = await started(service);
    await workspace.pull();
    service.asked.length = 0;
    const newer = ownConnector(service, { version: 2, monthsMax: 1 });
    const { results } = await workspace.pull({ connectors: [newer] });
    expect(service.asked).toEqual(['2026-11', '2026-10']);
    expect(results[0]?.live?.remarks).toEqual([
      '2026-09 stay as they were read with earlier settings: the service no longer has them.',
    ]);
    expect((await workspace.runs())[0]?.remarks).toEqual(results[0]?.live?.remarks);
  });

  it('says which months are wanted and out of reach', async () => {
    const service = threeMonths();
    const workspace = await started(service, yaml('{ connector: own, since: 2026-01 }'), { monthsMax: 2 });
    const { results } = await workspace.pull();
    expect(service.asked).toEqual(['2026-11', '2026-10', '2026-09']);
    expect(results[0]?.live?.remarks).toEqual([
      'The service no longer has 2026-01 to 2026-08, which `since` asks for.',
    ]);
  });
});

describe('a ceiling', () => {
  it('of a run that is reached in the middle keeps what was read, and the next run goes on', async () => {
    const service = threeMonths();
    const files = yaml('{ connector: own, since: 2026-09, ceiling: { run: 0.02 } }');
    const workspace = await started(service, files, { priceMicros: 10_000n });
    const { failures } = await workspace.pull();
    expect(failures[0]?.error).toBeInstanceOf(SourceError);
    expect(failures[0]?.error.message).toBe(
      'source live: ceiling.run: list 2026-09 would pass the ceiling of 0.02 USD a run: its requests have cost 0.02 USD so far\n' +
        '  → What was read before stays. Raise `ceiling.run`, or let the source run less often; `spendshift pull --dry-run` shows the price.',
    );
    expect(service.asked).toEqual(['2026-11', '2026-10']);
    expect((await workspace.runs())[0]).toMatchObject({ outcome: 'failed', cost: '0.02', mayPass: false, added: 2 });
    await workspace.pull();
    expect(service.asked).toEqual(['2026-11', '2026-10', '2026-11', '2026-09']);
    expect(await chargesIn(workspace.ledger)).toHaveLength(3);
  });

  it('of a month counts what earlier runs of the month cost, failed ones too, and no other month', async () => {
    const service = threeMonths();
    const files = yaml('{ connector: own, since: 2026-09, ceiling: { month: 0.04 } }');
    const workspace = await started(service, files, { priceMicros: 10_000n });
    service.problems.set('2026-09', { kind: 'permission', message: 'no' });
    await workspace.pull();
    service.problems.clear();
    const { failures } = await workspace.pull();
    expect(failures[0]?.error.message).toContain(
      'list 2026-09 would pass the ceiling of 0.04 USD a month: its requests have cost 0.04 USD so far',
    );
    workspace.clock.now = new Date('2026-12-01T00:00:00Z');
    expect((await workspace.pull()).failures).toEqual([]);
  });

  it('of a month counts runs of the month that stand in the log before one that began in the month before', async () => {
    const service = threeMonths();
    const files = yaml('{ connector: own, since: 2026-11, ceiling: { month: 0.01 } }');
    const workspace = await started(service, files, { priceMicros: 10_000n });
    await workspace.pull();
    // A run of another source that began on the last day of October came to its end after that one.
    const [own] = await workspace.runs();
    if (own === undefined) throw new Error('there is a run');
    await appendRun(runLogFile(workspace.ledger.file), {
      ...own,
      source: 'other',
      startedAt: '2026-10-31T23:59:00.000Z',
    });
    const { failures } = await workspace.pull();
    expect(failures[0]?.error.message).toContain('would pass the ceiling of 0.01 USD a month');
  });
});

describe('a run that is cancelled', () => {
  it('between two windows keeps the first and takes nothing of the second', async () => {
    const service = threeMonths();
    const workspace = await started(service);
    const stop = new AbortController();
    const windows: string[] = [];
    const pull = workspace.pull({
      signal: stop.signal,
      onWindow: (window) => {
        windows.push(window);
        stop.abort(new Error('stopped by hand'));
      },
    });
    await expect(pull).rejects.toThrow('stopped by hand');
    expect(windows).toEqual(['2026-11']);
    expect(service.asked).toEqual(['2026-11']);
    expect(await chargesIn(workspace.ledger)).toEqual(['20261110 Figma 30000000 EUR']);
    // Its right to the source is given back.
    service.asked.length = 0;
    expect((await workspace.pull()).failures).toEqual([]);
    expect(service.asked).toEqual(['2026-11', '2026-10', '2026-09']);
  });

  it('leaves a record of what it read and of what its requests cost', async () => {
    const service = threeMonths();
    const workspace = await started(service, SINCE_SEPTEMBER, { priceMicros: 10_000n });
    const stop = new AbortController();
    const pull = workspace.pull({
      signal: stop.signal,
      onWindow: () => {
        stop.abort(new Error('stopped by hand'));
      },
    });
    await expect(pull).rejects.toThrow('stopped by hand');
    const error = 'It was told to end. What it had read stays; the next pull goes on there.';
    expect(await workspace.runs()).toMatchObject([
      { source: 'live', windows: ['2026-11'], cost: '0.01', stopped: true, error },
    ]);
  });

  it('in the middle of a request ends at once, and that month stays as it was', async () => {
    const service = threeMonths();
    const workspace = await started(service);
    const stop = new AbortController();
    service.onRequest = async (month) => {
      if (month !== '2026-10') return;
      stop.abort(new Error('stopped by hand'));
      await new Promise(() => undefined);
    };
    await expect(workspace.pull({ signal: stop.signal })).rejects.toThrow('stopped by hand');
    expect(await chargesIn(workspace.ledger)).toEqual(['20261110 Figma 30000000 EUR']);
  });
});

describe('two runs of one source', () => {
  it('do not meet: the second is told who is at work', async () => {
    const service = threeMonths();
    const workspace = await started(service);
    let second = '';
    service.onRequest = async () => {
      service.onRequest = () => undefined;
      const pulled = await workspace.pull({ effects: { ...workspace.effects, holder: 'desk 7 other' } });
      second = failureOf(pulled);
    };
    expect((await workspace.pull()).failures).toEqual([]);
    expect(second).toBe(
      'live: source live: another run is reading this source (test, process 1)\n' +
        '  → Wait for it. If it is stuck, its right ends by itself at 2026-11-20T12:30:00.000Z.',
    );
    expect(service.asked).toEqual(['2026-11', '2026-10', '2026-09']);
  });

  it('do not meet either while the service makes the first one wait as long as it may', async () => {
    const service = threeMonths();
    const workspace = await started(service);
    const other = await openLedger(workspace.folder);
    const refused: boolean[] = [];
    service.problems.set('2026-11', { kind: 'retry', message: 'slow down', afterMs: 14 * 60_000 });
    const effects = {
      ...workspace.effects,
      sleep: async (ms: number) => {
        // Just before the wait is over, another machine looks whether the source is free.
        workspace.clock.now = new Date(workspace.clock.now.getTime() + ms - 1);
        const answer = await other.services.acquireLease({
          source: 'live',
          holder: 'desk 7 other',
          now: workspace.clock.now,
          durationMs: 60_000,
          isAlive: () => true,
        });
        refused.push(!('token' in answer));
        service.problems.clear();
      },
    };
    const outcome = await workspace.pull({ effects }).then(failureOf, String);
    await other.close();
    expect(refused).toEqual([true]);
    expect(outcome).toBe('');
  });

  it('of which one lost its right in its sleep: it writes nothing, and other sources are pulled all the same', async () => {
    const service = threeMonths();
    const other = ground([charge('2026-11-01', 'Zoom', '1.00')]);
    const files = {
      'spendshift.yaml': `${HEAD}sources:\n  live: { connector: own, since: 2026-11 }\n  second: { connector: other, since: 2026-11 }\n`,
    };
    const connectors = [ownConnector(service), ownConnector(other, { id: 'other' })];
    const workspace = await ownWorkspace(files, connectors, NOW);
    service.onRequest = async () => {
      workspace.clock.now = new Date(workspace.clock.now.getTime() + 31 * 60_000);
      await workspace.ledger.services.acquireLease({
        source: 'live',
        holder: 'desk 7 other',
        now: workspace.clock.now,
        durationMs: 60_000,
        isAlive: () => true,
      });
    };
    const pulled = await workspace.pull();
    expect(failureOf(pulled)).toContain(
      'another run has taken this source over (desk 7 other); nothing of this one was written',
    );
    expect(await chargesIn(workspace.ledger)).toEqual(['20261101 Zoom 1000000 EUR']);
  });
});

describe('a connector that is wrong', () => {
  it('is told of by name, and the other sources are pulled all the same', async () => {
    const service = ground([charge('2026-11-01', 'Zoom', '1.00')]);
    const broken = defineService<unknown>({
      ...ownConnector(ground(), { id: 'broken' }),
      async *pull() {
        yield await Promise.resolve({ charges: [] });
        throw new TypeError("Cannot read properties of undefined (reading 'id')");
      },
    });
    const files = {
      'spendshift.yaml': `${HEAD}sources:\n  first: { connector: broken }\n  second: { connector: own, since: 2026-11 }\n`,
    };
    const workspace = await ownWorkspace(files, [broken, ownConnector(service)], NOW);
    const pulled = await workspace.pull();
    expect(failureOf(pulled)).toContain(
      "first: source first: the connector broken failed: Cannot read properties of undefined (reading 'id')",
    );
    expect(await chargesIn(workspace.ledger)).toEqual(['20261101 Zoom 1000000 EUR']);
  });

  it.each<[string, Ground, string]>([
    [
      'a charge outside the window',
      // The service's list is by day; this one lies about its day afterwards.
      ground([charge('2026-11-01', 'Figma', '1.00')]),
      'the connector gave a charge of 2026-12-01 when asked for 2026-11-01 to 2026-12-01; nothing of this window was taken',
    ],
  ])('in %s is refused, and the ledger is as it was', async (_name, service, message) => {
    const good = ownConnector(service);
    const lying = {
      ...good,
      async *pull() {
        yield await Promise.resolve({ charges: [charge('2026-12-01', 'Figma', '1.00')] });
        return { isFinal: true, remarks: [] };
      },
    };
    const workspace = await ownWorkspace(yaml('{ connector: own, since: 2026-11 }'), [good], NOW);
    await workspace.pull();
    const digest = await workspace.ledger.digest();
    expect(failureOf(await workspace.pull({ connectors: [lying] }))).toContain(message);
    expect(await workspace.ledger.digest()).toBe(digest);
  });
});

describe('a source whose connector is another one now', () => {
  it('has the charges of the new one alone: files before, a service now', async () => {
    const service = ground([charge('2026-11-10', 'Figma', '30.00')]);
    const csv = [
      '{ connector: csv, files: pay.csv, currency: EUR, dates: [YYYY-MM-DD]',
      "amount: { decimal: '.', sign: spend-positive }, columns: { date: date, payee: payee, amount: amount } }",
    ];
    const files = {
      ...yaml(csv.join(', ')),
      'pay.csv': 'date,payee,amount\n2026-10-05,Figma,20.00\n2026-11-10,Figma,30.00\n',
    };
    const workspace = await ownWorkspace(files, [ownConnector(service)], NOW);
    expect(failureOf(await workspace.pull())).toBe('');
    expect(await chargesIn(workspace.ledger)).toHaveLength(2);
    await writeFile(
      join(workspace.folder, 'spendshift.yaml'),
      yaml('{ connector: own, since: 2026-10 }')['spendshift.yaml'] ?? '',
    );
    expect(failureOf(await workspace.pull())).toBe('');
    expect(await chargesIn(workspace.ledger)).toEqual(['20261110 Figma 30000000 EUR']);
  });
});

describe('the archive of a run', () => {
  it('has a file for each window that was read, with the reply', async () => {
    const service = threeMonths();
    const workspace = await started(service, {
      'spendshift.yaml': `${HEAD}archive: { folder: kept }\nsources:\n  live: { connector: own, since: 2026-10 }\n`,
    });
    await workspace.pull();
    const names = await readdir(join(workspace.folder, 'kept'), { recursive: true });
    expect(names.filter((name) => name.endsWith('.gz')).sort()).toEqual([
      join('live', '2026-10', '2026-11-20T12-00-00-000Z.jsonl.gz'),
      join('live', '2026-11', '2026-11-20T12-00-00-000Z.jsonl.gz'),
    ]);
  });

  it('that cannot be written is said as it is, and is no fault of the service', async () => {
    const service = threeMonths();
    const workspace = await started(service, {
      'spendshift.yaml': `${HEAD}archive: { folder: kept }\nsources:\n  live: { connector: own, since: 2026-10 }\n`,
      kept: 'a file, no folder',
    });
    const outcome = await workspace.pull().then(failureOf, String);
    expect(outcome).toContain('archive');
    expect(outcome).not.toContain("the connector's README");
  });
});
