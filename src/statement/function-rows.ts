import type { BusinessFunction, FunctionGroup } from '../core/decision.js';
import type { Micros } from '../core/money.js';
import { sharePart, type BoundsBase } from './bounds.js';
import { zeroLevels, type CascadeResult } from './cascade.js';
import type { LineMoney, Pair } from './money.js';
import { compareLargestFirst, compareTexts } from './order.js';
import { BASELINE, CURRENT, type Slot } from './period-pair.js';
import { ThenNowSum } from './then-now.js';
import { LEVELS, type FunctionRow, type Level } from './types.js';

const GROUPS: readonly { readonly group: FunctionGroup; readonly name: string }[] = [
  { group: 'it', name: 'IT' },
  { group: 'business', name: 'Business functions' },
  { group: 'unassigned', name: 'Unassigned' },
];

/** A row of the statement: one function, or the functions of a group. */
interface Member {
  readonly id: string;
  readonly name: string;
  readonly group: FunctionGroup;
}

/** Money of one member, before movements. */
interface MemberMoney {
  readonly sum: ThenNowSum;
  readonly uncertain: Pair;
  lineCount: number;
}

/** What rows are made of. */
export interface RowsInput {
  /** In order of their ids. */
  readonly functions: readonly BusinessFunction[];
  readonly technology: readonly LineMoney[];
  readonly movements: CascadeResult;
  /** By `Slot`. */
  readonly bounds: readonly [BoundsBase, BoundsBase];
}

/** The functions with money: those of IT first, then business, then unassigned, each by current money. */
export function functionRows(input: RowsInput): FunctionRow[] {
  const rows = rowsOf(input, input.functions, (functionId) => functionId);
  const rank = (row: FunctionRow): number => GROUPS.findIndex(({ group }) => group === row.group);
  return rows.sort(
    (left, right) =>
      rank(left) - rank(right) || compareLargestFirst(left.current, right.current) || compareTexts(left.id, right.id),
  );
}

/** The groups with money. What moves inside a group cancels out of its `in` and `out`. */
export function groupRows(input: RowsInput): FunctionRow[] {
  const groupOf = new Map(input.functions.map(({ id, group }) => [id, group]));
  const members = GROUPS.map(({ group, name }) => ({ id: group, name, group }));
  return rowsOf(input, members, (functionId) => groupOf.get(functionId) ?? 'unassigned');
}

function rowsOf(input: RowsInput, members: readonly Member[], memberOf: (functionId: string) => string): FunctionRow[] {
  const memberIds = input.functions.map(({ id }) => memberOf(id));
  const moneys = moneyOf(input.technology, memberIds);
  const moves = movesOf(input.movements, memberOf);
  return members.flatMap((member) => {
    const money = moneys.get(member.id);
    if (money === undefined) return [];
    const total = money.sum.value();
    const share = (slot: Slot, own: Micros) => sharePart(own, money.uncertain[slot], input.bounds[slot]);
    return [
      {
        id: member.id,
        name: member.name,
        group: member.group,
        ...total,
        ...(moves.get(member.id) ?? noMoves()),
        shareBaseline: share(BASELINE, total.baseline),
        shareCurrent: share(CURRENT, total.current),
        lineCount: money.lineCount,
      },
    ];
  });
}

function moneyOf(technology: readonly LineMoney[], memberIds: readonly string[]): Map<string, MemberMoney> {
  const moneys = new Map<string, MemberMoney>();
  for (const { cells } of technology) {
    const counted = new Set<MemberMoney>();
    for (const cell of cells) {
      const id = memberIds[cell.functionIndex] ?? '';
      let money = moneys.get(id);
      if (money === undefined) {
        money = { sum: new ThenNowSum(), uncertain: [0n, 0n], lineCount: 0 };
        moneys.set(id, money);
      }
      money.sum.add(cell);
      money.uncertain[BASELINE] += cell.uncertain[BASELINE];
      money.uncertain[CURRENT] += cell.uncertain[CURRENT];
      if (!counted.has(money)) money.lineCount += 1;
      counted.add(money);
    }
  }
  return moneys;
}

/** What came to a member and left it. */
interface Moves {
  readonly in: Record<Level, Micros>;
  readonly out: Record<Level, Micros>;
  newMoney: Micros;
  cut: Micros;
}

function noMoves(): Moves {
  return { in: zeroLevels(), out: zeroLevels(), newMoney: 0n, cut: 0n };
}

function movesOf(movements: CascadeResult, memberOf: (functionId: string) => string): Map<string, Moves> {
  const moves = new Map<string, Moves>();
  const ofMember = (id: string): Moves => {
    const found = moves.get(id);
    if (found !== undefined) return found;
    const created = noMoves();
    moves.set(id, created);
    return created;
  };
  for (const flow of movements.flows) {
    const from = memberOf(flow.from);
    const to = memberOf(flow.to);
    if (from === to) continue;
    for (const level of LEVELS) {
      ofMember(from).out[level] += flow.byLevel[level];
      ofMember(to).in[level] += flow.byLevel[level];
    }
  }
  for (const { functionId, amount } of movements.unmatched) {
    const move = ofMember(memberOf(functionId));
    if (amount > 0n) move.newMoney += amount;
    else move.cut -= amount;
  }
  return moves;
}
