import type { IsoDate } from '../../src/core/date.js';
import { divideRounded } from '../../src/core/money.js';
import { addMonths, monthOf, type Month } from '../../src/core/period.js';
import { focusMoney, GcpMaker, netOf, pacificDay, type GcpRow } from './gcp-billing-records.js';
import type { TrueTotal, World } from './standin.js';

const HISTORY_MONTHS = 40;
const DAY_MS = 24 * 3_600_000;
const MICROS = 10n ** 32n;

/** By what charges are told apart. */
export interface TruthGrain {
  readonly focus?: boolean;
  readonly labels: readonly string[];
  readonly folders: boolean;
  readonly skus: boolean;
}

/** All rows of the export of a made-up company. The same seed gives the same rows. */
export class GcpBooks {
  readonly first: Month;
  readonly #world: World;
  readonly #maker: GcpMaker;
  readonly #months = new Map<Month, readonly GcpRow[]>();
  readonly #added = new Map<Month, GcpRow[]>();
  #restatedCount = 0;

  constructor(world: World) {
    this.#world = world;
    const start = monthOf(pacificDay(world.now().getTime()));
    this.first = addMonths(start, -HISTORY_MONTHS);
    this.#maker = new GcpMaker(world.seed, start);
  }

  /** Rows that are there now, with usage in the days from `from` to `to`, which is exclusive. */
  visible(from: IsoDate, to: IsoDate): GcpRow[] {
    const nowMs = this.#world.now().getTime();
    const found: GcpRow[] = [];
    const last = this.#current();
    for (let month = monthOf(from); month <= last && month <= monthOf(to); month = addMonths(month, 1)) {
      for (const row of this.#of(month)) {
        const day = dayOf(row);
        if (row.exportMs <= nowMs && day >= from && day < to) found.push(row);
      }
    }
    return found;
  }

  /** Rows that lie in the parts of the table from a day on. */
  countSince(day: IsoDate): number {
    const nowMs = this.#world.now().getTime();
    let count = 0;
    // What came in since may be of the usage of months before.
    for (let month = addMonths(monthOf(day), -2); month <= this.#current(); month = addMonths(month, 1)) {
      for (const row of this.#of(month)) if (row.exportMs <= nowMs && partitionOf(row) >= day) count += 1;
    }
    return count;
  }

  months(): Month[] {
    const months: Month[] = [];
    const nowMs = this.#world.now().getTime();
    for (let month = this.first; month <= this.#current(); month = addMonths(month, 1)) {
      if (this.#of(month).some(({ exportMs }) => exportMs <= nowMs)) months.push(month);
    }
    return months;
  }

  restate(month: Month): void {
    this.#restatedCount += 1;
    this.append(month, this.#maker.corrections(month, this.#restatedCount, this.#world.now().getTime()));
  }

  append(month: Month, rows: readonly GcpRow[]): void {
    this.#added.set(month, [...(this.#added.get(month) ?? []), ...rows]);
  }

  /** What a month comes to where each sum at the grain is rounded by itself. */
  truth(month: Month, grain: TruthGrain): Map<string, TrueTotal> {
    const sums = new Map<string, { currency: string; cash: bigint; accrual: bigint }>();
    const nowMs = this.#world.now().getTime();
    for (const row of this.#of(month)) {
      if (row.exportMs > nowMs) continue;
      const { cash, accrual } = moneyOf(row, grain);
      const key = JSON.stringify(grainOf(row, grain));
      const sum = sums.get(key) ?? { currency: row.currency, cash: 0n, accrual: 0n };
      sums.set(key, { currency: row.currency, cash: sum.cash + cash, accrual: sum.accrual + accrual });
    }
    const totals = new Map<string, { cashMicros: bigint; accrualMicros: bigint }>();
    for (const { currency, cash, accrual } of sums.values()) {
      const total = totals.get(currency) ?? { cashMicros: 0n, accrualMicros: 0n };
      total.cashMicros += divideRounded(cash, MICROS);
      total.accrualMicros += divideRounded(accrual, MICROS);
      totals.set(currency, total);
    }
    return totals;
  }

  #current(): Month {
    return monthOf(pacificDay(this.#world.now().getTime()));
  }

  #of(month: Month): readonly GcpRow[] {
    const known = this.#months.get(month);
    const rows = known ?? (month < this.first ? [] : this.#maker.rowsOf(month));
    if (known === undefined) this.#months.set(month, rows);
    const added = this.#added.get(month);
    return added === undefined ? rows : [...rows, ...added];
  }
}

/** Days are asked for again and again while months of pulls go by. */
const days = new WeakMap<GcpRow, { readonly usage: IsoDate; readonly arrival: IsoDate }>();

function daysOf(row: GcpRow): { readonly usage: IsoDate; readonly arrival: IsoDate } {
  const known = days.get(row) ?? { usage: pacificDay(row.usageMs), arrival: arrivalOf(row) };
  days.set(row, known);
  return known;
}

/** The day in California to which a row belongs. */
export function dayOf(row: GcpRow): IsoDate {
  return daysOf(row).usage;
}

/** The day, in UTC, on which a row came in: where BigQuery keeps it. */
export function partitionOf(row: GcpRow): IsoDate {
  return daysOf(row).arrival;
}

function arrivalOf({ exportMs }: GcpRow): IsoDate {
  return new Date(Math.floor(exportMs / DAY_MS) * DAY_MS).toISOString().slice(0, 10) as IsoDate;
}

function moneyOf(row: GcpRow, { focus = false }: TruthGrain): { cash: bigint; accrual: bigint } {
  if (!focus) {
    const net = netOf(row) ?? 0n;
    return { cash: net, accrual: net };
  }
  const { billed = 0n, effective = 0n } = focusMoney(row);
  return { cash: billed, accrual: effective };
}

function grainOf(row: GcpRow, { focus = false, labels, folders, skus }: TruthGrain): unknown[] {
  const { project } = row;
  return [
    dayOf(row),
    row.serviceId,
    project?.id,
    row.seller,
    row.costType,
    focus ? '' : row.invoiceMonth,
    skus ? row.skuId : '',
    folders ? project?.ancestors.map((ancestor) => ancestor.display_name) : '',
    labels.map((key) => labelOf(row, key)),
  ];
}

/** A label of the resource, or else of its project, or else of a tag; empty ones are none. */
export function labelOf(row: GcpRow, key: string): string | undefined {
  const places = [row.labels, row.project?.labels ?? [], row.tags];
  return places.flatMap((pairs) => pairs.filter((pair) => pair.key === key && pair.value !== ''))[0]?.value;
}
