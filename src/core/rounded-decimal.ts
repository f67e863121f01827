import { decimalText } from './decimal.js';
import { divideRounded } from './money.js';

/**
 * Decimal text of our own making, rounded to so many decimals for a person to read; shorter text stays as it is.
 *
 * @example roundedDecimal('204915.95709218742274', 6) // '204915.957092'
 */
export function roundedDecimal(text: string, decimals: number): string {
  const [whole = '', fraction = ''] = text.split('.');
  if (fraction.length <= decimals) return text;
  const digits = divideRounded(BigInt(`${whole}${fraction}`), 10n ** BigInt(fraction.length - decimals));
  return decimalText({ digits, scale: decimals });
}
