import type { z } from 'zod';

import {
  defineApplications,
  type KnownApplication,
  type ReferenceBatch,
  type ReferenceEnd,
} from '../../src/connector/reference.js';
import { readRows } from '../../src/connector/values.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import {
  AUTHORISATIONS,
  eventPages,
  sampleOf,
  SIGN_INS,
  type EventList,
  SCOPE,
  type GoogleContext,
} from './reports.js';
import { googleSettings, HISTORY_DAYS_MAX, type GoogleSettings } from './settings.js';
import { authorisation, signIn, Tally, type SeenApplication, type Use } from './tally.js';
import { sorted } from './to-application.js';

const PERMISSIONS = [
  { id: SCOPE, why: 'the audit log: who signed in to what by SAML, and who gave what access', required: true },
];

const GRANT = `Domain-wide delegation to the service account's client id, with the scope
  ${SCOPE}
and an administrator to act for, with the privilege Reports.`;

/** Google takes some two thousand requests in a minute of one administrator. */
const REQUEST_INTERVAL_MS = 100;
/** Applications that a remark names. */
const NAMES_SHOWN_MAX = 10;

/** Applications that people sign in to through Google Workspace. */
export default defineApplications<GoogleSettings>({
  id: 'google-workspace',
  title: 'Google Workspace',
  settings: googleSettings,
  version: 1,
  service: { permissions: PERMISSIONS, grant: GRANT, requestIntervalMs: REQUEST_INTERVAL_MS },
  async check(context) {
    const verdict = await verdictOf(permissionOf(PERMISSIONS, SCOPE), async () => {
      const events = await sampleOf(context, SIGN_INS);
      return events.length === 0
        ? 'the audit log can be read; nobody has signed in to anything by SAML'
        : 'the audit log can be read';
    });
    return [verdict];
  },
  pull,
});

async function* pull(context: GoogleContext): AsyncGenerator<ReferenceBatch<KnownApplication>, ReferenceEnd> {
  const { settings } = context;
  const signIns = yield* tallied(context, SIGN_INS, settings.signInDays, signIn);
  const authorisations = yield* tallied(context, AUTHORISATIONS, HISTORY_DAYS_MAX, authorisation);
  const { known, onlySeen, unseenIds } = sorted(signIns, authorisations, settings);
  yield { items: known };
  return { remarks: [...seenRemarks(onlySeen), ...unseenRemarks(unseenIds)] };
}

/** Reads a kind of event to its end; entries that cannot be read are handed on page by page. */
async function* tallied(
  context: GoogleContext,
  list: EventList,
  days: number,
  schema: z.ZodType<readonly Use[]>,
): AsyncGenerator<ReferenceBatch<KnownApplication>, readonly SeenApplication[]> {
  const tally = new Tally();
  for await (const { what, rows } of eventPages(context, list, days)) {
    const { rows: uses, rejected } = readRows(schema, rows, what);
    for (const use of uses.flat()) tally.add(use);
    yield { items: [], rejected };
  }
  return tally.applications();
}

function seenRemarks(onlySeen: readonly SeenApplication[]): string[] {
  if (onlySeen.length === 0) return [];
  const mostUsed = [...onlySeen].sort(
    (left, right) => right.personCount - left.personCount || (left.name < right.name ? -1 : 1),
  );
  const shown = mostUsed
    .slice(0, NAMES_SHOWN_MAX)
    .map(({ name, personCount }) => `"${name}" (${personCount === 1 ? '1 person' : `${personCount} people`})`);
  const others = mostUsed.length > NAMES_SHOWN_MAX ? ` and ${mostUsed.length - NAMES_SHOWN_MAX} more` : '';
  const counted = mostUsed.length === 1 ? '1 application was' : `${mostUsed.length} applications were`;
  return [
    `${counted} given access by people themselves in the last ${HISTORY_DAYS_MAX} days and not counted as known to IT: ${shown.join(', ')}${others}. Name in \`trusted\` what IT has looked at.`,
  ];
}

function unseenRemarks(ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  return [
    `Nobody gave access in the last ${HISTORY_DAYS_MAX} days to ${ids.join(', ')} of \`trusted\`, so Google does not say what that is: write the name of the application instead.`,
  ];
}
