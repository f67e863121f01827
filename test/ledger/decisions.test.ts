import { join } from 'node:path';

import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import type { OwnershipDecision, VendorOutcome } from '../../src/core/decision.js';
import { parseMonth, parsePeriod, type Period } from '../../src/core/period.js';
import type { LineToDecide } from '../../src/ledger/decisions.js';
import type { Decide, DecideScope, Ledger } from '../../src/ledger/ledger.js';
import { temporaryFolder } from '../support/files.js';
import { openLedger, pullWindows, type MadeCharge } from '../support/readings.js';

const figma: MadeCharge = { payee: 'Figma', day: 20240105, key: 1n, micros: 15_000_000n };
const slack: MadeCharge = { payee: 'Slack', day: 20240110, key: 2n, micros: 80_000_000n };
const miro: MadeCharge = { payee: 'Miro', day: 20240210, key: 3n, micros: -4_000_000n };

function periodOf(text: string): Period {
  const period = parsePeriod(text);
  if (period === undefined) throw new Error(`${text} is a period`);
  return period;
}

const YEAR = periodOf('2024');

function vendorOf(vendor: string): VendorOutcome {
  return {
    vendorId: vendor.toLowerCase(),
    vendor,
    domain: '',
    spendClass: 'technology',
    category: 'design',
    usualFunction: '',
    method: 'alias',
    classMethod: 'alias',
    vendorConfidence: 900_000,
    classConfidence: 900_000,
  };
}

function ownedBy(functionId: string): OwnershipDecision {
  const opinion = {
    method: 'cost-center',
    shares: [{ functionId, perMillion: 1_000_000 }],
    confidence: 950_000,
    evidence: 'ownership/cost-centers.csv:2',
  } as const;
  const turn = parseMonth('2024-02');
  return {
    owners: [
      { ...opinion, from: undefined, to: turn, overruled: [] },
      { ...opinion, from: turn, to: undefined, overruled: [{ ...opinion, method: 'person' }] },
    ],
    payers: [{ ...opinion, from: undefined, to: undefined, overruled: [] }],
    knows: { known: false, evidence: '' },
    suggestion: '',
  };
}

const byPayee =
  (functionId: string): Decide =>
  ({ line }) => ({ vendor: vendorOf(line.payee), owner: ownedBy(functionId) });

function countOf(folder: string, table: string): unknown {
  const sqlite = new Database(join(folder, 'ledger.sqlite'), { readonly: true });
  try {
    return sqlite.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  } finally {
    sqlite.close();
  }
}

/** The lines without a decision. */
const UNDECIDED = { undecided: true, vendorOutcomeIds: new Set<number>() };

async function linesSeen(ledger: Ledger, scope: DecideScope): Promise<LineToDecide[]> {
  const seen: LineToDecide[] = [];
  await ledger
    .decide(scope, (target) => {
      seen.push(target);
      throw new Error('only looking');
    })
    .catch(() => undefined);
  return seen;
}

describe('decisions', () => {
  it('are saved once for lines that share them, and read back as they were', async () => {
    const folder = await temporaryFolder();
    const ledger = await openLedger(folder);
    await pullWindows(ledger, [{ id: 'all', charges: [figma, slack, { ...slack, texts: { costCenter: 'IT' } }] }]);
    expect(await ledger.undecidedCount()).toBe(3);
    expect(await ledger.decide(UNDECIDED, byPayee('marketing'))).toEqual({ seen: 3, changed: 3 });
    expect(await ledger.undecidedCount()).toBe(0);
    expect([countOf(folder, 'vendor_outcome'), countOf(folder, 'owner_outcome')]).toEqual([2, 1]);
    expect([...(await ledger.vendorOutcomes()).values()]).toEqual([vendorOf('Figma'), vendorOf('Slack')]);
    expect([...(await ledger.ownerOutcomes()).values()]).toEqual([ownedBy('marketing')]);
    const lines = await ledger.lineSums([YEAR], 'cash', 'EUR');
    expect(lines.map(({ source, payee, ownerOutcomeId }) => [source, payee, ownerOutcomeId])).toEqual([
      ['cards', 'Figma', 1],
      ['cards', 'Slack', 1],
      ['cards', 'Slack', 1],
    ]);
    await ledger.close();
  });

  it('that stay the same are not written', async () => {
    const ledger = await openLedger(await temporaryFolder());
    await pullWindows(ledger, [{ id: 'all', charges: [figma, slack] }]);
    await ledger.decide(UNDECIDED, byPayee('it'));
    expect(await ledger.decide('all', byPayee('it'))).toEqual({ seen: 2, changed: 0 });
    expect(await ledger.decide(UNDECIDED, byPayee('marketing'))).toEqual({ seen: 0, changed: 0 });
    const keepVendor: Decide = ({ vendor }) => ({ vendor: vendor ?? vendorOf('?'), owner: ownedBy('marketing') });
    expect(await ledger.decide('all', keepVendor)).toEqual({ seen: 2, changed: 2 });
    expect([...(await ledger.vendorOutcomes()).values()].map(({ vendor }) => vendor)).toEqual(['Figma', 'Slack']);
    await ledger.close();
  });

  it('that no line has any more are forgotten', async () => {
    const folder = await temporaryFolder();
    const ledger = await openLedger(folder);
    await pullWindows(ledger, [{ id: 'all', charges: [figma, slack] }]);
    await ledger.decide('all', byPayee('it'));
    await ledger.decide('all', byPayee('marketing'));
    expect([...(await ledger.ownerOutcomes()).values()]).toEqual([ownedBy('marketing')]);
    await pullWindows(ledger, [{ id: 'all', charges: [slack, miro] }]);
    expect(await ledger.undecidedCount()).toBe(1);
    expect(await ledger.decide(UNDECIDED, byPayee('marketing'))).toEqual({ seen: 1, changed: 1 });
    expect(await ledger.lineSums([YEAR], 'cash', 'EUR')).toHaveLength(2);
    expect(countOf(folder, 'line_decision')).toBe(2);
    expect(await ledger.integrityProblems()).toEqual([]);
    await ledger.close();
  });

  it('are part of the digest', async () => {
    const ledger = await openLedger(await temporaryFolder());
    await pullWindows(ledger, [{ id: 'all', charges: [figma] }]);
    const undecided = await ledger.digest();
    await ledger.decide('all', byPayee('it'));
    const decided = await ledger.digest();
    await ledger.decide('all', ({ line }) => ({
      vendor: { ...vendorOf(line.payee), vendorConfidence: 1 },
      owner: ownedBy('it'),
    }));
    expect(new Set([undecided, decided, await ledger.digest()]).size).toBe(3);
    await ledger.close();
  });

  it('see a line with all its texts, its tags and its vendor', async () => {
    const ledger = await openLedger(await temporaryFolder());
    const texts = { costCenter: 'MKT', tags: '{"team":"brand"}', service: 'Seats', person: 'A. Person' };
    await pullWindows(ledger, [{ id: 'all', charges: [{ ...figma, texts }] }]);
    const [fresh] = await linesSeen(ledger, UNDECIDED);
    expect(fresh?.line).toMatchObject({ payee: 'Figma', source: 'cards', sourceKind: 'payment', ...texts });
    expect([fresh?.vendor, fresh?.vendorOutcomeId, fresh?.ownerOutcomeId]).toEqual([undefined, 0, 0]);
    await ledger.decide('all', byPayee('it'));
    const [decided] = await linesSeen(ledger, 'all');
    expect(decided?.vendor).toEqual(vendorOf('Figma'));
    await ledger.close();
  });

  it('that fail on one line change none', async () => {
    const ledger = await openLedger(await temporaryFolder());
    await pullWindows(ledger, [{ id: 'all', charges: [figma, slack] }]);
    const failing = ledger.decide('all', (target) => {
      if (target.line.payee === 'Slack') throw new Error('no decision');
      return byPayee('it')(target);
    });
    await expect(failing).rejects.toThrow('no decision');
    expect(await ledger.undecidedCount()).toBe(2);
    await ledger.close();
  });
});

describe('conversions', () => {
  const dollars: MadeCharge = { ...figma, currency: 'USD' };
  const noRate = (): boolean => false;
  const later: MadeCharge = { ...dollars, day: 20240120, key: 5n, accrualMicros: 1_000_000n };

  it('take each charge at the rate of its day', async () => {
    const ledger = await openLedger(await temporaryFolder());
    await pullWindows(ledger, [{ id: 'all', charges: [dollars, later, slack] }]);
    await ledger.decide('all', byPayee('it'));
    expect(await ledger.currencies()).toEqual(['EUR', 'USD']);
    const rateOf = (day: string): bigint => (day === '2024-01-05' ? 2n : 3n);
    expect(await ledger.convert('EUR', (micros, _currency, day) => micros * rateOf(day), false)).toBe(1);
    const sums = async (basis: 'cash' | 'accrual'): Promise<unknown> =>
      (await ledger.lineSums([YEAR], basis, 'EUR')).map((line) => [
        line.currency,
        ...line.micros,
        ...line.reportingMicros,
      ]);
    expect(await sums('cash')).toEqual([
      ['USD', 30_000_000n, 75_000_000n],
      ['EUR', 80_000_000n, 80_000_000n],
    ]);
    expect(await sums('accrual')).toEqual([
      ['USD', 16_000_000n, 33_000_000n],
      ['EUR', 80_000_000n, 80_000_000n],
    ]);
    expect(await ledger.unconverted(YEAR, 'EUR', noRate)).toEqual([]);
    await ledger.close();
  });

  it('are missing where a day has no rate, and made when it has one', async () => {
    const ledger = await openLedger(await temporaryFolder());
    await pullWindows(ledger, [{ id: 'all', charges: [dollars, { ...later, day: 20240220 }] }]);
    await ledger.decide('all', byPayee('it'));
    const upTo = (month: string) => (micros: bigint, _currency: string, day: string) =>
      day < month ? micros : undefined;
    expect(await ledger.convert('EUR', upTo('2024-02'), false)).toBe(1);
    expect(await ledger.unconverted(YEAR, 'EUR', noRate)).toEqual([{ day: '2024-02-20', currency: 'USD' }]);
    expect(await ledger.unconverted(periodOf('2024-01'), 'EUR', noRate)).toEqual([]);
    const [sums] = await ledger.lineSums([periodOf('2024-01'), periodOf('2024-02')], 'cash', 'EUR');
    expect([sums?.missingRates, sums?.reportingMicros[0]]).toEqual([1, 15_000_000n]);
    expect(await ledger.convert('EUR', upTo('2024-03'), false)).toBe(1);
    expect(await ledger.unconverted(YEAR, 'EUR', noRate)).toEqual([]);
    await ledger.close();
  });

  it('name only the days that lack a rate, though their whole month waits', async () => {
    const ledger = await openLedger(await temporaryFolder());
    await pullWindows(ledger, [{ id: 'all', charges: [dollars, later] }]);
    const hasRate = (_currency: string, day: string): boolean => day < '2024-01-10';
    await ledger.convert('EUR', (micros, currency, day) => (hasRate(currency, day) ? micros : undefined), false);
    expect(await ledger.unconverted(YEAR, 'EUR', hasRate)).toEqual([{ day: '2024-01-20', currency: 'USD' }]);
    await ledger.close();
  });

  it('are made anew when asked, and after their charges changed', async () => {
    const ledger = await openLedger(await temporaryFolder());
    await pullWindows(ledger, [{ id: 'all', charges: [dollars, slack] }]);
    await ledger.decide('all', byPayee('it'));
    const times = (factor: bigint) => (micros: bigint) => micros * factor;
    await ledger.convert('EUR', times(2n), false);
    const digest = await ledger.digest();
    expect(await ledger.convert('EUR', times(3n), false)).toBe(0);
    expect(await ledger.digest()).toBe(digest);
    expect(await ledger.convert('EUR', times(3n), true)).toBe(1);
    expect(await ledger.digest()).not.toBe(digest);
    await pullWindows(ledger, [{ id: 'all', charges: [{ ...dollars, micros: 1n }, slack] }]);
    expect(await ledger.unconverted(YEAR, 'EUR', noRate)).toEqual([{ day: '2024-01-05', currency: 'USD' }]);
    expect(await ledger.convert('EUR', times(4n), false)).toBe(1);
    expect((await ledger.lineSums([YEAR], 'cash', 'EUR')).map(({ reportingMicros }) => reportingMicros[0])).toEqual([
      4n,
      80_000_000n,
    ]);
    await pullWindows(ledger, [{ id: 'all', charges: [slack] }]);
    expect(await ledger.integrityProblems()).toEqual([]);
    await ledger.close();
  });
});

describe('questions', () => {
  it('answer with the range of months, the largest month and the latest charges', async () => {
    const ledger = await openLedger(await temporaryFolder());
    const charges = [figma, { ...figma, day: 20240310, key: 4n, micros: -90_000_000n }, miro];
    await pullWindows(ledger, [{ id: 'all', charges }]);
    expect(await ledger.monthRange()).toEqual({ first: '2024-01', last: '2024-03' });
    const [line] = (await ledger.findLines('L', 10)).filter(({ payee }) => payee === 'Figma');
    if (line === undefined) throw new Error('there is a line');
    expect((await ledger.largestMonths()).get(line.rowId)).toBe(90_000_000n);
    const { charges: latest, total } = await ledger.chargesOf(line, 1);
    expect([latest.map(({ day, file }) => [day, file]), total]).toEqual([[[20240310, 'all.csv']], 2]);
    expect(await ledger.findLines(line.id, 10)).toHaveLength(1);
    expect(await ledger.findLines('X', 10)).toEqual([]);
    await ledger.close();
  });

  it('keep a state until a pull makes it stale', async () => {
    const ledger = await openLedger(await temporaryFolder());
    expect(await ledger.state('amounts-decided')).toBeUndefined();
    await ledger.saveState('amounts-decided', 'yes');
    await ledger.saveState('rates', 'a');
    await ledger.saveState('rates', 'b');
    await pullWindows(ledger, [{ id: 'all', charges: [figma] }]);
    expect([await ledger.state('amounts-decided'), await ledger.state('rates')]).toEqual([undefined, 'b']);
    await ledger.close();
  });
});
