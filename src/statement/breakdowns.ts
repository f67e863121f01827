import { SPEND_CLASSES, type SpendClass } from '../core/charge.js';
import { OWNER_METHODS, VENDOR_METHODS } from '../core/decision.js';
import type { Micros } from '../core/money.js';
import type { LineMoney } from './money.js';
import { BASELINE, CURRENT } from './period-pair.js';
import { ThenNowSum } from './then-now.js';
import type { ClassCoverageRow, ClassTotal, CoverageRow } from './types.js';

/** A sum of money and lines under one heading. */
interface Tally {
  baseline: Micros;
  current: Micros;
  lineCount: number;
}

function tallyOf<Key>(tallies: Map<Key, Tally>, key: Key): Tally {
  let tally = tallies.get(key);
  if (tally === undefined) {
    tally = { baseline: 0n, current: 0n, lineCount: 0 };
    tallies.set(key, tally);
  }
  return tally;
}

function rowsOf<Key>(tallies: ReadonlyMap<Key, Tally>, order: readonly Key[]): (Tally & { method: Key })[] {
  return order.flatMap((method) => {
    const tally = tallies.get(method);
    return tally === undefined ? [] : [{ method, ...tally }];
  });
}

/** Technology by how its functions were found, strongest method first; methods without money are left out. */
export function coverageOf(technology: readonly LineMoney[]): CoverageRow[] {
  const tallies = new Map<CoverageRow['method'], Tally>();
  for (const { methods } of technology) {
    for (const { method, actual } of methods) {
      const tally = tallyOf(tallies, method);
      tally.baseline += actual[BASELINE];
      tally.current += actual[CURRENT];
      tally.lineCount += 1;
    }
  }
  return rowsOf(tallies, OWNER_METHODS);
}

/** Technology by how its spend class was found, strongest method first; methods without money are left out. */
export function classCoverageOf(technology: readonly LineMoney[]): ClassCoverageRow[] {
  const tallies = new Map<ClassCoverageRow['method'], Tally>();
  for (const { line, methods } of technology) {
    if (methods.length === 0) continue;
    const tally = tallyOf(tallies, line.classMethod);
    tally.lineCount += 1;
    for (const { actual } of methods) {
      tally.baseline += actual[BASELINE];
      tally.current += actual[CURRENT];
    }
  }
  return rowsOf(tallies, VENDOR_METHODS);
}

/** Totals of the classes other than technology; always all of them, so that a zero is seen to be one. */
export function besideOf(byClass: Readonly<Record<SpendClass, readonly LineMoney[]>>): ClassTotal[] {
  return SPEND_CLASSES.filter((spendClass) => spendClass !== 'technology').map((spendClass) => {
    const sum = new ThenNowSum();
    for (const { cells } of byClass[spendClass]) for (const cell of cells) sum.add(cell);
    return { spendClass, ...sum.value(), lineCount: byClass[spendClass].length };
  });
}
