import type { CustomSeriesOption } from 'echarts/charts';

import type { SharePart, Statement } from '../../statement/types.js';
import { percent } from '../format.js';
import { fitText } from '../table.js';
import { functionName } from '../words.js';
import { COLORS, CHART_FONT, type Chart } from './chart.js';

const ROW_HEIGHT = 46;
const BAR_HEIGHT = 12;
const GAP = 3;
const WHISKER = 4;

type Draw = NonNullable<CustomSeriesOption['renderItem']>;
type Drawn = ReturnType<Draw>;
type Shape = NonNullable<Drawn>;

interface Bar {
  readonly part: SharePart;
  readonly color: string;
  readonly ink: string;
  readonly weight: 'normal' | 'bold';
}

/** A bar with its whiskers from low to high and its figure, at a height. `at` gives the place of a share. */
function barShapes(bar: Bar, top: number, at: (perMillion: number) => number): Shape[] {
  const { share, low, high } = bar.part;
  const [zero, end, from, to] = [at(0), at(Math.max(0, share)), at(Math.max(0, low)), at(Math.max(0, high))];
  const middle = top + BAR_HEIGHT / 2;
  // Drawn twice, so that a whisker can be seen on its bar as well as beside it.
  const whiskers = [
    { stroke: '#fff', lineWidth: 3 },
    { stroke: COLORS.ink, lineWidth: 1 },
  ].flatMap((style): Shape[] => [
    { type: 'line', shape: { x1: from, y1: middle, x2: to, y2: middle }, style },
    { type: 'line', shape: { x1: from, y1: middle - WHISKER, x2: from, y2: middle + WHISKER }, style },
    { type: 'line', shape: { x1: to, y1: middle - WHISKER, x2: to, y2: middle + WHISKER }, style },
  ]);
  return [
    { type: 'rect', shape: { x: zero, y: top, width: end - zero, height: BAR_HEIGHT }, style: { fill: bar.color } },
    ...(high > low ? whiskers : []),
    {
      type: 'text',
      style: {
        text: percent(share),
        x: Math.max(end, high > low ? to : end) + 8,
        y: middle,
        verticalAlign: 'middle',
        fill: bar.ink,
        font: `${bar.weight} 12px ${CHART_FONT}`,
      },
    },
  ];
}

/** Shares of technology spend by function, then and now, with whiskers for what is not known. */
export function shareChart(statement: Statement, width: number): Chart {
  const rows = statement.functions;
  const narrow = width < 600;
  const height = rows.length * ROW_HEIGHT + 8;
  const left = narrow ? 110 : 190;
  const highest = Math.max(1, ...rows.flatMap((row) => [row.shareBaseline.high, row.shareCurrent.high]));
  const draw: Draw = (params, api) => {
    const row = rows[params.dataIndex];
    if (row === undefined) return null;
    const at = (perMillion: number): number => api.coord([perMillion, params.dataIndex])[0] ?? 0;
    const center = api.coord([0, params.dataIndex])[1] ?? 0;
    const then: Bar = { part: row.shareBaseline, color: COLORS.then, ink: COLORS.quiet, weight: 'normal' };
    const now: Bar = { part: row.shareCurrent, color: COLORS.accent, ink: COLORS.ink, weight: 'bold' };
    const shapes = [...barShapes(then, center - BAR_HEIGHT - GAP / 2, at), ...barShapes(now, center + GAP / 2, at)];
    return { type: 'group', children: shapes };
  };
  return {
    width,
    height,
    option: {
      grid: { left, right: 64, top: 4, bottom: 4 },
      xAxis: { type: 'value', min: 0, max: highest, show: false },
      yAxis: {
        type: 'category',
        inverse: true,
        data: rows.map((row) => row.id),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: COLORS.line } },
        axisLabel: {
          color: COLORS.ink,
          fontSize: 13,
          interval: 0,
          formatter: (id: string) => fitText(functionName(statement, id), narrow ? 12 : 25),
        },
      },
      series: [
        { type: 'custom', silent: true, clip: false, renderItem: draw, data: rows.map((_, index) => [0, index]) },
      ],
    },
  };
}
