import { apportion } from '../core/apportion.js';
import type { FunctionGroup } from '../core/decision.js';
import { absoluteMicros, divideRounded, MICROS_PER_UNIT, sumMicros, type Micros } from '../core/money.js';
import { LEVELS, type Flow, type Level, type Statement } from '../statement/types.js';

/** Money that moved from the functions of one group to those of another. */
export interface Movement {
  readonly from: FunctionGroup;
  readonly to: FunctionGroup;
  readonly amount: Micros;
  readonly byLevel: Readonly<Record<Level, Micros>>;
  readonly flows: readonly Flow[];
}

/** Ids of functions by group; a function the statement has no row for belongs to none. */
function groupOf(statement: Statement): ReadonlyMap<string, FunctionGroup> {
  return new Map(statement.functions.map(({ id, group }) => [id, group]));
}

/** The flows from one group to another, summed by level of evidence. */
export function movementBetween(statement: Statement, from: FunctionGroup, to: FunctionGroup): Movement {
  const groups = groupOf(statement);
  const flows = statement.flows.filter((flow) => groups.get(flow.from) === from && groups.get(flow.to) === to);
  const levelSum = (level: Level): Micros => sumMicros(flows.map((flow) => flow.byLevel[level]));
  return {
    from,
    to,
    amount: sumMicros(flows.map((flow) => flow.amount)),
    byLevel: {
      line: levelSum('line'),
      vendor: levelSum('vendor'),
      category: levelSum('category'),
      portfolio: levelSum('portfolio'),
    },
    flows,
  };
}

const THOUSAND = 1_000n * MICROS_PER_UNIT;

/** The step to which an amount and its parts are rounded together in a sentence. */
function sentenceStep(amount: Micros): Micros {
  if (amount < 100n * MICROS_PER_UNIT) return 10_000n;
  if (amount < 10n * THOUSAND) return MICROS_PER_UNIT;
  return amount < 10_000n * THOUSAND ? THOUSAND : 100n * THOUSAND;
}

/**
 * Parts of an amount rounded so that they still sum to the rounded amount (largest remainder), because a reader adds
 * them up. Every part is its exact value rounded down or up by one step.
 */
export function roundedParts(parts: Readonly<Record<Level, Micros>>): Readonly<Record<Level, Micros>> {
  const exact = LEVELS.map((level) => parts[level]);
  const total = sumMicros(exact);
  const step = sentenceStep(total);
  const rounded = apportion(divideRounded(total, step), exact.map(absoluteMicros));
  const at = (index: number): Micros => (rounded[index] ?? 0n) * step;
  return { line: at(0), vendor: at(1), category: at(2), portfolio: at(3) };
}
