import type { RejectedRow } from '../core/batch.js';
import type { Basis, Charge, Line } from '../core/charge.js';
import type { IsoDate } from '../core/date.js';
import type { OwnershipDecision, VendorOutcome } from '../core/decision.js';
import type { Micros } from '../core/money.js';
import type { Month, Period } from '../core/period.js';
export type { DecideScope } from './decisions.js';
export type { LedgerPayee } from './reads.js';
import { DecisionWriter, largestMonths, linesToDecide, ownerOutcomes } from './decisions.js';
import { removeUnusedOutcomes, vendorOutcomes, type DecideScope, type LineToDecide } from './decisions.js';
import { exclusively } from './exclusive.js';
import { integrityProblems, ledgerDigest, refuseProblems } from './integrity.js';
import { convertMonthFacts, type DayConversion } from './month-facts.js';
import { asLedgerError, openDatabase, type LedgerDatabase, type OpenOptions } from './open.js';
import { PullWriter, type LedgerSource } from './pull-writer.js';
import {
  chargesOf,
  currencies,
  findLines,
  ledgerPayees,
  linesToken,
  lineSums,
  monthRange,
  monthsOfLine,
  rejectedRows,
  unconverted,
  type LedgerPayee,
  type SourceReport,
  type LineSums,
} from './reads.js';
import { sourceReports } from './source-reports.js';
import { ServiceBooks } from './service-books.js';
import { saveStates, stateOf } from './states.js';
import { storedSource, type StoredSource } from './stored-source.js';

export type { StoredSource } from './stored-source.js';

/** Decides a line anew; returning the vendor outcome it was given says that the vendor stays. */
export type Decide = (target: LineToDecide) => { vendor: VendorOutcome; owner: OwnershipDecision };

/**
 * The ledger: facts and decisions in one file. The functions are whole operations and promise-shaped, so that another
 * database can stand behind the same ones; no type of the driver leaves this room.
 */
export class Ledger {
  readonly #database: LedgerDatabase;
  /** What it keeps for live services. */
  readonly services: ServiceBooks;

  private constructor(database: LedgerDatabase) {
    this.#database = database;
    const { sqlite } = database;
    this.services = new ServiceBooks(
      (question) => this.#ask(question),
      (work) => this.#transaction(() => work(sqlite)),
    );
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
    return exclusively(this.#database.file, async () => {
      const writer = await this.#ask(() => new PullWriter(this.#database, source));
      try {
        writer.start();
        const result = await work(writer);
        writer.commit();
        return result;
      } catch (error) {
        writer.rollback();
        throw error;
      }
    });
  }

  async storedSource(name: string): Promise<StoredSource | undefined> {
    return this.#ask((sqlite) => storedSource(sqlite, name));
  }

  /** Removes a source that the workspace no longer has, with all that hangs on it; returns how many charges went. */
  async removeSource(name: string): Promise<number> {
    const stored = await this.storedSource(name);
    if (stored === undefined) return 0;
    return this.pull(
      { name, kind: stored.kind as LedgerSource['kind'], title: stored.title, settingsFingerprint: '' },
      (writer) => {
        let count = 0;
        for (const window of stored.windows.keys()) count += writer.removeWindow(window).removed;
        writer.forgetSource();
        return Promise.resolve(count);
      },
    );
  }

  async sourceNames(): Promise<string[]> {
    return this.#ask((sqlite) => sqlite.prepare<[], string>('SELECT name FROM source ORDER BY name').pluck().all());
  }

  async sources(): Promise<SourceReport[]> {
    return this.#ask((sqlite) => sourceReports(sqlite));
  }

  async rejectedRows(source: string | undefined, limit: number): Promise<(RejectedRow & { source: string })[]> {
    return this.#ask((sqlite) => rejectedRows(sqlite, source, limit));
  }

  /**
   * Decides lines and stores what changed, in one transaction with the states that say from what they were decided.
   *
   * @returns lines looked at and lines whose decision changed.
   */
  async decide(
    scope: DecideScope,
    decide: Decide,
    options: { readonly withAmounts?: boolean; readonly states?: Readonly<Record<string, string>> } = {},
  ): Promise<{ seen: number; changed: number }> {
    return this.#transaction(() => {
      const writer = new DecisionWriter(this.#database.sqlite);
      let seen = 0;
      let changed = 0;
      for (const target of linesToDecide(this.#database.sqlite, scope, options.withAmounts)) {
        const { vendor, owner } = decide(target);
        seen += 1;
        if (writer.save(target, vendor, owner)) changed += 1;
      }
      if (changed > 0) removeUnusedOutcomes(this.#database.sqlite);
      saveStates(this.#database.sqlite, options.states ?? {});
      return { seen, changed };
    });
  }

  /** The distinct payees of each source, of lines that name no publisher. */
  async payees(): Promise<LedgerPayee[]> {
    return this.#ask((sqlite) => ledgerPayees(sqlite));
  }

  /** A text that changes when lines come or go. */
  async linesToken(): Promise<string> {
    return this.#ask((sqlite) => linesToken(sqlite));
  }

  async undecidedCount(): Promise<number> {
    const query = 'SELECT (SELECT count(*) FROM line) - (SELECT count(*) FROM line_decision)';
    return this.#ask((sqlite) => sqlite.prepare<[], number>(query).pluck().get() ?? 0);
  }

  /** Largest absolute month of each line, for rules on amounts; by the line's row id. */
  async largestMonths(): Promise<Map<number, Micros>> {
    return this.#ask((sqlite) => largestMonths(sqlite));
  }

  /**
   * Converts month facts of foreign currencies that are not converted yet, in one transaction with the states that say by
   * what rates; drops earlier conversions first if asked.
   */
  async convert(
    reportingCurrency: string,
    conversion: DayConversion,
    anew: boolean,
    states: Readonly<Record<string, string>> = {},
  ): Promise<number> {
    return this.#transaction(() => {
      if (anew) this.#database.sqlite.exec('DELETE FROM converted_fact');
      const converted = convertMonthFacts(this.#database.sqlite, reportingCurrency, conversion);
      saveStates(this.#database.sqlite, states);
      return converted;
    });
  }

  /** Currencies that occur in month facts. */
  async currencies(): Promise<string[]> {
    return this.#ask(currencies);
  }

  async state(name: string): Promise<string | undefined> {
    return this.#ask((sqlite) => stateOf(sqlite, name));
  }

  async saveState(name: string, value: string): Promise<void> {
    await this.#transaction(() => {
      saveStates(this.#database.sqlite, { [name]: value });
    });
  }

  /**
   * Runs reads on one unchanging state of the ledger, whatever other processes write meanwhile. `work` must not write.
   *
   * @throws whatever `work` throws.
   */
  async snapshot<Result>(work: () => Promise<Result>): Promise<Result> {
    const { sqlite } = this.#database;
    await this.#ask(() => sqlite.exec('BEGIN'));
    try {
      return await work();
    } finally {
      if (sqlite.inTransaction) sqlite.exec('COMMIT');
    }
  }

  /** Money of every line over spans of months; see `lineSums`. */
  async lineSums(spans: readonly Period[], basis: Basis, reportingCurrency: string): Promise<LineSums[]> {
    return this.#ask((sqlite) => lineSums(sqlite, spans, basis, reportingCurrency));
  }

  /** Days and currencies of a period that lack a rate; see `unconverted`. */
  async unconverted(
    period: Period,
    currency: string,
    hasRate: (currency: string, day: IsoDate) => boolean,
  ): Promise<{ day: IsoDate; currency: string }[]> {
    return this.#ask((sqlite) => unconverted(sqlite, period, currency, hasRate));
  }

  async vendorOutcomes(): Promise<Map<number, VendorOutcome>> {
    return this.#ask((sqlite) => vendorOutcomes(sqlite));
  }

  async ownerOutcomes(): Promise<Map<number, OwnershipDecision>> {
    return this.#ask((sqlite) => ownerOutcomes(sqlite));
  }

  async findLines(idPrefix: string, limit: number): Promise<(Line & { rowId: number })[]> {
    return this.#ask((sqlite) => findLines(sqlite, idPrefix, limit));
  }

  async chargesOf(line: { rowId: number; id: string }, limit: number): Promise<{ charges: Charge[]; total: number }> {
    return this.#ask((sqlite) => chargesOf(sqlite, line, limit));
  }

  async monthsOfLine(rowId: number): Promise<ReturnType<typeof monthsOfLine>> {
    return this.#ask((sqlite) => monthsOfLine(sqlite, rowId));
  }

  async monthRange(): Promise<{ first: Month; last: Month } | undefined> {
    return this.#ask((sqlite) => monthRange(sqlite));
  }

  /** What is wrong inside the file; empty when it is sound. */
  async integrityProblems(): Promise<string[]> {
    return this.#ask((sqlite) => integrityProblems(sqlite));
  }

  /**
   * Refuses a ledger that is damaged or contradicts itself.
   *
   * @throws LedgerError naming everything that is wrong.
   */
  async requireSound(): Promise<void> {
    refuseProblems(await this.integrityProblems(), this.file);
  }

  /** Hash over everything the ledger says; equal ledgers have equal digests. */
  async digest(): Promise<string> {
    return this.#ask((sqlite) => ledgerDigest(sqlite));
  }

  /** Shows every line, with its largest month if asked, until `visit` answers false. */
  async eachLine(withAmounts: boolean, visit: (target: LineToDecide) => boolean): Promise<void> {
    return this.#ask((sqlite) => {
      for (const target of linesToDecide(sqlite, 'all', withAmounts)) if (!visit(target)) return;
    });
  }

  async #ask<Answer>(question: (sqlite: LedgerDatabase['sqlite']) => Answer): Promise<Answer> {
    try {
      return await Promise.resolve(question(this.#database.sqlite));
    } catch (error) {
      throw asLedgerError(error, this.#database.file);
    }
  }

  /** better-sqlite3's transactions are synchronous: `work` must not await. */
  async #transaction<Result>(work: () => Result): Promise<Result> {
    return exclusively(this.#database.file, () => this.#ask((sqlite) => sqlite.transaction(work).immediate()));
  }
}
