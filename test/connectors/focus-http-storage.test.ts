import { readdir } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import connector from '../../connectors/focus-http/index.js';
import { problemOf } from '../../connectors/focus-http/client.js';
import { s3ProblemOf } from '../../src/connector/s3/problems.js';
import { RetryableError } from '../../src/core/errors.js';
import type { Month } from '../../src/core/period.js';
import type { BucketHabits } from '../services/focus-http-s3.js';
import { focusCsv, focusTruth } from '../services/focus-http-files.js';
import { MONTH, startVendor, type StartedVendor } from '../support/focus-http.js';
import { failureOf, kindOf, sumsOf } from '../support/service.js';

const FOLDER = 's3://standin-bills/bills/2026-10/';
/** Settings of a source that has nothing but object storage. */
const STORAGE_ALONE = { urls: 's3://standin-bills/bills/{year}-{month}/', token: undefined };
const ONE_OBJECT = { ...STORAGE_ALONE, urls: 's3://standin-bills/bills/{year}-{month}/support.parquet' };

async function start(
  options: { bucket?: Partial<BucketHabits>; settings?: Record<string, unknown>; clock?: { now: Date } } = {},
): Promise<StartedVendor> {
  const { bucket = {}, settings = STORAGE_ALONE, ...rest } = options;
  const started = await startVendor({ settings, ...rest });
  Object.assign(started.running.bucket.habits, bucket);
  return started;
}

/** What a month's part of the bucket comes to. */
function truthOf({ running }: StartedVendor, month: Month = MONTH): ReturnType<typeof focusTruth> {
  return focusTruth(running.rows(month).filter(({ service }) => service === 'Support plan'));
}

/** Keys that were fetched, and pages that were listed. */
function asked({ running }: StartedVendor): string[] {
  return running.bucket.server.requests.map(({ path, query }) =>
    query.has('list-type') ? `list ${query.get('continuation-token') ?? ''}`.trim() : (path.split('/').at(-1) ?? ''),
  );
}

describe('one object', () => {
  it('is fetched by its address, with a checked signature and no list', async () => {
    const started = await start({ settings: ONE_OBJECT });
    const { charges, end } = await started.pull();
    expect(sumsOf(charges)).toEqual(truthOf(started));
    expect(charges.map(({ reference }) => reference)).toEqual([`${FOLDER}support.parquet`]);
    expect([end.isFinal, end.remarks]).toEqual([true, []]);
    expect(asked(started)).toEqual(['support.parquet']);
    expect(started.running.bucket.server.violations).toEqual([]);
    expect(await readdir(started.context.temporaryFolder)).toEqual([]);
  });

  it('that is not there has a remark, and is asked for again', async () => {
    const { charges, end } = await (
      await start({ settings: ONE_OBJECT, bucket: { gone: new Set(['support.parquet']) } })
    ).pull();
    expect(charges).toEqual([]);
    expect(end).toMatchObject({
      isFinal: false,
      isAbsent: true,
      remarks: [`The service has no file at ${FOLDER}support.parquet.`],
    });
  });

  it('that is not there is denied to those who may not list', async () => {
    const bucket = { gone: new Set(['support.parquet']), denied: new Set(['s3:ListBucket']) };
    const failure = await failureOf((await start({ settings: ONE_OBJECT, bucket })).pull());
    expect(kindOf(failure)).toBe('permission');
    expect(failure.message).toContain(`file ${FOLDER}support.parquet: S3 denies access (Access Denied)`);
    expect(failure.message).toContain('Without s3:ListBucket, S3 denies what is simply not there as well');
  });

  it('that is there is read without the right to list', async () => {
    const started = await start({ settings: ONE_OBJECT, bucket: { denied: new Set(['s3:ListBucket']) } });
    expect(sumsOf((await started.pull()).charges)).toEqual(truthOf(started));
  });
});

describe('a folder', () => {
  it('stands for all files below it, page by page, in the order of their keys', async () => {
    const beside = new Set(['', '_SUCCESS', 'a/manifest.json', 'readme.txt']);
    const started = await start({ bucket: { beside, pageKeysMax: 2 } });
    const { charges, end } = await started.pull();
    expect(sumsOf(charges)).toEqual(truthOf(started));
    expect(end.remarks).toEqual([
      `3 objects were left out of ${FOLDER}: of a folder only *.parquet, *.csv and *.gz are read.`,
    ]);
    expect(asked(started)).toEqual([
      'list',
      'list bills/2026-10/_SUCCESS',
      'list bills/2026-10/readme.txt',
      'support.parquet',
    ]);
    expect(started.running.bucket.server.violations).toEqual([]);
    expect(await readdir(started.context.temporaryFolder)).toEqual([]);
  });

  it('is read beside files over HTTPS, as one bill', async () => {
    const { running, pull } = await startVendor();
    expect(sumsOf((await pull()).charges)).toEqual(running.truth(MONTH));
    // Each gets its own credentials.
    const [first] = running.bucket.server.requests;
    expect(first?.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=STANDINFOCUSKEY00001\//);
    expect(running.server.requests[0]?.headers['authorization']).toMatch(/^Bearer /);
  });

  it('of all months is fetched once in a run, and gives each month its own', async () => {
    const settings = { ...STORAGE_ALONE, urls: 's3://standin-bills/bills/', historyMonths: 2 };
    const started = await start({ settings, bucket: { beside: new Set(['_SUCCESS']) } });
    for (const month of ['2026-09', '2026-10'] as Month[]) {
      const { charges, end } = await started.pull(month);
      expect(sumsOf(charges)).toEqual(truthOf(started, month));
      expect(end.remarks).toEqual([
        expect.stringMatching(/^\d+ objects were left out of s3:\/\/standin-bills\/bills\/:/),
      ]);
    }
    const months = started.running.months().length;
    expect(asked(started).filter((what) => what === 'support.parquet')).toHaveLength(months);
    expect(asked(started).filter((what) => what === 'list')).toHaveLength(1);
  });

  it('without a file of a month has a remark, and is asked for again', async () => {
    const { charges, end } = await (await start()).pull('2020-01' as Month);
    expect(charges).toEqual([]);
    expect(end).toMatchObject({
      isFinal: false,
      isAbsent: true,
      remarks: ['The service has no file in s3://standin-bills/bills/2020-01/.'],
    });
  });

  it('of all months without a file stops the source', async () => {
    const settings = { ...STORAGE_ALONE, urls: 's3://standin-bills/elsewhere/', historyMonths: 1 };
    const failure = await failureOf((await start({ settings })).pull());
    expect(failure.message).toMatch(/the service has no file in s3:\/\/standin-bills\/elsewhere\/(?:.|\n)*Nothing was/);
  });

  it('with a page without keys is read on', async () => {
    const started = await start({ bucket: { list: 'empty-page' } });
    expect(sumsOf((await started.pull()).charges)).toEqual(truthOf(started));
    expect(asked(started).slice(0, 2)).toEqual(['list', 'list']);
  });

  it.each<[BucketHabits['list'], string, RegExp]>([
    ['repeated', 'SourceError', /list of s3:.*2026-10\/: page 2 leads back to a page that was read/],
    ['endless', 'SourceError', /list of s3:.*2026-10\/: 1000 empty pages in a row/],
    ['cut', 'reply', /the list cannot be used: it is cut, and does not say how it goes on/],
    ['page', 'reply', /the list cannot be used: it does not say whether it is whole/],
    ['elsewhere', 'reply', /it holds "another\/a\.csv", which does not lie there/],
    ['twice', 'SourceError', /2026-10\/: the storage lists bills\/2026-10\/a\.csv twice/],
    ['huge', 'SourceError', /2026-10\/: there are more than 10000 files/],
  ])('whose list is wrong (%s) stops the source, and no file is taken', async (list, kind, message) => {
    const started = await start({ bucket: { list } });
    const failure = await failureOf(started.pull());
    expect([kindOf(failure), failure.message]).toEqual([kind, expect.stringMatching(message)]);
    expect(failure.message).toContain('→');
    expect(asked(started).every((what) => what.startsWith('list'))).toBe(true);
  });

  it('from which a listed file has vanished is waited for', async () => {
    const { pull, waitsMs } = await start({ bucket: { gone: new Set(['support.parquet']) } });
    const failure = await failureOf(pull());
    expect(failure).toBeInstanceOf(RetryableError);
    expect(failure.message).toMatch(/was in the list of its folder and is no longer there \(tried 6 times\)/);
    expect(waitsMs).toHaveLength(5);
  });
});

describe('what is in the place of a file', () => {
  it.each<[string, string, string, RegExp]>([
    ['JSON', '{"reportKeys": []}', 'refused', /JSON came in the place of a FOCUS file/],
    ['a page', '<html></html>', 'refused', /a page \(HTML or XML\) came in the place/],
    ['another table', 'id,amount\n1,2\n', 'SourceError', /must be cost and usage in the FOCUS format/],
    ['nothing', '', 'RetryableError', /the file is empty/],
  ])('%s is told, and nothing is left behind', async (_what, text, kind, message) => {
    const { pull, context } = await start({ bucket: { instead: Buffer.from(text) } });
    const failure = await failureOf(pull());
    expect([kindOf(failure), failure.message]).toEqual([kind, expect.stringMatching(message)]);
    expect(await readdir(context.temporaryFolder)).toEqual([]);
  });

  it('rows of another month stop the source', async () => {
    const started = await start();
    const september = started.running.rows('2026-09' as Month);
    started.running.bucket.habits.instead = Buffer.from(focusCsv(september));
    const failure = await failureOf(started.pull());
    expect(failure.message).toMatch(/support\.parquet.*rows are of the billing period 2026-09, in a file of 2026-10/);
  });

  it('a download that is cut is fetched again, and given up after six', async () => {
    const started = await start();
    const isFile = ({ path }: { readonly path: string }): boolean => path.endsWith('support.parquet');
    started.running.bucket.server.fail('cut', 1, isFile);
    expect(sumsOf((await started.pull()).charges)).toEqual(truthOf(started));
    expect(started.waitsMs).toHaveLength(1);
    started.running.bucket.server.fail('cut', 100, isFile);
    const failure = await failureOf(started.pull());
    expect(failure).toBeInstanceOf(RetryableError);
    expect(failure.message).toContain('(tried 6 times)');
    expect(await readdir(started.context.temporaryFolder)).toEqual([]);
  });

  it('a file that was damaged on its way is fetched again', () => {
    const mismatch = new Error('Checksum mismatch: expected "a" but received "b" in response header "x".');
    expect(problemOf(mismatch)).toMatchObject({ kind: 'retry' });
  });
});

describe('credentials of object storage', () => {
  it('of a session carry its token', async () => {
    const settings = {
      ...STORAGE_ALONE,
      accessKeyId: 'env:FOCUS_S3_STANDIN_SESSION_KEY_ID',
      secretAccessKey: 'env:FOCUS_S3_STANDIN_SESSION_SECRET',
      sessionToken: 'env:FOCUS_S3_STANDIN_SESSION_TOKEN',
    };
    const started = await start({ settings });
    expect(sumsOf((await started.pull()).charges)).toEqual(truthOf(started));
    expect(started.running.bucket.server.violations).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['an unknown key', { accessKeyId: 'env:UNKNOWN_KEY_ID' }, 'credentials', 'S3 does not know the access key'],
    [
      'another secret',
      { secretAccessKey: 'env:FOCUS_S3_STANDIN_SESSION_SECRET' },
      'credentials',
      'the secret access key does not belong to the access key id',
    ],
    [
      'a secret that is not set',
      { secretAccessKey: 'env:NOT_SET' },
      'SettingsError',
      'there is no secret at env:NOT_SET',
    ],
    ['another region', { region: 'us-west-2' }, 'refused', 'the bucket lies in the region eu-central-1'],
    ['no region', { region: undefined }, 'refused', 'the bucket lies in the region eu-central-1'],
    ['another bucket', { urls: 's3://elsewhere/{year}-{month}/' }, 'refused', 'there is no such bucket'],
  ])('and settings: %s is told, without a secret', async (_what, settings, kind, message) => {
    const { pull, running } = await start({ settings: { ...STORAGE_ALONE, ...settings } });
    const failure = await failureOf(pull());
    expect([kindOf(failure), failure.message]).toEqual([kind, expect.stringContaining(message)]);
    expect(failure.message).toContain('→');
    for (const secret of Object.values(running.secrets)) expect(failure.message).not.toContain(secret);
  });

  it.each(['s3:GetObject', 's3:ListBucket'])('that lack %s are told, without a secret', async (action) => {
    const { pull, running } = await start({ bucket: { denied: new Set([action]) } });
    const failure = await failureOf(pull());
    expect(kindOf(failure)).toBe('permission');
    expect(failure.message).toMatch(/S3 denies access \(Access Denied\)\n {2}→ Give the credentials the policy/);
    for (const secret of Object.values(running.secrets)) expect(failure.message).not.toContain(secret);
  });

  it('and certificates: one that is not trusted is told, as the SDK gives it', () => {
    const failed = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(problemOf(failed)).toMatchObject({
      kind: 'refused',
      message: 'the certificate of the service is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
  });

  it('and buckets: a hint names the setting in which the bucket stands', () => {
    const missing = Object.assign(new Error('no'), { name: 'NoSuchBucket' });
    expect([problemOf(missing)?.hint, s3ProblemOf(missing, 'bucket')?.hint]).toEqual([
      'Compare `urls` with the console of S3.',
      'Compare `bucket` with the console of S3.',
    ]);
  });

  it('that a service does not take are told', () => {
    const unauthorized = Object.assign(new Error('Unauthorized'), { $metadata: { httpStatusCode: 401 } });
    expect(problemOf(unauthorized)).toMatchObject({ kind: 'credentials', message: 'S3 answered 401 (Unauthorized)' });
  });
});

describe('the check of object storage', () => {
  const verdictsOf = async (options: Parameters<typeof start>[0] = {}) => {
    const started = await start(options);
    const verdicts = await connector.check(started.context);
    return { started, verdicts, short: verdicts.map(({ permission, granted }) => [permission, granted]) };
  };

  it('reads the first bytes of a file, and lists one object of a folder', async () => {
    const { started, verdicts } = await verdictsOf({ bucket: { beside: new Set(['_SUCCESS']) } });
    expect(verdicts).toEqual([
      { permission: 's3:GetObject', granted: true, detail: '2026-11: parquet' },
      { permission: 's3:ListBucket', granted: true, detail: '1 folder can be listed' },
    ]);
    const { requests, violations } = started.running.bucket.server;
    expect(requests.map(({ headers }) => headers['range'])).toEqual([undefined, 'bytes=0-511', undefined]);
    expect(violations).toEqual([]);
  });

  it('needs no list for an object', async () => {
    expect((await verdictsOf({ settings: ONE_OBJECT })).short).toEqual([['s3:GetObject', true]]);
  });

  it('tells which permission is missing', async () => {
    const denied = (action: string) => verdictsOf({ bucket: { denied: new Set([action]) } });
    expect((await denied('s3:GetObject')).short).toEqual([
      ['s3:GetObject', false],
      ['s3:ListBucket', true],
    ]);
    // Without a list there is no file to be tried.
    expect((await denied('s3:ListBucket')).short).toEqual([
      ['s3:GetObject', false],
      ['s3:ListBucket', false],
    ]);
  });

  it('says where nothing is, and what is no FOCUS file', async () => {
    const settings = { ...STORAGE_ALONE, urls: 's3://standin-bills/other/{year}-{month}/' };
    const [nothing] = (await verdictsOf({ settings })).verdicts;
    expect(nothing?.detail).toBe('the service has no file in s3://standin-bills/other/2026-11/');
    const [json] = (await verdictsOf({ bucket: { instead: Buffer.from('{}') } })).verdicts;
    expect(json?.detail).toMatch(/support\.parquet: JSON came in the place of a FOCUS file/);
    const [empty] = (await verdictsOf({ bucket: { instead: Buffer.alloc(0) } })).verdicts;
    expect(empty?.detail).toMatch(/the file is empty/);
  });
});

describe('settings of object storage', () => {
  const STORED = 's3://bills/focus/{year}-{month}/';
  const HTTPS = 'https://vendor.example/focus/{year}-{month}.parquet';
  const keys = { accessKeyId: 'env:ID', secretAccessKey: 'env:SECRET' };

  it.each<[Record<string, unknown>]>([
    [{ urls: STORED }],
    [{ urls: [STORED, HTTPS], ...keys, token: 'env:T' }],
    [{ urls: STORED, profile: 'billing', region: 'eu-central-1' }],
    // Regions of other services.
    [{ urls: STORED, ...keys, region: 'auto', endpoint: 'https://storage.googleapis.com' }],
    [{ urls: 's3://Old_Bucket.1/all.csv', ...keys, historyMonths: 12 }],
    [{ urls: ['s3://bills/{year}{month}/a.csv', 's3://bills/{year}{month}/b.csv'] }],
  ])('take %o', (settings) => {
    expect(connector.settings.safeParse(settings).error?.issues).toBeUndefined();
  });

  it.each<[Record<string, unknown>, string, string]>([
    [{ urls: 's3://bills' }, 'urls', 'write s3://bucket/path'],
    [{ urls: 's3:/bills/{from}.csv' }, 'urls', 'write s3://bucket/path'],
    [{ urls: 's3://b/{from}.csv' }, 'urls', 'is no name of a bucket'],
    [{ urls: 's3://key:secret@bills/{from}.csv' }, 'urls', 'is no name of a bucket'],
    [{ urls: 's3://bills/../{from}.csv' }, 'urls', 'write the path inside the bucket'],
    [{ urls: 'gs://bills/{from}.csv' }, 'urls', 'in object storage, s3://bucket/path'],
    [{ urls: 's3://bills/{year}/' }, 'urls', '{year} and {month} go together'],
    [{ urls: 's3://bills/{day}/' }, 'urls', '{day} stands for nothing'],
    [{ urls: 's3://bills/focus/' }, 'historyMonths', 'write how many whole months'],
    [{ urls: [STORED, STORED] }, 'urls', 'an address stands there twice'],
    [{ urls: ['s3://bills/{from}.csv', 's3://bills/{year}-{month}-01.csv'] }, 'urls', 'an address stands there twice'],
    [{ urls: [STORED, `${STORED}usage.csv`] }, 'urls', `${STORED}usage.csv lies in a folder that stands there as well`],
    [{ urls: STORED, region: 'Frankfurt' }, 'region', 'for another service name its `endpoint`'],
    [{ urls: STORED, region: 'eu central' }, 'region', 'write the region of the bucket'],
    [{ urls: STORED, endpoint: 'http://storage.example' }, 'endpoint', 'begins with https://'],
    [{ urls: STORED, accessKeyId: 'env:ID' }, 'secretAccessKey', 'an access key id needs its secret access key'],
    [{ urls: STORED, secretAccessKey: 'env:S' }, 'accessKeyId', 'a secret access key needs its access key id'],
    [{ urls: STORED, sessionToken: 'env:T' }, 'accessKeyId', 'a session token belongs to'],
    [{ urls: STORED, ...keys, profile: 'p' }, 'profile', 'either a profile or access keys'],
    [{ urls: STORED, accessKeyId: 'AKIACANARY', secretAccessKey: 'env:S' }, 'accessKeyId', 'name where'],
    [{ urls: HTTPS, region: 'eu-central-1' }, 'region', '`region` is for object storage'],
    [{ urls: HTTPS, ...keys }, 'secretAccessKey', '`secretAccessKey` is for object storage'],
    [{ urls: HTTPS, profile: 'p' }, 'profile', '`profile` is for object storage, and no address begins with s3://'],
    [{ urls: HTTPS, endpoint: 'https://gateway.example' }, 'endpoint', '`endpoint` is for object storage'],
    [{ urls: STORED, token: 'env:T' }, 'token', '`token` is sent to https:// addresses, of which there are none'],
    [{ urls: STORED, username: 'me', password: 'env:P' }, 'password', '`password` is sent to https:// addresses'],
    [{ urls: STORED, header: 'X-Key', headerValue: 'env:V' }, 'header', '`header` is sent to https:// addresses'],
  ])('refuse %o at %s', (settings, key, message) => {
    const { error } = connector.settings.safeParse(settings);
    const found = (error?.issues ?? []).filter(({ path }) => path[0] === key).map((issue) => issue.message);
    expect(found.join('\n')).toContain(message);
    expect(error?.message).not.toContain('CANARY');
  });
});
