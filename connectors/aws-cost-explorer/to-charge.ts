import { z } from 'zod';

import { currencyCode, decimal, leadingDay } from '../../src/connector/values.js';
import type { ServiceCharge } from '../../src/connector/service.js';
import { canonicalTags } from '../../src/core/charge.js';
import type { IsoDate } from '../../src/core/date.js';
import type { DecimalText } from '../../src/core/money.js';
import { CASH } from './query.js';
import type { View } from './views.js';

/** A group of a reply: what two keys come to in one period. */
export interface CostRow {
  /** First day of the period. */
  readonly start: IsoDate;
  readonly keys: readonly [first: string, second: string];
  readonly currency: string;
  readonly cash: DecimalText;
  readonly accrual: DecimalText;
}

/** What is known beside the bill, for the texts of lines. */
export interface Evidence {
  /** The account that gets the bill; empty where it is not known. */
  readonly payer: string;
  readonly nameOf: (account: string) => string;
  /** Tags of the account and its organisational unit. */
  readonly tagsOf: (account: string) => readonly (readonly [key: string, value: string])[];
  /** Who sells a marketplace product; empty where there is not exactly one seller in the period. */
  readonly sellerOf: (period: IsoDate, product: string) => string;
  /** Key of the owner tag or cost category; empty where there is none. */
  readonly ownerKey: string;
}

const AWS = 'Amazon Web Services';
const MARKETPLACE = 'AWS Marketplace';

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

/** Whether a group is no money at all: AWS lists some of those and leaves out others. */
export function isNothing({ cash, accrual }: CostRow): boolean {
  return cash.digits === 0n && accrual.digits === 0n;
}

/** The charge of a group in a view. */
export function toCharge(row: CostRow, view: View, evidence: Evidence): ServiceCharge {
  const { part, owner } = view;
  const [account, second] = row.keys;
  const service = part.second === 'SERVICE' ? second : '';
  const tags = [...evidence.tagsOf(account), ...(owner === '' ? [] : [[evidence.ownerKey, owner] as const])];
  return {
    texts: {
      payee: part.kind === 'marketplace' ? MARKETPLACE : AWS,
      publisher: part.kind === 'marketplace' ? evidence.sellerOf(row.start, service) || service : '',
      service,
      account: evidence.payer,
      accountName: evidence.nameOf(evidence.payer),
      subAccount: account,
      subAccountName: evidence.nameOf(account),
      description: part.second === 'RECORD_TYPE' ? second : part.recordType,
      // The tag of what was used comes after, and so before, that of its account with the same key.
      tags: canonicalTags(tags),
    },
    key: JSON.stringify([row.start, part.id, account, second, owner]),
    reference: '',
    day: row.start,
    currency: row.currency,
    cash: row.cash,
    accrual: row.accrual,
  };
}
