import { SourceError, type Mistake } from '../core/errors.js';

/**
 * What the runner must do about an error of a service. The kind decides; `message` says in plain words what happened,
 * `hint` what a person has to do.
 *
 * | kind          | the runner …                                                                     |
 * | ------------- | -------------------------------------------------------------------------------- |
 * | `retry`       | waits (`afterMs`, or longer each time) and asks again, then gives up for this run |
 * | `credentials` | stops the source: the secret is wrong or has expired                              |
 * | `permission`  | stops the source: the credentials may not do this                                 |
 * | `refused`     | stops the source: the service does not accept the request as the settings have it |
 * | `reply`       | stops the source: the service answered something that cannot be read              |
 */
export interface ServiceProblem {
  readonly kind: 'retry' | 'credentials' | 'permission' | 'refused' | 'reply';
  readonly message: string;
  readonly hint?: string;
  /** How long the service wants to be left alone, in milliseconds; for `retry`. */
  readonly afterMs?: number;
}

/** An error that carries its problem with it, for connectors that notice one themselves. */
export class ProblemError extends Error {
  readonly problem: ServiceProblem;

  constructor(problem: ServiceProblem, options?: { cause?: unknown }) {
    super(problem.message, options);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/** Codes of Node for connections that fail and may work later. */
const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

const CONNECTION_HINT =
  'This machine did not reach the service: look at its network, its proxy and the address in the settings, if there is one. The next run tries again.';
const CAUSES_MAX = 8;

/** The problem of an error that any service may have: connections that break, replies that are cut off or no JSON. */
export function generalProblem(error: unknown): ServiceProblem | undefined {
  const causes = causesOf(error);
  for (const cause of causes) if (cause instanceof ProblemError) return cause.problem;
  for (const cause of causes) {
    const code = 'code' in cause ? String(cause.code) : '';
    if (CONNECTION_CODES.has(code)) {
      return { kind: 'retry', message: `the connection${addressOf(cause)} failed (${code})`, hint: CONNECTION_HINT };
    }
    if (cause.name === 'TimeoutError') return { kind: 'retry', message: 'the service did not answer in time' };
    if (
      cause instanceof SyntaxError ||
      /unexpected end of JSON|terminated|socket hang up|aborted/i.test(cause.message)
    ) {
      return { kind: 'retry', message: 'the reply was cut off or cannot be read' };
    }
  }
  return undefined;
}

/** Where a connection was to lead, as Node tells it. */
function addressOf(cause: Error): string {
  const { hostname, address, port } = cause as { hostname?: unknown; address?: unknown; port?: unknown };
  if (typeof hostname === 'string') return ` to ${hostname}`;
  if (typeof address !== 'string') return '';
  return ` to ${address}${typeof port === 'number' ? `:${port}` : ''}`;
}

function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  let cause = error;
  while (cause instanceof Error && causes.length < CAUSES_MAX) {
    causes.push(cause);
    cause = cause.cause;
  }
  return causes;
}

/** Retry-After as milliseconds, from seconds or a date; undefined when it is absent or says neither. */
export function retryAfterMs(header: string | null | undefined, now: Date): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  if (/^\d+(?:\.\d+)?$/.test(header.trim())) return Math.round(Number(header) * 1000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

/** The problem of an HTTP status, by the general rules; undefined for one that is fine. */
export function statusProblem(status: number, detail: string, afterMs?: number): ServiceProblem | undefined {
  if (status < 400) return undefined;
  const message = `the service answered ${status}${detail === '' ? '' : `: ${detail}`}`;
  const after = afterMs === undefined ? {} : { afterMs };
  if (status === 408 || status === 425 || status === 429 || status >= 500) return { kind: 'retry', message, ...after };
  if (status === 401) return { kind: 'credentials', message };
  if (status === 403) return { kind: 'permission', message };
  return { kind: 'refused', message };
}

/** A service's refusal, in plain words, after the runner did what could be done. */
export class ServiceError extends SourceError {
  readonly kind: ServiceProblem['kind'];

  constructor(mistake: Mistake, kind: ServiceProblem['kind']) {
    super(mistake);
    this.kind = kind;
  }
}
