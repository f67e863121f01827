import { textList, TextList, type TextListData } from './text-table.js';

/** Letters a name must have to be found in spite of a wrong letter: shorter ones are too often another company's. */
export const FUZZY_LETTERS_MIN = 9;
/** Letters of the longest name that is looked for so. */
const FUZZY_LETTERS_MAX = 24;
/**
 * In names shorter than this, another letter (`bridewell`, `bridgwell`) or one more or less at the end (`canvas`, `canva`)
 * tells other words apart.
 */
const SLIP_LETTERS_MIN = 11;
/** Letters at the beginning that must be the same: nearly all names of two companies that differ by one letter do so there. */
const SAME_LETTERS_MIN = 3;

/** Base of the polynomial that hashes letters; odd, so that no power of it is nothing. */
const BASE = 0x01000193;
/** Bits of a hash that are used for a bit's place in its byte. */
const BIT_SHIFT = 3;
const NOTHING: readonly string[] = [];

/** The names and what is left of each without each of its letters, as plain data. */
export interface FuzzyData {
  readonly names: TextListData;
  /** One bit for each of eight times as many hashes as there are buckets: most look-ups find nothing, and end here. */
  readonly bits: Uint8Array;
  /** Where the entries of each bucket begin, and behind the last where they end. */
  readonly starts: Int32Array;
  /** Places of names, bucket after bucket. */
  readonly entries: Int32Array;
}

/** Files names, folded and without spaces, for `FuzzyIndex`; those too short or long are left out. */
export function fuzzyData(texts: readonly string[]): FuzzyData {
  const names = texts.filter((name) => name.length >= FUZZY_LETTERS_MIN && name.length <= FUZZY_LETTERS_MAX);
  const entryCount = names.reduce((sum, name) => sum + name.length + 1, 0);
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, entryCount)));
  const bits = new Uint8Array(size);
  const starts = new Int32Array(size + 1);
  const all = new Int32Array(entryCount);
  const hashes = new LetterHashes();
  let entry = 0;
  for (const name of names) {
    hashes.read(name);
    for (let left = -1; left < name.length; left += 1) {
      const hash = hashes.without(left);
      const byte = (hash >>> BIT_SHIFT) & (size - 1);
      bits[byte] = (bits[byte] ?? 0) | (1 << (hash & 7));
      const bucket = hash & (size - 1);
      starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
      all[entry] = bucket;
      entry += 1;
    }
  }
  for (let bucket = 0; bucket < size; bucket += 1)
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + (starts[bucket] ?? 0);
  const entries = new Int32Array(entryCount);
  const next = starts.slice(0, size);
  entry = 0;
  names.forEach((name, place) => {
    for (let left = -1; left < name.length; left += 1) {
      const bucket = all[entry] ?? 0;
      const at = next[bucket] ?? 0;
      entries[at] = place;
      next[bucket] = at + 1;
      entry += 1;
    }
  });
  return { names: textList(names), bits, starts, entries };
}

/**
 * Finds names that differ from a text by one letter: wrong, missing, too many, or two changed round. Every name is filed
 * under what is left of it without each of its letters; a text is looked up the same way. A look-up costs one probe for
 * each letter, whatever the number of names.
 */
export class FuzzyIndex {
  readonly #names: TextList;
  readonly #mask: number;
  readonly #bits: Uint8Array;
  readonly #starts: Int32Array;
  readonly #entries: Int32Array;
  readonly #hashes = new LetterHashes();

  constructor({ names, bits, starts, entries }: FuzzyData) {
    this.#names = new TextList(names);
    this.#mask = bits.length - 1;
    this.#bits = bits;
    this.#starts = starts;
    this.#entries = entries;
  }

  /** The names at a distance of one letter from the text, each once; none for a text that is too short or long. */
  find(text: string): readonly string[] {
    if (text.length < FUZZY_LETTERS_MIN || text.length > FUZZY_LETTERS_MAX + 1) return NOTHING;
    let found: string[] | undefined;
    this.#hashes.read(text);
    for (let left = -1; left < text.length; left += 1) {
      const hash = this.#hashes.without(left);
      if (((this.#bits[(hash >>> BIT_SHIFT) & this.#mask] ?? 0) & (1 << (hash & 7))) === 0) continue;
      const bucket = hash & this.#mask;
      const end = this.#starts[bucket + 1] ?? 0;
      for (let entry = this.#starts[bucket] ?? 0; entry < end; entry += 1) {
        const name = this.#names.at(this.#entries[entry] ?? 0);
        if (isOneLetterOff(name, text) && found?.includes(name) !== true) found = [...(found ?? []), name];
      }
    }
    return found ?? NOTHING;
  }
}

/**
 * Hashes of a text, and of the text without each of its letters, in one pass: a polynomial over the letters is cut and
 * joined by its parts before and behind a letter.
 */
class LetterHashes {
  readonly #before = new Int32Array(FUZZY_LETTERS_MAX + 2);
  readonly #behind = new Int32Array(FUZZY_LETTERS_MAX + 2);
  readonly #powers = new Int32Array(FUZZY_LETTERS_MAX + 2);
  #length = 0;

  constructor() {
    this.#powers[0] = 1;
    for (let at = 1; at < this.#powers.length; at += 1) this.#powers[at] = Math.imul(this.#powers[at - 1] ?? 0, BASE);
  }

  read(text: string): void {
    const length = text.length;
    this.#length = length;
    for (let at = 0; at < length; at += 1) {
      this.#before[at + 1] = Math.imul(this.#before[at] ?? 0, BASE) + text.charCodeAt(at);
    }
    this.#behind[length] = 0;
    for (let at = length - 1; at >= 0; at -= 1) {
      const power = this.#powers[length - 1 - at] ?? 0;
      this.#behind[at] = (this.#behind[at + 1] ?? 0) + Math.imul(text.charCodeAt(at), power);
    }
  }

  /** Of the text without the letter at `left`; of the whole text for -1. */
  without(left: number): number {
    if (left < 0) return spread(this.#before[this.#length] ?? 0);
    const power = this.#powers[this.#length - 1 - left] ?? 0;
    return spread(Math.imul(this.#before[left] ?? 0, power) + (this.#behind[left + 1] ?? 0));
  }
}

/** Spreads the bits of a hash, so that any of them make a good bucket. */
function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  const again = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return again ^ (again >>> 16);
}

/**
 * Whether two texts differ by one letter, and so that it looks like a slip: two letters are changed round, or the first
 * letters are the same, no digit differs, and short words do not differ by their ending or by another letter. The bars are measured on the names of the
 * catalogue, see docs/vendors.md.
 */
export function isOneLetterOff(name: string, text: string): boolean {
  const difference = text.length - name.length;
  if (difference < -1 || difference > 1 || name.charCodeAt(0) !== text.charCodeAt(0)) return false;
  const short = difference > 0 ? name : text;
  const long = difference > 0 ? text : name;
  let at = 0;
  while (at < short.length && short.charCodeAt(at) === long.charCodeAt(at)) at += 1;
  if (isDigit(short.charCodeAt(at)) || isDigit(long.charCodeAt(at))) return false;
  if (difference === 0 && at < short.length && isTurnedRound(short, long, at)) return true;
  if (at < SAME_LETTERS_MIN || (difference === 0 && at === short.length)) return false;
  const behind = difference === 0 ? at + 1 : at;
  if (short.slice(behind) !== long.slice(at + 1)) return false;
  return short.length >= SLIP_LETTERS_MIN || (difference !== 0 && at < short.length);
}

/** Whether two texts of one length differ by two letters at `at` that are changed round. */
function isTurnedRound(one: string, other: string, at: number): boolean {
  return (
    one.charCodeAt(at) === other.charCodeAt(at + 1) &&
    one.charCodeAt(at + 1) === other.charCodeAt(at) &&
    one.slice(at + 2) === other.slice(at + 2)
  );
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
