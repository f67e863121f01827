import type { FunctionGroup } from '../core/decision.js';
import type { Pair } from './cells.js';
import type { LineMoney } from './money.js';
import { BASELINE, CURRENT } from './period-pair.js';
import { addThenNow, NOTHING, ThenNowSum } from './then-now.js';
import type { Awareness, ThenNow } from './types.js';

/** Technology money of one function. */
export interface FunctionMoney {
  readonly total: ThenNow;
  /** On lines that IT knows, and on those it does not; they sum to `total`. */
  readonly known: ThenNow;
  readonly unknown: ThenNow;
  readonly uncertain: Readonly<Pair>;
  readonly lineCount: number;
}

interface OpenMoney {
  readonly known: ThenNowSum;
  readonly unknown: ThenNowSum;
  readonly uncertain: Pair;
  lineCount: number;
}

/** Technology money by function index, in one pass over the lines; undefined where a function has none. */
export function functionMoneys(technology: readonly LineMoney[], functionCount: number): (FunctionMoney | undefined)[] {
  const open = new Array<OpenMoney | undefined>(functionCount).fill(undefined);
  for (const { line, cells } of technology) {
    for (const cell of cells) {
      let money = open[cell.functionIndex];
      if (money === undefined) {
        money = { known: new ThenNowSum(), unknown: new ThenNowSum(), uncertain: [0n, 0n], lineCount: 0 };
        open[cell.functionIndex] = money;
      }
      (line.knows.known ? money.known : money.unknown).add(cell);
      money.lineCount += 1;
      if (cell.uncertain[BASELINE] !== 0n) money.uncertain[BASELINE] += cell.uncertain[BASELINE];
      if (cell.uncertain[CURRENT] !== 0n) money.uncertain[CURRENT] += cell.uncertain[CURRENT];
    }
  }
  return open.map((money) => {
    if (money === undefined) return undefined;
    const known = money.known.value();
    const unknown = money.unknown.value();
    const { uncertain, lineCount } = money;
    return { total: addThenNow(known, unknown), known, unknown, uncertain, lineCount };
  });
}

/** Lines with money of each group; a line shared inside one group counts once. `groups` are by function index. */
export function groupLineCounts(
  technology: readonly LineMoney[],
  groups: readonly FunctionGroup[],
): Map<FunctionGroup, number> {
  const counts = new Map<FunctionGroup, number>();
  for (const { cells } of technology) {
    for (const [at, cell] of cells.entries()) {
      const group = groups[cell.functionIndex] ?? 'unassigned';
      if (cells.findIndex((other) => groups[other.functionIndex] === group) < at) continue;
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
  }
  return counts;
}

/** Technology by who owns it and whether IT knows of it; the four parts sum to technology. Lists are by function index. */
export function awarenessOf(
  moneys: readonly (FunctionMoney | undefined)[],
  groups: readonly FunctionGroup[],
): Awareness {
  const awareness = { it: NOTHING, businessLed: NOTHING, shadow: NOTHING, unassigned: NOTHING };
  for (const [index, money] of moneys.entries()) {
    if (money === undefined) continue;
    const group = groups[index] ?? 'unassigned';
    if (group === 'business') {
      awareness.businessLed = addThenNow(awareness.businessLed, money.known);
      awareness.shadow = addThenNow(awareness.shadow, money.unknown);
    } else {
      awareness[group] = addThenNow(awareness[group], money.total);
    }
  }
  return awareness;
}
