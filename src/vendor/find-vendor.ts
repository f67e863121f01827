import type { VendorMethod } from '../core/decision.js';
import { ALIAS_LETTERS_MIN } from './aliases.js';
import { fold, type NormalisedPayee } from './normalise.js';
import { readPhrases } from './phrases.js';
import type { Catalogue, CatalogueVendor } from './types.js';

/** A vendor of the catalogue found by a text, and on what evidence. */
export interface VendorFinding {
  readonly vendor: CatalogueVendor;
  readonly method: Extract<VendorMethod, 'alias' | 'domain' | 'prefix'>;
  /** Per million. */
  readonly confidence: number;
  readonly evidence: string;
}

/** How sure each way of finding makes us of the vendor, per million. */
const CONFIDENCE = {
  /** The whole name is an alias. */
  alias: 970_000,
  /** The same without spaces. */
  compact: 940_000,
  /** A web domain of the vendor stands in the text. */
  domain: 960_000,
  /** The name in a cut or foreign domain (`heartinternet.co.u`). */
  domainLabel: 880_000,
  /** The payee begins with an alias of several words. */
  leadingWords: 930_000,
  /** The payee begins with an alias of one word. */
  leadingWord: 860_000,
  /** Letters follow the alias without a space (`dropbox8vzh`). */
  open: 900_000,
  /** The payee was cut and only one vendor begins like it. */
  cut: 750_000,
} as const;

/** Words of a payee that are tried as a leading alias. */
const LEADING_WORDS_MAX = 6;

/** Finds the vendor a payee names; undefined when the catalogue does not know it. The first way that speaks wins. */
export function findVendor(payee: NormalisedPayee, whole: string, catalogue: Catalogue): VendorFinding | undefined {
  return (
    findExact(payee, catalogue) ??
    findDomain(payee, catalogue) ??
    findCompact(payee, catalogue) ??
    findLeading(payee.clean, catalogue) ??
    findWhole(payee, whole, catalogue) ??
    findOpen(payee.clean, catalogue) ??
    findCut(payee, catalogue)
  );
}

function found(
  vendor: CatalogueVendor,
  method: VendorFinding['method'],
  confidence: number,
  evidence: string,
): VendorFinding {
  return { vendor, method, confidence, evidence };
}

function findExact(payee: NormalisedPayee, catalogue: Catalogue): VendorFinding | undefined {
  for (const candidate of payee.candidates) {
    const vendor = catalogue.exact.get(candidate);
    if (vendor !== undefined)
      return found(vendor, 'alias', CONFIDENCE.alias, `payee "${candidate}" is an alias of ${vendor.name}`);
  }
  return undefined;
}

/** The host or one of the domains above it: `care.citrixonline.com` belongs to `citrixonline.com`. */
function findDomain(payee: NormalisedPayee, catalogue: Catalogue): VendorFinding | undefined {
  for (const host of payee.hosts) {
    for (let rest = host; rest.includes('.'); rest = rest.slice(rest.indexOf('.') + 1)) {
      const vendor = catalogue.domains.get(rest);
      if (vendor !== undefined)
        return found(vendor, 'domain', CONFIDENCE.domain, `the payee carries the domain ${rest} of ${vendor.name}`);
    }
    const label = fold(host.slice(0, host.indexOf('.')));
    const vendor =
      label.length >= ALIAS_LETTERS_MIN ? (catalogue.leading.get(label) ?? catalogue.compact.get(label)) : undefined;
    if (vendor !== undefined && catalogue.leading.get(fold(vendor.name)) === vendor) {
      return found(vendor, 'domain', CONFIDENCE.domainLabel, `the web address "${host}" is named like ${vendor.name}`);
    }
  }
  return undefined;
}

function findCompact(payee: NormalisedPayee, catalogue: Catalogue): VendorFinding | undefined {
  for (const candidate of payee.candidates) {
    const vendor = catalogue.compact.get(candidate.replaceAll(' ', ''));
    if (vendor !== undefined)
      return found(vendor, 'alias', CONFIDENCE.compact, `payee "${candidate}" is ${vendor.name} but for the spaces`);
  }
  return undefined;
}

/** The longest alias the name begins with, whole words only. */
function findLeading(name: string, catalogue: Catalogue): VendorFinding | undefined {
  const words = name.split(' ');
  for (let length = Math.min(words.length, LEADING_WORDS_MAX); length >= 1; length -= 1) {
    const alias = words.slice(0, length).join(' ');
    const vendor = catalogue.leading.get(alias);
    if (vendor === undefined) continue;
    // A name like `sage hotel` is another company's: the words behind a one-word alias must not speak of another trade.
    const rest = words.slice(length).join(' ');
    if (length === 1 && vendor.spendClass !== 'other' && readPhrases(rest, catalogue.payees)?.spendClass === 'other')
      return undefined;
    const confidence = length === 1 ? CONFIDENCE.leadingWord : CONFIDENCE.leadingWords;
    return found(vendor, 'prefix', confidence, `payee "${name}" begins with "${alias}", an alias of ${vendor.name}`);
  }
  return undefined;
}

/** Processors that are shops of their own keep their name in front: `google *ads123`, `ebay o*12-345`. */
function findWhole(payee: NormalisedPayee, whole: string, catalogue: Catalogue): VendorFinding | undefined {
  if (payee.processor === undefined) return undefined;
  const text = fold(whole);
  return findLeading(text, catalogue) ?? findOpen(text, catalogue);
}

function findOpen(name: string, catalogue: Catalogue): VendorFinding | undefined {
  const text = name.replaceAll(' ', '');
  for (const length of catalogue.openLengths) {
    const vendor = length <= text.length ? catalogue.open.get(text.slice(0, length)) : undefined;
    if (vendor !== undefined) {
      return found(
        vendor,
        'prefix',
        CONFIDENCE.open,
        `payee "${name}" begins with "${text.slice(0, length)}", an alias of ${vendor.name}`,
      );
    }
  }
  return undefined;
}

/** The one vendor whose alias begins with the whole text, where cards cut texts off. */
function findCut(payee: NormalisedPayee, catalogue: Catalogue): VendorFinding | undefined {
  const text = payee.clean.replaceAll(' ', '');
  if (!payee.mayBeCut || text.length < ALIAS_LETTERS_MIN) return undefined;
  // `paypal internation` is PayPal's own, not the one vendor whose legal name begins with a word of groups.
  if (beginsPlace(text, catalogue)) return undefined;
  const { sorted } = catalogue;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.text ?? '') < text) low = middle + 1;
    else high = middle;
  }
  const first = sorted[low];
  if (first === undefined || !first.text.startsWith(text)) return undefined;
  for (let index = low + 1; sorted[index]?.text.startsWith(text) === true; index += 1) {
    if (sorted[index]?.vendor !== first.vendor) return undefined;
  }
  return found(
    first.vendor,
    'prefix',
    CONFIDENCE.cut,
    `payee "${payee.clean}" looks cut off, and only ${first.vendor.name} begins like it`,
  );
}

/** True when the text is the beginning of a word that groups put into the names of their companies. */
function beginsPlace(text: string, catalogue: Catalogue): boolean {
  for (const place of catalogue.normaliser.places) if (place.replaceAll(' ', '').startsWith(text)) return true;
  return false;
}
