import type { SaxesTagNS } from 'saxes';

/** What the elements of a file belong to; the prefix may be any. */
const ECB_NAMESPACE = 'http://www.ecb.int/vocabulary/2002-08-01/eurofxref';

/** A rate as a file writes it. */
export interface WrittenRate {
  readonly time: string;
  readonly currency: string;
  readonly rate: string;
}

/** A file of the ECB, read to its end. */
export interface RatesFile {
  /** How many days it has, also those without a rate. */
  readonly dayCount: number;
  /** In the file's own order: newest day first. */
  readonly rates: readonly WrittenRate[];
}

/**
 * Reads a file of reference rates as it arrives: `<Cube><Cube time="2026-10-30"><Cube currency="USD" rate="1.0850"/>…`.
 *
 * @throws SyntaxError when it is no XML, or not whole.
 */
export async function parseRates(chunks: AsyncIterable<Uint8Array>): Promise<RatesFile> {
  const { SaxesParser } = await import('saxes');
  const rates: WrittenRate[] = [];
  let dayCount = 0;
  let time = '';
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', (tag) => {
    if (tag.local !== 'Cube' || tag.uri !== ECB_NAMESPACE) return;
    const day = attribute(tag, 'time');
    if (day !== undefined) {
      dayCount += 1;
      time = day;
    }
    const currency = attribute(tag, 'currency');
    const rate = attribute(tag, 'rate');
    if (currency !== undefined || rate !== undefined) rates.push({ time, currency: currency ?? '', rate: rate ?? '' });
  });
  parser.on('closetag', (tag) => {
    if (attribute(tag, 'time') !== undefined) time = '';
  });
  const decoder = new TextDecoder('utf-8');
  try {
    for await (const chunk of chunks) parser.write(decoder.decode(chunk, { stream: true }));
    parser.write(decoder.decode());
    parser.close();
  } catch (cause) {
    // The parser's own errors are plain ones; errors of the connection must keep their kind.
    if (!(cause instanceof Error) || !/^\d+:\d+: /.test(cause.message)) throw cause;
    throw new SyntaxError(`no XML: ${cause.message}`, { cause });
  }
  return { dayCount, rates };
}

function attribute(tag: SaxesTagNS, name: string): string | undefined {
  return tag.attributes[name]?.value.trim();
}
