import { z } from 'zod';

import { optionalText, utcDay } from '../../src/connector/rows.js';
import type { PullWindow } from '../../src/connector/service.js';
import { addDays, type IsoDate } from '../../src/core/date.js';
import { brexPages, type BrexContext } from './client.js';

/** A purchase is posted at most so many days after it was made. */
const POSTED_WITHIN_DAYS = 60;
/** The day of the purchase is in another zone than that of the posting. */
const ZONE_DAYS = 2;

const named = z.object({ name: optionalText }).nullish();

/** What an expense says of its card transaction: who bought it, and for which department. */
const expense = z.object({
  id: z.string().min(1),
  purchased_at: utcDay,
  category: optionalText,
  department: named,
  location: named,
  budget: named,
  user: z.object({ first_name: optionalText, last_name: optionalText }).nullish(),
  merchant: z.object({ raw_descriptor: optionalText }).nullish(),
});

export type Expense = z.output<typeof expense>;

/** The expenses to which transactions of a window may belong. */
export async function expensesFor(
  context: BrexContext,
  { from, to }: PullWindow,
): Promise<ReadonlyMap<string, Expense>> {
  const expenses = new Map<string, Expense>();
  if (!context.settings.expenses) return expenses;
  const query = {
    'expense_type[]': ['CARD'],
    'expand[]': ['merchant', 'department', 'location', 'user', 'budget'],
    purchased_at_start: `${addDays(from, -POSTED_WITHIN_DAYS - ZONE_DAYS)}T00:00:00.000Z`,
    purchased_at_end: `${addDays(to, ZONE_DAYS)}T00:00:00.000Z`,
  };
  for await (const { rows } of brexPages(context, `expenses ${from} to ${to}`, 'expenses', query)) {
    for (const row of rows) {
      const read = expense.safeParse(row);
      // It carries no money: a transaction without its expense has less evidence, and is counted.
      if (read.success) expenses.set(read.data.id, read.data);
    }
  }
  return expenses;
}

/**
 * The expense of a transaction. One that is further away than any window asks for is not taken, so that a transaction has
 * the same evidence in every window.
 */
export function expenseOf(expenses: ReadonlyMap<string, Expense>, id: string, postedAt: IsoDate): Expense | undefined {
  const found = expenses.get(id);
  if (found === undefined) return undefined;
  const isNear =
    found.purchased_at >= addDays(postedAt, -POSTED_WITHIN_DAYS) && found.purchased_at <= addDays(postedAt, 1);
  return isNear ? found : undefined;
}
