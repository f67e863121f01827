import { isAbsolute, join } from 'node:path';

import { readRecords, type TextRecord } from '../../src/connector/records.js';
import { prepareTextFile } from '../../src/connector/text-file.js';
import type { RejectedRow } from '../../src/core/batch.js';
import { SourceError } from '../../src/core/errors.js';
import { monthOf } from '../../src/core/period.js';
import { dayIn } from '../../src/connector/values.js';
import type { DirectoryContext, DirectoryReader, PeoplePage } from './reader.js';
import { directorySettings, stated, type TableColumns } from './settings.js';
import { staysOf, type TableRow } from './stays.js';

/** Characters of a rejected row that are kept. */
const ROW_CHARACTERS_MAX = 1_000;
const VALID_FROM = 'valid_from';
const VALID_TO = 'valid_to';

/** Reads a table of people with their history from a file of the workspace. */
export const csv: DirectoryReader = {
  permission: 'file',
  async *read(context) {
    const { page, remarks } = await readTable(context);
    yield page;
    return remarks;
  },
  sample: async (context) => (await readTable(context)).page,
};

interface Table {
  readonly rows: readonly TableRow[];
  readonly rejected: readonly RejectedRow[];
  /** The text of each row by its line, for those that are refused later. */
  readonly texts: ReadonlyMap<number, string>;
}

async function readTable(context: DirectoryContext): Promise<{ page: PeoplePage; remarks: readonly string[] }> {
  const file = stated(context.settings.file, 'file');
  const { rows, rejected, texts } = await rowsOf(context, file);
  const { people, refused, shortCount } = staysOf(rows, monthOf(dayIn('UTC', context.now())));
  const late = refused.map(({ line, reason }) => ({ file, row: line, reason, text: texts.get(line) ?? '' }));
  const all = [...rejected, ...late].sort((left, right) => left.row - right.row);
  if (shortCount === 0) return { page: { people, rejected: all }, remarks: [] };
  const stays = shortCount === 1 ? '1 stay began and ended' : `${shortCount} stays began and ended`;
  const remark = `${stays} inside one month; that month counts for the department that followed.`;
  return { page: { people, rejected: all }, remarks: [remark] };
}

async function rowsOf(context: DirectoryContext, file: string): Promise<Table> {
  const { settings, sourceId, workspaceFolder, temporaryFolder, signal, progress } = context;
  const { delimiter = ',', encoding = 'utf-8' } = settings;
  const path = isAbsolute(file) ? file : join(workspaceFolder, file);
  const text = await prepareTextFile({ path, file, sourceId, encoding, temporaryFolder, signal, progress });
  const format = { delimiter: delimiter === 'tab' ? '\t' : delimiter, quote: '"' };
  const rows: TableRow[] = [];
  const rejected: RejectedRow[] = [];
  const texts = new Map<number, string>();
  let places: Places | undefined;
  let width = 0;
  for await (const records of readRecords(text.path, format, 1, signal)) {
    for (const record of records) {
      if (places === undefined) {
        places = placesOf(context, file, record);
        width = record.cells?.length ?? 0;
        continue;
      }
      const written = (record.text ?? (record.cells ?? []).join(format.delimiter)).slice(0, ROW_CHARACTERS_MAX);
      const row = rowOf(record, width, places);
      if (row === undefined) continue;
      if (typeof row === 'string') rejected.push({ file, row: record.row, reason: row, text: written });
      else {
        rows.push(row);
        texts.set(row.line, written);
      }
    }
  }
  return { rows, rejected, texts };
}

/** Where in a row things stand. */
interface Places {
  readonly id: number | undefined;
  readonly names: readonly number[];
  readonly department: number;
  readonly validFrom: number | undefined;
  readonly validTo: number | undefined;
}

function placesOf({ settings, sourceId }: DirectoryContext, file: string, record: TextRecord): Places {
  const columns = settings.columns ?? defaultColumns();
  const headers = (record.cells ?? []).map((cell) => folding(cell.replace(/^\uFEFF/, '')));
  const missing: string[] = [];
  const place = (header: string): number => {
    const at = headers.indexOf(folding(header));
    if (at === -1) missing.push(header);
    return at;
  };
  const optional = (header: string | undefined, usual: string): number | undefined => {
    if (header !== undefined) return place(header);
    const at = headers.indexOf(usual);
    return at === -1 ? undefined : at;
  };
  const places = {
    id: columns.id === undefined ? undefined : place(columns.id),
    names: columns.names.map(place),
    department: place(columns.department),
    validFrom: optional(columns.validFrom, VALID_FROM),
    validTo: optional(columns.validTo, VALID_TO),
  };
  if (missing.length === 0) return places;
  const named = missing.map((header) => `"${header}"`).join(', ');
  throw new SourceError({
    place: { file, source: sourceId, line: record.row },
    message: `there is no column ${named}; the header has ${(record.cells ?? []).join(', ').slice(0, ROW_CHARACTERS_MAX)}`,
    hint: 'Name the columns of the file under `columns`, or correct `delimiter`.',
  });
}

function defaultColumns(): TableColumns {
  return stated(directorySettings.parse({ from: 'csv', file: '-', columns: {} }).columns, 'columns');
}

/** A row of the table, what is wrong with it, or undefined for a row that is empty. */
function rowOf(record: TextRecord, width: number, places: Places): TableRow | string | undefined {
  const { cells, reason, row: line } = record;
  if (cells === undefined) return reason ?? 'the line is broken';
  if (cells.every((cell) => cell.trim() === '')) return undefined;
  const surplus = cells.slice(width).some((cell) => cell !== '');
  if (cells.length < width || surplus) return `${cells.length} cells where the header has ${width}`;
  const cell = (at: number | undefined): string => (at === undefined ? '' : (cells[at] ?? '').trim());
  const names = places.names.map(cell).filter((name) => name !== '');
  const own = cell(places.id);
  if (places.id !== undefined && own === '') return 'the row has no id';
  // A number of the company's own is a spelling too.
  const spellings = own === '' ? names : [...names, own];
  const id = own === '' ? folding(names[0] ?? '') : own;
  if (names.length === 0) return 'the row names nobody';
  const [validFrom, validTo] = [cell(places.validFrom), cell(places.validTo)];
  return { line, id, names: spellings, department: cell(places.department), validFrom, validTo };
}

function folding(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
