import { absoluteMicros, type Micros } from '../../core/money.js';
import type { Statement } from '../../statement/types.js';
import { columnAmount, columnDigits, percent, perMillionOf } from '../format.js';
import type { HtmlColumn } from './table.js';

/** Amounts of the page's tables: whole units, cents only for small statements. */
export function tableAmount(statement: Statement): (micros: Micros, style?: 'minus' | 'both') => string {
  const { baseline, current } = statement.technology;
  const [left, right] = [absoluteMicros(baseline), absoluteMicros(current)];
  const digits = columnDigits(left > right ? left : right);
  return (micros, style = 'minus') => columnAmount(micros, digits, style);
}

/** The columns of money then and now. */
export function moneyColumns(): HtmlColumn[] {
  return [
    { header: 'Then', kind: 'figure' },
    { header: 'Now', kind: 'figure' },
    { header: 'Change', kind: 'figure' },
  ];
}

/** The cells under `moneyColumns`. */
export function moneyCells(statement: Statement, row: { baseline: Micros; current: Micros; change: Micros }): string[] {
  const amount = tableAmount(statement);
  return [amount(row.baseline), amount(row.current), amount(row.change, 'both')];
}

/** A part of current technology spend in percent; a dash where there is no whole. */
export function partOfNow(statement: Statement, part: Micros): string {
  const share = perMillionOf(part, statement.technology.current);
  return share === undefined ? '–' : percent(share);
}
