import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';

import { awsKeys } from '../aws.js';
import type { ServiceContext } from '../service.js';
import { DEFAULT_REGION, type S3Settings } from './settings.js';

export type S3Context = ServiceContext<S3Settings>;

/** Connecting takes no longer where the service is there at all. */
const CONNECTION_TIMEOUT_MS = 10_000;
/** A connection that says nothing for so long is broken, however long a download may take. */
const SILENCE_MS = 60_000;

/** Client of S3, made once in a run; loaded on first use. */
export function s3Client(context: S3Context): Promise<S3Client> {
  return context.once('client of S3', async () => {
    const { S3Client: Client } = await import('@aws-sdk/client-s3');
    return new Client(await configuration(context));
  });
}

async function configuration(context: S3Context): Promise<S3ClientConfig> {
  const { region = DEFAULT_REGION, endpoint, profile } = context.settings;
  const keys = await awsKeys(context);
  return {
    region,
    // The runner repeats, and counts requests: the SDK must send each once.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, socketTimeout: SILENCE_MS },
    ...(endpoint === undefined ? {} : elsewhere(endpoint)),
    ...(keys === undefined ? {} : { credentials: keys }),
    ...(profile === undefined ? {} : { profile }),
  };
}

function elsewhere(endpoint: string): Partial<S3ClientConfig> {
  return {
    endpoint,
    // Other services and gateways have the bucket in the path, not in the host.
    forcePathStyle: true,
    // Not all of them know the checksums of AWS, and some refuse a request that asks for one.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  };
}
