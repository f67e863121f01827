import type { SecretName } from './secret.js';
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

/** The keys that the settings name; undefined where the SDK looks for a profile or role of this machine. */
export async function awsKeys({
  settings: { accessKeyId, secretAccessKey, sessionToken },
  secret,
}: Pick<ServiceContext<AwsKeySettings>, 'settings' | 'secret'>): Promise<AwsKeys | undefined> {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return {
    accessKeyId: await secret(accessKeyId),
    secretAccessKey: await secret(secretAccessKey),
    ...(sessionToken === undefined ? {} : { sessionToken: await secret(sessionToken) }),
  };
}
