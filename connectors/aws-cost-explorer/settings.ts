import { z } from 'zod';

import { awsKeySettings, checkAwsKeys } from '../../src/connector/aws.js';
import { endpoint } from '../../src/connector/endpoint.js';

/** Months before the current one that Cost Explorer keeps for everybody, day by day. */
export const HISTORY_MONTHS = 13;
/** Months before the current one where multi-year data is switched on; by month alone. */
export const HISTORY_MONTHS_MAX = 38;

/** Keys of account tags that usually name an owner. Each can split a line, so tags that tell no owner are left out. */
export const ACCOUNT_TAGS: readonly string[] = [
  'business_unit',
  'BusinessUnit',
  'cost_center',
  'CostCenter',
  'cost-center',
  'costcenter',
  'department',
  'Department',
  'owner',
  'Owner',
  'project',
  'Project',
  'team',
  'Team',
];

const names = (what: string): z.ZodArray<z.ZodString> => z.array(z.string().min(1), { error: `list ${what}` });

/** Settings of an `aws-cost-explorer` source. */
export const awsCostExplorerSettings = z
  .strictObject({
    ...awsKeySettings,
    granularity: z.enum(['daily', 'monthly'], { error: 'write daily or monthly' }).default('daily'),
    historyMonths: z
      .int({ error: 'write a whole number of months' })
      .min(1, 'at least 1 month')
      .max(HISTORY_MONTHS_MAX, `Cost Explorer keeps ${HISTORY_MONTHS_MAX} months at most`)
      .default(HISTORY_MONTHS),
    ownerTag: z.string().min(1).optional(),
    ownerCostCategory: z.string().min(1).optional(),
    ownerValues: names('the values of the tag or cost category that get lines of their own').min(1).optional(),
    leaveOut: names('record types as AWS writes them, for example [Tax]').default([]),
    marketplacePublisher: z.enum(['seller', 'product'], { error: 'write seller or product' }).default('seller'),
    organizations: z.boolean({ error: 'write true or false' }).default(true),
    accountTags: names('the keys of account tags to keep, or [] for none').default([...ACCOUNT_TAGS]),
    endpoint: endpoint().optional(),
    organizationsEndpoint: endpoint().optional(),
  })
  .superRefine((settings, context) => {
    const wrong = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    checkAwsKeys(settings, wrong);
    if (settings.ownerTag !== undefined && settings.ownerCostCategory !== undefined) {
      wrong('ownerCostCategory', 'write either ownerTag or ownerCostCategory: money is split by one of them');
    }
    if (settings.ownerValues !== undefined && ownerOf(settings) === undefined) {
      wrong('ownerValues', 'these are values of ownerTag or ownerCostCategory; write one of them as well');
    }
    if (settings.historyMonths > HISTORY_MONTHS && settings.granularity === 'daily') {
      wrong('historyMonths', `days are kept for ${HISTORY_MONTHS} months; for more write granularity: monthly`);
    }
  });

export type AwsCostExplorerSettings = z.infer<typeof awsCostExplorerSettings>;

/** What money is split by to tell who owns it. */
export interface OwnerKey {
  readonly type: 'TAG' | 'COST_CATEGORY';
  readonly key: string;
}

/** The owner key of the settings; undefined where there is none. */
export function ownerOf(settings: {
  readonly ownerTag?: string | undefined;
  readonly ownerCostCategory?: string | undefined;
}): OwnerKey | undefined {
  if (settings.ownerTag !== undefined) return { type: 'TAG', key: settings.ownerTag };
  return settings.ownerCostCategory === undefined
    ? undefined
    : { type: 'COST_CATEGORY', key: settings.ownerCostCategory };
}
