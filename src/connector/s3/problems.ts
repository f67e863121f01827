import type { ServiceProblem } from '../problems.js';

const KEYS_HINT =
  'Make a new access key and put it in the place of the old one, or renew the session of the profile or role.';
const REGION_HINT = 'Write the region in which the bucket lies as `region`; the console of S3 shows it.';
const DENIED_HINT =
  'Give the credentials the policy of the README. Without s3:ListBucket, S3 denies what is simply not there as well; ' +
  'a bucket encrypted with a key of KMS also needs kms:Decrypt for that key.';

const THROTTLED = new Set(['SlowDown', 'Throttling', 'ThrottlingException', 'RequestLimitExceeded']);
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'TokenProviderError']);
const UNKNOWN_KEYS = new Set(['InvalidAccessKeyId', 'InvalidToken', 'InvalidSecurity', 'NotSignedUp']);
const OTHER_REGION = new Set([
  'PermanentRedirect',
  'TemporaryRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

/** Whether S3 says that there is no such object. It says so only to those who may list the bucket. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}

/** Whether S3 refuses: also for an object that is not there, to those who may not list the bucket. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AccessDenied' || error.name === 'Forbidden');
}

/**
 * What an error of the SDK, of S3 or of the credentials on this machine means for the run.
 *
 * @param bucketSetting the setting in which the bucket stands
 */
export function s3ProblemOf(error: unknown, bucketSetting: string): ServiceProblem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  if (THROTTLED.has(name)) return { kind: 'retry', message: 'S3 wants fewer requests' };
  if (isDenied(error)) return { kind: 'permission', message: `S3 denies access (${message})`, hint: DENIED_HINT };
  return credentialsProblem(error) ?? refusal(error, bucketSetting) ?? failure(error);
}

function credentialsProblem({ name, message }: Error): ServiceProblem | undefined {
  if (EXPIRED.has(name)) {
    return { kind: 'credentials', message: 'the session of the AWS credentials has ended', hint: KEYS_HINT };
  }
  if (UNKNOWN_KEYS.has(name)) {
    return { kind: 'credentials', message: 'S3 does not know the access key', hint: KEYS_HINT };
  }
  if (name === 'SignatureDoesNotMatch') {
    const what = 'the secret access key does not belong to the access key id';
    return { kind: 'credentials', message: what, hint: KEYS_HINT };
  }
  if (name === 'RequestTimeTooSkewed') {
    return { kind: 'credentials', message: 'S3 finds the clock too far off', hint: "Set this machine's clock." };
  }
  if (name !== 'CredentialsProviderError') return undefined;
  const hint = 'Name `accessKeyId` and `secretAccessKey`, or a `profile`, or give this machine a role.';
  return { kind: 'credentials', message: `no AWS credentials were found (${message})`, hint };
}

function refusal(error: Error, bucketSetting: string): ServiceProblem | undefined {
  const { name, message } = error;
  if (name === 'NoSuchBucket') {
    const hint = `Compare \`${bucketSetting}\` with the console of S3.`;
    return { kind: 'refused', message: 'there is no such bucket', hint };
  }
  if (OTHER_REGION.has(name)) {
    const region = 'Region' in error ? String(error.Region) : undefined;
    const where = region === undefined ? 'in another region' : `in the region ${region}`;
    return { kind: 'refused', message: `the bucket lies ${where}`, hint: REGION_HINT };
  }
  if (name === 'InvalidObjectState') {
    const hint = 'Restore it, and take the rule away that archives these files.';
    return { kind: 'refused', message: 'the file was moved to an archive (Glacier)', hint };
  }
  if (name === 'InvalidRequest' && /KMS/i.test(message)) {
    return { kind: 'permission', message: `S3 cannot decrypt the file (${message})`, hint: DENIED_HINT };
  }
  return undefined;
}

function failure(error: Error): ServiceProblem | undefined {
  // The SDK compares what came with the checksum that S3 keeps.
  if (error.message.startsWith('Checksum mismatch')) {
    return { kind: 'retry', message: 'the file was damaged on its way (its checksum is another)' };
  }
  if (/XML parse error|Deserialization error/.test(error.message)) {
    return { kind: 'retry', message: 'the reply of S3 was cut off or cannot be read' };
  }
  const status = statusOf(error);
  if (status === undefined) return undefined;
  if (status >= 500 || status === 429 || error.name === 'RequestTimeout') {
    return { kind: 'retry', message: `S3 answered ${status}${error.message === '' ? '' : `: ${error.message}`}` };
  }
  if (status === 401) return { kind: 'credentials', message: `S3 answered 401 (${error.message})`, hint: KEYS_HINT };
  if (status === 301) return { kind: 'refused', message: 'the bucket lies in another region', hint: REGION_HINT };
  return undefined;
}

function statusOf(error: Error): number | undefined {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null) return undefined;
  const status = 'httpStatusCode' in error.$metadata ? error.$metadata.httpStatusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}
