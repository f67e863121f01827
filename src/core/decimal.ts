import { powerOfTen, type DecimalText, type Micros } from './money.js';

/** Reads exact decimal text of our own making, however many digits it has: totals of services have more than amounts. */
function read(text: string): DecimalText {
  const match = /^(-?\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) throw new Error(`"${text}" is not decimal text`);
  const [, whole = '', fraction = ''] = match;
  return { digits: BigInt(`${whole}${fraction}`), scale: fraction.length };
}

function toScale(decimal: DecimalText, scale: number): bigint {
  return scale === decimal.scale ? decimal.digits : decimal.digits * powerOfTen(scale - decimal.scale);
}

function write(digits: bigint, scale: number): string {
  const absolute = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const whole = absolute.slice(0, absolute.length - scale);
  const fraction = absolute.slice(absolute.length - scale).replace(/0+$/, '');
  return `${digits < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Exact sum of decimal texts, without needless zeros; `0` for none. */
export function sumDecimals(texts: readonly string[]): string {
  const decimals = texts.map(read);
  const scale = Math.max(0, ...decimals.map((decimal) => decimal.scale));
  return write(
    decimals.reduce((sum, decimal) => sum + toScale(decimal, scale), 0n),
    scale,
  );
}

/** Exact decimal text of `text` minus an amount in micro-units. */
export function decimalDifference(text: string, micros: Micros): string {
  const decimal = read(text);
  const scale = Math.max(6, decimal.scale);
  return write(toScale(decimal, scale) - toScale({ digits: micros, scale: 6 }, scale), scale);
}

/** An exact sum that grows. */
export class DecimalSum implements DecimalText {
  digits = 0n;
  scale = 0;

  add(decimal: DecimalText): void {
    if (decimal.scale > this.scale) {
      this.digits = toScale(this, decimal.scale);
      this.scale = decimal.scale;
    }
    this.digits += toScale(decimal, this.scale);
  }
}

/** Exact sum of two decimals. */
export function addDecimals(left: DecimalText, right: DecimalText): DecimalText {
  if (left.scale === right.scale) return { digits: left.digits + right.digits, scale: left.scale };
  const scale = Math.max(left.scale, right.scale);
  return { digits: toScale(left, scale) + toScale(right, scale), scale };
}

/** A decimal as exact text, without needless zeros. */
export function decimalText({ digits, scale }: DecimalText): string {
  return write(digits, scale);
}
