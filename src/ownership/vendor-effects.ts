import type { Line } from '../core/charge.js';
import { STATED_CONFIDENCE, type VendorDecision, type VendorEffect, type VendorMethod } from '../core/decision.js';
import { slug } from '../core/ids.js';
import type { OwnershipBook } from './book.js';
import type { DecisionEntry } from './entries.js';
import { tagger } from './evidence.js';
import { foldText } from './fold.js';
import { noteAndPlace } from './opinions.js';

/** What the catalogue says of a vendor named by a person; undefined when it does not know the name. */
export type VendorLookUp = (
  vendor: string,
) => Pick<VendorDecision, 'vendorId' | 'vendor' | 'domain' | 'spendClass' | 'category' | 'usualFunction'> | undefined;

/** Class methods that follow from who the vendor is: with another vendor their word is void. */
const CLASS_OF_VENDOR: readonly VendorMethod[] = ['publisher', 'alias', 'domain', 'prefix', 'fuzzy'];

/** One statement about vendor or class, with who made it. */
interface Statement {
  readonly method: 'tag' | 'rule';
  readonly who: string;
  readonly effect: VendorEffect;
  readonly where: string;
}

/**
 * Lays persons' tags, then rules, over the resolver's decision. Of the rules the strongest that speaks about a thing
 * (vendor, category, spend class, each for itself) wins; all rules see the resolver's vendor, so none depends on
 * another. The evidence says what was overruled. Returns the decision itself where nobody speaks.
 */
export function applyVendorRules(
  book: OwnershipBook,
  line: Line,
  decision: VendorDecision,
  amountMicros: bigint,
  lookUp: VendorLookUp = () => undefined,
): VendorDecision {
  const tags = book.decisionsByLine.get(line.id);
  const matched = book.vendorRules.match({ line, vendor: decision, amountMicros });
  if (tags === undefined && matched.length === 0) return decision;
  const statements: Statement[] = [
    ...(tags ?? []).map(statementOfTag),
    ...matched.flatMap((index) => {
      const rule = book.vendorRules.rules[index];
      if (rule === undefined) return [];
      return [{ method: 'rule' as const, who: `rule ${rule.id}`, effect: rule.effect, where: noteAndPlace(rule) }];
    }),
  ];
  const named = applyVendor(decision, statements, lookUp);
  return applyClass(applyCategory(named, statements), statements);
}

function statementOfTag(entry: DecisionEntry): Statement {
  return { method: 'tag', who: tagger(entry), effect: entry.effect, where: noteAndPlace(entry) };
}

function sentence(statement: Statement, what: string, overruled: string, method: VendorMethod): string {
  const instead = overruled === '' ? '' : `, instead of ${overruled}${method === 'none' ? '' : ` (by ${method})`}`;
  return `${statement.who} sets ${what}${instead}${statement.where}`;
}

function applyVendor(decision: VendorDecision, statements: readonly Statement[], lookUp: VendorLookUp): VendorDecision {
  const statement = statements.find(({ effect }) => effect.vendor !== undefined);
  const vendor = statement?.effect.vendor;
  if (statement === undefined || vendor === undefined) return decision;
  const same = foldText(vendor) === foldText(decision.vendor);
  const evidence = (): string[] => [
    ...decision.evidence(),
    sentence(statement, `the vendor to ${vendor}`, same ? '' : decision.vendor, decision.method),
  ];
  const stated = { method: statement.method, vendorConfidence: STATED_CONFIDENCE, evidence };
  if (same) return { ...decision, ...stated };
  const known = lookUp(vendor);
  const name = known ?? { vendorId: slug(vendor) || foldText(vendor), vendor, domain: '', usualFunction: '' };
  const { vendorId, domain, usualFunction } = name;
  const renamed: VendorDecision = { ...decision, ...stated, vendorId, vendor: name.vendor, domain, usualFunction };
  if (known !== undefined && known.spendClass !== 'unknown') {
    const { spendClass, category } = known;
    return { ...renamed, spendClass, category, classMethod: 'alias', classConfidence: STATED_CONFIDENCE };
  }
  if (!CLASS_OF_VENDOR.includes(decision.classMethod)) return renamed;
  return { ...renamed, spendClass: 'unknown', category: '', classMethod: 'none', classConfidence: 0 };
}

function applyCategory(decision: VendorDecision, statements: readonly Statement[]): VendorDecision {
  const statement = statements.find(({ effect }) => effect.category !== undefined);
  const category = statement?.effect.category;
  if (statement === undefined || category === undefined) return decision;
  const overruled = category === decision.category ? '' : decision.category;
  const evidence = (): string[] => [
    ...decision.evidence(),
    sentence(statement, `the category to ${category}`, overruled, decision.classMethod),
  ];
  return { ...decision, category, evidence };
}

function applyClass(decision: VendorDecision, statements: readonly Statement[]): VendorDecision {
  const statement = statements.find(({ effect }) => effect.spendClass !== undefined);
  const spendClass = statement?.effect.spendClass;
  if (statement === undefined || spendClass === undefined) return decision;
  const overruled = spendClass === decision.spendClass ? '' : decision.spendClass;
  const evidence = (): string[] => [
    ...decision.evidence(),
    sentence(statement, `the spend class to ${spendClass}`, overruled, decision.classMethod),
  ];
  const stated = {
    ...decision,
    spendClass,
    classMethod: statement.method,
    classConfidence: STATED_CONFIDENCE,
    evidence,
  };
  if (spendClass === 'technology' || spendClass === decision.spendClass) return stated;
  // Found kinds are kinds of technology, and who usually owns a vendor's technology says nothing of what else it sells.
  const isCategoryStated = statements.some(({ effect }) => effect.category !== undefined);
  return { ...stated, category: isCategoryStated ? decision.category : '', usualFunction: '' };
}
