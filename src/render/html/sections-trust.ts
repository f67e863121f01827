import { formatPeriod } from '../../core/period.js';
import { UNASSIGNED } from '../../core/decision.js';
import type { Statement } from '../../statement/types.js';
import { cleanText, countFigure, counted, shortMoney } from '../format.js';
import {
  AWARENESS_ROWS,
  categoryName,
  CLASS_WORDS,
  differencesText,
  functionName,
  openingCommands,
  OWNER_METHOD_WORDS,
  sourceRemarks,
  VENDOR_METHOD_WORDS,
} from '../words.js';
import { moneyCells, moneyColumns, partOfNow, tableAmount } from './figures.js';
import { html, trusted, type Markup } from './markup.js';
import { htmlTable, type HtmlColumn } from './table.js';

/** A page holds at most so many lines; beyond `LINES_ALL_MAX` only the largest `LINES_SHOWN` are on it. */
export const LINES_ALL_MAX = 500;
export const LINES_SHOWN = 200;

/** Technology by who owns it and whether IT knows of it. */
export function awarenessSection(statement: Statement): Markup {
  const columns: HtmlColumn[] = [
    { header: 'Technology' },
    { header: 'Meaning', kind: 'aside' },
    ...moneyColumns(),
    { header: 'Of now', kind: 'figure' },
  ];
  const rows = AWARENESS_ROWS.map(({ key, name, meaning }) => {
    const row = statement.awareness[key];
    return { cells: [name, meaning, ...moneyCells(statement, row), partOfNow(statement, row.current)] };
  });
  const total = {
    cells: ['Technology', '', ...moneyCells(statement, statement.technology), ''],
    tone: 'total' as const,
  };
  return html`<section id="awareness">
    <h2>Does IT know of it</h2>
    <p class="intro">
      Business-led technology is owned outside IT and on IT’s list; shadow IT is owned outside IT and not.
    </p>
    ${htmlTable(`Technology by who knows of it, ${statement.currency}`, columns, [...rows, total])}
  </section> `;
}

/** Everything that could change the figures above. */
export function unknownSection(statement: Statement): Markup {
  const { currency, uncertain } = statement;
  const unassigned = statement.functions.find(({ id }) => id === UNASSIGNED);
  const unknown = statement.beside.find(({ spendClass }) => spendClass === 'unknown');
  const remarks: string[] = [];
  if (unassigned !== undefined)
    remarks.push(
      `${shortMoney(unassigned.current, currency)} of technology has no known owner (before: ${shortMoney(unassigned.baseline, currency)}), on ${counted(unassigned.lineCount, 'line')}.`,
    );
  if (unknown !== undefined && unknown.lineCount > 0)
    remarks.push(
      `${shortMoney(unknown.current, currency)} of spend is of a kind that is not known (before: ${shortMoney(unknown.baseline, currency)}), on ${counted(unknown.lineCount, 'line')}; it is in no share, but in the bounds.`,
    );
  remarks.push(
    uncertain.current === 0n && uncertain.baseline === 0n
      ? 'Every owner and every kind is settled above the bar of confidence.'
      : `${shortMoney(uncertain.current, currency)} in all is not settled: without an owner, of unknown kind, or decided with less confidence than the bar (before: ${shortMoney(uncertain.baseline, currency)}). The low and high of every share come from it.`,
  );
  const items = [...remarks, ...sourceRemarks(statement)].map((remark) => html`<li>${remark}</li>`);
  return html`<section id="unknown">
    <h2>What is not known</h2>
    <ul class="remarks">
      ${items}
    </ul>
  </section> `;
}

/** Spend that is not technology. */
export function besideSection(statement: Statement): Markup {
  if (statement.beside.length === 0) return trusted('');
  const columns: HtmlColumn[] = [{ header: 'Kind' }, ...moneyColumns(), { header: 'Lines', kind: 'figure' }];
  const rows = statement.beside.map((row) => ({
    cells: [CLASS_WORDS[row.spendClass], ...moneyCells(statement, row), countFigure(row.lineCount)],
  }));
  return html`<section id="beside">
    <h2>Beside technology</h2>
    <p class="intro">
      In no figure above. Advertising is media space; marketing’s software is technology and is counted there.
    </p>
    ${htmlTable(`Spend left out, ${statement.currency}`, columns, rows)}
  </section> `;
}

/** How owners and kinds were found. */
export function coverageSection(statement: Statement): Markup {
  const amount = tableAmount(statement);
  type Row = {
    readonly words: string;
    readonly baseline: bigint;
    readonly current: bigint;
    readonly lineCount: number;
  };
  const table = (caption: string, rows: readonly Row[]): Markup => {
    const columns: HtmlColumn[] = [
      { header: 'Known by' },
      { header: 'Then', kind: 'figure' },
      { header: 'Now', kind: 'figure' },
      { header: 'Of now', kind: 'figure' },
      { header: 'Lines', kind: 'figure' },
    ];
    const shown = rows
      .filter(({ lineCount }) => lineCount > 0)
      .map(({ words, baseline, current, lineCount }) => ({
        cells: [words, amount(baseline), amount(current), partOfNow(statement, current), countFigure(lineCount)],
      }));
    return htmlTable(caption, columns, shown);
  };
  const who = statement.view === 'owner' ? 'the owner' : 'the payer';
  const owners = statement.coverage.map((row) => ({ ...row, words: OWNER_METHOD_WORDS[row.method] }));
  const kinds = statement.classCoverage.map((row) => ({ ...row, words: VENDOR_METHOD_WORDS[row.method] }));
  return html`<section id="coverage">
    <h2>How the figures were found</h2>
    ${table(`What says who ${who} is, ${statement.currency}`, owners)}${table(`What says that it is technology, ${statement.currency}`, kinds)}
  </section> `;
}

/** Where the charges come from. */
export function sourcesSection(statement: Statement): Markup {
  if (statement.sources.length === 0) return trusted('');
  const figures = ['Rows', 'Rejected', 'Skipped', 'Source less ledger'];
  const columns: HtmlColumn[] = [
    { header: 'Source', kind: 'texts' },
    { header: 'Kind' },
    { header: 'Months' },
    ...figures.map((header): HtmlColumn => ({ header, kind: 'figure' })),
  ];
  const rows = statement.sources.map((source) => ({
    cells: [
      source.title,
      source.kind,
      source.months === undefined ? '–' : formatPeriod(source.months),
      ...[source.rowCount, source.rejectedCount, source.skippedCount].map(countFigure),
      differencesText(source),
    ],
  }));
  return html`<section id="sources">
    <h2>Sources</h2>
    ${htmlTable('Files and rows behind the figures', columns, rows)}
  </section> `;
}

/** What was counted, and how to open a figure. */
export function definitionSection(statement: Statement): Markup {
  const sentences = statement.definition.map((sentence) => html`<li>${sentence}</li>`);
  const commands = openingCommands(statement).map(
    ({ command, opens }) =>
      html`<dt><code>${command}</code></dt>
        <dd>${opens}</dd>`,
  );
  return html`<section id="definition">
      <h2>What was counted</h2>
      <ul class="remarks">
        ${sentences}
      </ul>
    </section>
    <section id="opening">
      <h2>How to open a figure</h2>
      <p class="intro">Every figure opens down to its lines, their charges and the rows they came from.</p>
      <dl class="commands">${commands}</dl>
    </section> `;
}

/** The lines under the figures, largest first. */
export function linesSection(statement: Statement): Markup {
  const { lines } = statement;
  if (lines.length === 0) return trusted('');
  const amount = tableAmount(statement);
  const shown = lines.length > LINES_ALL_MAX ? lines.slice(0, LINES_SHOWN) : lines;
  const columns: HtmlColumn[] = [
    { header: 'Vendor and payee', kind: 'texts' },
    { header: 'Need' },
    { header: 'Function' },
    { header: 'Then', kind: 'figure' },
    { header: 'Now', kind: 'figure' },
    { header: 'Line' },
  ];
  const rows = shown.map((line) => {
    const same = cleanText(line.payee).toLowerCase() === cleanText(line.vendor).toLowerCase();
    const each = (words: (part: (typeof line.functions)[number]) => string): Markup =>
      html`${line.functions.map((part, index) => html`${index === 0 ? '' : trusted('<br>')}${words(part)}`)}`;
    return {
      cells: [
        html`${line.vendor}${same ? '' : html` <span class="note">${line.payee}</span>`}`,
        line.spendClass === 'unknown' ? 'not known' : categoryName(statement, line.category),
        each((part) => functionName(statement, part.functionId)),
        each((part) => amount(part.baseline)),
        each((part) => amount(part.current)),
        html`<code>${line.id}</code>`,
      ],
    };
  });
  const period = formatPeriod(statement.current);
  const left = lines.length - shown.length;
  const more =
    left > 0
      ? html`<p class="note">
          ${counted(left, 'more line')}: <code>spendshift lines --period ${period} --format csv</code>
        </p>`
      : '';
  return html`<section id="lines" class="page">
    <h2>Appendix: the lines</h2>
    <p class="intro">
      Technology, and spend of unknown kind, largest first. A line opens with <code>spendshift explain</code> and its
      id.
    </p>
    ${htmlTable(`${counted(shown.length, 'line')}, ${statement.currency}`, columns, rows)}${more}
  </section> `;
}
