import { formatPeriod } from '../core/period.js';
import type { Statement, ThenNow } from '../statement/types.js';
import { countFigure, percent, perMillionOf } from './format.js';
import { renderTable, wrapText, type TableColumn, type TextOptions } from './table.js';
import { amountWriter } from './text-functions.js';
import type { TextSection } from './text.js';
import {
  AWARENESS_ROWS,
  CLASS_WORDS,
  differencesText,
  OWNER_METHOD_WORDS,
  sourceRemarks,
  VENDOR_METHOD_WORDS,
} from './words.js';

const MONEY_COLUMNS: readonly TableColumn[] = [
  { header: 'Then', align: 'right' },
  { header: 'Now', align: 'right' },
  { header: 'Change', align: 'right' },
];

function moneyCells(statement: Statement, options: TextOptions, row: ThenNow): string[] {
  const amount = amountWriter(statement, options);
  return [amount(row.baseline), amount(row.current), amount(row.change, true)];
}

const shareText = (part: bigint, whole: bigint): string => {
  const share = perMillionOf(part, whole);
  return share === undefined ? '' : percent(share);
};

/** Technology by who owns it and whether IT knows of it. */
export function awarenessSection(statement: Statement, options: TextOptions): TextSection {
  const columns: TableColumn[] = [
    { header: 'Technology' },
    ...MONEY_COLUMNS,
    { header: 'Now', align: 'right' },
    { header: 'Meaning', widthMin: 12, optional: true },
  ];
  const rows = AWARENESS_ROWS.map(({ key, name, meaning }) => {
    const row = statement.awareness[key];
    const share = shareText(row.current, statement.technology.current);
    return [name, ...moneyCells(statement, options, row), share, meaning];
  });
  return { title: 'Does IT know of it', body: renderTable(columns, rows, options) };
}

/** Spend that is not technology, and spend nobody could name. */
export function besideSection(statement: Statement, options: TextOptions): TextSection {
  const columns: TableColumn[] = [
    { header: 'Left out of technology' },
    ...MONEY_COLUMNS,
    { header: 'Lines', align: 'right' },
  ];
  const rows = statement.beside.map((row) => [
    CLASS_WORDS[row.spendClass],
    ...moneyCells(statement, options, row),
    countFigure(row.lineCount),
  ]);
  return { title: 'Beside it', body: rows.length === 0 ? '' : renderTable(columns, rows, options) };
}

/** What decided owners and kinds, in money and in lines. */
export function coverageSection(statement: Statement, options: TextOptions): TextSection {
  const { technology } = statement;
  const amount = amountWriter(statement, options);
  const table = (header: string, entries: readonly { words: string; current: bigint; lineCount: number }[]): string =>
    renderTable(
      [
        { header, widthMin: 20 },
        { header: 'Now', align: 'right' },
        { header: 'of money', align: 'right' },
        { header: 'Lines', align: 'right' },
      ],
      entries.map(({ words, current, lineCount }) => [
        words,
        amount(current),
        shareText(current, technology.current),
        countFigure(lineCount),
      ]),
      options,
    );
  const owners = statement.coverage
    .filter(({ lineCount }) => lineCount > 0)
    .map((row) => ({ ...row, words: OWNER_METHOD_WORDS[row.method] }));
  const kinds = statement.classCoverage
    .filter(({ lineCount }) => lineCount > 0)
    .map((row) => ({ ...row, words: VENDOR_METHOD_WORDS[row.method] }));
  const header = statement.view === 'owner' ? 'Owner known by' : 'Payer known by';
  const tables = [
    ...(owners.length === 0 ? [] : [table(header, owners)]),
    ...(kinds.length === 0 ? [] : [table('Technology known by', kinds)]),
  ];
  return { title: 'How the figures were found', body: tables.join('\n\n') };
}

/** Where the charges come from, and what is wrong with it. */
export function sourcesSection(statement: Statement, options: TextOptions): TextSection {
  const columns: TableColumn[] = [
    { header: 'Source', widthMin: 12 },
    { header: 'Kind' },
    { header: 'Months', optional: true },
    { header: 'Rows', align: 'right' },
    { header: 'Rejected', align: 'right' },
    { header: 'Skipped', align: 'right', optional: true },
    { header: 'Difference', align: 'right' },
  ];
  const rows = statement.sources.map((source) => [
    source.title,
    source.kind,
    source.months === undefined ? '—' : formatPeriod(source.months),
    ...[source.rowCount, source.rejectedCount, source.skippedCount].map(countFigure),
    differencesText(source),
  ]);
  const remarks = sourceRemarks(statement).map((remark) => wrapText(remark, options.columns));
  return {
    title: 'Sources',
    body: rows.length === 0 ? '' : [renderTable(columns, rows, options), ...remarks].join('\n'),
  };
}
