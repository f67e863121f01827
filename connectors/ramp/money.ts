import { z } from 'zod';

import { optionalCurrency, wholeNumber } from '../../src/connector/rows.js';
import { currencyCode, decimal, minorUnits } from '../../src/connector/values.js';
import { apportion } from '../../src/core/apportion.js';
import { addDecimals, decimalText } from '../../src/core/decimal.js';
import type { DecimalText } from '../../src/core/money.js';

/** Money of one currency. */
export interface Money {
  readonly currency: string;
  readonly amount: DecimalText;
}

/** Money in the smallest units with a sign, as Ramp's newer fields have it. */
export const signedAmount = z
  .object({ value: wholeNumber, currency: currencyCode })
  .transform(({ value, currency }): Money => ({ currency, amount: minorUnits(value, currency) }));

/** Money in the smallest units; newer replies say how many of them make a whole. */
export const currencyAmount = z
  .object({
    amount: wholeNumber,
    currency_code: currencyCode,
    minor_unit_conversion_rate: z.literal([1, 10, 100, 1_000, 10_000]).nullish(),
  })
  .transform(({ amount, currency_code: currency, minor_unit_conversion_rate: rate }): Money => {
    const money = { currency, amount: minorUnits(amount, currency) };
    return rate === null || rate === undefined
      ? money
      : { currency, amount: { digits: amount, scale: String(rate).length - 1 } };
  });

/** The amounts that a row of Ramp states of itself. The old `amount` is in whole units, all others are in the smallest. */
export const statedAmounts = {
  entity_amount: signedAmount.nullish(),
  amount: z.union([currencyAmount, decimal]).nullish(),
  currency_code: optionalCurrency,
  currency: optionalCurrency,
};

interface Stated {
  readonly entity_amount?: Money | null | undefined;
  readonly amount?: Money | DecimalText | null | undefined;
  readonly currency_code?: string | undefined;
  readonly currency?: string | undefined;
}

/**
 * What a row comes to, in the currency in which the company pays. A phrase saying why where that cannot be told.
 *
 * @param witnesses further amounts of the same row in the smallest units, to tell a wrong unit from a right one
 */
export function amountOf(row: Stated, witnesses: readonly (Money | null | undefined)[]): Money | string {
  const old = oldAmount(row);
  const money = row.entity_amount ?? old;
  if (money === undefined) return 'it states no amount with a currency';
  const others = [old, ...(row.entity_amount === null || row.entity_amount === undefined ? witnesses : [])];
  for (const other of others) {
    if (other === null || other === undefined || other.currency !== money.currency) continue;
    if (!isSame(money.amount, other.amount)) {
      return `it states two amounts: ${decimalText(money.amount)} and ${decimalText(other.amount)} ${money.currency}`;
    }
  }
  return money;
}

function oldAmount({ amount, currency_code: code, currency = code }: Stated): Money | undefined {
  if (amount === null || amount === undefined) return undefined;
  if ('currency' in amount) return amount;
  const known = code ?? currency;
  return known === undefined ? undefined : { currency: known, amount };
}

/** True for two decimals of the same value. */
export function isSame(left: DecimalText, right: DecimalText): boolean {
  return addDecimals(left, { digits: -right.digits, scale: right.scale }).digits === 0n;
}

/**
 * The money of a row by its lines. Where the merchant was paid in another currency the lines are in that one, and the
 * row's money is split as they are. Undefined where they do not come to the row, so that it stays whole.
 */
export function byLines(total: Money, lines: readonly (Money | undefined)[]): readonly DecimalText[] | undefined {
  const stated = lines.filter((line) => line !== undefined);
  const currency = stated[0]?.currency;
  if (stated.length !== lines.length || stated.some((line) => line.currency !== currency)) return undefined;
  if (currency === total.currency) {
    const sum = stated.reduce((sum, { amount }) => addDecimals(sum, amount), { digits: 0n, scale: 0 });
    return isSame(sum, total.amount) ? stated.map(({ amount }) => amount) : undefined;
  }
  const digits = stated.map(({ amount }) => (amount.digits < 0n ? -amount.digits : amount.digits));
  const isOneWay =
    stated.every(({ amount }) => amount.digits >= 0n) || stated.every(({ amount }) => amount.digits <= 0n);
  const isOneScale = stated.every(({ amount }) => amount.scale === stated[0]?.amount.scale);
  if (!isOneWay || !isOneScale || digits.every((amount) => amount === 0n)) return undefined;
  return apportion(total.amount.digits, digits).map((part) => ({ digits: part, scale: total.amount.scale }));
}
