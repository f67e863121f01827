import { formatMicros } from '../core/money.js';
import { addMonths, periodLength, type Period } from '../core/period.js';
import type { ByLevel, FunctionRow, SharePart, SourceNote, Statement, ThenNow } from '../statement/types.js';
import { headline } from './headline.js';
import type { StatementJson } from './schema.js';

function periodJson(period: Period): StatementJson['baseline'] {
  return { first: period.from, last: addMonths(period.to, -1), monthCount: periodLength(period) };
}

function levelsJson(levels: ByLevel): StatementJson['matched'] {
  return {
    line: formatMicros(levels.line),
    vendor: formatMicros(levels.vendor),
    category: formatMicros(levels.category),
    portfolio: formatMicros(levels.portfolio),
  };
}

function thenNowJson(row: ThenNow): StatementJson['awareness']['it'] {
  return {
    baseline: formatMicros(row.baseline),
    current: formatMicros(row.current),
    change: formatMicros(row.change),
    currencyEffect: formatMicros(row.currencyEffect),
  };
}

function shareJson(part: SharePart): StatementJson['functions'][number]['shareCurrent'] {
  return { sharePerMillion: part.share, lowPerMillion: part.low, highPerMillion: part.high };
}

function functionJson(row: FunctionRow): StatementJson['functions'][number] {
  return {
    id: row.id,
    name: row.name,
    group: row.group,
    ...thenNowJson(row),
    in: levelsJson(row.in),
    out: levelsJson(row.out),
    newMoney: formatMicros(row.newMoney),
    cut: formatMicros(row.cut),
    shareBaseline: shareJson(row.shareBaseline),
    shareCurrent: shareJson(row.shareCurrent),
    lineCount: row.lineCount,
  };
}

function sourceJson(note: SourceNote): StatementJson['sources'][number] {
  return {
    source: note.source,
    title: note.title,
    kind: note.kind,
    state: note.state,
    rowCount: note.rowCount,
    rejectedCount: note.rejectedCount,
    skippedCount: note.skippedCount,
    controlTotals: note.controlTotals.map(({ currency, sourceCash, ledgerCashMicros, difference }) => ({
      currency,
      sourceCash,
      ledgerCash: formatMicros(ledgerCashMicros),
      difference,
    })),
    months: note.months === undefined ? null : periodJson(note.months),
    missingMonths: [...note.missingMonths],
    remarks: [...note.remarks],
  };
}

function lineJson(line: Statement['lines'][number]): StatementJson['lines'][number] {
  const { id, source, payee, vendorId, vendor, category, spendClass } = line;
  const functions = line.functions.map(({ functionId, baseline, current }) => ({
    functionId,
    baseline: formatMicros(baseline),
    current: formatMicros(current),
  }));
  return { id, source, payee, vendorId, vendor, category, spendClass, functions };
}

function namesJson(names: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...names].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
}

type Coverage = Pick<StatementJson, 'coverage' | 'classCoverage' | 'beside' | 'uncertain'>;

function coverageJson(statement: Statement): Coverage {
  const { uncertain } = statement;
  const money = (row: { baseline: bigint; current: bigint }): { baseline: string; current: string } => ({
    baseline: formatMicros(row.baseline),
    current: formatMicros(row.current),
  });
  return {
    coverage: statement.coverage.map((row) => ({ method: row.method, ...money(row), lineCount: row.lineCount })),
    classCoverage: statement.classCoverage.map((row) => ({
      method: row.method,
      ...money(row),
      lineCount: row.lineCount,
    })),
    beside: statement.beside.map((row) => ({
      spendClass: row.spendClass,
      ...thenNowJson(row),
      lineCount: row.lineCount,
    })),
    uncertain: money(uncertain),
  };
}

/** A statement as a value of its JSON form: money as decimal text, periods with both ends, maps as objects. */
export function statementJson(statement: Statement): StatementJson {
  const { company, currency, basis, view, asToday, technology, awareness } = statement;
  return {
    schema: statement.schema,
    company,
    currency,
    baseline: periodJson(statement.baseline),
    current: periodJson(statement.current),
    basis,
    view,
    asToday,
    headline: headline(statement),
    technology: { ...thenNowJson(technology), lineCount: technology.lineCount },
    functions: statement.functions.map(functionJson),
    groups: statement.groups.map(functionJson),
    flows: statement.flows.map(({ from, to, amount, byLevel }) => ({
      from,
      to,
      amount: formatMicros(amount),
      byLevel: levelsJson(byLevel),
    })),
    matched: levelsJson(statement.matched),
    newMoney: formatMicros(statement.newMoney),
    cut: formatMicros(statement.cut),
    unmatched: statement.unmatched.map((entry) => ({ ...entry, amount: formatMicros(entry.amount) })),
    awareness: {
      it: thenNowJson(awareness.it),
      businessLed: thenNowJson(awareness.businessLed),
      shadow: thenNowJson(awareness.shadow),
      unassigned: thenNowJson(awareness.unassigned),
    },
    ...coverageJson(statement),
    sources: statement.sources.map(sourceJson),
    definition: [...statement.definition],
    functionNames: namesJson(statement.functionNames),
    categoryNames: namesJson(statement.categoryNames),
    parts: statement.parts.map((part) => ({ ...part, amount: formatMicros(part.amount) })),
    lines: statement.lines.map(lineJson),
  };
}

/** Lists that may be long are written one entry to a line, so that a file stays readable and its differences small. */
const ENTRY_PER_LINE: ReadonlySet<string> = new Set(['parts', 'lines', 'flows', 'unmatched']);

function memberText(key: string, value: unknown): string {
  if (ENTRY_PER_LINE.has(key) && Array.isArray(value) && value.length > 0) {
    const entries = value.map((entry) => `    ${JSON.stringify(entry)}`);
    return `  ${JSON.stringify(key)}: [\n${entries.join(',\n')}\n  ]`;
  }
  return `  ${JSON.stringify(key)}: ${JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')}`;
}

/** The statement as JSON text under `statementSchema`; the same statement gives the same bytes. */
export function renderJson(statement: Statement): string {
  const members = Object.entries(statementJson(statement)).map(([key, value]) => memberText(key, value));
  return `{\n${members.join(',\n')}\n}\n`;
}
