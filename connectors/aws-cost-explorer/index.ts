import { defineService } from '../../src/connector/service.js';
import { check, GRANT, PERMISSIONS } from './check.js';
import { problemOf } from './problems.js';
import { pull } from './pull.js';
import { awsCostExplorerSettings, type AwsCostExplorerSettings } from './settings.js';
import { certainRequests } from './views.js';

/** What AWS takes for a request; each page is one. */
const REQUEST_PRICE_MICROS = 10_000n;
/** AWS states no rate for Cost Explorer: a cautious pace, and long waits where it refuses for haste. */
const REQUEST_INTERVAL_MS = 500;
/** AWS changes a bill for two weeks after the month, and grants credits and refunds later than that. */
const RESTATEMENT_DAYS = 35;

/** The bill of an AWS organisation or account from Cost Explorer: account by service, record types apart. */
export default defineService<AwsCostExplorerSettings>({
  id: 'aws-cost-explorer',
  title: 'AWS Cost Explorer',
  kind: 'bill',
  settings: awsCostExplorerSettings,
  version: 1,
  service: {
    permissions: PERMISSIONS,
    grant: GRANT,
    requestIntervalMs: REQUEST_INTERVAL_MS,
    requestPrice: { micros: REQUEST_PRICE_MICROS, currency: 'USD' },
  },
  history: {
    // By month alone where `granularity` says so: windows must not cut a month.
    grain: 'month',
    timeZone: 'UTC',
    restatementDays: RESTATEMENT_DAYS,
  },
  monthsMax: ({ historyMonths }) => historyMonths,
  problemOf,
  check,
  plan: ({ settings }) =>
    Promise.resolve(
      certainRequests(settings).map(({ what, count }) => ({
        what: `GetCostAndUsage: ${what}`,
        count,
        priceMicros: BigInt(count) * REQUEST_PRICE_MICROS,
      })),
    ),
  pull,
});
