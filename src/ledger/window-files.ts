import type Database from 'better-sqlite3';

interface FileRow {
  readonly id: number;
  readonly path: string;
}

/**
 * Stores the files of a window and gives their row ids by position. A file keeps its id while the window has it, and a
 * new name takes over that of one that is gone, so that charges of files that stay or are renamed are not written.
 */
export function saveFiles(sqlite: Database.Database, windowId: number, files: readonly string[]): number[] {
  const held = sqlite
    .prepare<[number], FileRow>('SELECT id, path FROM source_file WHERE window_id = ? ORDER BY position')
    .all(windowId);
  const ids = new Map(held.map((row) => [row.path, row.id]));
  if (held.length === files.length && held.every((row, position) => row.path === files[position])) {
    return held.map((row) => row.id);
  }
  const free = held.filter((row) => !files.includes(row.path));
  // Positions are unique in a window: out of the way first.
  sqlite.prepare('UPDATE source_file SET position = -1 - position WHERE window_id = ?').run(windowId);
  const move = sqlite.prepare('UPDATE source_file SET position = ?, path = ? WHERE id = ?');
  const insert = sqlite.prepare('INSERT INTO source_file (window_id, position, path) VALUES (?, ?, ?)');
  const result = files.map((path, position) => {
    const id = ids.get(path) ?? free.shift()?.id;
    if (id === undefined) return Number(insert.run(windowId, position, path).lastInsertRowid);
    move.run(position, path, id);
    return id;
  });
  sqlite.prepare('DELETE FROM source_file WHERE window_id = ? AND position < 0').run(windowId);
  return result;
}
