import { writeFile } from 'node:fs/promises';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { plainAmountSql } from '../../connectors/csv/sql.js';
import { parseMicros, type NumberFormat } from '../../src/core/money.js';
import csv from '../../connectors/csv/index.js';
import { openDuckDb, queryRows, sqlText } from '../../src/connector/duckdb.js';
import { temporaryFolder } from '../support/files.js';
import { pullAll } from '../support/pull.js';

const FORMATS: readonly NumberFormat[] = [
  { decimal: '.', group: '' },
  { decimal: '.', group: ',' },
  { decimal: ',', group: '.' },
  { decimal: ',', group: ' ' },
  { decimal: '.', group: "'" },
];

const digits = fc.stringMatching(/^[0-9]{1,7}$/);
const number = fc.oneof(
  fc.tuple(digits, digits).map((parts) => parts.join('.')),
  fc.tuple(digits, digits).map((parts) => parts.join(',')),
  fc
    .tuple(
      fc.integer({ min: 0, max: 999 }),
      fc.array(fc.stringMatching(/^[0-9]{3}$/), { maxLength: 4 }),
      fc.constantFrom('.', ',', ' ', "'"),
      fc.constantFrom('', '.5', ',25', '.123456', ',1234567'),
    )
    .map(([first, groups, mark, fraction]) => [String(first), ...groups].join(mark) + fraction),
  fc.stringMatching(/^[0-9]{10,14}(\.[0-9]{1,13})?$/),
  fc.stringMatching(/^[-+(]?[£$]?[0-9.,' ]{0,9}(e[0-9])?[-)]?$/),
);
const amount = fc
  .tuple(fc.constantFrom('', '-', '−', '(', 'GBP ', ' '), number, fc.constantFrom('', '-', ')', ' GBP', ' '))
  .map((parts) => parts.join(''));

describe('plainAmountSql', () => {
  it('reads a text as parseMicros does, or not at all', async () => {
    const duckDb = await openDuckDb(await temporaryFolder());
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(amount, { minLength: 20, maxLength: 40 }),
          fc.constantFrom(...FORMATS),
          async (texts, format) => {
            const { isPlain, micros } = plainAmountSql('t', format);
            const values = texts.map((text, index) => `(${index}, ${sqlText(text)})`).join(', ');
            const rows = await queryRows(
              duckDb.connection,
              `SELECT t, ${isPlain} AS plain, ${micros} AS micros FROM (VALUES ${values}) AS v(n, t) ORDER BY n`,
            );
            for (const row of rows) {
              if (row['plain'] === true)
                expect([row['t'], row['micros']]).toEqual([row['t'], parseMicros(String(row['t']), format)]);
              else expect(row['micros']).toBeNull();
            }
          },
        ),
        { numRuns: 60 },
      );
    } finally {
      duckDb.close();
    }
  });

  it.each(['1', '-1', '0.5', '123456789012.123456', '1,234.50', '999,999,999,999.99'])(
    'takes the short cut for %s',
    async (text) => {
      const duckDb = await openDuckDb(await temporaryFolder());
      try {
        const { micros } = plainAmountSql('t', { decimal: '.', group: ',' });
        const [row] = await queryRows(
          duckDb.connection,
          `SELECT ${micros} AS micros FROM (SELECT ${sqlText(text)} AS t)`,
        );
        expect(row?.['micros']).toBe(parseMicros(text, { decimal: '.', group: ',' }));
      } finally {
        duckDb.close();
      }
    },
  );
});

describe('a whole reading', () => {
  it('reads any number of distinct unusual amounts', async () => {
    const count = 250_000;
    const rows = Array.from({ length: count }, (_, index) => `2024-03-01,£${index + 1}`);
    const folder = await temporaryFolder({ 'c.csv': `Date,Amount\n${rows.join('\n')}\n` });
    const pulled = await pullAll(csv, folder, {
      files: 'c.csv',
      currency: 'GBP',
      dates: ['YYYY-MM-DD'],
      amount: { decimal: '.', sign: 'spend-positive' },
      columns: { date: 'Date', amount: 'Amount' },
    });
    expect(pulled.charges).toHaveLength(count);
    expect(pulled.summaries[0]?.controlTotals[0]?.sourceCash).toBe(String((count * (count + 1)) / 2));
  });

  it('accepts exactly the amounts that parseMicros reads, and loses no money', async () => {
    const folder = await temporaryFolder();
    await fc.assert(
      fc.asyncProperty(
        fc.array(amount, { minLength: 1, maxLength: 40 }),
        fc.constantFrom(...FORMATS),
        async (texts, format) => {
          const rows = texts.map((text) => `2024-03-01\t${text}\n`);
          await writeFile(`${folder}/c.tsv`, `Date\tAmount\n${rows.join('')}`);
          const pulled = await pullAll(csv, folder, {
            files: 'c.tsv',
            delimiter: 'tab',
            quote: '',
            currency: 'GBP',
            dates: ['YYYY-MM-DD'],
            amount: { ...format, sign: 'spend-positive' },
            columns: { date: 'Date', amount: 'Amount' },
            rejectedShareMax: 1,
          });
          const expected = texts.flatMap((text, index) => {
            const micros = parseMicros(text, format, 'GBP');
            return micros === undefined ? [] : [[index + 2, micros] as const];
          });
          const total = expected.reduce((sum, [, micros]) => sum + micros, 0n);
          expect(pulled.charges.map(({ row }) => row)).toEqual(expected.map(([row]) => row));
          expect(pulled.summaries[0]?.controlTotals[0]?.ledgerCashMicros ?? 0n).toBe(total);
          expect(pulled.summaries[0]?.rejectedCount).toBe(texts.length - expected.length);
        },
      ),
      { numRuns: 40 },
    );
  });
});
