import { apportion } from '../core/apportion.js';
import type { Micros } from '../core/money.js';
import { matchGroup, type OnMatch } from './matching.js';
import type { LineMoney } from './money.js';
import { compareLargestFirst, compareTexts } from './order.js';
import { LEVELS, type ByLevel, type Flow, type FlowPart, type Level, type Unmatched } from './types.js';

/** Key of the one group of the last level. */
export const PORTFOLIO_KEY = 'portfolio';

/** What the cascade found; the order of its input leaves no trace in it. */
export interface CascadeResult {
  /** Largest first. */
  readonly flows: readonly Flow[];
  /** Largest first. */
  readonly parts: readonly FlowPart[];
  /** By function, then category. */
  readonly unmatched: readonly Unmatched[];
  readonly matched: ByLevel;
}

/** Signed amounts, one per function, in order of function ids. */
type Residuals = Micros[];

interface VendorGroup {
  vendor: string;
  readonly byCategory: Map<string, Residuals>;
}

/** All levels at zero. */
export function zeroLevels(): Record<Level, Micros> {
  return { line: 0n, vendor: 0n, category: 0n, portfolio: 0n };
}

/**
 * Matches what functions lost with what others gained, from the strongest evidence to the weakest (design, section 5):
 * within a line; over a vendor's lines; over a category's vendors; over all. Each level nets its residuals per function
 * before it matches, so a function is never on both sides of a match, and hands what is not matched up.
 *
 * `lines` are those of technology; `functionIds` are in order; `categoryName` gives a category's name for people.
 */
export function cascade(
  lines: readonly LineMoney[],
  functionIds: readonly string[],
  categoryName: (id: string) => string,
): CascadeResult {
  const parts: FlowPart[] = [];
  const flows = new Map<number, { from: string; to: string; byLevel: Record<Level, Micros> }>();
  const record: Recorder = (level, key, name) => (fromIndex, toIndex, amount) => {
    const pair = fromIndex * functionIds.length + toIndex;
    let flow = flows.get(pair);
    if (flow === undefined) {
      flow = { from: functionIds[fromIndex] ?? '', to: functionIds[toIndex] ?? '', byLevel: zeroLevels() };
      flows.set(pair, flow);
    }
    flow.byLevel[level] += amount;
    parts.push({ level, key, name, from: flow.from, to: flow.to, amount });
  };
  const size = functionIds.length;
  const vendors = matchLines(lines, size, record);
  const categories = matchVendors(vendors, size, record);
  for (const [category, residuals] of categories) {
    // Lines whose category is not known share no known need: they go straight to the portfolio.
    if (category !== '') matchGroup(residuals, record('category', category, categoryName(category)));
  }
  const rest = zeroResiduals(size);
  for (const residuals of categories.values()) addResiduals(rest, residuals);
  matchGroup(rest, record('portfolio', PORTFOLIO_KEY, 'all spend'));
  const matched = zeroLevels();
  for (const { byLevel } of flows.values()) for (const level of LEVELS) matched[level] += byLevel[level];
  return {
    flows: sortedFlows(flows.values()),
    parts: sortedParts(parts),
    unmatched: unmatchedOf(rest, categories, functionIds),
    matched,
  };
}

type Recorder = (level: Level, key: string, name: string) => OnMatch;

/** Matches within each line and gathers what is left by vendor and category. */
function matchLines(lines: readonly LineMoney[], size: number, record: Recorder): Map<string, VendorGroup> {
  const vendors = new Map<string, VendorGroup>();
  for (const { line, cells } of lines) {
    if (cells.every(({ change }) => change === 0n)) continue;
    let group = vendors.get(line.vendorId);
    if (group === undefined) {
      group = { vendor: line.vendor, byCategory: new Map() };
      vendors.set(line.vendorId, group);
    }
    // Two spellings of one vendor's name: the choice must not depend on which line comes first.
    if (line.vendor < group.vendor) group.vendor = line.vendor;
    let residuals = group.byCategory.get(line.category);
    if (residuals === undefined) {
      residuals = zeroResiduals(size);
      group.byCategory.set(line.category, residuals);
    }
    if (cells.length === 1) {
      for (const cell of cells) residuals[cell.functionIndex] = (residuals[cell.functionIndex] ?? 0n) + cell.change;
      continue;
    }
    const ofLine = zeroResiduals(size);
    for (const cell of cells) ofLine[cell.functionIndex] = cell.change;
    matchGroup(ofLine, record('line', line.id, line.vendor));
    addResiduals(residuals, ofLine);
  }
  return vendors;
}

/** Matches over each vendor's lines and gathers what is left by category. */
function matchVendors(
  vendors: ReadonlyMap<string, VendorGroup>,
  size: number,
  record: Recorder,
): Map<string, Residuals> {
  const categories = new Map<string, Residuals>();
  const add = (category: string, functionIndex: number, amount: Micros): void => {
    let residuals = categories.get(category);
    if (residuals === undefined) {
      residuals = zeroResiduals(size);
      categories.set(category, residuals);
    }
    residuals[functionIndex] = (residuals[functionIndex] ?? 0n) + amount;
  };
  for (const [vendorId, { vendor, byCategory }] of vendors) {
    const ofVendor = zeroResiduals(size);
    for (const residuals of byCategory.values()) addResiduals(ofVendor, residuals);
    matchGroup(ofVendor, record('vendor', vendorId, vendor));
    for (const [functionIndex, leftover] of ofVendor.entries()) {
      for (const { category, amount } of overCategories(leftover, functionIndex, byCategory)) {
        add(category, functionIndex, amount);
      }
    }
  }
  return categories;
}

/**
 * What a function has left, over the categories it comes from: in proportion to the function's residuals of the same
 * sign there. `leftover` is what netting and matching left of those residuals, so their sum is never smaller.
 */
function overCategories(
  leftover: Micros,
  functionIndex: number,
  byCategory: ReadonlyMap<string, Residuals>,
): { category: string; amount: Micros }[] {
  if (leftover === 0n) return [];
  const sources: { category: string; weight: bigint }[] = [];
  for (const [category, residuals] of byCategory) {
    const residual = residuals[functionIndex] ?? 0n;
    if (residual === 0n || residual < 0n !== leftover < 0n) continue;
    sources.push({ category, weight: residual < 0n ? -residual : residual });
  }
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return [{ category: only.category, amount: leftover }];
  sources.sort((left, right) => compareTexts(left.category, right.category));
  const amounts = apportion(
    leftover,
    sources.map(({ weight }) => weight),
  );
  return sources.map(({ category }, at) => ({ category, amount: amounts[at] ?? 0n }));
}

function unmatchedOf(
  rest: Residuals,
  categories: ReadonlyMap<string, Residuals>,
  functionIds: readonly string[],
): Unmatched[] {
  const unmatched: Unmatched[] = [];
  for (const [functionIndex, leftover] of rest.entries()) {
    for (const { category, amount } of overCategories(leftover, functionIndex, categories)) {
      if (amount !== 0n) unmatched.push({ functionId: functionIds[functionIndex] ?? '', category, amount });
    }
  }
  return unmatched.sort(
    (left, right) => compareTexts(left.functionId, right.functionId) || compareTexts(left.category, right.category),
  );
}

function sortedFlows(flows: Iterable<Omit<Flow, 'amount'>>): Flow[] {
  const summed = Array.from(flows, (flow) => ({ ...flow, amount: sumLevels(flow.byLevel) }));
  return summed.sort(
    (left, right) =>
      compareLargestFirst(left.amount, right.amount) ||
      compareTexts(left.from, right.from) ||
      compareTexts(left.to, right.to),
  );
}

function sortedParts(parts: FlowPart[]): FlowPart[] {
  return parts.sort(
    (left, right) =>
      compareLargestFirst(left.amount, right.amount) ||
      LEVELS.indexOf(left.level) - LEVELS.indexOf(right.level) ||
      compareTexts(left.key, right.key) ||
      compareTexts(left.from, right.from) ||
      compareTexts(left.to, right.to),
  );
}

/** The levels of one figure added up. */
export function sumLevels(levels: ByLevel): Micros {
  return levels.line + levels.vendor + levels.category + levels.portfolio;
}

function zeroResiduals(size: number): Residuals {
  return new Array<Micros>(size).fill(0n);
}

function addResiduals(target: Residuals, more: readonly Micros[]): void {
  for (const [index, amount] of more.entries()) if (amount !== 0n) target[index] = (target[index] ?? 0n) + amount;
}
