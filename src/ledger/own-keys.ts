import type Database from 'better-sqlite3';

import { SourceError } from '../core/errors.js';

/** Repeated keys that a message shows. */
const SHOWN_KEYS_MAX = 5;

/**
 * Refuses a source whose own keys, which identify a row in all of it, stand on rows of different windows: the money of
 * one of them would be counted twice.
 *
 * @throws SourceError with the places of the first ones.
 */
export function requireUniqueKeys(sqlite: Database.Database, sourceId: number, sourceName: string): void {
  const rows = sqlite
    .prepare<[number, number], [string]>(
      `SELECT group_concat(coalesce(f.path, '?') || ':' || c.row, ' and ')
         FROM charge c JOIN source_window w ON w.id = c.window_id LEFT JOIN source_file f ON f.id = c.file_id
        WHERE w.source_id = ? GROUP BY c.key HAVING count(*) > 1 ORDER BY 1 LIMIT ?`,
    )
    .raw()
    .all(sourceId, SHOWN_KEYS_MAX + 1);
  if (rows.length === 0) return;
  const places = rows.slice(0, SHOWN_KEYS_MAX).map(([text]) => `\n    ${text}`);
  throw new SourceError({
    place: { source: sourceName, key: 'key' },
    message: `the same key stands in files of different periods${places.join('')}${rows.length > SHOWN_KEYS_MAX ? '\n    …' : ''}`,
    hint: 'Take out the file that repeats the other, name headers that together identify a row, or leave `key` out.',
  });
}
