import { keySql, microsSql, orderedTexts } from '../reading.js';
import { sqlName, sqlText } from '../duckdb.js';
import type { LineTexts } from '../../core/charge.js';
import { type CellSql, currencySql, givenText, isCurrencySql, isMonthSql, monthSql } from './cells.js';
import type { FocusColumn } from './columns.js';
import { momentInMonthSql, monthsSql, OWN_MONTHS_SQL, wantedSql, type MonthRule } from './months.js';
import { canonicalTagsSql } from './tags.js';

/**
 * A bill is grouped in two steps, so that what is costly is done once per group and not once per row:
 *
 * 1. each file by its texts as they stand there, its months and currency, into `charge_group`;
 * 2. those groups, with their texts made normal, into `lines` and `charges`.
 *
 * All sums are exact decimals; they become micro-units once, at the end, one rounding per line, month and currency.
 */
export const GROUPS = 'charge_group';

/** Text columns of a bill by which charges are grouped, under their names in `charge_group`. */
const GROUPED_TEXTS: readonly FocusColumn[] = [
  'InvoiceIssuerName',
  'ServiceProviderName',
  'ProviderName',
  'PublisherName',
  'ServiceName',
  'ServiceCategory',
  'BillingAccountId',
  'BillingAccountName',
  'SubAccountId',
  'SubAccountName',
  'BillingCurrency',
];

/** All that the texts of a line depend on. */
const RAW_TEXTS: readonly string[] = [
  ...GROUPED_TEXTS.filter((name) => name !== 'BillingCurrency').map(sqlName),
  '"Tags"',
  'tags_listed',
  'old_nulls',
];

/** The texts of a line that a bill fills, in the ledger's order. */
export const FOCUS_TEXTS: readonly (keyof LineTexts)[] = orderedTexts([
  'payee',
  'publisher',
  'service',
  'serviceCategory',
  'account',
  'accountName',
  'subAccount',
  'subAccountName',
  'tags',
]);

/** SQL that makes the empty table of the first step. */
export function createGroupsSql(): string {
  const texts = GROUPED_TEXTS.map((name) => `"${name}" VARCHAR`);
  return `CREATE TABLE ${GROUPS} (
    ${texts.join(', ')}, "Tags" VARCHAR, tags_listed BOOLEAN, old_nulls BOOLEAN, charge_month INTEGER, billing_start TIMESTAMP,
    cash DECIMAL(38, 12), accrual DECIMAL(38, 12), row_count BIGINT, cash_count BIGINT, accrual_count BIGINT,
    charge_start TIMESTAMP, first_place BIGINT, part INTEGER)`;
}

/** What the first step reads: the rows of one or more files with the same columns. */
export interface GroupInput {
  /** An item of FROM, with parentheses where it needs them. */
  readonly from: string;
  /** SQL of the index of the row's file in the window. */
  readonly fileIndex: string;
  /** SQL of the 1-based number of the row in its file. */
  readonly row: string;
  readonly cells: CellSql;
  /** SQL of the tags: the raw text, or what `listedTagsSql` makes of it. */
  readonly tags: string;
  readonly tagsListed: boolean;
  /** True where `-2` and `Unassigned` stand for nothing (FOCUS 1.0 as Azure exported it). */
  readonly oldNulls: boolean;
  /** Number of this input in the window. */
  readonly part: number;
}

/**
 * SQL of the first step. Without `acceptedOnly` it filters nothing, which costs a quarter less, and counts the readable
 * amounts; only where they are fewer than the rows is the step worth repeating with the filter.
 */
export function groupSql(input: GroupInput, acceptedOnly: boolean): string {
  const { cells } = input;
  const names = [...GROUPED_TEXTS.map(sqlName), '"Tags"', 'charge_month', 'billing_start'];
  return `INSERT INTO ${GROUPS} BY NAME
    SELECT ${names.join(', ')}, ${String(input.tagsListed)} AS tags_listed, ${String(input.oldNulls)} AS old_nulls, ${input.part} AS part,
           sum(cash) AS cash, sum(accrual) AS accrual,
           count(*) AS row_count, count(cash) AS cash_count, count(accrual) AS accrual_count,
           max(charge_start) AS charge_start, min(place) AS first_place
      FROM (SELECT ${rowTextsSql(cells)}, ${input.tags} AS "Tags",
                   ${cells.cash} AS cash, ${cells.accrual} AS accrual,
                   ${monthSql(cells.chargeGiven)} AS charge_month,
                   ${cells.chargeGiven} AS charge_start, ${cells.billingGiven} AS billing_start,
                   ${placeSql(input.fileIndex, input.row)} AS place
              FROM ${input.from}${acceptedOnly ? ` WHERE ${cells.accepted}` : ''})
     GROUP BY ${names.join(', ')}`;
}

/** SQL of the texts of a row as they stand in the file, under their FOCUS names. */
export function rowTextsSql(cells: CellSql): string {
  return GROUPED_TEXTS.map((name) => `${cells.text(name)} AS "${name}"`).join(', ');
}

/** A row's place among all files of a window as one number, so that the first row of a group is a minimum. */
function placeSql(fileIndex: string, row: string): string {
  return `((${fileIndex})::BIGINT << 40) + ${row}`;
}

/** SQL of the number of rows of a part: all, and those that the first step has surely read whole. */
export function countsSql(part: number): string {
  const usable = [
    isMonthSql('charge_month'),
    isMonthSql('billing_month'),
    'coalesce(isfinite(charge_start), true) AND coalesce(isfinite(billing_start), true)',
    isCurrencySql(currencySql('"BillingCurrency"')),
  ];
  return `SELECT coalesce(sum(row_count), 0)::BIGINT AS rows,
      coalesce(sum(least(cash_count, accrual_count)) FILTER (WHERE ${usable.join(' AND ')}), 0)::BIGINT AS usable
    FROM (SELECT * EXCLUDE (charge_month), ${OWN_MONTHS_SQL} FROM ${GROUPS} WHERE part = ${part})`;
}

/** SQL that forgets a part. */
export function dropPartSql(part: number): string {
  return `DELETE FROM ${GROUPS} WHERE part = ${part}`;
}

/** SQL of the exact totals per currency over all accepted rows, of what belongs to the months that are wanted. */
export function sourceTotalsSql(rule: MonthRule): string {
  const [cash, accrual] = [wantedSql(rule, 'billing_month'), wantedSql(rule, 'charge_month')];
  return `SELECT ${currencySql('"BillingCurrency"')} AS currency,
                 coalesce(sum(cash) FILTER (WHERE ${cash}), 0) AS cash,
                 coalesce(sum(accrual) FILTER (WHERE ${accrual}), 0) AS accrual
            FROM (SELECT "BillingCurrency", cash, accrual, ${monthsSql(rule)} FROM ${GROUPS})
           GROUP BY 1`;
}

/** SQL of the number of rows whose tags are no JSON; after the second step. */
export function brokenTagsSql(): string {
  const tags = givenText('"Tags"');
  return `SELECT coalesce(sum(row_count), 0)::BIGINT FROM raw_line WHERE ${tags} IS NOT NULL AND NOT json_valid(${tags})`;
}

/**
 * The texts of a line from the cells of a group. Who is paid is the issuer of the invoice. Who made the thing is, up to
 * FOCUS 1.2, the publisher; from 1.3 on the service provider, which in a marketplace is the seller.
 */
export function lineTextsSql(tagsListed: string, oldNulls: string, tagKeys: readonly string[]): readonly string[] {
  const text = (name: FocusColumn): string => {
    const given = givenText(`"${name}"`);
    return `CASE WHEN ${oldNulls} AND "${name}" IN ('-2', 'Unassigned') THEN NULL ELSE ${given} END`;
  };
  const first = (...names: FocusColumn[]): string => `coalesce(${names.map(text).join(', ')}, '')`;
  const sql: Partial<Record<keyof LineTexts, string>> = {
    payee: first('InvoiceIssuerName', 'ServiceProviderName', 'ProviderName', 'PublisherName'),
    publisher: first('ServiceProviderName', 'PublisherName', 'ProviderName'),
    service: first('ServiceName'),
    serviceCategory: first('ServiceCategory'),
    account: first('BillingAccountId'),
    accountName: first('BillingAccountName'),
    subAccount: first('SubAccountId'),
    subAccountName: first('SubAccountName'),
    tags: canonicalTagsSql('"Tags"', tagsListed, tagKeys),
  };
  return FOCUS_TEXTS.map((key) => `${sql[key] ?? `''`} AS "${key}"`);
}

/**
 * SQL statements of the second step, in order: they make `lines` and `charges` from the groups. Texts are made normal
 * once per combination of raw texts (`raw_line`), not once per month of each.
 */
export function stageSql(windowId: string, tagKeys: readonly string[], rule: MonthRule): readonly string[] {
  const raw = RAW_TEXTS.join(', ');
  const texts = FOCUS_TEXTS.map((key) => `"${key}"`).join(', ');
  return [
    `CREATE TABLE raw_line AS
       SELECT row_number() OVER () AS raw_line, ${raw}, sum(row_count) AS row_count, min(first_place) AS first_place
         FROM ${GROUPS} GROUP BY ${raw}`,
    `CREATE TABLE text_line AS
       SELECT raw_line, first_place, ${lineTextsSql('tags_listed', 'old_nulls', tagKeys).join(', ')} FROM raw_line`,
    `CREATE TABLE lines AS
       SELECT CAST(row_number() OVER (ORDER BY first_place, ${texts}) - 1 AS INTEGER) AS line, ${texts}
         FROM (SELECT ${texts}, min(first_place) AS first_place FROM text_line GROUP BY ${texts})`,
    `CREATE TABLE charges AS ${chargesSql(windowId, texts, rule)}`,
  ];
}

/**
 * `microsSql`, forty times as fast for sums below a million, as nearly all are: dividing decimals wider than 18 digits is
 * what took longest in the second step. Where a narrow cast does not fit it gives NULL, and the wide one is taken.
 */
function sumMicrosSql(sum: string): string {
  const narrow = `TRY_CAST(TRY_CAST(${sum} AS DECIMAL(18, 12)) AS DECIMAL(12, 6))`;
  return `coalesce(CAST(CAST(${narrow} AS DECIMAL(18, 6)) * 1000000 AS BIGINT), ${microsSql(sum)})`;
}

/**
 * Charges of line, month and currency. What was billed in another month than the one it was used in has its cash in the
 * billing month and its accrual in the charge month; a part without money makes no charge of its own.
 */
function chargesSql(windowId: string, texts: string, rule: MonthRule): string {
  const key = `${sqlText(`${windowId}|`)} || month || '|' || currency`;
  const same = RAW_TEXTS.map((name) => `bill.${name} IS NOT DISTINCT FROM raw.${name}`).join(' AND ');
  return `
    WITH line_of AS (
      SELECT raw_line, line FROM text_line JOIN lines USING (${texts})
    ), numbered AS (
      SELECT line, ${currencySql('"BillingCurrency"')} AS currency, ${monthsSql(rule)}, cash, accrual, bill.row_count,
             ${momentInMonthSql(rule, 'coalesce(charge_start, billing_start)')} AS charge_start, billing_start, bill.first_place
        FROM ${GROUPS} bill JOIN raw_line raw ON ${same} JOIN line_of USING (raw_line)
    ), monthly AS (
      SELECT line, currency, charge_month, billing_month, sum(cash) AS cash, sum(accrual) AS accrual,
             sum(row_count) AS row_count, max(charge_start) AS charge_start, max(billing_start) AS billing_start,
             min(first_place) AS first_place, charge_month <> billing_month AND sum(cash) <> 0 AS apart
        FROM numbered GROUP BY line, currency, charge_month, billing_month
    ), parts AS (
      SELECT line, currency, charge_month AS month, CASE WHEN apart THEN 0 ELSE cash END AS cash, accrual,
             row_count, charge_start, NULL AS billing_start, first_place
        FROM monthly WHERE NOT apart OR accrual <> 0
      UNION ALL
      SELECT line, currency, billing_month, cash, 0, row_count, NULL, billing_start, first_place
        FROM monthly WHERE apart
    ), summed AS (
      SELECT line, currency, month, sum(cash) AS cash, sum(accrual) AS accrual, sum(row_count) AS row_count,
             coalesce(max(charge_start), max(billing_start)) AS last, min(first_place) AS first_place
        FROM parts WHERE ${wantedSql(rule, 'month')} GROUP BY line, currency, month
    )
    SELECT line, ${keySql(key)} AS key, CAST(year(last) * 10000 + month(last) * 100 + day(last) AS INTEGER) AS day,
           currency, ${sumMicrosSql('cash')} AS cash_micros, ${sumMicrosSql('accrual')} AS accrual_micros,
           CAST(row_count AS INTEGER) AS row_count, CAST(first_place >> 40 AS INTEGER) AS file,
           CAST(first_place & ((1::BIGINT << 40) - 1) AS INTEGER) AS row
      FROM summed`;
}
