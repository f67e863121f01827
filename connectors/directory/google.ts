import { z } from 'zod';

import { WORKSPACE_TOKEN, workspaceProblem, workspaceToken } from '../../src/connector/google.js';
import { withToken } from '../../src/connector/oauth.js';
import { eachPage } from '../../src/connector/paging.js';
import { readRows } from '../../src/connector/values.js';
import type { DirectoryContext, DirectoryReader, PeoplePage } from './reader.js';
import { fieldOf, stated } from './settings.js';
import { fromGoogle, googleUser } from './to-person.js';

const API = 'https://admin.googleapis.com';
export const GOOGLE_SCOPE = 'https://www.googleapis.com/auth/admin.directory.user.readonly';
/** Google gives no more. */
const PAGE_ROWS = 500;
const SAMPLE_ROWS = 10;
/** A part of each user: Google gives back no other, whatever it holds. */
const USER_FIELDS = 'id,primaryEmail,aliases,name,suspended,archived,externalIds,organizations';

const usersReply = z.object({ users: z.array(z.unknown()).nullish(), nextPageToken: z.string().nullish() });

/** Reads Google Workspace through the Directory API. */
export const google: DirectoryReader = {
  permission: GOOGLE_SCOPE,
  async *read(context) {
    const pages = eachPage('people of Google Workspace', context.sourceId, async (cursor, number) => {
      const what = `people of Google Workspace, page ${number}`;
      const { users, nextPageToken } = await ask(context, what, PAGE_ROWS, cursor);
      const rows = users ?? [];
      // An empty token would begin anew.
      const next = nextPageToken === '' ? undefined : (nextPageToken ?? undefined);
      return { content: pageOf(context, what, rows), rowCount: rows.length, next };
    });
    yield* pages;
    return [];
  },
  async sample(context) {
    const what = 'some people of Google Workspace';
    return pageOf(context, what, (await ask(context, what, SAMPLE_ROWS, undefined)).users ?? []);
  },
};

function pageOf({ settings }: DirectoryContext, what: string, rows: readonly unknown[]): PeoplePage {
  const { rows: users, rejected } = readRows(googleUser, rows, what);
  return { people: users.map((user) => fromGoogle(user, fieldOf(settings))), rejected };
}

function ask(
  context: DirectoryContext,
  what: string,
  maxResults: number,
  pageToken: string | undefined,
): Promise<z.infer<typeof usersReply>> {
  const { endpoint: address = API, customer = 'my_customer' } = context.settings;
  const delegation = {
    serviceAccountKey: stated(context.settings.serviceAccountKey, 'serviceAccountKey'),
    adminEmail: stated(context.settings.adminEmail, 'adminEmail'),
    scope: GOOGLE_SCOPE,
  };
  return withToken(
    context,
    WORKSPACE_TOKEN,
    () => workspaceToken(context, delegation),
    (token) =>
      context.http.json(
        {
          what,
          url: `${address.replace(/\/+$/, '')}/admin/directory/v1/users`,
          query: {
            customer,
            maxResults,
            projection: 'full',
            orderBy: 'email',
            fields: `nextPageToken,users(${USER_FIELDS})`,
            pageToken,
          },
          headers: { authorization: `Bearer ${token}` },
          problemOf: (answer) => workspaceProblem(answer, context.now(), (status) => HINTS[status]),
        },
        usersReply,
      ),
  );
}

const HINTS: Readonly<Record<number, string>> = {
  400: 'Take `customer` out of the source, or write the id that the Admin console shows (Account settings), C….',
  403: '`adminEmail` must be an administrator who may read users: give it a role with the privilege Users, Read.',
  404: '`customer` names no customer that this administrator may read: take it out, or write the id of the Admin console.',
};
