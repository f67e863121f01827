import { expect } from 'vitest';

import { sumMicros, type Micros } from '../../src/core/money.js';
import { sumLevels } from '../../src/statement/cascade.js';
import { LEVELS, type Statement, type ThenNow } from '../../src/statement/types.js';

const sumOf = <Row>(rows: readonly Row[], amount: (row: Row) => Micros): Micros => sumMicros(rows.map(amount));

/** Holds a statement against every identity it promises, to the micro-unit: functions, groups, flows, parts, lines. */
export function expectAddsUp(statement: Statement): void {
  expectFunctionsAddUp(statement);
  expectFlowsAddUp(statement);
  expectCoverageAddsUp(statement);
  expectLinesAddUp(statement);
}

function expectFunctionsAddUp({ functions, groups, technology }: Statement): void {
  for (const rows of [functions, groups]) {
    expect(sumOf(rows, (row) => row.baseline)).toBe(technology.baseline);
    expect(sumOf(rows, (row) => row.current)).toBe(technology.current);
    for (const row of rows) {
      expect(row.current - row.baseline).toBe(row.change);
      expect(sumLevels(row.in) - sumLevels(row.out) + row.newMoney - row.cut + row.currencyEffect).toBe(row.change);
    }
  }
  expect(technology.current - technology.baseline).toBe(technology.change);
}

function expectFlowsAddUp({ functions, flows, parts, matched, unmatched, newMoney, cut, technology }: Statement): void {
  for (const level of LEVELS) {
    expect(sumOf(functions, (row) => row.in[level])).toBe(matched[level]);
    expect(sumOf(functions, (row) => row.out[level])).toBe(matched[level]);
    expect(sumOf(flows, (flow) => flow.byLevel[level])).toBe(matched[level]);
    const ofLevel = parts.filter((part) => part.level === level);
    expect(sumOf(ofLevel, (part) => part.amount)).toBe(matched[level]);
  }
  expect(flows.every((flow) => flow.from !== flow.to && flow.amount > 0n)).toBe(true);
  expect(sumOf(unmatched, (entry) => entry.amount)).toBe(newMoney - cut);
  expect(newMoney - cut + technology.currencyEffect).toBe(technology.change);
}

function expectCoverageAddsUp({ coverage, classCoverage, awareness, technology }: Statement): void {
  const { it, businessLed, shadow, unassigned } = awareness;
  const ways: readonly (readonly Pick<ThenNow, 'baseline' | 'current'>[])[] = [
    coverage,
    classCoverage,
    [it, businessLed, shadow, unassigned],
  ];
  for (const rows of ways) {
    expect(sumOf(rows, (row) => row.baseline)).toBe(technology.baseline);
    expect(sumOf(rows, (row) => row.current)).toBe(technology.current);
  }
}

function expectLinesAddUp({ lines, functions, beside, technology }: Statement): void {
  const counted = lines.filter((line) => line.spendClass === 'technology');
  expect(counted).toHaveLength(technology.lineCount);
  for (const row of functions) {
    const cells = counted.flatMap((line) => line.functions.filter(({ functionId }) => functionId === row.id));
    expect(sumOf(cells, (cell) => cell.baseline)).toBe(row.baseline);
    expect(sumOf(cells, (cell) => cell.current)).toBe(row.current);
  }
  const unknown = lines.filter((line) => line.spendClass === 'unknown').flatMap((line) => line.functions);
  const told = beside.find((row) => row.spendClass === 'unknown');
  expect(sumOf(unknown, (cell) => cell.current)).toBe(told?.current ?? 0n);
}
