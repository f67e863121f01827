import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { focusRules } from '../../src/connector/focus/settings.js';
import { secret } from '../../src/connector/secret.js';

/** Names of buckets as AWS allows them. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/;

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
    region: z.string().regex(REGION, 'write the region of the bucket, for example eu-central-1').default('us-east-1'),
    accessKeyId: secret('the access key id').optional(),
    secretAccessKey: secret('the secret access key').optional(),
    sessionToken: secret('the session token of temporary credentials').optional(),
    profile: z.string().min(1).optional(),
    tags: focusRules.tags,
    rejectedShareMax: focusRules.rejectedShareMax,
    endpoint: endpoint().optional(),
  })
  .superRefine(({ accessKeyId, secretAccessKey, sessionToken, profile }, context) => {
    const wrong = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if (accessKeyId !== undefined && secretAccessKey === undefined) {
      wrong('secretAccessKey', 'an access key id needs its secret access key; name where it is kept');
    }
    if (accessKeyId === undefined && secretAccessKey !== undefined) {
      wrong('accessKeyId', 'a secret access key needs its access key id; name where it is kept');
    }
    if (sessionToken !== undefined && accessKeyId === undefined) {
      wrong('accessKeyId', 'a session token belongs to an access key id and a secret access key; name all three');
    }
    if (profile !== undefined && accessKeyId !== undefined) {
      wrong('profile', 'write either a profile or access keys, not both');
    }
  });

export type AwsDataExportsSettings = z.infer<typeof awsDataExportsSettings>;
