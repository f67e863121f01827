import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import focus from '../../connectors/focus/index.js';
import { migrationsFolder } from '../../src/app/package.js';
import type { ConnectorContext } from '../../src/connector/contract.js';
import { openDuckDb, sqlText } from '../../src/connector/duckdb.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { pullSource } from '../../src/pull/run.js';
import { writeFocusParquet } from './focus-data.js';
import { median, timed, type Finding } from './measure.js';

const ROUNDS = 3;
const ROWS = 5_000_000;
const LINE_MONTHS = 60_000;
const MEMORY_LOOK_MS = 20;

const settings = focus.settings.parse({ files: 'bill.parquet' });

/**
 * Five million FOCUS rows that make 60,000 line-months: grouped by the connector, and pulled into the ledger, against
 * bare DuckDB doing the same GROUP BY into a Parquet file; and the memory of a pull for that and for twice the rows.
 */
export async function benchFocus(folder: string): Promise<Finding[]> {
  await mkdir(join(folder, 'temporary'));
  await writeFocusParquet(join(folder, 'bill.parquet'), ROWS, LINE_MONTHS, join(folder, 'temporary'));
  const [bare, grouped, pulled]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await timed(() => groupBare(folder)));
    grouped.push(await timed(() => groupByConnector(folder)));
    pulled.push(await timed(() => pullBill(folder)));
  }
  const smallMegabytes = await peakMegabytes(() => pullBill(folder));
  await writeFocusParquet(join(folder, 'bill.parquet'), 2 * ROWS, LINE_MONTHS, join(folder, 'temporary'));
  const largeMegabytes = await peakMegabytes(() => pullBill(folder));
  const other = median(bare);
  const against = (what: string, times: readonly number[], goal: string): Finding => ({
    what,
    ours: `${(median(times) / 1_000).toFixed(2)} s`,
    other: `${(other / 1_000).toFixed(2)} s`,
    ratio: (median(times) / other).toFixed(2),
    goal,
  });
  return [
    against('5 million FOCUS rows grouped | bare DuckDB, the same GROUP BY', grouped, 'at most 1.5'),
    against('5 million FOCUS rows to ledger | bare DuckDB, the same GROUP BY', pulled, 'at most 2.0'),
    {
      what: 'peak memory of a pull, 10 million FOCUS rows | 5 million',
      ours: `${largeMegabytes.toFixed(0)} MB`,
      other: `${smallMegabytes.toFixed(0)} MB`,
      ratio: (largeMegabytes / smallMegabytes).toFixed(2),
      goal: 'under 1500 MB, the same',
    },
  ];
}

/** Highest resident memory while work runs, looked at often. */
async function peakMegabytes(work: () => Promise<unknown>): Promise<number> {
  let peakBytes = 0;
  const look = (): void => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  };
  const timer = setInterval(look, MEMORY_LOOK_MS);
  try {
    await work();
    look();
  } finally {
    clearInterval(timer);
  }
  return peakBytes / 1_000_000;
}

/** The query a person would write, with the columns that the connector groups by; same threads and memory limit. */
async function groupBare(folder: string): Promise<void> {
  const database = await openDuckDb(join(folder, 'temporary'));
  try {
    await database.connection.run(`
      COPY (SELECT InvoiceIssuerName, ProviderName, PublisherName, ServiceName, ServiceCategory, BillingAccountId,
                   BillingAccountName, SubAccountId, SubAccountName, Tags, BillingCurrency,
                   date_trunc('month', ChargePeriodStart) AS month, date_trunc('month', BillingPeriodStart) AS billed,
                   sum(BilledCost) AS cash, sum(EffectiveCost) AS accrual, count(*) AS row_count,
                   max(ChargePeriodStart) AS last
              FROM read_parquet(${sqlText(join(folder, 'bill.parquet'))}) GROUP BY ALL)
        TO ${sqlText(join(folder, 'grouped.parquet'))} (FORMAT parquet)`);
  } finally {
    database.close();
  }
}

function context(folder: string): ConnectorContext<typeof settings> {
  return {
    sourceId: 'cloud',
    settings,
    workspaceFolder: folder,
    temporaryFolder: join(folder, 'temporary'),
    progress: () => undefined,
    signal: new AbortController().signal,
  };
}

/** The connector alone, to the last batch of charges. The file is not hashed: that belongs to the pull. */
async function groupByConnector(folder: string): Promise<void> {
  const window = { id: 'all', files: ['bill.parquet'], fingerprint: '' };
  const reading = await focus.read(context(folder), window);
  let charges = 0;
  for await (const batch of reading.batches()) charges += batch.line.length;
  await reading.summary();
  await reading.close();
  if (charges !== LINE_MONTHS) throw new Error(`${charges} charges instead of ${LINE_MONTHS}`);
}

/** A pull into a new ledger. */
async function pullBill(folder: string): Promise<void> {
  const file = join(folder, 'ledger.sqlite');
  for (const suffix of ['', '-wal', '-shm']) await rm(`${file}${suffix}`, { force: true });
  const ledger = await Ledger.open({ file, migrationsFolder: migrationsFolder() });
  try {
    await pullSource(
      ledger,
      { id: 'cloud', kind: 'bill', title: 'Cloud', settings, settingsFingerprint: '1', connector: focus },
      context(folder),
    );
  } finally {
    await ledger.close();
  }
}
