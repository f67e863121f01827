import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { explainLine, statementInput, withSession, writeDemo } from '../../src/app.js';
import { absoluteMicros, sumMicros, type Micros } from '../../src/core/money.js';
import { convertMicros, RATE_SCALE } from '../../src/core/rates.js';
import { generateDemo } from '../../src/demo/generate.js';
import type { DemoStory } from '../../src/demo/types.js';
import type { FlowPart, Statement, StatementInput } from '../../src/statement/types.js';
import { lastingFolder, pullFolder, statementOf } from '../support/end-to-end.js';
import { traceDemo, WHOLE_DEMO, type TracedCharge } from '../support/demo-ledger.js';
import { expectAddsUp } from '../support/identities.js';

const { stories } = generateDemo().truth;
const movements = stories.filter(({ from, to }) => from !== undefined && to !== undefined);
const ofLevel = (level: DemoStory['level']): DemoStory[] => movements.filter((story) => story.level === level);

/** Converting each cell rounds by at most half a micro-unit. */
const ROUNDING_PER_LINE: Micros = 4n;
/** Part of a category's movement that others who also gained may take from a story, as one in. */
const TAKEN_BY_OTHERS_ONE_IN = 10n;

describe('stories of the demo company in its statement', () => {
  let folder = '';
  let remove: () => Promise<void>;
  let input: StatementInput;
  let ordinary: Statement;
  let today: Statement;
  let traced: TracedCharge[];

  beforeAll(async () => {
    ({ folder, remove } = await lastingFolder());
    await writeDemo(folder);
    await pullFolder(folder);
    input = await withSession(folder, (session) => statementInput(session, WHOLE_DEMO));
    ordinary = await statementOf(folder, WHOLE_DEMO);
    today = await statementOf(folder, { ...WHOLE_DEMO, asToday: true });
    traced = await traceDemo(folder);
  });
  afterAll(() => remove());

  const chargesOf = (id: string): TracedCharge[] => traced.filter(({ story }) => story === id);
  const lineIds = (id: string): Set<string> => new Set(chargesOf(id).map(({ line }) => line.id));

  /** A story's amount in pounds at the rates that the statement measures movements by. */
  function inPounds({ currency, amountMicros }: DemoStory): Micros {
    return currency === 'GBP' ? amountMicros : convertMicros(amountMicros, input.baselineRates.get(currency) ?? 0n);
  }

  function partsOf({ from, to, level }: DemoStory, keys: ReadonlySet<string>): Micros {
    const own = (part: FlowPart): boolean =>
      part.level === level && keys.has(part.key) && part.from === from && part.to === to;
    return sumMicros(ordinary.parts.filter(own).map(({ amount }) => amount));
  }

  it('add up, in both views of the organisation', () => {
    expectAddsUp(ordinary);
    expectAddsUp(today);
    const { currencyEffect, ...money } = ordinary.technology;
    expect(today.technology).toMatchObject(money);
    // Shares are rounded before they are converted, so another split of the same line may differ by a millionth each.
    expect(absoluteMicros(today.technology.currencyEffect - currencyEffect)).toBeLessThan(50n);
  });

  it.each(ofLevel('line'))('$id: from $from to $to, the same line', (story) => {
    const ids = lineIds(story.id);
    const difference = partsOf(story, ids) - inPounds(story);
    const allowed = story.currency === 'GBP' ? 0n : BigInt(ids.size) * ROUNDING_PER_LINE;
    expect(difference <= allowed && -difference <= allowed).toBe(true);
    expect(partsOf(story, ids)).toBeGreaterThan(0n);
  });

  it.each(ofLevel('vendor'))('$id: from $from to $to, the same vendor', (story) => {
    const vendors = new Set(chargesOf(story.id).map(({ line }) => line.vendorId));
    expect(vendors.size).toBe(1);
    expect(partsOf(story, vendors)).toBeGreaterThanOrEqual(inPounds(story) - ROUNDING_PER_LINE);
  });

  it.each(ofLevel('category'))('$id: from $from to $to, the same need', (story) => {
    const categories = new Set(chargesOf(story.id).map(({ line }) => line.category));
    expect(categories.size).toBe(1);
    const found = partsOf(story, categories);
    expect(found).toBeGreaterThanOrEqual(inPounds(story) - inPounds(story) / TAKEN_BY_OTHERS_ONE_IN);
  });

  it('no line of a movement tells another story', () => {
    const ids = new Set(ofLevel('line').flatMap(({ id }) => [...lineIds(id)]));
    const others = ordinary.parts.filter((part) => part.level === 'line' && !ids.has(part.key));
    expect(others).toEqual([]);
  });

  it("a reorganisation is gone in today's organisation, a change of buyer is not", () => {
    expect(ordinary.matched.line).toBeGreaterThan(0n);
    expect(today.matched.line).toBe(0n);
    const hubspot = (statement: Statement): FlowPart[] => statement.parts.filter(({ key }) => key === 'hubspot');
    expect(hubspot(today)).toEqual(hubspot(ordinary));
    expect(hubspot(today)).toHaveLength(1);
  });

  it('an early renewal shows as two annual invoices in the second year', async () => {
    const opened = await withSession(folder, async (session) => {
      const ids = [...lineIds('renewed-early')];
      return Promise.all(ids.map((id) => explainLine(session, id, { chargesMax: 9, rowsMax: 0 })));
    });
    const invoices = opened.flatMap(({ months }) => months).sort((a, b) => (a.month < b.month ? -1 : 1));
    expect(invoices.map(({ month, cashMicros }) => [month >= '2025-04' ? 'now' : 'then', cashMicros])).toEqual([
      ['then', 118_000_000_000n],
      ['now', 118_000_000_000n],
      ['now', 118_000_000_000n],
    ]);
  });

  it('a year of cloud paid ahead is in one month by cash, spread by accrual', async () => {
    const month = { periods: { month: '2025-06' } } as const;
    const cash = await statementOf(folder, month);
    const accrual = await statementOf(folder, { ...month, basis: 'accrual' });
    expect(cash.technology.current - accrual.technology.current).toBeGreaterThan(20_000_000_000n);
    expectAddsUp(accrual);
  });

  it('exchange rates move only functions that have charges in other currencies', () => {
    const foreign = new Set(
      input.lines
        .filter(
          ({ spendClass, facts }) => spendClass === 'technology' && facts.some(({ currency }) => currency !== 'GBP'),
        )
        .flatMap(({ segments }) => segments.flatMap(({ shares }) => shares.map(({ functionId }) => functionId))),
    );
    const moved = ordinary.functions.filter(({ currencyEffect }) => currencyEffect !== 0n).map(({ id }) => id);
    expect(moved.length).toBeGreaterThan(3);
    expect(moved.filter((id) => !foreign.has(id))).toEqual([]);
    expect(ordinary.functions.some(({ id }) => !foreign.has(id))).toBe(true);
  });

  it('AI tools bought on cards are shadow IT, in whole', () => {
    const ids = lineIds('shadow-ai');
    const lines = input.lines.filter(({ id }) => ids.has(id));
    expect(lines.length).toBe(ids.size);
    expect(lines.filter(({ knows }) => knows.known)).toEqual([]);
    const money = ordinary.lines.filter(({ id }) => ids.has(id)).flatMap(({ functions }) => functions);
    expect(ordinary.awareness.shadow.current).toBeGreaterThan(sumMicros(money.map(({ current }) => current)));
    expect(money.every(({ functionId }) => functionId !== 'it')).toBe(true);
  });

  it('what IT ended is gone from its lines, exactly', () => {
    for (const story of stories.filter(({ level }) => level === 'cut')) {
      const ids = lineIds(story.id);
      const cells = ordinary.lines.filter(({ id }) => ids.has(id)).flatMap(({ functions }) => functions);
      expect(new Set(cells.map(({ functionId }) => functionId))).toEqual(new Set(['it']));
      expect(sumMicros(cells.map(({ baseline, current }) => current - baseline))).toBe(story.amountMicros);
    }
  });

  it('money without an owner is shown as unassigned, whole', () => {
    const ids = new Set(['unmapped-account', 'virtual-card', 'suspense'].flatMap((id) => [...lineIds(id)]));
    const cells = ordinary.lines.filter(({ id }) => ids.has(id)).flatMap(({ functions }) => functions);
    expect(new Set(cells.map(({ functionId }) => functionId))).toEqual(new Set(['unassigned']));
    const row = ordinary.functions.find(({ id }) => id === 'unassigned');
    expect(row?.current).toBeGreaterThanOrEqual(sumMicros(cells.map(({ current }) => current)));
    expect(row?.shareCurrent.low).toBe(0);
  });

  it('shared Salesforce is split 70 to 30 between sales and marketing', () => {
    const ids = lineIds('salesforce-shared');
    for (const { functions } of ordinary.lines.filter(({ id }) => ids.has(id))) {
      const of = (wanted: string): Micros => functions.find(({ functionId }) => functionId === wanted)?.current ?? 0n;
      expect(of('sales') * 3n).toBe(of('marketing') * 7n);
      expect(of('sales')).toBeGreaterThan(0n);
    }
  });

  it('rates are those of the baseline', () => {
    const dollar = input.baselineRates.get('USD') ?? 0n;
    expect(dollar > RATE_SCALE / 2n && dollar < RATE_SCALE).toBe(true);
  });
});
