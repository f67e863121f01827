import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PullEnd, ServiceBatch, ServiceCharge } from '../../src/connector/service.js';
import {
  REJECTED_ROWS_KEPT_MAX,
  type ChargeBatch,
  type ReadingSummary,
  type RejectedRow,
} from '../../src/core/batch.js';
import { EMPTY_LINE_TEXTS, type LineTexts } from '../../src/core/charge.js';
import type { IsoDate } from '../../src/core/date.js';
import { divideRounded, type DecimalText } from '../../src/core/money.js';
import { REJECTED_ROWS_FREE, WindowCollector } from '../../src/pull/collect.js';
import { charge, money } from '../support/own-connector.js';

const READ_AT = new Date('2026-11-20T12:00:00Z');
const OCTOBER = { from: '2026-10-01' as IsoDate, to: '2026-11-01' as IsoDate };
const END: PullEnd = { isFinal: true, remarks: [] };
const row: RejectedRow = { file: 'list', row: 1, reason: 'currency: "X" is no currency code', text: '{}' };

interface Collected {
  readonly batch: ChargeBatch;
  readonly summary: ReadingSummary;
}

async function collect(batches: readonly ServiceBatch[], end = END): Promise<Collected> {
  const collector = new WindowCollector('cards', OCTOBER);
  for (const batch of batches) collector.add(batch);
  const reading = collector.reading(end, READ_AT);
  const all: ChargeBatch[] = [];
  for await (const batch of reading.batches()) all.push(batch);
  const batch = joined(all);
  return { batch, summary: await reading.summary() };
}

/** All batches as one: the lines of each follow those of the earlier ones. */
function joined(all: readonly ChargeBatch[]): ChargeBatch {
  const numbers = (pick: (batch: ChargeBatch) => Int32Array): Int32Array =>
    Int32Array.from(all.flatMap((batch) => [...pick(batch)]));
  const bigints = (pick: (batch: ChargeBatch) => BigInt64Array): BigInt64Array =>
    BigInt64Array.from(all.flatMap((batch) => [...pick(batch)]));
  return {
    lines: all.flatMap(({ lines }) => lines),
    line: numbers(({ line }) => line),
    key: bigints(({ key }) => key),
    day: numbers(({ day }) => day),
    currency: all.flatMap(({ currency }) => currency),
    cashMicros: bigints(({ cashMicros }) => cashMicros),
    accrualMicros: bigints(({ accrualMicros }) => accrualMicros),
    rowCount: numbers(({ rowCount }) => rowCount),
    file: numbers(({ file }) => file),
    row: numbers(({ row: place }) => place),
    reference: all.flatMap(({ reference = [] }) => reference),
  };
}

const charges = (...list: ServiceCharge[]): ServiceBatch => ({ charges: list });

/** What went wrong, in words. */
async function refusal(batches: readonly ServiceBatch[]): Promise<string> {
  return collect(batches).then(
    () => 'accepted',
    (error: unknown) => String(error),
  );
}

const TWO = '→ This is a mistake of the connector: please report it.';

describe('a window', () => {
  it('knows a charge by the first 63 bits of the SHA-256 of its key, in every version', async () => {
    const { batch } = await collect([charges(charge('2026-10-01', 'Figma', '1', { key: 'ключ 1' }))]);
    const digest = createHash('sha256').update('ключ 1').digest('hex');
    expect([...batch.key]).toEqual([BigInt.asUintN(63, BigInt(`0x${digest.slice(0, 16)}`))]);
  });

  it('has one line of texts that are equal, whether they come as one object or as several', async () => {
    const texts = { payee: 'Figma', service: 'Seats' };
    const days = ['2026-10-01', '2026-10-02', '2026-10-03'].map((day) => charge(day, '', '1'));
    const given = [texts, texts, { ...texts }];
    const all = days.map((one, index) => ({ ...one, texts: given[index] ?? {} }));
    const { batch } = await collect([charges(...all, charge('2026-10-04', 'Figma', '1'))]);
    expect([...batch.line]).toEqual([0, 0, 0, 1]);
    expect(batch.lines).toHaveLength(2);
  });

  it('is handed over in columns, each line once, in the order in which charges came', async () => {
    const { batch, summary } = await collect([
      charges(charge('2026-10-01', 'Figma', '1.5', { reference: 'tx_1' }), charge('2026-10-31', 'Zoom', '-2')),
      charges(charge('2026-10-02', 'Figma', '3', { currency: 'GBP', accrual: money('0.25') })),
    ]);
    expect(batch.lines).toEqual([
      { ...EMPTY_LINE_TEXTS, payee: 'Figma' },
      { ...EMPTY_LINE_TEXTS, payee: 'Zoom' },
    ]);
    expect([...batch.line]).toEqual([0, 1, 0]);
    expect([...batch.day]).toEqual([20261001, 20261031, 20261002]);
    expect(batch.currency).toEqual(['EUR', 'EUR', 'GBP']);
    expect([...batch.cashMicros]).toEqual([1_500_000n, -2_000_000n, 3_000_000n]);
    expect([...batch.accrualMicros]).toEqual([1_500_000n, -2_000_000n, 250_000n]);
    expect([...batch.rowCount]).toEqual([1, 1, 1]);
    expect([...batch.file]).toEqual([0, 0, 0]);
    expect(batch.reference).toEqual(['tx_1', '', '']);
    expect(summary).toMatchObject({
      rowCount: 3,
      rejectedCount: 0,
      skippedCount: 0,
      service: { readAt: READ_AT, isFinal: true },
    });
  });

  it('without charges is a window all the same', async () => {
    const { batch, summary } = await collect([], { isFinal: false, remarks: ['Nothing yet.'] });
    expect(batch.line).toHaveLength(0);
    expect(summary).toMatchObject({
      rowCount: 0,
      controlTotals: [],
      remarks: ['Nothing yet.'],
      service: { isFinal: false },
    });
  });

  it.each(['2026-09-30', '2026-11-01'])('has no charge of %s', async (day) => {
    expect(await refusal([charges(charge(day, 'Figma', '1'))])).toBe(
      `SourceError: source cards: the connector gave a charge of ${day} when asked for 2026-10-01 to 2026-11-01; ` +
        `nothing of this window was taken\n  ${TWO}`,
    );
  });

  it('has no day that is not in the calendar', async () => {
    expect(await refusal([charges(charge('2026-10-32', 'Figma', '1'))])).toContain('gave a charge of 2026-10-32');
  });
});

describe('a key that comes twice', () => {
  const one = charge('2026-10-05', 'Figma', '10.00', { key: 'tx_1' });

  it('with the same charge is one charge: lists grow while they are walked', async () => {
    const { batch, summary } = await collect([charges(one), charges({ ...one, texts: { ...one.texts } })]);
    expect(batch.line).toHaveLength(1);
    expect(summary.rowCount).toBe(1);
    expect(summary.controlTotals[0]?.sourceCash).toBe('10');
  });

  it.each<[string, Partial<ServiceCharge>]>([
    ['another amount', { cash: money('10.01') }],
    ['another day', { day: '2026-10-06' as IsoDate }],
    ['another line', { texts: { payee: 'Zoom' } }],
    ['another currency', { currency: 'USD' }],
    ['another amount over time', { accrual: money('9') }],
  ])('with %s is refused', async (_what, other) => {
    expect(await refusal([charges(one), charges({ ...one, ...other })])).toBe(
      'SourceError: source cards: the connector gave two charges with the key tx_1 when asked for 2026-10-01 to ' +
        `2026-11-01; nothing of this window was taken\n  ${TWO}`,
    );
  });
});

describe('an amount', () => {
  it.each<[string, Partial<ServiceCharge>]>([
    ['cash', { cash: money('9223372036855') }],
    ['over time', { cash: money('1'), accrual: money('-9223372036855') }],
  ])('that is too large is set aside with its text: %s', async (_what, large) => {
    const { batch, summary } = await collect([
      charges(charge('2026-10-05', 'Figma', '1', { key: 'tx_1', ...large }), charge('2026-10-05', 'Zoom', '2')),
    ]);
    expect(batch.cashMicros).toEqual(BigInt64Array.of(2_000_000n));
    expect(summary.rejected).toHaveLength(1);
    expect(summary.rejected[0]).toMatchObject({ file: 'tx_1', reason: 'the amount is too large' });
    expect(summary.rejected[0]?.text).toContain('9223372036855');
    expect(summary).toMatchObject({ rowCount: 2, rejectedCount: 1 });
    // Its money is in no total.
    expect(summary.controlTotals).toMatchObject([{ currency: 'EUR', sourceCash: '2', ledgerCashMicros: 2_000_000n }]);
  });

  it('of a millionth of a millionth is kept in the total and rounded in the charge', async () => {
    const { batch, summary } = await collect([
      charges(
        charge('2026-10-05', 'Figma', '0.0000005', { key: 'a' }),
        charge('2026-10-05', 'Figma', '-0.0000004', { key: 'b' }),
      ),
    ]);
    expect([...batch.cashMicros]).toEqual([1n, 0n]);
    expect(summary.controlTotals).toEqual([
      {
        currency: 'EUR',
        sourceCash: '0.0000001',
        sourceAccrual: '0.0000001',
        ledgerCashMicros: 1n,
        ledgerAccrualMicros: 1n,
      },
    ]);
  });
});

describe('rows that cannot be read', () => {
  const sound = (count: number): ServiceCharge[] =>
    Array.from({ length: count }, (_, index) => charge('2026-10-05', 'Figma', '1', { key: `k${index}` }));
  const bad = (count: number): RejectedRow[] => Array.from({ length: count }, () => row);

  it('are few enough up to ten, whatever the share', async () => {
    const { summary } = await collect([{ charges: sound(1), rejected: bad(REJECTED_ROWS_FREE) }]);
    expect(summary).toMatchObject({ rowCount: 11, rejectedCount: 10 });
    expect(summary.rejected).toHaveLength(10);
  });

  it.each([
    ['more than ten of few', 1, 11, 0, '11 of 12'],
    ['more than one in fifty', 979, 21, 0, '21 of 1000'],
  ])('refuse the window when they are %s', async (_what, soundCount, badCount, skippedCount, shown) => {
    const batch = { charges: sound(soundCount), rejected: bad(badCount), skippedCount };
    expect(await refusal([batch])).toBe(
      `SourceError: source cards: ${shown} rows of 2026-10-01 to 2026-11-01 cannot be read (currency: "X" is no currency code)\n` +
        '  → The service may have changed. Nothing of this window was taken; the ledger is as it was.',
    );
  });

  it('do not refuse it at just one in fifty, with those that were left out counted among all', async () => {
    const { summary } = await collect([{ charges: sound(500), rejected: bad(20), skippedCount: 480 }]);
    expect(summary).toMatchObject({ rowCount: 1_000, rejectedCount: 20, skippedCount: 480 });
  });

  it('are all counted, and kept up to a limit', async () => {
    const collector = new WindowCollector('cards', OCTOBER);
    const count = REJECTED_ROWS_KEPT_MAX + 5;
    collector.add({ charges: [], rejected: bad(count), skippedCount: count * 50 });
    const summary = await collector.reading(END, READ_AT).summary();
    expect(summary.rejectedCount).toBe(count);
    expect(summary.rejected).toHaveLength(REJECTED_ROWS_KEPT_MAX);
  });
});

describe('the totals of a window', () => {
  it('are those that the service states, also of a currency without a charge', async () => {
    const { summary } = await collect(
      [charges(charge('2026-10-05', 'Figma', '10')), charges(charge('2026-10-05', 'Zoom', '7', { currency: 'GBP' }))],
      {
        ...END,
        totals: [
          { currency: 'EUR', cash: money('10.01'), accrual: money('9') },
          { currency: 'USD', cash: money('4') },
        ],
      },
    );
    expect(summary.controlTotals).toEqual([
      {
        currency: 'EUR',
        sourceCash: '10.01',
        sourceAccrual: '9',
        ledgerCashMicros: 10_000_000n,
        ledgerAccrualMicros: 10_000_000n,
      },
      {
        currency: 'GBP',
        sourceCash: '7',
        sourceAccrual: '7',
        ledgerCashMicros: 7_000_000n,
        ledgerAccrualMicros: 7_000_000n,
      },
      { currency: 'USD', sourceCash: '4', sourceAccrual: '4', ledgerCashMicros: 0n, ledgerAccrualMicros: 0n },
    ]);
  });
});

describe('lines', () => {
  it('are the same however their texts are put together, and differ by any of them', async () => {
    const text = fc.constantFrom('', 'a', 'b', 'a\u0000b', '\u0000');
    const texts = fc.record({ payee: text, publisher: text, service: text }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 12 }), async (list) => {
        const { batch } = await collect([
          charges(...list.map((entry, index) => charge('2026-10-05', '', '1', { key: `k${index}`, texts: entry }))),
        ]);
        const given = list.map((entry): LineTexts => ({ ...EMPTY_LINE_TEXTS, ...entry }));
        expect([...batch.line].map((line) => batch.lines[line])).toEqual(given);
        expect(new Set(batch.lines.map((line) => JSON.stringify(line))).size).toBe(batch.lines.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('many charges', () => {
  it('come to the same sums as adding them up one by one, in whatever pages and however often they are given', async () => {
    const made = fc.record({
      digits: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
      scale: fc.nat(9),
      currency: fc.constantFrom('EUR', 'GBP', 'JPY'),
      payee: fc.constantFrom('Figma', 'Zoom', 'Miro'),
      day: fc.integer({ min: 1, max: 31 }),
    });
    // Beyond 1,024 rows the columns have grown, beyond 2,048 twice; beyond 8,192 there is a second batch.
    const seeds = fc.array(made, { minLength: 5, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        seeds,
        fc.integer({ min: 900, max: 9_000 }),
        fc.integer({ min: 1, max: 700 }),
        async (few, count, size) => {
          const list = Array.from({ length: count }, (_, index): ServiceCharge => {
            const { digits = 0n, scale = 0, currency = '', payee = '', day = 1 } = few[index % few.length] ?? {};
            const cash: DecimalText = { digits: digits + BigInt(index), scale };
            const date = `2026-10-${String(day).padStart(2, '0')}` as IsoDate;
            const accrual = { digits: -digits, scale: (scale + index) % 10 };
            return {
              texts: { payee },
              key: `k${index}`,
              reference: referenceOf(index),
              day: date,
              currency,
              cash,
              accrual,
            };
          });
          const pages: ServiceBatch[] = [];
          for (let start = 0; start < count; start += size) {
            // Each page begins with the last row of the one before.
            pages.push({ charges: list.slice(Math.max(0, start - 1), start + size) });
          }
          const { batch, summary } = await collect(pages);
          expect(batch.line).toHaveLength(count);
          expect(summary.rowCount).toBe(count);
          const naive = new Map<string, { cash: bigint; accrual: bigint; exact: bigint }>();
          for (const [index, { currency, cash, accrual = cash }] of list.entries()) {
            const sum = naive.get(currency) ?? { cash: 0n, accrual: 0n, exact: 0n };
            sum.cash += microsOf(cash);
            sum.accrual += microsOf(accrual);
            sum.exact += cash.digits * 10n ** BigInt(9 - cash.scale);
            naive.set(currency, sum);
            expect(batch.cashMicros[index]).toBe(microsOf(cash));
            expect(batch.reference?.[index]).toBe(referenceOf(index));
            expect(batch.lines[batch.line[index] ?? -1]?.payee).toBe(list[index]?.texts.payee);
          }
          for (const { currency, sourceCash, ledgerCashMicros, ledgerAccrualMicros } of summary.controlTotals) {
            const sum = naive.get(currency);
            expect([ledgerCashMicros, ledgerAccrualMicros]).toEqual([sum?.cash, sum?.accrual]);
            const { digits, scale } = money(sourceCash);
            expect(digits * 10n ** BigInt(9 - scale)).toBe(sum?.exact);
          }
          expect(summary.controlTotals).toHaveLength(naive.size);
          const keys = new Set(batch.key);
          expect(keys.size).toBe(count);
          expect([...keys].every((key) => key >= 0n)).toBe(true);
        },
      ),
      { numRuns: 12 },
    );
  });
});

/** Texts of several lengths, in letters of one to four bytes. */
function referenceOf(index: number): string {
  return index % 7 === 0 ? '' : `${index}${'ü€😀'.repeat(index % 3)}`;
}

function microsOf({ digits, scale }: DecimalText): bigint {
  return divideRounded(digits * 1_000_000n, 10n ** BigInt(scale));
}
