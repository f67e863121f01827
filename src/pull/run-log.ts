import { open, type FileHandle } from 'node:fs/promises';

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
  /** Who started it; absent in older records: by hand. */
  readonly by?: 'hand' | 'agent';
  /** Names of the windows that were read, and of those that are an estimate; of live sources. */
  readonly windows?: readonly string[];
  readonly estimates?: readonly string[];
  /** The source's totals of the windows that were read, against the ledger's; decimal texts. */
  readonly controlTotals?: readonly RunControlTotal[];
  /** Requests to the service and what they cost, as decimal text with its currency. */
  readonly requestCount?: number;
  readonly cost?: string;
  readonly costCurrency?: string;
  /** In sentences. */
  readonly remarks?: readonly string[];
  /** What went wrong, when it failed. */
  readonly error?: string;
  /** True when the same run may succeed later without anybody doing anything. */
  readonly mayPass?: boolean;
  /** ISO 8601: until then the service wants to be left alone. */
  readonly notBefore?: string;
  /** True when it was told to end: no failure of the source, and due again at once. */
  readonly stopped?: boolean;
}

/** The total of a source in one currency, over what a run read. */
export interface RunControlTotal {
  readonly currency: string;
  readonly source: string;
  readonly ledger: string;
  readonly difference: string;
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
  const latest = new Map<string, RunRecord>();
  for await (const record of runsBackwards(file)) if (!latest.has(record.source)) latest.set(record.source, record);
  return new Map([...latest].reverse());
}

/** Bytes of the log that are read at once, from its end. */
const CHUNK_BYTES = 262_144;

/** All records, latest first. Reads the log from its end, so that the latest cost little however long it is. */
export async function* runsBackwards(file: string): AsyncGenerator<RunRecord> {
  for await (const line of linesBackwards(file)) {
    const record = readRecord(line);
    if (record !== undefined) yield record;
  }
}

async function* linesBackwards(file: string): AsyncGenerator<string> {
  const log = await openLog(file);
  if (log === undefined) return;
  try {
    let end = (await log.stat()).size;
    // Bytes, not text: a chunk may begin in the middle of a letter.
    let rest = Buffer.alloc(0);
    while (end > 0) {
      const start = Math.max(0, end - CHUNK_BYTES);
      const { buffer } = await log.read(Buffer.alloc(end - start), 0, end - start, start);
      const lines = splitLines(Buffer.concat([buffer, rest]));
      rest = start > 0 ? Buffer.from(lines.shift() ?? Buffer.alloc(0)) : Buffer.alloc(0);
      for (const line of lines.reverse()) yield line.toString('utf8');
      end = start;
    }
  } finally {
    await log.close();
  }
}

async function openLog(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const LINE_BREAK = 0x0a;

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let at = bytes.indexOf(LINE_BREAK); at !== -1; at = bytes.indexOf(LINE_BREAK, start)) {
    lines.push(bytes.subarray(start, at));
    start = at + 1;
  }
  lines.push(bytes.subarray(start));
  return lines;
}

function readRecord(line: string): RunRecord | undefined {
  try {
    return JSON.parse(line) as RunRecord;
  } catch {
    return undefined;
  }
}
