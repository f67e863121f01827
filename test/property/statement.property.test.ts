import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { apportion } from '../../src/core/apportion.js';
import { sumMicros, type Micros } from '../../src/core/money.js';
import { splitAmount } from '../../src/statement/cells.js';
import { sumLevels } from '../../src/statement/cascade.js';
import { computeStatement } from '../../src/statement/compute.js';
import { partsOfLine } from '../../src/statement/line-parts.js';
import { fillMargins } from '../../src/statement/matching.js';
import {
  LEVELS,
  type FunctionRow,
  type Statement,
  type StatementInput,
  type StatementLine,
  type ThenNow,
} from '../../src/statement/types.js';
import { statementInputs } from '../support/statement-arbitraries.js';

const RUNS = 150;
const LARGE_RUNS = 3;
const LARGE = { linesMin: 2_000, linesMax: 3_000 } as const;

/** Holds `check` against many small ledgers and a few of thousands of lines. */
function always(check: (input: StatementInput) => void, equalRates = false): void {
  fc.assert(fc.property(statementInputs({ equalRates }), check), { numRuns: RUNS });
  fc.assert(fc.property(statementInputs({ ...LARGE, equalRates }), check), { numRuns: LARGE_RUNS, endOnFailure: true });
}

function alwaysOf(check: (statement: Statement) => void): void {
  always((input) => {
    check(computeStatement(input));
  });
}

function moved(row: FunctionRow): Micros {
  return sumLevels(row.in) - sumLevels(row.out) + row.newMoney - row.cut + row.currencyEffect;
}

type ThenNowPart = Pick<ThenNow, 'baseline' | 'current'>;

const sumOf = <Row>(rows: readonly Row[], amount: (row: Row) => Micros): Micros => sumMicros(rows.map(amount));

/** Turns every list of the input around. */
function reversed(input: StatementInput): StatementInput {
  const lines = input.lines.map((line) => ({
    ...line,
    facts: line.facts.toReversed(),
    segments: line.segments.map((segment) => ({ ...segment, shares: segment.shares.toReversed() })),
  }));
  return { ...input, lines: lines.toReversed(), functions: input.functions.toReversed() };
}

describe('money of functions', () => {
  it('changes by what came, what left, new money, cuts and the currency effect', () => {
    alwaysOf((statement) => {
      for (const row of [...statement.functions, ...statement.groups]) {
        expect(row.change).toBe(row.current - row.baseline);
        expect(row.change).toBe(moved(row));
      }
    });
  });

  it('sums to technology, over functions and over groups', () => {
    alwaysOf(({ functions, groups, technology }) => {
      for (const rows of [functions, groups]) {
        expect(sumOf(rows, (row) => row.baseline)).toBe(technology.baseline);
        expect(sumOf(rows, (row) => row.current)).toBe(technology.current);
        expect(sumOf(rows, (row) => row.change)).toBe(technology.change);
        expect(sumOf(rows, (row) => row.currencyEffect)).toBe(technology.currencyEffect);
      }
    });
  });

  it('equals the money of the ledger by class, at the rate of each day', () => {
    always((input) => {
      const statement = computeStatement(input);
      const ledger = (spendClass: string, from: string, to: string): Micros =>
        sumMicros(
          input.lines
            .filter((line) => line.spendClass === spendClass)
            .flatMap((line) => line.facts.filter(({ month }) => month >= from && month < to))
            .map(({ reportingMicros }) => reportingMicros),
        );
      for (const row of [{ ...statement.technology, spendClass: 'technology' }, ...statement.beside]) {
        expect(row.baseline).toBe(ledger(row.spendClass, input.baseline.from, input.baseline.to));
        expect(row.current).toBe(ledger(row.spendClass, input.current.from, input.current.to));
      }
    });
  });
});

describe('flows', () => {
  it('are equal in and out at each level and never go to oneself or below zero', () => {
    alwaysOf(({ functions, flows, parts, matched }) => {
      for (const level of LEVELS) {
        expect(sumOf(functions, (row) => row.in[level])).toBe(matched[level]);
        expect(sumOf(functions, (row) => row.out[level])).toBe(matched[level]);
        expect(sumOf(flows, (flow) => flow.byLevel[level])).toBe(matched[level]);
        expect(flows.every((flow) => flow.byLevel[level] >= 0n)).toBe(true);
      }
      for (const { from, to, amount } of [...flows, ...parts]) {
        expect(from).not.toBe(to);
        expect(amount > 0n).toBe(true);
      }
    });
  });

  it('are the sums of their parts', () => {
    alwaysOf(({ flows, parts }) => {
      const sums = new Map<string, Micros>();
      for (const part of parts) {
        const key = `${part.from}>${part.to}:${part.level}`;
        sums.set(key, (sums.get(key) ?? 0n) + part.amount);
      }
      for (const { from, to, byLevel, amount } of flows) {
        for (const level of LEVELS) expect(byLevel[level]).toBe(sums.get(`${from}>${to}:${level}`) ?? 0n);
        expect(amount).toBe(sumLevels(byLevel));
      }
      expect(sumOf(parts, (part) => part.amount)).toBe(sumOf(flows, (flow) => flow.amount));
    });
  });

  it('leave new money or cuts, never both, and those split over categories exactly', () => {
    alwaysOf(({ functions, unmatched, newMoney, cut }) => {
      expect(newMoney === 0n || cut === 0n).toBe(true);
      for (const row of functions) {
        const mine = unmatched.filter(({ functionId }) => functionId === row.id);
        expect(sumOf(mine, ({ amount }) => amount)).toBe(row.newMoney - row.cut);
      }
      expect(sumOf(functions, (row) => row.newMoney)).toBe(newMoney);
      expect(sumOf(functions, (row) => row.cut)).toBe(cut);
    });
  });

  it('turn around when baseline and current are exchanged', () => {
    always((input) => {
      const forward = computeStatement(input);
      const back = computeStatement({ ...input, baseline: input.current, current: input.baseline });
      const turn = (rows: readonly { readonly from: string; readonly to: string }[]): Set<string> =>
        new Set(rows.map((row) => textOf({ ...row, from: row.to, to: row.from })));
      expect(new Set(back.flows.map(textOf))).toEqual(turn(forward.flows));
      expect(new Set(back.parts.map(textOf))).toEqual(turn(forward.parts));
      expect(back.matched).toEqual(forward.matched);
      expect([back.newMoney, back.cut]).toEqual([forward.cut, forward.newMoney]);
      const turned = forward.unmatched.map((entry) => ({ ...entry, amount: -entry.amount }));
      expect(back.unmatched).toEqual(turned);
    });
  });
});

/** A flat value with bigints as text, its keys in order. */
function textOf(value: object): string {
  return JSON.stringify(Object.entries(value).sort(), (_, inner: unknown) =>
    typeof inner === 'bigint' ? `${inner}n` : inner,
  );
}

describe('the statement as a whole', () => {
  it('does not depend on the order of its input', () => {
    always((input) => {
      expect(computeStatement(reversed(input))).toEqual(computeStatement(input));
    });
  });

  it('changes by no more than rounding when a line is split into equal halves', () => {
    fc.assert(
      fc.property(statementInputs({ linesMin: 1 }), fc.nat(), (input, pick) => {
        const evened = { ...input, lines: input.lines.map(evenLine) };
        const split = splitLine(evened, pick % input.lines.length);
        const whole = computeStatement(evened);
        const halves = computeStatement(split);
        // Each of at most 6 facts and 6 conversions may round 3 shares by one unit, at most four levels deep.
        const tolerance = 12n * 3n * 4n;
        for (const level of LEVELS) {
          const difference = halves.matched[level] - whole.matched[level];
          expect(difference <= tolerance && difference >= -tolerance).toBe(true);
        }
        expect(halves.technology).toEqual({
          ...whole.technology,
          lineCount: halves.technology.lineCount,
          currencyEffect: halves.technology.currencyEffect,
        });
      }),
      { numRuns: RUNS * 3 },
    );
  });

  it('bounds every share', () => {
    alwaysOf(({ functions, groups, technology }) => {
      for (const { shareBaseline, shareCurrent } of [...functions, ...groups]) {
        for (const { low, share, high } of [shareBaseline, shareCurrent]) {
          expect(low <= share && share <= high).toBe(true);
        }
      }
      const total = functions.reduce((sum, row) => sum + row.shareCurrent.share, 0);
      const expected = technology.current === 0n ? 0 : 1_000_000;
      expect(Math.abs(total - expected)).toBeLessThanOrEqual(functions.length);
    });
  });

  it('covers technology by awareness, by owner method and by class method', () => {
    alwaysOf(({ awareness, coverage, classCoverage, technology, groups }) => {
      const parts = [awareness.it, awareness.businessLed, awareness.shadow, awareness.unassigned];
      const splits: (readonly ThenNowPart[])[] = [parts, coverage, classCoverage];
      for (const rows of splits) {
        expect(sumOf(rows, (row) => row.baseline)).toBe(technology.baseline);
        expect(sumOf(rows, (row) => row.current)).toBe(technology.current);
      }
      expect(sumOf(parts, (row) => row.currencyEffect)).toBe(technology.currencyEffect);
      const business = groups.find(({ group }) => group === 'business');
      expect(awareness.businessLed.current + awareness.shadow.current).toBe(business?.current ?? 0n);
    });
  });

  it('opens every figure down to parts of lines that sum to it', () => {
    always((input) => {
      const statement = computeStatement(input);
      const technology = input.lines.filter(({ spendClass }) => spendClass === 'technology');
      for (const slot of ['baseline', 'current'] as const) {
        const parts = technology.flatMap((line) => partsOfLine(line, input[slot]));
        for (const row of statement.functions) {
          const own = parts.filter(({ functionId }) => functionId === row.id);
          expect(sumOf(own, ({ amount }) => amount)).toBe(row[slot]);
        }
        expect(sumOf(parts, ({ amount }) => amount)).toBe(statement.technology[slot]);
      }
    });
  });
});

/** Amounts made even, so that a half is a whole number of micro-units. */
function evenLine(line: StatementLine): StatementLine {
  return {
    ...line,
    facts: line.facts.map((fact) => ({
      ...fact,
      micros: fact.micros * 2n,
      reportingMicros: fact.reportingMicros * 2n,
    })),
  };
}

function splitLine(input: StatementInput, at: number): StatementInput {
  const lines = input.lines.flatMap((line, index) => {
    if (index !== at) return [line];
    const facts = line.facts.map((fact) => ({
      ...fact,
      micros: fact.micros / 2n,
      reportingMicros: fact.reportingMicros / 2n,
    }));
    return [
      { ...line, facts },
      { ...line, id: `${line.id}half`, facts },
    ];
  });
  return { ...input, lines };
}

describe('integers', () => {
  it('splits over one or two shares as apportion does', () => {
    const weight = fc.bigInt({ min: 1n, max: 1_000_000n });
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
        fc.array(weight, { minLength: 1, maxLength: 3 }),
        (total, weights) => {
          expect(splitAmount(total, weights)).toEqual(apportion(total, weights));
        },
      ),
    );
  });

  it('fills a matrix with exact margins, close to proportion', () => {
    const weights = fc.array(fc.bigInt({ min: 1n, max: 10n ** 9n }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 9n }), weights, weights, (total, rowWeights, columnWeights) => {
        const rows = apportion(total, rowWeights);
        const columns = apportion(total, columnWeights);
        const cells = fillMargins(rows, columns);
        expect(cells.map(sumMicros)).toEqual(rows);
        expect(columns.map((_, column) => sumMicros(cells.map((row) => row[column] ?? 0n)))).toEqual(columns);
        for (const [row, amounts] of cells.entries()) {
          for (const [column, amount] of amounts.entries()) {
            const exact = total === 0n ? 0n : ((rows[row] ?? 0n) * (columns[column] ?? 0n)) / total;
            expect(amount >= exact && amount <= exact + 8n).toBe(true);
          }
        }
      }),
    );
  });
});
