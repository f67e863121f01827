import type { VendorDecision, VendorResolver, VendorTexts } from '../core/decision.js';
import type { AliasIndex } from './alias-index.js';
import { isCloud } from './cloud-services.js';
import { createNamer, type Named, type Namer } from './name-vendor.js';
import type { ClassFinding } from './opinions.js';
import { remembering } from './remember.js';
import { classByEvidence, classByService, classOfSecondTrade, classOfShop, classOnMarketplace } from './spend-class.js';
import type { Catalogue } from './types.js';

/**
 * `vendor/` as one pure function over a line's texts: who is really paid, is it technology, and why. Never throws. What is
 * asked again costs a look-up. `own` are vendors of the workspace, which come before the catalogue's.
 */
export function createVendorResolver(catalogue: Catalogue, own?: AliasIndex): VendorResolver {
  const judge = createVendorJudge(catalogue, own);
  return remembering(textsKey, (texts) => {
    // What is remembered holds on to the texts alone; few decisions are ever opened, and those are judged again.
    const { payee, publisher, service, serviceCategory, ledgerAccount, merchantCategory, description } = texts;
    const asked = { payee, publisher, service, serviceCategory, ledgerAccount, merchantCategory, description };
    return withEvidence(judge(texts), () => judge(asked).evidence());
  });
}

/** A decision with other evidence. Written out: copying by `...` takes as long as naming a vendor. */
function withEvidence(decision: VendorDecision, evidence: () => readonly string[]): VendorDecision {
  return {
    vendorId: decision.vendorId,
    vendor: decision.vendor,
    domain: decision.domain,
    spendClass: decision.spendClass,
    category: decision.category,
    usualFunction: decision.usualFunction,
    method: decision.method,
    classMethod: decision.classMethod,
    vendorConfidence: decision.vendorConfidence,
    classConfidence: decision.classConfidence,
    evidence,
  };
}

/** The same without a memory, for one who opens every decision. */
export function createVendorJudge(catalogue: Catalogue, own?: AliasIndex): VendorResolver {
  const namer = createNamer(catalogue, own);
  return (texts) => {
    const named = namer.name(texts);
    const found = classify(texts, named, namer, catalogue);
    const paid = named.known?.productOf ?? named.known;
    return {
      vendorId: named.vendorId,
      vendor: named.vendor,
      domain: paid?.domain ?? '',
      spendClass: found.spendClass,
      category: found.spendClass === 'technology' ? found.category : '',
      usualFunction: usualFunction(named, found, catalogue),
      method: named.method,
      classMethod: found.method,
      vendorConfidence: named.confidence,
      classConfidence: found.confidence,
      evidence: () => [...new Set([...named.evidence(), ...found.evidence()])],
    };
  };
}

/** All that is read of a line, as one text. */
export function textsKey(texts: VendorTexts): string {
  const { payee, publisher, service, serviceCategory, ledgerAccount, merchantCategory, description } = texts;
  const isAlone = publisher === '' && service === '' && serviceCategory === '' && ledgerAccount === '';
  if (isAlone && merchantCategory === '' && description === '' && !payee.includes('\u0000')) return payee;
  const beside = `${ledgerAccount}\u0000${merchantCategory}\u0000${description}`;
  return `${payee}\u0000${beside}\u0000${publisher}\u0000${service}\u0000${serviceCategory}`;
}

/** The vendor's own; for a company nobody knows, that of its kind of technology. */
function usualFunction({ known }: Named, found: ClassFinding, catalogue: Catalogue): string {
  if (known !== undefined && (known.usualFunction !== '' || known.spendClass !== 'unknown')) return known.usualFunction;
  if (found.spendClass === 'advertising') return 'marketing';
  return found.spendClass === 'technology' ? (catalogue.categories.get(found.category)?.usualFunction ?? '') : '';
}

/** The catalogue's word on a vendor is final; general shops and unknown companies are judged by the rest of the line. */
function classify(texts: VendorTexts, named: Named, namer: Namer, catalogue: Catalogue): ClassFinding {
  const { known } = named;
  const service = classByService(texts, named.vendorId, catalogue);
  const second = known === undefined ? undefined : classOfSecondTrade(texts, known, catalogue);
  if (second !== undefined) return second;
  if (known !== undefined && known.spendClass !== 'unknown') return classOfKnown(texts, named, namer, service);
  if (service !== undefined) return service;
  const cloud = known === undefined ? cloudThatBills(texts, named, namer, catalogue) : undefined;
  if (cloud !== undefined) return classOnMarketplace(named.clean, cloud.vendor, catalogue);
  return known?.mixed === 'anything' ? classOfShop(texts, known, catalogue) : classByEvidence(texts, named, catalogue);
}

/** The cloud on whose bill a publisher's product stands. */
function cloudThatBills(texts: VendorTexts, named: Named, namer: Namer, catalogue: Catalogue): Named | undefined {
  if (named.method !== 'publisher' || texts.payee.trim() === '') return undefined;
  const payee = namer.namePayee(texts);
  return isCloud(payee.vendorId, catalogue.cloudServices) ? payee : undefined;
}

function classOfKnown(texts: VendorTexts, named: Named, namer: Namer, service: ClassFinding | undefined): ClassFinding {
  const { known, method, confidence } = named;
  const spendClass = known?.spendClass ?? 'unknown';
  const evidence = (): string[] => [`the catalogue has ${known?.name ?? ''} as ${spendClass}`];
  const isByService = spendClass === 'technology' && service !== undefined && service.category !== '';
  if (!isByService || !isNative(texts, named, namer)) {
    return { spendClass, category: known?.category ?? '', method, confidence, evidence };
  }
  const both = (): string[] => [...evidence(), ...service.evidence()];
  return { spendClass, category: service.category, method, confidence, evidence: both };
}

/** Whether the maker of a service bills it itself: then the kind of service says more than the maker's usual kind. */
function isNative(texts: VendorTexts, named: Named, namer: Namer): boolean {
  if (named.method !== 'publisher' || texts.payee.trim() === '') return true;
  return namer.namePayee(texts).vendorId === named.vendorId;
}
