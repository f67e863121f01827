import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { EMPTY_LINE_TEXTS, type Line } from '../../src/core/charge.js';
import type { BusinessFunction, OwnerSegment, OwnershipDecision, VendorDecision } from '../../src/core/decision.js';
import { monthOfIndex, type Month } from '../../src/core/period.js';
import { makeBook, usesAmount, type OwnershipBook } from '../../src/ownership/book.js';
import { asToday, createOwnershipDecider } from '../../src/ownership/decide.js';
import type { MappingKind, MappingTable } from '../../src/ownership/entries.js';
import { MAPPING_COLUMNS, parseMappings } from '../../src/ownership/mappings.js';
import { parseRules } from '../../src/ownership/rules.js';
import { segmentAt } from '../../src/ownership/timeline.js';
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
  category: 'design',
  usualFunction: 'marketing',
  method: 'alias',
  classMethod: 'alias',
  vendorConfidence: 900_000,
  classConfidence: 900_000,
  evidence: () => ['payee "FIGMA"'],
};

type Cells = Readonly<Record<string, string>>;

function table(kind: MappingKind, rows: readonly (readonly [line: number, cells: Cells])[]): MappingTable {
  const file = `ownership/${kind}.csv`;
  const entries = rows.map(([line, cells]) => ({ file, line, cells: new Map(Object.entries(cells)) }));
  return { file, headerLine: 1, columns: MAPPING_COLUMNS[kind], rows: entries };
}

function book(rows: Partial<Record<MappingKind, readonly Cells[]>>, rules: readonly unknown[] = []): OwnershipBook {
  const numbered = Object.entries(rows).map(([kind, list]) => {
    const mappingKind = kind as MappingKind;
    return [
      mappingKind,
      table(
        mappingKind,
        list.map((cells, index) => [index + 2, cells]),
      ),
    ] as const;
  });
  return bookOf(Object.fromEntries(numbered), rules);
}

function bookOf(tables: Partial<Record<MappingKind, MappingTable>>, rules: readonly unknown[]): OwnershipBook {
  const mappings = parseMappings(tables, { functions });
  const place = { file: 'rules.yaml', line: 1 };
  const read = parseRules({ value: { rules }, place, placeOf: () => place }, { functions });
  expect([...mappings.mistakes, ...read.mistakes]).toEqual([]);
  return makeBook({ functions, entries: mappings.entries, rules: read.rules });
}

function line(texts: Partial<Line>): Line {
  return { ...EMPTY_LINE_TEXTS, id: 'L0123456789ab', source: 'ap', sourceKind: 'payment', ...texts };
}

function decide(ownership: OwnershipBook, texts: Partial<Line>, vendor = FIGMA, amountMicros = 0n): OwnershipDecision {
  return createOwnershipDecider(ownership)({ line: line(texts), vendor, amountMicros });
}

const ownersOf = (segments: readonly OwnerSegment[]): string[] =>
  segments.map(
    ({ from, to, shares }) => `${from ?? ''}..${to ?? ''} ${shares.map((share) => share.functionId).join('+')}`,
  );

describe('the order of decision', () => {
  const all = book(
    {
      decisions: [{ line: 'L0123456789ab', owner: 'sales', by: 'Anna', on: '2024-05-02' }],
      tags: [{ key: 'Team', value: 'Growth', function: 'marketing' }],
      accounts: [{ account: 'A1', function: 'sales' }],
      costCenters: [
        { cost_center: 'ITD', function: 'it' },
        { cost_center: 'Old', match: 'alias', of: 'itd' },
      ],
      people: [{ person: 'Bo', department: 'Old' }],
      ledgerAccounts: [{ ledger_account: 'Soft*', match: 'pattern', function: 'it' }],
    },
    [{ id: 'r', when: { vendor: 'FIGMA' }, then: { owner: 'marketing' } }],
  );
  const full = {
    account: 'a1',
    costCenter: ' itd ',
    person: 'BO',
    ledgerAccount: 'Software',
    tags: '{"team":"growth"}',
  };

  it('goes from tag to ledger account, and keeps what was overruled', () => {
    const decision = decide(all, full);
    const [segment] = decision.owners;
    const methods = [segment?.method, ...(segment?.overruled ?? []).map((opinion) => opinion.method)];
    expect(methods).toEqual(['tag', 'rule', 'resource-tag', 'account', 'cost-center', 'person', 'ledger-account']);
    expect(segment?.evidence).toBe('Anna on 2024-05-02 gave it to Sales (ownership/decisions.csv:2)');
    expect(decision.payers[0]?.overruled.map((opinion) => opinion.method)).toEqual(['cost-center', 'person']);
    expect(decision.suggestion).toBe('marketing');
  });

  it('names the place of the evidence', () => {
    const other = { ...FIGMA, vendor: 'Other', vendorId: 'other' };
    const byCostCenter = decide(all, { id: 'L000000000000', costCenter: 'ITD' }, other).owners[0];
    expect(byCostCenter?.evidence).toBe('cost centre "ITD" is IT (ownership/costCenters.csv:2)');
    const byPerson = decide(all, { id: 'L000000000000', person: 'bo' }, other).owners[0];
    expect(byPerson).toMatchObject({
      method: 'person',
      confidence: 800_000,
      shares: [{ functionId: 'it', perMillion: 1_000_000 }],
    });
    expect(byPerson?.evidence).toBe(
      'person "Bo" in department "Old" (ownership/people.csv:2); ' +
        'cost centre "Old", another name of "ITD" (ownership/costCenters.csv:3), is IT (ownership/costCenters.csv:2)',
    );
  });

  it('leaves a line unassigned where nothing speaks', () => {
    const decision = decide(book({}), {});
    expect(decision.owners).toMatchObject([{ method: 'unassigned', from: undefined, to: undefined, confidence: 0 }]);
    expect(decision.payers).toHaveLength(1);
    expect(decision.knows).toEqual({ known: false, evidence: '' });
  });

  it('gives lines with the same evidence the same object', () => {
    const decider = createOwnershipDecider(all);
    const one = decider({ line: line({ id: 'L000000000001', costCenter: 'ITD' }), vendor: FIGMA, amountMicros: 0n });
    const two = decider({ line: line({ id: 'L000000000002', costCenter: 'itd' }), vendor: FIGMA, amountMicros: 0n });
    expect(two).toBe(one);
  });
});

describe('dates', () => {
  const moved = book({
    costCenters: [
      { cost_center: 'X', function: 'it', valid_to: '2024-03' },
      { cost_center: 'X', function: 'marketing', valid_from: '2024-04-01', valid_to: '2025-03-31' },
    ],
  });

  it('changes the owner at the start of a month', () => {
    const decision = decide(moved, { costCenter: 'X' });
    expect(ownersOf(decision.owners)).toEqual(['..2024-04 it', '2024-04..2025-04 marketing', '2025-04.. unassigned']);
    expect(ownersOf(asToday(decision, '2024-05' as Month).owners)).toEqual(['.. marketing']);
  });
});

describe('rules', () => {
  const rule = (id: string, when: object, owner: string): object => ({ id, when, then: { owner } });

  it('prefers more conditions, then stronger operators, then the id', () => {
    const rules = [
      rule('z', { vendor: 'Figma', source: 'ap' }, 'it'),
      rule('a', { vendor: 'Figma' }, 'sales'),
      rule('b', { payee: { contains: 'fig' }, amount: { atLeast: '100' } }, 'marketing'),
    ];
    const owned = book({}, rules);
    expect(owned.rules.map(({ id }) => id)).toEqual(['z', 'b', 'a']);
    expect(usesAmount(owned)).toBe(true);
    const decision = decide(owned, { payee: 'Figma Inc' }, FIGMA, -100_000_000n);
    expect(decision.owners[0]?.evidence).toBe('rule z gives it to IT (rules.yaml:1)');
    expect(decision.owners[0]?.overruled).toHaveLength(2);
  });

  it('sets vendor and class over the resolver, saying what it overruled', () => {
    const owned = book({ decisions: [{ line: 'L0123456789ab', category: 'crm' }] }, [
      {
        id: 'm',
        when: { payee: { startsWith: 'omni' } },
        then: { vendor: 'Omni Media', spendClass: 'advertising', category: 'x' },
      },
    ]);
    const decision = applyVendorRules(owned, line({ payee: 'OMNI MEDIA LTD' }), FIGMA, 0n);
    expect(decision).toMatchObject({
      vendorId: 'omni-media',
      vendor: 'Omni Media',
      method: 'rule',
      spendClass: 'advertising',
      category: 'crm',
    });
    expect(decision.evidence()).toContain(
      'rule m sets the vendor to Omni Media, instead of Figma (by alias) (rules.yaml:1)',
    );
    const untouched = line({ id: 'L000000000000' });
    expect(applyVendorRules(owned, untouched, FIGMA, 0n)).toBe(FIGMA);
  });

  it('knows sanctioned vendors by name, id and domain', () => {
    const known = (cells: Cells): boolean => decide(book({ sanctioned: [cells] }), {}).knows.known;
    expect([known({ vendor: 'FIGMA' }), known({ domain: 'Figma.com' }), known({ vendor: 'Miro' })]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

const month = fc.integer({ min: 2020 * 12, max: 2022 * 12 }).map(monthOfIndex);
const owner = fc.constantFrom('it', 'marketing', 'sales');
const ruleArbitrary = fc.record({
  when: fc.constantFrom(
    { vendor: 'Figma' },
    { costCenter: 'X' },
    { payee: { contains: 'a' } },
    { source: 'ap', vendor: 'Figma' },
  ),
  owner,
  from: fc.option(month),
});

describe('always', () => {
  it('the order of rules and rows changes nothing', () => {
    const inputs = fc.record({
      rules: fc.array(ruleArbitrary, { maxLength: 6 }),
      owners: fc.array(owner, { maxLength: 4 }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(inputs, ({ rules, owners, seed }) => {
        const written = rules.map(({ when, owner: functionId, from }, index) => ({
          id: `r${index}`,
          when,
          then: { owner: functionId },
          ...(from === null ? {} : { validFrom: from }),
        }));
        const rows = owners.map((functionId, index) => {
          const cells = { cost_center: `${'X'.repeat(index)}*X`, match: 'pattern', function: functionId };
          return [index + 2, cells] as const;
        });
        const shuffle = <Item>(items: readonly Item[]): Item[] =>
          seed % 2 === 0 ? [...items].reverse() : [...items.slice(1), ...items.slice(0, 1)];
        const straight = bookOf({ costCenters: table('costCenters', rows) }, written);
        const mixed = bookOf({ costCenters: table('costCenters', shuffle(rows)) }, shuffle(written));
        const texts = { costCenter: 'XXX', payee: 'abc' };
        expect(decide(mixed, texts)).toEqual(decide(straight, texts));
        expect(mixed.mappingFingerprint).toBe(straight.mappingFingerprint);
        const facts = (book: typeof mixed): string[] => book.ownerRuleFacts.map((fact) => fact.fingerprint).sort();
        expect(facts(mixed)).toEqual(facts(straight));
      }),
    );
  });

  it('segments cover all time, shares are whole, and a later row leaves old months alone', () => {
    const cut = fc.uniqueArray(month, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        cut,
        fc.array(owner, { minLength: 6, maxLength: 6 }),
        fc.array(ruleArbitrary, { maxLength: 4 }),
        (cuts, owners, rules) => {
          const sorted = [...cuts].sort();
          const rows = sorted.map((from, index) => ({
            cost_center: 'X',
            shares: index % 2 === 0 ? `${owners[index] ?? 'it'} 100` : 'it 33.3333, sales 66.6667',
            valid_from: from,
            valid_to:
              index + 1 < sorted.length
                ? monthOfIndex(
                    Number((sorted[index + 1] ?? '').slice(0, 4)) * 12 + Number((sorted[index + 1] ?? '').slice(5)) - 2,
                  )
                : '',
          }));
          const written = rules.map(({ when, from, owner: functionId }, index) => ({
            id: `r${index}`,
            when,
            then: { owner: functionId },
            ...(from === null ? {} : { validFrom: from }),
          }));
          const { owners: segments } = decide(book({ costCenters: rows }, written), { costCenter: 'X' });
          expect(segments[0]?.from).toBeUndefined();
          expect(segments.at(-1)?.to).toBeUndefined();
          for (const [index, segment] of segments.entries()) {
            if (index > 0) expect(segment.from).toBe(segments[index - 1]?.to);
            expect(segment.shares.reduce((sum, share) => sum + share.perMillion, 0)).toBe(1_000_000);
          }
          const last = sorted.at(-1) as Month;
          const before = decide(book({ costCenters: rows.slice(0, -1) }, written), { costCenter: 'X' }).owners;
          for (const old of sorted.slice(0, -1)) {
            expect(old < last && segmentAt(segments, old)?.shares).toEqual(segmentAt(before, old)?.shares);
          }
        },
      ),
    );
  });
});
