import { SPEND_CLASSES } from '../core/charge.js';
import type { VendorColumns } from './catalogue-data.js';
import { TextList, TextTable } from './text-table.js';
import { MIXED, type CatalogueVendor, type Category } from './types.js';

/** The vendors and products of a catalogue. Of the tens of thousands few are ever asked for, so each is made when it is. */
export class VendorTable {
  readonly #columns: VendorColumns;
  readonly #categories: readonly Category[];
  readonly #ids: TextTable;
  readonly #names: TextList;
  readonly #domains: TextList;
  readonly #made: CatalogueVendor[] = [];

  constructor(columns: VendorColumns, categories: readonly Category[]) {
    this.#columns = columns;
    this.#categories = categories;
    this.#ids = new TextTable(columns.ids);
    this.#names = new TextList(columns.names);
    this.#domains = new TextList(columns.domains);
  }

  get size(): number {
    return this.#ids.length;
  }

  has(id: string): boolean {
    return this.#ids.find(id) >= 0;
  }

  get(id: string): CatalogueVendor | undefined {
    const place = this.#ids.find(id);
    return place < 0 ? undefined : this.at(place);
  }

  /**
   * The vendor at a place, the same object every time.
   *
   * @throws RangeError when there is none.
   */
  at(place: number): CatalogueVendor {
    const known = this.#made[place];
    if (known !== undefined) return known;
    if (!(place >= 0 && place < this.#ids.length))
      throw new RangeError(`the catalogue has no vendor at place ${place}`);
    const spendClass = SPEND_CLASSES[this.#columns.spendClasses[place] ?? -1] ?? 'unknown';
    const parent = this.#columns.parents[place] ?? -1;
    const productOf = this.#columns.productOf[place] ?? -1;
    const made: CatalogueVendor = {
      id: this.#ids.at(place),
      name: this.#names.at(place),
      domain: this.#domains.at(place),
      spendClass,
      category: this.#categories[this.#columns.categories[place] ?? -1]?.id ?? '',
      usualFunction: this.#columns.functionIds[this.#columns.usualFunctions[place] ?? -1] ?? '',
      parent: parent < 0 ? '' : this.#ids.at(parent),
      mixed: MIXED[this.#columns.mixed[place] ?? -1] ?? '',
      productOf: productOf < 0 ? undefined : this.at(productOf),
    };
    this.#made[place] = made;
    return made;
  }

  /** All of them, in order. */
  *values(): Generator<CatalogueVendor> {
    for (let place = 0; place < this.size; place += 1) yield this.at(place);
  }
}
