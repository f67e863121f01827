import { ACCOUNTS, PAYER } from './aws-cost-explorer-data.js';
import { awsRefusal } from './aws-cost-explorer-signature.js';

const ROOT = 'r-a1b2';
const ORGANIZATION = 'o-standin0001';
/** Items of a page; AWS takes 20 at most. */
const PAGE_ITEMS = 3;
const MAX_RESULTS = 20;

type Json = Readonly<Record<string, unknown>>;

/** Units by id: every path of an account, and the paths above it. */
const UNITS: ReadonlyMap<string, string> = new Map(
  [...new Set(ACCOUNTS.flatMap(({ unit = '' }) => pathsTo(unit)))]
    .sort()
    .map((path, index) => [`ou-a1b2-${String(index + 1).padStart(8, '0')}`, path]),
);

function pathsTo(path: string): string[] {
  if (path === '') return [];
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** Answers an operation of AWS Organizations; undefined for one it does not have. */
export function organizationsReply(operation: string, request: Json): Json | undefined {
  switch (operation) {
    case 'DescribeOrganization':
      return { Organization: { Id: ORGANIZATION, FeatureSet: 'ALL', MasterAccountId: PAYER } };
    case 'ListRoots':
      return {
        Roots: [{ Id: ROOT, Arn: `arn:aws:organizations::${PAYER}:root/${ORGANIZATION}/${ROOT}`, Name: 'Root' }],
      };
    case 'ListAccountsForParent':
      return listed('Accounts', request, membersOf(parentOf(request)));
    case 'ListOrganizationalUnitsForParent':
      return listed('OrganizationalUnits', request, unitsOf(parentOf(request)));
    case 'ListTagsForResource':
      return tagsOf(String(request['ResourceId']));
    default:
      return undefined;
  }
}

/** The path of a root or unit. */
function parentOf({ ParentId }: Json): string {
  if (ParentId === ROOT) return '';
  const path = UNITS.get(String(ParentId));
  if (path === undefined) throw awsRefusal('ParentNotFoundException', "You specified parent that doesn't exist.");
  return path;
}

function membersOf(path: string): Json[] {
  return ACCOUNTS.filter(({ unit }) => unit === path).map(({ id, name }) => ({
    Id: id,
    Arn: `arn:aws:organizations::${PAYER}:account/${ORGANIZATION}/${id}`,
    Email: `aws+${id}@standin.example`,
    Name: name,
    State: 'ACTIVE',
    JoinedMethod: 'CREATED',
    JoinedTimestamp: 1_640_995_200.5,
  }));
}

function unitsOf(path: string): Json[] {
  const prefix = path === '' ? '' : `${path}/`;
  return [...UNITS]
    .filter(([, one]) => one.startsWith(prefix) && one !== path && !one.slice(prefix.length).includes('/'))
    .map(([Id, one]) => ({ Id, Name: one.slice(prefix.length) }));
}

function tagsOf(id: string): Json {
  if (id === ROOT) return { Tags: [] };
  const account = ACCOUNTS.find((one) => one.id === id && one.unit !== undefined);
  if (account === undefined) {
    throw awsRefusal('TargetNotFoundException', "We can't find a root, OU, account, or policy with the TargetId.");
  }
  return { Tags: Object.entries(account.tags).map(([Key, Value]) => ({ Key, Value })) };
}

/** A page of a list. The first one of a list that has several is empty, as AWS warns it may be. */
function listed(name: string, { NextToken, MaxResults }: Json, items: readonly Json[]): Json {
  if (MaxResults !== undefined && Number(MaxResults) > MAX_RESULTS) {
    throw awsRefusal('InvalidInputException', 'You specified a number of results that is too large.');
  }
  const size = Math.min(PAGE_ITEMS, MaxResults === undefined ? PAGE_ITEMS : Number(MaxResults));
  if (NextToken === undefined && items.length > size) return { [name]: [], NextToken: 'from-0' };
  const match = NextToken === undefined ? ['', '0'] : /^from-(\d+)$/.exec(JSON.stringify(NextToken).slice(1, -1));
  if (match === null)
    throw awsRefusal('InvalidInputException', 'You provided a value that does not match the required pattern.');
  const from = Number(match[1]);
  const next = from + size;
  return { [name]: items.slice(from, next), ...(next < items.length ? { NextToken: `from-${next}` } : {}) };
}
