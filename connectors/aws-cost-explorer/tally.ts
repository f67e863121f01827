import { z } from 'zod';

import { currencyCode, decimal } from '../../src/connector/values.js';
import type { ServiceCharge } from '../../src/connector/service.js';
import { addDecimals, DecimalSum, decimalText } from '../../src/core/decimal.js';
import type { DecimalText } from '../../src/core/money.js';
import { CASH, type CostPage } from './query.js';

export interface Money {
  readonly cash: DecimalText;
  readonly accrual: DecimalText;
}

const ZERO: DecimalText = { digits: 0n, scale: 0 };
const NOTHING: Money = { cash: ZERO, accrual: ZERO };
/** Periods that a remark names. */
const PERIODS_SHOWN_MAX = 5;

interface Sums {
  readonly cash: DecimalSum;
  readonly accrual: DecimalSum;
}

/** Sums by currency and period. */
export class Tally {
  readonly #sums = new Map<string, Map<string, Sums>>();

  add(currency: string, period: string, { cash, accrual }: Money): void {
    const sums = this.#sums.get(currency)?.get(period) ?? this.#begin(currency, period);
    sums.cash.add(cash);
    sums.accrual.add(accrual);
  }

  #begin(currency: string, period: string): Sums {
    const periods = this.#sums.get(currency) ?? new Map<string, Sums>();
    this.#sums.set(currency, periods);
    const sums = { cash: new DecimalSum(), accrual: new DecimalSum() };
    periods.set(period, sums);
    return sums;
  }

  addCharge({ currency, day, cash, accrual = cash }: ServiceCharge): void {
    this.add(currency, day, { cash, accrual });
  }

  get currencies(): readonly string[] {
    return [...this.#sums.keys()].sort();
  }

  periods(currency: string): readonly string[] {
    return [...(this.#sums.get(currency)?.keys() ?? [])].sort();
  }

  at(currency: string, period: string): Money {
    return this.#sums.get(currency)?.get(period) ?? NOTHING;
  }

  total(currency: string): Money {
    return this.periods(currency).reduce((sum, period) => plus(sum, this.at(currency, period)), NOTHING);
  }
}

const metric = z.object({ Amount: decimal, Unit: z.string() });

/** Reads the ungrouped totals of pages. @returns what cannot be read, in words; undefined when all could be. */
export function addTotals(tally: Tally, pages: readonly CostPage[], accrual: string): string | undefined {
  for (const { start, metrics } of pages.flatMap(({ totals }) => totals)) {
    const read = z.object({ [CASH]: metric, [accrual]: metric }).safeParse(metrics);
    const [cash, spread] = [read.data?.[CASH], read.data?.[accrual]];
    if (cash === undefined || spread === undefined) return `the total of ${start} has no ${CASH} or ${accrual}`;
    // Where there is no money, there may be no currency either.
    if (cash.Amount.digits === 0n && spread.Amount.digits === 0n) continue;
    const currency = currencyCode.safeParse(cash.Unit);
    if (!currency.success || cash.Unit !== spread.Unit) return `the total of ${start} has the currency "${cash.Unit}"`;
    tally.add(currency.data, start, { cash: cash.Amount, accrual: spread.Amount });
  }
  return undefined;
}

/** Sentences on where the groups and the totals of the same periods differ; none where every cent is in a group. */
export function differences(groups: Tally, totals: Tally): string[] {
  const currencies = [...new Set([...groups.currencies, ...totals.currencies])].sort();
  return currencies.flatMap((currency) => {
    const periods = [...new Set([...groups.periods(currency), ...totals.periods(currency)])].sort();
    const wrong = periods.filter((period) => {
      const { cash, accrual } = minus(totals.at(currency, period), groups.at(currency, period));
      return cash.digits !== 0n || accrual.digits !== 0n;
    });
    if (wrong.length === 0) return [];
    const { cash, accrual } = minus(totals.total(currency), groups.total(currency));
    const shown = wrong.slice(0, PERIODS_SHOWN_MAX).join(', ');
    const more = wrong.length > PERIODS_SHOWN_MAX ? ` and ${wrong.length - PERIODS_SHOWN_MAX} more` : '';
    return [
      `The total of Cost Explorer and the sum of its groups differ by ${decimalText(cash)} ${currency} ` +
        `(accrual ${decimalText(accrual)}), in the periods that begin on ${shown}${more}: the figures may have been ` +
        'renewed between two requests; the next reading shows whether the difference stays.',
    ];
  });
}

function plus(left: Money, right: Money): Money {
  return { cash: addDecimals(left.cash, right.cash), accrual: addDecimals(left.accrual, right.accrual) };
}

function minus(left: Money, right: Money): Money {
  const taken = ({ digits, scale }: DecimalText): DecimalText => ({ digits: -digits, scale });
  return plus(left, { cash: taken(right.cash), accrual: taken(right.accrual) });
}

/** Cash of each period start and currency as text, for messages: `12.5 USD`. */
export function cashText(tally: Tally): string {
  return tally.currencies.map((currency) => `${decimalText(tally.total(currency).cash)} ${currency}`).join(', ');
}
