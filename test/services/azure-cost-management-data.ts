import type { IsoDate } from '../../src/core/date.js';
import { addDecimals } from '../../src/core/decimal.js';
import { divideRounded, type DecimalText } from '../../src/core/money.js';
import { addMonths, firstDay, lastDay, monthOf, type Month } from '../../src/core/period.js';
import {
  recordsOf,
  restated,
  subscriptionsOf,
  type AzureRecord,
  type Subscription,
} from './azure-cost-management-records.js';
import type { TrueTotal, World } from './standin.js';

const HISTORY_MONTHS = 40;
const ZERO: DecimalText = { digits: 0n, scale: 0 };

/** The charges of a made-up company under a Microsoft Customer Agreement. The same seed gives the same charges. */
export class AzureBooks {
  readonly first: Month;
  readonly subscriptions: readonly Subscription[];
  readonly #world: World;
  readonly #months = new Map<Month, readonly AzureRecord[]>();
  readonly #restated = new Map<Month, number>();

  constructor(world: World) {
    this.#world = world;
    const start = monthOf(world.now().toISOString().slice(0, 10) as IsoDate);
    this.first = addMonths(start, -HISTORY_MONTHS);
    this.subscriptions = subscriptionsOf(world.seed, start);
  }

  /** What can be seen now of the days from `from` to `to`, both included. */
  visible(from: IsoDate, to: IsoDate): AzureRecord[] {
    const nowMs = this.#world.now().getTime();
    const found: AzureRecord[] = [];
    for (let month = monthOf(from); month <= monthOf(to); month = addMonths(month, 1)) {
      for (const record of this.#of(month)) {
        if (record.day >= from && record.day <= to && record.seenAtMs <= nowMs) found.push(record);
      }
    }
    return found;
  }

  months(): Month[] {
    const current = monthOf(this.#world.now().toISOString().slice(0, 10) as IsoDate);
    const months: Month[] = [];
    for (let month = this.first; month <= current; month = addMonths(month, 1)) {
      if (this.visible(firstDay(month), lastDay(month)).length > 0) months.push(month);
    }
    return months;
  }

  restate(month: Month): void {
    this.#restated.set(month, (this.#restated.get(month) ?? 0) + 1);
    this.#months.delete(month);
  }

  /** What a month comes to where each sum by day, kind, subscription, item and perhaps tag is rounded by itself. */
  truth(month: Month, byTag: boolean): Map<string, TrueTotal> {
    const sums = new Map<string, { currency: string; cash: DecimalText; accrual: DecimalText }>();
    for (const record of this.visible(firstDay(month), lastDay(month))) {
      const { day, publisherType, chargeType, subscription, service, product, owner, currency } = record;
      const item = publisherType === 'Marketplace' ? product : service;
      const kind = [day, publisherType, chargeType.toLowerCase(), subscription, item, currency];
      const key = [...kind, byTag ? (owner ?? '') : ''].join('|');
      const sum = sums.get(key) ?? { currency, cash: ZERO, accrual: ZERO };
      sum.cash = addDecimals(sum.cash, record.actual ?? ZERO);
      sum.accrual = addDecimals(sum.accrual, record.amortized ?? ZERO);
      sums.set(key, sum);
    }
    const totals = new Map<string, { cashMicros: bigint; accrualMicros: bigint }>();
    for (const { currency, cash, accrual } of sums.values()) {
      const total = totals.get(currency) ?? { cashMicros: 0n, accrualMicros: 0n };
      total.cashMicros += rounded(cash);
      total.accrualMicros += rounded(accrual);
      totals.set(currency, total);
    }
    return totals;
  }

  #of(month: Month): readonly AzureRecord[] {
    const known = this.#months.get(month);
    if (known !== undefined) return known;
    const records =
      month < this.first
        ? []
        : restated(recordsOf(this.#world.seed, this.subscriptions, month, this.first), this.#restated.get(month) ?? 0);
    this.#months.set(month, records);
    return records;
  }
}

function rounded({ digits, scale }: DecimalText): bigint {
  return scale <= 6 ? digits * 10n ** BigInt(6 - scale) : divideRounded(digits, 10n ** BigInt(scale - 6));
}
