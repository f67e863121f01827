import type Database from 'better-sqlite3';

/** What a source had when it was last pulled. */
export interface StoredSource {
  readonly settingsFingerprint: string;
  readonly kind: string;
  readonly title: string;
  /** Fingerprint of each window and its files. */
  readonly windows: ReadonlyMap<string, { readonly fingerprint: string; readonly files: readonly string[] }>;
}

/** A source with its windows and files, by name; `undefined` when it was never pulled. */
export function storedSource(sqlite: Database.Database, name: string): StoredSource | undefined {
  const source = sqlite
    .prepare<[string], { id: number; settings_fingerprint: string; kind: string; title: string }>(
      'SELECT id, settings_fingerprint, kind, title FROM source WHERE name = ?',
    )
    .get(name);
  if (source === undefined) return undefined;
  const windows = new Map<string, { fingerprint: string; files: string[] }>();
  const rows = sqlite
    .prepare<[number], [string, string, string | null]>(
      `SELECT w.name, w.fingerprint, f.path FROM source_window w LEFT JOIN source_file f ON f.window_id = w.id
        WHERE w.source_id = ? ORDER BY w.name, f.position`,
    )
    .raw()
    .all(source.id);
  for (const [window, fingerprint, path] of rows) {
    const entry = windows.get(window) ?? { fingerprint, files: [] };
    if (path !== null) entry.files.push(path);
    windows.set(window, entry);
  }
  return { settingsFingerprint: source.settings_fingerprint, kind: source.kind, title: source.title, windows };
}
