import {
  definePeople,
  type DirectoryPerson,
  type ReferenceBatch,
  type ReferenceEnd,
} from '../../src/connector/reference.js';
import type { Permission } from '../../src/connector/service.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import type { RejectedRow } from '../../src/core/batch.js';
import { csv } from './csv.js';
import { google, GOOGLE_SCOPE } from './google.js';
import { microsoft } from './microsoft.js';
import { sharedNameRemarks } from './names.js';
import type { DirectoryContext, DirectoryReader, PeoplePage } from './reader.js';
import { scim } from './scim.js';
import { directorySettings, fieldOf, type DirectorySettings, type Kind } from './settings.js';

const READERS: Readonly<Record<Kind, DirectoryReader>> = { scim, microsoft, google, csv };

/** Each source needs that of its `from`, and no other. */
const PERMISSIONS: readonly Permission[] = [
  { id: scim.permission, why: 'scim: people and their departments', required: true },
  { id: microsoft.permission, why: 'microsoft: people and their departments', required: true },
  { id: google.permission, why: 'google: people and their departments', required: true },
  { id: csv.permission, why: 'csv: the table of people in the workspace', required: true },
];

const GRANT = `from: scim       a token that may read users (GET /Users), and nothing else
from: microsoft  an app registration with the application permission User.Read.All of Microsoft Graph,
                 with admin consent; no delegated permission
from: google     a service account with domain-wide delegation for one scope:
                 ${GOOGLE_SCOPE}
                 and an administrator (adminEmail) with the privilege Users, Read
from: csv        nothing; the file must be readable`;

/** Directories state limits in hundreds or thousands of requests a minute; a page holds hundreds of people. */
const REQUEST_INTERVAL_MS = 100;

/** Who works in which department, from the company's directory or from a table with the history. */
export default definePeople<DirectorySettings>({
  id: 'directory',
  title: 'Directory of people',
  settings: directorySettings,
  version: 1,
  service: { permissions: PERMISSIONS, grant: GRANT, requestIntervalMs: REQUEST_INTERVAL_MS },
  async check(context) {
    const reader = READERS[context.settings.from];
    const permission = permissionOf(PERMISSIONS, reader.permission);
    return [await verdictOf(permission, async () => sampled(context, await reader.sample(context)))];
  },
  pull,
});

/** What a look at some people showed. */
function sampled({ settings }: DirectoryContext, { people, rejected }: PeoplePage): string {
  const all = new Set(people.map(({ id }) => id));
  const placed = new Set(people.filter(({ department }) => department !== '').map(({ id }) => id));
  const what = settings.from === 'csv' ? 'department' : fieldOf(settings);
  const unread = rejected.length === 0 ? '' : `; ${rejected.length} rows cannot be read`;
  return `${placed.size} of ${all.size} people read have a ${what}${unread}`;
}

async function* pull(context: DirectoryContext): AsyncGenerator<ReferenceBatch<DirectoryPerson>, ReferenceEnd> {
  const people: DirectoryPerson[] = [];
  const rejected: RejectedRow[] = [];
  const isStay = context.settings.from === 'csv';
  const known = new Set<string>();
  const pages = READERS[context.settings.from].read(context);
  for (;;) {
    context.signal.throwIfAborted();
    const step = await pages.next();
    if (step.done === true) {
      // Which names are shared shows only at the end.
      const shared = sharedNameRemarks(people);
      yield { items: people, rejected };
      return { remarks: [...step.value, ...shared, ...placeless(context, people)] };
    }
    rejected.push(...step.value.rejected);
    for (const person of step.value.people) {
      // The directory changes while it is read: somebody may come on two pages. The first is as good as the second.
      if (!isStay && known.has(person.id)) continue;
      known.add(person.id);
      people.push(person);
    }
    context.progress({ step: `reading people of ${context.sourceId}`, rows: people.length });
  }
}

function placeless({ settings }: DirectoryContext, people: readonly DirectoryPerson[]): string[] {
  if (people.length === 0) return ['The directory gave nobody at all.'];
  if (people.some(({ department }) => department !== '')) return [];
  if (settings.from === 'csv') return ['Nobody in the file has a department.'];
  return [`None of ${people.length} people has a ${fieldOf(settings)}: choose another \`field\`, or fill it in there.`];
}
