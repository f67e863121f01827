import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  CostExplorerClient,
  GetCostAndUsageCommand,
  type GetCostAndUsageCommandInput,
} from '@aws-sdk/client-cost-explorer';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import connector from '../../connectors/aws-cost-explorer/index.js';
import { problemOf } from '../../connectors/aws-cost-explorer/problems.js';
import { awsCostExplorerSettings, type AwsCostExplorerSettings } from '../../connectors/aws-cost-explorer/settings.js';
import { costRow, groupReader, isNothing } from '../../connectors/aws-cost-explorer/groups.js';
import { chargesOf, type Evidence } from '../../connectors/aws-cost-explorer/to-charge.js';
import { partsOf, viewsOf, type View } from '../../connectors/aws-cost-explorer/views.js';
import type { PullWindow } from '../../src/connector/service.js';
import { secretSettings } from '../../src/connector/secret.js';
import { readRows } from '../../src/connector/values.js';
import type { IsoDate } from '../../src/core/date.js';
import { formatMicros, toMicros, type DecimalText } from '../../src/core/money.js';
import standin, { SESSION_KEYS, type RunningAws } from '../services/aws-cost-explorer.js';
import { amountText } from '../services/aws-cost-explorer-query.js';
import { StrictServer, type Fault } from '../services/server.js';
import { pullAll, testContext, type TestContext } from '../support/service.js';

const now = (): Date => new Date('2026-11-20T12:00:00Z');
const OCTOBER: PullWindow = { from: '2026-10-01' as IsoDate, to: '2026-11-01' as IsoDate };

async function start(): Promise<RunningAws> {
  const running = await standin.start({ now, seed: 7 });
  onTestFinished(() => running.server.close());
  return running;
}

async function opened(
  running: RunningAws,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<TestContext<AwsCostExplorerSettings>> {
  return testContext(connector, running, { settings, now });
}

/** What a pull fails with, as a person reads it. */
async function failure(running: RunningAws, settings: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { context } = await opened(running, settings);
  const error: unknown = await pullAll(connector, context, OCTOBER).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('the pull did not fail');
  return error.message;
}

describe('errors', () => {
  it.each<[Fault, string]>([
    ['expired', 'the session of the AWS credentials has ended\n  → Make a new access key'],
    ['forbidden', 'the credentials may not do ce:GetCostAndUsage\n  → Add ce:GetCostAndUsage to the policy'],
  ])('of AWS stop the source in plain words: %s', async (fault, text) => {
    const running = await start();
    running.server.fail(fault);
    expect(await failure(running)).toContain(text);
  });

  it('of haste are waited for, longer than others', async () => {
    const running = await start();
    running.server.fail('throttled', 2);
    running.server.fail('server-error');
    const { context, waitsMs } = await opened(running);
    await pullAll(connector, context, OCTOBER);
    expect(waitsMs.filter((ms) => ms > 1_000)).toEqual([20_000, 20_000, 3_000]);
  });

  it('of keys name what to do, and not the keys', async () => {
    const running = await start();
    const secrets = { ...running.secrets, WRONG: 'not-the-secret-access-key' };
    const other = { ...running, secrets };
    const wrongSecret = await failure(other, { secretAccessKey: 'env:WRONG' });
    expect(wrongSecret).toContain('the secret access key does not belong to the access key id');
    const unknown = await failure(other, { accessKeyId: 'env:WRONG' });
    expect(unknown).toContain('AWS does not know the access key');
    expect(wrongSecret + unknown).not.toContain('not-the-secret');
    expect(await failure(running, { secretAccessKey: 'env:NOWHERE' })).toContain('there is no secret at env:NOWHERE');
  });

  it('of months that are no longer kept cost nothing and say how to go further back', async () => {
    const running = await start();
    const { context, charged } = await opened(running);
    const window = { from: '2025-09-01' as IsoDate, to: '2025-10-01' as IsoDate };
    await expect(pullAll(connector, context, window)).rejects.toThrow(
      /2025-09 is older than the 13 months that Cost Explorer keeps\n {2}→ Write `since: 2025-10` or later/,
    );
    expect(charged).toEqual([]);
  });

  it('of multi-year data that is not switched on say so', async () => {
    const running = await start();
    const { context } = await opened(running, { granularity: 'monthly', historyMonths: 38 });
    const window = { from: '2025-01-01' as IsoDate, to: '2025-02-01' as IsoDate };
    await expect(pullAll(connector, context, window)).rejects.toThrow(
      /does not accept the request: You haven't enabled historical data.*\n {2}→ Older months need multi-year data/,
    );
  });

  it.each([
    ['LimitExceededException', 'Rate exceeded', 'retry', 'AWS wants fewer requests'],
    ['TooManyRequestsException', 'slow down', 'retry', 'AWS wants fewer requests'],
    ['ExpiredTokenException', 'expired', 'credentials', 'the session of the AWS credentials has ended'],
    ['UnrecognizedClientException', 'invalid', 'credentials', 'AWS does not know the access key'],
    ['InvalidSignatureException', 'does not match', 'credentials', 'the secret access key does not belong'],
    [
      'InvalidSignatureException',
      'Signature expired: 2026',
      'credentials',
      'AWS finds the signature too old or too new',
    ],
    ['CredentialsProviderError', 'Could not load', 'credentials', 'no AWS credentials were found (Could not load)'],
    ['AccessDeniedException', 'You are not allowed', 'permission', 'AWS denies access: You are not allowed'],
    ['AWSOrganizationsNotInUseException', '', 'permission', 'the account is in no organisation'],
    ['DataUnavailableException', 'Data is unavailable', 'refused', 'Cost Explorer has no data to give'],
    ['ValidationException', 'bad dimension', 'refused', 'AWS does not accept the request: bad dimension'],
    ['BillExpirationException', 'gone', 'refused', 'Cost Explorer cannot give the bill: gone'],
    ['BillingViewHealthStatusException', 'ill', 'refused', 'Cost Explorer cannot give the bill: ill'],
    ['InvalidNextTokenException', 'bad token', 'reply', 'AWS did not go on with its pages: bad token'],
    ['RequestChangedException', 'changed', 'reply', 'AWS did not go on with its pages: changed'],
  ])('have a kind and plain words: %s (%s)', (name, message, kind, words) => {
    const problem = problemOf(Object.assign(new Error(message), { name }));
    expect(problem?.kind).toBe(kind);
    expect(problem?.message).toContain(words);
  });

  it('of other kinds are left to the general rules, those of the server are tried again', () => {
    expect(problemOf(new SyntaxError('Unexpected token'))).toBeUndefined();
    expect(problemOf('no error')).toBeUndefined();
    const internal = Object.assign(new Error('oops'), { $metadata: { httpStatusCode: 503 } });
    expect(problemOf(internal)).toEqual({ kind: 'retry', message: 'AWS answered 503: oops' });
    expect(problemOf(Object.assign(new Error('no'), { $metadata: { httpStatusCode: 400 } }))).toBeUndefined();
  });
});

describe('odd replies', () => {
  /** A server that answers every question about costs with one reply. */
  async function answering(reply: (body: Readonly<Record<string, unknown>>) => unknown): Promise<RunningAws> {
    const running = await start();
    const refusal = { status: 500, body: '' };
    const server = await StrictServer.start(
      (request) => ({
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: reply(JSON.parse(request.body) as Readonly<Record<string, unknown>>),
      }),
      { throttled: refusal, 'server-error': refusal, expired: refusal, forbidden: refusal },
    );
    onTestFinished(() => server.close());
    return { ...running, settings: { ...running.settings, endpoint: server.url, organizations: false } };
  }
  const money = (amount: string, unit = 'USD'): Readonly<Record<string, unknown>> => ({
    UnblendedCost: { Amount: amount, Unit: unit },
    NetAmortizedCost: { Amount: amount, Unit: unit },
  });
  const result = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
    ResultsByTime: [{ TimePeriod: { Start: '2026-10-01', End: '2026-10-02' }, Estimated: false, ...fields }],
  });

  it('that are not as documented end the window', async () => {
    const running = await answering(() => ({ ResultsByTime: [{ Groups: [] }] }));
    expect(await failure(running)).toContain('the reply is not as documented (ResultsByTime.0.TimePeriod');
    const words = await answering(() => result({ Total: money('1'), Groups: [{}, 'a group'] }));
    expect(await failure(words)).toContain('the reply is not as documented (ResultsByTime.0.Groups.1)');
  });

  it('without the metric in the total end the window', async () => {
    const running = await answering(() => result({ Total: { NetAmortizedCost: { Amount: '1', Unit: 'USD' } } }));
    expect(await failure(running)).toContain('the total of 2026-10-01 has no UnblendedCost or NetAmortizedCost');
    const coins = await answering(() => result({ Total: money('1', 'credits') }));
    expect(await failure(coins)).toContain('the total of 2026-10-01 has the currency "credits"');
  });

  it('set single rows aside, with the reason, and show that their money is missing', async () => {
    const running = await answering(({ GroupBy }) => {
      if (GroupBy === undefined) return result({ Total: money('3.5') });
      const [, second] = GroupBy as { Key: string }[];
      if (second?.Key !== 'SERVICE' || JSON.stringify(GroupBy).includes('LEGAL')) return result({ Groups: [] });
      return result({
        Groups: [
          { Keys: ['100000000001', 'Amazon S3'], Metrics: money('1.5') },
          { Keys: ['100000000001', 'Amazon EC2'], Metrics: money('2,0') },
          { Keys: ['100000000001', 'Nothing'], Metrics: money('0.0000000000') },
        ],
      });
    });
    const { context } = await opened(running);
    const { charges, batches, end } = await pullAll(connector, context, OCTOBER);
    expect(charges.map(({ texts }) => texts.service)).toEqual(['Amazon S3']);
    const rejected = batches.flatMap((batch) => batch.rejected ?? []);
    expect(rejected).toMatchObject([
      { file: 'GetCostAndUsage 2026-10-01 to 2026-11-01: usage by account and service', row: 2 },
    ]);
    expect(rejected[0]?.reason).toContain('Metrics.UnblendedCost.Amount: "2,0" is no decimal number');
    expect(batches.reduce((sum, { skippedCount = 0 }) => sum + skippedCount, 0)).toBe(1);
    expect(end.remarks[0]).toContain('differ by 2 USD (accrual 2), in the periods that begin on 2026-10-01:');
    expect(end.isFinal).toBe(true);
  });

  it('without net metrics fall back to gross ones', async () => {
    const gross = { UnblendedCost: { Amount: '1', Unit: 'USD' }, AmortizedCost: { Amount: '2', Unit: 'USD' } };
    const running = await answering(({ GroupBy, Filter }) => {
      if (GroupBy === undefined) return result({ Total: gross });
      const isUsage = JSON.stringify(GroupBy).includes('SERVICE') && !JSON.stringify(Filter).includes('BILLING');
      return result({ Groups: isUsage ? [{ Keys: ['100000000001', 'Amazon S3'], Metrics: gross }] : [] });
    });
    const { context } = await opened(running);
    const { charges, end } = await pullAll(connector, context, OCTOBER);
    expect(charges.map(({ accrual }) => accrual)).toEqual([{ digits: 2n, scale: 0 }]);
    expect(end.remarks).toEqual([expect.stringContaining('accrual is AmortizedCost')]);
  });

  it('with too many owner values stop before they cost money', async () => {
    const running = await answering(({ GroupBy }) => {
      if (!JSON.stringify(GroupBy ?? []).includes('TAG')) return result({ Total: money('0', 'N/A'), Groups: [] });
      const groups = Array.from({ length: 201 }, (_, index) => ({
        Keys: ['Usage', `person$p${index}`],
        Metrics: money('1'),
      }));
      return result({ Groups: groups });
    });
    expect(await failure(running, { ownerTag: 'person' })).toContain(
      'person has 201 values, and each would cost a request or more for every month that is read',
    );
  });
});

describe('credentials', () => {
  it('of a session bring its token', async () => {
    const running = await start();
    const session = {
      accessKeyId: 'env:AWS_STANDIN_SESSION_KEY_ID',
      secretAccessKey: 'env:AWS_STANDIN_SESSION_SECRET',
      sessionToken: 'env:AWS_STANDIN_SESSION_TOKEN',
    };
    const { context } = await opened(running, session);
    const { charges } = await pullAll(connector, context, OCTOBER);
    expect(charges.length).toBeGreaterThan(1_000);
    expect(await failure(running, { ...session, sessionToken: undefined })).toContain(
      'AWS does not know the access key',
    );
  });

  it('may be those of a profile on this machine', async () => {
    const running = await start();
    const folder = await mkdtemp(join(tmpdir(), 'aws-profile-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const { accessKeyId, secretAccessKey, sessionToken } = SESSION_KEYS;
    await writeFile(
      join(folder, 'credentials'),
      `[billing]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\naws_session_token=${sessionToken ?? ''}\n`,
    );
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const keyless = { accessKeyId: undefined, secretAccessKey: undefined };
    const { context } = await opened(running, { ...keyless, profile: 'billing' });
    expect((await pullAll(connector, context, OCTOBER)).charges.length).toBeGreaterThan(1_000);
    expect(await failure(running, { ...keyless, profile: 'nobody' })).toContain(
      'Name `accessKeyId` and `secretAccessKey`, or a `profile`, or give this machine a role.',
    );
  });
});

describe('check', () => {
  const ids = connector.service.permissions.map(({ id }) => id);

  it('has a verdict for each permission, for one cent', async () => {
    const running = await start();
    const { context, charged } = await opened(running);
    const verdicts = await connector.check(context);
    expect(verdicts.map(({ permission }) => permission).sort()).toEqual([...ids].sort());
    expect(verdicts.every(({ granted }) => granted)).toBe(true);
    expect(verdicts.map(({ detail }) => detail)).toContain('the bill of 2026-11-19 can be read, net costs included');
    expect(charged.reduce((sum, { priceMicros }) => sum + priceMicros, 0n)).toBe(10_000n);
    expect(running.server.violations).toEqual([]);
  });

  it.each([
    ['ce:GetCostAndUsage', ['ce:GetCostAndUsage']],
    ['organizations:DescribeOrganization', ['organizations:DescribeOrganization']],
    ['organizations:ListTagsForResource', ['organizations:ListTagsForResource']],
    ['organizations:ListAccountsForParent', ['organizations:ListAccountsForParent']],
    ['organizations:ListOrganizationalUnitsForParent', ['organizations:ListOrganizationalUnitsForParent']],
    ['organizations:ListRoots', ids.filter((id) => /ListRoots|ForParent|ListTags/.test(id))],
  ])('says that %s is missing, and what to do', async (action, missing) => {
    const running = await start();
    running.deny(action);
    const verdicts = await connector.check((await opened(running)).context);
    const refused = verdicts.filter(({ granted }) => !granted);
    expect(refused.map(({ permission }) => permission).sort()).toEqual([...missing].sort());
    const verdict = refused.find(({ permission }) => permission === action);
    expect(verdict?.detail).toContain(`the credentials may not do ${action}`);
    expect(verdict?.hint).toContain(`Add ${action} to the policy`);
  });

  it('asks Organizations for nothing where the settings say so', async () => {
    const running = await start();
    const { context, charged } = await opened(running, { organizations: false });
    const verdicts = await connector.check(context);
    expect(verdicts.filter(({ granted }) => granted).map(({ permission }) => permission)).toEqual([
      'ce:GetCostAndUsage',
    ]);
    expect(verdicts).toHaveLength(ids.length);
    expect(charged).toHaveLength(1);
  });

  it('has a policy that grants these permissions and no other', () => {
    const policy = JSON.parse(connector.service.grant) as { Statement: { Action: string[] }[] };
    expect(policy.Statement.flatMap(({ Action }) => Action).sort()).toEqual([...ids].sort());
    const readme = readFileSync(new URL('../../connectors/aws-cost-explorer/README.md', import.meta.url), 'utf8');
    const shown = /```json\n(.*?)```/s.exec(readme)?.[1] ?? '';
    expect(JSON.parse(shown)).toEqual(policy);
  });
});

describe('a group', () => {
  const [usage, other] = partsOf({ leaveOut: [] }, true);
  const viewOf = (part: typeof usage, values: string[] = []): View => {
    const [view] = part === undefined ? [] : viewsOf(part, { type: 'TAG', key: 'department' }, values);
    if (view === undefined) throw new Error('no view');
    return view;
  };
  const evidence: Evidence = {
    payer: '',
    ownerKey: 'department',
    nameOf: (account) => (account === '123456789012' ? 'Web shop' : ''),
    tagsOf: () => [
      ['department', 'Sales'],
      ['aws:ou', ''],
    ],
    sellerOf: () => '',
  };
  const read = (group: unknown): ReturnType<typeof readRows> =>
    readRows(costRow('NetAmortizedCost'), [group], 'request');
  const group = (cash: unknown, accrual: unknown, keys: readonly string[] = ['123456789012', 'Tax']): unknown => ({
    start: '2026-10-04' as IsoDate,
    Keys: keys,
    Metrics: { UnblendedCost: cash, NetAmortizedCost: accrual },
    Extra: {},
  });
  const usd = (Amount: string): unknown => ({ Amount, Unit: 'USD' });

  it('becomes a charge; a resource tag comes before the tag of its account', () => {
    const rows = readRows(costRow('NetAmortizedCost'), [group(usd('-12.3456789012'), usd('1.5E-9'))], 'request').rows;
    const charges = rows.map(chargesOf(viewOf(other, ['Marketing']), evidence));
    expect(charges).toEqual([
      {
        texts: {
          payee: 'Amazon Web Services',
          publisher: '',
          service: '',
          account: '',
          accountName: '',
          subAccount: '123456789012',
          subAccountName: 'Web shop',
          description: 'Tax',
          tags: '{"department":"Marketing"}',
        },
        key: '["2026-10-04","other","123456789012","Tax","Marketing"]',
        reference: '',
        day: '2026-10-04',
        currency: 'USD',
        cash: { digits: -123456789012n, scale: 10 },
        accrual: { digits: 15n, scale: 10 },
      },
    ]);
    const plain = rows.map((row) => chargesOf(viewOf(usage), evidence)(row).texts);
    expect(plain).toMatchObject([{ service: 'Tax', description: '', tags: '{"department":"Sales"}' }]);
  });

  it.each([
    [
      'no currency of ISO 4217',
      group({ Amount: '1', Unit: 'N/A' }, usd('1')),
      'Metrics.UnblendedCost.Unit: "N/A" is no currency',
    ],
    [
      'two currencies',
      group(usd('1'), { Amount: '1', Unit: 'EUR' }),
      'Metrics: the metrics are in different currencies',
    ],
    ['no amount', group({ Unit: 'USD' }, usd('1')), 'Metrics.UnblendedCost.Amount'],
    ['no accrual', group(usd('1'), undefined), 'Metrics.NetAmortizedCost'],
    ['one key', group(usd('1'), usd('1'), ['123456789012']), 'Keys'],
    ['words for money', group(usd('free'), usd('1')), '"free" is no decimal number'],
  ])('with %s is set aside', (_name, row, reason) => {
    const { rows, rejected } = read(row);
    expect(rows).toEqual([]);
    expect(rejected[0]?.reason).toContain(reason);
  });

  it('is read alike with the schema and without it, whatever stands where', () => {
    const odd = fc.oneof(fc.constantFrom(null, undefined, 1, '', [], {}, ['a', 'b']), fc.string());
    const amount = fc.oneof(
      fc.constantFrom(
        '12.5',
        '-0.0000000001',
        '1.8E-9',
        '0',
        '-0',
        ' 7',
        '5.',
        '1,5',
        '1.2.3',
        '123456789012345.6',
        3,
        0.5,
      ),
      odd,
    );
    const metric = fc.oneof(
      fc.record({ Amount: amount, Unit: fc.constantFrom<unknown>('USD', 'USD', 'EUR', 'usd', 'N/A', 7) }),
      odd,
    );
    const metrics = fc.oneof(fc.record({ UnblendedCost: metric, NetAmortizedCost: metric }), odd);
    const keys = fc.oneof(fc.array(fc.constantFrom<unknown>('123456789012', 'Tax', 1), { maxLength: 3 }), odd);
    const start = '2026-10-04' as IsoDate;
    const read = groupReader('NetAmortizedCost');
    fc.assert(
      fc.property(fc.array(fc.record({ Keys: keys, Metrics: metrics }), { maxLength: 4 }), (groups) => {
        const whole = groups.map((one) => ({ ...one, start }));
        expect(read({ start, groups }, 'request', 3)).toEqual(
          readRows(costRow('NetAmortizedCost'), whole, 'request', 3),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('of no money is nothing; one of accrual alone is not', () => {
    const nothing = readRows(
      costRow('NetAmortizedCost'),
      [group(usd('0'), usd('0E-10')), group(usd('0'), usd('0.1'))],
      'r',
    ).rows;
    expect(nothing.map(isNothing)).toEqual([true, false]);
  });

  it('keeps every decimal that AWS writes', () => {
    const amounts = [1n, -4321n, 98_765n, 12_345_678_901n, 10_000_000_000n, 0n].map(amountText);
    expect(amounts).toEqual(['1E-10', '-4321E-10', '0.0000098765', '1.2345678901', '1', '0']);
    const rows = readRows(
      costRow('NetAmortizedCost'),
      amounts.map((amount) => group(usd(amount), usd('1'))),
      'r',
    ).rows;
    const micros = (decimal: DecimalText): string => formatMicros(toMicros(decimal) ?? -1n, 0);
    expect(rows.map(({ cash }) => micros(cash))).toEqual(['0', '0', '0.00001', '1.234568', '1', '0']);
  });
});

describe('views', () => {
  it('cut money by filters that are "these" and "not these", whatever types AWS invents', () => {
    const filters = partsOf({ leaveOut: [] }, true).map(({ id, filters: all }) => [id, JSON.stringify(all)]);
    expect(filters.map(([id]) => id)).toEqual([
      'usage',
      'other',
      'marketplace',
      'marketplace Tax',
      'marketplace Credit',
      'marketplace Refund',
    ]);
    const [usage, other] = partsOf({ leaveOut: [] }, false);
    expect(other?.filters).toEqual(usage?.filters.map((filter) => ({ Not: filter })));
  });

  it('are never split where a tag has no value, and end with what has none of the values', () => {
    const [usage] = partsOf({ leaveOut: [] }, false);
    if (usage === undefined) throw new Error('no part');
    expect(viewsOf(usage, { type: 'TAG', key: 'team' }, []).map(({ filter }) => filter)).toEqual(usage.filters);
    const split = viewsOf(usage, { type: 'COST_CATEGORY', key: 'Domain' }, ['Growth', 'Product']);
    expect(split.map(({ owner, filter }) => [owner, filter?.And?.[1]])).toEqual([
      ['Growth', { CostCategories: { Key: 'Domain', Values: ['Growth'] } }],
      ['Product', { CostCategories: { Key: 'Domain', Values: ['Product'] } }],
      ['', { Not: { CostCategories: { Key: 'Domain', Values: ['Growth', 'Product'] } } }],
    ]);
    expect(
      partsOf({ leaveOut: ['Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'SavingsPlanNegation'] }, false),
    ).toHaveLength(1);
  });
});

describe('settings', () => {
  const keys = { accessKeyId: 'env:KEY', secretAccessKey: 'env:SECRET' };

  it('have defaults, and none that is needed', () => {
    expect(awsCostExplorerSettings.parse({})).toMatchObject({
      granularity: 'daily',
      historyMonths: 13,
      leaveOut: [],
      marketplacePublisher: 'seller',
      organizations: true,
    });
    expect([...secretSettings(connector.settings).keys()]).toEqual(['accessKeyId', 'secretAccessKey', 'sessionToken']);
  });

  it.each([
    [{ accessKeyId: 'AKIAEXAMPLE' }, 'name where the access key id is kept'],
    [{ accessKeyId: 'env:KEY' }, 'an access key id needs its secret access key'],
    [{ secretAccessKey: 'env:KEY' }, 'a secret access key needs its access key id'],
    [{ sessionToken: 'env:TOKEN' }, 'a session token belongs to an access key id'],
    [{ ...keys, profile: 'billing' }, 'either a profile or access keys'],
    [{ ownerTag: 'team', ownerCostCategory: 'Domain' }, 'either ownerTag or ownerCostCategory'],
    [{ ownerValues: ['search'] }, 'write one of them as well'],
    [{ granularity: 'hourly' }, 'write daily or monthly'],
    [{ historyMonths: 24 }, 'days are kept for 13 months'],
    [{ granularity: 'monthly', historyMonths: 39 }, 'Cost Explorer keeps 38 months at most'],
    [{ marketplacePublisher: 'vendor' }, 'write seller or product'],
    [{ leaveOut: 'Tax' }, 'list record types as AWS writes them'],
    [{ endpoint: 'http://ce.example.com' }, 'https://'],
    [{ region: 'eu-west-1' }, 'region'],
  ])('that are wrong are named: %j', (settings, message) => {
    const read = awsCostExplorerSettings.safeParse(settings);
    expect(read.error?.issues.map((issue) => issue.message).join('; ')).toContain(message);
  });
});

describe('the stand-in', () => {
  const good: GetCostAndUsageCommandInput = {
    TimePeriod: { Start: '2026-10-01', End: '2026-11-01' },
    Granularity: 'DAILY',
    Metrics: ['UnblendedCost'],
  };
  const group = (Key: string): { Type: 'DIMENSION'; Key: string } => ({ Type: 'DIMENSION', Key });

  it.each<[string, Partial<GetCostAndUsageCommandInput>, string]>([
    ['three groups', { GroupBy: ['SERVICE', 'LINKED_ACCOUNT', 'RECORD_TYPE'].map(group) }, 'ValidationException'],
    ['an unknown dimension', { GroupBy: [group('COLOUR')] }, 'ValidationException'],
    ['a group that is a filter alone', { GroupBy: [group('BILLING_ENTITY')] }, 'ValidationException'],
    ['an unknown metric', { Metrics: ['UNBLENDED'] }, 'ValidationException'],
    ['no metric', { Metrics: [] }, 'ValidationException'],
    [
      'an end that is no later than the start',
      { TimePeriod: { Start: '2026-10-01', End: '2026-10-01' } },
      'ValidationException',
    ],
    ['a start ahead', { TimePeriod: { Start: '2026-11-21', End: '2026-11-22' } }, 'ValidationException'],
    ['days of too long ago', { TimePeriod: { Start: '2025-09-30', End: '2025-11-22' } }, 'ValidationException'],
    ['a filter with two roots', { Filter: { Not: {}, And: [] } }, 'ValidationException'],
    [
      'an And of one',
      { Filter: { And: [{ Dimensions: { Key: 'SERVICE', Values: ['Tax'] } }] } },
      'ValidationException',
    ],
    ['a token that is none', { NextPageToken: 'nonsense' }, 'InvalidNextTokenException'],
  ])('refuses %s', async (_name, wrong, error) => {
    const running = await start();
    const client = new CostExplorerClient({
      region: 'us-east-1',
      maxAttempts: 1,
      endpoint: running.server.url,
      credentials: {
        accessKeyId: running.secrets['AWS_STANDIN_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: running.secrets['AWS_STANDIN_SECRET_ACCESS_KEY'] ?? '',
      },
    });
    expect((await client.send(new GetCostAndUsageCommand(good))).ResultsByTime).toHaveLength(31);
    await expect(client.send(new GetCostAndUsageCommand({ ...good, ...wrong }))).rejects.toMatchObject({ name: error });
    expect(running.server.violations).toHaveLength(1);
  });

  it('refuses changed parameters with a token, and gives an empty page and a period on two pages', async () => {
    const running = await start();
    const credentials = {
      accessKeyId: running.secrets['AWS_STANDIN_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: running.secrets['AWS_STANDIN_SECRET_ACCESS_KEY'] ?? '',
    };
    const client = new CostExplorerClient({
      region: 'us-east-1',
      maxAttempts: 1,
      endpoint: running.server.url,
      credentials,
    });
    const grouped = { ...good, GroupBy: ['LINKED_ACCOUNT', 'SERVICE'].map(group) };
    const first = await client.send(new GetCostAndUsageCommand(grouped));
    const empty = await client.send(new GetCostAndUsageCommand({ ...grouped, NextPageToken: first.NextPageToken }));
    const next = await client.send(new GetCostAndUsageCommand({ ...grouped, NextPageToken: empty.NextPageToken }));
    expect(empty.ResultsByTime).toEqual([]);
    expect(next.ResultsByTime?.[0]?.TimePeriod).toEqual(first.ResultsByTime?.at(-1)?.TimePeriod);
    expect(first.ResultsByTime?.[0]?.Total).toEqual({});
    const changed = { ...good, Metrics: ['AmortizedCost'], NextPageToken: first.NextPageToken };
    await expect(client.send(new GetCostAndUsageCommand(changed))).rejects.toMatchObject({
      name: 'RequestChangedException',
    });
  });

  it('refuses requests that are not signed, or for another operation', async () => {
    const { server } = await start();
    const send = async (target: string): Promise<unknown> => {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
      const response = await fetch(server.url, { method: 'POST', headers, body: '{}' });
      return ((await response.json()) as { __type: string }).__type;
    };
    expect(await send('AWSInsightsIndexService.GetCostAndUsage')).toBe('MissingAuthenticationTokenException');
    expect(await send('AWSInsightsIndexService.GetEverything')).toBe('UnknownOperationException');
    expect(server.violations).toHaveLength(2);
  });
});
