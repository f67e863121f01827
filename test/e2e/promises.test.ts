import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

import { statementInput, withSession, writeDemo } from '../../src/app.js';
import type { LineFact, Statement, StatementLine } from '../../src/statement/types.js';
import { renderCsv } from '../../src/render/csv.js';
import { renderHtml } from '../../src/render/html.js';
import { renderJson } from '../../src/render/json.js';
import { renderText } from '../../src/render/text.js';
import { sumMicros, type Micros } from '../../src/core/money.js';
import { builtProject } from '../support/build.js';
import { sumBy, WHOLE_DEMO } from '../support/demo-ledger.js';
import { lastingFolder, pullFolder, statementOf } from '../support/end-to-end.js';
import { temporaryFolder } from '../support/files.js';

const PROJECT = join(import.meta.dirname, '../..');
const NO_NETWORK = join(PROJECT, 'test/support/no-network.cjs');
const BEFORE_2026 = {
  ...WHOLE_DEMO,
  periods: { baseline: '2024-04..2024-12', current: '2025-04..2025-12' },
} as const;

describe('promises', () => {
  let demo = '';
  let remove: () => Promise<void>;

  beforeAll(async () => {
    ({ folder: demo, remove } = await lastingFolder());
    await writeDemo(demo);
    await pullFolder(demo);
  });
  afterAll(() => remove());

  /** A copy of the pulled demo that a test may change. */
  async function copyOfDemo(): Promise<string> {
    const folder = await temporaryFolder();
    await cp(demo, folder, { recursive: true });
    return folder;
  }

  it('the same inputs give the same bytes, wherever they lie and whatever was there before', async () => {
    const other = await temporaryFolder();
    await writeDemo(other);
    await pullFolder(other);
    expect(await digestOf(other)).toBe(await digestOf(demo));
    expect(allForms(await statementOf(other))).toEqual(allForms(await statementOf(demo)));
  });

  it('the order of rules and of mapping rows never matters', async () => {
    const folder = await temporaryFolder();
    await writeDemo(folder);
    await edit(folder, 'ownership/rules.yaml', (text) => {
      const { rules } = parse(text) as { rules: unknown[] };
      return stringify({ rules: rules.reverse() });
    });
    for (const file of await readdir(join(folder, 'ownership'))) {
      if (file.endsWith('.csv')) await edit(folder, `ownership/${file}`, turnedAround);
    }
    const { decided } = await pullFolder(folder);
    expect(decided.seen).toBeGreaterThan(1_000);
    expect(await decisionsOf(folder)).toEqual(await decisionsOf(demo));
    expect(renderJson(await statementOf(folder))).toBe(renderJson(await statementOf(demo)));
  });

  it('a source taken out of the settings takes its money along, and no other', async () => {
    const folder = await copyOfDemo();
    const before = await moneyBySource(folder);
    await edit(folder, 'spendshift.yaml', (text) => {
      const settings = parse(text) as { sources: Record<string, unknown> };
      const kept = Object.entries(settings.sources).filter(([id]) => id !== 'payables-de');
      return stringify({ ...settings, sources: Object.fromEntries(kept) });
    });
    await edit(folder, 'ownership/cost-centers.csv', (text) => withoutLines(text, 'payables-de'));
    const { removedSources } = await pullFolder(folder);
    expect(removedSources).toEqual([{ source: 'payables-de', charges: 361 }]);
    const left = new Map([...before].filter(([key]) => !key.startsWith('payables-de')));
    expect(left.size).toBe(before.size - 1);
    expect(await moneyBySource(folder)).toEqual(left);
  });

  it('an owner who changes later leaves older months as they were', async () => {
    const folder = await copyOfDemo();
    const older = renderJson(await statementOf(folder, BEFORE_2026));
    const month = { ...WHOLE_DEMO, periods: { month: '2026-02' } } as const;
    const before = await statementOf(folder, month);
    await edit(folder, 'ownership/accounts.csv', (text) =>
      text.replace(
        'cloud,310000000101,it,,,,larkfield-shared-services',
        'cloud,310000000101,it,,,2025-12,\ncloud,310000000101,marketing,,2026-01,,handed over',
      ),
    );
    const after = await statementOf(folder, month);
    expect(renderJson(await statementOf(folder, BEFORE_2026))).toBe(older);
    const moved = moneyOf(after, 'marketing').current - moneyOf(before, 'marketing').current;
    expect(moved).toBeGreaterThan(0n);
    expect(moneyOf(before, 'it').current - moneyOf(after, 'it').current).toBe(moved);
    expect(moneyOf(after, 'it').baseline).toBe(moneyOf(before, 'it').baseline);
  });

  it("a vendor's class set right moves all months, and is no shift", async () => {
    const folder = await copyOfDemo();
    const before = await statementOf(folder, WHOLE_DEMO);
    const hubspot = before.lines.filter(({ vendorId }) => vendorId === 'hubspot').flatMap(({ functions }) => functions);
    await edit(folder, 'ownership/rules.yaml', (text) =>
      text.replace('rules:\n', 'rules:\n  - { id: no-tool, when: { vendor: HubSpot }, then: { spendClass: other } }\n'),
    );
    const after = await statementOf(folder, WHOLE_DEMO);
    const then = sumMicros(hubspot.map(({ baseline }) => baseline));
    const now = sumMicros(hubspot.map(({ current }) => current));
    expect([then > 0n, now > 0n]).toEqual([true, true]);
    expect(before.technology.baseline - after.technology.baseline).toBe(then);
    expect(before.technology.current - after.technology.current).toBe(now);
    expect(after.parts.filter(({ key }) => key === 'hubspot')).toEqual([]);
    const other = ({ beside }: Statement): Micros =>
      beside.find(({ spendClass }) => spendClass === 'other')?.current ?? 0n;
    expect(other(after) - other(before)).toBe(now);
  });
});

describe('no network', () => {
  beforeAll(() => {
    builtProject();
  });

  const underWatch = (args: readonly string[], cwd: string): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, ['--require', NO_NETWORK, ...args], { cwd, encoding: 'utf8' });

  it('the watch notices every way out', async () => {
    const folder = await temporaryFolder();
    for (const script of [
      "await fetch('http://localhost:9')",
      "(await import('node:net')).connect(9, 'localhost')",
      "(await import('node:dns')).lookup('localhost', () => undefined)",
      "(await import('node:https')).get('https://localhost:9')",
    ]) {
      const { status, stderr } = underWatch(['--input-type=module', '--eval', script], folder);
      expect([status, /the network was used/.test(stderr)]).toEqual([1, true]);
    }
  });

  it('the demo is made, pulled and stated without any', async () => {
    const folder = await temporaryFolder();
    const bin = join(PROJECT, 'bin/spendshift.js');
    const { status, stdout, stderr } = underWatch([bin, 'demo', 'company', '--quiet'], folder);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('moved from IT');
    expect(await readFile(join(folder, 'company/statement.html'), 'utf8')).not.toMatch(/(?:src|href)="https?:/);
  });
});

const digestOf = (folder: string): Promise<string> => withSession(folder, ({ ledger }) => ledger.digest());

/** Every form of a statement. */
const allForms = (statement: Statement): string[] => [
  renderText(statement, { columns: 120, color: true }),
  renderJson(statement),
  renderCsv(statement),
  renderHtml(statement),
];

async function edit(folder: string, file: string, change: (text: string) => string): Promise<void> {
  const path = join(folder, file);
  const before = await readFile(path, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(path, after);
}

/** A CSV file with the rows below its header turned around. */
function turnedAround(text: string): string {
  const [header = '', ...rows] = text.trimEnd().split('\n');
  return [header, ...rows.reverse(), ''].join('\n');
}

function withoutLines(text: string, part: string): string {
  return text
    .split('\n')
    .filter((line) => !line.includes(part))
    .join('\n');
}

const linesOf = (folder: string): Promise<readonly StatementLine[]> =>
  withSession(folder, async (session) => (await statementInput(session, WHOLE_DEMO)).lines);

/** All decisions on all lines, without the places where rules and mappings stand. */
async function decisionsOf(folder: string): Promise<unknown[]> {
  const lines = await linesOf(folder);
  return lines.map(({ id, vendorId, category, spendClass, classMethod, segments, knows }) => {
    const decided = { id, vendorId, category, spendClass, classMethod, segments, knows };
    const text = JSON.stringify(decided).replace(/(ownership\/[a-z-]+\.(?:csv|yaml)):\d+/g, '$1');
    return JSON.parse(text) as unknown;
  });
}

async function moneyBySource(folder: string): Promise<Map<string, Micros>> {
  const facts: (LineFact & { source: string })[] = [];
  for (const { source, facts: own } of await linesOf(folder)) for (const fact of own) facts.push({ ...fact, source });
  return sumBy(
    facts,
    ({ source, currency }) => `${source} ${currency}`,
    ({ micros }) => micros,
  );
}

function moneyOf(statement: Statement, id: string): { baseline: Micros; current: Micros } {
  const row = statement.functions.find((entry) => entry.id === id);
  return { baseline: row?.baseline ?? 0n, current: row?.current ?? 0n };
}
