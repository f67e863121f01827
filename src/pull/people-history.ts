import type { DirectoryPerson } from '../connector/reference.js';
import { addMonths, type Month } from '../core/period.js';
import type { StoredStay } from '../ledger/references.js';

/**
 * The stays in departments after a directory was read in a month: who moved has a new stay from that month on, and the
 * earlier one ends the month before. Where somebody was before the first reading nobody knows; the first stay counts for
 * all earlier months. Whoever is gone keeps the stays of the past. People whose directory states dates have just those.
 */
export function staysAfter(
  before: readonly StoredStay[],
  people: readonly DirectoryPerson[],
  month: Month,
): StoredStay[] {
  const byPerson = new Map<string, StoredStay[]>();
  for (const stay of before) byPerson.set(stay.person, [...(byPerson.get(stay.person) ?? []), stay]);
  const dated = new Set(people.filter(({ since, until }) => (since ?? until) !== undefined).map(({ id }) => id));
  for (const id of dated) byPerson.delete(id);
  for (const person of people) {
    const known = byPerson.get(person.id) ?? [];
    byPerson.set(person.id, dated.has(person.id) ? [...known, statedStay(person)] : staysOf(known, person, month));
  }
  return [...byPerson.values()].flat().sort(inOrder);
}

function statedStay({ id, names, department, since, until }: DirectoryPerson): StoredStay {
  return { person: id, names: sorted(names), department, validFrom: since ?? '', validTo: until ?? '' };
}

function staysOf(known: readonly StoredStay[], person: DirectoryPerson, month: Month): StoredStay[] {
  const names = sorted(person.names);
  const last = known.at(-1);
  if (last === undefined)
    return [{ person: person.id, names, department: person.department, validFrom: '', validTo: '' }];
  // A new spelling of the name holds for all stays, so that old charges find their person too.
  const all = sorted([...new Set([...known.flatMap((stay) => stay.names), ...names])]);
  const renamed = known.map((stay) => ({ ...stay, names: all }));
  const open = { ...last, names: all };
  if (!person.isActive || person.department === last.department) return renamed;
  const earlier = renamed.slice(0, -1);
  // Read twice in the month of the move: the later reading is right.
  if (last.validFrom === month) return closedUp([...earlier, { ...open, department: person.department }]);
  const ended = { ...open, validTo: addMonths(month, -1) };
  return [...earlier, ended, { ...open, department: person.department, validFrom: month, validTo: '' }];
}

/** Two stays in a row in one department are one. */
function closedUp(stays: readonly StoredStay[]): StoredStay[] {
  const result: StoredStay[] = [];
  for (const stay of stays) {
    const last = result.at(-1);
    if (last?.department === stay.department) result[result.length - 1] = { ...last, validTo: stay.validTo };
    else result.push(stay);
  }
  return result;
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== '').sort();
}

function inOrder(left: StoredStay, right: StoredStay): number {
  if (left.person !== right.person) return left.person < right.person ? -1 : 1;
  return left.validFrom < right.validFrom ? -1 : 1;
}
