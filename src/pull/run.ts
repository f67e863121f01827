import type { ConnectorContext, FileConnector, ProgressState } from '../connector/contract.js';
import type { SourceKind } from '../core/charge.js';
import type { Ledger } from '../ledger/ledger.js';
import type { WindowChange } from '../ledger/pull-writer.js';
import { planPull } from './windows.js';

/** A source of files to pull: what the workspace says of it and the connector that reads it. */
export interface SourceToPull {
  readonly id: string;
  readonly kind: SourceKind;
  readonly title: string;
  readonly settings: unknown;
  readonly settingsFingerprint: string;
  readonly connector: FileConnector;
}

/** Effects a pull needs. */
export interface PullContext {
  readonly workspaceFolder: string;
  readonly temporaryFolder: string;
  readonly progress: (state: ProgressState) => void;
  readonly signal: AbortSignal;
}

/** What a pull of one source did. */
export interface PullResult {
  readonly source: string;
  readonly windowsRead: number;
  readonly windowsUnchanged: number;
  /** Names of windows that were removed because the source no longer has them. */
  readonly windowsRemoved: readonly string[];
  readonly rowCount: number;
  readonly rejectedCount: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** The connector's view of a source. */
export function connectorContext(source: SourceToPull, context: PullContext): ConnectorContext<unknown> {
  return {
    sourceId: source.id,
    settings: source.settings,
    workspaceFolder: context.workspaceFolder,
    temporaryFolder: context.temporaryFolder,
    progress: context.progress,
    signal: context.signal,
  };
}

/**
 * Pulls one source: reads the windows that are new or changed and replaces them in one transaction. When nothing changed
 * the ledger is not written at all, so that pulling twice equals pulling once to the byte.
 *
 * @throws SourceError and others from the connector, LedgerError from the ledger; the ledger is then as before.
 */
export async function pullSource(ledger: Ledger, source: SourceToPull, context: PullContext): Promise<PullResult> {
  const connectorView = connectorContext(source, context);
  const windows = await source.connector.windows(connectorView);
  const stored = await ledger.storedSource(source.id);
  const plan = planPull(windows, stored, source.settingsFingerprint);
  const sameNames = stored?.kind === source.kind && stored.title === source.title;
  const changes: WindowChange[] = [];
  const counts = { rowCount: 0, rejectedCount: 0 };
  if (plan.due.length > 0 || plan.gone.length > 0 || !sameNames) {
    const { id: name, kind, title, settingsFingerprint } = source;
    await ledger.pull({ name, kind, title, settingsFingerprint }, async (writer) => {
      for (const gone of plan.gone) changes.push(writer.removeWindow(gone));
      for (const window of plan.due) {
        const reading = await source.connector.read(connectorView, window);
        try {
          const { change, summary } = await writer.replaceWindow(window, reading);
          changes.push(change);
          counts.rowCount += summary.rowCount;
          counts.rejectedCount += summary.rejectedCount;
        } finally {
          await reading.close();
        }
      }
      context.progress({ step: `writing ${source.id}`, rows: counts.rowCount });
    });
  }
  const sum = (pick: (change: WindowChange) => number): number =>
    changes.reduce((total, entry) => total + pick(entry), 0);
  return {
    source: source.id,
    windowsRead: plan.due.length,
    windowsUnchanged: plan.unchanged.length,
    windowsRemoved: plan.gone,
    ...counts,
    added: sum((change) => change.added),
    changed: sum((change) => change.changed),
    removed: sum((change) => change.removed),
  };
}
