import { cleanText } from '../format.js';

/** Markup that is already safe. Made only by `html` and by `trusted`. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: text (escaped), numbers, markup, lists of markup. */
export type Content = string | number | Markup | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML text or attribute value: no character of it can open a tag, end an attribute or turn reading round. */
export function escapeHtml(text: string): string {
  return withEntities(cleanText(text));
}

function withEntities(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function contentMarkup(content: Content): string {
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return content.toString();
  return 'markup' in content ? content.markup : content.map(({ markup }) => markup).join('');
}

/**
 * Markup from a template. Whatever stands in the holes is escaped unless it is markup itself.
 *
 * @example html`<td>${payee}</td>`.markup // '<td>A &amp; B</td>'
 */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  let markup = strings[0] ?? '';
  for (const [index, content] of contents.entries()) markup += contentMarkup(content) + (strings[index + 1] ?? '');
  return { markup };
}

/** Markup of our own making (style sheet, a chart's SVG). Never give it a source's text. */
export function trusted(markup: string): Markup {
  return { markup };
}

/** A sentence in which no line ends after a minus or between a number and its percent sign. */
export function sentence(text: string): Markup {
  const pieces = cleanText(text).split(/(\S*\d\S* %\S*|\S*\u2212\S*)/);
  const kept = pieces.map((piece, index) =>
    index % 2 === 0 ? withEntities(piece) : `<span class="nb">${withEntities(piece)}</span>`,
  );
  return { markup: kept.join('') };
}
