import type { VendorResolver } from '../core/decision.js';
import { once } from '../core/once.js';
import type { Variant } from '../vendor/variants.js';
import type { Session } from './session.js';

const LINES_STATE = 'spellings-of-lines';
const SPELLINGS_STATE = 'spellings';

/** Which companies of a ledger are spellings of another, and what became of that since it was stored. */
export interface Spellings {
  readonly variants: ReadonlyMap<string, Variant>;
  /** Ids of vendors that go by another vendor now, or no longer do. */
  readonly changed: ReadonlySet<string>;
  /** What is to be stored with the decisions made from them; empty when nothing changed. */
  readonly states: Readonly<Record<string, string>>;
}

/** The spellings among the payees of the ledger as it is: those stored where no line came or went, else found anew. */
export async function currentSpellings({ ledger, knowledge, workspace }: Session, anew: boolean): Promise<Spellings> {
  const token = await ledger.linesToken();
  const stored = await storedVariants({ ledger });
  if (!anew && (await ledger.state(LINES_STATE)) === token) {
    return { variants: stored, changed: new Set(), states: {} };
  }
  const variants = knowledge.variantsAmong(await ledger.payees(), workspace.vendors);
  const changed = new Set<string>();
  for (const id of new Set([...stored.keys(), ...variants.keys()])) {
    const before = stored.get(id);
    const after = variants.get(id);
    if (before?.into === after?.into && before?.name === after?.name) continue;
    for (const touched of [id, before?.into, after?.into]) if (touched !== undefined) changed.add(touched);
  }
  const states = { [LINES_STATE]: token, [SPELLINGS_STATE]: JSON.stringify([...variants]) };
  return { variants, changed, states };
}

/** The resolver that the decisions in the ledger were made by; the catalogue is compiled when it is first asked. */
export async function workspaceResolver(session: Session): Promise<VendorResolver> {
  const variants = await storedVariants(session);
  const resolve = once(() => session.knowledge.resolverOf(session.workspace.vendors, variants));
  return (texts) => resolve()(texts);
}

/** The spellings that the decisions in the ledger were made from. */
export async function storedVariants({ ledger }: Pick<Session, 'ledger'>): Promise<Map<string, Variant>> {
  return new Map(JSON.parse((await ledger.state(SPELLINGS_STATE)) ?? '[]') as [string, Variant][]);
}
