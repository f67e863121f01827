import { describe, expect, it, onTestFinished } from 'vitest';

import gcpBilling from '../../connectors/gcp-billing/index.js';
import { problemOf } from '../../connectors/gcp-billing/problems.js';
import { queriesOf } from '../../connectors/gcp-billing/query.js';
import { gcpBillingSettings } from '../../connectors/gcp-billing/settings.js';
import type { Column, ExportTable, Partition } from '../../connectors/gcp-billing/table.js';
import type { IsoDate } from '../../src/core/date.js';
import type { SpendshiftError } from '../../src/core/errors.js';
import { parseMonth, type Month } from '../../src/core/period.js';
import { windowOf } from '../../src/pull/due-months.js';
import standin, { type RunningGcp } from '../services/gcp-billing.js';
import type { SchemaField, ServedTable } from '../services/gcp-billing-schema.js';
import { parseQuery } from '../services/gcp-billing-sql.js';
import { pullAll, testContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const OCTOBER = parseMonth('2026-10') as Month;
const ACCOUNT = '01A2B3-C4D5E6-F70819';
const TABLE = 'gcp_billing_export_v1_01A2B3_C4D5E6_F70819';
const WINDOW = { from: '2026-11-01' as IsoDate, to: '2026-12-01' as IsoDate };

async function start(): Promise<RunningGcp> {
  const running = await standin.start({ now: () => NOW, seed: 11 });
  onTestFinished(async () => {
    await Promise.all([running.server, ...(running.others ?? [])].map((server) => server.close()));
  });
  return running;
}

type Settings = Readonly<Record<string, unknown>>;

/** What a pull of October ends with. */
async function failureOf(running: RunningGcp, settings: Settings = {}): Promise<SpendshiftError> {
  const { context } = await testContext(gcpBilling, running, { settings, now: () => NOW });
  return pullAll(gcpBilling, context, windowOf(OCTOBER)).then(
    () => {
      throw new Error('the pull did not fail');
    },
    (error: unknown) => error as SpendshiftError,
  );
}

function change(running: RunningGcp, fields: (fields: readonly SchemaField[]) => readonly SchemaField[]): void {
  const table = running.tables.find(({ id }) => id === TABLE);
  table?.fields.splice(0, table.fields.length, ...fields(table.fields));
}

const without =
  (...names: string[]) =>
  (fields: readonly SchemaField[]) =>
    fields.filter(({ name }) => !names.includes(name));

describe('a table', () => {
  it('without a column that money or owners depend on is refused in plain words', async () => {
    const running = await start();
    change(running, without('credits', 'currency'));
    expect((await failureOf(running)).message).toBe(
      `source test: export: billing_export.${TABLE} has no column currency, credits.amount, which the standard export ` +
        'has\n  → Compare `export` and `table` with the Explorer of BigQuery. If Google has renamed the column, look for ' +
        'a newer version of Spendshift, or report this.',
    );
    expect(running.desk.ran).toEqual([]);
  });

  it('of older rows goes without what it does not have, and says so', async () => {
    const running = await start();
    change(running, without('seller_name', 'tags'));
    const { context } = await testContext(gcpBilling, running, { now: () => NOW });
    const { charges, end } = await pullAll(gcpBilling, context, windowOf(OCTOBER));
    expect(charges.length).toBeGreaterThan(500);
    expect(end.remarks).toContain(
      'The export has no column seller_name: lines say less of what was bought or who owns it.',
    );
    expect(running.server.violations).toEqual([]);
  });

  it('that grows by columns is read as before', async () => {
    const running = await start();
    change(running, (fields) => [{ name: 'brand_new', type: 'GEOGRAPHY', mode: 'NULLABLE' }, ...fields]);
    const { context } = await testContext(gcpBilling, running, { now: () => NOW });
    expect((await pullAll(gcpBilling, context, windowOf(OCTOBER))).charges.length).toBeGreaterThan(500);
  });

  it('whose times say no moment is refused', async () => {
    const running = await start();
    change(running, (fields) =>
      fields.map((field) => (field.name === 'usage_start_time' ? { ...field, type: 'DATETIME' } : field)),
    );
    expect((await failureOf(running)).message).toContain('is a DATETIME, not a TIMESTAMP: its days cannot be told');
  });

  it.each([
    [{ dataset: 'elsewhere' }, /^source test: table elsewhere\.\w+: Google does not find it: Not found/],
    [
      { table: 'my_copy' },
      /Google does not find it: Not found: Table nordwind-finops:billing_export\.my_copy was not found in location EU/,
    ],
    [
      { location: 'US' },
      /Google does not find it: Not found: Dataset nordwind-finops:billing_export was not found in location US/,
    ],
  ] as [Settings, RegExp][])('that is not there with %o is told of', async (settings, message) => {
    const error = await failureOf(await start(), settings);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(
      '→ Compare `dataset`, `billingAccount`, `export` and `location` with the Explorer of BigQuery, and `projectId` ',
    );
  });
});

describe('the ceiling of bytes', () => {
  it('refuses a query before it is sent', async () => {
    const running = await start();
    const { message } = await failureOf(running, { maximumBytesBilled: 10_485_760 });
    expect(message).toMatch(
      /^source test: maximumBytesBilled: the query for the charges of 2026-10-01 to 2026-11-01 would read [\d,]+ bytes, and `maximumBytesBilled` is 10,485,760\n/,
    );
    expect(running.desk.ran).toEqual([]);
    expect(running.server.violations).toEqual([]);
  });

  it('is BigQuery’s too, whose refusal is not repeated although it has status 500', async () => {
    const running = await start();
    const { context } = await testContext(gcpBilling, running, { now: () => NOW });
    const [planned] = (await gcpBilling.plan?.(context, windowOf(OCTOBER))) ?? [];
    // BigQuery bills whole mebibytes: what it estimates is less than what it bills.
    const bytes = Number(/: ([\d,]+) bytes$/.exec(planned?.what ?? '')?.[1]?.replaceAll(',', ''));
    const error = await failureOf(running, { maximumBytesBilled: bytes });
    expect(error.message).toMatch(
      /the query would read more than `maximumBytesBilled`: Query exceeded limit for bytes billed: \d+\. \d+ or higher required\./,
    );
    expect(error.message).toContain('→ Raise `maximumBytesBilled`');
    expect(running.server.requests.filter(({ path }) => path.includes('/queries/')).length).toBe(1);
    expect(running.desk.ran).toEqual([]);
  });
});

describe('credentials', () => {
  const withKey = async (edit: (key: Record<string, unknown>) => unknown): Promise<string> => {
    const running = await start();
    const key = JSON.parse(running.secrets['GOOGLE_CREDENTIALS'] ?? '{}') as Record<string, unknown>;
    const edited = edit(key);
    const secrets = { GOOGLE_CREDENTIALS: typeof edited === 'string' ? edited : JSON.stringify(edited) };
    const { message } = await failureOf({ ...running, secrets });
    expect(running.server.requests).toEqual([]);
    return message;
  };

  it.each([
    ['that are no JSON', () => 'AIzaSyNotAKey', 'source test: credentials: the secret is no JSON'],
    [
      'without a private key',
      (key) => ({ ...key, private_key: undefined }),
      'the key of the service account has no readable private_key',
    ],
    [
      'with a broken private key',
      (key) => ({ ...key, private_key: 'MIIEvQ' }),
      'the private key in the key of the service account cannot be read',
    ],
    [
      'that lead to an open address',
      (key) => ({ ...key, token_uri: 'http://example.com/token' }),
      'has no readable token_uri',
    ],
    [
      'of a person',
      () => ({ type: 'authorized_user' }),
      'the secret is no key of a service account (its type is authorized_user)',
    ],
    [
      'of an unknown type',
      () => ({ type: 'canary' }),
      'the secret is no key of a service account (its type is another)',
    ],
    [
      'of a deleted account',
      (key) => ({ ...key, client_email: 'gone@example.com' }),
      'Google does not accept the key of the service account (Invalid email or audience.)',
    ],
  ] as [string, (key: Record<string, unknown>) => unknown, string][])(
    '%s are told of',
    async (_name, edit, message) => {
      expect(await withKey(edit)).toContain(message);
    },
  );

  it('are asked for once when the clock is wrong, and the clock is named', async () => {
    const running = await start();
    const wrong = new Date(NOW.getTime() + 3_600_000 * 5);
    const { context } = await testContext(gcpBilling, running, { now: () => wrong });
    await expect(pullAll(gcpBilling, context, windowOf(OCTOBER))).rejects.toThrow("→ Set this machine's clock.");
    expect(running.tokens.requests.length).toBe(1);
  });

  it('that Google refuses twice end the run', async () => {
    const running = await start();
    running.server.fail('expired', 5);
    expect((await failureOf(running)).message).toContain(
      'Google Cloud does not accept the token (Invalid Credentials)',
    );
    expect(running.server.requests.length).toBe(2);
    expect(running.tokens.requests.length).toBe(2);
  });

  it('give away neither the token nor the key', async () => {
    const running = await start();
    const { context, secrets } = await testContext(gcpBilling, running, { now: () => NOW });
    await pullAll(gcpBilling, context, windowOf(OCTOBER));
    const token = running.server.requests[0]?.headers['authorization']?.slice('Bearer '.length) ?? '';
    const { private_key: key } = JSON.parse(running.secrets['GOOGLE_CREDENTIALS'] ?? '{}') as { private_key: string };
    expect(token.length).toBeGreaterThan(20);
    expect(secrets.redact(`${token} ${key}`)).toBe('[secret] [secret]');
  });
});

describe('check', () => {
  const IDS = [
    'bigquery.tables.get',
    'bigquery.jobs.create',
    'bigquery.tables.getData',
    'billing.accounts.list',
    'billing.resourceAssociations.list',
  ];

  const checked = async (running: RunningGcp, settings: Settings = {}) => {
    const { context, charged } = await testContext(gcpBilling, running, { settings, now: () => NOW });
    return { verdicts: await gcpBilling.check(context), charged };
  };

  it('has a verdict for each permission, and costs nothing', async () => {
    const running = await start();
    const { verdicts, charged } = await checked(running);
    expect(
      verdicts.map(({ permission, granted, detail }) => [
        permission,
        granted,
        detail.replace(/[\d,]+ bytes/, 'N bytes'),
      ]),
    ).toEqual([
      ['bigquery.tables.get', true, `billing_export.${TABLE} in EU: 46 columns, cut into parts by day`],
      ['bigquery.jobs.create', true, 'queries may run in nordwind-finops'],
      ['bigquery.tables.getData', true, 'a query over 2026-11-18 to 2026-11-20 would read N bytes'],
      ['billing.accounts.list', true, '3 billing accounts'],
      ['billing.resourceAssociations.list', true, `3 projects are billed to ${ACCOUNT}`],
    ]);
    expect(charged.every(({ priceMicros }) => priceMicros === 0n)).toBe(true);
    expect(running.desk.ran).toEqual([]);
    expect(running.server.violations).toEqual([]);
  });

  it.each([
    ['bigquery.tables.get', IDS.slice(1, 2).concat(IDS.slice(3)), 'Permission bigquery.tables.get denied on table'],
    [
      'bigquery.jobs.create',
      IDS.filter((id) => id !== 'bigquery.jobs.create' && id !== 'bigquery.tables.getData'),
      'bigquery.jobs.create is missing',
    ],
    [
      'bigquery.tables.getData',
      IDS.filter((id) => id !== 'bigquery.tables.getData'),
      'User does not have permission to query table',
    ],
    [
      'billing.accounts.list',
      IDS.filter((id) => id !== 'billing.accounts.list'),
      'The caller does not have permission',
    ],
    [
      'billing.resourceAssociations.list',
      IDS.filter((id) => id !== 'billing.resourceAssociations.list'),
      'The caller does not have permission',
    ],
  ])('tells when %s is missing', async (missing, granted, detail) => {
    const running = await start();
    running.denied.add(missing);
    const { verdicts } = await checked(running);
    expect(verdicts.filter((verdict) => verdict.granted).map(({ permission }) => permission)).toEqual(granted);
    const verdict = verdicts.find(({ permission }) => permission === missing);
    expect(verdict?.detail).toContain(detail);
    expect(verdict?.hint).toContain("Grant the roles of the connector's README");
  });

  it('asks nothing of Cloud Billing where it is switched off', async () => {
    const running = await start();
    const { verdicts } = await checked(running, { projectLinks: false });
    expect(verdicts.slice(3).map(({ detail }) => detail)).toEqual(
      Array(2).fill('not asked for: `projectLinks` is false'),
    );
    expect(running.billing.requests).toEqual([]);
  });
});

describe('an error', () => {
  const api = (code: number, reason: string, message: string): Error =>
    Object.assign(new Error(message), { code, errors: [{ reason, message }] });
  const gaxios = (status: number, body: unknown): Error =>
    Object.assign(new Error(JSON.stringify(body)), { status, code: String(status) });

  it.each([
    [api(403, 'rateLimitExceeded', 'too fast'), 'retry', 'Google Cloud cannot answer now: too fast'],
    [api(403, 'quotaExceeded', 'daily limit'), 'retry', "BigQuery's quota is used up: daily limit"],
    [api(500, 'internalError', 'sorry'), 'retry', 'Google Cloud cannot answer now: sorry'],
    [
      api(400, 'invalidQuery', 'Unrecognized name: cost'),
      'refused',
      'BigQuery does not accept the query: Unrecognized name: cost',
    ],
    [api(400, 'resourcesExceeded', 'memory'), 'refused', 'the query is too large for BigQuery: memory'],
    [
      api(403, 'billingNotEnabled', 'no billing'),
      'permission',
      'the project that runs the queries has no billing account: no billing',
    ],
    [
      api(403, 'accessDenied', 'VPC Service Controls'),
      'permission',
      'Google Cloud denies access: VPC Service Controls',
    ],
    [api(418, 'strange', 'teapot'), 'refused', 'Google Cloud answered 418: teapot'],
    [
      Object.assign(new Error('Multiple errors occurred.\n\n    1. Bad Gateway\n'), { code: 502, errors: [] }),
      'retry',
      'Google Cloud answered 502: 1. Bad Gateway',
    ],
    [
      gaxios(403, { error: { message: 'API is off', details: [{ reason: 'SERVICE_DISABLED' }] } }),
      'permission',
      'an API is switched off in the project: API is off',
    ],
    [
      gaxios(429, { error: { message: 'slow down', status: 'RESOURCE_EXHAUSTED' } }),
      'retry',
      'Google Cloud answered 429: slow down',
    ],
    [
      Object.assign(new Error('Total timeout exceeded'), { code: 4 }),
      'retry',
      'Google Cloud answered 408: Total timeout exceeded',
    ],
    [
      new Error('Could not load the default credentials. Browse to …'),
      'credentials',
      'this machine has no credentials for Google Cloud',
    ],
    [
      new Error('invalid_grant: reauth related error (invalid_rapt)'),
      'credentials',
      'the login of this machine at Google Cloud has expired',
    ],
  ] as [Error, string, string][])('%s has its kind and its words', (error, kind, message) => {
    expect(problemOf(error)).toMatchObject({ kind, message });
  });

  it('that is none of Google’s is left to the general rules', () => {
    expect(problemOf(new SyntaxError('Unexpected token'))).toBeUndefined();
    expect(problemOf(Object.assign(new Error('gone'), { code: 'ECONNRESET' }))).toBeUndefined();
    expect(problemOf('text')).toBeUndefined();
  });
});

describe('settings', () => {
  const BASE = { projectId: 'my-project', dataset: 'billing_export', billingAccount: ACCOUNT };

  it.each([
    [{ billingAccount: '01a2b3-c4d5e6-f70819' }, 'write the id of a billing account'],
    [{ projectId: 'My Project' }, 'write the id of the project that runs the queries'],
    [{ dataset: 'a.b.c' }, 'write the dataset of the export'],
    [{ labels: ["x') OR TRUE --"] }, 'write the key of a label or tag'],
    [{ table: 't`; DROP TABLE x' }, 'write the name of a table'],
    [{ export: 'csv' }, 'write one of standard, detailed, focus'],
    [{ maximumBytesBilled: 1.5 }, 'write a whole number of bytes'],
    [{ pricePerTebibyte: 'free' }, 'write the price of a TiB in US dollars'],
    [{ skus: 'yes' }, 'write true or false'],
    [{ bigQueryEndpoint: 'http://bigquery.example.com' }, 'write an address that begins with https://'],
    [{ projekt: 'x' }, 'Unrecognized key'],
  ] as [Settings, string][])('with %o are refused', (more, message) => {
    expect(gcpBillingSettings.safeParse({ ...BASE, ...more }).error?.issues[0]?.message).toContain(message);
  });

  it('are three, and defaults', () => {
    expect(gcpBillingSettings.parse(BASE)).toMatchObject({
      export: 'standard',
      labels: [],
      folders: true,
      skus: false,
      maximumBytesBilled: 214_748_364_800,
      pricePerTebibyte: 6.25,
    });
    expect(gcpBilling.monthsMax?.(gcpBillingSettings.parse({ ...BASE, export: 'focus' }))).toBe(23);
  });
});

describe('a query', () => {
  const column = (path: string, type = 'STRING', isRepeated = false): Column => ({ path, type, isRepeated });
  const tableOf = (columns: readonly Column[], partition: Partition | undefined): ExportTable => ({
    name: { projectId: 'p', dataset: 'd', table: 't' },
    location: 'EU',
    partition,
    columns: new Map(columns.map((entry) => [entry.path.toLowerCase(), entry])),
  });
  const settings = (more: Settings = {}) =>
    gcpBillingSettings.parse({ projectId: 'my-project', dataset: 'd', billingAccount: ACCOUNT, ...more });
  const USAGE = [
    'billing_account_id',
    'service.id',
    'service.description',
    'project.id',
    'currency',
    'cost_type',
    'invoice.month',
  ];
  const usage = tableOf(
    [
      ...USAGE.map((path) => column(path)),
      column('labels', 'RECORD', true),
      column('labels.key'),
      column('labels.value'),
    ],
    { column: '_PARTITIONTIME', span: 'DAY' },
  );

  it('names each column, bounds parts and days, and groups by all that tells lines apart', () => {
    const { charges } = queriesOf(settings({ labels: ['team'], folders: false }), usage, WINDOW);
    expect(charges.sql).toBe(`WITH charge AS (
  SELECT
    CAST(DATE(usage_start_time, 'America/Los_Angeles') AS STRING) AS day,
    billing_account_id AS account,
    service.id AS service_id,
    project.id AS project_id,
    CAST(NULL AS STRING) AS seller,
    CAST(NULL AS STRING) AS publisher_type,
    cost_type AS kind,
    invoice.month AS invoice_month,
    currency AS currency,
    COALESCE(NULLIF((SELECT MAX(label.value) FROM UNNEST(labels) AS label WHERE label.key = 'team'), '')) AS label_0,
    service.description AS service_name,
    CAST(NULL AS STRING) AS project_name,
    CAST(cost AS BIGNUMERIC) + IFNULL((SELECT SUM(CAST(credit.amount AS BIGNUMERIC)) FROM UNNEST(credits) AS credit), 0) AS cash
  FROM \`p.d.t\`
  WHERE _PARTITIONTIME >= TIMESTAMP('2026-10-25')
    AND usage_start_time >= TIMESTAMP('2026-11-01', 'America/Los_Angeles')
    AND usage_start_time < TIMESTAMP('2026-12-01', 'America/Los_Angeles')
)
SELECT
  day,
  account,
  service_id,
  project_id,
  seller,
  publisher_type,
  kind,
  invoice_month,
  currency,
  label_0,
  MAX(service_name) AS service_name,
  MAX(project_name) AS project_name,
  CAST(SUM(cash) AS STRING) AS cash_sum,
  CAST(COUNTIF(cash IS NULL) AS STRING) AS unpriced_count
FROM charge
GROUP BY day, account, service_id, project_id, seller, publisher_type, kind, invoice_month, currency, label_0`);
  });

  it('of the total has the same rows', () => {
    const { charges, totals } = queriesOf(settings(), usage, WINDOW);
    const whereOf = (sql: string): string => sql.slice(sql.indexOf('  FROM `'), sql.indexOf('\n)'));
    expect(whereOf(totals.sql)).toBe(whereOf(charges.sql));
  });

  it.each([
    [{ column: '_PARTITIONTIME', span: 'HOUR' }, "_PARTITIONTIME >= TIMESTAMP('2026-10-25')"],
    [{ column: '_PARTITIONTIME', span: 'MONTH' }, "_PARTITIONTIME >= TIMESTAMP('2026-10-01')"],
    [{ column: '_PARTITIONTIME', span: 'YEAR' }, "_PARTITIONTIME >= TIMESTAMP('2026-01-01')"],
    [{ column: 'export_time', span: 'DAY' }, "export_time >= TIMESTAMP('2026-10-25')"],
  ] as [Partition, string][])(
    'over a table cut by %o begins with the part its rows may lie in',
    (partition, condition) => {
      const { charges, remarks } = queriesOf(settings(), { ...usage, partition }, WINDOW);
      expect(charges.sql).toContain(`WHERE ${condition}\n    AND usage_start_time >=`);
      expect(remarks.filter((remark) => remark.includes('cut into parts'))).toEqual([]);
    },
  );

  it('over a table cut by its days needs no other bound', () => {
    const { charges, remarks } = queriesOf(
      settings(),
      { ...usage, partition: { column: 'usage_start_time', span: 'DAY' } },
      WINDOW,
    );
    expect(charges.sql).toContain('WHERE usage_start_time >=');
    expect(remarks.filter((remark) => remark.includes('cut into parts'))).toEqual([]);
  });

  it.each([undefined, { column: 'cost_day', span: 'DAY' }])(
    'over a table that is not cut by what counts (%o) says what it costs',
    (partition) => {
      const { remarks } = queriesOf(settings(), { ...usage, partition }, WINDOW);
      expect(remarks[0]).toBe(
        'd.t is not cut into parts by the day on which rows came in: each query reads all of its rows, and costs accordingly.',
      );
    },
  );

  it.each([
    [[column('Tags', 'JSON')], `COALESCE(NULLIF(JSON_VALUE(Tags, '$."team"'), '')) AS label_0`],
    [[column('tags', 'STRING')], `COALESCE(NULLIF(JSON_VALUE(tags, '$."team"'), '')) AS label_0`],
    [
      [column('Tags', 'RECORD', true), column('Tags.Key'), column('Tags.Value')],
      `COALESCE(NULLIF((SELECT MAX(label.Value) FROM UNNEST(Tags) AS label WHERE label.Key = 'team'), '')) AS label_0`,
    ],
    [[], 'CAST(NULL AS STRING) AS label_0'],
  ] as [Column[], string][])('of FOCUS reads tags in the shape they have: %o', (columns, sql) => {
    const { charges, remarks } = queriesOf(
      settings({ export: 'focus', labels: ['team'] }),
      tableOf(columns, undefined),
      WINDOW,
    );
    expect(charges.sql).toContain(sql);
    expect(charges.sql).toContain('CAST(EffectiveCost AS BIGNUMERIC) AS accrual');
    expect(charges.sql).toContain('CAST(COUNTIF(cash IS NULL OR accrual IS NULL) AS STRING) AS unpriced_count');
    expect(remarks.join(' ').includes('x_Labels')).toBe(columns.length === 0);
  });
});

describe('the stand-in', () => {
  const table: ServedTable = {
    id: 't',
    cutBy: undefined,
    time: 'usage_start_time',
    fields: [
      { name: 'currency', type: 'STRING', mode: 'NULLABLE' },
      { name: 'usage_start_time', type: 'TIMESTAMP', mode: 'NULLABLE' },
    ],
    read: () => ({}),
  };
  const days =
    "usage_start_time >= TIMESTAMP('2026-10-01', 'America/Los_Angeles') AND usage_start_time < TIMESTAMP('2026-11-01', 'America/Los_Angeles')";
  const query = (given: { columns?: string; where?: string; selected?: string; grouped?: string }): string =>
    `WITH charge AS ( SELECT ${given.columns ?? 'currency AS currency'} FROM \`p.d.t\` WHERE ${given.where ?? `_PARTITIONTIME >= TIMESTAMP('2026-09-28') AND ${days}`} ) ` +
    `SELECT ${given.selected ?? 'currency'} FROM charge GROUP BY ${given.grouped ?? 'currency'}`;

  it('takes a query that BigQuery would take', () => {
    expect(parseQuery(query({}), () => table)).toMatchObject({
      from: '2026-10-01',
      to: '2026-11-01',
      partitionFrom: '2026-09-28',
    });
  });

  it.each([
    [{ where: days }, 'without a filter over column(s)'],
    [
      { where: `_PARTITIONTIME >= TIMESTAMP('2026-10-02') AND ${days}` },
      'leaves out parts in which rows of its days lie',
    ],
    [
      { where: `_PARTITIONTIME >= TIMESTAMP('2026-01-01') AND ${days}` },
      'reads parts in which none of its rows can lie',
    ],
    [
      { where: `_PARTITIONTIME >= TIMESTAMP('2026-09-28') AND ${days.replaceAll('America/Los_Angeles', 'UTC')}` },
      'does not know the condition',
    ],
    [{ columns: 'currency AS currency, salary AS salary' }, 'Unrecognized name: salary'],
    [
      { columns: "currency AS currency, CAST(DATE(usage_start_time, 'UTC') AS STRING) AS day" },
      'does not know CAST(DATE(',
    ],
    [{ columns: 'currency AS currency, usage_start_time AS moment' }, 'gives no TIMESTAMP as it is'],
    [{ columns: 'currency AS currency, cost + credits.amount AS cash' }, 'does not know cost + credits.amount'],
    [
      { columns: 'currency AS currency, currency AS again', selected: 'currency, again' },
      'again which is neither grouped nor aggregated',
    ],
    [{ selected: 'currency, MAX(colour) AS colour' }, 'Unrecognized name: colour'],
    [{ grouped: 'currency, day' }, 'every grouped column selected'],
    [{ columns: 'COALESCE(currency AS currency' }, 'brackets or quotes do not match'],
  ])('refuses %o', (given, message) => {
    expect(() => parseQuery(query(given), () => table)).toThrow(message);
  });
});
