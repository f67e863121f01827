import { randomUUID } from 'node:crypto';

import type { BigQuery } from '@google-cloud/bigquery';
import { z } from 'zod';

import { eachPage } from '../../src/connector/paging.js';
import { ProblemError } from '../../src/connector/problems.js';
import { decimalOf } from '../../src/connector/values.js';
import { SourceError } from '../../src/core/errors.js';
import { divideRounded, toMicros, type Micros } from '../../src/core/money.js';
import { ask, fitting, type GcpContext } from './client.js';
import type { Statement } from './query.js';
import { exportTable } from './table.js';

/** Rows asked for at once; BigQuery gives fewer where they are large. */
const PAGE_ROWS_MAX = 10_000;
/** How often a query that is at work is asked for its result; BigQuery answers each time after ten seconds. */
const POLLS_MAX = 720;
const BYTES_PER_TEBIBYTE = 1_099_511_627_776n;
const BYTES_PER_MEBIBYTE = 1_048_576n;
/** BigQuery bills whole mebibytes, and no fewer than these for each table. */
const MEBIBYTES_MIN = 10n;
const ALREADY_EXISTS = 409;
const JOB_LABELS = { application: 'spendshift' };

/** What a query will read and cost. */
export interface Estimate {
  readonly bytes: bigint;
  readonly priceMicros: Micros;
}

const dryRunReply = z.object({ statistics: z.object({ totalBytesProcessed: z.string().regex(/^\d+$/) }) });
const jobReply = z.object({ jobReference: z.object({ jobId: z.string().min(1) }) });

const resultReply = z.object({
  jobComplete: z.boolean(),
  pageToken: z.string().min(1).nullish(),
});

/** What BigQuery says that a query would read; it is not run and costs nothing. */
export async function estimate(context: GcpContext, { name, sql }: Statement, location?: string): Promise<Estimate> {
  const reply = await ask(
    context,
    `estimate of the ${name}`,
    async ({ bigQuery }) => {
      const reference = { projectId: context.settings.projectId, ...(location === undefined ? {} : { location }) };
      const configuration = { query: { query: sql, useLegacySql: false }, dryRun: true, labels: JOB_LABELS };
      return fitting(dryRunReply, await insertJob(await bigQuery(), { configuration, jobReference: reference }));
    },
    { priceMicros: 0n },
  );
  const bytes = BigInt(reply.statistics.totalBytesProcessed);
  return { bytes, priceMicros: priceOf(bytes, context.settings.pricePerTebibyte) };
}

/** The price of a query that reads so much. */
export function priceOf(bytes: bigint, pricePerTebibyte: number | string): Micros {
  if (bytes === 0n) return 0n;
  const rounded = (bytes + BYTES_PER_MEBIBYTE - 1n) / BYTES_PER_MEBIBYTE;
  const billed = rounded < MEBIBYTES_MIN ? MEBIBYTES_MIN : rounded;
  const price = decimalOf(String(pricePerTebibyte));
  const micros = price === undefined ? undefined : toMicros(price);
  return divideRounded(billed * BYTES_PER_MEBIBYTE * (micros ?? 0n), BYTES_PER_TEBIBYTE);
}

/** A page of a query's result; each row has its texts by name. */
export interface ResultPage {
  /** What was asked, for rejected rows. */
  readonly request: string;
  readonly rows: readonly unknown[];
}

/** Runs a query and walks its result. It is estimated first, so that its price counts before it is paid. */
export async function* resultPages(context: GcpContext, statement: Statement): AsyncGenerator<ResultPage> {
  const { location } = await exportTable(context);
  const known = await estimate(context, statement, location);
  refuseTooLarge(context, statement, known);
  const jobId = await startJob(context, statement, { location, priceMicros: known.priceMicros });
  yield* eachPage(statement.name, context.sourceId, async (token, number) => {
    const request = number === 1 ? statement.name : `${statement.name}, page ${number}`;
    const { rows, next } = await fetchRows(context, request, { jobId, location, token });
    return { content: { request, rows }, rowCount: rows.length, next };
  });
}

function refuseTooLarge({ sourceId, settings }: GcpContext, { name }: Statement, { bytes }: Estimate): void {
  if (bytes <= BigInt(settings.maximumBytesBilled)) return;
  throw new SourceError({
    place: { source: sourceId, key: 'maximumBytesBilled' },
    message: `the query for the ${name} would read ${bytes.toLocaleString('en')} bytes, and \`maximumBytesBilled\` is ${settings.maximumBytesBilled.toLocaleString('en')}`,
    hint: 'Nothing was read and nothing is to be paid. Raise it, write a later `since`, or read the standard export.',
  });
}

/**
 * Starts a query under an id of our own. The id is the same in every attempt, so that a query whose reply was lost is
 * found again and not paid for twice.
 */
async function startJob(
  context: GcpContext,
  { name, sql }: Statement,
  { location, priceMicros }: { readonly location: string; readonly priceMicros: Micros },
): Promise<string> {
  const jobId = `spendshift_${randomUUID()}`;
  const maximumBytesBilled = String(context.settings.maximumBytesBilled);
  const job = {
    configuration: { query: { query: sql, useLegacySql: false, maximumBytesBilled }, labels: JOB_LABELS },
    jobReference: { projectId: context.settings.projectId, jobId, location },
  };
  await ask(
    context,
    `query of the ${name}`,
    async ({ bigQuery }) => {
      try {
        return fitting(jobReply, await insertJob(await bigQuery(), job));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === ALREADY_EXISTS)) throw error;
        return { jobReference: { jobId } };
      }
    },
    { priceMicros },
  );
  return jobId;
}

/**
 * `jobs.insert`. Not by the SDK's `createQueryJob`: after an answer that is no job, such as a page of a gateway, it throws
 * where nothing can catch it, and the process ends.
 */
function insertJob(client: BigQuery, job: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.request({ method: 'POST', uri: '/jobs', json: job }, (error, body: unknown) => {
      if (error === null) resolve(body);
      else reject(error);
    });
  });
}

interface Place {
  readonly jobId: string;
  readonly location: string;
  readonly token: string | undefined;
}

interface FetchedRows {
  readonly rows: readonly unknown[];
  readonly next: string | undefined;
}

/** A page of a result, as soon as the query is done. */
async function fetchRows(context: GcpContext, request: string, place: Place): Promise<FetchedRows> {
  const { sourceId } = context;
  for (let poll = 1; poll <= POLLS_MAX; poll += 1) {
    const { rows, jobComplete, next } = await ask(context, request, async ({ bigQuery }) => {
      const client = await bigQuery();
      const [rowsRead, , reply] = await client.job(place.jobId, { location: place.location }).getQueryResults({
        autoPaginate: false,
        maxResults: PAGE_ROWS_MAX,
        location: place.location,
        ...(place.token === undefined ? {} : { pageToken: place.token }),
      });
      const { jobComplete: isDone, pageToken } = fitting(resultReply, reply);
      if (!Array.isArray(rowsRead)) throw new ProblemError({ kind: 'reply', message: 'the reply has no rows' });
      return { rows: rowsRead as unknown[], jobComplete: isDone, next: pageToken ?? undefined };
    });
    if (jobComplete) return { rows, next };
  }
  throw new SourceError({
    place: { source: sourceId },
    message: `${request}: BigQuery was still at work after ${POLLS_MAX} questions`,
    hint: 'Nothing of this window was taken. Look at the job in the console of BigQuery.',
  });
}
