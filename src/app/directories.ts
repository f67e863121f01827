import { groupBy } from '../core/group.js';
import { addMonths, type Month } from '../core/period.js';
import type { StoredStay } from '../ledger/references.js';
import type { PersonEntry, Validity } from '../ownership/entries.js';
import { foldText } from '../ownership/fold.js';
import { overlaps } from '../ownership/validity.js';

/** Contradictions that a remark shows. */
const SHOWN_MAX = 5;

/** What the directories of a workspace say of people, by each spelling of their names. */
export interface DirectoryPeople {
  readonly entries: readonly PersonEntry[];
  readonly contradictions: readonly Contradiction[];
}

/** Directories that have somebody in different departments in the same month. */
export interface Contradiction {
  /** The spelling to show. */
  readonly name: string;
  /** Department by directory, in the latest months in which they differ. */
  readonly departments: ReadonlyMap<string, string>;
}

interface Stay extends Validity {
  readonly source: string;
  /** Tells the people of all directories apart. */
  readonly owner: string;
  readonly department: string;
  /** E-mail addresses of the person, folded. */
  readonly addresses: readonly string[];
}

/** A spelling of a name, with the stays of all who have it. */
interface Spelling {
  readonly name: string;
  readonly stays: Stay[];
}

/**
 * The people of all directories by each spelling of their names. A spelling that two people of one directory share is
 * nobody's. Where several directories have it, each month belongs to the department on which they agree, and to nobody
 * where they contradict each other. Whom the workspace's own files name is decided there.
 */
export function directoryPeople(stored: readonly StoredStay[], own: readonly PersonEntry[]): DirectoryPeople {
  const entries: PersonEntry[] = [];
  const contradictions = new Map<string, Contradiction>();
  for (const { name, stays } of spellingsOf(stored, new Set(own.map(({ person }) => foldText(person))))) {
    const owners = new Set(stays.map(({ owner }) => owner));
    if (owners.size > new Set(stays.map(({ source }) => source)).size) continue;
    const { agreed, differing } = owners.size === 1 ? { agreed: stays, differing: [] } : agreement(stays);
    entries.push(...agreed.filter(({ department }) => department !== '').map((stay) => entryOf(name, stay)));
    if (differing.length === 0) continue;
    // One person has many spellings: a name is shown before an address.
    const key = [...owners].join(' ');
    const shown = contradictions.get(key)?.name ?? name;
    const departments = new Map(differing.map(({ source, department }) => [source, department]));
    contradictions.set(key, { name: shown.includes('@') ? name : shown, departments });
  }
  return { entries, contradictions: [...contradictions.values()] };
}

/** A sentence on the contradictions in which a directory has a part. */
export function contradictionRemarks(contradictions: readonly Contradiction[], source: string): string[] {
  const own = contradictions.filter(({ departments }) => departments.has(source));
  if (own.length === 0) return [];
  const shown = own.slice(0, SHOWN_MAX).map(({ name, departments }) => {
    const told = [...departments].map(([directory, department]) => `${directory}: ${department}`);
    return `"${name}" (${told.join('; ')})`;
  });
  const others = own.length > SHOWN_MAX ? ` and ${own.length - SHOWN_MAX} more` : '';
  const people = own.length === 1 ? '1 person' : `${own.length} people`;
  return [
    `Directories contradict each other about ${people}, whose charges find no department for it: ${shown.join(', ')}${others}. Correct one of them, or name the person in the file that \`ownership: people\` names.`,
  ];
}

function spellingsOf(stored: readonly StoredStay[], taken: ReadonlySet<string>): Iterable<Spelling> {
  const spellings = new Map<string, Spelling>();
  for (const { source = '', person, department, names, validFrom, validTo } of stored) {
    const folded = new Map(names.map((name) => [foldText(name), name]));
    const stay = {
      source,
      owner: JSON.stringify([source, person]),
      department,
      addresses: [...folded.keys()].filter((name) => name.includes('@')),
      from: validFrom === '' ? undefined : (validFrom as Month),
      to: validTo === '' ? undefined : addMonths(validTo as Month, 1),
    };
    for (const [key, name] of folded) {
      if (taken.has(key)) continue;
      const known = spellings.get(key);
      if (known === undefined) spellings.set(key, { name, stays: [stay] });
      else known.stays.push(stay);
    }
  }
  return spellings.values();
}

interface Agreement {
  readonly agreed: readonly (Validity & Pick<Stay, 'department'>)[];
  /** The stays of the latest months in which the directories name different departments. */
  readonly differing: readonly Stay[];
}

/**
 * What several directories say of a spelling, span by span. They may mean two people: only of one person the directory
 * that knows the past is believed about it, and one that names no department leaves it to the others.
 */
function agreement(stays: readonly Stay[]): Agreement {
  const spans = spansOf(stays).map((span) => ({ ...span, holding: stays.filter((stay) => overlaps(stay, span)) }));
  const isOne = shareAddress(stays) || areTogether(stays, spans.at(-1)?.holding ?? []);
  const agreed: (Validity & Pick<Stay, 'department'>)[] = [];
  let differing: readonly Stay[] = [];
  for (const { from, to, holding } of spans) {
    const told = isOne ? withoutGuesses(holding) : holding;
    const named = told.filter(({ department }) => department !== '');
    const count = departmentsOf(named).size;
    if (count > 1) differing = named;
    else if (count === 1 && (isOne || named.length === told.length)) {
      agreed.push({ from, to, department: named[0]?.department ?? '' });
    }
  }
  return { agreed: joined(agreed), differing };
}

/** All time, cut wherever a stay begins or ends. */
function spansOf(stays: readonly Stay[]): Validity[] {
  const cuts = [...new Set(stays.flatMap(({ from, to }) => [from, to]))].filter((month) => month !== undefined).sort();
  return [undefined, ...cuts].map((from, index) => ({ from, to: cuts[index] }));
}

/** A directory that knows where somebody is now counts that for all of the past: one that has a stay which ended knows better. */
function withoutGuesses(stays: readonly Stay[]): readonly Stay[] {
  const isKnown = stays.some(({ to }) => to !== undefined);
  return isKnown ? stays.filter(({ from, to }) => from !== undefined || to !== undefined) : stays;
}

/** Whether all directories have the spelling in one department in the latest months. */
function areTogether(stays: readonly Stay[], latest: readonly Stay[]): boolean {
  const isEverybody = latest.length === new Set(stays.map(({ owner }) => owner)).size;
  return isEverybody && departmentsOf(latest).size === 1;
}

/** Whether an e-mail address tells that the people of all directories are one. */
function shareAddress(stays: readonly Stay[]): boolean {
  const [first = [], ...others] = [...groupBy(stays, ({ owner }) => owner).values()].map((group) =>
    group.flatMap(({ addresses }) => addresses),
  );
  return others.every((addresses) => addresses.some((address) => first.includes(address)));
}

function departmentsOf(stays: readonly Stay[]): ReadonlySet<string> {
  return new Set(stays.map(({ department }) => foldText(department)));
}

/** Spans in a row in one department are one. */
function joined(spans: readonly (Validity & Pick<Stay, 'department'>)[]): (Validity & Pick<Stay, 'department'>)[] {
  const result: (Validity & Pick<Stay, 'department'>)[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    const goesOn = last?.to !== undefined && last.to === span.from;
    if (goesOn && foldText(last.department) === foldText(span.department)) {
      result[result.length - 1] = { ...last, to: span.to };
    } else result.push(span);
  }
  return result;
}

function entryOf(person: string, { department, from, to }: Validity & Pick<Stay, 'department'>): PersonEntry {
  return { person, department, shares: [], note: 'from the directory', place: {}, from, to };
}
