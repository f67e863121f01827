import { CsvError, parse } from 'csv-parse/sync';

import type { Mistake } from '../core/errors.js';
import type { MappingTable, TableRow } from '../ownership/entries.js';
import { parseYamlFile } from './yaml-file.js';

/** An ownership file as rows, or what is wrong with it as a file. */
export type TableReading = { readonly table: MappingTable } | { readonly mistakes: readonly Mistake[] };

interface CsvRecord {
  readonly info: { readonly lines: number };
  readonly record: readonly string[];
}

/** Reads an ownership file: CSV with a header, or a YAML list of maps (by the file's ending). */
export function parseTable(text: string, file: string, columns: readonly string[]): TableReading {
  return /\.ya?ml$/i.test(file) ? parseYamlTable(text, file) : parseCsvTable(text, file, columns);
}

function parseCsvTable(text: string, file: string, columns: readonly string[]): TableReading {
  let records: readonly CsvRecord[];
  try {
    const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true };
    records = parse(text, options) as unknown as readonly CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { mistakes: [csvMistake(error, file)] };
  }
  const [header, ...rest] = records;
  if (header === undefined) {
    const hint = `Begin it with a line of column names: ${columns.join(',')}`;
    return { mistakes: [{ place: { file }, message: 'the file is empty', hint }] };
  }
  const names = header.record.map((name) => name.trim());
  const mistakes = headerMistakes(names, file, header.info.lines, columns);
  const rows: TableRow[] = [];
  for (const { info, record } of rest) {
    // A quoted cell may hold line breaks; a row is named by the line it begins on.
    const line = info.lines - record.join('').split('\n').length + 1;
    if (record.every((cell) => cell.trim() === '')) continue;
    if (record.length > names.length) {
      const message = `the row has ${record.length} cells, the header ${names.length} columns`;
      mistakes.push({
        place: { file, line },
        message,
        hint: 'Put a text with a comma in it in double quotes: "marketing 70, it 30".',
      });
    }
    rows.push({ file, line, cells: new Map(names.map((name, index) => [name, record[index] ?? ''])) });
  }
  if (mistakes.length > 0) return { mistakes };
  return { table: { file, headerLine: header.info.lines, columns: names, rows } };
}

function headerMistakes(names: readonly string[], file: string, line: number, columns: readonly string[]): Mistake[] {
  const [only] = names;
  const place = { file, line };
  if (names.length === 1 && only !== undefined && /[;\t|]/.test(only)) {
    return [
      { place, message: `the columns are not separated by commas: "${only}"`, hint: `Write ${columns.join(',')}` },
    ];
  }
  const mistakes: Mistake[] = [];
  for (const [index, name] of names.entries()) {
    if (name === '')
      mistakes.push({ place, message: `column ${index + 1} has no name`, hint: `Columns: ${columns.join(', ')}.` });
    else if (names.indexOf(name) !== index) {
      mistakes.push({ place, message: `the column "${name}" stands twice`, hint: 'Take one of the two out.' });
    }
  }
  return mistakes;
}

function csvMistake(error: CsvError, file: string): Mistake {
  const lines: unknown = error['lines'];
  const line = typeof lines === 'number' ? lines : undefined;
  const message =
    error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? 'a double quote is opened and never closed'
      : 'a double quote stands in the middle of a cell';
  const hint = 'Put the whole cell in double quotes and write a quote inside it twice: "a ""b"" c".';
  return { place: { file, line }, message, hint };
}

function parseYamlTable(text: string, file: string): TableReading {
  const yaml = parseYamlFile(text, file, 'failsafe');
  if (yaml.mistakes.length > 0) return { mistakes: yaml.mistakes };
  const { value } = yaml;
  if (value === null || value === '') return { table: { file, headerLine: undefined, columns: [], rows: [] } };
  if (!Array.isArray(value)) {
    return {
      mistakes: [{ place: yaml.placeOf([]), message: 'the file is not a list', hint: 'Begin each entry with "- ".' }],
    };
  }
  const mistakes: Mistake[] = [];
  const columns = new Set<string>();
  const rows: TableRow[] = [];
  for (const [index, entry] of (value as readonly unknown[]).entries()) {
    const place = yaml.placeOf([index]);
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      mistakes.push({
        place,
        message: 'the entry is not a map of keys',
        hint: 'Write, for example, - { person: Anna, function: it }',
      });
      continue;
    }
    const cells = new Map<string, string>();
    for (const [key, cell] of Object.entries(entry)) {
      columns.add(key);
      if (typeof cell === 'string') cells.set(key, cell === '~' || cell === 'null' ? '' : cell);
      else
        mistakes.push({ place: yaml.placeOf([index, key]), message: `${key} is not a text`, hint: 'Write one text.' });
    }
    rows.push({ file, line: place.line ?? 1, cells });
  }
  return mistakes.length > 0 ? { mistakes } : { table: { file, headerLine: undefined, columns: [...columns], rows } };
}
