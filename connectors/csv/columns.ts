import type { Mistake } from '../../src/core/errors.js';
import { hintAmong } from '../../src/core/closest.js';
import { TEXT_COLUMNS, type ColumnSetting, type CsvSettings, type SkipSetting, type TextColumn } from './settings.js';

/** A column of one file: its place and the header as the file spells it. */
export interface FileColumn {
  readonly index: number;
  readonly header: string;
}

/** Where one file has the columns that the settings name. */
export interface FileColumns {
  readonly date: FileColumn;
  /** The amount, or debit and credit. */
  readonly amount: FileColumn | undefined;
  readonly debit: FileColumn | undefined;
  readonly credit: FileColumn | undefined;
  readonly currency: FileColumn | undefined;
  /** Mapped texts, in the order of TEXT_COLUMNS. */
  readonly texts: readonly (readonly [name: TextColumn, column: FileColumn])[];
  /** Mapped tags, sorted by name. */
  readonly tags: readonly (readonly [name: string, column: FileColumn])[];
  readonly key: readonly FileColumn[];
  readonly skip: readonly (readonly [skip: SkipSetting, column: FileColumn])[];
  /** Columns nothing is mapped to, sorted by header. */
  readonly others: readonly FileColumn[];
}

/** A header for comparison: case, and spaces around and between words, do not count. */
export function foldHeader(header: string): string {
  return header.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/**
 * Finds the columns of the settings among a file's headers. Of several spellings the first that the file has is taken.
 * All that is missing or ambiguous comes back as mistakes.
 */
export function mapColumns(
  headers: readonly string[],
  settings: CsvSettings,
  place: { readonly file: string; readonly source: string; readonly line: number },
): { readonly columns: FileColumns } | { readonly mistakes: readonly Mistake[] } {
  const mistakes: Mistake[] = [];
  const finder = (key: string, setting: ColumnSetting): FileColumn => {
    const found = findColumn(headers, setting);
    if ('column' in found) return found.column;
    mistakes.push({ place: { ...place, key }, message: found.message, hint: found.hint });
    return { index: 0, header: '' };
  };
  const optional = (key: string, setting: ColumnSetting | undefined): FileColumn | undefined =>
    setting === undefined ? undefined : finder(`columns.${key}`, setting);
  const { columns: named } = settings;
  const texts = TEXT_COLUMNS.flatMap((name) => {
    const column = optional(name, named[name]);
    return column === undefined ? [] : [[name, column] as const];
  });
  const tags = Object.entries(named.tags ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, setting]) => [name, finder(`columns.tags.${name}`, setting)] as const);
  const fixed = {
    date: finder('columns.date', named.date),
    amount: optional('amount', named.amount),
    debit: optional('debit', named.debit),
    credit: optional('credit', named.credit),
    currency: optional('currency', named.currency),
  };
  const key = (settings.key ?? []).map((setting) => finder('key', setting));
  const skip = settings.skip.map((one) => [one, finder('skip', one.column)] as const);
  if (mistakes.length > 0) return { mistakes };
  const used = new Set(
    [...Object.values(fixed), ...[...texts, ...tags].map(([, column]) => column)].map((c) => c?.index),
  );
  return { columns: { ...fixed, texts, tags, key, skip, others: otherColumns(headers, used) } };
}

function otherColumns(headers: readonly string[], used: ReadonlySet<number | undefined>): FileColumn[] {
  return headers
    .map((header, index) => ({ index, header, folded: foldHeader(header) }))
    .filter(({ index }) => !used.has(index))
    .sort((a, b) => (a.folded < b.folded ? -1 : a.folded > b.folded ? 1 : a.index - b.index))
    .map(({ index, header }) => ({ index, header }));
}

type Found = { readonly column: FileColumn } | { readonly message: string; readonly hint: string };

function findColumn(headers: readonly string[], setting: ColumnSetting): Found {
  const spellings = typeof setting === 'string' ? [setting] : setting;
  for (const spelling of spellings) {
    const wanted = foldHeader(spelling);
    const places = headers.flatMap((header, index) => (foldHeader(header) === wanted ? [index] : []));
    const [index, second] = places;
    if (index === undefined) continue;
    if (second === undefined) return { column: { index, header: headers[index] ?? '' } };
    return {
      message: `the file has ${places.length} columns "${spelling}"`,
      hint: 'Rename one of them in the file: which one is meant cannot be told.',
    };
  }
  const names = headers.filter((header) => header !== '');
  return {
    message: `the file has no column ${spellings.map((spelling) => `"${spelling}"`).join(' or ')}`,
    hint: hintAmong(spellings[0] ?? '', names, 'Its columns'),
  };
}
