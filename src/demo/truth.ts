import { apportion } from '../core/apportion.js';
import type { DayNumber } from '../core/date.js';
import type { Micros } from '../core/money.js';
import { monthNumber } from '../core/period.js';
import { monthAt, SECOND_YEAR } from './calendar.js';
import { STORIES, type StoryLine } from './stories.js';
import type { DemoTable } from './table.js';
import type { DemoCharge, DemoOwnerTotal, DemoStory, DemoTotal, DemoTruth } from './types.js';

const SECOND_YEAR_DAY: DayNumber = monthNumber(monthAt(SECOND_YEAR)) * 100;

/** Money then and now. */
interface ThenNow {
  baseline: Micros;
  current: Micros;
}

/** All that can be said of the files: the charges, what is in no total and why, totals and stories. */
export function truthOf(tables: readonly DemoTable[]): DemoTruth {
  const charges = tables.flatMap((table) => table.charges);
  return {
    charges,
    rejectedRows: tables.flatMap((table) => table.rejectedRows),
    skippedRows: tables.flatMap((table) => table.skippedRows),
    totals: totalsOf(charges),
    technologyByOwner: technologyByOwner(charges),
    stories: STORIES.flatMap((story) => storyFacts(story, charges)),
  };
}

function totalsOf(charges: readonly DemoCharge[]): DemoTotal[] {
  return groups(charges, ({ source, currency }) => `${source} ${currency}`).map(([first, members]) => ({
    source: first.source,
    currency: first.currency,
    chargeCount: members.length,
    cashMicros: members.reduce((sum, charge) => sum + charge.cashMicros, 0n),
    accrualMicros: members.reduce((sum, charge) => sum + charge.accrualMicros, 0n),
  }));
}

/** Technology that its row tells, by owner; without obscure charges. */
function technologyByOwner(charges: readonly DemoCharge[]): DemoOwnerTotal[] {
  const told = charges.filter(({ spendClass, obscure }) => spendClass === 'technology' && !obscure);
  return groups(told, ({ source, currency }) => `${source} ${currency}`).flatMap(([{ source, currency }, members]) =>
    [...byOwner(members)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([functionId, money]) => ({
        functionId,
        source,
        currency,
        baselineMicros: money.baseline,
        currentMicros: money.current,
      })),
  );
}

function storyFacts(story: StoryLine, charges: readonly DemoCharge[]): DemoStory[] {
  const told = charges.filter((charge) => charge.story === story.id);
  return groups(told, ({ currency }) => currency).map(([{ currency }, members]) => {
    const { baseline, current } = thenNow(members);
    return {
      ...story,
      currency,
      baselineMicros: baseline,
      currentMicros: current,
      amountMicros: storyAmount(story, members, current - baseline),
    };
  });
}

function storyAmount({ level, from, to }: StoryLine, members: readonly DemoCharge[], change: Micros): Micros {
  if (from === undefined || to === undefined) return change;
  if (level !== 'line') return matched(members, from, to);
  const lines = groups(members, ({ source, lineTexts }) => `${source}|${lineTexts}`);
  return lines.reduce((sum, [, line]) => sum + matched(line, from, to), 0n);
}

/** What one function lost and the other gained: the smaller of the two, never negative. */
function matched(members: readonly DemoCharge[], from: string, to: string): Micros {
  const owners = byOwner(members);
  const loss = changeOf(owners.get(from)) * -1n;
  const gain = changeOf(owners.get(to));
  const least = loss < gain ? loss : gain;
  return least > 0n ? least : 0n;
}

function changeOf(money: ThenNow | undefined): Micros {
  return money === undefined ? 0n : money.current - money.baseline;
}

function thenNow(members: readonly DemoCharge[]): ThenNow {
  const money: ThenNow = { baseline: 0n, current: 0n };
  for (const charge of members) money[charge.day < SECOND_YEAR_DAY ? 'baseline' : 'current'] += charge.cashMicros;
  return money;
}

function byOwner(members: readonly DemoCharge[]): Map<string, ThenNow> {
  const owners = new Map<string, ThenNow>();
  for (const { owners: shares, cashMicros, day } of members) {
    const named = shares.length === 0 ? [{ functionId: 'unassigned', perMillion: 1_000_000 }] : shares;
    const parts = apportion(
      cashMicros,
      named.map(({ perMillion }) => BigInt(perMillion)),
    );
    for (const [index, { functionId }] of named.entries()) {
      const money = owners.get(functionId) ?? { baseline: 0n, current: 0n };
      money[day < SECOND_YEAR_DAY ? 'baseline' : 'current'] += parts[index] ?? 0n;
      owners.set(functionId, money);
    }
  }
  return owners;
}

/** Items by key, in order of first appearance, each group with its first item. */
function groups<Item>(items: readonly Item[], keyOf: (item: Item) => string): [first: Item, members: Item[]][] {
  const found = new Map<string, [first: Item, members: Item[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = found.get(key);
    if (group === undefined) found.set(key, [item, [item]]);
    else group[1].push(item);
  }
  return [...found.values()];
}
