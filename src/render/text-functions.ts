import { absoluteMicros, sumMicros, type Micros } from '../core/money.js';
import { LEVELS, type FlowPart, type FunctionRow, type Statement } from '../statement/types.js';
import { columnAmount, columnDigits, counted, percentFigure, pointsFigure, shortAmount } from './format.js';
import { renderTable, wrapText, type TableColumn, type TableRow, type TextOptions } from './table.js';
import type { TextSection } from './text.js';
import { functionName, isUnassigned, LEVEL_MEANING, LEVEL_WORDS } from './words.js';

/** How many movements a terminal shows; the JSON and HTML forms hold more. */
const MOVEMENTS_MAX = 12;

/** From this width on amounts are written out; below it they are short (`412k`). */
export const WIDE_COLUMNS = 100;

/** How amounts are written in a terminal of this width. */
export function amountWriter(statement: Statement, options: TextOptions): (micros: Micros, signed?: boolean) => string {
  const largest = [statement.technology.current, statement.technology.baseline].map(absoluteMicros);
  const digits = columnDigits(largest.reduce((left, right) => (left > right ? left : right)));
  const wide = options.columns >= WIDE_COLUMNS;
  return (micros, signed = false) => {
    const style = signed ? 'both' : 'minus';
    return wide ? columnAmount(micros, digits, style) : shortAmount(micros, style);
  };
}

const tone = (row: FunctionRow): 'quiet' | undefined => (isUnassigned(row) ? 'quiet' : undefined);

/** A row with its tone, where it has one. */
function toned(cells: readonly string[], loudness: 'strong' | 'quiet' | undefined): TableRow {
  return loudness === undefined ? cells : { cells, tone: loudness };
}

/** Who owns technology: money and shares, then and now. */
export function functionsSection(statement: Statement, options: TextOptions): TextSection {
  const amount = amountWriter(statement, options);
  const columns: TableColumn[] = [
    { header: 'Function', widthMin: 12 },
    { header: 'Then', align: 'right' },
    { header: 'Now', align: 'right' },
    { header: 'Change', align: 'right' },
    { header: '% then', align: 'right' },
    { header: '% now', align: 'right' },
    { header: 'Points', align: 'right' },
    { header: 'Low–high %', align: 'right', optional: true },
  ];
  const rows = statement.functions.map((row) => {
    const [before, after] = [row.shareBaseline.share, row.shareCurrent.share];
    const bounds = `${percentFigure(row.shareCurrent.low)}–${percentFigure(row.shareCurrent.high)}`;
    const shares = [percentFigure(before), percentFigure(after), pointsFigure(before, after), bounds];
    return toned(
      [functionName(statement, row.id), amount(row.baseline), amount(row.current), amount(row.change, true), ...shares],
      tone(row),
    );
  });
  const { baseline, current, change } = statement.technology;
  const total = ['Technology', amount(baseline), amount(current), amount(change, true), '', '', '', ''];
  const body = renderTable(columns, [...rows, toned(total, 'strong')], options);
  const note = 'Low–high: the share now without, and with, all money that is not settled.';
  return {
    title: statement.view === 'owner' ? 'Who owns technology' : 'Who pays for technology',
    body: rows.length === 0 ? '' : `${body}\n${wrapText(note, options.columns)}`,
  };
}

const net = (row: FunctionRow): Micros[] => LEVELS.map((level) => row.in[level] - row.out[level]);

/** Why each function changed: net movement at each level, new money, cuts, currency. */
export function changeSection(statement: Statement, options: TextOptions): TextSection {
  const amount = amountWriter(statement, options);
  const figure = (micros: Micros): string => (micros === 0n ? '·' : amount(micros, true));
  const headers = ['Line', 'Vendor', 'Need', 'Realloc.', 'New', 'Cut', 'Currency', 'Change'];
  const columns: TableColumn[] = [
    { header: 'Function', widthMin: 9 },
    ...headers.map((header) => ({ header, align: 'right' as const })),
  ];
  const rows = statement.functions.map((row) => {
    const figures = [...net(row), row.newMoney, -row.cut, row.currencyEffect].map(figure);
    return toned([functionName(statement, row.id), ...figures, figure(row.change)], tone(row));
  });
  const { newMoney, cut, technology } = statement;
  const totals = [...LEVELS.map(() => 0n), newMoney, -cut, technology.currencyEffect, technology.change].map(figure);
  const body = renderTable(columns, [...rows, toned(['Technology', ...totals], 'strong')], options);
  const note = LEVELS.map((level) => `${LEVEL_WORDS[level]}: ${LEVEL_MEANING[level]}`).join('; ');
  return {
    title: 'Why each function changed',
    body: rows.length === 0 ? '' : `${body}\n${wrapText(`${note}.`, options.columns)}`,
  };
}

/** Where a movement is opened: the line or vendor it is about; the weaker levels name their category. */
function partName(part: FlowPart): string {
  return part.level === 'portfolio' ? '—' : part.name;
}

/** The largest single movements with their evidence and the id that opens them. */
export function movementsSection(statement: Statement, options: TextOptions): TextSection {
  const amount = amountWriter(statement, options);
  const shown = statement.parts.slice(0, MOVEMENTS_MAX);
  const columns: TableColumn[] = [
    { header: 'Amount', align: 'right' },
    { header: 'From', widthMin: 8 },
    { header: 'To', widthMin: 8 },
    { header: 'Evidence' },
    { header: 'What', widthMin: 12 },
    { header: 'Id', widthMin: 13 },
  ];
  const rows = shown.map((part) => [
    amount(part.amount),
    functionName(statement, part.from),
    functionName(statement, part.to),
    LEVEL_WORDS[part.level],
    partName(part),
    part.level === 'portfolio' ? '' : part.key,
  ]);
  const rest = statement.parts.slice(MOVEMENTS_MAX);
  const more =
    rest.length === 0
      ? ''
      : `\n… and ${counted(rest.length, 'smaller movement')} of ${amount(sumMicros(rest.map((part) => part.amount)))} together.`;
  return { title: 'Largest movements', body: rows.length === 0 ? '' : renderTable(columns, rows, options) + more };
}
