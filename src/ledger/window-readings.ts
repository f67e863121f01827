import type Database from 'better-sqlite3';

/** A window of a live service as it was read last. */
export interface StoredReading {
  /** Of the settings and the connector it was read with. */
  readonly fingerprint: string;
  /** Undefined for a window that no live service gave. */
  readonly readAt: Date | undefined;
  /** False while the service calls its figures an estimate. */
  readonly isFinal: boolean;
  /** Rows that it had. */
  readonly rowCount: number;
}

/** The windows of a source by name. */
export function storedReadings(sqlite: Database.Database, source: string): Map<string, StoredReading> {
  const rows = sqlite
    .prepare<[string], [string, string, number, number | null, number | null]>(
      `SELECT w.name, w.fingerprint, w.row_count, r.read_at, r.is_final FROM source_window w
         JOIN source s ON s.id = w.source_id LEFT JOIN window_reading r ON r.window_id = w.id
        WHERE s.name = ? ORDER BY w.name`,
    )
    .raw()
    .all(source);
  return new Map(
    rows.map(([name, fingerprint, rowCount, readAt, isFinal]) => [
      name,
      { fingerprint, rowCount, readAt: readAt === null ? undefined : new Date(readAt), isFinal: isFinal === 1 },
    ]),
  );
}

/** Notes when a window was read, and whether its figures are final. */
export function saveReading(
  sqlite: Database.Database,
  windowId: number,
  reading: { readonly readAt: Date; readonly isFinal: boolean },
): void {
  sqlite
    .prepare('INSERT OR REPLACE INTO window_reading (window_id, read_at, is_final) VALUES (?, ?, ?)')
    .run(windowId, reading.readAt.getTime(), reading.isFinal ? 1 : 0);
}
