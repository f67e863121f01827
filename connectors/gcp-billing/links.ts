import { z } from 'zod';

import { eachPage } from '../../src/connector/paging.js';
import { ServiceError } from '../../src/connector/problems.js';
import { ask, fitting, type Clients, type GcpContext } from './client.js';

/** A billing account that the credentials may see. */
export interface BillingAccount {
  /** `01ABCD-23EF45-6789AB`. */
  readonly id: string;
  readonly title: string;
  readonly isOpen: boolean;
}

/** Accounts and projects asked for at once: the most that Cloud Billing gives. */
const PAGE_SIZE = 100;
/** Projects that a remark names. */
const PROJECTS_SHOWN_MAX = 5;
const PREFIX = 'billingAccounts/';

const accountsReply = z.object({
  billingAccounts: z
    .array(z.object({ name: z.string(), displayName: z.string().nullish(), open: z.boolean().nullish() }))
    .nullish(),
  nextPageToken: z.string().nullish(),
});

const projectsReply = z.object({
  projectBillingInfo: z.array(z.object({ projectId: z.string(), billingEnabled: z.boolean().nullish() })).nullish(),
  nextPageToken: z.string().nullish(),
});

interface Listed<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

/** All billing accounts that the credentials may see. */
export function billingAccounts(context: GcpContext): Promise<readonly BillingAccount[]> {
  return listed(context, 'billing accounts', async ({ billing }, token) => {
    const client = await billing();
    const request = { pageSize: PAGE_SIZE, ...(token === undefined ? {} : { pageToken: token }) };
    const [, , reply] = await client.listBillingAccounts(request, ONE_REQUEST);
    const { billingAccounts: accounts, nextPageToken } = fitting(accountsReply, reply);
    const items = (accounts ?? []).map(({ name, displayName, open }) => ({
      id: name.slice(name.startsWith(PREFIX) ? PREFIX.length : 0),
      title: displayName ?? '',
      isOpen: open === true,
    }));
    return { items, next: nextPageToken ?? undefined };
  });
}

/** The projects that are billed to an account now. */
export function linkedProjects(context: GcpContext, account: string): Promise<readonly string[]> {
  return listed(context, `projects of billing account ${account}`, async ({ billing }, token) => {
    const client = await billing();
    const name = `${PREFIX}${account}`;
    const request = { name, pageSize: PAGE_SIZE, ...(token === undefined ? {} : { pageToken: token }) };
    const [, , reply] = await client.listProjectBillingInfo(request, ONE_REQUEST);
    const { projectBillingInfo: projects, nextPageToken } = fitting(projectsReply, reply);
    const items = (projects ?? []).flatMap(({ projectId, billingEnabled }) =>
      billingEnabled === true ? [projectId] : [],
    );
    return { items, next: nextPageToken ?? undefined };
  });
}

/** No walk and no repetition by the SDK: each page is a request of the runner. */
const ONE_REQUEST = { autoPaginate: false, retry: null };

async function listed<Item>(
  context: GcpContext,
  what: string,
  fetchPage: (clients: Clients, token: string | undefined) => Promise<Listed<Item>>,
): Promise<Item[]> {
  const found: Item[] = [];
  const pages = eachPage(what, context.sourceId, async (token, number) => {
    const request = number === 1 ? what : `${what}, page ${number}`;
    const { items, next } = await ask(context, request, (clients) => fetchPage(clients, token), { priceMicros: 0n });
    return { content: items, rowCount: items.length, next: next === '' ? undefined : next };
  });
  for await (const items of pages) found.push(...items);
  return found;
}

/** Sentences on projects that are billed to accounts which no source covers: spend that is in no figure. */
export async function uncoveredRemarks(context: GcpContext): Promise<string[]> {
  const { projectLinks, billingAccount, coveredAccounts } = context.settings;
  if (!projectLinks) return [];
  try {
    const accounts = await billingAccounts(context);
    const covered = new Set([billingAccount, ...coveredAccounts]);
    const remarks: string[] = [];
    for (const account of accounts) {
      if (covered.has(account.id)) continue;
      const projects = [...(await linkedProjects(context, account.id))].sort();
      if (projects.length > 0) remarks.push(uncovered(account, projects));
    }
    return remarks;
  } catch (error) {
    const mayGoOn = error instanceof ServiceError && (error.kind === 'permission' || error.kind === 'refused');
    if (!mayGoOn) throw error;
    const reason = error.mistakes[0]?.message ?? error.message;
    return [
      `Whether projects are billed to accounts that no source covers is not known (${reason}). ` +
        'Grant roles/billing.viewer, or set `projectLinks` to false.',
    ];
  }
}

function uncovered({ id, title, isOpen }: BillingAccount, projects: readonly string[]): string {
  const shown = projects.slice(0, PROJECTS_SHOWN_MAX).join(', ');
  const more = projects.length > PROJECTS_SHOWN_MAX ? ` and ${projects.length - PROJECTS_SHOWN_MAX} more` : '';
  const count = projects.length === 1 ? '1 project is' : `${projects.length} projects are`;
  const name = title === '' ? id : `${id} (${title})`;
  return (
    `${count} billed to the ${isOpen ? '' : 'closed '}billing account ${name}, which no source covers: ${shown}${more}. ` +
    'Add a source for it, or name it in `coveredAccounts`.'
  );
}
