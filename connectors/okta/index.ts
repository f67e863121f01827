import { eachPage } from '../../src/connector/paging.js';
import {
  defineApplications,
  type KnownApplication,
  type ReferenceBatch,
  type ReferenceEnd,
} from '../../src/connector/reference.js';
import { readRows } from '../../src/connector/values.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import { askApplications, SCOPE, type OktaContext } from './client.js';
import { oktaSettings, type OktaSettings } from './settings.js';
import { isSignedInTo, oktaApplication, toApplication } from './to-application.js';

const PERMISSIONS = [{ id: SCOPE, why: 'the applications that people sign in to through Okta', required: true }];

const GRANT = `An API Services application with
  Okta API Scopes: okta.apps.read
  Admin roles: Read-only Administrator
or an API token made by an account with the role Read-only Administrator.`;

/** Okta gives no more. */
const PAGE_ROWS = 200;
/** Small organisations may ask for applications a hundred times in a minute, all their tools together. */
const REQUEST_INTERVAL_MS = 1_000;

/** Applications that people sign in to through Okta. */
export default defineApplications<OktaSettings>({
  id: 'okta',
  title: 'Okta',
  settings: oktaSettings,
  version: 1,
  service: { permissions: PERMISSIONS, grant: GRANT, requestIntervalMs: REQUEST_INTERVAL_MS },
  async check(context) {
    const verdict = await verdictOf(permissionOf(PERMISSIONS, SCOPE), async () => {
      const { rows } = await askApplications(context, 'one application of Okta', { limit: 1 });
      return rows.length === 0 ? 'Okta has no applications yet' : 'applications can be read';
    });
    return [verdict];
  },
  pull,
});

async function* pull(context: OktaContext): AsyncGenerator<ReferenceBatch<KnownApplication>, ReferenceEnd> {
  const pages = eachPage('applications of Okta', context.sourceId, async (cursor, number) => {
    const what = `applications of Okta, page ${number}`;
    const { rows, next } = await askApplications(
      context,
      what,
      cursor === undefined ? { limit: PAGE_ROWS } : { link: cursor },
    );
    return { content: { what, rows }, rowCount: rows.length, next };
  });
  for await (const { what, rows } of pages) {
    const { rows: applications, rejected } = readRows(oktaApplication, rows, what);
    yield { items: applications.filter(isSignedInTo).map(toApplication), rejected };
  }
  return { remarks: [] };
}
