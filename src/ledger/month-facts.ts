import type Database from 'better-sqlite3';

import { dateOfDayNumber, type IsoDate } from '../core/date.js';
import type { Micros } from '../core/money.js';

/**
 * Brings the month facts of the lines in `temp.touched_line` in step with their charges, inside the caller's
 * transaction. Conversions of those lines are dropped, to be made anew.
 */
export function rebuildMonthFacts(sqlite: Database.Database, sourceId: number): void {
  sqlite.exec(`
    DELETE FROM converted_fact WHERE line_id IN (SELECT line_id FROM temp.touched_line);
    DELETE FROM month_fact WHERE line_id IN (SELECT line_id FROM temp.touched_line);`);
  sqlite
    .prepare(
      `INSERT INTO month_fact
       SELECT line_id, currency, day / 100, sum(cash_micros), sum(accrual_micros), count(*) FROM charge
        WHERE window_id IN (SELECT id FROM source_window WHERE source_id = ?)
          AND line_id IN (SELECT line_id FROM temp.touched_line)
        GROUP BY line_id, currency, day / 100`,
    )
    .run(sourceId);
}

/** Sums the month facts of a source anew, inside the caller's transaction. */
export function rebuildSourceMonths(sqlite: Database.Database, sourceId: number): void {
  sqlite.prepare('DELETE FROM source_month WHERE source_id = ?').run(sourceId);
  sqlite
    .prepare(
      `INSERT INTO source_month
       SELECT ?, currency, month, sum(cash_micros), sum(accrual_micros), sum(charge_count) FROM month_fact
        WHERE line_id IN (SELECT id FROM line WHERE source_id = ?) GROUP BY currency, month`,
    )
    .run(sourceId, sourceId);
}

/** Converts an amount of a day; `undefined` where there is no rate for that day. */
export type DayConversion = (micros: Micros, currency: string, day: IsoDate) => Micros | undefined;

/**
 * Fills in what month facts of foreign currencies are worth in the reporting currency, each charge at the rate of its
 * day. A month fact with a charge that has no rate gets no row: the statement names the day and pair.
 *
 * @returns how many month facts were converted.
 */
export function convertMonthFacts(
  sqlite: Database.Database,
  reportingCurrency: string,
  convert: DayConversion,
): number {
  const pending = sqlite
    .prepare<[string], [bigint, bigint, string]>(
      `SELECT f.month, f.line_id, f.currency FROM month_fact f
        WHERE f.currency <> ? AND NOT EXISTS (SELECT 1 FROM converted_fact c
          WHERE c.month = f.month AND c.line_id = f.line_id AND c.currency = f.currency)`,
    )
    .raw()
    .safeIntegers()
    .all(reportingCurrency);
  if (pending.length === 0) return 0;
  const daysOf = sqlite
    .prepare<[bigint, bigint, bigint, bigint, string], [bigint, bigint, bigint]>(
      `SELECT day, sum(cash_micros), sum(accrual_micros) FROM charge
        WHERE window_id IN (SELECT w.id FROM source_window w JOIN line l ON l.source_id = w.source_id WHERE l.id = ?)
          AND line_id = ? AND day BETWEEN ? * 100 AND ? * 100 + 99 AND currency = ?
        GROUP BY day`,
    )
    .raw()
    .safeIntegers();
  const insert = sqlite.prepare('INSERT INTO converted_fact VALUES (?, ?, ?, ?, ?)');
  let converted = 0;
  for (const [month, lineId, currency] of pending) {
    let cash: Micros | undefined = 0n;
    let accrual: Micros | undefined = 0n;
    for (const [day, cashMicros, accrualMicros] of daysOf.all(lineId, lineId, month, month, currency)) {
      const date = dateOfDayNumber(Number(day));
      cash = add(cash, convert(cashMicros, currency, date));
      accrual = add(accrual, convert(accrualMicros, currency, date));
    }
    if (cash === undefined || accrual === undefined) continue;
    insert.run(lineId, currency, month, cash, accrual);
    converted += 1;
  }
  return converted;
}

function add(sum: Micros | undefined, amount: Micros | undefined): Micros | undefined {
  return sum === undefined || amount === undefined ? undefined : sum + amount;
}
