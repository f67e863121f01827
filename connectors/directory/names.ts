import type { DirectoryPerson } from '../../src/connector/reference.js';

/** Names that a remark shows. */
const NAMES_SHOWN_MAX = 5;

/**
 * A remark on names that several people have: whose charge it is nobody can tell, so that the name is no evidence. Leavers
 * count too, because their charges are still there. Several stays of one person are one person. The names stay with the
 * people: only so is it known, when a second one comes, that the first has it no longer alone.
 */
export function sharedNameRemarks(people: readonly DirectoryPerson[]): readonly string[] {
  const owners = new Map<string, Set<string>>();
  const spellings = new Map<string, string>();
  for (const { id, names } of people) {
    for (const name of names) {
      const folded = folding(name);
      owners.set(folded, (owners.get(folded) ?? new Set()).add(id));
      spellings.set(folded, name);
    }
  }
  const shared = [...owners].flatMap(([folded, { size }]) =>
    size > 1 ? [{ name: spellings.get(folded) ?? folded, count: size }] : [],
  );
  return shared.length === 0 ? [] : [remarkOn(shared)];
}

function remarkOn(shared: readonly { readonly name: string; readonly count: number }[]): string {
  const shown = shared.slice(0, NAMES_SHOWN_MAX).map(({ name, count }) => `"${name}" (${count} people)`);
  const others = shared.length > NAMES_SHOWN_MAX ? ` and ${shared.length - NAMES_SHOWN_MAX} more` : '';
  return `A name that several people share tells nobody whose charge it is: ${shown.join(', ')}${others}. Such charges find no department by the name.`;
}

/** As names are compared wherever a charge meets its person: compatibility form, lower case, single spaces. */
function folding(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
