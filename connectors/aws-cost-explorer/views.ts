import type { Expression, GroupDefinition } from '@aws-sdk/client-cost-explorer';

import { ownerOf, type AwsCostExplorerSettings, type OwnerKey } from './settings.js';

/**
 * What is asked so that each charge comes exactly once. Cost Explorer groups by two things at most, and its groupings are
 * views of the same money that must never be added. So money is cut by filters instead, and a filter of a cut is always
 * "these" in one view and "not these" in the next: whatever AWS invents, it falls into exactly one.
 *
 * | part                      | filter                                       | grouped by            |
 * | ------------------------- | -------------------------------------------- | --------------------- |
 * | usage                     | not marketplace, record type of usage        | account × service     |
 * | other                     | not marketplace, record type not of usage    | account × record type |
 * | marketplace               | marketplace, record type none of those below | account × service     |
 * | marketplace Tax, Credit … | marketplace, that record type                | account × service     |
 *
 * With an owner tag each part is cut once more: one view for each value found, and one for "none of these values".
 */
export interface Part {
  readonly id: string;
  readonly kind: 'usage' | 'other' | 'marketplace';
  /** The record type that the filter leaves; empty where it leaves several. */
  readonly recordType: string;
  readonly filters: readonly Expression[];
  /** What the second group is; the first is the account. */
  readonly second: 'SERVICE' | 'RECORD_TYPE';
}

/** A part, or the share of it that one value of the owner tag has. */
export interface View {
  readonly part: Part;
  /** Value of the owner tag or cost category; empty where it has none, or none that is told apart. */
  readonly owner: string;
  readonly filter: Expression | undefined;
  readonly groupBy: readonly GroupDefinition[];
  /** For messages: `usage by account and service, team "search"`. */
  readonly name: string;
}

/**
 * Record types of use. What a savings plan covers is billed at the price on demand and taken back by a negation in the
 * same service, so they are kept together: in cash they cancel out, in accrual the plan's share remains.
 */
export const USAGE_TYPES: readonly string[] = [
  'Usage',
  'DiscountedUsage',
  'SavingsPlanCoveredUsage',
  'SavingsPlanNegation',
];

/** Record types of the marketplace that are no purchase; each is a part, so that it keeps its product. */
export const MARKETPLACE_TYPES: readonly string[] = ['Tax', 'Credit', 'Refund'];

export const MARKETPLACE: Expression = { Dimensions: { Key: 'BILLING_ENTITY', Values: ['AWS Marketplace'] } };

/** The parts of all money of a window. `hasMarketplace` is false where nothing was bought there. */
export function partsOf({ leaveOut }: Pick<AwsCostExplorerSettings, 'leaveOut'>, hasMarketplace: boolean): Part[] {
  const kept = keptFilter(leaveOut);
  const usage = USAGE_TYPES.filter((type) => !leaveOut.includes(type));
  const outside = hasMarketplace ? [{ Not: MARKETPLACE }] : [];
  const parts: Part[] = [
    {
      id: 'other',
      kind: 'other',
      recordType: '',
      filters: [...outside, not(recordTypes(USAGE_TYPES)), ...kept],
      second: 'RECORD_TYPE',
    },
  ];
  if (usage.length > 0) {
    parts.unshift({
      id: 'usage',
      kind: 'usage',
      recordType: '',
      filters: [...outside, recordTypes(usage)],
      second: 'SERVICE',
    });
  }
  return hasMarketplace ? [...parts, ...marketplaceParts(leaveOut)] : parts;
}

function marketplaceParts(leaveOut: readonly string[]): Part[] {
  const part = (id: string, recordType: string, filters: readonly Expression[]): Part => ({
    id,
    kind: 'marketplace',
    recordType,
    filters: [MARKETPLACE, ...filters],
    second: 'SERVICE',
  });
  return [
    part('marketplace', '', [not(recordTypes(MARKETPLACE_TYPES)), ...keptFilter(leaveOut)]),
    ...MARKETPLACE_TYPES.filter((type) => !leaveOut.includes(type)).map((type) =>
      part(`marketplace ${type}`, type, [recordTypes([type])]),
    ),
  ];
}

/** Id of the part that a record type belongs to. */
export function partOfRecordType(recordType: string, isMarketplace: boolean): string {
  if (!isMarketplace) return USAGE_TYPES.includes(recordType) ? 'usage' : 'other';
  return MARKETPLACE_TYPES.includes(recordType) ? `marketplace ${recordType}` : 'marketplace';
}

/**
 * The views of a part: one of each owner value, and one of all that has none of them. The last one makes it whole, even
 * where a value is missing from the list.
 */
export function viewsOf(part: Part, owner: OwnerKey | undefined, values: readonly string[]): View[] {
  const second = part.second === 'SERVICE' ? 'service' : 'record type';
  const view = (value: string, filter: readonly Expression[], ownerName: string): View => ({
    part,
    owner: value,
    filter: allOf([...part.filters, ...filter]),
    groupBy: [dimension('LINKED_ACCOUNT'), dimension(part.second)],
    name: `${part.id} by account and ${second}${ownerName}`,
  });
  if (owner === undefined || values.length === 0) return [view('', [], '')];
  return [
    ...values.map((value) => view(value, [ownedBy(owner, [value])], `, ${owner.key} "${value}"`)),
    view('', [not(ownedBy(owner, values))], `, without ${owner.key}`),
  ];
}

/** What the settings do not leave out; nothing where they leave out nothing. */
export function keptFilter(leaveOut: readonly string[]): Expression[] {
  return leaveOut.length === 0 ? [] : [not(recordTypes(leaveOut))];
}

export function recordTypes(types: readonly string[]): Expression {
  return { Dimensions: { Key: 'RECORD_TYPE', Values: [...types] } };
}

export function not(expression: Expression): Expression {
  return { Not: expression };
}

/** Cost Explorer takes one root, and an `And` of two at least. */
export function allOf(expressions: readonly Expression[]): Expression | undefined {
  return expressions.length > 1 ? { And: [...expressions] } : expressions[0];
}

export function dimension(key: string): GroupDefinition {
  return { Type: 'DIMENSION', Key: key };
}

/** The owner key as a group. */
export function ownerGroup({ type, key }: OwnerKey): GroupDefinition {
  return { Type: type, Key: key };
}

/** The value in a group's key: AWS writes `key$value`, and `key$` where there is none. */
export function ownerValue(groupKey: string, { key }: OwnerKey): string {
  return groupKey.startsWith(`${key}$`) ? groupKey.slice(key.length + 1) : groupKey;
}

function ownedBy({ type, key }: OwnerKey, values: readonly string[]): Expression {
  const filter = { Key: key, Values: [...values] };
  return type === 'TAG' ? { Tags: filter } : { CostCategories: filter };
}

/** Requests of a window whatever it holds, for its price; pages after the first and cuts by owner come on top. */
export function certainRequests(settings: AwsCostExplorerSettings): readonly { what: string; count: number }[] {
  const parts = partsOf(settings, false);
  const requests = [
    { what: 'the total', count: 1 },
    { what: 'marketplace products and their sellers', count: 1 },
    ...parts.map((part) => ({ what: viewsOf(part, undefined, [])[0]?.name ?? part.id, count: 1 })),
  ];
  if (settings.leaveOut.length > 0) requests.push({ what: 'what `leaveOut` leaves out', count: 1 });
  const owner = ownerOf(settings);
  if (owner !== undefined) requests.push({ what: `the values of ${owner.key}; each is asked for by itself`, count: 1 });
  return requests;
}
