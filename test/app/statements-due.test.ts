import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { dueStatements, noteStatement, writtenStatements } from '../../src/app/statements-due.js';
import { makeStatement } from '../../src/app/statement.js';
import { SpendshiftError } from '../../src/core/errors.js';
import {
  charge,
  ground,
  ownConnector,
  ownWorkspace,
  type Ground,
  type OwnWorkspace,
} from '../support/own-connector.js';

const HEAD = 'company: Acme\ncurrency: EUR\n';
const ONE = `${HEAD}sources:\n  live: { connector: own, since: 2026-08 }\n`;
const CSV =
  "{ connector: csv, files: '*.csv', currency: EUR, dates: [YYYY-MM-DD], amount: { decimal: '.', sign: spend-positive }, columns: { date: date, payee: payee, amount: amount } }";

/** A charge in each of some months. */
function monthly(...months: readonly string[]): Ground {
  return ground(months.map((month) => charge(`${month}-10`, 'Figma', '10.00')));
}

async function workspaceOf(service: Ground, text = ONE, more: Readonly<Record<string, string>> = {}) {
  return ownWorkspace({ 'spendshift.yaml': text, ...more }, [ownConnector(service)], '2026-10-01T00:00:00Z');
}

/** Pulls at a moment, then does what the agent does: writes what is to be written. What is due, in words. */
async function at(workspace: OwnWorkspace, now: string, pull = true): Promise<string[]> {
  workspace.clock.now = new Date(now);
  if (pull) await workspace.pull();
  const session = workspace.session();
  const due = await dueStatements(session, workspace.clock.now);
  for (const entry of due.filter(({ write }) => write)) await noteStatement(session, entry, workspace.clock.now);
  return due.map(({ month, write, waitingFor }) =>
    [month, write ? 'written' : 'waits', ...waitingFor.map((reason) => `(${reason})`)].join(' '),
  );
}

describe('the statement of a month', () => {
  it('waits until its source was read after the month ended, then is written once', async () => {
    const service = monthly('2026-08', '2026-09', '2026-10');
    const workspace = await workspaceOf(service);
    // August has no month before it to be compared with.
    expect(await at(workspace, '2026-09-30T23:59:59Z')).toEqual([]);
    expect(await at(workspace, '2026-10-01T00:00:00Z', false)).toEqual([
      '2026-09 waits (live: not read since 2026-09 ended)',
    ]);
    expect(await at(workspace, '2026-10-02T00:00:00Z')).toEqual(['2026-09 written']);
    expect(await at(workspace, '2026-10-31T23:59:59Z')).toEqual([]);
    expect(await at(workspace, '2026-11-01T00:00:00Z')).toEqual(['2026-10 written']);
    expect(await writtenStatements(workspace.session())).toEqual([
      { month: '2026-09', waitingFor: [], writtenAt: '2026-10-02T00:00:00.000Z' },
      { month: '2026-10', waitingFor: [], writtenAt: '2026-11-01T00:00:00.000Z' },
    ]);
  });

  it('names a month that was read before it ended, and no longer when it was read after', async () => {
    const workspace = await workspaceOf(monthly('2026-08', '2026-09', '2026-10'));
    const remarks = async (now: string): Promise<readonly string[] | undefined> => {
      await at(workspace, now);
      const options = { periods: { month: '2026-09', compare: 'last-month' }, basis: 'cash', view: 'owner' } as const;
      return (await makeStatement(workspace.session(), { ...options, asToday: false })).sources[0]?.remarks;
    };
    expect(await remarks('2026-09-28T00:00:00Z')).toEqual([
      '2026-09 is not complete: it was read before its end, or is still an estimate.',
    ]);
    expect(await remarks('2026-10-02T00:00:00Z')).toEqual([]);
  });

  it('is compared with the year before where the ledger reaches so far, else with the month before', async () => {
    const service = monthly('2025-10', '2026-09', '2026-10', '2026-11');
    const workspace = await workspaceOf(service, `${HEAD}sources:\n  live: { connector: own, since: 2025-10 }\n`);
    workspace.clock.now = new Date('2026-12-02T00:00:00Z');
    await workspace.pull();
    const due = async (now: string) => (await dueStatements(workspace.session(), new Date(now)))[0]?.periods;
    expect(await due('2026-11-02T00:00:00Z')).toEqual({ month: '2026-10' });
    expect(await due('2026-10-02T00:00:00Z')).toEqual({ month: '2026-09', compare: 'last-month' });
  });

  it('is none where the ledger is empty, or has the one month alone', async () => {
    const workspace = await workspaceOf(ground());
    expect(await at(workspace, '2026-10-02T00:00:00Z')).toEqual([]);
    const single = await workspaceOf(monthly('2026-09'));
    expect(await at(single, '2026-10-02T00:00:00Z')).toEqual([]);
  });

  it('knows months in the zone of the agent, and readings in that of the service', async () => {
    const service = monthly('2026-08', '2026-09');
    const text = `${ONE}agent: { timeZone: America/Los_Angeles }\n`;
    const workspace = await ownWorkspace(
      { 'spendshift.yaml': text },
      [ownConnector(service, { timeZone: 'Asia/Tokyo' })],
      '2026-10-01T00:00:00Z',
    );
    // In Tokyo September is over, in Los Angeles it is not.
    expect(await at(workspace, '2026-09-30T16:00:00Z')).toEqual([]);
    expect(await at(workspace, '2026-10-01T06:59:59Z', false)).toEqual([]);
    expect(await at(workspace, '2026-10-01T07:00:00Z', false)).toEqual(['2026-09 written']);
  });
});

describe('a month that is not complete', () => {
  it('waits while the service calls it an estimate, is stated all the same after ten days, and again when complete', async () => {
    const service = monthly('2026-08', '2026-09', '2026-10', '2026-11');
    const workspace = await workspaceOf(service);
    await at(workspace, '2026-09-30T00:00:00Z');
    service.estimates.add('2026-09');
    const reason = '(live: the service still calls 2026-09 an estimate)';
    expect(await at(workspace, '2026-10-09T23:59:59Z')).toEqual([`2026-09 waits ${reason}`]);
    expect(await at(workspace, '2026-10-10T00:00:00Z')).toEqual([`2026-09 written ${reason}`]);
    // It is not written every day anew.
    expect(await at(workspace, '2026-10-11T00:00:00Z')).toEqual([`2026-09 waits ${reason}`]);
    expect((await writtenStatements(workspace.session())).at(-1)).toMatchObject({
      month: '2026-09',
      waitingFor: ['live: the service still calls 2026-09 an estimate'],
    });
    service.estimates.clear();
    expect(await at(workspace, '2026-10-12T00:00:00Z')).toEqual(['2026-09 written']);
    expect(await at(workspace, '2026-10-13T00:00:00Z')).toEqual([]);
  });

  it('does not wait for a source of which later months alone are wanted', async () => {
    const service = monthly('2026-08', '2026-09', '2026-10');
    const later = `${ONE}  later: { connector: own, since: 2026-10 }\n`;
    const workspace = await workspaceOf(service, later);
    expect(await at(workspace, '2026-10-02T00:00:00Z')).toEqual(['2026-09 written']);
    expect(await at(workspace, '2026-11-01T00:00:00Z', false)).toEqual([
      '2026-10 waits (live: not read since 2026-10 ended) (later: not read since 2026-10 ended)',
    ]);
  });

  it('names every source that it waits for, and no plan', async () => {
    const service = monthly('2026-08', '2026-09');
    const text =
      `${HEAD}sources:\n  live: { connector: own, since: 2026-08 }\n  late: { connector: own, since: 2026-08 }\n` +
      `  files: ${CSV}\n  budget: { connector: own, since: 2026-08, kind: plan }\n`;
    const workspace = await workspaceOf(service, text, { 'a.csv': 'date,payee,amount\n2026-08-01,Zoom,1\n' });
    workspace.clock.now = new Date('2026-10-02T00:00:00Z');
    await workspace.pull({ sources: ['live', 'files'] });
    expect(await at(workspace, '2026-10-02T00:00:00Z', false)).toEqual([
      '2026-09 waits (late: 2026-09 was never read) (files: no charges of 2026-09)',
    ]);
  });

  it('is complete without a charge where the service was asked and had none', async () => {
    const service = monthly('2026-08', '2026-09');
    const text = `${HEAD}sources:\n  live: { connector: own, since: 2026-08 }\n  quiet: { connector: silent, since: 2026-08 }\n`;
    const silent = ownConnector(ground(), { id: 'silent' });
    const workspace = await ownWorkspace(
      { 'spendshift.yaml': text },
      [ownConnector(service), silent],
      '2026-10-02T00:00:00Z',
    );
    expect(await at(workspace, '2026-10-02T00:00:00Z')).toEqual(['2026-09 written']);
  });

  it('is written again when it is complete, also after a later month was', async () => {
    const service = monthly('2026-08', '2026-09', '2026-10');
    const text = `${HEAD}sources:\n  live: { connector: own, since: 2026-08 }\n  files: ${CSV}\n`;
    const header = 'date,payee,amount\n';
    const workspace = await workspaceOf(service, text, { 'a.csv': `${header}2026-08-01,Zoom,1\n` });
    expect(await at(workspace, '2026-09-02T00:00:00Z')).toEqual([]);
    // August is written against nothing: the ledger begins there. The file of September is forgotten.
    expect(await at(workspace, '2026-10-10T00:00:00Z')).toEqual(['2026-09 written (files: no charges of 2026-09)']);
    await writeFile(join(workspace.folder, 'c.csv'), `${header}2026-10-01,Zoom,3\n`);
    expect(await at(workspace, '2026-11-02T00:00:00Z')).toContain('2026-10 written');
    await writeFile(join(workspace.folder, 'b.csv'), `${header}2026-09-01,Zoom,2\n`);
    expect(await at(workspace, '2026-11-05T00:00:00Z')).toEqual(['2026-09 written']);
    expect((await writtenStatements(workspace.session())).map(({ waitingFor }) => waitingFor)).toEqual([[], []]);
  });

  it('is written again when it is complete, also in a later month and where nothing was complete before', async () => {
    const service = monthly('2026-08', '2026-09', '2026-10');
    const workspace = await workspaceOf(service);
    service.estimates.add('2026-09');
    const reason = '(live: the service still calls 2026-09 an estimate)';
    expect(await at(workspace, '2026-10-15T00:00:00Z')).toEqual([`2026-09 written ${reason}`]);
    service.estimates.clear();
    expect(await at(workspace, '2026-11-02T00:00:00Z')).toEqual(['2026-09 written', '2026-10 written']);
  });
});

describe('months that were missed', () => {
  it('are caught up since the last one, earliest first', async () => {
    const service = monthly('2026-08', '2026-09', '2026-10', '2026-11', '2026-12');
    const workspace = await workspaceOf(service);
    expect(await at(workspace, '2026-10-02T00:00:00Z')).toEqual(['2026-09 written']);
    expect(await at(workspace, '2027-01-20T00:00:00Z')).toEqual([
      '2026-10 written',
      '2026-11 written',
      '2026-12 written',
    ]);
    expect(await at(workspace, '2027-01-21T00:00:00Z')).toEqual([]);
  });

  it('are caught up a year back, and of a first run the last one alone', async () => {
    const months = Array.from({ length: 30 }, (_, index) => {
      const date = new Date(Date.UTC(2026, 7 + index, 1));
      return date.toISOString().slice(0, 7);
    });
    const service = monthly(...months);
    const workspace = await workspaceOf(service);
    expect(await at(workspace, '2026-12-02T00:00:00Z')).toEqual(['2026-11 written']);
    const caughtUp = await at(workspace, '2028-09-02T00:00:00Z');
    expect(caughtUp).toHaveLength(12);
    expect([caughtUp[0], caughtUp.at(-1)]).toEqual(['2027-09 written', '2028-08 written']);
  });

  it('in which nobody charged anything are no reason to wait, those that are there are written', async () => {
    const service = monthly('2026-08', '2026-09');
    const workspace = await workspaceOf(service);
    await at(workspace, '2026-10-02T00:00:00Z');
    expect(await at(workspace, '2026-11-02T00:00:00Z')).toEqual([]);
    service.charges.push(charge('2026-11-03', 'Figma', '1.00'));
    expect(await at(workspace, '2026-12-02T00:00:00Z')).toEqual(['2026-10 written', '2026-11 written']);
  });

  it('are said to wait where every source fails', async () => {
    const service = monthly('2026-08', '2026-09');
    const workspace = await workspaceOf(service);
    await at(workspace, '2026-10-02T00:00:00Z');
    // October was read while it was open and had no charge yet, so the ledger ends with September.
    workspace.clock.now = new Date('2026-11-11T00:00:00Z');
    const due = await dueStatements(workspace.session(), workspace.clock.now);
    expect(due.map(({ month, waitingFor }) => [month, ...waitingFor])).toEqual([
      ['2026-10', 'live: not read since 2026-10 ended'],
    ]);
  });
});

describe('the list of statements', () => {
  it('is JSON beside them, in order of months, one entry each', async () => {
    const service = monthly('2026-08', '2026-09', '2026-10');
    const workspace = await workspaceOf(service, `${ONE}agent: { statements: { folder: reports/monthly } }\n`);
    await at(workspace, '2026-10-02T00:00:00Z');
    await at(workspace, '2026-11-02T00:00:00Z');
    const text = await readFile(join(workspace.folder, 'reports', 'monthly', 'index.json'), 'utf8');
    expect(JSON.parse(text)).toEqual({
      schema: 'spendshift.statements/1',
      statements: [
        { month: '2026-09', waitingFor: [], writtenAt: '2026-10-02T00:00:00.000Z' },
        { month: '2026-10', waitingFor: [], writtenAt: '2026-11-02T00:00:00.000Z' },
      ],
    });
  });

  it.each(['', '{', '[]', '{"statements": 3}'])('that somebody spoiled is told of with its place: %j', async (text) => {
    const workspace = await workspaceOf(monthly('2026-08', '2026-09'));
    await at(workspace, '2026-09-02T00:00:00Z');
    await mkdir(join(workspace.folder, 'statements'), { recursive: true });
    await writeFile(join(workspace.folder, 'statements', 'index.json'), text);
    const due = dueStatements(workspace.session(), new Date('2026-10-02T00:00:00Z'));
    await expect(due).rejects.toThrow(SpendshiftError);
    await expect(due).rejects.toThrow('index.json');
  });
});
