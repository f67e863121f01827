import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { formatMistake, SpendshiftError, type Mistake } from '../core/errors.js';
import { Ledger } from '../ledger/ledger.js';
import { withTemporaryFolder } from '../pull/temporary.js';
import { parseEcbRates } from '../settings/rates.js';
import type { Workspace } from '../settings/types.js';
import { idleRules, type IdleReport } from './idle.js';
import { loadKnowledge, type Knowledge } from './knowledge.js';
import { migrationsFolder } from './package.js';
import { connectorOf, readWorkspace } from './session.js';

/** What a check found. */
export interface CheckReport {
  /** What is in order, in sentences. */
  readonly fine: readonly string[];
  readonly mistakes: readonly Mistake[];
}

/** Checks the whole of a workspace: its files, every source, the rates, the ledger. Finds all mistakes at once. */
export async function checkWorkspace(folder: string, signal: AbortSignal): Promise<CheckReport> {
  const fine: string[] = [];
  const mistakes: Mistake[] = [];
  const attempt = async (sentence: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
      fine.push(sentence);
    } catch (error) {
      if (!(error instanceof SpendshiftError)) throw error;
      mistakes.push(...error.mistakes);
    }
  };
  const knowledge = loadKnowledge();
  let workspace: Workspace | undefined;
  await attempt('Settings, functions, mappings and rules can be read.', () => {
    workspace = readWorkspace(folder, knowledge);
  });
  if (workspace === undefined) return { fine, mistakes };
  const checked = workspace;
  fine.push(...checked.remarks);
  await withTemporaryFolder(async (temporaryFolder) => {
    for (const source of checked.sources) {
      await attempt(`Source ${source.id} can be read.`, () =>
        connectorOf(source.connector).check({
          sourceId: source.id,
          settings: source.settings,
          workspaceFolder: checked.folder,
          temporaryFolder,
          progress: () => undefined,
          signal,
        }),
      );
    }
  });
  if (checked.ratesFile !== undefined) {
    const file = checked.ratesFile;
    await attempt('The rates can be read.', async () => {
      parseEcbRates(await readFile(join(checked.folder, file), 'utf8'), file, new Set([checked.currency]));
    });
  }
  if (existsSync(checked.ledgerFile)) {
    let idle: IdleReport | undefined;
    await attempt('The ledger is sound.', async () => {
      idle = await checkLedger(checked, knowledge);
    });
    fine.push(...(idle?.rules ?? []).map(formatMistake));
    mistakes.push(...(idle?.decisions ?? []));
  } else fine.push('There is no ledger yet; `spendshift pull` makes it.');
  return { fine, mistakes };
}

/** Checks the ledger; returns what has no effect on it. */
async function checkLedger(workspace: Workspace, knowledge: Knowledge): Promise<IdleReport> {
  const ledger = await Ledger.open({ file: workspace.ledgerFile, migrationsFolder: migrationsFolder() });
  try {
    await ledger.requireSound();
    return await idleRules({ workspace, ledger, knowledge });
  } finally {
    await ledger.close();
  }
}
