import { html, type Content, type Markup } from './markup.js';

/** A column of a table on the page. */
export interface HtmlColumn {
  readonly header: string;
  /** `figure`: to the right; `texts`: a source's words, which may break anywhere; `aside`: left out on a small screen. */
  readonly kind?: 'figure' | 'texts' | 'aside';
}

/** A table of so many columns is set closer, so that it fits the page. */
const DENSE_MIN = 9;

export interface HtmlRow {
  readonly cells: readonly Content[];
  readonly tone?: 'total' | 'quiet' | undefined;
}

function cell(column: HtmlColumn | undefined, content: Content, index: number): Markup {
  if (index === 0 && column?.kind === undefined) return html`<th scope="row">${content}</th>`;
  return column?.kind === undefined ? html`<td>${content}</td>` : html`<td class="${column.kind}">${content}</td>`;
}

/** A table with a caption, in a frame that scrolls sideways on a small screen and can be reached by keyboard. */
export function htmlTable(caption: string, columns: readonly HtmlColumn[], rows: readonly HtmlRow[]): Markup {
  const head = columns.map(({ header, kind }) => html`<th scope="col" class="${kind ?? 'words'}">${header}</th>`);
  const body = rows.map(({ cells, tone }) => {
    const markup = cells.map((content, index) => cell(columns[index], content, index));
    return html`<tr class="${tone ?? 'row'}">
      ${markup}
    </tr> `;
  });
  return html`<div
    class="${columns.length >= DENSE_MIN ? 'scroll dense' : 'scroll'}"
    role="region"
    aria-label="${caption}"
    tabindex="0"
  >
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div> `;
}
