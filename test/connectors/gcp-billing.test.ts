import { describe, expect, it, onTestFinished } from 'vitest';

import gcpBilling from '../../connectors/gcp-billing/index.js';
import { priceOf } from '../../connectors/gcp-billing/jobs.js';
import { costRow, toCharge } from '../../connectors/gcp-billing/to-charge.js';
import { readRows } from '../../src/connector/values.js';
import { addDecimals, decimalText } from '../../src/core/decimal.js';
import type { IsoDate } from '../../src/core/date.js';
import type { DecimalText } from '../../src/core/money.js';
import { addMonths, firstDay, parseMonth, type Month } from '../../src/core/period.js';
import { windowOf } from '../../src/pull/due-months.js';
import standin, { type RunningGcp } from '../services/gcp-billing.js';
import { ACCOUNT, exactOf, pacificDay, pacificStart, type GcpRow } from '../services/gcp-billing-records.js';
import { pullAll, sumsOf, testContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const month = (text: string): Month => parseMonth(text) as Month;
const OCTOBER = month('2026-10');
const ZERO: DecimalText = { digits: 0n, scale: 0 };

async function start(clock = { now: NOW }): Promise<RunningGcp> {
  const running = await standin.start({ now: () => clock.now, seed: 11 });
  onTestFinished(async () => {
    await Promise.all([running.server, ...(running.others ?? [])].map((server) => server.close()));
  });
  return running;
}

async function pullMonth(running: RunningGcp, of: Month, settings: Readonly<Record<string, unknown>> = {}, now = NOW) {
  const made = await testContext(gcpBilling, running, { settings, now: () => now });
  return { ...(await pullAll(gcpBilling, made.context, windowOf(of))), ...made };
}

function violations({ server, tokens, billing }: RunningGcp): string[] {
  return [server, tokens, billing].flatMap((each) => each.violations);
}

/** A row of the export with what a test is about; usage of Compute Engine in a project of its own. */
function row(given: Partial<GcpRow> & Pick<GcpRow, 'usageMs'>): GcpRow {
  return {
    exportMs: given.usageMs + 3_600_000,
    account: ACCOUNT,
    invoiceMonth: pacificDay(given.usageMs).slice(0, 7).replace('-', ''),
    publisherType: 'GOOGLE',
    seller: null,
    costType: 'regular',
    serviceId: '6F81-5844-456A',
    serviceName: 'Compute Engine',
    skuId: 'AAAA-BBBB-CCCC',
    skuName: 'Core',
    project: { id: 'test-only', name: 'Test only', labels: [], ancestors: [] },
    labels: [],
    tags: [],
    cost: 1,
    credits: [],
    currency: 'EUR',
    ...given,
  };
}

describe('charges', () => {
  // Months in which the clocks change are among them.
  it.each(['2026-10', '2026-09', '2026-03', '2025-11', '2023-07'])(
    'of %s come to what the export holds, to the micro-unit',
    async (text) => {
      const running = await start();
      const { charges, batches } = await pullMonth(running, month(text));
      expect(sumsOf(charges)).toEqual(running.truth(month(text)));
      expect(charges.length).toBeGreaterThan(500);
      expect(batches.length).toBeGreaterThan(2);
      expect(batches.flatMap(({ rejected = [] }) => rejected)).toEqual([]);
      expect(violations(running)).toEqual([]);
    },
  );

  it.each([
    { name: 'the detailed export', settings: { export: 'detailed' }, grain: {} },
    { name: 'a line for each SKU', settings: { skus: true }, grain: { skus: true } },
    {
      name: 'neither labels nor folders',
      settings: { labels: [], folders: false },
      grain: { labels: [], folders: false },
    },
    { name: 'FOCUS', settings: { export: 'focus' }, grain: { focus: true, folders: false } },
    {
      name: 'FOCUS by SKU',
      settings: { export: 'focus', skus: true },
      grain: { focus: true, folders: false, skus: true },
    },
  ])('with $name come to the same truth at their grain', async ({ settings, grain }) => {
    const running = await start();
    for (const of of [OCTOBER, addMonths(OCTOBER, 1)]) {
      const { charges } = await pullMonth(running, of, settings);
      expect(sumsOf(charges)).toEqual(running.truthBy(of, grain));
    }
    expect(violations(running)).toEqual([]);
  });

  it('of FOCUS spread a commitment in accrual that cash has on the day of its fee', async () => {
    const running = await start();
    const { charges } = await pullMonth(running, OCTOBER, { export: 'focus', skus: true });
    const fee = charges.filter(
      ({ cash, accrual }) => decimalText(cash) === '237.25' && accrual?.digits !== cash.digits,
    );
    expect(fee.map(({ day, accrual }) => [day, decimalText(accrual ?? ZERO)])).toEqual([['2026-10-01', '7.9']]);
    const use = charges.filter(({ cash, accrual }) => cash.digits === 0n && decimalText(accrual ?? ZERO) === '7.9');
    expect(use.map(({ day }) => day).sort()).toEqual(
      Array.from({ length: 30 }, (_day, index) => `2026-10-${String(index + 2).padStart(2, '0')}`),
    );
  });

  it('of any two windows that meet are those of one over both', async () => {
    const running = await start();
    const { context } = await testContext(gcpBilling, running, { now: () => NOW });
    const pulled = async (from: string, to: string) =>
      (await pullAll(gcpBilling, context, { from: from as IsoDate, to: to as IsoDate })).charges;
    const whole = await pulled('2026-10-28', '2026-11-04');
    const cut = [
      ...(await pulled('2026-10-28', '2026-11-01')),
      ...(await pulled('2026-11-01', '2026-11-02')),
      ...(await pulled('2026-11-02', '2026-11-04')),
    ];
    const keys = (charges: typeof whole): string[] => charges.map(({ key, day }) => `${day} ${key}`).sort();
    expect(keys(cut)).toEqual(keys(whole));
    expect(new Set(keys(whole)).size).toBe(whole.length);
    expect(sumsOf(cut)).toEqual(sumsOf(whole));
  });

  it('have the day it was in California, in summer, in winter and when the clocks change', async () => {
    const running = await start();
    const moments = [
      ['2026-10-31T06:59:59Z', '2026-10-30'],
      ['2026-11-01T06:59:59Z', '2026-10-31'],
      ['2026-11-01T07:00:00Z', '2026-11-01'],
      // This day has 25 hours.
      ['2026-11-02T07:59:59Z', '2026-11-01'],
      ['2026-11-02T08:00:00Z', '2026-11-02'],
    ] as const;
    for (const [at, day] of moments) {
      const project = { id: `at-${at.slice(0, 16)}`, name: '', labels: [], ancestors: [] };
      running.books.append(day.slice(0, 7) as Month, [row({ usageMs: Date.parse(at), project })]);
    }
    const pulled = [
      ...(await pullMonth(running, OCTOBER)).charges,
      ...(await pullMonth(running, month('2026-11'))).charges,
    ];
    const days = Object.fromEntries(moments.map(([at, day]) => [`at-${at.slice(0, 16)}`, day]));
    const found = pulled.filter(({ texts }) => texts.subAccount?.startsWith('at-'));
    expect(found.map(({ texts, day }) => [texts.subAccount, day]).sort()).toEqual(Object.entries(days).sort());
  });

  it('have their credits taken off once, and their cost counted once', async () => {
    const running = await start();
    const usageMs = pacificStart('2026-10-07' as IsoDate);
    running.books.append(OCTOBER, [
      row({ usageMs, cost: 100, credits: [-25, -12.5] }),
      row({ usageMs: usageMs + 3_600_000, cost: 7, credits: [] }),
    ]);
    const { charges } = await pullMonth(running, OCTOBER);
    const found = charges.filter(({ texts }) => texts.subAccount === 'test-only');
    expect(found.map(({ cash }) => decimalText(cash))).toEqual(['69.5']);
  });

  it('keep what belongs to no project: support, its tax, rounding', async () => {
    const running = await start();
    const { charges } = await pullMonth(running, OCTOBER);
    const own = charges.filter(({ texts }) => texts.subAccount === '');
    expect(own.map(({ texts }) => `${texts.service ?? ''} ${texts.description ?? ''}`).sort()).toEqual([
      'Invoice Rounding error',
      'Support ',
      'Support Tax',
    ]);
    expect(charges.filter(({ texts }) => texts.description === 'Tax').length).toBe(9);
  });

  it('that came in weeks later are read with the month of their usage', async () => {
    const clock = { now: new Date('2026-11-18T12:00:00Z') };
    const running = await start(clock);
    const usageMs = pacificStart('2026-10-03' as IsoDate);
    const exportMs = Date.parse('2026-11-19T10:00:00Z');
    running.books.append(OCTOBER, [row({ usageMs, exportMs, cost: 5, invoiceMonth: '202611' })]);
    const lateOf = ({ charges }: Awaited<ReturnType<typeof pullMonth>>) =>
      charges.filter(({ texts }) => texts.subAccount === 'test-only');
    expect(lateOf(await pullMonth(running, OCTOBER, {}, clock.now))).toEqual([]);
    clock.now = NOW;
    const pulled = await pullMonth(running, OCTOBER);
    expect(lateOf(pulled)).toMatchObject([{ day: '2026-10-03', reference: 'invoice of 2026-11' }]);
    expect(pulled.end.isFinal).toBe(true);
    expect(pulled.end.remarks).toContainEqual(
      expect.stringMatching(
        /^-?[\d.]+ EUR of 2026-10 stand on the invoice of 2026-11: usage that was reported late, or a correction\.$/,
      ),
    );
  });

  it('grow with the open month', async () => {
    const clock = { now: new Date('2026-11-10T12:00:00Z') };
    const running = await start(clock);
    const first = await pullMonth(running, month('2026-11'), {}, clock.now);
    clock.now = NOW;
    const second = await pullMonth(running, month('2026-11'), {}, clock.now);
    expect(second.charges.length).toBeGreaterThan(first.charges.length);
    expect(sumsOf(second.charges)).toEqual(running.truth(month('2026-11')));
  });

  it.each([
    // October ends in California, where it is still the day before; its tax comes two days later.
    ['2026-11-01T06:59:59Z', false],
    ['2026-11-01T12:00:00Z', false],
    ['2026-11-09T07:59:59Z', false],
    ['2026-11-09T08:00:00Z', true],
  ])('are an estimate until the invoice is surely written: on %s final is %s', async (at, isFinal) => {
    const clock = { now: new Date(at) };
    const running = await start(clock);
    expect((await pullMonth(running, OCTOBER, {}, clock.now)).end.isFinal).toBe(isFinal);
    const { context } = await testContext(gcpBilling, running, { now: () => clock.now });
    const days = { from: '2026-10-03' as IsoDate, to: '2026-10-05' as IsoDate };
    expect((await pullAll(gcpBilling, context, days)).end.isFinal).toBe(isFinal);
  });

  it('that came in some days before the time they are for are read', async () => {
    const running = await start();
    const usageMs = pacificStart('2026-10-01' as IsoDate);
    const before = sumsOf((await pullMonth(running, OCTOBER)).charges).get('EUR');
    running.books.append(OCTOBER, [row({ usageMs, exportMs: usageMs - 6 * 24 * 3_600_000, cost: 1000 })]);
    const after = sumsOf((await pullMonth(running, OCTOBER)).charges).get('EUR');
    expect(after?.cashMicros).toBe((before?.cashMicros ?? 0n) + 1_000_000_000n);
  });

  it('have totals of the same rows, asked without their lines', async () => {
    const running = await start();
    const { charges, end } = await pullMonth(running, OCTOBER);
    const sum = charges.reduce((total, { cash }) => addDecimals(total, cash), ZERO);
    expect(end.totals?.map(({ currency, cash }) => [currency, decimalText(cash)])).toEqual([['EUR', decimalText(sum)]]);
    expect(end.remarks.filter((remark) => remark.includes('differ'))).toEqual([]);
    const [, totals = ''] = running.desk.ran.map(({ sql }) => sql);
    expect(totals).toMatch(/GROUP BY invoice_month, currency$/);
    expect(totals).not.toContain('service');
  });

  it('and the total that differ are told of: rows may come in between the two queries', async () => {
    const running = await start();
    const { context } = await testContext(gcpBilling, running, { now: () => NOW });
    const walk = gcpBilling.pull(context, windowOf(OCTOBER));
    let step = await walk.next();
    running.books.append(OCTOBER, [row({ usageMs: pacificStart('2026-10-05' as IsoDate), cost: 0.75 })]);
    while (step.done !== true) step = await walk.next();
    expect(step.value.remarks).toContain(
      'The total and the sum of the charges differ by 0.75 EUR: Google exported more rows between the two queries; ' +
        'the next reading shows whether the difference stays.',
    );
  });

  it('without any cost are set aside with their reason', async () => {
    const running = await start();
    running.books.append(OCTOBER, [row({ usageMs: pacificStart('2026-10-09' as IsoDate), cost: null })]);
    const { batches, end } = await pullMonth(running, OCTOBER);
    const rejected = batches.flatMap(({ rejected: rows = [] }) => rows);
    expect(rejected.map(({ reason }) => reason)).toEqual(['cost: 1 of its rows have no cost']);
    expect(rejected[0]?.file).toMatch(/^charges of 2026-10-01 to 2026-11-01(, page \d+)?$/);
    expect(end.remarks.filter((remark) => remark.includes('differ'))).toEqual([]);
  });
});

describe('owner evidence', () => {
  it('is the label of the resource, or else of its project, or else a tag', async () => {
    const running = await start();
    const usageMs = pacificStart('2026-10-07' as IsoDate);
    const project = { id: 'p', name: 'P', labels: [{ key: 'team', value: 'of-project' }], ancestors: [] };
    const tags = [{ key: 'team', value: 'of-tag' }];
    running.books.append(OCTOBER, [
      row({ usageMs, project: { ...project, id: 'p-1' }, tags, labels: [{ key: 'team', value: 'of-resource' }] }),
      row({ usageMs, project: { ...project, id: 'p-2' }, tags, labels: [{ key: 'team', value: '' }] }),
      row({ usageMs, project: { ...project, id: 'p-3', labels: [] }, tags }),
      row({ usageMs, project: { ...project, id: 'p-4', labels: [] } }),
    ]);
    const { charges } = await pullMonth(running, OCTOBER);
    const found = charges.filter(({ texts }) => texts.subAccount?.startsWith('p-'));
    expect(found.map(({ texts }) => `${texts.subAccount ?? ''} ${texts.tags ?? ''}`).sort()).toEqual([
      'p-1 {"team":"of-resource"}',
      'p-2 {"team":"of-project"}',
      'p-3 {"team":"of-tag"}',
      'p-4 {}',
    ]);
  });

  it('is the folder of a project, as it was on the day', async () => {
    const running = await start();
    const { charges } = await pullMonth(running, addMonths(OCTOBER, -4), { labels: [] });
    const folders = (name: string): string[] => [
      ...new Set(charges.filter(({ texts }) => texts.subAccount?.includes(name)).map(({ texts }) => texts.tags ?? '')),
    ];
    expect(folders('web-shop')).toEqual(['{"gcp:folder":"Engineering / Engineering live"}']);
    expect(folders('data-platform')).toEqual(['{"gcp:folder":"Data"}']);
    expect(folders('growth').sort()).toEqual([
      '{"gcp:folder":"Engineering / Engineering live"}',
      '{"gcp:folder":"Marketing / Marketing live"}',
    ]);
  });

  it('tells the sellers of the marketplace from Google', async () => {
    const running = await start();
    const { charges } = await pullMonth(running, OCTOBER);
    const sellers = new Set(charges.map(({ texts }) => `${texts.payee ?? ''} > ${texts.publisher ?? ''}`));
    expect([...sellers].sort()).toEqual([
      'Google Cloud > ',
      'Google Cloud Marketplace > Elasticsearch B.V.',
      'Google Cloud Marketplace > MongoDB Atlas (Pay as You Go)',
    ]);
  });

  it('tells of projects that are billed to accounts which no source covers, with the current month alone', async () => {
    const running = await start();
    const remark =
      '3 projects are billed to the billing account 0BADC0-FFEE00-123456 (Card of the growth team), which no source ' +
      'covers: ads-feed-12, growth-lab-77, maps-demo-9. Add a source for it, or name it in `coveredAccounts`.';
    expect((await pullMonth(running, month('2026-11'))).end.remarks).toContain(remark);
    expect((await pullMonth(running, OCTOBER)).end.remarks).not.toContain(remark);
    const covered = { coveredAccounts: ['0BADC0-FFEE00-123456'] };
    expect((await pullMonth(running, month('2026-11'), covered)).end.remarks).not.toContain(remark);
    const asked = running.billing.requests.length;
    await pullMonth(running, month('2026-11'), { projectLinks: false });
    expect(running.billing.requests.length).toBe(asked);
    expect(violations(running)).toEqual([]);
  });

  it('goes without Cloud Billing, and says so', async () => {
    const running = await start();
    running.denied.add('billing.resourceAssociations.list');
    const { charges, end } = await pullMonth(running, month('2026-11'));
    expect(sumsOf(charges)).toEqual(running.truth(month('2026-11')));
    expect(end.remarks.at(-1)).toMatch(
      /^Whether projects are billed to accounts that no source covers is not known \(projects of billing account .*: Google Cloud denies access: The caller does not have permission\)\. Grant roles\/billing\.viewer, or set `projectLinks` to false\.$/,
    );
  });
});

describe('the price', () => {
  it('is estimated by BigQuery, which runs nothing', async () => {
    const running = await start();
    const { context, charged } = await testContext(gcpBilling, running, { now: () => NOW });
    const planned = (await gcpBilling.plan?.(context, windowOf(OCTOBER))) ?? [];
    expect(planned.map(({ what }) => what.replace(/[\d,]+ bytes/, 'N bytes'))).toEqual([
      'query of the charges of 2026-10-01 to 2026-11-01: N bytes',
      'query of the total of 2026-10-01 to 2026-11-01: N bytes',
    ]);
    expect(running.desk.ran).toEqual([]);
    expect(charged.every(({ priceMicros }) => priceMicros === 0n)).toBe(true);
  });

  it('of a pull is that of its queries, and no other request costs anything', async () => {
    const running = await start();
    const { charged } = await pullMonth(running, OCTOBER);
    const billed = running.desk.ran.map(({ bytes }) => priceOf(BigInt(bytes), 6.25));
    expect(billed.length).toBe(2);
    expect(charged.filter(({ priceMicros }) => priceMicros > 0n)).toEqual([
      { request: 'query of the charges of 2026-10-01 to 2026-11-01', priceMicros: billed[0] },
      { request: 'query of the total of 2026-10-01 to 2026-11-01', priceMicros: billed[1] },
    ]);
  });

  it.each([
    { bytes: 0n, price: 6.25, micros: 0n },
    // No less than ten mebibytes are billed.
    { bytes: 1n, price: 6.25, micros: 60n },
    { bytes: 1_099_511_627_776n, price: 6.25, micros: 6_250_000n },
    { bytes: 1_099_511_627_776n, price: '7.5', micros: 7_500_000n },
    // Whole mebibytes, rounded up.
    { bytes: 109_951_162_777_601n, price: 6.25, micros: 625_000_006n },
    { bytes: 5n, price: 0, micros: 0n },
  ])('of $bytes bytes at $price a TiB is $micros millionths', ({ bytes, price, micros }) => {
    expect(priceOf(bytes, price)).toBe(micros);
  });

  it('is not paid twice when the reply to a query is lost', async () => {
    const running = await start();
    const isQuery = ({ method, body }: { method: string; body: string }): boolean =>
      method === 'POST' && body.includes('maximumBytesBilled');
    running.server.fail('cut', 1, isQuery);
    const { charges, waitsMs } = await pullMonth(running, OCTOBER);
    expect(waitsMs.length).toBeGreaterThan(0);
    expect(sumsOf(charges)).toEqual(running.truth(OCTOBER));
    expect(running.desk.ran.length).toBe(2);
    expect(running.server.requests.filter(isQuery).length).toBe(3);
  });
});

describe('the walk', () => {
  it.each(['cut', 'malformed', 'server-error', 'throttled'] as const)(
    'goes on after an answer that is %s, wherever it comes',
    async (fault) => {
      const running = await start();
      for (const path of ['/tables/', '/jobs', '/queries/'])
        running.server.fail(fault, 1, (request) => request.path.includes(path));
      running.billing.fail(fault, 1);
      const { charges, end } = await pullMonth(running, month('2026-11'));
      expect(sumsOf(charges)).toEqual(running.truth(month('2026-11')));
      expect(end.remarks.join(' ')).toContain('growth-lab-77');
    },
  );

  it('waits as long as Google wants to be left alone', async () => {
    const running = await start();
    running.server.fail('throttled', 1, ({ path }) => path.includes('/queries/'));
    const { waitsMs } = await pullMonth(running, OCTOBER);
    expect(waitsMs.filter((waitMs) => waitMs > 100)).toEqual([7_000]);
  });

  it('asks each request once, in order, and leaves the repeating to the runner', async () => {
    const running = await start();
    await pullMonth(running, OCTOBER);
    const asked = running.server.requests.map(
      ({ method, path, query }) =>
        `${method} ${path.replace(/spendshift_[0-9a-f-]+/, 'JOB').replace(/^.*nordwind-finops/, '')}${query.has('pageToken') ? ' next' : ''}`,
    );
    expect(asked.slice(0, 4)).toEqual([
      `GET /datasets/billing_export/tables/gcp_billing_export_v1_${ACCOUNT.replaceAll('-', '_')}`,
      'POST /jobs',
      'POST /jobs',
      'GET /queries/JOB',
    ]);
    expect(new Set(asked.slice(4, -3))).toEqual(new Set(['GET /queries/JOB next']));
    expect(asked.slice(-3)).toEqual(['POST /jobs', 'POST /jobs', 'GET /queries/JOB']);
    expect(running.tokens.requests.length).toBe(1);
  });

  it('asks again while a query is at work', async () => {
    const running = await start();
    await pullMonth(running, OCTOBER);
    const before = running.server.requests.length;
    // The stand-in lets every third query wait twice.
    const { charges } = await pullMonth(running, OCTOBER);
    expect(sumsOf(charges)).toEqual(running.truth(OCTOBER));
    const again = running.server.requests.length - before;
    expect(again).toBe(before + 2);
  });

  it('gets a new token when one expires or is withdrawn', async () => {
    const clock = { now: NOW };
    const running = await start(clock);
    const { context } = await testContext(gcpBilling, running, { now: () => clock.now });
    const walk = gcpBilling.pull(context, windowOf(OCTOBER));
    await walk.next();
    running.revokeTokens();
    await walk.next();
    expect(running.tokens.requests.length).toBe(2);
    clock.now = new Date(NOW.getTime() + 3_400_000);
    let step = await walk.next();
    while (step.done !== true) step = await walk.next();
    expect(running.tokens.requests.length).toBe(3);
    expect(running.tokens.violations).toEqual([]);
  });
});

describe('a row', () => {
  const RECORDED = {
    day: '2026-10-31',
    account: '01A2B3-C4D5E6-F70819',
    service_id: '6F81-5844-456A',
    project_id: 'shop-live-482',
    seller: null,
    publisher_type: 'GOOGLE',
    kind: 'regular',
    invoice_month: '202611',
    currency: 'EUR',
    folder: 'Engineering / Shop',
    label_0: 'checkout',
    label_1: null,
    service_name: 'Compute Engine',
    project_name: 'Shop (live)',
    cash_sum: '12.3400000000000005551115123125782702118',
    unpriced_count: '0',
  };
  const read = (given: object, hasAccrual = false) =>
    readRows(costRow(hasAccrual), [{ ...RECORDED, ...given }], 'query');
  const chargeOf = (given: object, hasAccrual = false) => {
    const [first] = read(given, hasAccrual).rows;
    return first === undefined ? undefined : toCharge(first, ['team', 'cost-center']);
  };

  it('becomes a charge with every text that tells an owner, and every digit of its amount', () => {
    const charge = chargeOf({});
    expect(charge).toEqual({
      texts: {
        payee: 'Google Cloud',
        publisher: '',
        service: 'Compute Engine',
        serviceCategory: '',
        account: '01A2B3-C4D5E6-F70819',
        subAccount: 'shop-live-482',
        subAccountName: 'Shop (live)',
        description: '',
        tags: '{"gcp:folder":"Engineering / Shop","team":"checkout"}',
      },
      key: '["2026-10-31","01A2B3-C4D5E6-F70819","6F81-5844-456A","shop-live-482",null,"GOOGLE",null,null,"regular","202611",null,"Engineering / Shop","checkout",null,"EUR"]',
      reference: 'invoice of 2026-11',
      day: '2026-10-31',
      currency: 'EUR',
      cash: { digits: 123400000000000005551115123125782702118n, scale: 37 },
      accrual: { digits: 123400000000000005551115123125782702118n, scale: 37 },
    });
  });

  it.each([
    { given: { kind: 'tax' }, texts: { description: 'Tax' } },
    { given: { kind: 'rounding_error' }, texts: { description: 'Rounding error' } },
    { given: { kind: 'something new' }, texts: { description: 'something new' } },
    { given: { kind: 'tax', sku_id: 'A1', sku_name: 'N2 core' }, texts: { description: 'Tax, N2 core' } },
    { given: { seller: 'Google Ireland Limited' }, texts: { payee: 'Google Cloud', publisher: '' } },
    { given: { seller: 'Acme Ltd' }, texts: { payee: 'Google Cloud Marketplace', publisher: 'Acme Ltd' } },
    { given: { publisher_type: 'PARTNER' }, texts: { payee: 'Google Cloud Marketplace', publisher: 'Compute Engine' } },
    {
      given: { issuer: 'Google Cloud EMEA Limited', seller: 'Acme Ltd' },
      texts: { payee: 'Google Cloud EMEA Limited', publisher: 'Acme Ltd' },
    },
    { given: { service_name: null }, texts: { service: '6F81-5844-456A' } },
    { given: { project_id: null, project_name: null }, texts: { subAccount: '', subAccountName: '' } },
  ])('with $given has the texts $texts', ({ given, texts }) => {
    expect(chargeOf(given)?.texts).toMatchObject(texts);
  });

  it('without a project is told from one whose project is empty', () => {
    expect(chargeOf({ project_id: null })?.key).not.toBe(chargeOf({ project_id: '' })?.key);
  });

  it('of a correction is a refund, and FOCUS has an accrual of its own', () => {
    const charge = chargeOf({ cash_sum: '-4.5', accrual_sum: '0' }, true);
    expect(charge).toMatchObject({ cash: { digits: -45n, scale: 1 }, accrual: { digits: 0n, scale: 0 } });
  });

  it.each([
    { given: { currency: 'XX' }, reason: 'currency: "XX" is no currency code of ISO 4217' },
    { given: { day: 'soon' }, reason: 'day: "soon" does not begin with a day' },
    { given: { cash_sum: 'NaN' }, reason: 'cash_sum: "NaN" is no decimal number' },
    { given: { unpriced_count: '3' }, reason: 'cost: 3 of its rows have no cost' },
    { given: { service_name: 7 }, reason: /^service_name: / },
  ])('with $given is set aside', ({ given, reason }) => {
    const { rows, rejected } = read(given);
    expect(rows).toEqual([]);
    expect(rejected.map((row) => row.reason)).toEqual([
      typeof reason === 'string' ? reason : expect.stringMatching(reason),
    ]);
  });
});

describe('the stand-in', () => {
  it('adds floats as the decimals that they are', () => {
    expect(decimalText({ digits: exactOf(0.1), scale: 38 })).toBe('0.10000000000000000555111512312578270212');
    expect(decimalText({ digits: exactOf(-2.5), scale: 38 })).toBe('-2.5');
    expect(decimalText({ digits: exactOf(3e20), scale: 38 })).toBe('300000000000000000000');
    expect(exactOf(0)).toBe(0n);
  });

  it.each(['2026-03-08', '2026-03-09', '2026-11-01', '2026-11-02', '2026-01-01', '2026-07-01'])(
    'knows when %s begins in California',
    (day) => {
      const startMs = pacificStart(day as IsoDate);
      const format = new Intl.DateTimeFormat('sv-SE', {
        timeZone: 'America/Los_Angeles',
        dateStyle: 'short',
        timeStyle: 'short',
      });
      expect(format.format(new Date(startMs))).toBe(`${day} 00:00`);
      expect(pacificDay(startMs)).toBe(day);
      expect(pacificDay(startMs - 1)).not.toBe(day);
    },
  );

  it('has months that reach back before a first pull', async () => {
    const running = await start();
    expect(running.months()[0]).toBe('2023-07');
    expect(firstDay(running.books.first)).toBe('2023-07-01');
  });
});
