import { eachPage } from '../paging.js';
import { ProblemError } from '../problems.js';
import { s3AddressOf, type S3Place } from './address.js';
import { s3Client, type S3Context } from './client.js';

/** A part of a list, and where the next one begins; no token: it was the last. */
export interface KeyPage {
  readonly keys: readonly string[];
  readonly next: string | undefined;
}

/**
 * Asks for one page of the keys below a prefix.
 *
 * @throws ProblemError (within the request) when a list does not say how it goes on, or holds what was not asked for.
 */
export async function listPage(
  context: S3Context,
  what: string,
  { bucket, key: prefix }: S3Place,
  { token, keysMax }: { readonly token?: string | undefined; readonly keysMax?: number } = {},
): Promise<KeyPage> {
  const client = await s3Client(context);
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  const request = {
    Bucket: bucket,
    Prefix: prefix,
    ...(token === undefined ? {} : { ContinuationToken: token }),
    ...(keysMax === undefined ? {} : { MaxKeys: keysMax }),
  };
  return context.call(what, async (abortSignal) => {
    const {
      Contents = [],
      IsTruncated,
      NextContinuationToken,
    } = await client.send(new ListObjectsV2Command(request), {
      abortSignal,
    });
    const keys = Contents.map(({ Key = '' }) => Key);
    const strange = keys.find((key) => key === '' || !key.startsWith(prefix));
    if (strange !== undefined) throw unusable(`it holds "${strange}", which does not lie there`);
    // A page of a gateway in the place of the list would read as an empty folder.
    if (IsTruncated === undefined) throw unusable('it does not say whether it is whole');
    if (!IsTruncated) return { keys, next: undefined };
    if (NextContinuationToken === undefined) throw unusable('it is cut, and does not say how it goes on');
    return { keys, next: NextContinuationToken };
  });
}

/** The keys below a prefix, page by page, to the last one. @throws SourceError when the pages do not come to an end. */
export async function* listedKeys(context: S3Context, folder: S3Place): AsyncGenerator<readonly string[]> {
  const what = `list of ${s3AddressOf(folder)}`;
  yield* eachPage(what, context.sourceId, async (token, pageNumber) => {
    const { keys, next } = await listPage(context, `${what}, page ${pageNumber}`, folder, { token });
    return { content: keys, rowCount: keys.length, next };
  });
}

function unusable(detail: string): ProblemError {
  const hint = 'The storage may speak S3 only in part: it must answer ListObjectsV2 as S3 does.';
  return new ProblemError({ kind: 'reply', message: `the list cannot be used: ${detail}`, hint });
}
