import { z } from 'zod';

import { currencyCode, decimal, decimalOf, leadingDay, readRows, type ReadRows } from '../../src/connector/values.js';
import type { RejectedRow } from '../../src/core/batch.js';
import { isCurrency } from '../../src/core/currency.js';
import type { IsoDate } from '../../src/core/date.js';
import type { DecimalText } from '../../src/core/money.js';
import { CASH, type CostGroup, type CostPeriod } from './query.js';

/** A group of a reply: what two keys come to in one period. */
export interface CostRow {
  /** First day of the period. */
  readonly start: IsoDate;
  readonly keys: readonly [first: string, second: string];
  readonly currency: string;
  readonly cash: DecimalText;
  readonly accrual: DecimalText;
}

const metric = z.object({ Amount: decimal, Unit: currencyCode });

/** Schema of a group; `accrual` names the metric that was asked for beside cash. */
export function costRow(accrual: string): z.ZodType<CostRow> {
  return z
    .object({
      start: leadingDay,
      Keys: z.tuple([z.string(), z.string()]),
      Metrics: z.object({ [CASH]: metric, [accrual]: metric }),
    })
    .transform(({ start, Keys, Metrics }, context): CostRow => {
      const [cash, spread] = [Metrics[CASH], Metrics[accrual]];
      if (cash === undefined || spread === undefined || cash.Unit !== spread.Unit) {
        const message = `the metrics are in different currencies`;
        context.issues.push({ code: 'custom', input: Metrics, path: ['Metrics'], message });
        return z.NEVER;
      }
      return { start, keys: Keys, currency: cash.Unit, cash: cash.Amount, accrual: spread.Amount };
    });
}

/**
 * Reads the groups of a period. A page has thousands, nearly all of them as documented: those are read without the schema,
 * which takes ten times as long; it has the word on all others.
 *
 * @param firstRow place of the period's first group in its reply, from 1
 */
export function groupReader(
  accrual: string,
): (period: CostPeriod, request: string, firstRow?: number) => ReadRows<CostRow> {
  const schema = costRow(accrual);
  return ({ start, groups }, request, firstRow = 1) => {
    const rows: CostRow[] = [];
    const rejected: RejectedRow[] = [];
    for (const [index, group] of groups.entries()) {
      const plain = plainRow(start, group, accrual);
      if (plain !== undefined) {
        rows.push(plain);
        continue;
      }
      const read = readRows(schema, [{ ...group, start }], request, firstRow + index);
      rows.push(...read.rows);
      rejected.push(...read.rejected);
    }
    return { rows, rejected };
  };
}

/** A group that is plainly as documented, as `costRow` reads it; undefined where the schema must look. */
function plainRow(start: IsoDate, { Keys, Metrics }: CostGroup, accrual: string): CostRow | undefined {
  if (!Array.isArray(Keys) || Keys.length !== 2) return undefined;
  const [first, second] = Keys as unknown[];
  const metrics = Metrics as
    Readonly<Record<string, Partial<Record<'Amount' | 'Unit', unknown>> | undefined>> | undefined;
  const cash = metrics?.[CASH];
  const spread = metrics?.[accrual];
  const currency = cash?.Unit;
  if (typeof first !== 'string' || typeof second !== 'string' || typeof currency !== 'string') return undefined;
  if (!isCurrency(currency) || spread?.Unit !== currency) return undefined;
  const [paid, used] = [cash?.Amount, spread.Amount];
  if (typeof paid !== 'string' || typeof used !== 'string') return undefined;
  const amount = decimalOf(paid);
  // Most of a bill is spread over no time: both texts are the same.
  const share = used === paid ? amount : decimalOf(used);
  if (amount === undefined || share === undefined) return undefined;
  return { start, keys: [first, second], currency, cash: amount, accrual: share };
}

/** Whether a group is no money at all: AWS lists some of those and leaves out others. */
export function isNothing({ cash, accrual }: CostRow): boolean {
  return cash.digits === 0n && accrual.digits === 0n;
}
