import fc from 'fast-check';

import type { SpendClass } from '../../src/core/charge.js';
import type { BusinessFunction, OwnerMethod, OwnerSegment, Share } from '../../src/core/decision.js';
import { addMonths, monthsOf, type Month, type Period } from '../../src/core/period.js';
import { convertMicros, RATE_SCALE } from '../../src/core/rates.js';
import type { LineFact, StatementInput, StatementLine } from '../../src/statement/types.js';

const FUNCTIONS: readonly BusinessFunction[] = [
  { id: 'it', name: 'IT', group: 'it' },
  { id: 'platform', name: 'Platform', group: 'it' },
  { id: 'marketing', name: 'Marketing', group: 'business' },
  { id: 'sales', name: 'Sales', group: 'business' },
  { id: 'finance', name: 'Finance', group: 'business' },
  { id: 'unassigned', name: 'Unassigned', group: 'unassigned' },
];

const BASELINE: Period = { from: '2023-01' as Month, to: '2023-04' as Month };
const CURRENT: Period = { from: '2024-01' as Month, to: '2024-04' as Month };
const MONTHS = [...monthsOf(BASELINE), ...monthsOf(CURRENT)];

/** Mean rates of the baseline to the reporting currency, which is GBP. */
const RATES = new Map([
  ['EUR', (RATE_SCALE * 871n) / 1000n],
  ['USD', (RATE_SCALE * 8_123_457n) / 10_000_000n],
]);

/** Settings of the generator. */
export interface LedgerShape {
  readonly linesMin?: number;
  readonly linesMax?: number;
  /** Every fact at the baseline's rates, so that there is no currency effect but rounding. */
  readonly equalRates?: boolean;
}

const amount = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt({ min: 0n, max: 50_000_000_000n }) },
  { weight: 2, arbitrary: fc.bigInt({ min: -5_000_000_000n, max: 0n }) },
  { weight: 2, arbitrary: fc.bigInt({ min: -5n, max: 5n }) },
);

const shares: fc.Arbitrary<Share[]> = fc
  .tuple(
    fc.shuffledSubarray(
      FUNCTIONS.map(({ id }) => id),
      { minLength: 1, maxLength: 3 },
    ),
    fc.integer({ min: 1, max: 499_999 }),
    fc.integer({ min: 1, max: 499_999 }),
  )
  .map(([ids, first, second]) => {
    const parts =
      ids.length === 1
        ? [1_000_000]
        : ids.length === 2
          ? [first, 1_000_000 - first]
          : [first, second, 1_000_000 - first - second];
    return ids.map((functionId, at) => ({ functionId, perMillion: parts[at] ?? 0 }));
  });

const METHODS: readonly OwnerMethod[] = ['tag', 'rule', 'cost-center', 'account', 'person'];

const opinion = fc.record({
  shares,
  method: fc.constantFrom(...METHODS),
  confidence: fc.constantFrom(1_000_000, 700_000, 699_999, 0),
});

/** One to three segments that cover all time. */
const segments: fc.Arbitrary<OwnerSegment[]> = fc
  .tuple(
    fc.array(opinion, { minLength: 1, maxLength: 3 }),
    fc.subarray(MONTHS.slice(1), { minLength: 2, maxLength: 2 }),
  )
  .map(([opinions, cuts]) =>
    opinions.map((entry, at) => ({
      ...entry,
      evidence: 'generated',
      overruled: [],
      from: at === 0 ? undefined : cuts[at - 1],
      to: at === opinions.length - 1 ? undefined : cuts[at],
    })),
  );

function facts(equalRates: boolean): fc.Arbitrary<LineFact[]> {
  const months = [...MONTHS, addMonths(BASELINE.from, -1), addMonths(CURRENT.to, 0)];
  return fc.array(
    fc
      .record({
        month: fc.constantFrom(...months),
        currency: fc.constantFrom('GBP', 'GBP', 'USD', 'EUR'),
        micros: amount,
        drift: fc.constantFrom(-80n, -3n, 0n, 11n, 125n),
      })
      .map(({ month, currency, micros, drift }) => {
        const mean = RATES.get(currency) ?? RATE_SCALE;
        const rate = currency === 'GBP' || equalRates ? mean : mean + (mean * drift) / 1000n;
        return { month, currency, micros, reportingMicros: convertMicros(micros, rate) };
      }),
    { maxLength: 6 },
  );
}

const spendClass: fc.Arbitrary<SpendClass> = fc.constantFrom(
  ...(['technology', 'technology', 'technology', 'technology', 'advertising', 'other', 'unknown'] as const),
);

function line(equalRates: boolean): fc.Arbitrary<Omit<StatementLine, 'id'>> {
  return fc.record({
    source: fc.constantFrom('cards', 'payables'),
    payee: fc.constant('PAYEE'),
    vendorId: fc.integer({ min: 0, max: 40 }).map((number) => `vendor-${number}`),
    vendor: fc.constantFrom('Vendor', 'VENDOR'),
    category: fc.constantFrom('', 'crm', 'cloud', 'design'),
    spendClass,
    classMethod: fc.constantFrom('alias', 'rule', 'ledger-label'),
    classConfidence: fc.constantFrom(1_000_000, 700_000, 300_000),
    segments,
    knows: fc.boolean().map((known) => ({ known, evidence: known ? 'generated' : '' })),
    facts: facts(equalRates),
  });
}

/**
 * Statement inputs with shares, dated segments, unassigned money, three currencies, refunds, tiny amounts and lines of
 * every class; reporting currency GBP, one quarter against another.
 */
export function statementInputs(shape: LedgerShape = {}): fc.Arbitrary<StatementInput> {
  const { linesMin = 0, linesMax = 40, equalRates = false } = shape;
  // Thousands of lines must not be cut down by fast-check's own idea of a size.
  const constraints = { minLength: linesMin, maxLength: linesMax, size: 'max' } as const;
  return fc
    .array(line(equalRates), constraints)
    .map((lines) => inputOf(lines.map((entry, index) => ({ ...entry, id: `L${String(index).padStart(6, '0')}` }))));
}

/** The generator's company with these lines. */
export function inputOf(lines: readonly StatementLine[]): StatementInput {
  return {
    company: 'Generated',
    currency: 'GBP',
    baseline: BASELINE,
    current: CURRENT,
    basis: 'cash',
    view: 'owner',
    asToday: false,
    functions: FUNCTIONS,
    categories: new Map([
      ['cloud', 'Cloud'],
      ['crm', 'CRM'],
      ['design', 'Design'],
    ]),
    lines,
    baselineRates: RATES,
    confidenceBar: 700_000,
    sources: [],
  };
}
