import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import focus from '../../connectors/focus/index.js';
import { formatMistake, SourceError } from '../../src/core/errors.js';
import { temporaryFolder } from '../support/files.js';
import { focusContext, readFocus, SHORT_HEADER, writeParquet } from '../support/focus-reading.js';

const GOOD = '1,USD,2024-03-05,Cloud';

/** Reads a bill of one bad row, all of it allowed to be rejected, and gives the reason. */
async function reasonOf(row: string, settings: object = {}, header = SHORT_HEADER): Promise<string | undefined> {
  const good = `${GOOD}${','.repeat(header.split(',').length - SHORT_HEADER.split(',').length)}`;
  const folder = await temporaryFolder({ 'bill.csv': `${header}\n${good}\n${row}\n` });
  const read = await readFocus(folder, { files: 'bill.csv', rejectedShareMax: 1, ...settings });
  const [summary] = read.summaries;
  expect(summary?.rejectedCount).toBe(summary?.rejected.length);
  expect(read.charges.reduce((sum, charge) => sum + charge.rowCount, 0)).toBe(2 - (summary?.rejectedCount ?? 0));
  expect(summary?.rejected.every((rejected) => rejected.row === 3 && rejected.text === row)).toBe(true);
  return summary?.rejected[0]?.reason;
}

async function errorOf(files: Record<string, string | Uint8Array>, settings: object): Promise<string> {
  const error: unknown = await readFocus(await temporaryFolder(files), settings).catch((thrown: unknown) => thrown);
  if (!(error instanceof SourceError)) throw new Error(`no SourceError but ${String(error)}`);
  return error.mistakes.map(formatMistake).join('\n');
}

describe('rows that cannot be read are rejected with their reason', () => {
  test.each([
    ['1,XBT,2024-03-05,Cloud', 'BillingCurrency "XBT" is no currency of ISO 4217'],
    ['1,Token,2024-03-05,Cloud', 'BillingCurrency "Token" is no currency of ISO 4217'],
    ['1,,2024-03-05,Cloud', 'BillingCurrency is empty'],
    ['NULL,USD,2024-03-05,Cloud', 'BilledCost is empty'],
    ['"1.234,56",USD,2024-03-05,Cloud', 'BilledCost "1.234,56" is no amount, or beyond a million million'],
    ['"1,234",USD,2024-03-05,Cloud', 'BilledCost "1,234" is no amount, or beyond a million million'],
    ['1e13,USD,2024-03-05,Cloud', 'BilledCost "1e13" is no amount, or beyond a million million'],
    ['nan,USD,2024-03-05,Cloud', 'BilledCost "nan" is no amount, or beyond a million million'],
    ['1,USD,,Cloud', 'ChargePeriodStart is empty'],
  ])('%s', async (row, reason) => {
    expect(await reasonOf(row)).toBe(reason);
  });

  test.each(['3/5/24', '2024-02-30', '0001-01-01', '2024', 'infinity', '2024-03-05T25:00:00Z'])(
    'the date %s',
    async (date) => {
      expect(await reasonOf(`1,USD,${date},Cloud`)).toBe(
        `ChargePeriodStart "${date}" is no date (ISO 8601, from 1970 to 2100); name the format of the file in \`dates\``,
      );
    },
  );

  test('an unreadable BillingPeriodStart beside a good ChargePeriodStart, and the other way round', async () => {
    const header = `${SHORT_HEADER},BillingPeriodStart`;
    expect(await reasonOf('1,USD,2024-03-05,Cloud,soon', {}, header)).toMatch(/^BillingPeriodStart "soon" is no date/);
    expect(await reasonOf('1,USD,soon,Cloud,2024-03-05', {}, header)).toMatch(/^ChargePeriodStart "soon" is no date/);
    expect(await reasonOf('1,USD,,Cloud,', {}, header)).toBe('ChargePeriodStart and BillingPeriodStart are empty');
  });

  test('what is wrong with a row is said all at once', async () => {
    expect(await reasonOf('x,y,2024-03-05,Cloud')).toBe(
      'BilledCost "x" is no amount, or beyond a million million; BillingCurrency "y" is no currency of ISO 4217',
    );
  });

  test('an amount that carries the sign of another currency', async () => {
    expect(await reasonOf('€12.50,USD,2024-03-05,Cloud')).toBe(
      'BilledCost "€12.50" carries "€", which is no sign of USD',
    );
    expect(await reasonOf('¤12.50,USD,2024-03-05,Cloud')).toBe(
      'BilledCost "¤12.50" carries "¤", which is no sign of USD',
    );
    expect(await reasonOf('€12.50,y,2024-03-05,Cloud')).toBe('BillingCurrency "y" is no currency of ISO 4217');
  });

  test.each([
    ['2024-03-05T23:30:00-02:00', {}, 20240306],
    ['2024-03-05T23:30Z', {}, 20240305],
    ['2024-03-05 23:30:00.123456789 UTC', {}, 20240305],
    ['3/5/24', { dates: ['M/D/YY'] }, 20240305],
    ['05.03.2024', { dates: ['M/D/YY', 'DD.MM.YYYY'] }, 20240305],
  ])('the date %s is read, in UTC', async (date, settings, day) => {
    const folder = await temporaryFolder({ 'bill.csv': `${SHORT_HEADER}\n1,USD,${date},Cloud\n` });
    expect((await readFocus(folder, { files: 'bill.csv', ...settings })).charges[0]?.day).toBe(day);
  });

  test.each([
    ['"$1,000.00 "', '1000'],
    ['-1.5e-5', '-0.000015'],
    ['.0000005', '0.000001'],
    ['-.0000005', '-0.000001'],
    ['.000000499999', '0'],
    ['999999.999999499999', '999999.999999'],
    ['999999.9999995', '1000000'],
    ['-999999.9999995', '-1000000'],
    ['1000000.0000015', '1000000.000002'],
    ['-999999999999.9999994', '-999999999999.999999'],
    ['"-$2,500.25"', '-2500.25'],
  ])('the amount %s is read', async (amount, cash) => {
    const folder = await temporaryFolder({ 'bill.csv': `${SHORT_HEADER}\n${amount},USD,2024-03-05,Cloud\n` });
    expect((await readFocus(folder, { files: 'bill.csv' })).charges[0]?.cash).toBe(cash);
  });

  test('infinity, NaN and huge numbers in Parquet', async () => {
    const folder = await temporaryFolder();
    const cost = `CASE i WHEN 1 THEN 'inf' WHEN 2 THEN 'nan' WHEN 3 THEN '1e30' ELSE '0.1' END::DOUBLE`;
    await writeParquet(
      folder,
      'bill.parquet',
      `SELECT 1.0 AS BilledCost, ${cost} AS EffectiveCost, 'USD' AS BillingCurrency, 'Cloud' AS ProviderName,
              DATE '2024-03-05' AS ChargePeriodStart FROM range(100) t(i)`,
    );
    expect(await errorIn(folder, { files: '*.parquet' })).toContain('3 of 100 rows cannot be read');
    const { charges, summaries } = await readFocus(folder, { files: '*.parquet', rejectedShareMax: 0.03 });
    expect(charges).toMatchObject([{ rowCount: 97, cash: '97', accrual: '9.7', row: 1 }]);
    expect(summaries[0]?.rejected.map(({ row, reason }) => `${row}: ${reason}`)).toEqual([
      '2: EffectiveCost "inf" is no amount, or beyond a million million',
      '3: EffectiveCost "nan" is no amount, or beyond a million million',
      '4: EffectiveCost "1e+30" is no amount, or beyond a million million',
    ]);
    expect(summaries[0]?.controlTotals).toMatchObject([{ sourceCash: '97', sourceAccrual: '9.7' }]);
  });
});

async function errorIn(folder: string, settings: object): Promise<string> {
  const error: unknown = await readFocus(folder, settings).catch((thrown: unknown) => thrown);
  if (!(error instanceof SourceError)) throw new Error(`no SourceError but ${String(error)}`);
  return error.message;
}

describe('files that cannot be read', () => {
  test('more rejected rows than allowed stop the file, with the first reason', async () => {
    const bill = `${SHORT_HEADER}\n${GOOD}\nx,USD,2024-03-05,Cloud\n`;
    expect(await errorOf({ 'bill.csv': bill }, { files: 'bill.csv' })).toBe(
      'bill.csv: source cloud: 1 of 2 rows cannot be read, more than the allowed share of 2 %; nothing of the file was taken\n' +
        '  → Mend the file, or raise rejectedShareMax of the source if the rows may be left out. ' +
        'The first is row 3: BilledCost "x" is no amount, or beyond a million million.',
    );
  });

  test('a missing column is named with the columns found, for all files at once', async () => {
    const files = { 'a.csv': 'Date,Amount\n1,2\n', 'b.csv': `${SHORT_HEADER},billedcost\n${GOOD},1\n` };
    const message = await errorOf(files, { files: '*.csv' });
    expect(message).toContain('a.csv: source cloud: there is no column BilledCost; the columns are Date, Amount');
    expect(message).toContain('a.csv: source cloud: there is no column ChargePeriodStart or BillingPeriodStart');
    expect(message).toContain('there is no column ServiceProviderName or ProviderName or PublisherName');
    expect(message).toContain('b.csv: source cloud: there is more than one column BilledCost');
  });

  test.each([
    ['bill.parquet', 'just text', 'this is no Parquet file, whatever its name says'],
    ['bill.parquet', '', 'the file is empty'],
    ['bill.xlsx', 'x', 'the name ends neither in .parquet nor in .csv or .csv.gz'],
  ])('%s that is %j', async (name, content, message) => {
    expect(await errorOf({ [name]: content }, { files: name })).toContain(`${name}: source cloud: ${message}`);
  });

  test('a Parquet file that was cut off, and one damaged inside', async () => {
    const folder = await temporaryFolder();
    const rows = `SELECT random() AS BilledCost, 'USD' AS BillingCurrency, TIMESTAMP '2024-03-05' AS ChargePeriodStart,
      uuid()::VARCHAR AS ProviderName FROM range(5000)`;
    await writeParquet(folder, 'bill.parquet', rows);
    const whole = await readFile(join(folder, 'bill.parquet'));
    await writeFile(join(folder, 'bill.parquet'), whole.subarray(0, whole.length - 100));
    expect(await errorIn(folder, { files: '*.parquet' })).toContain(
      'bill.parquet: source cloud: the Parquet file is not whole',
    );
    await writeFile(join(folder, 'bill.parquet'), Buffer.from(whole).fill(0xff, 4, 2_000));
    expect(await errorIn(folder, { files: '*.parquet' })).toContain(
      'bill.parquet: source cloud: the file cannot be read',
    );
  });

  test('a Parquet file and a text file without rows give a remark and no charge', async () => {
    const folder = await temporaryFolder({ 'none.csv': `${SHORT_HEADER}\n` });
    const columns = `1.0 AS BilledCost, 'USD' AS BillingCurrency, DATE '2024-03-05' AS ChargePeriodStart, 'C' AS ProviderName`;
    await writeParquet(folder, 'none.parquet', `SELECT ${columns} WHERE false`);
    const { charges, summaries } = await readFocus(folder, { files: ['none.csv', 'none.parquet'] });
    expect(charges).toEqual([]);
    expect(summaries[0]).toMatchObject({ rowCount: 0, controlTotals: [] });
    expect(summaries[0]?.remarks.some((remark) => remark.endsWith('and another file have no rows.'))).toBe(true);
  });

  test('check names what is missing without reading the rows', async () => {
    const folder = await temporaryFolder({ 'a.csv': 'Date,Amount\n', 'good.csv': `${SHORT_HEADER}\nbroken` });
    const context = await focusContext(folder, { files: '*.csv' });
    await expect(focus.check(context)).rejects.toThrow(/^a.csv: source cloud: there is no column BilledCost/);
    const fine = await focusContext(folder, { files: 'good.csv' });
    await expect(focus.check(fine)).resolves.toBeUndefined();
  });
});

describe('settings', () => {
  test.each([
    [{}, 'write a file pattern'],
    [{ files: 'a', tag: [] }, 'tag'],
    [{ files: 'a', dates: ['M/M/YY'] }, '"M/M/YY" is no date format'],
    [{ files: 'a', dates: ['M/D/YY', 'D/M/YY'] }, '"M/D/YY" and "D/M/YY" read the same text as different days'],
    [{ files: 'a', rejectedShareMax: 2 }, 'the share is a number from 0 to 1'],
  ])('%j', (settings, message) => {
    expect(focus.settings.safeParse(settings).error?.message).toContain(message.replaceAll('"', '\\"'));
  });
});
