import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

import focus from '../../connectors/focus/index.js';
import type { FocusSettings } from '../../connectors/focus/settings.js';
import type { ConnectorContext, ReadingSummary, SourceRow } from '../../src/connector/contract.js';
import { openDuckDb, sqlText } from '../../src/connector/duckdb.js';
import { EMPTY_LINE_TEXTS, type LineTexts } from '../../src/core/charge.js';
import { formatMicros } from '../../src/core/money.js';

/** A charge of a bill with its line, money as decimal text. */
export interface FocusCharge {
  readonly window: string;
  readonly texts: LineTexts;
  readonly key: bigint;
  readonly day: number;
  readonly currency: string;
  readonly cash: string;
  readonly accrual: string;
  readonly rowCount: number;
  readonly file: string;
  readonly row: number;
}

export interface FocusReading {
  readonly charges: readonly FocusCharge[];
  readonly lines: readonly LineTexts[];
  readonly summaries: readonly ReadingSummary[];
}

/** A bill with only the columns that every bill needs; rows are given as CSV. */
export const SHORT_HEADER = 'BilledCost,BillingCurrency,ChargePeriodStart,ProviderName';

export async function focusContext(folder: string, settings: unknown): Promise<ConnectorContext<FocusSettings>> {
  return {
    sourceId: 'cloud',
    settings: focus.settings.parse(settings),
    workspaceFolder: folder,
    temporaryFolder: await mkdtemp(join(folder, '.temporary-')),
    progress: () => undefined,
    signal: new AbortController().signal,
  };
}

/** Reads all windows of a `focus` source over a folder, as the runner does. */
export async function readFocus(folder: string, settings: unknown): Promise<FocusReading> {
  const context = await focusContext(folder, settings);
  const read: { charges: FocusCharge[]; lines: LineTexts[]; summaries: ReadingSummary[] } = {
    charges: [],
    lines: [],
    summaries: [],
  };
  for (const window of await focus.windows(context)) {
    const reading = await focus.read(context, window);
    const lines: LineTexts[] = [];
    for await (const batch of reading.batches()) {
      lines.push(...batch.lines);
      for (const [index, line] of batch.line.entries()) {
        read.charges.push({
          window: window.id,
          texts: lines[line] ?? EMPTY_LINE_TEXTS,
          key: batch.key[index] ?? 0n,
          day: batch.day[index] ?? 0,
          currency: batch.currency[index] ?? '',
          cash: formatMicros(batch.cashMicros[index] ?? 0n, 0),
          accrual: formatMicros(batch.accrualMicros[index] ?? 0n, 0),
          rowCount: batch.rowCount[index] ?? 0,
          file: window.files[batch.file[index] ?? -1] ?? '',
          row: batch.row[index] ?? 0,
        });
      }
    }
    read.lines.push(...lines);
    read.summaries.push(await reading.summary());
    await reading.close();
  }
  return read;
}

/** The source rows behind a charge. */
export async function focusRows(
  folder: string,
  settings: unknown,
  charge: FocusCharge,
  rowsMax = 100,
): Promise<SourceRow[]> {
  const { file, row, rowCount, currency, texts } = charge;
  const request = { file, row, rowCount, currency, line: texts, month: Math.floor(charge.day / 100), rowsMax };
  return focus.sourceRows(await focusContext(folder, settings), request);
}

/** Writes the rows of a query as a Parquet file into a folder. */
export async function writeParquet(folder: string, name: string, query: string): Promise<void> {
  const database = await openDuckDb(folder);
  try {
    await database.connection.run(`COPY (${query}) TO ${sqlText(join(folder, name))} (FORMAT parquet)`);
  } finally {
    database.close();
  }
}
