import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { checkWorkspace, explainLine, listLines, sourceStatuses, withSession } from '../../src/app.js';
import { openDuckDb, queryRows, sqlText } from '../../src/connector/duckdb.js';
import { divideRounded, formatMicros, parseMicros, sumMicros, type Micros } from '../../src/core/money.js';
import { renderJson } from '../../src/render/json.js';
import { COUNCILS_FILES, writeCouncilsWorkspace } from '../support/councils.js';
import { fileDigest, lastingFolder, pullFolder, statementOf } from '../support/end-to-end.js';
import { sharedDataFolder } from '../support/shared-data.js';

const shared = sharedDataFolder();
const YEAR = { periods: { fiscalYear: '2021' } } as const;

describe.skipIf(shared === undefined)('two councils and a cloud bill (needs the folder of shared data)', () => {
  let folder = '';
  let remove: () => Promise<void>;

  beforeAll(async () => {
    ({ folder, remove } = await lastingFolder());
    await writeCouncilsWorkspace(folder, shared ?? '');
    await pullFolder(folder);
  });
  afterAll(() => remove());

  it('is in order', async () => {
    const { mistakes } = await checkWorkspace(folder, new AbortController().signal);
    expect(mistakes).toEqual([]);
  });

  it('has every row of each file in the ledger, and its total', async () => {
    const statuses = await withSession(folder, (session) => sourceStatuses(session, undefined));
    expect(
      statuses.map(({ source, rowCount, rejectedCount, skippedCount, controlTotals }) => {
        const totals = controlTotals.map(
          (total) => `${total.sourceCash} − ${formatMicros(total.ledgerCashMicros)} = ${total.difference}`,
        );
        return [source, rowCount, rejectedCount, skippedCount, ...totals];
      }),
    ).toEqual([
      ['harrogate', 34_270, 0, 0, '121607960.02 − 121607960.02 = 0'],
      ['birmingham', 97_645, 0, 0, '24641927.98 − 24641927.98 = 0'],
      ['cloud', 1_000, 0, 0, '20.52022672899 − 20.520223 = 0.00000372899'],
    ]);
    expect(statuses.map(({ chargeCount }) => chargeCount).slice(0, 2)).toEqual([34_270, 97_645]);
    expect(statuses[0]?.missingMonths).toEqual(['2021-07']);
  });

  it('has ledger lines that sum to the same totals', async () => {
    const whole = { period: '2013-01..2024-12', basis: 'cash', view: 'owner', spendClasses: [], limit: 0 } as const;
    const sums = await withSession(folder, async (session) => [
      await listLines(session, { ...whole, source: 'harrogate' }),
      await listLines(session, { ...whole, source: 'birmingham' }),
    ]);
    expect(sums.map(({ amount }) => formatMicros(amount))).toEqual(['121607960.02', '24641927.98']);
  });

  it('rounds the cloud bill once per line and month, as an independent sum does', async () => {
    const db = await openDuckDb(folder);
    const file = sqlText(join(shared ?? '', COUNCILS_FILES.cloud));
    const rows = await queryRows(
      db.connection,
      `SELECT round(sum("BilledCost"::DECIMAL(38, 18)), 6)::VARCHAR AS cost, count(*)::INTEGER AS rows
         FROM read_csv(${file}, all_varchar = true, quote = '"', escape = '"')
        GROUP BY "InvoiceIssuerName", "ProviderName", "PublisherName", "ServiceName", "ServiceCategory",
          "BillingAccountId", "BillingAccountName", "SubAccountId", "SubAccountName", "BillingPeriodStart",
          json_extract_string(nullif("Tags", 'NULL'), 'business_unit')`,
    );
    db.close();
    const total = sumMicros(rows.map(({ cost }) => microsOf(String(cost))));
    expect(formatMicros(total)).toBe('20.520223');
  });

  it('maps every unit that has a name to a function', async () => {
    const unassigned = await withSession(folder, async (session) => {
      const found = await listLines(session, {
        period: '2013-01..2023-12',
        basis: 'cash',
        view: 'owner',
        spendClasses: [],
        functionId: 'unassigned',
        limit: 100_000,
      });
      const lines = await Promise.all(found.rows.map(({ id }) => session.ledger.findLines(id, 1)));
      return lines.flat();
    });
    expect(new Set(unassigned.map(({ source, costCenter }) => `${source}:${costCenter}`))).toEqual(
      new Set(['birmingham:']),
    );
  });

  it('changes no byte when pulled twice', async () => {
    const ledger = join(folder, 'ledger.sqlite');
    const before = await fileDigest(ledger);
    const page = renderJson(await statementOf(folder, YEAR));
    const again = await pullFolder(folder);
    expect(again.results.map(({ added, changed, removed }) => added + changed + removed)).toEqual([0, 0, 0]);
    expect(again.decided).toEqual({ seen: 0, changed: 0 });
    expect(await fileDigest(ledger)).toBe(before);
    expect(renderJson(await statementOf(folder, YEAR))).toBe(page);
  });

  it('opens lines down to the text of their rows', async () => {
    const texts = { harrogate: fileLines('harrogate'), birmingham: fileLines('birmingham') };
    let opened = 0;
    await withSession(folder, async (session) => {
      for (const [source, lines] of Object.entries(texts)) {
        const period = source === 'harrogate' ? '2019-04..2022-08' : '2014-04..2018-01';
        const { rows } = await listLines(session, {
          period,
          basis: 'cash',
          view: 'owner',
          spendClasses: ['technology'],
          source,
          limit: 4,
        });
        for (const { id } of rows) {
          const { charges, line } = await explainLine(session, id, { chargesMax: 3, rowsMax: 1 });
          for (const { sourceRows, cashMicros, row } of charges) {
            const [cells] = parse(lines[row - 1] ?? '');
            expect(sourceRows.map(({ cells: shown }) => shown.map(([, text]) => text))).toEqual([cells]);
            expect(cells).toContain(line.payee);
            const amounts = sourceRows[0]?.cells.filter(([column]) => /Net Amount|BILLING GROSS AMT/.test(column));
            expect(microsOf((amounts?.[0]?.[1] ?? '').replaceAll(',', ''))).toBe(cashMicros);
            opened += 1;
          }
        }
      }
    });
    expect(opened).toBeGreaterThan(12);
  });

  it('opens a grouped charge of the cloud bill to all rows it sums', async () => {
    await withSession(folder, async (session) => {
      const found = await listLines(session, {
        period: '2024-09',
        basis: 'cash',
        view: 'owner',
        spendClasses: [],
        source: 'cloud',
        limit: 5,
      });
      for (const { id } of found.rows) {
        const { charges } = await explainLine(session, id, { chargesMax: 1, rowsMax: 1_000 });
        const [charge] = charges;
        const costs = charge?.sourceRows.map(({ cells }) => new Map(cells).get('BilledCost') ?? '') ?? [];
        expect(costs).toHaveLength(charge?.rowCount ?? -1);
        expect(roundedSum(costs)).toBe(charge?.cashMicros);
      }
    });
  });
});

function microsOf(text: string): Micros {
  const micros = parseMicros(text);
  if (micros === undefined) throw new Error(`"${text}" is no amount`);
  return micros;
}

/** Sum of decimal texts, rounded once to the micro-unit. */
function roundedSum(texts: readonly string[]): Micros {
  const scale = 18;
  const sum = texts.reduce((total, text) => {
    const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
    const value = BigInt(whole + fraction.padEnd(scale, '0'));
    return text.startsWith('-') ? total - value : total + value;
  }, 0n);
  return divideRounded(sum, 10n ** BigInt(scale - 6));
}

function fileLines(source: 'harrogate' | 'birmingham'): string[] {
  return gunzipSync(readFileSync(join(shared ?? '', COUNCILS_FILES[source])))
    .toString()
    .split(/\r?\n/);
}
