import { isUtf8 } from 'node:buffer';

/** The encodings a text file may state. Never guessed: a wrong guess would change names silently. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'latin1'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Bytes that are none of the stated encoding. */
export class DecodingError extends Error {
  /** The text of the chunk before the bad bytes, as UTF-8, to count its lines. */
  readonly before: Buffer;
  readonly what: string;

  constructor(what: string, before: Buffer) {
    super(what);
    this.what = what;
    this.before = before;
  }
}

/** Turns chunks of bytes into chunks of valid UTF-8 that hold whole characters. */
export interface Decoder {
  /** @throws DecodingError */
  decode(bytes: Buffer): Buffer;
  /** @throws DecodingError when the bytes end inside a character. */
  end(): void;
}

/** A decoder for one file. */
export function createDecoder(encoding: Encoding): Decoder {
  switch (encoding) {
    case 'utf-8':
      return utf8Decoder();
    case 'utf-16le':
    case 'utf-16be':
      return utf16Decoder(encoding);
    case 'windows-1252':
      return { decode: windows1252, end: () => undefined };
    case 'latin1':
      return { decode: (bytes) => Buffer.from(bytes.toString('latin1')), end: () => undefined };
  }
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(' ');
}

function utf8Decoder(): Decoder {
  let carry: Buffer = Buffer.alloc(0);
  return {
    decode(bytes) {
      const joined = carry.length === 0 ? bytes : Buffer.concat([carry, bytes]);
      const end = wholeCharacters(joined);
      const text = joined.subarray(0, end);
      // A copy: the stream may use the chunk's memory again.
      carry = Buffer.from(joined.subarray(end));
      if (!isUtf8(text)) throw invalidUtf8(text);
      return text;
    },
    end() {
      if (carry.length > 0) throw new DecodingError(`the file ends inside a character: ${hex(carry)}`, Buffer.alloc(0));
    },
  };
}

/** Bytes of the character that a lead byte opens; 1 for anything that opens none. */
function characterBytes(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

/** Where the last whole character ends. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return characterBytes(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function invalidUtf8(text: Buffer): DecodingError {
  let at = 0;
  while (at < text.length) {
    const length = characterBytes(text[at] ?? 0);
    if (!isUtf8(text.subarray(at, at + length))) break;
    at += length;
  }
  const lineStart = text.lastIndexOf(10, at) + 1;
  const before = text.subarray(0, at);
  return new DecodingError(`byte ${hex(text.subarray(at, at + 1))} (byte ${at - lineStart + 1} of the line)`, before);
}

function utf16Decoder(encoding: 'utf-16le' | 'utf-16be'): Decoder {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (bytes: Buffer | undefined): Buffer => {
    try {
      return Buffer.from(bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true }));
    } catch {
      throw new DecodingError('a character from this line on', Buffer.alloc(0));
    }
  };
  return { decode, end: () => void decode(undefined) };
}

// Where Windows-1252 differs from Latin-1 (WHATWG Encoding Standard); the five positions it leaves open are refused.
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function windows1252(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replace(/[\u0080-\u009f]/g, (character, at: number) => {
    const mapped = WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? character;
    if (mapped !== character) return mapped;
    throw new DecodingError(`byte ${hex(bytes.subarray(at, at + 1))}`, Buffer.from(bytes.toString('latin1', 0, at)));
  });
  return Buffer.from(text);
}
