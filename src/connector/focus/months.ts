import { SourceError } from '../../core/errors.js';
import { lastDay, monthNumber, monthOfNumber, type Month } from '../../core/period.js';
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../duckdb.js';
import { monthSql } from './cells.js';

/**
 * To which month the money of a row belongs.
 *
 * - `own`: cash to the row's billing month, accrual to its charge month.
 * - `part`: the same, and of it only what belongs to one month: for files of many months.
 * - `whole`: all of it to the month of the file, for services with a file for each month. A row of another month is
 *   money that another file has as well, and stops the source. `billed`: each row must be of that billing month;
 *   `billed or charged`: or of that charge month.
 */
export type MonthRule =
  | { readonly kind: 'own' }
  | { readonly kind: 'part'; readonly month: Month }
  | { readonly kind: 'whole'; readonly month: Month; readonly rows: 'billed' | 'billed or charged' };

export const OWN_MONTHS: MonthRule = { kind: 'own' };

/** The months that the cells of a group name, each standing in for the other where only one is given. */
export const OWN_MONTHS_SQL = `coalesce(charge_month, ${monthSql('billing_start')}) AS charge_month,
  coalesce(${monthSql('billing_start')}, charge_month) AS billing_month`;

/** SQL of the months to which the accrual and the cash of a group belong. */
export function monthsSql(rule: MonthRule): string {
  if (rule.kind !== 'whole') return OWN_MONTHS_SQL;
  const month = monthNumber(rule.month);
  return `${month} AS charge_month, ${month} AS billing_month`;
}

/** SQL of a moment, brought into the month of the file where all money belongs to that month. */
export function momentInMonthSql(rule: MonthRule, moment: string): string {
  if (rule.kind !== 'whole') return moment;
  const [from, last] = [`${rule.month}-01`, lastDay(rule.month)];
  return `least(greatest(${moment}, TIMESTAMP '${from}'), TIMESTAMP '${last}')`;
}

/** SQL that is true for the charges of a month that are wanted. */
export function wantedSql(rule: MonthRule, month: string): string {
  return rule.kind === 'part' ? `${month} = ${monthNumber(rule.month)}` : 'true';
}

/**
 * SQL that is true for a rejected row that belongs to what is read: one whose charge month cannot be read may do so.
 *
 * @param isMonth SQL that is true where `month` is one
 */
export function rejectedHereSql(rule: MonthRule, month: string, isMonth: string): string {
  return rule.kind === 'part' ? `(NOT ${isMonth} OR ${month} = ${monthNumber(rule.month)})` : 'true';
}

/**
 * Refuses files that hold rows of other months, where each month has its files.
 *
 * @param groups the table of the first step of grouping
 */
export async function refuseOtherMonths(
  connection: DuckDBConnection,
  groups: string,
  rule: MonthRule,
  files: readonly string[],
  sourceId: string,
): Promise<void> {
  if (rule.kind !== 'whole') return;
  const month = monthNumber(rule.month);
  const isCharged = rule.rows === 'billed' ? '' : `AND charge_month <> ${month}`;
  const found = await queryRows(
    connection,
    `SELECT (first_place >> 40)::INTEGER AS file, billing_month, sum(row_count)::BIGINT AS rows
       FROM (SELECT first_place, row_count, ${OWN_MONTHS_SQL} FROM ${groups})
      WHERE billing_month <> ${month} ${isCharged} GROUP BY ALL ORDER BY ALL`,
  );
  const mistakes = found.map((row) => ({
    place: { file: files[Number(row['file'])] ?? '', source: sourceId },
    message: `${rowsAre(Number(row['rows']))} of the billing period ${monthOfNumber(Number(row['billing_month']))}, in a file of ${rule.month}; nothing of ${rule.month} was taken`,
    hint: 'The same rows would be counted in their own month as well. See that each month has files of its own.',
  }));
  if (mistakes.length > 0) throw new SourceError(mistakes);
}

function rowsAre(count: number): string {
  return count === 1 ? '1 row is' : `${count} rows are`;
}

/** SQL of the number of rows that are of one month by their billing period and of another by the day they were charged. */
export function otherMonthSql(groups: string, rule: MonthRule): string {
  const month = rule.kind === 'own' ? 0 : monthNumber(rule.month);
  const touches = {
    own: 'charge_month <> billing_month AND cash <> 0',
    part: `charge_month <> billing_month AND cash <> 0 AND ${month} IN (charge_month, billing_month)`,
    whole: `(charge_month <> ${month} OR billing_month <> ${month})`,
  };
  return `SELECT coalesce(sum(row_count), 0)::BIGINT FROM (SELECT row_count, cash, ${OWN_MONTHS_SQL} FROM ${groups})
           WHERE ${touches[rule.kind]}`;
}

/** Where the money of such rows is, as a sentence. */
export function otherMonthRemark(rowCount: number, rule: MonthRule): string {
  const rows = rowCount === 1 ? '1 row was' : `${rowCount} rows were`;
  const where =
    rule.kind === 'whole'
      ? `cash and accrual are both in ${rule.month}, whose files have them`
      : 'cash is in the billing month, accrual in the charge month';
  return `${rows} billed in another month than charged: ${where}.`;
}
