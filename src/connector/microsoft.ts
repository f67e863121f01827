import { z } from 'zod';

import { detailOf, type HttpAnswer } from './http.js';
import type { FreshToken } from './oauth.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from './problems.js';
import type { SecretName } from './secret.js';
import type { ServiceContext } from './service.js';

/** A token of Microsoft is renewed so long before it expires. */
const RENEWED_BEFORE_MS = 5 * 60_000;

/** An app registration that signs in by itself, and what for. */
export interface AppRegistration {
  /** What is asked, for messages: `token for Microsoft Graph`. */
  readonly what: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: SecretName;
  readonly loginEndpoint: string;
  /** Address of the service that the token is for. */
  readonly audience: string;
  /** How long an answer wants to be left alone, where its service says that in headers of its own. */
  readonly waitMs?: (headers: Headers, now: Date) => number | undefined;
}

const tokenReply = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/** A token of Microsoft Entra by client credentials, for `withToken`. */
export async function microsoftToken(
  context: Pick<ServiceContext<unknown>, 'http' | 'now' | 'secret'>,
  { what, tenantId, clientId, clientSecret, loginEndpoint, audience, waitMs = stated }: AppRegistration,
): Promise<FreshToken> {
  const { access_token: token, expires_in: lifeSeconds } = await context.http.json(
    {
      what,
      url: `${loginEndpoint.replace(/\/+$/, '')}/${tenantId}/oauth2/v2.0/token`,
      method: 'POST',
      form: {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: await context.secret(clientSecret),
        scope: `${audience}/.default`,
      },
      // The reply is a secret.
      archive: false,
      problemOf: (answer) => loginProblem(answer, waitMs(answer.headers, context.now())),
    },
    tokenReply,
  );
  return { token, lifeSeconds, renewedBeforeMs: RENEWED_BEFORE_MS };
}

function stated(headers: Headers, now: Date): number | undefined {
  return retryAfterMs(headers.get('retry-after'), now);
}

/** What Microsoft Entra refuses, by the code that each of its messages begins with. */
const LOGIN_MISTAKES: readonly (ServiceProblem & { readonly code: RegExp; readonly hint: string })[] = [
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

function loginProblem({ status, text }: HttpAnswer, afterMs: number | undefined): ServiceProblem | undefined {
  const known = status < 500 && status !== 429 ? LOGIN_MISTAKES.find(({ code }) => code.test(text)) : undefined;
  if (known !== undefined) return { kind: known.kind, message: known.message, hint: known.hint };
  // What follows names the attempt (trace id, time), which says nothing to a reader.
  const detail = detailOf(text).split(/\s*Trace ID:/)[0] ?? '';
  return statusProblem(status, detail, afterMs);
}

/** A refusal of Microsoft Graph, with what to do about it. @param permission the application permission that the request needs */
export function graphProblem(
  { status, headers, text }: HttpAnswer,
  permission: string,
  now: Date,
): ServiceProblem | undefined {
  const problem = statusProblem(status, detailOf(text), stated(headers, now));
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

const GRAPH = 'https://graph.microsoft.com';

/** For whom a token of Graph is: the public cloud or a national one; a gateway or a stand-in takes the public one. */
export function graphAudience(endpoint: string): string {
  const { hostname } = new URL(endpoint);
  const isNational = /^(?:dod-)?graph\.microsoft\.us$/.test(hostname) || hostname === 'microsoftgraph.chinacloudapi.cn';
  return isNational ? `https://${hostname}` : GRAPH;
}
