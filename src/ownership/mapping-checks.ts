import type { BusinessFunction } from '../core/decision.js';
import type { Mistake, Place } from '../core/errors.js';
import { closest } from '../core/closest.js';
import { ACCOUNT_KEYS, type BookEntries, type CostCenterEntry, type DecisionEntry, type Validity } from './entries.js';
import { compilePattern, foldText } from './fold.js';
import { ALWAYS, overlaps } from './validity.js';

/** An entry under the name of what it speaks about. */
interface Claim extends Validity {
  readonly what: string;
  readonly place: Place;
}

/** Two rows for the same thing whose months overlap: nobody could say which of them counts. */
export function reportOverlaps(entries: BookEntries, mistakes: Mistake[]): void {
  const groups = new Map<string, Claim[]>();
  const claim = (key: readonly string[], what: string, entry: Validity & { readonly place: Place }): void => {
    const id = JSON.stringify(key.map(foldText));
    const claims = groups.get(id) ?? [];
    claims.push({ what, from: entry.from, to: entry.to, place: entry.place });
    groups.set(id, claims);
  };
  for (const entry of entries.costCenters) {
    const kind = entry.match === 'pattern' ? 'pattern' : 'name';
    claim(['cost centre', kind, entry.costCenter, entry.source], `cost centre "${entry.costCenter}"`, entry);
  }
  for (const entry of entries.accounts) {
    const texts = ACCOUNT_KEYS.map((key) => entry[key]);
    claim(['account', ...texts], `"${texts.filter((text) => text !== '').join('", "')}"`, entry);
  }
  for (const entry of entries.tags) {
    claim(['tag', entry.key, entry.value, entry.source], `tag ${entry.key} "${entry.value}"`, entry);
  }
  for (const entry of entries.people) claim(['person', entry.person], `person "${entry.person}"`, entry);
  for (const entry of entries.ledgerAccounts) {
    claim(['ledger account', entry.match, entry.ledgerAccount], `ledger account "${entry.ledgerAccount}"`, entry);
  }
  for (const entry of entries.decisions) claimDecision(entry, claim);
  for (const claims of groups.values()) if (claims.length > 1) reportGroup(claims, mistakes);
}

function claimDecision(
  entry: DecisionEntry,
  claim: (key: readonly string[], what: string, entry: Validity & { readonly place: Place }) => void,
): void {
  if (entry.shares.length > 0) claim(['decision', 'owner', entry.line], `the owner of line ${entry.line}`, entry);
  for (const key of ['vendor', 'category', 'spendClass'] as const) {
    if (entry.effect[key] === undefined) continue;
    claim(['decision', key, entry.line], `the ${key} of line ${entry.line}`, { ...ALWAYS, place: entry.place });
  }
}

function reportGroup(claims: readonly Claim[], mistakes: Mistake[]): void {
  const inTime = [...claims].sort(
    (left, right) => compareOpen(left.from, right.from) || (left.place.line ?? 0) - (right.place.line ?? 0),
  );
  let last: Claim | undefined;
  for (const claim of inTime) {
    if (last !== undefined && overlaps(last, claim)) {
      const [first, second] = (last.place.line ?? 0) <= (claim.place.line ?? 0) ? [last, claim] : [claim, last];
      mistakes.push({
        place: second.place,
        message: `lines ${first.place.line ?? 0} and ${second.place.line ?? 0} both speak about ${second.what}, and their months overlap`,
        hint: 'Take one of the rows out, or end the earlier one with valid_to before the later one begins.',
      });
    }
    // The one that lasts longest is the one the next may run into.
    if (last === undefined || claim.to === undefined || (last.to !== undefined && claim.to > last.to)) last = claim;
  }
}

function compareOpen(left: string | undefined, right: string | undefined): number {
  const leftText = left ?? '';
  const rightText = right ?? '';
  return leftText < rightText ? -1 : leftText > rightText ? 1 : 0;
}

/** An alias must name a cost centre that has a row of its own. */
export function reportWrongAliases(costCenters: readonly CostCenterEntry[], mistakes: Mistake[]): void {
  const exact = costCenters.filter((entry) => entry.match === 'exact');
  const aliases = new Set(
    costCenters.filter((entry) => entry.match === 'alias').map((entry) => foldText(entry.costCenter)),
  );
  for (const entry of costCenters) {
    if (entry.match !== 'alias' || entry.of === '') continue;
    const of = foldText(entry.of);
    const found = exact.some(
      (target) => foldText(target.costCenter) === of && (target.source === '' || target.source === entry.source),
    );
    if (found) continue;
    const near = closest(
      entry.of,
      exact.map((target) => target.costCenter),
    );
    mistakes.push({
      place: { ...entry.place, key: 'of' },
      message: aliases.has(of) ? `"${entry.of}" is itself an alias` : `alias of an unknown cost centre "${entry.of}"`,
      hint: `${near === undefined || aliases.has(of) ? '' : `Did you mean "${near}"? `}Name a cost centre that has a row with match exact.`,
    });
  }
}

/** A department must be a cost centre (for all sources) or a function, or its people would silently own nothing. */
export function reportUnknownDepartments(
  entries: BookEntries,
  functions: readonly BusinessFunction[],
  mistakes: Mistake[],
): void {
  const general = entries.costCenters.filter((entry) => entry.source === '');
  const names = new Set(
    general.filter((entry) => entry.match !== 'pattern').map((entry) => foldText(entry.costCenter)),
  );
  for (const entry of functions) names.add(foldText(entry.id)).add(foldText(entry.name));
  const patterns = general
    .filter((entry) => entry.match === 'pattern')
    .map((entry) => compilePattern(entry.costCenter));
  const reported = new Set<string>();
  for (const { department, place } of entries.people) {
    const folded = foldText(department);
    if (department === '' || names.has(folded) || reported.has(folded) || patterns.some((test) => test(folded)))
      continue;
    reported.add(folded);
    const near = closest(department, names);
    mistakes.push({
      place: { ...place, key: 'department' },
      message: `the department "${department}" is neither a cost centre nor a function`,
      hint: `${near === undefined ? '' : `Did you mean "${near}"? `}Add it to the cost centres, or write the function instead.`,
    });
  }
}
