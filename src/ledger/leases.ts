import type Database from 'better-sqlite3';

import { RetryableError } from '../core/errors.js';

/** The right to write a source, held by one run at a time across processes. */
export interface Lease {
  readonly source: string;
  /** Rises with every new holder: a write that shows an older one is refused. */
  readonly token: number;
}

/** Who holds a lease that could not be had. */
export interface LeaseRefusal {
  readonly holder: string;
  readonly expiresAt: Date;
}

/** What asking for a lease takes. */
export interface LeaseRequest {
  readonly source: string;
  /** Names this run to people and to other processes: host, process, a text of its own. */
  readonly holder: string;
  readonly now: Date;
  readonly durationMs: number;
  /** False where it is certain that the holder is gone; its lease is then taken over before it ends. */
  readonly isAlive: (holder: string) => boolean;
}

interface LeaseRow {
  readonly token: number;
  readonly holder: string;
  readonly expires_at: number;
}

function leaseRow(sqlite: Database.Database, source: string): LeaseRow | undefined {
  return sqlite.prepare<[string], LeaseRow>('SELECT token, holder, expires_at FROM lease WHERE source = ?').get(source);
}

/** Takes the lease of a source when it is free, has run out, or its holder is gone. */
export function acquireLease(sqlite: Database.Database, request: LeaseRequest): Lease | LeaseRefusal {
  const { source, holder, now, durationMs, isAlive } = request;
  const held = leaseRow(sqlite, source);
  if (held !== undefined && held.expires_at > now.getTime() && isAlive(held.holder)) {
    return { holder: held.holder, expiresAt: new Date(held.expires_at) };
  }
  const token = (held?.token ?? 0) + 1;
  sqlite
    .prepare('INSERT OR REPLACE INTO lease (source, token, holder, expires_at) VALUES (?, ?, ?, ?)')
    .run(source, token, holder, now.getTime() + durationMs);
  return { source, token };
}

/** Makes a lease last longer; false when it was given back, or another run has taken it over. */
export function renewLease(sqlite: Database.Database, lease: Lease, expiresAt: Date): boolean {
  const { changes } = sqlite
    .prepare('UPDATE lease SET expires_at = ? WHERE source = ? AND token = ? AND expires_at > 0')
    .run(expiresAt.getTime(), lease.source, lease.token);
  return changes === 1;
}

/** Gives a lease back; one that another run has taken over stays as it is. The token stays, so that it only rises. */
export function releaseLease(sqlite: Database.Database, lease: Lease): void {
  sqlite.prepare('UPDATE lease SET expires_at = 0 WHERE source = ? AND token = ?').run(lease.source, lease.token);
}

/**
 * Refuses a write under a lease that another run has taken over. Inside the transaction of the write, so that nobody can
 * take it in between.
 *
 * @throws RetryableError
 */
export function requireLease(sqlite: Database.Database, lease: Lease): void {
  const held = leaseRow(sqlite, lease.source);
  if (held?.token === lease.token) return;
  throw new RetryableError({
    place: { source: lease.source },
    message: `another run has taken this source over (${held?.holder ?? 'nobody known'}); nothing of this one was written`,
    hint: 'This happens when a machine sleeps or its clock jumps. The other run does the work; nothing needs to be done.',
  });
}
