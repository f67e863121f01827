import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { mapColumns } from '../../connectors/csv/columns.js';
import { dateFormatsFor, readDate } from '../../connectors/csv/dates.js';
import { previewProposal, proposeSource, type Proposal, type TableSample } from '../../connectors/csv/propose.js';
import { csvSettings } from '../../connectors/csv/settings.js';
import { readAmount, readRow } from '../../connectors/csv/to-charge.js';
import { dateOfDayNumber } from '../../src/core/date.js';
import { formatMicros } from '../../src/core/money.js';
import { sniffFile } from '../../src/connector/sniff.js';
import { sharedDataFolder } from '../support/shared-data.js';

const header = fc.oneof(
  fc.constantFrom('Date', 'Payment Date', 'Amount', 'Betrag', 'Debit', 'Credit', 'Currency', 'Supplier', 'Name'),
  fc.constantFrom('Total', 'Cost centre', 'Konto', 'MCC', 'Card', 'Amount (EUR)', 'Description', 'Ref', '', ' '),
  fc.string({ maxLength: 12 }),
);
const number = fc.integer({ min: 0, max: 40 });
const cell = fc.oneof(
  fc
    .tuple(number, number, fc.constantFrom('24', '2024', '99', '0001'), fc.constantFrom('/', '.', '-'))
    .map(([a, b, year, mark]) => [String(a).padStart(2, '0'), String(b).padStart(2, '0'), year].join(mark)),
  fc
    .tuple(number, number)
    .map(([month, day]) => `2024-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`),
  fc
    .tuple(
      fc.constantFrom('', '-', '(', '£', '$', 'EUR '),
      fc.nat(9_999),
      fc.constantFrom('.', ',', '', "'"),
      fc.nat(9_999),
    )
    .map(([sign, whole, mark, rest]) => `${sign}${whole}${mark}${rest}`),
  fc.constantFrom(
    '',
    'Total',
    'GBP',
    'EUR',
    'D',
    'C',
    'Acme',
    'NULL',
    '*1234',
    '4111111111111111',
    '1e999',
    '__proto__',
  ),
  fc.string({ maxLength: 8 }),
);
/** Tables whose columns have one kind of cell mostly, as files do, and tables without any order. */
const table = fc
  .tuple(
    fc.array(header, { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 0, max: 12 }),
    fc.integer({ min: 1, max: 5 }),
  )
  .chain(([headers, count, headerRow]) =>
    fc.record({
      fileName: fc.constantFrom('a.csv', '2024.csv', '', '.gz', 'x/b.xlsx'),
      header: fc.constant(headers),
      rows: fc.array(
        fc.oneof(
          { weight: 5, arbitrary: fc.array(cell, { minLength: headers.length, maxLength: headers.length }) },
          { weight: 1, arbitrary: fc.array(cell, { maxLength: 8 }) },
        ),
        { minLength: count, maxLength: count },
      ),
      delimiter: fc.constantFrom(',', ';', '\t'),
      encoding: fc.constant('utf-8'),
      headerRow: fc.constant(headerRow),
    }),
  );

const two = (value: number): string => String(value).padStart(2, '0');
const day = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 28 }));
const dayTexts = fc.constantFrom<((month: number, date: number) => string)[]>(
  (month, date) => `2024-${two(month)}-${two(date)}`,
  (month, date) => `${two(date)}.${two(month)}.24`,
  (month, date) => `${month}/${date}/2024`,
);
const amountTexts = fc.constantFrom<((whole: number, cents: number) => string)[]>(
  (whole, cents) => `1,${String(whole).padStart(3, '0')}.${two(cents)}`,
  (whole, cents) => `1.${String(whole).padStart(3, '0')},${two(cents)}`,
  (whole, cents) => `-${whole}.${two(cents)}`,
  (whole, cents) => `(£${whole}.${two(cents)})`,
  (whole, cents) => `EUR ${whole}.${two(cents)}-`,
);
/** Tables as files have them: one way of writing in each column, and now and then another cell. */
const likelyTable = fc.tuple(dayTexts, amountTexts, fc.boolean()).chain(([writeDay, writeAmount, pair]) => {
  const noise = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | string> =>
    fc.oneof({ weight: 24, arbitrary }, { weight: 1, arbitrary: cell });
  const money = fc.tuple(fc.nat(999), fc.nat(99)).map(([whole, cents]) => writeAmount(whole, cents));
  const date = noise(day.map(([month, date]) => writeDay(month, date)));
  const payee = noise(fc.constantFrom('Acme', 'Bolt', 'Total'));
  const currency = noise(fc.constant('EUR'));
  const row = pair
    ? fc.oneof(
        fc.tuple(date, payee, noise(money), fc.constant(''), currency),
        fc.tuple(date, payee, fc.constant(''), money, currency),
      )
    : fc.tuple(date, payee, noise(money), currency);
  return fc.record({
    fileName: fc.constant('a.csv'),
    header: fc.constant(
      pair ? ['Date', 'Supplier', 'Debit', 'Credit', 'Currency'] : ['Date', 'Supplier', 'Amount', 'Currency'],
    ),
    rows: fc.array(row as fc.Arbitrary<string[]>, { minLength: 2, maxLength: 20 }),
    delimiter: fc.constant(','),
    encoding: fc.constant('utf-8'),
    headerRow: fc.constant(1),
  });
});

/** The rows as wide as the header, with the texts of the mapped columns by key. */
function mappedRows(sample: TableSample, settings: Proposal['settings']): Record<string, string>[] {
  const places = Object.entries(settings.columns ?? {}).map(
    ([key, name]) => [key, sample.header.findIndex((text) => text.trim() === name)] as const,
  );
  return sample.rows
    .filter((row) => row.length >= sample.header.length && row.slice(sample.header.length).every((one) => one === ''))
    .map((row) => Object.fromEntries(places.map(([key, index]) => [key, (row[index] ?? '').trim()])));
}

/** Where the row has no currency yet, a code in the cell is what will be filled in. */
function currencyOf(row: Record<string, string>, settings: Proposal['settings']): string {
  const stated = settings.currency ?? row['currency'] ?? '';
  return stated === '' ? (/[A-Z]{3}/.exec(row['amount'] ?? '')?.[0] ?? '') : stated.toUpperCase();
}

describe('proposeSource on any table', () => {
  it('never throws, and never proposes a format under which most cells cannot be read', () => {
    fc.assert(
      fc.property(fc.oneof(table, likelyTable), (sample) => {
        const proposal = proposeSource(sample);
        const { settings } = proposal;
        const { skippedCount } = previewProposal(proposal, sample);
        const rows = mappedRows(sample, settings);
        if (settings.dates !== undefined) {
          const formats = dateFormatsFor(settings.dates, 'a.csv');
          const unread = rows.filter((row) => !('day' in readDate(row['date'] ?? '', formats)));
          expect(unread.length - skippedCount).toBeLessThanOrEqual(rows.length / 2);
        }
        const { decimal, group } = settings.amount ?? {};
        if (decimal !== undefined && group !== undefined && settings.columns?.['amount'] !== undefined) {
          const read = (row: Record<string, string>): unknown =>
            readAmount(row['amount'] ?? '', { decimal, group }, currencyOf(row, settings));
          // The sign of another currency is a matter of the row, not of the format.
          const isUnread = (reading: unknown): boolean =>
            typeof reading === 'string' && !reading.includes('no sign of');
          const unread = rows.filter((row) => isUnread(read(row)));
          expect(unread.length - skippedCount).toBeLessThanOrEqual(rows.length / 2);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives settings the connector accepts whenever it says that they are complete', () => {
    fc.assert(
      fc.property(likelyTable, (sample) => {
        const proposal = proposeSource({ ...sample, fileName: 'a.csv' });
        if (!proposal.complete) return;
        const { connector, title, kind, ...own } = proposal.settings;
        expect([connector, typeof title, kind]).toEqual(['csv', 'string', 'payment']);
        expect(csvSettings.safeParse(own).error).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('shows the rows of a complete proposal as the connector reads them', () => {
    fc.assert(
      fc.property(likelyTable, (drawn) => {
        const sample = { ...drawn, fileName: 'a.csv' };
        const proposal = proposeSource(sample);
        if (!proposal.complete || proposal.settings.skip !== undefined) return;
        const { connector, title, kind, ...own } = proposal.settings;
        expect([connector, typeof title, typeof kind]).toEqual(['csv', 'string', 'string']);
        const settings = csvSettings.parse(own);
        const mapped = mapColumns(sample.header, settings, { file: 'a.csv', source: 's', line: 1 });
        if (!('columns' in mapped)) throw new Error('the columns of the proposal are not in the file');
        const whole = sample.rows.filter((row) => row.length === sample.header.length);
        const read = whole
          .map((row) => readRow(row, mapped.columns, settings, dateFormatsFor(settings.dates, 'a.csv')))
          .flatMap((reading) => ('reasons' in reading ? [] : [reading]));
        const preview = previewProposal(proposal, { ...sample, rows: whole }, Infinity);
        expect(preview.rows.map(({ date, amount, currency }) => [date, amount, currency])).toEqual(
          read.map(({ day, micros, currency }) => [dateOfDayNumber(day), formatMicros(micros), currency]),
        );
        expect(preview.rejectedCount).toBe(whole.length - read.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(fc.oneof(table, likelyTable), (sample) => {
        const whole = { ...sample, rows: sample.rows.map((row) => [...row]) };
        const turned = { ...sample, rows: [...whole.rows].reverse() };
        const forward = proposeSource(whole).settings;
        const backward = proposeSource(turned).settings;
        expect({ ...backward, skip: undefined }).toEqual({ ...forward, skip: undefined });
      }),
      { numRuns: 1_000 },
    );
  });
});

const shared = sharedDataFolder();

describe.skipIf(shared === undefined)('proposeSource on the files of two councils', () => {
  it('understands accounts payable of Harrogate in all but the currency', async () => {
    const path = join(shared ?? '', 'ap/harrogate_borough_council_spend_2019-04_2022-08.csv.gz');
    const sample = await sniffFile(path, { rowsMax: 50_000 });
    expect(sample).toMatchObject({ encoding: 'utf-8', delimiter: ',', headerRow: 1, truncated: false, brokenCount: 0 });
    const proposal = proposeSource(sample);
    expect(proposal.settings).toEqual({
      connector: 'csv',
      title: 'Harrogate borough council spend',
      kind: 'payment',
      files: 'harrogate_borough_council_spend_2019-04_2022-08.csv.gz',
      dates: ['YYYY-MM-DD'],
      amount: { decimal: '.', group: '', sign: 'spend-positive' },
      columns: {
        date: 'Payment Date',
        amount: 'Net Amount',
        payee: 'Supplier Name',
        costCenter: 'Service Code',
        ledgerAccount: 'Expenditure Code',
        reference: 'Transaction No.',
      },
    });
    expect(proposal.understood).toContain('dates: "Payment Date": 34,270 of 34,270 values are days as YYYY-MM-DD');
    expect(proposal.open.map(({ key }) => key)).toEqual(['currency']);
    expect(proposal.complete).toBe(false);
    expect(previewProposal(proposal, sample)).toMatchObject({ rejectedCount: 0, skippedCount: 0 });
  });

  it('understands purchase cards of Birmingham in all but the currency', async () => {
    const path = join(shared ?? '', 'cards/birmingham_city_council_purchase_cards_2014-04_2018-01.csv.gz');
    const sample = await sniffFile(path);
    expect(sample).toMatchObject({ delimiter: ',', headerRow: 1, truncated: true });
    const proposal = proposeSource(sample);
    expect(proposal.settings).toMatchObject({
      dates: ['DD/MM/YY'],
      amount: { decimal: '.', group: ',', sign: 'spend-positive' },
      columns: {
        date: 'TRANS DATE',
        amount: 'BILLING GROSS AMT',
        payee: 'MERCHANT NAME',
        costCenter: 'Directorate',
        ledgerAccount: 'TRANS CAC DESC 1',
        card: 'CARD NUMBER',
      },
    });
    expect(proposal.open.map(({ key }) => key)).toEqual(['currency']);
    const { rows, rejectedCount } = previewProposal(proposal, sample);
    expect(rejectedCount).toBe(0);
    expect(rows).toHaveLength(10);
    expect(rows[0]).toEqual({
      line: 2,
      date: '2017-01-03',
      amount: '72.61',
      currency: '',
      payee: 'shell kings 587',
      others: { card: '*5770', costCenter: 'Adult & Communities', ledgerAccount: 'Vehicle Fuel' },
    });
  });
});
