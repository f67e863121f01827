import { latestMonths } from '../../src/connector/focus/each-month.js';
import { defineService, type Permission, type Verdict } from '../../src/connector/service.js';
import { verdictOf } from '../../src/connector/verdict.js';
import { SourceError } from '../../src/core/errors.js';
import { addressOf } from './addresses.js';
import { lookAt, problemOf, type Context } from './client.js';
import { pull } from './pull.js';
import { focusHttpSettings, HISTORY_MONTHS_MAX, type FocusHttpSettings } from './settings.js';

const READ: Permission = { id: 'read the files', why: 'fetches the files of the bill', required: true };
const GRANT = 'The right to read billing files (cost and usage in the FOCUS format), and no other.';
/** Servers of files mind no few requests; a large file takes long by itself. */
const REQUEST_INTERVAL_MS = 500;
const REQUEST_TIMEOUT_MS = 30 * 60_000;
const RESTATEMENT_DAYS = 35;

/** The bill of any vendor that offers FOCUS files over HTTPS. */
export default defineService<FocusHttpSettings>({
  id: 'focus-http',
  title: 'FOCUS files over HTTPS',
  kind: 'bill',
  settings: focusHttpSettings,
  version: 1,
  service: {
    permissions: [READ],
    grant: GRANT,
    requestIntervalMs: REQUEST_INTERVAL_MS,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  },
  history: { grain: 'month', timeZone: 'UTC', restatementDays: RESTATEMENT_DAYS },
  monthsMax: ({ historyMonths = HISTORY_MONTHS_MAX }) => historyMonths,
  problemOf,
  check: async (context) => [await check(context)],
  pull,
});

/** Looks at the first bytes of each file of the current month, or of the month before where that has none yet. */
function check(context: Context): Promise<Verdict> {
  return verdictOf(READ, async () => {
    const missing: string[] = [];
    for (const month of latestMonths(context.now())) {
      const found: string[] = [];
      for (const template of context.settings.urls) {
        const url = addressOf(template, month);
        const content = await lookAt(context, url);
        if (content === undefined) missing.push(url);
        else found.push(content);
      }
      if (found.length > 0) return `${month}: ${found.join(', ')}`;
    }
    throw new SourceError({
      place: { source: context.sourceId, key: 'urls' },
      message: `the service has no file at ${missing[0] ?? ''}`,
      hint: 'Compare `urls` with what the vendor documents, and try the address in a browser.',
    });
  });
}
