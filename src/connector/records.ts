import { createReadStream } from 'node:fs';

import { LINE_BYTES_MAX } from './line-counter.js';

/**
 * Splits delimited text (RFC 4180 with a free delimiter and quote) into records, each with the line it starts at. Our own
 * and not csv-parse because a bad record must not cost its neighbours: after a broken or never closed quote reading goes
 * on at the next line, and every record keeps the line number an editor shows.
 */
export interface DelimitedFormat {
  /** One character. */
  readonly delimiter: string;
  /** One character, doubled inside a quoted cell; empty when the file quotes nothing. */
  readonly quote: string;
}

export interface TextRecord {
  /** 1-based line the record starts at. */
  readonly row: number;
  /** Cells without their quotes; absent when the record is broken. */
  readonly cells?: readonly string[];
  /** Why the record is broken. */
  readonly reason?: string;
  /** The text of a broken record's first line. */
  readonly text?: string;
  /** Lines the record takes. */
  readonly lines: number;
}

/** Records handed over at once are those of one chunk of this size. */
const CHUNK_BYTES = 1 << 20;

/**
 * The records of a UTF-8 file from a line on, chunk by chunk. Blank lines are left out.
 */
export async function* readRecords(
  path: string,
  format: DelimitedFormat,
  fromLine: number,
  signal?: AbortSignal,
): AsyncGenerator<TextRecord[]> {
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES, ...(signal === undefined ? {} : { signal }) });
  const decoder = new TextDecoder('utf-8');
  const splitter = new RecordSplitter(format, fromLine);
  try {
    for await (const bytes of stream) {
      const records = splitter.add(decoder.decode(bytes as Buffer, { stream: true }), false);
      if (records.length > 0) yield records;
    }
    yield splitter.add(decoder.decode(), true);
  } finally {
    stream.destroy();
  }
}

type Split =
  | { readonly cells: string[]; readonly end: number }
  | { readonly reason: string }
  /** The record goes on after the text at hand. */
  | undefined;

/** Splits text that comes in parts. */
export class RecordSplitter {
  #rest = '';
  #row = 1;
  readonly #format: DelimitedFormat;
  readonly #fromLine: number;

  constructor(format: DelimitedFormat, fromLine = 1) {
    this.#format = format;
    this.#fromLine = fromLine;
  }

  /** Adds text and returns the records that are complete; `last` when no more text will come. */
  add(text: string, last: boolean): TextRecord[] {
    const whole = this.#rest === '' ? text : this.#rest + text;
    const records: TextRecord[] = [];
    let start = this.#skipLines(whole);
    while (start < whole.length) {
      const split = splitRecord(whole, start, this.#format, last);
      if (split === undefined || ('reason' in split && !last && !whole.includes('\n', start))) break;
      start =
        'cells' in split ? this.#take(records, whole, start, split) : this.#refuse(records, whole, start, split.reason);
    }
    this.#rest = whole.slice(start);
    return records;
  }

  #skipLines(text: string): number {
    let start = 0;
    while (this.#row < this.#fromLine) {
      const feed = text.indexOf('\n', start);
      if (feed === -1) return text.length;
      start = feed + 1;
      this.#row += 1;
    }
    return start;
  }

  #take(records: TextRecord[], text: string, start: number, split: { cells: string[]; end: number }): number {
    const lines = Math.max(1, countLines(text, start, split.end));
    const blank = /^\r?\n?$/.test(text.slice(start, Math.min(split.end, start + 3)));
    if (!blank) records.push({ row: this.#row, cells: split.cells, lines });
    this.#row += lines;
    return split.end;
  }

  /** Leaves out the line a broken record starts at; the next line starts afresh. */
  #refuse(records: TextRecord[], text: string, start: number, reason: string): number {
    const feed = text.indexOf('\n', start);
    const end = feed === -1 ? text.length : feed + 1;
    records.push({ row: this.#row, reason, text: text.slice(start, end).trimEnd(), lines: 1 });
    this.#row += 1;
    return end;
  }
}

function countLines(text: string, start: number, end: number): number {
  let lines = 0;
  for (let feed = text.indexOf('\n', start); feed !== -1 && feed < end; feed = text.indexOf('\n', feed + 1)) lines += 1;
  return lines;
}

function splitRecord(text: string, start: number, format: DelimitedFormat, last: boolean): Split {
  const feed = text.indexOf('\n', start);
  const line = feed === -1 ? text.slice(start) : text.slice(start, feed);
  if (format.quote !== '' && line.includes(format.quote)) return splitQuoted(text, start, format, last);
  if (feed === -1 && !last) return undefined;
  const cut = feed !== -1 && line.endsWith('\r') ? line.slice(0, -1) : line;
  return { cells: cut.split(format.delimiter), end: feed === -1 ? text.length : feed + 1 };
}

function splitQuoted(text: string, start: number, format: DelimitedFormat, last: boolean): Split {
  const { delimiter, quote } = format;
  const cells: string[] = [];
  let position = start;
  for (;;) {
    const opening = openingQuote(text, position, quote);
    if (opening === undefined) {
      // Bounded by the line, so that a file without delimiters is not searched to its end for every line.
      const feed = text.indexOf('\n', position);
      const rest = feed === -1 ? text.slice(position) : text.slice(position, feed);
      if (feed === -1 && !last) return undefined;
      const next = rest.indexOf(delimiter);
      if (next === -1) {
        cells.push(feed !== -1 && rest.endsWith('\r') ? rest.slice(0, -1) : rest);
        return { cells, end: feed === -1 ? text.length : feed + 1 };
      }
      cells.push(rest.slice(0, next));
      position += next + 1;
      continue;
    }
    const cell = quotedCell(text, opening, quote);
    if (cell === undefined) return unclosed(text.length - start, last);
    cells.push(cell.text);
    const end = recordEnd(text, cell.end, last);
    if (end === 'unknown') return undefined;
    if (end !== undefined) return { cells, end };
    if (!text.startsWith(delimiter, cell.end)) return { reason: 'text follows a closing quote' };
    position = cell.end + 1;
  }
}

function unclosed(length: number, last: boolean): Split {
  return last || length > LINE_BYTES_MAX ? { reason: 'a quote is opened and never closed' } : undefined;
}

/**
 * Where the opening quote of a cell stands. One space may stand before it and any number after the closing quote
 * (`"a", "b"`): that is how DuckDB reads it, and both readers must agree.
 */
function openingQuote(text: string, position: number, quote: string): number | undefined {
  if (text.startsWith(quote, position)) return position;
  return text[position] === ' ' && text.startsWith(quote, position + 1) ? position + 1 : undefined;
}

/** The cell whose opening quote stands at `start`, and where its closing quote ends; `undefined` when it is not closed. */
function quotedCell(text: string, start: number, quote: string): { text: string; end: number } | undefined {
  let close = text.indexOf(quote, start + 1);
  let doubled = false;
  while (close !== -1 && text.startsWith(quote, close + 1)) {
    doubled = true;
    close = text.indexOf(quote, close + 2);
  }
  if (close === -1) return undefined;
  const inner = text.slice(start + 1, close);
  let end = close + 1;
  while (text[end] === ' ') end += 1;
  return { text: doubled ? inner.replaceAll(quote + quote, quote) : inner, end };
}

/** Where the record ends when its last cell ends at `at`; `undefined` when it does not end there. */
function recordEnd(text: string, at: number, last: boolean): number | 'unknown' | undefined {
  if (at >= text.length) return last ? at : 'unknown';
  if (text[at] === '\n') return at + 1;
  if (text[at] !== '\r') return undefined;
  if (at + 1 >= text.length) return last ? at + 1 : 'unknown';
  return text[at + 1] === '\n' ? at + 2 : undefined;
}
