import CliTable from 'cli-table3';
import picocolors from 'picocolors';

import { cleanText } from './format.js';

/** A column of a text table. */
export interface TableColumn {
  readonly header: string;
  /** Figures go to the right. Default: left. */
  readonly align?: 'left' | 'right';
  /** Where it is given, a table that is too wide may cut this column's texts to so many characters. */
  readonly widthMin?: number;
  /** A column that is left out when the table is still too wide, the last one first; `late`: after all others. */
  readonly optional?: boolean | 'late';
}

/** A row: its cells, or its cells and how loud they are. */
export type TableRow = readonly string[] | { readonly cells: readonly string[]; readonly tone: 'strong' | 'quiet' };

/** What a terminal can show. */
export interface TextOptions {
  /** Width in characters. */
  readonly columns: number;
  readonly color: boolean;
}

/** Ids of sources are what commands take: the common ones stay whole. */
export const SOURCE_WIDTH_MIN = 24;
const GAP = '  ';
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Cells of a terminal that a text without control characters takes: marks take none, East Asian letters two. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) if (!/\p{M}/u.test(character)) width += WIDE.test(character) ? 2 : 1;
  return width;
}

/** A text cut to a width, with an ellipsis where something was cut. */
export function fitText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let fitted = '';
  for (const character of text) {
    if (textWidth(fitted + character) > width - 1) break;
    fitted += character;
  }
  return `${fitted.trimEnd()}…`;
}

/** Text broken into lines at spaces; a word longer than a line is kept whole. */
export function wrapText(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width - indent.length) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((entry) => (indent + entry).trimEnd()).join('\n');
}

interface Plan {
  readonly kept: readonly number[];
  readonly widths: readonly number[];
}

const sumOf = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);

/** Narrows the widest of the columns that may be narrowed until the table fits or none is left to narrow. */
function narrow(columns: readonly TableColumn[], natural: readonly number[], columnsMax: number): number[] {
  const widths = [...natural];
  let excess = sumOf(widths) - columnsMax;
  for (; excess > 0; excess -= 1) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      const width = widths[index] ?? 0;
      if (column.widthMin !== undefined && width > column.widthMin && width > (widths[widest] ?? 0)) widest = index;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function planWidths(columns: readonly TableColumn[], cells: readonly (readonly string[])[], columnsMax: number): Plan {
  let kept = columns.map((_, index) => index);
  for (;;) {
    const shown = kept.flatMap((index) => columns[index] ?? []);
    const natural = kept.map((index) => Math.max(1, ...cells.map((row) => textWidth(row[index] ?? ''))));
    const widths = narrow(shown, natural, columnsMax);
    const last =
      kept.findLast((index) => columns[index]?.optional === true) ??
      kept.findLast((index) => columns[index]?.optional === 'late');
    if (sumOf(widths) <= columnsMax || last === undefined) return { kept, widths };
    kept = kept.filter((index) => index !== last);
  }
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
};

/**
 * A table for the terminal: a header, a rule, a row per entry, no line wider than the terminal as far as the columns
 * allow, no trailing spaces, no control characters from the data.
 *
 * @example renderTable([{ header: 'Line' }, { header: 'GBP', align: 'right' }], [['L0ab12cd34ef5', '1,200']], { columns: 80, color: false })
 */
export function renderTable(columns: readonly TableColumn[], rows: readonly TableRow[], options: TextOptions): string {
  const paint = picocolors.createColors(options.color);
  const header = columns.map((column) => cleanText(column.header));
  const cells = rows.map((row) => ('cells' in row ? row.cells : row).map(cleanText));
  const { kept, widths } = planWidths(columns, [header, ...cells], options.columns);
  const table = new CliTable({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colAligns: kept.map((index) => columns[index]?.align ?? 'left'),
    colWidths: [...widths],
  });
  const fit = (row: readonly string[]): string[] => kept.map((index, at) => fitText(row[index] ?? '', widths[at] ?? 1));
  table.push(fit(header).map((text) => paint.dim(text)));
  for (const [index, row] of rows.entries()) {
    const tone = 'cells' in row ? row.tone : undefined;
    const style = tone === 'strong' ? paint.bold : tone === 'quiet' ? paint.dim : (text: string): string => text;
    table.push(fit(cells[index] ?? []).map((text) => (text === '' ? '' : style(text))));
  }
  const [head = '', ...body] = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  return [head, paint.dim('─'.repeat(sumOf(widths))), ...body].join('\n');
}
