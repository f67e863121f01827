import { latestMonths } from '../../src/connector/focus/each-month.js';
import { listPage } from '../../src/connector/s3/list.js';
import { GET_OBJECT, LIST_BUCKET, s3Grant } from '../../src/connector/s3/permissions.js';
import type { Permission, Verdict } from '../../src/connector/service.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import { SourceError } from '../../src/core/errors.js';
import { readFirstBytes } from './files.js';
import { addressOf, metadataFolder, placeOf, readManifest, type Context } from './manifest.js';

export const PERMISSIONS: readonly Permission[] = [
  { id: GET_OBJECT, why: 'reads the manifests and files of the export', required: true },
  {
    id: LIST_BUCKET,
    why: 'tells a month that the export does not have from one that may not be read',
    required: false,
  },
];

/** The IAM policy of the permissions. */
export const GRANT = s3Grant('SpendshiftReadsTheExport');

/** Tries each permission: the manifest of the latest month with four bytes of a file, and a list of one manifest. */
export async function check(context: Context): Promise<readonly Verdict[]> {
  return [
    await verdictOf(permissionOf(PERMISSIONS, GET_OBJECT), () => readLatest(context)),
    await verdictOf(permissionOf(PERMISSIONS, LIST_BUCKET), () => listOne(context)),
  ];
}

async function readLatest(context: Context): Promise<string> {
  const months = latestMonths(context.now());
  for (const month of months) {
    const manifest = await readManifest(context, month);
    if (manifest === undefined) continue;
    const { length, 0: first } = manifest.files;
    if (first !== undefined) await readFirstBytes(context, first);
    return `${length} ${length === 1 ? 'file' : 'files'} of ${month}`;
  }
  throw new SourceError({
    place: { source: context.sourceId },
    message: `there is no manifest of ${months.join(' or ')} in ${addressOf(context, metadataFolder(context))}`,
    hint: 'Compare `prefix` and `exportName` with the Data Exports page; a new export is delivered within a day.',
  });
}

async function listOne(context: Context): Promise<string> {
  // Only manifests are listed, never data: of those only the manifest knows which count.
  const folder = placeOf(context, metadataFolder(context));
  const { keys } = await listPage(context, 'list of one manifest', folder, { keysMax: 1 });
  return keys.length === 0 ? 'no manifest yet' : 'months can be told apart';
}
