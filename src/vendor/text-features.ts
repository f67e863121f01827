/** Words of a text that are read as features. */
const WORDS_MAX = 16;
const LETTERS_MAX = 24;
const GRAM_LETTERS_MIN = 3;
const GRAM_LETTERS_MAX = 5;
const FEATURES_MAX = WORDS_MAX * (2 + (LETTERS_MAX + 2) * (GRAM_LETTERS_MAX - GRAM_LETTERS_MIN + 1));
const FNV_PRIME = 0x01000193;
/** Starts of the hashes, one for each kind of feature, so that a word and the letters of another are told apart. */
const WORD_SEED = 0x811c9dc5;
const PAIR_SEED = 0x2f0b4c47;
const GRAM_SEED = 0x51ed270b;
/** The edge of a word. */
const EDGE = 32;

/** The features of one text: hashes of 32 bits, and the place of the word that each belongs to. Made to be filled again. */
export class Features {
  readonly hashes = new Uint32Array(FEATURES_MAX);
  readonly words = new Uint8Array(FEATURES_MAX);
  count = 0;

  /** Reads a folded text: each word, each two neighbouring words, and the runs of three to five letters of each word. */
  read(folded: string): void {
    this.count = 0;
    let pairStart = PAIR_SEED;
    let from = 0;
    for (let word = 0; word < WORDS_MAX && from < folded.length; word += 1) {
      const space = folded.indexOf(' ', from);
      const end = space < 0 ? folded.length : space;
      const to = Math.min(end, from + LETTERS_MAX);
      this.#add(hashed(WORD_SEED, folded, from, to), word);
      if (word > 0) this.#add(hashed(pairStart, folded, from, to), word);
      this.#addGrams(folded, from, to, word);
      pairStart = hashed(PAIR_SEED, folded, from, to);
      from = end + 1;
    }
  }

  #addGrams(text: string, from: number, to: number, word: number): void {
    for (let start = from - 1; start < to; start += 1) {
      const last = Math.min(to, start + GRAM_LETTERS_MAX - 1);
      let hash = GRAM_SEED;
      for (let at = start; at <= last; at += 1) {
        hash = Math.imul(hash ^ (at < from || at === to ? EDGE : text.charCodeAt(at)), FNV_PRIME);
        if (at - start + 1 >= GRAM_LETTERS_MIN) this.#add(hash, word);
      }
    }
  }

  /** Spreads the bits, so that the lowest ones make a good bucket. */
  #add(hash: number, word: number): void {
    const spread = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
    this.hashes[this.count] = (spread ^ (spread >>> 15)) >>> 0;
    this.words[this.count] = word;
    this.count += 1;
  }
}

function hashed(seed: number, text: string, from: number, to: number): number {
  let hash = seed;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return Math.imul(hash ^ EDGE, FNV_PRIME);
}
