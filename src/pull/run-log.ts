import { open, readFile } from 'node:fs/promises';

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

/** Adds a record at the end of the log, on a line of its own even after a line that a crash cut short. */
export async function appendRun(file: string, record: RunRecord): Promise<void> {
  const log = await open(file, 'a+');
  try {
    const { size } = await log.stat();
    const { bytesRead, buffer } = await log.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    const start = bytesRead === 1 && buffer.toString() !== '\n' ? '\n' : '';
    await log.appendFile(`${start}${JSON.stringify(record)}\n`);
  } finally {
    await log.close();
  }
}

/** Latest record of each source; a line that a crash cut short is passed over. */
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
    const record = readRecord(line);
    if (record !== undefined) latest.set(record.source, record);
  }
  return latest;
}

function readRecord(line: string): RunRecord | undefined {
  try {
    return JSON.parse(line) as RunRecord;
  } catch {
    return undefined;
  }
}
