import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { apportion } from '../../src/core/apportion.js';
import { sumMicros } from '../../src/core/money.js';

const total = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
const weights = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 12 })
  .filter((list) => list.some((weight) => weight > 0n));

describe('apportion', () => {
  it('gives ties to the earlier weight', () => {
    expect(apportion(10n, [1n, 1n, 1n])).toEqual([4n, 3n, 3n]);
    expect(apportion(-10n, [1n, 1n, 1n])).toEqual([-4n, -3n, -3n]);
    expect(apportion(1n, [0n, 1n, 1n])).toEqual([0n, 1n, 0n]);
  });

  it('gives what is left to the largest remainders', () => {
    expect(apportion(100n, [700_000n, 299_000n, 1_000n])).toEqual([70n, 30n, 0n]);
  });

  it('sums to the total, each part its exact share rounded down or up', () => {
    fc.assert(
      fc.property(total, weights, (amount, list) => {
        const parts = apportion(amount, list);
        const weightSum = sumMicros(list);
        expect(sumMicros(parts)).toBe(amount);
        for (const [index, part] of parts.entries()) {
          const distance = part * weightSum - amount * (list[index] ?? 0n);
          expect(distance < weightSum && distance > -weightSum).toBe(true);
        }
      }),
    );
  });

  it('mirrors at zero, keeps the order of the weights and gives nothing for nothing', () => {
    fc.assert(
      fc.property(total, weights, (amount, list) => {
        const parts = apportion(amount, list);
        expect(apportion(-amount, list)).toEqual(parts.map((part) => -part));
        for (const [index, weight] of list.entries()) {
          const size = (parts[index] ?? 0n) * (amount < 0n ? -1n : 1n);
          if (weight === 0n) expect(size).toBe(0n);
          for (const [other, otherWeight] of list.entries()) {
            const otherSize = (parts[other] ?? 0n) * (amount < 0n ? -1n : 1n);
            if (weight > otherWeight) expect(size >= otherSize).toBe(true);
          }
        }
      }),
    );
  });

  it('refuses weights that say nothing', () => {
    expect(() => apportion(1n, [0n, 0n])).toThrow(RangeError);
    expect(() => apportion(1n, [])).toThrow(RangeError);
    expect(() => apportion(1n, [2n, -1n])).toThrow(RangeError);
    expect(apportion(0n, [0n, 0n])).toEqual([0n, 0n]);
  });
});
