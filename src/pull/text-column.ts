const BYTES_FIRST = 65_536;
const ROWS_FIRST = 1_024;

/** Many short texts, one after the other in one piece of memory: as texts of their own they would take three times as much. */
export class TextColumn {
  #bytes = Buffer.alloc(BYTES_FIRST);
  #ends = new Float64Array(ROWS_FIRST);
  #count = 0;
  #used = 0;

  push(text: string): void {
    const size = text === '' ? 0 : Buffer.byteLength(text);
    if (this.#used + size > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#used + size));
      this.#bytes.copy(grown, 0, 0, this.#used);
      this.#bytes = grown;
    }
    if (this.#count === this.#ends.length) {
      const grown = new Float64Array(this.#ends.length * 2);
      grown.set(this.#ends);
      this.#ends = grown;
    }
    if (size > 0) this.#used += this.#bytes.write(text, this.#used);
    this.#ends[this.#count] = this.#used;
    this.#count += 1;
  }

  /** The texts of some rows, `to` not included. */
  slice(from: number, to: number): string[] {
    const texts: string[] = [];
    for (let row = from; row < to; row += 1) {
      const start = row === 0 ? 0 : (this.#ends[row - 1] ?? 0);
      texts.push(this.#bytes.toString('utf8', start, this.#ends[row] ?? start));
    }
    return texts;
  }
}
