import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import connector from '../../connectors/azure-cost-management/index.js';
import type { PullWindow } from '../../src/connector/service.js';
import type { IsoDate } from '../../src/core/date.js';
import { decimalText } from '../../src/core/decimal.js';
import { SpendshiftError } from '../../src/core/errors.js';
import type { Month } from '../../src/core/period.js';
import standin, { type RunningAzure } from '../services/azure-cost-management.js';
import { StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from '../services/server.js';
import { pullAll, sumsOf, testContext, type Pulled } from '../support/service.js';

let now = new Date('2026-11-20T12:00:00Z');
const clock = (): Date => now;
const OCTOBER: PullWindow = { from: '2026-10-01' as IsoDate, to: '2026-11-01' as IsoDate };

beforeEach(() => {
  now = new Date('2026-11-20T12:00:00Z');
});

async function start(): Promise<RunningAzure> {
  const running = await standin.start({ now: clock, seed: 7 });
  onTestFinished(async () => {
    await running.server.close();
    await running.login.close();
  });
  return running;
}

async function mistakeOf(work: Promise<unknown>): Promise<{ readonly message: string; readonly hint: string }> {
  const error: unknown = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof SpendshiftError)) throw new Error(`no error of Spendshift: ${String(error)}`);
  return { message: error.mistakes[0]?.message ?? '', hint: error.mistakes[0]?.hint ?? '' };
}

async function pullOctober(running: RunningAzure, settings = {}): Promise<Pulled> {
  const { context } = await testContext(connector, running, { now: clock, settings });
  return pullAll(connector, context, OCTOBER);
}

const NO_FAULTS: FaultReplies = {
  throttled: { status: 429, body: '' },
  'server-error': { status: 503, body: '' },
  expired: { status: 401, body: '' },
  forbidden: { status: 403, body: '' },
};

interface Asked {
  readonly dataset: { readonly granularity?: string; readonly grouping?: readonly { readonly name: string }[] };
}

type Answer = (names: readonly string[], request: ServiceRequest) => ServiceReply;

/** A management endpoint that answers as it is told; names are those of the groups, `day` first where asked by day. */
async function scripted(answer: Answer): Promise<{ readonly running: RunningAzure; readonly server: StrictServer }> {
  const running = await start();
  const server = await StrictServer.start((request) => {
    if (request.method === 'GET')
      return { body: { value: [{ properties: { category: 'PublisherName', groupingEnabled: true } }] } };
    const { dataset } = JSON.parse(request.body) as Asked;
    const groups = (dataset.grouping ?? []).map(({ name }) => name);
    return answer([...(dataset.granularity === 'Daily' ? ['day'] : []), ...groups], request);
  }, NO_FAULTS);
  onTestFinished(() => server.close());
  return { running, server };
}

async function pullScripted(answer: Answer, settings = {}): Promise<Pulled> {
  const { running, server } = await scripted(answer);
  return pullOctober(running, { endpoint: server.url, amortized: false, costCenterDimension: undefined, ...settings });
}

function reply(columns: readonly string[], rows: string, nextLink = 'null'): ServiceReply {
  const named = JSON.stringify(columns.map((name) => ({ name, type: 'String' })));
  return {
    headers: { 'content-type': 'application/json' },
    body: `{"id":"x","new":1,"properties":{"nextLink":${nextLink},"columns":${named},"rows":[${rows}]}}`,
  };
}

/** What a scope with one service answers: the rows of the day's query are the test's. */
function answerWith(daily: () => ServiceReply, publisherType = 'Azure'): Answer {
  return (names) => {
    if (names.includes('day')) return daily();
    if (names.includes('ChargeType'))
      return reply(['Cost', 'PublisherType', 'ChargeType', 'Currency'], `[1,"${publisherType}","Usage","USD"]`);
    if (names.includes('SubscriptionName'))
      return reply(['Cost', 'SubscriptionId', 'SubscriptionName', 'Currency'], '[1,"AB-1","Main","USD"]');
    return reply(['Cost', 'Currency'], '[1,"USD"]');
  };
}

describe('rows', () => {
  it('are read by the names of their columns, in any order and any case', async () => {
    const { charges } = await pullScripted(
      answerWith(() =>
        reply(
          ['currency', 'ServiceName', 'Surprise', 'UsageDate', 'SubscriptionId', 'Cost'],
          '["usd","Storage",{"a":1},20261031,"AB-1",173.41979241290323]',
        ),
      ),
    );
    expect(charges).toMatchObject([
      {
        day: '2026-10-31',
        currency: 'USD',
        cash: { digits: 17341979241290323n, scale: 14 },
        texts: { service: 'Storage', subAccount: 'ab-1', subAccountName: 'Main' },
      },
    ]);
  });

  it.each([
    ['0.00012345678901234567', '0.00012345678901234567'],
    ['-1.1102230246251565E-16', '-0.00000000000000011102230246251565'],
    ['1.8E-25', '0.00000000000000000000000018'],
    ['9007199254740993.25', '9007199254740993.25'],
    ['1.5e3', '1500'],
    ['12', '12'],
  ])('keep every digit of %s', async (literal, exact) => {
    const { charges } = await pullScripted(
      answerWith(() =>
        reply(
          ['Cost', 'UsageDate', 'SubscriptionId', 'ServiceName', 'Currency'],
          `[${literal},20261001,"AB-1","Storage","USD"]`,
        ),
      ),
    );
    expect(charges.map(({ cash }) => decimalText(cash))).toEqual([exact]);
  });

  it('that cannot be read are set aside with the reason, the others are taken', async () => {
    const rows = [
      '[1,20261001,"AB-1","A","USD"]',
      '[1,20261301,"AB-1","B","USD"]',
      '["NaN",20261002,"AB-1","C","USD"]',
      '[1,20261002,"AB-1","D","EURO"]',
      '[null,20261002,"AB-1","E","USD"]',
      '7',
    ];
    const { charges, batches } = await pullScripted(
      answerWith(() => reply(['Cost', 'UsageDate', 'SubscriptionId', 'ServiceName', 'Currency'], rows.join(','))),
    );
    expect(charges.map(({ texts }) => texts.service)).toEqual(['A']);
    const rejected = batches.flatMap((batch) => batch.rejected ?? []);
    expect(rejected.map(({ row }) => row)).toEqual([2, 3, 4, 5, 6]);
    expect(rejected.map(({ reason }) => reason).slice(0, 3)).toEqual([
      'day: "20261301" is no day written as 20261101',
      'cost: "NaN" is no decimal number',
      'currency: "EURO" is no currency code of ISO 4217',
    ]);
    expect(rejected[0]?.file).toBe('ActualCost 2026-10-01 to 2026-10-31, Usage of Azure, page 1');
  });

  it('without any cost are left out and counted; subscriptions and services without a name are kept', async () => {
    const { charges, batches } = await pullScripted(
      answerWith(() =>
        reply(
          ['Cost', 'UsageDate', 'SubscriptionId', 'ServiceName', 'Currency'],
          '[0.0,20261001,"AB-1","A","USD"],[2,20261001,null,null,"USD"]',
        ),
      ),
    );
    expect(batches.reduce((sum, { skippedCount = 0 }) => sum + skippedCount, 0)).toBe(1);
    expect(charges).toMatchObject([{ texts: { subAccount: '', subAccountName: '', service: '' } }]);
  });

  it('of a subscription whose id is written in two cases count once, whatever its owner tags', async () => {
    // One spelling has two owners, the other one; filters do not tell the spellings apart.
    const named = ['[1,20261005,"AB-1","VM","Owner","a","USD"]', '[2,20261006,"AB-1","VM","Owner","b","USD"]'];
    const other = '[4,20261007,"ab-1","VM","Owner","a","USD"]';
    const rows = [...named, other].map((text) => JSON.parse(text) as (string | number)[]);
    const answer: Answer = (names) => {
      if (names.includes('ChargeType'))
        return reply(['Cost', 'PublisherType', 'ChargeType', 'Currency'], '[7,"Azure","Usage","USD"]');
      if (names.includes('SubscriptionName'))
        return reply(['Cost', 'SubscriptionId', 'SubscriptionName', 'Currency'], '[7,"AB-1","Main","USD"]');
      const places: Readonly<Record<string, number>> = { Cost: 0, UsageDate: 1, SubscriptionId: 2, ServiceName: 3 };
      const columns = [
        'Cost',
        ...names.flatMap((name) =>
          name === 'day' ? ['UsageDate'] : name === 'owner' ? ['TagKey', 'TagValue'] : [name],
        ),
        'Currency',
      ];
      const at = (name: string): number => places[name] ?? { TagKey: 4, TagValue: 5, Currency: 6 }[name] ?? 0;
      return reply(columns, rows.map((row) => JSON.stringify(columns.map((name) => row[at(name)]))).join(','));
    };
    const { charges } = await pullScripted(answer, { ownerTag: 'owner' });
    expect(sumsOf(charges).get('USD')?.cashMicros).toBe(7_000_000n);
  });

  it('of other days than those asked for stop the pull', async () => {
    const work = pullScripted(
      answerWith(() =>
        reply(['Cost', 'UsageDate', 'SubscriptionId', 'ServiceName', 'Currency'], '[1,20251001,"AB-1","A","USD"]'),
      ),
    );
    expect((await mistakeOf(work)).message).toBe(
      'ActualCost 2026-10-01 to 2026-10-31, Usage of Azure, page 1: the reply is not as documented (it has charges of 2025-10-01, which was not asked for)',
    );
  });

  it('without a column that is needed stop the pull', async () => {
    const work = pullScripted(
      answerWith(() => reply(['Cost', 'SubscriptionId', 'ServiceName', 'Currency'], '[1,"AB-1","A","USD"]')),
    );
    expect((await mistakeOf(work)).message).toContain('there is no column UsageDate');
  });

  it('of the marketplace name publishers where the scope has them', async () => {
    const sold = answerWith(
      () =>
        reply(
          ['Cost', 'UsageDate', 'SubscriptionId', 'PublisherName', 'Currency'],
          '[1,20261001,"AB-1","Datadog","USD"]',
        ),
      'Marketplace',
    );
    const { charges } = await pullScripted(sold);
    expect(charges).toMatchObject([{ texts: { payee: 'Microsoft', publisher: 'Datadog', service: '' } }]);
  });

  it('are none where Azure has no content to send', async () => {
    const { charges, end } = await pullScripted(() => ({ status: 204, body: '' }));
    expect(charges).toEqual([]);
    expect(end.totals).toEqual([]);
  });
});

describe('pages', () => {
  it('at another server are refused, and the token is not sent there', async () => {
    const elsewhere = await StrictServer.start(() => ({ body: {} }), NO_FAULTS);
    onTestFinished(() => elsewhere.close());
    const work = pullScripted(
      answerWith(() =>
        reply(
          ['Cost', 'UsageDate', 'SubscriptionId', 'ServiceName', 'Currency'],
          '',
          JSON.stringify(`${elsewhere.url}/query`),
        ),
      ),
    );
    expect((await mistakeOf(work)).message).toMatch(
      /page 2: the next page is at 127\.0\.0\.1:\d+, not at 127\.0\.0\.1:\d+; the token was not sent there$/,
    );
    expect(elsewhere.requests).toEqual([]);
  });

  it('that lead back to one that was read end in an error', async () => {
    const { running, server } = await scripted((names) => {
      const link = JSON.stringify(`${server.url}/next?$skiptoken=again`);
      return answerWith(() =>
        reply(
          ['Cost', 'UsageDate', 'SubscriptionId', 'ServiceName', 'Currency'],
          '[1,20261001,"AB-1","A","USD"]',
          link,
        ),
      )(names, server.requests[0] as ServiceRequest);
    });
    const work = pullOctober(running, { endpoint: server.url, amortized: false, costCenterDimension: undefined });
    expect((await mistakeOf(work)).message).toContain('leads back to a page that was read');
  });
});

describe('a request', () => {
  it('that is throttled is sent again after the longest wait asked for', async () => {
    const running = await start();
    const { context, waitsMs } = await testContext(connector, running, { now: clock });
    running.server.fail('throttled', 1);
    const { charges } = await pullAll(connector, context, OCTOBER);
    expect(waitsMs).toContain(17_000);
    expect(sumsOf(charges)).toEqual(running.truth('2026-10' as Month));
  });

  it('that was answered with what is no JSON is sent again', async () => {
    const running = await start();
    running.server.fail('malformed', 2, ({ method }) => method === 'POST');
    expect(sumsOf((await pullOctober(running)).charges)).toEqual(running.truth('2026-10' as Month));
  });

  it('never ends in half of an answer', async () => {
    const running = await start();
    running.server.fail('malformed', 99);
    expect(await mistakeOf(pullOctober(running))).toMatchObject({
      message: expect.stringContaining('cannot be read (tried 6 times)') as unknown,
    });
  });
});

describe('the token', () => {
  it('is asked for once in a run, and again before it expires', async () => {
    const running = await start();
    const { context, secrets } = await testContext(connector, running, { now: clock });
    await pullAll(connector, context, OCTOBER);
    expect(running.login.requests.length).toBe(1);
    now = new Date('2026-11-20T12:56:00Z');
    await pullAll(connector, context, OCTOBER);
    expect(running.login.requests.length).toBe(2);
    expect(running.server.violations).toEqual([]);
    const sent = running.server.requests.map(({ headers }) => headers['authorization'] ?? '');
    expect(new Set(sent).size).toBe(2);
    for (const header of sent) expect(secrets.redact(header)).toBe('Bearer [secret]');
  });

  it('that was withdrawn is renewed once', async () => {
    const running = await start();
    const { context } = await testContext(connector, running, { now: clock });
    await pullAll(connector, context, OCTOBER);
    running.revokeTokens();
    const { charges } = await pullAll(connector, context, OCTOBER);
    expect(sumsOf(charges)).toEqual(running.truth('2026-10' as Month));
    expect(running.login.requests.length).toBe(2);
  });

  it('that is refused again stops the source', async () => {
    const running = await start();
    running.server.fail('expired', 99);
    const mistake = await mistakeOf(pullOctober(running));
    expect(mistake.message).toContain('the service answered 401: The access token has expired.');
    expect(running.login.requests.length).toBe(2);
  });
});

describe('a refusal', () => {
  it.each([
    ['a wrong secret', {}, 'token for Azure: the client secret is wrong', 'not its id'],
    [
      'another tenant',
      { tenantId: 'nobody' },
      'token for Azure: there is no directory with this `tenantId`',
      'Compare `tenantId`',
    ],
    [
      'another application',
      { clientId: 'nobody' },
      'token for Azure: the directory knows no application with this `clientId`',
      'Compare `clientId`',
    ],
  ])('of Entra is told in plain words: %s', async (name, settings, message, hint) => {
    const running = await start();
    const secrets = name === 'a wrong secret' ? { AZURE_CLIENT_SECRET: 'Az8Q~not-the-right-one' } : running.secrets;
    const mistake = await mistakeOf(pullOctober({ ...running, secrets }, settings));
    expect(mistake.message).toBe(message);
    expect(mistake.hint).toContain(hint);
  });

  it('of an expired secret says so', async () => {
    const running = await start();
    running.login.fail('expired');
    const mistake = await mistakeOf(pullOctober(running));
    expect(mistake).toEqual({
      message: 'token for Azure: the client secret has expired',
      hint: 'Make a new client secret in the app registration and put its value in the place of the old one.',
    });
  });

  it('that Entra words otherwise is told without the attempt', async () => {
    const running = await start();
    running.login.fail('forbidden');
    expect((await mistakeOf(pullOctober(running))).message).toBe(
      'token for Azure: the service answered 403: AADSTS53003: Access has been blocked.',
    );
  });

  it('for want of a role names the role and the scope', async () => {
    const running = await start();
    running.server.fail('forbidden');
    const mistake = await mistakeOf(pullOctober(running));
    expect(mistake.message).toContain('the service answered 403: The client does not have authorization');
    expect(mistake.hint).toContain(`the role Cost Management Reader at ${String(running.settings['scope'])}`);
  });

  it('of a scope that is not there says what to compare', async () => {
    const mistake = await mistakeOf(pullOctober(await start(), { scope: '/subscriptions/none' }));
    expect(mistake.message).toContain('the service answered 404: The scope was not found.');
    expect(mistake.hint).toContain('Compare `scope` with the resource id');
  });

  it('of a dimension names the settings that choose one, without the id of the request', async () => {
    const mistake = await mistakeOf(pullOctober(await start(), { marketplaceDimension: 'Publisher' }));
    expect(mistake.message).toContain("Invalid dataset grouping: 'Publisher'; valid values: 'ResourceGroup'");
    expect(mistake.message).not.toContain('Request ID');
    expect(mistake.hint).toContain('set `marketplaceDimension` or `costCenterDimension`');
  });

  it('of amortized cost names the setting that goes without', async () => {
    const body = { error: { code: 'BadRequest', message: 'The query usage is not supported for the scope.' } };
    const work = pullScripted(() => ({ status: 400, body }), { amortized: true });
    expect((await mistakeOf(work)).hint).toContain('`amortized: false`');
  });
});

describe('check', () => {
  it('finds both permissions', async () => {
    const running = await start();
    const { context } = await testContext(connector, running, { now: clock });
    expect(await connector.check(context)).toEqual([
      { permission: 'Microsoft.CostManagement/query/read', granted: true, detail: 'charges in EUR, GBP on 2026-11-18' },
      { permission: 'Microsoft.CostManagement/dimensions/read', granted: true, detail: '39 dimensions' },
    ]);
    expect(running.server.requests.length).toBe(3);
  });

  it('tells a permission that is missing from one that is there', async () => {
    const running = await start();
    running.server.fail('forbidden', 1, ({ path }) => path.endsWith('/dimensions'));
    const { context } = await testContext(connector, running, { now: clock });
    const [query, dimensions] = await connector.check(context);
    expect(query?.granted).toBe(true);
    expect(dimensions).toMatchObject({
      granted: false,
      hint: expect.stringContaining('Cost Management Reader') as unknown,
    });
  });

  it('finds a dimension that the scope lacks', async () => {
    const running = await start();
    const { context } = await testContext(connector, running, {
      now: clock,
      settings: { costCenterDimension: 'DepartmentName' },
    });
    const [, dimensions] = await connector.check(context);
    expect(dimensions).toMatchObject({ granted: false, detail: 'this scope has no dimension DepartmentName' });
    expect(dimensions?.hint).toContain('InvoiceSectionName');
  });

  it('says of both permissions what is wrong with the secret', async () => {
    const running = await start();
    const { context } = await testContext(
      connector,
      { ...running, secrets: { AZURE_CLIENT_SECRET: 'Az8Q~wrong' } },
      { now: clock },
    );
    const verdicts = await connector.check(context);
    expect(verdicts.map(({ granted, detail }) => [granted, detail])).toEqual([
      [false, 'token for Azure: the client secret is wrong'],
      [false, 'token for Azure: the client secret is wrong'],
    ]);
  });
});
