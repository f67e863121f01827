import { describe, expect, it } from 'vitest';

import { generateDemo } from '../../src/demo/generate.js';
import { STORIES } from '../../src/demo/stories.js';

const { truth } = generateDemo();

function amountOf(id: string, currency: string): bigint | undefined {
  return truth.stories.find((story) => story.id === id && story.currency === currency)?.amountMicros;
}

const pounds = (whole: number): bigint => BigInt(whole) * 1_000_000n;

describe('stories', () => {
  it.each(STORIES.map(({ id }) => id))('%s has money in it', (id) => {
    const told = truth.stories.filter((story) => story.id === id);
    expect(told.length).toBeGreaterThan(0);
    for (const { baselineMicros, currentMicros } of told)
      expect(baselineMicros !== 0n || currentMicros !== 0n).toBe(true);
  });

  it('are told of every charge that names one', () => {
    const ids = new Set(STORIES.map(({ id }) => id));
    expect(truth.charges.filter(({ story }) => story !== '' && !ids.has(story))).toEqual([]);
  });

  // 4 × 22,500.00 with IT; then 1 × 24,300.00 with IT and 3 × 24,300.00 with marketing: IT lost 65,700.
  it('a tool moved from IT to marketing with its contract', () => {
    expect(amountOf('analytics-platform', 'GBP')).toBe(pounds(65_700));
  });

  // 12 × 4,650.00 with IT before; 12 × 5,120.00 with marketing after.
  it('one vendor was bought by two functions', () => {
    expect(amountOf('hubspot-buyer', 'GBP')).toBe(pounds(55_800));
  });

  // 12 × 3,980.00 with IT before; 12 × 4,310.00 with support after.
  it('support buys its help desk itself', () => {
    expect(amountOf('help-desk-buyer', 'GBP')).toBe(pounds(47_760));
  });

  // 64,000.00 with IT before; 11 × 2,900.00 and 10 × 840.00 with marketing after.
  it('one tool was replaced by others', () => {
    expect(amountOf('survey-tool', 'GBP')).toBe(pounds(40_300));
  });

  // Twelve months of 310.00 and 180.00.
  it('a person moved and took subscriptions along', () => {
    expect(amountOf('person-moves', 'GBP')).toBe(pounds(5_880));
  });

  // A month: 239.00 + 2,650.00 + 480.00 on cards, 5,400.00 + 11,800.00 invoiced; a quarter: 126.40 + 9,100.00.
  it('a reorganisation moved a cost centre', () => {
    const month = 239_00n + 2_650_00n + 480_00n + 5_400_00n + 11_800_00n;
    const quarter = 126_40n + 9_100_00n;
    expect(amountOf('digital-reorganised', 'GBP')).toBe((month * 12n + quarter * 4n) * 10_000n);
  });

  it('money went back to IT as well', () => {
    expect(amountOf('hosting-back-to-it', 'USD')).toBeGreaterThan(pounds(50_000));
  });

  it('a renewal came early: three annual invoices in two years', () => {
    expect(amountOf('renewed-early', 'GBP')).toBe(pounds(118_000));
  });

  it('refunds are negative', () => {
    const refunds = truth.charges.filter(({ story }) => story === 'refunds');
    expect(refunds.length).toBeGreaterThan(3);
    expect(refunds.every(({ cashMicros }) => cashMicros < 0n)).toBe(true);
  });

  it('unassigned stories have no owner', () => {
    for (const id of ['unmapped-account', 'virtual-card', 'suspense']) {
      expect(truth.charges.filter(({ story }) => story === id).every(({ owners }) => owners.length === 0)).toBe(true);
    }
  });
});
