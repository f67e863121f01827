import { statementInput, withSession, type Session } from '../../src/app.js';
import type { SpendClass } from '../../src/core/charge.js';
import type { Micros } from '../../src/core/money.js';
import { generateDemo } from '../../src/demo/generate.js';
import type { DemoCharge } from '../../src/demo/types.js';

/** What the ledger made of the demo's charges. */
export interface LedgerLine {
  readonly id: string;
  readonly spendClass: SpendClass;
  readonly vendorId: string;
  readonly category: string;
}

/** A charge of the demo's truth with the line it became. */
export interface TracedCharge extends DemoCharge {
  readonly line: LedgerLine;
}

/** Options of a statement over all months of the demo: its second fiscal year against its first. */
export const WHOLE_DEMO = { periods: { fiscalYear: '2026' }, basis: 'cash', view: 'owner', asToday: false } as const;

const CHARGES_MAX = 100_000;

/** Finds the ledger line of every charge of the demo: by the file and row of one charge of the same line texts. */
export function traceDemo(folder: string): Promise<TracedCharge[]> {
  return withSession(folder, async (session) => {
    const byPlace = await linesByPlace(session);
    const { charges } = generateDemo().truth;
    const byTexts = new Map<string, LedgerLine>();
    const textsOf = ({ source, lineTexts }: DemoCharge): string => `${source}|${lineTexts}`;
    for (const charge of charges) {
      const line = byPlace.get(`${charge.source}|${charge.file}|${charge.row}`);
      if (line !== undefined) byTexts.set(textsOf(charge), line);
    }
    return charges.map((charge) => {
      const line = byTexts.get(textsOf(charge));
      if (line === undefined) throw new Error(`no line of the ledger has ${charge.file}:${charge.row}`);
      return { ...charge, line };
    });
  });
}

async function linesByPlace(session: Session): Promise<Map<string, LedgerLine>> {
  const { lines } = await statementInput(session, { ...WHOLE_DEMO, basis: 'cash' });
  const places = new Map<string, LedgerLine>();
  for (const { id, source, spendClass, vendorId, category } of lines) {
    const [found] = await session.ledger.findLines(id, 1);
    if (found === undefined) throw new Error(`the ledger has no line ${id}`);
    const { charges } = await session.ledger.chargesOf(found, CHARGES_MAX);
    for (const { file, row } of charges) places.set(`${source}|${file}|${row}`, { id, spendClass, vendorId, category });
  }
  return places;
}

/** Sums of amounts under a key. */
export function sumBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  amountOf: (item: Item) => Micros,
): Map<string, Micros> {
  const sums = new Map<string, Micros>();
  for (const item of items) sums.set(keyOf(item), (sums.get(keyOf(item)) ?? 0n) + amountOf(item));
  return sums;
}
