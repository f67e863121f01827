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
    let currency: string | undefined;
    let sums: Sums = { cash: 0n, accrual: 0n };
    for (const [index, code] of batch.currency.entries()) {
      if (code !== currency) {
        currency = code;
        sums = this.#byCurrency.get(code) ?? { cash: 0n, accrual: 0n };
        this.#byCurrency.set(code, sums);
      }
      sums.cash += batch.cashMicros[index] ?? 0n;
      sums.accrual += batch.accrualMicros[index] ?? 0n;
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
