import type { BusinessFunction, FunctionGroup } from '../core/decision.js';
import { sharePart, type BoundsBase } from './bounds.js';
import { zeroLevels, type CascadeResult } from './cascade.js';
import type { FunctionMoney } from './function-money.js';
import { compareLargestFirst, compareTexts } from './order.js';
import { BASELINE, CURRENT } from './period-pair.js';
import { addThenNow, NOTHING } from './then-now.js';
import { LEVELS, type FunctionRow } from './types.js';

const GROUPS: readonly { readonly group: FunctionGroup; readonly name: string }[] = [
  { group: 'it', name: 'IT' },
  { group: 'business', name: 'Business functions' },
  { group: 'unassigned', name: 'Unassigned' },
];

/** What rows are made of. */
export interface RowsInput {
  /** In order of their ids. */
  readonly functions: readonly BusinessFunction[];
  /** By function index; absent where a function has no money. */
  readonly moneys: readonly (FunctionMoney | undefined)[];
  readonly groupLineCounts: ReadonlyMap<FunctionGroup, number>;
  readonly movements: CascadeResult;
  /** By `Slot`. */
  readonly bounds: readonly [BoundsBase, BoundsBase];
}

type Head = Pick<FunctionRow, 'id' | 'name' | 'group' | 'lineCount'>;

/** The functions with money: those of IT first, then business, then unassigned, each by current money. */
export function functionRows(input: RowsInput): FunctionRow[] {
  const rows = input.functions.flatMap(({ id, name, group }, index) => {
    const money = input.moneys[index];
    return money === undefined ? [] : [rowOf({ id, name, group, lineCount: money.lineCount }, new Set([id]), input)];
  });
  const rank = (row: FunctionRow): number => GROUPS.findIndex(({ group }) => group === row.group);
  return rows.sort(
    (left, right) =>
      rank(left) - rank(right) || compareLargestFirst(left.current, right.current) || compareTexts(left.id, right.id),
  );
}

/** The groups with money. What moves inside a group cancels out of its `in` and `out`. */
export function groupRows(input: RowsInput): FunctionRow[] {
  return GROUPS.flatMap(({ group, name }) => {
    const lineCount = input.groupLineCounts.get(group);
    if (lineCount === undefined) return [];
    const ids = input.functions.filter((entry) => entry.group === group).map(({ id }) => id);
    return [rowOf({ id: group, name, group, lineCount }, new Set(ids), input)];
  });
}

/** The row of the functions in `ids` taken together. */
function rowOf(head: Head, ids: ReadonlySet<string>, input: RowsInput): FunctionRow {
  let total = NOTHING;
  let uncertainBaseline = 0n;
  let uncertainCurrent = 0n;
  for (const [index, { id }] of input.functions.entries()) {
    const money = input.moneys[index];
    if (money === undefined || !ids.has(id)) continue;
    total = addThenNow(total, money.total);
    uncertainBaseline += money.uncertain[BASELINE];
    uncertainCurrent += money.uncertain[CURRENT];
  }
  return {
    ...head,
    ...total,
    ...movesOf(ids, input.movements),
    shareBaseline: sharePart(total.baseline, uncertainBaseline, input.bounds[BASELINE]),
    shareCurrent: sharePart(total.current, uncertainCurrent, input.bounds[CURRENT]),
  };
}

/** What came to these functions from others, and what left them for others. */
function movesOf(
  ids: ReadonlySet<string>,
  movements: CascadeResult,
): Pick<FunctionRow, 'in' | 'out' | 'newMoney' | 'cut'> {
  const into = zeroLevels();
  const out = zeroLevels();
  let newMoney = 0n;
  let cut = 0n;
  for (const { from, to, byLevel } of movements.flows) {
    if (ids.has(from) === ids.has(to)) continue;
    const side = ids.has(to) ? into : out;
    for (const level of LEVELS) side[level] += byLevel[level];
  }
  for (const { functionId, amount } of movements.unmatched) {
    if (!ids.has(functionId)) continue;
    if (amount > 0n) newMoney += amount;
    else cut -= amount;
  }
  return { in: into, out, newMoney, cut };
}
