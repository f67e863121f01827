import { readdir } from 'node:fs/promises';

import { describe, expect, it, onTestFinished } from 'vitest';

import { parseBlobList } from '../../connectors/azure-cost-exports/blob-list.js';
import connector from '../../connectors/azure-cost-exports/index.js';
import type { AzureCostExportsSettings } from '../../connectors/azure-cost-exports/settings.js';
import type { IsoDate } from '../../src/core/date.js';
import { decimalText } from '../../src/core/decimal.js';
import { RetryableError, SourceError, SpendshiftError } from '../../src/core/errors.js';
import { parseMonth, type Month } from '../../src/core/period.js';
import { windowOf } from '../../src/pull/due-months.js';
import standin, { type AzureExportHabits, type RunningAzureExports } from '../services/azure-cost-exports.js';
import { failureOf, kindOf, pullAll, sumsOf, testContext, type Pulled, type TestContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const MONTH = parseMonth('2026-10') as Month;
const OPEN_MONTH = parseMonth('2026-11') as Month;
const DAYS = 'finops/standin/spend-daily/20261001-';

interface Started extends TestContext<AzureCostExportsSettings> {
  readonly running: RunningAzureExports;
  readonly pull: (month?: Month) => Promise<Pulled>;
}

async function start(
  options: { habits?: Partial<AzureExportHabits>; settings?: Record<string, unknown>; clock?: { now: Date } } = {},
): Promise<Started> {
  const { habits = {}, settings = {}, clock = { now: NOW } } = options;
  const running = await standin.start({ now: () => clock.now, seed: 7 });
  onTestFinished(async () => {
    await running.server.close();
    await running.login.close();
  });
  Object.assign(running.habits, habits);
  const secrets = { ...running.secrets, WRONG: 'wrong~secret' };
  const made = await testContext(connector, { ...running, secrets }, { settings, now: () => clock.now });
  return { ...made, running, pull: (month = MONTH) => pullAll(connector, made.context, windowOf(month)) };
}

function mistakeOf(failure: Error): string {
  return failure instanceof SpendshiftError ? (failure.mistakes[0]?.message ?? '') : String(failure);
}

describe('the exports of Azure', () => {
  it.each(['csv.gz', 'parquet'] as const)('come to what Azure bills, from %s', async (format) => {
    const { running, pull } = await start({ habits: { format } });
    for (const month of ['2025-03', '2026-10', '2026-11'] as Month[]) {
      const { charges } = await pull(month);
      expect(sumsOf(charges)).toEqual(running.truth(month));
      expect(charges.length).toBeGreaterThan(5);
    }
    expect(running.server.violations).toEqual([]);
    expect(running.login.violations).toEqual([]);
  });

  it('say in their totals what the files add up to, exactly', async () => {
    const { running, pull } = await start();
    const { end } = await pull();
    const sum = (of: 'billed' | 'effective'): string =>
      decimalText({ digits: running.rows(MONTH).reduce((total, row) => total + row[of], 0n), scale: 10 });
    expect(
      end.totals?.map(({ currency, cash, accrual = cash }) => [currency, decimalText(cash), decimalText(accrual)]),
    ).toEqual([['EUR', sum('billed'), sum('effective')]]);
    expect(end).toMatchObject({ isFinal: true, remarks: [] });
  });

  it('tell lines by subscription, service, publisher and cost centre', async () => {
    const { charges } = await (await start()).pull();
    const lines = charges.map(({ texts }) => [
      texts.payee,
      texts.publisher,
      texts.service,
      texts.subAccountName,
      texts.tags,
    ]);
    const marketing = 'Marketing "Wachstum"';
    expect(lines).toContainEqual([
      'Microsoft',
      'Microsoft',
      'Azure OpenAI Service',
      marketing,
      '{"CostCenter":"6200"}',
    ]);
    // Under an Enterprise Agreement the marketplace names no service, and a reservation no publisher.
    expect(lines).toContainEqual(['Microsoft', 'Confluent, Inc.', '', marketing, '{}']);
    expect(lines).toContainEqual(['Microsoft', 'Microsoft', 'Virtual Machines', '', '{}']);
    expect(new Set(lines.map((line) => JSON.stringify(line))).size).toBe(charges.length);
  });

  it('keep the keys and references of charges from run to run, and from the daily export to the monthly', async () => {
    const clock = { now: new Date('2026-10-24T12:00:00Z') };
    const { running, pull } = await start({ clock });
    const before = await pull();
    expect(before.end.isFinal).toBe(false);
    clock.now = NOW;
    const after = new Map((await pull()).charges.map((charge) => [charge.key, charge]));
    for (const { key, texts, reference } of before.charges) {
      expect([after.get(key)?.texts, after.get(key)?.reference]).toEqual([texts, reference]);
    }
    expect(before.charges[0]?.reference).toBe(`${running.server.url}/cost-exports/${DAYS}`);
  });
});

describe('the run that is read', () => {
  it('is the newest of the month, while every earlier one lies beside it', async () => {
    const { running, pull } = await start();
    await pull();
    const files = running.server.requests.map(({ path }) => path).filter((path) => path.includes('/part_'));
    expect(files).toHaveLength(2);
    expect(files.every((path) => path.includes('/spend-monthly/20261001-20261031/202611050600/'))).toBe(true);
    expect(running.names(DAYS).length).toBeGreaterThan(12);
  });

  it('is found where each takes the place of the one before', async () => {
    const { running, pull } = await start({ habits: { delivery: 'OverwritePreviousReport' } });
    expect(sumsOf((await pull()).charges)).toEqual(running.truth(MONTH));
  });

  it('is found where the manifest writes the container in front of its paths, and counts nothing', async () => {
    const { running, pull } = await start({
      habits: {
        manifest: ({ blobs, ...rest }) => ({
          ...rest,
          blobs: blobs.map(({ blobName }) => ({ blobName: `cost-exports/${blobName}` })),
        }),
      },
    });
    expect(sumsOf((await pull()).charges)).toEqual(running.truth(MONTH));
  });

  it.each(['spend-daily', 'spend-monthly'])('is no later one of %s of a few days, nor of more months', async (name) => {
    for (const lastDay of ['2026-10-12', '2026-11-30'] as IsoDate[]) {
      const { running, pull } = await start({ habits: { chosen: { exportName: name, month: MONTH, lastDay } } });
      const { charges, end } = await pull();
      expect(sumsOf(charges)).toEqual(running.truth(MONTH));
      expect(end).toMatchObject({ isFinal: true, remarks: [] });
    }
  });

  it('is one of a few days where there is no other, and that is remarked', async () => {
    const chosen = { exportName: 'spend-once', month: MONTH, lastDay: '2026-10-12' as IsoDate };
    const { pull } = await start({ habits: { chosen }, settings: { exportNames: ['spend-once'] } });
    const { charges, end } = await pull();
    expect(charges.length).toBeGreaterThan(3);
    expect(charges.every(({ day }) => day <= '2026-10-12')).toBe(true);
    expect(end.isFinal).toBe(false);
    expect(end.remarks).toEqual([
      'The newest run of 2026-10 is of 2026-11-06 and reaches to 2026-10-12: run an export of the whole month.',
    ]);
  });

  it('is remarked where it does not reach to the end of a month that is over', async () => {
    const { pull } = await start({ settings: { exportNames: ['spend-daily'] } });
    const { end } = await pull();
    expect(end).toMatchObject({
      isFinal: false,
      remarks: [
        'The newest run of 2026-10 is of 2026-10-26 and reaches to 2026-10-26: run an export of the whole month.',
      ],
    });
  });

  it('is remarked where its manifest counts other rows than its files have', async () => {
    const { running, pull } = await start({
      habits: {
        manifest: ({ blobs, ...rest }) => ({ ...rest, blobs: blobs.map((blob) => ({ ...blob, dataRowCount: 7 })) }),
      },
    });
    expect((await pull()).end.remarks).toEqual([
      `The manifest of 2026-10 counts 14 rows; its files have ${running.rows(MONTH).length}.`,
    ]);
  });

  it('is absent for a month that no export has', async () => {
    const { running, pull } = await start({ habits: { since: OPEN_MONTH } });
    const { charges, end } = await pull();
    expect(charges).toEqual([]);
    expect(end).toEqual({
      isFinal: false,
      isAbsent: true,
      totals: [],
      remarks: [
        `The exports spend-daily, spend-monthly have no run of 2026-10 (looked for ${running.server.url}/cost-exports/${DAYS}…).`,
      ],
    });
  });

  it('leaves no file behind, also after a failure', async () => {
    const { context, running, pull } = await start();
    await pull();
    running.server.fail('malformed', 9, ({ path }) => path.includes('part_1'));
    await failureOf(pull());
    expect(await readdir(context.temporaryFolder)).toEqual([]);
  });
});

describe('a month of which nothing is taken', () => {
  it.each<[string, Partial<AzureExportHabits>, RegExp]>([
    [
      'has a file that is newer than its manifest',
      { refreshing: MONTH },
      /part_0_0001\.csv\.gz is newer than it; a run of the export is under way$/,
    ],
    ['misses a file', { lost: MONTH }, /it names finops\/.*part_9_0001\.csv\.gz, which is not there; a run/],
    [
      'has a file of another length than the manifest says',
      { manifest: ({ blobs, ...rest }) => ({ ...rest, blobs: blobs.map((blob) => ({ ...blob, byteCount: 5 })) }) },
      /has \d+ bytes, not 5; a run of the export is under way$/,
    ],
  ])('%s: it is read again later', async (_, habits, message) => {
    const failure = await failureOf((await start({ habits })).pull());
    expect(failure).toBeInstanceOf(RetryableError);
    expect(mistakeOf(failure)).toMatch(message);
  });

  it.each<[string, AzureExportHabits['manifest'], RegExp]>([
    [
      'amortized costs instead of FOCUS',
      (manifest) => ({ ...manifest, exportConfig: { ...manifest.exportConfig, type: 'AmortizedCost' } }),
      /manifest\.json cannot be used: the export holds AmortizedCost, not FocusCost$/,
    ],
    [
      'more than a month',
      (manifest) => ({ ...manifest, runInfo: { ...manifest.runInfo, endDate: '2026-12-31T00:00:00Z' } }),
      /the run covers 2026-10-01 to 2026-12-31, not 2026-10 alone$/,
    ],
    [
      'another month',
      (manifest) => ({ ...manifest, runInfo: { ...manifest.runInfo, startDate: '2026-09-01T00:00:00' } }),
      /the run covers 2026-09-01 to 2026-10-26, not 2026-10 alone$/,
    ],
    [
      'a run at no time',
      (manifest) => ({ ...manifest, runInfo: { ...manifest.runInfo, submittedTime: 'soon' } }),
      /cannot be used: submittedTime is soon$/,
    ],
    [
      'a file twice',
      ({ blobs, ...rest }) => ({ ...rest, blobs: [...blobs, ...blobs] }),
      /cannot be used: it names a file twice$/,
    ],
    ['no manifest as documented', () => ({ files: [] }), /the reply is not as documented \(exportConfig: /],
  ])('has a manifest of %s: a person must look', async (_, manifest, message) => {
    const failure = await failureOf((await start({ habits: { manifest } })).pull());
    expect(failure).toBeInstanceOf(SourceError);
    expect(mistakeOf(failure)).toMatch(message);
  });

  it('has exports of two scopes', async () => {
    const manifest: AzureExportHabits['manifest'] = (one) => ({
      ...one,
      exportConfig: {
        ...one.exportConfig,
        resourceId: `/subscriptions/${one.exportConfig.exportName}/providers/Microsoft.CostManagement/exports/x`,
      },
    });
    const failure = await failureOf((await start({ habits: { manifest } })).pull());
    expect(failure.message).toContain('the exports are of different scopes: /subscriptions/spend-daily (');
    expect(failure.message).toContain('Make a source for each scope');
  });

  it('has files of another month', async () => {
    const failure = await failureOf((await start({ habits: { stale: MONTH } })).pull());
    expect(failure.message).toMatch(/rows are of the billing period 2026-09, in a file of 2026-10; nothing of 2026-10/);
  });
});

describe('what the storage refuses', () => {
  it.each<[string, Record<string, unknown>, string, string]>([
    ['a wrong secret', { clientSecret: 'env:WRONG' }, 'credentials', 'the client secret is wrong'],
    ['an unknown application', { clientId: 'other' }, 'refused', 'no application with this `clientId`'],
    ['another container', { container: 'elsewhere' }, 'refused', 'there is no such container'],
  ])('%s', async (_, settings, kind, message) => {
    const failure = await failureOf((await start({ settings })).pull());
    expect(kindOf(failure)).toBe(kind);
    expect(failure.message).toContain(message);
    expect(failure.message).not.toMatch(/wrong~secret|Az8Q~/);
  });

  it('credentials without the role', async () => {
    const failure = await failureOf((await start({ habits: { mayRead: false } })).pull());
    expect(kindOf(failure)).toBe('permission');
    expect(failure.message).toContain('the app registration may not read blobs');
    expect(failure.message).toContain('Storage Blob Data Reader');
  });

  it('a file that was written anew after the list', async () => {
    let version = 0;
    const { pull } = await start({ habits: { manifest: (one) => ({ ...one, version: (version += 1) }) } });
    expect((await failureOf(pull())).message).toContain('the file changed after it was listed');
  });
});

describe('a check', () => {
  const verdicts = async (options: Parameters<typeof start>[0] = {}) => connector.check((await start(options)).context);

  it('reads the newest run', async () => {
    expect(await verdicts()).toMatchObject([{ granted: true, detail: '2 files of 2026-11' }]);
  });

  it('says what is missing', async () => {
    expect(await verdicts({ habits: { mayRead: false } })).toMatchObject([
      { granted: false, detail: expect.stringContaining('may not read blobs') as unknown },
    ]);
    const [found] = await verdicts({ settings: { exportNames: ['other'] } });
    expect(found?.detail).toMatch(
      /^there is no run of 2026-11 or 2026-10 \(looked for .*standin\/other\/20261101-…\)$/,
    );
    expect(found?.hint).toContain('`exportNames`');
  });
});

describe('a list of blobs', () => {
  const list = (blobs: string, next = '<NextMarker />'): string =>
    `\uFEFF<?xml version="1.0"?><EnumerationResults><Blobs>${blobs}</Blobs>${next}</EnumerationResults>`;
  const modified = '<Last-Modified>Fri, 20 Nov 2026 05:00:00 GMT</Last-Modified>';

  it('is read with names in any signs, folders and a marker', async () => {
    const blobs =
      `<Blob><Name>a &amp; b/ü.csv</Name><Properties>${modified}<Etag>0x1</Etag><Content-Length>5</Content-Length></Properties></Blob>` +
      `<Blob><Name Encoded="true">a%EF%BF%BE</Name><Properties>${modified}</Properties></Blob>`;
    const at = new Date('2026-11-20T05:00:00Z');
    expect(await parseBlobList(list(blobs, '<NextMarker>2!x</NextMarker>'))).toEqual({
      blobs: [
        { name: 'a & b/ü.csv', bytes: 5, modifiedAt: at, etag: '0x1' },
        { name: 'a\uFFFE', bytes: 0, modifiedAt: at, etag: '' },
      ],
      next: '2!x',
    });
  });

  it.each([
    ['cut off', list('').slice(0, -5)],
    ['something else', '<html></html>'],
    ['without the time of a blob', list('<Blob><Name>a</Name></Blob>')],
  ])('is refused when it is %s', async (_, text) => {
    await expect(parseBlobList(text)).rejects.toThrow(SyntaxError);
  });
});

describe('settings', () => {
  const given = {
    account: 'spending',
    container: 'exports',
    exportNames: ['spend'],
    tenantId: 't',
    clientId: 'c',
    clientSecret: 'env:SECRET',
  };

  it('need little', () => {
    expect(connector.settings.parse({ ...given, directory: '/finops/azure/' })).toMatchObject({
      directory: 'finops/azure',
      rejectedShareMax: 0.02,
      loginEndpoint: 'https://login.microsoftonline.com',
    });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ account: 'https://spending.blob.core.windows.net' }, 'write the name of the storage account alone'],
    [{ container: 'a/b' }, 'write the name of the container alone'],
    [{ directory: 'https://x/y' }, 'write the path inside the container'],
    [{ directory: '../y' }, 'write the path inside the container'],
    [{ exportNames: [] }, 'write the name of at least one export'],
    [{ exportNames: ['a/b'] }, 'without slashes'],
    [{ exportNames: ['a', 'A'] }, 'an export is named twice'],
    [{ tenantId: 'a tenant' }, 'write the directory (tenant) id'],
    [{ clientSecret: 'plain' }, 'clientSecret'],
    [{ endpoint: 'http://storage.example' }, 'begins with https://'],
  ])('refuse %o', (wrong, message) => {
    const result = connector.settings.safeParse({ ...given, ...wrong });
    expect(result.success).toBe(false);
    expect(result.error?.message).toContain(message);
  });
});
