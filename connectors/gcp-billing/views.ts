import type { ExportKind, GcpBillingSettings } from './settings.js';
import { columnAt, type ExportTable } from './table.js';

/** The zone in which Google's days and months of billing begin, daylight saving included. */
export const TIME_ZONE = 'America/Los_Angeles';

/** What is asked of each row of the export, under a name of our own. */
export interface Asked {
  readonly name: string;
  readonly sql: string;
  /** Texts that follow from the others of a group: one is taken, the last by the alphabet. */
  readonly isName?: boolean;
}

/** How an export is read: what its columns are called, and which of them are there. */
export interface ExportView {
  /** The column of the moment a charge belongs to. */
  readonly time: string;
  readonly texts: readonly Asked[];
  readonly money: readonly Asked[];
  /** Columns that would say more, but are not there. */
  readonly missing: readonly string[];
}

interface Plan {
  readonly time: string;
  /** A row means nothing without these. */
  readonly needed: readonly string[];
  /** Our name and the export's column, for texts. */
  readonly texts: readonly (readonly [name: string, path: string])[];
  readonly names: readonly (readonly [name: string, path: string])[];
  readonly money: readonly Asked[];
  /** Where labels stand, the nearest to the resource first. */
  readonly labels: readonly string[];
}

/**
 * The credits of a row stand in a list inside of it. They are added up inside of the row: a join with the list would
 * repeat the cost for each credit, and lose the rows that have none.
 */
const NET_COST =
  'CAST(cost AS BIGNUMERIC) + ' +
  'IFNULL((SELECT SUM(CAST(credit.amount AS BIGNUMERIC)) FROM UNNEST(credits) AS credit), 0)';

const USAGE: Plan = {
  time: 'usage_start_time',
  needed: [
    'billing_account_id',
    'service.id',
    'service.description',
    'project.id',
    'usage_start_time',
    'cost',
    'currency',
    'credits.amount',
  ],
  texts: [
    ['account', 'billing_account_id'],
    ['service_id', 'service.id'],
    ['project_id', 'project.id'],
    ['seller', 'seller_name'],
    ['publisher_type', 'invoice.publisher_type'],
    ['kind', 'cost_type'],
    ['invoice_month', 'invoice.month'],
    ['currency', 'currency'],
  ],
  names: [
    ['service_name', 'service.description'],
    ['project_name', 'project.name'],
  ],
  money: [{ name: 'cash', sql: NET_COST }],
  labels: ['labels', 'project.labels', 'tags'],
};

const FOCUS: Plan = {
  time: 'ChargePeriodStart',
  needed: [
    'BillingAccountId',
    'ServiceName',
    'SubAccountId',
    'ChargePeriodStart',
    'ChargeCategory',
    'BilledCost',
    'EffectiveCost',
    'BillingCurrency',
  ],
  texts: [
    ['account', 'BillingAccountId'],
    ['service_id', 'ServiceName'],
    ['project_id', 'SubAccountId'],
    ['seller', 'PublisherName'],
    ['issuer', 'InvoiceIssuerName'],
    ['service_category', 'ServiceCategory'],
    ['kind', 'ChargeCategory'],
    ['currency', 'BillingCurrency'],
  ],
  names: [['project_name', 'SubAccountName']],
  money: [
    { name: 'cash', sql: 'CAST(BilledCost AS BIGNUMERIC)' },
    { name: 'accrual', sql: 'CAST(EffectiveCost AS BIGNUMERIC)' },
  ],
  labels: ['x_Labels', 'x_ProjectLabels', 'Tags'],
};

const SKUS: Readonly<Record<ExportKind, readonly (readonly [name: string, path: string])[]>> = {
  standard: [['sku_id', 'sku.id']],
  detailed: [['sku_id', 'sku.id']],
  focus: [['sku_id', 'SkuId']],
};

function planOf(kind: ExportKind): Plan {
  return kind === 'focus' ? FOCUS : USAGE;
}

/** Columns without which an export cannot be read. */
export function neededColumns(settings: GcpBillingSettings): readonly string[] {
  const skus = settings.skus ? SKUS[settings.export].map(([, path]) => path) : [];
  return [...planOf(settings.export).needed, ...skus];
}

/** The column of the moment to which a charge belongs. */
export function timeColumn(settings: GcpBillingSettings): string {
  return planOf(settings.export).time;
}

/** How the export is read with these settings and the columns it has. */
export function viewOf(settings: GcpBillingSettings, table: ExportTable): ExportView {
  const plan = planOf(settings.export);
  const missing: string[] = [];
  const textAt = ([name, path]: readonly [string, string]): Asked => {
    if (columnAt(table, path) !== undefined) return { name, sql: path };
    missing.push(path);
    return { name, sql: NOTHING };
  };
  const skus = settings.skus ? SKUS[settings.export].map(textAt) : [];
  const skuNames = settings.skus && columnAt(table, 'sku.description') !== undefined ? SKU_NAME : [];
  const texts = [
    { name: 'day', sql: `CAST(DATE(${plan.time}, '${TIME_ZONE}') AS STRING)` },
    ...plan.texts.map(textAt),
    ...skus,
    ...(settings.folders && settings.export !== 'focus' ? [foldersAt(table, missing)] : []),
    ...labelsAt(settings, table, plan, missing),
    ...[...plan.names.map(textAt), ...skuNames].map((asked) => ({ ...asked, isName: true })),
  ];
  return { time: plan.time, texts, money: plan.money, missing };
}

const NOTHING = 'CAST(NULL AS STRING)';
const SKU_NAME: readonly Asked[] = [{ name: 'sku_name', sql: 'sku.description' }];
/** Folders are listed from the project up; people name them from the top down. */
const FOLDERS =
  "(SELECT STRING_AGG(ancestor.display_name, ' / ' ORDER BY position DESC) " +
  "FROM UNNEST(project.ancestors) AS ancestor WITH OFFSET AS position WHERE STARTS_WITH(ancestor.resource_name, 'folders/'))";

function foldersAt(table: ExportTable, missing: string[]): Asked {
  if (columnAt(table, 'project.ancestors.display_name') !== undefined) return { name: 'folder', sql: FOLDERS };
  missing.push('project.ancestors');
  return { name: 'folder', sql: NOTHING };
}

/** A value for each label that the settings name: of the resource, or else of its project, or else of a tag. */
function labelsAt(
  settings: GcpBillingSettings,
  table: ExportTable,
  { labels: places }: Plan,
  missing: string[],
): Asked[] {
  const read = places.flatMap((place) => labelReader(table, place) ?? []);
  if (settings.labels.length > 0 && read.length === 0) missing.push(...places);
  return settings.labels.map((key, index) => {
    const values = read.map((sqlOf) => `NULLIF(${sqlOf(key)}, '')`);
    return { name: `label_${index}`, sql: values.length === 0 ? NOTHING : `COALESCE(${values.join(', ')})` };
  });
}

/** How labels are read out of a column: a list of keys and values, or JSON; undefined where it is neither. */
function labelReader(table: ExportTable, place: string): ((key: string) => string) | undefined {
  const column = columnAt(table, place);
  if (column === undefined) return undefined;
  const [key, value] = [columnAt(table, `${place}.key`), columnAt(table, `${place}.value`)];
  if (column.isRepeated && key !== undefined && value !== undefined) {
    const [keyName, valueName] = [lastName(key.path), lastName(value.path)];
    return (wanted) =>
      `(SELECT MAX(label.${valueName}) FROM UNNEST(${column.path}) AS label WHERE label.${keyName} = '${wanted}')`;
  }
  const isText = !column.isRepeated && (column.type === 'JSON' || column.type === 'STRING');
  return isText ? (wanted) => `JSON_VALUE(${column.path}, '$."${wanted}"')` : undefined;
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
