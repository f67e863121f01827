import { describe, expect, it } from 'vitest';

import {
  by,
  compute,
  handedOver,
  line,
  NOW,
  owned,
  partsOf,
  pounds,
  rowOf,
  simple,
  THEN,
} from '../support/statement-lines.js';

describe('the levels of the cascade', () => {
  it('matches within one line whose owner changed, and leaves the rest as new money', () => {
    const figma = line({
      id: 'Lfigma',
      segments: handedOver(by('it'), by('marketing')),
      facts: [pounds(THEN, 100n), pounds(NOW, 130n)],
    });
    const statement = compute([figma]);
    expect(partsOf(statement)).toEqual(['line Lfigma: it > marketing 100']);
    expect(rowOf(statement, 'marketing').newMoney).toBe(30n);
    expect(statement.unmatched).toEqual([{ functionId: 'marketing', category: figma.category, amount: 30n }]);
  });

  it('matches what shares of one line gained and lost', () => {
    const before = owned({ it: 600_000, sales: 400_000 });
    const after = owned({ it: 200_000, sales: 800_000 });
    const statement = compute([
      line({ id: 'Lcrm', segments: handedOver(before, after), facts: [pounds(THEN, 1001n), pounds(NOW, 1001n)] }),
    ]);
    // 1001 is 600.6 and 400.4 before, so 601 and 400; 200.2 and 800.8 after, so 200 and 801.
    expect(partsOf(statement)).toEqual(['line Lcrm: it > sales 401']);
    expect(statement.technology.change).toBe(0n);
  });

  it('matches the lines of one vendor, netted per function', () => {
    const adobe = { vendorId: 'adobe', vendor: 'Adobe' };
    const statement = compute([
      simple('it', 90n, 0n, adobe),
      simple('it', 0n, 20n, adobe),
      simple('marketing', 0n, 50n, adobe),
    ]);
    expect(partsOf(statement)).toEqual(['vendor adobe: it > marketing 50']);
    expect(rowOf(statement, 'it').cut).toBe(20n);
  });

  it('matches the vendors of one category and nets what a function replaced by itself', () => {
    const statement = compute([
      simple('it', 70n, 0n, { category: 'crm' }),
      simple('it', 0n, 30n, { category: 'crm' }),
      simple('sales', 0n, 45n, { category: 'crm' }),
    ]);
    expect(partsOf(statement)).toEqual(['category crm: it > sales 40']);
    expect(statement.parts[0]?.name).toBe('CRM');
    expect(rowOf(statement, 'sales').newMoney).toBe(5n);
  });

  it('matches cuts with spending anywhere, in proportion, by largest remainder', () => {
    const statement = compute([
      simple('it', 10n, 0n),
      simple('sales', 0n, 1n),
      simple('marketing', 0n, 4n),
      simple('finance', 0n, 5n),
    ]);
    expect(partsOf(statement)).toEqual([
      'portfolio portfolio: it > finance 5',
      'portfolio portfolio: it > marketing 4',
      'portfolio portfolio: it > sales 1',
    ]);
    const two = compute([
      simple('it', 3n, 0n),
      simple('sales', 2n, 0n),
      simple('marketing', 0n, 2n),
      simple('finance', 0n, 1n),
    ]);
    // 3 of 5 lost are matched: 1.8 from it and 1.2 from sales, so 2 and 1; they meet 2 of marketing and 1 of finance.
    expect(two.matched.portfolio).toBe(3n);
    expect(rowOf(two, 'it').out.portfolio).toBe(2n);
    expect(rowOf(two, 'sales').out.portfolio).toBe(1n);
    expect(rowOf(two, 'marketing').in.portfolio).toBe(2n);
    expect(two.cut).toBe(2n);
  });

  it('hands a vendor leftover to the categories it came from', () => {
    const zoho = { vendorId: 'zoho', vendor: 'Zoho' };
    const statement = compute([
      simple('it', 60n, 0n, { ...zoho, category: 'crm' }),
      simple('it', 30n, 0n, { ...zoho, category: 'design' }),
      simple('sales', 0n, 30n, { ...zoho, category: 'cloud' }),
    ]);
    // 30 of IT's 90 are matched; the other 60 stay where they were lost, 40 and 20.
    expect(partsOf(statement)).toEqual(['vendor zoho: it > sales 30']);
    expect(statement.unmatched).toEqual([
      { functionId: 'it', category: 'crm', amount: -40n },
      { functionId: 'it', category: 'design', amount: -20n },
    ]);
  });

  it('gives the headline by strength of evidence, with what came back', () => {
    const k = 1_000_000_000n;
    const adobe = { vendorId: 'adobe', category: 'design' };
    const statement = compute([
      line({ segments: handedOver(by('it'), by('marketing')), facts: [pounds(THEN, 120n * k), pounds(NOW, 120n * k)] }),
      line({ segments: handedOver(by('marketing'), by('it')), facts: [pounds(THEN, 38n * k), pounds(NOW, 38n * k)] }),
      simple('it', 95n * k, 0n, adobe),
      simple('marketing', 0n, 95n * k, adobe),
      simple('it', 60n * k, 0n, { category: 'crm' }),
      simple('marketing', 0n, 60n * k, { category: 'crm' }),
      simple('it', 137n * k, 0n),
      simple('marketing', 0n, 137n * k),
    ]);
    const levels = { line: 120n * k, vendor: 95n * k, category: 60n * k, portfolio: 137n * k };
    const back = { line: 38n * k, vendor: 0n, category: 0n, portfolio: 0n };
    expect(statement.flows).toEqual([
      { from: 'it', to: 'marketing', amount: 412n * k, byLevel: levels },
      { from: 'marketing', to: 'it', amount: 38n * k, byLevel: back },
    ]);
    expect([statement.newMoney, statement.cut]).toEqual([0n, 0n]);
  });
});
