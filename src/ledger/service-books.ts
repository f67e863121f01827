import {
  acquireLease,
  releaseLease,
  renewLease,
  requireLease,
  type Lease,
  type LeaseRefusal,
  type LeaseRequest,
} from './leases.js';
import type { LedgerDatabase } from './open.js';
import {
  forgetReferences,
  rateDays,
  referenceSources,
  replaceApplications,
  replaceStays,
  saveRates,
  saveReferenceSource,
  storedApplications,
  storedRates,
  storedStays,
  type ReferenceSource,
  type StoredApplication,
  type StoredRate,
  type StoredStay,
} from './references.js';
import { storedReadings, type StoredReading } from './window-readings.js';

type Ask = <Answer>(question: (sqlite: LedgerDatabase['sqlite']) => Answer) => Promise<Answer>;
type Write = <Result>(work: (sqlite: LedgerDatabase['sqlite']) => Result) => Promise<Result>;

/** What a reading of a source without charges changed. */
export interface ReferenceChange {
  readonly added: number;
  readonly changed: number;
}

/** What the ledger keeps for live services: leases, when windows were read, and what sources without charges gave. */
export class ServiceBooks {
  readonly #ask: Ask;
  readonly #write: Write;

  constructor(ask: Ask, write: Write) {
    this.#ask = ask;
    this.#write = write;
  }

  /** The lease of a source, or who holds it. */
  async acquireLease(request: LeaseRequest): Promise<Lease | LeaseRefusal> {
    return this.#write((sqlite) => acquireLease(sqlite, request));
  }

  /** False when another run has taken it over. */
  async renewLease(lease: Lease, expiresAt: Date): Promise<boolean> {
    return this.#write((sqlite) => renewLease(sqlite, lease, expiresAt));
  }

  async releaseLease(lease: Lease): Promise<void> {
    return this.#write((sqlite) => {
      releaseLease(sqlite, lease);
    });
  }

  /** The windows of a live source by name, with when they were read. */
  async readings(source: string): Promise<ReadonlyMap<string, StoredReading>> {
    return this.#ask((sqlite) => storedReadings(sqlite, source));
  }

  async referenceSources(): Promise<ReferenceSource[]> {
    return this.#ask(referenceSources);
  }

  async saveRates(entry: ReferenceSource, rates: readonly StoredRate[], lease?: Lease): Promise<ReferenceChange> {
    return this.#write((sqlite) => {
      if (lease !== undefined) requireLease(sqlite, lease);
      saveReferenceSource(sqlite, entry);
      return saveRates(sqlite, entry.source, rates);
    });
  }

  async rates(currencies: readonly string[]): Promise<StoredRate[]> {
    return this.#ask((sqlite) => storedRates(sqlite, currencies));
  }

  async rateDays(source: string): Promise<{ first: number; last: number } | undefined> {
    return this.#ask((sqlite) => rateDays(sqlite, source));
  }

  async savePeople(entry: ReferenceSource, stays: readonly StoredStay[], lease?: Lease): Promise<ReferenceChange> {
    return this.#write((sqlite) => {
      if (lease !== undefined) requireLease(sqlite, lease);
      saveReferenceSource(sqlite, entry);
      return { added: 0, changed: replaceStays(sqlite, entry.source, stays) };
    });
  }

  async stays(source?: string): Promise<StoredStay[]> {
    return this.#ask((sqlite) => storedStays(sqlite, source));
  }

  async saveApplications(
    entry: ReferenceSource,
    applications: readonly StoredApplication[],
    lease?: Lease,
  ): Promise<ReferenceChange> {
    return this.#write((sqlite) => {
      if (lease !== undefined) requireLease(sqlite, lease);
      saveReferenceSource(sqlite, entry);
      return { added: 0, changed: replaceApplications(sqlite, entry.source, applications) };
    });
  }

  async applications(source?: string): Promise<StoredApplication[]> {
    return this.#ask((sqlite) => storedApplications(sqlite, source));
  }

  /** Removes a source that gave no charges; returns how many rows went. */
  async forgetReferences(source: string): Promise<number> {
    return this.#write((sqlite) => forgetReferences(sqlite, source));
  }
}
