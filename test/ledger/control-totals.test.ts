import { describe, expect, it } from 'vitest';

import { LedgerError } from '../../src/core/errors.js';
import { temporaryFolder } from '../support/files.js';
import { openLedger, pullWindows, type MadeCharge } from '../support/readings.js';

const charges: MadeCharge[] = [
  { payee: 'Figma', day: 20240105, key: 1n, micros: 15_000_000n },
  { payee: 'Slack', day: 20240106, key: 2n, micros: 7_000_000n, accrualMicros: 6_000_000n, currency: 'USD' },
  { payee: 'Miro', day: 20240107, key: 3n, micros: -1n },
];
const EUR = { currency: 'EUR', sourceCash: '14.999999', sourceAccrual: '14.999999' };
const right = { ...EUR, ledgerCashMicros: 14_999_999n, ledgerAccrualMicros: 14_999_999n };

describe('what a connector says it handed over', () => {
  it.each([
    ['cash', { ...right, ledgerCashMicros: 15_000_000n }],
    ['accrual', { ...right, ledgerAccrualMicros: 0n }],
  ])('must be what its charges add up to (%s), or nothing is changed', async (basis, total) => {
    const ledger = await openLedger(await temporaryFolder());
    const pull = pullWindows(ledger, [{ id: 'all', charges, summary: { controlTotals: [total] } }]);
    await expect(pull).rejects.toThrow(LedgerError);
    await expect(pull).rejects.toThrow(`window all add up to 14.999999 EUR (${basis})`);
    expect(await ledger.storedSource('cards')).toBeUndefined();
    await ledger.close();
  });

  it('is taken when it is', async () => {
    const ledger = await openLedger(await temporaryFolder());
    await pullWindows(ledger, [{ id: 'all', charges, summary: { controlTotals: [right] } }]);
    expect((await ledger.storedSource('cards'))?.windows.size).toBe(1);
    await ledger.close();
  });
});
