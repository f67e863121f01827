import type { RejectedRow } from '../core/batch.js';
import type { Basis, Charge, Line } from '../core/charge.js';
import type { OwnershipDecision, VendorOutcome } from '../core/decision.js';
import { LedgerError } from '../core/errors.js';
import type { Micros } from '../core/money.js';
import type { Month, Period } from '../core/period.js';
import {
  DecisionWriter,
  largestMonths,
  linesToDecide,
  ownerOutcomes,
  removeUnusedOutcomes,
  vendorOutcomes,
  type LineToDecide,
} from './decisions.js';
import { integrityProblems, ledgerDigest } from './integrity.js';
import { convertMonthFacts, type DayConversion } from './month-facts.js';
import { asLedgerError, openDatabase, type LedgerDatabase, type OpenOptions } from './open.js';
import { PullWriter, type LedgerSource } from './pull-writer.js';
import {
  chargesOf,
  decidedLines,
  findLines,
  monthRange,
  monthsOfLine,
  rejectedRows,
  statementFacts,
  unconverted,
  type DecidedLine,
  type SourceReport,
  type StatementFact,
} from './reads.js';
import { sourceReports } from './source-reports.js';

/** What a source had when it was last pulled. */
export interface StoredSource {
  readonly settingsFingerprint: string;
  readonly kind: string;
  readonly title: string;
  /** Fingerprint of each window and its files. */
  readonly windows: ReadonlyMap<string, { readonly fingerprint: string; readonly files: readonly string[] }>;
}

/** Decides a line anew; returning the vendor outcome it was given says that the vendor stays. */
export type Decide = (target: LineToDecide) => { vendor: VendorOutcome; owner: OwnershipDecision };

/**
 * The ledger: facts and decisions in one file. The functions are whole operations and promise-shaped, so that another
 * database can stand behind the same ones; no type of the driver leaves this room.
 */
export class Ledger {
  readonly #database: LedgerDatabase;

  private constructor(database: LedgerDatabase) {
    this.#database = database;
  }

  /** Opens or makes the ledger; see `openDatabase` for what it refuses. */
  static async open(options: OpenOptions): Promise<Ledger> {
    return Promise.resolve(new Ledger(openDatabase(options)));
  }

  get file(): string {
    return this.#database.file;
  }

  async close(): Promise<void> {
    this.#database.sqlite.close();
    return Promise.resolve();
  }

  /**
   * Runs one pull of one source in a single transaction: all of it becomes visible, or none.
   *
   * @throws whatever `work` throws, after rolling back.
   */
  async pull<Result>(source: LedgerSource, work: (writer: PullWriter) => Promise<Result>): Promise<Result> {
    const writer = new PullWriter(this.#database, source);
    try {
      const result = await work(writer);
      writer.commit();
      return result;
    } catch (error) {
      writer.rollback();
      throw error;
    }
  }

  async storedSource(name: string): Promise<StoredSource | undefined> {
    const { sqlite } = this.#database;
    const source = sqlite
      .prepare<[string], { id: number; settings_fingerprint: string; kind: string; title: string }>(
        'SELECT id, settings_fingerprint, kind, title FROM source WHERE name = ?',
      )
      .get(name);
    if (source === undefined) return Promise.resolve(undefined);
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
    return Promise.resolve({
      settingsFingerprint: source.settings_fingerprint,
      kind: source.kind,
      title: source.title,
      windows,
    });
  }

  /** Removes a source that the workspace no longer has, with all that hangs on it; returns how many charges went. */
  async removeSource(name: string): Promise<number> {
    const stored = await this.storedSource(name);
    if (stored === undefined) return 0;
    const { sqlite } = this.#database;
    const removed = await this.pull(
      { name, kind: stored.kind as LedgerSource['kind'], title: stored.title, settingsFingerprint: '' },
      (writer) => {
        let count = 0;
        for (const window of stored.windows.keys()) count += writer.removeWindow(window).removed;
        return Promise.resolve(count);
      },
    );
    sqlite.prepare('DELETE FROM source WHERE name = ?').run(name);
    return removed;
  }

  async sourceNames(): Promise<string[]> {
    return Promise.resolve(
      this.#database.sqlite.prepare<[], string>('SELECT name FROM source ORDER BY name').pluck().all(),
    );
  }

  async sources(): Promise<SourceReport[]> {
    return Promise.resolve(sourceReports(this.#database.sqlite));
  }

  async rejectedRows(source: string | undefined, limit: number): Promise<(RejectedRow & { source: string })[]> {
    return Promise.resolve(rejectedRows(this.#database.sqlite, source, limit));
  }

  /**
   * Decides lines and stores what changed, in one transaction.
   *
   * @returns lines looked at and lines whose decision changed.
   */
  async decide(scope: 'undecided' | 'all', decide: Decide): Promise<{ seen: number; changed: number }> {
    return this.#transaction(() => {
      const writer = new DecisionWriter(this.#database.sqlite);
      let seen = 0;
      let changed = 0;
      for (const target of linesToDecide(this.#database.sqlite, scope)) {
        const { vendor, owner } = decide(target);
        seen += 1;
        if (writer.save(target, vendor, owner)) changed += 1;
      }
      if (changed > 0 && scope === 'all') removeUnusedOutcomes(this.#database.sqlite);
      return { seen, changed };
    });
  }

  async undecidedCount(): Promise<number> {
    const count = this.#database.sqlite
      .prepare<[], number>('SELECT (SELECT count(*) FROM line) - (SELECT count(*) FROM line_decision)')
      .pluck()
      .get();
    return Promise.resolve(count ?? 0);
  }

  /** Largest absolute month of each line, for rules on amounts; by the line's row id. */
  async largestMonths(): Promise<Map<number, Micros>> {
    return Promise.resolve(largestMonths(this.#database.sqlite));
  }

  /** Converts month facts of foreign currencies that are not converted yet; drops earlier conversions first if asked. */
  async convert(reportingCurrency: string, conversion: DayConversion, anew: boolean): Promise<number> {
    return this.#transaction(() => {
      if (anew) this.#database.sqlite.exec('DELETE FROM converted_fact');
      return convertMonthFacts(this.#database.sqlite, reportingCurrency, conversion);
    });
  }

  /** Currencies that occur in month facts. */
  async currencies(): Promise<string[]> {
    return Promise.resolve(
      this.#database.sqlite.prepare<[], string>('SELECT DISTINCT currency FROM month_fact ORDER BY 1').pluck().all(),
    );
  }

  async state(name: string): Promise<string | undefined> {
    const value = this.#database.sqlite
      .prepare<[string], string>('SELECT value FROM state WHERE name = ?')
      .pluck()
      .get(name);
    return Promise.resolve(value);
  }

  async saveState(name: string, value: string): Promise<void> {
    await this.#transaction(() =>
      this.#database.sqlite
        .prepare('INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
        .run(name, value),
    );
  }

  async statementFacts(period: Period, basis: Basis, reportingCurrency: string): Promise<StatementFact[]> {
    return Promise.resolve(statementFacts(this.#database.sqlite, period, basis, reportingCurrency));
  }

  async unconverted(period: Period, currency: string, limit: number): Promise<{ day: number; currency: string }[]> {
    return Promise.resolve(unconverted(this.#database.sqlite, period, currency, limit));
  }

  async decidedLines(): Promise<Map<number, DecidedLine>> {
    return Promise.resolve(decidedLines(this.#database.sqlite));
  }

  async vendorOutcomes(): Promise<Map<number, VendorOutcome>> {
    return Promise.resolve(vendorOutcomes(this.#database.sqlite));
  }

  async ownerOutcomes(): Promise<Map<number, OwnershipDecision>> {
    return Promise.resolve(ownerOutcomes(this.#database.sqlite));
  }

  async findLines(idPrefix: string, limit: number): Promise<(Line & { rowId: number })[]> {
    return Promise.resolve(findLines(this.#database.sqlite, idPrefix, limit));
  }

  async chargesOf(line: { rowId: number; id: string }, limit: number): Promise<{ charges: Charge[]; total: number }> {
    return Promise.resolve(chargesOf(this.#database.sqlite, line, limit));
  }

  async monthsOfLine(rowId: number): Promise<ReturnType<typeof monthsOfLine>> {
    return Promise.resolve(monthsOfLine(this.#database.sqlite, rowId));
  }

  async monthRange(): Promise<{ first: Month; last: Month } | undefined> {
    return Promise.resolve(monthRange(this.#database.sqlite));
  }

  /** What is wrong inside the file; empty when it is sound. */
  async integrityProblems(): Promise<string[]> {
    return Promise.resolve(integrityProblems(this.#database.sqlite));
  }

  /**
   * Refuses a ledger that is damaged or contradicts itself.
   *
   * @throws LedgerError naming everything that is wrong.
   */
  async requireSound(): Promise<void> {
    const problems = await this.integrityProblems();
    if (problems.length === 0) return;
    throw new LedgerError(
      problems.map((message) => ({
        place: { file: this.file },
        message,
        hint: 'Put back a backup, or delete the file and pull again: it is made from your sources alone.',
      })),
    );
  }

  /** Hash over everything the ledger says; equal ledgers have equal digests. */
  async digest(): Promise<string> {
    return Promise.resolve(ledgerDigest(this.#database.sqlite));
  }

  /** better-sqlite3's transactions are synchronous: `work` must not await. */
  async #transaction<Result>(work: () => Result): Promise<Result> {
    try {
      return await Promise.resolve(this.#database.sqlite.transaction(work).immediate());
    } catch (error) {
      throw asLedgerError(error, this.#database.file);
    }
  }
}
