import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { pullFolder, statementOf } from '../support/end-to-end.js';
import { temporaryFolder } from '../support/files.js';

const HEAD = 'doc,date,amount,payee\n';

async function writeSource(files: Readonly<Record<string, string>>, key: string): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'data'));
  await writeFile(
    join(folder, 'spendshift.yaml'),
    `company: Twice
currency: GBP
sources:
  ap:
    connector: csv
    files: data/*.csv
    currency: GBP
    dates: [YYYY-MM-DD]
    amount: { decimal: '.', sign: spend-positive }
    ${key}
    columns: { date: date, amount: amount, payee: payee, reference: doc }
`,
  );
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'data', name), HEAD + text);
  return folder;
}

describe('money that stands in two files', () => {
  it('is refused where the source has keys of its own, and nothing changes', async () => {
    const january = '1,2024-01-10,10.00,Figma\n2,2024-01-31,20.00,Slack\n';
    const folder = await writeSource(
      { 'ap-2024-01.csv': january, 'ap-2024-02.csv': '3,2024-02-10,5.00,Zoom\n' },
      'key: [doc]',
    );
    expect((await pullFolder(folder)).failures).toEqual([]);
    const before = await statementOf(folder);
    await writeFile(
      join(folder, 'data', 'ap-2024-02.csv'),
      `${HEAD}2,2024-01-31,20.00,Slack\n3,2024-02-10,5.00,Zoom\n`,
    );
    const { failures } = await pullFolder(folder);
    expect(failures[0]?.error.message).toContain(
      'the same key stands in files of different periods\n    data/ap-2024-01.csv:3 and data/ap-2024-02.csv:2',
    );
    expect((await statementOf(folder)).technology).toEqual(before.technology);
  });

  it('is refused where one file is a copy of another', async () => {
    const rows = '1,2024-01-10,10.00,Figma\n';
    const folder = await writeSource({ 'ap-2024-01.csv': rows, 'copy.csv': rows }, '');
    const { failures } = await pullFolder(folder);
    expect(failures[0]?.error.message).toContain(
      'data/copy.csv: source ap: the file has the same content as data/ap-2024-01.csv',
    );
  });

  it('is not seen in files without rows', async () => {
    const folder = await writeSource(
      { 'ap-2024-01.csv': '', 'ap-2024-02.csv': '', 'ap-2024-03.csv': '1,2024-03-01,1.00,Figma\n' },
      '',
    );
    expect((await pullFolder(folder)).failures).toEqual([]);
  });
});

describe('a day outside all books', () => {
  it('rejects its row', async () => {
    const many = Array.from({ length: 100 }, (_, index) => `${index},2024-03-01,1.00,Figma\n`).join('');
    const folder = await writeSource({ 'ap.csv': `${many}x,0024-03-01,1.00,Figma\n` }, '');
    const { results } = await pullFolder(folder);
    expect(results[0]).toMatchObject({ added: 100, rejectedCount: 1 });
  });
});
