import { expect, it } from 'vitest';

import { temporaryFolder } from '../support/files.js';
import { openLedger, pullWindows, SOURCE, type MadeCharge } from '../support/readings.js';

const spent: MadeCharge = { payee: 'Figma', day: 20240105, key: 1n, micros: 15_000_000n };

it('the range of months is that of spend, whatever a plan or a chargeback says', async () => {
  const ledger = await openLedger(await temporaryFolder());
  const plan = { ...SOURCE, name: 'budget', title: 'Budget', kind: 'plan' } as const;
  await pullWindows(ledger, [{ id: 'all', charges: [{ ...spent, day: 20271231 }] }], plan);
  const inside = { ...SOURCE, name: 'inside', title: 'Inside', kind: 'chargeback' } as const;
  await pullWindows(ledger, [{ id: 'all', charges: [{ ...spent, day: 20201231 }] }], inside);
  expect(await ledger.monthRange()).toBeUndefined();
  await pullWindows(ledger, [{ id: 'all', charges: [spent, { ...spent, day: 20240310, key: 2n }] }]);
  expect(await ledger.monthRange()).toEqual({ first: '2024-01', last: '2024-03' });
  await ledger.close();
});
