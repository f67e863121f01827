import type Database from 'better-sqlite3';

import { CODING_KEYS, type LineTexts } from '../core/charge.js';
import { lineId } from '../core/ids.js';

const SEPARATOR = '\u0000';

/** Finds or makes the rows of lines. Holds statements and a cache of codings for one pull. */
export class LineWriter {
  readonly #codings = new Map<string, number>();
  readonly #findLine: Database.Statement<[string], number>;
  readonly #findCoding: Database.Statement<string[], number>;
  readonly #insertCoding: Database.Statement<string[]>;
  readonly #insertLine: Database.Statement;

  constructor(sqlite: Database.Database) {
    this.#findLine = sqlite.prepare<[string], number>('SELECT id FROM line WHERE public_id = ?').pluck();
    this.#findCoding = sqlite
      .prepare<string[], number>(
        `SELECT id FROM coding WHERE account = ? AND account_name = ? AND sub_account = ? AND sub_account_name = ?
           AND card = ? AND cost_center = ? AND project = ? AND person = ? AND ledger_account = ? AND tags = ?`,
      )
      .pluck();
    this.#insertCoding = sqlite.prepare(
      `INSERT OR IGNORE INTO coding (account, account_name, sub_account, sub_account_name, card, cost_center, project, person,
         ledger_account, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertLine = sqlite.prepare(
      `INSERT INTO line (public_id, source_id, coding_id, payee, publisher, service, service_category, merchant_category,
         description) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /** Row id of the line with these texts, made when it is new; `isNew` says that it cannot be there yet. */
  idOf(sourceId: number, sourceName: string, texts: LineTexts, isNew: boolean): number {
    const publicId = lineId(sourceName, texts);
    const known = isNew ? undefined : this.#findLine.get(publicId);
    if (known !== undefined) return known;
    const { lastInsertRowid } = this.#insertLine.run(
      publicId,
      sourceId,
      this.#codingOf(texts),
      texts.payee,
      texts.publisher,
      texts.service,
      texts.serviceCategory,
      texts.merchantCategory,
      texts.description,
    );
    return Number(lastInsertRowid);
  }

  #codingOf(texts: LineTexts): number {
    const values = CODING_KEYS.map((key) => texts[key]);
    const cacheKey = values.join(SEPARATOR);
    const cached = this.#codings.get(cacheKey);
    if (cached !== undefined) return cached;
    // Most codings are new when they are met first: inserting finds that out without a look before.
    const { changes, lastInsertRowid } = this.#insertCoding.run(...values);
    const id = changes === 1 ? Number(lastInsertRowid) : this.#findCoding.get(...values);
    if (id === undefined) throw new Error(`the coding of line ${texts.payee} was neither made nor found`);
    this.#codings.set(cacheKey, id);
    return id;
  }
}

/** Lines without charges, and codings without lines, are gone: the ledger is what its sources say. */
export function removeOrphans(sqlite: Database.Database, sourceId: number): void {
  sqlite.exec('CREATE TEMP TABLE IF NOT EXISTS orphan_line (line_id INTEGER PRIMARY KEY); DELETE FROM orphan_line;');
  sqlite
    .prepare(
      `INSERT INTO temp.orphan_line SELECT id FROM line
        WHERE source_id = ? AND NOT EXISTS (SELECT 1 FROM month_fact WHERE line_id = line.id)`,
    )
    .run(sourceId);
  sqlite.exec(`
    DELETE FROM line_decision WHERE line_id IN (SELECT line_id FROM temp.orphan_line);
    DELETE FROM line WHERE id IN (SELECT line_id FROM temp.orphan_line);
    DELETE FROM coding WHERE NOT EXISTS (SELECT 1 FROM line WHERE line.coding_id = coding.id);`);
}
