import { dayNumber, type IsoDate } from '../core/date.js';
import type { Micros } from '../core/money.js';
import type { ChargeTruth, DemoCharge, DemoFile, DemoRejectedRow, DemoSource } from './types.js';

/** What becomes of a row when the workspace is pulled. */
export type RowFate =
  | { readonly kind: 'charge'; readonly truth: ChargeTruth }
  | { readonly kind: 'rejected' | 'skipped'; readonly reason: string };

/** A row before it has a place in a file. */
export interface DraftRow {
  /** The day by which rows are put in order and a charge is dated. */
  readonly date: IsoDate;
  readonly cells: readonly string[];
  readonly fate: RowFate;
}

/** A file with what is known of its rows. */
export interface DemoTable {
  readonly file: DemoFile;
  readonly charges: readonly DemoCharge[];
  readonly rejectedRows: readonly DemoRejectedRow[];
  readonly skippedRows: readonly DemoRejectedRow[];
}

export interface TableLayout {
  readonly source: DemoSource;
  readonly path: string;
  readonly header: readonly string[];
  readonly delimiter: ',' | ';';
  readonly encoding: 'utf-8' | 'windows-1252';
}

/** Writes rows in order of their days as delimited text with CRLF, as business software exports it. */
export function writeTable(layout: TableLayout, rows: readonly DraftRow[]): DemoTable {
  const sorted = [...rows].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  const lines = [layout.header, ...sorted.map((row) => row.cells)].map((cells) => csvLine(cells, layout.delimiter));
  const text = `${lines.join('\r\n')}\r\n`;
  const charges: DemoCharge[] = [];
  const rejectedRows: DemoRejectedRow[] = [];
  const skippedRows: DemoRejectedRow[] = [];
  for (const [index, { date, fate }] of sorted.entries()) {
    const place = { source: layout.source, file: layout.path, row: index + 2 };
    if (fate.kind === 'charge') charges.push({ ...place, day: dayNumber(date), ...fate.truth });
    else (fate.kind === 'rejected' ? rejectedRows : skippedRows).push({ ...place, reason: fate.reason });
  }
  const content = layout.encoding === 'utf-8' ? text : windows1252(text);
  return { file: { path: layout.path, content }, charges, rejectedRows, skippedRows };
}

/** Cells as one line, quoted where they must be. */
export function csvLine(cells: readonly string[], delimiter: ',' | ';' = ','): string {
  return cells
    .map((cell) => (cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(delimiter);
}

/** A small CSV file with a header. */
export function csvFile(path: string, header: readonly string[], rows: readonly (readonly string[])[]): DemoFile {
  return { path, content: `${[header, ...rows].map((cells) => csvLine(cells)).join('\n')}\n` };
}

/** How a file writes amounts of whole hundredths. */
export interface AmountStyle {
  readonly decimal: '.' | ',';
  readonly group: '.' | ',';
  readonly negative: 'parentheses' | 'trailing-minus';
}

/** Hundredths as text: 123456 → `1,234.56`. */
export function amountText(hundredths: number, style: AmountStyle): string {
  const absolute = Math.abs(hundredths);
  const whole = String(Math.floor(absolute / 100)).replace(/\B(?=(\d{3})+$)/g, style.group);
  const text = `${whole}${style.decimal}${String(absolute % 100).padStart(2, '0')}`;
  if (hundredths >= 0) return text;
  return style.negative === 'parentheses' ? `(${text})` : `${text}-`;
}

/** Whole hundredths of a currency as micro-units. */
export function microsOfHundredths(hundredths: number): Micros {
  return BigInt(hundredths) * 10_000n;
}

/** Characters of Windows-1252 that are no Latin-1, as far as the demo company writes them. */
const WINDOWS_1252 = new Map([
  ['€', 0x80],
  ['–', 0x96],
]);

/** Text as Windows-1252 bytes. @throws RangeError for a character the code page lacks or this table does not list. */
export function windows1252(text: string): Uint8Array {
  return Uint8Array.from(Array.from(text), (character) => {
    const code = WINDOWS_1252.get(character) ?? character.codePointAt(0) ?? 0;
    if (code > 0xff) throw new RangeError(`windows1252: no byte for ${character}`);
    return code;
  });
}
