import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import connector from '../../connectors/azure-cost-management/index.js';
import { longestWaitMs } from '../../connectors/azure-cost-management/problems.js';
import { azureSettings } from '../../connectors/azure-cost-management/settings.js';
import { keyOf, toCharge, type DayCost, type Surroundings } from '../../connectors/azure-cost-management/to-charge.js';
import type { PullWindow, ServiceCharge } from '../../src/connector/service.js';
import { tagsOf } from '../../src/core/charge.js';
import type { IsoDate } from '../../src/core/date.js';
import { addDecimals, decimalText } from '../../src/core/decimal.js';
import { divideRounded, type DecimalText } from '../../src/core/money.js';
import { addMonths, firstDay, type Month } from '../../src/core/period.js';
import standin, { type RunningAzure } from '../services/azure-cost-management.js';
import type { ServiceRequest } from '../services/server.js';
import { pullAll, sumsOf, testContext, type Pulled, type TestContext } from '../support/service.js';

let now = new Date('2026-11-20T12:00:00Z');
const clock = (): Date => now;

beforeEach(() => {
  now = new Date('2026-11-20T12:00:00Z');
});

async function start(seed = 7): Promise<RunningAzure> {
  const running = await standin.start({ now: clock, seed });
  onTestFinished(async () => {
    await running.server.close();
    await running.login.close();
  });
  return running;
}

function contextOf(
  running: RunningAzure,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<TestContext<ReturnType<typeof azureSettings.parse>>> {
  return testContext(connector, running, { now: clock, settings });
}

function days(from: string, to: string): PullWindow {
  return { from: from as IsoDate, to: to as IsoDate };
}

function month(text: string): PullWindow {
  return { from: firstDay(text as Month), to: firstDay(addMonths(text as Month, 1)) };
}

async function pulled(running: RunningAzure, window: PullWindow, settings = {}): Promise<Pulled> {
  const { context } = await contextOf(running, settings);
  return pullAll(connector, context, window);
}

interface Body {
  readonly type: string;
  readonly timePeriod: { readonly from: string; readonly to: string };
  readonly dataset: {
    readonly granularity?: string;
    readonly grouping?: { readonly name: string }[];
    readonly filter?: unknown;
  };
}

function queriesOf(running: RunningAzure): { readonly request: ServiceRequest; readonly body: Body }[] {
  return running.server.requests
    .filter(({ method }) => method === 'POST')
    .map((request) => ({ request, body: JSON.parse(request.body) as Body }));
}

function violationsOf(running: RunningAzure): string[] {
  return [...running.server.violations, ...running.login.violations];
}

/** All of a charge that the ledger keeps, in any order. */
function contentOf(charges: readonly ServiceCharge[]): string[] {
  return charges
    .map(({ texts, key, day, currency, cash, accrual = cash }) =>
      JSON.stringify([texts, key, day, currency, decimalText(cash), decimalText(accrual)]),
    )
    .sort();
}

function sumOf(amounts: readonly DecimalText[]): DecimalText {
  return amounts.reduce(addDecimals, { digits: 0n, scale: 0 });
}

/** A decimal as a whole number of its 18th digit after the point: totals carry no more. */
function toDigits18({ digits, scale }: DecimalText): bigint {
  return scale <= 18 ? digits * 10n ** BigInt(18 - scale) : divideRounded(digits, 10n ** BigInt(scale - 18));
}

describe('charges', () => {
  it.each(['2025-10', '2026-02', '2026-05', '2026-10'])(
    'come to what Azure has, to the micro-unit: %s',
    async (text) => {
      const running = await start();
      const { charges, batches } = await pulled(running, month(text));
      expect(sumsOf(charges)).toEqual(running.truth(text as Month));
      expect(new Set(charges.map(({ key }) => key)).size).toBe(charges.length);
      expect(batches.flatMap(({ rejected = [] }) => rejected)).toEqual([]);
      expect(violationsOf(running)).toEqual([]);
    },
  );

  it('of the open month grow by the day, also for days that are over', async () => {
    const running = await start();
    const first = await pulled(running, month('2026-11'));
    expect(sumsOf(first.charges)).toEqual(running.truth('2026-11' as Month));
    now = new Date('2026-11-23T03:00:00Z');
    const second = await pulled(running, month('2026-11'));
    expect(sumsOf(second.charges)).toEqual(running.truth('2026-11' as Month));
    expect(second.charges.length).toBeGreaterThan(first.charges.length);
    expect(sumsOf(first.charges)).not.toEqual(sumsOf(second.charges));
    expect(violationsOf(running)).toEqual([]);
  });

  it('of a month that was restated are those that hold now', async () => {
    const running = await start();
    const before = await pulled(running, month('2026-10'));
    running.restate('2026-10' as Month);
    const after = await pulled(running, month('2026-10'));
    expect(sumsOf(after.charges)).toEqual(running.truth('2026-10' as Month));
    expect(sumsOf(after.charges)).not.toEqual(sumsOf(before.charges));
  });

  it('are the same in one window and in two that meet within a month, or across months', async () => {
    const running = await start();
    const whole = await pulled(running, days('2026-05-20', '2026-07-04'));
    const parts = [
      await pulled(running, days('2026-05-20', '2026-06-11')),
      await pulled(running, days('2026-06-11', '2026-07-04')),
    ];
    expect(contentOf(parts.flatMap(({ charges }) => charges))).toEqual(contentOf(whole.charges));
  });

  it('have the total that Azure states for the range, to the last digit', async () => {
    const { charges, end } = await pulled(await start(), month('2026-10'));
    const totals = end.totals ?? [];
    expect(totals.map(({ currency }) => currency).sort()).toEqual(['EUR', 'GBP']);
    for (const { currency, cash, accrual = cash } of totals) {
      const own = charges.filter((charge) => charge.currency === currency);
      expect(toDigits18(sumOf(own.map((charge) => charge.cash)))).toBe(toDigits18(cash));
      expect(toDigits18(sumOf(own.map((charge) => charge.accrual ?? charge.cash)))).toBe(toDigits18(accrual));
    }
  });

  it('of a reservation are cash when it is bought and accrual as it is used or left unused', async () => {
    const { charges } = await pulled(await start(), month('2026-11'));
    const bought = charges.filter(
      ({ texts }) => texts.description === 'Purchase' && texts.service === 'Virtual Machines',
    );
    expect(bought.map(({ day, cash, accrual = cash }) => [day, decimalText(cash), decimalText(accrual)])).toEqual([
      ['2026-11-03', '10950', '0'],
    ]);
    const unused = charges.filter(({ texts }) => texts.description === 'Unused reservation');
    expect(unused.length).toBeGreaterThan(5);
    expect(unused.every(({ cash, accrual = cash }) => cash.digits === 0n && accrual.digits > 0n)).toBe(true);
  });

  it('keep refunds negative and taxes apart', async () => {
    const running = await start();
    const all: ServiceCharge[] = [];
    for (const text of ['2026-07', '2026-08', '2026-09', '2026-10'])
      all.push(...(await pulled(running, month(text))).charges);
    const of = (description: string): ServiceCharge[] => all.filter(({ texts }) => texts.description === description);
    expect(of('Refund').length).toBeGreaterThan(0);
    expect(of('Refund').every(({ cash }) => cash.digits < 0n)).toBe(true);
    expect(of('Tax').map(({ day, texts }) => [day, texts.subAccount, texts.service])).toEqual([
      ['2026-07-31', '', ''],
      ['2026-08-31', '', ''],
      ['2026-09-30', '', ''],
      ['2026-10-31', '', ''],
    ]);
  });

  it('of the marketplace name the product, and no publisher where the scope tells none', async () => {
    const { charges } = await pulled(await start(), month('2026-10'));
    const texts = charges.map((charge) => charge.texts).find(({ service }) => service?.startsWith('Datadog') === true);
    expect(texts).toMatchObject({
      payee: 'Microsoft',
      publisher: '',
      service: 'Datadog Pro - Pay as you go',
      subAccountName: 'prod-core',
    });
    expect(charges.filter((charge) => charge.texts.service === 'SaaS')).toEqual([]);
  });

  it('of the marketplace are told apart by the dimension that the settings name', async () => {
    const running = await start();
    const { charges } = await pulled(running, month('2026-10'), { marketplaceDimension: 'ServiceName' });
    expect(charges.some((charge) => charge.texts.service === 'SaaS')).toBe(true);
    expect(running.server.requests.some(({ path }) => path.endsWith('/dimensions'))).toBe(false);
  });

  it('have accrual equal to cash where the scope has no amortized cost', async () => {
    const running = await start();
    const { charges, end } = await pulled(running, month('2026-11'), { amortized: false });
    expect(
      charges.every(({ cash, accrual }) => accrual === undefined || decimalText(accrual) === decimalText(cash)),
    ).toBe(true);
    expect(queriesOf(running).filter(({ body }) => body.type !== 'ActualCost')).toEqual([]);
    for (const { cash, accrual = cash } of end.totals ?? []) expect(accrual).toEqual(cash);
  });
});

describe('queries', () => {
  it('never group by more than two, and count a type of charge in two spellings once', async () => {
    const running = await start();
    await pulled(running, month('2026-10'));
    const queries = queriesOf(running);
    expect(Math.max(...queries.map(({ body }) => body.dataset.grouping?.length ?? 0))).toBe(2);
    const usage = queries.filter(({ body }) => JSON.stringify(body.dataset.filter ?? '').includes('"Usage","usage"'));
    expect(usage.length).toBeGreaterThan(0);
    expect(
      queries.filter(({ body }) => JSON.stringify(body.dataset.filter ?? '').includes('"values":["usage"]')),
    ).toEqual([]);
  });

  it('walk all pages, an empty one in between too, with the same body', async () => {
    const running = await start();
    const { charges } = await pulled(running, month('2026-10'));
    const queries = queriesOf(running).map(({ request }) => request);
    const paged = queries.filter(({ query }) => query.has('$skiptoken'));
    expect(paged.length).toBeGreaterThan(3);
    for (const page of paged) {
      expect(queries.some((other) => !other.query.has('$skiptoken') && other.body === page.body)).toBe(true);
    }
    expect(charges.length).toBeGreaterThan(500);
  });

  it('carry the ClientType, so that they have a quota of their own', async () => {
    const running = await start();
    await pulled(running, days('2026-10-01', '2026-10-02'));
    expect(new Set(running.server.requests.map(({ headers }) => headers['clienttype']))).toEqual(
      new Set(['spendshift']),
    );
  });

  it('never ask for days to come, which Azure answers with those of last year', async () => {
    const running = await start();
    await pulled(running, month('2026-11'));
    expect(
      queriesOf(running)
        .map(({ body }) => body.timePeriod.to)
        .filter((to) => to > '2026-11-20T23:59:59Z'),
    ).toEqual([]);
    const asked = running.server.requests.length;
    const future = await pulled(running, month('2026-12'));
    expect(future).toMatchObject({ charges: [], end: { isFinal: false, totals: [] } });
    expect(running.server.requests.length).toBe(asked);
  });

  it('by day cover a month at most', async () => {
    const running = await start();
    await pulled(running, days('2026-08-15', '2026-10-20'));
    const spans = queriesOf(running).map(
      ({ body }) => `${body.timePeriod.from.slice(0, 10)}..${body.timePeriod.to.slice(0, 10)}`,
    );
    expect([...new Set(spans)].sort()).toEqual([
      '2026-08-01..2026-08-31',
      '2026-08-15..2026-08-31',
      '2026-09-01..2026-09-30',
      '2026-10-01..2026-10-19',
      '2026-10-01..2026-10-31',
    ]);
  });
});

describe('owner evidence', () => {
  it('reads the owner tag without counting a charge twice', async () => {
    const running = await start();
    const { charges } = await pulled(running, month('2026-10'), { ownerTag: 'owner' });
    expect(sumsOf(charges)).toEqual(running.truthByTag('2026-10' as Month));
    expect(new Set(charges.map(({ key }) => key)).size).toBe(charges.length);
    const owners = new Map<string, Set<string>>();
    for (const { texts } of charges) {
      const name = texts.subAccountName ?? '';
      owners.set(
        name,
        (owners.get(name) ?? new Set()).add(tagsOf({ tags: texts.tags ?? '{}' }).get('owner') ?? 'none'),
      );
    }
    expect(owners.get('data-platform')).toEqual(new Set(['data']));
    expect(owners.get('brand-web')).toEqual(new Set(['marketing']));
    expect(owners.get('corporate-it')).toEqual(new Set(['none']));
    expect(owners.get('prod-core')).toEqual(new Set(['platform', 'web', 'none']));
    expect(violationsOf(running)).toEqual([]);
  });

  it('asks one by one only for subscriptions whose charges have several values of the tag', async () => {
    const running = await start();
    await pulled(running, month('2026-10'), { ownerTag: 'owner' });
    const single = queriesOf(running).flatMap(({ body }) => {
      const found = /"SubscriptionId","operator":"In","values":\["([^"]+)"\]/.exec(
        JSON.stringify(body.dataset.filter ?? ''),
      );
      return found?.[1] === undefined ? [] : [found[1]];
    });
    const names = [...new Set(single)].map((id) =>
      running.books.subscriptions.find((subscription) => subscription.id === id)?.name('2026-10-01' as IsoDate),
    );
    expect(names.sort()).toEqual(['prod-core', 'uk-office']);
  });

  it('names the cost centre of a subscription, and none for a month in which it moved', async () => {
    const running = await start();
    const center = (charges: readonly ServiceCharge[]): unknown[] => [
      ...new Set(
        charges.filter(({ texts }) => texts.subAccountName === 'sales-crm').map(({ texts }) => texts.costCenter),
      ),
    ];
    expect(center((await pulled(running, month('2026-04'))).charges)).toEqual(['Sales']);
    expect(center((await pulled(running, month('2026-06'))).charges)).toEqual(['Revenue']);
    const moved = await pulled(running, month('2026-05'));
    expect(center(moved.charges)).toEqual(['']);
    expect(moved.end.remarks).toEqual([
      expect.stringMatching(
        /^Subscription [0-9a-f-]+ has 2 cost centres in 2026-05 \(Revenue, Sales\): so its charges of the month carry none\.$/,
      ),
    ]);
  });

  it('gives a subscription one name for all of a month, whichever days are read', async () => {
    const running = await start();
    const names = (charges: readonly ServiceCharge[]): unknown[] => [
      ...new Set(
        charges.filter(({ texts }) => texts.costCenter === 'Marketing').map(({ texts }) => texts.subAccountName),
      ),
    ];
    const early = await pulled(running, days('2026-02-01', '2026-02-05'));
    const late = await pulled(running, days('2026-02-20', '2026-02-25'));
    expect([names(early.charges), names(late.charges)]).toEqual([['brand-web'], ['brand-web']]);
    expect(early.end.remarks.join()).toContain('has 2 names in 2026-02 (brand-web, marketing-web)');
    expect(names((await pulled(running, days('2026-01-01', '2026-01-05'))).charges)).toEqual(['marketing-web']);
  });
});

describe('an estimate', () => {
  it.each([
    ['2026-10-31T12:00:00Z', false],
    ['2026-11-05T23:59:59Z', false],
    ['2026-11-06T00:00:00Z', true],
  ])('is October until five days after its end: on %s final is %s', async (at, isFinal) => {
    now = new Date(at);
    expect((await pulled(await start(), days('2026-10-30', '2026-11-01'))).end.isFinal).toBe(isFinal);
  });
});

describe('a day of costs', () => {
  const cost: DayCost = {
    day: '2026-11-01' as IsoDate,
    currency: 'USD',
    publisherType: 'Azure',
    chargeType: 'Usage',
    subscriptionId: '0F8FAD5B-D9CB-469F-A165-70867728950E',
    item: 'Virtual Machines',
    itemIsPublisher: false,
    tag: undefined,
    cash: { digits: 19545363672276512n, scale: 15 },
    accrual: { digits: 21n, scale: 0 },
  };
  const around: Surroundings = {
    billingAccount: '123',
    subscriptionName: 'Production',
    costCenter: 'R&D',
    ownerTag: undefined,
  };

  it('becomes a charge with every digit', () => {
    expect(toCharge(cost, around)).toEqual({
      texts: {
        payee: 'Microsoft',
        publisher: 'Microsoft',
        service: 'Virtual Machines',
        account: '123',
        subAccount: '0f8fad5b-d9cb-469f-a165-70867728950e',
        subAccountName: 'Production',
        costCenter: 'R&D',
        description: '',
        tags: '{}',
      },
      key: '["2026-11-01","azure","usage","0f8fad5b-d9cb-469f-a165-70867728950e","Virtual Machines","USD"]',
      reference: '',
      day: '2026-11-01',
      currency: 'USD',
      cash: { digits: 19545363672276512n, scale: 15 },
      accrual: { digits: 21n, scale: 0 },
    });
  });

  it('has one key however ids and types are spelled, and another for each tag, currency and item', () => {
    expect(keyOf({ ...cost, chargeType: 'usage', subscriptionId: cost.subscriptionId.toLowerCase() })).toBe(
      keyOf(cost),
    );
    const others = [
      { tag: '' },
      { tag: 'web' },
      { currency: 'EUR' },
      { item: 'Storage' },
      { chargeType: 'Refund' },
      { publisherType: 'Marketplace' },
    ];
    expect(new Set([cost, ...others.map((other) => ({ ...cost, ...other }))].map(keyOf)).size).toBe(others.length + 1);
  });

  it('of the marketplace by publisher names the publisher', () => {
    const sold = {
      ...cost,
      publisherType: 'Marketplace',
      item: 'Datadog',
      itemIsPublisher: true,
      chargeType: 'Purchase',
    };
    expect(toCharge(sold, around).texts).toMatchObject({
      payee: 'Microsoft',
      publisher: 'Datadog',
      service: '',
      description: 'Purchase',
    });
  });

  it('keeps a type of charge that is not known, and the owner tag', () => {
    const { texts } = toCharge({ ...cost, chargeType: 'Adjustment', tag: 'web' }, { ...around, ownerTag: 'team' });
    expect(texts).toMatchObject({ description: 'Adjustment', tags: '{"team":"web"}' });
  });
});

describe('settings', () => {
  const good = { scope: '/subscriptions/1', tenantId: 't', clientId: 'c', clientSecret: 'env:AZURE_CLIENT_SECRET' };

  it.each([
    '/subscriptions/0f8fad5b-d9cb-469f-a165-70867728950e',
    '/subscriptions/0f8fad5b/resourceGroups/web',
    '/providers/Microsoft.Management/managementGroups/root',
    '/providers/Microsoft.Billing/billingAccounts/123',
    '/providers/Microsoft.Billing/billingAccounts/123/departments/4',
    '/providers/Microsoft.Billing/billingAccounts/1:2_2019-05-31/billingProfiles/ABCD',
    '/providers/microsoft.billing/billingAccounts/1:2_2019-05-31/billingProfiles/ABCD/invoiceSections/XYZ',
  ])('take the scope %s', (scope) => {
    expect(azureSettings.safeParse({ ...good, scope }).success).toBe(true);
  });

  it.each([
    'subscriptions/1',
    '/subscriptions/1/',
    '/subscriptions',
    '/providers/Microsoft.Billing',
    'https://portal.azure.com/#x',
  ])('refuse the scope %s in words', (scope) => {
    const result = azureSettings.safeParse({ ...good, scope });
    expect(result.error?.issues[0]?.message).toContain('write the scope as Azure does');
  });

  it('refuse a secret in their text, and a key that is not known', () => {
    const result = azureSettings.safeParse({ ...good, clientSecret: 'Az8Q~verysecret', subscription: '1' });
    expect(result.error?.issues.map(({ message }) => message).join()).toContain(
      'name where the client secret of the app registration is kept',
    );
    expect(result.error?.message).not.toContain('verysecret');
    expect(result.error?.issues.map(({ code }) => code)).toContain('unrecognized_keys');
  });
});

describe('waits', () => {
  it('are the longest of all quotas that were used up, whatever they are called', () => {
    const at = new Date('2026-11-20T12:00:00Z');
    const prefix = 'x-ms-ratelimit-microsoft.costmanagement';
    const headers = (entries: Record<string, string>): Headers => new Headers(entries);
    expect(
      longestWaitMs(headers({ [`${prefix}-qpu-retry-after`]: '3', [`${prefix}-client-retry-after`]: '41' }), at),
    ).toBe(41_000);
    expect(longestWaitMs(headers({ [`${prefix}-clienttype-retry-after`]: '8', 'retry-after': '20' }), at)).toBe(20_000);
    expect(
      longestWaitMs(headers({ [`${prefix}-qpu-remaining`]: '11', [`${prefix}-qpu-consumed`]: '1' }), at),
    ).toBeUndefined();
  });
});
