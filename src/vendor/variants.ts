import { fuzzyData, FuzzyIndex } from './fuzzy-index.js';
import { coreName, normalisePayee, type NormaliserData } from './normalise.js';
import { withoutSpaces } from './text.js';

/** A company the catalogue does not know, under one payee text of a ledger. */
export interface UnknownPayee {
  readonly payee: string;
  readonly vendorId: string;
  /** Name for people. */
  readonly vendor: string;
  /** Id of the source it stands in: each has its own way of cutting texts. */
  readonly source: string;
  /** Ledger lines with this payee. */
  readonly lineCount: number;
}

/** A vendor that is another spelling of one: which, and why. */
export interface Variant {
  /** Id and name it goes by. */
  readonly into: string;
  readonly name: string;
  /** A sentence. */
  readonly why: string;
}

/** Letters a name must have to be merged because it is the same but for its spaces or group words. */
const SAME_LETTERS_MIN = 6;
/** Letters a cut name must have. */
const CUT_LETTERS_MIN = 12;
/** A source cuts its texts at a length at which this many more stand than at the next. */
const CUT_PEAK = 3;
const CUT_TEXTS_MIN = 10;
/** Letters of a whole name, of the word with the slip in it, and before the slip: short words are too often other names. */
const SLIP_LETTERS_MIN = 13;
const SLIP_WORD_LETTERS_MIN = 7;
const SLIP_LETTERS_BEFORE_MIN = 4;

/** One vendor with all its payees. */
interface Company {
  readonly id: string;
  /** Name for people, and one of its payees. */
  readonly vendor: string;
  readonly payee: string;
  readonly clean: string;
  readonly compact: string;
  /** All of the payee without spaces, for one that was cut: its end may look like a legal form. */
  readonly full: string;
  /** The name without group words: `dai` for `dai europe`. */
  readonly core: string;
  readonly lineCount: number;
  /** True when every payee of it has a length at which its source cuts. */
  readonly isCut: boolean;
}

/**
 * Finds companies that the catalogue does not know and that stand in a ledger under more than one spelling: the same but
 * for spaces or group words, cut off, or with one letter wrong. Returns, by vendor id, which one each variant is. The
 * answer depends on the payees alone, not on their order.
 */
export function findVariants(payees: readonly UnknownPayee[], data: NormaliserData): Map<string, Variant> {
  const companies = companiesOf(payees, data);
  const links = new Links(companies);
  linkEqual(companies, ({ compact }) => compact, links, 'is but for its spaces');
  linkEqual(companies, ({ core }) => withoutSpaces(core), links, 'is but for words that groups put behind their names');
  linkCut(companies, links);
  linkSlips(companies, links);
  return links.variants();
}

function companiesOf(payees: readonly UnknownPayee[], data: NormaliserData): Company[] {
  const cutLengths = cutLengthsBySource(payees);
  const companies = new Map<string, Company>();
  for (const { payee, vendorId, vendor, source, lineCount } of [...payees].sort(byPayee)) {
    const isCut = cutLengths.get(source)?.has(payee.length) === true;
    const known = companies.get(vendorId);
    if (known === undefined) {
      const { clean, compact, candidates } = normalisePayee(payee, data);
      const full = withoutSpaces(candidates[candidates.length - 1] ?? '');
      const core = coreName(clean, data);
      companies.set(vendorId, { id: vendorId, vendor, payee, clean, compact, full, core, lineCount, isCut });
    } else {
      const sum = known.lineCount + lineCount;
      companies.set(vendorId, { ...known, lineCount: sum, isCut: known.isCut && isCut });
    }
  }
  return [...companies.values()];
}

function byPayee(a: UnknownPayee, b: UnknownPayee): number {
  return a.payee < b.payee ? -1 : a.payee > b.payee ? 1 : a.source < b.source ? -1 : 1;
}

/** For each source the lengths at which its payees pile up, with the next shorter one, where a space was cut as well. */
function cutLengthsBySource(payees: readonly UnknownPayee[]): Map<string, Set<number>> {
  const counts = new Map<string, number[]>();
  for (const { payee, source } of payees) {
    const lengths = counts.get(source) ?? [];
    lengths[payee.length] = (lengths[payee.length] ?? 0) + 1;
    counts.set(source, lengths);
  }
  const found = new Map<string, Set<number>>();
  for (const [source, lengths] of counts) {
    const peaks = new Set<number>();
    lengths.forEach((count, length) => {
      if (count < CUT_TEXTS_MIN || count < CUT_PEAK * ((lengths[length + 1] ?? 0) + 1)) return;
      peaks.add(length);
      peaks.add(length - 1);
    });
    found.set(source, peaks);
  }
  return found;
}

/** Joins companies into groups; remembers why each was joined. */
class Links {
  readonly #companies: ReadonlyMap<string, Company>;
  readonly #leaders = new Map<string, string>();
  readonly #why = new Map<string, string>();

  constructor(companies: readonly Company[]) {
    this.#companies = new Map(companies.map((company) => [company.id, company]));
  }

  join(one: Company, other: Company, how: string): void {
    const a = this.#leaderOf(one.id);
    const b = this.#leaderOf(other.id);
    if (a === b) return;
    const [better, worse] = this.#better(a, b) ? [a, b] : [b, a];
    this.#leaders.set(worse, better);
    const [variant, model] = this.#better(one.id, other.id) ? [other, one] : [one, other];
    this.#why.set(variant.id, `"${variant.payee}" ${how} "${model.payee}"`);
    if (!this.#why.has(worse)) this.#why.set(worse, `"${this.#payeeOf(worse)}" ${how} "${this.#payeeOf(better)}"`);
  }

  variants(): Map<string, Variant> {
    const found = new Map<string, Variant>();
    for (const id of [...this.#leaders.keys()].sort()) {
      const into = this.#leaderOf(id);
      found.set(id, { into, name: this.#companies.get(into)?.vendor ?? into, why: this.#why.get(id) ?? '' });
    }
    return found;
  }

  #leaderOf(id: string): string {
    let leader = id;
    for (let next = this.#leaders.get(leader); next !== undefined; next = this.#leaders.get(leader)) leader = next;
    return leader;
  }

  /** The spelling a group goes by: whole rather than cut, then what most lines have, then the longer, then by alphabet. */
  #better(a: string, b: string): boolean {
    const one = this.#companies.get(a);
    const other = this.#companies.get(b);
    if (one === undefined || other === undefined) return one !== undefined;
    if (one.isCut !== other.isCut) return other.isCut;
    if (one.lineCount !== other.lineCount) return one.lineCount > other.lineCount;
    if (one.compact.length !== other.compact.length) return one.compact.length > other.compact.length;
    return a < b;
  }

  #payeeOf(id: string): string {
    return this.#companies.get(id)?.payee ?? id;
  }
}

function linkEqual(companies: readonly Company[], key: (company: Company) => string, links: Links, how: string): void {
  const first = new Map<string, Company>();
  for (const company of byId(companies)) {
    const text = key(company);
    if (text.length < SAME_LETTERS_MIN) continue;
    const before = first.get(text);
    if (before === undefined) first.set(text, company);
    else links.join(before, company, how);
  }
}

/** A cut name is the one other name that begins with it. */
function linkCut(companies: readonly Company[], links: Links): void {
  const sorted = [...companies].sort((a, b) => (a.compact < b.compact ? -1 : a.compact > b.compact ? 1 : 0));
  sorted.forEach((company, index) => {
    if (!company.isCut || company.full.length < CUT_LETTERS_MIN) return;
    const longer: Company[] = [];
    for (let at = index + 1; sorted[at]?.compact.startsWith(company.full) === true; at += 1) {
      const other = sorted[at];
      if (other !== undefined) longer.push(other);
    }
    const whole = longer.filter((other) => !other.isCut);
    const [only, second] = whole.length > 0 ? whole : longer;
    if (only !== undefined && second === undefined) links.join(company, only, 'looks cut off:');
  });
}

function linkSlips(companies: readonly Company[], links: Links): void {
  const long = byId(companies).filter(({ compact }) => compact.length >= SLIP_LETTERS_MIN);
  const byCompact = new Map(long.map((company) => [company.compact, company]));
  const index = new FuzzyIndex(fuzzyData([...byCompact.keys()]));
  for (const company of long) {
    for (const text of index.find(company.compact)) {
      const other = byCompact.get(text);
      if (other !== undefined && differsInOneLongWord(company.clean, other.clean))
        links.join(company, other, 'is but for one letter');
    }
  }
}

/** `landsacpe services` and `landscape services`, but not `mark hall` and `mark hill`. */
function differsInOneLongWord(one: string, other: string): boolean {
  const a = one.split(' ');
  const b = other.split(' ');
  if (a.length !== b.length) return false;
  const different = a.flatMap((word, at) => (word === b[at] ? [] : [Math.min(word.length, (b[at] ?? '').length)]));
  return (
    different.length === 1 &&
    (different[0] ?? 0) >= SLIP_WORD_LETTERS_MIN &&
    sameLetters(one, other) >= SLIP_LETTERS_BEFORE_MIN
  );
}

/** Letters with which both texts begin. */
function sameLetters(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one.charCodeAt(at) === other.charCodeAt(at)) at += 1;
  return at;
}

function byId(companies: readonly Company[]): Company[] {
  return [...companies].sort((a, b) => (a.id < b.id ? -1 : 1));
}
