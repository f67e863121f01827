import type { KnownApplication } from '../../src/connector/reference.js';
import type { GoogleSettings } from './settings.js';
import type { SeenApplication } from './tally.js';

/** What IT knows, and what it does not. */
export interface Sorted {
  readonly known: readonly KnownApplication[];
  /** Applications that people gave access and nobody at IT has spoken for. */
  readonly onlySeen: readonly SeenApplication[];
  /** Client ids of `trusted` that were not seen, so that nobody knows their names. */
  readonly unseenIds: readonly string[];
}

/** How client ids of Google look. */
const CLIENT_ID = /^[\w-]+\.apps\.googleusercontent\.com$|^\d+$/;

/**
 * Sorts what was seen. Known are the applications that an administrator set up for sign-in by SAML, those that the source's
 * settings trust, and all others too where the settings say so.
 */
export function sorted(
  signedInTo: readonly SeenApplication[],
  authorised: readonly SeenApplication[],
  { countAs, trusted }: Pick<GoogleSettings, 'countAs' | 'trusted'>,
): Sorted {
  const ids = new Set(trusted.filter((entry) => CLIENT_ID.test(entry)));
  const names = new Map(trusted.filter((entry) => !ids.has(entry)).map((name) => [folded(name), name]));
  const known = signedInTo.map(({ id, name }) => application(`saml:${id}`, name));
  const onlySeen: SeenApplication[] = [];
  for (const seen of authorised) {
    // Those that are trusted by name stand there by their name, seen or not.
    if (names.has(folded(seen.name))) continue;
    if (ids.has(seen.id) || countAs === 'known') known.push(application(seen.id, seen.name));
    else onlySeen.push(seen);
  }
  for (const [key, name] of names) known.push(application(`trusted:${key}`, name));
  const seenIds = new Set(authorised.map(({ id }) => id));
  return { known, onlySeen, unseenIds: [...ids].filter((id) => !seenIds.has(id)) };
}

function application(id: string, name: string): KnownApplication {
  // The log says of no application who makes it or where it is.
  return { id, name, publisher: '', domain: '', isActive: true };
}

function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
