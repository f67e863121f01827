import { fingerprint } from '../core/ids.js';
import type { Decide } from '../ledger/ledger.js';
import { AMOUNTS_DECIDED } from '../ledger/pull-writer.js';
import { usesAmount } from '../ownership/book.js';
import { createOwnershipDecider } from '../ownership/decide.js';
import { applyVendorRules } from '../ownership/vendor-effects.js';
import type { Session } from './session.js';

const VENDOR_STATE = 'vendor-fingerprint';
const OWNER_STATE = 'owner-fingerprint';

/** What deciding did. */
export interface DecideResult {
  readonly seen: number;
  readonly changed: number;
}

/**
 * Brings the decisions in the ledger in step with catalogue, rules and mappings: new lines are decided; when what
 * vendors are decided from changed, all lines anew; when only ownership changed, owners alone. Does nothing, and writes
 * nothing, when all is in step.
 */
export async function ensureDecided(session: Session): Promise<DecideResult> {
  const { ledger, workspace, knowledge } = session;
  const book = workspace.ownership;
  const vendorState = fingerprint([knowledge.fingerprint, book.vendorFingerprint]);
  const ownerState = fingerprint([knowledge.fingerprint, book.ownerFingerprint]);
  const sameVendors = (await ledger.state(VENDOR_STATE)) === vendorState;
  const sameOwners = (await ledger.state(OWNER_STATE)) === ownerState;
  const byAmount = usesAmount(book);
  const sameAmounts = !byAmount || (await ledger.state(AMOUNTS_DECIDED)) !== undefined;
  const inStep = sameVendors && sameOwners && sameAmounts;
  if (inStep && (await ledger.undecidedCount()) === 0) return { seen: 0, changed: 0 };
  const keepVendors = sameVendors && sameAmounts;
  const amounts = byAmount ? await ledger.largestMonths() : new Map<number, bigint>();
  const result = await ledger.decide(inStep ? 'undecided' : 'all', decision(session, amounts, keepVendors));
  if (!sameVendors) await ledger.saveState(VENDOR_STATE, vendorState);
  if (!sameOwners) await ledger.saveState(OWNER_STATE, ownerState);
  if (byAmount && !sameAmounts) await ledger.saveState(AMOUNTS_DECIDED, 'yes');
  return result;
}

function decision(session: Session, amounts: ReadonlyMap<number, bigint>, keepVendors: boolean): Decide {
  const book = session.workspace.ownership;
  const decideOwner = createOwnershipDecider(book);
  return (target) => {
    const amountMicros = amounts.get(target.rowId) ?? 0n;
    const vendor =
      keepVendors && target.vendor !== undefined
        ? target.vendor
        : applyVendorRules(
            book,
            target.line,
            session.knowledge.resolve(target.line),
            amountMicros,
            session.knowledge.lookUpVendor,
          );
    return { vendor, owner: decideOwner({ line: target.line, vendor, amountMicros }) };
  };
}
