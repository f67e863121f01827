import type { FunctionGroup } from '../../src/core/decision.js';
import { MICROS_PER_UNIT, sumMicros, type Micros } from '../../src/core/money.js';
import { monthsOf, parsePeriod, type Period } from '../../src/core/period.js';
import { LEVELS } from '../../src/statement/types.js';
import type {
  ByLevel,
  Flow,
  FlowPart,
  FunctionRow,
  Level,
  SharePart,
  Statement,
  StatementLineRow,
  ThenNow,
  Unmatched,
} from '../../src/statement/types.js';

/** A function of a made statement; money in whole units. */
export interface MadeFunction {
  readonly id: string;
  readonly name: string;
  readonly group: FunctionGroup;
  readonly baseline: number;
  readonly currencyEffect?: number;
}

/** What a made statement is made of: everything else follows, so that its identities hold by construction. */
export interface MadeInput {
  readonly functions: readonly MadeFunction[];
  /** Level, key, name, from, to, amount in whole units. */
  readonly parts: readonly (readonly [Level, string, string, string, string, number])[];
  /** Function, category, amount in whole units; negative is a cut. */
  readonly unmatched: readonly (readonly [string, string, number])[];
  readonly currency?: string;
  /** Money that is not known, in whole units, in both periods. */
  readonly uncertain?: number;
}

const units = (amount: number): Micros => BigInt(amount) * MICROS_PER_UNIT;
const noLevels = (): Record<Level, Micros> => ({ line: 0n, vendor: 0n, category: 0n, portfolio: 0n });

/** A period of the tests. */
export function period(text: string): Period {
  const parsed = parsePeriod(text);
  if (parsed === undefined) throw new RangeError(`not a period: ${text}`);
  return parsed;
}

function shareOf(part: Micros, whole: Micros, uncertain: Micros): SharePart {
  const perMillion = (amount: Micros): number => (whole === 0n ? 0 : Number((amount * 1_000_000n) / whole));
  const low = part > uncertain ? part - uncertain / 2n : 0n;
  return { share: perMillion(part), low: perMillion(low), high: perMillion(part + uncertain / 2n) };
}

function byLevel(parts: readonly FlowPart[], keep: (part: FlowPart) => boolean): ByLevel {
  const levels = noLevels();
  for (const part of parts) if (keep(part)) levels[part.level] += part.amount;
  return levels;
}

interface Member {
  readonly id: string;
  readonly name: string;
  readonly group: FunctionGroup;
  readonly ids: ReadonlySet<string>;
}

function rowOf(
  member: Member,
  made: MadeInput,
  parts: readonly FlowPart[],
  unmatched: readonly Unmatched[],
): FunctionRow {
  const mine = made.functions.filter(({ id }) => member.ids.has(id));
  const has = (id: string): boolean => member.ids.has(id);
  const incoming = byLevel(parts, ({ from, to }) => has(to) && !has(from));
  const outgoing = byLevel(parts, ({ from, to }) => has(from) && !has(to));
  const amounts = unmatched.filter(({ functionId }) => has(functionId)).map(({ amount }) => amount);
  const newMoney = sumMicros(amounts.filter((amount) => amount > 0n));
  const cut = -sumMicros(amounts.filter((amount) => amount < 0n));
  const currencyEffect = sumMicros(mine.map((entry) => units(entry.currencyEffect ?? 0)));
  const baseline = sumMicros(mine.map((entry) => units(entry.baseline)));
  const moved = sumMicros(LEVELS.map((level) => incoming[level] - outgoing[level]));
  const change = moved + newMoney - cut + currencyEffect;
  return {
    id: member.id,
    name: member.name,
    group: member.group,
    baseline,
    current: baseline + change,
    change,
    currencyEffect,
    in: incoming,
    out: outgoing,
    newMoney,
    cut,
    shareBaseline: { share: 0, low: 0, high: 0 },
    shareCurrent: { share: 0, low: 0, high: 0 },
    lineCount: Math.max(1, mine.length * 7),
  };
}

function withShares(rows: readonly FunctionRow[], total: ThenNow, uncertain: Micros): FunctionRow[] {
  return rows.map((row) => ({
    ...row,
    shareBaseline: shareOf(row.baseline, total.baseline, uncertain),
    shareCurrent: shareOf(row.current, total.current, uncertain),
  }));
}

function totalOf(rows: readonly ThenNow[]): ThenNow {
  return {
    baseline: sumMicros(rows.map((row) => row.baseline)),
    current: sumMicros(rows.map((row) => row.current)),
    change: sumMicros(rows.map((row) => row.change)),
    currencyEffect: sumMicros(rows.map((row) => row.currencyEffect)),
  };
}

function flowsOf(parts: readonly FlowPart[]): Flow[] {
  const keys = [...new Set(parts.map(({ from, to }) => `${from}>${to}`))];
  const flows = keys.map((key) => {
    const [from = '', to = ''] = key.split('>');
    const levels = byLevel(parts, (part) => part.from === from && part.to === to);
    return { from, to, amount: sumMicros(Object.values(levels)), byLevel: levels };
  });
  return flows.sort((left, right) => (left.amount < right.amount ? 1 : left.amount > right.amount ? -1 : 0));
}

const GROUP_NAMES = { it: 'IT', business: 'Business functions', unassigned: 'Unassigned' } as const;

function groupsOf(made: MadeInput): Member[] {
  const groups: FunctionGroup[] = ['it', 'business', 'unassigned'];
  return groups.flatMap((group) => {
    const ids = made.functions.filter((entry) => entry.group === group).map(({ id }) => id);
    return ids.length === 0 ? [] : [{ id: group, name: GROUP_NAMES[group], group, ids: new Set(ids) }];
  });
}

function linesOf(made: MadeInput): StatementLineRow[] {
  return made.parts.map(([, key, name, from, to, amount], index) => ({
    id: key.startsWith('L') ? key : `L${String(index).padStart(12, '0')}`,
    source: index % 2 === 0 ? 'payables' : 'cards',
    payee: `${name.toUpperCase()} LTD`,
    vendorId: `vendor-${index}`,
    vendor: name,
    category: 'crm',
    spendClass: 'technology',
    functions: [
      { functionId: from, baseline: units(amount), current: 0n },
      { functionId: to, baseline: 0n, current: units(amount) },
    ],
  }));
}

/** A statement whose identities hold by construction, for tests of what renders it. */
export function madeStatement(made: MadeInput, change: Partial<Statement> = {}): Statement {
  const parts: FlowPart[] = made.parts
    .map(([level, key, name, from, to, amount]) => ({ level, key, name, from, to, amount: units(amount) }))
    .sort((left, right) => (left.amount < right.amount ? 1 : -1));
  const unmatched: Unmatched[] = made.unmatched.map(([functionId, category, amount]) => ({
    functionId,
    category,
    amount: units(amount),
  }));
  const members = made.functions.map(({ id, name, group }) => ({ id, name, group, ids: new Set([id]) }));
  const rows = members.map((member) => rowOf(member, made, parts, unmatched));
  const total = totalOf(rows);
  const uncertain = units(made.uncertain ?? 0);
  const it = rows.filter(({ group }) => group === 'it');
  const business = rows.filter(({ group }) => group === 'business');
  const nobody = rows.filter(({ group }) => group === 'unassigned');
  const none = totalOf([]);
  return {
    schema: 'spendshift.statement/1',
    company: 'Meridian Foods plc',
    currency: made.currency ?? 'GBP',
    baseline: period('2023-04..2024-03'),
    current: period('2024-04..2025-03'),
    basis: 'cash',
    view: 'owner',
    asToday: false,
    technology: { ...total, lineCount: 214 },
    functions: withShares(rows, total, uncertain),
    groups: withShares(
      groupsOf(made).map((member) => rowOf(member, made, parts, unmatched)),
      total,
      uncertain,
    ),
    flows: flowsOf(parts),
    parts,
    unmatched,
    matched: byLevel(parts, () => true),
    newMoney: sumMicros(rows.map((row) => row.newMoney)),
    cut: sumMicros(rows.map((row) => row.cut)),
    awareness: {
      it: totalOf(it),
      businessLed: totalOf(business.slice(0, 2)),
      shadow: totalOf(business.slice(2)),
      unassigned: totalOf(nobody),
    },
    coverage: [
      { method: 'cost-center', baseline: total.baseline, current: total.current, lineCount: 190 },
      { method: 'unassigned', baseline: 0n, current: 0n, lineCount: 0 },
    ],
    classCoverage: [{ method: 'alias', baseline: total.baseline, current: total.current, lineCount: 214 }],
    beside: [
      {
        spendClass: 'advertising',
        ...none,
        baseline: units(310_000),
        current: units(355_000),
        change: units(45_000),
        lineCount: 12,
      },
      {
        spendClass: 'other',
        ...none,
        baseline: units(9_100_000),
        current: units(9_400_000),
        change: units(300_000),
        lineCount: 1_420,
      },
      {
        spendClass: 'unknown',
        ...none,
        baseline: units(22_000),
        current: units(31_000),
        change: units(9_000),
        lineCount: 41,
      },
    ],
    uncertain: { baseline: uncertain, current: uncertain },
    sources: [
      {
        source: 'payables',
        title: 'Accounts payable',
        kind: 'payment',
        state: 'complete',
        rowCount: 34_270,
        rejectedCount: 3,
        skippedCount: 0,
        controlTotals: [
          { currency: 'GBP', sourceCash: '12160796.02', ledgerCashMicros: 12_160_784_020_000n, difference: '12.00' },
        ],
        months: period('2023-04..2025-03'),
        missingMonths: [],
        remarks: [],
      },
      {
        source: 'cards',
        title: 'Purchase cards',
        kind: 'payment',
        state: 'complete',
        rowCount: 9_764,
        rejectedCount: 0,
        skippedCount: 12,
        controlTotals: [
          { currency: 'GBP', sourceCash: '246419.98', ledgerCashMicros: 246_419_980_000n, difference: '0.00' },
        ],
        months: period('2023-07..2025-03'),
        missingMonths: monthsOf(period('2023-04..2023-06')),
        remarks: [],
      },
    ],
    definition: ['Counted: technology by the built-in categories.', 'Basis: cash, the day of payment.'],
    lines: linesOf(made),
    functionNames: new Map(made.functions.map(({ id, name }) => [id, name])),
    categoryNames: new Map([['crm', 'Customer relationship management']]),
    ...change,
  };
}

/** An ordinary company: seven functions, flows both ways, currency effects, money without an owner. */
export const ORDINARY: MadeInput = {
  functions: [
    { id: 'it', name: 'IT', group: 'it', baseline: 4_224_000, currencyEffect: -12_000 },
    { id: 'engineering', name: 'Engineering', group: 'business', baseline: 610_000, currencyEffect: 8_000 },
    { id: 'marketing', name: 'Marketing', group: 'business', baseline: 540_000, currencyEffect: 4_000 },
    { id: 'sales', name: 'Sales', group: 'business', baseline: 310_000 },
    { id: 'operations', name: 'Operations & logistics', group: 'business', baseline: 205_000 },
    { id: 'hr', name: 'Human resources', group: 'business', baseline: 96_000 },
    { id: 'unassigned', name: 'Unassigned', group: 'unassigned', baseline: 90_000 },
  ],
  parts: [
    ['line', 'L0ab12cd34ef5', 'Adobe Experience Cloud', 'it', 'marketing', 84_000],
    ['line', 'L9zx87wv65ts', 'Hootsuite', 'it', 'marketing', 36_000],
    ['line', 'L4mm4mm4mm4m', 'Twilio', 'marketing', 'it', 22_000],
    ['vendor', 'salesforce', 'Salesforce', 'it', 'marketing', 95_000],
    ['vendor', 'atlassian', 'Atlassian', 'it', 'engineering', 41_000],
    ['category', 'analytics', 'Analytics and business intelligence', 'it', 'marketing', 60_000],
    ['category', 'crm', 'Customer relationship management', 'it', 'sales', 33_000],
    ['portfolio', 'portfolio', 'Portfolio', 'it', 'marketing', 137_000],
    ['portfolio', 'portfolio', 'Portfolio', 'it', 'operations', 28_000],
    ['portfolio', 'portfolio', 'Portfolio', 'hr', 'it', 16_000],
    ['line', 'L5nn5nn5nn5n', 'Miro', 'unassigned', 'engineering', 9_000],
  ],
  unmatched: [
    ['marketing', 'crm', 118_000],
    ['engineering', 'crm', 72_000],
    ['hr', 'crm', -11_000],
  ],
  uncertain: 150_000,
};
