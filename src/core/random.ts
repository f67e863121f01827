/** A stream of pseudo-random whole numbers: the same seed and label give the same stream on every machine. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number;
  /** One of the items; the list is not empty. */
  pick<Item>(items: readonly Item[]): Item;
  /** True in `perMille` of a thousand cases. */
  chance(perMille: number): boolean;
  /** `count` characters of A to Z and 0 to 9. */
  letters(count: number): string;
  /** `count` digits. */
  digits(count: number): string;
}

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';

/**
 * A stream of its own for every label, so that a change in one part of the company leaves the others as they were.
 * Generator: mulberry32 (32-bit state, integer arithmetic only); seed: FNV-1a over label and seed.
 */
export function createRandom(seed: number, label: string): Random {
  let state = hashOf(`${label}\u0000${seed}`);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const integer = (least: number, most: number): number => least + (next() % (most - least + 1));
  const text = (alphabet: string, count: number): string =>
    Array.from({ length: count }, () => alphabet.charAt(integer(0, alphabet.length - 1))).join('');
  return {
    integer,
    pick: (items) => {
      const item = items[integer(0, items.length - 1)];
      if (item === undefined) throw new RangeError('pick: the list is empty');
      return item;
    },
    chance: (perMille) => integer(1, 1000) <= perMille,
    letters: (count) => text(ALPHABET, count),
    digits: (count) => text('0123456789', count),
  };
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash | 0;
}
