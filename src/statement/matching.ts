import { apportion } from '../core/apportion.js';
import { sumMicros, type Micros } from '../core/money.js';

/** Receives one match: function indexes and an amount above zero. */
export type OnMatch = (from: number, to: number, amount: Micros) => void;

/**
 * Matches what some functions of a group lost with what others gained. `residuals` holds one signed amount per
 * function (index order is the order of function ids) and is changed in place to what could not be matched, on which
 * one sign is left. matched = min(losses, gains); the flow f→g is matched × loss(f)/losses × gain(g)/gains in integers
 * whose sums over f and over g are exact.
 *
 * @example residuals [-6n, 4n, 1n] → matches 0→1 of 4n and 0→2 of 1n; residuals become [-1n, 0n, 0n]
 */
export function matchGroup(residuals: Micros[], onMatch: OnMatch): void {
  const losers: number[] = [];
  const gainers: number[] = [];
  for (const [index, residual] of residuals.entries()) {
    if (residual < 0n) losers.push(index);
    else if (residual > 0n) gainers.push(index);
  }
  const [firstLoser] = losers;
  const [firstGainer] = gainers;
  if (firstLoser === undefined || firstGainer === undefined) return;
  const losses = losers.map((index) => -(residuals[index] ?? 0n));
  const gains = gainers.map((index) => residuals[index] ?? 0n);
  const lost = sumMicros(losses);
  const gained = sumMicros(gains);
  const matched = lost < gained ? lost : gained;
  const out = apportion(matched, losses);
  const into = apportion(matched, gains);
  // Rows are the side with the smallest function id, whichever direction money went: so exchanging the periods, which
  // exchanges losers and gainers, rounds every cell the same way and reverses each flow exactly.
  const losersAreRows = firstLoser < firstGainer;
  const cells = losersAreRows ? fillMargins(out, into) : fillMargins(into, out);
  for (const [row, amounts] of cells.entries()) {
    for (const [column, amount] of amounts.entries()) {
      if (amount === 0n) continue;
      const loser = losers[losersAreRows ? row : column] ?? 0;
      const gainer = gainers[losersAreRows ? column : row] ?? 0;
      onMatch(loser, gainer, amount);
    }
  }
  for (const [at, index] of losers.entries()) residuals[index] = (residuals[index] ?? 0n) + (out[at] ?? 0n);
  for (const [at, index] of gainers.entries()) residuals[index] = (residuals[index] ?? 0n) - (into[at] ?? 0n);
}

/**
 * A matrix of non-negative integers with exactly these row and column sums, each cell near row × column / total. The
 * cells are rounded down; the units that are left go to the largest remainders whose row and column still lack some,
 * ties to the earlier row, then the earlier column. `rows` and `columns` are not negative and have the same sum.
 *
 * @example fillMargins([2n, 1n], [2n, 1n]) // [[1n, 1n], [1n, 0n]]
 */
export function fillMargins(rows: readonly Micros[], columns: readonly Micros[]): Micros[][] {
  if (rows.length === 1) return [[...columns]];
  if (columns.length === 1) return rows.map((row) => [row]);
  const total = sumMicros(rows);
  if (total === 0n) return rows.map(() => columns.map(() => 0n));
  const rowLacks = [...rows];
  const columnLacks = [...columns];
  const remainders: { row: number; column: number; remainder: bigint }[] = [];
  const cells = rows.map((rowSum, row) =>
    columns.map((columnSum, column) => {
      const product = rowSum * columnSum;
      const cell = product / total;
      rowLacks[row] = (rowLacks[row] ?? 0n) - cell;
      columnLacks[column] = (columnLacks[column] ?? 0n) - cell;
      remainders.push({ row, column, remainder: product % total });
      return cell;
    }),
  );
  remainders.sort((a, b) => (a.remainder === b.remainder ? 0 : a.remainder > b.remainder ? -1 : 1));
  let left = sumMicros(rowLacks);
  // While units are left some row and some column lack one, so each pass over the cells places at least one.
  while (left > 0n) {
    for (const { row, column } of remainders) {
      const cellsOfRow = cells[row];
      if (cellsOfRow === undefined || (rowLacks[row] ?? 0n) === 0n || (columnLacks[column] ?? 0n) === 0n) continue;
      cellsOfRow[column] = (cellsOfRow[column] ?? 0n) + 1n;
      rowLacks[row] = (rowLacks[row] ?? 0n) - 1n;
      columnLacks[column] = (columnLacks[column] ?? 0n) - 1n;
      left -= 1n;
    }
  }
  return cells;
}
