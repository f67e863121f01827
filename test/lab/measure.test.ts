import { describe, expect, it } from 'vitest';

import type { SpendClass } from '../../src/core/charge.js';
import type { VendorDecision } from '../../src/core/decision.js';
import type { GoldRow } from '../../src/lab/gold.js';
import { evaluate, type Judged } from '../../src/lab/measure.js';
import { reportText } from '../../src/lab/report.js';

/** A row a person labelled `gold` and the resolver called `said`, `amount` whole units of money. */
function judged(
  gold: SpendClass,
  said: SpendClass,
  more: { row?: Partial<GoldRow>; decision?: Partial<VendorDecision> } = {},
): Judged {
  return {
    gold: {
      id: 'r',
      text: 'TEXT',
      merchantCategory: '',
      ledgerLabel: '',
      count: 1,
      amount: 1,
      spendClass: gold,
      vendor: '',
      domain: '',
      category: '',
      usualFunction: '',
      ...more.row,
    },
    said: {
      vendorId: 'acme',
      vendor: 'Acme',
      domain: '',
      spendClass: said,
      category: '',
      usualFunction: '',
      method: 'alias',
      classMethod: 'alias',
      vendorConfidence: 980_000,
      classConfidence: said === 'unknown' ? 0 : 950_000,
      evidence: () => [],
      ...more.decision,
    },
  };
}

const sameVendor = (gold: Pick<GoldRow, 'vendor'>, said: VendorDecision): boolean => gold.vendor === said.vendor;

describe('evaluate', () => {
  // Counted by hand: of four rows of technology two are found, and one row of other things is taken for technology.
  const rows = [
    judged('technology', 'technology', {
      row: { amount: 100, vendor: 'Acme', category: 'ai', usualFunction: 'it', count: 10 },
      decision: { category: 'ai', usualFunction: 'it' },
    }),
    judged('technology', 'technology', {
      row: { amount: 50, vendor: 'Bolt', category: 'ai' },
      decision: { category: 'telecom' },
    }),
    judged('technology', 'unknown', { row: { amount: 30 } }),
    judged('technology', 'other', { row: { amount: 20 }, decision: { classConfidence: 860_000 } }),
    judged('other', 'technology', { row: { amount: 7 } }),
    judged('other', 'other'),
    judged('advertising', 'advertising'),
    judged('advertising', 'technology'),
    judged('advertising', 'unknown'),
    judged('unknown', 'technology'),
    judged('unknown', 'unknown'),
    judged('other', 'other', { row: { vendor: 'Nobody' }, decision: { method: 'none' } }),
  ];
  const found = evaluate(rows, sameVendor);

  it('counts precision and recall without the rows that nobody could tell', () => {
    expect(found.rowCount).toBe(12);
    expect(found.classes).toEqual([
      { spendClass: 'technology', precision: { part: 2, whole: 4 }, recall: { part: 2, whole: 4 } },
      { spendClass: 'advertising', precision: { part: 1, whole: 1 }, recall: { part: 1, whole: 3 } },
      { spendClass: 'other', precision: { part: 2, whole: 3 }, recall: { part: 2, whole: 3 } },
    ]);
    expect(found.coverage).toEqual({ part: 8, whole: 10 });
  });

  it('weighs by money', () => {
    expect(found.classesByMoney[0]).toEqual({
      spendClass: 'technology',
      precision: { part: 150, whole: 158 },
      recall: { part: 150, whole: 200 },
    });
    expect(found.coverageByMoney).toEqual({ part: 181, whole: 212 });
  });

  it('tells the payees of half of all charges from the rest', () => {
    // The first row has ten of nineteen charges.
    expect(found.head.recall).toEqual({ part: 1, whole: 1 });
    expect(found.tail.recall).toEqual({ part: 1, whole: 3 });
  });

  it('counts advertising, vendors, categories and functions', () => {
    expect(found.advertisingApart).toEqual({ part: 1, whole: 2 });
    expect(found.vendorNamed).toEqual({ part: 2, whole: 3 });
    expect(found.vendorRight).toEqual({ part: 1, whole: 2 });
    expect(found.categoryRight).toEqual({ part: 1, whole: 2 });
    expect(found.functionRight).toEqual({ part: 2, whole: 2 });
    expect(found.unclearLeftOpen).toEqual({ part: 1, whole: 2 });
  });

  it('shows in bands what stated confidence means', () => {
    expect(found.classBands).toEqual([
      { from: 800_000, to: 900_000, right: { part: 0, whole: 1 }, meanConfidence: 0.86 },
      { from: 950_000, to: 980_000, right: { part: 5, whole: 7 }, meanConfidence: 0.95 },
    ]);
  });

  it('lists the errors, and prints it all', () => {
    expect(found.classErrors).toHaveLength(3);
    const text = reportText([{ name: 'text only', evaluation: found }], 2);
    expect(text).toContain('50.0 % (2 of 4)');
    expect(text).toContain('r "TEXT": is technology, said other');
    expect(text).toContain('and 1 more');
  });

  it('says nothing of nothing', () => {
    const none = evaluate([], sameVendor);
    expect(none.coverage).toEqual({ part: 0, whole: 0 });
    expect(reportText([{ name: 'text only', evaluation: none }], 5)).not.toContain('NaN');
  });
});
