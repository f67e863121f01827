import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { checkWorkspace } from '../../src/app.js';
import { pullFolder } from '../support/end-to-end.js';
import { temporaryFolder } from '../support/files.js';
import { PROJECT } from '../support/source-tree.js';

const RULES = `rules:
  - id: crm
    when: { vendor: Salesforce }
    then: { owner: sales }
  - id: figmaa
    when: { vendor: Figmaa }
    then: { owner: marketing }
  - id: other
    when: { payee: Nobody at all }
    then: { spendClass: other }
`;

async function company(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(join(PROJECT, 'test/golden/workspaces/company'), folder, { recursive: true });
  await writeFile(join(folder, 'ownership/rules.yaml'), RULES);
  return folder;
}

const check = (folder: string) => checkWorkspace(folder, new AbortController().signal);

describe('what people said that does nothing', () => {
  it('is counted by a pull and named by a check, a rule as a remark', async () => {
    const folder = await company();
    expect((await pullFolder(folder)).idle.rules.map(({ message }) => message).sort()).toEqual([
      'rule figmaa matches no line',
      'rule other matches no line',
    ]);
    const { fine, mistakes } = await check(folder);
    expect(mistakes).toEqual([]);
    expect(fine.filter((sentence) => sentence.includes('matches no line')).sort()).toEqual([
      'ownership/rules.yaml:5: rule figmaa matches no line',
      'ownership/rules.yaml:8: rule other matches no line',
    ]);
  });

  it('is a mistake where a decision names a line that is not there', async () => {
    const folder = await company();
    const settings = join(folder, 'spendshift.yaml');
    await writeFile(join(folder, 'ownership/decisions.csv'), 'line,owner,by,on\nL000000000000,it,Anna,2024-05-02\n');
    await writeFile(settings, '  decisions: ownership/decisions.csv\n', { flag: 'a' });
    expect((await pullFolder(folder)).idle.decisions).toHaveLength(1);
    const { mistakes } = await check(folder);
    expect(mistakes).toMatchObject([
      {
        place: { file: 'ownership/decisions.csv', line: 2 },
        message:
          'there is no line L000000000000; its decision does nothing (line ids change when the columns of a source change)',
      },
    ]);
  });
});
