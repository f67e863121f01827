import type { SpendClass } from '../core/charge.js';
import type { BusinessFunction } from '../core/decision.js';
import { sumMicros, type Micros } from '../core/money.js';
import type { BoundsBase } from './bounds.js';
import { awarenessOf, besideOf, classCoverageOf, coverageOf } from './breakdowns.js';
import { cascade, type CascadeResult } from './cascade.js';
import { definitionOf } from './definition.js';
import { functionRows, groupRows } from './function-rows.js';
import { lineRows } from './line-rows.js';
import { moneyOfLines, type LineMoney } from './money.js';
import { compareTexts } from './order.js';
import { BASELINE, CURRENT, requireComparable, type Slot } from './period-pair.js';
import { ThenNowSum } from './then-now.js';
import type { Statement, StatementInput } from './types.js';

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
  const byClass = splitByClass(moneyOfLines(input, functionIds));
  const categoryNames = new Map([['', NO_CATEGORY], ...sortedEntries(input.categories)]);
  const movements = cascade(byClass.technology, functionIds, (id) => categoryNames.get(id) ?? id);
  const beside = besideOf(byClass);
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
    definition: definitionOf(input, beside),
    lines: lineRows([...byClass.technology, ...byClass.unknown], functionIds),
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
  const bounds = [boundsBase(byClass, BASELINE), boundsBase(byClass, CURRENT)] as const;
  const rows = { functions, technology, movements, bounds };
  const total = new ThenNowSum();
  for (const { cells } of technology) for (const cell of cells) total.add(cell);
  const leftovers = movements.unmatched.map(({ amount }) => amount);
  return {
    technology: { ...total.value(), lineCount: technology.length },
    functions: functionRows(rows),
    groups: groupRows(rows),
    flows: movements.flows,
    parts: movements.parts,
    unmatched: movements.unmatched,
    matched: movements.matched,
    newMoney: sumMicros(leftovers.filter((amount) => amount > 0n)),
    cut: -sumMicros(leftovers.filter((amount) => amount < 0n)),
    awareness: awarenessOf(
      technology,
      functions.map(({ group }) => group),
    ),
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

function boundsBase(byClass: ByClass, slot: Slot): BoundsBase {
  const technology = sumCells(byClass.technology, slot, 'actual');
  const unknownClass = sumCells(byClass.unknown, slot, 'actual');
  return { technology, unknownClass, uncertain: unknownClass + sumCells(byClass.technology, slot, 'uncertain') };
}

function sumCells(moneys: readonly LineMoney[], slot: Slot, key: 'actual' | 'uncertain'): Micros {
  let sum = 0n;
  for (const { cells } of moneys) for (const cell of cells) sum += cell[key][slot];
  return sum;
}

function sortedEntries(names: ReadonlyMap<string, string>): [string, string][] {
  return [...names].sort(([left], [right]) => compareTexts(left, right));
}
