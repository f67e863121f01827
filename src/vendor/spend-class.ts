import type { VendorTexts } from '../core/decision.js';
import { cloudServiceCategory, focusCategory } from './cloud-services.js';
import { byModel, combine, likeliestCategory, type ClassFinding, type Opinion } from './opinions.js';
import { fold, readPart } from './text.js';
import { SAID } from './text-model.js';
import type { Catalogue, CatalogueVendor, MerchantCategory, Mixed } from './types.js';

/** A payee the catalogue does not know; see `Named`. */
interface UnknownPayee {
  readonly clean: string;
  readonly softwareSeller: string;
}

/** How common each class of `SAID` is in shops that sell anything, and how loud the booking is there. */
const PRIOR_OF_SHOP = [0.3, 0.02, 0.68] as const;
const WEIGHT_OF_SHOP = 0.8;
const PER_MILLION = 1_000_000;
/** A bill that states a kind of service comes from a provider of technology. */
const SERVICE_CONFIDENCE = 950_000;
/** How loud it is that a payee is paid through a processor for makers of software, and how likely no category is nearer. */
const SOFTWARE_SELLER_SCORE = 5;
const SOFTWARE_SELLER_SHARE = 0.3;
/** How likely the category of a merchant category code is the category of what was bought. */
const CODE_CATEGORY_SHARE = 0.6;
/** What vendors of one class sell beside it, if the line says so. */
const SECOND_TRADES: Readonly<
  Partial<Record<Mixed, Pick<ClassFinding, 'spendClass' | 'category'> & { words: string }>>
> = {
  copies: { spendClass: 'other', category: '', words: 'sells copies beside advertising' },
  people: { spendClass: 'technology', category: 'it-services', words: 'sends people, who work on technology here' },
};

/** Technology where the bill itself names a service of its cloud or a kind of service of FOCUS; undefined otherwise. */
export function classByService(texts: VendorTexts, vendorId: string, catalogue: Catalogue): ClassFinding | undefined {
  if (texts.service === '' && texts.serviceCategory === '') return undefined;
  const { cloudServices } = catalogue;
  const own = texts.service === '' ? undefined : cloudServiceCategory(texts.service, vendorId, cloudServices);
  const kind = focusCategory(texts.serviceCategory, cloudServices);
  if (own === undefined && kind === undefined) return undefined;
  return {
    spendClass: 'technology',
    category: own ?? kind ?? '',
    method: 'service',
    confidence: SERVICE_CONFIDENCE,
    evidence: () => [
      ...(own === undefined ? [] : [`"${readPart(texts.service)}" is a service of this cloud`]),
      ...(kind === undefined ? [] : [`the bill gives the service category "${readPart(texts.serviceCategory)}"`]),
    ],
  };
}

/** What a publisher sells on a cloud's bill is technology, whoever it is. */
export function classOnMarketplace(publisher: string, cloud: string, catalogue: Catalogue): ClassFinding {
  const opinions: Opinion[] = [bySoftwareSeller(cloud)];
  collect(opinions, byModel(publisher, 'payee-text', 'publisher', catalogue.payeeModel, 'payee'));
  return {
    spendClass: 'technology',
    category: likeliestCategory(opinions),
    method: 'publisher',
    confidence: SERVICE_CONFIDENCE,
    evidence: () => [`${cloud} bills it, and sells nothing but technology for others`],
  };
}

/** What the texts beside the payee, and the words of its name, say together of the class. */
export function classByEvidence(texts: VendorTexts, payee: UnknownPayee, catalogue: Catalogue): ClassFinding {
  const opinions = opinionsBeside(texts, catalogue);
  if (payee.softwareSeller !== '') opinions.push(bySoftwareSeller(payee.softwareSeller));
  if (opinions.length === 0) collect(opinions, byDescription(texts, catalogue));
  collect(opinions, byModel(payee.clean, 'payee-text', 'payee', catalogue.payeeModel, 'payee'));
  return combine(opinions);
}

/** A shop that sells anything: its name says nothing, and what the booking says of it counts less. */
export function classOfShop(texts: VendorTexts, shop: CatalogueVendor, catalogue: Catalogue): ClassFinding {
  const opinions = opinionsBeside(texts, catalogue);
  if (opinions.length === 0) collect(opinions, byDescription(texts, catalogue));
  const found = combine(opinions, PRIOR_OF_SHOP, WEIGHT_OF_SHOP);
  return { ...found, evidence: () => [...found.evidence(), `${shop.name} sells anything`] };
}

/**
 * What the texts beside a vendor say where they speak of the second thing it sells: copies beside advertising, people who
 * work on technology. Undefined where they do not, and for vendors that sell one thing.
 */
export function classOfSecondTrade(
  texts: VendorTexts,
  vendor: CatalogueVendor,
  catalogue: Catalogue,
): ClassFinding | undefined {
  const second = SECOND_TRADES[vendor.mixed];
  if (second === undefined) return undefined;
  const found = combine(opinionsBeside(texts, catalogue));
  if (found.spendClass !== second.spendClass) return undefined;
  const evidence = (): string[] => [...found.evidence(), `${vendor.name} ${second.words}`];
  return { ...found, category: second.category, evidence };
}

/** The class with which the texts beside the payee and some words of it contradict an unsure finding; undefined if none. */
export function contradiction(
  texts: VendorTexts,
  otherWords: string,
  vendor: CatalogueVendor,
  catalogue: Catalogue,
): ClassFinding | undefined {
  // What a shop sells is of any class.
  if (vendor.spendClass === 'unknown') return undefined;
  const opinions = opinionsBeside(texts, catalogue);
  collect(opinions, byModel(otherWords, 'payee-text', 'what follows', catalogue.payeeModel, 'otherWords'));
  const found = combine(opinions);
  return found.spendClass === 'unknown' || found.spendClass === vendor.spendClass ? undefined : found;
}

/** The words of a label, folded, without its numbers: those are codes of one company's books. */
function labelWords(text: string): string {
  const folded = fold(text);
  return /[0-9]/.test(folded)
    ? folded
        .replace(/\b[0-9]+[a-z]?\b/g, '')
        .replace(/ {2,}/g, ' ')
        .trim()
    : folded;
}

function collect(opinions: Opinion[], opinion: Opinion | undefined): void {
  if (opinion !== undefined) opinions.push(opinion);
}

function opinionsBeside(texts: VendorTexts, catalogue: Catalogue): Opinion[] {
  const opinions: Opinion[] = [];
  if (texts.merchantCategory !== '') collect(opinions, byMerchantCategory(readPart(texts.merchantCategory), catalogue));
  if (texts.ledgerAccount !== '') {
    const label = labelWords(readPart(texts.ledgerAccount));
    collect(opinions, byModel(label, 'ledger-label', 'ledger label', catalogue.labelModel, 'label'));
  }
  return opinions;
}

/** Paddle and the like sell nothing but software. */
function bySoftwareSeller(seller: string): Opinion {
  return {
    method: 'payee-text',
    scores: SAID.map((name) => (name === 'technology' ? SOFTWARE_SELLER_SCORE : 0)),
    categories: () => [['other-software', SOFTWARE_SELLER_SHARE]],
    evidence: () => `${seller} takes payment for makers of software alone`,
  };
}

function byMerchantCategory(text: string, catalogue: Catalogue): Opinion | undefined {
  const code = /^\s*(\d{4})(?!\d)/.exec(text)?.[1] ?? '';
  const known = catalogue.merchantCodes.get(code) ?? catalogue.merchantTexts.get(fold(text));
  if (known !== undefined) return byCode(known, text);
  const { labelModel } = catalogue;
  return byModel(labelWords(text), 'merchant-category', 'merchant category', labelModel, 'merchantCategory');
}

function byCode({ spendClass, category, confidence }: MerchantCategory, text: string): Opinion | undefined {
  if (spendClass === 'unknown') return undefined;
  // What is not of the class is taken to be shared by the other two.
  const ratio = Math.log((confidence / (PER_MILLION - confidence)) * (SAID.length - 1));
  return {
    method: 'merchant-category',
    scores: SAID.map((name) => (name === spendClass ? ratio : 0)),
    categories: () => (category === '' ? [] : [[category, CODE_CATEGORY_SHARE]]),
    evidence: () => `merchant category "${text}" speaks for ${spendClass}`,
  };
}

function byDescription(texts: VendorTexts, catalogue: Catalogue): Opinion | undefined {
  if (texts.description === '') return undefined;
  const folded = labelWords(readPart(texts.description));
  return byModel(folded, 'payee-text', 'description', catalogue.labelModel, 'description');
}
