import type { ServiceCharge } from '../../src/connector/service.js';
import { canonicalTags, type LineTexts } from '../../src/core/charge.js';
import type { IsoDate } from '../../src/core/date.js';
import type { DecimalText } from '../../src/core/money.js';

/** One sum of charges of a day, as far apart as Cost Management tells them. */
export interface DayCost {
  readonly day: IsoDate;
  readonly currency: string;
  /** `Azure` or `Marketplace`, as the service has it. */
  readonly publisherType: string;
  /** `Usage`, `Purchase`, `Refund`, `Tax` …, as the service has it. */
  readonly chargeType: string;
  readonly subscriptionId: string;
  /** The service, or of the marketplace the product or its publisher. */
  readonly item: string;
  /** True where `item` is the name of a publisher. */
  readonly itemIsPublisher: boolean;
  /** Value of the owner tag; undefined where none was asked for. */
  readonly tag: string | undefined;
  readonly cash: DecimalText;
  readonly accrual: DecimalText;
}

/** What is known of all charges of a source or of a subscription beside what a row says. */
export interface Surroundings {
  readonly billingAccount: string;
  readonly subscriptionName: string;
  readonly costCenter: string;
  readonly ownerTag: string | undefined;
}

/** Who bills. The API does not name it; behind a partner (CSP) it is the partner. */
const PAYEE = 'Microsoft';

const CHARGE_TYPES: Readonly<Record<string, string>> = {
  // Most charges: nothing to say of them.
  usage: '',
  purchase: 'Purchase',
  refund: 'Refund',
  tax: 'Tax',
  unusedreservation: 'Unused reservation',
  unusedsavingsplan: 'Unused savings plan',
  roundingadjustment: 'Rounding adjustment',
};

/** The charge of a day's sum. */
export function toCharge(cost: DayCost, around: Surroundings): ServiceCharge {
  return {
    texts: textsOf(cost, around),
    key: keyOf(cost),
    reference: '',
    day: cost.day,
    currency: cost.currency,
    cash: cost.cash,
    accrual: cost.accrual,
  };
}

/** The service's own keys of a day's sum; ids and types of charges are written in any case. */
export function keyOf({
  day,
  currency,
  publisherType,
  chargeType,
  subscriptionId,
  item,
  tag,
}: Omit<DayCost, 'cash' | 'accrual'>): string {
  const parts = [day, publisherType.toLowerCase(), chargeType.toLowerCase(), subscriptionId.toLowerCase(), item];
  return JSON.stringify([...parts, ...(tag === undefined ? [] : [tag]), currency]);
}

function textsOf(cost: DayCost, around: Surroundings): Partial<LineTexts> {
  const { publisherType, chargeType, item, tag } = cost;
  const { ownerTag } = around;
  return {
    payee: PAYEE,
    publisher: publisherOf(publisherType, cost),
    service: cost.itemIsPublisher ? '' : item,
    account: around.billingAccount,
    subAccount: cost.subscriptionId.toLowerCase(),
    subAccountName: around.subscriptionName,
    costCenter: around.costCenter,
    description: CHARGE_TYPES[chargeType.toLowerCase()] ?? chargeType,
    tags: ownerTag === undefined || tag === undefined ? '{}' : canonicalTags([[ownerTag, tag]]),
  };
}

/** Of the marketplace the publisher where the scope tells it; otherwise the product speaks for itself. */
function publisherOf(publisherType: string, { item, itemIsPublisher }: DayCost): string {
  if (itemIsPublisher) return item;
  const type = publisherType.toLowerCase();
  if (type === 'azure' || type === 'microsoft' || type === '') return PAYEE;
  return type === 'marketplace' ? '' : publisherType;
}
