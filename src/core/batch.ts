import type { LineTexts } from './charge.js';
import type { Micros } from './money.js';

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
  /** For each charge of a live service what a person can look up there; empty where there is no such thing. */
  readonly reference?: readonly string[];
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
  /** True when the keys of the charges are the source's own and so must be unique in all of it, not in the window alone. */
  readonly ownKeys?: boolean;
  readonly controlTotals: readonly ControlTotal[];
  /** All rejected rows, up to `REJECTED_ROWS_KEPT_MAX` of a window; `rejectedCount` counts all. */
  readonly rejected: readonly RejectedRow[];
  /** Things worth a person's look that stopped nothing, in sentences. */
  readonly remarks: readonly string[];
  /** Of a window of a live service: when it was read, and whether the service calls its figures final. */
  readonly service?: { readonly readAt: Date; readonly isFinal: boolean };
}

/** Rejected rows kept with their text per window; the count is always complete. */
export const REJECTED_ROWS_KEPT_MAX = 10_000;
