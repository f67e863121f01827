import type { Connector } from '../connector/contract.js';
import { Ledger } from '../ledger/ledger.js';
import { loadWorkspace } from '../settings/load.js';
import type { Workspace } from '../settings/types.js';
import { loadKnowledge, type Knowledge } from './knowledge.js';
import { workspaceConnectors } from './own-connectors.js';
import { migrationsFolder } from './package.js';

/** An open workspace: its settings, its ledger and what Spendshift knows. */
export interface Session {
  readonly workspace: Workspace;
  readonly ledger: Ledger;
  readonly knowledge: Knowledge;
  /** Those that ship with Spendshift and those the workspace brings. */
  readonly connectors: readonly Connector[];
}

/** The connector of an id; the settings room has checked that it is there. */
export function connectorOf({ connectors }: Pick<Session, 'connectors'>, id: string): Connector {
  const connector = connectors.find((entry) => entry.id === id);
  if (connector === undefined) throw new Error(`no connector ${id}`);
  return connector;
}

/**
 * Reads a workspace without opening its ledger.
 *
 * @throws SettingsError with every mistake in it.
 */
export async function readWorkspace(
  folder: string,
  knowledge: Knowledge,
): Promise<Pick<Session, 'workspace' | 'connectors'>> {
  const connectors = await workspaceConnectors(folder);
  const workspace = loadWorkspace(folder, {
    connectors,
    builtInFunctions: knowledge.functions,
    categories: new Set(knowledge.categories.keys()),
  });
  return { workspace, connectors };
}

/** Opens a workspace, runs work on it and closes it again. */
export async function withSession<Result>(
  folder: string,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const knowledge = loadKnowledge();
  const { workspace, connectors } = await readWorkspace(folder, knowledge);
  const ledger = await Ledger.open({ file: workspace.ledgerFile, migrationsFolder: migrationsFolder() });
  try {
    return await work({ workspace, ledger, knowledge, connectors });
  } finally {
    await ledger.close();
  }
}
