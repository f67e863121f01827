import type { z } from 'zod';

import type { SourceWindow, WindowReading } from '../core/batch.js';
import type { LineTexts, SourceKind } from '../core/charge.js';
import type { ReferenceConnector } from './reference.js';
import type { ServiceConnector } from './service.js';

export {
  REJECTED_ROWS_KEPT_MAX,
  type ChargeBatch,
  type ControlTotal,
  type ReadingSummary,
  type RejectedRow,
  type SourceWindow,
  type WindowReading,
} from '../core/batch.js';

/**
 * The contract between a connector and the runner. A connector is a value: it declares what it is and what settings it
 * takes, and walks its source. The runner owns windows, transactions, writing and reporting; for live services also
 * retries, limits, time, ceilings and the archive. `feed` says what it gives:
 *
 * | feed           | gives                                                | contract in    |
 * | -------------- | ---------------------------------------------------- | -------------- |
 * | `files`        | charges of files                                     | this file      |
 * | `charges`      | charges of a live service, window by window          | `service.ts`   |
 * | `rates`        | reference rates of currencies                        | `reference.ts` |
 * | `people`       | who works in which department                        | `reference.ts` |
 * | `applications` | the applications that IT knows                       | `reference.ts` |
 */
export type Connector<Settings = unknown> =
  FileConnector<Settings> | ServiceConnector<Settings> | ReferenceConnector<Settings>;

/** What every connector says of itself. */
export interface Declaration<Settings = unknown> {
  /** The name of the connector's folder and of `connector:` in a workspace. */
  readonly id: string;
  readonly title: string;
  /** What a charge of this connector is unless the source says otherwise; `reference` where it gives no charges. */
  readonly kind: SourceKind;
  /** Strict schema of the source's settings, without the keys that every source has. */
  readonly settings: z.ZodType<Settings>;
  /** Changes when the same input would give other charges, so that unchanged files are read again. */
  readonly version: number;
}

/** A connector that reads files of the workspace. */
export interface FileConnector<Settings = unknown> extends Declaration<Settings> {
  readonly feed: 'files';
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

/** Types a connector of files without losing its settings type. */
export function defineConnector<Settings>(connector: Omit<FileConnector<Settings>, 'feed'>): FileConnector<Settings> {
  return { ...connector, feed: 'files' };
}
