import { appendFile, readFile } from 'node:fs/promises';

/**
 * The run log: one JSON line for each pull of a source, beside the ledger. It is apart from the ledger so that a pull
 * that finds nothing new leaves the ledger as it is, to the byte.
 */
export interface RunRecord {
  readonly source: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly outcome: 'changed' | 'unchanged' | 'failed';
  readonly windowsRead: number;
  readonly rowCount: number;
  readonly rejectedCount: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** What went wrong, when it failed. */
  readonly error?: string;
}

/** The run log of a ledger file. */
export function runLogFile(ledgerFile: string): string {
  return `${ledgerFile.replace(/\.sqlite$/, '')}.runs.jsonl`;
}

/** Adds a record at the end of the log. */
export async function appendRun(file: string, record: RunRecord): Promise<void> {
  await appendFile(file, `${JSON.stringify(record)}\n`);
}

/** Latest record of each source; a last line that a crash cut short is passed over. */
export async function lastRuns(file: string): Promise<ReadonlyMap<string, RunRecord>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
  const latest = new Map<string, RunRecord>();
  for (const line of text.split('\n')) {
    if (!line.endsWith('}')) continue;
    const record = JSON.parse(line) as RunRecord;
    latest.set(record.source, record);
  }
  return latest;
}
