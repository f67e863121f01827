import type { GcpBooks } from './gcp-billing-books.js';
import { focusMoney, type GcpRow } from './gcp-billing-records.js';

/** A column as BigQuery describes it. */
export interface SchemaField {
  readonly name: string;
  readonly type: string;
  readonly mode: string;
  readonly fields?: readonly SchemaField[];
}

/** A table of the stand-in. */
export interface ServedTable {
  readonly id: string;
  /** The column by which it is cut, undefined: by the day on which rows come in. */
  readonly cutBy: string | undefined;
  readonly time: string;
  readonly fields: SchemaField[];
  /** A row by the names of its columns. */
  readonly read: (row: GcpRow) => Readonly<Record<string, unknown>>;
}

const one = (name: string, type = 'STRING'): SchemaField => ({ name, type, mode: 'NULLABLE' });
const record = (name: string, fields: readonly SchemaField[]): SchemaField => ({ ...one(name, 'RECORD'), fields });
const list = (name: string, fields: readonly SchemaField[]): SchemaField => ({
  ...record(name, fields),
  mode: 'REPEATED',
});
const PAIR = [one('key'), one('value')];

/** The standard and the detailed export, as Google describes their columns; not all of them. */
export function usageTable(id: string, isDetailed: boolean): ServedTable {
  const fields = [
    one('billing_account_id'),
    record('service', [one('id'), one('description')]),
    record('sku', [one('id'), one('description')]),
    one('usage_start_time', 'TIMESTAMP'),
    one('usage_end_time', 'TIMESTAMP'),
    record('project', [
      one('id'),
      one('number'),
      one('name'),
      list('labels', PAIR),
      one('ancestry_numbers'),
      list('ancestors', [one('resource_name'), one('display_name')]),
    ]),
    list('labels', PAIR),
    list('system_labels', PAIR),
    list('tags', [...PAIR, one('inherited', 'BOOLEAN'), one('namespace')]),
    one('export_time', 'TIMESTAMP'),
    one('cost', 'FLOAT'),
    one('currency'),
    list('credits', [one('name'), one('amount', 'FLOAT'), one('full_name'), one('id'), one('type')]),
    record('invoice', [one('month'), one('publisher_type')]),
    one('cost_type'),
    one('seller_name'),
    one('transaction_type'),
    ...(isDetailed ? [record('resource', [one('name'), one('global_name')])] : []),
  ];
  return { id, cutBy: undefined, time: 'usage_start_time', fields, read: usageCells };
}

function usageCells(row: GcpRow): Record<string, unknown> {
  const { project } = row;
  return {
    billing_account_id: row.account,
    service: { id: row.serviceId, description: row.serviceName },
    sku: { id: row.skuId, description: row.skuName },
    project: {
      id: project?.id ?? null,
      name: project?.name ?? null,
      labels: project?.labels ?? [],
      ancestors: project?.ancestors ?? [],
    },
    labels: row.labels,
    tags: row.tags,
    cost: row.cost,
    currency: row.currency,
    credits: row.credits,
    invoice: { month: row.invoiceMonth, publisher_type: row.publisherType },
    cost_type: row.costType,
    seller_name: row.seller,
  };
}

/** Google's FOCUS export, cut by the beginning of the charge. */
export function focusTable(id: string): ServedTable {
  const fields = [
    one('BillingAccountId'),
    one('BilledCost', 'NUMERIC'),
    one('EffectiveCost', 'NUMERIC'),
    one('BillingCurrency'),
    one('ChargeCategory'),
    one('ChargePeriodStart', 'TIMESTAMP'),
    one('ChargePeriodEnd', 'TIMESTAMP'),
    one('InvoiceIssuerName'),
    one('PublisherName'),
    one('ServiceCategory'),
    one('ServiceName'),
    one('SkuId'),
    one('SubAccountId'),
    one('SubAccountName'),
    list('Tags', [one('Key'), one('Value'), one('x_Inherited', 'BOOLEAN'), one('x_Namespace')]),
    list('x_Labels', [one('Key'), one('Value')]),
    list('x_ProjectLabels', [one('Key'), one('Value')]),
    one('x_ExportTime', 'TIMESTAMP'),
  ];
  return { id, cutBy: 'ChargePeriodStart', time: 'ChargePeriodStart', fields, read: focusCells };
}

const CATEGORIES: Readonly<Record<GcpRow['costType'], string>> = {
  regular: 'Usage',
  tax: 'Tax',
  adjustment: 'Adjustment',
  rounding_error: 'Adjustment',
};

function focusCells(row: GcpRow): Record<string, unknown> {
  const { billed, effective } = focusMoney(row);
  const capital = ({ key, value }: { key: string; value: string }): unknown => ({ Key: key, Value: value });
  return {
    BillingAccountId: row.account,
    BilledCost: billed ?? null,
    EffectiveCost: effective ?? null,
    BillingCurrency: row.currency,
    ChargeCategory: CATEGORIES[row.costType],
    InvoiceIssuerName: 'Google Cloud EMEA Limited',
    PublisherName: row.seller ?? (row.publisherType === 'PARTNER' ? row.serviceName : 'Google'),
    ServiceCategory: row.publisherType === 'PARTNER' ? 'Other' : 'Compute',
    ServiceName: row.serviceName,
    SkuId: row.skuId,
    SubAccountId: row.project?.id ?? null,
    SubAccountName: row.project?.name ?? null,
    Tags: row.tags.map(capital),
    x_Labels: row.labels.map(capital),
    x_ProjectLabels: (row.project?.labels ?? []).map(capital),
  };
}

/** What a table is served from. */
export interface Served {
  readonly books: GcpBooks;
  readonly tables: ServedTable[];
}
