import type { ProgressState } from '../contract.js';

/** How FOCUS files are read, as the settings of a source say it. */
export interface FocusRules {
  /** Keys of the tags to keep. */
  readonly tags: readonly string[];
  /** Formats of dates beside ISO 8601, for text files. */
  readonly dates: readonly string[];
  /** Share of the rows of a file that may be rejected; above it nothing of the file is taken. */
  readonly rejectedShareMax: number;
}

/** What a reading of FOCUS files may use. Files go by the names that people know; `pathOf` says where they lie. */
export interface FocusContext {
  readonly sourceId: string;
  readonly settings: FocusRules;
  /** Absolute path of a file; it ends in .parquet, .csv or .csv.gz, after what the file is. */
  readonly pathOf: (file: string) => string;
  /** What to do about a table that is no bill; where files of the workspace are read it is another connector. */
  readonly tableHint?: string;
  /** Folder for temporary files, which the caller removes. */
  readonly temporaryFolder: string;
  readonly progress: (state: ProgressState) => void;
  readonly signal: AbortSignal;
}
