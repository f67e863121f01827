import { hash } from 'node:crypto';

const ROWS_FIRST = 1_024;
/** A key is positive: 63 bits. */
const HIGH_MASK = 0x7fffffff;
/** Slots for each key at most half full, so that searches are short. */
const SLOTS_PER_ROW = 2;

/**
 * The 63-bit keys of charges in the order in which they came, and which row has a key. In typed arrays: half a million
 * keys as numbers of their own would take more memory than all the rest.
 */
export class KeyTable {
  #keys = new BigInt64Array(ROWS_FIRST);
  /** The same bytes as pairs of a low and a high word. */
  #words = new Int32Array(this.#keys.buffer);
  #slots = new Int32Array(ROWS_FIRST * SLOTS_PER_ROW).fill(-1);
  #count = 0;

  /** The row that has the key of a text, and whether it had it before. */
  rowOf(text: string): { readonly row: number; readonly isNew: boolean } {
    const digest = hash('sha256', text, 'binary');
    const high = wordAt(digest, 0) & HIGH_MASK;
    const low = wordAt(digest, 4);
    const slot = this.#slotOf(low, high);
    const held = this.#slots[slot] ?? -1;
    if (held !== -1) return { row: held, isNew: false };
    const row = this.#count;
    if (row === this.#keys.length) {
      this.#grow();
      return this.#add(this.#slotOf(low, high), low, high);
    }
    return this.#add(slot, low, high);
  }

  /** The keys in order. */
  keys(): BigInt64Array {
    return this.#keys.subarray(0, this.#count);
  }

  #add(slot: number, low: number, high: number): { readonly row: number; readonly isNew: boolean } {
    const row = this.#count;
    this.#words[2 * row] = low;
    this.#words[2 * row + 1] = high;
    this.#slots[slot] = row;
    this.#count += 1;
    return { row, isNew: true };
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #slotOf(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    let slot = low & mask;
    for (;;) {
      const row = this.#slots[slot] ?? -1;
      if (row === -1 || (this.#words[2 * row] === low && this.#words[2 * row + 1] === high)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const keys = new BigInt64Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    this.#words = new Int32Array(keys.buffer);
    this.#slots = new Int32Array(keys.length * SLOTS_PER_ROW).fill(-1);
    for (let row = 0; row < this.#count; row += 1) {
      this.#slots[this.#slotOf(this.#words[2 * row] ?? 0, this.#words[2 * row + 1] ?? 0)] = row;
    }
  }
}

/** Four bytes of a text that has one in each character. */
function wordAt(bytes: string, at: number): number {
  return (
    (bytes.charCodeAt(at) << 24) |
    (bytes.charCodeAt(at + 1) << 16) |
    (bytes.charCodeAt(at + 2) << 8) |
    bytes.charCodeAt(at + 3)
  );
}
