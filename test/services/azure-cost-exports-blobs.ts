import { createHash } from 'node:crypto';

import { Refusal, type ServiceReply, type ServiceRequest } from './server.js';

/** A blob of a container; its bytes are made when they are asked for. */
export interface StoredBlob {
  readonly modifiedAt: Date;
  readonly body: () => Promise<Buffer>;
}

/** Blobs of one page, whatever more is asked for: the service may give fewer. */
const PAGE_BLOBS = 10;
const XML = { 'content-type': 'application/xml' };

/** An error as Blob storage words it. */
export function storageError(status: number, code: string, message: string): ServiceReply {
  const detail = `${message}\nRequestId:5f0e7c1a-301e-0018-0000-000000000000\nTime:2026-11-20T12:00:00.0000000Z`;
  const body = `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${detail}</Message></Error>`;
  return { status, headers: { ...XML, 'x-ms-error-code': code }, body };
}

/** Something a client should not have asked for. */
export function storageRefusal(status: number, code: string, message: string): Refusal {
  return new Refusal(`${code}: ${message}`, storageError(status, code, message));
}

function etagOf(body: Buffer): string {
  return `0x${createHash('md5').update(body).digest('hex').slice(0, 15).toUpperCase()}`;
}

/** Answers Get Blob, with a range of bytes where one is asked for. */
export async function getBlob(request: ServiceRequest, blob: StoredBlob): Promise<ServiceReply> {
  const whole = await blob.body();
  const etag = `"${etagOf(whole)}"`;
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && wanted !== etag) {
    return storageError(412, 'ConditionNotMet', 'The condition specified using HTTP conditional header(s) is not met.');
  }
  const headers = {
    'content-type': 'application/octet-stream',
    etag,
    'last-modified': blob.modifiedAt.toUTCString(),
    'x-ms-blob-type': 'BlockBlob',
  };
  const { range } = request.headers;
  if (range === undefined) return { headers, body: whole };
  const match = /^bytes=(\d+)-(\d+)$/.exec(range);
  if (match === null) throw storageRefusal(416, 'InvalidRange', 'The range specified is invalid.');
  const [from, to] = [Number(match[1]), Math.min(Number(match[2]), whole.length - 1)];
  const contentRange = `bytes ${from}-${to}/${whole.length}`;
  return { status: 206, headers: { ...headers, 'content-range': contentRange }, body: whole.subarray(from, to + 1) };
}

/** Answers List Blobs: a page may be short, or empty while there is a next one. */
export async function listBlobs(
  request: ServiceRequest,
  container: string,
  names: readonly string[],
  find: (name: string) => StoredBlob | undefined,
): Promise<ServiceReply> {
  const { query } = request;
  const prefix = query.get('prefix') ?? '';
  const asked = Number(query.get('maxresults') ?? '5000');
  if (!Number.isInteger(asked) || asked < 1 || asked > 5_000)
    throw storageRefusal(400, 'OutOfRangeQueryParameterValue', 'maxresults');
  const found = names.filter((name) => name.startsWith(prefix)).sort();
  const marker = query.get('marker');
  const at = marker === null ? 0 : placeOf(marker, prefix);
  // The second page of a long list comes empty, as when a partition of the storage has nothing.
  const isEmpty = marker?.endsWith('!empty') === true;
  const page = isEmpty ? [] : found.slice(at, at + Math.min(asked, PAGE_BLOBS));
  const blobs = await Promise.all(page.map((name) => blobXml(name, find(name))));
  const end = at + page.length;
  const pause = marker === null ? '!empty' : '';
  const next = end < found.length ? `2!92!${Buffer.from(`${prefix}|${end}`).toString('base64')}${pause}` : '';
  const body =
    `\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://standin/" ContainerName="${container}">` +
    `<Prefix>${escaped(prefix)}</Prefix><MaxResults>${asked}</MaxResults><Blobs>${blobs.join('')}</Blobs>` +
    `${next === '' ? '<NextMarker />' : `<NextMarker>${next}</NextMarker>`}</EnumerationResults>`;
  return { headers: XML, body };
}

function placeOf(marker: string, prefix: string): number {
  const text = Buffer.from(marker.replace(/^2!92!/, '').replace(/!empty$/, ''), 'base64').toString();
  const [of, at] = [text.slice(0, text.lastIndexOf('|')), Number(text.slice(text.lastIndexOf('|') + 1))];
  // A marker is good for the list that gave it.
  if (of !== prefix || !Number.isInteger(at)) throw storageRefusal(400, 'InvalidQueryParameterValue', 'marker');
  return at;
}

async function blobXml(name: string, blob: StoredBlob | undefined): Promise<string> {
  if (blob === undefined) throw new Error(`no blob ${name}`);
  const body = await blob.body();
  return (
    `<Blob><Name>${escaped(name)}</Name><Properties><Creation-Time>${blob.modifiedAt.toUTCString()}</Creation-Time>` +
    `<Last-Modified>${blob.modifiedAt.toUTCString()}</Last-Modified><Etag>${etagOf(body)}</Etag>` +
    `<Content-Length>${body.length}</Content-Length><BlobType>BlockBlob</BlobType></Properties><OrMetadata /></Blob>`
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
