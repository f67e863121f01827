import { withoutNoise, type Places } from './noise.js';
import { suffixLength, type SuffixSet } from './suffixes.js';
import { fold, readable } from './text.js';

/** A payee text, taken apart. */
export interface NormalisedPayee {
  /** Folded for matching: words of letters and digits joined by single spaces, without processor, references and legal forms. */
  readonly clean: string;
  /** `clean` without its spaces. */
  readonly compact: string;
  /** What stood in front of the name, the outermost first. */
  readonly prefixes: readonly ProcessorPrefix[];
  /** Web hosts found in the text, folded, without `www.`, in order. */
  readonly hosts: readonly Host[];
  /** Folded names to look up, the likeliest first: trading name, whole name, name without group words and places. */
  readonly candidates: readonly string[];
  /** What stands on the two sides of a star when nobody has listed the prefix (`ebn *semrush`), folded. */
  readonly star: { readonly before: string; readonly behind: string } | undefined;
  /** Of a text with a prefix, the text whole, folded, and the same without legal forms and group words. */
  readonly wholes: readonly string[];
  /** True where the text has a legal form: it is the name of a company, and not of a product. */
  readonly hasForm: boolean;
  /** True where the text is as long as the texts that cards cut off. */
  readonly mayBeCut: boolean;
  /** The name with its own letter-case and punctuation, without prefix and noise. */
  readonly plain: string;
  /** True where `clean` is the name behind `trading as`. */
  readonly isTrading: boolean;
}

/** A web address. In `eye express.com` it may be the end of a name of several words: `endsName`. */
export interface Host {
  readonly host: string;
  readonly endsName: boolean;
}

/** What the normaliser needs of the configuration. */
export interface NormaliserData {
  /** Processor prefixes by first letter, longest first, lower case. */
  readonly prefixes: ReadonlyMap<string, readonly ProcessorPrefix[]>;
  readonly legalForms: SuffixSet;
  /** Legal forms that stand before or behind a name without a space. */
  readonly joinedForms: readonly string[];
  /** Legal forms, and words that groups put into the names of their companies. */
  readonly groupWords: SuffixSet;
  /** Words of what was bought, which tell nobody's name: `basic plan`, `service fee`. */
  readonly purchaseWords: SuffixSet;
  readonly purchaseTexts: ReadonlySet<string>;
  /** Beginnings of legal forms that stand at the end of texts which were cut. */
  readonly cutForms: ReadonlySet<string>;
  readonly tradingAs: ReadonlySet<string>;
  /** Short words that are no initials, and those that join the words of a name. */
  readonly shortWords: ReadonlySet<string>;
  readonly joiningWords: ReadonlySet<string>;
  readonly places: Places;
  /** Domains under which firms have addresses of their own (`acme.myshopify.com`): they do not name who is paid. */
  readonly tenantDomains: ReadonlySet<string>;
}

export interface ProcessorPrefix {
  readonly text: string;
  readonly processorId: string;
  readonly processorName: string;
  readonly kind: ProcessorKind;
}

/**
 * `processor` takes payment for others, and `software` for makers of software alone; `shop` sells in its own name and
 * others' goods; `bank` only describes the payment.
 */
export const PROCESSOR_KINDS = ['processor', 'software', 'shop', 'bank'] as const;
export type ProcessorKind = (typeof PROCESSOR_KINDS)[number];

/** Prefixes that may stand in front of each other: `card purchase paypal *ebay o*12`. */
const PREFIXES_MAX = 4;
const NO_PREFIXES: readonly ProcessorPrefix[] = [];
const NO_WHOLES: readonly string[] = [];
/** Card networks hand over 22 to 25 characters; PayPal and the like cut earlier, at 17 or 18 with their prefix. */
const CUT_CHARACTERS_MIN = 16;
const CUT_CHARACTERS_MAX = 26;
const WHOLE_FORM = / (?:ltd|limited|llp|plc|inc|llc|gmbh|corp|bv|sarl|pty)$/;

const HOST = /(?:[a-z0-9][a-z0-9-]{0,62}\.){1,5}[a-z]{1,24}/g;
const WWW = /^(?:https?:\/\/)?(?:www[. ]|ww\.)/i;
/** The end of a web address that is no part of a name, cut or whole; three letters at least must stand before it. */
const HOST_SUFFIX =
  /(?<=[a-z0-9-]{3})\.(?:com?(?:\.[a-z]{1,2})?|(?:co|org|gov|ac|ltd|plc|net)\.uk?|net|org|gov|edu|io|ai|app|dev|cloud|online|shop|store|tech|digital|agency|media|biz|info|me|tv|uk|us|ca|au|nz|ie|de|at|ch|fr|be|nl|lu|es|pt|it|dk|se|no|fi|pl|cz|sk|hu|ro|gr|eu|in|br|mx|za|jp)\.?(?=\s|$|\/)/g;
const NOT_LATIN = /[^\u0000-\u024f]/;
const WORD_BEFORE = /[a-z0-9] +$/;
const TRADING_WORDS_MAX = 3;
const PARENTHESES = / ?\(([^()]{2,24})\)/g;
/** Letters that a prefix in front of a star may have, and that a name behind one must have. */
const STAR_PREFIX_LETTERS_MAX = 16;
const STAR_NAME_LETTERS_MIN = 4;

/** Takes a payee text apart. Pure; bounded time on any text. */
export function normalisePayee(payee: string, data: NormaliserData): NormalisedPayee {
  const raw = withoutJoinedForms(readable(payee), data);
  const prefixes = findPrefixes(raw, data);
  const inner = prefixes.length === 0 ? raw : raw.slice(prefixes.length);
  const rest = inner.startsWith('w') || inner.startsWith('W') || inner.startsWith('h') ? inner.replace(WWW, '') : inner;
  const hosts = rest.includes('.') ? findHosts(rest.toLowerCase(), data.tenantDomains) : [];
  const plain = withoutNoise(rest.includes('(') ? withoutPlaces(rest, data) : rest, data.places);
  const isOfCutLength = raw.length >= CUT_CHARACTERS_MIN && raw.length <= CUT_CHARACTERS_MAX;
  // `qualsafe.com` and `Qualsafe Ltd` are one company.
  const folded = fold(hosts.length === 0 ? plain : withoutHostSuffix(plain));
  const whole = folded.split(' ');
  const words = withoutPlaceOfForm(withoutCutForm(once(whole), isOfCutLength, data), data);
  const trading = findTrading(words, data);
  const named = withoutSuffixes(trading ?? words, data.legalForms);
  const clean = named.length === words.length && words.length === whole.length ? folded : named.join(' ');
  const candidates = [clean];
  addCandidate(candidates, withoutSuffixes(named, data.groupWords));
  addCandidate(candidates, withoutSuffixes(named, data.purchaseWords));
  addCandidate(candidates, withoutHub(named, data));
  if (trading !== undefined) {
    const legal = withoutSuffixes(legalWords(words, trading, data), data.legalForms);
    addCandidate(candidates, legal);
    addCandidate(candidates, withoutSuffixes(legal, data.groupWords));
  }
  const full = plain === rest && hosts.length === 0 ? folded : fold(rest);
  if (full !== '' && !candidates.includes(full)) candidates.push(full);
  return {
    clean,
    compact: named.length === 1 ? clean : clean.replaceAll(' ', ''),
    prefixes: prefixes.found,
    hosts,
    star: plain.includes('*') ? namesAtStar(plain) : undefined,
    candidates: clean === '' ? candidates.slice(1) : candidates,
    hasForm: named.length < (trading ?? words).length,
    wholes: prefixes.length === 0 ? NO_WHOLES : wholesOf(fold(raw), data),
    // A legal form in full at the end shows that nothing is missing.
    mayBeCut: isOfCutLength && !WHOLE_FORM.test(folded),
    plain,
    isTrading: trading !== undefined,
  };
}

/** `株式会社アドビ` → `アドビ`: legal forms of languages that put no spaces between words. */
function withoutJoinedForms(text: string, { joinedForms }: NormaliserData): string {
  if (!NOT_LATIN.test(text)) return text;
  const stripped = joinedForms.reduce((rest, form) => rest.replaceAll(form, ' '), text).trim();
  return stripped === '' ? text : stripped;
}

/** `Exterion Media (UK)` → `Exterion Media`: what a company of a group puts in brackets tells it from its sisters alone. */
function withoutPlaces(text: string, data: NormaliserData): string {
  const stripped = text.replace(PARENTHESES, (all, inner: string) => {
    const words = fold(inner).split(' ');
    const last = words[words.length - 1] ?? '';
    return data.groupWords.get(last)?.includes(words.join(' ')) === true ? '' : all;
  });
  return stripped.trim() === '' ? text : stripped;
}

function namesAtStar(plain: string): NormalisedPayee['star'] {
  const at = plain.indexOf('*');
  const behind = fold(plain.slice(at + 1));
  if (at <= 0 || at > STAR_PREFIX_LETTERS_MAX || behind.length < STAR_NAME_LETTERS_MIN) return undefined;
  return { before: fold(plain.slice(0, at)), behind };
}

function wholesOf(whole: string, { groupWords }: NormaliserData): string[] {
  const wholes = [whole];
  addCandidate(wholes, withoutSuffixes(whole.split(' '), groupWords));
  return wholes;
}

function addCandidate(candidates: string[], words: readonly string[]): void {
  if (words.length === 0) return;
  const text = words.join(' ');
  if (text !== '' && !candidates.includes(text)) candidates.push(text);
}

/** A clean name without the words that groups put into the names of their companies: `dai europe` → `dai`. */
export function coreName(clean: string, data: NormaliserData): string {
  return withoutSuffixes(clean.split(' '), data.groupWords).join(' ');
}

/** What was taken away in front of the name, in sentences. */
export function evidenceOfPrefixes({ prefixes }: NormalisedPayee): string[] {
  return prefixes
    .filter((prefix) => prefix.kind !== 'bank')
    .map((prefix) => `"${prefix.text.trim()}" is the prefix of the processor ${prefix.processorName}`);
}

/** What stands in front of the name, and where the name begins. */
function findPrefixes(raw: string, data: NormaliserData): { found: readonly ProcessorPrefix[]; length: number } {
  const lower = raw.toLowerCase();
  let prefix = prefixAt(lower, 0, data);
  if (prefix === undefined) return { found: NO_PREFIXES, length: 0 };
  const found: ProcessorPrefix[] = [];
  let at = 0;
  while (prefix !== undefined && found.length < PREFIXES_MAX) {
    found.push(prefix);
    at += prefix.text.length;
    while (lower.charCodeAt(at) === 32) at += 1;
    prefix = prefixAt(lower, at, data);
  }
  return { found, length: at };
}

function prefixAt(lower: string, at: number, data: NormaliserData): ProcessorPrefix | undefined {
  const candidates = data.prefixes.get(lower.charAt(at));
  if (candidates === undefined) return undefined;
  for (const prefix of candidates) {
    if (!lower.startsWith(prefix.text, at)) continue;
    const last = prefix.text.charCodeAt(prefix.text.length - 1);
    const next = lower.charAt(at + prefix.text.length);
    // A prefix that ends in a letter ends at a word: `paypal socialresea`, not `sumupping`.
    if (last >= 97 && last <= 122 && next !== '' && next !== ' ') continue;
    // The words of a bank alone are all there is to go by.
    if (prefix.kind === 'bank' && lower.length - at - prefix.text.length < 3) continue;
    return prefix;
  }
  return undefined;
}

/** Hosts without `www.`; of an address that a host rents out, nothing: the tenant is no domain of its own. */
function findHosts(lower: string, tenantDomains: ReadonlySet<string>): Host[] {
  const hosts: Host[] = [];
  for (const match of lower.matchAll(HOST)) {
    const host = match[0].replace(/^w{2,3}\./, '');
    const dot = host.indexOf('.');
    if (dot < 0 || tenantDomains.has(host.slice(dot + 1))) continue;
    const before = lower.slice(0, match.index);
    const endsName = host === match[0] && WORD_BEFORE.test(before) && !before.includes(host.slice(0, dot));
    hosts.push({ host, endsName });
  }
  return hosts;
}

/** Words without the beginning of a legal form at the end of a text that was cut: `pearson education limi`. */
function withoutCutForm(words: string[], mayBeCut: boolean, data: NormaliserData): string[] {
  const isCut = mayBeCut && words.length > 1 && data.cutForms.has(words[words.length - 1] ?? '');
  return isCut ? words.slice(0, -1) : words;
}

/** Words without a city behind a legal form: `64 computers ltd london`. */
function withoutPlaceOfForm(words: string[], { places }: NormaliserData): string[] {
  const length = suffixLength(words, 0, words.length, places.cities);
  const hasForm = length > 0 && WHOLE_FORM.test(` ${words[words.length - length - 1] ?? ''}`);
  return hasForm ? words.slice(0, words.length - length) : words;
}

/** Words that say one name twice (`recipero recipero`) once. */
function once(words: string[]): string[] {
  const half = words.length / 2;
  if (words.length < 2 || words[0] !== words[half]) return words;
  return words.every((word, at) => word === words[(at + half) % words.length]) ? words.slice(0, half) : words;
}

/** The words after `t/a` or `trading as`. */
function findTrading(words: readonly string[], data: NormaliserData): string[] | undefined {
  for (let index = 1; index < words.length - 1; index += 1) {
    // All its forms begin with one of a few letters.
    const first = (words[index] ?? '').charCodeAt(0);
    if (first !== 116 && first !== 100 && first !== 97) continue;
    for (let length = TRADING_WORDS_MAX; length >= 1; length -= 1) {
      if (index + length >= words.length) continue;
      if (data.tradingAs.has(words.slice(index, index + length).join(' '))) return words.slice(index + length);
    }
  }
  return undefined;
}

/** The legal name in front of a trading name. */
function legalWords(words: readonly string[], trading: readonly string[], data: NormaliserData): readonly string[] {
  const before = words.slice(0, words.length - trading.length);
  for (let length = TRADING_WORDS_MAX; length >= 1; length -= 1) {
    if (data.tradingAs.has(before.slice(-length).join(' '))) return before.slice(0, -length);
  }
  return [];
}

/** Words without the suffixes at their end and a leading `the`; at least one word is kept. */
function withoutSuffixes(words: readonly string[], suffixes: SuffixSet): readonly string[] {
  const first = words[0] === 'the' && words.length > 1 ? 1 : 0;
  let end = words.length;
  for (let guard = words.length; guard > 0 && end - first > 1; guard -= 1) {
    const length = suffixLength(words, first, end, suffixes);
    if (length === 0) break;
    end -= length;
  }
  return first === 0 && end === words.length ? words : words.slice(first, end);
}

/** The name without a city at its end that many firms sit in; nothing where there is none. */
function withoutHub(words: readonly string[], data: NormaliserData): readonly string[] {
  const length = suffixLength(words, 0, words.length, data.places.hubs);
  return length === 0 ? [] : words.slice(0, words.length - length);
}

/** Lower case, without the end of a web address: `qualsafe.com` → `qualsafe`. */
export function withoutHostSuffix(plain: string): string {
  return plain.toLowerCase().replace(HOST_SUFFIX, '');
}
