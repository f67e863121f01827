import { hintAmong } from '../core/closest.js';
import type { Mistake, Place } from '../core/errors.js';
import type { Share } from '../core/decision.js';
import type { MappingTable, OwnershipNames, TableRow, Validity } from './entries.js';
import { readOwner, readSharesText } from './shares.js';
import { isOpenEnd, readFirstMonth, readLastMonth, validityOf } from './validity.js';

/** Collects the mistakes of one ownership file. */
export interface TableReader {
  readonly table: MappingTable;
  readonly names: OwnershipNames;
  readonly mistakes: Mistake[];
}

/** Text of a cell without spaces around it; empty when the column is not there. */
export function cell(row: TableRow, column: string): string {
  return row.cells.get(column)?.trim() ?? '';
}

export function placeOfRow(row: TableRow, key?: string): Place {
  return key === undefined ? { file: row.file, line: row.line } : { file: row.file, line: row.line, key };
}

export function reportRow(reader: TableReader, row: TableRow, key: string, message: string, hint?: string): void {
  reader.mistakes.push({ place: placeOfRow(row, key), message, hint });
}

/**
 * Checks the header: every column known, the needed ones there (one of each group). Returns false when rows cannot be
 * read for want of a column.
 */
export function checkColumns(
  reader: TableReader,
  known: readonly string[],
  needed: readonly (readonly string[])[],
): boolean {
  const { table, mistakes } = reader;
  const place = (key: string): Place => ({ file: table.file, line: table.headerLine, key });
  for (const column of table.columns) {
    if (!known.includes(column)) {
      mistakes.push({
        place: place(column),
        message: `unknown column "${column}"`,
        hint: hintAmong(column, known, 'Columns'),
      });
    }
  }
  // A YAML list without entries has no keys either.
  if (table.columns.length === 0) return table.rows.length > 0;
  let complete = true;
  for (const group of needed) {
    if (group.some((column) => table.columns.includes(column))) continue;
    complete = false;
    const name = group.join(' or ');
    mistakes.push({
      place: place(name),
      message: `the column ${name} is missing`,
      hint: `Columns: ${known.join(', ')}.`,
    });
  }
  return complete;
}

/** A cell that must hold a text; reports the row when it does not. */
export function neededCell(reader: TableReader, row: TableRow, column: string): string {
  const text = cell(row, column);
  if (text === '') reportRow(reader, row, column, `${column} is empty`, 'Fill it in, or take the row out.');
  return text;
}

/** The source a row is limited to; empty for all. */
export function readSource(reader: TableReader, row: TableRow): string {
  const source = cell(row, 'source');
  const known = reader.names.sources;
  if (source !== '' && known !== undefined && !known.has(source)) {
    reportRow(reader, row, 'source', `unknown source "${source}"`, hintAmong(source, [...known].sort(), 'Sources'));
  }
  return source;
}

/** `function` (or `owner`) or `shares` of a row; empty when it has neither. */
export function readOwnerCells(reader: TableReader, row: TableRow, column: 'function' | 'owner'): readonly Share[] {
  const owner = cell(row, column);
  const sharesText = cell(row, 'shares');
  if (owner !== '' && sharesText !== '') {
    reportRow(reader, row, 'shares', `${column} and shares are both filled in`, 'Leave one of the two empty.');
    return [];
  }
  if (owner === '' && sharesText === '') return [];
  const { functions } = reader.names;
  const reading = owner === '' ? readSharesText(sharesText, functions) : readOwner(owner, functions);
  if ('shares' in reading) return reading.shares;
  reportRow(reader, row, owner === '' ? 'shares' : column, reading.problem, reading.hint);
  return [];
}

/** As `readOwnerCells`, but one of the two must be there. */
export function neededOwner(reader: TableReader, row: TableRow): readonly Share[] {
  if (cell(row, 'function') === '' && cell(row, 'shares') === '') {
    reportRow(
      reader,
      row,
      'function',
      'neither function nor shares is filled in',
      'Write the id of a function, or shares such as: marketing 70, it 30.',
    );
  }
  return readOwnerCells(reader, row, 'function');
}

/** `valid_from` and `valid_to` of a row. */
export function readValidityCells(reader: TableReader, row: TableRow): Validity {
  const from = cell(row, 'valid_from');
  const to = cell(row, 'valid_to');
  const first = from === '' ? undefined : readFirstMonth(from, 'valid_from');
  const last = isOpenEnd(to) ? undefined : readLastMonth(to, 'valid_to');
  if (first !== undefined && 'problem' in first) reportRow(reader, row, 'valid_from', first.problem, first.hint);
  if (last !== undefined && 'problem' in last) reportRow(reader, row, 'valid_to', last.problem, last.hint);
  const firstMonth = first !== undefined && 'month' in first ? first.month : undefined;
  const lastMonth = last !== undefined && 'month' in last ? last.month : undefined;
  if (firstMonth !== undefined && lastMonth !== undefined && lastMonth < firstMonth) {
    const message = `valid_to ${lastMonth} is before valid_from ${firstMonth}`;
    reportRow(reader, row, 'valid_to', message, 'Swap the two, or mend one.');
  }
  return validityOf(firstMonth, lastMonth);
}

/** A cell that may only hold one of a few words; empty means the first. */
export function readChoice<Word extends string>(
  reader: TableReader,
  row: TableRow,
  column: string,
  words: readonly [Word, ...Word[]],
): Word {
  const text = cell(row, column).toLowerCase();
  if (text === '') return words[0];
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) {
    reportRow(reader, row, column, `unknown ${column} "${text}"`, hintAmong(text, words, 'One of'));
  }
  return word ?? words[0];
}
