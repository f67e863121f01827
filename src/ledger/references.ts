import type Database from 'better-sqlite3';

/** A source that gives no charges, as it was read last. */
export interface ReferenceSource {
  readonly source: string;
  readonly feed: string;
  /** Of the settings it was read with. */
  readonly fingerprint: string;
  readonly readAt: Date;
  readonly itemCount: number;
  readonly rejectedCount: number;
  /** In sentences. */
  readonly remarks: readonly string[];
}

/** A published rate: units of the currency per euro, as exact decimal text. */
export interface StoredRate {
  /** `yyyymmdd`. */
  readonly day: number;
  readonly currency: string;
  readonly perEuro: string;
}

/** A stay of a person in a department, from the first to the last month; empty where open. */
export interface StoredStay {
  /** Id of the directory; of stays that were read. */
  readonly source?: string;
  readonly person: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly department: string;
  readonly names: readonly string[];
}

/** An application that IT knows. */
export interface StoredApplication {
  readonly application: string;
  readonly name: string;
  readonly publisher: string;
  readonly domain: string;
  /** Months in which it was seen first and last. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly isActive: boolean;
}

/** Stores what is known of the last reading of a source. */
export function saveReferenceSource(sqlite: Database.Database, entry: ReferenceSource): void {
  sqlite
    .prepare(
      `INSERT INTO reference_source (source, feed, fingerprint, read_at, item_count, rejected_count, remarks)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET feed = excluded.feed,
         fingerprint = excluded.fingerprint, read_at = excluded.read_at, item_count = excluded.item_count,
         rejected_count = excluded.rejected_count, remarks = excluded.remarks`,
    )
    .run(
      entry.source,
      entry.feed,
      entry.fingerprint,
      entry.readAt.getTime(),
      entry.itemCount,
      entry.rejectedCount,
      JSON.stringify(entry.remarks),
    );
}

/** All sources that give no charges, by name. */
export function referenceSources(sqlite: Database.Database): ReferenceSource[] {
  return sqlite
    .prepare<[], [string, string, string, number, number, number, string]>(
      `SELECT source, feed, fingerprint, read_at, item_count, rejected_count, remarks FROM reference_source
        ORDER BY source`,
    )
    .raw()
    .all()
    .map(([source, feed, fingerprint, readAt, itemCount, rejectedCount, remarks]) => ({
      source,
      feed,
      fingerprint,
      readAt: new Date(readAt),
      itemCount,
      rejectedCount,
      remarks: JSON.parse(remarks) as string[],
    }));
}

/** Adds rates, and corrects those that were published anew. Returns how many were added and how many changed. */
export function saveRates(
  sqlite: Database.Database,
  source: string,
  rates: readonly StoredRate[],
): { added: number; changed: number } {
  const insert = sqlite.prepare('INSERT OR IGNORE INTO reference_rate VALUES (?, ?, ?, ?)');
  const update = sqlite.prepare(
    'UPDATE reference_rate SET per_euro = ? WHERE source = ? AND day = ? AND currency = ? AND per_euro <> ?',
  );
  let added = 0;
  let changed = 0;
  for (const { day, currency, perEuro } of rates) {
    if (insert.run(source, day, currency, perEuro).changes === 1) added += 1;
    else changed += update.run(perEuro, source, day, currency, perEuro).changes;
  }
  return { added, changed };
}

/** Rates of some currencies, in the order of days; of several sources the first by name that has the day counts. */
export function storedRates(sqlite: Database.Database, currencies: readonly string[]): StoredRate[] {
  return sqlite
    .prepare<[string], StoredRate>(
      `SELECT day, currency, per_euro AS perEuro, min(source) FROM reference_rate
        WHERE currency IN (SELECT value FROM json_each(?)) GROUP BY day, currency ORDER BY day, currency`,
    )
    .all(JSON.stringify(currencies))
    .map(({ day, currency, perEuro }) => ({ day, currency, perEuro }));
}

/** First and last day of the rates a source has, as `yyyymmdd`. */
export function rateDays(sqlite: Database.Database, source: string): { first: number; last: number } | undefined {
  const row = sqlite
    .prepare<[string], [number | null, number | null]>('SELECT min(day), max(day) FROM reference_rate WHERE source = ?')
    .raw()
    .get(source);
  const [first, last] = row ?? [null, null];
  return first === null || last === null ? undefined : { first, last };
}

/** Stays in departments, of one source or of all; in the order of source, person and month. */
export function storedStays(sqlite: Database.Database, source?: string): StoredStay[] {
  return sqlite
    .prepare<[string | null, string | null], [string, string, string, string, string, string]>(
      `SELECT source, person, valid_from, valid_to, department, names FROM reference_person
        WHERE ? IS NULL OR source = ? ORDER BY source, person, valid_from`,
    )
    .raw()
    .all(source ?? null, source ?? null)
    .map(([from, person, validFrom, validTo, department, names]) => ({
      // Of one directory it is known already.
      ...(source === undefined ? { source: from } : {}),
      person,
      validFrom,
      validTo,
      department,
      names: JSON.parse(names) as string[],
    }));
}

/** Puts stays in the place of those of a source. Returns how many rows differ. */
export function replaceStays(sqlite: Database.Database, source: string, stays: readonly StoredStay[]): number {
  const rows = stays.map(({ person, validFrom, validTo, department, names }) => [
    source,
    person,
    validFrom,
    validTo,
    department,
    JSON.stringify(names),
  ]);
  return replaceRows(sqlite, 'reference_person', source, rows);
}

/** The applications that IT knows, of one source or of all. */
export function storedApplications(sqlite: Database.Database, source?: string): StoredApplication[] {
  return sqlite
    .prepare<[string | null, string | null], [string, string, string, string, string, string, number]>(
      `SELECT application, name, publisher, domain, first_seen, last_seen, is_active FROM reference_application
        WHERE ? IS NULL OR source = ? ORDER BY source, application`,
    )
    .raw()
    .all(source ?? null, source ?? null)
    .map(([application, name, publisher, domain, firstSeen, lastSeen, isActive]) => ({
      application,
      name,
      publisher,
      domain,
      firstSeen,
      lastSeen,
      isActive: isActive === 1,
    }));
}

/** Puts applications in the place of those of a source. Returns how many rows differ. */
export function replaceApplications(
  sqlite: Database.Database,
  source: string,
  applications: readonly StoredApplication[],
): number {
  const rows = applications.map((entry) => [
    source,
    entry.application,
    entry.name,
    entry.publisher,
    entry.domain,
    entry.firstSeen,
    entry.lastSeen,
    entry.isActive ? 1 : 0,
  ]);
  return replaceRows(sqlite, 'reference_application', source, rows);
}

/** Writes only what differs, so that reading the same twice leaves the file as it is. */
function replaceRows(
  sqlite: Database.Database,
  table: 'reference_person' | 'reference_application',
  source: string,
  rows: readonly (readonly (string | number)[])[],
): number {
  const held = sqlite.prepare<[string], unknown[]>(`SELECT * FROM ${table} WHERE source = ?`).raw().all(source);
  const wanted = new Set(rows.map((row) => JSON.stringify(row)));
  const known = new Set(held.map((row) => JSON.stringify(row)));
  const gone = held.filter((row) => !wanted.has(JSON.stringify(row)));
  const fresh = rows.filter((row) => !known.has(JSON.stringify(row)));
  if (gone.length === 0 && fresh.length === 0) return 0;
  sqlite.prepare(`DELETE FROM ${table} WHERE source = ?`).run(source);
  const marks = (rows[0] ?? []).map(() => '?').join(', ');
  if (rows.length > 0) {
    const insert = sqlite.prepare(`INSERT INTO ${table} VALUES (${marks})`);
    for (const row of rows) insert.run(...row);
  }
  return Math.max(gone.length, fresh.length);
}

/** Removes a source with all it gave; returns how many rows went. */
export function forgetReferences(sqlite: Database.Database, source: string): number {
  let count = 0;
  for (const table of ['reference_rate', 'reference_person', 'reference_application']) {
    count += sqlite.prepare(`DELETE FROM ${table} WHERE source = ?`).run(source).changes;
  }
  sqlite.prepare('DELETE FROM reference_source WHERE source = ?').run(source);
  return count;
}
