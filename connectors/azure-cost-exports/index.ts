import { defineService } from '../../src/connector/service.js';
import { check, GRANT, READ } from './check.js';
import { pull } from './pull.js';
import { azureCostExportsSettings, type AzureCostExportsSettings } from './settings.js';

/** Refunds and late charges of the marketplace come for some weeks after the invoice. */
const RESTATEMENT_DAYS = 35;

/** The bill of an Azure scope from its FOCUS exports in Blob storage. */
export default defineService<AzureCostExportsSettings>({
  id: 'azure-cost-exports',
  title: 'Azure Cost Management exports (FOCUS)',
  kind: 'bill',
  settings: azureCostExportsSettings,
  version: 1,
  // A storage account takes thousands of requests a second; a run sends a few.
  service: { permissions: [READ], grant: GRANT, requestIntervalMs: 0 },
  history: { grain: 'month', timeZone: 'UTC', restatementDays: RESTATEMENT_DAYS },
  check,
  pull,
});
