import type { Permission, Verdict } from '../../src/connector/service.js';
import { dayIn } from '../../src/connector/values.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import { addDays } from '../../src/core/date.js';
import type { Context } from './client.js';
import { readMembers, readPayer, readRoots, readTags, readUnits } from './organization.js';
import { accrualMetric, eachCostPage, GROSS_ACCRUAL } from './query.js';

const GET_COST = 'ce:GetCostAndUsage';
const DESCRIBE = 'organizations:DescribeOrganization';
const LIST_ROOTS = 'organizations:ListRoots';
const LIST_UNITS = 'organizations:ListOrganizationalUnitsForParent';
const LIST_ACCOUNTS = 'organizations:ListAccountsForParent';
const LIST_TAGS = 'organizations:ListTagsForResource';

const optional = (id: string, why: string): Permission => ({ id, why, required: false });

export const PERMISSIONS: readonly Permission[] = [
  { id: GET_COST, why: 'reads the bill', required: true },
  optional(DESCRIBE, 'names the account that gets the bill'),
  optional(LIST_ROOTS, 'finds the organisational units of accounts'),
  optional(LIST_UNITS, 'finds the organisational units of accounts'),
  optional(LIST_ACCOUNTS, 'finds which account lies in which organisational unit'),
  optional(LIST_TAGS, 'reads the tags of accounts'),
];

/** The IAM policy of the permissions. Cost Explorer knows no narrower resource than its billing views. */
export const GRANT = JSON.stringify(
  {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'SpendshiftReadsTheBill', Effect: 'Allow', Action: [GET_COST], Resource: '*' },
      {
        Sid: 'SpendshiftReadsTheOrganization',
        Effect: 'Allow',
        Action: [DESCRIBE, LIST_ROOTS, LIST_UNITS, LIST_ACCOUNTS, LIST_TAGS],
        Resource: '*',
      },
    ],
  },
  null,
  2,
);

/** Tries each permission: one paid request, and one free request for each of the others. */
export async function check(context: Context): Promise<readonly Verdict[]> {
  const bill = await verdictOf(permission(GET_COST), () => readOneDay(context));
  if (!context.settings.organizations) {
    const detail = 'not asked for: `organizations` is false';
    const others = PERMISSIONS.filter(({ required }) => !required);
    return [bill, ...others.map(({ id }): Verdict => ({ permission: id, granted: false, detail }))];
  }
  let root = '';
  const roots = await verdictOf(permission(LIST_ROOTS), async () => {
    const [first = ''] = await readRoots(context);
    root = first;
    return 'the root of the organisation can be read';
  });
  const underRoot = (
    id: string,
    what: string,
    read: (root: string) => Promise<readonly unknown[]>,
  ): Promise<Verdict> => {
    if (root !== '') return verdictOf(permission(id), async () => `${(await read(root)).length} ${what} at the root`);
    const hint = `Grant ${LIST_ROOTS} first.`;
    return Promise.resolve({ permission: id, granted: false, detail: 'cannot be tried without the root', hint });
  };
  return [
    bill,
    await verdictOf(permission(DESCRIBE), async () => `the bill goes to account ${await readPayer(context)}`),
    roots,
    await underRoot(LIST_UNITS, 'organisational units', (id) => readUnits(context, id)),
    await underRoot(LIST_ACCOUNTS, 'accounts', (id) => readMembers(context, id)),
    await underRoot(LIST_TAGS, 'tags', (id) => readTags(context, id)),
  ];
}

function permission(id: string): Permission {
  return permissionOf(PERMISSIONS, id);
}

async function readOneDay(context: Context): Promise<string> {
  const to = dayIn('UTC', context.now());
  const accrual = await accrualMetric(context);
  const reading = { context, from: addDays(to, -1), to, accrual, isEstimated: false };
  for await (const page of eachCostPage(reading, { name: 'one day', filter: undefined, groupBy: [] })) {
    const isNet = accrual.name !== GROSS_ACCRUAL;
    return `the bill of ${page.totals[0]?.start ?? reading.from} can be read, ${isNet ? 'net' : 'without net'} costs included`;
  }
  return 'the bill can be read';
}
