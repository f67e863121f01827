import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { listLines, withSession } from '../../src/app.js';
import { renderJson } from '../../src/render/json.js';
import { pullFolder, statementOf } from '../support/end-to-end.js';
import { temporaryFolder } from '../support/files.js';

const OPTIONS = { periods: { baseline: '2024-01', current: '2024-02' } };

const HEAD = 'date,amount,payee,unit\n';
const JANUARY = '2024-01-10,100.00,Figma,Digital\n2024-01-11,0.000001,Slack,Shared\n2024-01-12,50.00,Zoom,Digital\n';
const FEBRUARY = '2024-02-10,120.00,Figma,Digital\n2024-02-11,0.000001,Slack,Shared\n';

async function writeCompany(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(folder, 'data'), { recursive: true });
  await writeFile(
    join(folder, 'spendshift.yaml'),
    `company: Steady
currency: GBP
sources:
  cards:
    connector: csv
    files: data/*.csv
    currency: GBP
    dates: [YYYY-MM-DD]
    amount: { decimal: '.', group: '', sign: spend-positive }
    columns: { date: date, amount: amount, payee: payee, costCenter: unit }
ownership:
  costCenters: units.csv
  rules: rules.yaml
`,
  );
  await writeFile(
    join(folder, 'units.csv'),
    'cost_center,function,shares,valid_from,valid_to\nDigital,it,,,\nShared,,"it 50, marketing 50",,\n' +
      'Moved,it,,,2024-01\nMoved,marketing,,2024-02,\n',
  );
  await writeFile(join(folder, 'rules.yaml'), 'rules: []\n');
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'data', name), HEAD + text);
}

const statement = async (folder: string): Promise<string> => renderJson(await statementOf(folder, OPTIONS));

describe('a statement while the ledger changes', () => {
  it('is printed from the old state while another process is in the middle of a pull', async () => {
    const folder = await temporaryFolder();
    await writeCompany(folder, { 'c-2024-01.csv': JANUARY, 'c-2024-02.csv': FEBRUARY });
    await pullFolder(folder);
    const before = await statement(folder);
    await withSession(folder, async ({ ledger }) => {
      const source = { name: 'cards', kind: 'payment', title: 'Cards', settingsFingerprint: 'other' } as const;
      await ledger
        .pull(source, async (writer) => {
          writer.removeWindow('2024-02');
          expect(await statement(folder)).toBe(before);
          throw new Error('the pull stops here');
        })
        .catch(() => undefined);
    });
    expect(await statement(folder)).toBe(before);
  });

  it('reads lines that another process pulled and did not decide', async () => {
    const folder = await temporaryFolder();
    await writeCompany(folder, { 'c-2024-01.csv': JANUARY });
    await pullFolder(folder);
    const whole = await temporaryFolder();
    const files = { 'c-2024-01.csv': JANUARY, 'c-2024-02.csv': `${FEBRUARY}2024-02-20,7.00,Notion,Digital\n` };
    await writeCompany(whole, files);
    await pullFolder(whole);
    await writeCompany(folder, files);
    await pullFolder(folder);
    await withSession(folder, async ({ ledger }) => {
      await ledger.saveState('vendor-fingerprint', 'of an older catalogue');
      await ledger.saveState('owner-rules', '[]');
    });
    expect(await statement(folder)).toBe(await statement(whole));
  });
});

describe('decisions', () => {
  it('are stored together with what they were made from, or not at all', async () => {
    const folder = await temporaryFolder();
    await writeCompany(folder, { 'c-2024-01.csv': JANUARY });
    await pullFolder(folder);
    await withSession(folder, async ({ ledger }) => {
      const failing = ledger.decide(
        'all',
        () => {
          throw new Error('killed');
        },
        { states: { 'mapping-fingerprint': 'new' } },
      );
      await expect(failing).rejects.toThrow('killed');
      expect(await ledger.state('mapping-fingerprint')).not.toBe('new');
    });
  });

  it('follow a changed rule of one vendor, and a rule taken away again', async () => {
    const folder = await temporaryFolder();
    await writeCompany(folder, { 'c-2024-01.csv': JANUARY, 'c-2024-02.csv': FEBRUARY });
    await pullFolder(folder);
    const before = await statement(folder);
    const owned = (functionId: string): Promise<readonly string[]> =>
      withSession(folder, async (session) => {
        const report = await listLines(session, {
          period: '2024-01',
          basis: 'cash',
          view: 'owner',
          spendClasses: [],
          functionId,
          limit: 10,
        });
        return report.rows.map((row) => row.vendor).sort();
      });
    expect(await owned('sales')).toEqual([]);
    const rule = 'rules:\n  - id: figma\n    when: { vendor: Figma }\n    then: { owner: sales }\n';
    await writeFile(join(folder, 'rules.yaml'), rule);
    expect(await owned('sales')).toEqual(['Figma']);
    await writeFile(join(folder, 'rules.yaml'), rule.replace('Figma', 'Zoom'));
    expect(await owned('sales')).toEqual(['Zoom']);
    await writeFile(join(folder, 'rules.yaml'), rule.replace('vendor: Figma', 'payee: { contains: o }'));
    expect(await owned('sales')).toEqual(['Zoom']);
    await writeFile(join(folder, 'rules.yaml'), 'rules: []\n');
    expect(await statement(folder)).toBe(before);
  });
});

describe('the same files', () => {
  it('give the same bytes however the ledger came to them', async () => {
    const [long, fresh] = [await temporaryFolder(), await temporaryFolder()];
    const files = { 'c-2024-01.csv': JANUARY, 'c-2024-02.csv': FEBRUARY };
    const moved = '2024-01-05,30.00,Miro,Moved\n2024-02-05,30.00,Miro,Moved\n';
    await writeCompany(long, { ...files, 'x.csv': moved });
    await pullFolder(long);
    await statement(long);
    await rm(join(long, 'data', 'x.csv'));
    await pullFolder(long);
    await writeCompany(fresh, files);
    await pullFolder(fresh);
    expect(await statement(long)).toBe(await statement(fresh));
  });
});
