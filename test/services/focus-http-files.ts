import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { openDuckDb, sqlText } from '../../src/connector/duckdb.js';
import type { IsoDate } from '../../src/core/date.js';
import { divideRounded } from '../../src/core/money.js';
import { addMonths, firstDay, type Month } from '../../src/core/period.js';
import type { TrueTotal } from './standin.js';

/** Amounts of a bill are whole numbers of this part of a currency's unit. */
export const AMOUNT_DIGITS = 10;
const MICRO_DIGITS = 6;

/** One row of a bill in the FOCUS format, before it is written. */
export interface FocusRow {
  readonly billingPeriod: Month;
  readonly chargedOn: IsoDate;
  readonly category: 'Usage' | 'Purchase' | 'Tax' | 'Credit' | 'Adjustment';
  /** Empty where the service does not say it. */
  readonly issuer: string;
  readonly provider: string;
  readonly publisher: string;
  readonly service: string;
  readonly serviceCategory: string;
  readonly account: readonly [id: string, name: string];
  readonly subAccount: readonly [id: string, name: string];
  /** Tags that tell an owner: of those that the connectors keep unless told otherwise. */
  readonly owner: Readonly<Record<string, string>>;
  /** Tags that tell none. */
  readonly otherTags: Readonly<Record<string, string>>;
  readonly resource: string;
  readonly currency: string;
  readonly billed: bigint;
  readonly effective: bigint;
  /** First day on which the service shows it. */
  readonly shownFrom: IsoDate;
}

/** A column: its name, its type in Parquet, and the text of a cell. */
type Column = readonly [name: string, type: string, cell: (row: FocusRow) => string];

const amount = (value: bigint): string => {
  const digits = (value < 0n ? -value : value).toString().padStart(AMOUNT_DIGITS + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -AMOUNT_DIGITS)}.${digits.slice(-AMOUNT_DIGITS)}`;
};
const midnight = (day: string): string => `${day}T00:00:00Z`;
const nextDay = (day: IsoDate): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

/** Columns of FOCUS 1.2, with some of a service's own. */
const COLUMNS: readonly Column[] = [
  ['BilledCost', 'DOUBLE', (row) => amount(row.billed)],
  ['BillingAccountId', 'VARCHAR', (row) => row.account[0]],
  ['BillingAccountName', 'VARCHAR', (row) => row.account[1]],
  ['BillingAccountType', 'VARCHAR', () => 'Organization'],
  ['BillingCurrency', 'VARCHAR', (row) => row.currency],
  ['BillingPeriodEnd', 'TIMESTAMP_MS', (row) => midnight(firstDay(addMonths(row.billingPeriod, 1)))],
  ['BillingPeriodStart', 'TIMESTAMP_MS', (row) => midnight(firstDay(row.billingPeriod))],
  ['ChargeCategory', 'VARCHAR', (row) => row.category],
  ['ChargeClass', 'VARCHAR', (row) => (row.category === 'Adjustment' ? 'Correction' : '')],
  ['ChargeDescription', 'VARCHAR', (row) => `${row.category} of ${row.resource}, "as used"`],
  ['ChargePeriodEnd', 'TIMESTAMP_MS', (row) => midnight(nextDay(row.chargedOn))],
  ['ChargePeriodStart', 'TIMESTAMP_MS', (row) => midnight(row.chargedOn)],
  ['EffectiveCost', 'DOUBLE', (row) => amount(row.effective)],
  ['InvoiceId', 'VARCHAR', (row) => `INV-${row.billingPeriod}`],
  ['InvoiceIssuerName', 'VARCHAR', (row) => row.issuer],
  ['ProviderName', 'VARCHAR', (row) => row.provider],
  ['PublisherName', 'VARCHAR', (row) => row.publisher],
  ['ResourceId', 'VARCHAR', (row) => row.resource],
  ['ServiceCategory', 'VARCHAR', (row) => row.serviceCategory],
  ['ServiceName', 'VARCHAR', (row) => row.service],
  ['SubAccountId', 'VARCHAR', (row) => row.subAccount[0]],
  ['SubAccountName', 'VARCHAR', (row) => row.subAccount[1]],
  ['Tags', 'MAP(VARCHAR, VARCHAR)', (row) => JSON.stringify({ ...row.otherTags, ...row.owner })],
  ['x_UsageType', 'VARCHAR', (row) => `${row.service.slice(0, 3).toUpperCase()}-Usage`],
];

/** The rows as CSV, as services write it. */
export function focusCsv(rows: readonly FocusRow[]): string {
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map((row) => COLUMNS.map(([, , cell]) => quoted(cell(row))).join(','));
  return `${[COLUMNS.map(([name]) => name).join(','), ...lines].join('\n')}\n`;
}

/** The same packed with gzip. */
export function focusGzip(rows: readonly FocusRow[]): Buffer {
  return gzipSync(focusCsv(rows));
}

/** The rows as Parquet: amounts as floats, moments in milliseconds, tags as a map. */
export async function focusParquet(rows: readonly FocusRow[]): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'focus-parquet-'));
  const database = await openDuckDb(folder);
  try {
    const [csv, parquet] = [join(folder, 'rows.csv'), join(folder, 'rows.parquet')];
    await writeFile(csv, focusCsv(rows));
    const columns = COLUMNS.map(([name, type]) => {
      const cell = type.startsWith('MAP') ? `CAST(CAST("${name}" AS JSON) AS ${type})` : castSql(name, type);
      return `${cell} AS "${name}"`;
    });
    await database.connection.run(
      `COPY (SELECT ${columns.join(', ')} FROM read_csv(${sqlText(csv)}, header = true, all_varchar = true, quote = '"', escape = '"'))
         TO ${sqlText(parquet)} (FORMAT parquet, COMPRESSION snappy)`,
    );
    return await readFile(parquet);
  } finally {
    database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function castSql(name: string, type: string): string {
  if (type === 'TIMESTAMP_MS') return `CAST(replace("${name}", 'Z', '') AS TIMESTAMP_MS)`;
  return type === 'VARCHAR' ? `"${name}"` : `CAST("${name}" AS ${type})`;
}

/**
 * What rows come to by currency: each line of a month is rounded by itself. Money is of the month that `monthsOf` gives
 * for cash and accrual; nothing for a row that is not wanted.
 */
export function focusTruth(rows: readonly FocusRow[]): Map<string, TrueTotal> {
  return truthOf(rows.map((row) => ({ row, cash: row.billed, accrual: row.effective })));
}

/** What parts of rows come to, where cash and accrual of a row may be in different months. */
export function truthOf(
  parts: readonly { readonly row: FocusRow; readonly cash: bigint; readonly accrual: bigint }[],
): Map<string, TrueTotal> {
  const sums = new Map<string, { currency: string; cash: bigint; accrual: bigint }>();
  for (const { row, cash, accrual } of parts) {
    const { issuer, provider, publisher, service, serviceCategory, account, subAccount, owner, currency } = row;
    const tags = Object.entries(owner).sort();
    const name = JSON.stringify([
      issuer === '' ? provider : issuer,
      publisher === '' ? provider : publisher,
      [service, serviceCategory, account, subAccount, tags, currency],
    ]);
    const sum = sums.get(name) ?? { currency, cash: 0n, accrual: 0n };
    sums.set(name, { currency, cash: sum.cash + cash, accrual: sum.accrual + accrual });
  }
  const totals = new Map<string, { cashMicros: bigint; accrualMicros: bigint }>();
  const micros = (value: bigint): bigint => divideRounded(value, 10n ** BigInt(AMOUNT_DIGITS - MICRO_DIGITS));
  for (const { currency, cash, accrual } of sums.values()) {
    const total = totals.get(currency) ?? { cashMicros: 0n, accrualMicros: 0n };
    total.cashMicros += micros(cash);
    total.accrualMicros += micros(accrual);
    totals.set(currency, total);
  }
  return totals;
}
