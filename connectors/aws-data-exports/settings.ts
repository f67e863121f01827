import { z } from 'zod';

import { focusRules } from '../../src/connector/focus/settings.js';
import { checkS3Settings, DEFAULT_REGION, s3Settings } from '../../src/connector/s3/settings.js';

/** Names of buckets as AWS allows them. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Settings of an `aws-data-exports` source. */
export const awsDataExportsSettings = z
  .strictObject({
    bucket: z.string().regex(BUCKET, 'write the name of the bucket alone, without s3:// and without a path'),
    prefix: z
      .string()
      .refine((text) => !text.includes('://') && !text.split('/').includes('..'), 'write the path inside the bucket')
      .transform((text) => text.replace(/^\/+|\/+$/g, ''))
      .default(''),
    exportName: z.string().regex(/^[^/]+$/, 'write the name of the export, without slashes'),
    ...s3Settings,
    region: s3Settings.region.default(DEFAULT_REGION),
    tags: focusRules.tags,
    rejectedShareMax: focusRules.rejectedShareMax,
  })
  .superRefine((settings, context) => {
    checkS3Settings(settings, (path, message) => {
      context.addIssue({ code: 'custom', path: [path], message });
    });
  });

export type AwsDataExportsSettings = z.infer<typeof awsDataExportsSettings>;
