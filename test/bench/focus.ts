import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import focus from '../../connectors/focus/index.js';
import type { ConnectorContext } from '../../src/connector/contract.js';
import { openDuckDb, sqlText } from '../../src/connector/duckdb.js';
import { writeFocusParquet } from './focus-data.js';

const ROUNDS = 3;
const DEFAULT_ROWS = 5_000_000;
const DEFAULT_LINE_MONTHS = 60_000;

/** Medians of one comparison, in milliseconds. */
export interface FocusBenchResult {
  readonly rows: number;
  readonly lineMonths: number;
  /** Bare DuckDB: the same GROUP BY into a Parquet file, same threads and memory. */
  readonly bareMs: number;
  /** Our connector, to the last batch of charges in JavaScript. */
  readonly oursMs: number;
  readonly ratio: number;
  /** Charges handed over; the same as the rows of bare DuckDB's file. */
  readonly charges: number;
  /** Highest resident memory of the process so far, in megabytes. */
  readonly peakMegabytes: number;
}

/**
 * Groups a generated FOCUS bill to line × month, by bare DuckDB and by the connector, in turn, and compares the medians.
 *
 * @param folder an existing folder for the generated file and all temporary files
 */
export async function benchFocus(
  folder: string,
  rows: number = DEFAULT_ROWS,
  lineMonths: number = DEFAULT_LINE_MONTHS,
): Promise<FocusBenchResult> {
  const workspace = await mkdtemp(join(folder, 'focus-'));
  try {
    await mkdir(join(workspace, 'temporary'));
    await writeFocusParquet(join(workspace, 'bill.parquet'), rows, lineMonths, join(workspace, 'temporary'));
    const bare: number[] = [];
    const ours: number[] = [];
    let charges = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(await timed(() => groupBare(workspace)));
      ours.push(await timed(async () => (charges = await groupByConnector(workspace))));
    }
    const [bareMs, oursMs] = [median(bare), median(ours)];
    const peakMegabytes = process.resourceUsage().maxRSS / 1024;
    return { rows, lineMonths, bareMs, oursMs, ratio: oursMs / bareMs, charges, peakMegabytes };
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** The query a person would write, with the columns that the connector groups by. */
async function groupBare(workspace: string): Promise<void> {
  const database = await openDuckDb(join(workspace, 'temporary'));
  try {
    await database.connection.run(`
      COPY (SELECT InvoiceIssuerName, ProviderName, PublisherName, ServiceName, ServiceCategory, BillingAccountId,
                   BillingAccountName, SubAccountId, SubAccountName, Tags, BillingCurrency,
                   date_trunc('month', ChargePeriodStart) AS month, date_trunc('month', BillingPeriodStart) AS billed,
                   sum(BilledCost) AS cash, sum(EffectiveCost) AS accrual, count(*) AS row_count,
                   max(ChargePeriodStart) AS last
              FROM read_parquet(${sqlText(join(workspace, 'bill.parquet'))}) GROUP BY ALL)
        TO ${sqlText(join(workspace, 'grouped.parquet'))} (FORMAT parquet)`);
  } finally {
    database.close();
  }
}

async function groupByConnector(workspace: string): Promise<number> {
  const context: ConnectorContext<ReturnType<typeof focus.settings.parse>> = {
    sourceId: 'bench',
    settings: focus.settings.parse({ files: 'bill.parquet' }),
    workspaceFolder: workspace,
    temporaryFolder: join(workspace, 'temporary'),
    progress: () => undefined,
    signal: new AbortController().signal,
  };
  // Not `windows`: hashing the file is the runner's price for not reading it twice, and no part of the grouping.
  const reading = await focus.read(context, { id: 'all', files: ['bill.parquet'], fingerprint: '' });
  let charges = 0;
  for await (const batch of reading.batches()) charges += batch.line.length;
  await reading.summary();
  await reading.close();
  return charges;
}
