import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { explainLine, makeStatement, sourceStatuses } from '../../src/app.js';
import { ownershipBook } from '../../src/app/known.js';
import type { Connector } from '../../src/connector/contract.js';
import {
  defineApplications,
  definePeople,
  defineRates,
  type DirectoryPerson,
  type KnownApplication,
  type PublishedRate,
} from '../../src/connector/reference.js';
import type { OwnerSegment } from '../../src/core/decision.js';
import { UNASSIGNED } from '../../src/core/decision.js';
import type { IsoDate } from '../../src/core/date.js';
import type { Month } from '../../src/core/period.js';
import { charge, ground, money, ownConnector, ownWorkspace, type OwnWorkspace } from '../support/own-connector.js';

const common = {
  title: 'Directory',
  settings: z.strictObject({}),
  version: 1,
  service: { permissions: [], grant: 'read', requestIntervalMs: 0 },
  check: () => Promise.resolve([]),
};

/** A directory that a test holds in its hand. */
function directory(people: DirectoryPerson[], id = 'people'): Connector {
  return definePeople<unknown>({
    ...common,
    id,
    async *pull() {
      yield await Promise.resolve({ items: people });
      return { remarks: [] };
    },
  });
}

function signIns(applications: KnownApplication[]): Connector {
  return defineApplications<unknown>({
    ...common,
    id: 'signins',
    async *pull() {
      yield await Promise.resolve({ items: applications });
      return { remarks: [] };
    },
  });
}

function bank(rates: readonly PublishedRate[]): Connector {
  return defineRates<unknown>({
    ...common,
    id: 'bank',
    async *pull(_context, from) {
      yield await Promise.resolve({ items: rates.filter(({ day }) => day >= from) });
      return { remarks: [] };
    },
  });
}

const person = (id: string, names: string[], department: string, more: Partial<DirectoryPerson> = {}) => ({
  id,
  names,
  department,
  isActive: true,
  ...more,
});

/** A charge on somebody's card. */
const onCard = (day: string, who: string, payee = 'Figma') =>
  charge(day, payee, '10.00', { key: `${day} ${who} ${payee}`, texts: { payee, person: who } });

const HEAD = 'company: Acme\ncurrency: EUR\nsources:\n  cards: { connector: own, since: 2026-08 }\n';

/** Spans of months with their functions, in words. */
function spans(segments: readonly OwnerSegment[]): string[] {
  return segments.map(({ from, to, shares }) => {
    const owners = shares.map(({ functionId, perMillion }) => `${functionId} ${perMillion}`).join(', ');
    return `${from ?? ''}..${to ?? ''} ${owners === '' ? 'nobody at all' : owners}`;
  });
}

/** Whose the lines of a person are. */
async function ownersOf(workspace: OwnWorkspace, who: string): Promise<string[]> {
  const line = (await workspace.ledger.findLines('L', 100)).find((entry) => entry.person === who);
  if (line === undefined) throw new Error(`no line of ${who}`);
  const explained = await explainLine(workspace.session(), line.id, { chargesMax: 0, rowsMax: 0 });
  return spans(explained.ownership.owners);
}

const IT_ALL = 1_000_000;

describe('people of a directory', () => {
  it('own their lines, by any spelling, in the department of each month', async () => {
    const people = [
      person('u1', ['Anna Smith', 'anna@acme.example'], 'Marketing'),
      person('u2', ['Bob Jones', '4711'], 'sales'),
    ];
    const service = ground([
      onCard('2026-09-05', 'ANNA  SMITH'),
      onCard('2026-09-06', 'anna@acme.example'),
      onCard('2026-09-07', '4711'),
      onCard('2026-09-08', 'Carol'),
    ]);
    const files = { 'spendshift.yaml': `${HEAD}  people: { connector: people }\n` };
    const workspace = await ownWorkspace(files, [ownConnector(service), directory(people)], '2026-09-20T12:00:00Z');
    expect((await workspace.pull()).failures).toEqual([]);
    expect(await ownersOf(workspace, 'ANNA  SMITH')).toEqual([`.. marketing ${IT_ALL}`]);
    expect(await ownersOf(workspace, 'anna@acme.example')).toEqual([`.. marketing ${IT_ALL}`]);
    expect(await ownersOf(workspace, '4711')).toEqual([`.. sales ${IT_ALL}`]);
    expect(await ownersOf(workspace, 'Carol')).toEqual([`.. ${UNASSIGNED} ${IT_ALL}`]);

    // In November the directory says that Anna has moved; where she was before stays as it was.
    people[0] = person('u1', ['Anna Smith', 'anna@acme.example'], 'IT');
    workspace.clock.now = new Date('2026-11-20T12:00:00Z');
    await workspace.pull();
    expect(await ownersOf(workspace, 'ANNA  SMITH')).toEqual([
      `..2026-11 marketing ${IT_ALL}`,
      `2026-11.. it ${IT_ALL}`,
    ]);
    // In December she is gone; her lines stay hers.
    people.shift();
    workspace.clock.now = new Date('2026-12-20T12:00:00Z');
    await workspace.pull();
    expect(await ownersOf(workspace, 'ANNA  SMITH')).toEqual([
      `..2026-11 marketing ${IT_ALL}`,
      `2026-11.. it ${IT_ALL}`,
    ]);
  });

  it('own in the months that the directory names itself', async () => {
    const people = [
      person('u1', ['Anna'], 'Marketing', { until: '2026-08' as Month }),
      person('u1', ['Anna'], 'Sales', { since: '2026-09' as Month }),
    ];
    const service = ground([onCard('2026-08-05', 'Anna')]);
    const files = { 'spendshift.yaml': `${HEAD}  people: { connector: people }\n` };
    const workspace = await ownWorkspace(files, [ownConnector(service), directory(people)], '2026-09-20T12:00:00Z');
    await workspace.pull();
    expect(await ownersOf(workspace, 'Anna')).toEqual([`..2026-09 marketing ${IT_ALL}`, `2026-09.. sales ${IT_ALL}`]);
  });

  it('are weaker than the workspace: who is named there is decided there', async () => {
    const people = [person('u1', ['Anna Smith'], 'Marketing'), person('u2', ['Bob'], 'Sales')];
    const service = ground([onCard('2026-09-05', 'Anna Smith'), onCard('2026-09-06', 'Bob')]);
    const files = {
      'spendshift.yaml': `${HEAD}  people: { connector: people }\nownership: { people: people.csv }\n`,
      'people.csv': 'person,department\nanna smith,finance\n',
    };
    const workspace = await ownWorkspace(files, [ownConnector(service), directory(people)], '2026-09-20T12:00:00Z');
    await workspace.pull();
    expect(await ownersOf(workspace, 'Anna Smith')).toEqual([`.. finance ${IT_ALL}`]);
    expect(await ownersOf(workspace, 'Bob')).toEqual([`.. sales ${IT_ALL}`]);
  });

  it('of one name are nobody, by that name; their other names are theirs', async () => {
    const people = [
      person('u1', ['John Smith', 'john1@acme.example'], 'Marketing'),
      person('u2', ['john smith', 'john2@acme.example'], 'Sales'),
    ];
    const service = ground([onCard('2026-09-05', 'John Smith'), onCard('2026-09-06', 'john2@acme.example')]);
    const files = { 'spendshift.yaml': `${HEAD}  people: { connector: people }\n` };
    const workspace = await ownWorkspace(files, [ownConnector(service), directory(people)], '2026-09-20T12:00:00Z');
    await workspace.pull();
    expect(await ownersOf(workspace, 'John Smith')).toEqual([`.. ${UNASSIGNED} ${IT_ALL}`]);
    expect(await ownersOf(workspace, 'john2@acme.example')).toEqual([`.. sales ${IT_ALL}`]);
  });

  /** A workspace with two directories, after a pull. */
  async function withDirectories(one: DirectoryPerson[], other: DirectoryPerson[], whoPaid: string, files = {}) {
    const settings = `${HEAD}  people: { connector: people }\n  more: { connector: people2 }\n`;
    const connectors = [
      ownConnector(ground([onCard('2026-09-05', whoPaid)])),
      directory(one),
      directory(other, 'people2'),
    ];
    const workspace = await ownWorkspace({ 'spendshift.yaml': settings, ...files }, connectors, '2026-09-20T12:00:00Z');
    const { results } = await workspace.pull();
    const remarks = new Map(results.map(({ source, live }) => [source, live?.remarks ?? []]));
    return { workspace, remarks };
  }

  const CONTRADICTION =
    'Directories contradict each other about 1 person, whose charges find no department for it: "Anna" (more: Sales; people: Marketing). Correct one of them, or name the person in the file that `ownership: people` names.';

  it('of two directories that contradict each other are nobody, and both directories say so', async () => {
    const one = [person('1', ['anna@acme.example', 'Anna'], 'Marketing')];
    const other = [person('1', ['anna@acme.example', 'Anna'], 'Sales')];
    const { workspace, remarks } = await withDirectories(one, other, 'Anna');
    expect(await ownersOf(workspace, 'Anna')).toEqual([`.. ${UNASSIGNED} ${IT_ALL}`]);
    // The first was read when there was no second one yet.
    expect([remarks.get('people'), remarks.get('more')]).toEqual([[], [CONTRADICTION]]);
    const statuses = await sourceStatuses(workspace.session(), undefined);
    expect(statuses.map((status) => status.remarks)).toEqual([[], [CONTRADICTION], [CONTRADICTION]]);
  });

  it('of two directories that contradict each other are decided by the workspace, and nothing is said', async () => {
    const [one, other] = [[person('1', ['Anna'], 'Marketing')], [person('1', ['Anna'], 'Sales')]];
    const { workspace, remarks } = await withDirectories(one, other, 'Anna', {
      'spendshift.yaml': `${HEAD}  people: { connector: people }\n  more: { connector: people2 }\nownership: { people: people.csv }\n`,
      'people.csv': 'person,department\nanna,finance\n',
    });
    expect(await ownersOf(workspace, 'Anna')).toEqual([`.. finance ${IT_ALL}`]);
    expect(remarks.get('more')).toEqual([]);
  });

  it('of two directories that say the same have that department', async () => {
    const one = [person('u1', ['Anna Smith', 'anna@acme.example'], 'Marketing')];
    const other = [person('7', ['anna smith', 'Anna@acme.example'], 'MARKETING ')];
    const { workspace, remarks } = await withDirectories(one, other, 'Anna Smith');
    expect(await ownersOf(workspace, 'Anna Smith')).toEqual([`.. marketing ${IT_ALL}`]);
    expect(remarks.get('more')).toEqual([]);
  });

  it('of two directories have the department of the one that names it, when an address tells that they are one', async () => {
    const one = [person('u1', ['Anna Smith', 'anna@acme.example'], '')];
    const known = await withDirectories(one, [person('7', ['Anna Smith', 'anna@acme.example'], 'Sales')], 'Anna Smith');
    expect(await ownersOf(known.workspace, 'Anna Smith')).toEqual([`.. sales ${IT_ALL}`]);
    // By the name alone it could be somebody else.
    const unknown = await withDirectories(one, [person('7', ['Anna Smith'], 'Sales')], 'Anna Smith');
    expect(await ownersOf(unknown.workspace, 'Anna Smith')).toEqual([`.. ${UNASSIGNED} ${IT_ALL}`]);
  });

  it('of two directories have the past of the one that knows it', async () => {
    const history = [
      person('4711', ['Anna Smith'], 'IT', { until: '2025-06' as Month }),
      person('4711', ['Anna Smith'], 'Marketing', { since: '2025-07' as Month }),
    ];
    const now = [person('u1', ['Anna Smith', 'anna@acme.example'], 'Marketing')];
    const { workspace, remarks } = await withDirectories(now, history, 'Anna Smith');
    expect(await ownersOf(workspace, 'Anna Smith')).toEqual([
      `..2025-07 it ${IT_ALL}`,
      `2025-07.. marketing ${IT_ALL}`,
    ]);
    expect(remarks.get('more')).toEqual([]);
  });

  it.each(['', 'Board & friends'])('own nothing where the department is none of the workspace: %j', async (name) => {
    const service = ground([onCard('2026-08-05', 'Anna'), onCard('2026-09-05', 'Anna')]);
    const files = { 'spendshift.yaml': `${HEAD}  people: { connector: people }\n` };
    const connectors = [ownConnector(service), directory([person('u1', ['Anna'], name)])];
    const workspace = await ownWorkspace(files, connectors, '2026-09-20T12:00:00Z');
    await workspace.pull();
    const { technology, functions } = await makeStatement(workspace.session(), {
      periods: { month: '2026-09', compare: 'last-month' },
      basis: 'cash',
      view: 'owner',
      asToday: false,
    });
    // No money is lost: what nobody owns stands under `unassigned`.
    expect(technology).toMatchObject({ baseline: 10_000_000n, current: 10_000_000n });
    expect(functions.map(({ id, current }) => `${id} ${current}`)).toEqual([`${UNASSIGNED} 10000000`]);
    expect(await ownersOf(workspace, 'Anna')).toEqual([`.. ${UNASSIGNED} ${IT_ALL}`]);
  });

  it('own by the cost centre that the directory names, with the months of that', async () => {
    const people = [person('u1', ['Anna'], 'CC-17')];
    const service = ground([onCard('2026-08-05', 'Anna')]);
    const files = {
      'spendshift.yaml': `${HEAD}  people: { connector: people }\nownership: { costCenters: cc.csv }\n`,
      'cc.csv': 'cost_center,function,valid_from,valid_to\nCC-17,marketing,,2026-08\nCC-17,sales,2026-09,\n',
    };
    const workspace = await ownWorkspace(files, [ownConnector(service), directory(people)], '2026-09-20T12:00:00Z');
    await workspace.pull();
    expect(await ownersOf(workspace, 'Anna')).toEqual([`..2026-09 marketing ${IT_ALL}`, `2026-09.. sales ${IT_ALL}`]);
  });

  it('leave the ledger with their source', async () => {
    const people = [person('u1', ['Anna'], 'Marketing')];
    const service = ground([onCard('2026-09-05', 'Anna')]);
    const files = { 'spendshift.yaml': `${HEAD}  people: { connector: people }\n` };
    const workspace = await ownWorkspace(files, [ownConnector(service), directory(people)], '2026-09-20T12:00:00Z');
    await workspace.pull();
    await writeFile(join(workspace.folder, 'spendshift.yaml'), HEAD);
    expect((await workspace.pull()).removedSources).toEqual([{ source: 'people', charges: 0 }]);
    expect(await ownersOf(workspace, 'Anna')).toEqual([`.. ${UNASSIGNED} ${IT_ALL}`]);
    const session = workspace.session();
    expect(await ownershipBook(session)).toBe(session.workspace.ownership);
  });
});

describe('applications that IT knows', () => {
  const application = (name: string, more: Partial<KnownApplication> = {}): KnownApplication => ({
    id: name,
    name,
    publisher: '',
    domain: '',
    isActive: true,
    ...more,
  });

  /** What IT knows of the line of a payee, with the reason. */
  async function knownOf(workspace: OwnWorkspace, payee: string): Promise<string> {
    const line = (await workspace.ledger.findLines('L', 100)).find((entry) => entry.payee === payee);
    if (line === undefined) throw new Error(`no line of ${payee}`);
    const { ownership } = await explainLine(workspace.session(), line.id, { chargesMax: 0, rowsMax: 0 });
    return ownership.knows.known ? ownership.knows.evidence : 'unknown';
  }

  async function workspaceWith(applications: KnownApplication[], payees: readonly string[]): Promise<OwnWorkspace> {
    const service = ground(payees.map((payee) => charge('2026-09-05', payee, '10.00')));
    const files = { 'spendshift.yaml': `${HEAD}  signins: { connector: signins }\n` };
    const workspace = await ownWorkspace(files, [ownConnector(service), signIns(applications)], '2026-09-20T12:00:00Z');
    expect((await workspace.pull()).failures).toEqual([]);
    return workspace;
  }

  it('make their lines known, with the month since when', async () => {
    const workspace = await workspaceWith([application('Figma')], ['FIGMA SAN FRANCISCO', 'ZOOM.US 888-799-9666']);
    expect(await knownOf(workspace, 'FIGMA SAN FRANCISCO')).toContain(
      "people sign in to Figma through the company's directory, seen since 2026-09",
    );
    expect(await knownOf(workspace, 'ZOOM.US 888-799-9666')).toBe('unknown');
  });

  it('make lines known by domain, also where nobody knows the name', async () => {
    const applications = [application('Our design tool', { domain: 'figma.com' })];
    const workspace = await workspaceWith(applications, ['FIGMA SAN FRANCISCO']);
    expect(await knownOf(workspace, 'FIGMA SAN FRANCISCO')).toContain('Our design tool');
  });

  it('that are switched off or gone make nothing known', async () => {
    const applications = [application('Figma'), application('Zoom', { isActive: false })];
    const workspace = await workspaceWith(applications, ['FIGMA SAN FRANCISCO', 'ZOOM.US 888-799-9666']);
    expect(await knownOf(workspace, 'ZOOM.US 888-799-9666')).toBe('unknown');
    applications.splice(0, 1);
    await workspace.pull();
    expect(await knownOf(workspace, 'FIGMA SAN FRANCISCO')).toBe('unknown');
    // Since when it is known is not forgotten when it comes back.
    applications.push(application('Figma'));
    workspace.clock.now = new Date('2026-11-20T12:00:00Z');
    await workspace.pull();
    expect(await knownOf(workspace, 'FIGMA SAN FRANCISCO')).toContain('seen since 2026-09');
  });
});

describe('live rates', () => {
  const rate = (day: string, perEuro: string): PublishedRate => ({
    day: day as IsoDate,
    currency: 'USD',
    perEuro: money(perEuro),
  });
  const dollars = (day: string) => charge(day, 'Figma', '12.00', { currency: 'USD' });

  /** Converted cash of each month, in micro-units of EUR. */
  async function converted(workspace: OwnWorkspace): Promise<string[]> {
    const spansOfMonths = ['2026-08', '2026-09'].map((from) => ({
      from: from as Month,
      to: (from === '2026-08' ? '2026-09' : '2026-10') as Month,
    }));
    const sums = await workspace.ledger.lineSums(spansOfMonths, 'cash', 'EUR');
    return sums.flatMap(({ reportingMicros }) => reportingMicros.map(String));
  }

  it('fill the days that a file of rates lacks, and leave those that it has', async () => {
    const service = ground([dollars('2026-08-05'), dollars('2026-09-15')]);
    const files = {
      'spendshift.yaml': `${HEAD}  bank: { connector: bank }\nrates: rates.csv\n`,
      'rates.csv': 'Date,USD,\n2026-08-05,1.2,\n2026-09-14,N/A,\n',
    };
    const published = [rate('2026-08-05', '1.5'), rate('2026-09-14', '1.6')];
    const workspace = await ownWorkspace(files, [ownConnector(service), bank(published)], '2026-09-20T12:00:00Z');
    expect((await workspace.pull()).failures).toEqual([]);
    // 12 / 1.2 by the file; 12 / 1.6 by the bank's rate of the day before.
    expect(await converted(workspace)).toEqual(['10000000', '7500000']);
  });

  it('convert without any file, and anew when the bank corrects one', async () => {
    const service = ground([dollars('2026-08-05'), dollars('2026-09-15')]);
    const files = { 'spendshift.yaml': `${HEAD}  bank: { connector: bank }\n` };
    const published = [rate('2026-08-05', '1.5'), rate('2026-09-15', '1.6')];
    const workspace = await ownWorkspace(files, [ownConnector(service), bank(published)], '2026-09-20T12:00:00Z');
    await workspace.pull();
    expect(await converted(workspace)).toEqual(['8000000', '7500000']);
    const corrected = [rate('2026-08-05', '1.5'), rate('2026-09-15', '1.2')];
    const { results } = await workspace.pull({ connectors: [ownConnector(service), bank(corrected)] });
    expect(results.find(({ source }) => source === 'bank')).toMatchObject({ added: 0, changed: 1 });
    expect(await converted(workspace)).toEqual(['8000000', '10000000']);
  });

  it('that lack a day are said to be missing, with what to do', async () => {
    const service = ground([dollars('2026-08-05'), dollars('2026-09-15')]);
    const files = { 'spendshift.yaml': `${HEAD}  bank: { connector: bank }\n` };
    const workspace = await ownWorkspace(
      files,
      [ownConnector(service), bank([rate('2026-08-05', '1.5')])],
      '2026-09-20T12:00:00Z',
    );
    await workspace.pull();
    const statement = makeStatement(workspace.session(), {
      periods: { month: '2026-09', compare: 'last-month' },
      basis: 'cash',
      view: 'owner',
      asToday: false,
    });
    await expect(statement).rejects.toThrow('there is no rate for USD to EUR on 2026-09-15');
    await expect(statement).rejects.toThrow('Add a source with `connector: ecb-rates`');
    expect(await readFile(join(workspace.folder, 'spendshift.yaml'), 'utf8')).toBe(files['spendshift.yaml']);
  });
});
