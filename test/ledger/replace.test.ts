import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import { EMPTY_LINE_TEXTS } from '../../src/core/charge.js';
import type { OwnershipDecision, VendorOutcome } from '../../src/core/decision.js';
import { LedgerError } from '../../src/core/errors.js';
import { parsePeriod } from '../../src/core/period.js';
import { temporaryFolder } from '../support/files.js';
import { openLedger, pullWindows, readingOf, SOURCE, windowOf, type MadeCharge } from '../support/readings.js';

const figma: MadeCharge = { payee: 'Figma', day: 20240105, key: 1n, micros: 15_000_000n };
const slack: MadeCharge = { payee: 'Slack', day: 20240110, key: 2n, micros: 80_000_000n, texts: { costCenter: 'IT' } };
const miro: MadeCharge = { payee: 'Miro', day: 20240210, key: 3n, micros: -4_000_000n, texts: { costCenter: 'MKT' } };

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function rowsOf(folder: string, query: string): unknown[] {
  const sqlite = new Database(join(folder, 'ledger.sqlite'), { readonly: true });
  try {
    return sqlite.prepare(query).raw().all();
  } finally {
    sqlite.close();
  }
}

describe('replacing a window', () => {
  it('counts what was added, changed and removed', async () => {
    const ledger = await openLedger(await temporaryFolder());
    const first = await pullWindows(ledger, [{ id: 'all', charges: [figma, slack] }]);
    expect(first).toEqual([{ window: 'all', added: 2, changed: 0, removed: 0 }]);
    const dearer = { ...slack, micros: 90_000_000n };
    expect(await pullWindows(ledger, [{ id: 'all', charges: [dearer, miro] }])).toEqual([
      { window: 'all', added: 1, changed: 1, removed: 1 },
    ]);
    const other = { ...dearer, currency: 'USD' };
    expect(await pullWindows(ledger, [{ id: 'all', charges: [other, miro] }])).toEqual([
      { window: 'all', added: 0, changed: 1, removed: 0 },
    ]);
    expect(await ledger.integrityProblems()).toEqual([]);
    await ledger.close();
  });

  it('takes charges that only stand elsewhere in the file for the same, and knows the new place', async () => {
    const ledger = await openLedger(await temporaryFolder());
    await pullWindows(ledger, [{ id: 'all', charges: [figma, slack] }]);
    const [change] = await pullWindows(ledger, [{ id: 'all', charges: [miro, slack, figma] }]);
    expect(change).toEqual({ window: 'all', added: 1, changed: 0, removed: 0 });
    const [line] = (await ledger.findLines('L', 10)).filter(({ payee }) => payee === 'Figma');
    const found = line === undefined ? undefined : await ledger.chargesOf(line, 10);
    expect(found?.charges.map(({ row }) => row)).toEqual([4]);
    await ledger.close();
  });

  it('keeps charges untouched when a file comes in before theirs or is renamed', async () => {
    const folder = await temporaryFolder();
    const ledger = await openLedger(folder);
    const idsOf = 'SELECT path, id FROM source_file ORDER BY path';
    await pullWindows(ledger, [{ id: 'all', charges: [figma], files: ['b.csv'] }]);
    const [before] = rowsOf(folder, 'SELECT file_id FROM charge');
    await pullWindows(ledger, [{ id: 'all', charges: [{ ...figma, file: 1 }, slack], files: ['a.csv', 'b.csv'] }]);
    const [line] = (await ledger.findLines('L', 10)).filter(({ payee }) => payee === 'Figma');
    expect(rowsOf(folder, idsOf)).toEqual([
      ['a.csv', 2],
      ['b.csv', 1],
    ]);
    expect(rowsOf(folder, `SELECT file_id FROM charge WHERE line_id = ${line?.rowId ?? 0}`)).toEqual([before]);
    await pullWindows(ledger, [{ id: 'all', charges: [figma, { ...slack, file: 1 }], files: ['b.csv', 'c.csv'] }]);
    expect(rowsOf(folder, idsOf)).toEqual([
      ['b.csv', 1],
      ['c.csv', 2],
    ]);
    await pullWindows(ledger, [{ id: 'all', charges: [figma], files: ['b.csv'] }]);
    expect(rowsOf(folder, idsOf)).toEqual([['b.csv', 1]]);
    await ledger.close();
  });

  it('keeps two charges that are equal but for the key', async () => {
    const ledger = await openLedger(await temporaryFolder());
    await pullWindows(ledger, [{ id: 'all', charges: [figma, { ...figma, key: 9n }] }]);
    const [report] = await ledger.sources();
    expect(report?.chargeCount).toBe(2);
    expect(report?.controlTotals).toEqual([{ currency: 'EUR', sourceCash: ['30.00'], ledgerCashMicros: 30_000_000n }]);
    await ledger.close();
  });

  it('adds up a line that has charges in two windows, and keeps the one when the other goes', async () => {
    const ledger = await openLedger(await temporaryFolder());
    const january = { id: '2024-01', charges: [figma, slack] };
    const february = { id: '2024-02', charges: [{ ...figma, micros: 1_000_000n }, miro] };
    await pullWindows(ledger, [january, february]);
    const monthsOfFigma = async (): Promise<unknown> => {
      const [line] = (await ledger.findLines('L', 10)).filter(({ payee }) => payee === 'Figma');
      return line === undefined ? undefined : ledger.monthsOfLine(line.rowId);
    };
    const fact = { month: '2024-01', currency: 'EUR' };
    expect(await monthsOfFigma()).toEqual([
      { ...fact, cashMicros: 16_000_000n, accrualMicros: 16_000_000n, chargeCount: 2 },
    ]);
    expect(await pullWindows(ledger, [february])).toEqual([
      { window: '2024-01', added: 0, changed: 0, removed: 2 },
      { window: '2024-02', added: 0, changed: 0, removed: 0 },
    ]);
    expect(await monthsOfFigma()).toEqual([
      { ...fact, cashMicros: 1_000_000n, accrualMicros: 1_000_000n, chargeCount: 1 },
    ]);
    const [report] = await ledger.sources();
    expect([report?.windows, report?.files]).toEqual([['2024-02'], ['2024-02.csv']]);
    await ledger.close();
  });

  it('removes lines without charges, with their codings and decisions', async () => {
    const folder = await temporaryFolder();
    const ledger = await openLedger(folder);
    await pullWindows(ledger, [{ id: 'all', charges: [figma, slack, miro] }]);
    await pullWindows(ledger, [{ id: 'all', charges: [slack] }]);
    expect((await ledger.findLines('L', 10)).map(({ payee }) => payee)).toEqual(['Slack']);
    expect(rowsOf(folder, 'SELECT cost_center FROM coding')).toEqual([['IT']]);
    await ledger.close();
  });

  it.each([0, 1])('keeps no line that a reading names and gives no charge (pulled before: %s)', async (before) => {
    const ledger = await openLedger(await temporaryFolder());
    if (before === 1) await pullWindows(ledger, [{ id: 'all', charges: [figma] }]);
    const idleLines = [{ ...EMPTY_LINE_TEXTS, payee: 'Nobody' }];
    await pullWindows(ledger, [{ id: 'all', charges: [figma, { ...figma, key: 7n }, slack], idleLines }]);
    expect((await ledger.findLines('L', 10)).map(({ payee }) => payee).sort()).toEqual(['Figma', 'Slack']);
    await ledger.close();
  });

  it('fills a window that was empty at first', async () => {
    const ledger = await openLedger(await temporaryFolder());
    await pullWindows(ledger, [{ id: 'all', charges: [] }]);
    expect(await pullWindows(ledger, [{ id: 'all', charges: [figma] }])).toEqual([
      { window: 'all', added: 1, changed: 0, removed: 0 },
    ]);
    expect(await ledger.integrityProblems()).toEqual([]);
    await ledger.close();
  });

  it('keeps rejected rows, remarks and control totals, and replaces them', async () => {
    const ledger = await openLedger(await temporaryFolder());
    const rejected = [{ file: 'all.csv', row: 7, reason: '"abc" is no amount', text: '2024-01-05,abc' }];
    const summary = { rejected, rejectedCount: 1, rowCount: 2, skippedCount: 3, remarks: ['One row is odd.'] };
    await pullWindows(ledger, [{ id: 'all', charges: [figma], summary }]);
    expect(await ledger.rejectedRows('cards', 10)).toEqual([{ source: 'cards', ...rejected[0] }]);
    expect(await ledger.rejectedRows('bank', 10)).toEqual([]);
    const [report] = await ledger.sources();
    expect(report).toMatchObject({ rowCount: 2, rejectedCount: 1, skippedCount: 3, remarks: ['One row is odd.'] });
    await pullWindows(ledger, [{ id: 'all', charges: [figma] }]);
    expect(await ledger.rejectedRows(undefined, 10)).toEqual([]);
    await ledger.close();
  });
});

describe('pulling twice', () => {
  it('writes no byte and leaves no log beside the ledger', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'ledger.sqlite');
    const windows = [{ id: 'all', charges: [figma, slack, miro] }];
    const first = await openLedger(folder);
    await pullWindows(first, windows);
    await first.saveState('rates', 'abc');
    await first.close();
    const before = sha256(file);
    const second = await openLedger(folder);
    expect((await second.storedSource('cards'))?.windows.get('all')).toEqual({
      fingerprint: windowOf({ id: 'all', charges: [figma, slack, miro] }).fingerprint,
      files: ['all.csv'],
    });
    await second.saveState('rates', 'abc');
    await second.close();
    expect(sha256(file)).toBe(before);
    expect([existsSync(`${file}-wal`), existsSync(`${file}-shm`)]).toEqual([false, false]);
  });

  it('changes no charge even when the source is read again', async () => {
    const ledger = await openLedger(await temporaryFolder());
    const windows = [{ id: 'all', charges: [figma, slack, miro] }];
    await pullWindows(ledger, windows);
    const digest = await ledger.digest();
    expect(await pullWindows(ledger, windows)).toEqual([{ window: 'all', added: 0, changed: 0, removed: 0 }]);
    expect(await ledger.digest()).toBe(digest);
    await ledger.close();
  });
});

describe('a pull that fails', () => {
  it.each([0, 3])('in a reading, after %s charges, leaves the ledger as it was', async (failAfter) => {
    const ledger = await openLedger(await temporaryFolder());
    await pullWindows(ledger, [{ id: 'all', charges: [figma, slack] }]);
    const digest = await ledger.digest();
    const charges = [miro, { ...miro, key: 4n }, { ...miro, key: 5n }, { ...figma, key: 6n }];
    const made = { id: 'all', charges };
    const pull = ledger.pull({ ...SOURCE, title: 'Other' }, async (writer) => {
      await writer.replaceWindow({ ...windowOf(made), id: 'new' }, readingOf(made));
      await writer.replaceWindow(windowOf(made), readingOf(made, { failAfter }));
    });
    await expect(pull).rejects.toThrow('the file ended in the middle of a row');
    expect(await ledger.digest()).toBe(digest);
    expect(await pullWindows(ledger, [made])).toEqual([{ window: 'all', added: 4, changed: 0, removed: 2 }]);
    expect(await ledger.integrityProblems()).toEqual([]);
    await ledger.close();
  });

  it('because the connector hands over a charge twice says so and changes nothing', async () => {
    const ledger = await openLedger(await temporaryFolder());
    await pullWindows(ledger, [{ id: 'all', charges: [slack] }]);
    const digest = await ledger.digest();
    const twice = pullWindows(ledger, [{ id: 'all', charges: [figma, figma] }]);
    await expect(twice).rejects.toThrow(LedgerError);
    await expect(twice).rejects.toThrow('the same line or charge twice');
    expect(await ledger.digest()).toBe(digest);
    await ledger.close();
  });

  it('because a charge has a file that was never named says so', async () => {
    const ledger = await openLedger(await temporaryFolder());
    const pull = pullWindows(ledger, [{ id: 'all', charges: [{ ...figma, file: 1 }] }]);
    await expect(pull).rejects.toThrow('a charge for line 0 or file 1, which it never named');
    expect(await ledger.sourceNames()).toEqual([]);
    await ledger.close();
  });

  it.each(['first', 'second'])('because a month is more than 64 bits hold says so (%s pull)', async (which) => {
    const ledger = await openLedger(await temporaryFolder());
    if (which === 'second') await pullWindows(ledger, [{ id: 'all', charges: [slack] }]);
    const digest = await ledger.digest();
    const huge = { ...figma, micros: 9_000_000_000_000_000_000n };
    const pull = pullWindows(ledger, [{ id: 'all', charges: [huge, { ...huge, key: 8n }] }]);
    await expect(pull).rejects.toThrow(LedgerError);
    await expect(pull).rejects.toThrow('add up to more than 9,223,372,036,854');
    expect(await ledger.digest()).toBe(digest);
    await ledger.close();
  });
});

const NO_VENDOR: VendorOutcome = {
  vendorId: '?',
  vendor: '',
  domain: '',
  spendClass: 'unknown',
  category: '',
  usualFunction: '',
  method: 'none',
  classMethod: 'none',
  vendorConfidence: 0,
  classConfidence: 0,
};
const NO_OWNER: OwnershipDecision = { owners: [], payers: [], knows: { known: false, evidence: '' }, suggestion: '' };

describe('amounts beyond 2^53', () => {
  const whole = parsePeriod('2024');
  const amount = 9_007_199_254_740_993n;

  it('survive from the reading to the statement', async () => {
    const ledger = await openLedger(await temporaryFolder());
    const large = { ...figma, micros: amount, accrualMicros: -amount - 2n };
    await pullWindows(ledger, [{ id: 'all', charges: [large, { ...large, key: 5n, micros: 2n }] }]);
    if (whole === undefined) throw new Error('2024 is a period');
    await ledger.decide('all', () => ({ vendor: NO_VENDOR, owner: NO_OWNER }));
    const [cash] = await ledger.lineSums([whole], 'cash', 'EUR');
    expect([cash?.micros, cash?.reportingMicros]).toEqual([[amount + 2n], [amount + 2n]]);
    const [accrual] = await ledger.lineSums([whole], 'accrual', 'EUR');
    expect(accrual?.micros).toEqual([-2n * (amount + 2n)]);
    const [line] = await ledger.findLines('L', 1);
    if (line === undefined) throw new Error('there is a line');
    expect((await ledger.chargesOf(line, 10)).charges.map(({ cashMicros }) => cashMicros)).toEqual([amount, 2n]);
    expect((await ledger.monthsOfLine(line.rowId))[0]?.cashMicros).toBe(amount + 2n);
    expect([...(await ledger.largestMonths()).values()]).toEqual([amount + 2n]);
    await ledger.close();
  });

  it('add up past 64 bits over months', async () => {
    const ledger = await openLedger(await temporaryFolder());
    const most = 9_223_372_036_854_775_807n;
    const huge = { ...figma, micros: most };
    const charges = [huge, { ...huge, day: 20240205 }, { ...slack, day: 20240305, micros: most }];
    await pullWindows(ledger, [{ id: 'all', charges }]);
    const [report] = await ledger.sources();
    expect(report?.controlTotals).toEqual([
      { currency: 'EUR', sourceCash: ['27670116110564.327421'], ledgerCashMicros: 3n * most },
    ]);
    expect(await ledger.integrityProblems()).toEqual([]);
    await ledger.close();
  });
});

describe('removing a source', () => {
  it('takes all that hangs on it and nothing of another', async () => {
    const ledger = await openLedger(await temporaryFolder());
    const other = { ...SOURCE, name: 'bank' };
    await pullWindows(ledger, [{ id: 'all', charges: [figma] }]);
    const digest = await ledger.digest();
    await pullWindows(
      ledger,
      [
        { id: '2024-01', charges: [figma, slack] },
        { id: '2024-02', charges: [miro] },
      ],
      other,
    );
    expect(await ledger.removeSource('bank')).toBe(3);
    expect(await ledger.digest()).toBe(digest);
    expect(await ledger.sourceNames()).toEqual(['cards']);
    expect(await ledger.removeSource('bank')).toBe(0);
    expect(await ledger.integrityProblems()).toEqual([]);
    await ledger.close();
  });
});
