import type { SpendClass } from '../core/charge.js';
import type { Share } from '../core/decision.js';

/** What is ordered from a supplier again and again. */
export interface Order {
  readonly supplier: string;
  readonly description: string;
  readonly vendor: string;
  readonly spendClass: SpendClass;
  readonly category: string;
  readonly costCenter: string;
  readonly ledgerAccount: string;
  /** Hundredths of the source's currency on every invoice. */
  readonly amount: number;
  readonly months: readonly number[];
  readonly story?: string;
  readonly obscure?: boolean;
  /** Price in the second fiscal year, per thousand of the first. */
  readonly uplift?: number;
  /** Greatest deviation of an invoice, per thousand. */
  readonly swing?: number;
  /** Owners where a rule or ledger account overrules what the cost centre says. */
  readonly owners?: (month: number) => Share[];
}

export type OrderOptions = Partial<Pick<Order, 'story' | 'obscure' | 'uplift' | 'swing' | 'owners'>>;
/** Where an order is booked. */
export type Place = readonly [costCenter: string, ledgerAccount: string];
/** What is bought, of whom. */
export type Bought = readonly [supplier: string, description: string, vendor: string, category: string];

/** A technology order. */
export function technology(
  bought: Bought,
  place: Place,
  amount: number,
  months: readonly number[],
  options: OrderOptions = {},
): Order {
  const [supplier, description, vendor, category] = bought;
  const [costCenter, ledgerAccount] = place;
  return {
    supplier,
    description,
    vendor,
    category,
    costCenter,
    ledgerAccount,
    amount,
    months,
    spendClass: 'technology',
    ...options,
  };
}

/** An order of anything else. */
export function ordinary(
  spendClass: 'other' | 'advertising',
  supplier: string,
  description: string,
  place: Place,
  amount: number,
  months: readonly number[],
  options: OrderOptions = {},
): Order {
  const [costCenter, ledgerAccount] = place;
  return {
    supplier,
    description,
    vendor: supplier,
    category: '',
    costCenter,
    ledgerAccount,
    amount,
    months,
    spendClass,
    ...options,
  };
}
