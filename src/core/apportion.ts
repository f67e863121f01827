import type { Micros } from './money.js';

/**
 * Splits `total` in proportion to `weights` so that the parts are integers and sum to `total` exactly (largest
 * remainder, Hamilton's method). Every part is its exact share rounded down or up; ties go to the earlier weight.
 * Weights are zero or positive and their sum is positive; `total` may be negative (the parts mirror those of its
 * positive counterpart).
 *
 * @throws RangeError when a weight is negative or all are zero while `total` is not.
 * @example apportion(10n, [1n, 1n, 1n]) // [4n, 3n, 3n]
 */
export function apportion(total: Micros, weights: readonly bigint[]): Micros[] {
  let weightSum = 0n;
  for (const weight of weights) {
    if (weight < 0n) throw new RangeError('apportion: a weight is negative');
    weightSum += weight;
  }
  if (total === 0n) return weights.map(() => 0n);
  if (weightSum === 0n) throw new RangeError('apportion: all weights are zero');
  if (total < 0n) return apportion(-total, weights).map((part) => -part);
  const parts: bigint[] = [];
  const remainders: { index: number; remainder: bigint }[] = [];
  let left = total;
  for (const [index, weight] of weights.entries()) {
    const product = total * weight;
    const part = product / weightSum;
    parts.push(part);
    left -= part;
    remainders.push({ index, remainder: product % weightSum });
  }
  remainders.sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of remainders.slice(0, Number(left))) parts[index] = (parts[index] ?? 0n) + 1n;
  return parts;
}
