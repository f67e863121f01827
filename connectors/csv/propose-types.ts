import type { ColumnProfile } from './propose-columns.js';

/** The first rows of an unknown file, as texts. */
export interface TableSample {
  readonly fileName: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly delimiter: string;
  readonly encoding: string;
  /** 1-based line of the header. */
  readonly headerRow: number;
  /** 1-based line of each row; counted on from the header when absent. */
  readonly lines?: readonly number[];
  /** True when the file goes on after the rows. */
  readonly truncated?: boolean;
  /** Records with broken quotes, which are not among the rows. */
  readonly brokenCount?: number;
  /** Why the encoding is what it is, as a sentence. */
  readonly encodingEvidence?: string;
}

/** The plain object of a source for `spendshift.yaml`: only the keys that are known. */
export interface ProposedSettings {
  readonly connector: string;
  readonly title: string;
  readonly kind: string;
  readonly files: string;
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly headerRow?: number;
  readonly currency?: string;
  readonly dates?: readonly string[];
  readonly amount?: ProposedAmount;
  readonly columns?: Readonly<Record<string, string>>;
  readonly skip?: readonly ProposedSkip[];
}

export interface ProposedAmount {
  readonly decimal?: '.' | ',';
  readonly group?: '' | ',' | '.' | ' ' | "'";
  readonly sign?: 'spend-positive' | 'spend-negative';
}

export interface ProposedSkip {
  readonly column: string;
  readonly equals?: string;
  readonly startsWith?: string;
}

/** What could not be told from the file. */
export interface OpenQuestion {
  /** Key of the source that the answer belongs to, such as `dates` or `columns.payee`. */
  readonly key: string;
  /** What was seen and what to write, as a sentence. */
  readonly question: string;
  /** True when the source cannot be read before it is answered. */
  readonly required: boolean;
}

export interface Proposal {
  readonly settings: ProposedSettings;
  /** What was understood and why, one sentence per field. */
  readonly understood: readonly string[];
  readonly open: readonly OpenQuestion[];
  /** False while a required key is open. */
  readonly complete: boolean;
}

/** What one step of the proposal found. */
export interface Finding {
  readonly understood: readonly string[];
  readonly open: readonly OpenQuestion[];
}

/** `34,270` */
export function countText(count: number): string {
  return count.toLocaleString('en');
}

/** `1 row`, `34,270 rows` */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `"Payment Date"` */
export function quoted(column: ColumnProfile): string {
  return `"${column.header}"`;
}

/** `; also Invoice Date, Due Date` for the candidates that were passed over, or nothing. */
export function passedOver(candidates: readonly ColumnProfile[], reason: string): string {
  const others = candidates.slice(1, 6).map(quoted);
  return others.length === 0 ? '' : `; ${reason} ${others.join(', ')}`;
}

/** Some values of a column, for a question. */
export function examples(column: ColumnProfile, count = 3): string {
  return [...column.tally.keys()]
    .slice(0, count)
    .map((text) => `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`)
    .join(', ');
}
