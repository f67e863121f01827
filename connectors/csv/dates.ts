import { dayNumber, isCalendarDay, isoDate, type DayNumber } from '../../src/core/date.js';
import { isSheetFile } from '../../src/connector/sheet.js';

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const MONTH_NAMES = 'january february march april may june july august september october november december'.split(' ');
/** Two-digit years from here on belong to the 20th century (the POSIX pivot: 69 is 1969, 68 is 2068). */
const PIVOT_YEAR = 69;
const TOKEN = /YYYY|YY|MMMM|MMM|MM|M|DD|D/g;
/** A time of day may follow any date; the day counts as it is written, whatever the time zone. */
const TIME_OF_DAY = String.raw`(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?`;
const TIME_TOKENS = /[T ]+(?:HH|H|hh|h):mm(?::ss(?:\.S+)?)?(?: ?[aA])?(?:Z|X+)?$/;

const PATTERNS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  YY: '(?<year>\\d{2})',
  MMMM: '(?<name>\\p{L}+)',
  MMM: '(?<name>\\p{L}{3,4})\\.?',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{2})',
  D: '(?<day>\\d{1,2})',
};

/** A stated date format, ready to match. */
export interface DateFormat {
  readonly text: string;
  readonly pattern: RegExp;
}

/**
 * Reads a format of the tokens YYYY YY MMMM MMM MM M DD D and separators, for example `DD/MM/YYYY` or `D MMM YY`; a time
 * (`HH:mm:ss`) at its end is allowed and ignored. A sentence saying what is wrong when it is none.
 */
export function parseDateFormat(text: string): DateFormat | string {
  const day = text.trim().replace(TIME_TOKENS, '');
  const kinds = [...day.matchAll(TOKEN)].map(([token]) => token.charAt(0)).sort();
  const separators = day.replace(TOKEN, '');
  if (kinds.join('') !== 'DMY' || /[\p{L}\d]/u.test(separators)) {
    return `"${text}" is no date format: write it with YYYY or YY, MM, M or MMM, and DD or D, for example DD/MM/YYYY`;
  }
  const source = day
    .split(/(YYYY|YY|MMMM|MMM|MM|M|DD|D)/)
    .map((part) => PATTERNS[part] ?? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+'))
    .join('');
  return { text, pattern: new RegExp(`^${source}${TIME_OF_DAY}$`, 'iu') };
}

/** The formats of settings that were validated with `parseDateFormat`. */
export function dateFormats(texts: readonly string[]): DateFormat[] {
  return texts.map(parseDateFormat).filter((format) => typeof format !== 'string');
}

/** Days that a charge can have; one outside is a slip of the pen or the wrong format, and would stretch every period. */
const DAY_FIRST: DayNumber = 19_000_101;
const DAY_LAST: DayNumber = 21_001_231;

/** A day, or why a text is none: a phrase that follows the text, such as `is no day in any of the formats YYYY-MM-DD`. */
export type DateReading = { readonly day: DayNumber } | { readonly reason: string };

/**
 * Reads a date under the stated formats. A text that two formats read as different days is refused, never guessed.
 */
export function readDate(text: string, formats: readonly DateFormat[]): DateReading {
  const trimmed = text.trim();
  const days = new Map<DayNumber, string>();
  let outside = false;
  for (const format of formats) {
    const day = dayInFormat(trimmed, format);
    if (day === undefined) continue;
    if (day < DAY_FIRST || day > DAY_LAST) outside = true;
    else if (!days.has(day)) days.set(day, format.text);
  }
  const [first, second] = [...days];
  if (first === undefined && outside) return { reason: 'is a day before 1900 or after 2100, surely a slip' };
  if (first === undefined)
    return { reason: `is no day in any of the formats ${formats.map((f) => f.text).join(', ')}` };
  if (second === undefined) return { day: first[0] };
  return { reason: `is one day in ${first[1]} and another in ${second[1]}` };
}

function dayInFormat(text: string, format: DateFormat): DayNumber | undefined {
  const groups = format.pattern.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const yearText = groups['year'] ?? '';
  const short = Number(yearText);
  const year = yearText.length === 4 ? short : short >= PIVOT_YEAR ? 1900 + short : 2000 + short;
  const month = groups['name'] === undefined ? Number(groups['month']) : monthOfName(groups['name']);
  const day = Number(groups['day']);
  return isCalendarDay(year, month, day) ? dayNumber(isoDate(year, month, day)) : undefined;
}

/** 1 to 12; 0 for a word that is no English month. */
function monthOfName(name: string): number {
  const word = name.toLowerCase();
  if (word === 'sept') return 9;
  return Math.max(MONTHS.indexOf(word), MONTH_NAMES.indexOf(word)) + 1;
}

/** The formats of a file's dates: those stated, and in sheets ISO too, because a sheet's date cells are read as ISO text. */
export function dateFormatsFor(texts: readonly string[], file: string): DateFormat[] {
  return dateFormats(isSheetFile(file) ? [...new Set([...texts, 'YYYY-MM-DD'])] : texts);
}
