import type { Micros } from '../core/money.js';
import type { Cell } from './money.js';
import { BASELINE, CURRENT } from './period-pair.js';
import type { ThenNow } from './types.js';

/** Sums cells to money then and now. */
export class ThenNowSum {
  #baseline: Micros = 0n;
  #current: Micros = 0n;
  #currencyEffect: Micros = 0n;

  add(cell: Pick<Cell, 'actual' | 'currencyEffect'>): void {
    this.#baseline += cell.actual[BASELINE];
    this.#current += cell.actual[CURRENT];
    this.#currencyEffect += cell.currencyEffect;
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
