import { latestMonths } from '../../src/connector/focus/each-month.js';
import { isS3Folder, parseS3Address, type S3Place } from '../../src/connector/s3/address.js';
import { listPage } from '../../src/connector/s3/list.js';
import { GET_OBJECT, LIST_BUCKET, s3Grant } from '../../src/connector/s3/permissions.js';
import type { Permission, Verdict } from '../../src/connector/service.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import { SourceError } from '../../src/core/errors.js';
import { addressOf } from './addresses.js';
import type { Context } from './client.js';
import { lookAtAddress, nothingAt } from './files.js';

const READ = 'read the files';

/** A source needs those of the kinds of addresses that it has. */
export const PERMISSIONS: readonly Permission[] = [
  { id: READ, why: 'fetches the files of the bill over HTTPS', required: true },
  { id: GET_OBJECT, why: 'fetches the files of the bill from object storage', required: true },
  { id: LIST_BUCKET, why: 'finds the files of a folder in object storage', required: true },
];

export const GRANT = `Over HTTPS: the right to read billing files (cost and usage in the FOCUS format), and no other.

In object storage: this policy, or the same of a service like S3. The second statement is needed for folders; without it a file
that is not there cannot be told from one that may not be read.

${s3Grant('SpendshiftReadsTheFiles')}`;

/** Tries what the addresses need: the first bytes of each file, and a list of one object of each folder. */
export async function check(context: Context): Promise<readonly Verdict[]> {
  const { urls } = context.settings;
  const stored = urls.filter((url) => parseS3Address(url) !== undefined);
  const others = urls.filter((url) => !stored.includes(url));
  const folders = foldersOf(context, stored);
  const verdicts: Verdict[] = [];
  const verdict = async (id: string, attempt: () => Promise<string>): Promise<void> => {
    verdicts.push(await verdictOf(permissionOf(PERMISSIONS, id), attempt));
  };
  if (others.length > 0) await verdict(READ, () => lookAtLatest(context, others));
  if (stored.length > 0) await verdict(GET_OBJECT, () => lookAtLatest(context, stored));
  if (folders.length > 0) await verdict(LIST_BUCKET, () => listEach(context, folders));
  return verdicts;
}

/** Looks at the files of the current month, or of the month before where that has none yet. */
async function lookAtLatest(context: Context, templates: readonly string[]): Promise<string> {
  const missing: string[] = [];
  for (const month of latestMonths(context.now())) {
    const found: string[] = [];
    for (const template of templates) {
      const url = addressOf(template, month);
      const content = await lookAtAddress(context, url);
      if (content === undefined) missing.push(url);
      else found.push(content);
    }
    if (found.length > 0) return `${month}: ${found.join(', ')}`;
  }
  throw new SourceError({
    place: { source: context.sourceId, key: 'urls' },
    message: `the service has ${nothingAt(missing[0] ?? '')}`,
    hint: 'Compare `urls` with what the vendor documents, and look there with a browser or the console of the storage.',
  });
}

function foldersOf(context: Context, stored: readonly string[]): S3Place[] {
  const [month] = latestMonths(context.now());
  return stored.flatMap((template) => {
    const place = parseS3Address(addressOf(template, month));
    return place !== undefined && isS3Folder(place) ? [place] : [];
  });
}

async function listEach(context: Context, folders: readonly S3Place[]): Promise<string> {
  for (const folder of folders) await listPage(context, 'list of one object', folder, { keysMax: 1 });
  return folders.length === 1 ? '1 folder can be listed' : `${folders.length} folders can be listed`;
}
