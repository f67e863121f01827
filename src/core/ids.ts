import { hash } from 'node:crypto';

import { LINE_TEXT_KEYS, type LineTexts } from './charge.js';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's base 32: no i, l, o, u
const ID_CHARACTERS = 12;

/** The leading bits of a hex hash as Crockford base-32 text of `length` characters (5 bits each). */
function base32(hex: string, length: number): string {
  let text = '';
  // Five hex digits hold four characters: 20 bits, well inside a number.
  for (let at = 0; text.length < length; at += 5) {
    const bits = Number.parseInt(hex.slice(at, at + 5), 16);
    for (const shift of [15, 10, 5, 0]) text += ALPHABET[(bits >> shift) & 31] ?? '';
  }
  return text.slice(0, length);
}

/** Hex SHA-256 of texts, each with its length before it, so that no two lists of texts are hashed alike. */
export function fingerprint(texts: readonly string[]): string {
  let joined = '';
  for (const text of texts) joined += `${text.length}:${text}\u0000`;
  return hash('sha256', joined, 'hex');
}

/** The public id of a line: made from its source and texts alone, so that every pull and every machine gives the same. */
export function lineId(source: string, texts: LineTexts): string {
  return `L${base32(fingerprint([source, ...LINE_TEXT_KEYS.map((key) => texts[key])]), ID_CHARACTERS)}`;
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
