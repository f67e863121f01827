import type { ChargeBatch, ReadingSummary } from '../../core/batch.js';
import { LINE_TEXT_KEYS, type LineTexts } from '../../core/charge.js';
import { dateOfDayNumber } from '../../core/date.js';
import { fingerprint } from '../../core/ids.js';
import { PLAIN_NUMBERS, parseDecimal, type DecimalText } from '../../core/money.js';
import type { Month } from '../../core/period.js';
import type { ProgressState } from '../contract.js';
import { stagedBatches } from '../reading.js';
import type { PullEnd, ServiceBatch, ServiceCharge } from '../service.js';
import type { FocusContext, FocusRules } from './context.js';
import { openStaged, plainError } from './database.js';
import { inNewFolder } from './folder.js';
import type { MonthRule } from './months.js';

const TABLE_HINT = 'It must be cost and usage in the FOCUS format: choose that where the export is made.';

/** A FOCUS file that a connector has fetched. */
export interface FetchedFile {
  /** The name people know it by: its key in a bucket, its address. */
  readonly name: string;
  /** Absolute path; it ends in .parquet, .csv or .csv.gz, after what the file is (see `nameByContent`). */
  readonly path: string;
}

export interface FocusChargesOptions {
  readonly sourceId: string;
  /** Every file that holds charges of the month; none gives no charges. */
  readonly files: readonly FetchedFile[];
  /** The month, and how the files stand to it: see `MonthRule`. */
  readonly months: Exclude<MonthRule, { readonly kind: 'own' }>;
  readonly rules: FocusRules;
  /** What a person can look up, for each charge. The same from pull to pull: a change of it is a change of the charge. */
  readonly reference: string;
  /** Folder in which temporary files are made, and removed again. */
  readonly temporaryFolder: string;
  readonly signal: AbortSignal;
  readonly progress: (state: ProgressState) => void;
}

/** What is known of a month when all its charges were given. */
export interface FocusEnd {
  /** Exact sums over all accepted rows of the files, to 12 decimals. */
  readonly totals: NonNullable<PullEnd['totals']>;
  readonly remarks: readonly string[];
  /** Rows of the files, accepted and rejected. */
  readonly rowCount: number;
  readonly rejectedCount: number;
}

/**
 * Charges of one month from FOCUS files that were fetched, grouped to line × currency, in memory that is bounded by the
 * number of lines. The key of a charge is made of its month, currency and the texts of its line; its day is the last day
 * charged. The files stay: whoever fetched them removes them.
 *
 * @throws SourceError when a file is no bill, holds what it must not, or more of it is rejected than the rules allow.
 */
export async function* focusCharges(options: FocusChargesOptions): AsyncGenerator<ServiceBatch, FocusEnd> {
  if (options.files.length === 0) return { totals: [], remarks: [], rowCount: 0, rejectedCount: 0 };
  return yield* inNewFolder(options.temporaryFolder, 'focus', async function* (folder) {
    const context = contextOf(options, folder);
    const names = options.files.map(({ name }) => name);
    const { month } = options.months;
    const { staged, close } = await openStaged(context, { id: month, files: names, months: options.months });
    try {
      const lines = new Lines();
      for await (const batch of stagedBatches(staged.staged)) {
        lines.add(batch.lines);
        if (batch.line.length > 0) yield { charges: chargesOf(batch, lines, month, options.reference) };
      }
      const summary = await staged.summary();
      if (summary.rejected.length > 0) yield { charges: [], rejected: summary.rejected };
      return endOf(summary);
    } catch (error) {
      throw plainError(error, context, names);
    } finally {
      await close();
    }
  });
}

function contextOf(options: FocusChargesOptions, temporaryFolder: string): FocusContext {
  const { sourceId, rules, signal, progress } = options;
  const paths = new Map(options.files.map(({ name, path }) => [name, path]));
  if (paths.size < options.files.length) throw new Error('two fetched files have the same name');
  const tableHint = TABLE_HINT;
  const pathOf = (file: string): string => paths.get(file) ?? file;
  return { sourceId, settings: rules, temporaryFolder, tableHint, signal, progress, pathOf };
}

/** The lines seen so far, each with what its charges' keys are made of. */
class Lines {
  readonly #lines: { readonly texts: LineTexts; readonly hash: string }[] = [];

  add(lines: readonly LineTexts[]): void {
    for (const texts of lines) {
      this.#lines.push({ texts, hash: fingerprint(LINE_TEXT_KEYS.map((key) => texts[key])) });
    }
  }

  at(index: number | undefined): { readonly texts: LineTexts; readonly hash: string } {
    const line = index === undefined ? undefined : this.#lines[index];
    if (line === undefined) throw new Error('a charge names a line that was not given');
    return line;
  }
}

function chargesOf(batch: ChargeBatch, lines: Lines, month: Month, reference: string): ServiceCharge[] {
  return batch.currency.map((currency, index) => {
    const { texts, hash } = lines.at(batch.line[index]);
    return {
      texts,
      key: `${month}|${currency}|${hash}`,
      reference,
      day: dateOfDayNumber(batch.day[index] ?? 0),
      currency,
      cash: microDecimal(batch.cashMicros[index] ?? 0n),
      accrual: microDecimal(batch.accrualMicros[index] ?? 0n),
    };
  });
}

function microDecimal(micros: bigint): DecimalText {
  return { digits: micros, scale: 6 };
}

function endOf({ controlTotals, rejected, rejectedCount, rowCount, remarks }: ReadingSummary): FocusEnd {
  const totals = controlTotals.map(({ currency, sourceCash, sourceAccrual }) => ({
    currency,
    cash: exact(sourceCash),
    accrual: exact(sourceAccrual),
  }));
  const unlisted =
    rejectedCount > rejected.length
      ? [`${rejectedCount} rows were rejected; ${rejected.length} of them are listed.`]
      : [];
  return { totals, remarks: [...remarks, ...unlisted], rowCount, rejectedCount };
}

function exact(text: string): DecimalText {
  const decimal = parseDecimal(text, PLAIN_NUMBERS);
  if (decimal === undefined) throw new Error(`"${text}" is no decimal`);
  return decimal;
}
