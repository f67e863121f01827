import { CustomChart, SankeyChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

import type { Micros } from '../../core/money.js';
import { escapeHtml, html, trusted, type Markup } from './markup.js';

use([CustomChart, SankeyChart, GridComponent, SVGRenderer]);

/** One accent; the rest is ink and greys, so that a page in black and white reads the same. */
export const COLORS = {
  accent: '#0f6275',
  accentSoft: '#9cc3cc',
  ink: '#1d2529',
  quiet: '#5a666d',
  then: '#c2cbd0',
  line: '#8b979e',
} as const;

/** The fonts of the page: what the reader's system has. */
export const FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** The font of text inside charts: no quotes, which an SVG attribute would have to escape. */
export const CHART_FONT = 'system-ui, sans-serif';

/** An amount as the length of a bar. For geometry only: figures are written from the integer. */
export function barLength(micros: Micros): number {
  return Number(micros) / 1e6;
}

/** What a chart is drawn from. */
export interface Chart {
  readonly option: EChartsCoreOption;
  readonly width: number;
  readonly height: number;
}

/** Names that ECharts counts up over the life of the process, counted anew for each chart: same chart, same bytes. */
function steadyNames(svg: string, prefix: string): string {
  const names = new Map<string, string>();
  return svg.replace(/zr\d+-[a-z]+-?\d+/g, (name) => {
    const steady = names.get(name) ?? `${prefix}-${names.size}`;
    names.set(name, steady);
    return steady;
  });
}

/** A chart as an SVG element that scales to its place and is described in words. `id` is unique on the page. */
export function chartSvg(chart: Chart, id: string, label: string): string {
  const instance = init(null, null, { renderer: 'svg', ssr: true, width: chart.width, height: chart.height });
  instance.setOption({ animation: false, textStyle: { fontFamily: CHART_FONT }, ...chart.option });
  const drawn = instance.renderToSVGString();
  instance.dispose();
  const bare = drawn
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
    .replace(/ (?:ecmeta_\w+|class)="[^"]*"/g, '')
    .replace(/<rect [^>]*fill="none"><\/rect>\n?/, '')
    .replace(
      /^<svg [^>]*>/,
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${chart.width} ${chart.height}" role="img" aria-label="${escapeHtml(label)}">`,
    );
  return steadyNames(bare, id).trim();
}

/** A chart in two widths, of which the page shows the one that fits the reader's screen. */
export function figureCharts(draw: (width: number) => Chart, id: string, label: string): Markup {
  const wide = trusted(chartSvg(draw(880), `${id}-wide`, label));
  const narrow = trusted(chartSvg(draw(360), `${id}-narrow`, label));
  return html`<div class="chart wide">${wide}</div>
    <div class="chart narrow">${narrow}</div>`;
}
