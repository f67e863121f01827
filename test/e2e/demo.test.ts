import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { listLines, makeStatement, sourceStatuses, statementInput, withSession, writeDemo } from '../../src/app.js';
import type { Basis } from '../../src/core/charge.js';
import { formatMicros, sumMicros, type Micros } from '../../src/core/money.js';
import { formatPeriod } from '../../src/core/period.js';
import { generateDemo } from '../../src/demo/generate.js';
import { lastingFolder, pullFolder, statementOf } from '../support/end-to-end.js';
import { sumBy, traceDemo, WHOLE_DEMO, type TracedCharge } from '../support/demo-ledger.js';

const { truth } = generateDemo();
const SOURCES = ['cloud', 'cards', 'payables', 'payables-de'];

describe('the demo company, pulled', () => {
  let folder = '';
  let remove: () => Promise<void>;
  let traced: TracedCharge[];

  beforeAll(async () => {
    ({ folder, remove } = await lastingFolder());
    await writeDemo(folder);
    const { failures } = await pullFolder(folder);
    expect(failures).toEqual([]);
    traced = await traceDemo(folder);
  });
  afterAll(() => remove());

  /** Money in the ledger by source and currency. */
  async function ledgerSums(basis: Basis): Promise<Map<string, Micros>> {
    const { lines } = await withSession(folder, (session) => statementInput(session, { ...WHOLE_DEMO, basis }));
    const facts = lines.flatMap(({ source, facts: own }) => own.map((fact) => ({ ...fact, source })));
    return sumBy(
      facts,
      ({ source, currency }) => `${source} ${currency}`,
      (fact) => fact.micros,
    );
  }

  it('has the totals of the truth, by source and currency, on both bases', async () => {
    const told = (amount: (total: (typeof truth.totals)[number]) => Micros): Map<string, Micros> =>
      new Map(truth.totals.map((total) => [`${total.source} ${total.currency}`, amount(total)]));
    expect(await ledgerSums('cash')).toEqual(told(({ cashMicros }) => cashMicros));
    expect(await ledgerSums('accrual')).toEqual(told(({ accrualMicros }) => accrualMicros));
  });

  it('counts rows, rejected rows and skipped rows as they are', async () => {
    const count = (rows: readonly { readonly source: string }[], source: string): number =>
      rows.filter((row) => row.source === source).length;
    const statuses = await withSession(folder, (session) => sourceStatuses(session, undefined));
    expect(
      statuses.map(({ source, rejectedCount, skippedCount, rowCount }) => [
        source,
        rowCount - rejectedCount,
        rejectedCount,
        skippedCount,
      ]),
    ).toEqual(
      SOURCES.map((source) => [
        source,
        count(truth.charges, source),
        count(truth.rejectedRows, source),
        count(truth.skippedRows, source),
      ]),
    );
    for (const { controlTotals } of statuses)
      expect(controlTotals.map(({ difference }) => difference)).toEqual(controlTotals.map(() => '0'));
  });

  it('rejects the rows that nobody can read, and no other', async () => {
    const rejected = await withSession(folder, ({ ledger }) => ledger.rejectedRows(undefined, 1_000));
    const places = (rows: readonly { readonly file: string; readonly row: number }[]): string[] =>
      rows.map(({ file, row }) => `${file}:${row}`).sort();
    expect(places(rejected)).toEqual(places(truth.rejectedRows));
    expect(rejected.filter(({ reason }) => reason === '')).toEqual([]);
  });

  it('finds all technology that its row tells', () => {
    const technology = traced.filter(({ spendClass, obscure }) => spendClass === 'technology' && !obscure);
    const found = technology.filter(({ line }) => line.spendClass === 'technology');
    const share = Number((sumMicros(found.map(micros)) * 1_000n) / sumMicros(technology.map(micros)));
    expect(share).toBeGreaterThanOrEqual(995);
  });

  it('takes nothing else for technology', () => {
    const wrong = traced.filter(
      ({ spendClass, line }) => spendClass !== 'technology' && line.spendClass === 'technology',
    );
    expect(wrong.map(({ payee }) => payee)).toEqual([]);
  });

  it('keeps advertising beside technology, whole', () => {
    const told = traced.filter(({ spendClass }) => spendClass === 'advertising');
    const found = traced.filter(({ line }) => line.spendClass === 'advertising');
    expect(told.length).toBeGreaterThan(100);
    expect(sumBy(found, ({ currency }) => currency, micros)).toEqual(sumBy(told, ({ currency }) => currency, micros));
  });

  it('names the makers behind resellers and card texts', () => {
    const vendors = new Map(traced.map(({ vendor, line }) => [vendor, line.vendorId]));
    const named = ['Figma', 'Loom', 'SAP', 'HubSpot', 'Zendesk', 'CrowdStrike'].map((vendor) => vendors.get(vendor));
    expect(named).toEqual(['figma', 'loom', 'sap', 'hubspot', 'zendesk', 'crowdstrike']);
  });

  it('says unknown of payees that tell nothing', () => {
    const obscure = traced.filter(({ spendClass, obscure }) => obscure && spendClass === 'technology');
    expect(obscure.length).toBeGreaterThan(0);
    expect(new Set(obscure.map(({ line }) => line.spendClass))).toEqual(new Set(['unknown']));
  });

  it('gives every function the technology that the truth gives it, line by line', async () => {
    const { lines } = await statementOf(folder, WHOLE_DEMO);
    const pounds = linesOnlyIn('GBP', traced);
    const told = truth.technologyByOwner.filter(({ currency }) => currency === 'GBP');
    const cells = lines
      .filter(({ id, spendClass }) => spendClass === 'technology' && pounds.has(id))
      .flatMap(({ functions }) => functions);
    const mixed = traced.filter(
      ({ line, currency, obscure, spendClass }) =>
        currency === 'GBP' && !pounds.has(line.id) && !obscure && spendClass === 'technology',
    );
    for (const functionId of new Set(told.map((entry) => entry.functionId))) {
      const own = told.filter((entry) => entry.functionId === functionId);
      const inMixed = mixed.filter(({ owners }) => ownerIds(owners).includes(functionId));
      const found = cells.filter((cell) => cell.functionId === functionId);
      const expected = sumMicros(own.map(({ baselineMicros, currentMicros }) => baselineMicros + currentMicros));
      const actual = sumMicros([...found.map(({ baseline, current }) => baseline + current), ...inMixed.map(micros)]);
      expect(`${functionId} ${formatMicros(actual)}`).toBe(`${functionId} ${formatMicros(expected)}`);
    }
  });

  it('gives lines in other currencies to the same functions', async () => {
    const { lines } = await statementOf(folder, WHOLE_DEMO);
    const owners = new Map<string, Set<string>>();
    for (const { line, owners: shares } of traced) {
      const known = owners.get(line.id) ?? new Set();
      for (const id of ownerIds(shares)) known.add(id);
      owners.set(line.id, known);
    }
    for (const { id, functions, spendClass } of lines) {
      if (spendClass !== 'technology') continue;
      expect([...(owners.get(id) ?? [])]).toEqual(
        expect.arrayContaining(functions.map(({ functionId }) => functionId)),
      );
    }
  });

  it('shows what nobody owns, first and largest first', async () => {
    const report = await withSession(folder, (session) =>
      listLines(session, {
        period: '2024-04..2026-03',
        basis: 'cash',
        view: 'owner',
        spendClasses: ['technology'],
        limit: 10,
      }),
    );
    const ids = new Set(report.rows.filter(({ method }) => method === 'unassigned').map(({ id }) => id));
    const stories = traced.filter(({ story }) => ['unmapped-account', 'virtual-card', 'suspense'].includes(story));
    expect(stories.length).toBeGreaterThan(0);
    expect(stories.filter(({ line }) => !ids.has(line.id))).toEqual([]);
    expect(report.unassigned.lineCount).toBe(ids.size);
  });

  it.each(['owner', 'payer'] as const)(
    'opens every figure of the statement to lines that sum to it, by %s',
    async (view) => {
      await withSession(folder, async (session) => {
        const statement = await makeStatement(session, { ...WHOLE_DEMO, view });
        const period = formatPeriod(statement.current);
        const ask = { period, basis: 'cash', view, spendClasses: ['technology'], limit: 100_000 } as const;
        const sum = async (filter: { functionId?: string; shadow?: boolean }): Promise<Micros> => {
          const report = await listLines(session, { ...ask, ...filter });
          expect(sumMicros(report.rows.map(({ amount }) => amount))).toBe(report.amount);
          return report.amount;
        };
        expect(statement.functions.length).toBeGreaterThan(5);
        for (const { id, current } of statement.functions)
          expect([id, await sum({ functionId: id })]).toEqual([id, current]);
        expect(await sum({})).toBe(statement.technology.current);
        expect(await sum({ shadow: true })).toBe(statement.awareness.shadow.current);
        expect(await sum({ functionId: 'unassigned' })).toBe(statement.awareness.unassigned.current);
      });
    },
  );
});

const micros = ({ cashMicros }: TracedCharge): Micros => cashMicros;

function ownerIds(owners: TracedCharge['owners']): string[] {
  return owners.length === 0 ? ['unassigned'] : owners.map(({ functionId }) => functionId);
}

/** Ids of lines all of whose charges are in one currency. */
function linesOnlyIn(currency: string, charges: readonly TracedCharge[]): Set<string> {
  const ids = new Set(charges.map(({ line }) => line.id));
  for (const charge of charges) if (charge.currency !== currency) ids.delete(charge.line.id);
  return ids;
}
