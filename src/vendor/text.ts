/** Characters of a text that are read; a payee is never longer. */
export const TEXT_CHARACTERS_MAX = 300;

const NOT_ASCII = /[^ -~]/;
/** Accents of Latin, Greek and Cyrillic letters. The marks of other scripts are letters of their own. */
const MARKS = /[\u0300-\u036f]+/g;
/** Letters that are no accented form of another, and how they are written without them. */
const OWN_LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
};
const OWN_LETTER = /[ßæœøłđðþıħ]/g;
const APOSTROPHES = /['’‘´`]/g;
const NOT_WORDS = /[^\p{L}\p{M}\p{N}]+/gu;
const NOT_ASCII_WORDS = /[^a-z0-9]+/g;
const CONTROLS = /[\p{Cc}\p{Cf}\uFFFD]+/gu;
const SPACES = /\s+/g;
/** A byte written out by a tool that could not print it: `FARRAH\xB4S`. */
const ESCAPED_BYTE = /\\x([0-9a-f]{2})/gi;
/** What Windows-1252 has from byte 0x80 to 0x9F; a blank where it has nothing. */
const WINDOWS_80_TO_9F = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
/** Runs of characters that the bytes of UTF-8 look like when they are read as Windows-1252. */
const MISREAD = /[\u00C2-\u00F4][\u0080-\u00BF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{1,3}/g;

/** The part of a text that is read, so that hostile texts stay cheap. */
export function readPart(text: string): string {
  return text.length > TEXT_CHARACTERS_MAX ? text.slice(0, TEXT_CHARACTERS_MAX) : text;
}

/**
 * A text folded for matching: NFKC, no accents, lower case, `&` as a word, all but letters and digits as one space.
 *
 * @example fold('  Café & Müller ') // 'cafe and muller'
 */
export function fold(text: string): string {
  if (!NOT_ASCII.test(text)) {
    let folded = text.toLowerCase();
    if (folded.includes('&')) folded = folded.replaceAll('&', ' and ');
    if (folded.includes("'") || folded.includes('`')) folded = folded.replace(APOSTROPHES, '');
    return folded.replace(NOT_ASCII_WORDS, ' ').trim();
  }
  return text
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(OWN_LETTER, (letter) => OWN_LETTERS[letter] ?? letter)
    .replaceAll('&', ' and ')
    .replace(APOSTROPHES, '')
    .replace(NOT_WORDS, ' ')
    .trim()
    .normalize('NFC');
}

/**
 * A text of a source as a person would read it: cut to the length that is read, wrong decoding undone, full-width and
 * half-width forms in their usual form, control characters and runs of blanks as one space.
 */
export function readable(text: string): string {
  let cut = readPart(text);
  if (cut.includes('\\x')) cut = cut.replace(ESCAPED_BYTE, (_, hex: string) => characterOf(Number.parseInt(hex, 16)));
  if (!NOT_ASCII.test(cut)) return (cut.includes('  ') ? cut.replace(SPACES, ' ') : cut).trim();
  return cut
    .replace(MISREAD, decodeMisread)
    .normalize('NFKC')
    .replace(CONTROLS, ' ')
    .slice(0, TEXT_CHARACTERS_MAX)
    .replace(SPACES, ' ')
    .trim();
}

/** How German and the Nordic languages spell letters that a keyboard lacks. */
const SPELLED: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa' };
const SPELLED_LETTER = /[äöüøå]/g;

/** A text with its umlauts spelled out (`Müller` → `mueller`), in lower case; undefined where it has none. */
export function spelledOut(text: string): string | undefined {
  const lower = text.normalize('NFC').toLowerCase();
  const spelled = lower.replace(SPELLED_LETTER, (letter) => SPELLED[letter] ?? letter);
  return spelled === lower ? undefined : spelled;
}

/** A folded text without its spaces. */
export function withoutSpaces(text: string): string {
  return text.includes(' ') ? text.replaceAll(' ', '') : text;
}

/** The character that a byte stands for in Windows-1252. */
function characterOf(byte: number): string {
  return byte >= 0x80 && byte <= 0x9f ? WINDOWS_80_TO_9F.charAt(byte - 0x80) : String.fromCharCode(byte);
}

/** The bytes behind the characters, decoded as UTF-8; the characters as they are where that is no UTF-8. */
function decodeMisread(run: string): string {
  const bytes = Uint8Array.from(run, (character) => {
    const at = WINDOWS_80_TO_9F.indexOf(character);
    return at >= 0 ? 0x80 + at : character.charCodeAt(0);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return run;
  }
}
