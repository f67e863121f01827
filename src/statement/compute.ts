import type { SpendClass } from '../core/charge.js';
import type { BusinessFunction } from '../core/decision.js';
import { sumMicros } from '../core/money.js';
import type { BoundsBase } from './bounds.js';
import { besideOf, classCoverageOf, coverageOf } from './breakdowns.js';
import { cascade, type CascadeResult } from './cascade.js';
import { definitionOf } from './definition.js';
import { awarenessOf, functionMoneys, groupLineCounts, type FunctionMoney } from './function-money.js';
import { functionRows, groupRows } from './function-rows.js';
import { lineRows } from './line-rows.js';
import { moneyOfLines, type LineMoney } from './money.js';
import { compareTexts } from './order.js';
import { BASELINE, CURRENT, requireComparable, type Slot } from './period-pair.js';
import { addThenNow, NOTHING } from './then-now.js';
import type { Statement, StatementInput, StatementLineRow } from './types.js';

/** Name of the category of lines whose category is not known, whose id is the empty text. */
const NO_CATEGORY = 'no category known';

type ByClass = Readonly<Record<SpendClass, readonly LineMoney[]>>;

/**
 * The spend-shift statement of two periods (design, section 5). Pure: the same input, in whatever order, gives the same
 * value.
 *
 * @throws UsageError when the periods have no month, differ in length or overlap.
 * @throws DataError naming each currency without a baseline rate, each unknown function and each line without an owner
 * segment for one of its months.
 */
export function computeStatement(input: StatementInput): Statement {
  requireComparable(input.baseline, input.current);
  const functions = [...input.functions].sort((left, right) => compareTexts(left.id, right.id));
  const functionIds = functions.map(({ id }) => id);
  const { moneys, otherCurrencies } = moneyOfLines(input, functionIds);
  const byClass = splitByClass(moneys);
  const categoryNames = new Map([['', NO_CATEGORY], ...sortedEntries(input.categories)]);
  const movements = cascade(byClass.technology, functionIds, (id) => categoryNames.get(id) ?? id);
  const beside = besideOf(byClass);
  let rows: StatementLineRow[] | undefined;
  return {
    schema: 'spendshift.statement/1',
    company: input.company,
    currency: input.currency,
    baseline: input.baseline,
    current: input.current,
    basis: input.basis,
    view: input.view,
    asToday: input.asToday,
    ...figures(byClass, functions, movements),
    beside,
    sources: [...input.sources].sort((left, right) => compareTexts(left.source, right.source)),
    definition: definitionOf(input, beside, otherCurrencies),
    // Made on first use: a reader of the figures alone need not wait for a hundred thousand rows.
    get lines(): readonly StatementLineRow[] {
      rows ??= lineRows([...byClass.technology, ...byClass.unknown], functionIds);
      return rows;
    },
    functionNames: new Map(functions.map(({ id, name }) => [id, name])),
    categoryNames,
  };
}

type Figures = Pick<
  Statement,
  | 'technology'
  | 'functions'
  | 'groups'
  | 'flows'
  | 'parts'
  | 'unmatched'
  | 'matched'
  | 'newMoney'
  | 'cut'
  | 'awareness'
  | 'coverage'
  | 'classCoverage'
  | 'uncertain'
>;

function figures(byClass: ByClass, functions: readonly BusinessFunction[], movements: CascadeResult): Figures {
  const { technology } = byClass;
  const moneys = functionMoneys(technology, functions.length);
  const groups = functions.map(({ group }) => group);
  const total = moneys.reduce((sum, money) => (money === undefined ? sum : addThenNow(sum, money.total)), NOTHING);
  const bounds = [boundsBase(moneys, byClass.unknown, BASELINE), boundsBase(moneys, byClass.unknown, CURRENT)] as const;
  const rows = { functions, moneys, groupLineCounts: groupLineCounts(technology, groups), movements, bounds };
  const leftovers = movements.unmatched.map(({ amount }) => amount);
  return {
    technology: { ...total, lineCount: technology.length },
    functions: functionRows(rows),
    groups: groupRows(rows),
    flows: movements.flows,
    parts: movements.parts,
    unmatched: movements.unmatched,
    matched: movements.matched,
    newMoney: sumMicros(leftovers.filter((amount) => amount > 0n)),
    cut: -sumMicros(leftovers.filter((amount) => amount < 0n)),
    awareness: awarenessOf(moneys, groups),
    coverage: coverageOf(technology),
    classCoverage: classCoverageOf(technology),
    uncertain: { baseline: bounds[BASELINE].uncertain, current: bounds[CURRENT].uncertain },
  };
}

/** Lines by class; lines without money in either period are left out. */
function splitByClass(moneys: readonly LineMoney[]): ByClass {
  const byClass: Record<SpendClass, LineMoney[]> = { technology: [], advertising: [], other: [], unknown: [] };
  for (const money of moneys) if (money.cells.length > 0) byClass[money.line.spendClass].push(money);
  return byClass;
}

function boundsBase(
  moneys: readonly (FunctionMoney | undefined)[],
  unknown: readonly LineMoney[],
  slot: Slot,
): BoundsBase {
  let technology = 0n;
  let unknownClass = 0n;
  let uncertain = 0n;
  for (const money of moneys) {
    if (money === undefined) continue;
    technology += slot === BASELINE ? money.total.baseline : money.total.current;
    uncertain += money.uncertain[slot];
  }
  for (const { cells } of unknown) for (const cell of cells) unknownClass += cell.actual[slot];
  return { technology, unknownClass, uncertain: uncertain + unknownClass };
}

function sortedEntries(names: ReadonlyMap<string, string>): [string, string][] {
  return [...names].sort(([left], [right]) => compareTexts(left, right));
}
