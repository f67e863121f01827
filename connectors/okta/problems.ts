import { detailOf, type HttpAnswer } from '../../src/connector/http.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';
import type { OktaSettings } from './settings.js';

/** Okta counts anew at a full second; its clock and this one are not the same. */
const RESET_MARGIN_MS = 1_000;

/** Says of an answer of Okta that is no success what must be done. */
export function oktaProblem(
  { status, headers, text }: HttpAnswer,
  { apiToken }: OktaSettings,
  now: Date,
): ServiceProblem | undefined {
  const afterMs = resetAfterMs(headers, now) ?? retryAfterMs(headers.get('retry-after'), now);
  const problem = statusProblem(status, detailOf(text), status === 429 ? afterMs : undefined);
  if (problem === undefined || problem.kind === 'retry') return problem;
  const hint = hintOf(status, apiToken !== undefined);
  return hint === undefined ? problem : { ...problem, hint };
}

/**
 * How long until Okta counts requests anew: `x-rate-limit-reset` says when, in seconds since 1970, by Okta's clock, which
 * `date` tells.
 */
export function resetAfterMs(headers: Headers, now: Date): number | undefined {
  const reset = headers.get('x-rate-limit-reset')?.trim() ?? '';
  if (!/^\d{1,12}$/.test(reset)) return undefined;
  const serviceNowMs = Date.parse(headers.get('date') ?? '');
  const nowMs = Number.isNaN(serviceNowMs) ? now.getTime() : serviceNowMs;
  return Math.max(0, Number(reset) * 1_000 - nowMs) + RESET_MARGIN_MS;
}

function hintOf(status: number, withApiToken: boolean): string | undefined {
  if (status === 401 && withApiToken) {
    return 'The API token is wrong, was revoked, or ended because it was not used for 30 days or its administrator was deactivated: make a new one.';
  }
  if (status === 401) return 'Look whether the API Services application was deactivated in Okta.';
  if (status === 403 && withApiToken) {
    return 'The administrator who made the API token may not read applications: give that account the role Read-only Administrator.';
  }
  if (status === 403) {
    return 'In the API Services application, grant the scope okta.apps.read, and assign the role Read-only Administrator under Admin roles.';
  }
  if (status === 404) return 'Compare `endpoint` with the address at which people sign in to Okta.';
  return undefined;
}

/** What Okta's token endpoint refuses. */
export function tokenProblem({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const afterMs = resetAfterMs(headers, now) ?? retryAfterMs(headers.get('retry-after'), now);
  const problem = statusProblem(status, detailOf(text), status === 429 ? afterMs : undefined);
  if (problem === undefined || problem.kind === 'retry') return problem;
  const known = TOKEN_MISTAKES.find(({ code }) => code.test(text));
  return known === undefined ? problem : { ...problem, kind: known.kind, hint: known.hint };
}

const TOKEN_MISTAKES: readonly {
  readonly code: RegExp;
  readonly kind: ServiceProblem['kind'];
  readonly hint: string;
}[] = [
  {
    code: /dpop/i,
    kind: 'refused',
    hint: 'In the API Services application, General, take the tick from "Require Demonstrating Proof of Possession (DPoP) header in token requests".',
  },
  {
    code: /"invalid_scope"|"access_denied"|"consent_required"/,
    kind: 'permission',
    hint: 'In the API Services application, Okta API Scopes, grant okta.apps.read.',
  },
  {
    code: /"invalid_client"/,
    kind: 'credentials',
    hint: 'Compare `clientId` with the application, look whether it is active and has the public key of `privateKey`, and set `keyId` where it has several; the clock of this machine must be right.',
  },
];
