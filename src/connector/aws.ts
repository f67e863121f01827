import { z } from 'zod';

import { secret, type SecretName } from './secret.js';
import type { ServiceContext } from './service.js';

/** Keys of AWS, as its SDKs take them. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where the keys of AWS are kept. */
export interface AwsKeySettings {
  readonly accessKeyId?: SecretName | undefined;
  readonly secretAccessKey?: SecretName | undefined;
  readonly sessionToken?: SecretName | undefined;
}

/** Settings of how a source proves itself to AWS, or to a service that speaks as AWS does. */
export const awsKeySettings = {
  accessKeyId: secret('the access key id').optional(),
  secretAccessKey: secret('the secret access key').optional(),
  sessionToken: secret('the session token of temporary credentials').optional(),
  profile: z.string().min(1).optional(),
};

/** Says of keys that do not go together which one is wrong, by its path in the settings. */
export function checkAwsKeys(
  settings: AwsKeySettings & { readonly profile?: string | undefined },
  wrong: (path: string, message: string) => void,
): void {
  const { accessKeyId, secretAccessKey, sessionToken, profile } = settings;
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
}

/** The keys that the settings name; undefined where the SDK looks for a profile or role of this machine. */
export async function awsKeys({
  settings: { accessKeyId, secretAccessKey, sessionToken },
  secret: read,
}: Pick<ServiceContext<AwsKeySettings>, 'settings' | 'secret'>): Promise<AwsKeys | undefined> {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return {
    accessKeyId: await read(accessKeyId),
    secretAccessKey: await read(secretAccessKey),
    ...(sessionToken === undefined ? {} : { sessionToken: await read(sessionToken) }),
  };
}
