import type { CustomSeriesOption } from 'echarts/charts';

import type { Micros } from '../../core/money.js';
import { LEVELS, type FunctionRow } from '../../statement/types.js';
import { shortMoney } from '../format.js';
import { barLength, COLORS, CHART_FONT, type Chart } from './chart.js';

const ROW_HEIGHT = 25;
const BAR_HEIGHT = 15;
const WIDTH = 420;

const LEVEL_NAMES = { line: 'Same line', vendor: 'Same vendor', category: 'Same need', portfolio: 'Reallocated' };

interface Step {
  readonly name: string;
  readonly start: Micros;
  readonly end: Micros;
  readonly total: boolean;
}

/** From the baseline through every cause that is not zero to the current amount. */
export function waterfallSteps(row: FunctionRow): Step[] {
  const causes: [string, Micros][] = [
    ...LEVELS.flatMap((level): [string, Micros][] => [
      [`${LEVEL_NAMES[level]}, in`, row.in[level]],
      [`${LEVEL_NAMES[level]}, out`, -row.out[level]],
    ]),
    ['New money', row.newMoney],
    ['Cut', -row.cut],
    ['Exchange rates', row.currencyEffect],
  ];
  const steps: Step[] = [{ name: 'Before', start: 0n, end: row.baseline, total: true }];
  let running = row.baseline;
  for (const [name, amount] of causes) {
    if (amount === 0n) continue;
    steps.push({ name, start: running, end: running + amount, total: false });
    running += amount;
  }
  return [...steps, { name: 'Now', start: 0n, end: row.current, total: true }];
}

/** Where the axis begins: at zero, or near the smallest amount where the changes would be too thin to see. */
export function axisStart(steps: readonly Step[]): Micros {
  const ends = steps.map(({ end }) => end);
  const lowest = ends.reduce((left, right) => (left < right ? left : right));
  const highest = ends.reduce((left, right) => (left > right ? left : right));
  if (lowest <= 0n) return lowest;
  const span = highest - lowest;
  return span > 0n && lowest > 2n * span ? lowest - span / 2n : 0n;
}

type Draw = NonNullable<CustomSeriesOption['renderItem']>;
type Shape = NonNullable<ReturnType<Draw>>;

function stepShapes(
  step: Step,
  currency: string,
  center: number,
  at: (micros: Micros) => number,
  start: Micros,
): Shape[] {
  const from = at(step.total ? (start > 0n ? start : 0n) : step.start);
  const to = at(step.end);
  const [left, right] = from < to ? [from, to] : [to, from];
  const gain = step.end >= step.start;
  const fill = step.total ? COLORS.line : gain ? COLORS.accent : COLORS.accentSoft;
  const top = center - BAR_HEIGHT / 2;
  const amount = step.total ? shortMoney(step.end, currency) : shortMoney(step.end - step.start, currency, 'both');
  const text = { text: amount, x: right + 6, y: center, verticalAlign: 'middle' as const, fill: COLORS.ink };
  const connector = { x1: to, y1: top + BAR_HEIGHT, x2: to, y2: top + ROW_HEIGHT };
  return [
    { type: 'rect', shape: { x: left, y: top, width: Math.max(1, right - left), height: BAR_HEIGHT }, style: { fill } },
    ...(step.name === 'Now'
      ? []
      : [{ type: 'line' as const, shape: connector, style: { stroke: COLORS.line, lineWidth: 1 } }]),
    { type: 'text', style: { ...text, font: `${step.total ? 'bold' : 'normal'} 12px ${CHART_FONT}` } },
  ];
}

/** How one function came from its baseline to its current amount, a cause to a row. */
export function waterfallChart(row: FunctionRow, currency: string): Chart {
  const steps = waterfallSteps(row);
  const start = axisStart(steps);
  const highest = Math.max(...steps.map(({ end }) => barLength(end)));
  const draw: Draw = (params, api) => {
    const step = steps[params.dataIndex];
    if (step === undefined) return null;
    const at = (micros: Micros): number => api.coord([barLength(micros), params.dataIndex])[0] ?? 0;
    const center = api.coord([0, params.dataIndex])[1] ?? 0;
    return { type: 'group', children: stepShapes(step, currency, center, at, start) };
  };
  const minimum = barLength(start);
  return {
    width: WIDTH,
    height: steps.length * ROW_HEIGHT + 4,
    option: {
      grid: { left: 124, right: 70, top: 2, bottom: 2 },
      xAxis: { type: 'value', min: minimum, max: highest > minimum ? highest : minimum + 1, show: false },
      yAxis: {
        type: 'category',
        inverse: true,
        data: steps.map(({ name }) => name),
        axisTick: { show: false },
        axisLine: { show: false },
        axisLabel: { color: COLORS.ink, fontSize: 12, interval: 0 },
      },
      series: [
        { type: 'custom', silent: true, clip: false, renderItem: draw, data: steps.map((_, index) => [0, index]) },
      ],
    },
  };
}
