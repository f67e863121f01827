import type { IsoDate } from '../../src/core/date.js';
import { addMonths, monthOf, monthsOf, type Month } from '../../src/core/period.js';
import type { World } from './standin.js';

/** Months before the start of the world in which there were charges. */
const PAST_MONTHS = 40;

/** The months of an invented bill, which are made when they are asked for, go on with the clock and can be corrected. */
export class BillCalendar<Made> {
  /** The first month with charges. */
  readonly first: Month;
  readonly #world: World;
  readonly #make: (seed: number, month: Month, corrections: number) => Made;
  readonly #corrections = new Map<Month, number>();
  readonly #made = new Map<string, Made>();

  constructor(world: World, make: (seed: number, month: Month, corrections: number) => Made) {
    this.#world = world;
    this.#make = make;
    this.first = addMonths(monthOf(this.today), -PAST_MONTHS);
  }

  get today(): IsoDate {
    return this.#world.now().toISOString().slice(0, 10) as IsoDate;
  }

  /** Every month up to now. */
  months(): Month[] {
    return monthsOf({ from: this.first, to: addMonths(monthOf(this.today), 1) });
  }

  has(month: Month): boolean {
    return month >= this.first && month <= monthOf(this.today);
  }

  /** Changes a month that is past. */
  correct(month: Month): void {
    this.#corrections.set(month, this.corrections(month) + 1);
  }

  /** How often a month was corrected. */
  corrections(month: Month): number {
    return this.#corrections.get(month) ?? 0;
  }

  /** What a month holds after so many corrections, whenever it is shown. */
  made(month: Month, corrections: number): Made {
    const name = `${month} ${corrections}`;
    const made = this.#made.get(name) ?? this.#make(this.#world.seed, month, corrections);
    this.#made.set(name, made);
    return made;
  }
}
