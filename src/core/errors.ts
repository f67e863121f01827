import { printable } from './printable.js';

/**
 * The errors of Spendshift. A class says what the runner must do with it:
 *
 * | class            | the runner …                                                        | exit code |
 * | ---------------- | ------------------------------------------------------------------- | --------- |
 * | `UsageError`     | stops and shows the right use of the command                         | 2         |
 * | `SettingsError`  | stops before any work; the workspace must be mended                  | 1         |
 * | `SourceError`    | leaves that source as it was, goes on with the others, reports it     | 1         |
 * | `RetryableError` | tries again later with back-off, then treats it as a `SourceError`    | 1         |
 * | `LedgerError`    | stops; the ledger is as it was before                                | 1         |
 * | `DataError`      | stops that one question (a missing rate, an unknown line)            | 1         |
 * | `OutputError`    | stops; what was to be written is not there, or is as it was before    | 1         |
 *
 * Anything else that is thrown is a bug in Spendshift.
 */

/** Where a mistake stands. All parts are optional; `formatPlace` joins those that are known. */
export interface Place {
  /** Path as the user would write it. */
  readonly file?: string | undefined;
  /** 1-based line number in `file`. */
  readonly line?: number | undefined;
  /** Dotted key of a setting, or the name of a column. */
  readonly key?: string | undefined;
  /** Id of the source in the workspace. */
  readonly source?: string | undefined;
}

/** One mistake a person has to mend: where, what is wrong, what to write instead. */
export interface Mistake {
  readonly place: Place;
  readonly message: string;
  /** What to do about it, as a sentence. */
  readonly hint?: string | undefined;
}

/** `cards.csv:12: key` — the known parts of a place, in reading order; empty when nothing is known. */
export function formatPlace(place: Place): string {
  const parts: string[] = [];
  if (place.file !== undefined) parts.push(place.line === undefined ? place.file : `${place.file}:${place.line}`);
  if (place.source !== undefined) parts.push(`source ${place.source}`);
  if (place.key !== undefined) parts.push(place.key);
  return parts.join(': ');
}

/** A mistake as one or two lines of text, safe to show in a terminal whatever a file said. */
export function formatMistake(mistake: Mistake): string {
  const place = formatPlace(mistake.place);
  const head = place === '' ? mistake.message : `${place}: ${mistake.message}`;
  return printable(mistake.hint === undefined ? head : `${head}\n  → ${mistake.hint}`);
}

/** Base of all errors a person is meant to read. Carries one or more mistakes. */
export abstract class SpendshiftError extends Error {
  abstract readonly exitCode: 1 | 2;
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: Mistake | readonly Mistake[], options?: { cause?: unknown }) {
    const list: readonly Mistake[] = Array.isArray(mistakes) ? (mistakes as readonly Mistake[]) : [mistakes as Mistake];
    super(list.map(formatMistake).join('\n'), options);
    this.name = new.target.name;
    this.mistakes = list;
  }
}

/** The command line was used wrongly. */
export class UsageError extends SpendshiftError {
  readonly exitCode = 2;
}

/** A workspace file cannot be used as it stands. */
export class SettingsError extends SpendshiftError {
  readonly exitCode = 1;
}

/** A source cannot be read as a whole; nothing of it was changed. */
export class SourceError extends SpendshiftError {
  readonly exitCode = 1;
}

/** A source could not be read now, but may be later. */
export class RetryableError extends SpendshiftError {
  readonly exitCode = 1;
  /** Before this moment the service wants to be left alone. */
  readonly notBefore: Date | undefined;

  constructor(mistake: Mistake, options: { readonly cause?: unknown; readonly notBefore?: Date | undefined } = {}) {
    super(mistake, options);
    this.notBefore = options.notBefore;
  }
}

/** The ledger file cannot be used, or a write to it failed and was rolled back. */
export class LedgerError extends SpendshiftError {
  readonly exitCode = 1;
}

/** What was asked for cannot be written where it should go. */
export class OutputError extends SpendshiftError {
  readonly exitCode = 1;
}

/** A question cannot be answered from the data at hand. */
export class DataError extends SpendshiftError {
  readonly exitCode = 1;
}
