import type Database from 'better-sqlite3';

import type { ChargeBatch } from '../core/batch.js';

const TWIN = 'r.line_id = c.line_id AND r.day = c.day AND r.key = c.key';

/**
 * Keeps what a person can look up at the service for each charge, apart from charges: those of files have a file and a
 * row instead, and must not pay for it.
 */
export class ChargeReferences {
  readonly #sqlite: Database.Database;

  constructor(sqlite: Database.Database) {
    this.#sqlite = sqlite;
    sqlite.exec(`CREATE TEMP TABLE IF NOT EXISTS incoming_reference (
      line_id INTEGER, day INTEGER, key INTEGER, reference TEXT, PRIMARY KEY (line_id, day, key)) WITHOUT ROWID;`);
  }

  /** Notes the references of a batch; one without is left out. */
  add(batch: ChargeBatch, lineIds: readonly number[]): void {
    if (batch.reference === undefined) return;
    const insert = this.#sqlite.prepare('INSERT OR REPLACE INTO temp.incoming_reference VALUES (?, ?, ?, ?)');
    for (const [index, reference] of batch.reference.entries()) {
      if (reference === '') continue;
      insert.run(lineIds[batch.line[index] ?? -1], batch.day[index], batch.key[index], reference);
    }
  }

  /** Makes the references of a window those that were noted; equal ones are not written. */
  replace(windowId: number): void {
    const sqlite = this.#sqlite;
    const incoming = sqlite.prepare<[], number>('SELECT 1 FROM temp.incoming_reference LIMIT 1').pluck().get();
    const held = sqlite
      .prepare<[number], number>('SELECT 1 FROM charge_reference WHERE window_id = ? LIMIT 1')
      .pluck()
      .get(windowId);
    if (incoming === undefined && held === undefined) return;
    sqlite
      .prepare(
        `DELETE FROM charge_reference AS r WHERE r.window_id = ? AND NOT EXISTS
           (SELECT 1 FROM temp.incoming_reference c WHERE ${TWIN} AND c.reference = r.reference)`,
      )
      .run(windowId);
    sqlite
      .prepare(
        `INSERT OR IGNORE INTO charge_reference (window_id, line_id, day, key, reference)
         SELECT ?, line_id, day, key, reference FROM temp.incoming_reference`,
      )
      .run(windowId);
    sqlite.exec('DELETE FROM temp.incoming_reference');
  }

  /** Begins anew, whatever an earlier transaction left. */
  clear(): void {
    this.#sqlite.exec('DELETE FROM temp.incoming_reference');
  }
}
