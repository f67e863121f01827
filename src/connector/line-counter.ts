import { SourceError } from '../core/errors.js';
import type { ProgressState } from './contract.js';

/** Bytes one line may have, in UTF-8; a longer one means that the file is not lines of text. */
export const LINE_BYTES_MAX = 2 << 20;
/** Lines between two reports of progress. */
const PROGRESS_LINES = 100_000;
const LF = 10;
const CR = 13;

interface CountedFile {
  readonly file: string;
  readonly sourceId: string;
  readonly progress: (state: ProgressState) => void;
}

/** Counts lines over chunks of UTF-8 text and refuses what is no line of text. */
export class LineCounter {
  atStart = true;
  regular = true;
  lineCount = 0;
  #feeds = 0;
  #lineBytes = 0;
  #lineBlank = true;
  #lastByte = 0;
  #reported = 0;
  readonly #request: CountedFile;

  constructor(request: CountedFile) {
    this.#request = request;
  }

  /** 1-based number of the line being read. */
  get lineNumber(): number {
    return this.#feeds + 1;
  }

  add(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.scan(chunk);
    if (this.#feeds - this.#reported >= PROGRESS_LINES) {
      this.#reported = this.#feeds;
      this.#request.progress({ step: `reading ${this.#request.file}`, rows: this.#feeds });
    }
  }

  scan(chunk: Buffer): void {
    const nul = chunk.indexOf(0);
    let start = this.atStart && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
    if (chunk.length > 0) this.atStart = false;
    let feed = chunk.indexOf(LF, start);
    while (feed !== -1) {
      this.#part(chunk, start, feed);
      if (nul !== -1 && nul < feed) this.#refuseNul();
      this.#endLine();
      start = feed + 1;
      feed = chunk.indexOf(LF, start);
    }
    this.#part(chunk, start, chunk.length);
    if (nul !== -1) this.#refuseNul();
    this.#findReturns(chunk);
    this.#lastByte = chunk.at(-1) ?? this.#lastByte;
  }

  /** Takes a part of a line, without its line feed. */
  #part(chunk: Buffer, start: number, end: number): void {
    if (end <= start) return;
    this.#lineBytes += end - start;
    if (this.#lineBytes > LINE_BYTES_MAX) {
      throw this.#error(
        `the line is longer than ${LINE_BYTES_MAX} bytes`,
        'This is no file of lines; check how it was made, and its line ends.',
      );
    }
    if (this.#lineBlank && !(end - start === 1 && chunk[start] === CR)) this.#lineBlank = false;
  }

  #endLine(): void {
    this.#feeds += 1;
    if (!this.#lineBlank) {
      if (this.lineCount !== this.#feeds - 1) this.regular = false;
      this.lineCount = this.#feeds;
    }
    this.#lineBytes = 0;
    this.#lineBlank = true;
  }

  #findReturns(chunk: Buffer): void {
    if (!this.regular) return;
    if (this.#lastByte === CR && chunk[0] !== LF && chunk.length > 0) this.regular = false;
    for (let at = chunk.indexOf(CR); at !== -1 && this.regular; at = chunk.indexOf(CR, at + 1)) {
      if (at + 1 < chunk.length && chunk[at + 1] !== LF) this.regular = false;
    }
  }

  end(): void {
    if (!this.#lineBlank) this.#endLine();
    if (this.#lastByte === CR) this.regular = false;
    if (this.lineCount > 0) return;
    throw new SourceError({
      place: { file: this.#request.file, source: this.#request.sourceId },
      message: 'the file is empty',
      hint: 'Fetch it again, or take it out of the source.',
    });
  }

  #refuseNul(): never {
    throw this.#error(
      'the line holds a NUL byte',
      "This is no text, or UTF-16: for that write `encoding: utf-16le` in the source's settings.",
    );
  }

  #error(message: string, hint: string): SourceError {
    const place = { file: this.#request.file, source: this.#request.sourceId, line: this.lineNumber };
    return new SourceError({ place, message, hint });
  }
}
