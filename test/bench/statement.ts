import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { packageFolder } from '../../src/app/package.js';
import { writeCards } from './cards-data.js';
import { inTurn, median, timed, type Finding } from './measure.js';

const execute = promisify(execFile);
const ROWS = 1_000_000;
const ROUNDS = 5;
const FUNCTIONS = ['it', 'marketing', 'sales', 'finance', 'hr', 'support', 'operations', 'legal'];

/**
 * A statement over a million charges in 100,000 lines, as a command from a cold start; and the same after the owner of
 * one vendor was changed, so that every line is looked at again.
 */
export async function benchStatement(folder: string): Promise<Finding[]> {
  const workspace = join(folder, 'company');
  await writeWorkspace(workspace);
  await writeCards(join(workspace, 'cards.csv'), ROWS);
  await run(workspace, 'pull', '--quiet');
  await run(workspace, 'statement');
  let owner = 0;
  const times = await inTurn(
    ROUNDS,
    () => run(workspace, 'statement'),
    async () => {
      owner += 1;
      await writeRules(workspace, FUNCTIONS[owner % FUNCTIONS.length] ?? 'it');
      changed.push(await timed(() => run(workspace, 'statement')));
    },
  );
  const [plain, after] = [median(times.first), median(changed.splice(0))];
  return [
    {
      what: 'statement over a million charges in 100,000 lines, cold start',
      ours: `${plain.toFixed(0)} ms`,
      other: '',
      ratio: '',
      goal: 'under 1,000 ms',
    },
    {
      what: 'the same after the owner of one vendor was changed | unchanged',
      ours: `${after.toFixed(0)} ms`,
      other: `${plain.toFixed(0)} ms`,
      ratio: `+${(after - plain).toFixed(0)} ms`,
      goal: 'at most +300 ms',
    },
  ];
}

const changed: number[] = [];

async function run(workspace: string, ...args: string[]): Promise<void> {
  await execute(process.execPath, [join(packageFolder(), 'bin', 'spendshift.js'), ...args, '-w', workspace]);
}

async function writeWorkspace(workspace: string): Promise<void> {
  await mkdir(workspace, { recursive: true });
  await writeFile(
    join(workspace, 'spendshift.yaml'),
    `company: Bench
currency: GBP
sources:
  cards:
    connector: csv
    files: cards.csv
    dates: [DD/MM/YYYY]
    amount: { decimal: '.', group: ',', sign: spend-positive }
    columns:
      date: Date
      amount: Amount
      currency: Currency
      payee: Merchant
      reference: Reference
      card: Card
      person: Cardholder
      costCenter: Cost centre
      ledgerAccount: Ledger account
      merchantCategory: Merchant category
ownership:
  costCenters: cost-centers.csv
  rules: rules.yaml
`,
  );
  const rows = Array.from({ length: 60 }, (_, index) => `CC${index},${FUNCTIONS[index % FUNCTIONS.length] ?? 'it'}`);
  await writeFile(join(workspace, 'cost-centers.csv'), `cost_center,function\n${rows.join('\n')}\n`);
  await writeRules(workspace, 'it');
}

async function writeRules(workspace: string, owner: string): Promise<void> {
  const rule = `rules:\n  - id: figma\n    when: { vendor: Figma }\n    then: { owner: ${owner} }\n`;
  await writeFile(join(workspace, 'rules.yaml'), rule);
}
