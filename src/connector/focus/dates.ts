/** A date format of the settings, as the readers need it. */
export interface DateFormat {
  /** Regular expression that the whole text matches. */
  readonly pattern: string;
  /** The format in the letters of `strptime`. */
  readonly strptime: string;
  /** Equal for formats that read the same texts, perhaps as different days. */
  readonly shape: string;
}

const PARTS: ReadonlyMap<string, readonly [pattern: string, strptime: string, shape: string]> = new Map([
  ['YYYY', [String.raw`\d{4}`, '%Y', 'year']],
  ['YY', [String.raw`\d{2}`, '%y', 'n']],
  ['MM', [String.raw`\d{2}`, '%m', 'n']],
  ['M', [String.raw`\d{1,2}`, '%m', 'n']],
  ['DD', [String.raw`\d{2}`, '%d', 'n']],
  ['D', [String.raw`\d{1,2}`, '%d', 'n']],
]);

/**
 * Reads a format such as `M/D/YY`: one year (`YYYY`, `YY`), month (`MM`, `M`) and day (`DD`, `D`), with `/`, `-`, `.` or
 * a space between; `undefined` for anything else.
 */
export function readDateFormat(format: string): DateFormat | undefined {
  const match = /^(YYYY|YY|MM|M|DD|D)([-/. ])(YYYY|YY|MM|M|DD|D)\2(YYYY|YY|MM|M|DD|D)$/.exec(format);
  if (match === null) return undefined;
  const [, first = '', separator = '', second = '', third = ''] = match;
  const letters = [first, second, third];
  if (new Set(letters.map((part) => part[0])).size !== 3) return undefined;
  const parts = letters.map((letter) => PARTS.get(letter) ?? (['', '', ''] as const));
  return {
    pattern: parts.map(([pattern]) => pattern).join(separator === '.' ? String.raw`\.` : separator),
    strptime: parts.map(([, strptime]) => strptime).join(separator),
    shape: parts.map(([, , shape]) => shape).join(separator),
  };
}
