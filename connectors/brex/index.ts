import { sortRows } from '../../src/connector/rows.js';
import { defineService, type Permission, type ServiceBatch, type Verdict } from '../../src/connector/service.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import type { RejectedRow } from '../../src/core/batch.js';
import { brexTrial, type BrexContext, type List } from './client.js';
import { expenseOf, expensesFor, type Expense } from './expenses.js';
import { PostedTransactions, type KeptRow } from './posted.js';
import { settings, type BrexSettings } from './settings.js';
import { cardTransaction, isSpend, toCharge } from './to-charge.js';

const SCOPES: Readonly<Record<List, string>> = {
  transactions: 'transactions.card.readonly',
  expenses: 'expenses.card.readonly',
};
const PERMISSIONS: readonly Permission[] = [
  { id: SCOPES.transactions, why: 'what was bought with the cards', required: true },
  {
    id: SCOPES.expenses,
    why: 'who bought it, and for which department (not needed with `expenses: false`)',
    required: true,
  },
];

/** Settled card transactions of Brex, with the department and person of their expense. */
export default defineService<BrexSettings>({
  id: 'brex',
  title: 'Brex',
  kind: 'payment',
  settings,
  version: 1,
  service: {
    permissions: PERMISSIONS,
    grant: `Scopes of the user token: ${PERMISSIONS.map(({ id }) => id).join(', ')} (all read only)`,
    // Brex allows 1,000 requests in 60 seconds.
    requestIntervalMs: 65,
  },
  // A transaction keeps its day; its expense gets a department some weeks later.
  history: { grain: 'day', timeZone: 'UTC', restatementDays: 45 },
  check,
  async *pull(context, window) {
    const posted = await context.once('brex transactions', () => Promise.resolve(new PostedTransactions(context)));
    const unknown = await posted.cover(window);
    if (unknown.length > 0) yield { charges: [], rejected: unknown };
    const expenses = await expensesFor(context, window);
    let without = 0;
    for await (const rows of posted.rows(window)) {
      const { batch, withoutExpense } = batchOf(rows, expenses, context.settings);
      without += withoutExpense;
      yield batch;
    }
    return { isFinal: true, remarks: context.settings.expenses ? remarksOf(without) : [] };
  },
});

function batchOf(
  kept: readonly KeptRow[],
  expenses: ReadonlyMap<string, Expense>,
  given: BrexSettings,
): { readonly batch: ServiceBatch; readonly withoutExpense: number } {
  const values = kept.map(({ value }) => value);
  const { rows, rejected, skippedCount } = sortRows(cardTransaction, values, '', isSpend);
  let withoutExpense = 0;
  const charges = rows.map((row) => {
    const expense = expenseOf(expenses, row.expense_id, row.posted_at_date);
    if (expense === undefined && row.type === 'PURCHASE') withoutExpense += 1;
    return toCharge(row, expense, given);
  });
  return { batch: { charges, rejected: rejected.map((row) => placed(row, kept)), skippedCount }, withoutExpense };
}

/** A rejected row with its place at Brex, and not in the file in which it was kept. */
function placed(rejected: RejectedRow, kept: readonly KeptRow[]): RejectedRow {
  const found = kept[rejected.row - 1];
  return found === undefined ? rejected : { ...rejected, file: found.request, row: found.row };
}

function remarksOf(without: number): string[] {
  if (without === 0) return [];
  const purchases = without === 1 ? '1 purchase has' : `${without} purchases have`;
  return [`${purchases} no expense at Brex, and so no department and no person.`];
}

/** Tries what the settings need. */
async function check(context: BrexContext): Promise<readonly Verdict[]> {
  const lists: readonly List[] = context.settings.expenses ? ['transactions', 'expenses'] : ['transactions'];
  const verdicts: Verdict[] = [];
  for (const list of lists) {
    const verdict = await verdictOf(permissionOf(PERMISSIONS, SCOPES[list]), async () => {
      const count = await brexTrial(context, list);
      return count === 0 ? `the ${list} can be read; there are none yet` : `the ${list} can be read`;
    });
    verdicts.push(verdict);
  }
  return verdicts;
}
