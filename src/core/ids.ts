import { createHash } from 'node:crypto';

import { LINE_TEXT_KEYS, type LineTexts } from './charge.js';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's base 32: no i, l, o, u
const ID_CHARACTERS = 12;

/** Bytes as Crockford base-32 text of `length` characters (5 bits each). */
function base32(bytes: Uint8Array, length: number): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  const spare = BigInt(bytes.length * 8 - length * 5);
  let rest = bits >> spare;
  let text = '';
  for (let index = 0; index < length; index += 1) {
    text = (ALPHABET[Number(rest & 31n)] ?? '') + text;
    rest >>= 5n;
  }
  return text;
}

/** SHA-256 of texts joined so that no two lists of texts collide, as bytes. */
export function hashTexts(texts: readonly string[]): Buffer {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:${text}\u0000`);
  return hash.digest();
}

/** Hex SHA-256 of texts, for fingerprints. */
export function fingerprint(texts: readonly string[]): string {
  return hashTexts(texts).toString('hex');
}

/** The public id of a line: made from its source and texts alone, so that every pull and every machine gives the same. */
export function lineId(source: string, texts: LineTexts): string {
  return `L${base32(hashTexts([source, ...LINE_TEXT_KEYS.map((key) => texts[key])]), ID_CHARACTERS)}`;
}

/** A text as an id: lower-case ASCII letters, digits and single hyphens; empty when nothing is left. */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/&/g, ' and ')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
