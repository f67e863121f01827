/** Texts one behind the other, as plain data that is stored and read back as a whole. */
export interface TextListData {
  readonly text: string;
  /** Where each text begins, and behind the last where it ends. */
  readonly starts: Int32Array;
}

/** A list of distinct texts with a hash table over them. */
export interface TextTableData extends TextListData {
  /** For each slot the place of its text. */
  readonly slots: Int32Array;
  /** For each slot some bits of its text's hash; 0 for an empty slot. Most look-ups that find nothing end here. */
  readonly tags: Uint8Array;
}

/** Slots for each text: half of them stay empty, so that a look-up probes one or two. */
const SLOTS_PER_TEXT = 2;
const BASE = 0x01000193;
const TAG_SHIFT = 24;

export function textList(texts: readonly string[]): TextListData {
  const starts = new Int32Array(texts.length + 1);
  let end = 0;
  texts.forEach((text, place) => {
    starts[place] = end;
    end += text.length;
  });
  starts[texts.length] = end;
  return { text: texts.join(''), starts };
}

/** Files distinct texts for look-up. */
export function textTable(texts: readonly string[]): TextTableData {
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, texts.length * SLOTS_PER_TEXT)));
  const slots = new Int32Array(size);
  const tags = new Uint8Array(size);
  texts.forEach((text, place) => {
    const hash = hashOf(text, text.length);
    let slot = hash & (size - 1);
    while (tags[slot] !== 0) slot = (slot + 1) & (size - 1);
    slots[slot] = place;
    tags[slot] = tagOf(hash);
  });
  return { ...textList(texts), slots, tags };
}

/** A list of texts of which few are ever asked for: each is cut out of the whole when it is. */
export class TextList {
  readonly #text: string;
  readonly #starts: Int32Array;

  constructor({ text, starts }: TextListData) {
    this.#text = text;
    this.#starts = starts;
  }

  get length(): number {
    return this.#starts.length - 1;
  }

  /** The text at a place; empty where there is none. */
  at(place: number): string {
    return this.#text.slice(this.#starts[place] ?? 0, this.#starts[place + 1] ?? 0);
  }

  /** Whether the text at a place is this one up to `end`. */
  protected is(place: number, text: string, end: number): boolean {
    const start = this.#starts[place] ?? 0;
    return (this.#starts[place + 1] ?? 0) - start === end && this.#hasAt(start, text, end);
  }

  /** Whether the text at a place begins with this one. */
  startsWith(place: number, text: string): boolean {
    const start = this.#starts[place] ?? 0;
    return (this.#starts[place + 1] ?? 0) - start >= text.length && this.#hasAt(start, text, text.length);
  }

  /** Whether the text at a place stands before this one in the order of character codes, which is that of `<`. */
  isBefore(place: number, text: string): boolean {
    const start = this.#starts[place] ?? 0;
    const length = (this.#starts[place + 1] ?? 0) - start;
    const both = Math.min(length, text.length);
    for (let at = 0; at < both; at += 1) {
      const difference = this.#text.charCodeAt(start + at) - text.charCodeAt(at);
      if (difference !== 0) return difference < 0;
    }
    return length < text.length;
  }

  #hasAt(start: number, text: string, end: number): boolean {
    for (let at = 0; at < end; at += 1) if (this.#text.charCodeAt(start + at) !== text.charCodeAt(at)) return false;
    return true;
  }
}

/** Finds the places of texts. It opens as it was stored: nothing is built. */
export class TextTable extends TextList {
  readonly #slots: Int32Array;
  readonly #tags: Uint8Array;

  constructor(data: TextTableData) {
    super(data);
    this.#slots = data.slots;
    this.#tags = data.tags;
  }

  /** The place of a text, or of its beginning up to `end`; -1 where it is not there. */
  find(text: string, end = text.length): number {
    const hash = hashOf(text, end);
    const tag = tagOf(hash);
    const mask = this.#tags.length - 1;
    for (let slot = hash & mask; this.#tags[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#tags[slot] !== tag) continue;
      const place = this.#slots[slot] ?? -1;
      if (this.is(place, text, end)) return place;
    }
    return -1;
  }
}

function hashOf(text: string, end: number): number {
  let hash = end;
  for (let at = 0; at < end; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), BASE);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return hash ^ (hash >>> 16);
}

function tagOf(hash: number): number {
  return (hash >>> TAG_SHIFT) | 1;
}
