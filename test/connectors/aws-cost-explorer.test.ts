import { describe, expect, it, onTestFinished } from 'vitest';

import connector from '../../connectors/aws-cost-explorer/index.js';
import type { AwsCostExplorerSettings } from '../../connectors/aws-cost-explorer/settings.js';
import type { PullWindow, ServiceCharge } from '../../src/connector/service.js';
import { tagsOf } from '../../src/core/charge.js';
import type { IsoDate } from '../../src/core/date.js';
import { addDecimals, decimalText } from '../../src/core/decimal.js';
import { addMonths, firstDay, type Month } from '../../src/core/period.js';
import { ACCOUNTS, PAYER } from '../services/aws-cost-explorer-data.js';
import standin, { type RunningAws } from '../services/aws-cost-explorer.js';
import type { TrueTotal } from '../services/standin.js';
import { pullAll, sumsOf, testContext, type Pulled, type TestContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const OCTOBER = '2026-10' as Month;
const NOVEMBER = '2026-11' as Month;
const OWNED = { ownerTag: 'team' };

interface World {
  readonly running: RunningAws;
  readonly at: (now: string) => void;
  readonly open: (settings?: Readonly<Record<string, unknown>>) => Promise<TestContext<AwsCostExplorerSettings>>;
  readonly pull: (month: Month, settings?: Readonly<Record<string, unknown>>) => Promise<Pulled>;
}

async function world(seed = 7, start = NOW): Promise<World> {
  let clock = start;
  const now = (): Date => clock;
  const running = await standin.start({ now, seed });
  onTestFinished(() => running.server.close());
  const open: World['open'] = (settings = {}) =>
    testContext(connector, running, { settings: { ...OWNED, ...settings }, now });
  return {
    running,
    at: (text) => {
      clock = new Date(text);
    },
    open,
    pull: async (month, settings) => pullAll(connector, (await open(settings)).context, windowOf(month)),
  };
}

function windowOf(month: Month): PullWindow {
  return { from: firstDay(month), to: firstDay(addMonths(month, 1)) };
}

/** What a month comes to by the owner tag. */
function truth(running: RunningAws, month: Month): ReadonlyMap<string, TrueTotal> {
  return new Map([['USD', running.truthOf(month, { owner: 'team' })]]);
}

/** Exact sums, before anything is rounded. */
function exact(charges: readonly ServiceCharge[]): { cash: string; accrual: string } {
  const zero = { digits: 0n, scale: 0 };
  const cash = charges.reduce((sum, charge) => addDecimals(sum, charge.cash), zero);
  const accrual = charges.reduce((sum, charge) => addDecimals(sum, charge.accrual ?? charge.cash), zero);
  return { cash: decimalText(cash), accrual: decimalText(accrual) };
}

function described(charges: readonly ServiceCharge[]): string[] {
  return [...new Set(charges.map(({ texts }) => texts.description ?? ''))].sort();
}

function keysAndMoney(charges: readonly ServiceCharge[]): string[] {
  return charges.map((one) => `${one.key} ${decimalText(one.cash)} ${JSON.stringify(one.texts)}`).sort();
}

describe('money', () => {
  it('is the truth to the micro-unit in every month that is kept, each charge once', async () => {
    const { running, open } = await world();
    const { context } = await open({ ownerTag: undefined });
    const months = running.months();
    expect(months).toHaveLength(14);
    for (const month of months) {
      const { charges, end } = await pullAll(connector, context, windowOf(month));
      expect(sumsOf(charges), month).toEqual(running.truth(month));
      expect(new Set(charges.map(({ key }) => key)).size).toBe(charges.length);
      const [total] = end.totals ?? [];
      expect(total?.currency).toBe('USD');
      expect({
        cash: decimalText(total?.cash ?? { digits: 0n, scale: 0 }),
        accrual: decimalText(total?.accrual ?? { digits: 0n, scale: 0 }),
      }).toEqual(exact(charges));
      expect(end.remarks).toEqual([]);
    }
    expect(running.server.violations).toEqual([]);
  });

  it.each([
    ['by owner tag', {}, { owner: 'team' }],
    ['by cost category', { ownerTag: undefined, ownerCostCategory: 'Domain' }, { owner: 'domain' }],
    ['by month', { granularity: 'monthly' }, { granularity: 'monthly', owner: 'team' }],
    [
      'by month without owners',
      { ownerTag: undefined, granularity: 'monthly' },
      { granularity: 'monthly', owner: 'none' },
    ],
    ['without tax and credits', { leaveOut: ['Tax', 'Credit'] }, { leaveOut: ['Tax', 'Credit'], owner: 'team' }],
  ] as const)('is the truth however it is cut: %s', async (_name, settings, cut) => {
    const { running, pull } = await world(11);
    for (const month of [OCTOBER, '2026-03' as Month]) {
      const { charges, end } = await pull(month, settings);
      expect(sumsOf(charges).get('USD')).toEqual(running.truthOf(month, cut));
      expect(end.remarks.filter((remark) => !remark.startsWith('Left out'))).toEqual([]);
    }
    expect(running.server.violations).toEqual([]);
  });

  it('comes out the same in two windows as in one, and whatever the owner tag', async () => {
    const { open } = await world();
    const { context } = await open();
    const [from, middle, to] = ['2026-09-20', '2026-10-03', '2026-10-12'] as IsoDate[];
    if (from === undefined || middle === undefined || to === undefined) throw new Error('no days');
    const whole = await pullAll(connector, context, { from, to });
    const first = await pullAll(connector, context, { from, to: middle });
    const second = await pullAll(connector, context, { from: middle, to });
    expect(keysAndMoney([...first.charges, ...second.charges])).toEqual(keysAndMoney(whole.charges));
    const plain = await pullAll(connector, (await open({ ownerTag: undefined })).context, { from, to });
    expect(exact(plain.charges)).toEqual(exact(whole.charges));
    expect(plain.charges.length).toBeLessThan(whole.charges.length);
  });

  it('is read where nothing was bought in the marketplace, without asking for its parts', async () => {
    const { running, open } = await world(3, new Date('2023-09-14T00:00:00Z'));
    const { context, charged } = await open({ ownerTag: undefined });
    const { charges, end } = await pullAll(connector, context, windowOf('2023-08' as Month));
    expect(sumsOf(charges).get('USD')).toEqual(running.truthOf('2023-08' as Month, { owner: 'none' }));
    expect(end.remarks).toEqual([]);
    expect(charged.filter(({ request }) => request.includes('marketplace'))).toHaveLength(1);
    expect(charged.filter(({ request }) => request.includes('2023-09-01: other'))[0]?.request).toBe(
      'GetCostAndUsage 2023-08-01 to 2023-09-01: other by account and record type',
    );
  });

  it('reaches 38 months back by month where multi-year data is on', async () => {
    const { running, pull } = await world();
    running.keepMonths(38);
    const month = addMonths(NOVEMBER, -38);
    const { charges } = await pull(month, { granularity: 'monthly', historyMonths: 38 });
    expect(sumsOf(charges).get('USD')).toEqual(running.truthOf(month, { granularity: 'monthly', owner: 'team' }));
    expect(new Set(charges.map(({ day }) => day))).toEqual(new Set([firstDay(month)]));
    expect(running.server.violations).toEqual([]);
  });

  it('loses what vanished and takes what changed when a window is read again', async () => {
    const { running, pull } = await world();
    const before = await pull(OCTOBER);
    running.restate(OCTOBER);
    const after = await pull(OCTOBER);
    expect(sumsOf(after.charges)).toEqual(truth(running, OCTOBER));
    expect(sumsOf(after.charges)).not.toEqual(sumsOf(before.charges));
    const keys = new Set(after.charges.map(({ key }) => key));
    expect(before.charges.some(({ key }) => !keys.has(key))).toBe(true);
    expect(after.charges.some(({ texts, day }) => texts.description === 'Credit' && day === '2026-10-01')).toBe(true);
  });

  it('grows by the day in the open month, and by charges that come late', async () => {
    const { running, pull, at } = await world();
    const early = await pull(NOVEMBER);
    at('2026-11-21T12:00:00Z');
    const later = await pull(NOVEMBER);
    expect(sumsOf(later.charges)).toEqual(truth(running, NOVEMBER));
    expect(early.charges.some(({ day }) => day === '2026-11-20')).toBe(false);
    expect(later.charges.some(({ day }) => day === '2026-11-20')).toBe(true);
    const known = new Set(early.charges.map((one) => `${one.key} ${decimalText(one.cash)}`));
    const changedOrNew = later.charges.filter((one) => !known.has(`${one.key} ${decimalText(one.cash)}`));
    expect(changedOrNew.some(({ day }) => day < '2026-11-20')).toBe(true);
  });

  it('names the difference where a group is missing, with its days, and leaves it in the total', async () => {
    const { running, pull } = await world();
    running.hide(({ day, service }) => day === '2026-10-07' && service === 'Amazon Redshift');
    const { charges, end } = await pull(OCTOBER);
    const hidden = running
      .entries(OCTOBER)
      .filter(({ day, service }) => day === '2026-10-07' && service === 'Amazon Redshift');
    const sum = { digits: hidden.reduce((total, { unblended }) => total + unblended, 0n), scale: 10 };
    // Its discount stands in a part that is grouped by record type, and is hidden with it.
    expect(end.remarks).toHaveLength(1);
    expect(end.remarks[0]).toContain(`differ by ${decimalText(sum)} USD`);
    expect(end.remarks[0]).toContain('in the periods that begin on 2026-10-07:');
    const [total] = end.totals ?? [];
    const held = charges.reduce((all, one) => addDecimals(all, one.cash), sum);
    expect(decimalText(total?.cash ?? sum)).toBe(decimalText(held));
  });
});

describe('record types', () => {
  it('stand in lines of their own, each named as AWS names it', async () => {
    const { pull } = await world(5);
    const all = (await Promise.all([pull(OCTOBER), pull('2026-03' as Month), pull('2026-08' as Month)])).flatMap(
      ({ charges }) => charges,
    );
    expect(described(all.filter(({ texts }) => texts.payee === 'Amazon Web Services'))).toEqual([
      '',
      'Credit',
      'Enterprise Discount Program Discount',
      'RIFee',
      'Refund',
      'SavingsPlanRecurringFee',
      'SavingsPlanUpfrontFee',
      'Support',
      'Tax',
    ]);
    expect(all.some(({ texts, cash }) => texts.description === 'Credit' && cash.digits < 0n)).toBe(true);
    expect(all.some(({ texts, cash }) => texts.description === 'Refund' && cash.digits < 0n)).toBe(true);
  });

  it('of a savings plan cancel out in cash and leave its share in accrual', async () => {
    const { running, pull } = await world();
    const { charges } = await pull(OCTOBER);
    const [sandbox] = charges.filter(({ texts }) => texts.subAccountName === 'Sandbox' && texts.description === '');
    const entries = running
      .entries(OCTOBER)
      .filter(
        ({ day, account, service }) => day === sandbox?.day && account.endsWith('10') && !service.includes('EC2'),
      );
    const compute = entries.filter(
      ({ service, recordType }) => service.startsWith('Amazon Elastic') && !recordType.includes('Discount Program'),
    );
    const sum = (read: (one: (typeof compute)[number]) => bigint): string =>
      decimalText({ digits: compute.reduce((total, one) => total + read(one), 0n), scale: 10 });
    expect(compute.map(({ recordType }) => recordType).sort()).toEqual([
      'SavingsPlanCoveredUsage',
      'SavingsPlanNegation',
      'Usage',
    ]);
    expect(decimalText(sandbox?.cash ?? { digits: 0n, scale: 0 })).toBe(sum(({ unblended }) => unblended));
    expect(decimalText(sandbox?.accrual ?? { digits: 0n, scale: 0 })).toBe(sum(({ netAmortized }) => netAmortized));
  });

  it('that are left out are named with their money, and the rest still ties to its total', async () => {
    const { running, pull } = await world();
    const { charges, end } = await pull(OCTOBER, { leaveOut: ['Tax', 'tax'] });
    const tax = running.entries(OCTOBER).filter(({ recordType }) => recordType === 'Tax');
    const sum = decimalText({ digits: tax.reduce((total, { unblended }) => total + unblended, 0n), scale: 10 });
    expect(end.remarks).toEqual([
      `Left out by \`leaveOut\`: Tax ${sum} USD.`,
      '`leaveOut` names tax, but no charge is of that record type.',
    ]);
    expect(described(charges)).not.toContain('Tax');
    expect(decimalText(end.totals?.[0]?.cash ?? { digits: 0n, scale: 0 })).toBe(exact(charges).cash);
  });
});

describe('the marketplace', () => {
  const bought = (charges: readonly ServiceCharge[], service: string): ServiceCharge[] =>
    charges.filter(({ texts }) => texts.payee === 'AWS Marketplace' && texts.service === service);

  it('names sellers as publishers, and the product where AWS sells itself or two sell the same', async () => {
    const { pull } = await world();
    const { charges } = await pull(OCTOBER);
    const publishers = (service: string, day?: string): (string | undefined)[] => [
      ...new Set(
        bought(charges, service)
          .filter((one) => day === undefined || one.day === day)
          .map(({ texts }) => texts.publisher),
      ),
    ];
    expect(publishers('Datadog Pro (Pay-As-You-Go)')).toEqual(['Datadog, Inc.']);
    expect(publishers('Red Hat Enterprise Linux')).toEqual(['Red Hat Enterprise Linux']);
    expect(publishers('Fictional Personalisation Suite', '2026-10-09')).toEqual(['Acme Martech Ltd']);
    expect(publishers('Fictional Personalisation Suite', '2026-10-15')).toEqual(['Fictional Personalisation Suite']);
    expect(publishers('Fictional Personalisation Suite', '2026-10-25')).toEqual(['Reseller Partners LLC']);
    expect(charges.filter(({ texts }) => texts.payee === 'Amazon Web Services' && texts.publisher !== '')).toEqual([]);
  });

  it('keeps taxes and refunds with their product', async () => {
    const { running, pull } = await world(5);
    const found = await Promise.all(
      running
        .months()
        .slice(0, 8)
        .map((month) => pull(month)),
    );
    const snowflake = bought(
      found.flatMap(({ charges }) => charges),
      'Snowflake Data Cloud',
    );
    expect(described(snowflake)).toEqual(['', 'Refund', 'Tax']);
  });

  it('names products as publishers where the settings want it', async () => {
    const { pull } = await world();
    const { charges } = await pull(OCTOBER, { marketplacePublisher: 'product' });
    expect(bought(charges, 'Snowflake Data Cloud')[0]?.texts.publisher).toBe('Snowflake Data Cloud');
  });
});

describe('owners', () => {
  it('stand in the tags of lines; a value may hold the sign that AWS puts before it', async () => {
    const { running, pull } = await world();
    const { charges } = await pull(OCTOBER);
    const teams = new Set(charges.map(({ texts }) => tagsOf({ tags: texts.tags ?? '' }).get('team')));
    expect(teams).toEqual(new Set(['$pilot', 'campaigns', 'platform', 'search', undefined]));
    const cash = (owner: string | undefined): string =>
      exact(charges.filter(({ texts }) => tagsOf({ tags: texts.tags ?? '' }).get('team') === owner)).cash;
    for (const team of ['campaigns', 'platform', '']) {
      const entries = running.entries(OCTOBER).filter((entry) => entry.team === team);
      const sum = entries.reduce((total, { unblended }) => total + unblended, 0n);
      expect(cash(team === '' ? undefined : team)).toBe(decimalText({ digits: sum, scale: 10 }));
    }
  });

  it('are told apart only where they are listed; the money of the others stays', async () => {
    const { running, pull } = await world();
    const { charges, end } = await pull(OCTOBER, { ownerValues: ['platform'] });
    const teams = new Set(charges.map(({ texts }) => tagsOf({ tags: texts.tags ?? '' }).get('team')));
    expect(teams).toEqual(new Set(['platform', undefined]));
    const total = running.entries(OCTOBER).reduce((sum, { unblended }) => sum + unblended, 0n);
    expect(exact(charges).cash).toBe(decimalText({ digits: total, scale: 10 }));
    expect(end.remarks).toEqual([
      '3 further values of the tag team are not in `ownerValues`: their money is in lines without it.',
    ]);
  });

  it('are missed where the tag was never activated', async () => {
    const { running, pull } = await world();
    const { charges, end } = await pull(OCTOBER, { ownerTag: 'Team' });
    expect(sumsOf(charges).get('USD')).toEqual(running.truthOf(OCTOBER, { owner: 'none' }));
    expect(end.remarks).toEqual([
      'No charge has a value of the tag Team; nothing is told apart by it. Is it activated as a cost allocation tag in the billing console?',
    ]);
    expect(running.server.violations).toEqual([]);
  });
});

describe('accounts', () => {
  it('bring their name, the payer, their organisational unit and the chosen tags', async () => {
    const { pull } = await world();
    const { charges } = await pull('2026-09' as Month);
    const of = (id: string): ServiceCharge['texts'] | undefined =>
      charges.find(
        ({ texts }) => texts.subAccount === id && texts.description === 'Enterprise Discount Program Discount',
      )?.texts;
    const shared = ACCOUNTS[1];
    expect(of(shared?.id ?? '')).toMatchObject({
      account: PAYER,
      accountName: 'Billing',
      subAccountName: 'Shared services',
      // Its tag `environment` tells no owner.
      tags: expect.stringMatching(/^\{"aws:ou":"Infrastructure","department":"IT"/) as string,
    });
    expect(of('100000000006')?.tags).toContain(
      '"aws:ou":"Workloads/Business","department":"Marketing","owner":"M. Ferrer"',
    );
    // It has left the organisation: Cost Explorer still knows its name.
    expect(of('100000000012')).toMatchObject({ subAccountName: 'Acquired GmbH', tags: '{}' });
  });

  it('are read once in a run, and Organizations costs nothing', async () => {
    const { open } = await world();
    const { context, charged } = await open();
    await pullAll(connector, context, windowOf(OCTOBER));
    const before = charged.filter(({ priceMicros }) => priceMicros === 0n).length;
    expect(before).toBeGreaterThan(15);
    await pullAll(connector, context, windowOf(NOVEMBER));
    const free = charged.filter(({ priceMicros }) => priceMicros === 0n);
    expect(free).toHaveLength(before);
    expect(free.every(({ request }) => !request.startsWith('GetCostAndUsage'))).toBe(true);
    const paid = charged.filter(({ priceMicros }) => priceMicros !== 0n);
    expect(
      paid.every(({ request, priceMicros }) => request.startsWith('GetCostAndUsage') && priceMicros === 10_000n),
    ).toBe(true);
  });

  it.each([
    [
      'organizations:ListRoots',
      'ListRoots: the credentials may not do organizations:ListRoots; lines have no organisational unit and no account tags.',
    ],
    [
      'organizations:DescribeOrganization',
      'DescribeOrganization: the credentials may not do organizations:DescribeOrganization; lines name no billing account.',
    ],
    [
      'organizations:ListTagsForResource',
      'ListTagsForResource 100000000002: the credentials may not do organizations:ListTagsForResource; lines have no account tags.',
    ],
  ])('are named all the same without %s, with a remark and all money', async (action, remark) => {
    const { running, open } = await world();
    running.deny(action);
    const { context } = await open();
    const { charges, end } = await pullAll(connector, context, windowOf(OCTOBER));
    expect(sumsOf(charges)).toEqual(truth(running, OCTOBER));
    expect(end.remarks).toHaveLength(1);
    expect(end.remarks[0]).toMatch(new RegExp(`^${remark.replace(/\d{12}/, '\\d{12}')}$`));
    expect(charges.some(({ texts }) => texts.subAccountName === 'Shared services')).toBe(true);
    const again = await pullAll(connector, context, windowOf(NOVEMBER));
    expect(again.end.remarks).toEqual(end.remarks);
  });

  it('are not asked for where the settings say so', async () => {
    const { open } = await world();
    const { context, charged } = await open({ organizations: false });
    const { charges, end } = await pullAll(connector, context, windowOf(OCTOBER));
    expect(charged.filter(({ priceMicros }) => priceMicros === 0n)).toEqual([]);
    expect(end.remarks).toEqual([]);
    expect(charges[0]?.texts).toMatchObject({ account: '', subAccountName: 'Web shop' });
  });
});

describe('net costs', () => {
  it('give way to gross ones for the whole run where AWS refuses them, with a remark', async () => {
    const { running, open } = await world();
    running.refuseNet();
    const { context, charged } = await open();
    for (const month of [OCTOBER, NOVEMBER]) {
      const { charges, end } = await pullAll(connector, context, windowOf(month));
      expect(sumsOf(charges).get('USD')).toEqual(running.truthOf(month, { isGross: true, owner: 'team' }));
      expect(end.remarks).toEqual([
        'AWS does not give net costs to these credentials: accrual is AmortizedCost, before private discounts; cash is UnblendedCost as always.',
      ]);
    }
    expect(charged.filter(({ request }) => request.endsWith('the total'))).toHaveLength(3);
    expect(running.server.violations).toHaveLength(1);
  });
});

describe('time', () => {
  it('is not final while a period is an estimate', async () => {
    const { pull, at } = await world();
    expect((await pull(NOVEMBER)).end.isFinal).toBe(false);
    expect((await pull(OCTOBER)).end.isFinal).toBe(true);
    at('2026-12-03T00:00:00Z');
    expect((await pull(NOVEMBER)).end.isFinal).toBe(false);
    at('2026-12-07T00:00:00Z');
    expect((await pull(NOVEMBER)).end.isFinal).toBe(true);
  });

  it('asks for nothing that lies ahead', async () => {
    const { running, open } = await world();
    const { context, charged } = await open();
    await pullAll(connector, context, windowOf(NOVEMBER));
    expect(charged[0]?.request).toBe('GetCostAndUsage 2026-11-01 to 2026-11-21: the total');
    const count = charged.length;
    const ahead = await pullAll(connector, context, windowOf('2026-12' as Month));
    expect(ahead).toMatchObject({ charges: [], end: { isFinal: false, remarks: [] } });
    expect(charged).toHaveLength(count);
    expect(running.server.violations).toEqual([]);
  });
});

describe('price', () => {
  it('is told before the requests are made, and is what they cost at least', async () => {
    const { open } = await world(3, new Date('2023-09-14T00:00:00Z'));
    const { context, charged } = await open({ ownerTag: undefined, granularity: 'monthly' });
    const window = windowOf('2023-08' as Month);
    const planned = (await connector.plan?.(context, window)) ?? [];
    expect(planned).toEqual([
      { what: 'GetCostAndUsage: the total', count: 1, priceMicros: 10_000n },
      {
        what: 'GetCostAndUsage: marketplace products and their sellers',
        count: 1,
        priceMicros: 10_000n,
      },
      {
        what: 'GetCostAndUsage: usage by account and service',
        count: 1,
        priceMicros: 10_000n,
      },
      {
        what: 'GetCostAndUsage: other by account and record type',
        count: 1,
        priceMicros: 10_000n,
      },
    ]);
    expect(charged).toEqual([]);
    await pullAll(connector, context, window);
    expect(
      charged.filter(({ priceMicros }) => priceMicros > 0n).map(({ request }) => request.replace(/ \S+ to \S+:/, ':')),
    ).toEqual(planned.map(({ what }) => what));
  });

  it('counts what leaving out and owners cost', async () => {
    const { open } = await world();
    const { context } = await open({ leaveOut: ['Tax'] });
    const planned = (await connector.plan?.(context, windowOf(OCTOBER))) ?? [];
    expect(planned.reduce((sum, { priceMicros }) => sum + priceMicros, 0n)).toBe(60_000n);
  });
});
