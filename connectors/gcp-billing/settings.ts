import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { secret } from '../../src/connector/secret.js';

/** The exports of Cloud Billing to BigQuery that can be read. */
export const EXPORTS = ['standard', 'detailed', 'focus'] as const;
export type ExportKind = (typeof EXPORTS)[number];

const LABELS_MAX = 10;
const BYTES_BILLED_DEFAULT = 214_748_364_800;
const PRICE_MAX = 1_000_000;
const PRICE_ERROR = 'write the price of a TiB in US dollars: 6.25';

/** Projects of old companies begin with their domain: `example.com:billing`. */
const PROJECT = '(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]';

const billingAccount = z.string().regex(/^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/, {
  error: 'write the id of a billing account: 01ABCD-23EF45-6789AB, in upper case',
});

/** What stands in a query between quotes: no quote, no backslash, nothing that could end a text. */
const labelKey = z.string().regex(/^[\p{L}\p{N}_.:/-]{1,128}$/u, {
  error: 'write the key of a label or tag: letters, digits and _ - . : /',
});

const flag = (what: string): z.ZodBoolean => z.boolean({ error: `write true or false: ${what}` });

/** Settings of a `gcp-billing` source. */
export const gcpBillingSettings = z.strictObject({
  /** Where the queries run, and who pays for them. */
  projectId: z
    .string()
    .regex(new RegExp(`^${PROJECT}$`), { error: 'write the id of the project that runs the queries: my-project-123' }),
  /** Where the export lies. */
  dataset: z.string().regex(new RegExp(`^(?:${PROJECT}\\.)?[A-Za-z0-9_]{1,1024}$`), {
    error: 'write the dataset of the export: billing_export, or my-project.billing_export',
  }),
  billingAccount,
  export: z.enum(EXPORTS, { error: `write one of ${EXPORTS.join(', ')}` }).default('standard'),
  /** Where the table was copied under another name. */
  table: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,1024}$/, { error: 'write the name of a table, without its dataset' })
    .optional(),
  labels: z.array(labelKey).max(LABELS_MAX).default([]),
  folders: flag('whether the folders of projects tell owners').default(true),
  skus: flag('whether each SKU is a line of its own').default(false),
  location: z
    .string()
    .regex(/^[A-Za-z0-9-]{2,64}$/, { error: 'write the location of the dataset: EU, US, europe-west3' })
    .optional(),
  maximumBytesBilled: z
    .int({ error: 'write a whole number of bytes' })
    .positive({ error: 'write a whole number of bytes' })
    .default(BYTES_BILLED_DEFAULT),
  /** US dollars. */
  pricePerTebibyte: z
    .union([z.number().min(0).max(PRICE_MAX), z.string().regex(/^\d{1,6}(?:\.\d{1,6})?$/, { error: PRICE_ERROR })], {
      error: PRICE_ERROR,
    })
    .default(6.25),
  projectLinks: flag('whether to look for projects that are billed elsewhere').default(true),
  /** Billing accounts that other sources read. */
  coveredAccounts: z.array(billingAccount).default([]),
  credentials: secret('the key of the service account').optional(),
  bigQueryEndpoint: endpoint().optional(),
  billingEndpoint: endpoint().optional(),
});

export type GcpBillingSettings = z.infer<typeof gcpBillingSettings>;

/** A table by the names of its parts. */
export interface TableName {
  readonly projectId: string;
  readonly dataset: string;
  readonly table: string;
}

const PREFIXES: Readonly<Record<ExportKind, string>> = {
  standard: 'gcp_billing_export_v1_',
  detailed: 'gcp_billing_export_resource_v1_',
  focus: 'gcp_billing_export_focus_',
};

/** The table of the export: Google names it after the billing account, with `_` for `-`. */
export function tableName(settings: GcpBillingSettings): TableName {
  const { dataset, billingAccount: account, table, export: kind } = settings;
  const at = dataset.lastIndexOf('.');
  return {
    projectId: at === -1 ? settings.projectId : dataset.slice(0, at),
    dataset: dataset.slice(at + 1),
    table: table ?? `${PREFIXES[kind]}${account.replaceAll('-', '_')}`,
  };
}
