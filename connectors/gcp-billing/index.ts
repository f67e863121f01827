import { defineService } from '../../src/connector/service.js';
import { check, GRANT, PERMISSIONS } from './check.js';
import { problemOf } from './problems.js';
import { plan, pull } from './pull.js';
import { gcpBillingSettings, type GcpBillingSettings } from './settings.js';
import { TIME_ZONE } from './views.js';

/** BigQuery takes a hundred requests a second of one user; a cautious pace. */
const REQUEST_INTERVAL_MS = 100;
/**
 * The invoice is written by the fifth working day after the month, usage may be reported late until then, and corrections
 * of it stand on the invoice after. Google says of none of this in the data.
 */
const RESTATEMENT_DAYS = 35;
/** Google deletes rows of its FOCUS table after two years. */
const FOCUS_MONTHS_MAX = 23;
/** The other exports keep all that came in since they were switched on. */
const MONTHS_MAX = 1_200;

/** The bill of a Google Cloud billing account, from its export to BigQuery. */
export default defineService<GcpBillingSettings>({
  id: 'gcp-billing',
  title: 'Google Cloud Billing',
  kind: 'bill',
  settings: gcpBillingSettings,
  version: 1,
  service: {
    permissions: PERMISSIONS,
    grant: GRANT,
    requestIntervalMs: REQUEST_INTERVAL_MS,
    // Queries alone cost money, each by what it reads.
    requestPrice: { micros: 0n, currency: 'USD' },
  },
  history: { grain: 'day', timeZone: TIME_ZONE, restatementDays: RESTATEMENT_DAYS },
  monthsMax: (settings) => (settings.export === 'focus' ? FOCUS_MONTHS_MAX : MONTHS_MAX),
  problemOf,
  check,
  plan,
  pull,
});
