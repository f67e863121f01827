import { absoluteMicros, MICROS_PER_UNIT, sumMicros, type Micros } from '../../core/money.js';
import { LEVELS, type Statement } from '../../statement/types.js';
import { counted, percent, percentFigure, pointsFigure, shortAmount, shortMoney } from '../format.js';
import { categoryName, functionName, isUnassigned, LEVEL_MEANING, LEVEL_WORDS } from '../words.js';
import { chartSvg, figureCharts } from './chart.js';
import { moneyCells, moneyColumns, tableAmount } from './figures.js';
import { flowChart, FLOWS_DRAWN_MAX } from './flow-chart.js';
import { html, trusted, type Content, type Markup } from './markup.js';
import { shareChart } from './share-chart.js';
import { htmlTable, type HtmlColumn } from './table.js';
import { axisStart, waterfallChart, waterfallSteps } from './waterfall-chart.js';

const MOVEMENTS_MAX = 25;
const FLOWS_LISTED_MAX = 40;

/** From here on nine columns of amounts written out would not fit on paper. */
const WRITTEN_OUT_BELOW = 50_000_000n * MICROS_PER_UNIT;

/** Who owns technology: shares then and now, with bounds. */
export function sharesSection(statement: Statement): Markup {
  const columns: HtmlColumn[] = [
    { header: 'Function' },
    ...moneyColumns(),
    { header: 'Share then', kind: 'figure' },
    { header: 'Share now', kind: 'figure' },
    { header: 'Points', kind: 'figure' },
    { header: 'Low–high now', kind: 'figure' },
    { header: 'Lines', kind: 'figure' },
  ];
  const rows = statement.functions.map((row) => {
    const [before, after] = [row.shareBaseline.share, row.shareCurrent.share];
    const bounds = `${percentFigure(row.shareCurrent.low)}–${percent(row.shareCurrent.high)}`;
    const shares = [percent(before), percent(after), pointsFigure(before, after), bounds, row.lineCount];
    const cells = [functionName(statement, row.id), ...moneyCells(statement, row), ...shares];
    return { cells, tone: isUnassigned(row) ? ('quiet' as const) : undefined };
  });
  const { technology } = statement;
  const total = ['Technology', ...moneyCells(statement, technology), '', '', '', '', technology.lineCount];
  const verb = statement.view === 'owner' ? 'owns' : 'pays for';
  const label = `Shares of technology spend then and now: ${statement.functions
    .map((row) => `${row.name} ${percent(row.shareBaseline.share)} then, ${percent(row.shareCurrent.share)} now`)
    .join('; ')}`;
  return html`<section id="shares">
    <h2>Who ${verb} technology</h2>
    <figure>
      ${figureCharts((width) => shareChart(statement, width), 'shares', label)}
      <figcaption>
        <span class="swatch then"></span>then&ensp;<span class="swatch now"></span>now, in percent of technology spend.
        The whiskers run from the share without any of the money that is not settled to the share with all of it.
      </figcaption>
    </figure>
    ${htmlTable(`Technology spend by function, ${statement.currency}`, columns, [...rows, { cells: total, tone: 'total' }])}
  </section> `;
}

/** What moved from function to function. */
export function flowsSection(statement: Statement): Markup {
  const amount = tableAmount(statement);
  if (statement.flows.length === 0) {
    return html`<section id="flows">
      <h2>What moved</h2>
      <p>No technology money moved from one function to another.</p>
    </section> `;
  }
  const columns: HtmlColumn[] = [
    { header: 'From' },
    { header: 'To' },
    { header: 'Amount', kind: 'figure' },
    ...LEVELS.map((level): HtmlColumn => ({ header: capital(LEVEL_WORDS[level]), kind: 'figure' })),
  ];
  const listed = statement.flows.slice(0, FLOWS_LISTED_MAX);
  const figure = (micros: bigint): string => (micros === 0n ? '·' : amount(micros));
  const rows = listed.map((flow) => ({
    cells: [
      functionName(statement, flow.from),
      functionName(statement, flow.to),
      amount(flow.amount),
      ...LEVELS.map((level) => figure(flow.byLevel[level])),
    ],
  }));
  const { matched } = statement;
  const sums = [sumMicros(LEVELS.map((level) => matched[level])), ...LEVELS.map((level) => matched[level])];
  const total = { cells: ['All movements', '', ...sums.map(figure)], tone: 'total' as const };
  const label = `Flows between functions: ${listed
    .slice(0, FLOWS_DRAWN_MAX)
    .map(
      (flow) =>
        `${functionName(statement, flow.from)} to ${functionName(statement, flow.to)} ${shortMoney(flow.amount, statement.currency)}`,
    )
    .join('; ')}`;
  const left = statement.flows.length - listed.length;
  const drawn = statement.flows.length > FLOWS_DRAWN_MAX ? ` The ${FLOWS_DRAWN_MAX} largest are drawn.` : '';
  const more = left > 0 ? html`<p class="note">… and ${counted(left, 'smaller flow')}, in the total.</p>` : '';
  return html`<section id="flows" class="page">
    <h2>What moved, from whom to whom</h2>
    <p class="intro">Left: the functions that gave; right: those that received. The width of a band is its amount.</p>
    <figure>
      ${figureCharts((width) => flowChart(statement, width), 'flows', label)}
      <figcaption>
        <span class="swatch out"></span>from IT to another function&ensp;<span class="swatch back"></span>to
        IT&ensp;<span class="swatch rest"></span>between other functions, or to and from money without a known
        owner.${drawn}
      </figcaption>
    </figure>
    ${htmlTable(`Flows by strength of evidence, ${statement.currency}`, columns, [...rows, total])}${more}
    <p class="note">${evidenceNote()}</p>
  </section> `;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What each level proves, strongest first. */
function evidenceNote(): string {
  const meanings = LEVELS.map((level) => `${LEVEL_WORDS[level]}: ${LEVEL_MEANING[level]}`);
  return `From strongest evidence to weakest. ${capital(meanings.join('; '))}.`;
}

function waterfall(statement: Statement, index: number): Markup {
  const row = statement.functions[index];
  if (row === undefined) return trusted('');
  const { currency } = statement;
  const steps = waterfallSteps(row);
  const start = axisStart(steps);
  const label = `${row.name}: ${steps
    .map(
      ({ name, start: from, end, total }) =>
        `${name} ${total ? shortMoney(end, currency) : shortMoney(end - from, currency, 'both')}`,
    )
    .join(', ')}`;
  const name = functionName(statement, row.id);
  const cut = start > 0n ? html`<figcaption>Bars begin at ${shortMoney(start, currency)}.</figcaption>` : '';
  return html`<figure>
    <h3>${name} <span class="note">${shortMoney(row.change, currency, 'both')}</span></h3>
    <div class="chart">${trusted(chartSvg(waterfallChart(row, currency), `waterfall-${index}`, label))}</div>
    ${cut}
  </figure> `;
}

/** What came in over what went out, each where it is not zero. */
function inAndOut(figure: (micros: Micros) => string, incoming: Micros, outgoing: Micros): Content {
  if (incoming === 0n || outgoing === 0n) return figure(incoming - outgoing);
  return html`${figure(incoming)}<br />${figure(-outgoing)}`;
}

/** The figures of the waterfalls as a table. */
function changesTable(statement: Statement): Markup {
  const wide = absoluteMicros(statement.technology.current) >= WRITTEN_OUT_BELOW;
  const amount = wide ? shortAmount : tableAmount(statement);
  const figure = (micros: Micros): string => (micros === 0n ? '·' : amount(micros, 'both'));
  const headers = [
    ...LEVELS.map((level) => capital(LEVEL_WORDS[level])),
    'New money',
    'Cut',
    'Exchange rates',
    'Change',
  ];
  const columns: HtmlColumn[] = [
    { header: 'Function' },
    ...headers.map((header): HtmlColumn => ({ header, kind: 'figure' })),
  ];
  const rows = statement.functions.map((row) => ({
    cells: [
      functionName(statement, row.id),
      ...LEVELS.map((level) => inAndOut(figure, row.in[level], row.out[level])),
      ...[row.newMoney, -row.cut, row.currencyEffect, row.change].map(figure),
    ],
    tone: isUnassigned(row) ? ('quiet' as const) : undefined,
  }));
  const { newMoney, cut, technology, matched } = statement;
  const total = {
    cells: [
      'Technology',
      ...LEVELS.map((level) => inAndOut(figure, matched[level], matched[level])),
      ...[newMoney, -cut, technology.currencyEffect, technology.change].map(figure),
    ],
    tone: 'total' as const,
  };
  return htmlTable(`The same in figures, ${statement.currency}: what came in over what went out`, columns, [
    ...rows,
    total,
  ]);
}

/** Why each function changed: a waterfall each, and the same figures as a table. */
export function changesSection(statement: Statement): Markup {
  const charts = statement.functions.flatMap((row, index) => (row.change === 0n ? [] : waterfall(statement, index)));
  return html`<section id="changes" class="page">
    <h2>Why each function changed</h2>
    <p class="intro">
      From what a function had to what it has: what came in and went out, by evidence, then new money, cuts and exchange
      rates. <span class="swatch now"></span>more&ensp;<span class="swatch less"></span>less
    </p>
    <div class="waterfalls">${charts}</div>
    ${changesTable(statement)}
  </section> `;
}

/** The largest single movements and growth, with the id that opens each. */
export function movementsSection(statement: Statement): Markup {
  const amount = tableAmount(statement);
  const shown = statement.parts.slice(0, MOVEMENTS_MAX);
  if (shown.length === 0 && statement.unmatched.length === 0) return trusted('');
  const columns: HtmlColumn[] = [
    { header: 'What', kind: 'texts' },
    { header: 'From' },
    { header: 'To' },
    { header: 'Evidence' },
    { header: 'Amount', kind: 'figure' },
    { header: 'Id' },
  ];
  const rows = shown.map((part) => ({
    cells: [
      part.level === 'portfolio' ? 'Budget as a whole' : part.name,
      functionName(statement, part.from),
      functionName(statement, part.to),
      html`<span class="evidence">${LEVEL_WORDS[part.level]}</span>`,
      amount(part.amount),
      part.level === 'portfolio' ? '–' : html`<code>${part.key}</code>`,
    ],
  }));
  const rest = statement.parts.slice(MOVEMENTS_MAX);
  const sum = amount(sumMicros(rest.map((part) => part.amount)));
  const more =
    rest.length > 0
      ? html`<p class="note">
          … and ${counted(rest.length, 'smaller movement')} of ${sum} together; the JSON form has all.
        </p>`
      : '';
  const grown = [...statement.unmatched].sort((left, right) => (left.amount < right.amount ? 1 : -1));
  const growth = grown
    .filter((_, index) => index < 8 || index >= grown.length - 4)
    .map((entry) => ({
      cells: [
        functionName(statement, entry.functionId),
        categoryName(statement, entry.category),
        amount(entry.amount, 'both'),
      ],
    }));
  const growthColumns: HtmlColumn[] = [
    { header: 'Function' },
    { header: 'Need' },
    { header: 'Amount', kind: 'figure' },
  ];
  const growthTable =
    growth.length === 0 ? '' : htmlTable(`Largest new money and cuts, ${statement.currency}`, growthColumns, growth);
  const movements = shown.length === 0 ? '' : htmlTable(`Single movements, ${statement.currency}`, columns, rows);
  return html`<section id="movements">
    <h2>Largest movements and their evidence</h2>
    ${movements}${more}${growthTable}
  </section> `;
}
