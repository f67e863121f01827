import type { VendorDecision, VendorResolver, VendorTexts } from '../core/decision.js';
import { fingerprint, slug } from '../core/ids.js';
import { findVendor, type VendorFinding } from './find-vendor.js';
import { normalisePayee, PAYEE_CHARACTERS_MAX, type NormalisedPayee } from './normalise.js';
import { classByEvidence, classByService, type ClassFinding } from './spend-class.js';
import type { Catalogue, CatalogueVendor } from './types.js';

/** The source itself says who made the thing. */
const PUBLISHER_CONFIDENCE = 980_000;
/** A company nobody knows is named by its payee text, as well as that text names it. */
const PAYEE_TEXT_CONFIDENCE = 600_000;
/** General shops sell anything: what the booking says of them counts less. */
const SHOP_COST = 150_000;
/** Id and name where a line names nobody. */
const NOBODY = { vendorId: 'no-payee', vendor: 'No payee' } as const;
/** Characters of an id made from a payee text. */
const SLUG_CHARACTERS_MAX = 80;
const HASH_CHARACTERS = 12;

/** Who is paid, before the spend class is known. */
interface Named {
  readonly vendorId: string;
  readonly vendor: string;
  /** The entry of the catalogue, undefined for a company it does not know. */
  readonly known: CatalogueVendor | undefined;
  readonly method: VendorDecision['method'];
  readonly confidence: number;
  readonly evidence: readonly string[];
  /** Folded payee for the words in it. */
  readonly clean: string;
}

/** `vendor/` as one pure function over a line's texts: who is really paid, is it technology, and why. Never throws. */
export function createVendorResolver(catalogue: Catalogue): VendorResolver {
  return (texts) => {
    const named = nameVendor(texts, catalogue);
    const found = classify(texts, named, catalogue);
    const { known } = named;
    return {
      vendorId: named.vendorId,
      vendor: named.vendor,
      domain: known?.domain ?? '',
      spendClass: found.spendClass,
      category: found.spendClass === 'technology' ? found.category : '',
      usualFunction: known?.usualFunction ?? '',
      method: named.method,
      classMethod: found.method,
      vendorConfidence: named.confidence,
      classConfidence: found.confidence,
      evidence: [...new Set([...named.evidence, ...found.evidence])],
    };
  };
}

/** A publisher that the source names comes before the payee, who may be a marketplace or reseller. */
function nameVendor(texts: VendorTexts, catalogue: Catalogue): Named {
  if (texts.publisher.trim() === '') return nameByPayee(texts.payee, catalogue);
  const publisher = nameByPayee(texts.publisher, catalogue);
  const evidence = [`the source names the publisher "${texts.publisher.slice(0, PAYEE_CHARACTERS_MAX)}"`];
  return { ...publisher, method: 'publisher', confidence: PUBLISHER_CONFIDENCE, evidence };
}

function nameByPayee(text: string, catalogue: Catalogue): Named {
  const payee = normalisePayee(text, catalogue.normaliser);
  const finding =
    findVendor(payee, text.slice(0, PAYEE_CHARACTERS_MAX), catalogue) ?? nameByProcessor(payee, catalogue);
  return finding === undefined ? nameUnknown(payee, catalogue) : nameKnown(payee, finding);
}

function nameKnown(payee: NormalisedPayee, finding: VendorFinding): Named {
  const { vendor, method, confidence } = finding;
  const evidence = [...payee.evidence, finding.evidence];
  return { vendorId: vendor.id, vendor: vendor.name, known: vendor, method, confidence, evidence, clean: payee.clean };
}

/** Nothing stands behind the processor's prefix: the processor itself is paid, where it can be. */
function nameByProcessor(payee: NormalisedPayee, catalogue: Catalogue): VendorFinding | undefined {
  if (payee.clean !== '' || payee.processor === undefined) return undefined;
  const vendor = catalogue.processorVendors.get(payee.processor);
  if (vendor === undefined) return undefined;
  return {
    vendor,
    method: 'alias',
    confidence: PAYEE_TEXT_CONFIDENCE,
    evidence: `no payee is named behind ${vendor.name}`,
  };
}

function nameUnknown(payee: NormalisedPayee, catalogue: Catalogue): Named {
  const base = { known: undefined, clean: payee.clean } as const;
  if (payee.clean === '') return { ...NOBODY, ...base, method: 'none', confidence: 0, evidence: payee.evidence };
  const evidence = [...payee.evidence, `"${payee.display}" is not in the catalogue`];
  const vendorId = unknownId(payee, catalogue);
  return {
    ...base,
    vendorId,
    vendor: payee.display,
    method: 'payee-text',
    confidence: PAYEE_TEXT_CONFIDENCE,
    evidence,
  };
}

/** The slug of the cleaned payee; a hash where it has no Latin letters; never an id of the catalogue. */
function unknownId(payee: NormalisedPayee, catalogue: Catalogue): string {
  const id = slug(payee.clean).slice(0, SLUG_CHARACTERS_MAX);
  if (id === '') return `payee-${fingerprint([payee.clean]).slice(0, HASH_CHARACTERS)}`;
  return catalogue.vendors.has(id) || id === NOBODY.vendorId ? `${id}-payee` : id;
}

/** The catalogue's word on a vendor is final; general shops and unknown companies are judged by the rest of the line. */
function classify(texts: VendorTexts, named: Named, catalogue: Catalogue): ClassFinding {
  const { known } = named;
  const service = classByService(texts, catalogue);
  if (known !== undefined && known.spendClass !== 'unknown') {
    const evidence = [`the catalogue has ${known.name} as ${known.spendClass}`];
    const own = {
      spendClass: known.spendClass,
      category: known.category,
      method: named.method,
      confidence: named.confidence,
      evidence,
    };
    if (known.spendClass !== 'technology' || service === undefined || service.category === '') return own;
    return isNative(texts, named, catalogue)
      ? { ...own, category: service.category, evidence: [...evidence, ...service.evidence] }
      : own;
  }
  if (service !== undefined) return service;
  const found = classByEvidence(texts, named.clean, catalogue);
  if (known === undefined || found.spendClass === 'unknown') return found;
  const evidence = [...found.evidence, `${known.name} sells anything`];
  return { ...found, confidence: Math.max(0, found.confidence - SHOP_COST), evidence };
}

/** Whether the maker of a service bills it itself: then the kind of service says more than the maker's usual kind. */
function isNative(texts: VendorTexts, named: Named, catalogue: Catalogue): boolean {
  if (texts.publisher.trim() === '' || texts.payee.trim() === '') return true;
  return nameByPayee(texts.payee, catalogue).vendorId === named.vendorId;
}
