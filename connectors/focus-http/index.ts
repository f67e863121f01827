import { defineService } from '../../src/connector/service.js';
import { check, GRANT, PERMISSIONS } from './check.js';
import { problemOf } from './client.js';
import { pull } from './pull.js';
import { focusHttpSettings, HISTORY_MONTHS_MAX, type FocusHttpSettings } from './settings.js';

/** Servers of files mind no few requests; a large file takes long by itself. */
const REQUEST_INTERVAL_MS = 500;
const REQUEST_TIMEOUT_MS = 30 * 60_000;
const RESTATEMENT_DAYS = 35;

/** The bill of any vendor that offers FOCUS files over HTTPS or in object storage. */
export default defineService<FocusHttpSettings>({
  id: 'focus-http',
  title: 'FOCUS files over HTTPS or in object storage',
  kind: 'bill',
  settings: focusHttpSettings,
  version: 1,
  service: {
    permissions: PERMISSIONS,
    grant: GRANT,
    requestIntervalMs: REQUEST_INTERVAL_MS,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  },
  history: { grain: 'month', timeZone: 'UTC', restatementDays: RESTATEMENT_DAYS },
  monthsMax: ({ historyMonths = HISTORY_MONTHS_MAX }) => historyMonths,
  problemOf,
  check,
  pull,
});
