import { groupBy } from '../core/group.js';
import { ALIAS_LETTERS_MIN, CUT_LETTERS_MIN, OPEN_LETTERS, type AliasData } from './alias-data.js';
import { FuzzyIndex } from './fuzzy-index.js';
import { withoutSpaces } from './text.js';
import { TextList, TextTable } from './text-table.js';
import { ALIAS_KINDS, type Alias, type CatalogueVendor } from './types.js';

/** The vendor at a place in the list whose places the data names. */
export type VendorAt = (place: number) => CatalogueVendor;

const NOTHING: readonly Alias[] = [];

/**
 * Names of vendors, filed for look-up. All texts are folded. A name or vendor is made when it is asked for: a catalogue has
 * many more of them than one set of books.
 */
export class AliasIndex {
  readonly #data: AliasData;
  readonly #vendorAt: VendorAt;
  readonly #names: TextTable;
  readonly #domains: TextTable;
  /** Names of several words, without their spaces. */
  readonly #joined: TextTable;
  /** Names without spaces that letters may follow, by their first four letters, longest first. */
  readonly #open: ReadonlyMap<string, readonly Alias[]>;
  /** Names without spaces in order of the alphabet. */
  readonly #sorted: TextList;
  readonly #fuzzy: FuzzyIndex;

  constructor(data: AliasData, vendorAt: VendorAt) {
    this.#data = data;
    this.#vendorAt = vendorAt;
    this.#names = new TextTable(data.names);
    this.#domains = new TextTable(data.domains);
    this.#joined = new TextTable(data.joined);
    this.#open = this.#openNames();
    this.#sorted = new TextList(data.sorted);
    this.#fuzzy = new FuzzyIndex(data.fuzzy);
  }

  /** The whole name. */
  exact(text: string): Alias | undefined {
    const place = this.#names.find(text);
    return place < 0 ? undefined : this.#aliasAt(place);
  }

  /** The name that is the beginning of a text, up to `end`. */
  beginning(text: string, end: number): Alias | undefined {
    const place = this.#names.find(text, end);
    return place < 0 ? undefined : this.#aliasAt(place);
  }

  /** The name that a text without spaces is but for them. */
  withoutSpaces(text: string): Alias | undefined {
    const place = this.#joined.find(text);
    if (place >= 0) return this.#aliasAt(this.#data.joinedNames[place] ?? -1);
    return text.length >= ALIAS_LETTERS_MIN ? this.exact(text) : undefined;
  }

  /** The longest name that a text without spaces begins with and letters may follow. */
  openedBy(text: string): Alias | undefined {
    return this.#open.get(text.slice(0, OPEN_LETTERS))?.find((alias) => text.startsWith(alias.text));
  }

  /** The names of nine letters or more that begin with a text without spaces, which must have so many letters. */
  begunBy(text: string, lettersMin = CUT_LETTERS_MIN): readonly Alias[] {
    if (text.length < lettersMin) return NOTHING;
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted.isBefore(middle, text)) low = middle + 1;
      else high = middle;
    }
    if (low >= this.#sorted.length || !this.#sorted.startsWith(low, text)) return NOTHING;
    const found: Alias[] = [];
    for (let at = low; at < this.#sorted.length && this.#sorted.startsWith(at, text); at += 1)
      found.push(this.#aliasAt(this.#data.sortedNames[at] ?? -1));
    return found;
  }

  /** The distinctive names that a text without spaces is but for one letter. */
  oneLetterOff(text: string): readonly Alias[] {
    const names = this.#fuzzy.find(text);
    return names.length === 0 ? NOTHING : names.flatMap((name) => this.withoutSpaces(name) ?? []);
  }

  /** The vendor of a web domain. */
  ofDomain(domain: string): CatalogueVendor | undefined {
    const place = this.#domains.find(domain);
    return place < 0 ? undefined : this.#vendorAt(this.#data.domainVendors[place] ?? -1);
  }

  /** How many names there are. */
  get size(): number {
    return this.#names.length;
  }

  /** All names, in order. */
  *names(): Generator<Alias> {
    for (let place = 0; place < this.#names.length; place += 1) yield this.#aliasAt(place);
  }

  /** All web domains, with their vendors. */
  *domains(): Generator<readonly [domain: string, vendor: CatalogueVendor]> {
    for (let place = 0; place < this.#domains.length; place += 1)
      yield [this.#domains.at(place), this.#vendorAt(this.#data.domainVendors[place] ?? -1)];
  }

  #aliasAt(place: number): Alias {
    return {
      text: this.#names.at(place),
      vendor: this.#vendorAt(this.#data.vendors[place] ?? -1),
      kind: ALIAS_KINDS[this.#data.kinds[place] ?? 0] ?? 'whole',
    };
  }

  #openNames(): Map<string, Alias[]> {
    const names = Array.from(this.#data.open, (place): Alias => {
      const alias = this.#aliasAt(place);
      return { ...alias, text: withoutSpaces(alias.text) };
    });
    const open = groupBy(names, ({ text }) => text.slice(0, OPEN_LETTERS));
    for (const list of open.values()) list.sort((a, b) => b.text.length - a.text.length);
    return open;
  }
}
