import { createHash, createHmac } from 'node:crypto';

import type { AwsKeys } from './aws-cost-explorer-signature.js';
import { Refusal, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';

/** An object of a bucket; its bytes are made when they are asked for. */
export interface StoredObject {
  readonly modifiedAt: Date;
  readonly body: () => Promise<Buffer>;
}

/** Keys of one page. */
const KEYS_MAX = 1_000;

const XML = { 'content-type': 'application/xml' };

/** An error as S3 words it. */
function s3Error(status: number, code: string, message: string): ServiceReply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>STANDIN</RequestId></Error>`;
  return { status, headers: XML, body };
}

/** Something a client of S3 should not have asked for. */
function s3Refusal(status: number, code: string, message: string): Refusal {
  return new Refusal(`${code}: ${message}`, s3Error(status, code, message));
}

const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/** Checks that a request is signed with keys that are known, as S3 does. */
function checkS3Signature(request: ServiceRequest, region: string, known: readonly AwsKeys[]): void {
  const { authorization = '' } = request.headers;
  if (authorization === '') throw s3Refusal(403, 'AccessDenied', 'Access Denied');
  const match = SIGNED.exec(authorization);
  if (match === null) throw s3Refusal(400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed.');
  const [, keyId = '', day = '', signedFor = '', signedHeaders = '', signature = ''] = match;
  const keys = known.find(({ accessKeyId }) => accessKeyId === keyId);
  if (keys === undefined) {
    throw s3Refusal(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  }
  if (request.headers['x-amz-security-token'] !== keys.sessionToken) {
    throw s3Refusal(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');
  }
  if (signedFor !== region) {
    const message = `The authorization header is malformed; the region '${signedFor}' is wrong; expecting '${region}'`;
    const { reply } = s3Refusal(400, 'AuthorizationHeaderMalformed', message);
    const body = String(reply.body).replace('</Error>', `<Region>${region}</Region></Error>`);
    throw new Refusal(message, { ...reply, body });
  }
  const payload = request.headers['x-amz-content-sha256'] ?? '';
  if (payload === '')
    throw s3Refusal(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  const canonical = [
    request.method,
    request.path.split('/').map(encoded).join('/'),
    [...request.query]
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .sort()
      .join('&'),
    ...signedHeaders.split(';').map((name) => `${name}:${(request.headers[name] ?? '').trim()}`),
    '',
    signedHeaders,
    payload,
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'] ?? '', scope, sha256(canonical)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${keys.secretAccessKey}`),
  );
  if (createHmac('sha256', key).update(text).digest('hex') === signature) return;
  throw s3Refusal(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided.',
  );
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Answers GetObject, with a range of bytes where one is asked for. */
async function getObject(request: ServiceRequest, object: StoredObject): Promise<ServiceReply> {
  const whole = await object.body();
  const headers = {
    'content-type': 'binary/octet-stream',
    etag: `"${createHash('md5').update(whole).digest('hex')}"`,
    'last-modified': object.modifiedAt.toUTCString(),
    'accept-ranges': 'bytes',
  };
  const { range } = request.headers;
  if (range === undefined) return { headers, body: whole };
  const match = /^bytes=(\d+)-(\d+)$/.exec(range);
  if (match === null) throw s3Refusal(416, 'InvalidRange', 'The requested range is not satisfiable');
  const [from, to] = [Number(match[1]), Math.min(Number(match[2]), whole.length - 1)];
  const contentRange = `bytes ${from}-${to}/${whole.length}`;
  return { status: 206, headers: { ...headers, 'content-range': contentRange }, body: whole.subarray(from, to + 1) };
}

/** What a stand-in of S3 has to know of the one bucket that it keeps. */
export interface Bucket {
  readonly name: string;
  readonly region: string;
  /** Keys that may sign. */
  readonly known: readonly AwsKeys[];
  /** Actions that they may not do. */
  readonly denied: ReadonlySet<string>;
  find(key: string): StoredObject | undefined;
  list(request: ServiceRequest): ServiceReply;
}

/** Answers GetObject and ListObjectsV2 as S3 does, and refuses all else. */
export async function s3Reply(request: ServiceRequest, bucket: Bucket): Promise<ServiceReply> {
  checkS3Signature(request, bucket.region, bucket.known);
  const [, name = '', ...rest] = request.path.split('/');
  const key = rest.join('/');
  if (request.method !== 'GET') throw s3Refusal(405, 'MethodNotAllowed', 'The specified method is not allowed.');
  if (name !== bucket.name) throw s3Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist');
  const { denied } = bucket;
  if (key === '') {
    if (denied.has('s3:ListBucket')) throw s3Refusal(403, 'AccessDenied', 'Access Denied');
    if (request.query.get('list-type') !== '2') throw s3Refusal(400, 'InvalidArgument', 'list-type');
    return bucket.list(request);
  }
  if (denied.has('s3:GetObject')) return s3Error(403, 'AccessDenied', 'Access Denied');
  const object = bucket.find(key);
  if (object !== undefined) return getObject(request, object);
  // S3 says that something is not there only to those who may list the bucket.
  return denied.has('s3:ListBucket')
    ? s3Error(403, 'AccessDenied', 'Access Denied')
    : s3Error(404, 'NoSuchKey', 'The specified key does not exist.');
}

/** The failures that S3 words itself. */
export const S3_FAULTS: FaultReplies = {
  throttled: s3Error(503, 'SlowDown', 'Please reduce your request rate.'),
  'server-error': s3Error(500, 'InternalError', 'We encountered an internal error. Please try again.'),
  expired: s3Error(400, 'ExpiredToken', 'The provided token has expired.'),
  forbidden: s3Error(403, 'AccessDenied', 'Access Denied'),
};

/** Answers ListObjectsV2. */
export function listObjects(
  request: ServiceRequest,
  bucket: string,
  keys: readonly string[],
  pageKeysMax = KEYS_MAX,
): ServiceReply {
  const prefix = request.query.get('prefix') ?? '';
  const most = Number(request.query.get('max-keys') ?? KEYS_MAX);
  if (!Number.isInteger(most) || most < 0)
    throw s3Refusal(400, 'InvalidArgument', 'Argument maxKeys must be an integer');
  const after = request.query.get('continuation-token') ?? '';
  const found = keys.filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = found.slice(0, Math.min(most, pageKeysMax));
  const next = page.length < found.length ? page.at(-1) : undefined;
  return listReply({ bucket, prefix, keys: page, isCut: next !== undefined, next });
}

/** A page of keys as S3 words it. */
export function listReply(page: {
  readonly bucket: string;
  readonly prefix: string;
  readonly keys: readonly string[];
  readonly isCut: boolean;
  readonly next: string | undefined;
}): ServiceReply {
  const contents = page.keys.map((key) => `<Contents><Key>${escaped(key)}</Key><Size>1</Size></Contents>`).join('');
  const next = page.next === undefined ? '' : `<NextContinuationToken>${escaped(page.next)}</NextContinuationToken>`;
  const body =
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    `<Name>${page.bucket}</Name><Prefix>${escaped(page.prefix)}</Prefix><KeyCount>${page.keys.length}</KeyCount>` +
    `<IsTruncated>${String(page.isCut)}</IsTruncated>${next}${contents}</ListBucketResult>`;
  return { headers: XML, body };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
