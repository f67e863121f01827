import { readdir } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { addressOf } from '../../connectors/focus-http/addresses.js';
import { problemOf } from '../../connectors/focus-http/client.js';
import connector from '../../connectors/focus-http/index.js';
import { decimalText } from '../../src/core/decimal.js';
import { RetryableError } from '../../src/core/errors.js';
import { parseMonth, type Month } from '../../src/core/period.js';
import type { ServiceReply } from '../services/server.js';
import { MONTH, NO_STORAGE, startVendor as start } from '../support/focus-http.js';
import { failureOf, kindOf, sumsOf } from '../support/service.js';

const OPEN_MONTH = parseMonth('2026-11') as Month;

/** Settings for one file that holds every month. */
const oneFile = (url: string): Record<string, unknown> => ({
  urls: `${url}/billing/focus/all.parquet`,
  historyMonths: 40,
  ...NO_STORAGE,
});

describe('the files of a vendor', () => {
  it('come to what it bills, month by month', async () => {
    const { running, pull } = await start();
    for (const month of ['2025-01', '2026-02', '2026-10', '2026-11'] as Month[]) {
      expect(sumsOf((await pull(month)).charges)).toEqual(running.truth(month));
    }
    expect([...running.truth(MONTH).keys()].sort()).toEqual(['EUR', 'USD']);
    expect(running.server.violations).toEqual([]);
    expect(running.storage.violations).toEqual([]);
  });

  it('say exactly what they add up to, and leave nothing behind', async () => {
    const { running, pull, context } = await start();
    const { end } = await pull();
    const sums = new Map<string, bigint>();
    for (const { currency, billed } of running.rows(MONTH)) sums.set(currency, (sums.get(currency) ?? 0n) + billed);
    const stated = new Map((end.totals ?? []).map(({ currency, cash }) => [currency, decimalText(cash)]));
    expect(stated).toEqual(new Map([...sums].map(([code, digits]) => [code, decimalText({ digits, scale: 10 })])));
    expect(await readdir(context.temporaryFolder)).toEqual([]);
  });

  it('are of their month also where something was used in the month before', async () => {
    const { charges, end } = await (await start()).pull();
    expect(charges.every(({ day }) => day >= '2026-10-01' && day <= '2026-10-31')).toBe(true);
    expect(end.remarks).toEqual([
      '1 row was billed in another month than charged: cash and accrual are both in 2026-10, whose files have them.',
    ]);
  });

  it('are read as they come, packed by the web server or not', async () => {
    const { running, pull } = await start({ habits: { packing: 'transfer' } });
    expect(sumsOf((await pull()).charges)).toEqual(running.truth(MONTH));
  });

  it('with the credentials for the service alone, not for the storage to which it sends on', async () => {
    const { running, pull } = await start();
    await pull();
    expect(running.storage.requests.map(({ headers }) => headers['authorization'])).toEqual([undefined]);
    const header = { access: 'header' } as const;
    const own = { token: undefined, header: 'X-Api-Key', headerValue: 'env:CLOUDFARM_STANDIN_TOKEN' };
    const other = await start({ habits: header, settings: own });
    expect(sumsOf((await other.pull()).charges)).toEqual(other.running.truth(MONTH));
    expect(other.running.storage.violations).toEqual([]);
  });

  it('are given for a user name and password', async () => {
    const settings = { token: undefined, username: 'finance', password: 'env:CLOUDFARM_STANDIN_TOKEN' };
    const { running, pull, secrets } = await start({ habits: { access: 'basic' }, settings });
    expect(sumsOf((await pull()).charges)).toEqual(running.truth(MONTH));
    const pair = Buffer.from(`finance:${running.secrets['CLOUDFARM_STANDIN_TOKEN'] ?? ''}`).toString('base64');
    expect(secrets.redact(`x ${pair}`)).toBe('x [secret]');
  });

  it('are given without credentials where none are wanted', async () => {
    const { running, pull } = await start({ habits: { access: 'none' }, settings: { token: undefined } });
    expect(sumsOf((await pull()).charges)).toEqual(running.truth(MONTH));
    expect(running.server.requests.map(({ headers }) => headers['authorization'])).toEqual([undefined, undefined]);
  });
});

describe('a month', () => {
  it('of which a file is not there has a remark, and is read again', async () => {
    const { running, pull } = await start({ habits: { missing: new Set(['marketplace.parquet']) } });
    const { charges, end } = await pull();
    expect(charges.length).toBeGreaterThan(0);
    expect(end.isFinal).toBe(false);
    expect(end.remarks).toContain(
      `The service has no file at ${running.server.url}/billing/focus/2026/10/marketplace.parquet.`,
    );
  });

  it('before the first is empty, and is read again', async () => {
    const { charges, end } = await (await start()).pull('2020-01' as Month);
    expect([charges, end.isFinal, end.totals, end.remarks.length]).toEqual([[], false, [], 3]);
  });

  it.each([
    ['2026-10-31T12:00:00Z', undefined, false],
    ['2026-11-10T23:00:00Z', undefined, false],
    ['2026-11-11T00:00:00Z', undefined, true],
    ['2026-11-20T00:00:00Z', 20, false],
  ])('read at %s, settled after %s days, is final: %s', async (now, settledAfterDays, isFinal) => {
    const settings = settledAfterDays === undefined ? {} : { settledAfterDays };
    const { end } = await (await start({ clock: { now: new Date(now) }, settings })).pull();
    expect(end.isFinal).toBe(isFinal);
  });
});

describe('one file of all months', () => {
  it('gives each month its own: cash where it was billed, accrual where it was used', async () => {
    const { running, pull } = await start({ settings: oneFile });
    for (const month of ['2026-09', '2026-10', '2026-11'] as Month[]) {
      expect(sumsOf((await pull(month)).charges)).toEqual(running.truthByMonths(month));
    }
    expect(running.truthByMonths(MONTH)).not.toEqual(running.truth(MONTH));
    // Fetched once for all months of a run.
    expect(running.server.requests).toHaveLength(1);
  });

  it('is asked for no more months than it holds', () => {
    const settings = connector.settings.parse({ urls: 'https://vendor.example/bill.csv', historyMonths: 3 });
    expect(connector.monthsMax?.(settings)).toBe(3);
  });

  it('that is not there is no empty month', async () => {
    const settings = (url: string): Record<string, unknown> => ({
      urls: `${url}/billing/focus/nothing`,
      historyMonths: 1,
      ...NO_STORAGE,
    });
    const failure = await failureOf((await start({ settings })).pull());
    expect(failure.message).toMatch(/the service has no file at .*nothing(?:.|\n)*Nothing was taken/);
  });
});

describe('what comes in the place of a file', () => {
  it.each<[string, ServiceReply, string, RegExp]>([
    ['a sign-in page', { body: '<html><body>Sign in</body></html>' }, 'refused', /a page \(HTML or XML\) came/],
    ['an answer in JSON', { body: { url: 'https://elsewhere' } }, 'refused', /JSON came in the place of a FOCUS file/],
    ['nothing', { body: '' }, 'RetryableError', /the file is empty/],
    [
      'word that it is being made',
      { status: 202, body: '' },
      'RetryableError',
      /still making the file \(tried 6 times\)/,
    ],
    ['another table', { body: 'id,amount\n1,2\n' }, 'SourceError', /must be cost and usage in the FOCUS format/],
    ['a redirection to nowhere', { status: 302, body: '' }, 'refused', /answered 302 without an address/],
    [
      'a redirection without encryption',
      { status: 307, headers: { location: 'http://storage.example/x' }, body: '' },
      'refused',
      /sends on to an address that is not https/,
    ],
    [
      'a redirection to itself',
      { status: 302, headers: { location: '?again' }, body: '' },
      'refused',
      /more than 5 times/,
    ],
    [
      'a refusal',
      { status: 400, body: { detail: 'month is wrong' } },
      'refused',
      /answered 400: month is wrong(?:.|\n)*`urls`/,
    ],
    ['401', { status: 401, body: {} }, 'credentials', /answered 401(?:.|\n)*`headerValue`/],
    ['403', { status: 403, body: {} }, 'permission', /answered 403(?:.|\n)*the right to read billing files/],
  ])('%s is told', async (_what, instead, kind, message) => {
    const failure = await failureOf((await start({ habits: { instead } })).pull());
    expect(kindOf(failure)).toBe(kind);
    expect(failure.message).toMatch(message);
  });

  it('no content is no file', async () => {
    const { end } = await (await start({ habits: { instead: { status: 204, body: '' } } })).pull();
    expect(end.remarks).toEqual([expect.stringMatching(/The service has no file at .*usage\.csv\.gz\.$/)]);
  });

  it('files of another month stop the source', async () => {
    const settings = (url: string): Record<string, unknown> => ({
      urls: `${url}/billing/focus/2026/09/usage.csv.gz?month={year}-{month}`,
      ...NO_STORAGE,
    });
    const failure = await failureOf((await start({ settings })).pull());
    expect(failure.message).toMatch(/rows are of the billing period 2026-09, in a file of 2026-10/);
  });

  it('a wait that is asked for is kept', async () => {
    const { running, pull, waitsMs } = await start();
    running.server.fail('throttled', 2);
    await pull();
    expect(waitsMs.filter((ms) => ms === 7_000)).toHaveLength(2);
    running.server.fail('throttled', 100);
    expect(await failureOf(pull())).toBeInstanceOf(RetryableError);
  });

  it('a certificate that is not trusted is told, and not tried again', () => {
    const failed = (code: string): Error =>
      new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code }) });
    expect(problemOf(failed('DEPTH_ZERO_SELF_SIGNED_CERT'))).toMatchObject({
      kind: 'refused',
      message: 'the certificate of the service is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    expect(problemOf(failed('ECONNRESET'))).toBeUndefined();
    expect(problemOf(new Error('other'))).toBeUndefined();
  });
});

describe('the check', () => {
  it('looks at the first bytes of each file', async () => {
    const { context, running } = await start();
    expect(await connector.check(context)).toEqual([
      { permission: 'read the files', granted: true, detail: '2026-11: csv.gz, parquet' },
      { permission: 's3:GetObject', granted: true, detail: '2026-11: parquet' },
      { permission: 's3:ListBucket', granted: true, detail: '1 folder can be listed' },
    ]);
    expect(running.server.requests.every(({ headers }) => headers['range'] === 'bytes=0-511')).toBe(true);
    expect([...running.server.violations, ...running.storage.violations]).toEqual([]);
  });

  it('takes the month before where the current one has none yet', async () => {
    const { context } = await start({ clock: { now: new Date('2026-11-01T00:30:00Z') } });
    const [verdict] = await connector.check(context);
    expect(verdict?.detail).toMatch(/^2026-1[01]: csv\.gz, parquet$/);
  });

  it('says which file is not there, and what the service refuses', async () => {
    const nothing = await start({ habits: { missing: new Set(['usage.csv.gz', 'marketplace.parquet']) } });
    const [missing] = await connector.check(nothing.context);
    expect(missing).toMatchObject({ granted: false });
    expect(missing?.detail).toMatch(/the service has no file at .*\/2026\/11\/usage\.csv\.gz/);
    const { context, running } = await start();
    running.server.fail('expired');
    expect((await connector.check(context))[0]).toMatchObject({ granted: false });
  });
});

describe('settings', () => {
  const URL = 'https://vendor.example/focus/{year}-{month}.parquet';

  it('take an address or a list of them', () => {
    expect(connector.settings.parse({ urls: URL })).toMatchObject({ urls: [URL], settledAfterDays: 10, dates: [] });
    const asked = 'https://vendor.example/export?start={from}&end={to}&last={last}';
    expect(addressOf(asked, '2026-02' as Month)).toBe(
      'https://vendor.example/export?start=2026-02-01&end=2026-03-01&last=2026-02-28',
    );
    expect(connector.settings.safeParse({ urls: [URL, asked] }).success).toBe(true);
    expect(addressOf(URL, OPEN_MONTH)).toBe('https://vendor.example/focus/2026-11.parquet');
  });

  it.each<[Record<string, unknown>, string]>([
    [{ urls: 'vendor.example/{year}/{month}' }, 'write an address that begins with https://'],
    [{ urls: 'http://vendor.example/{year}/{month}' }, 'write an address that begins with https://'],
    [{ urls: 'https://me:secret@vendor.example/{year}/{month}' }, 'write an address that begins with https://'],
    [{ urls: 'https://vendor.example/{yyyy}/{month}' }, '{yyyy} stands for nothing'],
    [{ urls: 'https://vendor.example/{year}.csv' }, '{year} and {month} go together'],
    [{ urls: 'https://vendor.example/{month}.csv' }, '{year} and {month} go together'],
    [{ urls: [URL, URL] }, 'an address stands there twice'],
    [{ urls: [URL, 'https://vendor.example/all.csv'] }, 'make two sources of them'],
    [{ urls: 'https://vendor.example/all.csv' }, 'write how many whole months'],
    [{ urls: 7 }, 'write an address, or a list of them'],
    [{ urls: [] }, 'urls'],
    [{ username: 'me' }, 'a user name and a password go together'],
    [{ password: 'env:P' }, 'a user name and a password go together'],
    [{ header: 'X-Key' }, 'a header and its value go together'],
    [{ header: 'X Key', headerValue: 'env:V' }, 'write the name of a header'],
    [{ token: 'env:T', header: 'X-Key', headerValue: 'env:V' }, 'write one of token, username and header'],
    [{ dates: ['MM'] }, 'is no date format'],
    [{ settledAfterDays: 400 }, 'at most a year'],
  ])('refuse %o', (wrong, message) => {
    const result = connector.settings.safeParse({ urls: URL, ...wrong });
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error?.issues)).toContain(message);
  });
});
