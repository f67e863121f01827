import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import csv from '../../connectors/csv/index.js';
import { migrationsFolder } from '../../src/app/package.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { pullSource, type PullResult, type SourceToPull } from '../../src/pull/run.js';

/** How the files of tests and benches of the pull look: `date,payee,amount,centre`. */
export const PAYMENTS_SETTINGS = {
  files: ['data/*.csv'],
  currency: 'EUR',
  dates: ['YYYY-MM-DD'],
  amount: { decimal: '.', sign: 'spend-positive' },
  columns: { date: 'date', amount: 'amount', payee: 'payee', costCenter: 'centre' },
};
export const PAYMENTS_HEADER = 'date,payee,amount,centre';

/** The source `payments` over `data/*.csv`. */
export function paymentsSource(settings: object = PAYMENTS_SETTINGS): SourceToPull {
  return {
    id: 'payments',
    kind: 'payment',
    title: 'Payments',
    settings: csv.settings.parse(settings),
    settingsFingerprint: JSON.stringify(settings),
    connector: csv,
  };
}

/** The ledger of a folder, `ledger.sqlite`. */
export function openLedger(folder: string): Promise<Ledger> {
  return Ledger.open({ file: join(folder, 'ledger.sqlite'), migrationsFolder: migrationsFolder() });
}

/** Pulls `data/*.csv` of a folder into its ledger. */
export async function pullFolder(folder: string, source = paymentsSource()): Promise<PullResult> {
  const temporaryFolder = join(folder, 'temporary');
  await mkdir(temporaryFolder, { recursive: true });
  const ledger = await openLedger(folder);
  try {
    return await pullSource(ledger, source, {
      workspaceFolder: folder,
      temporaryFolder,
      progress: () => undefined,
      signal: new AbortController().signal,
    });
  } finally {
    await ledger.close();
  }
}

/** As a program: `node pull-folder.js FOLDER` prints the result as JSON, or the error. */
async function main(folder: string): Promise<void> {
  try {
    process.stdout.write(`${JSON.stringify(await pullFolder(folder))}\n`);
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  }
}

const [, program, folder] = process.argv;
if (program !== undefined && folder !== undefined && import.meta.url === pathToFileURL(program).href) {
  await main(folder);
}
