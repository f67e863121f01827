import type { ChargeBatch, ControlTotal } from '../core/batch.js';
import { LedgerError } from '../core/errors.js';
import { formatMicros, type Micros } from '../core/money.js';

interface Sums {
  cash: Micros;
  accrual: Micros;
}

/** What the batches of a reading carried, per currency, to hold against what the connector says it handed over. */
export class ControlSums {
  readonly #byCurrency = new Map<string, Sums>();

  add(batch: ChargeBatch): void {
    // An index and two local sums: this runs for every charge.
    const { currency: codes, cashMicros, accrualMicros } = batch;
    let start = 0;
    while (start < codes.length) {
      const code = codes[start] ?? '';
      let [cash, accrual] = [0n, 0n];
      let index = start;
      for (; index < codes.length && codes[index] === code; index += 1) {
        cash += cashMicros[index] ?? 0n;
        accrual += accrualMicros[index] ?? 0n;
      }
      const sums = this.#byCurrency.get(code) ?? { cash: 0n, accrual: 0n };
      this.#byCurrency.set(code, { cash: sums.cash + cash, accrual: sums.accrual + accrual });
      start = index;
    }
  }

  /**
   * Refuses totals that are not those of the batches.
   *
   * @throws LedgerError naming each currency and basis that differs.
   */
  requireEqual(totals: readonly ControlTotal[], source: string, window: string): void {
    const mistakes = totals.flatMap(({ currency, ledgerCashMicros, ledgerAccrualMicros }) => {
      const held = this.#byCurrency.get(currency) ?? { cash: 0n, accrual: 0n };
      return [
        { basis: 'cash', said: ledgerCashMicros, carried: held.cash },
        { basis: 'accrual', said: ledgerAccrualMicros, carried: held.accrual },
      ]
        .filter(({ said, carried }) => said !== carried)
        .map(({ basis, said, carried }) => ({
          place: { source },
          message:
            `the charges of window ${window} add up to ${formatMicros(carried)} ${currency} (${basis}), the connector ` +
            `says it handed over ${formatMicros(said)}; nothing was changed`,
          hint: 'This is a mistake of the connector: please report it.',
        }));
    });
    if (mistakes.length > 0) throw new LedgerError(mistakes);
  }
}
