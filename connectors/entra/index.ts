import {
  defineApplications,
  type KnownApplication,
  type ReferenceBatch,
  type ReferenceEnd,
} from '../../src/connector/reference.js';
import type { Permission } from '../../src/connector/service.js';
import { readRows } from '../../src/connector/values.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import { APPLICATIONS, CONSENTS, pagesOf, sampleOf, type EntraContext } from './client.js';
import { entraSettings, type EntraSettings } from './settings.js';
import {
  addGrants,
  permissionGrant,
  servicePrincipal,
  standingOf,
  toApplication,
  type Consent,
} from './to-application.js';

const PERMISSIONS: readonly Permission[] = [
  { id: APPLICATIONS.permission, why: 'the applications that are in the directory', required: true },
  {
    id: CONSENTS.permission,
    why: 'who consented to each: an administrator for everybody, or single people; not needed with `consentedByUsers: true`',
    required: true,
  },
];

/** Ids of Microsoft Graph and of the two permissions there, the same in every directory. */
const GRANT = `az ad app permission add --id APPLICATION_ID --api 00000003-0000-0000-c000-000000000000 --api-permissions \\
  9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30=Role \\
  81b4724a-58aa-41c1-8a55-84ef97466587=Role
az ad app permission admin-consent --id APPLICATION_ID`;

/** Graph counts requests by the ten seconds, and states no number that one reader would reach. */
const REQUEST_INTERVAL_MS = 200;
/** Applications that a remark names. */
const NAMES_SHOWN_MAX = 10;

/** Applications that people sign in to through Microsoft Entra ID. */
export default defineApplications<EntraSettings>({
  id: 'entra',
  title: 'Microsoft Entra ID',
  settings: entraSettings,
  version: 1,
  service: { permissions: PERMISSIONS, grant: GRANT, requestIntervalMs: REQUEST_INTERVAL_MS },
  async check(context) {
    return [
      await verdictOf(permissionOf(PERMISSIONS, APPLICATIONS.permission), async () => {
        await sampleOf(context, APPLICATIONS);
        return 'applications can be read';
      }),
      await verdictOf(permissionOf(PERMISSIONS, CONSENTS.permission), async () => {
        if (context.settings.consentedByUsers) return 'not asked for';
        await sampleOf(context, CONSENTS);
        return 'consents can be read';
      }),
    ];
  },
  pull,
});

async function* pull(context: EntraContext): AsyncGenerator<ReferenceBatch<KnownApplication>, ReferenceEnd> {
  const { settings } = context;
  const consents = new Map<string, Consent>();
  if (!settings.consentedByUsers) {
    for await (const { what, rows } of pagesOf(context, CONSENTS)) {
      const { rows: grants, rejected } = readRows(permissionGrant, rows, what);
      addGrants(consents, grants);
      if (rejected.length > 0) yield { items: [], rejected };
    }
  }
  const personal: string[] = [];
  for await (const { what, rows } of pagesOf(context, APPLICATIONS)) {
    const { rows: principals, rejected } = readRows(servicePrincipal, rows, what);
    const items: KnownApplication[] = [];
    for (const principal of principals) {
      const standing = standingOf(principal, consents.get(principal.id), settings);
      if (standing === 'known') items.push(toApplication(principal));
      else if (standing === 'personal') personal.push(principal.displayName);
    }
    yield { items, rejected };
  }
  return { remarks: remarksOn(personal) };
}

function remarksOn(personal: readonly string[]): string[] {
  if (personal.length === 0) return [];
  const names = [...personal].sort();
  const shown = names.slice(0, NAMES_SHOWN_MAX).map((name) => `"${name}"`);
  const others = names.length > NAMES_SHOWN_MAX ? ` and ${names.length - NAMES_SHOWN_MAX} more` : '';
  const counted = names.length === 1 ? '1 application is' : `${names.length} applications are`;
  return [
    `${counted} not counted as known to IT, because only single people consented, each for themselves: ${shown.join(', ')}${others}.`,
  ];
}
