/** Permissions of S3, as AWS calls them. */
export const GET_OBJECT = 's3:GetObject';
export const LIST_BUCKET = 's3:ListBucket';

/**
 * The IAM policy that lets a source read, and list what is there, in the folder `finops` of the bucket `example-billing`.
 *
 * @param sid how the first statement is called
 */
export function s3Grant(sid: string): string {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: sid,
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
  };
  return JSON.stringify(policy, null, 2);
}
