// Control characters steer a terminal; marks of direction and of no width let a text pretend to be another.
const UNSAFE = /[\p{Cc}\p{Cs}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * A text made fit for a terminal: characters that are not to be seen are written as escapes, a tab as a space. Line breaks
 * stay, for texts of ours have several lines.
 *
 * @example printable('x\u001b[2J') // x\\u001b[2J
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    if (character === '\n') return character;
    if (character === '\t') return ' ';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** `printable` on one line: line breaks are escapes as well. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\u000a');
}
