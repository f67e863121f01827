import { z } from 'zod';

import { WORKSPACE_TOKEN, workspaceProblem, workspaceToken } from '../../src/connector/google.js';
import { withToken } from '../../src/connector/oauth.js';
import { eachPage } from '../../src/connector/paging.js';
import type { ServiceContext } from '../../src/connector/service.js';
import type { GoogleSettings } from './settings.js';

export type GoogleContext = ServiceContext<GoogleSettings>;

export const SCOPE = 'https://www.googleapis.com/auth/admin.reports.audit.readonly';

/** A kind of event of the audit log. */
export interface EventList {
  readonly application: 'saml' | 'token';
  readonly event: string;
  /** For messages. */
  readonly title: string;
}

/** Sign-ins to applications that an administrator set up in the Admin console. */
export const SIGN_INS: EventList = { application: 'saml', event: 'login_success', title: 'sign-ins by SAML' };
/** Access to their account that people gave to an application. */
export const AUTHORISATIONS: EventList = { application: 'token', event: 'authorize', title: 'authorisations' };

/** Google gives no more. */
const PAGE_ROWS = 1_000;
const DAY_MS = 24 * 60 * 60_000;
/** What is asked of each event: Google gives back nothing else, such as addresses of machines. */
const FIELDS = 'nextPageToken,items(actor(email,profileId),events(name,parameters(name,value)))';

const listReply = z.object({ items: z.array(z.unknown()).nullish(), nextPageToken: z.string().nullish() });

/** A page of the audit log, and what was asked for it. */
export interface EventPage {
  readonly what: string;
  readonly rows: readonly unknown[];
}

/** All events of a kind of the last days. */
export function eventPages(context: GoogleContext, list: EventList, days: number): AsyncGenerator<EventPage> {
  // The same for all pages: a page's token belongs to the question that it came from.
  const startTime = new Date(context.now().getTime() - days * DAY_MS).toISOString();
  return eachPage(list.title, context.sourceId, async (cursor, number) => {
    const what = `${list.title} of Google Workspace, page ${number}`;
    const query = { startTime, maxResults: PAGE_ROWS, ...(cursor === undefined ? {} : { pageToken: cursor }) };
    const { items, nextPageToken } = await ask(context, list, what, query);
    const rows = items ?? [];
    // An empty token would begin anew.
    const next = nextPageToken === '' ? undefined : (nextPageToken ?? undefined);
    return { content: { what, rows }, rowCount: rows.length, next };
  });
}

/** One event of a kind, or none. */
export async function sampleOf(context: GoogleContext, list: EventList): Promise<readonly unknown[]> {
  return (await ask(context, list, `one of the ${list.title} of Google Workspace`, { maxResults: 1 })).items ?? [];
}

function ask(
  context: GoogleContext,
  { application, event }: EventList,
  what: string,
  query: Readonly<Record<string, string | number>>,
): Promise<z.infer<typeof listReply>> {
  const { endpoint } = context.settings;
  return withToken(
    context,
    WORKSPACE_TOKEN,
    () => workspaceToken(context, { ...context.settings, scope: SCOPE }),
    (token) =>
      context.http.json(
        {
          what,
          url: `${endpoint.replace(/\/+$/, '')}/admin/reports/v1/activity/users/all/applications/${application}`,
          query: { eventName: event, fields: FIELDS, ...query },
          headers: { authorization: `Bearer ${token}` },
          problemOf: (answer) => workspaceProblem(answer, context.now(), (status) => HINTS[status]),
        },
        listReply,
      ),
  );
}

const NO_ADMINISTRATOR =
  '`adminEmail` must be an administrator who may read reports: give it a role with the privilege Reports.';
const HINTS: Readonly<Record<number, string>> = {
  401: `${NO_ADMINISTRATOR} If it is one, look whether the service account was switched off.`,
  403: NO_ADMINISTRATOR,
};
