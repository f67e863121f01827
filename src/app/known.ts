import { fingerprint } from '../core/ids.js';
import type { StoredApplication } from '../ledger/references.js';
import { makeBook, type OwnershipBook } from '../ownership/book.js';
import type { SanctionedEntry } from '../ownership/entries.js';
import { contradictionRemarks, directoryPeople } from './directories.js';
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
      people: [...entries.people, ...directoryPeople(stays, entries.people).entries],
      sanctioned: [...entries.sanctioned, ...applications.flatMap((entry) => sanctionedBy(entry, session))],
    },
  });
  books.set(own, { state, book });
  return book;
}

/** What is to be said of a directory beside what it said itself: where another one contradicts it. */
export async function directoryRemarks({ ledger, workspace }: Session, source: string): Promise<string[]> {
  const { contradictions } = directoryPeople(await ledger.services.stays(), workspace.ownership.entries.people);
  return contradictionRemarks(contradictions, source);
}

/** An application that IT knows, by the vendor that the catalogue knows it as, else by its own name, and by its domain. */
function sanctionedBy(application: StoredApplication, { knowledge }: Session): SanctionedEntry[] {
  if (!application.isActive) return [];
  const { name, domain, firstSeen } = application;
  const note = `people sign in to ${name} through the company's directory, seen since ${firstSeen}`;
  const vendor = knowledge.lookUpVendor(name)?.vendorId ?? name;
  return [{ vendor, domain: '', note, place: {} }, ...(domain === '' ? [] : [{ vendor: '', domain, note, place: {} }])];
}
