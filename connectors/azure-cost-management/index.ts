import { defineService, type Verdict } from '../../src/connector/service.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import { dayIn } from '../../src/connector/values.js';
import { addDays } from '../../src/core/date.js';
import { SourceError } from '../../src/core/errors.js';
import type { AzureContext } from './client.js';
import { dimensionsOf, typesOf } from './parts.js';
import { pull, TIME_ZONE } from './pull.js';
import { allRows } from './query.js';
import { azureSettings, type AzureSettings } from './settings.js';

const PERMISSIONS = [
  {
    id: 'Microsoft.CostManagement/query/read',
    why: 'the charges of the scope, day by day, as billed and as used',
    required: true,
  },
  {
    id: 'Microsoft.CostManagement/dimensions/read',
    why: 'which dimension tells the products of the marketplace apart; not needed where `marketplaceDimension` is set',
    required: true,
  },
];

/** The role that holds both permissions, as commands to paste. */
const GRANT = `az ad app create --display-name spendshift
az ad sp create --id APPLICATION_ID
az role assignment create --assignee APPLICATION_ID --role "Cost Management Reader" --scope /subscriptions/SUBSCRIPTION_ID
az ad app credential reset --id APPLICATION_ID --display-name spendshift --years 1 --query password --output tsv`;

/** Days back that a check asks for: charges come in up to a day late. */
const CHECKED_DAYS_BACK = 2;
/** A scope answers some four requests in a minute; its quota headers say when more wait is needed. */
const REQUEST_INTERVAL_MS = 5_000;

/** Charges of Azure and its marketplace, by day, subscription and service, from Cost Management. */
export default defineService<AzureSettings>({
  id: 'azure-cost-management',
  title: 'Azure Cost Management',
  kind: 'bill',
  settings: azureSettings,
  version: 1,
  service: { permissions: PERMISSIONS, grant: GRANT, requestIntervalMs: REQUEST_INTERVAL_MS },
  history: { grain: 'day', timeZone: TIME_ZONE, restatementDays: 10, monthsMax: 13 },
  check,
  pull,
});

async function check(context: AzureContext): Promise<readonly Verdict[]> {
  const day = addDays(dayIn(TIME_ZONE, context.now()), -CHECKED_DAYS_BACK);
  return [
    await verdictOf(permissionOf(PERMISSIONS, 'Microsoft.CostManagement/query/read'), async () => {
      const currencies = new Set<string>();
      for (const type of typesOf(context)) {
        const span = { from: day, to: day };
        const query = { type, span, daily: false, groups: [], filters: [], about: 'in total' };
        for (const { currency } of await allRows(context, query)) currencies.add(currency);
      }
      return currencies.size === 0
        ? `no charges on ${day}`
        : `charges in ${[...currencies].sort().join(', ')} on ${day}`;
    }),
    await verdictOf(permissionOf(PERMISSIONS, 'Microsoft.CostManagement/dimensions/read'), async () => {
      const { marketplaceDimension, costCenterDimension } = context.settings;
      if (marketplaceDimension !== undefined && costCenterDimension === undefined) return 'not asked for';
      const names = await dimensionsOf(context);
      const wanted = [marketplaceDimension, costCenterDimension].filter((name) => name !== undefined);
      const missing = wanted.filter((name) => !names.some((known) => known.toLowerCase() === name.toLowerCase()));
      if (missing.length === 0) return `${names.length} dimensions`;
      const message = `this scope has no dimension ${missing.join(', ')}`;
      const hint = `Set \`marketplaceDimension\` or \`costCenterDimension\` to one that it has, or leave them out: ${names.join(', ')}.`;
      throw new SourceError({ place: { source: context.sourceId }, message, hint });
    }),
  ];
}
