import type { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';

import { awsKeys, type AwsKeys } from '../../src/connector/aws.js';
import type { ServiceContext } from '../../src/connector/service.js';
import type { AwsCostExplorerSettings } from './settings.js';

export type Context = ServiceContext<AwsCostExplorerSettings>;

/** Both services have one address for the whole world, which signs for this region. */
const REGION = 'us-east-1';

/** Client of Cost Explorer, made once in a run. */
export function costExplorer(context: Context): Promise<CostExplorerClient> {
  return context.once('client of Cost Explorer', async () => {
    const sdk = await import('@aws-sdk/client-cost-explorer');
    return new sdk.CostExplorerClient(await configuration(context, context.settings.endpoint));
  });
}

/** Client of AWS Organizations, made once in a run. */
export function organizations(context: Context): Promise<OrganizationsClient> {
  return context.once('client of Organizations', async () => {
    const sdk = await import('@aws-sdk/client-organizations');
    return new sdk.OrganizationsClient(await configuration(context, context.settings.organizationsEndpoint));
  });
}

interface Configuration {
  readonly region: string;
  readonly maxAttempts: number;
  readonly endpoint?: string;
  readonly credentials?: AwsKeys;
  readonly profile?: string;
}

async function configuration(context: Context, endpoint: string | undefined): Promise<Configuration> {
  const { profile } = context.settings;
  const credentials = await awsKeys(context);
  return {
    region: REGION,
    // The runner repeats, and counts what each request costs: the SDK must send each once.
    maxAttempts: 1,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(profile === undefined ? {} : { profile }),
  };
}
