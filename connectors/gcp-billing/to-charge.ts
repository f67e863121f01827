import { z } from 'zod';

import type { ServiceCharge } from '../../src/connector/service.js';
import { currencyCode, decimal, leadingDay } from '../../src/connector/values.js';
import { canonicalTags, type LineTexts } from '../../src/core/charge.js';
import type { IsoDate } from '../../src/core/date.js';
import type { DecimalText } from '../../src/core/money.js';

/** A group of the export's rows: one line on one day, on one invoice. */
export interface CostRow {
  readonly day: IsoDate;
  readonly currency: string;
  readonly cash: DecimalText;
  readonly accrual: DecimalText;
  /** Every text of the group by our name of it; null where the export has none. */
  readonly texts: Readonly<Record<string, string | null>>;
}

/** Texts by which a group differs from every other; the rest follow from them. */
const KEY_TEXTS = [
  'account',
  'service_id',
  'project_id',
  'seller',
  'publisher_type',
  'issuer',
  'service_category',
  'kind',
  'invoice_month',
  'sku_id',
  'folder',
] as const;

const GOOGLE = 'Google Cloud';
const MARKETPLACE = 'Google Cloud Marketplace';
/** Google itself is no seller worth naming: the service says more. */
const OWN_SELLER = /^google\b/i;
/** How the export and FOCUS call a partner's product. */
const PARTNER = 'PARTNER';
const FOLDER_TAG = 'gcp:folder';

/** Kinds of charges in words; of most there is nothing to say. */
const KINDS: Readonly<Record<string, string>> = {
  regular: '',
  usage: '',
  tax: 'Tax',
  adjustment: 'Adjustment',
  rounding_error: 'Rounding error',
};

const text = z.string().nullable();

/** Schema of a row of our own query; the sums come as text, so that no digit is lost. */
export function costRow(hasAccrual: boolean): z.ZodType<CostRow> {
  const money = z.object({
    day: leadingDay,
    currency: currencyCode,
    unpriced_count: z.string(),
    cash_sum: decimal,
    ...(hasAccrual ? { accrual_sum: decimal } : {}),
  });
  return z.record(z.string(), text).transform((row, context): CostRow => {
    const count = row['unpriced_count'] ?? '';
    // A sum leaves out what has no cost; what it comes to is then not what the rows say.
    if (count !== '0') {
      const message = `${count === '' ? 'some' : count} of its rows have no cost`;
      context.issues.push({ code: 'custom', input: row, path: ['cost'], message });
      return z.NEVER;
    }
    const read = money.safeParse(row);
    if (!read.success) {
      for (const { path, message } of read.error.issues) {
        context.issues.push({ code: 'custom', input: row, path: [...path], message });
      }
      return z.NEVER;
    }
    const { day, currency, cash_sum: cash } = read.data;
    const accrual = hasAccrual ? (read.data as { accrual_sum: DecimalText }).accrual_sum : cash;
    return { day, currency, cash, accrual, texts: row };
  });
}

/** Whether a group is no money at all: free usage, or usage that credits pay in full. */
export function isNothing({ cash, accrual }: CostRow): boolean {
  return cash.digits === 0n && accrual.digits === 0n;
}

/** The charge of a group. @param labels keys of the labels, in the order of the settings */
export function toCharge(row: CostRow, labels: readonly string[]): ServiceCharge {
  const values = labels.map((_key, index) => row.texts[`label_${index}`] ?? null);
  const month = row.texts['invoice_month'] ?? '';
  return {
    texts: textsOf(row, labels, values),
    key: JSON.stringify([row.day, ...KEY_TEXTS.map((name) => row.texts[name] ?? null), ...values, row.currency]),
    reference: /^\d{6}$/.test(month) ? `invoice of ${month.slice(0, 4)}-${month.slice(4)}` : '',
    day: row.day,
    currency: row.currency,
    cash: row.cash,
    accrual: row.accrual,
  };
}

function textsOf(
  { texts }: CostRow,
  labels: readonly string[],
  values: readonly (string | null)[],
): Partial<LineTexts> {
  const at = (name: string): string => texts[name] ?? '';
  const service = at('service_name') || at('service_id');
  const tags = labels.map((key, index): [string, string] => [key, values[index] ?? '']);
  return {
    payee: at('issuer') || (isPartners(texts) ? MARKETPLACE : GOOGLE),
    publisher: publisherOf(texts, service),
    service,
    serviceCategory: at('service_category'),
    account: at('account'),
    subAccount: at('project_id'),
    subAccountName: at('project_name'),
    description: [kindOf(at('kind')), at('sku_name') || at('sku_id')].filter((part) => part !== '').join(', '),
    tags: canonicalTags([[FOLDER_TAG, at('folder')], ...tags]),
  };
}

function kindOf(kind: string): string {
  return KINDS[kind.toLowerCase()] ?? kind;
}

function isPartners(texts: CostRow['texts']): boolean {
  return texts['publisher_type'] === PARTNER || sellerOf(texts) !== '';
}

function sellerOf(texts: CostRow['texts']): string {
  const seller = texts['seller'] ?? '';
  return OWN_SELLER.test(seller) ? '' : seller;
}

/** Who sells: the seller where the export names one; of another partner's product its name is all that is known. */
function publisherOf(texts: CostRow['texts'], service: string): string {
  const seller = sellerOf(texts);
  return seller === '' && texts['publisher_type'] === PARTNER ? service : seller;
}
