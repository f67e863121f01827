import type { RequestMeter } from '../connector/call.js';
import { SourceError } from '../core/errors.js';
import { formatMicros, type Micros } from '../core/money.js';

/** What requests of a source may cost, in the currency of the service's price. */
export interface Ceilings {
  readonly runMicros?: Micros | undefined;
  readonly monthMicros?: Micros | undefined;
}

/** Counts the requests of one run and what they cost. */
export class RunMeter implements RequestMeter {
  requestCount = 0;
  costMicros: Micros = 0n;
  readonly #source: string;
  readonly #currency: string;
  readonly #ceilings: Ceilings;
  readonly #spentThisMonthMicros: Micros;

  /** @param spentThisMonthMicros what earlier runs of the calendar month cost */
  constructor(source: string, currency: string, ceilings: Ceilings, spentThisMonthMicros: Micros) {
    this.#source = source;
    this.#currency = currency;
    this.#ceilings = ceilings;
    this.#spentThisMonthMicros = spentThisMonthMicros;
  }

  charge(request: string, priceMicros: Micros): void {
    const { runMicros, monthMicros } = this.#ceilings;
    const cost = this.costMicros + priceMicros;
    if (priceMicros > 0n && runMicros !== undefined && cost > runMicros) throw this.#tooDear(request, 'run', runMicros);
    const month = this.#spentThisMonthMicros + cost;
    if (priceMicros > 0n && monthMicros !== undefined && month > monthMicros) {
      throw this.#tooDear(request, 'month', monthMicros);
    }
    this.requestCount += 1;
    this.costMicros = cost;
  }

  #tooDear(request: string, what: 'run' | 'month', ceilingMicros: Micros): SourceError {
    const spent = what === 'run' ? this.costMicros : this.#spentThisMonthMicros + this.costMicros;
    return new SourceError({
      place: { source: this.#source, key: `ceiling.${what}` },
      message:
        `${request} would pass the ceiling of ${formatMicros(ceilingMicros)} ${this.#currency} a ${what}: ` +
        `its requests have cost ${formatMicros(spent)} ${this.#currency} so far`,
      hint: `What was read before stays. Raise \`ceiling.${what}\`, or let the source run less often; \`spendshift pull --dry-run\` shows the price.`,
    });
  }
}
