import { readdir } from 'node:fs/promises';

import { describe, expect, it, onTestFinished } from 'vitest';

import connector from '../../connectors/aws-data-exports/index.js';
import type { AwsDataExportsSettings } from '../../connectors/aws-data-exports/settings.js';
import type { ServiceProblem } from '../../src/connector/problems.js';
import { decimalText } from '../../src/core/decimal.js';
import { RetryableError, SourceError } from '../../src/core/errors.js';
import { parseMonth, type Month } from '../../src/core/period.js';
import { windowOf } from '../../src/pull/due-months.js';
import standin, { type ExportHabits, type RunningExport } from '../services/aws-data-exports.js';
import { failureOf, kindOf, pullAll, sumsOf, testContext, type Pulled, type TestContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const MONTH = parseMonth('2026-10') as Month;
const OPEN_MONTH = parseMonth('2026-11') as Month;
const FOLDER = 's3://standin-billing/finops/exports/spend-focus';

interface Started extends TestContext<AwsDataExportsSettings> {
  readonly running: RunningExport;
  readonly pull: (month?: Month) => Promise<Pulled>;
}

async function start(
  options: { habits?: Partial<ExportHabits>; settings?: Record<string, unknown>; clock?: { now: Date } } = {},
): Promise<Started> {
  const { habits = {}, settings = {}, clock = { now: NOW } } = options;
  const running = await standin.start({ now: () => clock.now, seed: 7 });
  onTestFinished(() => running.server.close());
  Object.assign(running.habits, habits);
  const secrets = { ...running.secrets, UNKNOWN_KEY_ID: 'UNKNOWNKEYID00000001' };
  const made = await testContext(connector, { ...running, secrets }, { settings, now: () => clock.now });
  return { ...made, running, pull: (month = MONTH) => pullAll(connector, made.context, windowOf(month)) };
}

describe('the export of AWS', () => {
  it.each(['parquet', 'csv.gz'] as const)('comes to what AWS bills, from %s', async (format) => {
    const { running, pull } = await start({ habits: { format } });
    for (const month of ['2025-03', '2026-03', '2026-10', '2026-11'] as Month[]) {
      const { charges } = await pull(month);
      expect(sumsOf(charges)).toEqual(running.truth(month));
      expect(charges.length).toBeGreaterThan(10);
    }
    expect(running.server.violations).toEqual([]);
  });

  it('says in its totals what the files add up to, exactly', async () => {
    const { running, pull } = await start({ habits: { format: 'csv.gz' } });
    const { end } = await pull();
    const sum = (of: 'billed' | 'effective'): string =>
      decimalText({ digits: running.rows(MONTH).reduce((total, row) => total + row[of], 0n), scale: 10 });
    expect(
      end.totals?.map(({ currency, cash, accrual = cash }) => [currency, decimalText(cash), decimalText(accrual)]),
    ).toEqual([['USD', sum('billed'), sum('effective')]]);
  });

  it('tells lines by account, service, seller and the tags of owners', async () => {
    const { charges } = await (await start()).pull();
    const lines = charges.map(({ texts }) => [
      texts.payee,
      texts.publisher,
      texts.service,
      texts.subAccountName,
      texts.tags,
    ]);
    const aws = 'Amazon Web Services, Inc.';
    expect(lines).toContainEqual([
      aws,
      aws,
      'Amazon Elastic Compute Cloud',
      'Web shop, production',
      '{"team":"search"}',
    ]);
    expect(lines).toContainEqual([aws, aws, 'Amazon SageMaker', 'Marketing "growth"', '{"team":"growth"}']);
    expect(lines).toContainEqual([aws, 'Datadog, Inc.', 'Datadog Pro', 'Shared services', '{"cost_center":"4711"}']);
    // AWS names no issuer for some charges: the provider is paid.
    expect(lines).toContainEqual(['AWS', aws, 'Amazon Athena', 'Data lake', '{}']);
    expect(new Set(lines.map((line) => JSON.stringify(line))).size).toBe(charges.length);
  });

  it('has what is paid in advance as cash when it is billed, and as accrual when it is used', async () => {
    const { charges } = await (await start()).pull();
    const plan = charges.find(({ texts }) => texts.service?.startsWith('Savings Plans') === true);
    expect(plan?.day).toBe('2026-10-01');
    expect(decimalText(plan?.accrual ?? { digits: 1n, scale: 0 })).toBe('0');
    expect(plan?.cash.digits).toBeGreaterThan(0n);
    const used = charges.filter(({ texts }) => texts.service === 'Amazon Elastic Compute Cloud');
    expect(used.some(({ cash, accrual = cash }) => accrual.digits > cash.digits)).toBe(true);
    // Credits are negative.
    const negative = charges.filter(({ cash }) => cash.digits < 0n);
    expect(negative.map(({ texts }) => texts.subAccountName)).toEqual(['Standin payer']);
  });

  it('keeps the keys of charges from refresh to refresh, while their days go on', async () => {
    const clock = { now: new Date('2026-11-10T12:00:00Z') };
    const { pull } = await start({ clock });
    const before = await pull(OPEN_MONTH);
    clock.now = NOW;
    const after = new Map((await pull(OPEN_MONTH)).charges.map((charge) => [charge.key, charge]));
    for (const { key, texts, day, reference } of before.charges) {
      const later = after.get(key);
      expect([later?.texts, later?.reference]).toEqual([texts, reference]);
      expect((later?.day ?? '') >= day).toBe(true);
    }
    expect(before.charges.map(({ reference }) => reference)[0]).toBe(
      `${FOLDER}/metadata/BILLING_PERIOD=2026-11/spend-focus-Manifest.json`,
    );
  });
});

describe('the files of a month', () => {
  it('are those of the manifest, while every earlier refresh lies beside them', async () => {
    const { running, pull } = await start();
    await pull();
    const paths = running.server.requests.map(({ path }) => path);
    const data = paths.filter((path) => path.includes('/data/'));
    const beside = running.keys(`finops/exports/spend-focus/data/BILLING_PERIOD=${MONTH}/`);
    expect(data.length).toBe(2);
    expect(beside.length).toBeGreaterThan(50);
    expect(new Set(data.map((path) => path.split('/').at(-2))).size).toBe(1);
    // Nothing is listed.
    expect(paths.every((path) => path.split('/').length > 2)).toBe(true);
  });

  it.each([{ delivery: 'overwrite' }, { partition: 'billing_period' }] as const)(
    'are found with %o',
    async (habits) => {
      const { running, pull } = await start({ habits });
      expect(sumsOf((await pull()).charges)).toEqual(running.truth(MONTH));
      expect(running.server.violations).toEqual([]);
    },
  );

  it('are removed when they were read, also after a failure', async () => {
    const { context, pull } = await start();
    await pull();
    expect(await readdir(context.temporaryFolder)).toEqual([]);
    const broken = await start({ habits: { stale: MONTH } });
    await failureOf(broken.pull());
    expect(await readdir(broken.context.temporaryFolder)).toEqual([]);
  });

  it('that are not there are waited for: a refresh is under way', async () => {
    const { pull, waitsMs } = await start({ habits: { lost: MONTH } });
    const failure = await failureOf(pull());
    expect(failure).toBeInstanceOf(RetryableError);
    expect(failure.message).toMatch(/names a file that is not there: a refresh is under way \(tried 6 times\)/);
    expect(waitsMs).toHaveLength(5);
  });

  it('that are newer than their manifest belong to a refresh that is not whole', async () => {
    const { pull } = await start({ habits: { delivery: 'overwrite', refreshing: MONTH } });
    const failure = await failureOf(pull());
    expect(failure).toBeInstanceOf(RetryableError);
    expect(failure.message).toContain('a file is newer than the manifest that names it: a refresh is under way');
  });

  it('of another billing period are refused, by their place', async () => {
    const failure = await failureOf((await start({ habits: { confused: MONTH } })).pull());
    expect(kindOf(failure)).toBe('reply');
    expect(failure.message).toMatch(/it is of 2026-10 and names a file of 2026-09: finops/);
  });

  it('of another billing period are refused, by what they hold', async () => {
    const failure = await failureOf((await start({ habits: { stale: MONTH } })).pull());
    expect(failure).toBeInstanceOf(SourceError);
    expect(failure.message).toMatch(
      /spend-focus-00001\.snappy\.parquet.*\d+ rows are of the billing period 2026-09, in a file of 2026-10/,
    );
  });

  it.each<[string, unknown, RegExp]>([
    ['without files', { reportKeys: [] }, /it is no manifest as documented \(dataFiles: /],
    [
      'of another bucket',
      { dataFiles: ['s3://other/finops/exports/spend-focus/data/a'] },
      /names a file of another bucket/,
    ],
    ['of another export', { dataFiles: ['finops/exports/other/data/a.parquet'] }, /outside of the data of the export/],
    [
      'with a file twice',
      { dataFiles: [1, 2].map(() => 'finops/exports/spend-focus/data/a.parquet') },
      /it names a file twice/,
    ],
  ])('are not taken from a manifest %s', async (_what, strange, message) => {
    const { pull } = await start({ habits: { strange: strange as ExportHabits['strange'] } });
    const failure = await failureOf(pull());
    expect(kindOf(failure)).toBe('reply');
    expect(failure.message).toMatch(message);
    expect(failure.message).toContain(`${FOLDER}/metadata/BILLING_PERIOD=2026-10/spend-focus-Manifest.json`);
  });

  it('are none where the manifest names none', async () => {
    const { charges, end } = await (await start({ habits: { strange: { dataFiles: [] } } })).pull();
    expect([charges, end.remarks]).toEqual([[], ['The manifest of 2026-10 names no files.']]);
  });
});

describe('a month', () => {
  it('without a manifest is empty, with a remark, and is asked for again', async () => {
    const { pull } = await start({ habits: { since: OPEN_MONTH } });
    expect(await pull()).toMatchObject({
      charges: [],
      end: { isFinal: false, totals: [], remarks: [`The export has no manifest of 2026-10 in ${FOLDER}/metadata/.`] },
    });
  });

  it.each([
    ['2026-10-31T23:00:00Z', false],
    ['2026-11-15T12:00:00Z', false],
    ['2026-11-16T00:00:00Z', true],
  ])('read at %s is final: %s', async (now, isFinal) => {
    const { end } = await (await start({ clock: { now: new Date(now) } })).pull();
    expect(end.isFinal).toBe(isFinal);
  });

  it('that may not be listed cannot be told from one that may not be read', async () => {
    const { pull } = await start({ habits: { since: OPEN_MONTH, denied: new Set(['s3:ListBucket']) } });
    const failure = await failureOf(pull());
    expect(kindOf(failure)).toBe('permission');
    expect(failure.message).toContain('Without s3:ListBucket, S3 denies what is simply not there as well');
  });

  it('is read without the right to list where its manifest is there, however that is spelled', async () => {
    for (const partition of ['BILLING_PERIOD', 'billing_period'] as const) {
      const { running, pull } = await start({ habits: { partition, denied: new Set(['s3:ListBucket']) } });
      expect(sumsOf((await pull()).charges)).toEqual(running.truth(MONTH));
    }
  });
});

describe('credentials', () => {
  it('of a session carry its token', async () => {
    const settings = {
      accessKeyId: 'env:S3_STANDIN_SESSION_KEY_ID',
      secretAccessKey: 'env:S3_STANDIN_SESSION_SECRET',
      sessionToken: 'env:S3_STANDIN_SESSION_TOKEN',
    };
    const { running, pull } = await start({ settings });
    expect((await pull()).charges.length).toBeGreaterThan(0);
    expect(running.server.requests[0]?.headers['x-amz-security-token']).toBe(
      running.secrets['S3_STANDIN_SESSION_TOKEN'],
    );
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['an unknown key', { accessKeyId: 'env:UNKNOWN_KEY_ID' }, 'credentials', 'S3 does not know the access key'],
    [
      'another secret',
      { secretAccessKey: 'env:S3_STANDIN_SESSION_SECRET' },
      'credentials',
      'the secret access key does not belong to the access key id',
    ],
    ['another region', { region: 'us-east-1' }, 'refused', 'the bucket lies in the region eu-central-1'],
    ['another bucket', { bucket: 'elsewhere' }, 'refused', 'there is no such bucket'],
  ])('and settings: %s is told', async (_what, settings, kind, message) => {
    const failure = await failureOf((await start({ settings })).pull());
    expect(kindOf(failure)).toBe(kind);
    expect(failure.message).toContain(message);
    expect(failure.message).toContain('→');
  });

  it.each<[string, string, ServiceProblem]>([
    ['TokenProviderError', '', { kind: 'credentials', message: 'the session of the AWS credentials has ended' }],
    ['RequestTimeTooSkewed', '', { kind: 'credentials', message: 'S3 finds the clock too far off' }],
    ['CredentialsProviderError', 'none', { kind: 'credentials', message: 'no AWS credentials were found (none)' }],
    ['InvalidObjectState', '', { kind: 'refused', message: 'the file was moved to an archive (Glacier)' }],
    ['PermanentRedirect', '', { kind: 'refused', message: 'the bucket lies in another region' }],
    ['SlowDown', '', { kind: 'retry', message: 'S3 wants fewer requests' }],
    [
      'InvalidRequest',
      'KMS key is disabled',
      { kind: 'permission', message: 'S3 cannot decrypt the file (KMS key is disabled)' },
    ],
  ])('and storage: %s is told', (name, message, problem) => {
    expect(connector.problemOf?.(Object.assign(new Error(message), { name }))).toMatchObject(problem);
  });

  it('and errors that are none of S3 are left to the general rules', () => {
    expect(connector.problemOf?.(new Error('other'))).toBeUndefined();
    expect(connector.problemOf?.('text')).toBeUndefined();
    const status = { $metadata: { httpStatusCode: 502 } };
    expect(connector.problemOf?.(Object.assign(new Error('bad gateway'), status))).toEqual({
      kind: 'retry',
      message: 'S3 answered 502: bad gateway',
    });
  });
});

describe('the check', () => {
  const verdicts = async (options: Parameters<typeof start>[0] = {}) => {
    const { context, running } = await start(options);
    const found = await connector.check(context);
    return { verdicts: found.map(({ permission, granted, detail }) => [permission, granted, detail]), running, found };
  };

  it('reads the latest manifest and four bytes of a file', async () => {
    const { verdicts: found, running } = await verdicts();
    expect(found).toEqual([
      ['s3:GetObject', true, '2 files of 2026-11'],
      ['s3:ListBucket', true, 'months can be told apart'],
    ]);
    expect(running.server.requests.map(({ headers }) => headers['range'])).toEqual([undefined, 'bytes=0-3', undefined]);
    expect(running.server.requests.at(-1)?.query.get('prefix')).toBe('finops/exports/spend-focus/metadata/');
    expect(running.server.violations).toEqual([]);
  });

  it('takes the month before where the current one has none yet', async () => {
    const clock = { now: new Date('2026-11-01T06:00:00Z') };
    expect((await verdicts({ clock })).verdicts[0]).toEqual(['s3:GetObject', true, '2 files of 2026-10']);
  });

  it('tells which permission is missing', async () => {
    const denied = (action: string): Promise<Awaited<ReturnType<typeof verdicts>>> =>
      verdicts({ habits: { denied: new Set([action]) } });
    expect((await denied('s3:ListBucket')).verdicts.map(([, granted]) => granted)).toEqual([true, false]);
    const { found } = await denied('s3:GetObject');
    expect(found.map(({ granted }) => granted)).toEqual([false, true]);
    expect(found[0]?.detail).toBe('manifest of 2026-11: S3 denies access (Access Denied)');
    expect(found[0]?.hint).toContain('kms:Decrypt');
  });

  it('says where it looked when there is nothing', async () => {
    const { found } = await verdicts({ settings: { exportName: 'other' } });
    expect(found[0]).toMatchObject({
      granted: false,
      detail: 'there is no manifest of 2026-11 or 2026-10 in s3://standin-billing/finops/exports/other/metadata/',
    });
    expect(found[0]?.hint).toContain('`exportName`');
  });
});

describe('settings', () => {
  const given = { bucket: 'billing', exportName: 'spend' };

  it('need a bucket and an export, and take a path with slashes at its ends', () => {
    expect(connector.settings.parse({ ...given, prefix: '/finops/aws/' })).toMatchObject({
      prefix: 'finops/aws',
      region: 'us-east-1',
      rejectedShareMax: 0.02,
    });
    expect(connector.settings.parse(given)).toMatchObject({ prefix: '' });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ bucket: 's3://billing/finops' }, 'write the name of the bucket alone'],
    [{ prefix: 's3://billing/finops' }, 'write the path inside the bucket'],
    [{ exportName: 'a/b' }, 'write the name of the export, without slashes'],
    [{ region: 'Frankfurt' }, 'write the region of the bucket'],
    [{ accessKeyId: 'env:ID' }, 'an access key id needs its secret access key'],
    [{ secretAccessKey: 'env:SECRET' }, 'a secret access key needs its access key id'],
    [{ sessionToken: 'env:TOKEN' }, 'a session token belongs to'],
    [{ profile: 'p', accessKeyId: 'env:ID', secretAccessKey: 'env:SECRET' }, 'either a profile or access keys'],
    [{ endpoint: 'http://storage.example' }, 'begins with https://'],
    [{ files: 'x' }, 'files'],
  ])('refuse %o', (wrong, message) => {
    const result = connector.settings.safeParse({ ...given, ...wrong });
    expect(result.success).toBe(false);
    expect(result.error?.message).toContain(message);
  });
});
