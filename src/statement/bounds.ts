import { divideRounded, type Micros } from '../core/money.js';
import type { SharePart } from './types.js';

const PER_MILLION = 1_000_000n;

/** What the bounds of one period rest on. */
export interface BoundsBase {
  /** T: technology spend, unassigned included. */
  readonly technology: Micros;
  /** K: spend whose class is unknown, which may be technology. */
  readonly unknownClass: Micros;
  /** U: K plus the technology that is unassigned or decided under the confidence bar. */
  readonly uncertain: Micros;
}

/**
 * A function's share of technology and its bounds, per million, halves away from zero.
 *
 * share = own / T, and 0 when T = 0. With u the uncertain part of `own`: `low` supposes that none of the uncertain money
 * is the function's, (own − u) / (T + K); `high` that all of it is, (own − u + U) / (T + K). Refunds can turn the order
 * of the three around, so `low` is the least and `high` the greatest of them: low ≤ share ≤ high always.
 */
export function sharePart(own: Micros, uncertainOwn: Micros, base: BoundsBase): SharePart {
  const share = perMillion(own, base.technology);
  const whole = base.technology + base.unknownClass;
  const certain = own - uncertainOwn;
  const none = whole === 0n ? share : perMillion(certain, whole);
  const all = whole === 0n ? share : perMillion(certain + base.uncertain, whole);
  return { share, low: Math.min(share, none, all), high: Math.max(share, none, all) };
}

function perMillion(part: Micros, whole: Micros): number {
  if (whole === 0n) return 0;
  const sign = whole < 0n ? -1n : 1n;
  return Number(divideRounded(part * PER_MILLION * sign, whole * sign));
}
