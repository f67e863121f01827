import type { Mistake } from '../../core/errors.js';

/** A column as a file has it. */
export interface FoundColumn {
  /** Its name as written in the file. */
  readonly name: string;
  /** DuckDB's type; `VARCHAR` for every column of a text file. */
  readonly type: string;
  /** SQL that reads it. */
  readonly sql: string;
}

/** The FOCUS columns that Spendshift reads, under their names in the specification. */
export const FOCUS_COLUMNS = [
  'BilledCost',
  'EffectiveCost',
  'BillingCurrency',
  'BillingPeriodStart',
  'ChargePeriodStart',
  'InvoiceIssuerName',
  'ServiceProviderName',
  'ProviderName',
  'PublisherName',
  'ServiceName',
  'ServiceCategory',
  'BillingAccountId',
  'BillingAccountName',
  'SubAccountId',
  'SubAccountName',
  'Tags',
] as const;
export type FocusColumn = (typeof FOCUS_COLUMNS)[number];

export type FocusVersion = '1.0' | '1.1' | '1.2' | '1.3' | '1.4';

/** The columns of a file that Spendshift reads, and the version of FOCUS its columns are those of. */
export interface FocusColumns {
  readonly version: FocusVersion;
  readonly columns: ReadonlyMap<FocusColumn, FoundColumn>;
}

/** Columns that came with a version; one of them says that the file is at least of that version. */
const COLUMNS_NEW_IN: readonly (readonly [FocusVersion, readonly string[]])[] = [
  ['1.3', ['ServiceProviderName', 'HostProviderName', 'AllocatedMethodId', 'AllocatedTags', 'ContractApplied']],
  ['1.2', ['InvoiceId', 'PricingCurrency', 'BillingAccountType', 'SubAccountType']],
  ['1.1', ['ServiceSubcategory', 'SkuMeter', 'SkuPriceDetails', 'CapacityReservationId', 'CommitmentDiscountQuantity']],
];

/** Sets of columns of which a bill must have at least one each. */
const NEEDED: readonly (readonly FocusColumn[])[] = [
  ['BilledCost'],
  ['BillingCurrency'],
  ['ChargePeriodStart', 'BillingPeriodStart'],
  ['ServiceProviderName', 'ProviderName', 'PublisherName', 'InvoiceIssuerName'],
];

const OTHER_TABLE =
  'The connector `focus` reads bills in the FOCUS format. For any other table use the connector `csv`.';

/** The columns a bill must have and this file has not, and columns that stand there twice: one mistake each. */
export function columnMistakes(
  found: readonly FoundColumn[],
  place: Mistake['place'],
  tableHint = OTHER_TABLE,
): Mistake[] {
  const mistakes: Mistake[] = [];
  const names = found.map((column) => column.name.toLowerCase());
  for (const choice of NEEDED) {
    if (choice.some((name) => names.includes(name.toLowerCase()))) continue;
    mistakes.push({
      place,
      message: `there is no column ${choice.join(' or ')}; the columns are ${found.map((column) => column.name).join(', ')}`,
      hint: tableHint,
    });
  }
  for (const name of FOCUS_COLUMNS) {
    if (names.filter((other) => other === name.toLowerCase()).length < 2) continue;
    const message = `there is more than one column ${name}`;
    mistakes.push({ place, message, hint: 'Remove or rename all but one in the export.' });
  }
  return mistakes;
}

/** Finds the columns by name, whatever their case. The caller has seen that there are no mistakes. */
export function focusColumns(found: readonly FoundColumn[]): FocusColumns {
  const byName = new Map(found.map((column) => [column.name.toLowerCase(), column]));
  const columns = new Map<FocusColumn, FoundColumn>();
  for (const name of FOCUS_COLUMNS) {
    const column = byName.get(name.toLowerCase());
    if (column !== undefined) columns.set(name, column);
  }
  return { version: detectVersion(byName), columns };
}

function detectVersion(byName: ReadonlyMap<string, FoundColumn>): FocusVersion {
  const has = (name: string): boolean => byName.has(name.toLowerCase());
  // 1.4 is 1.3 without the two columns that 1.3 had marked as deprecated.
  if (has('ServiceProviderName') && !has('ProviderName') && !has('PublisherName')) return '1.4';
  return COLUMNS_NEW_IN.find(([, names]) => names.some(has))?.[0] ?? '1.0';
}
