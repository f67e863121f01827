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

interface LoginMistake {
  readonly code: RegExp;
  readonly kind: 'credentials' | 'refused';
  readonly message: string;
  readonly hint: string;
}

/** What Microsoft Entra refuses, by the code that each of its messages begins with. */
const LOGIN_MISTAKES: readonly LoginMistake[] = [
  {
    code: /AADSTS7000222\b/,
    kind: 'credentials',
    message: 'the client secret has expired',
    hint: 'Make a new client secret in the app registration and put its value in the place of the old one.',
  },
  {
    code: /AADSTS7000215\b/,
    kind: 'credentials',
    message: 'the client secret is wrong',
    hint: 'Keep the value of the client secret, not its id: the portal shows the value only once, right after making it.',
  },
  {
    code: /AADSTS700016\b/,
    kind: 'refused',
    message: 'the directory knows no application with this `clientId`',
    hint: 'Compare `clientId` and `tenantId` with the overview page of the app registration.',
  },
  {
    code: /AADSTS900(?:02|023)\b/,
    kind: 'refused',
    message: 'there is no directory with this `tenantId`',
    hint: 'Compare `tenantId` with the overview page of Microsoft Entra.',
  },
];

/** Says of an answer of the token endpoint that is no success what must be done. */
export function loginProblem(now: Date): (answer: HttpAnswer) => ServiceProblem | undefined {
  return ({ status, headers, text }) => {
    const known = status < 500 && status !== 429 ? LOGIN_MISTAKES.find(({ code }) => code.test(text)) : undefined;
    if (known !== undefined) return { kind: known.kind, message: known.message, hint: known.hint };
    // What follows names the attempt (trace id, time), which says nothing to a reader.
    const detail = detailOf(text).split(/\s*Trace ID:/)[0] ?? '';
    return statusProblem(status, detail, longestWaitMs(headers, now));
  };
}
