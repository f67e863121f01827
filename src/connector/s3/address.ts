/** An object, or a folder of objects, in a bucket. */
export interface S3Place {
  readonly bucket: string;
  /** The key of the object; the prefix of a folder, which ends in a slash or is empty for the whole bucket. */
  readonly key: string;
}

const ADDRESS = /^s3:\/\/([^/]+)\/(.*)$/s;

/** The place that `s3://bucket/key` names, as people paste it; undefined for any other text. */
export function parseS3Address(text: string): S3Place | undefined {
  const [, bucket, key] = ADDRESS.exec(text) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

/** A place as people write it. */
export function s3AddressOf({ bucket, key }: S3Place): string {
  return `s3://${bucket}/${key}`;
}

/** Whether a place stands for every object below it, and not for one object. */
export function isS3Folder({ key }: S3Place): boolean {
  return key === '' || key.endsWith('/');
}
