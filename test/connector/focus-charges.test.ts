import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { describe, expect, it, onTestFinished } from 'vitest';

import { eachMonth, isSettled, latestMonths, type MonthEnd } from '../../src/connector/focus/each-month.js';
import { contentOfHead, nameByContent } from '../../src/connector/focus/fetched.js';
import { focusCharges, type FocusChargesOptions, type FocusEnd } from '../../src/connector/focus/live.js';
import { ProblemError } from '../../src/connector/problems.js';
import type { PullEnd, ServiceBatch } from '../../src/connector/service.js';
import type { RejectedRow } from '../../src/core/batch.js';
import { decimalText } from '../../src/core/decimal.js';
import type { IsoDate } from '../../src/core/date.js';
import { SourceError } from '../../src/core/errors.js';
import { parseMonth, type Month } from '../../src/core/period.js';
import { writeParquet } from '../support/focus-reading.js';

const MONTH = parseMonth('2026-10') as Month;
const HEADER =
  'BilledCost,EffectiveCost,BillingCurrency,BillingPeriodStart,ChargePeriodStart,ProviderName,ServiceName,Tags';
const WHOLE = { kind: 'whole', month: MONTH, rows: 'billed or charged' } as const;
const BILLED = { kind: 'whole', month: MONTH, rows: 'billed' } as const;
const PART = { kind: 'part', month: MONTH } as const;

interface Read {
  readonly charges: readonly {
    readonly key: string;
    readonly day: string;
    readonly currency: string;
    readonly cash: string;
    readonly accrual: string;
    readonly service: string;
    readonly tags: string;
  }[];
  readonly rejected: readonly RejectedRow[];
  readonly end: FocusEnd;
  /** What lies in the folder for temporary files afterwards. */
  readonly left: readonly string[];
}

async function folderOfTest(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'focus-charges-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Reads files, given by name and rows of CSV, as the files of a month. */
async function read(
  files: Readonly<Record<string, readonly string[]>>,
  months: FocusChargesOptions['months'],
  more: Partial<FocusChargesOptions> = {},
): Promise<Read> {
  const folder = await folderOfTest();
  const fetched = [];
  for (const [index, [name, rows]] of Object.entries(files).entries()) {
    const path = join(folder, `${index}.csv`);
    await writeFile(path, [HEADER, ...rows, ''].join('\n'));
    fetched.push({ name, path });
  }
  return walk({ ...optionsOf(folder, months), files: fetched, ...more });
}

function optionsOf(folder: string, months: FocusChargesOptions['months']): FocusChargesOptions {
  return {
    sourceId: 'cloud',
    files: [],
    months,
    rules: { tags: ['team'], dates: [], rejectedShareMax: 0.5 },
    reference: 'bill of October',
    temporaryFolder: join(folder, 'temporary'),
    signal: new AbortController().signal,
    progress: () => undefined,
  };
}

async function walk(options: FocusChargesOptions): Promise<Read> {
  const steps = focusCharges(options);
  const batches: ServiceBatch[] = [];
  for (;;) {
    const step = await steps.next();
    if (step.done !== true) {
      batches.push(step.value);
      continue;
    }
    const charges = batches.flatMap((batch) => batch.charges);
    return {
      charges: charges.map(({ key, day, currency, cash, accrual = cash, texts }) => ({
        key,
        day,
        currency,
        cash: decimalText(cash),
        accrual: decimalText(accrual),
        service: texts.service ?? '',
        tags: texts.tags ?? '',
      })),
      rejected: batches.flatMap(({ rejected = [] }) => rejected),
      end: step.value,
      left: options.files.length === 0 ? [] : await readdir(options.temporaryFolder),
    };
  }
}

const row = (
  cost: string,
  charged: string,
  more: { billed?: string; service?: string; tags?: string } = {},
): string => {
  const { billed = '2026-10-01', service = 'Compute', tags = '' } = more;
  return `${cost},${cost},EUR,${billed}T00:00:00Z,${charged}T00:00:00Z,Cloud,${service},"${tags.replaceAll('"', '""')}"`;
};

describe('charges of fetched FOCUS files', () => {
  it('are one for each line and currency, of the last day charged, and leave no files behind', async () => {
    const { charges, end, left } = await read(
      {
        'a.csv': [row('1.5', '2026-10-03'), row('2.25', '2026-10-17'), row('4', '2026-10-05', { service: 'Storage' })],
        'b.csv': [row('-0.75', '2026-10-09'), row('3', '2026-10-02', { tags: '{"team":"shop","Name":"x"}' })],
      },
      WHOLE,
    );
    expect(charges.map(({ service, tags, day, cash }) => [service, tags, day, cash])).toEqual([
      ['Compute', '{}', '2026-10-17', '3'],
      ['Storage', '{}', '2026-10-05', '4'],
      ['Compute', '{"team":"shop"}', '2026-10-02', '3'],
    ]);
    expect(end).toMatchObject({ rowCount: 5, rejectedCount: 0, remarks: [] });
    expect(left).toEqual([]);
  });

  it('keep their keys when files come in another order, grow, or are named anew', async () => {
    const first = await read(
      { 'a.csv': [row('1', '2026-10-03'), row('2', '2026-10-04', { service: 'Storage' })] },
      WHOLE,
    );
    const later = await read(
      {
        'z.csv': [row('2', '2026-10-04', { service: 'Storage' })],
        'y.csv': [row('7', '2026-10-20', { service: 'Network' }), row('1', '2026-10-30')],
      },
      WHOLE,
    );
    const keysOf = ({ charges }: Read, services: string[]): Map<string, string> =>
      new Map(charges.filter(({ service }) => services.includes(service)).map(({ service, key }) => [service, key]));
    const both = ['Compute', 'Storage'];
    expect(keysOf(later, both)).toEqual(new Map([...keysOf(first, both)].reverse()));
    expect(new Set(later.charges.map(({ key }) => key)).size).toBe(3);
  });

  it('have exact totals to 12 decimals, beside one rounding for each line', async () => {
    const { charges, end } = await read(
      {
        'a.csv': [
          row('0.000000400001', '2026-10-03'),
          row('0.000000100000', '2026-10-03'),
          row('0.0000005', '2026-10-03', { service: 'Storage' }),
          row('-0.0000005', '2026-10-03', { service: 'Network' }),
        ],
      },
      WHOLE,
    );
    expect(charges.map(({ cash }) => cash)).toEqual(['0.000001', '0.000001', '-0.000001']);
    expect(end.totals.map(({ currency, cash }) => [currency, decimalText(cash)])).toEqual([['EUR', '0.000000500001']]);
  });

  it('of a file that is of one month are all in that month, its days included', async () => {
    const { charges, end } = await read(
      {
        'a.csv': [
          row('1', '2026-09-28', { service: 'Before' }),
          row('2', '2026-10-12'),
          row('4', '2026-11-02', { service: 'After' }),
        ],
      },
      BILLED,
    );
    expect(charges.map(({ service, day, cash, accrual }) => [service, day, cash, accrual])).toEqual([
      ['Before', '2026-10-01', '1', '1'],
      ['Compute', '2026-10-12', '2', '2'],
      ['After', '2026-10-31', '4', '4'],
    ]);
    expect(end.remarks).toEqual([
      '2 rows were billed in another month than charged: cash and accrual are both in 2026-10, whose files have them.',
    ]);
  });

  it('of another billing period stop the source, with the file', async () => {
    const files = {
      'good.csv': [row('1', '2026-10-03')],
      'bad.csv': [row('1', '2026-10-03', { billed: '2026-11-01' }), row('5', '2026-10-04')],
    };
    await expect(read(files, BILLED)).rejects.toThrow(
      /bad\.csv: source cloud: 1 row is of the billing period 2026-11, in a file of 2026-10/,
    );
    // A vendor that bills what was used in the month before: the charge is of the month.
    expect((await read(files, WHOLE)).charges.map(({ cash }) => cash)).toEqual(['7']);
    await expect(read({ 'year.csv': [row('1', '2026-03-01', { billed: '2026-03-01' })] }, WHOLE)).rejects.toThrow(
      /billing period 2026-03/,
    );
  });

  it('of files with many months are those of the month, cash where it was billed and accrual where it was used', async () => {
    const { charges, end } = await read(
      {
        'all.csv': [
          row('1', '2026-10-03'),
          row('2', '2026-09-03', { billed: '2026-09-01' }),
          row('4', '2026-10-30', { billed: '2026-11-01' }),
          row('8', '2026-09-30'),
        ],
      },
      PART,
    );
    expect(charges.map(({ day, cash, accrual }) => [day, cash, accrual])).toEqual([['2026-10-30', '9', '5']]);
    expect(end.totals.map(({ cash, accrual }) => [decimalText(cash), decimalText(accrual ?? cash)])).toEqual([
      ['9', '5'],
    ]);
    expect(end.remarks).toEqual([
      '2 rows were billed in another month than charged: cash is in the billing month, accrual in the charge month.',
    ]);
  });

  it('leave out rows that cannot be read, which are kept and counted', async () => {
    const { charges, rejected, end } = await read(
      { 's3://b/a.csv': [row('1', '2026-10-03'), row('many', '2026-10-04'), row('2', '2026-10-05')] },
      WHOLE,
    );
    expect(charges.map(({ cash }) => cash)).toEqual(['3']);
    expect(end).toMatchObject({ rowCount: 3, rejectedCount: 1 });
    expect(rejected.map(({ file, row: at, reason }) => [file, at, reason])).toEqual([
      [
        's3://b/a.csv',
        3,
        'BilledCost "many" is no amount, or beyond a million million; EffectiveCost "many" is no amount, or beyond a million million',
      ],
    ]);
  });

  it('of files with many months leave a bad row to its own month, and one without a month to each', async () => {
    const { rejected, end } = await read(
      {
        'all.csv': [
          row('1', '2026-10-03'),
          row('x', '2026-09-04', { billed: '2026-09-01' }),
          row('y', '2026-10-04'),
          row('2', 'someday', { billed: 'unknown' }),
          ...Array.from({ length: 5 }, () => row('1', '2026-10-09')),
        ],
      },
      PART,
    );
    expect(rejected.map(({ row: at }) => at)).toEqual([4, 5]);
    expect(end.rejectedCount).toBe(2);
  });

  it('stop where more of a file cannot be read than the rules allow', async () => {
    const rules = { tags: [], dates: [], rejectedShareMax: 0.02 };
    const rows = [row('1', '2026-10-03'), row('x', '2026-10-03')];
    await expect(read({ 'a.csv': rows }, WHOLE, { rules })).rejects.toThrow(/1 of 2 rows cannot be read/);
  });

  it('read amounts that Parquet has as floats to the twelfth decimal', async () => {
    const folder = await folderOfTest();
    await writeParquet(
      folder,
      'a.parquet',
      `SELECT CAST(cost AS DOUBLE) AS BilledCost, 'USD' AS BillingCurrency, TIMESTAMP '2026-10-02' AS ChargePeriodStart,
              TIMESTAMP '2026-10-01' AS BillingPeriodStart, 'Cloud' AS ProviderName, MAP {'team': 'shop', 'Name': 'a'} AS Tags
         FROM (VALUES ('0.1'), ('0.2'), ('1234.5678901234'), ('-0.0000000001')) AS rows(cost)`,
    );
    const files = [{ name: 'a', path: join(folder, 'a.parquet') }];
    const { charges, end } = await walk({ ...optionsOf(folder, BILLED), files });
    expect(charges.map(({ cash, tags }) => [cash, tags])).toEqual([['1234.86789', '{"team":"shop"}']]);
    expect(end.totals.map(({ cash }) => decimalText(cash))).toEqual(['1234.8678901233']);
    expect(end.remarks).toEqual(['a has no EffectiveCost, so accrual equals what was billed.']);
  });

  it('say of a table that is no bill that it must be FOCUS, and clean up', async () => {
    const folder = await folderOfTest();
    const path = join(folder, 'cur.csv');
    await writeFile(path, 'line_item_id,line_item_unblended_cost\n1,2\n');
    const options = { ...optionsOf(folder, BILLED), files: [{ name: 's3://bucket/cur.csv', path }] };
    await expect(walk(options)).rejects.toThrow(
      /s3:\/\/bucket\/cur\.csv.*there is no column BilledCost(?:.|\n)*must be cost and usage in the FOCUS format/,
    );
    expect(await readdir(options.temporaryFolder)).toEqual([]);
  });

  it('of no files are none', async () => {
    expect(await read({}, WHOLE)).toMatchObject({ charges: [], end: { totals: [], rowCount: 0 } });
  });

  it('end when they are told to, with what was told', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(read({ 'a.csv': [row('1', '2026-10-03')] }, WHOLE, { signal: stop.signal })).rejects.toThrow(
      'stopped',
    );
  });
});

describe('a fetched file', () => {
  const named = async (content: Buffer | string, bytes?: number): Promise<string> => {
    const folder = await folderOfTest();
    await mkdir(join(folder, 'in'));
    await writeFile(join(folder, 'in', 'file'), content);
    const { path } = await nameByContent(join(folder, 'in', 'file'), bytes);
    expect(await readdir(join(folder, 'in'))).toEqual([path.split('/').at(-1)]);
    return path.split('/').at(-1) ?? '';
  };

  it('is named after what it is', async () => {
    expect(await named('BilledCost,BillingCurrency\n1,EUR\n')).toBe('file.csv');
    expect(await named(gzipSync('BilledCost\n'))).toBe('file.csv.gz');
    expect(await named('PAR1....PAR1', 12)).toBe('file.parquet');
    expect(await named('\uFEFFBilledCost\n')).toBe('file.csv');
  });

  it.each<[string, Buffer | string, number | undefined, 'retry' | 'refused', RegExp]>([
    ['cut off', 'BilledCost\n1', 20, 'retry', /12 of 20 bytes came/],
    ['half a Parquet file', 'PAR1....', undefined, 'retry', /the Parquet file is not whole/],
    ['empty', '', undefined, 'retry', /the file is empty/],
    ['garbage', Buffer.from([0x1f, 0xc2, 0x8b, 0x08, 1, 2]), undefined, 'retry', /neither text nor Parquet nor gzip/],
    ['a page', '<!doctype html><title>Sign in</title>', undefined, 'refused', /a page \(HTML or XML\) came/],
    ['an answer in JSON', '\n {"error":"no"}', undefined, 'refused', /JSON came/],
    ['a zip archive', 'PK\u0003\u0004rest', undefined, 'refused', /a zip archive came/],
  ])('that is %s is told', async (_what, content, bytes, kind, message) => {
    const failure = await named(content, bytes).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProblemError);
    expect((failure as ProblemError).problem.kind).toBe(kind);
    expect((failure as ProblemError).message).toMatch(message);
  });

  it('is told by its first bytes', () => {
    expect(contentOfHead(Buffer.from('PAR1rest'))).toBe('parquet');
    expect(() => contentOfHead(Buffer.from('<x/>'))).toThrow(ProblemError);
  });
});

describe('a window of months', () => {
  const window = (from: string, to: string): { from: IsoDate; to: IsoDate } => ({
    from: from as IsoDate,
    to: to as IsoDate,
  });
  const end = async (from: string, to: string, pulled: Month[] = []): Promise<PullEnd> => {
    const walked = eachMonth(window(from, to), async function* (month): AsyncGenerator<ServiceBatch, MonthEnd> {
      pulled.push(month);
      yield await Promise.resolve({ charges: [] });
      const cash = { digits: 15n, scale: 1 };
      return { isFinal: month !== '2026-10', totals: [{ currency: 'EUR', cash }], remarks: [`of ${month}`] };
    });
    for (;;) {
      const step = await walked.next();
      if (step.done === true) return step.value;
    }
  };

  it('is pulled month by month, and final when all are', async () => {
    const pulled: Month[] = [];
    const { isFinal, totals = [], remarks } = await end('2026-08-01', '2026-11-01', pulled);
    expect(pulled).toEqual(['2026-08', '2026-09', '2026-10']);
    expect([isFinal, remarks]).toEqual([false, ['of 2026-08', 'of 2026-09', 'of 2026-10']]);
    expect(totals.map(({ currency, cash }) => [currency, decimalText(cash)])).toEqual([['EUR', '4.5']]);
    expect((await end('2026-08-01', '2026-10-01')).isFinal).toBe(true);
  });

  it('must not cut a month', async () => {
    await expect(end('2026-08-02', '2026-09-01')).rejects.toThrow(RangeError);
    await expect(end('2026-08-01', '2026-09-15')).rejects.toThrow('cuts a month');
  });

  it('is settled some days after its end, in UTC', () => {
    expect(isSettled(MONTH, 15, new Date('2026-11-15T23:59:59Z'))).toBe(false);
    expect(isSettled(MONTH, 15, new Date('2026-11-16T00:00:00Z'))).toBe(true);
    expect(latestMonths(new Date('2026-01-01T00:00:00Z'))).toEqual(['2026-01', '2025-12']);
  });
});

it('is a mistake of a source, not a bug, when a file is damaged', async () => {
  const folder = await folderOfTest();
  const path = join(folder, 'a.csv.gz');
  await writeFile(path, gzipSync(`${HEADER}\n${row('1', '2026-10-03')}\n`).subarray(0, 60));
  const walked = walk({ ...optionsOf(folder, WHOLE), files: [{ name: 'a', path }] });
  await expect(walked).rejects.toThrow(SourceError);
});
