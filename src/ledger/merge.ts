import type Database from 'better-sqlite3';

import { CHARGE_COLUMNS } from './charge-insert.js';

const TWIN = 'i.line_id = charge.line_id AND i.day = charge.day AND i.key = charge.key';

/**
 * Makes the charges of a window those in `temp.incoming`, which is empty afterwards; equal charges are not written.
 * Lines that lose a charge are noted in `temp.touched_line`.
 */
export function mergeIncoming(
  sqlite: Database.Database,
  windowId: number,
): { added: number; changed: number; removed: number } {
  const gone = `charge.window_id = ? AND NOT EXISTS (SELECT 1 FROM temp.incoming i WHERE ${TWIN})`;
  sqlite
    .prepare(`INSERT OR IGNORE INTO temp.touched_line SELECT DISTINCT line_id FROM charge WHERE ${gone}`)
    .run(windowId);
  const removed = sqlite.prepare(`DELETE FROM charge WHERE ${gone}`).run(windowId).changes;
  const changed = updateWhereDifferent(sqlite, windowId, ['currency', 'cash_micros', 'accrual_micros', 'row_count']);
  updateWhereDifferent(sqlite, windowId, ['file_id', 'row']);
  const added = sqlite
    .prepare(
      `INSERT INTO charge (${CHARGE_COLUMNS}) SELECT ${CHARGE_COLUMNS} FROM temp.incoming i
        WHERE NOT EXISTS (SELECT 1 FROM charge WHERE charge.window_id = ? AND ${TWIN})`,
    )
    .run(windowId).changes;
  sqlite.exec('DELETE FROM temp.incoming');
  return { added, changed, removed };
}

function updateWhereDifferent(sqlite: Database.Database, windowId: number, columns: readonly string[]): number {
  const [held, incoming] = ['charge', 'i'].map((table) => columns.map((column) => `${table}.${column}`).join(', '));
  return sqlite
    .prepare(
      `UPDATE charge SET ${columns.map((column) => `${column} = i.${column}`).join(', ')} FROM temp.incoming i
        WHERE charge.window_id = ? AND ${TWIN} AND (${held ?? ''}) IS NOT (${incoming ?? ''})`,
    )
    .run(windowId).changes;
}
