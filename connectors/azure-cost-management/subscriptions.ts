import { addDays, type IsoDate } from '../../src/core/date.js';
import { firstDay, lastDay, type Month } from '../../src/core/period.js';
import type { AzureContext } from './client.js';
import { allRows, dimension, type DaySpan } from './query.js';

/** What is known of the subscriptions of a month. */
export interface Subscriptions {
  nameOf(subscriptionId: string): string;
  costCenterOf(subscriptionId: string): string;
  /** In sentences. */
  readonly remarks: readonly string[];
}

/** The days of a month that are not in the future: for days to come the service answers with last year's. */
export function pastDaysOf(month: Month, today: IsoDate): DaySpan {
  const last = lastDay(month);
  return { from: firstDay(month), to: last < today ? last : today };
}

/**
 * The names of subscriptions and whose they are, by views of their own, so that a name costs no grouping. Always over
 * the whole month, whatever window is read: charges of one month then have the same texts in every pull.
 */
export function subscriptionsOf(context: AzureContext, month: Month, today: IsoDate): Promise<Subscriptions> {
  return context.once(`subscriptions ${month}`, async () => {
    const { costCenterDimension } = context.settings;
    const span = pastDaysOf(month, today);
    const names = await valuesBySubscription(context, span, 'SubscriptionName');
    const centers: Values =
      costCenterDimension === undefined ? new Map() : await valuesBySubscription(context, span, costCenterDimension);
    return {
      nameOf: (id) => names.get(id.toLowerCase())?.[0] ?? '',
      // Of two cost centres none is right for every day.
      costCenterOf: (id) => onlyOne(centers.get(id.toLowerCase())),
      remarks: [
        ...several(names, month, 'names', 'the first stands in all charges of the month'),
        ...several(centers, month, 'cost centres', 'so its charges of the month carry none'),
      ],
    };
  });
}

type Values = ReadonlyMap<string, readonly string[]>;

async function valuesBySubscription(context: AzureContext, span: DaySpan, name: string): Promise<Values> {
  const found = new Map<string, Set<string>>();
  const rows = await allRows(context, {
    type: 'ActualCost',
    span,
    daily: false,
    groups: [dimension('SubscriptionId'), dimension(name)],
    filters: [],
    about: `by subscription and ${name}`,
  });
  for (const { values } of rows) {
    const [id = '', value = ''] = values;
    if (value === '') continue;
    found.set(id.toLowerCase(), (found.get(id.toLowerCase()) ?? new Set()).add(value));
  }
  return new Map([...found].map(([id, values]) => [id, [...values].sort()]));
}

function onlyOne(values: readonly string[] = []): string {
  return values.length === 1 ? (values[0] ?? '') : '';
}

function several(values: Values, month: Month, what: string, outcome: string): string[] {
  return [...values]
    .filter(([id, list]) => id !== '' && list.length > 1)
    .map(([id, list]) => `Subscription ${id} has ${list.length} ${what} in ${month} (${list.join(', ')}): ${outcome}.`);
}

/** The last day that can be asked for of a half-open window; before its first day where all of it is in the future. */
export function lastPastDay(to: IsoDate, today: IsoDate): IsoDate {
  const last = addDays(to, -1);
  return last < today ? last : today;
}
