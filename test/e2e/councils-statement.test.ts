import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { withSession, type StatementOptions } from '../../src/app.js';
import { openDuckDb, queryRows, sqlText } from '../../src/connector/duckdb.js';
import { parseMicros, sumMicros, type Micros } from '../../src/core/money.js';
import { renderCsv } from '../../src/render/csv.js';
import { renderHtml } from '../../src/render/html.js';
import { renderJson } from '../../src/render/json.js';
import { statementSchema } from '../../src/render/schema.js';
import { renderText } from '../../src/render/text.js';
import type { Statement } from '../../src/statement/types.js';
import { COUNCILS_FILES, writeCouncilsWorkspace } from '../support/councils.js';
import { lastingFolder, pullFolder, statementOf } from '../support/end-to-end.js';
import { expectAddsUp } from '../support/identities.js';
import { sharedDataFolder } from '../support/shared-data.js';

const shared = sharedDataFolder();
const YEAR = { periods: { fiscalYear: '2021' } } as const;
const CHOICES: readonly (readonly [what: string, options: Partial<StatementOptions>])[] = [
  ['by payer', { ...YEAR, view: 'payer' }],
  ['on accrual basis', { ...YEAR, basis: 'accrual' }],
  ["in today's organisation", { ...YEAR, asToday: true }],
  ['of a month', { periods: { month: '2022-03' } }],
  ['of a month against the one before', { periods: { month: '2022-03', compare: 'last-month' } }],
  ['of any range', { periods: { baseline: '2019-04..2020-03', current: '2020-04..2021-03' } }],
  ['of a quarter', { periods: { baseline: '2020-Q1', current: '2021-Q1' } }],
  ['of the latest months', { periods: {} }],
];

describe.skipIf(shared === undefined)("a council's statement (needs the folder of shared data)", () => {
  let folder = '';
  let remove: () => Promise<void>;
  let year: Statement;

  beforeAll(async () => {
    ({ folder, remove } = await lastingFolder());
    await writeCouncilsWorkspace(folder, shared ?? '', ['harrogate']);
    await pullFolder(folder);
    year = await statementOf(folder, YEAR);
  });
  afterAll(() => remove());

  it('of 2020/21 against 2019/20 adds up to the micro-unit', () => {
    expectAddsUp(year);
    expect([year.baseline, year.current]).toEqual([
      { from: '2019-04', to: '2020-04' },
      { from: '2020-04', to: '2021-04' },
    ]);
    expect(year.sources.map(({ rejectedCount, missingMonths }) => [rejectedCount, missingMonths])).toEqual([[0, []]]);
  });

  it('counts all of the file, class by class, as an independent sum does', async () => {
    const rows = await fileSums(folder);
    const total = (from: string, to: string): Micros =>
      sumMicros(rows.filter(({ month }) => month >= from && month < to).map(({ micros }) => micros));
    const classes = [year.technology, ...year.beside];
    expect(sumMicros(classes.map(({ baseline }) => baseline))).toBe(total('2019-04', '2020-04'));
    expect(sumMicros(classes.map(({ current }) => current))).toBe(total('2020-04', '2021-04'));
  });

  it('gives every technology line the money that the file has under its payee, unit and ledger account', async () => {
    const sums = new Map<string, { baseline: Micros; current: Micros }>();
    for (const { key, month, micros } of await fileSums(folder)) {
      const sum = sums.get(key) ?? { baseline: 0n, current: 0n };
      if (month >= '2019-04' && month < '2020-04') sum.baseline += micros;
      if (month >= '2020-04' && month < '2021-04') sum.current += micros;
      sums.set(key, sum);
    }
    const technology = year.lines.filter(({ spendClass }) => spendClass === 'technology');
    expect(technology.length).toBeGreaterThan(200);
    await withSession(folder, async ({ ledger }) => {
      for (const { id, functions } of technology) {
        const [line] = await ledger.findLines(id, 1);
        const found = {
          baseline: sumMicros(functions.map(({ baseline }) => baseline)),
          current: sumMicros(functions.map(({ current }) => current)),
        };
        expect(sums.get(keyOf([line?.payee, line?.costCenter, line?.ledgerAccount]))).toEqual(found);
      }
    });
  });

  it.each(CHOICES)('%s adds up and is well formed', async (_what, options) => {
    const statement = await statementOf(folder, options);
    expectAddsUp(statement);
    expect(statement.technology.current).toBeGreaterThan(0n);
    expect(() => statementSchema.parse(JSON.parse(renderJson(statement)))).not.toThrow();
  });

  it('remarks on the month that was never delivered', async () => {
    const statement = await statementOf(folder, { periods: { fiscalYear: '2022' } });
    expectAddsUp(statement);
    expect(statement.sources.map(({ missingMonths }) => missingMonths)).toEqual([['2021-07']]);
    expect(renderText(statement, { columns: 120, color: false })).toMatch(/no charges in 2021-07/);
    expect(renderHtml(statement)).toMatch(/2021-07|July 2021/);
  });

  it('says the same total in every form', () => {
    const json = statementSchema.parse(JSON.parse(renderJson(year)));
    expect(parseMicros(json.technology.current)).toBe(year.technology.current);
    expect(renderCsv(year)).toContain(json.technology.current);
    expect(renderText(year, { columns: 120, color: false })).toContain('IT owned');
  });

  it('finds technology in the books: software and telephones yes, builders and fuel no', () => {
    const classOf = new Map(year.lines.map((line) => [line.payee, line.spendClass]));
    const it = ['PHOENIX SOFTWARE LTD', 'IDOX SOFTWARE LTD', 'DELL CORPORATION LTD', 'VIRGIN MEDIA PAYMENTS LTD'];
    expect(it.map((payee) => classOf.get(payee))).toEqual(it.map(() => 'technology'));
    const vendors = new Set(year.lines.filter((line) => line.spendClass === 'technology').map(({ payee }) => payee));
    for (const payee of [
      'WILLMOTT DIXON CONSTRUCTION LTD',
      'FACULTATIEVE TECHNOLOGIES LTD',
      'RIX PETROLEUM (HULL) LIMITED',
      'GUSTO DIRECT LTD',
      'GLOBAL TOURISM SOLUTIONS (UK) LTD',
    ]) {
      expect(vendors).not.toContain(payee);
    }
  });
});

interface FileSum {
  readonly key: string;
  readonly month: string;
  readonly micros: Micros;
}

const keyOf = (texts: readonly unknown[]): string => texts.map(String).join(' | ');

/** The file's money by payee, unit, ledger account and month, summed by DuckDB from its text. */
async function fileSums(temporaryFolder: string): Promise<FileSum[]> {
  const db = await openDuckDb(temporaryFolder);
  try {
    const rows = await queryRows(
      db.connection,
      `SELECT "Supplier Name" AS payee, "Service Code" AS unit, coalesce("Expenditure Code", '') AS account,
          left("Payment Date", 7) AS month, (sum("Net Amount"::DECIMAL(18, 2)) * 1000000)::BIGINT AS micros
         FROM read_csv(${sqlText(join(shared ?? '', COUNCILS_FILES.harrogate))}, all_varchar = true)
        GROUP BY ALL`,
    );
    return rows.map(({ payee, unit, account, month, micros }) => ({
      key: keyOf([payee, unit, account]),
      month: String(month),
      micros: BigInt(String(micros)),
    }));
  } finally {
    db.close();
  }
}
