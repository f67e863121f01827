import { runLogFile, runsBackwards, type RunRecord } from '../pull/run-log.js';
import { configuredSources } from './sources.js';
import type { Session } from './session.js';

export interface RunsOptions {
  /** Ids of sources; all when empty. */
  readonly sources: readonly string[];
  readonly failedOnly: boolean;
  readonly limit: number;
}

/**
 * The latest runs, latest first.
 *
 * @throws UsageError for a source that is not configured.
 */
export async function listRuns(session: Session, options: RunsOptions): Promise<RunRecord[]> {
  const wanted = new Set(
    options.sources.length === 0 ? [] : configuredSources(session, options.sources).map(({ id }) => id),
  );
  const runs: RunRecord[] = [];
  for await (const record of runsBackwards(runLogFile(session.workspace.ledgerFile))) {
    if (runs.length === options.limit) break;
    if (wanted.size > 0 && !wanted.has(record.source)) continue;
    if (options.failedOnly && record.outcome !== 'failed') continue;
    runs.push(record);
  }
  return runs;
}
