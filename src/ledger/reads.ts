import type Database from 'better-sqlite3';

import type { Basis, Charge, Line, SourceKind } from '../core/charge.js';
import { dateOfDayNumber, type IsoDate } from '../core/date.js';
import type { Micros } from '../core/money.js';
import { monthNumber, monthOfNumber, type Month, type Period } from '../core/period.js';
import type { RejectedRow } from '../core/batch.js';

/** What the ledger holds of a source. */
export interface SourceReport {
  readonly source: string;
  readonly kind: SourceKind;
  readonly title: string;
  readonly windows: readonly string[];
  readonly files: readonly string[];
  readonly rowCount: number;
  readonly rejectedCount: number;
  readonly skippedCount: number;
  readonly chargeCount: number;
  readonly lineCount: number;
  readonly remarks: readonly string[];
  /** Months with charges, oldest first. */
  readonly monthsWithCharges: readonly Month[];
  readonly controlTotals: readonly SourceControlTotal[];
}

export interface SourceControlTotal {
  readonly currency: string;
  /** Exact decimal texts, one per window, to be added as decimals. */
  readonly sourceCash: readonly string[];
  readonly ledgerCashMicros: Micros;
}

/** A decided line and its money in one currency over some spans of months. */
export interface LineSums {
  readonly rowId: number;
  readonly id: string;
  readonly source: string;
  readonly payee: string;
  readonly vendorOutcomeId: number;
  readonly ownerOutcomeId: number;
  readonly currency: string;
  /** For each span, in the currency of the charges; null where there is no charge. */
  readonly micros: readonly (Micros | null)[];
  /** For each span, in the reporting currency; wrong where a rate is missing. */
  readonly reportingMicros: readonly (Micros | null)[];
  /** Month facts without a conversion. */
  readonly missingRates: number;
}

type LineSumsRow = [bigint, string, bigint, string, bigint, bigint, string, bigint, ...(bigint | null)[]];
/** Place of the first figure in a row. */
const FIGURES_AT = 8;

/**
 * Sums the month facts of each line and currency over spans of months, in one sweep; lines are in the order of their row
 * ids. A span is a run of months in which nothing changes that the reader cares about, so that a year costs no more than
 * a month. Lines that are not decided are left out. The order is that of the table; asking SQLite for it would sort all
 * groups again, so the caller looks whether it holds.
 */
export function lineSums(
  sqlite: Database.Database,
  spans: readonly Period[],
  basis: Basis,
  reportingCurrency: string,
): LineSums[] {
  const column = basis === 'cash' ? 'cash_micros' : 'accrual_micros';
  const within = spans.map((span) => `f.month >= ${monthNumber(span.from)} AND f.month < ${monthNumber(span.to)}`);
  const foreign = currencies(sqlite).some((currency) => currency !== reportingCurrency);
  const sums = within.map((condition) => `sum(f.${column}) FILTER (WHERE ${condition})`);
  const converted = foreign
    ? within.map(
        (condition) =>
          `sum(CASE WHEN f.currency = @reporting THEN f.${column} ELSE c.${column} END) FILTER (WHERE ${condition})`,
      )
    : [];
  const missing = foreign ? 'count(*) FILTER (WHERE f.currency <> @reporting AND c.line_id IS NULL)' : '0';
  const join = foreign
    ? 'LEFT JOIN converted_fact c ON c.line_id = f.line_id AND c.currency = f.currency AND c.month = f.month'
    : '';
  const figures = [missing, ...sums, ...converted];
  const query = sqlite
    .prepare<unknown[], LineSumsRow>(
      `SELECT g.line_id, l.public_id, l.source_id, l.payee, d.vendor_outcome_id, d.owner_outcome_id, g.currency,
              ${figures.map((_, index) => `g.f${index}`).join(', ')}
         FROM (SELECT f.line_id, f.currency, ${figures.map((sum, index) => `${sum} AS f${index}`).join(', ')}
                 FROM month_fact f ${join}
                WHERE ${within.map((condition) => `(${condition})`).join(' OR ')} GROUP BY f.line_id, f.currency) g
         JOIN line l ON l.id = g.line_id JOIN line_decision d ON d.line_id = g.line_id`,
    )
    .raw()
    .safeIntegers();
  const rows = foreign ? query.all({ reporting: reportingCurrency }) : query.all();
  const names = spendSources(sqlite);
  const lines: LineSums[] = [];
  for (const row of rows) {
    const source = names.get(Number(row[2]));
    // A source of kind plan or chargeback: its charges are no spend.
    if (source === undefined) continue;
    const micros = row.slice(FIGURES_AT, FIGURES_AT + spans.length) as (bigint | null)[];
    lines.push({
      rowId: Number(row[0]),
      id: row[1],
      source,
      payee: row[3],
      vendorOutcomeId: Number(row[4]),
      ownerOutcomeId: Number(row[5]),
      currency: row[6],
      micros,
      reportingMicros: foreign ? (row.slice(FIGURES_AT + spans.length) as (bigint | null)[]) : micros,
      missingRates: Number(row[7]),
    });
  }
  return lines;
}

/** Names of the sources whose charges are spend, by row id: a plan is not money that left. */
function spendSources(sqlite: Database.Database): ReadonlyMap<number, string> {
  return new Map(
    sqlite
      .prepare<[], [number, string]>(`SELECT id, name FROM source WHERE kind NOT IN ('plan', 'chargeback')`)
      .raw()
      .all(),
  );
}

/** Currencies that occur, sorted. */
export function currencies(sqlite: Database.Database): string[] {
  return sqlite.prepare<[], string>('SELECT DISTINCT currency FROM source_month ORDER BY 1').pluck().all();
}

/**
 * Days and currencies without a rate, among those of charges in a period whose month fact has no conversion; earliest
 * first. One such day leaves its whole month unconverted, so that `hasRate` has to tell which it was.
 */
export function unconverted(
  sqlite: Database.Database,
  period: Period,
  reportingCurrency: string,
  hasRate: (currency: string, day: IsoDate) => boolean,
): { day: IsoDate; currency: string }[] {
  return sqlite
    .prepare<[string, number, number], [number, string]>(
      `SELECT DISTINCT c.day, c.currency FROM charge c
        WHERE c.currency <> ? AND c.day / 100 >= ? AND c.day / 100 < ?
          AND NOT EXISTS (SELECT 1 FROM converted_fact f
            WHERE f.month = c.day / 100 AND f.line_id = c.line_id AND f.currency = c.currency)
        ORDER BY 1, 2`,
    )
    .raw()
    .all(reportingCurrency, monthNumber(period.from), monthNumber(period.to))
    .map(([day, currency]) => ({ day: dateOfDayNumber(day), currency }))
    .filter(({ day, currency }) => !hasRate(currency, day));
}

/** Lines whose public id starts with a text; at most `limit`. */
export function findLines(sqlite: Database.Database, idPrefix: string, limit: number): (Line & { rowId: number })[] {
  return sqlite
    .prepare<[string, string, number], Line & { rowId: number }>(
      `SELECT l.id AS rowId, l.public_id AS id, s.name AS source, s.kind AS sourceKind, l.payee, l.publisher, l.service,
         l.service_category AS serviceCategory, l.merchant_category AS merchantCategory, l.description,
         c.account, c.account_name AS accountName, c.sub_account AS subAccount, c.sub_account_name AS subAccountName,
         c.card, c.cost_center AS costCenter, c.project, c.person, c.ledger_account AS ledgerAccount, c.tags
       FROM line l JOIN source s ON s.id = l.source_id JOIN coding c ON c.id = l.coding_id
       WHERE l.public_id >= ? AND l.public_id < ? ORDER BY l.public_id LIMIT ?`,
    )
    .all(idPrefix, `${idPrefix}\uffff`, limit);
}

/** Charges of a line, latest first, and how many there are. */
export function chargesOf(
  sqlite: Database.Database,
  line: { rowId: number; id: string },
  limit: number,
): { charges: Charge[]; total: number } {
  const from = `FROM charge c WHERE c.line_id = ? AND c.window_id IN
    (SELECT w.id FROM source_window w JOIN line l ON l.source_id = w.source_id WHERE l.id = ?)`;
  const total = sqlite.prepare<[number, number], number>(`SELECT count(*) ${from}`).pluck().get(line.rowId, line.rowId);
  const rows = sqlite
    .prepare<[number, number, number], [bigint, string, bigint, bigint, bigint, string | null, bigint, string | null]>(
      `SELECT c.day, c.currency, c.cash_micros, c.accrual_micros, c.row_count,
         (SELECT path FROM source_file f WHERE f.id = c.file_id), c.row,
         (SELECT reference FROM charge_reference r WHERE r.window_id = c.window_id AND r.line_id = c.line_id
             AND r.day = c.day AND r.key = c.key) ${from}
       ORDER BY c.day DESC, c.file_id, c.row LIMIT ?`,
    )
    .raw()
    .safeIntegers()
    .all(line.rowId, line.rowId, limit);
  const charges = rows.map(([day, currency, cashMicros, accrualMicros, rowCount, file, row, reference]) => ({
    lineId: line.id,
    day: Number(day),
    currency,
    cashMicros,
    accrualMicros,
    rowCount: Number(rowCount),
    file: file ?? '',
    row: Number(row),
    reference: reference ?? '',
  }));
  return { charges, total: total ?? 0 };
}

/** Month facts of a line, oldest first. */
export function monthsOfLine(
  sqlite: Database.Database,
  rowId: number,
): { month: Month; currency: string; cashMicros: Micros; accrualMicros: Micros; chargeCount: number }[] {
  return sqlite
    .prepare<[number], [bigint, string, bigint, bigint, bigint]>(
      `SELECT month, currency, cash_micros, accrual_micros, charge_count FROM month_fact
        WHERE line_id = ? ORDER BY month, currency`,
    )
    .raw()
    .safeIntegers()
    .all(rowId)
    .map(([month, currency, cashMicros, accrualMicros, chargeCount]) => ({
      month: monthOfNumber(Number(month)),
      currency,
      cashMicros,
      accrualMicros,
      chargeCount: Number(chargeCount),
    }));
}

/** First and last month with charges over all sources of spend (plans and chargebacks are none); undefined without any. */
export function monthRange(sqlite: Database.Database): { first: Month; last: Month } | undefined {
  const row = sqlite
    .prepare<[], [number | null, number | null]>(
      `SELECT min(m.month), max(m.month) FROM source_month m JOIN source s ON s.id = m.source_id
       WHERE s.kind NOT IN ('plan', 'chargeback')`,
    )
    .raw()
    .get();
  if (row === undefined || row[0] === null || row[1] === null) return undefined;
  return { first: monthOfNumber(row[0]), last: monthOfNumber(row[1]) };
}

/** Rejected rows kept with their text, in the order of source, window and place. */
export function rejectedRows(
  sqlite: Database.Database,
  source: string | undefined,
  limit: number,
): (RejectedRow & { source: string })[] {
  return sqlite
    .prepare<[string | null, string | null, number], RejectedRow & { source: string }>(
      `SELECT s.name AS source, r.file, r.row, r.reason, r.text
         FROM rejected_row r JOIN source_window w ON w.id = r.window_id JOIN source s ON s.id = w.source_id
        WHERE ? IS NULL OR s.name = ? ORDER BY s.name, w.name, r.position LIMIT ?`,
    )
    .all(source ?? null, source ?? null, limit);
}

/** A payee text of a source, and how many lines have it. */
export interface LedgerPayee {
  readonly payee: string;
  readonly source: string;
  readonly lineCount: number;
}

/** The distinct payees of each source, of lines that name no publisher. */
export function ledgerPayees(sqlite: Database.Database): LedgerPayee[] {
  return sqlite
    .prepare<[], LedgerPayee>(
      `SELECT l.payee, s.name AS source, count(*) AS lineCount FROM line l JOIN source s ON s.id = l.source_id
        WHERE l.publisher = '' AND l.payee <> '' GROUP BY l.source_id, l.payee`,
    )
    .all();
}

/** A text that changes when lines come or go. */
export function linesToken(sqlite: Database.Database): string {
  const [count, sum, last] = sqlite
    .prepare<[], [number, number, number]>('SELECT count(*), total(id), coalesce(max(id), 0) FROM line')
    .raw()
    .get() ?? [0, 0, 0];
  return `${count} ${sum} ${last}`;
}
