import type { z } from 'zod';

import type { LineTexts, SourceKind } from '../core/charge.js';
import type { Micros } from '../core/money.js';

/**
 * The contract between a connector and the runner. A connector is a value: it declares what it is and what settings it
 * takes, and walks its source. The runner owns windows, transactions, writing and reporting.
 */
export interface Connector<Settings = unknown> {
  /** The name of the connector's folder and of `connector:` in a workspace. */
  readonly id: string;
  readonly title: string;
  /** What a charge of this connector is unless the source says otherwise. */
  readonly kind: SourceKind;
  /** Strict schema of the source's settings, without `connector`, `title` and `kind`. */
  readonly settings: z.ZodType<Settings>;
  /** Changes when the same input would give other charges, so that unchanged files are read again. */
  readonly version: number;
  /** Looks whether the source can be read, without reading it all; throws a typed error with every mistake found. */
  check(context: ConnectorContext<Settings>): Promise<void>;
  /** What there is to pull: the windows, each with a fingerprint that changes when its content may have changed. */
  windows(context: ConnectorContext<Settings>): Promise<SourceWindow[]>;
  /** Reads one window. The reading must be consumed or closed. */
  read(context: ConnectorContext<Settings>, window: SourceWindow): Promise<WindowReading>;
  /** The source rows behind a charge, as the source has them, for `spendshift explain`. */
  sourceRows(context: ConnectorContext<Settings>, request: SourceRowsRequest): Promise<SourceRow[]>;
}

/** What a connector may use. All effects come by parameter. */
export interface ConnectorContext<Settings> {
  readonly sourceId: string;
  readonly settings: Settings;
  /** Absolute path of the workspace; relative paths of settings start here. */
  readonly workspaceFolder: string;
  /** Folder for temporary files, removed by the runner after the run. */
  readonly temporaryFolder: string;
  /** Reports work under way; cheap to call often. */
  readonly progress: (state: ProgressState) => void;
  readonly signal: AbortSignal;
}

export interface ProgressState {
  /** What is being done, e.g. `reading cards-2024-01.csv`. */
  readonly step: string;
  readonly rows: number;
  readonly rowsTotal?: number;
}

/** A part of a source that is replaced as a whole: for files, all files of one period. */
export interface SourceWindow {
  /** Stable name of the window inside its source: `2024-03`, `2019-04..2022-08`, or `all` when no file name carries a period. */
  readonly id: string;
  /** Files of the window, relative to the workspace with forward slashes, sorted. */
  readonly files: readonly string[];
  /** Hash over the content of the window; equal fingerprints need no second reading. */
  readonly fingerprint: string;
}

/**
 * A window being read. First come the lines (each batch names lines by their place in all lines yielded so far), then
 * the summary, which is complete only after the last batch.
 */
export interface WindowReading {
  batches(): AsyncIterable<ChargeBatch>;
  /** Totals and rejected rows; call after the last batch. */
  summary(): Promise<ReadingSummary>;
  close(): Promise<void>;
}

/**
 * A batch of charges in columns (a million objects would cost more than the work on them). All columns have the same
 * length. Spend is positive, refunds and credits negative.
 */
export interface ChargeBatch {
  /** Lines that appear for the first time in this reading, appended to those of earlier batches. */
  readonly lines: readonly LineTexts[];
  /** For each charge the index of its line among all lines of this reading. */
  readonly line: Int32Array;
  /**
   * For each charge a positive 63-bit number that identifies it among the charges of its line and day: from the source's
   * own key, or from period, content and ordinal among equals (`KEY_SQL` in reading.ts).
   */
  readonly key: BigInt64Array;
  /** `yyyymmdd`. */
  readonly day: Int32Array;
  readonly currency: readonly string[];
  readonly cashMicros: BigInt64Array;
  readonly accrualMicros: BigInt64Array;
  /** Source rows behind each charge. */
  readonly rowCount: Int32Array;
  /** For each charge the index of its file in the window's `files`. */
  readonly file: Int32Array;
  /** 1-based row of the (first) source row in that file. */
  readonly row: Int32Array;
}

/** The source's own total of one currency in one window, against what the batches carried. */
export interface ControlTotal {
  readonly currency: string;
  /** Exact decimal text of the sum over all accepted source rows, in the source's own precision, spend positive. */
  readonly sourceCash: string;
  readonly sourceAccrual: string;
  /** Sum of the micro-units handed over. */
  readonly ledgerCashMicros: Micros;
  readonly ledgerAccrualMicros: Micros;
}

/** A source row that could not be read. Kept, counted and shown; its money is in no total. */
export interface RejectedRow {
  readonly file: string;
  /** 1-based line (text) or row (Parquet, sheet). */
  readonly row: number;
  /** What is wrong, with the column and the text found there. */
  readonly reason: string;
  /** The row as it stands in the source, cut to 1,000 characters. */
  readonly text: string;
}

export interface ReadingSummary {
  /** Source rows read, accepted and rejected, without header and empty lines. */
  readonly rowCount: number;
  readonly rejectedCount: number;
  /** Rows left out on purpose by the source's settings (`skip`). */
  readonly skippedCount: number;
  readonly controlTotals: readonly ControlTotal[];
  /** All rejected rows, up to `REJECTED_ROWS_KEPT_MAX` of a window; `rejectedCount` counts all. */
  readonly rejected: readonly RejectedRow[];
  /** Things worth a person's look that stopped nothing, in sentences. */
  readonly remarks: readonly string[];
}

/** Rejected rows kept with their text per window; the count is always complete. */
export const REJECTED_ROWS_KEPT_MAX = 10_000;

export interface SourceRowsRequest {
  readonly file: string;
  /** 1-based row of the first source row. */
  readonly row: number;
  /** Rows behind the charge; 1 for a charge that is one row. */
  readonly rowCount: number;
  /** Texts of the line, to find the rows of a grouped charge. */
  readonly line: LineTexts;
  /** `yyyymm` of the charge. */
  readonly month: number;
  readonly currency: string;
  readonly rowsMax: number;
}

/** A row of a source as it stands there: column names and texts, in the source's order. */
export interface SourceRow {
  readonly file: string;
  readonly row: number;
  readonly cells: readonly (readonly [column: string, text: string])[];
}

/** Types a connector without losing its settings type. */
export function defineConnector<Settings>(connector: Connector<Settings>): Connector<Settings> {
  return connector;
}
