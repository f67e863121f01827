import { sumMicros } from '../../core/money.js';
import type { Flow, Statement } from '../../statement/types.js';
import { shortMoney } from '../format.js';
import { fitText } from '../table.js';
import { functionName } from '../words.js';
import { barLength, COLORS, type Chart } from './chart.js';

/** More bands than this cannot be told apart; the table below the picture has the next ones. */
export const FLOWS_DRAWN_MAX = 20;

/** A flow away from IT is the accent, one to IT is ink, any other is grey. */
function flowColor(statement: Statement, flow: Flow): string {
  const group = (id: string): string | undefined => statement.functions.find((row) => row.id === id)?.group;
  if (group(flow.from) === 'it' && group(flow.to) === 'business') return COLORS.accent;
  return group(flow.from) === 'business' && group(flow.to) === 'it' ? COLORS.ink : COLORS.line;
}

interface FlowNode {
  readonly name: string;
  readonly end: 'from' | 'to';
  readonly words: string;
  readonly amount: string;
}

function nodesOf(statement: Statement, flows: readonly Flow[], end: 'from' | 'to'): FlowNode[] {
  return [...new Set(flows.map((flow) => flow[end]))].map((id) => ({
    name: `${end}:${id}`,
    end,
    words: functionName(statement, id),
    amount: shortMoney(
      sumMicros(flows.filter((flow) => flow[end] === id).map(({ amount }) => amount)),
      statement.currency,
    ),
  }));
}

/** What moved from function (left) to function (right); the width of a band is its amount. */
export function flowChart(statement: Statement, width: number): Chart {
  const flows = statement.flows.slice(0, FLOWS_DRAWN_MAX);
  const nodes = [...nodesOf(statement, flows, 'from'), ...nodesOf(statement, flows, 'to')];
  const words = new Map(nodes.map((node) => [node.name, node]));
  const narrow = width < 600;
  const margin = narrow ? 104 : 200;
  const rows = Math.max(...(['from', 'to'] as const).map((end) => nodes.filter((node) => node.end === end).length));
  const label = ({ name }: { name: string }): string => {
    const node = words.get(name);
    if (node === undefined) return '';
    const function_ = fitText(node.words, narrow ? 12 : 26);
    return narrow ? `${function_}\n${node.amount}` : `${function_}  ${node.amount}`;
  };
  return {
    width,
    height: Math.max(190, rows * (narrow ? 46 : 44) + 60),
    option: {
      series: [
        {
          type: 'sankey',
          silent: true,
          left: margin,
          right: margin,
          top: 14,
          bottom: 14,
          nodeWidth: 8,
          nodeGap: narrow ? 26 : 20,
          draggable: false,
          itemStyle: { color: COLORS.ink, borderWidth: 0 },
          label: {
            color: COLORS.ink,
            fontSize: narrow ? 12 : 13,
            lineHeight: 15,
            formatter: label,
            textBorderWidth: 0,
          },
          data: nodes.map(({ name, end }) => ({
            name,
            depth: end === 'from' ? 0 : 1,
            label: { position: end === 'from' ? 'left' : 'right', align: end === 'from' ? 'right' : 'left' },
          })),
          links: flows.map((flow) => ({
            source: `from:${flow.from}`,
            target: `to:${flow.to}`,
            value: barLength(flow.amount),
            lineStyle: { color: flowColor(statement, flow), opacity: 0.5, curveness: 0.5 },
          })),
        },
      ],
    },
  };
}
