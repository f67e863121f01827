import type { PullWindow } from '../../src/connector/service.js';
import { addDays, daysBetween } from '../../src/core/date.js';
import type { NetSuiteSettings } from './settings.js';

/** Types of accounts a line on which is no spend: it pays a debt or the owners, or moves money between own accounts. */
export const NO_SPEND_ACCOUNTS = [
  'AcctPay',
  'AcctRec',
  'Bank',
  'CredCard',
  'Equity',
  'Income',
  'LongTermLiab',
  'OthCurrLiab',
  'OthIncome',
] as const;

type QuerySettings = Pick<NetSuiteSettings, 'types' | 'segments' | 'tax'>;

/**
 * All lines of the days of a window, in a lasting order. A transaction repeats its total on its main line; amounts are in
 * the currency of the transaction (`netamount` would be in that of the subsidiary).
 */
export function linesQuery(settings: QuerySettings, window: PullWindow): string {
  const segments = settings.segments.map((segment) => `BUILTIN.DF(tl.${segment}) AS ${segment}name`);
  const columns = [
    't.id AS transactionid',
    'tl.id AS lineid',
    't.type AS kind',
    't.tranid AS number',
    "TO_CHAR(t.trandate, 'YYYY-MM-DD') AS day",
    'c.symbol AS currency',
    'tl.foreignamount AS amount',
    'tl.taxline AS taxline',
    'a.acctnumber AS accountnumber',
    'a.fullname AS accountname',
    'a.accttype AS accounttype',
    'NVL(v.companyname, BUILTIN.DF(t.entity)) AS entityname',
    'BUILTIN.DF(tl.entity) AS projectname',
    'BUILTIN.DF(tl.item) AS itemname',
    ...segments,
  ];
  return `SELECT ${columns.join(', ')} ${fromWhere(settings, window)} ORDER BY t.id, tl.id`;
}

/** What the lines that are spend come to by currency, as NetSuite sums them. */
export function totalsQuery(settings: QuerySettings, window: PullWindow): string {
  const taxes = settings.tax === 'included' ? '' : " AND tl.taxline = 'F'";
  const accounts = ` AND (a.accttype IS NULL OR a.accttype NOT IN (${quoted(NO_SPEND_ACCOUNTS)}) OR tl.taxline = 'T')`;
  const columns = 'c.symbol AS currency, SUM(tl.foreignamount) AS amount';
  return `SELECT ${columns} ${fromWhere(settings, window)}${taxes}${accounts} GROUP BY c.symbol ORDER BY c.symbol`;
}

/**
 * Which lines count: of most transactions all but the main line. The first line of a journal may be marked as its main line,
 * and is a line like the others; a journal that only voids something else would take away what is not counted anyway.
 */
function ownLines(types: QuerySettings['types']): string {
  if (!types.includes('Journal')) return "tl.mainline = 'F'";
  return "(tl.mainline = 'F' OR t.type = 'Journal') AND (t.type <> 'Journal' OR t.void = 'F')";
}

function fromWhere({ types }: QuerySettings, { from, to }: PullWindow): string {
  return [
    'FROM transaction t',
    'INNER JOIN transactionline tl ON tl.transaction = t.id',
    'LEFT JOIN account a ON a.id = tl.expenseaccount',
    'LEFT JOIN currency c ON c.id = t.currency',
    'LEFT JOIN vendor v ON v.id = t.entity',
    `WHERE t.type IN (${quoted(types)})`,
    `AND t.posting = 'T' AND t.voided = 'F' AND ${ownLines(types)}`,
    `AND t.trandate >= TO_DATE('${from}', 'YYYY-MM-DD') AND t.trandate < TO_DATE('${to}', 'YYYY-MM-DD')`,
  ].join(' ');
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ');
}

/** The two halves of a window; undefined for a single day. */
export function halves({ from, to }: PullWindow): readonly [PullWindow, PullWindow] | undefined {
  const days = daysBetween(from, to);
  if (days < 2) return undefined;
  const middle = addDays(from, Math.floor(days / 2));
  return [
    { from, to: middle },
    { from: middle, to },
  ];
}
