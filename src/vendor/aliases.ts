import type { ConfigReader } from './config-reader.js';
import { fold } from './normalise.js';
import type { Alias, Catalogue, CatalogueVendor } from './types.js';

/** Letters an alias must have to match a payee that only begins with it, or one that was cut off. */
export const ALIAS_LETTERS_MIN = 5;

/** Part of the catalogue that finds vendors by name. */
export type AliasIndex = Pick<
  Catalogue,
  'exact' | 'compact' | 'leading' | 'open' | 'openLengths' | 'sorted' | 'domains'
>;

interface VendorEntry {
  readonly vendor: CatalogueVendor;
  readonly aliases: readonly string[];
  readonly line: number;
}

const LOOKS_LIKE_DOMAIN = /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/;

/**
 * Files all names, aliases and domains. `=box` is for whole names only, `dropbox*` lets letters follow, a domain counts as
 * a domain too. An alias or domain on two vendors is a mistake.
 */
export function compileAliases(entries: readonly VendorEntry[], reader: ConfigReader): AliasIndex {
  const exact = new Map<string, CatalogueVendor>();
  const leading = new Map<string, CatalogueVendor>();
  const open = new Map<string, CatalogueVendor>();
  const domains = new Map<string, CatalogueVendor>();
  const put = (map: Map<string, CatalogueVendor>, key: string, entry: VendorEntry, what: string): void => {
    const before = map.get(key);
    if (before !== undefined && before !== entry.vendor) {
      reader.mistake(
        'vendors.csv',
        entry.line,
        'aliases',
        `${what} "${key}" of ${entry.vendor.id} belongs to ${before.id} already`,
      );
    }
    map.set(key, entry.vendor);
  };
  for (const entry of entries) {
    const wholeOnly = new Set(entry.aliases.filter((alias) => alias.startsWith('=')).map((alias) => fold(alias)));
    for (const alias of [entry.vendor.name, ...entry.aliases]) {
      const key = fold(alias);
      const bare = alias.replace(/^=|\*$/g, '').toLowerCase();
      if (key === '') reader.mistake('vendors.csv', entry.line, 'aliases', `the alias "${alias}" has no letters`);
      put(exact, key, entry, 'the alias');
      if (alias.endsWith('*')) put(open, key.replaceAll(' ', ''), entry, 'the alias');
      if (!wholeOnly.has(key) && (letters(key) >= ALIAS_LETTERS_MIN || alias.endsWith('*')))
        leading.set(key, entry.vendor);
      if (LOOKS_LIKE_DOMAIN.test(bare)) put(domains, bare, entry, 'the domain');
    }
    if (entry.vendor.domain !== '') put(domains, entry.vendor.domain, entry, 'the domain');
  }
  const openLengths = [...new Set([...open.keys()].map((key) => key.length))].sort((a, b) => b - a);
  return { exact, compact: compactOf(exact), leading, open, openLengths, sorted: sortedOf(exact), domains };
}

/** Aliases without spaces; two vendors that fall together are left out, so that nothing is guessed. */
function compactOf(exact: ReadonlyMap<string, CatalogueVendor>): Map<string, CatalogueVendor> {
  const compact = new Map<string, CatalogueVendor>();
  const double = new Set<string>();
  for (const [text, vendor] of exact) {
    const key = text.replaceAll(' ', '');
    if (key.length < ALIAS_LETTERS_MIN) continue;
    if ((compact.get(key) ?? vendor) !== vendor) double.add(key);
    compact.set(key, vendor);
  }
  for (const key of double) compact.delete(key);
  return compact;
}

function sortedOf(exact: ReadonlyMap<string, CatalogueVendor>): Alias[] {
  return [...exact]
    .map(([text, vendor]) => ({ text: text.replaceAll(' ', ''), vendor }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

function letters(key: string): number {
  return key.replaceAll(' ', '').length;
}
