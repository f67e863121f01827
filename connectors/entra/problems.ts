import { detailOf, type HttpAnswer } from '../../src/connector/http.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';

/** Says of an answer of Microsoft Graph that is no success what must be done. */
export function graphProblem(
  { status, headers, text }: HttpAnswer,
  permission: string,
  now: Date,
): ServiceProblem | undefined {
  const problem = statusProblem(status, detailOf(text), retryAfterMs(headers.get('retry-after'), now));
  if (problem?.kind === 'permission') {
    const hint = `Give the app registration the application permission ${permission} of Microsoft Graph (not the delegated one) and grant admin consent.`;
    return { ...problem, hint };
  }
  if (problem?.kind === 'credentials') {
    const hint = 'Microsoft does not accept its own token: look whether the app registration was disabled.';
    return { ...problem, hint };
  }
  if (problem !== undefined && /Directory_ExpiredPageToken/.test(text)) {
    return { ...problem, hint: 'The reading took too long for Microsoft; nothing was taken, pull again.' };
  }
  return problem;
}

/** What Microsoft Entra refuses, by the code that each of its messages begins with. */
const LOGIN_MISTAKES: readonly (ServiceProblem & { readonly code: RegExp })[] = [
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
    hint: 'Keep the value of the client secret, not its id; Microsoft shows it only once.',
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
export function loginProblem({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const known = status < 500 && status !== 429 ? LOGIN_MISTAKES.find(({ code }) => code.test(text)) : undefined;
  if (known !== undefined) {
    const { kind, message, hint = '' } = known;
    return { kind, message, hint };
  }
  // What follows names the attempt (trace id, time), which says nothing to a reader.
  const detail = detailOf(text).split(/\s*Trace ID:/)[0] ?? '';
  return statusProblem(status, detail, retryAfterMs(headers.get('retry-after'), now));
}
