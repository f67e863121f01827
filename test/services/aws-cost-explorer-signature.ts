import { createHash, createHmac } from 'node:crypto';

import { Refusal, type ServiceRequest } from './server.js';

/** Keys that a stand-in of AWS knows. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/** An error as the JSON protocol of AWS has it. */
export function awsRefusal(type: string, message: string, status = 400): Refusal {
  return new Refusal(`${type}: ${message}`, { status, headers: JSON_TYPE, body: { __type: type, message } });
}

export const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.1' };

/** Checks that a request is signed for a service with keys that are known, as AWS does. */
export function checkSignature(request: ServiceRequest, service: string, known: readonly AwsKeys[]): void {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    throw awsRefusal('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  const match = SIGNED.exec(authorization);
  if (match === null) throw awsRefusal('IncompleteSignatureException', 'Authorization header is not complete');
  const [, keyId = '', day = '', region = '', forService = '', signedHeaders = '', signature = ''] = match;
  const keys = known.find(({ accessKeyId }) => accessKeyId === keyId);
  if (keys === undefined || request.headers['x-amz-security-token'] !== keys.sessionToken) {
    throw awsRefusal('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  if (region !== 'us-east-1' || forService !== service) {
    throw awsRefusal('InvalidSignatureException', `Credential should be scoped to us-east-1/${service}`);
  }
  const scope = `${day}/${region}/${forService}/aws4_request`;
  const canonical = [
    request.method,
    request.path,
    request.query.toString(),
    ...signedHeaders.split(';').map((name) => `${name}:${(request.headers[name] ?? '').trim()}`),
    '',
    signedHeaders,
    sha256(request.body),
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'] ?? '', scope, sha256(canonical)].join('\n');
  const key = [day, region, forService, 'aws4_request'].reduce<Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${keys.secretAccessKey}`),
  );
  if (createHmac('sha256', key).update(text).digest('hex') === signature) return;
  throw awsRefusal(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided.',
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
