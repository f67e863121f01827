import type { Connector } from '../connector/contract.js';
import { Ledger } from '../ledger/ledger.js';
import { loadWorkspace } from '../settings/load.js';
import type { Workspace } from '../settings/types.js';
import { connectors } from '../../connectors/index.js';
import { loadKnowledge, type Knowledge } from './knowledge.js';
import { migrationsFolder } from './package.js';

/** An open workspace: its settings, its ledger and what Spendshift knows. */
export interface Session {
  readonly workspace: Workspace;
  readonly ledger: Ledger;
  readonly knowledge: Knowledge;
}

/** The connector of an id; the settings room has checked that it is there. */
export function connectorOf(id: string): Connector {
  const connector = connectors.find((entry) => entry.id === id);
  if (connector === undefined) throw new Error(`no connector ${id}`);
  return connector;
}

/**
 * Reads a workspace without opening its ledger.
 *
 * @throws SettingsError with every mistake in it.
 */
export function readWorkspace(folder: string, knowledge: Knowledge): Workspace {
  return loadWorkspace(folder, {
    connectors,
    builtInFunctions: knowledge.functions,
    categories: new Set(knowledge.categories.keys()),
  });
}

/** Opens a workspace, runs work on it and closes it again. */
export async function withSession<Result>(
  folder: string,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const knowledge = loadKnowledge();
  const workspace = readWorkspace(folder, knowledge);
  const ledger = await Ledger.open({ file: workspace.ledgerFile, migrationsFolder: migrationsFolder() });
  try {
    return await work({ workspace, ledger, knowledge });
  } finally {
    await ledger.close();
  }
}
