import { SourceError } from '../../src/core/errors.js';
import type { Context } from './client.js';
import { eachCostPage, type CostGroup, type CostReading } from './query.js';
import { ownerOf, type OwnerKey } from './settings.js';
import { allOf, dimension, keptFilter, MARKETPLACE, not, ownerGroup, ownerValue, partOfRecordType } from './views.js';

/** Values of an owner tag that get views of their own; each costs at least one request in each window. */
export const OWNER_VALUES_MAX = 200;

/** Which values of the owner tag there is money for, part by part. */
export interface Owners {
  readonly key: OwnerKey | undefined;
  /** Sorted values by id of the part. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly remarks: readonly string[];
}

/** Finds the values of the owner tag in a window: where there is none there is nothing to cut. */
export async function findOwners(reading: CostReading, hasMarketplace: boolean): Promise<Owners> {
  const { settings } = reading.context;
  const key = ownerOf(settings);
  if (key === undefined) return { key, values: new Map(), remarks: [] };
  const found = new Map<string, Set<string>>();
  await collectValues(reading, key, false, hasMarketplace, found);
  if (hasMarketplace) await collectValues(reading, key, true, hasMarketplace, found);
  const all = new Set([...found.values()].flatMap((values) => [...values]));
  const chosen = new Set([...all].filter((value) => settings.ownerValues?.includes(value) !== false));
  if (chosen.size > OWNER_VALUES_MAX) throw tooMany(reading.context, key, chosen.size);
  const values = new Map([...found].map(([part, set]) => [part, [...set].filter((one) => chosen.has(one)).sort()]));
  return { key, values, remarks: remarksOn(key, all.size, chosen.size) };
}

async function collectValues(
  reading: CostReading,
  key: OwnerKey,
  isMarketplace: boolean,
  hasMarketplace: boolean,
  found: Map<string, Set<string>>,
): Promise<void> {
  const outside = hasMarketplace ? [not(MARKETPLACE)] : [];
  const filters = [...(isMarketplace ? [MARKETPLACE] : outside), ...keptFilter(reading.context.settings.leaveOut)];
  const query = {
    name: `values of ${key.key}${isMarketplace ? ' in the marketplace' : ''}`,
    filter: allOf(filters),
    groupBy: [dimension('RECORD_TYPE'), ownerGroup(key)],
    isWhole: true,
  };
  for await (const { periods } of eachCostPage(reading, query)) {
    for (const [recordType, group] of periods.flatMap(({ groups }) => keysOf(groups))) {
      const value = ownerValue(group, key);
      if (value === '') continue;
      const part = partOfRecordType(recordType, isMarketplace);
      found.set(part, (found.get(part) ?? new Set<string>()).add(value));
    }
  }
}

/** The two keys of groups whose money does not matter here. */
export function keysOf(groups: readonly CostGroup[]): (readonly [first: string, second: string])[] {
  return groups.flatMap(({ Keys: keys }) => {
    if (!Array.isArray(keys)) return [];
    const [first, second] = keys as unknown[];
    return typeof first === 'string' && typeof second === 'string' ? [[first, second] as const] : [];
  });
}

function remarksOn({ type, key }: OwnerKey, found: number, chosen: number): string[] {
  const what = type === 'TAG' ? 'tag' : 'cost category';
  if (found === 0) {
    const activated = type === 'TAG' ? ' Is it activated as a cost allocation tag in the billing console?' : '';
    return [`No charge has a value of the ${what} ${key}; nothing is told apart by it.${activated}`];
  }
  const others = found - chosen;
  if (others === 0) return [];
  return [
    `${others} further values of the ${what} ${key} are not in \`ownerValues\`: their money is in lines without it.`,
  ];
}

function tooMany({ sourceId }: Context, { key }: OwnerKey, count: number): SourceError {
  return new SourceError({
    place: { source: sourceId, key: 'ownerValues' },
    message: `${key} has ${count} values, and each would cost a request or more for every month that is read`,
    hint: `List those that matter in \`ownerValues\` (${OWNER_VALUES_MAX} at most), or take a tag with fewer values.`,
  });
}
