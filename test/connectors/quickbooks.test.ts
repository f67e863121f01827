import { readFile, stat } from 'node:fs/promises';

import { describe, expect, it, onTestFinished } from 'vitest';

import connector from '../../connectors/quickbooks/index.js';
import { settings, type QuickBooksSettings } from '../../connectors/quickbooks/settings.js';
import { secretSettings } from '../../src/connector/secret.js';
import type { PullWindow } from '../../src/connector/service.js';
import { RetryableError } from '../../src/core/errors.js';
import type { Month } from '../../src/core/period.js';
import standin, { type RunningQuickBooks } from '../services/quickbooks.js';
import { StrictServer, type ServiceReply } from '../services/server.js';
import { pullAll, sumsOf, testContext, type Pulled, type TestContext } from '../support/service.js';
import { brief, clock, days, mistakeOf, monthDays, NO_FAULTS, NOW, startFor } from '../support/spend.js';

const OCTOBER = monthDays('2026-10');

function start(now = clock): Promise<RunningQuickBooks> {
  return startFor(standin, now);
}

function contextOf(
  running: RunningQuickBooks,
  changed: Readonly<Record<string, unknown>> = {},
  now = clock,
): Promise<TestContext<QuickBooksSettings>> {
  return testContext(connector, running, { now, settings: changed });
}

async function pulled(running: RunningQuickBooks, window: PullWindow, changed = {}): Promise<Pulled> {
  return pullAll(connector, (await contextOf(running, changed)).context, window);
}

function violationsOf(running: RunningQuickBooks): string[] {
  return [...running.server.violations, ...running.login.violations];
}

function queriesOf({ server }: RunningQuickBooks): string[] {
  return server.requests.map(({ query }) => query.get('query') ?? '');
}

describe('charges', () => {
  it.each(['2023-07', '2025-02', '2026-09', '2026-10', '2026-11'])('of %s are what QuickBooks holds', async (month) => {
    const running = await start();
    const { charges, end } = await pulled(running, monthDays(month));
    expect(charges.length).toBeGreaterThan(0);
    expect(sumsOf(charges)).toEqual(running.truth(month as Month));
    expect(end).toEqual({ isFinal: true, remarks: [] });
    expect(violationsOf(running)).toEqual([]);
  });

  it('of parts of the month come to those of the month, each once', async () => {
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

  it('are counted first, then paged by position; payments of bills are never asked for', async () => {
    const running = await start();
    await pulled(running, OCTOBER);
    const queries = queriesOf(running).filter((query) => query.includes(' Purchase '));
    const where = "from Purchase where TxnDate >= '2026-10-01' and TxnDate < '2026-11-01'";
    expect(queries.slice(0, 3)).toEqual([
      `select count(*) ${where}`,
      `select * ${where} orderby Id startposition 1 maxresults 1000`,
      `select * ${where} orderby Id startposition 8 maxresults 1000`,
    ]);
    expect(queriesOf(running).join(' ')).not.toContain('BillPayment');
  });

  it('are those of the chosen parts', async () => {
    const running = await start();
    const purchases = await pulled(running, OCTOBER, { include: ['purchases'] });
    const bills = await pulled(running, OCTOBER, { include: ['bills'] });
    expect(purchases.charges.every(({ key }) => key.startsWith('purchase/'))).toBe(true);
    expect(new Set(bills.charges.map(({ key }) => key.split('/')[0]))).toEqual(new Set(['bill', 'vendor-credit']));
  });

  it('keep the names of accounts that are no longer used', async () => {
    const running = await start();
    const { charges } = await pulled(running, OCTOBER);
    expect(charges.map(({ texts }) => texts.ledgerAccount)).toContain('0615 Operating:Premises');
    expect(queriesOf(running)[0]).toBe('select count(*) from Account where Active in (true, false)');
  });

  it('are refused when rows vanish between the count and the pages', async () => {
    const running = await start();
    running.loseRows();
    const { context } = await contextOf(running, { include: ['bills'] });
    const failed = pullAll(connector, context, OCTOBER);
    await expect(failed).rejects.toBeInstanceOf(RetryableError);
    await expect(failed).rejects.toThrow(/QuickBooks counted \d+ and gave \d+: the list changed while it was read/);
  });
});

describe('the refresh token', () => {
  it('is replaced in its file before the first request that uses the new access token', async () => {
    const running = await start();
    const { context } = await contextOf(running);
    const before = await readFile(running.tokenFile, 'utf8');
    await pullAll(connector, context, OCTOBER);
    const after = await readFile(running.tokenFile, 'utf8');
    expect([before.trim(), after.trim()]).toEqual(['RT1-StandIn-000000', 'RT1-StandIn-000001']);
    expect((await stat(running.tokenFile)).mode & 0o777).toBe(0o600);
    expect(running.login.requests).toHaveLength(1);
    // The stand-in looks into the file with every request.
    expect(violationsOf(running)).toEqual([]);
  });

  it('goes on from day to day, and the access token is renewed within a run', async () => {
    let nowMs = NOW.getTime();
    const now = (): Date => new Date(nowMs);
    const running = await start(now);
    const { context } = await contextOf(running, {}, now);
    await pullAll(connector, context, OCTOBER);
    for (let day = 1; day <= 3; day += 1) {
      nowMs += 86_400_000;
      await pullAll(connector, context, OCTOBER);
    }
    expect(await readFile(running.tokenFile, 'utf8')).toBe('RT1-StandIn-000004\n');
    expect(violationsOf(running)).toEqual([]);
  });

  it('is no longer good after a reply was lost, and the next run still gets in', async () => {
    const running = await start();
    running.login.fail('cut', 1);
    const { context } = await contextOf(running);
    const { charges } = await pullAll(connector, context, OCTOBER);
    expect(sumsOf(charges)).toEqual(running.truth('2026-10' as Month));
    expect(violationsOf(running)).toEqual([]);
  });

  it('is in no message, old or new', async () => {
    const running = await start();
    const { context, secrets } = await contextOf(running);
    await pullAll(connector, context, OCTOBER);
    expect(secrets.redact('RT1-StandIn-000000 RT1-StandIn-000001 eyJlbmMiOiJBMTI4.StandIn.0001')).toBe(
      '[secret] [secret] [secret]',
    );
  });

  it('must be kept in a file', () => {
    const given = { realmId: '1', clientId: 'id', clientSecret: 'env:S', refreshToken: 'env:TOKEN' };
    expect(settings.safeParse(given).error?.issues[0]?.message).toBe(
      'QuickBooks changes this token: keep it in a file that Spendshift may write, and name it with file:PATH',
    );
    expect([...secretSettings(settings).keys()]).toEqual(['clientSecret', 'refreshToken']);
  });

  it('that has ended says what to do', async () => {
    const running = await start();
    running.disconnect();
    expect(await mistakeOf(pulled(running, OCTOBER))).toBe(
      'token for QuickBooks: the credentials are refused (invalid_grant) → Authorise the app anew, and put the new refresh token where `refreshToken` points; it ends when it is not used for 100 days, or when somebody disconnects the app.',
    );
  });
});

interface Rows {
  readonly Purchase?: readonly unknown[];
  readonly Bill?: readonly unknown[];
  readonly VendorCredit?: readonly unknown[];
  readonly JournalEntry?: readonly unknown[];
  readonly Preferences?: readonly unknown[];
}

const ACCOUNTS = [
  { Id: '10', AcctNum: '6510', FullyQualifiedName: 'Operating:Software', Classification: 'Expense' },
  { Id: '11', FullyQualifiedName: 'Equipment', Classification: 'Asset', AccountType: 'Fixed Asset' },
  { Id: '91', FullyQualifiedName: 'Amex', Classification: 'Liability' },
  { Id: '92', FullyQualifiedName: 'Owner', Classification: 'Equity' },
  { Id: '93', FullyQualifiedName: 'Sales', Classification: 'Revenue' },
  { Id: '94', FullyQualifiedName: 'Savings', Classification: 'Asset', AccountType: 'Bank' },
  { Id: '95', FullyQualifiedName: 'Debtors', Classification: 'Asset', AccountType: 'Accounts Receivable' },
];

/** Serves rows of the test's own. */
async function pullRows(rows: Rows, changed: Readonly<Record<string, unknown>> = {}): Promise<Pulled> {
  const running = await start();
  const all: Readonly<Record<string, readonly unknown[]>> = { Account: ACCOUNTS, ...rows };
  const server = await StrictServer.start(({ query }): ServiceReply => {
    const entity = /from (\w+)/.exec(query.get('query') ?? '')?.[1] ?? '';
    const found = all[entity] ?? [];
    const isCount = query.get('query')?.startsWith('select count') ?? false;
    return { body: { QueryResponse: isCount ? { totalCount: found.length } : { [entity]: found } } };
  }, NO_FAULTS);
  onTestFinished(() => server.close());
  return pulled(running, OCTOBER, { endpoint: server.url, ...changed });
}

const DETAIL = {
  AccountRef: { value: '10', name: 'Operating:Software' },
  ClassRef: { value: '1', name: 'Marketing' },
  CustomerRef: { value: '2', name: 'Apollo' },
};
const LINE = {
  Id: '1',
  Amount: 100.1,
  Description: 'October',
  DetailType: 'AccountBasedExpenseLineDetail',
  AccountBasedExpenseLineDetail: DETAIL,
};
const PURCHASE = {
  Id: '57',
  TxnDate: '2026-10-03',
  PaymentType: 'CreditCard',
  AccountRef: { value: '91', name: 'Amex' },
  EntityRef: { value: '3', name: 'Figma', type: 'Vendor' },
  DepartmentRef: { value: '1', name: 'London' },
  CurrencyRef: { value: 'EUR' },
  TotalAmt: 100.1,
  Line: [LINE],
};
const BILL = { ...PURCHASE, Id: '58', DocNumber: 'B-7', VendorRef: { value: '3', name: 'Figma' } };

describe('a purchase', () => {
  it('gives all evidence of whose it is, in its own currency', async () => {
    const { charges } = await pullRows({ Purchase: [PURCHASE] });
    expect(charges).toEqual([
      {
        key: 'purchase/57/1',
        reference: 'purchase/57',
        day: '2026-10-03',
        currency: 'EUR',
        cash: { digits: 1001n, scale: 1 },
        texts: {
          payee: 'Figma',
          person: '',
          account: '91',
          accountName: 'Amex',
          service: '',
          ledgerAccount: '6510 Operating:Software',
          costCenter: 'Marketing',
          project: 'Apollo',
          tags: '{"Location":"London"}',
        },
      },
    ]);
  });

  it('may take the location as cost centre, and the class as a tag', async () => {
    const { charges } = await pullRows({ Purchase: [PURCHASE] }, { costCenter: 'location' });
    expect(charges[0]?.texts).toMatchObject({ costCenter: 'London', tags: '{"Class":"Marketing"}' });
  });

  it.each([
    [{ Credit: true }, '2026-10-03 -100.1 EUR purchase/57/1'],
    [{ Credit: false }, '2026-10-03 100.1 EUR purchase/57/1'],
    [{ PaymentType: 'Check' }, '2026-10-03 100.1 EUR purchase/57/1'],
  ])('with %j counts as %s', async (changed, expected) => {
    const { charges } = await pullRows({ Purchase: [{ ...PURCHASE, ...changed }] });
    expect(charges.map(brief)).toEqual([expected]);
  });

  it('of an employee names the person', async () => {
    const { charges } = await pullRows({
      Purchase: [{ ...PURCHASE, EntityRef: { value: '9', name: 'Dana Hollis', type: 'Employee' } }],
    });
    expect(charges[0]?.texts).toMatchObject({ payee: 'Dana Hollis', person: 'Dana Hollis' });
  });

  it.each([
    ['10', 1],
    ['11', 1],
    ['999', 1],
    ['91', 0],
    ['92', 0],
    ['93', 0],
    // A check to another bank account of one's own, and one that pays a customer back.
    ['94', 0],
    ['95', 0],
  ])('on the account %s counts %d times', async (account, count) => {
    const line = { ...LINE, AccountBasedExpenseLineDetail: { AccountRef: { value: account, name: 'Named' } } };
    const { charges, batches } = await pullRows({ Purchase: [{ ...PURCHASE, Line: [line] }] });
    expect([charges.length, batches[0]?.skippedCount]).toEqual([count, 1 - count]);
  });

  it('for an item names the item', async () => {
    const line = {
      Amount: 100.1,
      DetailType: 'ItemBasedExpenseLineDetail',
      ItemBasedExpenseLineDetail: { ItemRef: { value: '4', name: 'Seats' }, ClassRef: DETAIL.ClassRef },
    };
    const text = { Id: '2', DetailType: 'DescriptionOnly', Description: 'Thank you' };
    const { charges } = await pullRows({ Purchase: [{ ...PURCHASE, Line: [line, text] }] });
    expect(charges).toMatchObject([
      { key: 'purchase/57/1', texts: { service: 'Seats', ledgerAccount: '', costCenter: 'Marketing' } },
    ]);
  });

  it('that was voided is no spend', async () => {
    const voided = { ...PURCHASE, TotalAmt: 0, Line: [{ ...LINE, Amount: 0 }] };
    const { charges, batches } = await pullRows({ Purchase: [voided] });
    expect(charges).toEqual([]);
    expect(batches).toMatchObject([{ skippedCount: 1, rejected: [] }]);
  });
});

describe('bills and vendor credits', () => {
  it('count with their sign, and are looked up by their number', async () => {
    const { charges } = await pullRows({ Bill: [BILL], VendorCredit: [{ ...BILL, DocNumber: undefined }] });
    expect(charges.map((charge) => `${brief(charge)} ${charge.reference}`)).toEqual([
      '2026-10-03 100.1 EUR bill/58/1 B-7',
      '2026-10-03 -100.1 EUR vendor-credit/58/1 vendor-credit/58',
    ]);
  });

  it('count without the tax that stands beside their lines', async () => {
    const taxed = { ...BILL, TotalAmt: 120.12, TxnTaxDetail: { TotalTax: 20.02 } };
    const { charges } = await pullRows({ Bill: [taxed] });
    expect(charges.map(brief)).toEqual(['2026-10-03 100.1 EUR bill/58/1']);
  });
});

describe('journals', () => {
  const include = ['journals'];
  const line = (id: string, side: string, account: string, amount: number, more = {}): object => ({
    Id: id,
    Amount: amount,
    DetailType: 'JournalEntryLineDetail',
    JournalEntryLineDetail: { PostingType: side, AccountRef: { value: account, name: 'Named' }, ...more },
  });
  const entry = (...lines: object[]): object => ({
    Id: '71',
    TxnDate: '2026-10-31',
    DocNumber: 'JE-9',
    CurrencyRef: { value: 'EUR' },
    Line: [...lines, { Id: '99', DetailType: 'DescriptionOnly', Description: 'by month' }],
  });
  const rejectedOf = ({ batches }: Pulled): string[] =>
    batches.flatMap(({ rejected = [] }) => rejected).map(({ reason }) => reason);

  it('are not read unless they are wanted', async () => {
    const running = await start();
    await pulled(running, OCTOBER);
    expect(queriesOf(running).join(' ')).not.toContain('JournalEntry');
  });

  it('are counted and paged as all others, and come to what QuickBooks holds', async () => {
    const running = await start();
    const plain = await pulled(running, OCTOBER);
    const all = await pulled(running, OCTOBER, { include: ['purchases', 'bills', 'journals'] });
    const journals = all.charges.filter(({ key }) => key.startsWith('journal/'));
    expect(all.charges.length - journals.length).toBe(plain.charges.length);
    // Hosting that was accrued; what was moved between departments comes to nothing.
    expect(sumsOf(journals)).toEqual(new Map([['USD', { cashMicros: 120_000_000n, accrualMicros: 120_000_000n }]]));
    expect(violationsOf(running)).toEqual([]);
  });

  it('move a cost from one department to the other, with all evidence', async () => {
    const vendor = { Entity: { Type: 'Vendor', EntityRef: { value: '3', name: 'Figma' } } };
    const marketing = { ...vendor, ClassRef: { value: '1', name: 'Marketing' }, DepartmentRef: { name: 'London' } };
    const it = { ...vendor, ClassRef: { value: '2', name: 'IT' } };
    const row = entry(line('1', 'Debit', '10', 25.5, marketing), line('2', 'Credit', '10', 25.5, it));
    const { charges } = await pullRows({ JournalEntry: [row] }, { include });
    expect(charges.map((charge) => `${brief(charge)} ${charge.reference} ${charge.texts.costCenter ?? ''}`)).toEqual([
      '2026-10-31 25.5 EUR journal/71/1 JE-9 Marketing',
      '2026-10-31 -25.5 EUR journal/71/2 JE-9 IT',
    ]);
    expect(charges[0]?.texts).toEqual({
      payee: 'Figma',
      person: '',
      project: '',
      ledgerAccount: '6510 Operating:Software',
      costCenter: 'Marketing',
      tags: '{"Location":"London"}',
    });
  });

  it('count on the accounts of spend alone: not the bank, the debt or the customer on the other side', async () => {
    const rows = ['91', '92', '93', '94', '95'].map((account, index) => ({
      ...entry(line('1', 'Debit', '10', 10), line('2', 'Credit', account, 10)),
      Id: String(index),
    }));
    const { charges, batches } = await pullRows({ JournalEntry: rows }, { include });
    expect(charges.map(brief)).toEqual(rows.map((_, index) => `2026-10-31 10 EUR journal/${index}/1`));
    expect(batches.reduce((sum, { skippedCount = 0 }) => sum + skippedCount, 0)).toBe(5);
  });

  it('that spread a purchase of an earlier month come to nothing', async () => {
    const row = entry(line('1', 'Debit', '10', 30), line('2', 'Credit', '11', 30));
    const { charges } = await pullRows({ JournalEntry: [row] }, { include });
    expect(charges.map(brief)).toEqual(['2026-10-31 30 EUR journal/71/1', '2026-10-31 -30 EUR journal/71/2']);
  });

  it('with tax beside their lines are taken, and those that do not balance are set aside', async () => {
    const lines = [line('1', 'Debit', '10', 100), line('2', 'Credit', '91', 120)];
    const taxed = { ...entry(...lines), TxnTaxDetail: { TotalTax: 20 } };
    const { charges } = await pullRows({ JournalEntry: [taxed] }, { include });
    expect(charges.map(brief)).toEqual(['2026-10-31 100 EUR journal/71/1']);
    const torn = await pullRows({ JournalEntry: [entry(...lines)] }, { include });
    expect(torn.charges).toEqual([]);
    expect(rejectedOf(torn)).toEqual(['Line: its debits and credits differ by -20']);
    const odd = await pullRows({ JournalEntry: [entry(line('1', 'Both', '10', 0))] }, { include });
    expect(rejectedOf(odd)[0]).toContain('PostingType: Invalid option');
  });
});

describe('a document is set aside', () => {
  it.each([
    [{ TotalAmt: 120.12 }, 'Line: the lines and the tax come to 100.1, but TotalAmt says 120.12'],
    [{ TxnDate: '10/03/2026' }, 'TxnDate: "10/03/2026" does not begin with a day'],
    [{ CurrencyRef: { value: 'XTS' } }, 'CurrencyRef.value: "XTS" is no currency code of ISO 4217'],
    [{ Line: [{ ...LINE, DetailType: 'Surprise' }] }, 'Line.0.DetailType: Invalid discriminator value'],
    [{ Line: [{ ...LINE, Amount: null }] }, 'Line.0.Amount: Invalid input'],
  ])('with %j', async (changed, reason) => {
    const { charges, batches } = await pullRows({ Bill: [BILL, { ...BILL, ...changed }] });
    expect(charges).toHaveLength(1);
    const [rejected] = batches.flatMap((batch) => batch.rejected ?? []);
    expect(rejected).toMatchObject({ file: 'bills 2026-10-01 to 2026-11-01', row: 2 });
    expect(rejected?.reason).toContain(reason);
  });
});

describe('the currency', () => {
  const plain = { ...PURCHASE, CurrencyRef: undefined };

  it('is the home currency where a row names none', async () => {
    const { charges } = await pullRows({
      Purchase: [plain, { ...PURCHASE, Id: '59' }],
      Preferences: [{ CurrencyPrefs: { HomeCurrency: { value: 'CAD' } } }],
    });
    expect(charges.map(({ currency }) => currency)).toEqual(['CAD', 'EUR']);
  });

  it('is never guessed', async () => {
    expect(await mistakeOf(pullRows({ Purchase: [plain], Preferences: [{}] }))).toBe(
      'purchases 2026-10-01 to 2026-11-01: rows name no currency, and the preferences of the company do not either → Set the home currency in QuickBooks (Settings, Account and settings, Advanced, Currency).',
    );
  });
});

describe('what goes wrong', () => {
  it('names the wrong company', async () => {
    const running = await start();
    expect(await mistakeOf(pulled(running, OCTOBER, { realmId: '17' }))).toContain(
      'number of accounts: the service answered 403: message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403 (3100) → Compare `realmId` with the company',
    );
    const [verdict] = await connector.check((await contextOf(running, { realmId: '17' })).context);
    expect(verdict).toMatchObject({ permission: 'com.intuit.quickbooks.accounting', granted: false });
  });

  it('names wrong client credentials', async () => {
    const running = await start();
    const { context } = await testContext(
      connector,
      { ...running, secrets: { QUICKBOOKS_SECRET: 'another' } },
      { now: clock },
    );
    expect(await mistakeOf(pullAll(connector, context, OCTOBER))).toContain(
      'the credentials are refused (invalid_client)',
    );
  });

  it('says what QuickBooks says of a query', async () => {
    const running = await start();
    const server = await StrictServer.start(
      () => ({
        status: 400,
        body: { Fault: { Error: [{ Message: 'Error parsing query', Detail: 'QueryParserError: odd', code: '4000' }] } },
      }),
      NO_FAULTS,
    );
    onTestFinished(() => server.close());
    expect(await mistakeOf(pulled(running, OCTOBER, { endpoint: server.url }))).toContain(
      'number of accounts: the service answered 400: Error parsing query: QueryParserError: odd (4000)',
    );
  });

  it('has a verdict when all is well', async () => {
    const running = await start();
    expect(await connector.check((await contextOf(running)).context)).toEqual([
      {
        permission: 'com.intuit.quickbooks.accounting',
        granted: true,
        detail: 'purchases and bills can be read, and 7 accounts',
      },
    ]);
  });
});

describe('settings', () => {
  it.each([
    [{ realmId: 'Demo' }, 'write the company id of QuickBooks, digits alone'],
    [{ include: [] }, 'name at least one of purchases, bills, journals'],
    [{ clientSecret: 'plain' }, 'name where the client secret of the app at Intuit is kept'],
    [{ endpoint: 'http://quickbooks.api.intuit.com' }, 'write an address that begins with https://'],
  ])('%j are refused', (changed, message) => {
    const given = { realmId: '1', clientId: 'id', clientSecret: 'env:S', refreshToken: 'file:token', ...changed };
    expect(settings.safeParse(given).error?.issues[0]?.message).toContain(message);
  });
});
