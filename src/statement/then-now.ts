import type { Micros } from '../core/money.js';
import type { Cell } from './cells.js';
import { BASELINE, CURRENT } from './period-pair.js';
import type { ThenNow } from './types.js';

/** No money in either period. */
export const NOTHING: ThenNow = { baseline: 0n, current: 0n, change: 0n, currencyEffect: 0n };

/** Two figures added up. */
export function addThenNow(left: ThenNow, right: ThenNow): ThenNow {
  return {
    baseline: left.baseline + right.baseline,
    current: left.current + right.current,
    change: left.change + right.change,
    currencyEffect: left.currencyEffect + right.currencyEffect,
  };
}

/** Sums many cells to money then and now. */
export class ThenNowSum {
  #baseline: Micros = 0n;
  #current: Micros = 0n;
  #currencyEffect: Micros = 0n;

  add(cell: Cell): void {
    this.#baseline += cell.actual[BASELINE];
    this.#current += cell.actual[CURRENT];
    if (cell.currencyEffect !== 0n) this.#currencyEffect += cell.currencyEffect;
  }

  value(): ThenNow {
    return {
      baseline: this.#baseline,
      current: this.#current,
      change: this.#current - this.#baseline,
      currencyEffect: this.#currencyEffect,
    };
  }
}
