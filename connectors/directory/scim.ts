import { z } from 'zod';

import { detailOf, type HttpAnswer } from '../../src/connector/http.js';
import { eachPage } from '../../src/connector/paging.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';
import { readRows } from '../../src/connector/values.js';
import { SourceError } from '../../src/core/errors.js';
import type { DirectoryContext, DirectoryReader, PeoplePage } from './reader.js';
import { fieldOf, stated } from './settings.js';
import { ENTERPRISE_USER, fromScim, scimUser } from './to-person.js';

const PAGE_ROWS = 100;
const SAMPLE_ROWS = 10;

/** Where no user is left, servers leave `Resources` out. */
const listReply = z.object({
  totalResults: z.coerce.number().int().nonnegative(),
  Resources: z.array(z.unknown()).nullish(),
});

/** Reads any server of SCIM 2.0 (RFC 7644). */
export const scim: DirectoryReader = {
  permission: 'GET /Users',
  read,
  sample: async (context) => pageOf(context, await list(context, 1, SAMPLE_ROWS)),
};

interface Listed {
  readonly what: string;
  readonly rows: readonly unknown[];
  readonly total: number;
}

async function* read(context: DirectoryContext): AsyncGenerator<PeoplePage, readonly string[]> {
  const seen = new Set<string>();
  let first: string | undefined;
  let total = 0;
  let rowCount = 0;
  let rejectedCount = 0;
  const pages = eachPage('people of SCIM', context.sourceId, async (cursor) => {
    const listed = await list(context, cursor === undefined ? 1 : Number(cursor), PAGE_ROWS);
    total = listed.total;
    rowCount += listed.rows.length;
    // A server may give fewer than it was asked for, so the next index follows from what came; none came: that was all.
    const next = listed.rows.length > 0 && rowCount < total ? String(rowCount + 1) : undefined;
    return { content: listed, rowCount: listed.rows.length, next };
  });
  for await (const listed of pages) {
    const page = pageOf(context, listed);
    const ids = JSON.stringify(page.people.map(({ id }) => id));
    if (ids === first && page.people.length > 0) throw sameAgain(context, listed.what);
    first ??= ids;
    for (const { id } of page.people) seen.add(id);
    rejectedCount += page.rejected.length;
    yield page;
  }
  const given = seen.size + rejectedCount;
  if (given === total) return [];
  return [
    `The directory said that it has ${total} people and gave ${given}: it changed while it was read. Whoever is missing keeps their past.`,
  ];
}

async function list(context: DirectoryContext, startIndex: number, count: number): Promise<Listed> {
  const { endpoint, token } = context.settings;
  const what = `people of SCIM from ${startIndex}`;
  const reply = await context.http.json(
    {
      what,
      url: `${stated(endpoint, 'endpoint').replace(/\/+$/, '')}/Users`,
      query: { startIndex, count, attributes: attributesOf(context) },
      headers: {
        accept: 'application/scim+json, application/json',
        authorization: `Bearer ${await context.secret(stated(token, 'token'))}`,
      },
      problemOf: (answer) => problemOf(answer, context.now()),
    },
    listReply,
  );
  return { what, rows: reply.Resources ?? [], total: reply.totalResults };
}

/** Nothing of a person is asked for that is not needed. */
function attributesOf({ settings }: DirectoryContext): string {
  const own = ['userName', 'displayName', 'name', 'emails', 'active'];
  return [...own, `${ENTERPRISE_USER}:employeeNumber`, `${ENTERPRISE_USER}:${fieldOf(settings)}`].join(',');
}

function pageOf({ settings }: DirectoryContext, { what, rows }: Listed): PeoplePage {
  const { rows: users, rejected } = readRows(scimUser, rows, what);
  return { people: users.map((user) => fromScim(user, fieldOf(settings))), rejected };
}

function sameAgain({ sourceId }: DirectoryContext, what: string): SourceError {
  return new SourceError({
    place: { source: sourceId },
    message: `${what}: the server gives its first page again`,
    hint: 'It does not page as SCIM demands (`startIndex`); nothing was taken. Report it to whoever runs it.',
  });
}

function problemOf({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const problem = statusProblem(status, detailOf(text), retryAfterMs(headers.get('retry-after'), now));
  if (problem === undefined || problem.kind === 'retry') return problem;
  const hint = HINTS[status];
  return hint === undefined ? problem : { ...problem, hint };
}

const HINTS: Readonly<Record<number, string>> = {
  401: 'The SCIM token is wrong or has expired: make a new one and put it in its place.',
  403: 'Give the token the right to read users.',
  404: 'Correct `endpoint`: it is the address above /Users, such as https://id.example.com/scim/v2.',
};
