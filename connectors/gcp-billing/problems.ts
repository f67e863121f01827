import { z } from 'zod';

import { retryAfterMs, type ServiceProblem } from '../../src/connector/problems.js';

/** What both SDKs say of a failure, each in its own shape. */
interface Failure {
  readonly status: number | undefined;
  /** Google's words for machines: `accessDenied`, `rateLimitExceeded`. */
  readonly reasons: readonly string[];
  readonly message: string;
  readonly afterMs: number | undefined;
}

/** Reasons that pass; of jobs, of requests and of the service itself. */
const PASSING = new Set([
  'backendError',
  'internalError',
  'jobBackendError',
  'jobInternalError',
  'jobRateLimitExceeded',
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'tableUnavailable',
  'RATE_LIMIT_EXCEEDED',
]);

/** What an error of BigQuery, of Cloud Billing or of the credentials on this machine means for the run. */
export function problemOf(error: unknown): ServiceProblem | undefined {
  if (!(error instanceof Error)) return undefined;
  if (/could not load the default credentials|unable to detect a project id/i.test(error.message)) {
    const hint = 'Name a key in `credentials`, or run `gcloud auth application-default login` on this machine.';
    return { kind: 'credentials', message: 'this machine has no credentials for Google Cloud', hint };
  }
  if (/invalid_grant|invalid_rapt|reauth/i.test(error.message)) {
    const hint = 'Run `gcloud auth application-default login` again on this machine, or name a key in `credentials`.';
    return { kind: 'credentials', message: 'the login of this machine at Google Cloud has expired', hint };
  }
  const failure = failureOf(error);
  if (failure === undefined) return undefined;
  // By reason first: Google sends the refusal of a query that is too large as status 500.
  return byReason(failure) ?? byStatus(failure);
}

function byReason({ reasons, message, afterMs }: Failure): ServiceProblem | undefined {
  const has = (...wanted: string[]): boolean => wanted.some((reason) => reasons.includes(reason));
  if (has('bytesBilledLimitExceeded')) {
    const hint =
      'Raise `maximumBytesBilled`, or write a later `since`; `spendshift pull --dry-run` shows what queries cost.';
    return { kind: 'refused', message: `the query would read more than \`maximumBytesBilled\`: ${message}`, hint };
  }
  if (has('quotaExceeded')) {
    const hint = 'A quota of the project is used up, perhaps one you set yourself: see IAM & Admin → Quotas.';
    return { kind: 'retry', message: `BigQuery's quota is used up: ${message}`, hint, ...after(afterMs) };
  }
  if (reasons.some((reason) => PASSING.has(reason))) {
    return { kind: 'retry', message: `Google Cloud cannot answer now: ${message}`, ...after(afterMs) };
  }
  if (has('SERVICE_DISABLED', 'accessNotConfigured')) {
    const hint = 'gcloud services enable bigquery.googleapis.com cloudbilling.googleapis.com --project PROJECT';
    return { kind: 'permission', message: `an API is switched off in the project: ${message}`, hint };
  }
  if (has('billingNotEnabled')) {
    return { kind: 'permission', message: `the project that runs the queries has no billing account: ${message}` };
  }
  if (has('invalidQuery')) {
    const hint = 'The columns of the table may have changed: look for a newer version of Spendshift, or report this.';
    return { kind: 'refused', message: `BigQuery does not accept the query: ${message}`, hint };
  }
  if (has('resourcesExceeded', 'responseTooLarge')) {
    const hint = 'Name fewer `labels`, set `skus` or `folders` to false, or read the standard export.';
    return { kind: 'refused', message: `the query is too large for BigQuery: ${message}`, hint };
  }
  return undefined;
}

function byStatus({ status, message, afterMs }: Failure): ServiceProblem | undefined {
  if (status === undefined) return undefined;
  if (status === 401) return { kind: 'credentials', message: `Google Cloud does not accept the token (${message})` };
  if (status === 403) {
    const permission = /(?:permission|have) (bigquery\.[A-Za-z.]+|billing\.[A-Za-z.]+)/.exec(message)?.[1];
    const what = permission === undefined ? `Google Cloud denies access: ${message}` : `${permission} is missing`;
    const hint = "Grant the roles of the connector's README; `spendshift doctor` shows what is missing.";
    return { kind: 'permission', message: what, hint };
  }
  if (status === 404) {
    const hint =
      'Compare `dataset`, `billingAccount`, `export` and `location` with the Explorer of BigQuery, and `projectId` ' +
      'with the list of projects. A new export writes its table some hours after it was switched on.';
    return { kind: 'refused', message: `Google does not find it: ${message}`, hint };
  }
  if (status === 408 || status === 429 || status >= 500) {
    return { kind: 'retry', message: `Google Cloud answered ${status}: ${message}`, ...after(afterMs) };
  }
  return status >= 400 ? { kind: 'refused', message: `Google Cloud answered ${status}: ${message}` } : undefined;
}

function after(afterMs: number | undefined): { readonly afterMs?: number } {
  return afterMs === undefined ? {} : { afterMs };
}

const apiError = z.object({
  /** Of some failures of the network a word: `ECONNRESET`. */
  code: z.union([z.number(), z.string()]).optional(),
  errors: z.array(z.object({ message: z.string().optional(), reason: z.string().optional() })).optional(),
  response: z.object({ headers: z.unknown() }).optional(),
  status: z.union([z.number(), z.string()]).optional(),
});

const errorBody = z.object({
  error: z.object({
    message: z.string().default(''),
    errors: z.array(z.object({ reason: z.string().optional() })).default([]),
    details: z.array(z.object({ reason: z.string().optional() })).default([]),
  }),
});

/** Statuses of gRPC by their numbers, in which the SDK of Cloud Billing states its own failures. */
const GRPC: Readonly<Record<number, number>> = { 4: 408, 7: 403, 8: 429, 14: 503, 16: 401 };

function failureOf(error: Error): Failure | undefined {
  const read = apiError.safeParse(error);
  if (!read.success) return undefined;
  const { errors = [], response } = read.data;
  const [code, status] = [statusOf(read.data.code), statusOf(read.data.status)];
  const afterMs = waitOf(response?.headers);
  // The SDK of Cloud Billing has the whole reply as its message.
  const body = errorBody.safeParse(jsonOf(error.message));
  if (body.success) {
    const { message, errors: listed, details } = body.data.error;
    const reasons = [...listed, ...details].flatMap(({ reason }) => reason ?? []);
    return { status: status ?? code, reasons, message, afterMs };
  }
  const known = status ?? code;
  if (known === undefined && errors.length === 0) return undefined;
  const [first] = errors;
  return {
    status: known === undefined ? undefined : (GRPC[known] ?? known),
    reasons: errors.flatMap(({ reason }) => reason ?? []),
    message: plainMessage(first?.message ?? error.message),
    afterMs,
  };
}

/** A status as a number, however an SDK writes it. */
function statusOf(value: number | string | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return value !== undefined && /^\d{1,3}$/.test(value) ? Number(value) : undefined;
}

/** The first line that says something; gateways answer with pages. */
function plainMessage(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '' && !line.startsWith('<') && !line.startsWith('Multiple errors')) ?? '';
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Both SDKs give headers, one as a plain object. */
function waitOf(headers: unknown): number | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const value =
    headers instanceof Headers ? headers.get('retry-after') : 'retry-after' in headers ? headers['retry-after'] : null;
  return typeof value === 'string' && /^\d+$/.test(value) ? retryAfterMs(value, new Date(0)) : undefined;
}
