import { z } from 'zod';

import { ProblemError } from '../../src/connector/problems.js';
import { parseS3Address, s3AddressOf, type S3Place } from '../../src/connector/s3/address.js';
import { s3Client } from '../../src/connector/s3/client.js';
import { isAbsent, isDenied } from '../../src/connector/s3/problems.js';
import type { ServiceContext } from '../../src/connector/service.js';
import type { Month } from '../../src/core/period.js';
import type { AwsDataExportsSettings } from './settings.js';

export type Context = ServiceContext<AwsDataExportsSettings>;

/** Data files of a month; more is no manifest of an export. */
const FILES_MAX = 10_000;
/** How AWS writes the name of the partition: in capitals in its documentation, in small letters for some tables. */
const PARTITIONS = ['BILLING_PERIOD', 'billing_period'] as const;

const manifestSchema = z.object({ dataFiles: z.array(z.string().min(1)).max(FILES_MAX) });

/** The export of one month as its manifest states it: the files of the last refresh that was delivered whole. */
export interface Manifest {
  readonly key: string;
  /** Keys of the data files in the bucket. */
  readonly files: readonly string[];
  /** When the manifest was written, after its files. */
  readonly writtenAt: Date | undefined;
}

/** A key in the bucket of the export. */
export function placeOf({ settings }: Context, key: string): S3Place {
  return { bucket: settings.bucket, key };
}

/** `s3://bucket/key`, as people paste it. */
export function addressOf(context: Context, key: string): string {
  return s3AddressOf(placeOf(context, key));
}

/** The folder of the export in the bucket, with a slash at its end. */
export function exportFolder({ settings }: Context): string {
  return [settings.prefix, settings.exportName, ''].filter((part, index) => part !== '' || index === 2).join('/');
}

/** The folder of the manifests, one for each month. */
export function metadataFolder(context: Context): string {
  return `${exportFolder(context)}metadata/`;
}

/**
 * Reads the manifest of a month; undefined where the export has none. Data files are found by it alone: their folder may
 * hold every earlier refresh as well, and a refresh that is not whole.
 */
export async function readManifest(context: Context, month: Month): Promise<Manifest | undefined> {
  const client = await s3Client(context);
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  let denied: unknown;
  for (const partition of PARTITIONS) {
    const key = `${metadataFolder(context)}${partition}=${month}/${context.settings.exportName}-Manifest.json`;
    const found = await context.call(`manifest of ${month}`, async (abortSignal) => {
      try {
        const command = new GetObjectCommand({ Bucket: context.settings.bucket, Key: key });
        const { Body, LastModified } = await client.send(command, { abortSignal });
        const text = (await Body?.transformToString()) ?? '';
        return manifestOf(context, month, key, JSON.parse(text), LastModified);
      } catch (error) {
        if (isAbsent(error) && denied === undefined) return 'absent';
        if (!isDenied(error) && !isAbsent(error)) throw error;
        // Where the bucket may not be listed, S3 denies an object that is not there: the other spelling may be.
        denied ??= error;
        if (partition === PARTITIONS[0]) return 'denied';
        throw denied;
      }
    });
    if (typeof found !== 'string') return found;
  }
  return undefined;
}

function manifestOf(context: Context, month: Month, key: string, body: unknown, writtenAt: Date | undefined): Manifest {
  const read = manifestSchema.safeParse(body);
  if (!read.success) {
    const [issue] = read.error.issues;
    const detail = `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`;
    throw unusable(context, key, `it is no manifest as documented (${detail})`);
  }
  const files = read.data.dataFiles.map((name) => keyOf(context, key, name));
  for (const file of files) {
    const period = /\/billing_period=([^/]+)\//i.exec(file)?.[1];
    if (period !== undefined && period !== month) {
      throw unusable(context, key, `it is of ${month} and names a file of ${period}: ${file}`);
    }
  }
  if (new Set(files).size < files.length) throw unusable(context, key, 'it names a file twice');
  return { key, files, writtenAt };
}

/** The key of a file that a manifest names, as `s3://bucket/key` or as the key alone. */
function keyOf(context: Context, manifestKey: string, name: string): string {
  const place = parseS3Address(name);
  if (place !== undefined && place.bucket !== context.settings.bucket) {
    throw unusable(context, manifestKey, `it names a file of another bucket: ${name}`);
  }
  const key = place?.key ?? name;
  if (key.startsWith(`${exportFolder(context)}data/`)) return key;
  throw unusable(context, manifestKey, `it names a file outside of the data of the export: ${name}`);
}

function unusable(context: Context, key: string, detail: string): ProblemError {
  const hint = 'Look at the file in the S3 console; AWS writes it anew with the next refresh.';
  return new ProblemError({ kind: 'reply', message: `${addressOf(context, key)} cannot be used: ${detail}`, hint });
}
