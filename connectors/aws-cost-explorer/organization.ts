import type { OrganizationsClient } from '@aws-sdk/client-organizations';

import { eachPage } from '../../src/connector/paging.js';
import { ServiceError } from '../../src/connector/problems.js';
import { SourceError } from '../../src/core/errors.js';
import { organizations, type Context } from './client.js';

/** Organisational units of one organisation; AWS allows 2,000 unless asked for more. */
const UNITS_MAX = 10_000;

export interface OrganizationAccount {
  readonly name: string;
  /** Names of the organisational units around it, from the root: `Business/Marketing`; empty at the root. */
  readonly unit: string;
}

/** What AWS Organizations tells of the accounts. All of it is evidence; the bill does without. */
export interface Organization {
  /** The management account, which gets the bill; empty where it is not known. */
  readonly payer: string;
  readonly accounts: ReadonlyMap<string, OrganizationAccount>;
  /** What may not be read, in sentences; grows when tags are asked for. */
  readonly remarks: readonly string[];
}

type Tag = readonly [key: string, value: string];

/** Sends one request, which costs nothing. */
export async function askOrganizations<Reply>(
  context: Context,
  request: string,
  send: (client: OrganizationsClient, signal: AbortSignal) => Promise<Reply>,
): Promise<Reply> {
  const client = await organizations(context);
  return context.call(request, (signal) => send(client, signal), { priceMicros: 0n });
}

/** Reads the organisation once in a run. What the credentials may not read is left out, with a remark. */
export function readOrganization(context: Context): Promise<Organization> {
  return context.once('organization', async () => {
    if (!context.settings.organizations) return { payer: '', accounts: new Map(), remarks: [] };
    const remarks: string[] = [];
    const payer = await unlessDenied(remarks, 'lines name no billing account', () => readPayer(context));
    const accounts = await unlessDenied(remarks, 'lines have no organisational unit and no account tags', () =>
      readAccounts(context),
    );
    return { payer: payer ?? '', accounts: accounts ?? new Map<string, OrganizationAccount>(), remarks };
  });
}

/** The chosen tags of an account of the organisation, asked once in a run. */
export async function accountTags(
  context: Context,
  organization: Organization,
  account: string,
): Promise<readonly Tag[]> {
  const { accountTags: keys } = context.settings;
  if (keys.length === 0 || !organization.accounts.has(account)) return [];
  const denied = await context.once('account tags denied', () => Promise.resolve([] as string[]));
  if (denied.length > 0) return [];
  const tags = await context.once(`tags of ${account}`, () =>
    unlessDenied(denied, 'lines have no account tags', () => readTags(context, account)),
  );
  return (tags ?? []).filter(([key]) => keys.includes(key));
}

/** All that could not be read so far. */
export async function organizationRemarks(context: Context, organization: Organization): Promise<readonly string[]> {
  const denied = await context.once('account tags denied', () => Promise.resolve([] as string[]));
  return [...organization.remarks, ...denied];
}

async function unlessDenied<Value>(
  remarks: string[],
  effect: string,
  read: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.kind !== 'permission') throw error;
    remarks.push(`${error.mistakes[0]?.message ?? error.message}; ${effect}.`);
    return undefined;
  }
}

/** Id of the management account. */
export async function readPayer(context: Context): Promise<string> {
  const { DescribeOrganizationCommand } = await import('@aws-sdk/client-organizations');
  const reply = await askOrganizations(context, 'DescribeOrganization', (client, abortSignal) =>
    client.send(new DescribeOrganizationCommand({}), { abortSignal }),
  );
  return reply.Organization?.MasterAccountId ?? '';
}

interface Container {
  readonly id: string;
  readonly path: string;
}

/** Walks the tree of units: two lists for each, however many accounts there are. */
async function readAccounts(context: Context): Promise<ReadonlyMap<string, OrganizationAccount>> {
  const accounts = new Map<string, OrganizationAccount>();
  const open: Container[] = (await readRoots(context)).map((id) => ({ id, path: '' }));
  for (let next = 0; next < open.length; next += 1) {
    const container = open[next];
    if (container === undefined) break;
    for (const [id, name] of await readMembers(context, container.id)) {
      accounts.set(id, { name, unit: container.path });
    }
    for (const [id, name] of await readUnits(context, container.id)) {
      open.push({ id, path: container.path === '' ? name : `${container.path}/${name}` });
    }
    if (open.length > UNITS_MAX) {
      const message = `Organizations lists more than ${UNITS_MAX} organisational units`;
      throw new SourceError({ place: { source: context.sourceId }, message, hint: 'Write `organizations: false`.' });
    }
  }
  return accounts;
}

/** Ids of the roots; there is one. */
export async function readRoots(context: Context): Promise<readonly string[]> {
  const { ListRootsCommand } = await import('@aws-sdk/client-organizations');
  return everything(context, 'ListRoots', async (NextToken, request) => {
    const reply = await askOrganizations(context, request, (client, abortSignal) =>
      client.send(new ListRootsCommand(token(NextToken)), { abortSignal }),
    );
    return { items: (reply.Roots ?? []).flatMap(({ Id }) => Id ?? []), next: reply.NextToken };
  });
}

/** Accounts that lie directly in a root or unit. */
export async function readMembers(context: Context, ParentId: string): Promise<readonly Tag[]> {
  const { ListAccountsForParentCommand } = await import('@aws-sdk/client-organizations');
  return everything(context, `ListAccountsForParent ${ParentId}`, async (NextToken, request) => {
    const reply = await askOrganizations(context, request, (client, abortSignal) =>
      client.send(new ListAccountsForParentCommand({ ParentId, ...token(NextToken) }), { abortSignal }),
    );
    return { items: pairs(reply.Accounts), next: reply.NextToken };
  });
}

/** Units that lie directly in a root or unit. */
export async function readUnits(context: Context, ParentId: string): Promise<readonly Tag[]> {
  const { ListOrganizationalUnitsForParentCommand } = await import('@aws-sdk/client-organizations');
  return everything(context, `ListOrganizationalUnitsForParent ${ParentId}`, async (NextToken, request) => {
    const reply = await askOrganizations(context, request, (client, abortSignal) =>
      client.send(new ListOrganizationalUnitsForParentCommand({ ParentId, ...token(NextToken) }), { abortSignal }),
    );
    return { items: pairs(reply.OrganizationalUnits), next: reply.NextToken };
  });
}

/** Tags of an account, a unit or a root; none where it has left the organisation meanwhile. */
export async function readTags(context: Context, ResourceId: string): Promise<readonly Tag[]> {
  const { ListTagsForResourceCommand, TargetNotFoundException } = await import('@aws-sdk/client-organizations');
  return everything(context, `ListTagsForResource ${ResourceId}`, async (NextToken, request) => {
    const reply = await askOrganizations(context, request, async (client, abortSignal) => {
      try {
        return await client.send(new ListTagsForResourceCommand({ ResourceId, ...token(NextToken) }), { abortSignal });
      } catch (error) {
        if (error instanceof TargetNotFoundException) return { Tags: [], NextToken: undefined };
        throw error;
      }
    });
    const tags = (reply.Tags ?? []).flatMap(({ Key, Value }): Tag[] =>
      Key === undefined || Value === undefined ? [] : [[Key, Value]],
    );
    return { items: tags, next: reply.NextToken };
  });
}

function token(NextToken: string | undefined): { NextToken?: string } {
  return NextToken === undefined ? {} : { NextToken };
}

function pairs(
  items: readonly { readonly Id?: string | undefined; readonly Name?: string | undefined }[] | undefined,
): Tag[] {
  return (items ?? []).flatMap(({ Id, Name }): Tag[] => (Id === undefined ? [] : [[Id, Name ?? '']]));
}

/** All items of a list; pages may be empty while there is a next one. */
async function everything<Item>(
  context: Context,
  what: string,
  fetchPage: (
    next: string | undefined,
    request: string,
  ) => Promise<{ readonly items: readonly Item[]; readonly next: string | null | undefined }>,
): Promise<readonly Item[]> {
  const pages = eachPage(what, context.sourceId, async (cursor, number) => {
    const { items, next } = await fetchPage(cursor, number === 1 ? what : `${what}, page ${number}`);
    return { content: items, rowCount: items.length, next: next ?? undefined };
  });
  const found: Item[] = [];
  for await (const page of pages) found.push(...page);
  return found;
}
