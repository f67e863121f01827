import type { ServiceProblem } from '../../src/connector/problems.js';

/** Cost Explorer states no rate; whoever was refused for haste waits so long. */
const AFTER_THROTTLING_MS = 20_000;

const KEYS_HINT =
  'Make a new access key and put it in the place of the old one, or renew the session of the profile or role.';

const THROTTLED = new Set([
  'LimitExceededException',
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'SlowDown',
]);

const EXPIRED = new Set(['ExpiredTokenException', 'ExpiredToken', 'RequestExpired', 'TokenProviderError']);

const UNKNOWN_KEYS = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'MissingAuthenticationTokenException',
  'MissingAuthenticationToken',
  'IncompleteSignatureException',
  'IncompleteSignature',
]);

const WRONG_SIGNATURE = new Set(['InvalidSignatureException', 'SignatureDoesNotMatch']);

/** Whether AWS refused the net cost metrics rather than the request as a whole. */
export function isNetRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const mayBe = ['ValidationException', 'AccessDeniedException', 'DataUnavailableException'].includes(error.name);
  return mayBe && /\bnet[ _]?(?:amortized|unblended|cost|metric)/i.test(error.message);
}

/** What an error of the SDK, of AWS or of the credentials on this machine means for the run. */
export function problemOf(error: unknown): ServiceProblem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  if (THROTTLED.has(name)) {
    return { kind: 'retry', message: 'AWS wants fewer requests (too many were sent)', afterMs: AFTER_THROTTLING_MS };
  }
  if (name === 'AccessDeniedException' || name === 'AccessDenied') return denied(message);
  if (name === 'AWSOrganizationsNotInUseException') {
    return { kind: 'permission', message: 'the account is in no organisation of AWS Organizations' };
  }
  return credentialsProblem(name, message) ?? refusal(name, message) ?? failure(error);
}

function credentialsProblem(name: string, message: string): ServiceProblem | undefined {
  if (EXPIRED.has(name)) {
    return { kind: 'credentials', message: 'the session of the AWS credentials has ended', hint: KEYS_HINT };
  }
  if (UNKNOWN_KEYS.has(name)) {
    return { kind: 'credentials', message: 'AWS does not know the access key', hint: KEYS_HINT };
  }
  if (WRONG_SIGNATURE.has(name)) {
    const isClock = /expired|not yet current/i.test(message);
    return isClock
      ? {
          kind: 'credentials',
          message: 'AWS finds the signature too old or too new',
          hint: "Set this machine's clock.",
        }
      : { kind: 'credentials', message: 'the secret access key does not belong to the access key id', hint: KEYS_HINT };
  }
  if (name !== 'CredentialsProviderError') return undefined;
  const hint = 'Name `accessKeyId` and `secretAccessKey`, or a `profile`, or give this machine a role.';
  return { kind: 'credentials', message: `no AWS credentials were found (${message})`, hint };
}

function denied(message: string): ServiceProblem {
  const action = /perform: (\S+)/.exec(message)?.[1];
  if (action === undefined) return { kind: 'permission', message: `AWS denies access: ${message}` };
  const hint =
    `Add ${action} to the policy of the credentials (the README has it ready to paste). In a member account, the ` +
    'management account must also allow Cost Explorer, and IAM access to billing must be switched on.';
  return { kind: 'permission', message: `the credentials may not do ${action}`, hint };
}

function refusal(name: string, message: string): ServiceProblem | undefined {
  switch (name) {
    case 'DataUnavailableException': {
      const hint =
        'Open Cost Explorer once in the billing console to switch it on; the first data is there a day later. ' +
        'A member account must be allowed to see its costs by the management account.';
      return { kind: 'refused', message: `Cost Explorer has no data to give (${message})`, hint };
    }
    case 'ValidationException': {
      const isPast = /historical data|months/i.test(message);
      const hint = isPast
        ? 'Older months need multi-year data, to be switched on in the billing console, and `granularity: monthly`; or write a later `since`.'
        : "Compare the source's settings with the connector's README.";
      return { kind: 'refused', message: `AWS does not accept the request: ${message}`, hint };
    }
    case 'BillExpirationException':
    case 'BillingViewHealthStatusException':
      return { kind: 'refused', message: `Cost Explorer cannot give the bill: ${message}` };
    case 'InvalidNextTokenException':
    case 'RequestChangedException':
      return { kind: 'reply', message: `AWS did not go on with its pages: ${message}` };
    default:
      return undefined;
  }
}

function failure(error: Error): ServiceProblem | undefined {
  const status = statusOf(error);
  if (status === undefined || status < 500) return undefined;
  return { kind: 'retry', message: `AWS answered ${status}${error.message === '' ? '' : `: ${error.message}`}` };
}

function statusOf(error: Error): number | undefined {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null) return undefined;
  const status = 'httpStatusCode' in error.$metadata ? error.$metadata.httpStatusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}
