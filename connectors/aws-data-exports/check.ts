import { latestMonths } from '../../src/connector/focus/each-month.js';
import type { Permission, Verdict } from '../../src/connector/service.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import { SourceError } from '../../src/core/errors.js';
import { storage, type Context } from './client.js';
import { readFirstBytes } from './files.js';
import { addressOf, metadataFolder, readManifest } from './manifest.js';

const GET_OBJECT = 's3:GetObject';
const LIST_BUCKET = 's3:ListBucket';

export const PERMISSIONS: readonly Permission[] = [
  { id: GET_OBJECT, why: 'reads the manifests and files of the export', required: true },
  {
    id: LIST_BUCKET,
    why: 'tells a month that the export does not have from one that may not be read',
    required: false,
  },
];

/** The IAM policy of the permissions, for an export in the folder `finops` of the bucket `example-billing`. */
export const GRANT = JSON.stringify(
  {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'SpendshiftReadsTheExport',
        Effect: 'Allow',
        Action: [GET_OBJECT],
        Resource: 'arn:aws:s3:::example-billing/finops/*',
      },
      {
        Sid: 'SpendshiftSeesWhatIsThere',
        Effect: 'Allow',
        Action: [LIST_BUCKET],
        Resource: 'arn:aws:s3:::example-billing',
      },
    ],
  },
  null,
  2,
);

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
  const client = await storage(context);
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  // Only manifests are listed, never data: of those only the manifest knows which count.
  const Prefix = metadataFolder(context);
  const request = { Bucket: context.settings.bucket, Prefix, MaxKeys: 1 };
  const { KeyCount = 0 } = await context.call('list of one manifest', (abortSignal) =>
    client.send(new ListObjectsV2Command(request), { abortSignal }),
  );
  return KeyCount === 0 ? 'no manifest yet' : 'months can be told apart';
}
