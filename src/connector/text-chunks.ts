import { SourceError } from '../core/errors.js';
import { createDecoder, DecodingError, type Encoding } from './encoding.js';
import { unreadable } from './sniff-head.js';

/** Where text comes from: a file, packed or not, or a stream such as standard input. */
export interface TextOrigin {
  /** As messages name it. */
  readonly name: string;
  readonly bytes: AsyncIterable<Buffer>;
  readonly encoding: Encoding;
}

/**
 * Text as it comes, in pieces that hold whole characters, without a byte order mark.
 *
 * @throws SourceError when it cannot be read or is not in its encoding.
 */
export async function* textChunks({ name, bytes, encoding }: TextOrigin): AsyncGenerator<string> {
  const decoder = createDecoder(encoding);
  let isFirst = true;
  try {
    for await (const chunk of bytes) {
      const text = decoder.decode(chunk).toString();
      if (text === '') continue;
      yield isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text;
      isFirst = false;
    }
    decoder.end();
  } catch (cause) {
    if (!(cause instanceof DecodingError)) throw unreadable(cause, name);
    const hint = 'Save it as UTF-8.';
    throw new SourceError(
      { place: { file: name }, message: `the text is not ${encoding}: ${cause.what}`, hint },
      { cause },
    );
  }
}

/** A line of text, with its 1-based number; no text where it is longer than a line may be. */
export interface NumberedLine {
  readonly number: number;
  readonly text: string | undefined;
}

/** Lines of text pieces. A line with more than `charactersMax` is passed over in bounded memory and given without text. */
export async function* numberedLines(
  chunks: AsyncIterable<string>,
  charactersMax: number,
): AsyncGenerator<NumberedLine[]> {
  let rest = '';
  let isTooLong = false;
  let number = 1;
  for await (const chunk of chunks) {
    const lines: NumberedLine[] = [];
    let start = 0;
    for (let feed = chunk.indexOf('\n'); feed >= 0; feed = chunk.indexOf('\n', start)) {
      const text = rest + chunk.slice(start, feed);
      lines.push({ number, text: isTooLong || text.length > charactersMax ? undefined : text });
      number += 1;
      rest = '';
      isTooLong = false;
      start = feed + 1;
    }
    rest += chunk.slice(start);
    if (rest.length > charactersMax) {
      isTooLong = true;
      rest = '';
    }
    if (lines.length > 0) yield lines;
  }
  if (rest !== '' || isTooLong) yield [{ number, text: isTooLong ? undefined : rest }];
}
