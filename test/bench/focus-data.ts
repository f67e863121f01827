import { openDuckDb, sqlText } from '../../src/connector/duckdb.js';

/** Months over which the generated charges are spread. */
const MONTHS = 12;

/** How a generated bill may differ from the plain one. */
export interface FocusDataOptions {
  /** Adds a tag that differs from resource to resource, as `Name` tags do: nearly every row has its own Tags text. */
  readonly nameTag?: boolean;
}

/**
 * Writes a Parquet file as a cloud would export it (FOCUS 1.2, sorted by time): `rows` charges that make exactly `lineMonths`
 * line-months where there are enough rows, over 12 months. The same arguments give the same rows.
 *
 * @param temporaryFolder where DuckDB may spill
 */
export async function writeFocusParquet(
  path: string,
  rows: number,
  lineMonths: number,
  temporaryFolder: string,
  options: FocusDataOptions = {},
): Promise<void> {
  const database = await openDuckDb(temporaryFolder);
  try {
    const lines = Math.ceil(lineMonths / MONTHS);
    await database.connection.run(
      `COPY (${focusRowsSql(rows, lines, options)}) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
  } finally {
    database.close();
  }
}

/** The rows of a bill: charge `i` falls on line `i % lines` within its month, so that every line is charged every month. */
function focusRowsSql(rows: number, lines: number, options: FocusDataOptions): string {
  const nameTag = options.nameTag === true ? `|| '"Name":"host-' || i || '",'` : '';
  return `
    WITH charge AS (
      SELECT i, i % ${lines} AS line, (i * ${MONTHS}) // ${rows} AS month, hash(i) AS noise FROM range(${rows}) t(i)
    ), dated AS (
      SELECT *, make_timestamp(2024, 1 + month, 1, 0, 0, 0) AS month_start,
             make_timestamp(2024, 1 + month, 1 + CAST(noise % 28 AS BIGINT), CAST((noise >> 8) % 24 AS BIGINT), 0, 0) AS start
        FROM charge
    )
    SELECT
      CAST((noise >> 16) % 1000000 AS DOUBLE) / 1e7 - CASE WHEN noise % 97 = 0 THEN 0.07 ELSE 0 END AS BilledCost,
      'account-' || (line % 7) AS BillingAccountId,
      'Example Group ' || (line % 7) AS BillingAccountName,
      CASE WHEN line % 7 = 3 THEN 'EUR' ELSE 'USD' END AS BillingCurrency,
      month_start + INTERVAL 1 MONTH AS BillingPeriodEnd,
      month_start AS BillingPeriodStart,
      CASE WHEN noise % 97 = 0 THEN 'Credit' ELSE 'Usage' END AS ChargeCategory,
      CAST(NULL AS VARCHAR) AS ChargeClass,
      'per hour of service ' || (line % 40) AS ChargeDescription,
      'Usage-Based' AS ChargeFrequency,
      start + INTERVAL 1 HOUR AS ChargePeriodEnd,
      start AS ChargePeriodStart,
      CAST((noise >> 16) % 1000 AS DOUBLE) / 10 AS ConsumedQuantity,
      'Hours' AS ConsumedUnit,
      CAST((noise >> 16) % 1000000 AS DOUBLE) / 1e7 AS EffectiveCost,
      'INV-' || (line % 7) || '-' || month AS InvoiceId,
      CASE line % 3 WHEN 0 THEN 'Amazon Web Services, Inc.' WHEN 1 THEN 'Microsoft' ELSE 'Google Cloud' END AS InvoiceIssuerName,
      CAST((noise >> 16) % 1000000 AS DOUBLE) / 1e7 AS ListCost,
      'Standard' AS PricingCategory,
      CASE line % 3 WHEN 0 THEN 'AWS' WHEN 1 THEN 'Microsoft' ELSE 'Google Cloud' END AS ProviderName,
      CASE WHEN line % 50 = 0 THEN 'Marketplace Seller ' || (line % 9)
           WHEN line % 3 = 0 THEN 'Amazon Web Services, Inc.' WHEN line % 3 = 1 THEN 'Microsoft' ELSE 'Google Cloud' END AS PublisherName,
      'eu-west-' || (noise % 3) AS RegionId,
      'arn:example:service:eu-west-1:' || (line % 200) || ':instance/i-' || printf('%016x', noise) AS ResourceId,
      'host-' || (noise % 100000) AS ResourceName,
      CASE line % 5 WHEN 0 THEN 'Compute' WHEN 1 THEN 'Storage' WHEN 2 THEN 'Databases' WHEN 3 THEN 'Networking' ELSE 'Analytics' END AS ServiceCategory,
      'Service ' || (line % 40) AS ServiceName,
      'SKU' || (noise % 5000) AS SkuId,
      'sub-' || (line % 200) AS SubAccountId,
      'Team account ' || (line % 200) AS SubAccountName,
      '{' ${nameTag} || '"business_unit":"unit-' || (line % 31) || '","cost_center":"cc-' || line
          || '","environment":"' || CASE WHEN line % 4 = 0 THEN 'dev' ELSE 'prod' END || '"}' AS Tags
    FROM dated`;
}
