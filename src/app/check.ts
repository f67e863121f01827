import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { formatMistake, SpendshiftError, type Mistake } from '../core/errors.js';
import { Ledger } from '../ledger/ledger.js';
import { realEffects, type ServiceEffects } from '../pull/effects.js';
import { withTemporaryFolder } from '../pull/temporary.js';
import { parseEcbRates } from '../settings/rates.js';
import { idleRules, type IdleReport } from './idle.js';
import { loadKnowledge } from './knowledge.js';
import { blamingConnector, liveVerdicts, requirePermissions } from './live-check.js';
import { migrationsFolder } from './package.js';
import { connectorOf, readWorkspace, type Session } from './session.js';

/** What a check found. */
export interface CheckReport {
  /** What is in order, in sentences. */
  readonly fine: readonly string[];
  readonly mistakes: readonly Mistake[];
}

/** Checks the whole of a workspace: its files, every source, the rates, the ledger. Finds all mistakes at once. */
export async function checkWorkspace(
  folder: string,
  signal: AbortSignal,
  effects: ServiceEffects = realEffects(),
): Promise<CheckReport> {
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
  let read: Awaited<ReturnType<typeof readWorkspace>> | undefined;
  await attempt('Settings, functions, mappings and rules can be read.', async () => {
    read = await readWorkspace(folder, knowledge);
  });
  if (read === undefined) return { fine, mistakes };
  const { workspace: checked, connectors } = read;
  fine.push(...checked.remarks);
  await withTemporaryFolder(async (temporaryFolder) => {
    for (const source of checked.sources) {
      await attempt(`Source ${source.id} can be read.`, async () => {
        const connector = connectorOf({ connectors }, source.connector);
        const { settings, id: sourceId } = source;
        if (connector.feed === 'files') {
          const context = { sourceId, settings, workspaceFolder: checked.folder, temporaryFolder, signal };
          await blamingConnector({ ...context, connector }, () =>
            connector.check({ ...context, progress: () => undefined }),
          );
        } else {
          const verdicts = await liveVerdicts(checked, source, connector, temporaryFolder, { signal, effects });
          requirePermissions(source, connector, verdicts);
        }
      });
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
      idle = await checkLedger({ workspace: checked, knowledge, connectors });
    });
    fine.push(...(idle?.rules ?? []).map(formatMistake));
    mistakes.push(...(idle?.decisions ?? []));
  } else fine.push('There is no ledger yet; `spendshift pull` makes it.');
  return { fine, mistakes };
}

/** Checks the ledger; returns what has no effect on it. */
async function checkLedger(parts: Omit<Session, 'ledger'>): Promise<IdleReport> {
  const ledger = await Ledger.open({ file: parts.workspace.ledgerFile, migrationsFolder: migrationsFolder() });
  try {
    await ledger.requireSound();
    return await idleRules({ ...parts, ledger });
  } finally {
    await ledger.close();
  }
}
