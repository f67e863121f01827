import { sqlText } from '../duckdb.js';
import { currencySigns } from '../../core/currency-signs.js';
import { currencyCodes } from '../../core/currency.js';
import type { FocusColumn, FocusColumns, FoundColumn } from './columns.js';
import { readDateFormat } from './dates.js';

/**
 * Decimal type of one amount: exact to 12 decimals, and too narrow for amounts of 10^12 and more, which no bill has and
 * the ledger could not sum; sums of it are SOURCE_DECIMAL.
 */
const AMOUNT_DECIMAL = 'DECIMAL(24, 12)';
/** Months a charge may lie in; exporters write 0001-01-01 where they know no date. */
const MONTH_FIRST = 197001;
const MONTH_LAST = 210012;

const PLAIN_AMOUNT = String.raw`[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?`;
// With a sign of currency or groups. FOCUS has the decimal point, so a group mark is certain only where a point follows.
const DRESSED_AMOUNT = String.raw`-?\p{Sc}? ?-?(\d+(\.\d+)?|\d{1,3}(,\d{3})+\.\d+)`;
const ISO_DATE = String.raw`\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?(Z|UTC|[+-]\d{2}(:?\d{2})?))?)?`;
const TIME_WITHOUT_SECONDS = String.raw`([T ]\d{2}:\d{2})([^:\d]|$)`;

/** SQL that reads the cells of one row of a file; each expression is over the columns of that file. */
export interface CellSql {
  readonly cash: string;
  readonly accrual: string;
  /** Moments in UTC (`TIMESTAMP`): NULL where none is given, infinity where the text cannot be read. */
  readonly chargeGiven: string;
  readonly billingGiven: string;
  /** `yyyymm`, each standing in for the other where only one is given; NULL when the cell cannot be read. */
  readonly chargeMonth: string;
  readonly billingMonth: string;
  /** True when the row has been read whole; the currency is checked as well. */
  readonly accepted: string;
  /** What is wrong with the row, in words. */
  readonly reason: string;
  /** The cell as text, for columns that are texts; NULL where the file has no such column. */
  text(column: FocusColumn): string;
}

/** SQL that is true for the text of a currency that ISO 4217 knows. */
export function isCurrencySql(text: string): string {
  const codes = currencyCodes().map(sqlText);
  return `coalesce(${text} IN (${codes.join(', ')}), false)`;
}

/** SQL that is true for a month in which a charge may lie. */
export function isMonthSql(month: string): string {
  return `coalesce(${month} BETWEEN ${MONTH_FIRST} AND ${MONTH_LAST}, false)`;
}

/** A text without surrounding blanks; NULL where it stands for nothing: empty or the word NULL. */
export function givenText(text: string): string {
  return `CASE WHEN upper(trim(${text})) IN ('', 'NULL') THEN NULL ELSE trim(${text}) END`;
}

/** The currency code of a cell's text. */
export function currencySql(text: string): string {
  return `upper(trim(${text}))`;
}

/** How the rows of a file are read. `dates` are the formats that the settings allow beside ISO 8601. */
export function cellSql(columns: FocusColumns, dates: readonly string[]): CellSql {
  const get = (name: FocusColumn): FoundColumn | undefined => columns.columns.get(name);
  const text = (name: FocusColumn): string => {
    const column = get(name);
    return column === undefined ? 'CAST(NULL AS VARCHAR)' : asText(column);
  };
  const code = currencySql(text('BillingCurrency'));
  const cash = amountSql(get('BilledCost'), code) ?? 'NULL';
  const effective = get('EffectiveCost');
  const accrual =
    effective === undefined
      ? cash
      : `coalesce(${amountSql(effective, code) ?? 'NULL'}, CASE WHEN ${givenSql(effective)} IS NULL THEN ${cash} END)`;
  const charge = get('ChargePeriodStart') ?? get('BillingPeriodStart');
  const billing = get('BillingPeriodStart') ?? charge;
  const chargeStart = firstGiven(charge, billing, dates);
  const billingStart = firstGiven(billing, charge, dates);
  const [chargeMonth, billingMonth] = [monthSql(chargeStart), monthSql(billingStart)];
  const currency = isCurrencySql(code);
  return {
    cash,
    accrual,
    chargeGiven: givenMoment(get('ChargePeriodStart'), dates),
    billingGiven: givenMoment(get('BillingPeriodStart'), dates),
    chargeMonth,
    billingMonth,
    accepted: `(${cash}) IS NOT NULL AND (${accrual}) IS NOT NULL AND ${isMonthSql(chargeMonth)} AND ${isMonthSql(billingMonth)} AND ${currency}`,
    reason: `concat_ws('; ', ${[
      amountReason(get('BilledCost'), cash, code, true),
      ...(effective === undefined ? [] : [amountReason(effective, accrual, code, false)]),
      currencyReason(text('BillingCurrency'), currency),
      ...dateReasons(charge, billing, dates),
    ].join(', ')})`,
    text,
  };
}

function isText(column: FoundColumn): boolean {
  return column.type === 'VARCHAR';
}

function asText(column: FoundColumn): string {
  return isText(column) ? column.sql : `CAST(${column.sql} AS VARCHAR)`;
}

/** The cell, NULL where it stands for nothing. */
function givenSql(column: FoundColumn): string {
  return isText(column) ? givenText(column.sql) : column.sql;
}

function amountSql(column: FoundColumn | undefined, code: string): string | undefined {
  if (column === undefined) return undefined;
  // TRY_CAST gives NULL for infinity, for NaN and for what is too large.
  if (!isText(column)) return `TRY_CAST(${column.sql} AS ${AMOUNT_DECIMAL})`;
  const text = `trim(${column.sql})`;
  const plain = `CASE WHEN regexp_full_match(${text}, '${PLAIN_AMOUNT}') THEN ${text}
    WHEN regexp_full_match(${text}, '${DRESSED_AMOUNT}') AND NOT ${foreignSignSql(text, code)} THEN regexp_replace(${text}, '[\\p{Sc}, ]', '', 'g') END`;
  return `TRY_CAST(${plain} AS ${AMOUNT_DECIMAL})`;
}

/** SQL that is true for the text of an amount whose currency sign is none of the row's currency. */
function foreignSignSql(text: string, code: string): string {
  const sign = signSql(text);
  const cases = currencySigns().map(
    ([one, codes]) => `WHEN ${sqlText(one)} THEN ${code} NOT IN (${codes.map(sqlText).join(', ')})`,
  );
  // Of a row without a known currency only the currency is wrong.
  return `(${sign} <> '' AND ${isCurrencySql(code)} AND CASE ${sign} ${cases.join(' ')} ELSE true END)`;
}

function signSql(text: string): string {
  return `regexp_extract(${text}, '\\p{Sc}')`;
}

/** `yyyymm` of a moment; NULL for infinity. */
export function monthSql(moment: string): string {
  return `CAST(year(${moment}) * 100 + month(${moment}) AS INTEGER)`;
}

function momentSql(column: FoundColumn, dates: readonly string[]): string {
  if (column.type === 'TIMESTAMP') return column.sql;
  if (!isText(column)) return `TRY_CAST(${column.sql} AS TIMESTAMP)`;
  const text = `trim(${column.sql})`;
  // A cast to TIMESTAMP would ignore the offset from UTC; one to TIMESTAMP WITH TIME ZONE wants seconds.
  const seconds = `regexp_replace(${text}, '${TIME_WITHOUT_SECONDS}', '\\1:00\\2')`;
  const iso = `WHEN regexp_full_match(${text}, '${ISO_DATE}') THEN CAST(TRY_CAST(${seconds} AS TIMESTAMP WITH TIME ZONE) AS TIMESTAMP)`;
  const others = dates.map(readDateFormat).map((format) => {
    return `WHEN regexp_full_match(${text}, ${sqlText(format?.pattern ?? '')}) THEN try_strptime(${text}, ${sqlText(format?.strptime ?? '')})`;
  });
  return `CASE ${[iso, ...others].join(' ')} END`;
}

function givenMoment(column: FoundColumn | undefined, dates: readonly string[]): string {
  if (column === undefined) return 'CAST(NULL AS TIMESTAMP)';
  const moment = momentSql(column, dates);
  if (!isText(column)) return moment;
  return `coalesce(${moment}, CASE WHEN ${givenSql(column)} IS NOT NULL THEN CAST('infinity' AS TIMESTAMP) END)`;
}

/** The moment of the first column; of the second where the first is empty, never where it is unreadable. */
function firstGiven(first: FoundColumn | undefined, second: FoundColumn | undefined, dates: readonly string[]): string {
  if (first === undefined || second === undefined) return 'CAST(NULL AS TIMESTAMP)';
  const moment = momentSql(first, dates);
  if (first === second) return moment;
  if (!isText(first)) return `coalesce(${moment}, ${momentSql(second, dates)})`;
  return `CASE WHEN ${givenSql(first)} IS NULL THEN ${momentSql(second, dates)} ELSE ${moment} END`;
}

function amountReason(column: FoundColumn | undefined, amount: string, code: string, needed: boolean): string {
  if (column === undefined) return 'NULL';
  const empty = needed ? `WHEN ${givenSql(column)} IS NULL THEN '${column.name} is empty'` : '';
  const given = `${givenSql(column)} IS NOT NULL AND (${amount}) IS NULL`;
  const shown = shownSql(column);
  const foreign = isText(column)
    ? `WHEN ${given} AND ${foreignSignSql(column.sql, code)} THEN '${column.name} "' || ${shown} || '" carries "' || ${signSql(column.sql)} || '", which is no sign of ' || ${code}`
    : '';
  return `CASE ${empty} ${foreign} WHEN ${given} THEN '${column.name} "' || ${shown} || '" is no amount, or beyond a million million' END`;
}

function currencyReason(text: string, known: string): string {
  return `CASE WHEN ${givenText(text)} IS NULL THEN 'BillingCurrency is empty'
    WHEN NOT ${known} THEN 'BillingCurrency "' || left(${text}, 40) || '" is no currency of ISO 4217' END`;
}

function dateReasons(
  charge: FoundColumn | undefined,
  billing: FoundColumn | undefined,
  dates: readonly string[],
): string[] {
  const columns = [...new Set([charge, billing])].filter((column) => column !== undefined);
  const allEmpty = columns.map((column) => `${givenSql(column)} IS NULL`).join(' AND ');
  const names = columns.map((column) => column.name).join(' and ');
  const known = ['ISO 8601', ...dates].join(' or ');
  const unreadable = columns.map((column) => {
    const wrong = `${givenSql(column)} IS NOT NULL AND NOT ${isMonthSql(monthSql(momentSql(column, dates)))}`;
    const hint = isText(column) ? '; name the format of the file in `dates`' : '';
    return `CASE WHEN ${wrong} THEN '${column.name} "' || ${shownSql(column)} || '" is no date (${known}, from 1970 to 2100)${hint}' END`;
  });
  return [
    `CASE WHEN ${allEmpty} THEN ${sqlText(columns.length > 1 ? `${names} are empty` : `${names} is empty`)} END`,
    ...unreadable,
  ];
}

/** A cell's text as a reason quotes it. */
function shownSql(column: FoundColumn): string {
  return `left(${asText(column)}, 40)`;
}
