import { join } from 'node:path';
import { readdir, readFile } from 'node:fs/promises';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { canonicalTags } from '../../src/core/charge.js';
import { divideRounded, formatMicros, sumMicros } from '../../src/core/money.js';
import { trimDecimal } from '../../src/connector/reading.js';
import { temporaryFolder } from '../support/files.js';
import { focusRows, readFocus, SHORT_HEADER, writeParquet } from '../support/focus-reading.js';
import { sharedDataFolder } from '../support/shared-data.js';

const COSTS = `1.25::DOUBLE AS BilledCost, 1.5::DOUBLE AS EffectiveCost, 'USD' AS BillingCurrency,
  TIMESTAMP '2024-03-01' AS BillingPeriodStart, TIMESTAMP '2024-03-05 10:00:00' AS ChargePeriodStart`;
const shared = sharedDataFolder();

/** A number of 10^-12 as decimal text. */
function picos(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(13, '0');
  return trimDecimal(`${value < 0n ? '-' : ''}${digits.slice(0, -12)}.${digits.slice(-12)}`);
}

/** A number of 10^-12 as the ledger's amount. */
function rounded(value: bigint): string {
  return formatMicros(divideRounded(value, 1_000_000n), 0);
}

async function parquet(query: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeParquet(folder, 'bill.parquet', query);
  return folder;
}

describe('versions of FOCUS', () => {
  test.each([
    ['1.0', `'Cloud' AS ProviderName, 'Seller' AS PublisherName`, 'Seller'],
    ['1.1', `'Cloud' AS ProviderName, 'Seller' AS PublisherName, 'x' AS SkuMeter`, 'Seller'],
    ['1.2', `'Cloud' AS ProviderName, 'Seller' AS PublisherName, 'INV-1' AS InvoiceId`, 'Seller'],
    ['1.3', `'Cloud' AS ProviderName, 'Old' AS PublisherName, 'Seller' AS ServiceProviderName`, 'Seller'],
    ['1.4', `'Seller' AS serviceprovidername, 'Cloud' AS HostProviderName`, 'Seller'],
  ])('%s is told by its columns, and gives who is paid and who made it', async (version, names, publisher) => {
    const folder = await parquet(`SELECT ${COSTS}, 'Reseller Ltd' AS InvoiceIssuerName, ${names},
      'Email' AS ServiceName, 'Web' AS ServiceCategory, 'A1' AS BillingAccountId, 'S1' AS SubAccountId`);
    const { charges, summaries } = await readFocus(folder, { files: '*.parquet' });
    expect(charges).toHaveLength(1);
    expect(charges[0]).toMatchObject({ day: 20240305, currency: 'USD', cash: '1.25', accrual: '1.5', row: 1 });
    expect(charges[0]?.texts).toMatchObject({ payee: 'Reseller Ltd', publisher, service: 'Email', account: 'A1' });
    expect(summaries[0]?.remarks).toEqual([`bill.parquet has the columns of FOCUS ${version}.`]);
  });

  test('without an issuer the provider is paid; without EffectiveCost accrual is what was billed', async () => {
    const rows = '3.10,eur,2024-03-05T00:00:00Z,Cloud\n';
    const folder = await temporaryFolder({ 'bill.csv': `${SHORT_HEADER}\n${rows}` });
    const { charges, summaries } = await readFocus(folder, { files: 'bill.csv' });
    expect(charges[0]).toMatchObject({ cash: '3.1', accrual: '3.1', currency: 'EUR', row: 2 });
    expect(charges[0]?.texts).toMatchObject({ payee: 'Cloud', publisher: 'Cloud', tags: '{}' });
    expect(summaries[0]?.remarks).toContain('bill.csv has no EffectiveCost, so accrual equals what was billed.');
  });

  test('NULL, an empty cell and, in 1.0, -2 and Unassigned stand for nothing', async () => {
    const header = `${SHORT_HEADER},EffectiveCost,InvoiceIssuerName,ServiceName,SubAccountName`;
    const row = '1,USD,2024-03-05,Cloud,NULL,null,-2,Unassigned';
    const old = await temporaryFolder({ 'bill.csv': `${header}\n${row}\n` });
    const [charge] = (await readFocus(old, { files: 'bill.csv' })).charges;
    expect(charge).toMatchObject({ accrual: '1', texts: { payee: 'Cloud', service: '', subAccountName: '' } });
    const later = await temporaryFolder({ 'bill.csv': `${header},InvoiceId\n${row},I1\n` });
    expect((await readFocus(later, { files: 'bill.csv' })).charges[0]?.texts.service).toBe('-2');
  });
});

describe('tags', () => {
  const settings = { files: '*.parquet', tags: ['team', 'a/b', 'owner', '2'] };
  const wanted = canonicalTags([
    ['team', 'É "x"'],
    ['a/b', 'y'],
    ['2', 'z'],
  ]);

  test.each([
    ['JSON text', `'{"x":"1","team":"É \\"x\\"","a/b":"y","owner":"","2":"z"}'`],
    ['a map', `MAP {'x': '1', 'team': 'É "x"', 'a/b': 'y', 'owner': '', '2': 'z'}`],
    [
      'a list of key and value',
      `[{'key': 'team', 'value': 'É "x"'}, {'key': 'a/b', 'value': 'y'}, {'key': '2', 'value': 'z'}]`,
    ],
    ['a struct', `{'x': '1', 'team': 'É "x"', 'a/b': 'y', 'owner': NULL, '2': 'z'}`],
  ])('%s gives the chosen keys as canonical JSON', async (_, tags) => {
    const folder = await parquet(`SELECT ${COSTS}, 'Cloud' AS ProviderName, ${tags} AS Tags`);
    expect((await readFocus(folder, settings)).charges[0]?.texts.tags).toBe(wanted);
  });

  test('tags that are no JSON are left out, with a remark; the money stays', async () => {
    const folder = await parquet(`SELECT ${COSTS}, 'Cloud' AS ProviderName, 'team=a' AS Tags`);
    const { charges, summaries } = await readFocus(folder, settings);
    expect(charges[0]).toMatchObject({ cash: '1.25', texts: { tags: '{}' } });
    expect(summaries[0]?.remarks).toContain('The tags of 1 row are no JSON and were left out.');
  });

  test('a name tag on every row makes no more lines, and reads the same', async () => {
    const folder = await parquet(`SELECT ${COSTS}, 'Cloud' AS ProviderName,
      '{"Name":"host-' || i || '","team":"team ' || (i % 3) || '"}' AS Tags FROM range(60000) t(i)`);
    const { charges } = await readFocus(folder, settings);
    expect(charges.map((charge) => charge.texts.tags)).toEqual([
      '{"team":"team 0"}',
      '{"team":"team 1"}',
      '{"team":"team 2"}',
    ]);
    expect(charges.every((charge) => charge.rowCount === 20_000 && charge.cash === '25000')).toBe(true);
  });
});

describe('grouping', () => {
  test('cash goes to the billing month and accrual to the charge month where they differ', async () => {
    const header = `${SHORT_HEADER},BillingPeriodStart,EffectiveCost`;
    const rows = [
      '0.24,USD,2024-09-30 22:00:00,Cloud,2024-10-01,0.10',
      '1,USD,2024-10-07 00:00:00,Cloud,2024-10-01,1',
      '0,USD,2024-09-12,Cloud,2024-10-01,0.5',
    ];
    const folder = await temporaryFolder({ 'bill.csv': `${header}\n${rows.join('\n')}\n` });
    const { charges, summaries, lines } = await readFocus(folder, { files: 'bill.csv' });
    expect(lines).toHaveLength(1);
    expect(charges.map(({ day, cash, accrual, rowCount }) => ({ day, cash, accrual, rowCount }))).toEqual([
      { day: 20240930, cash: '0', accrual: '0.6', rowCount: 2 },
      { day: 20241007, cash: '1.24', accrual: '1', rowCount: 3 },
    ]);
    expect(summaries[0]?.remarks.at(-1)).toMatch(/^2 rows were billed in another month than charged/);
  });

  test('equals a naive sum, exactly, with one rounding per line, month and currency', async () => {
    const row = fc.record({
      service: fc.constantFrom('Compute', 'Storage', 'O\'Hara "x", y'),
      month: fc.constantFrom('2024-01', '2024-02'),
      day: fc.integer({ min: 1, max: 28 }),
      currency: fc.constantFrom('USD', 'JPY'),
      billed: fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }),
      effective: fc.option(fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
        const csv = rows.map(({ service, month, day, currency, billed, effective }) => {
          const date = `${month}-${String(day).padStart(2, '0')}`;
          const cells = [picos(billed), currency, date, 'Cloud', effective === null ? '' : picos(effective)];
          return `${cells.join(',')},"${service.replaceAll('"', '""')}"`;
        });
        const folder = await temporaryFolder({
          'bill.csv': `${SHORT_HEADER},EffectiveCost,ServiceName\n${csv.join('\n')}\n`,
        });
        const { charges, summaries } = await readFocus(folder, { files: 'bill.csv' });
        const expected = new Map<string, { cash: bigint; accrual: bigint; rows: number }>();
        for (const { service, month, currency, billed, effective } of rows) {
          const group = `${service}|${month}|${currency}`;
          const sum = expected.get(group) ?? { cash: 0n, accrual: 0n, rows: 0 };
          const accrual = sum.accrual + (effective ?? billed);
          expected.set(group, { cash: sum.cash + billed, accrual, rows: sum.rows + 1 });
        }
        const found = charges.map((charge) => {
          const month = `${String(charge.day).slice(0, 4)}-${String(charge.day).slice(4, 6)}`;
          return [`${charge.texts.service}|${month}|${charge.currency}`, charge.cash, charge.accrual, charge.rowCount];
        });
        const naive = [...expected].map(([group, sum]) => [group, rounded(sum.cash), rounded(sum.accrual), sum.rows]);
        expect(found.sort()).toEqual(naive.sort());
        for (const total of summaries[0]?.controlTotals ?? []) {
          const own = rows.filter((candidate) => candidate.currency === total.currency);
          expect(total.sourceCash).toBe(picos(sumMicros(own.map((candidate) => candidate.billed))));
        }
      }),
      { numRuns: 25 },
    );
  });

  test('files of one period and equal columns are one window, whatever the version of the others', async () => {
    const folder = await temporaryFolder();
    const row = (text: string): string => `SELECT ${COSTS}, 'Cloud' AS ProviderName, ${text}`;
    await writeParquet(folder, 'part-0.parquet', row(`'Email' AS ServiceName`));
    await writeParquet(folder, 'part-1[a].parquet', row(`'Email' AS ServiceName`));
    await writeParquet(folder, 'part-2.parquet', row(`'Email' AS ServiceName, 'I' AS InvoiceId`));
    const { charges } = await readFocus(folder, { files: '*.parquet' });
    expect(charges).toHaveLength(1);
    expect(charges[0]).toMatchObject({ cash: '3.75', rowCount: 3, file: 'part-0.parquet', row: 1 });
    const [charge] = charges;
    const found = charge === undefined ? [] : await focusRows(folder, { files: '*.parquet' }, charge);
    expect(found.map(({ file, row: place }) => `${file}:${place}`)).toEqual([
      'part-0.parquet:1',
      'part-1[a].parquet:1',
      'part-2.parquet:1',
    ]);
    expect(found[0]?.cells.slice(0, 3)).toEqual([
      ['BilledCost', '1.25'],
      ['EffectiveCost', '1.5'],
      ['BillingCurrency', 'USD'],
    ]);
  });

  test('a charge keeps its key when rows are added to its month', async () => {
    const bill = (rows: readonly string[]): string => `${SHORT_HEADER}\n${rows.join('\n')}\n`;
    const first = await temporaryFolder({ 'b-2024-03.csv': bill(['1,USD,2024-03-05,Cloud']) });
    const grown = await temporaryFolder({
      'b-2024-03.csv': bill(['1,USD,2024-03-05,Cloud', '2,USD,2024-03-09,Cloud']),
    });
    const [before] = (await readFocus(first, { files: '*.csv' })).charges;
    const [after] = (await readFocus(grown, { files: '*.csv' })).charges;
    expect(after?.key).toBe(before?.key);
    expect(after).toMatchObject({ window: '2024-03', cash: '3', day: 20240309 });
  });
});

describe.skipIf(shared === undefined)('real bills (needs the folder of shared data)', () => {
  const focusFolder = join(shared ?? '', 'focus');

  test('the FOCUS 1.0 sample: exact source totals, the rounded ledger total beside them', async () => {
    const sample = 'focus_1.0_sample_1000rows_finops_foundation.csv.gz';
    const folder = await temporaryFolder({ 'sample.csv.gz': await readFile(join(focusFolder, sample)) });
    const { charges, summaries } = await readFocus(folder, { files: '*.csv.gz' });
    const [total] = summaries[0]?.controlTotals ?? [];
    expect(summaries[0]).toMatchObject({ rowCount: 1000, rejectedCount: 0 });
    expect(total).toMatchObject({ currency: 'USD', sourceCash: '20.52022672899', sourceAccrual: '14.97651418586' });
    // 474 charges of which each is rounded: the ledger differs by 3.7 millionths, and says so.
    expect([total?.ledgerCashMicros, total?.ledgerAccrualMicros]).toEqual([20_520_223n, 14_976_514n]);
    expect(charges).toHaveLength(474);
    expect(charges.reduce((sum, charge) => sum + charge.rowCount, 0)).toBe(1000);
    const marketplace = charges.find((charge) => charge.texts.publisher === 'Red Hat Inc.');
    expect(marketplace?.texts.payee).toBe('Amazon Web Services, Inc.');
  });

  test('the examples of the specification: bills load, tables without the columns of a bill are named', async () => {
    const names = await readdir(join(focusFolder, 'spec_examples'));
    const files = await Promise.all(
      names.map(async (name) => [name, await readFile(join(focusFolder, 'spec_examples', name))] as const),
    );
    const folder = await temporaryFolder(Object.fromEntries(files));
    const bills = { files: ['saas*.csv', 'simple*.csv', 'virtual*.csv'], dates: ['M/D/YY'] };
    const { summaries } = await readFocus(folder, bills);
    expect(summaries).toHaveLength(1);
    expect(summaries[0]).toMatchObject({ rowCount: 56, rejectedCount: 0 });
    expect(summaries[0]?.controlTotals).toMatchObject([{ sourceCash: '504600', sourceAccrual: '153940' }]);
    const others = readFocus(folder, { files: ['commitment*.csv', 'one*.csv', 'zero*.csv'] });
    await expect(others).rejects.toThrow(
      /commitment_discount_usage_scenario_1.csv: .*there is no column BillingCurrency/,
    );
  });
});
