import type { SpendClass } from '../core/charge.js';
import type { VendorMethod, VendorTexts } from '../core/decision.js';
import { fold, PAYEE_CHARACTERS_MAX } from './normalise.js';
import { readPhrases } from './phrases.js';
import type { Catalogue } from './types.js';

/** Whether a line is technology, of what kind, and on what evidence. */
export interface ClassFinding {
  readonly spendClass: SpendClass;
  readonly category: string;
  readonly method: VendorMethod;
  /** Per million. */
  readonly confidence: number;
  readonly evidence: readonly string[];
}

interface Opinion {
  readonly spendClass: SpendClass;
  readonly category: string;
  readonly method: VendorMethod;
  readonly confidence: number;
  readonly evidence: string;
}

/** A bill that states a FOCUS service category comes from a provider of technology. */
const SERVICE_CONFIDENCE = 950_000;
/** Free text says less than a booking. */
const DESCRIPTION_FACTOR_PER_CENT = 80n;
/** Opinions of two classes closer than this do not decide. */
const CONFLICT_MARGIN = 100_000;
/** What a weaker contrary opinion costs the stronger. */
const CONFLICT_COST = 150_000;
/** What a second opinion of the same class adds, and where that ends. */
const AGREEMENT_GAIN = 40_000;
const CONFIDENCE_MAX = 960_000;

/** Technology where the bill itself names a kind of service of FOCUS; undefined otherwise. */
export function classByService(texts: VendorTexts, catalogue: Catalogue): ClassFinding | undefined {
  if (texts.serviceCategory === '') return undefined;
  const category = catalogue.services.get(fold(head(texts.serviceCategory)));
  if (category === undefined) return undefined;
  const evidence = [`the bill gives the service category "${texts.serviceCategory}"`];
  return { spendClass: 'technology', category, method: 'service', confidence: SERVICE_CONFIDENCE, evidence };
}

/**
 * The class of a line whose vendor does not tell it: merchant category, ledger label and the words of the payee, strongest
 * first. Opinions that contradict each other with about equal strength give `unknown`.
 */
export function classByEvidence(texts: VendorTexts, payee: string, catalogue: Catalogue): ClassFinding {
  const opinions = [
    byMerchantCategory(head(texts.merchantCategory), catalogue),
    byLabel(head(texts.ledgerAccount), catalogue),
    byPayee(payee, catalogue),
  ].filter((opinion) => opinion !== undefined);
  if (opinions.length === 0) opinions.push(...byDescription(head(texts.description), catalogue));
  const [top, ...others] = opinions.sort((a, b) => b.confidence - a.confidence);
  if (top === undefined) return { spendClass: 'unknown', category: '', method: 'none', confidence: 0, evidence: [] };

  const against = others.find((opinion) => opinion.spendClass !== top.spendClass);
  const evidence = [top, ...others].map((opinion) => opinion.evidence);
  if (against !== undefined && top.confidence - against.confidence < CONFLICT_MARGIN) {
    return {
      spendClass: 'unknown',
      category: '',
      method: 'none',
      confidence: 0,
      evidence: [...evidence, 'these contradict each other'],
    };
  }
  const agreeing = others.filter((opinion) => opinion.spendClass === top.spendClass);
  const gained = Math.min(CONFIDENCE_MAX, top.confidence + agreeing.length * AGREEMENT_GAIN);
  const category = [top, ...agreeing].find((opinion) => opinion.category !== '')?.category ?? '';
  return {
    spendClass: top.spendClass,
    category: top.spendClass === 'technology' ? category : '',
    method: top.method,
    confidence: against === undefined ? Math.max(top.confidence, gained) : top.confidence - CONFLICT_COST,
    evidence,
  };
}

/** The part of a text that is read, so that hostile texts stay cheap. */
function head(text: string): string {
  return text.length > PAYEE_CHARACTERS_MAX ? text.slice(0, PAYEE_CHARACTERS_MAX) : text;
}

function byMerchantCategory(text: string, catalogue: Catalogue): Opinion | undefined {
  if (text === '') return undefined;
  const code = /^\s*(\d{4})(?!\d)/.exec(text)?.[1];
  const known = code === undefined ? undefined : catalogue.merchantCodes.get(code);
  if (known !== undefined) {
    if (known.spendClass === 'unknown') return undefined;
    const { spendClass, category, confidence } = known;
    const evidence = `merchant category ${code ?? ''} (${known.text}) speaks for ${spendClass}`;
    return { spendClass, category, method: 'merchant-category', confidence, evidence };
  }
  return byPhrases(text, 'merchant-category', `merchant category "${text}"`, catalogue);
}

function byLabel(label: string, catalogue: Catalogue): Opinion | undefined {
  return label === '' ? undefined : byPhrases(label, 'ledger-label', `ledger label "${label}"`, catalogue);
}

function byPhrases(text: string, method: VendorMethod, what: string, catalogue: Catalogue): Opinion | undefined {
  const finding = readPhrases(fold(text), catalogue.labels);
  if (finding === undefined) return undefined;
  const { spendClass, category, confidence, phrase } = finding;
  return {
    spendClass,
    category,
    confidence,
    method,
    evidence: `${what} has "${phrase}", which speaks for ${spendClass}`,
  };
}

function byPayee(payee: string, catalogue: Catalogue): Opinion | undefined {
  const finding = readPhrases(payee, catalogue.payees);
  if (finding === undefined) return undefined;
  const { spendClass, category, confidence, phrase } = finding;
  return {
    spendClass,
    category,
    confidence,
    method: 'payee-text',
    evidence: `payee "${payee}" has "${phrase}", which speaks for ${spendClass}`,
  };
}

function byDescription(text: string, catalogue: Catalogue): Opinion[] {
  if (text === '') return [];
  const opinion = byPhrases(text, 'payee-text', 'the description', catalogue);
  if (opinion === undefined) return [];
  return [{ ...opinion, confidence: Number((BigInt(opinion.confidence) * DESCRIPTION_FACTOR_PER_CENT) / 100n) }];
}
