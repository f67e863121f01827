import type { Statement } from '../statement/types.js';
import { percent, periodWords, pointsFigure, shortMoney } from './format.js';
import { headline } from './headline.js';
import { html, sentence, trusted, type Markup } from './html/markup.js';
import { changesSection, flowsSection, movementsSection, sharesSection } from './html/sections-shift.js';
import {
  awarenessSection,
  besideSection,
  coverageSection,
  definitionSection,
  linesSection,
  sourcesSection,
  unknownSection,
} from './html/sections-trust.js';
import { STYLE } from './html/style.js';
import { movementBetween } from './movement.js';

/** How a page is made. */
export interface HtmlOptions {
  /** Language of the page's words for readers' programs. Default: `en-GB`. */
  readonly language?: string;
}

function key(name: string, figure: string, about: string): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd>${figure}<small>${about}</small></dd>
  </div> `;
}

/** The four figures a reader looks for first. */
function keyFigures(statement: Statement): Markup {
  const { technology, currency, uncertain } = statement;
  const it = statement.groups.find(({ group }) => group === 'it');
  const out = movementBetween(statement, 'it', 'business').amount;
  const back = movementBetween(statement, 'business', 'it').amount;
  const net = out - back;
  const figures = [
    key(
      'Technology spend',
      shortMoney(technology.current, currency),
      `before ${shortMoney(technology.baseline, currency)}`,
    ),
    key(
      net < 0n ? 'Moved to IT, net' : 'Moved out of IT, net',
      shortMoney(net < 0n ? -net : net, currency),
      `${shortMoney(out, currency)} out, ${shortMoney(back, currency)} in`,
    ),
  ];
  if (it !== undefined) {
    const [before, after] = [it.shareBaseline.share, it.shareCurrent.share];
    const about = `before ${percent(before)}, ${pointsFigure(before, after)} points`;
    figures.push(key(statement.view === 'owner' ? 'Owned by IT' : 'Paid by IT', percent(after), about));
  }
  figures.push(
    key('Not settled', shortMoney(uncertain.current, currency), `before ${shortMoney(uncertain.baseline, currency)}`),
  );
  return html`<dl class="keys">${figures}</dl>`;
}

function pageHeader(statement: Statement): Markup {
  const [first = '', ...rest] = headline(statement);
  const words = rest.map((text) => html`<p>${sentence(text)}</p> `);
  const seen = statement.view === 'owner' ? 'by who owns it' : 'by who pays';
  const today = statement.asToday ? ', as if today’s organisation' : '';
  const periods = `${periodWords(statement.current)} against ${periodWords(statement.baseline)}`;
  const basis = `${statement.currency}, ${statement.basis} basis, ${seen}${today}`;
  return html`<header>
    <h1>${statement.company}: technology spend shift</h1>
    <p class="about">${periods} · ${basis}</p>
    <p class="lead">${sentence(first)}</p>
    <div class="words">${words}</div>
    ${keyFigures(statement)}
  </header> `;
}

/**
 * The statement as one page: no script, nothing loaded from anywhere, fit for a screen, a telephone and A4 paper. The
 * same statement gives the same bytes. Brings in the chart library: import this file only when a page is wanted.
 */
export function renderHtml(statement: Statement, options: HtmlOptions = {}): string {
  const hasTechnology = statement.functions.length > 0;
  const shift = hasTechnology ? [sharesSection, flowsSection, changesSection, movementsSection, awarenessSection] : [];
  const trust = [
    unknownSection,
    besideSection,
    ...(hasTechnology ? [coverageSection] : []),
    sourcesSection,
    definitionSection,
    linesSection,
  ];
  const body = [...shift, ...trust].map((section) => section(statement));
  const title = `${statement.company}: technology spend shift, ${periodWords(statement.current)}`;
  return `<!doctype html>
${
  html`<html lang="${options.language ?? 'en-GB'}">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
      <meta name="robots" content="noindex" />
      <title>${title}</title>
      <style>
        ${trusted(STYLE)}
      </style>
    </head>
    <body>
      <main>
        ${pageHeader(statement)}${body}
        <footer>
          Made by Spendshift from ${statement.sources.map(({ title: name }) => name).join(', ') || 'no source'}. Schema
          ${statement.schema}.
        </footer>
      </main>
    </body>
  </html> `.markup
}`;
}
