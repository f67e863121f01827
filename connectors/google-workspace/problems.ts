import { detailOf, type HttpAnswer } from '../../src/connector/http.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';

/** Google says with status 403 also that there were too many requests. */
const THROTTLED = /"(?:quotaExceeded|rateLimitExceeded|userRateLimitExceeded|dailyLimitExceeded)"/;

/** Says of an answer of the Reports API that is no success what must be done. */
export function reportsProblem({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const problem = problemOfStatus({ status, headers, text }, now);
  if (problem === undefined || problem.kind === 'retry') return problem;
  if (/accessNotConfigured|SERVICE_DISABLED/.test(text)) {
    return { ...problem, hint: 'Switch the Admin SDK API on in the Google Cloud project of the service account.' };
  }
  if (status === 401) {
    const hint =
      '`adminEmail` must be an administrator who may read reports: give it a role with the privilege Reports. If it is one, look whether the service account was switched off.';
    return { ...problem, hint };
  }
  if (status === 403) {
    const hint =
      '`adminEmail` must be an administrator who may read reports: give it a role with the privilege Reports.';
    return { ...problem, hint };
  }
  return problem;
}

/** Says of an answer of the token endpoint that is no success what must be done. */
export function tokenProblem(
  { status, headers, text }: HttpAnswer,
  asked: { readonly adminEmail: string; readonly scope: string; readonly now: Date },
): ServiceProblem | undefined {
  const problem = problemOfStatus({ status, headers, text }, asked.now);
  if (problem === undefined || problem.kind === 'retry') return problem;
  if (/unauthorized_client|access_denied/.test(text)) {
    return {
      kind: 'permission',
      message: 'the service account may not act for this domain',
      hint: `In the Admin console, Security, API controls, Domain-wide delegation, add the service account's client id with the scope ${asked.scope}; it takes up to a day to work.`,
    };
  }
  if (/Invalid email or User ID/i.test(text)) {
    return {
      kind: 'refused',
      message: `Google knows no user ${asked.adminEmail}`,
      hint: 'Write the address of an administrator of the domain as `adminEmail`.',
    };
  }
  if (/short-lived token|reasonable timeframe/i.test(text)) {
    return { ...problem, kind: 'refused', hint: 'The clock of this machine is wrong: set it right.' };
  }
  if (/invalid_grant|invalid_client/.test(text)) {
    const hint = 'The key was deleted or belongs to another service account: make a new one and put it in its place.';
    return { kind: 'credentials', message: 'Google does not accept the key of the service account', hint };
  }
  return problem;
}

function problemOfStatus({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const detail = detailOf(text);
  if (status === 403 && THROTTLED.test(text)) return { kind: 'retry', message: `too many requests: ${detail}` };
  return statusProblem(status, detail, retryAfterMs(headers.get('retry-after'), now));
}
