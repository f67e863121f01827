import type { z } from 'zod';

import { sortRows } from '../../src/connector/rows.js';
import {
  defineService,
  type Permission,
  type PullWindow,
  type ServiceBatch,
  type ServiceCharge,
  type Verdict,
} from '../../src/connector/service.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import { addDays } from '../../src/core/date.js';
import { rampPages, rampTrial, scopeOf, type RampContext, type RampPage } from './client.js';
import { PARTS, settings, type Part, type RampSettings } from './settings.js';
import {
  bill,
  billCharges,
  cardTransaction,
  isApprovedBill,
  isClearedOrUnknown,
  isReimbursed,
  reimbursement,
  reimbursementCharges,
  transactionCharges,
} from './to-charge.js';

const PERMISSIONS: readonly Permission[] = [
  { id: 'transactions:read', why: 'what was bought with the cards', required: true },
  { id: 'bills:read', why: 'approved bills (only with `include: [bills]`)', required: true },
  { id: 'reimbursements:read', why: "people's claims (only with `include: [reimbursements]`)", required: true },
];

/** How one part of Ramp is read. */
interface Reading {
  /** Names of the filters by day, which are those of the day of the charge. */
  readonly from: string;
  readonly to: string;
  /** Reads the rows of a page. */
  readonly read: (page: RampPage, settings: RampSettings) => ServiceBatch;
}

const READINGS: Readonly<Record<Part, Reading>> = {
  transactions: {
    from: 'from_date',
    to: 'to_date',
    read: readingOf(cardTransaction, isClearedOrUnknown, transactionCharges),
  },
  bills: { from: 'from_issued_date', to: 'to_issued_date', read: readingOf(bill, isApprovedBill, billCharges) },
  reimbursements: {
    from: 'from_transaction_date',
    to: 'to_transaction_date',
    read: readingOf(reimbursement, isReimbursed, reimbursementCharges),
  },
};

/** Card transactions, and on demand bills and reimbursements, of Ramp. */
export default defineService<RampSettings>({
  id: 'ramp',
  title: 'Ramp',
  kind: 'payment',
  settings,
  version: 1,
  service: {
    permissions: PERMISSIONS,
    grant: 'Scopes of the app: transactions:read (and bills:read, reimbursements:read where `include` names them)',
    // Ramp allows 200 requests in 10 seconds.
    requestIntervalMs: 60,
  },
  // Purchases clear some days after they were made, and are coded until the books are closed.
  history: { grain: 'day', timeZone: 'UTC', restatementDays: 45 },
  check,
  async *pull(context, window) {
    for (const part of PARTS) if (context.settings.include.includes(part)) yield* pullPart(context, part, window);
    return { isFinal: true, remarks: [] };
  },
});

function readingOf<Row>(
  schema: z.ZodType<Row>,
  isSpend: (row: unknown) => boolean,
  toCharges: (row: Row, settings: RampSettings) => readonly ServiceCharge[],
): Reading['read'] {
  return ({ request, rows }, given) => {
    const sorted = sortRows(schema, rows, request, isSpend);
    const charges = sorted.rows.flatMap((row) => toCharges(row, given));
    return { charges, rejected: sorted.rejected, skippedCount: sorted.skippedCount };
  };
}

async function* pullPart(context: RampContext, part: Part, { from, to }: PullWindow): AsyncGenerator<ServiceBatch> {
  const { read, ...names } = READINGS[part];
  // Whether Ramp counts a bound in or out is not documented: a little more is asked for, and what is outside is dropped.
  const query = { [names.from]: `${addDays(from, -1)}T23:59:59Z`, [names.to]: `${to}T00:00:00Z` };
  for await (const page of rampPages(context, `${part} ${from} to ${to}`, part, query)) {
    const batch = read(page, context.settings);
    yield { ...batch, charges: batch.charges.filter(({ day }) => day >= from && day < to) };
  }
}

/** Tries what the settings include; what they do not has no verdict. */
async function check(context: RampContext): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const part of PARTS.filter((name) => context.settings.include.includes(name))) {
    const verdict = await verdictOf(permissionOf(PERMISSIONS, scopeOf(part)), async () => {
      const count = await rampTrial(context, part);
      return count === 0 ? `the ${part} can be read; there are none yet` : `the ${part} can be read`;
    });
    verdicts.push(verdict);
  }
  return verdicts;
}
