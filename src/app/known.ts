import { fingerprint } from '../core/ids.js';
import { addMonths, type Month } from '../core/period.js';
import type { StoredApplication, StoredStay } from '../ledger/references.js';
import { makeBook, type OwnershipBook } from '../ownership/book.js';
import type { PersonEntry, SanctionedEntry } from '../ownership/entries.js';
import { foldText } from '../ownership/fold.js';
import type { Session } from './session.js';

/** What directories and sign-in services gave, read once for each state of it. */
const books = new WeakMap<OwnershipBook, { readonly state: string; readonly book: OwnershipBook }>();

/**
 * What people said about ownership, together with what the workspace's directories say of people, and its sign-in services
 * of the applications that IT knows. The workspace's own files are stronger: a person named there is decided there.
 */
export async function ownershipBook(session: Session): Promise<OwnershipBook> {
  const own = session.workspace.ownership;
  const [stays, applications] = await Promise.all([
    session.ledger.services.stays(),
    session.ledger.services.applications(),
  ]);
  if (stays.length + applications.length === 0) return own;
  const state = fingerprint([JSON.stringify(stays), JSON.stringify(applications)]);
  const known = books.get(own);
  if (known?.state === state) return known.book;
  const { entries } = own;
  const book = makeBook({
    functions: own.functions,
    rules: own.rules,
    entries: {
      ...entries,
      people: [...entries.people, ...directoryPeople(stays, entries.people)],
      sanctioned: [...entries.sanctioned, ...applications.flatMap((entry) => sanctionedBy(entry, session))],
    },
  });
  books.set(own, { state, book });
  return book;
}

/** People by each spelling of their name; a spelling that two of them share is nobody's. */
function directoryPeople(stays: readonly StoredStay[], own: readonly PersonEntry[]): PersonEntry[] {
  const taken = new Set(own.map(({ person }) => foldText(person)));
  const owners = new Map<string, Set<string>>();
  for (const { source = '', person, names } of stays) {
    for (const name of names) {
      const folded = foldText(name);
      owners.set(folded, (owners.get(folded) ?? new Set()).add(JSON.stringify([source, person])));
    }
  }
  return stays.flatMap((stay) =>
    stay.names
      .filter((name) => !taken.has(foldText(name)) && owners.get(foldText(name))?.size === 1 && stay.department !== '')
      .map((name) => ({
        person: name,
        department: stay.department,
        shares: [],
        note: 'from the directory',
        place: {},
        from: stay.validFrom === '' ? undefined : (stay.validFrom as Month),
        to: stay.validTo === '' ? undefined : addMonths(stay.validTo as Month, 1),
      })),
  );
}

/** An application that IT knows, by the vendor that the catalogue knows it as, else by its own name, and by its domain. */
function sanctionedBy(application: StoredApplication, { knowledge }: Session): SanctionedEntry[] {
  if (!application.isActive) return [];
  const { name, domain, firstSeen } = application;
  const note = `people sign in to ${name} through the company's directory, seen since ${firstSeen}`;
  const vendor = knowledge.lookUpVendor(name)?.vendorId ?? name;
  return [{ vendor, domain: '', note, place: {} }, ...(domain === '' ? [] : [{ vendor: '', domain, note, place: {} }])];
}
