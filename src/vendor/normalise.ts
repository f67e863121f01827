/** A payee text, taken apart. */
export interface NormalisedPayee {
  /** Folded for matching: words of letters and digits joined by single spaces, without processor, references and legal forms. */
  readonly clean: string;
  /** The same name for people, in its own case where that carries anything. */
  readonly display: string;
  /** Id of the payment processor in front of the name. */
  readonly processor?: string;
  /** Web hosts found in the text, folded, without `www.`, in order. */
  readonly hosts: readonly string[];
  /** Folded names to look up, the likeliest first: trading name, whole name, name without places. */
  readonly candidates: readonly string[];
  /** True where the text is as long as the texts that cards cut off. */
  readonly mayBeCut: boolean;
  /** What was taken away, in sentences. */
  readonly evidence: readonly string[];
}

/** What the normaliser needs of the configuration. */
export interface NormaliserData {
  /** Processor prefixes by first letter, longest first, lower case. */
  readonly prefixes: ReadonlyMap<string, readonly ProcessorPrefix[]>;
  readonly legalForms: ReadonlySet<string>;
  readonly places: ReadonlySet<string>;
  readonly tradingAs: ReadonlySet<string>;
  /** The most words a legal form or place of the two sets has. */
  readonly suffixWordsMax: number;
}

export interface ProcessorPrefix {
  readonly text: string;
  readonly processorId: string;
  readonly processorName: string;
}

/** Characters of a text that are read; a payee is never longer, and hostile texts stay cheap. */
export const PAYEE_CHARACTERS_MAX = 300;

/** Card networks hand over 22 to 25 characters; PayPal and the like cut earlier, at 17 or 18 with their prefix. */
const CUT_CHARACTERS_MIN = 16;
const CUT_CHARACTERS_MAX = 26;

const NOT_ASCII = /[^ -~]/;
const MARKS = /\p{M}+/gu;
const AMPERSAND = /&/g;
const APOSTROPHES = /['’‘´`]/g;
const NOT_WORDS = /[^\p{L}\p{N}]+/gu;
const NOT_ASCII_WORDS = /[^a-z0-9]+/g;
const CONTROLS = /[\p{Cc}\p{Cf}\uFFFD]+/gu;
const HOST = /(?:[a-z0-9][a-z0-9-]{0,62}\.){1,5}[a-z]{1,24}/g;
const PHONE = /(?:^|\s)\+?[0-9(][0-9()-]{2,6}[ -][0-9][0-9 ()-]{4,14}(?=\s|$)/g;
const DATE = /(?:^|\s)[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}(?=\s|$)/g;
const REFERENCE_WORD = /^(?:ref|no|nr|inv|invoice|order|ord|card|txn|id)$/;
const REFERENCE = /^(?=.*[0-9])[a-z0-9]{5,}$/;
/** `www.` in its spellings. */
const WWW = /^(?:https?:\/\/)?(?:www[. ]|ww\.)/i;
const HOST_PREFIX = /^(?:https?:\/\/)?(?:www\.|ww\.|www )/;
const HOST_SUFFIX =
  /\.(?:com|co\.uk|co\.u|co|org\.uk|org|net|gov\.uk|ac\.uk|io|eu|de|fr|es|it|nl|ie|us|uk|biz|info|app|ai)\.?$/;

/** A text folded for matching: NFKC, no accents, lower case, `&` as a word, everything but letters and digits as one space. */
export function fold(text: string): string {
  if (!NOT_ASCII.test(text)) {
    return text.toLowerCase().replace(AMPERSAND, ' and ').replace(APOSTROPHES, '').replace(NOT_ASCII_WORDS, ' ').trim();
  }
  return text
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(AMPERSAND, ' and ')
    .replace(APOSTROPHES, '')
    .replace(NOT_WORDS, ' ')
    .trim();
}

/** Takes a payee text apart. Pure; bounded time on any text. */
export function normalisePayee(payee: string, data: NormaliserData): NormalisedPayee {
  const evidence: string[] = [];
  const raw = readable(payee);
  const found = findPrefix(raw.toLowerCase(), data);
  const rest = (found === undefined ? raw : raw.slice(found.length)).trim().replace(WWW, '');
  if (found !== undefined)
    evidence.push(`"${found.prefix.text.trim()}" is the prefix of the processor ${found.prefix.processorName}`);

  const lower = rest.toLowerCase();
  const hosts = lower.includes('.') ? findHosts(lower) : [];
  const plain = withoutReferences(rest);
  const words = fold(plain).split(' ');
  const trading = findTrading(words, data);
  const whole = withoutSuffixes(words, data, false);
  const named = trading === undefined ? whole : withoutSuffixes(trading, data, false);
  const candidates = unique([
    named.join(' '),
    withoutSuffixes(named, data, true).join(' '),
    ...(trading === undefined ? [] : legalCandidates(words, trading, data)),
    fold(rest),
  ]);
  const clean = candidates[0] ?? '';
  return {
    clean,
    display: displayName(plain, clean, trading !== undefined || lower.includes('.')),
    ...(found === undefined ? {} : { processor: found.prefix.processorId }),
    hosts,
    candidates,
    mayBeCut: raw.length >= CUT_CHARACTERS_MIN && raw.length <= CUT_CHARACTERS_MAX,
    evidence,
  };
}

/** The text with control characters and runs of spaces as one space, cut to the length that is read. */
function readable(text: string): string {
  const cut = text.length > PAYEE_CHARACTERS_MAX ? text.slice(0, PAYEE_CHARACTERS_MAX) : text;
  const ascii = NOT_ASCII.test(cut) ? cut.normalize('NFKC').replace(CONTROLS, ' ').slice(0, PAYEE_CHARACTERS_MAX) : cut;
  return ascii.replace(/\s+/g, ' ').trim();
}

function findPrefix(lower: string, data: NormaliserData): { prefix: ProcessorPrefix; length: number } | undefined {
  for (const prefix of data.prefixes.get(lower.charAt(0)) ?? []) {
    if (!lower.startsWith(prefix.text)) continue;
    const last = prefix.text.charAt(prefix.text.length - 1);
    const next = lower.charAt(prefix.text.length);
    // A prefix of letters alone ends at a word: `paypal socialresea`, not `sumupping`.
    if (last >= 'a' && last <= 'z' && next !== '' && next !== ' ') continue;
    return { prefix, length: prefix.text.length };
  }
  return undefined;
}

function findHosts(lower: string): string[] {
  const hosts: string[] = [];
  for (const match of lower.matchAll(HOST)) {
    const host = match[0].replace(/^w{2,3}\./, '');
    if (host.includes('.')) hosts.push(host);
  }
  return hosts;
}

/** Telephone numbers, dates, order numbers and card tails taken out, as long as something is left. */
function withoutReferences(text: string): string {
  if (!/[0-9]/.test(text)) return text;
  const stripped = text.replace(PHONE, ' ').replace(DATE, ' ').trim();
  const words = stripped.split(' ').filter((word) => word !== '');
  while (words.length > 1) {
    const last = (words[words.length - 1] ?? '').toLowerCase().replace(NOT_ASCII_WORDS, '');
    const isCode = /^[0-9]{3,}$/.test(last) || (REFERENCE.test(last) && (last.match(/[0-9]/g)?.length ?? 0) >= 2);
    if (!isCode && !REFERENCE_WORD.test(last)) break;
    words.pop();
  }
  return words.length === 0 ? text : words.join(' ');
}

/** The words after `t/a` or `trading as`. */
function findTrading(words: readonly string[], data: NormaliserData): string[] | undefined {
  for (let index = 1; index < words.length - 1; index += 1) {
    for (let length = 3; length >= 1; length -= 1) {
      if (index + length >= words.length) continue;
      if (data.tradingAs.has(words.slice(index, index + length).join(' '))) return words.slice(index + length);
    }
  }
  return undefined;
}

/** The legal name in front of a trading name. */
function legalCandidates(words: readonly string[], trading: readonly string[], data: NormaliserData): string[] {
  const head = words.slice(0, words.length - trading.length);
  for (let length = 3; length >= 1; length -= 1) {
    if (data.tradingAs.has(head.slice(-length).join(' '))) {
      const legal = withoutSuffixes(head.slice(0, -length), data, false);
      return [legal.join(' '), withoutSuffixes(legal, data, true).join(' ')];
    }
  }
  return [];
}

/** Words without the legal forms (and places) at the end and a leading `the`; at least one word is kept. */
function withoutSuffixes(words: readonly string[], data: NormaliserData, places: boolean): string[] {
  const kept = words[0] === 'the' && words.length > 1 ? words.slice(1) : [...words];
  for (let guard = words.length; guard > 0 && kept.length > 1; guard -= 1) {
    const length = suffixLength(kept, data, places);
    if (length === 0) break;
    kept.length -= length;
  }
  return kept;
}

function suffixLength(words: readonly string[], data: NormaliserData, places: boolean): number {
  for (let length = Math.min(data.suffixWordsMax, words.length - 1); length >= 1; length -= 1) {
    const suffix = length === 1 ? (words[words.length - 1] ?? '') : words.slice(-length).join(' ');
    if (data.legalForms.has(suffix) || (places && data.places.has(suffix))) return length;
  }
  return 0;
}

/** A name for people: the text's own spelling of the clean words; texts all in one case are given capitals. */
function displayName(plain: string, clean: string, cutHost: boolean): string {
  const mixed = plain !== plain.toLowerCase() && plain !== plain.toUpperCase();
  if (mixed && !cutHost) {
    const words = plain.split(' ');
    for (let length = words.length; length >= 1; length -= 1) {
      const head = words.slice(0, length).join(' ');
      if (fold(head) === clean) return head.replace(/[\s,.;:*-]+$/u, '');
    }
  }
  const base =
    cutHost && plain.includes('.') && !plain.includes(' ')
      ? plain.toLowerCase().replace(HOST_PREFIX, '').replace(HOST_SUFFIX, '')
      : clean;
  return base
    .split(' ')
    .map((word) =>
      word.length <= 3 && plain === plain.toUpperCase()
        ? word.toUpperCase()
        : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join(' ');
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text) => text !== ''))];
}
