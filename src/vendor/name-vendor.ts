import type { VendorMethod, VendorTexts } from '../core/decision.js';
import { fingerprint, slug } from '../core/ids.js';
import type { AliasIndex } from './alias-index.js';
import { isCloud, isNativeService } from './cloud-services.js';
import { displayName } from './display-name.js';
import { findMaker, findVendor, type VendorFinding } from './find-vendor.js';
import { evidenceOfPrefixes, normalisePayee, type NormalisedPayee } from './normalise.js';
import { contradiction } from './spend-class.js';
import { readPart } from './text.js';
import type { Catalogue, CatalogueVendor } from './types.js';

/** Who is paid, before the spend class is known. */
export interface Named {
  readonly vendorId: string;
  readonly vendor: string;
  /** The entry of the catalogue, undefined for a company it does not know. */
  readonly known: CatalogueVendor | undefined;
  readonly method: VendorMethod;
  /** Per million. */
  readonly confidence: number;
  /** Folded payee for the words in it. */
  readonly clean: string;
  /** Who takes payment for makers of software alone and stands in front of the name; empty where nobody does. */
  readonly softwareSeller: string;
  /** Sentences, made when somebody asks for them. */
  readonly evidence: () => readonly string[];
}

/** Names who is paid for a line. */
export interface Namer {
  /** A publisher that the source names comes before the payee, who may be a marketplace or reseller. */
  readonly name: (texts: VendorTexts) => Named;
  /** The payee alone. */
  readonly namePayee: (texts: VendorTexts) => Named;
}

/** The source itself says who made the thing. */
const PUBLISHER_CONFIDENCE = 980_000;
/** A company nobody knows is named by its payee text, as well as that text names it. */
const PAYEE_TEXT_CONFIDENCE = 700_000;
/** Id and name where a line names nobody. */
const NOBODY = { vendorId: 'no-payee', vendor: 'No payee' } as const;
/** Characters of an id made from a payee text. */
const SLUG_CHARACTERS_MAX = 80;
const HASH_CHARACTERS = 12;
const IS_PLAIN = /^[a-z0-9 ]+$/;
/** What must stand behind the prefix of a shop, and of a processor, to be a name. */
const HAS_WORD = /[a-z]{3}/;
const HAS_LETTER = /\p{L}/u;
const NO_SENTENCES = (): string[] => [];

/** A text taken apart and looked up. */
interface LookedUp {
  readonly payee: NormalisedPayee;
  readonly finding: VendorFinding | undefined;
}

/** A namer over a catalogue. `own` are vendors of the workspace, which come before the catalogue's. */
export function createNamer(catalogue: Catalogue, own: AliasIndex | undefined): Namer {
  const lookUp = (text: string): LookedUp => {
    const payee = normalisePayee(text, catalogue.normaliser);
    const finding = (own === undefined ? undefined : findVendor(payee, own)) ?? findVendor(payee, catalogue.names);
    return { payee, finding: finding ?? findProcessor(payee, catalogue) };
  };
  const nameLookedUp = ({ payee, finding }: LookedUp, texts: VendorTexts): Named => {
    if (finding === undefined) return nameUnknown(payee, catalogue, NO_SENTENCES);
    const against = finding.isSure ? undefined : contradiction(texts, finding.otherWords, finding.vendor, catalogue);
    if (against === undefined) return nameKnown(payee, finding);
    const evidence = (): string[] => [
      `${finding.evidence()}, but this is ${against.spendClass}`,
      ...against.evidence(),
    ];
    return nameUnknown(payee, catalogue, evidence);
  };
  const nameText = (text: string, texts: VendorTexts): Named => nameLookedUp(lookUp(text), texts);
  const nameProduct = (text: string, texts: VendorTexts): Named => {
    const found = lookUp(text);
    const named = nameLookedUp(found, texts);
    const maker = named.known === undefined ? findMaker(found.payee, catalogue.names) : undefined;
    return maker === undefined ? named : nameKnown(found.payee, maker);
  };
  return {
    namePayee: (texts) => nameText(texts.payee, texts),
    name: (texts) => {
      const isPublished = texts.publisher.trim() !== '';
      const named = nameText(isPublished ? texts.publisher : texts.payee, texts);
      const seller = isOthersService(texts, named, catalogue) ? nameProduct(texts.service, texts) : undefined;
      if (seller !== undefined && isSeller(seller, named)) return sellerOn(named, seller, texts);
      return isPublished ? asPublisher(named, texts) : named;
    },
  };
}

function asPublisher(named: Named, texts: VendorTexts): Named {
  const evidence = (): string[] => [`the source names the publisher "${readPart(texts.publisher)}"`];
  return { ...named, method: 'publisher', confidence: PUBLISHER_CONFIDENCE, evidence };
}

/** On a cloud's bill, a service that is not the cloud's own. */
function isOthersService(texts: VendorTexts, named: Named, { cloudServices }: Catalogue): boolean {
  if (texts.service === '' || !isCloud(named.vendorId, cloudServices)) return false;
  return !isNativeService(texts.service, named.vendorId, cloudServices);
}

/** Whether what a service bears is the name of a vendor of technology, and of another one than the cloud. */
function isSeller(seller: Named, cloud: Named): boolean {
  const { known, vendorId } = seller;
  return known?.spendClass === 'technology' && vendorId !== cloud.vendorId && known.parent !== cloud.vendorId;
}

function sellerOn(cloud: Named, seller: Named, texts: VendorTexts): Named {
  const evidence = (): string[] => [
    `"${readPart(texts.service)}" on the bill of ${cloud.vendor} is not its own`,
    ...seller.evidence(),
  ];
  return { ...seller, evidence };
}

/** Nothing stands behind the processor's prefix: the processor itself is paid, where it can be. */
function findProcessor(payee: NormalisedPayee, catalogue: Catalogue): VendorFinding | undefined {
  const last = payee.prefixes[payee.prefixes.length - 1];
  if (last === undefined) return undefined;
  const { clean } = payee;
  const isNameless =
    clean === '' ||
    catalogue.normaliser.purchaseTexts.has(clean) ||
    !(last.kind === 'shop' ? HAS_WORD : HAS_LETTER).test(clean);
  const vendor = isNameless ? catalogue.processorVendors.get(last.processorId) : undefined;
  if (vendor === undefined) return undefined;
  const evidence = (): string => `no payee is named behind ${vendor.name}`;
  return { vendor, method: 'alias', confidence: PAYEE_TEXT_CONFIDENCE, isSure: true, otherWords: '', evidence };
}

function nameKnown(payee: NormalisedPayee, finding: VendorFinding): Named {
  const { vendor, method, confidence } = finding;
  const paid = vendor.productOf ?? vendor;
  return {
    vendorId: paid.id,
    vendor: paid.name,
    known: vendor,
    method,
    confidence,
    clean: payee.clean,
    softwareSeller: '',
    evidence: () => [
      ...evidenceOfPrefixes(payee),
      finding.evidence(),
      ...(vendor === paid ? [] : [`${vendor.name} is a product of ${paid.name}`]),
    ],
  };
}

function nameUnknown(payee: NormalisedPayee, catalogue: Catalogue, against: () => string[]): Named {
  const { clean } = payee;
  if (clean === '') return nameNobody(payee);
  const vendor = displayName(payee, catalogue.normaliser);
  return {
    vendorId: unknownId(clean, catalogue),
    vendor,
    known: undefined,
    method: 'payee-text',
    confidence: PAYEE_TEXT_CONFIDENCE,
    clean,
    softwareSeller: payee.prefixes.find(({ kind }) => kind === 'software')?.processorName ?? '',
    evidence: () => [...evidenceOfPrefixes(payee), ...against(), `"${vendor}" is not in the catalogue`],
  };
}

function nameNobody(payee: NormalisedPayee): Named {
  const evidence = (): string[] => evidenceOfPrefixes(payee);
  return { ...NOBODY, known: undefined, method: 'none', confidence: 0, clean: '', softwareSeller: '', evidence };
}

/** The slug of the cleaned payee; a hash where it has no Latin letters; never an id of the catalogue. */
function unknownId(clean: string, catalogue: Catalogue): string {
  const id = IS_PLAIN.test(clean)
    ? clean.slice(0, SLUG_CHARACTERS_MAX).replaceAll(' ', '-')
    : slug(clean).slice(0, SLUG_CHARACTERS_MAX);
  if (id === '') return `payee-${fingerprint([clean]).slice(0, HASH_CHARACTERS)}`;
  return catalogue.vendors.has(id) || id === NOBODY.vendorId ? `${id}-payee` : id;
}
