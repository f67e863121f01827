import { suffixLength, type SuffixSet } from './suffixes.js';
import { fold } from './text.js';

/** Places as card networks append them, folded. */
export interface Places {
  /** Cities that are left out wherever they end a text. */
  readonly hubs: SuffixSet;
  /** Cities that are left out before a code of a state or country; the hubs are among them. */
  readonly cities: SuffixSet;
  readonly states: ReadonlySet<string>;
  readonly countries: ReadonlySet<string>;
}

const DIGIT = /[0-9]/;
const PHONE = /(?:^|\s)\+?[0-9(][0-9()-]{2,6}[ -][0-9][0-9 ()-]{4,14}(?=\s|$)/g;
const PHONE_AND_CODE = /\s\+?[0-9(][0-9() .-]{5,20}[0-9] ([a-z]{2,3})$/i;
const PHONE_WORD = /^[+(]?[0-9][0-9().-]{6,16}[0-9]$/;
const PHONE_DIGITS_MIN = 7;
const DATE = /(?:^|\s)(?:[0-9]{1,2}\/[0-9]{1,2}(?:\/[0-9]{2,4})?|[0-9]{1,4}[.-][0-9]{1,2}[.-][0-9]{1,4})(?=\s|$)/g;
const AMOUNT = /(?:^|\s)[$£€]?[0-9]{1,6}[.,][0-9]{2}(?=\s|$)/g;
/** A card number with its digits masked. */
const CARD_TAIL = /^(?:[*x•]{2,}[0-9]{2,}|\*[0-9]{4})$/i;
const REFERENCE_WORD = /^(?:ref|no|nr|inv|invoice|order|ord|card|txn|id|nummer|rechnung|facture|factura)$/;
const REFERENCE = /^(?=.*[0-9])[a-z0-9]{5,}$/;
const HOST_WORD = /^(?:https?:\/\/|www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:\/\S*)?$/i;
/** A letter of any script. */
const HAS_LETTER = /\p{L}/u;
const NOT_LETTERS_OR_DIGITS = /[^a-z0-9]+/g;

/**
 * A name without what a card network or a clerk put behind it: telephone and order numbers, dates, amounts,
 * card numbers, web addresses behind a name, and the place. At least one word is kept.
 */
export function withoutNoise(text: string, places: Places): string {
  const cut = DIGIT.test(text) ? withoutNumbers(withoutCodeOfPhone(text, places)) : text;
  const space = cut.lastIndexOf(' ');
  if (space < 0 || !mayBeNoise(cut.slice(space + 1), places)) return cut;
  return withoutTail(splitWords(cut), places).join(' ');
}

/** A telephone number says that the code behind it is a state or country: `indeed 203-564-2400 ct`. */
function withoutCodeOfPhone(text: string, places: Places): string {
  const [all, code] = PHONE_AND_CODE.exec(text) ?? [];
  return all !== undefined && isCode((code ?? '').toLowerCase(), places) ? text.slice(0, -(code ?? '').length) : text;
}

/** Whether the last word of a name can be noise at all: most are not, and are not looked at further. */
function mayBeNoise(last: string, places: Places): boolean {
  if (last.includes('.') || DIGIT.test(last)) return true;
  const folded = last.toLowerCase().replace(NOT_LETTERS_OR_DIGITS, '');
  return (folded === '' && !HAS_LETTER.test(last)) || REFERENCE_WORD.test(folded) || isCode(folded, places);
}

function splitWords(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

/** Telephone numbers, dates and amounts that stand apart, as long as something is left. */
function withoutNumbers(text: string): string {
  const stripped = text.replace(PHONE, ' ').replace(DATE, ' ').replace(AMOUNT, ' ').trim();
  return stripped === '' ? text : stripped;
}

/** Takes words off the end while they are noise. */
function withoutTail(words: string[], places: Places): string[] {
  let isTail = false;
  for (let guard = words.length; guard > 0 && words.length > 1; guard -= 1) {
    const last = words[words.length - 1] ?? '';
    const folded = last.toLowerCase().replace(NOT_LETTERS_OR_DIGITS, '');
    if (isNumberNoise(last, folded) || (words.length > 1 && isSecondHost(words, last))) {
      words.pop();
      isTail = true;
    } else if (isCode(folded, places) && (isTail || endsWithPlaceOrNumber(words, places))) {
      words.pop();
      // A code behind a place says that the place is no part of the name.
      words.length -= cityLength(words, places.cities);
      isTail = true;
    } else {
      break;
    }
  }
  return words;
}

function isNumberNoise(word: string, folded: string): boolean {
  if (CARD_TAIL.test(word)) return true;
  if (folded === '') return !HAS_LETTER.test(word);
  if (!DIGIT.test(folded)) return REFERENCE_WORD.test(folded);
  const digits = folded.length - folded.replace(/[0-9]/g, '').length;
  if (digits >= PHONE_DIGITS_MIN && PHONE_WORD.test(word)) return true;
  return (digits === folded.length && digits >= 3) || (digits >= 2 && REFERENCE.test(folded));
}

/** A web address behind a name (`mcafee www.mcafee.com`) says the name again. */
function isSecondHost(words: readonly string[], last: string): boolean {
  return last.includes('.') && HOST_WORD.test(last) && !(words[0] ?? '').includes('.');
}

function isCode(folded: string, places: Places): boolean {
  return (folded.length === 2 || folded.length === 3) && (places.states.has(folded) || places.countries.has(folded));
}

/** Whether the word before the last is one that only a card network writes: a city, a telephone number, an address. */
function endsWithPlaceOrNumber(words: readonly string[], places: Places): boolean {
  const before = words.slice(0, -1);
  const word = before[before.length - 1] ?? '';
  const folded = word.toLowerCase().replace(NOT_LETTERS_OR_DIGITS, '');
  if (before.length === 1) return word.includes('.') && HOST_WORD.test(word);
  return cityLength(before, places.cities) > 0 || isNumberNoise(word, folded) || isSecondHost(before, word);
}

/** How many of the words are the city that they end with; 0 for none. One word is always left. */
function cityLength(words: readonly string[], cities: SuffixSet): number {
  const folded = words.map((word) => fold(word));
  return suffixLength(folded, 0, folded.length, cities);
}
