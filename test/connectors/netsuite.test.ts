import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';

import connector from '../../connectors/netsuite/index.js';
import { halves } from '../../connectors/netsuite/query.js';
import { settings, type NetSuiteSettings } from '../../connectors/netsuite/settings.js';
import { secretSettings } from '../../src/connector/secret.js';
import type { PullWindow } from '../../src/connector/service.js';
import { decimalText } from '../../src/core/decimal.js';
import { RetryableError } from '../../src/core/errors.js';
import { toMicros } from '../../src/core/money.js';
import type { Month } from '../../src/core/period.js';
import standin, { type RunningNetSuite } from '../services/netsuite.js';
import { StrictServer, type ServiceReply } from '../services/server.js';
import { pullAll, sumsOf, testContext, type Pulled, type TestContext } from '../support/service.js';
import { brief, clock, days, mistakeOf, monthDays, NO_FAULTS, NOW, startFor } from '../support/spend.js';

const OCTOBER = monthDays('2026-10');

function start(): Promise<RunningNetSuite> {
  return startFor(standin);
}

function contextOf(
  running: RunningNetSuite,
  changed: Readonly<Record<string, unknown>> = {},
): Promise<TestContext<NetSuiteSettings>> {
  return testContext(connector, running, { now: clock, settings: changed });
}

async function pulled(running: RunningNetSuite, window: PullWindow, changed = {}): Promise<Pulled> {
  return pullAll(connector, (await contextOf(running, changed)).context, window);
}

function queriesOf({ server }: RunningNetSuite): string[] {
  return server.requests
    .filter(({ path }) => path.endsWith('/suiteql'))
    .map(({ body }) => (JSON.parse(body) as { readonly q: string }).q);
}

/** The service's own totals of a pull, as sums of charges are written. */
function totalsOf({ end }: Pulled): Map<string, bigint | undefined> {
  return new Map((end.totals ?? []).map(({ currency, cash }) => [currency, toMicros(cash)]));
}

function cashOf(sums: ReadonlyMap<string, { readonly cashMicros: bigint }>): Map<string, bigint> {
  return new Map([...sums].sort().map(([currency, { cashMicros }]) => [currency, cashMicros]));
}

describe('charges', () => {
  it.each(['2023-07', '2025-02', '2026-09', '2026-10', '2026-11'])('of %s are what NetSuite holds', async (month) => {
    const running = await start();
    const all = await pulled(running, monthDays(month));
    expect(all.charges.length).toBeGreaterThan(0);
    expect(sumsOf(all.charges)).toEqual(running.truth(month as Month));
    expect(all.end).toMatchObject({ isFinal: true, remarks: [] });
    expect(running.server.violations).toEqual([]);
  });

  it.each(['excluded', 'included'])('come to what NetSuite sums by itself, with tax %s', async (tax) => {
    const running = await start();
    const all = await pulled(running, OCTOBER, { tax });
    expect(totalsOf(all).size).toBeGreaterThan(2);
    expect(totalsOf(all)).toEqual(cashOf(sumsOf(all.charges)));
    const isTruth = JSON.stringify([...totalsOf(all).values()].map(String));
    const truth = JSON.stringify([...cashOf(running.truth('2026-10' as Month)).values()].map(String));
    expect(isTruth === truth).toBe(tax === 'excluded');
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

  it('leave out main lines, drafts and what was voided, which would count money twice', async () => {
    const running = await start();
    await pulled(running, OCTOBER);
    const [lines = '', totals = ''] = queriesOf(running);
    for (const query of [lines, totals]) {
      expect(query).toContain("t.posting = 'T' AND t.voided = 'F' AND tl.mainline = 'F'");
      expect(query).toContain("t.type IN ('VendBill', 'VendCred', 'CardChrg', 'CardRfnd', 'ExpRept')");
    }
  });

  it('come in pages of 1,000, each asked for as transient', async () => {
    const running = await start();
    running.weigh(70);
    const { charges, batches } = await pulled(running, OCTOBER);
    expect(batches.length).toBeGreaterThan(2);
    expect(sumsOf(charges)).toEqual(running.truth('2026-10' as Month));
    const asked = running.server.requests.filter(({ path }) => path.endsWith('/suiteql'));
    expect(asked.map(({ query }) => query.get('offset')).slice(0, 3)).toEqual(['0', '1000', '2000']);
    expect(
      asked.every(({ headers, query }) => headers['prefer'] === 'transient' && query.get('limit') === '1000'),
    ).toBe(true);
    expect(running.server.violations).toEqual([]);
  });

  it('are refused when rows vanish between the count and the pages', async () => {
    const running = await start();
    running.loseRows();
    const failed = pulled(running, OCTOBER);
    await expect(failed).rejects.toBeInstanceOf(RetryableError);
    await expect(failed).rejects.toThrow(
      /NetSuite counted \d+ rows and gave \d+: the result changed while it was read/,
    );
  });
});

describe('journals', () => {
  const types = ['VendBill', 'VendCred', 'CardChrg', 'CardRfnd', 'ExpRept', 'Journal'];

  it('are not read unless they are wanted', async () => {
    const running = await start();
    const { charges } = await pulled(running, OCTOBER);
    expect(charges.filter(({ texts }) => texts.payee === 'Datadog')).toEqual([]);
  });

  it('add what they book, move what they move, and count neither the other side nor what only voids a payment', async () => {
    const running = await start();
    const plain = await pulled(running, OCTOBER);
    const all = await pulled(running, OCTOBER, { types });
    const known = new Set(plain.charges.map(({ key }) => key));
    const journals = all.charges.filter(({ key }) => !known.has(key));
    const told = journals.map(
      ({ cash, currency, texts: { payee, ledgerAccount, costCenter } }) =>
        `${decimalText(cash)} ${currency} ${payee} | ${ledgerAccount} | ${costCenter}`,
    );
    expect(told).toEqual([
      // The first line of a journal is a line like the others, though it is marked as the main one.
      '250 USD Datadog | 6510 Software subscriptions | Marketing',
      '-250 USD Datadog | 6510 Software subscriptions | IT',
      '120 USD  | 6520 Hosting | Engineering',
    ]);
    expect(journals.every(({ texts }) => texts.project === '')).toBe(true);
    expect(totalsOf(all)).toEqual(cashOf(sumsOf(all.charges)));
    expect(running.server.violations).toEqual([]);
  });
});

const LINE = {
  links: [],
  transactionid: '4711',
  lineid: '3',
  kind: 'VendBill',
  number: 'B-7',
  day: '2026-10-03',
  currency: 'GBP',
  amount: '1234.56',
  taxline: 'F',
  accountnumber: '6510',
  accountname: 'Software',
  accounttype: 'Expense',
  entityname: 'Figma',
  projectname: 'Apollo',
  itemname: 'Seats',
  departmentname: 'Ops : IT',
  classname: 'Growth',
  locationname: 'London',
  subsidiaryname: 'Parent : UK',
};

/** Serves rows of the test's own. */
async function pullRows(rows: readonly unknown[], changed: Readonly<Record<string, unknown>> = {}): Promise<Pulled> {
  return pullAnswers(({ q }) => {
    const items = q.includes('GROUP BY') ? [] : rows;
    return { body: { items, hasMore: false, totalResults: items.length } };
  }, changed);
}

async function pullAnswers(
  answer: (asked: { readonly q: string }) => ServiceReply,
  changed: Readonly<Record<string, unknown>> = {},
): Promise<Pulled> {
  const running = await start();
  const server = await StrictServer.start(
    ({ path, body }) =>
      path.endsWith('/token')
        ? { body: { access_token: 'token_of_the_test', expires_in: '3600' } }
        : answer(JSON.parse(body) as { readonly q: string }),
    NO_FAULTS,
  );
  onTestFinished(() => server.close());
  return pulled(running, OCTOBER, { endpoint: server.url, ...changed });
}

describe('a line', () => {
  it('gives all evidence of whose it is, in the currency of its transaction', async () => {
    const { charges } = await pullRows([LINE]);
    expect(charges).toEqual([
      {
        key: '4711/3',
        reference: 'B-7',
        day: '2026-10-03',
        currency: 'GBP',
        cash: { digits: 123456n, scale: 2 },
        texts: {
          payee: 'Figma',
          person: '',
          service: 'Seats',
          ledgerAccount: '6510 Software',
          costCenter: 'Ops : IT',
          project: 'Apollo',
          accountName: 'Parent : UK',
          tags: '{"Class":"Growth","Location":"London"}',
        },
      },
    ]);
  });

  it('may take another segment as cost centre', async () => {
    const { charges } = await pullRows([LINE], { costCenter: 'class' });
    expect(charges[0]?.texts).toMatchObject({
      costCenter: 'Growth',
      tags: '{"Department":"Ops : IT","Location":"London"}',
    });
  });

  it('of an expense report names the person, and no vendor', async () => {
    const { charges } = await pullRows([{ ...LINE, kind: 'ExpRept', entityname: 'Dana Hollis' }]);
    expect(charges[0]?.texts).toMatchObject({ payee: '', person: 'Dana Hollis' });
  });

  it('that lacks everything optional is read', async () => {
    const { transactionid, lineid, kind, day, currency, amount, taxline } = LINE;
    const { charges } = await pullRows([{ transactionid, lineid, kind, day, currency, amount, taxline }]);
    expect(charges).toMatchObject([
      { key: '4711/3', reference: '4711', texts: { payee: '', ledgerAccount: '', tags: '{}' } },
    ]);
  });

  it.each([
    ['.5', '0.5'],
    ['-.05', '-0.05'],
    ['-1234.56', '-1234.56'],
    ['9007199254740993.01', '9007199254740993.01'],
    ['1.2E3', '1200'],
  ])('of %s counts as %s', async (amount, expected) => {
    const { charges } = await pullRows([{ ...LINE, amount }]);
    expect(charges.map(({ cash }) => decimalText(cash))).toEqual([expected]);
  });

  it.each(['AcctPay', 'Bank', 'CredCard', 'OthCurrLiab', 'LongTermLiab', 'Equity', 'Income'])(
    'on an account of the type %s is no spend',
    async (accounttype) => {
      const { charges, batches } = await pullRows([{ ...LINE, accounttype }]);
      expect(charges).toEqual([]);
      expect(batches).toMatchObject([{ skippedCount: 1, rejected: [] }]);
    },
  );

  it.each(['Expense', 'COGS', 'OthExpense', 'FixedAsset', 'OthCurrAsset', 'DeferExpense', undefined])(
    'on an account of the type %s is spend',
    async (accounttype) => {
      expect((await pullRows([{ ...LINE, accounttype }])).charges).toHaveLength(1);
    },
  );

  it.each([
    ['excluded', 0],
    ['included', 1],
  ])('of tax, which is %s, counts %d times', async (tax, count) => {
    const { charges } = await pullRows([{ ...LINE, taxline: 'T', accounttype: 'OthCurrLiab' }], { tax });
    expect(charges).toHaveLength(count);
  });

  it.each([{ amount: undefined }, { amount: '0' }, { amount: '0.00' }])('with %j is no spend', async (changed) => {
    const { charges, batches } = await pullRows([{ ...LINE, ...changed }]);
    expect(charges).toEqual([]);
    expect(batches).toMatchObject([{ skippedCount: 1, rejected: [] }]);
  });

  it.each([
    [{ amount: '1,234.56' }, 'amount: "1,234.56" is no decimal number'],
    [{ day: '10/03/2026' }, 'day: "10/03/2026" does not begin with a day'],
    [{ currency: undefined }, 'currency: Invalid input: expected string, received undefined'],
    [{ currency: 'US Dollar' }, 'currency: "US Dollar" is no currency code of ISO 4217'],
    [{ kind: 'Deposit' }, 'kind: Invalid option'],
    [{ taxline: undefined }, 'taxline: Invalid option'],
  ])('with %j is set aside', async (changed, reason) => {
    const { charges, batches } = await pullRows([LINE, { ...LINE, ...changed }]);
    expect(charges).toHaveLength(1);
    const [rejected] = batches.flatMap((batch) => batch.rejected ?? []);
    expect(rejected).toMatchObject({ file: 'lines 2026-10-01 to 2026-11-01', row: 2 });
    expect(rejected?.reason).toContain(reason);
  });
});

describe('results that are too large', () => {
  it('are read in halves, each day once', async () => {
    const asked: string[] = [];
    const { charges } = await pullAnswers(({ q }) => {
      const [from = '', to = ''] = [...q.matchAll(/TO_DATE\('(\S+?)'/g)].map(([, day]) => day ?? '');
      if (q.includes('GROUP BY')) return { body: { items: [], hasMore: false, totalResults: 0 } };
      asked.push(`${from}..${to}`);
      const count = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
      if (count > 10) return { body: { items: [LINE], hasMore: true, totalResults: 100_000 } };
      const items = [{ ...LINE, transactionid: from, day: from }];
      return { body: { items, hasMore: false, totalResults: 1 } };
    });
    expect(asked).toEqual([
      '2026-10-01..2026-11-01',
      '2026-10-01..2026-10-16',
      '2026-10-01..2026-10-08',
      '2026-10-08..2026-10-16',
      '2026-10-16..2026-11-01',
      '2026-10-16..2026-10-24',
      '2026-10-24..2026-11-01',
    ]);
    expect(charges.map(({ key }) => key)).toEqual(['2026-10-01/3', '2026-10-08/3', '2026-10-16/3', '2026-10-24/3']);
  });

  it('of a single day say what to do', async () => {
    const answer = (): ServiceReply => ({ body: { items: [LINE], hasMore: true, totalResults: 100_000 } });
    expect(await mistakeOf(pullAnswers(answer))).toBe(
      'lines of 2026-10-01: NetSuite has 100000 of one day, and gives 100000 at most → Read fewer `types` with this source, and the others with further ones.',
    );
  });

  it.each([
    ['2026-10-01', '2026-10-02', undefined],
    ['2026-10-01', '2026-10-03', '2026-10-02'],
    ['2026-02-01', '2026-03-01', '2026-02-15'],
  ])('%s to %s is halved at %s', (from, to, middle) => {
    expect(halves(days(from, to))?.[0].to).toBe(middle);
  });
});

describe('signing in', () => {
  it('states who asks, for whom, and for how long, by the clock of the run', async () => {
    const running = await start();
    await pulled(running, OCTOBER);
    const issuedAt = NOW.getTime() / 1_000;
    expect(running.statements).toEqual([
      {
        header: { alg: 'ES256', typ: 'JWT', kid: 'pRc7SuEzMDBeFoT1' },
        payload: {
          scope: ['rest_webservices'],
          iss: 'ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4',
          aud: 'https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token',
          iat: issuedAt,
          exp: issuedAt + 300,
        },
      },
    ]);
  });

  it('signs a new statement for each token, within a run', async () => {
    let nowMs = NOW.getTime();
    const now = (): Date => new Date(nowMs);
    const running = await startFor(standin, now);
    const { context } = await testContext(connector, running, { now });
    await pullAll(connector, context, OCTOBER);
    nowMs += 3_600_000;
    await pullAll(connector, context, OCTOBER);
    expect(running.statements).toHaveLength(2);
    expect(running.server.violations).toEqual([]);
  });

  it('signs with PS256 where the key is RSA', async () => {
    const { privateKey, publicKey } = await generateKeyPair('PS256', { extractable: true });
    const running = await start();
    const asked: string[] = [];
    const server = await StrictServer.start(({ path, body }) => {
      if (!path.endsWith('/token')) return { body: { items: [], hasMore: false, totalResults: 0 } };
      asked.push(new URLSearchParams(body).get('client_assertion') ?? '');
      return { body: { access_token: 'token_of_the_test', expires_in: 3_600 } };
    }, NO_FAULTS);
    onTestFinished(() => server.close());
    const { context } = await testContext(
      connector,
      { ...running, secrets: { NETSUITE_KEY: await exportPKCS8(privateKey) } },
      { now: clock, settings: { endpoint: server.url, algorithm: 'PS256' } },
    );
    await pullAll(connector, context, OCTOBER);
    const { protectedHeader } = await jwtVerify(asked[0] ?? '', publicKey, { currentDate: NOW });
    expect(protectedHeader.alg).toBe('PS256');
  });

  it.each(['nonsense key', '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----'])(
    'refuses a key that is none, without repeating it: %s',
    async (key) => {
      const running = await start();
      const { context } = await testContext(connector, { ...running, secrets: { NETSUITE_KEY: key } }, { now: clock });
      const message = await mistakeOf(pullAll(connector, context, OCTOBER));
      expect(message).toContain('this is no private key for ES256 in the form PKCS#8');
      expect(message).not.toContain('AAAA');
      expect(running.server.requests).toEqual([]);
    },
  );

  it('names a certificate that NetSuite does not know', async () => {
    const running = await start();
    expect(await mistakeOf(pulled(running, OCTOBER, { certificateId: 'another' }))).toBe(
      'token for NetSuite: the credentials are refused (invalid_client) → Compare the client id, the certificate id and the key with Setup, Integration, OAuth 2.0 Client Credentials (M2M) Setup; certificates end after two years at most.',
    );
  });
});

describe('what goes wrong', () => {
  it('names a segment that the account does not have, in the pull and in the check', async () => {
    const running = await start();
    running.lack('class');
    expect(await mistakeOf(pulled(running, OCTOBER))).toMatch(
      /^lines 2026-10-01 to 2026-11-01: NetSuite refused the query: .*Field 'class'.* → .*Take segments that the account does not have out of `segments`\.$/,
    );
    const verdicts = await connector.check((await contextOf(running)).context);
    expect(verdicts.map(({ permission, granted }) => [permission, granted])).toEqual([
      ['REST Web Services', true],
      ['Find Transaction', false],
    ]);
    const { charges } = await pulled(running, OCTOBER, { segments: ['department', 'location'] });
    expect(sumsOf(charges)).toEqual(running.truth('2026-10' as Month));
  });

  it('names a missing permission', async () => {
    const running = await start();
    running.server.fail('forbidden', 1, ({ path }) => path.endsWith('/suiteql'));
    expect(await mistakeOf(pulled(running, OCTOBER))).toBe(
      "lines 2026-10-01 to 2026-11-01: the service answered 403: Permission Violation: you need a higher level (INSUFFICIENT_PERMISSION) → Give the role of the integration the permissions that the connector's README lists.",
    );
  });

  it('has verdicts with what was found', async () => {
    const running = await start();
    const verdicts = await connector.check((await contextOf(running)).context);
    expect(verdicts.map(({ detail }) => detail)).toEqual([
      '4 currencies',
      expect.stringMatching(/^\d\d+ lines in the last 31 days$/),
    ]);
    expect(running.server.violations).toEqual([]);
  });
});

describe('settings', () => {
  const given = { accountId: '1', clientId: 'id', certificateId: 'c', privateKey: 'env:K' };

  it.each([
    [{ accountId: 'https://1.netsuite.com' }, 'write the account id of NetSuite, such as 1234567 or 1234567_SB1'],
    [{ privateKey: '-----BEGIN PRIVATE KEY-----' }, "name where the certificate's private key is kept"],
    [{ types: [] }, 'name at least one of VendBill, VendCred, CardChrg, CardRfnd, ExpRept, Check'],
    [{ segments: ['class'] }, 'name one of `segments`, where the account has it'],
  ])('%j are refused', (changed, message) => {
    expect(settings.safeParse({ ...given, ...changed }).error?.issues[0]?.message).toContain(message);
  });

  it('name one secret', () => {
    expect([...secretSettings(settings).keys()]).toEqual(['privateKey']);
  });
});
