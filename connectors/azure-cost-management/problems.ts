import { detailOf, type HttpAnswer } from '../../src/connector/http.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';

/**
 * Cost Management does not say in `Retry-After` how long it wants to be left alone, but in headers of its own, one for
 * each quota that was used up (`…costmanagement-qpu-retry-after`, `…-entity-…`, `…-tenant-…`, `…-client-…`).
 */
const QUOTA_HEADER = /^x-ms-ratelimit-microsoft\.(?:costmanagement|consumption)-(?:[a-z]+-)*retry-after$/;
const REQUEST_ID = /\s*\(Request ID: [^)]*\)/gi;

/** Says of an answer of Cost Management that is no success what must be done. */
export function managementProblem(scope: string, now: Date): (answer: HttpAnswer) => ServiceProblem | undefined {
  return ({ status, headers, text }) => {
    const detail = detailOf(text).replace(REQUEST_ID, '').trim();
    const problem = statusProblem(status, detail, longestWaitMs(headers, now));
    if (problem === undefined || problem.kind === 'retry') return problem;
    const hint = hintOf(status, detail, scope);
    return hint === undefined ? problem : { ...problem, hint };
  };
}

/** The longest of all waits that an answer asks for: every quota that was used up must have recovered. */
export function longestWaitMs(headers: Headers, now: Date): number | undefined {
  const waitsMs = [...headers]
    .filter(([name]) => QUOTA_HEADER.test(name) || name === 'retry-after')
    .map(([, value]) => retryAfterMs(value, now))
    .filter((waitMs) => waitMs !== undefined);
  return waitsMs.length === 0 ? undefined : Math.max(...waitsMs);
}

function hintOf(status: number, detail: string, scope: string): string | undefined {
  if (status === 401) return 'Microsoft does not accept its own token: look whether the app registration was disabled.';
  if (status === 403) {
    return `Give the app registration the role Cost Management Reader at ${scope}; it takes some minutes to work. Under an Enterprise Agreement "view charges" must be switched on too.`;
  }
  if (status === 404 || /BillingSubscriptionNotFound/i.test(detail)) {
    return `Compare \`scope\` with the resource id that the Azure portal shows: ${scope} is not known there.`;
  }
  if (/invalid dataset grouping/i.test(detail)) {
    return 'This scope lacks a dimension: set `marketplaceDimension` or `costCenterDimension` to one that the message lists, or leave them out.';
  }
  if (/not supported/i.test(detail)) {
    return 'Choose another `scope`, or set `amortized: false` where the scope knows no amortized cost.';
  }
  return undefined;
}
