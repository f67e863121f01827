import { describe, expect, it, onTestFinished } from 'vitest';

import connector from '../../connectors/xero/index.js';
import { settings, type XeroSettings } from '../../connectors/xero/settings.js';
import { xeroDay } from '../../connectors/xero/to-charge.js';
import type { PullWindow } from '../../src/connector/service.js';
import { decimalText } from '../../src/core/decimal.js';
import { RetryableError } from '../../src/core/errors.js';
import type { Month } from '../../src/core/period.js';
import { StrictServer, type ServiceReply } from '../services/server.js';
import standin, { type RunningXero } from '../services/xero.js';
import { pullAll, sumsOf, testContext, type Pulled, type TestContext } from '../support/service.js';
import { brief, clock, days, mistakeOf, monthDays, NO_FAULTS, startFor } from '../support/spend.js';

const OCTOBER = monthDays('2026-10');

function start(): Promise<RunningXero> {
  return startFor(standin);
}

function contextOf(
  running: RunningXero,
  changed: Readonly<Record<string, unknown>> = {},
): Promise<TestContext<XeroSettings>> {
  return testContext(connector, running, { now: clock, settings: changed });
}

async function pulled(running: RunningXero, window: PullWindow, changed = {}): Promise<Pulled> {
  return pullAll(connector, (await contextOf(running, changed)).context, window);
}

function violationsOf(running: RunningXero): string[] {
  return [...running.server.violations, ...running.login.violations];
}

describe('charges', () => {
  it.each(['2023-07', '2025-02', '2026-09', '2026-10', '2026-11'])('of %s are what Xero holds', async (month) => {
    const running = await start();
    const { charges, end } = await pulled(running, monthDays(month));
    expect(charges.length).toBeGreaterThan(0);
    expect(sumsOf(charges)).toEqual(running.truth(month as Month));
    expect(end).toEqual({ isFinal: true, remarks: [] });
    expect(violationsOf(running)).toEqual([]);
  });

  it('of single days come to those of the month, each once', async () => {
    const running = await start();
    const { context } = await contextOf(running);
    const whole = await pullAll(connector, context, OCTOBER);
    const parts = [
      ...(await pullAll(connector, context, days('2026-10-01', '2026-10-02'))).charges,
      ...(await pullAll(connector, context, days('2026-10-02', '2026-10-20'))).charges,
      ...(await pullAll(connector, context, days('2026-10-20', '2026-11-01'))).charges,
    ];
    expect(parts.map(brief).sort()).toEqual(whole.charges.map(brief).sort());
    expect(new Set(parts.map(({ key }) => key)).size).toBe(parts.length);
  });

  it('are asked for with a page, without which Xero gives no lines, and filtered by day and type', async () => {
    const running = await start();
    await pulled(running, OCTOBER);
    const bills = running.server.requests.filter(({ path }) => path.endsWith('/Invoices'));
    expect(bills.length).toBeGreaterThan(1);
    expect(bills.map(({ query }) => query.get('page'))).toEqual(bills.map((_, index) => String(index + 1)));
    expect(bills[0]?.query.get('where')).toBe(
      'Type=="ACCPAY" AND Date>=DateTime(2026,10,01) AND Date<DateTime(2026,11,01)',
    );
    expect(bills[0]?.headers['xero-tenant-id']).toBe('45e4708e-d862-4111-ab3a-dd8cd03913e1');
  });

  it('are those of the chosen parts, for which alone scopes are asked', async () => {
    const running = await start();
    const bank = await pulled(running, OCTOBER, { include: ['bankTransactions'] });
    const bills = await pulled(running, OCTOBER, { include: ['bills'] });
    expect(bank.charges.every(({ texts }) => texts.accountName !== undefined)).toBe(true);
    expect(bills.charges.every(({ texts }) => texts.accountName === undefined)).toBe(true);
    expect(running.login.requests.map(({ body }) => new URLSearchParams(body).get('scope'))).toEqual([
      'accounting.banktransactions.read accounting.settings.read',
      'accounting.invoices.read accounting.settings.read',
    ]);
  });
});

it('a list that shrinks while it is read is refused, for it may hide a document', async () => {
  const running = await start();
  const server = await StrictServer.start(({ path, query }): ServiceReply => {
    if (path.endsWith('/Accounts')) return { body: { Accounts: ACCOUNTS } };
    // One of the first page is gone: the others move up, and the one that was to open the second page is on neither.
    const rows = query.get('page') === '1' ? [SPENT, { ...SPENT, BankTransactionID: 'b2' }] : [];
    const count = query.get('page') === '1' ? 3 : 2;
    const pagination = { page: 1, pageSize: 2, pageCount: Math.ceil(count / 2), itemCount: count };
    return { body: { pagination, BankTransactions: rows } };
  }, NO_FAULTS);
  onTestFinished(() => server.close());
  const failed = pulled(running, OCTOBER, { endpoint: server.url, include: ['bankTransactions'] });
  await expect(failed).rejects.toBeInstanceOf(RetryableError);
  await expect(failed).rejects.toThrow('Xero counted 3 and gave 2: the list changed while it was read');
});

interface Rows {
  readonly BankTransactions?: readonly unknown[];
  readonly Invoices?: readonly unknown[];
  readonly CreditNotes?: readonly unknown[];
  readonly ManualJournals?: readonly unknown[];
}

const ACCOUNTS = [
  { Name: 'Business card', Class: 'ASSET' },
  { Code: '6510', Name: 'Software', Class: 'EXPENSE' },
  { Code: '0700', Name: 'Equipment', Class: 'ASSET' },
  { Code: '200', Name: 'Sales', Class: 'REVENUE' },
  { Code: '820', Name: 'VAT', Class: 'LIABILITY' },
  { Code: '970', Name: 'Owner', Class: 'EQUITY' },
];

/** Serves rows of the test's own. */
async function pullRows(rows: Rows, changed: Readonly<Record<string, unknown>> = {}): Promise<Pulled> {
  const running = await start();
  const server = await StrictServer.start(({ path }): ServiceReply => {
    const list = path.split('/').at(-1) ?? '';
    if (list === 'Accounts') return { body: { Accounts: ACCOUNTS } };
    if (list === 'Organisation') return { body: { Organisations: [{ BaseCurrency: 'GBP' }] } };
    return { body: { [list]: rows[list as keyof Rows] ?? [] } };
  }, NO_FAULTS);
  onTestFinished(() => server.close());
  return pulled(running, OCTOBER, { endpoint: server.url, ...changed });
}

const LINE = {
  LineItemID: 'l1',
  Description: 'Seats October',
  LineAmount: 100.0,
  TaxAmount: 20,
  AccountCode: '6510',
  Item: { Name: 'Seats' },
  Tracking: [
    { Name: 'department', Option: 'Brand' },
    { Name: 'Region', Option: 'EMEA' },
  ],
};

const SPENT = {
  BankTransactionID: 'b1',
  Type: 'SPEND',
  Status: 'AUTHORISED',
  Contact: { Name: 'Figma' },
  Date: '/Date(1790985600000+0000)/',
  CurrencyCode: 'GBP',
  CurrencyRate: 0.87,
  LineAmountTypes: 'Exclusive',
  SubTotal: 100,
  Total: 120,
  BankAccount: { Code: '090', Name: 'Business card', AccountID: 'a1' },
  LineItems: [LINE],
};

const BILL = {
  ...SPENT,
  Type: 'ACCPAY',
  InvoiceID: 'i1',
  InvoiceNumber: 'B-7',
  Status: 'PAID',
  BankAccount: undefined,
};

describe('a bank transaction', () => {
  it('gives all evidence of whose it is, in its own currency', async () => {
    const { charges } = await pullRows({ BankTransactions: [SPENT] });
    expect(charges).toEqual([
      {
        key: 'b1/l1',
        reference: 'b1',
        day: '2026-10-03',
        currency: 'GBP',
        cash: { digits: 100n, scale: 0 },
        texts: {
          payee: 'Figma',
          service: 'Seats',
          ledgerAccount: '6510 Software',
          costCenter: 'Brand',
          tags: '{"Region":"EMEA"}',
          account: '090',
          accountName: 'Business card',
        },
      },
    ]);
  });

  it('without an account counts, and takes the name of no other', async () => {
    const { charges } = await pullRows({
      BankTransactions: [{ ...SPENT, LineItems: [{ ...LINE, AccountCode: null }] }],
    });
    expect(charges.map(({ texts }) => texts.ledgerAccount)).toEqual(['']);
  });

  it('is named by the id of its bank account where that has no number', async () => {
    const { charges } = await pullRows({
      BankTransactions: [{ ...SPENT, BankAccount: { AccountID: 'a1', Name: 'Card' } }],
    });
    expect(charges[0]?.texts).toMatchObject({ account: 'a1', accountName: 'Card' });
  });

  it.each([
    ['SPEND', '6510', '100'],
    ['SPEND', '0700', '100'],
    ['SPEND', '999', '100'],
    ['SPEND', '820', undefined],
    ['SPEND', '970', undefined],
    ['SPEND', '200', undefined],
    ['RECEIVE', '6510', '-100'],
    ['RECEIVE', '200', undefined],
    ['RECEIVE', '0700', undefined],
    ['RECEIVE', '999', undefined],
  ])('%s on the account %s counts as %s', async (type, code, expected) => {
    const row = { ...SPENT, Type: type, LineItems: [{ ...LINE, AccountCode: code }] };
    const { charges, batches } = await pullRows({ BankTransactions: [row] });
    expect(charges.map(({ cash }) => decimalText(cash))).toEqual(expected === undefined ? [] : [expected]);
    expect(batches[0]?.skippedCount).toBe(expected === undefined ? 1 : 0);
  });

  it.each([
    ['SPEND-TRANSFER', 0, 0],
    ['RECEIVE-TRANSFER', 0, 0],
    ['RECEIVE-OVERPAYMENT', 0, 0],
    ['RECEIVE-PREPAYMENT', 0, 0],
    ['SPEND-OVERPAYMENT', 0, 1],
    ['SPEND-PREPAYMENT', 0, 1],
  ])('%s counts %d times beside bills, and %d times without them', async (type, beside, alone) => {
    const rows = { BankTransactions: [{ ...SPENT, Type: type }] };
    const withBills = await pullRows(rows);
    expect([withBills.charges.length, withBills.batches[0]?.skippedCount]).toEqual([beside, 1 - beside]);
    const without = await pullRows(rows, { include: ['bankTransactions'] });
    expect([without.charges.length, without.batches[0]?.skippedCount]).toEqual([alone, 1 - alone]);
  });

  it.each(['DRAFT', 'SUBMITTED', 'DELETED', 'VOIDED'])('that is %s is no spend', async (status) => {
    const { charges, batches } = await pullRows({ BankTransactions: [{ Status: status, Type: 'SPEND' }] });
    expect(charges).toEqual([]);
    expect(batches[0]).toMatchObject({ skippedCount: 1, rejected: [] });
  });
});

describe('bills and credit notes', () => {
  it('count with their sign, and are looked up by their number', async () => {
    const credit = { ...BILL, Type: 'ACCPAYCREDIT', InvoiceID: undefined, CreditNoteID: 'c1', CreditNoteNumber: '' };
    const { charges } = await pullRows({ Invoices: [BILL], CreditNotes: [{ ...credit, Reference: 'B-7 returned' }] });
    expect(charges.map((charge) => `${brief(charge)} ${charge.reference}`)).toEqual([
      '2026-10-03 100 GBP i1/l1 B-7',
      '2026-10-03 -100 GBP c1/l1 B-7 returned',
    ]);
  });

  it('of customers are refused, should a filter be ignored', async () => {
    const { charges, batches } = await pullRows({ Invoices: [{ ...BILL, Type: 'ACCREC' }] });
    expect(charges).toEqual([]);
    expect(batches.flatMap(({ rejected = [] }) => rejected)).toHaveLength(1);
  });
});

describe('manual journals', () => {
  const include = ['journals'];
  const line = (amount: number, account: string, more = {}): object => ({
    LineAmount: amount,
    TaxAmount: 0,
    AccountCode: account,
    ...more,
  });
  const posted = (JournalLines: readonly object[], more = {}): object => ({
    ManualJournalID: 'm1',
    Narration: 'Accruals of October',
    Status: 'POSTED',
    Date: '2026-10-31T00:00:00',
    LineAmountTypes: 'NoTax',
    JournalLines,
    ...more,
  });
  const briefs = ({ charges }: Pulled): string[] => charges.map(brief);
  const reasonsOf = ({ batches }: Pulled): string[] =>
    batches.flatMap(({ rejected = [] }) => rejected).map(({ reason }) => reason);

  it('are not asked for unless they are wanted, and neither is their scope', async () => {
    const running = await start();
    await pulled(running, OCTOBER);
    const paths = running.server.requests.map(({ path }) => path.split('/').at(-1));
    expect(paths).not.toContain('ManualJournals');
    expect(paths).not.toContain('Organisation');
    expect(running.login.requests[0]?.body).not.toContain('manualjournals');
  });

  it('come to what Xero holds, beside all others', async () => {
    const running = await start();
    const plain = await pulled(running, OCTOBER);
    const all = await pulled(running, OCTOBER, { include: ['bankTransactions', 'bills', 'journals'] });
    const known = new Set(plain.charges.map(({ key }) => key));
    const journals = all.charges.filter(({ key }) => !known.has(key));
    expect(journals.length).toBe(all.charges.length - plain.charges.length);
    // Hosting that was accrued; what was moved between departments comes to nothing.
    expect(sumsOf(journals)).toEqual(new Map([['GBP', { cashMicros: 120_000_000n, accrualMicros: 120_000_000n }]]));
    expect([...running.server.violations, ...running.login.violations]).toEqual([]);
    const verdicts = await connector.check((await contextOf(running, { include })).context);
    expect(verdicts.map(({ permission, granted, detail }) => [permission, granted, detail])).toEqual([
      ['accounting.manualjournals.read', true, 'manual journals can be read'],
      ['accounting.settings.read', true, '8 accounts'],
    ]);
  });

  it('move a cost to another department, in the currency of the books', async () => {
    const tracked = (option: string): object => ({ Tracking: [{ Name: 'Department', Option: option }] });
    const rows = [posted([line(25.5, '6510', tracked('Marketing')), line(-25.5, '6510', tracked('IT'))])];
    const found = await pullRows({ ManualJournals: rows }, { include });
    expect(briefs(found)).toEqual(['2026-10-31 25.5 GBP m1/1', '2026-10-31 -25.5 GBP m1/2']);
    expect(found.charges.map(({ texts }) => texts.costCenter)).toEqual(['Marketing', 'IT']);
    expect(found.charges[0]?.texts).toMatchObject({ payee: '', ledgerAccount: '6510 Software' });
  });

  it('count on the accounts of spend alone, and spread a purchase of an earlier month to nothing', async () => {
    for (const other of ['200', '820', '970']) {
      const found = await pullRows({ ManualJournals: [posted([line(10, '6510'), line(-10, other)])] }, { include });
      expect([briefs(found), found.batches[0]?.skippedCount]).toEqual([['2026-10-31 10 GBP m1/1'], 1]);
    }
    const spread = await pullRows({ ManualJournals: [posted([line(30, '6510'), line(-30, '0700')])] }, { include });
    expect(briefs(spread)).toEqual(['2026-10-31 30 GBP m1/1', '2026-10-31 -30 GBP m1/2']);
  });

  it.each([
    ['Exclusive', 'excluded', 100, '100'],
    ['Exclusive', 'included', 100, '120'],
    ['Inclusive', 'excluded', 120, '100'],
    ['Inclusive', 'included', 120, '120'],
  ])('whose lines are %s count with tax %s', async (types, tax, amount, expected) => {
    const lines = [line(amount, '6510', { TaxAmount: 20 }), line(-120, '820')];
    const rows = [posted(lines, { LineAmountTypes: types })];
    const found = await pullRows({ ManualJournals: rows }, { include, tax });
    expect(briefs(found)).toEqual([`2026-10-31 ${expected} GBP m1/1`]);
  });

  it('that are no longer, or not yet, posted are skipped; those that do not balance are set aside', async () => {
    const balanced = [line(10, '6510'), line(-10, '820')];
    const rows = ['DRAFT', 'DELETED', 'VOIDED', 'ARCHIVED'].map((Status) => posted(balanced, { Status }));
    const found = await pullRows({ ManualJournals: rows }, { include });
    expect([briefs(found), found.batches[0]?.skippedCount]).toEqual([[], 4]);
    const odd = [posted([line(10, '6510'), line(-9, '820')]), posted(balanced, { Status: 'LOST' })];
    expect(reasonsOf(await pullRows({ ManualJournals: odd }, { include }))).toEqual([
      'JournalLines: its debits and credits differ by 1',
      'Status: Invalid input: expected "POSTED"',
    ]);
  });
});

describe('tax', () => {
  it.each([
    ['Exclusive', 'excluded', { LineAmount: 100, TaxAmount: 20 }, '100'],
    ['Exclusive', 'included', { LineAmount: 100, TaxAmount: 20 }, '120'],
    ['Inclusive', 'excluded', { LineAmount: 120, TaxAmount: 20 }, '100'],
    ['Inclusive', 'included', { LineAmount: 120, TaxAmount: 20 }, '120'],
    ['NoTax', 'excluded', { LineAmount: 100, TaxAmount: 0 }, '100'],
  ])('of a document that is %s is %s', async (types, tax, amounts, expected) => {
    const total = types === 'NoTax' ? 100 : 120;
    const row = { ...BILL, LineAmountTypes: types, Total: total, LineItems: [{ ...LINE, ...amounts }] };
    const { charges } = await pullRows({ Invoices: [row] }, { tax });
    expect(charges.map(({ cash }) => decimalText(cash))).toEqual([expected]);
  });
});

describe('a document is set aside', () => {
  it.each([
    [{ SubTotal: 99.99 }, 'LineItems: the lines come to 100, but SubTotal says 99.99'],
    [{ Total: 121 }, 'LineItems: the lines come to 120, but Total says 121'],
    [{ LineItems: [] }, 'LineItems: it has no lines'],
    [{ LineItems: undefined }, 'LineItems: Invalid input: expected array, received undefined'],
    [{ CurrencyCode: 'XTS' }, 'CurrencyCode: "XTS" is no currency code of ISO 4217'],
    [{ Date: '/Date(soon)/' }, 'Date: "/Date(soon)/" is no day of Xero'],
    [{ Status: 'LOST' }, 'Status: Invalid option: expected one of "AUTHORISED"|"PAID"'],
    [{ LineAmountTypes: 'Net' }, 'LineAmountTypes: Invalid option: expected one of "Exclusive"|"Inclusive"|"NoTax"'],
  ])('with %j', async (changed, reason) => {
    const { charges, batches } = await pullRows({ Invoices: [BILL, { ...BILL, ...changed }] });
    expect(charges).toHaveLength(1);
    expect(batches.flatMap(({ rejected = [] }) => rejected)).toMatchObject([
      { file: 'bills 2026-10-01 to 2026-11-01', row: 2, reason },
    ]);
  });
});

describe('days', () => {
  it.each([
    ['/Date(1571875200000+0000)/', '2019-10-24'],
    ['/Date(1571875200000)/', '2019-10-24'],
    ['/Date(1571832000000+1300)/', '2019-10-24'],
    ['/Date(1571893200000-0500)/', '2019-10-24'],
    ['/Date(-86400000+0000)/', '1969-12-31'],
    ['2019-10-24T00:00:00', '2019-10-24'],
    ['2019-10-24', '2019-10-24'],
  ])('%s is %s', (text, day) => {
    expect(xeroDay.parse(text)).toBe(day);
  });

  it.each(['24/10/2019', '/Date(999999999999999+0000)/', '/Date()/', ''])('"%s" is none', (text) => {
    expect(xeroDay.safeParse(text).success).toBe(false);
  });
});

describe('what goes wrong', () => {
  it('names wrong credentials', async () => {
    const running = await start();
    const { context } = await testContext(
      connector,
      { ...running, secrets: { XERO_SECRET: 'another' } },
      { now: clock },
    );
    expect(await mistakeOf(pullAll(connector, context, OCTOBER))).toMatch(
      /^token for Xero: the credentials are refused \(invalid_client\) → Open the custom connection at developer\.xero\.com/,
    );
  });

  it('names scopes that the app does not have', async () => {
    const running = await start();
    expect(await mistakeOf(pulled(running, OCTOBER, { scopes: 'broad' }))).toMatch(
      /^token for Xero: the permissions asked for are refused \(invalid_scope\) → .*`scopes: broad`\.$/,
    );
  });

  it('names a missing scope, in the pull and in the check', async () => {
    const running = await start();
    running.deny('accounting.invoices.read');
    expect(await mistakeOf(pulled(running, OCTOBER))).toBe(
      "bills 2026-10-01 to 2026-11-01: the connection may not read this (401: AuthorizationUnsuccessful) → Choose the scopes that the connector's README lists at developer.xero.com, and let the organisation authorise them anew.",
    );
    const verdicts = await connector.check((await contextOf(running)).context);
    expect(verdicts.map(({ permission, granted, detail }) => [permission, granted, detail])).toEqual([
      ['accounting.banktransactions.read', true, 'bank transactions can be read'],
      ['accounting.invoices.read', false, expect.stringContaining('may not read this')],
      ['accounting.settings.read', true, '8 accounts'],
    ]);
  });

  it('names the wrong organisation', async () => {
    const running = await start();
    const tenantId = '7a1b6a5c-2f4e-4d0e-9a55-0d3b5f0c9e11';
    expect(await mistakeOf(pulled(running, OCTOBER, { tenantId }))).toBe(
      'chart of accounts: the connection does not lead to this organisation (403: AuthenticationUnsuccessful) → Compare `tenantId` with the organisation of the custom connection, or leave it out.',
    );
  });

  it('waits as long as Xero wants, and says which limit it was', async () => {
    const running = await start();
    const { context, waitsMs } = await contextOf(running);
    running.server.fail('throttled', 1, ({ path }) => path.endsWith('/Invoices'));
    await pullAll(connector, context, OCTOBER);
    // Waits between requests, which Xero's limit of 60 a minute needs, are shorter.
    expect(waitsMs).toContain(5_000);
    running.server.fail('throttled', 100);
    expect(await mistakeOf(pullAll(connector, context, OCTOBER))).toContain(
      'the service answered 429: the limit of requests is reached (minute) (tried 6 times)',
    );
  });

  it('needs no id of an organisation', async () => {
    const running = await start();
    const { charges } = await pulled(running, OCTOBER, { tenantId: undefined });
    expect(sumsOf(charges)).toEqual(running.truth('2026-10' as Month));
  });
});

describe('settings', () => {
  it.each([
    [{ tenantId: 'Demo Company' }, 'write the id of the organisation at Xero'],
    [{ include: [] }, 'name at least one of bankTransactions, bills, journals'],
    [{ clientSecret: 'plain' }, 'name where the client secret of the custom connection is kept'],
    [{ loginEndpoint: 'http://identity.xero.com' }, 'write an address that begins with https://'],
  ])('%j are refused', (changed, message) => {
    const given = { clientId: 'id', clientSecret: 'env:XERO_SECRET', ...changed };
    expect(settings.safeParse(given).error?.issues[0]?.message).toContain(message);
  });
});
