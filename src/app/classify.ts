import { EMPTY_LINE_TEXTS, type SpendClass } from '../core/charge.js';
import type { VendorDecision, VendorMethod, VendorTexts } from '../core/decision.js';
import { remembering } from '../vendor/remember.js';
import { textsKey } from '../vendor/resolve.js';
import { loadKnowledge } from './knowledge.js';

/** What `spendshift classify` is asked about one payment. All but `text` may be left out. */
export interface ClassifyQuestion {
  readonly id?: string | number | null | undefined;
  /** The payee as it stands in a card feed, a ledger or a cloud bill. */
  readonly text: string;
  /** Merchant category code of ISO 18245. */
  readonly mcc?: string | number | null | undefined;
  /** Merchant category in words. */
  readonly categoryText?: string | null | undefined;
  /** Label of the ledger account it is booked to. */
  readonly ledgerLabel?: string | null | undefined;
  readonly description?: string | null | undefined;
  /** Who made the thing, where a marketplace says so. */
  readonly publisher?: string | null | undefined;
  readonly service?: string | null | undefined;
  readonly serviceCategory?: string | null | undefined;
}

/** The answer: null where it abstains. Confidence is between 0 and 1, with three decimals. */
export interface ClassifyAnswer {
  readonly id: string | number | null;
  readonly vendor: string | null;
  readonly vendorId: string | null;
  readonly domain: string | null;
  readonly spendClass: Exclude<SpendClass, 'unknown'> | null;
  readonly category: string | null;
  readonly usualFunction: string | null;
  /** How the vendor was named. */
  readonly method: VendorMethod;
  readonly confidence: { readonly vendor: number; readonly spendClass: number };
  readonly evidence: readonly string[];
}

const PER_MILLION_IN_THOUSANDTHS = 1_000;

/** Answers questions about payments from the shipped catalogue; no workspace, no ledger. What comes again costs a look-up. */
export function classifier(): (question: ClassifyQuestion) => ClassifyAnswer {
  const { judge } = loadKnowledge();
  const answer = remembering(textsKey, (texts: VendorTexts) => answerOf(judge(texts)));
  return (question) => ({ id: question.id ?? null, ...answer(textsOf(question)) });
}

function answerOf(decision: VendorDecision): Omit<ClassifyAnswer, 'id'> {
  const isNamed = decision.method !== 'none';
  return {
    vendor: isNamed ? decision.vendor : null,
    vendorId: isNamed ? decision.vendorId : null,
    domain: orNull(decision.domain),
    spendClass: decision.spendClass === 'unknown' ? null : decision.spendClass,
    category: orNull(decision.category),
    usualFunction: orNull(decision.usualFunction),
    method: decision.method,
    confidence: {
      vendor: thousandths(decision.vendorConfidence),
      spendClass: thousandths(decision.classConfidence),
    },
    evidence: decision.evidence(),
  };
}

function textsOf(question: ClassifyQuestion): VendorTexts {
  const code = question.mcc === null || question.mcc === undefined ? '' : String(question.mcc).trim();
  const category = question.categoryText ?? '';
  return {
    ...EMPTY_LINE_TEXTS,
    payee: question.text,
    publisher: question.publisher ?? '',
    service: question.service ?? '',
    serviceCategory: question.serviceCategory ?? '',
    ledgerAccount: question.ledgerLabel ?? '',
    merchantCategory: code === '' ? category : `${code.padStart(4, '0')} ${category}`.trim(),
    description: question.description ?? '',
  };
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}

function thousandths(perMillion: number): number {
  return Math.round(perMillion / PER_MILLION_IN_THOUSANDTHS) / PER_MILLION_IN_THOUSANDTHS;
}
