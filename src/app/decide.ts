import { fingerprint } from '../core/ids.js';
import { once } from '../core/once.js';
import type { Decide, DecideScope, Ledger } from '../ledger/ledger.js';
import { AMOUNTS_DECIDED } from '../ledger/pull-writer.js';
import { usesAmount, type OwnerRuleFact, type OwnershipBook } from '../ownership/book.js';
import { createOwnershipDecider } from '../ownership/decide.js';
import { foldText } from '../ownership/fold.js';
import { applyVendorRules } from '../ownership/vendor-effects.js';
import { ownershipBook } from './known.js';
import type { Session } from './session.js';
import { currentSpellings, type Spellings } from './spellings.js';

const VENDOR_STATE = 'vendor-fingerprint';
const MAPPING_STATE = 'mapping-fingerprint';
const RULES_STATE = 'owner-rules';

/** What deciding did. */
export interface DecideResult {
  readonly seen: number;
  readonly changed: number;
}

/** What has to be decided, from what, and the states that say afterwards from what it was. */
interface DecidePlan {
  readonly book: OwnershipBook;
  readonly scope: DecideScope;
  /** True when who is paid stays as it was decided. */
  readonly keepVendors: boolean;
  readonly spellings: Spellings;
  readonly states: Readonly<Record<string, string>>;
}

/** True when every line is decided from the catalogue, rules and mappings as they are now. */
export async function isDecided(session: Session): Promise<boolean> {
  return (await planDecisions(session)) === undefined;
}

/**
 * Brings the decisions in the ledger in step with catalogue, rules and mappings: new lines are decided; when what
 * vendors are decided from changed, all lines anew; when only mappings changed, owners alone; when only rules changed
 * that are confined to some vendors, the owners of those vendors' lines. Writes nothing when all is in step.
 */
export async function ensureDecided(session: Session): Promise<DecideResult> {
  const plan = await planDecisions(session);
  if (plan === undefined) return { seen: 0, changed: 0 };
  const withAmounts = usesAmount(plan.book);
  return session.ledger.decide(plan.scope, decision(session, plan), { withAmounts, states: plan.states });
}

async function planDecisions(session: Session): Promise<DecidePlan | undefined> {
  const { ledger, workspace, knowledge } = session;
  const book = await ownershipBook(session);
  const wanted = {
    [VENDOR_STATE]: fingerprint([knowledge.fingerprint, book.vendorFingerprint, workspace.vendors.fingerprint]),
    [MAPPING_STATE]: fingerprint([knowledge.fingerprint, book.mappingFingerprint]),
    [RULES_STATE]: JSON.stringify(book.ownerRuleFacts),
    ...(usesAmount(book) ? { [AMOUNTS_DECIDED]: 'yes' } : {}),
  };
  const stale = new Set<string>();
  for (const [name, value] of Object.entries(wanted)) if ((await ledger.state(name)) !== value) stale.add(name);
  const vendorsStale = stale.has(VENDOR_STATE) || stale.has(AMOUNTS_DECIDED);
  const spellings = await currentSpellings(session, vendorsStale);
  const undecided = (await ledger.undecidedCount()) > 0;
  const states = { ...(stale.size === 0 ? {} : wanted), ...spellings.states };
  if (Object.keys(states).length === 0 && !undecided) return undefined;
  if (stale.size === 0) {
    const vendorOutcomeIds = await outcomesOf(ledger, spellings.changed);
    return { book, scope: { undecided: true, vendorOutcomeIds }, keepVendors: false, spellings, states };
  }
  const rulesAlone = stale.size === 1 && stale.has(RULES_STATE) && !undecided && spellings.changed.size === 0;
  const confined = rulesAlone ? await linesOfChangedRules(ledger, book) : undefined;
  const keepVendors = !vendorsStale && spellings.changed.size === 0;
  return { book, scope: confined ?? 'all', keepVendors, spellings, states };
}

/** The vendor outcomes that name one of some vendors. */
async function outcomesOf(ledger: Ledger, vendorIds: ReadonlySet<string>): Promise<Set<number>> {
  if (vendorIds.size === 0) return new Set();
  const outcomes = [...(await ledger.vendorOutcomes())].filter(([, { vendorId }]) => vendorIds.has(vendorId));
  return new Set(outcomes.map(([id]) => id));
}

/** The lines that rules which are new, gone or changed can reach; undefined when those may be any lines. */
async function linesOfChangedRules(ledger: Ledger, book: OwnershipBook): Promise<DecideScope | undefined> {
  const before = JSON.parse((await ledger.state(RULES_STATE)) ?? '[]') as OwnerRuleFact[];
  const known = new Set(before.map((fact) => fact.fingerprint));
  const still = new Set(book.ownerRuleFacts.map((fact) => fact.fingerprint));
  const changed = [
    ...before.filter((fact) => !still.has(fact.fingerprint)),
    ...book.ownerRuleFacts.filter((fact) => !known.has(fact.fingerprint)),
  ];
  const vendors = new Set<string>();
  for (const fact of changed) {
    if (fact.vendors === undefined) return undefined;
    for (const vendor of fact.vendors) vendors.add(vendor);
  }
  const outcomes = [...(await ledger.vendorOutcomes())].filter(
    ([, outcome]) => vendors.has(foldText(outcome.vendor)) || vendors.has(foldText(outcome.vendorId)),
  );
  return { undecided: false, vendorOutcomeIds: new Set(outcomes.map(([id]) => id)) };
}

function decision(session: Session, { book, keepVendors, spellings }: DecidePlan): Decide {
  const { lookUpVendor } = session.knowledge;
  const resolve = once(() => session.knowledge.resolverOf(session.workspace.vendors, spellings.variants));
  const decideOwner = createOwnershipDecider(book);
  return ({ line, vendor: before, amountMicros }) => {
    const vendor =
      keepVendors && before !== undefined
        ? before
        : applyVendorRules(book, line, resolve()(line), amountMicros, lookUpVendor);
    return { vendor, owner: decideOwner({ line, vendor, amountMicros }) };
  };
}
