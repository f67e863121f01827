import type Database from 'better-sqlite3';

import type { SourceKind } from '../core/charge.js';
import { monthOfNumber } from '../core/period.js';
import type { SourceControlTotal, SourceReport } from './reads.js';

interface SourceRow {
  readonly id: number;
  readonly name: string;
  readonly kind: SourceKind;
  readonly title: string;
}

interface WindowRow {
  readonly name: string;
  readonly rowCount: number;
  readonly rejectedCount: number;
  readonly skippedCount: number;
  readonly remarks: string;
}

/** What the ledger holds of every source, by name. */
export function sourceReports(sqlite: Database.Database): SourceReport[] {
  const sources = sqlite.prepare<[], SourceRow>('SELECT id, name, kind, title FROM source ORDER BY name').all();
  return sources.map((source) => sourceReport(sqlite, source));
}

function sourceReport(sqlite: Database.Database, source: SourceRow): SourceReport {
  const windows = sqlite
    .prepare<[number], WindowRow>(
      `SELECT name, row_count AS rowCount, rejected_count AS rejectedCount, skipped_count AS skippedCount, remarks
         FROM source_window WHERE source_id = ? ORDER BY name`,
    )
    .all(source.id);
  const files = sqlite
    .prepare<[number], string>(
      `SELECT path FROM source_file f JOIN source_window w ON w.id = f.window_id
        WHERE w.source_id = ? ORDER BY w.name, f.position`,
    )
    .pluck()
    .all(source.id);
  const total = (pick: (row: WindowRow) => number): number => windows.reduce((sum, row) => sum + pick(row), 0);
  return {
    source: source.name,
    kind: source.kind,
    title: source.title,
    windows: windows.map((row) => row.name),
    files,
    rowCount: total((row) => row.rowCount),
    rejectedCount: total((row) => row.rejectedCount),
    skippedCount: total((row) => row.skippedCount),
    remarks: [...new Set(windows.flatMap((row) => JSON.parse(row.remarks) as string[]))],
    controlTotals: sourceControlTotals(sqlite, source.id),
    ...counts(sqlite, source.id),
  };
}

function counts(
  sqlite: Database.Database,
  sourceId: number,
): Pick<SourceReport, 'chargeCount' | 'lineCount' | 'monthsWithCharges'> {
  const months = sqlite
    .prepare<[number], [number, number]>(
      'SELECT month, sum(charge_count) FROM source_month WHERE source_id = ? GROUP BY month ORDER BY month',
    )
    .raw()
    .all(sourceId);
  const lineCount = sqlite
    .prepare<[number], number>('SELECT count(*) FROM line WHERE source_id = ?')
    .pluck()
    .get(sourceId);
  return {
    chargeCount: months.reduce((sum, [, charges]) => sum + charges, 0),
    lineCount: lineCount ?? 0,
    monthsWithCharges: months.map(([month]) => monthOfNumber(month)),
  };
}

/** The source's own totals, against what its charges in the ledger add up to now. */
function sourceControlTotals(sqlite: Database.Database, sourceId: number): SourceControlTotal[] {
  const stated = sqlite
    .prepare<[number], [string, string]>(
      `SELECT currency, source_cash FROM control_total t JOIN source_window w ON w.id = t.window_id
        WHERE w.source_id = ? ORDER BY currency, w.name`,
    )
    .raw()
    .all(sourceId);
  const held = sqlite
    .prepare<[number], [string, bigint]>('SELECT currency, cash_micros FROM source_month WHERE source_id = ?')
    .raw()
    .safeIntegers()
    .all(sourceId);
  // Added here: a total may pass 64 bits, at which SQLite's sum() gives up.
  const ledgerTotals = new Map<string, bigint>();
  for (const [currency, micros] of held) ledgerTotals.set(currency, (ledgerTotals.get(currency) ?? 0n) + micros);
  const currencies = [...new Set([...stated.map(([currency]) => currency), ...ledgerTotals.keys()])].sort();
  return currencies.map((currency) => ({
    currency,
    sourceCash: stated.filter(([name]) => name === currency).map(([, total]) => total),
    ledgerCashMicros: ledgerTotals.get(currency) ?? 0n,
  }));
}
