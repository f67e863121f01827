import { sqlText } from '../../src/connector/duckdb.js';
import type { NumberFormat } from '../../src/core/money.js';
import type { FileColumn, FileColumns } from './columns.js';
import type { SkipSetting } from './settings.js';

/** Name of a column in a table of cells. */
export function cell(column: FileColumn): string {
  return `c${column.index}`;
}

/**
 * SQL for amounts in the plain form nearly all have: an optional minus, up to twelve digits, whole or in groups of three,
 * and up to six decimals. What is not plain is left to `parseDecimal`; where both read a text they agree.
 */
export function plainAmountSql(
  text: string,
  format: NumberFormat,
): { readonly isPlain: string; readonly micros: string } {
  const mark = (character: string): string => (character === '.' ? '\\.' : character);
  const grouped = format.group === '' ? '' : `|[0-9]{1,3}(?:${mark(format.group)}[0-9]{3}){1,3}`;
  const pattern = `-?(?:[0-9]{1,12}${grouped})(?:${mark(format.decimal)}[0-9]{1,6})?`;
  const ungrouped = format.group === '' ? text : `replace(${text}, ${sqlText(format.group)}, '')`;
  const pointed = format.decimal === '.' ? ungrouped : `replace(${ungrouped}, ',', '.')`;
  const isPlain = `regexp_full_match(${text}, ${sqlText(pattern)})`;
  // Digits as an integer times what the decimals lack to six: no decimal type is as fast as integers.
  const digits = `CAST(replace(${pointed}, '.', '') AS BIGINT)`;
  const decimals = `CASE WHEN instr(${pointed}, '.') = 0 THEN 0 ELSE strlen(${pointed}) - instr(${pointed}, '.') END`;
  const factors = [1, 2, 3, 4, 5].map((count) => `WHEN ${count} THEN ${10 ** (6 - count)}`).join(' ');
  const factor = `CASE ${decimals} WHEN 0 THEN 1000000 ${factors} ELSE 1 END`;
  const micros = `CASE WHEN ${isPlain} THEN ${digits} * ${factor} END`;
  return { isPlain, micros };
}

/** SQL that is true for rows the settings leave out. */
export function skipSql(columns: FileColumns): string {
  const tests = columns.skip.map(([skip, column]) => {
    const text = `lower(trim(coalesce(${cell(column)}, '')))`;
    if (skip.equals !== undefined) return `${text} = ${sqlText(comparable(skip.equals))}`;
    if (skip.startsWith !== undefined) return `starts_with(${text}, ${sqlText(comparable(skip.startsWith))})`;
    return `${text} = ''`;
  });
  return tests.length === 0 ? 'false' : `(${tests.join(' OR ')})`;
}

/** The same question for one row. */
export function isSkipped(cells: readonly (string | null | undefined)[], columns: FileColumns): boolean {
  return columns.skip.some(([skip, column]) => matches(comparable(cells[column.index] ?? ''), skip));
}

function matches(text: string, skip: SkipSetting): boolean {
  if (skip.equals !== undefined) return text === comparable(skip.equals);
  return skip.startsWith === undefined ? text === '' : text.startsWith(comparable(skip.startsWith));
}

function comparable(text: string): string {
  return text.trim().toLowerCase();
}
