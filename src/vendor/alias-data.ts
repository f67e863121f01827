import type { SpendClass } from '../core/charge.js';
import type { ConfigReader } from './config-reader.js';
import { fuzzyData, type FuzzyData } from './fuzzy-index.js';
import { fold, spelledOut, withoutSpaces } from './text.js';
import { textList, textTable, type TextListData, type TextTableData } from './text-table.js';
import { ALIAS_KINDS, type AliasKind } from './types.js';

/** Letters a name must have to match a payee that only begins with it, or one written without its spaces. */
export const ALIAS_LETTERS_MIN = 5;
/** Letters by which names that letters may follow are filed. */
export const OPEN_LETTERS = 4;
/** Letters a text that was cut must have to be taken for the beginning of a name. */
export const CUT_LETTERS_MIN = 9;

const LOOKS_LIKE_DOMAIN = /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/;
const IS_FOLDED = /^[a-z0-9]+(?: [a-z0-9]+)*$/;

/** A vendor with the texts that name it, and where they stand. */
export interface NamedVendor {
  readonly id: string;
  readonly spendClass: SpendClass;
  readonly name: string;
  readonly domain: string;
  readonly aliases: readonly string[];
  readonly file: string;
  readonly line: number;
}

/** Names and domains of vendors as plain data: texts with parallel lists of what belongs to each. */
export interface AliasData {
  /** Names, folded. */
  readonly names: TextTableData;
  /** Place of each name's vendor in the list of vendors. */
  readonly vendors: Int32Array;
  /** For each name the place of its kind in ALIAS_KINDS. */
  readonly kinds: Uint8Array;
  /** Places of the names that letters may follow. */
  readonly open: Int32Array;
  /** Names of several words, without their spaces, and the place of each in `names`; none that two vendors share. */
  readonly joined: TextTableData;
  readonly joinedNames: Int32Array;
  /** Names without spaces of nine letters or more in order of the alphabet, and the place of each in `names`. */
  readonly sorted: TextListData;
  readonly sortedNames: Int32Array;
  /** Of these, the ones that are looked for in spite of a wrong letter. */
  readonly fuzzy: FuzzyData;
  readonly domains: TextTableData;
  readonly domainVendors: Int32Array;
}

/** Collects all names, aliases and domains. An alias or domain on two vendors is a mistake. */
export function collectAliases(vendors: readonly NamedVendor[], reader: ConfigReader): AliasData {
  const names = new Map<string, { vendor: number; kind: AliasKind }>();
  const domains = new Map<string, number>();
  vendors.forEach((entry, vendor) => {
    const say = (message: string): void => {
      reader.mistake(entry.file, entry.line, 'aliases', message);
    };
    const ownerOf = (at: number): string => vendors[at]?.id ?? '';
    const put = (text: string): void => {
      const { key, kind } = readAlias(text);
      const before = names.get(key);
      if (key === '') say(`the alias "${text}" has no letters`);
      if (before !== undefined && before.vendor !== vendor)
        say(`the alias "${key}" of ${entry.id} belongs to ${ownerOf(before.vendor)} already`);
      if (kind === 'open' && withoutSpaces(key).length < OPEN_LETTERS)
        say(`"${text}" is too short: letters may follow ${OPEN_LETTERS} letters or more`);
      // The name itself is plain, and `=name` among the aliases narrows it.
      if (before === undefined || kind !== 'plain') names.set(key, { vendor, kind });
      if (text.includes('.')) putDomain(text.replace(/^[=~]|\*$/g, '').toLowerCase());
    };
    const putDomain = (domain: string): void => {
      if (!LOOKS_LIKE_DOMAIN.test(domain)) return;
      const before = domains.get(domain);
      if (before !== undefined && before !== vendor)
        say(`the domain "${domain}" of ${entry.id} belongs to ${ownerOf(before)} already`);
      domains.set(domain, vendor);
    };
    for (const text of [entry.name, ...entry.aliases]) {
      put(text);
      const spelled = spelledOut(text);
      if (spelled !== undefined && !names.has(readAlias(spelled).key)) put(spelled);
    }
    if (entry.domain !== '') putDomain(entry.domain);
  });
  const found = [...names.values()];
  const isOpen = ({ kind }: { kind: AliasKind }): boolean => kind === 'open';
  return {
    names: textTable([...names.keys()]),
    vendors: Int32Array.from(found, ({ vendor }) => vendor),
    kinds: Uint8Array.from(found, ({ kind }) => ALIAS_KINDS.indexOf(kind)),
    open: Int32Array.from(found.flatMap((name, place) => (isOpen(name) ? [place] : []))),
    ...withoutSpacesOf(names, vendors),
    domains: textTable([...domains.keys()]),
    domainVendors: Int32Array.from(domains.values()),
  };
}

/** `=box` is for the whole name only, `~oyster` the same and an ordinary word; behind `dropbox*` letters may follow. */
function readAlias(text: string): { key: string; kind: AliasKind } {
  if (IS_FOLDED.test(text)) return { key: text, kind: 'plain' };
  const mark = text.charAt(0);
  if (mark === '=' || mark === '~') return { key: fold(text), kind: mark === '=' ? 'whole' : 'word' };
  return { key: fold(text), kind: text.endsWith('*') ? 'open' : 'plain' };
}

/** Names without spaces. Where those of two vendors fall together none is kept, so that nothing is guessed. */
function withoutSpacesOf(
  names: ReadonlyMap<string, { readonly vendor: number; readonly kind: AliasKind }>,
  vendors: readonly NamedVendor[],
): Pick<AliasData, 'joined' | 'joinedNames' | 'sorted' | 'sortedNames' | 'fuzzy'> {
  const places = new Map<string, { at: number; vendor: number; hasSpaces: boolean; kind: AliasKind }>();
  const double = new Set<string>();
  let at = 0;
  for (const [text, { vendor, kind }] of names) {
    const key = withoutSpaces(text);
    const before = places.get(key);
    if (before !== undefined && before.vendor !== vendor) double.add(key);
    else if (before === undefined || kind !== 'plain') places.set(key, { at, vendor, hasSpaces: key !== text, kind });
    at += 1;
  }
  const kept = [...places].filter(([key]) => key.length >= ALIAS_LETTERS_MIN && !double.has(key));
  const joined = kept.filter(([, { hasSpaces }]) => hasSpaces);
  const sorted = kept.filter(([key]) => key.length >= CUT_LETTERS_MIN).sort(([a], [b]) => (a < b ? -1 : 1));
  // Only a distinctive name tells a slip; that of a vendor of something else is not worth the search.
  const telling = sorted.filter(([, { kind, vendor }]) => {
    const isDistinctive = kind === 'plain' || kind === 'open';
    return isDistinctive && vendors[vendor]?.spendClass !== 'other';
  });
  return {
    joined: textTable(joined.map(([key]) => key)),
    joinedNames: Int32Array.from(joined, ([, place]) => place.at),
    sorted: textList(sorted.map(([key]) => key)),
    sortedNames: Int32Array.from(sorted, ([, place]) => place.at),
    fuzzy: fuzzyData(telling.map(([key]) => key)),
  };
}
