import { describe, expect, it } from 'vitest';

import { EMPTY_LINE_TEXTS, type Line } from '../../src/core/charge.js';
import type { BusinessFunction, VendorDecision } from '../../src/core/decision.js';
import { makeBook, type OwnershipBook } from '../../src/ownership/book.js';
import { createOwnershipDecider } from '../../src/ownership/decide.js';
import { MAPPING_COLUMNS, parseMappings } from '../../src/ownership/mappings.js';
import type { MappingKind, MappingTable } from '../../src/ownership/entries.js';
import { parseRules } from '../../src/ownership/rules.js';
import { applyVendorRules } from '../../src/ownership/vendor-effects.js';

const functions: readonly BusinessFunction[] = [
  { id: 'it', name: 'IT', group: 'it' },
  { id: 'marketing', name: 'Marketing', group: 'business' },
  { id: 'sales', name: 'Sales', group: 'business' },
];

const FIGMA: VendorDecision = {
  vendorId: 'figma',
  vendor: 'Figma',
  domain: 'figma.com',
  spendClass: 'technology',
  category: 'design-content',
  usualFunction: 'marketing',
  method: 'alias',
  classMethod: 'alias',
  vendorConfidence: 900_000,
  classConfidence: 900_000,
  evidence: () => [],
};

const LINE: Line = { ...EMPTY_LINE_TEXTS, id: 'L0123456789ab', source: 'ap', sourceKind: 'payment', payee: 'FIGMA' };

function table(kind: MappingKind, ...rows: readonly Readonly<Record<string, string>>[]): MappingTable {
  const file = `ownership/${kind}.csv`;
  const entries = rows.map((cells, index) => ({ file, line: index + 2, cells: new Map(Object.entries(cells)) }));
  return { file, headerLine: 1, columns: MAPPING_COLUMNS[kind], rows: entries };
}

function bookOf(tables: Partial<Record<MappingKind, MappingTable>>, rules: readonly unknown[] = []): OwnershipBook {
  const mappings = parseMappings(tables, { functions });
  const place = { file: 'rules.yaml', line: 1 };
  const read = parseRules({ value: { rules }, place, placeOf: () => place }, { functions });
  expect([...mappings.mistakes, ...read.mistakes]).toEqual([]);
  return makeBook({ functions, entries: mappings.entries, rules: read.rules });
}

describe('a rule that takes a line out of technology', () => {
  const decisionBy = (then: object, decision = FIGMA): VendorDecision =>
    applyVendorRules(bookOf({}, [{ id: 'r', when: { payee: 'figma' }, then }]), LINE, decision, 0n);

  it.each(['other', 'advertising', 'unknown'])(
    'leaves it no kind of technology and no usual owner (%s)',
    (spendClass) => {
      expect(decisionBy({ spendClass })).toMatchObject({
        spendClass,
        category: '',
        usualFunction: '',
        vendorId: 'figma',
      });
    },
  );

  it('keeps both where it says technology', () => {
    expect(decisionBy({ spendClass: 'technology' })).toMatchObject({
      category: 'design-content',
      usualFunction: 'marketing',
    });
  });

  it('keeps who usually owns what was advertising before', () => {
    const decision: VendorDecision = { ...FIGMA, spendClass: 'advertising', category: '' };
    expect(decisionBy({ spendClass: 'advertising' }, decision).usualFunction).toBe('marketing');
  });
});

describe('an account row with only a source', () => {
  const book = bookOf({
    accounts: table('accounts', { source: 'ap', function: 'it' }),
    costCenters: table('costCenters', { cost_center: 'MKT', function: 'marketing' }),
    ledgerAccounts: table('ledgerAccounts', { ledger_account: '6400', function: 'sales' }),
  });
  const decide = createOwnershipDecider(book);
  const ownersAndPayers = (texts: Partial<Line>): string[][] => {
    const { owners, payers } = decide({ line: { ...LINE, ...texts }, vendor: FIGMA, amountMicros: 0n });
    return [owners, payers].map((segments) =>
      segments.flatMap(({ shares }) => shares.map((share) => share.functionId)),
    );
  };

  it('is the last of all evidence', () => {
    expect(ownersAndPayers({ costCenter: 'MKT' })).toEqual([['marketing'], ['marketing']]);
    expect(ownersAndPayers({ ledgerAccount: '6400' })).toEqual([['sales'], ['it']]);
    expect(ownersAndPayers({ costCenter: 'unmapped' })).toEqual([['it'], ['it']]);
    expect(ownersAndPayers({ source: 'cards' })).toEqual([['unassigned'], ['unassigned']]);
  });

  it('comes before the cost centre with an account beside the source', () => {
    const exact = bookOf({
      accounts: table('accounts', { source: 'ap', account: 'A1', function: 'it' }),
      costCenters: table('costCenters', { cost_center: 'MKT', function: 'marketing' }),
    });
    const decision = createOwnershipDecider(exact)({
      line: { ...LINE, account: 'A1', costCenter: 'MKT' },
      vendor: FIGMA,
      amountMicros: 0n,
    });
    expect(decision.owners[0]?.shares[0]?.functionId).toBe('it');
  });
});
