import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { nextOccurrence } from '../../src/pull/occurrences.js';
import { secret } from '../../src/connector/secret.js';
import { loadWorkspace } from '../../src/settings/load.js';
import { namedConnectors } from '../../src/settings/own-connectors.js';
import type { ConnectorDeclaration, Workspace } from '../../src/settings/types.js';

const connectors: readonly ConnectorDeclaration[] = [
  { id: 'csv', title: 'CSV', kind: 'payment', feed: 'files', settings: z.strictObject({ files: z.string() }) },
  {
    id: 'cloud',
    title: 'Cloud',
    kind: 'bill',
    feed: 'charges',
    settings: z.strictObject({ key: secret('the key').optional() }),
  },
  { id: 'rates', title: 'Rates', kind: 'reference', feed: 'rates', settings: z.strictObject({}) },
  { id: 'inside', title: 'Inside', kind: 'chargeback', feed: 'charges', settings: z.strictObject({}) },
];

const HEAD = 'company: Acme\ncurrency: EUR\n';
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function makeFolder(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'spendshift-agent-settings-'));
  folders.push(folder);
  writeFileSync(join(folder, 'spendshift.yaml'), text);
  return folder;
}

function load(more: string): Workspace {
  return loadWorkspace(makeFolder(`${HEAD}${more}`), {
    connectors,
    builtInFunctions: [{ id: 'it', name: 'IT', group: 'it' }],
  });
}

function messageOf(more: string): string {
  try {
    load(more);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'accepted';
}

const CRON = "a cron expression of five fields such as '0 5 * * *' (minute, hour, day, month, weekday)";
const source = (keys: string): string => `sources:\n  one: { connector: cloud, ${keys} }\n`;

describe('a source', () => {
  it.each([
    ["schedule: '0 5 * *'", `schedule: expected ${CRON}, found "0 5 * *"`],
    ["schedule: '0 0 5 * * *'", `schedule: expected ${CRON}, found "0 0 5 * * *"`],
    ["schedule: '60 5 * * *'", `schedule: expected ${CRON}, found "60 5 * * *"`],
    ["schedule: '0 24 * * *'", `schedule: expected ${CRON}, found "0 24 * * *"`],
    ["schedule: '0 5 32 * *'", `schedule: expected ${CRON}, found "0 5 32 * *"`],
    ["schedule: '0 5 * 13 *'", `schedule: expected ${CRON}, found "0 5 * 13 *"`],
    ['schedule: daily', `schedule: expected ${CRON}, found "daily"`],
    ["schedule: '@daily'", `schedule: expected ${CRON}, found "@daily"`],
    ['schedule: 5', `schedule: expected ${CRON}, found 5`],
    ['schedule: [1]', `schedule: expected ${CRON}, found a list`],
    ['timeZone: London', 'timeZone: expected a time zone such as Europe/London or UTC, found "London"'],
    ["timeZone: ''", 'timeZone: expected a time zone such as Europe/London or UTC, found ""'],
    ['timeZone: 1', 'timeZone: expected a time zone such as Europe/London or UTC, found 1'],
    ['since: 2025', 'since: expected a month such as 2025-01, found 2025'],
    ['since: 2025-13', 'since: expected a month such as 2025-01, found "2025-13"'],
    ['since: 2025-01-01', 'since: expected a month such as 2025-01, found "2025-01-01"'],
    ['ceiling: 5', 'ceiling: expected a map of keys, found 5'],
    ['ceiling: { run: -1 }', 'ceiling.run: expected an amount such as 2.50, found "-1"'],
    ['ceiling: { run: free }', 'ceiling.run: expected an amount such as 2.50, found "free"'],
    ["ceiling: { month: '1,50' }", 'ceiling.month: expected an amount such as 2.50, found "1,50"'],
    ['ceiling: { run: true }', 'ceiling.run: write an amount such as 2.50'],
    ['ceiling: { day: 1 }', 'ceiling.day: unknown key "day"\n  → Keys: run, month.'],
    ['kind: invoice', 'kind: expected one of bill, payment, expense, plan, found "invoice"'],
    ['kind: reference', 'kind: expected one of bill, payment, expense, plan, found "reference"'],
    ['kind: chargeback', 'kind: expected one of bill, payment, expense, plan, found "chargeback"'],
  ])('with %s', (keys, message) => {
    expect(messageOf(source(keys))).toBe(`spendshift.yaml:4: source one: ${message}`);
  });

  it('of files has no first month and no price', () => {
    const text =
      'sources:\n  pay:\n    connector: csv\n    files: a.csv\n    since: 2025-01\n    ceiling: { run: 1 }\n';
    expect(messageOf(text)).toBe(
      'spendshift.yaml:7: source pay: since: the connector csv reads files, all of them and for nothing\n' +
        '  → Take the key since out.\n' +
        'spendshift.yaml:8: source pay: ceiling: the connector csv reads files, all of them and for nothing\n' +
        '  → Take the key ceiling out.',
    );
  });

  it.each(['rates', 'inside'])('that gives no spend has no kind: %s', (connector) => {
    expect(messageOf(`sources:\n  one:\n    connector: ${connector}\n    kind: bill\n`)).toBe(
      `spendshift.yaml:6: source one: kind: the connector ${connector} gives no spend\n  → Take the key kind out.`,
    );
  });

  it('that names a secret itself is refused, and what stands there is not repeated', () => {
    const message = messageOf(source('key: sk_live_123'));
    expect(message).toBe(
      'spendshift.yaml:4: source one: key: name where the key is kept, env:NAME or file:PATH; ' +
        'the secret itself must not stand in this file',
    );
  });

  it('has its own times, else those of the agent, else the usual ones', () => {
    const times = ({ sources }: Workspace): string[] => sources.map((one) => `${one.schedule} ${one.timeZone}`);
    const two =
      "sources:\n  a: { connector: cloud, schedule: '15 6 * * 1-5' }\n  b: { connector: cloud, timeZone: Asia/Tokyo }\n";
    expect(times(load(two))).toEqual(['15 6 * * 1-5 UTC', '0 5 * * * Asia/Tokyo']);
    expect(times(load(`${two}agent: { schedule: '0 1 * * *', timeZone: Europe/London }\n`))).toEqual([
      '15 6 * * 1-5 Europe/London',
      '0 1 * * * Asia/Tokyo',
    ]);
  });

  it('that reads what another reads is refused, unless it gives no charges', () => {
    expect(
      messageOf(
        "sources:\n  a: { connector: cloud, key: 'env:A' }\n  b: { connector: cloud, key: 'env:A', title: Again }\n",
      ),
    ).toBe(
      'spendshift.yaml:5: source b: has the same settings as the source a: each charge would count twice\n' +
        '  → Take one of the two out, or let them read different things.',
    );
    expect(load('sources:\n  a: { connector: rates }\n  b: { connector: rates }\n').sources).toHaveLength(2);
  });

  it('has its first month and its ceilings to the millionth', () => {
    const [one] = load(source('since: 2025-01, ceiling: { run: 0.10, month: "20.000001" }')).sources;
    expect(one).toMatchObject({ since: '2025-01', ceilings: { runMicros: 100_000n, monthMicros: 20_000_001n } });
    const [free] = load(source('ceiling: { run: 0 }')).sources;
    expect(free?.ceilings).toEqual({ runMicros: 0n, monthMicros: undefined });
  });

  it('is the same to the ledger whatever its times, first month and ceilings are', () => {
    const fingerprint = (keys: string): string => load(source(keys)).sources[0]?.fingerprint ?? '';
    const plain = fingerprint('key: env:KEY');
    expect(fingerprint("key: env:KEY, schedule: '0 1 * * *', timeZone: Asia/Tokyo, since: 2025-01")).toBe(plain);
    expect(fingerprint('key: env:KEY, ceiling: { run: 1 }, title: Other')).toBe(plain);
    expect(fingerprint('key: env:OTHER')).not.toBe(plain);
    expect(fingerprint('key: env:KEY, kind: payment')).not.toBe(plain);
  });

  it('may have a schedule with names, steps and spaces, which then comes round', () => {
    for (const schedule of ['*/20 8-18 * * 1-5', '0 5 1,15 * *', '0 5 * jan,jul mon', ' 0   5 * * * ']) {
      const [one] = load(source(`schedule: '${schedule}'`)).sources;
      if (one === undefined) throw new Error('there is a source');
      const next = nextOccurrence(
        { expression: one.schedule, timeZone: one.timeZone },
        new Date('2026-11-20T12:00:00Z'),
      );
      expect([schedule, next?.toISOString().slice(0, 4)]).toEqual([schedule, expect.stringMatching(/^202[67]$/)]);
    }
  });
});

describe('the agent', () => {
  it('has its defaults, and is as good as absent when it is empty', () => {
    const usual = {
      schedule: '0 5 * * *',
      timeZone: 'UTC',
      statements: { folder: 'statements', formats: ['html', 'json'] },
      host: '127.0.0.1',
    };
    expect(load('').agent).toEqual(usual);
    expect(load('agent:\n').agent).toEqual(usual);
    expect(load('agent: {}\n').agent).toEqual(usual);
    expect(load('agent: { port: 0, statements: { folder: monthly } }\n').agent).toEqual({
      ...usual,
      port: 0,
      statements: { folder: 'monthly', formats: ['html', 'json'] },
    });
  });

  it.each([
    ["schedule: 'at five'", `schedule: expected ${CRON}, found "at five"`],
    ['timeZone: Mars', 'timeZone: expected a time zone such as Europe/London or UTC, found "Mars"'],
    ['port: 65536', 'port: expected a port from 0 to 65535, found 65536'],
    ['port: -1', 'port: expected a port from 0 to 65535, found -1'],
    ['port: 80.5', 'port: expected a port from 0 to 65535, found 80.5'],
    ["port: '9464'", 'port: expected a port from 0 to 65535, found "9464"'],
    ["host: ''", 'host: expected a host name or address, found ""'],
    ['statements: monthly', 'statements: expected a map of keys, found "monthly"'],
    ["statements: { folder: '  ' }", 'statements.folder: expected the path of a folder, found "  "'],
    ['statements: { formats: [] }', 'statements.formats: expected at least 1 entries, found a list'],
    [
      'statements: { formats: [html, pdf] }',
      'statements.formats[2]: expected one of html, json, csv, text, found "pdf"',
    ],
    ['statements: { formats: html }', 'statements.formats: expected a list, found "html"'],
    [
      'statments: {}',
      'statments: unknown key "statments"\n  → Did you mean "statements"? Keys: schedule, timeZone, statements, host, port.',
    ],
  ])('with %s', (keys, message) => {
    expect(messageOf(`agent:\n  ${keys}\n`)).toBe(`spendshift.yaml:4: agent.${message}`);
  });

  it('as a text is refused', () => {
    expect(messageOf('agent: daily\n')).toBe('spendshift.yaml:3: agent: expected a map of keys, found "daily"');
  });

  it('tells its mistakes with those of the sources, in the order of lines', () => {
    const text = 'agent:\n  schedule: daily\n  port: x\nsources:\n  one:\n    connector: cloud\n    since: soon\n';
    expect(messageOf(text)).toBe(
      `spendshift.yaml:4: agent.schedule: expected ${CRON}, found "daily"\n` +
        'spendshift.yaml:5: agent.port: expected a port from 0 to 65535, found "x"\n' +
        'spendshift.yaml:9: source one: since: expected a month such as 2025-01, found "soon"',
    );
  });
});

describe('the archive', () => {
  it('is none unless it is asked for', () => {
    expect(load('').archive).toBeUndefined();
    expect(load('archive:\n').archive).toBeUndefined();
    const { folder, archive } = load('archive: {}\n');
    expect(archive).toEqual({ folder: join(folder, 'archive'), keepDays: 400 });
    expect(load('archive: { folder: /var/kept, keepDays: 1 }\n').archive).toEqual({ folder: '/var/kept', keepDays: 1 });
  });

  it.each([
    ['folder: 3', 'folder: expected the path of a folder, found 3'],
    ["folder: ''", 'folder: expected the path of a folder, found ""'],
    ['keepDays: 0', 'keepDays: expected a number of days, 1 or more, found 0'],
    ['keepDays: 1.5', 'keepDays: expected a number of days, 1 or more, found 1.5'],
    ['keepDays: forever', 'keepDays: expected a number of days, 1 or more, found "forever"'],
    ['keepDay: 3', 'keepDay: unknown key "keepDay"\n  → Did you mean "keepDays"? Keys: folder, keepDays.'],
  ])('with %s', (keys, message) => {
    expect(messageOf(`archive:\n  ${keys}\n`)).toBe(`spendshift.yaml:4: archive.${message}`);
  });
});

describe('the connectors that a workspace names', () => {
  it('are known before it is read as a whole, each with its line', () => {
    const named = namedConnectors(makeFolder(`${HEAD}connectors:\n  - ./a.mjs\n  - spendshift-b\nnonsense: 1\n`));
    expect(named.map(({ name, place }) => `${name} ${place.line ?? 0}`)).toEqual(['./a.mjs 4', 'spendshift-b 5']);
  });

  it.each([
    ['no list', 'connectors: ./a.mjs\n'],
    ['no key', ''],
    ['no YAML', 'connectors: [\n'],
    ['nothing to name', "connectors: [3, '', null]\n"],
  ])('are none where there is %s', (_what, text) => {
    expect(namedConnectors(makeFolder(`${HEAD}${text}`))).toEqual([]);
  });

  it('are none where there is no workspace', () => {
    expect(namedConnectors('/nowhere/at-all')).toEqual([]);
  });
});
