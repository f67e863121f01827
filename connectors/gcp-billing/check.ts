import type { Permission, Verdict } from '../../src/connector/service.js';
import { dayIn } from '../../src/connector/values.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import { addDays } from '../../src/core/date.js';
import type { GcpContext } from './client.js';
import { estimate } from './jobs.js';
import { billingAccounts, linkedProjects } from './links.js';
import { windowQueries } from './query.js';
import { exportTable } from './table.js';
import { TIME_ZONE } from './views.js';

const GET_TABLE = 'bigquery.tables.get';
const CREATE_JOB = 'bigquery.jobs.create';
const GET_DATA = 'bigquery.tables.getData';
const LIST_ACCOUNTS = 'billing.accounts.list';
const LIST_PROJECTS = 'billing.resourceAssociations.list';

export const PERMISSIONS: readonly Permission[] = [
  { id: GET_TABLE, why: 'reads which columns the export has', required: true },
  { id: CREATE_JOB, why: 'runs queries', required: true },
  { id: GET_DATA, why: 'reads the rows of the export', required: true },
  { id: LIST_ACCOUNTS, why: 'finds billing accounts that no source covers', required: false },
  { id: LIST_PROJECTS, why: 'finds the projects that are billed to them', required: false },
];

/** Makes the account, its key and its roles. The role on the dataset is granted by a query: gcloud has no command for it. */
export const GRANT = `gcloud services enable bigquery.googleapis.com cloudbilling.googleapis.com --project PROJECT
gcloud iam service-accounts create spendshift --project PROJECT
gcloud projects add-iam-policy-binding PROJECT --role roles/bigquery.jobUser \\
  --member serviceAccount:spendshift@PROJECT.iam.gserviceaccount.com
bq query --project_id PROJECT --location LOCATION --use_legacy_sql=false \\
  'GRANT \`roles/bigquery.dataViewer\` ON SCHEMA \`EXPORT_PROJECT.DATASET\` TO "serviceAccount:spendshift@PROJECT.iam.gserviceaccount.com"'
gcloud billing accounts add-iam-policy-binding BILLING_ACCOUNT --role roles/billing.viewer \\
  --member serviceAccount:spendshift@PROJECT.iam.gserviceaccount.com
gcloud iam service-accounts keys create spendshift-google.json \\
  --iam-account spendshift@PROJECT.iam.gserviceaccount.com`;

const CHECKED_DAYS_BACK = 2;

/** Tries each permission; none of the requests costs anything. */
export async function check(context: GcpContext): Promise<readonly Verdict[]> {
  const today = dayIn(TIME_ZONE, context.now());
  const window = { from: addDays(today, -CHECKED_DAYS_BACK), to: addDays(today, 1) };
  return [
    await verdictOf(permission(GET_TABLE), async () => {
      const { name, columns, location, partition } = await exportTable(context);
      const parts =
        partition === undefined ? 'not cut into parts' : `cut into parts by ${partition.span.toLowerCase()}`;
      return `${name.dataset}.${name.table} in ${location}: ${columns.size} columns, ${parts}`;
    }),
    await verdictOf(permission(CREATE_JOB), async () => {
      await estimate(context, { name: 'smallest query', sql: 'SELECT 1 AS one' }, context.settings.location);
      return `queries may run in ${context.settings.projectId}`;
    }),
    await verdictOf(permission(GET_DATA), async () => {
      const { charges } = await windowQueries(context, window);
      const { location } = await exportTable(context);
      const { bytes } = await estimate(context, charges, location);
      return `a query over ${window.from} to ${today} would read ${bytes.toLocaleString('en')} bytes`;
    }),
    ...(await checkLinks(context)),
  ];
}

async function checkLinks(context: GcpContext): Promise<readonly Verdict[]> {
  if (!context.settings.projectLinks) {
    const detail = 'not asked for: `projectLinks` is false';
    return [LIST_ACCOUNTS, LIST_PROJECTS].map((id) => ({ permission: id, granted: false, detail }));
  }
  return [
    await verdictOf(permission(LIST_ACCOUNTS), async () => {
      const { length } = await billingAccounts(context);
      return length === 1 ? '1 billing account' : `${length} billing accounts`;
    }),
    await verdictOf(permission(LIST_PROJECTS), async () => {
      const { billingAccount } = context.settings;
      const { length } = await linkedProjects(context, billingAccount);
      return `${length} ${length === 1 ? 'project is' : 'projects are'} billed to ${billingAccount}`;
    }),
  ];
}

function permission(id: string): Permission {
  return permissionOf(PERMISSIONS, id);
}
