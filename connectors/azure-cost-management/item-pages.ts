import type { RejectedRow } from '../../src/core/batch.js';
import type { IsoDate } from '../../src/core/date.js';
import { RetryableError } from '../../src/core/errors.js';
import type { DecimalText } from '../../src/core/money.js';
import { unexpected, type AzureContext } from './client.js';
import type { Part } from './parts.js';
import { allRows, costPages, dimension, type CostQuery, type CostType, type DaySpan, type Group } from './query.js';

export interface ItemQuery {
  readonly type: CostType;
  readonly span: DaySpan;
  readonly part: Part;
  /** The dimension that says what was bought. */
  readonly item: string;
}

/** What was spent on a day, by subscription, item and owner tag. */
export interface ItemRow {
  readonly day: IsoDate;
  readonly currency: string;
  readonly subscriptionId: string;
  readonly item: string;
  /** Undefined where the source asks for no owner tag. */
  readonly tag: string | undefined;
  readonly cost: DecimalText;
}

export interface ItemPage {
  readonly rows: readonly ItemRow[];
  readonly rejected: readonly RejectedRow[];
}

const SUBSCRIPTION = dimension('SubscriptionId');

/** The charges of a part by day, subscription, item and, where the source names one, owner tag. */
export async function* itemPages(context: AzureContext, query: ItemQuery): AsyncGenerator<ItemPage> {
  const { ownerTag } = context.settings;
  if (ownerTag === undefined) {
    const groups = [SUBSCRIPTION, dimension(query.item)];
    yield* pagesOf(context, dailyQuery(query, groups), ([subscriptionId = '', item = '']) => ({
      subscriptionId,
      item,
      tag: undefined,
    }));
    return;
  }
  yield* taggedPages(context, query, { type: 'TagKey', name: ownerTag });
}

/**
 * A tag would be a third grouping, and there are two. So it is asked first which tags each subscription has. Where it is
 * one, all its charges carry it, and an answer by subscription and item tells enough. The others are left out of that
 * answer and read one by one, by item and tag. So every charge is taken from exactly one answer.
 */
async function* taggedPages(context: AzureContext, query: ItemQuery, tagGroup: Group): AsyncGenerator<ItemPage> {
  const { type, span, part } = query;
  const tags = new Map<string, Set<string>>();
  const about = `${part.about} by subscription and tag`;
  const groups = [SUBSCRIPTION, tagGroup];
  for (const { values } of await allRows(context, { type, span, daily: false, groups, filters: part.filters, about })) {
    const [id = '', tag = ''] = values;
    // In one case: filters do not tell cases apart, and would count a subscription in two spellings twice.
    const subscriptionId = id.toLowerCase();
    tags.set(subscriptionId, (tags.get(subscriptionId) ?? new Set()).add(tag));
  }
  const mixed = [...tags.keys()].filter((id) => tags.get(id)?.size !== 1).sort();
  if (mixed.length < tags.size) {
    const together = dailyQuery(query, [SUBSCRIPTION, dimension(query.item)]);
    yield* pagesOf(context, together, ([subscriptionId = '', item = '']) => {
      const [tag, another] = tags.get(subscriptionId.toLowerCase()) ?? [];
      if (tag === undefined) throw changed(context, `subscription ${subscriptionId} came up`);
      return another === undefined ? { subscriptionId, item, tag } : undefined;
    });
  }
  for (const subscriptionId of mixed) {
    const alone = dailyQuery(query, [dimension(query.item), tagGroup], subscriptionId);
    yield* pagesOf(context, alone, ([item = '', tag = '']) => ({ subscriptionId, item, tag }));
  }
}

function dailyQuery({ type, span, part }: ItemQuery, groups: readonly Group[], subscriptionId?: string): CostQuery {
  const { filters, about } = part;
  const query = { type, span, daily: true, groups };
  if (subscriptionId === undefined) return { ...query, filters, about };
  const only = { name: 'SubscriptionId', values: [subscriptionId] };
  return { ...query, filters: [...filters, only], about: `${about} of subscription ${subscriptionId}` };
}

/** What a row is of; undefined for a row that another answer has in more detail. */
type KeysOf = (values: readonly string[]) => Pick<ItemRow, 'subscriptionId' | 'item' | 'tag'> | undefined;

async function* pagesOf(context: AzureContext, query: CostQuery, keysOf: KeysOf): AsyncGenerator<ItemPage> {
  for await (const { rows, rejected } of costPages(context, query)) {
    const items = rows.flatMap(({ day, currency, cost, values }) => {
      if (day === undefined) throw unexpected(context, query.about, 'a row has no day');
      const keys = keysOf(values);
      return keys === undefined ? [] : [{ day, currency, cost, ...keys }];
    });
    yield { rows: items, rejected };
  }
}

/** Azure takes in new figures several times a day, also between two questions. */
function changed({ sourceId }: AzureContext, what: string): RetryableError {
  const hint = 'Nothing of this window was taken; it is read again in the next run.';
  return new RetryableError({
    place: { source: sourceId },
    message: `the figures changed while they were read: ${what}`,
    hint,
  });
}
