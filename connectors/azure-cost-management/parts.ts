import { z } from 'zod';

import { addressOf, ask, type AzureContext } from './client.js';
import { allRows, dimension, type CostType, type DaySpan, type DimensionFilter } from './query.js';

/**
 * A part of the charges of a span. The service groups by two dimensions at most, and subscription and service take both,
 * so what else must be known of a charge (whether it is the marketplace's, whether it is a purchase or a tax) is asked
 * for first, and then each kind apart by filters. The parts have no charge in common and leave none out.
 */
export interface Part {
  readonly publisherType: string;
  readonly chargeType: string;
  /** The cost types in which it has charges. */
  readonly types: ReadonlySet<CostType>;
  readonly filters: readonly DimensionFilter[];
  /** For messages: `Usage of Azure`. */
  readonly about: string;
}

/** The cost types that a source asks for. */
export function typesOf({ settings }: AzureContext): readonly CostType[] {
  return settings.amortized ? ['ActualCost', 'AmortizedCost'] : ['ActualCost'];
}

interface Found {
  readonly publishers: Set<string>;
  readonly charges: Set<string>;
  readonly types: Set<CostType>;
}

/** The parts into which the charges of a span fall. */
export async function partsOf(context: AzureContext, span: DaySpan): Promise<readonly Part[]> {
  const found = new Map<string, Found>();
  for (const type of typesOf(context)) {
    const groups = [dimension('PublisherType'), dimension('ChargeType')];
    const query = { type, span, daily: false, groups, filters: [], about: 'by publisher type and charge type' };
    for (const { values } of await allRows(context, query)) {
      const [publisher = '', charge = ''] = values;
      // In one case: filters do not tell cases apart, and would count both parts twice.
      const key = JSON.stringify([publisher.toLowerCase(), charge.toLowerCase()]);
      const part = found.get(key) ?? { publishers: new Set(), charges: new Set(), types: new Set() };
      part.publishers.add(publisher);
      part.charges.add(charge);
      part.types.add(type);
      found.set(key, part);
    }
  }
  return [...found.entries()]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, part]) => partOf(part, found.size === 1));
}

function partOf({ publishers, charges, types }: Found, isOnly: boolean): Part {
  const [publisherType, chargeType] = [[...publishers].sort(), [...charges].sort()];
  const filters = [
    { name: 'PublisherType', values: publisherType },
    { name: 'ChargeType', values: chargeType },
  ];
  return {
    publisherType: publisherType[0] ?? '',
    chargeType: chargeType[0] ?? '',
    types,
    filters: isOnly ? [] : filters,
    about: `${chargeType[0] ?? ''} of ${publisherType[0] ?? ''}`,
  };
}

/** What tells goods of the marketplace apart, best first; which of them a scope has depends on its contract. */
const MARKETPLACE_DIMENSIONS = ['PublisherName', 'Product', 'MeterSubcategory'] as const;
const PUBLISHER_NAME = 'publishername';

/** The dimension that says what was bought, beside the subscription. */
export async function itemDimension(context: AzureContext, { publisherType }: Part): Promise<string> {
  if (publisherType.toLowerCase() !== 'marketplace') return 'ServiceName';
  const { marketplaceDimension } = context.settings;
  if (marketplaceDimension !== undefined) return marketplaceDimension;
  const known = new Set((await dimensionsOf(context)).map((name) => name.toLowerCase()));
  return MARKETPLACE_DIMENSIONS.find((name) => known.has(name.toLowerCase())) ?? 'ServiceName';
}

/** Whether the values of a dimension are names of publishers. */
export function isPublisher(name: string): boolean {
  return name.toLowerCase() === PUBLISHER_NAME;
}

const dimensionsReply = z.object({
  value: z.array(
    z.object({ properties: z.object({ category: z.string().nullish(), groupingEnabled: z.boolean().nullish() }) }),
  ),
});

/** The dimensions by which the scope lets charges be grouped. */
export function dimensionsOf(context: AzureContext): Promise<readonly string[]> {
  return context.once('dimensions', async () => {
    const request = { what: 'dimensions of the scope', address: addressOf(context, 'dimensions') };
    const reply = await ask(context, request, dimensionsReply);
    return (reply?.value ?? []).flatMap(({ properties: { category, groupingEnabled } }) =>
      typeof category === 'string' && groupingEnabled !== false ? [category] : [],
    );
  });
}
