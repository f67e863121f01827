import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { latestMonths } from '../../src/connector/focus/each-month.js';
import { newFolder } from '../../src/connector/focus/folder.js';
import type { Permission, Verdict } from '../../src/connector/service.js';
import { verdictOf } from '../../src/connector/verdict.js';
import { SourceError } from '../../src/core/errors.js';
import { addressOf, readFirstBytes, type Context } from './client.js';
import { folderOf, newestRun } from './manifest.js';

/** One action of Azure covers both the list of a container and the content of its blobs. */
export const READ: Permission = {
  id: 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read',
  why: 'lists the runs of the exports, and reads their manifests and files',
  required: true,
};

/** The role that holds the permission, as a command to paste. */
export const GRANT = `az role assignment create --assignee APPLICATION_ID --role "Storage Blob Data Reader" \\
  --scope /subscriptions/SUBSCRIPTION_ID/resourceGroups/GROUP/providers/Microsoft.Storage/storageAccounts/ACCOUNT/blobServices/default/containers/CONTAINER`;

/** Tries the permission on the newest run: its manifest, and four bytes of a file. */
export async function check(context: Context): Promise<readonly Verdict[]> {
  return [await verdictOf(READ, () => readLatest(context))];
}

async function readLatest(context: Context): Promise<string> {
  const months = latestMonths(context.now());
  for (const month of months) {
    const run = await newestRun(context, month);
    if (run === undefined) continue;
    const { length, 0: first } = run.files;
    if (first !== undefined) await readStart(context, first);
    return `${length} ${length === 1 ? 'file' : 'files'} of ${month}`;
  }
  const [latest] = months;
  const places = context.settings.exportNames.map((name) => addressOf(context, folderOf(context, name, latest)));
  throw new SourceError({
    place: { source: context.sourceId, key: 'exportNames' },
    message: `there is no run of ${months.join(' or ')} (looked for ${places.join('… and ')}…)`,
    hint: 'Compare `container`, `directory` and `exportNames` with the export in the Azure portal; choose "Run now" there for a first run.',
  });
}

async function readStart(context: Context, file: Parameters<typeof readFirstBytes>[1]): Promise<void> {
  const folder = await newFolder(context.temporaryFolder, 'check');
  try {
    await readFirstBytes(context, file, join(folder, 'start'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
