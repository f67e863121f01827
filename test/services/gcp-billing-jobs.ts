import type { GcpBooks } from './gcp-billing-books.js';
import type { ServedTable } from './gcp-billing-schema.js';
import { parseQuery, QueryError, runQuery, type ParsedQuery } from './gcp-billing-sql.js';
import { Refusal, type ServiceReply, type ServiceRequest } from './server.js';

/** Rows of a page; the real service cuts by size. Small, so that there are pages. */
export const PAGE_ROWS = 230;
export const LOCATION = 'EU';
/** Made so that a month of this small company reads some hundred megabytes. */
const BYTES_PER_CELL = 40_000;
const MEBIBYTE = 1_048_576;
const JOBS_KEPT_MAX = 40;

type Json = Readonly<Record<string, unknown>>;

/** Refuses as BigQuery does. */
export function refuse(status: number, reason: string, message: string): Refusal {
  const words: Readonly<Record<number, string>> = {
    400: 'INVALID_ARGUMENT',
    401: 'UNAUTHENTICATED',
    403: 'PERMISSION_DENIED',
    404: 'NOT_FOUND',
    409: 'ALREADY_EXISTS',
    500: 'INTERNAL',
  };
  const errors = [{ message, domain: 'global', reason }];
  return new Refusal(message, { status, body: { error: { code: status, message, errors, status: words[status] } } });
}

interface Job {
  readonly id: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly failure: Refusal | undefined;
  /** Questions that are still answered with "not yet". */
  pending: number;
}

export interface DeskOptions {
  readonly projectId: string;
  readonly datasetId: string;
  readonly books: GcpBooks;
  readonly tables: ServedTable[];
  /** Permissions that are taken away. */
  readonly denied: ReadonlySet<string>;
}

/** BigQuery: describes tables, estimates and runs queries, hands out their results. */
export class BigQueryDesk {
  /** Queries that were run, with what was billed for them. */
  readonly ran: { readonly sql: string; readonly bytes: number }[] = [];
  readonly #options: DeskOptions;
  readonly #jobs = new Map<string, Job>();
  #startedCount = 0;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  handle(request: ServiceRequest): ServiceReply {
    const { projectId, datasetId } = this.#options;
    const base = `/bigquery/v2/projects/${projectId}/`;
    if (!request.path.startsWith(base)) throw refuse(404, 'notFound', `Not found: Project of ${request.path}`);
    const path = request.path.slice(base.length);
    const tables = `datasets/${datasetId}/tables/`;
    if (request.method === 'GET' && path.startsWith(tables)) return this.#table(path.slice(tables.length));
    if (request.method === 'POST' && path === 'jobs') return this.#start(JSON.parse(request.body) as Json);
    if (request.method === 'GET' && path.startsWith('queries/')) return this.#results(path.slice(8), request.query);
    throw refuse(404, 'notFound', `Not found: ${request.method} ${request.path}`);
  }

  #need(permission: string, message: string): void {
    if (this.#options.denied.has(permission)) throw refuse(403, 'accessDenied', message);
  }

  #found(id: string): ServedTable {
    const { projectId, datasetId, tables } = this.#options;
    const table = tables.find((entry) => entry.id === id);
    if (table === undefined) {
      const message = `Not found: Table ${projectId}:${datasetId}.${id} was not found in location ${LOCATION}`;
      throw refuse(404, 'notFound', message);
    }
    return table;
  }

  #table(id: string): ServiceReply {
    const { projectId, datasetId } = this.#options;
    this.#need(
      'bigquery.tables.get',
      `Access Denied: Table ${projectId}:${datasetId}.${id}: Permission bigquery.tables.get denied on table ${projectId}:${datasetId}.${id} (or it may not exist).`,
    );
    const table = this.#found(id);
    const cut = { type: 'DAY', ...(table.cutBy === undefined ? {} : { field: table.cutBy }) };
    return {
      body: {
        kind: 'bigquery#table',
        id: `${projectId}:${datasetId}.${id}`,
        tableReference: { projectId, datasetId, tableId: id },
        schema: { fields: table.fields },
        type: 'TABLE',
        location: LOCATION,
        numBytes: '123456789',
        timePartitioning: cut,
        requirePartitionFilter: true,
      },
    };
  }

  #start(body: Json): ServiceReply {
    const { projectId } = this.#options;
    this.#need(
      'bigquery.jobs.create',
      `Access Denied: Project ${projectId}: User does not have bigquery.jobs.create permission in project ${projectId}.`,
    );
    const configuration = body['configuration'] as Json;
    const query = configuration['query'] as Json;
    const reference = body['jobReference'] as Json;
    const isDry = configuration['dryRun'] === true;
    if (reference['projectId'] !== projectId)
      throw refuse(400, 'invalid', 'Job project must be the same as in the URL');
    if (query['useLegacySql'] !== false) throw refuse(400, 'invalidQuery', 'Legacy SQL is not what this query is in');
    const { bytes, parsed } = this.#estimate(String(query['query']), reference['location']);
    const statistics = { totalBytesProcessed: String(bytes), query: { totalBytesProcessed: String(bytes) } };
    if (isDry) return { body: { ...jobBody(reference, configuration), status: { state: 'DONE' }, statistics } };
    const id = String(reference['jobId']);
    if (!/^[A-Za-z0-9_-]{1,1024}$/.test(id)) throw refuse(400, 'invalid', `Invalid job ID "${id}"`);
    if (this.#jobs.has(id)) throw refuse(409, 'duplicate', `Already Exists: Job ${projectId}:${LOCATION}.${id}`);
    this.#run(id, String(query['query']), parsed, { bytes, limit: query['maximumBytesBilled'] });
    return { body: { ...jobBody(reference, configuration), status: { state: 'RUNNING' }, statistics: {} } };
  }

  #estimate(sql: string, location: unknown): { bytes: number; parsed: ParsedQuery | undefined } {
    if (sql === 'SELECT 1 AS one') return { bytes: 0, parsed: undefined };
    const { projectId, datasetId, books } = this.#options;
    if (location !== LOCATION) {
      const message = `Not found: Dataset ${projectId}:${datasetId} was not found in location ${String(location)}`;
      throw refuse(404, 'notFound', message);
    }
    try {
      const parsed = parseQuery(sql, (name) => {
        const base = `${projectId}.${datasetId}.`;
        this.#need(
          'bigquery.tables.getData',
          `Access Denied: Table ${name}: User does not have permission to query table ${name}, or perhaps it does not exist.`,
        );
        return this.#found(name.startsWith(base) ? name.slice(base.length) : name);
      });
      const rows =
        parsed.partitionFrom === undefined
          ? books.visible(parsed.from, parsed.to).length
          : books.countSince(parsed.partitionFrom);
      return { bytes: rows * parsed.inner.length * BYTES_PER_CELL, parsed };
    } catch (error) {
      if (error instanceof QueryError) throw refuse(400, 'invalidQuery', error.message);
      throw error;
    }
  }

  #run(
    id: string,
    sql: string,
    parsed: ParsedQuery | undefined,
    { bytes, limit }: { bytes: number; limit: unknown },
  ): void {
    if (typeof limit !== 'string') throw refuse(400, 'invalid', 'the stand-in wants maximumBytesBilled');
    const billed = Math.max(10, Math.ceil(bytes / MEBIBYTE)) * MEBIBYTE;
    const message = `Query exceeded limit for bytes billed: ${limit}. ${billed} or higher required.`;
    const failure = billed > Number(limit) ? refuse(500, 'bytesBilledLimitExceeded', message) : undefined;
    if (failure === undefined) this.ran.push({ sql, bytes: billed });
    this.#startedCount += 1;
    this.#jobs.set(id, {
      id,
      columns: parsed?.outer.map(({ name }) => name) ?? [],
      rows: failure === undefined && parsed !== undefined ? runQuery(parsed, this.#options.books) : [],
      failure,
      // Every third query takes longer than the service waits.
      pending: this.#startedCount % 3 === 0 ? 2 : 0,
    });
    const [oldest] = this.#jobs.keys();
    if (this.#jobs.size > JOBS_KEPT_MAX && oldest !== undefined) this.#jobs.delete(oldest);
  }

  #results(id: string, query: URLSearchParams): ServiceReply {
    const { projectId } = this.#options;
    const job = this.#jobs.get(id);
    if (job === undefined || query.get('location') !== LOCATION) {
      throw refuse(404, 'notFound', `Not found: Job ${projectId}:${String(query.get('location'))}.${id}`);
    }
    if (job.failure !== undefined) throw job.failure;
    const jobReference = { projectId, jobId: id, location: LOCATION };
    if (job.pending > 0) {
      job.pending -= 1;
      return { body: { kind: 'bigquery#getQueryResultsResponse', jobReference, jobComplete: false } };
    }
    const size = Number(query.get('maxResults') ?? PAGE_ROWS);
    if (!Number.isInteger(size) || size < 1) throw refuse(400, 'invalid', 'Invalid value for maxResults');
    const start = offsetOf(query.get('pageToken'), id);
    const rows = job.rows.slice(start, start + Math.min(size, PAGE_ROWS));
    const end = start + rows.length;
    return {
      body: {
        kind: 'bigquery#getQueryResultsResponse',
        etag: 'x',
        schema: { fields: job.columns.map((name) => ({ name, type: 'STRING', mode: 'NULLABLE' })) },
        jobReference,
        jobComplete: true,
        totalRows: String(job.rows.length),
        ...(rows.length === 0 ? {} : { rows: rows.map((row) => ({ f: row.map((v) => ({ v })) })) }),
        ...(end < job.rows.length ? { pageToken: `${id}:${end}` } : {}),
        cacheHit: false,
      },
    };
  }
}

function jobBody(reference: Json, configuration: Json): Json {
  return {
    kind: 'bigquery#job',
    id: `${String(reference['projectId'])}:${LOCATION}`,
    jobReference: { ...reference, location: LOCATION },
    configuration,
  };
}

function offsetOf(token: string | null, id: string): number {
  if (token === null) return 0;
  const at = token.lastIndexOf(':');
  if (token.slice(0, at) !== id) throw refuse(400, 'invalid', 'Invalid page token');
  return Number(token.slice(at + 1));
}
