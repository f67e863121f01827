import { expect, it } from 'vitest';

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { renderJson } from '../../src/render/json.js';
import { sourceRemarks } from '../../src/render/words.js';
import { temporaryFolder } from '../support/files.js';
import { pullFolder, statementOf } from '../support/end-to-end.js';

const source = (id: string): string => `  ${id}:
    connector: csv
    title: ${id} file
    files: ${id}.csv
    currency: EUR
    dates: [YYYY-MM-DD]
    amount: { decimal: '.', group: ',', sign: spend-positive }
    columns:
      payee: Payee
      date: Date
      amount: Amount
`;
const settings = (ids: readonly string[]): string =>
  `company: Made\ncurrency: EUR\nsources:\n${ids.map(source).join('')}`;
const ROWS = 'Payee,Date,Amount\nFigma,2024-01-05,10.00\nFigma,2024-02-05,12.00\n';

it('a statement names the sources that failed or were never pulled', async () => {
  const folder = await temporaryFolder({
    'spendshift.yaml': settings(['cards', 'broken']),
    'cards.csv': ROWS,
    'broken.csv': 'Nothing\nof it\n',
  });
  await pullFolder(folder);
  await writeFile(join(folder, 'cards.csv'), 'Payee\nFigma\n');
  await pullFolder(folder);
  await writeFile(join(folder, 'spendshift.yaml'), settings(['cards', 'broken', 'later']));
  const statement = await statementOf(folder);
  expect(statement.sources.map(({ source: id, state, rowCount }) => [id, state, rowCount])).toEqual([
    ['broken', 'failed', 0],
    ['cards', 'failed', 2],
    ['later', 'never-pulled', 0],
  ]);
  const remarks = sourceRemarks(statement).join('\n');
  expect(remarks).toContain('broken file: its last pull failed: nothing of it is in any figure.');
  expect(remarks).toContain('cards file: its last pull failed: its figures are those of an earlier pull.');
  expect(remarks).toContain('later file: never pulled: nothing of it is in any figure.');
  const json = renderJson(statement);
  expect(json).toContain('"state": "never-pulled"');
  expect(json).not.toContain('2026-');
});
