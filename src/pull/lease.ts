import { RetryableError } from '../core/errors.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Lease } from '../ledger/leases.js';
import type { ServiceEffects } from './effects.js';

/** How long a run that says nothing keeps its source: twice the longest wait that a service may ask for. */
export const LEASE_DURATION_MS = 30 * 60_000;
/** A run says that it is alive at most this often. */
const LEASE_RENEWAL_MS = 60_000;

/** A lease that a run holds. */
export interface HeldLease {
  readonly held: Lease;
  /** Says that the run is alive; cheap to call often. */
  readonly alive: () => void;
}

/**
 * Runs work that no other run of the source may do at the same time, in this process or another.
 *
 * @throws RetryableError when another run holds the source.
 */
export async function withLease<Result>(
  ledger: Ledger,
  source: string,
  effects: ServiceEffects,
  work: (lease: HeldLease) => Promise<Result>,
): Promise<Result> {
  const { now, holder, isAlive } = effects;
  const request = { source, holder, now: now(), durationMs: LEASE_DURATION_MS, isAlive };
  const lease = await ledger.services.acquireLease(request);
  if (!('token' in lease)) {
    throw new RetryableError({
      place: { source },
      message: `another run is reading this source (${lease.holder.split(' ').slice(0, 2).join(', process ')})`,
      hint: `Wait for it. If it is stuck, its right ends by itself at ${lease.expiresAt.toISOString()}.`,
    });
  }
  let renewedMs = now().getTime();
  let lost: Promise<unknown> = Promise.resolve();
  const alive = (): void => {
    const nowMs = now().getTime();
    if (Math.abs(nowMs - renewedMs) < LEASE_RENEWAL_MS) return;
    renewedMs = nowMs;
    // That another run took it over is found when this one writes; here nothing waits for it.
    lost = ledger.services.renewLease(lease, new Date(nowMs + LEASE_DURATION_MS)).catch(() => undefined);
  };
  try {
    return await work({ held: lease, alive });
  } finally {
    await lost;
    // What was written stays written; a lease that is not given back ends by itself.
    await ledger.services.releaseLease(lease).catch(() => undefined);
  }
}
