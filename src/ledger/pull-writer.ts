import type { ReadingSummary, SourceWindow, WindowReading } from '../core/batch.js';
import type { SourceKind } from '../core/charge.js';
import { ChargeInsert } from './charge-insert.js';
import { ChargeReferences } from './charge-references.js';
import { ControlSums } from './control-sums.js';
import { LineWriter, removeOrphans } from './lines.js';
import { saveFiles } from './window-files.js';
import { MonthFactWriter } from './month-fact-writer.js';
import { rebuildMonthFacts, rebuildSourceMonths } from './month-facts.js';
import { requireLease, type Lease } from './leases.js';
import { mergeIncoming } from './merge.js';
import { requireUniqueKeys } from './own-keys.js';
import { asLedgerError, type LedgerDatabase } from './open.js';
import { saveReading } from './window-readings.js';

/** A source as the ledger keeps it. */
export interface LedgerSource {
  readonly name: string;
  readonly kind: SourceKind;
  readonly title: string;
  readonly settingsFingerprint: string;
  /** The right to write it, where runs of several processes may meet. */
  readonly lease?: Lease;
}

/** What replacing a window did to its charges. */
export interface WindowChange {
  readonly window: string;
  readonly added: number;
  /** Charges that have another amount, currency or count of rows now; to stand in another place of a file is no change. */
  readonly changed: number;
  readonly removed: number;
}

/** State that is there while rules on amounts have seen all charges. */
export const AMOUNTS_DECIDED = 'amounts-decided';
/** State that is there while every charge that has a rate is converted. */
export const ALL_CONVERTED = 'all-converted';

/**
 * One pull of one source: a single write transaction, however many windows it replaces. It begins with `start`; until
 * `commit` readers see the old state; a crash or `rollback` leaves it.
 */
export class PullWriter {
  readonly #ledger: LedgerDatabase;
  readonly #source: LedgerSource;
  readonly #lines: LineWriter;
  readonly #insertCharge: ChargeInsert;
  readonly #insertIncoming: ChargeInsert;
  readonly #facts: MonthFactWriter;
  readonly #references: ChargeReferences;
  #started = false;
  #sourceId = 0;
  #hadCharges = false;
  #hasLines = false;
  #removedAny = false;
  #ownKeys = false;
  #forgotten = false;

  constructor(ledger: LedgerDatabase, source: LedgerSource) {
    this.#ledger = ledger;
    this.#source = source;
    const { sqlite } = ledger;
    sqlite.exec(`
      CREATE TEMP TABLE IF NOT EXISTS incoming (
        window_id INTEGER, line_id INTEGER, day INTEGER, key INTEGER, currency TEXT, cash_micros INTEGER,
        accrual_micros INTEGER, row_count INTEGER, file_id INTEGER, row INTEGER,
        PRIMARY KEY (line_id, day, key)) WITHOUT ROWID;
      CREATE TEMP TABLE IF NOT EXISTS touched_line (line_id INTEGER PRIMARY KEY);`);
    this.#lines = new LineWriter(sqlite);
    this.#facts = new MonthFactWriter(sqlite);
    this.#references = new ChargeReferences(sqlite);
    this.#insertCharge = new ChargeInsert(sqlite, 'charge');
    this.#insertIncoming = new ChargeInsert(sqlite, 'temp.incoming');
  }

  /** Begins the transaction; waits for another writer, then gives up. */
  start(): void {
    this.#guard(() => {
      const { sqlite } = this.#ledger;
      // For each line removed SQLite would look through all charges for one that refers to it. Lines are removed only
      // when no charge is left, and `integrityProblems` looks at every reference.
      sqlite.pragma('foreign_keys = OFF');
      sqlite.exec('BEGIN IMMEDIATE');
      this.#started = true;
      if (this.#source.lease !== undefined) requireLease(sqlite, this.#source.lease);
      sqlite.exec('DELETE FROM temp.incoming; DELETE FROM temp.touched_line;');
      this.#references.clear();
      this.#upsertSource();
    });
  }

  /**
   * Puts the reading in the place of what the window held. Equal charges stay untouched.
   *
   * @throws LedgerError when the charges do not add up to what the connector says it handed over.
   */
  async replaceWindow(
    window: SourceWindow,
    reading: WindowReading,
  ): Promise<{ readonly change: WindowChange; readonly summary: ReadingSummary }> {
    const { windowId, isNew } = this.#guard(() => this.#windowRow(window));
    const fileIds = this.#guard(() => saveFiles(this.#ledger.sqlite, windowId, window.files));
    const insert = isNew ? this.#insertCharge : this.#insertIncoming;
    const lineIds: number[] = [];
    const used = new Set<number>();
    const sums = new ControlSums();
    let count = 0;
    for await (const batch of reading.batches()) {
      this.#guard(() => {
        const isNewLine = !this.#hasLines;
        for (const texts of batch.lines) {
          lineIds.push(this.#lines.idOf(this.#sourceId, this.#source.name, texts, isNewLine));
        }
        insert.write(batch, windowId, lineIds, fileIds, this.#hadCharges ? undefined : this.#facts);
        this.#references.add(batch, lineIds);
      });
      noteUsed(batch.line, used);
      sums.add(batch);
      count += batch.line.length;
    }
    this.#hasLines = true;
    const summary = await reading.summary();
    if (summary.ownKeys === true) this.#ownKeys = true;
    sums.requireEqual(summary.controlTotals, this.#source.name, window.id);
    return this.#guard(() => {
      this.#touchLines(isNew, lineIds);
      const change = isNew ? { added: count, changed: 0, removed: 0 } : mergeIncoming(this.#ledger.sqlite, windowId);
      this.#references.replace(windowId);
      // Lines that a reading named and gave no charge go as well.
      if (change.removed > 0 || used.size < lineIds.length) this.#removedAny = true;
      this.#saveSummary(windowId, summary);
      return { change: { window: window.id, ...change }, summary };
    });
  }

  /** Removes a window that the source no longer has, with its charges. */
  removeWindow(name: string): WindowChange {
    return this.#guard(() => {
      const { sqlite } = this.#ledger;
      const windowId = sqlite
        .prepare<[number, string], number>('SELECT id FROM source_window WHERE source_id = ? AND name = ?')
        .pluck()
        .get(this.#sourceId, name);
      if (windowId === undefined) return { window: name, added: 0, changed: 0, removed: 0 };
      sqlite
        .prepare('INSERT OR IGNORE INTO temp.touched_line SELECT DISTINCT line_id FROM charge WHERE window_id = ?')
        .run(windowId);
      const removed = sqlite.prepare('DELETE FROM charge WHERE window_id = ?').run(windowId).changes;
      for (const table of ['charge_reference', 'window_reading', 'rejected_row', 'control_total', 'source_file']) {
        sqlite.prepare(`DELETE FROM ${table} WHERE window_id = ?`).run(windowId);
      }
      sqlite.prepare('DELETE FROM source_window WHERE id = ?').run(windowId);
      this.#removedAny = true;
      return { window: name, added: 0, changed: 0, removed };
    });
  }

  /** Removes the source itself on `commit`; the caller has removed its windows. */
  forgetSource(): void {
    this.#forgotten = true;
  }

  /**
   * Brings the month facts in step and makes everything visible at once.
   *
   * @throws SourceError when an own key of the source stands in two windows.
   */
  commit(): void {
    this.#guard(() => {
      const { sqlite } = this.#ledger;
      if (this.#ownKeys) requireUniqueKeys(sqlite, this.#sourceId, this.#source.name);
      if (this.#hadCharges) rebuildMonthFacts(sqlite, this.#sourceId);
      else this.#facts.finish(this.#sourceId);
      if (this.#removedAny) removeOrphans(sqlite, this.#sourceId);
      if (this.#hadCharges) rebuildSourceMonths(sqlite, this.#sourceId);
      if (this.#forgotten) sqlite.prepare('DELETE FROM source WHERE id = ?').run(this.#sourceId);
      // Rules on amounts and conversions must look again at lines whose months changed.
      sqlite.prepare('DELETE FROM state WHERE name IN (?, ?)').run(AMOUNTS_DECIDED, ALL_CONVERTED);
      sqlite.exec('COMMIT');
      sqlite.pragma('foreign_keys = ON');
    });
  }

  /** Leaves the ledger as it was. Safe to call when the transaction is already gone. */
  rollback(): void {
    const { sqlite } = this.#ledger;
    if (this.#started && sqlite.inTransaction) sqlite.exec('ROLLBACK');
    if (!sqlite.inTransaction) sqlite.pragma('foreign_keys = ON');
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw asLedgerError(error, this.#ledger.file);
    }
  }

  #upsertSource(): void {
    const { sqlite } = this.#ledger;
    const { name, kind, title, settingsFingerprint } = this.#source;
    this.#sourceId = sqlite
      .prepare<[string, string, string, string], number>(
        `INSERT INTO source (name, kind, title, settings_fingerprint) VALUES (?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, title = excluded.title,
           settings_fingerprint = excluded.settings_fingerprint
         RETURNING id`,
      )
      .pluck()
      .get(name, kind, title, settingsFingerprint) as number;
    this.#hadCharges =
      sqlite
        .prepare<[number], number>(
          'SELECT 1 FROM charge WHERE window_id IN (SELECT id FROM source_window WHERE source_id = ?) LIMIT 1',
        )
        .pluck()
        .get(this.#sourceId) !== undefined;
    this.#hasLines =
      sqlite.prepare<[number], number>('SELECT 1 FROM line WHERE source_id = ? LIMIT 1').pluck().get(this.#sourceId) !==
      undefined;
  }

  #windowRow(window: SourceWindow): { windowId: number; isNew: boolean } {
    const { sqlite } = this.#ledger;
    const known = sqlite
      .prepare<[number, string], number>('SELECT id FROM source_window WHERE source_id = ? AND name = ?')
      .pluck()
      .get(this.#sourceId, window.id);
    if (known !== undefined) {
      sqlite.prepare('UPDATE source_window SET fingerprint = ? WHERE id = ?').run(window.fingerprint, known);
      return { windowId: known, isNew: false };
    }
    const { lastInsertRowid } = sqlite
      .prepare(
        `INSERT INTO source_window (source_id, name, fingerprint, row_count, rejected_count, skipped_count, remarks)
         VALUES (?, ?, ?, 0, 0, 0, '[]')`,
      )
      .run(this.#sourceId, window.id, window.fingerprint);
    return { windowId: Number(lastInsertRowid), isNew: true };
  }

  #touchLines(isNew: boolean, lineIds: readonly number[]): void {
    // A source seen for the first time rebuilds all its facts in one sweep and needs no list.
    if (isNew && !this.#hadCharges) return;
    const touch = this.#ledger.sqlite.prepare('INSERT OR IGNORE INTO temp.touched_line VALUES (?)');
    for (const id of lineIds) touch.run(id);
  }

  #saveSummary(windowId: number, summary: ReadingSummary): void {
    const { sqlite } = this.#ledger;
    if (summary.service !== undefined) saveReading(sqlite, windowId, summary.service);
    sqlite
      .prepare(
        'UPDATE source_window SET row_count = ?, rejected_count = ?, skipped_count = ?, remarks = ? WHERE id = ?',
      )
      .run(summary.rowCount, summary.rejectedCount, summary.skippedCount, JSON.stringify(summary.remarks), windowId);
    sqlite.prepare('DELETE FROM control_total WHERE window_id = ?').run(windowId);
    const total = sqlite.prepare('INSERT INTO control_total VALUES (?, ?, ?, ?)');
    for (const entry of summary.controlTotals) {
      total.run(windowId, entry.currency, entry.sourceCash, entry.sourceAccrual);
    }
    sqlite.prepare('DELETE FROM rejected_row WHERE window_id = ?').run(windowId);
    const rejected = sqlite.prepare('INSERT INTO rejected_row VALUES (?, ?, ?, ?, ?, ?)');
    for (const [position, row] of summary.rejected.entries()) {
      rejected.run(windowId, position, row.file, row.row, row.reason, row.text);
    }
  }
}

/** Notes the lines that have charges. Charges come ordered by line, so that few of them are looked up. */
function noteUsed(lines: Int32Array, used: Set<number>): void {
  let last = -1;
  for (const line of lines) {
    if (line !== last) used.add(line);
    last = line;
  }
}
