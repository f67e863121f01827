import type { PublishedRate } from '../../src/connector/reference.js';
import { decimalOf, rejectedRow } from '../../src/connector/values.js';
import type { RejectedRow } from '../../src/core/batch.js';
import { isCurrency } from '../../src/core/currency.js';
import { parseIsoDate, type IsoDate } from '../../src/core/date.js';
import type { DecimalText } from '../../src/core/money.js';
import type { WrittenRate } from './parse.js';

/** Written where there is no rate of a currency on a day. */
const NO_RATE = 'N/A';
/** As the file may write a rate; no sign, no exponent. */
const RATE = /^\d+(?:\.\d+)?$/;

/** The rates of a file from a day on, in the order of days and currencies. */
export interface FoundRates {
  readonly rates: readonly PublishedRate[];
  readonly rejected: readonly RejectedRow[];
  /** Codes that are none of ISO 4217, each with the days that it has a rate for. */
  readonly unknown: ReadonlyMap<string, number>;
}

/**
 * Turns what a file says into rates. A rate that cannot be read is set aside with its reason; of two different rates of one
 * currency on one day neither is taken.
 */
export function toRates(written: readonly WrittenRate[], from: IsoDate, file: string): FoundRates {
  const rejected: RejectedRow[] = [];
  const unknown = new Map<string, number>();
  const read = new Map<string, Candidate>();
  for (const [index, entry] of written.entries()) {
    const setAside = (reason: string): void => {
      rejected.push(rejectedRow(file, index + 1, reason, entry));
    };
    const day = parseIsoDate(entry.time);
    if (day === undefined) {
      setAside(`"${entry.time}" is no day`);
      continue;
    }
    if (day < from || entry.rate === NO_RATE) continue;
    const currency = entry.currency.toUpperCase();
    if (!isCurrency(currency)) {
      unknown.set(entry.currency, (unknown.get(entry.currency) ?? 0) + 1);
      continue;
    }
    const perEuro = RATE.test(entry.rate) ? decimalOf(entry.rate) : undefined;
    if (perEuro === undefined || perEuro.digits === 0n) {
      setAside(`"${entry.rate}" is no rate of ${currency} on ${day}`);
      continue;
    }
    const key = `${day} ${currency}`;
    const other = read.get(key);
    if (other === undefined) read.set(key, { index, rate: { day, currency, perEuro }, isDisputed: false });
    else if (other.isDisputed || !isEqual(other.rate.perEuro, perEuro)) {
      setAside(`${currency} has more than one rate on ${day}`);
      read.set(key, { ...other, isDisputed: true });
    }
  }
  const kept: PublishedRate[] = [];
  for (const [key, { index, rate, isDisputed }] of read) {
    if (isDisputed) rejected.push(rejectedRow(file, index + 1, `more than one rate: ${key}`, written[index]));
    else kept.push(rate);
  }
  return { rates: kept.sort(inOrder), rejected: rejected.sort((left, right) => left.row - right.row), unknown };
}

interface Candidate {
  /** Place in the file. */
  readonly index: number;
  readonly rate: PublishedRate;
  readonly isDisputed: boolean;
}

function isEqual(left: DecimalText, right: DecimalText): boolean {
  return left.digits * 10n ** BigInt(right.scale) === right.digits * 10n ** BigInt(left.scale);
}

function inOrder(left: PublishedRate, right: PublishedRate): number {
  if (left.day !== right.day) return left.day < right.day ? -1 : 1;
  return left.currency < right.currency ? -1 : 1;
}
