import type { z } from 'zod';

import { nameByContent } from '../../src/connector/focus/fetched.js';
import { announcedBytes, type HttpRequest } from '../../src/connector/http.js';
import { microsoftToken } from '../../src/connector/microsoft.js';
import { withToken } from '../../src/connector/oauth.js';
import { eachPage } from '../../src/connector/paging.js';
import type { ServiceContext } from '../../src/connector/service.js';
import { parseBlobList, type BlobPage, type ListedBlob } from './blob-list.js';
import { storageProblem } from './problems.js';
import type { AzureCostExportsSettings } from './settings.js';

export type Context = ServiceContext<AzureCostExportsSettings>;

/** Tokens of Microsoft Entra need 2017-11-09 or later. */
const API_VERSION = '2021-12-02';
const AUDIENCE = 'https://storage.azure.com';
/** What is asked for a token, for messages. */
const TOKEN = 'token for Azure Storage';
const PAGE_BLOBS = 5_000;
/** A file of a large organisation has some gigabytes, and may come slowly. */
const DOWNLOAD_TIMEOUT_MS = 60 * 60_000;

/** The address of a path in the container, as people can paste it. */
export function addressOf({ settings }: Context, path: string): string {
  const { account, container, endpoint = `https://${account}.blob.core.windows.net` } = settings;
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return `${endpoint.replace(/\/+$/, '')}/${container}${encoded === '' ? '' : `/${encoded}`}`;
}

/** Every blob whose path begins so. @throws SourceError when the pages do not come to an end. */
export async function listBlobs(context: Context, prefix: string): Promise<ListedBlob[]> {
  const blobs: ListedBlob[] = [];
  const what = `list of ${addressOf(context, prefix)}`;
  for await (const page of eachPage(what, context.sourceId, async (marker, number) => {
    const { blobs: content, next } = await listPage(context, `${what}, page ${number}`, prefix, marker);
    return { content, rowCount: content.length, next };
  })) {
    blobs.push(...page);
  }
  return blobs;
}

async function listPage(context: Context, what: string, prefix: string, marker: string | undefined): Promise<BlobPage> {
  const query = { restype: 'container', comp: 'list', prefix, maxresults: PAGE_BLOBS, marker };
  const request = { what, url: addressOf(context, ''), query };
  return send(context, request, (signed) => context.http.parsed(signed, parseBlobList));
}

/** A JSON blob as it was listed. */
export function readJson<Reply>(context: Context, blob: ListedBlob, schema: z.ZodType<Reply>): Promise<Reply> {
  return send(context, asListed(context, blob), (signed) => context.http.json(signed, schema));
}

/** Fetches a file of a bill as it was listed. @returns its path with the ending of what it is */
export async function fetchFile(context: Context, blob: ListedBlob, path: string): Promise<string> {
  const request = { ...asListed(context, blob), timeoutMs: DOWNLOAD_TIMEOUT_MS };
  const { settled } = await send(context, request, (signed) =>
    context.http.download(signed, path, (headers) => nameByContent(path, announcedBytes(headers))),
  );
  return settled.path;
}

/** Reads the first bytes of a file, to see that files can be read. */
export async function readFirstBytes(context: Context, blob: ListedBlob, path: string): Promise<void> {
  const { what, headers, ...rest } = asListed(context, blob);
  const request = { ...rest, what: `first bytes of ${what}`, headers: { ...headers, range: 'bytes=0-3' } };
  await send(context, request, (signed) => context.http.download(signed, path));
}

/** A blob that was written anew since is refused, and the list asked for again in the next run. */
function asListed(context: Context, { name, etag }: ListedBlob): HttpRequest {
  const headers: Readonly<Record<string, string>> = etag === '' ? {} : { 'if-match': quoted(etag) };
  return { what: addressOf(context, name), url: addressOf(context, name), headers };
}

/** Lists have entity tags without the quotes that headers need. */
function quoted(etag: string): string {
  return etag.startsWith('"') ? etag : `"${etag}"`;
}

function send<Reply>(
  context: Context,
  request: HttpRequest,
  use: (signed: HttpRequest) => Promise<Reply>,
): Promise<Reply> {
  const { tenantId, clientId, clientSecret, loginEndpoint } = context.settings;
  const registration = { tenantId, clientId, clientSecret, loginEndpoint, audience: AUDIENCE, what: TOKEN };
  return withToken(
    context,
    TOKEN,
    () => microsoftToken(context, registration),
    (token) =>
      use({
        ...request,
        headers: { accept: '*/*', ...request.headers, authorization: `Bearer ${token}`, 'x-ms-version': API_VERSION },
        problemOf: (answer) => storageProblem(answer, context.now()),
      }),
  );
}
