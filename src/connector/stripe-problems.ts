import { z } from 'zod';

import { retryAfterMs, type ServiceProblem } from './problems.js';

/** Errors of the SDK are known by their name, so that the SDK need not be loaded to tell them. */
const failure = z.object({
  type: z.string().startsWith('Stripe'),
  message: z.string(),
  code: z.string().nullish(),
  param: z.string().nullish(),
  statusCode: z.number().nullish(),
  headers: z.record(z.string(), z.unknown()).nullish(),
  detail: z.unknown(),
});
type Failure = z.infer<typeof failure>;

/** What the runner must do about an error of Stripe's SDK; undefined for an error of something else. */
export function stripeProblem(error: unknown): ServiceProblem | undefined {
  if (!(error instanceof Error)) return undefined;
  const read = failure.safeParse(error);
  return read.success ? PROBLEMS[read.data.type]?.(read.data) : undefined;
}

const PROBLEMS: Readonly<Record<string, (failed: Failure) => ServiceProblem>> = {
  StripeRateLimitError: (failed) => ({
    kind: 'retry',
    message: 'Stripe says that too many requests came at once',
    ...waitOf(failed),
  }),
  StripeConnectionError: ({ detail }) => {
    const code = detail instanceof Error && 'code' in detail ? ` (${String(detail.code)})` : '';
    return { kind: 'retry', message: `the connection to Stripe failed${code}` };
  },
  StripeAPIError: (failed) => {
    const { statusCode, message } = failed;
    const status = statusCode ?? undefined;
    // 409: another request holds the object for a moment.
    const isPassing = status === undefined || status === 409 || status >= 500;
    const said = status === undefined ? message : `Stripe answered ${status}: ${message}`;
    return { kind: isPassing ? 'retry' : 'refused', message: said, ...(isPassing ? waitOf(failed) : {}) };
  },
  StripeAuthenticationError: ({ code }) => ({
    kind: 'credentials',
    message: code === 'api_key_expired' ? 'the key has expired' : 'Stripe does not know the key, or it was revoked',
    hint: 'Make a new restricted key in the Dashboard (Developers, API keys), and put it where `apiKey` points.',
  }),
  StripePermissionError: ({ message }) => {
    const right = /\brak_\w+/.exec(message)?.[0];
    if (right === undefined && /access to account/.test(message)) {
      const hint =
        'Compare `account` with the id in the Dashboard, or leave it out: then the account of the key is read.';
      return { kind: 'permission', message, hint };
    }
    return {
      kind: 'permission',
      message: right === undefined ? message : `the key lacks the permission ${right}`,
      hint: "Edit the key in the Dashboard (Developers, API keys) and give it Read for what the connector's README lists.",
    };
  },
  StripeInvalidRequestError: ({ code, param, message }) => {
    // The row after which the next page begins was deleted: another walk finds a whole list.
    if (code === 'resource_missing' && param === 'starting_after') {
      return { kind: 'retry', message: 'the list changed while it was read' };
    }
    return { kind: 'refused', message: `Stripe refused the request: ${message}` };
  },
};

function waitOf({ headers }: Failure): { readonly afterMs?: number } {
  const header = headers?.['retry-after'];
  // Stripe writes seconds; a date would need a clock.
  if (typeof header !== 'string' || !/^\d+$/.test(header)) return {};
  const afterMs = retryAfterMs(header, new Date(0));
  return afterMs === undefined ? {} : { afterMs };
}
