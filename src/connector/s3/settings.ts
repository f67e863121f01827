import { z } from 'zod';

import { awsKeySettings, checkAwsKeys, type AwsKeySettings } from '../aws.js';
import { endpoint } from '../endpoint.js';

/** The region that AWS takes where nobody names one. */
export const DEFAULT_REGION = 'us-east-1';

const AWS_REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/;
/** Other services call their regions `auto`, `fsn1` or `europe-west1`. */
const ANY_REGION = /^[A-Za-z0-9-]+$/;

/** How object storage of the S3 kind is reached, as the settings of a source say it. */
export interface S3Settings extends AwsKeySettings {
  /** The region of the buckets; `DEFAULT_REGION` where it is not named. */
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** Another address than that of AWS, with the bucket in the path. */
  readonly endpoint?: string | undefined;
}

/** Settings of object storage, for the settings of each source that reads it; `checkS3Settings` compares them. */
export const s3Settings = {
  region: z.string().regex(ANY_REGION, 'write the region of the bucket, for example eu-central-1').optional(),
  ...awsKeySettings,
  endpoint: endpoint().optional(),
};

/** Says of settings that do not go together which one is wrong, by its path. */
export function checkS3Settings(settings: S3Settings, wrong: (path: string, message: string) => void): void {
  checkAwsKeys(settings, wrong);
  const { region, endpoint: address } = settings;
  if (region !== undefined && address === undefined && !AWS_REGION.test(region)) {
    wrong(
      'region',
      'write the region of the bucket, for example eu-central-1; for another service name its `endpoint`',
    );
  }
}
