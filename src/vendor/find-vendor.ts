import type { VendorMethod } from '../core/decision.js';
import { ALIAS_LETTERS_MIN } from './alias-data.js';
import type { AliasIndex } from './alias-index.js';
import type { NormalisedPayee } from './normalise.js';
import { fold, withoutSpaces } from './text.js';
import type { Alias, CatalogueVendor } from './types.js';

/** A vendor of the catalogue found by a text, and on what evidence. */
export interface VendorFinding {
  readonly vendor: CatalogueVendor;
  readonly method: Extract<VendorMethod, 'alias' | 'domain' | 'prefix' | 'fuzzy'>;
  /** Per million. */
  readonly confidence: number;
  /** False where the rest of the line must not speak against it: an ordinary word, a slip, a cut text. */
  readonly isSure: boolean;
  /** Of a finding that is not sure, the words of the payee that may speak against it. */
  readonly otherWords: string;
  /** A sentence, made when somebody asks for it. */
  readonly evidence: () => string;
}

/** How sure each way of finding makes us of the vendor, per million. */
const CONFIDENCE = {
  /** The whole name is an alias. */
  alias: 980_000,
  /** The same, but it is an ordinary word. */
  word: 750_000,
  /** The same without spaces. */
  compact: 950_000,
  /** A web domain of the vendor stands in the text. */
  domain: 970_000,
  /** The name in a cut or foreign domain (`heartinternet.co.u`). */
  domainLabel: 900_000,
  /** The payee begins with an alias of several words. */
  leadingWords: 950_000,
  /** The payee begins with an alias of one word. */
  leadingWord: 880_000,
  /** Letters follow the alias without a space (`dropbox8vzh`). */
  open: 930_000,
  /** The payee was cut and only one vendor begins like it. */
  cut: 800_000,
  /** One letter is wrong. */
  fuzzy: 850_000,
} as const;

/** Words of the longest name that a payee may begin with. */
const LEADING_WORDS_MAX = 6;
/** Letters from which on the beginning of a name is no other name by chance. */
const CUT_LETTERS_SURE = 10;
/** Letters that the beginning of a name needs in front of a star. */
const STAR_LETTERS_MIN = 5;
const DOT_COM = 'com';

/** Finds the vendor a payee names; undefined when the index does not know it. The first way that speaks wins. */
export function findVendor(payee: NormalisedPayee, index: AliasIndex): VendorFinding | undefined {
  return (
    findWhole(payee, index) ??
    findExact(payee, index) ??
    findBehindPrefix(payee, index) ??
    findDomain(payee, index) ??
    findCompact(payee, index) ??
    findBehindStar(payee, index) ??
    findLeadingOf(payee, index) ??
    findOpen(payee.clean, payee.compact, index) ??
    findAtStar(payee, index) ??
    findCut(payee, index) ??
    findFuzzy(payee, index)
  );
}

/**
 * The vendor whose product a text names, where it is known that it names one: `Snowflake Data Cloud`. Names with which other
 * companies begin as well are taken too.
 */
export function findMaker(payee: NormalisedPayee, index: AliasIndex): VendorFinding | undefined {
  return findLeading(payee.clean, index, 0, true);
}

function sure(
  vendor: CatalogueVendor,
  method: VendorFinding['method'],
  confidence: number,
  evidence: () => string,
): VendorFinding {
  return { vendor, method, confidence, isSure: true, otherWords: '', evidence };
}

function findExact(payee: NormalisedPayee, index: AliasIndex): VendorFinding | undefined {
  // `www.box.co.uk` is another company than Box, whatever is left without the end of the address.
  const hasHost = payee.hosts.length > 0;
  for (const candidate of payee.candidates) {
    const alias = index.exact(candidate);
    if (alias === undefined || (hasHost && candidate === payee.clean && isNarrow(alias))) continue;
    // `Valid CIC` is a company of its own; who pays for Valid reads its name alone.
    if (alias.kind === 'word' && payee.hasForm) continue;
    return named(alias, () => `payee "${candidate}" is an alias of ${alias.vendor.name}`);
  }
  return undefined;
}

/** Whether a name is one that other companies bear as well. */
function isNarrow({ kind }: Alias): boolean {
  return kind === 'whole' || kind === 'word';
}

function named({ vendor, kind }: Alias, evidence: () => string): VendorFinding {
  if (kind !== 'word') return sure(vendor, 'alias', CONFIDENCE.alias, evidence);
  return { vendor, method: 'alias', confidence: CONFIDENCE.word, isSure: false, otherWords: '', evidence };
}

/** The host or one of the domains above it: `care.citrixonline.com` belongs to `citrixonline.com`. */
function findDomain(payee: NormalisedPayee, index: AliasIndex): VendorFinding | undefined {
  for (const { host, endsName } of payee.hosts) {
    for (let rest = host; rest.includes('.'); rest = rest.slice(rest.indexOf('.') + 1)) {
      const vendor = index.ofDomain(rest);
      if (vendor === undefined || (endsName && !isDistinctive(rest, index))) continue;
      const evidence = () => `the payee carries the domain ${rest} of ${vendor.name}`;
      return sure(vendor, 'domain', CONFIDENCE.domain, evidence);
    }
    const label = withoutSpaces(fold(host.slice(0, host.indexOf('.'))));
    const alias = index.withoutSpaces(label);
    // Only a vendor's own name, and not what else it is called, is looked for in an address nobody has listed.
    if (alias?.kind !== 'plain' || withoutSpaces(fold(alias.vendor.name)) !== label) continue;
    const evidence = () => `the web address "${host}" is named like ${alias.vendor.name}`;
    return sure(alias.vendor, 'domain', CONFIDENCE.domainLabel, evidence);
  }
  return undefined;
}

/** Whether the name in a domain is no name that other companies begin with. */
function isDistinctive(domain: string, index: AliasIndex): boolean {
  const alias = index.exact(domain.slice(0, domain.indexOf('.')));
  return alias !== undefined && !isNarrow(alias);
}

function findCompact(payee: NormalisedPayee, index: AliasIndex): VendorFinding | undefined {
  for (const candidate of payee.candidates) {
    const text = candidate === payee.clean ? payee.compact : withoutSpaces(candidate);
    const alias = index.withoutSpaces(text) ?? (text.endsWith(DOT_COM) ? withoutDotCom(text, index) : undefined);
    if (alias === undefined || alias.kind === 'word') continue;
    const evidence = () => `payee "${candidate}" is ${alias.vendor.name} but for the spaces`;
    return sure(alias.vendor, 'alias', CONFIDENCE.compact, evidence);
  }
  return undefined;
}

/** A company whose first word alone is a name (`InEvent Branding Limited`) may be another: its other words may say so. */
function findLeadingOf(payee: NormalisedPayee, index: AliasIndex): VendorFinding | undefined {
  const { clean, hasForm } = payee;
  const found = findLeading(clean, index);
  if (found?.confidence !== CONFIDENCE.leadingWord || !hasForm) return found;
  return { ...found, isSure: false, otherWords: clean.slice(clean.indexOf(' ') + 1) };
}

/** `tagcrowdcom`: a web address without its dot. */
function withoutDotCom(text: string, index: AliasIndex): Alias | undefined {
  const alias = index.withoutSpaces(text.slice(0, -DOT_COM.length));
  return alias === undefined || isNarrow(alias) ? undefined : alias;
}

/** The longest name that the payee begins with, whole words only. */
function findLeading(name: string, index: AliasIndex, lettersMin = 0, isProduct = false): VendorFinding | undefined {
  let end = name.indexOf(' ');
  for (let words = 1; words < LEADING_WORDS_MAX && end >= 0; words += 1) {
    const next = name.indexOf(' ', end + 1);
    if (next < 0) break;
    end = next;
  }
  for (; end > 0 && end >= lettersMin; end = name.lastIndexOf(' ', end - 1)) {
    const alias = index.beginning(name, end);
    if (alias === undefined || (isProduct ? alias.kind === 'word' : isNarrow(alias))) continue;
    if (alias.kind !== 'open' && withoutSpaces(alias.text).length < ALIAS_LETTERS_MIN) continue;
    const { vendor, text } = alias;
    const confidence = text.includes(' ') ? CONFIDENCE.leadingWords : CONFIDENCE.leadingWord;
    const evidence = () => `payee "${name}" begins with "${text}", an alias of ${vendor.name}`;
    return sure(vendor, 'prefix', confidence, evidence);
  }
  return undefined;
}

/** A name of which the prefix is a part: `stripe payments`. */
function findWhole(payee: NormalisedPayee, index: AliasIndex): VendorFinding | undefined {
  for (const whole of payee.wholes) {
    const alias = index.exact(whole);
    if (alias !== undefined) return named(alias, () => `payee "${whole}" is an alias of ${alias.vendor.name}`);
  }
  return undefined;
}

/** Shops that keep their name in front of what they sold: `google *ads123`, `ebay o*12-345`. */
function findBehindPrefix(payee: NormalisedPayee, index: AliasIndex): VendorFinding | undefined {
  const { prefixes } = payee;
  const last = prefixes[prefixes.length - 1];
  const whole = payee.wholes[0];
  if (last === undefined || whole === undefined) return undefined;
  // A processor's own name in front says nothing of who is paid; only a longer one does.
  const lettersMin = last.kind === 'shop' ? 0 : fold(prefixes.map(({ text }) => text).join(' ')).length + 1;
  return findOpen(whole, withoutSpaces(whole), index, lettersMin) ?? findLeading(whole, index, lettersMin);
}

/** A distinctive name behind a star, when nobody has listed what stands before it: `ebn *semrush`, `akamai *linode`. */
function findBehindStar({ star }: NormalisedPayee, index: AliasIndex): VendorFinding | undefined {
  if (star === undefined) return undefined;
  const { behind } = star;
  const alias = index.exact(behind) ?? index.withoutSpaces(withoutSpaces(behind));
  if (alias === undefined || isNarrow(alias)) return findLeading(behind, index);
  return named(alias, () => `"${behind}" behind the star is an alias of ${alias.vendor.name}`);
}

/** The beginning of a name before a star (`bitdef*total`), or any name behind it. */
function findAtStar({ star }: NormalisedPayee, index: AliasIndex): VendorFinding | undefined {
  if (star === undefined) return undefined;
  const { before, behind } = star;
  const first = onlyName(index.begunBy(withoutSpaces(before), STAR_LETTERS_MIN));
  const alias = first ?? index.exact(behind);
  if (alias === undefined || alias.kind === 'word') return undefined;
  return named(alias, () => `"${first === undefined ? behind : before}" at the star names ${alias.vendor.name}`);
}

function findOpen(name: string, text: string, index: AliasIndex, lettersMin = 0): VendorFinding | undefined {
  const alias = index.openedBy(text);
  if (alias === undefined || alias.text.length < lettersMin) return undefined;
  const evidence = (): string => `payee "${name}" begins with "${alias.text}", an alias of ${alias.vendor.name}`;
  return sure(alias.vendor, 'prefix', CONFIDENCE.open, evidence);
}

/** The one vendor whose name begins with the whole text, where cards cut texts off. */
function findCut(payee: NormalisedPayee, index: AliasIndex): VendorFinding | undefined {
  if (!payee.mayBeCut) return undefined;
  const vendor = onlyName(index.begunBy(payee.compact))?.vendor;
  if (vendor === undefined) return undefined;
  const evidence = (): string => `payee "${payee.clean}" looks cut off, and only ${vendor.name} begins like it`;
  // The words of a long beginning are the vendor's own, and speak neither for nor against it.
  const otherWords = payee.compact.length < CUT_LETTERS_SURE ? payee.clean : '';
  return { vendor, method: 'prefix', confidence: CONFIDENCE.cut, isSure: false, otherWords, evidence };
}

/** The first of some names, where all are of one vendor. */
function onlyName(aliases: readonly Alias[]): Alias | undefined {
  const first = aliases[0];
  if (aliases.length < 2) return first;
  return aliases.every(({ vendor }) => vendor === first?.vendor) ? first : undefined;
}

/** The one vendor whose name differs by one letter from the whole payee or from its first word. */
function findFuzzy(payee: NormalisedPayee, index: AliasIndex): VendorFinding | undefined {
  const space = payee.clean.indexOf(' ');
  return (
    oneLetterOff(payee.compact, payee.clean, index) ??
    (space > 0 ? oneLetterOff(payee.clean.slice(0, space), payee.clean, index) : undefined)
  );
}

function oneLetterOff(text: string, name: string, index: AliasIndex): VendorFinding | undefined {
  const alias = onlyName(index.oneLetterOff(text));
  if (alias === undefined) return undefined;
  const { vendor } = alias;
  const evidence = (): string => `payee "${name}" is "${alias.text}" of ${vendor.name} but for one letter`;
  return { vendor, method: 'fuzzy', confidence: CONFIDENCE.fuzzy, isSure: false, otherWords: name, evidence };
}
